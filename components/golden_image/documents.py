"""Component documents of EC2 Image Builder, in which the preparation of an image travels.

Schema: Image Builder user guide, "Use the AWSTOE component document framework". A document may have 16000 characters
(API reference, CreateComponent: data), so the files go packed, in as many documents as they need. Packed also because
documents have templates of their own: two opening braces in a file would be read as one.
"""

import base64
import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence

from .._args import InvalidArgs
from ..machine.cloudconfig import StagedFile
from ..machine.gz import gzip
from .scripts import BUILD, CHECK, PARTS, TEST

LIMIT = 16000
PART = 15000
"""Characters of packed files in one document; the rest is for what stands around them."""

MOST_PARTS = 17
"""A recipe has at most 20 components (Image Builder user guide, "Manage recipes"), and not all are parts."""

_UPDATE = """\
      - name: Update
        action: UpdateOS
        onFailure: Abort
        maxAttempts: 3
"""


def documents(component: str, files: Sequence[StagedFile]) -> dict[str, str]:
    """Return the documents that build and test an image of *files*, by a short name, in the order in which they run.

    The files come first; then the distribution's updates, the preparation, what is asked of the build server before
    the image is taken, and what is asked of a server that is launched from it.
    """
    packed = base64.b64encode(gzip(_archive(files))).decode()
    parts = [packed[at : at + PART] for at in range(0, len(packed), PART)]
    if len(parts) > MOST_PARTS:
        raise InvalidArgs(
            f"{component}: machine and golden_image.tests must fit into {MOST_PARTS * PART} characters when packed, "
            f"got {len(packed)}; fetch large files in a command"
        )
    found = dict[str, str]()
    for number, part in enumerate(parts, start=1):
        script = f"mkdir -p {PARTS}\ncat >{PARTS}/{number:02} <<'END'\n{part}\nEND\n"
        found[f"files-{number}"] = _document({"build": _step("Stage", script, 300)})
    build = _UPDATE + _step("Prepare", BUILD, 3600)
    found["prepare"] = _document({"build": build, "validate": _step("Check", f"bash {CHECK}\n", 600)})
    found["test"] = _document({"test": _step("Test", f"bash {TEST}\n", 1800)})
    return found


def version(*parts: str) -> str:
    """Return the version that stands for *parts*: each number is at most 2^30 - 1 (API reference, CreateComponent)."""
    digest = int(hashlib.sha256("\0".join(parts).encode()).hexdigest(), 16)
    return f"1.{digest % 2**30}.{digest // 2**30 % 2**30}"


def _document(phases: Mapping[str, str]) -> str:
    text = "schemaVersion: 1.0\nphases:\n"
    for phase, steps in phases.items():
        text += f"  - name: {phase}\n    steps:\n{steps}"
    return text


def _step(name: str, script: str, seconds: int) -> str:
    body = "".join(f"              {line}\n" for line in script.splitlines())
    return (
        f"      - name: {name}\n        action: ExecuteBash\n        onFailure: Abort\n"
        f"        timeoutSeconds: {seconds}\n        inputs:\n          commands:\n            - |\n{body}"
    )


def _archive(files: Sequence[StagedFile]) -> bytes:
    """Return *files* as a tar archive that depends on them alone: root owns them, and nothing has a time."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for file in files:
            content = file.content.encode()
            entry = tarfile.TarInfo(file.path.lstrip("/"))
            entry.size, entry.mode = len(content), int(file.mode, 8)
            archive.addfile(entry, io.BytesIO(content))
    return stream.getvalue()

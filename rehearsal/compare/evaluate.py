"""Evaluate the program of one side in a process of its own, without anything that could be abused."""

import json
import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from rehearsal.errors import RehearsalError
from rehearsal.stackfile import read_stack

from .graph import CompareError, Graph, Json, parse_graph
from .lines import clean
from .pins import interpreter

_PATIENCE = 300
"""Seconds until an evaluation counts as stuck."""

_MOST = 64 << 20
"""Bytes of a graph that are still read."""

_KEPT = re.compile(r"PATH|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH")
"""Variables that a program may see. The list names what is harmless, because nobody can list every credential."""

_FOR_PIP = re.compile(r"(?i)PIP_\w+|(https?|no|all)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|HOME|XDG_\w+_HOME")


def evaluate(program: Path, stack: str, state: Path) -> Graph:
    """Return what the program in *program* declares for *stack*; virtual environments are kept below *state*."""
    if not (program / f"Pulumi.{stack}.yaml").is_file() or not (program / "Pulumi.yaml").is_file():
        return Graph(stack=stack, exists=False)
    for_pip = {key: value for key, value in os.environ.items() if _KEPT.fullmatch(key) or _FOR_PIP.fullmatch(key)}
    python, fallback = interpreter(program, state / "venvs", for_pip)
    home = Path(__file__).resolve().parent.parent
    command = [
        *(python, "-P", "-B", str(Path(__file__).with_name("side.py")), str(home), fallback),
        *("graph", "--stack", stack, "--json", "--program", str(program)),
    ]
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as empty:
        status, out, err = _run(command, program, _environment(empty))
    if status != 0:
        raise CompareError(_reason(err or out, program))
    return parse_graph(_portable(_json(out), str(program)), _provider(program, stack))


def known_stacks(program: Path) -> list[str]:
    """Return the stacks that *program* has a configuration of."""
    files = program.glob("Pulumi.*.yaml")
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


def _environment(home: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if _KEPT.fullmatch(key)}
    return kept | {
        "HOME": home,
        "PULUMI_HOME": home,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
    }


def _run(command: list[str], directory: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
    # Files, not pipes: a program that prints without end fills a disk quota, not this process.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
        _RUNNING.add(process)
        try:
            status = process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            raise CompareError(f"its program did not end within {_PATIENCE} seconds") from None
        finally:
            _end(process)
        texts = list[str]()
        for file in (out, err):
            if os.fstat(file.fileno()).st_size > _MOST:
                raise CompareError(f"its program printed more than {_MOST >> 20} MiB")
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    return status, texts[0], texts[1]


_RUNNING = set["subprocess.Popen[bytes]"]()


def end_all() -> None:
    """End all evaluations that are under way, in whatever thread."""
    for process in list(_RUNNING):
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the process and whatever it has started."""
    _RUNNING.discard(process)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _json(text: str) -> object:
    """Return the graph in what was printed; a program may have printed lines of its own before or after it."""
    decoder = json.JSONDecoder()
    for found in re.finditer(r"^\{", text, re.MULTILINE):
        try:
            value = cast("object", decoder.raw_decode(text, found.start())[0])
        except (ValueError, RecursionError):
            continue
        if isinstance(value, Mapping) and "resources" in value:
            return cast("object", value)
    raise CompareError("its graph is no JSON")


def _portable(value: Json, directory: str) -> Json:
    """Return *value* without the place where the side happens to lie."""
    if isinstance(value, Mapping):
        return {key: _portable(item, directory) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_portable(item, directory) for item in cast("list[Any]", value)]
    return value.replace(directory, ".") if isinstance(value, str) else value


def _provider(program: Path, stack: str) -> dict[str, Any]:
    """Return the providers' configuration: what is in the stack's file and not the program's own."""
    try:
        file = read_stack(program, stack)
    except RehearsalError as error:
        raise CompareError(str(error)) from None
    return {
        key: _parsed(value)
        for key, value in sorted(file.values.items())
        if not key.startswith((f"{file.project}:", "pulumi:"))
    }


def _parsed(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _reason(output: str, program: Path) -> str:
    lines = [line.strip() for line in output.replace(str(program), ".").splitlines() if line.strip()]
    last = clean(lines[-1]) if lines else "its program failed and said nothing"
    return re.sub(r"^(error|rehearsal): ", "", last)[:600]

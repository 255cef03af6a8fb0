"""What runs on the servers that build and test an image, besides the machine's own preparation."""

import shlex
from collections.abc import Sequence

from ..machine import MachineSpec, ServiceState
from ..machine.cloudconfig import StagedFile
from ..machine.preparation import ENVIRONMENT, LIBRARY, PREPARE, STATE, unit_name
from .shapes import GoldenImageSpec

PARTS = f"{STATE}/image-parts"
BUILT = f"{STATE}/image"
CHECK = "/usr/local/lib/elasticweb/check-image"
TEST = "/usr/local/lib/elasticweb/test-image"

# What a declaration may stop having is not left in the image, where nothing would take it away: the environment. And no
# server that starts from the image shall seem to be ready already.
BUILD = f"""\
set -euo pipefail
trap 'rm -rf {PARTS}' EXIT
cat {PARTS}/* | base64 --decode | tar --extract --gzip --directory / --no-same-owner
bash {PREPARE}
rm -f {STATE}/verdict {STATE}/instance {ENVIRONMENT} /etc/profile.d/elasticweb.sh
date --utc +%FT%TZ >{BUILT}
"""


def check_script(machine: MachineSpec) -> str:
    """Return the script that says whether an image holds what its machine declares."""
    services = {unit_name(name): state for name, state in machine.get("services", {}).items()}
    lines = [
        "#!/bin/bash",
        "# Whether this image holds what its declaration says: asked before it is taken and on a server of it.",
        "set -euo pipefail",
        "# shellcheck disable=SC2034  # for the packages of distributions that start what they install",
        "units=",
        "# shellcheck source=/dev/null",
        f". {LIBRARY}",
        'missing() { echo "elasticweb: this image $*" >&2; exit 1; }',
        "# Whatever is not there would be fetched, and whatever is fetched is tried more than once.",
        'retry() { missing "lacks what this would fetch: $*"; }',
        f'[ -s {BUILT} ] || missing "was not prepared to the end"',
        f'[ ! -e {STATE}/verdict ] || missing "says that a server is ready"',
    ]
    packages = machine.get("packages", ())
    if packages:
        lines.append(shlex.join(["install_packages", *packages]))
    for unit, state in services.items():
        name = shlex.quote(unit)
        if state is ServiceState.MASKED:
            lines.append(f'[ "$(systemctl is-enabled {name})" = masked ] || missing {name} is not masked')
        else:
            lines.append(f"! systemctl is-active --quiet {name} || missing runs {name} before a server is prepared")
    return "\n".join(lines) + "\n"


def test_script(spec: GoldenImageSpec, started: Sequence[str]) -> str:
    """Return the script that tests a server of the image, where the units *started* are to be enabled at boot."""
    lines = ["#!/bin/bash", "set -euo pipefail", "# shellcheck source=/dev/null", f". {LIBRARY}", f"bash {CHECK}"]
    url = spec.get("health_url")
    if url is not None:
        lines += [shlex.join(["systemctl", "start", unit]) for unit in started]
        fetch = ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "--retry", "20"]
        lines.append(shlex.join([*fetch, "--retry-delay", "3", "--retry-connrefused", url]))
    lines += [shlex.join(["run_script", _test_file(i)]) for i, _ in enumerate(spec.get("tests", ()), start=1)]
    return "\n".join(lines) + "\n"


def test_files(spec: GoldenImageSpec) -> list[StagedFile]:
    """Return the tests that the declaration gives, as files of the image."""
    return [
        StagedFile(_test_file(i), f"{test.rstrip()}\n", "0600") for i, test in enumerate(spec.get("tests", ()), start=1)
    ]


def _test_file(number: int) -> str:
    return f"{STATE}/image-tests/{number}"

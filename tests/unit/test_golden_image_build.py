"""Building, testing and starting from an image, on this machine below a directory, with commands that take notes."""

import grp
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.machine import Distribution, MachineSpec, ServiceState
from components.machine.preparation import PREPARE, staged_files
from tests.unit.golden_images import image, scripts

BASH, TAR = shutil.which("bash") or "", shutil.which("tar") or ""
pytestmark = pytest.mark.skipif(not BASH or sys.platform != "linux", reason="needs bash and GNU's tools, as on Linux")

_MOVED = ("/usr/local/lib/elasticweb", "/var/lib/elasticweb", "/etc/elasticweb", "/etc/profile.d", "/etc/ssh")


class Box:
    """A server of which everything is below *root*."""

    def __init__(self, root: Path) -> None:
        self.root = root
        bin_ = root / "bin"
        bin_.mkdir(parents=True)
        moves = " ".join(f"-e 's#{path}#{root}{path}#g'" for path in _MOVED)
        for name, body in {
            "tar": f"{TAR} --extract --gzip --directory {root} --no-same-owner\n"
            f"find {root}/usr {root}/var -type f -not -path '*/image-parts/*' -exec sed -i {moves} {{}} +",
            "rpm": f'[ -e "{root}/rpm-${{!#}}" ]',
            "dnf": f'for name in "${{@:3}}"; do touch "{root}/rpm-$name"; done',
            "systemctl": f"""\
case $1 in
  mask) touch "{root}/masked-${{!#}}" ;;
  is-enabled) if [ -e "{root}/masked-$2" ]; then echo masked; else echo disabled; fi ;;
  is-active) [ -e "{root}/active-${{!#}}" ] ;;
esac""",
            "curl": "",
        }.items():
            command = bin_ / name
            command.write_text(f'#!{BASH}\necho "{name} $*" >>"{root}/calls"\n{body}\n')
            command.chmod(0o755)

    def moved(self, text: str) -> str:
        for path in _MOVED:
            text = text.replace(path, f"{self.root}{path}")
        return text

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.root}/bin{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [BASH, "-c", self.moved(script)], capture_output=True, text=True, check=False, env={"PATH": path}
        )

    def boot(self, machine: MachineSpec) -> subprocess.CompletedProcess[str]:
        """Do what cloud-init does."""
        for file in staged_files("Machine", machine, [], Distribution.AL2023):
            path = self.root / file.path.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.moved(file.content))
        return self.run(f"bash {PREPARE}")

    def calls(self) -> list[str]:
        """Return the calls since the last time."""
        noted = self.root / "calls"
        lines = noted.read_text().splitlines() if noted.exists() else []
        noted.unlink(missing_ok=True)
        return lines

    @property
    def log(self) -> list[str]:
        """What the machine's commands said, in their order."""
        path = self.root / "log"
        return path.read_text().splitlines() if path.exists() else []

    def there(self, path: str) -> bool:
        return (self.root / path.lstrip("/")).exists()


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path / "root")


def machine(box: Box, **more: Any) -> MachineSpec:
    me = box.root.stat()
    user = {"owner": pwd.getpwuid(me.st_uid).pw_name, "group": grp.getgrgid(me.st_gid).gr_name}
    spec: Any = {
        "packages": ["nginx"],
        "services": {"nginx": ServiceState.ENABLED, "atd": ServiceState.MASKED},
        "environment": {"APP_ENV": "prod"},
        "files": [{"path": f"{box.root}/etc/app.conf", "content": "a=1\n", **user}],
        "image_commands": [f'echo "image $APP_ENV" >>{box.root}/log'],
        "commands": [f"echo once >>{box.root}/log"],
        "security_updates": False,
        **more,
    }
    return spec


def build(box: Box, spec: MachineSpec, **golden: Any) -> list[subprocess.CompletedProcess[str]]:
    """Run the build phase of all documents, up to the first that fails."""
    done = list[subprocess.CompletedProcess[str]]()
    for script in scripts(image(machine=spec, golden_image=golden), "build"):
        done.append(box.run(script))
        if done[-1].returncode:
            break
    return done


def test_a_build_prepares_and_starts_nothing(box: Box) -> None:
    done = build(box, machine(box))
    assert [d.returncode for d in done] == [0, 0], done[-1].stderr
    assert box.there("rpm-nginx")
    assert (box.root / "etc/app.conf").read_text() == "a=1\n"
    assert box.log == ["image prod"]
    calls = box.calls()
    assert "systemctl disable --now nginx.service" in calls
    assert "systemctl mask --now atd.service" in calls
    assert not [c for c in calls if c.startswith(("systemctl enable", "systemctl start", "systemctl restart"))]
    assert box.there("/var/lib/elasticweb/image")
    for left in ("verdict", "instance", "image-parts"):
        assert not box.there(f"/var/lib/elasticweb/{left}")
    for left in ("/etc/elasticweb/environment", "/etc/profile.d/elasticweb.sh"):
        assert not box.there(left), "a declaration may stop having an environment"


def test_a_build_whose_command_fails_fails(box: Box) -> None:
    done = build(box, machine(box, image_commands=["false"]))
    assert done[-1].returncode != 0
    assert "preparation FAILED at 'image command 1'" in done[-1].stderr
    assert not box.there("/var/lib/elasticweb/image")


def test_an_image_that_holds_everything_is_published(box: Box) -> None:
    spec, golden = machine(box), {"health_url": "http://127.0.0.1/healthz", "tests": [f"echo tested >>{box.root}/log"]}
    build(box, spec, **golden)
    box.calls()
    recorded = image(machine=spec, golden_image=golden)
    (check,), (test,) = scripts(recorded, "validate"), scripts(recorded, "test")
    checked = box.run(check)
    assert checked.returncode == 0, checked.stderr
    tested = box.run(test)
    assert tested.returncode == 0, tested.stderr
    assert box.log == ["image prod", "tested"]
    calls = box.calls()
    assert "systemctl start nginx.service" in calls
    assert next(c for c in calls if c.startswith("curl ")).endswith(" http://127.0.0.1/healthz")
    assert not [c for c in calls if c.startswith("dnf")]


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        ("rm rpm-nginx", "lacks what this would fetch: 5 15 dnf install -y nginx"),
        ("rm masked-atd.service", "atd.service is not masked"),
        ("touch active-nginx.service", "runs nginx.service before a server is prepared"),
        ("touch var/lib/elasticweb/verdict", "says that a server is ready"),
        ("rm var/lib/elasticweb/image", "was not prepared to the end"),
    ],
)
def test_an_image_that_lacks_something_is_not_published(box: Box, spoil: str, complaint: str) -> None:
    spec = machine(box)
    build(box, spec)
    subprocess.run(spoil.split(), cwd=box.root, check=True)
    recorded = image(machine=spec)
    for phase in ("validate", "test"):
        (script,) = scripts(recorded, phase)
        checked = box.run(script)
        assert checked.returncode != 0
        assert f"elasticweb: this image {complaint}" in checked.stderr


@pytest.mark.parametrize("failing", [{"tests": ["false"]}, {"health_url": "http://127.0.0.1/"}])
def test_an_image_whose_test_fails_is_not_published(box: Box, failing: dict[str, Any]) -> None:
    (box.root / "bin/curl").write_text(f"#!{BASH}\nexit 22\n")
    spec = machine(box)
    build(box, spec, **failing)
    (test,) = scripts(image(machine=spec, golden_image=failing), "test")
    assert box.run(test).returncode != 0


def test_a_server_of_the_image_only_does_what_is_left(box: Box) -> None:
    spec = machine(box)
    build(box, spec)
    box.calls()
    booted = box.boot(spec)
    assert booted.returncode == 0, booted.stderr
    assert box.log == ["image prod", "once"]
    calls = box.calls()
    assert not [c for c in calls if c.startswith("dnf")]
    assert "systemctl enable nginx.service" in calls
    assert (box.root / "var/lib/elasticweb/verdict").read_text() == "ready\n"
    assert box.boot(spec).returncode == 0
    assert box.log == ["image prod", "once"]


def test_a_server_without_the_image_does_it_all(box: Box) -> None:
    booted = box.boot(machine(box))
    assert booted.returncode == 0, booted.stderr
    assert box.log == ["image prod", "once"]
    assert [c for c in box.calls() if c.startswith("dnf")] == ["dnf install -y nginx"]


def test_a_server_of_an_older_image_catches_up(box: Box) -> None:
    build(box, machine(box))
    box.calls()
    newer = machine(box, packages=["nginx", "php"], image_commands=[f"echo newer >>{box.root}/log"])
    booted = box.boot(newer)
    assert booted.returncode == 0, booted.stderr
    assert box.log == ["image prod", "newer", "once"]
    assert [c for c in box.calls() if c.startswith("dnf")] == ["dnf install -y php"]

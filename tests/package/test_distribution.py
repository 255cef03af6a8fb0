"""The wheel and the sdist: what `pip install elasticweb` brings."""

import email.parser
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from components._version import __version__

ROOT = Path(__file__).parents[2]

_PLUGIN_ONLY = {"__main__.py", "_plugin.py"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build both as a release does, the wheel out of the sdist, without asking a package index."""
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(directory), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (wheel,) = built.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"elasticweb-{__version__}.dist-info/METADATA").decode()
    return email.parser.Parser().parsestr(text)


def own_files() -> set[str]:
    """Return every file of the components that is under version control or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "components"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.removeprefix("components/") for line in listed.stdout.splitlines() if (ROOT / line).exists()}


def test_the_wheel_is_one_package_called_elasticweb_with_everything_that_servers_need(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name.split("/")[0] for name in names} == {"elasticweb", f"elasticweb-{__version__}.dist-info"}
    packed = {name.removeprefix("elasticweb/") for name in names if name.startswith("elasticweb/")}
    assert (
        packed == {name for name in own_files() if Path(name).suffix in (".pem", ".py", ".sh", ".typed")} - _PLUGIN_ONLY
    )
    assert {
        "py.typed",
        "functions/users/rds-roots.pem",
        "scripts/attach-volume.sh",
        "machine/scripts/common.sh",
    } <= packed


def test_the_wheel_brings_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        scripts = archive.read(f"elasticweb-{__version__}.dist-info/entry_points.txt").decode()
    assert "elasticweb = elasticweb.commands.main:main" in scripts


def test_the_sdist_has_what_the_wheel_is_built_from_and_no_more(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "components/PulumiPlugin.yaml"} <= names
    assert {f"components/{name}" for name in own_files()} <= names
    assert {name.split("/")[0] for name in names} <= {
        *("components", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "PKG-INFO", ".gitignore")
    }


def test_the_metadata_says_what_it_is_and_what_it_needs(metadata: Message) -> None:
    assert metadata["Name"] == "elasticweb"
    assert metadata["Version"] == __version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    needed = ["boto3<2,>=1.44", "pulumi-aws<8,>=7.51", "pulumi<4,>=3.272", "pymysql<2,>=1.2"]
    assert sorted(metadata.get_all("Requires-Dist", [])) == needed
    assert str(metadata.get_payload()).startswith("# elasticweb")


def test_the_plugin_runs_with_what_the_package_asks_for() -> None:
    pins = dict(line.split(";")[0].split("==") for line in (ROOT / "components/requirements.txt").read_text().split())
    everywhere = (ROOT / "requirements.txt").read_text().split()
    assert {"pulumi", "pulumi-aws"} <= set(pins)
    assert {f"{name}=={version}" for name, version in pins.items()} <= set(everywhere)


_CONSUMER = """\
import asyncio, importlib.util, json
import pulumi, elasticweb
from pulumi.runtime import mocks
from elasticweb import SharedStorage, WebTier

assert importlib.util.find_spec("components") is None
made = []

class Mocks(mocks.Mocks):
    def new_resource(self, args):
        made.append(args.name)
        return args.name + "-id", {**args.inputs, "arn": "arn:aws:x:::" + args.name, "bucket": args.name,
            "name": args.name, "arnSuffix": args.name, "dnsName": args.name, "zoneId": "Z1", "latestVersion": 1}

    def call(self, args):
        return {"region": "eu-central-1", "partition": "aws", "accountId": "1", "tags": {}, "id": "x"}

asyncio.set_event_loop(asyncio.new_event_loop())
mocks.set_mocks(Mocks())

@pulumi.runtime.test
def program():
    files = SharedStorage("files", {"vpc_id": "vpc-1", "subnet_ids": ["subnet-3"]})
    WebTier("web", {"vpc_id": "vpc-1", "public_subnet_ids": ["subnet-1", "subnet-2"],
        "private_subnet_ids": ["subnet-3"], "mounts": [files.mount("/srv/files")]})

program()
print(json.dumps({"where": elasticweb.__file__, "made": sorted(made)}))
"""


@pytest.fixture(scope="module")
def consumer(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a new virtual environment with the wheel; its dependencies are borrowed from this one."""
    directory = tmp_path_factory.mktemp("consumer")
    venv.create(directory, with_pip=False, symlinks=True)
    (packages,) = directory.glob("lib/python3*/site-packages")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(packages)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "shared.pth").write_text("".join(f"{path}\n" for path in shared))
    return directory / "bin" / "python"


def test_a_stack_elsewhere_imports_elasticweb_and_uses_it(consumer: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(_CONSUMER)
    done = subprocess.run(
        [consumer, "-W", "ignore", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert str(consumer.parents[1]) in done.stdout
    assert "web-server-launch-template" in done.stdout
    assert "files-bucket" in done.stdout


def test_a_type_checker_reads_the_types_of_the_installed_package(consumer: Path, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from elasticweb import WebTier\n"
        'web = WebTier("web", {"vpc_id": "vpc-1", "public_subnet_ids": [], "private_subnet_ids": [], "colour": 1})\n'
        "reveal_type(web.url)\n"
    )
    check = [sys.executable, "-m", "basedpyright", "--pythonpath", str(consumer), str(program)]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert '"colour"' in done.stdout, done.stdout
    assert 'Type of "web.url" is "Output[str]"' in done.stdout
    assert "reportMissing" not in done.stdout


def test_the_examples_are_typed_as_their_readers_would_have_them(consumer: Path) -> None:
    programs = [str(ROOT / "examples" / name / "__main__.py") for name in ("web-tier-only", "stack-reference")]
    check = [sys.executable, "-m", "basedpyright", "--level", "error", "--pythonpath", str(consumer), *programs]
    done = subprocess.run(check, cwd=consumer.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout

"""What Pulumi runs as ``python3`` in tests: virtual environments in no time, and without a package index.

``python -m venv DIR`` makes one that shares the packages of the tests' own environment; its pip installs nothing but
directories (a generated SDK), by reference.
"""

import os
import sys
import venv
from pathlib import Path

_PIP = """
import importlib.metadata, json, pathlib, re, site, sys
if "--version" in sys.argv:
    print("pip 26.0 from here (python 3)")
if "list" in sys.argv:
    known = {d.name: d.version for d in importlib.metadata.distributions()}
    print(json.dumps([{"name": name, "version": version} for name, version in known.items()]))
asked = [pathlib.Path(a) for a in sys.argv[1:]]
for file in [a for a, flag in zip(asked[1:], asked) if str(flag) == "-r"]:
    asked += [pathlib.Path(line.strip()) for line in file.read_text().splitlines() if line.strip()]
packages = pathlib.Path(site.getsitepackages()[0])
for sdk in [a.resolve() for a in asked if (a / "setup.py").exists()]:
    text = (sdk / "setup.py").read_text()
    name, version = re.search("name='(.*?)'", text)[1], re.search('VERSION = "(.*?)"', text)[1]
    (packages / f"{name}.pth").write_text(f"{sdk}\\n")
    (packages / f"{name}-{version}.dist-info").mkdir(exist_ok=True)
    (packages / f"{name}-{version}.dist-info" / "METADATA").write_text(f"Name: {name}\\nVersion: {version}\\n")
"""


def main() -> None:
    """Make a virtual environment, or be Python."""
    if sys.argv[1:3] != ["-m", "venv"]:
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606
    directory = Path(sys.argv[3])
    venv.create(directory, with_pip=False, symlinks=True)
    (packages,) = directory.glob("lib/python3*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "shared.pth").write_text("".join(f"{path}\n" for path in shared))
    (packages / "pip").mkdir(exist_ok=True)
    (packages / "pip" / "__init__.py").touch()
    (packages / "pip" / "__main__.py").write_text(_PIP)


if __name__ == "__main__":
    main()

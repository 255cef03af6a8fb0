"""Which files are refused."""

import re
from collections.abc import Sequence

from ..._args import InvalidArgs
from ..._mounts import Mount
from ..parts import FileSpec
from ..spec import MachineSpec
from ..templates import filled
from ..words import check_value
from .words import check_path, check_unique, check_user


def check_files(component: str, machine: MachineSpec, mounts: Sequence[Mount]) -> None:
    """Raise `InvalidArgs` for files that cannot be placed or filled in."""
    files: Sequence[FileSpec] = machine.get("files", ())
    check_unique(component, [(f"machine.files[{i}].path", f["path"]) for i, f in enumerate(files)])
    mounted = [m["path"] for m in mounts] + [v["path"] for v in machine.get("data_volumes", ())]
    for i, file in enumerate(files):
        field = f"machine.files[{i}]"
        check_path(component, f"{field}.path", file["path"])
        for path in mounted:
            if f"{file['path']}/".startswith(f"{path}/"):
                raise InvalidArgs(
                    f"{component}: {field}.path must not be below the mount at {path}, got {file['path']!r}"
                )
        for part in ("owner", "group"):
            check_user(component, f"{field}.{part}", file.get(part, "root"))
        if not re.fullmatch(r"[0-7]{4}", file.get("mode", "0644")):
            raise InvalidArgs(
                f"{component}: {field}.mode must be four octal digits, such as 0644, got {file.get('mode')!r}"
            )
        content = file["content"]
        check_value(component, f"{field}.content", content, line=False)
        if file.get("template", False) and isinstance(content, str):
            filled(component, f"{field}.content ({file['path']})", content, machine.get("environment", {}))

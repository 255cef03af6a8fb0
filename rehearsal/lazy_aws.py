"""Import of pulumi_aws only the resource types that a program uses.

``pulumi_aws.ec2`` imports 170 modules when its first attribute is read, whichever it is; ec2, rds and s3 and what else
an environment needs come to 700 modules and half a second. With :func:`install`, such a package imports the one module
that defines the attribute. Everything else stays as it is: the modules themselves are imported the usual way, and a
package that does not look exactly like those generated for pulumi_aws 7 is imported the usual way too.
"""

import importlib
import importlib.abc
import importlib.machinery
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, cast

_ROOT = "pulumi_aws"
_STAR = re.compile(r"from \.(\w+) import \*")
_BESIDE = re.compile(r"from \. import (\w+)")
_PLAIN = ("import builtins as _builtins", "import typing", "from .. import _utilities")
_EXPORTS = re.compile(rb"^__all__ = \[(.*?)\]", re.DOTALL | re.MULTILINE)


def install() -> None:
    """Import the services of pulumi_aws lazily from now on; those that are imported already stay as they are."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        root, _, service = fullname.partition(".")
        if root != _ROOT or not service or "." in service:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.submodule_search_locations is None or spec.origin is None:
            return None
        found = _parts(Path(spec.origin))
        if found is None:
            return None
        spec.loader = _Loader(*found)
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, stars: list[str], beside: list[str]) -> None:
        self._stars, self._beside = stars, beside

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__.update(
            _builtins=importlib.import_module("builtins"),
            typing=importlib.import_module("typing"),
            _utilities=importlib.import_module(f"{_ROOT}._utilities"),
            __rehearsal_stars__=self._stars,
            __rehearsal_beside__=self._beside,
        )
        module.__class__ = _Service


class _Service(ModuleType):
    """A package that has its attributes as soon as somebody asks for them."""

    __rehearsal_stars__: list[str]
    """Modules of which the package has all public names; the last one wins, as with imports of `*`."""
    __rehearsal_beside__: list[str]
    """Modules that the package has as such."""

    def __getattr__(self, name: str) -> Any:
        if name in self.__rehearsal_beside__:
            return importlib.import_module(f"{self.__name__}.{name}")
        if name == "__all__":  # somebody imports *
            return [n for n in dir(self) if not n.startswith("_")]
        module = None if name.startswith("__") else self._index().get(name)
        if module is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self._publish(module, importlib.import_module(f"{self.__name__}.{module}"))
        return self.__dict__[name]

    def __dir__(self) -> list[str]:
        names = {*self.__dict__, *self._index(), *self.__rehearsal_beside__}
        return sorted(n for n in names if not n.startswith("__rehearsal"))

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if isinstance(value, ModuleType) and name in self.__rehearsal_stars__:
            # The module `get_ami` has just been imported; the function in it is what `get_ami` means here.
            self._publish(name, value)

    def _publish(self, name: str, module: ModuleType) -> None:
        index = self._index()
        for export in cast("list[str]", getattr(module, "__all__", [])):
            if index.get(export) == name:
                self.__dict__[export] = getattr(module, export)

    def _index(self) -> dict[str, str]:
        found: dict[str, str] | None = self.__dict__.get("__rehearsal_index__")
        if found is None:
            found = {}
            folder = Path(str(self.__file__)).parent
            for module in self.__rehearsal_stars__:
                exports = _EXPORTS.search((folder / f"{module}.py").read_bytes())
                names = cast("list[str]", re.findall(r"['\"](\w+)['\"]", exports[1].decode()) if exports else [])
                found.update(dict.fromkeys(names, module))
            self.__dict__["__rehearsal_index__"] = found
        return found


def _parts(init: Path) -> tuple[list[str], list[str]] | None:
    """Return the modules of which *init* imports all names, and those that it imports; None when there is more."""
    stars, beside = list[str](), list[str]()
    for line in init.read_text(encoding="utf-8").splitlines():
        text = line.rstrip()
        star, module = _STAR.fullmatch(text), _BESIDE.fullmatch(text)
        if star:
            stars.append(star[1])
        elif module:
            beside.append(module[1])
        elif text and not text.startswith("#") and text not in _PLAIN:
            return None
    return stars, beside

"""Import of pulumi_aws only the resource types that a program uses.

``pulumi_aws.ec2`` imports 170 modules when its first attribute is read, whichever it is; ec2, rds and s3 and what else
an environment needs come to 900 modules and half a second. With :func:`install`, such a package imports the one module
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
from typing import cast

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
        parts = fullname.split(".")
        if parts[0] != _ROOT or not 2 <= len(parts) <= 3:  # noqa: PLR2004  a service, or a module of one
            return None
        if len(parts) > 2 and not parts[2].startswith("_"):  # noqa: PLR2004
            _imported_by_name(parts)
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.submodule_search_locations is None or spec.origin is None or spec.loader is None:
            return None
        exports = _exports(Path(spec.origin))
        if exports is None:
            return None
        spec.loader = _Loader(spec.loader, exports)
        return spec


class _Loader(importlib.abc.Loader):
    """Fills a service's package with a way to find its attributes instead of with its attributes."""

    def __init__(self, plain: importlib.abc.Loader, stars: tuple[list[str], list[str]]) -> None:
        self.plain = plain
        self.stars, self.beside = stars

    def exec_module(self, module: ModuleType) -> None:
        lazy = _Lazy(module, self)
        module.__dict__.update(
            {
                "_builtins": importlib.import_module("builtins"),
                "typing": importlib.import_module("typing"),
                "_utilities": importlib.import_module(f"{_ROOT}._utilities"),
                "__getattr__": lazy.find,
                "__dir__": lazy.names,
                _LAZY: lazy,
            }
        )


_LAZY = "__rehearsal_lazy__"


class _Lazy:
    def __init__(self, package: ModuleType, loader: _Loader) -> None:
        self.package = package
        self.loader = loader
        self.loading: list[str] = []
        """Modules that are being imported on behalf of an attribute."""
        self._index: dict[str, str] | None = None

    def find(self, name: str) -> object:
        """Return the attribute *name* of the package: what ``__getattr__`` of a module does."""
        if name in self.loader.beside:
            return importlib.import_module(f"{self.package.__name__}.{name}")
        if name == "__all__":  # somebody imports *
            return [n for n in self.names() if not n.startswith("_")]
        if not name.startswith("__"):
            if self._index is None:
                self._index = self._scan()
            if name in self._index:
                self._load(self._index[name])
                return self.package.__dict__[name]
        raise AttributeError(f"module {self.package.__name__!r} has no attribute {name!r}")

    def names(self) -> list[str]:
        """All attributes, imported or not."""
        if self._index is None:
            self._index = self._scan()
        return sorted({*self.package.__dict__, *self._index, *self.loader.beside})

    def complete(self) -> None:
        """Import everything, as the package itself does."""
        for hook in ("__getattr__", "__dir__", _LAZY):
            self.package.__dict__.pop(hook, None)
        self.loader.plain.exec_module(self.package)

    def _load(self, module: str) -> None:
        self.loading.append(module)
        try:
            loaded = importlib.import_module(f"{self.package.__name__}.{module}")
        finally:
            self.loading.remove(module)
        # All at once: `get_ami` is a module and the function in it, and the function has to win.
        for name in cast("list[str]", getattr(loaded, "__all__", [])):
            if self._index is None or self._index.get(name) == module:
                self.package.__dict__[name] = getattr(loaded, name)

    def _scan(self) -> dict[str, str]:
        index: dict[str, str] = {}
        folder = Path(str(self.package.__file__)).parent
        for module in self.loader.stars:  # the last one wins, as with imports of *
            found = _EXPORTS.search((folder / f"{module}.py").read_bytes())
            names = re.findall(r"['\"](\w+)['\"]", found[1].decode()) if found else []
            index.update(dict.fromkeys(names, module))
        return index


def _exports(init: Path) -> tuple[list[str], list[str]] | None:
    """Return the modules of which *init* imports all names, and those that it imports; None when there is more in it."""
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


def _imported_by_name(parts: list[str]) -> None:
    """Somebody imports a module of a service by its own name: only the usual way gets every attribute right then."""
    lazy = cast("_Lazy | None", vars(sys.modules.get(".".join(parts[:2])) or sys).get(_LAZY))
    if lazy is not None and parts[2] not in lazy.loading and parts[2] not in lazy.loader.beside:
        lazy.complete()

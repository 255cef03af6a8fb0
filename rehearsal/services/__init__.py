"""The AWS services that the rehearsal knows: one module each, imported when a resource of theirs turns up."""

import importlib
import keyword
from functools import cache

from rehearsal.entry import Entry
from rehearsal.errors import RehearsalError

_ALIASES = {"alb": "lb", "applicationloadbalancing": "lb", "elasticloadbalancingv2": "lb"}
"""Modules of the provider that are older names of others; the tokens differ, the resources do not."""


@cache
def entry(token: str) -> Entry:
    """Return the entry of the resource type *token*."""
    module = service_module(token)
    found = _entries(module).get(token)
    if found is None and module in _ALIASES:
        service = _ALIASES[module]
        found = _entries(service).get(token.replace(f"aws:{module}/", f"aws:{service}/", 1))
    if found is None:
        raise RehearsalError(
            f"the rehearsal does not know the resource type {token}: add it to rehearsal/services/{module}"
        )
    return found


def service_module(token: str) -> str:
    """Return the module that has the entry of *token*: ``aws:rds/instance:Instance`` -> ``rds``."""
    package, _, rest = token.partition(":")
    if package != "aws" or "/" not in rest:
        raise RehearsalError(f"the rehearsal carries resources of the package aws only, got {token}")
    name = rest.split("/", 1)[0].replace("-", "_")
    return f"{name}_" if keyword.iskeyword(name) else name


@cache
def _entries(module: str) -> dict[str, Entry]:
    try:
        loaded = importlib.import_module(f"{__name__}.{module}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{module}":
            raise
        return {}
    return {e.token: e for e in loaded.ENTRIES}


def known_entries() -> list[Entry]:
    """Every entry there is; imports all services."""
    import pkgutil  # noqa: PLC0415  for tests and documentation only

    modules = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))
    return [e for module in modules for e in _entries(module).values()]

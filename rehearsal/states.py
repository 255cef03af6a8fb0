"""What moto knows, by emulator: each one of a process has a world of its own, as two accounts of AWS have.

moto keeps one state per process, and forgets it when the last of its mocks ends.
"""

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable

LOCK = threading.RLock()
"""Held while moto works: its dictionaries change while other threads walk through them."""


class _Known(NamedTuple):
    """What one of moto's services knows."""

    service: Any
    accounts: dict[str, Any]
    beside: dict[str, dict[str, Any]]
    """What it knows of all accounts together, such as whose a bucket's name is."""


class _State(NamedTuple):
    services: list[_Known]
    made: list[tuple[Any, list[Any]]]
    """By class, what was made of it: S3 lets go of all objects at once that were ever made."""


_NOTHING = _State([], [])
_away: dict["Hashable", _State] = {}
_here: list["Hashable"] = [None]


def switch(to: "Hashable") -> None:
    """Let moto know what belongs to *to*, which begins with nothing."""
    if _here[0] is to:
        return
    _away[_here[0]] = _taken_out()
    _put_in(_away.pop(to, _NOTHING))
    _here[0] = to


def forget(what: "Hashable") -> None:
    """Forget what belongs to *what*."""
    back = _here[0]
    switch(what)
    _reset()
    if back is not what:
        switch(back)
        _away.pop(what)
    else:
        _here[0] = None
        _put_in(_away.pop(None, _NOTHING))


@contextmanager
def apart() -> "Generator[None]":
    """For ``with``: moto begins with nothing, and knows afterwards what it knew before."""
    with LOCK:
        kept = _taken_out()
    try:
        yield
    finally:
        with LOCK:
            _reset()
            _put_in(kept)


def _taken_out() -> _State:
    services = [_Known(service, dict(service), _copied(_beside(service))) for service in _in_use()]
    state = _State(services, [(model, model.instances_tracked) for model in _models() if model.instances_tracked])
    _clear()
    return state


def _put_in(state: _State) -> None:
    for service, accounts, beside in state.services:
        service.update(accounts)
        for name, known in beside.items():
            getattr(service, name).update(known)
        _in_use().append(service)
    for model, made in state.made:
        model.instances_tracked = made


def _reset() -> None:
    """Forget what moto knows, and let go of what it holds open, such as the files of objects in S3."""
    for service in list(_in_use()):
        for account in list(service.values()):
            account.reset()
    _clear()


def _clear() -> None:
    for service in _in_use():
        for known in _beside(service).values():
            known.clear()
        service.clear()
    _in_use().clear()
    for model in _models():
        model.instances_tracked = []


def _beside(service: Any) -> dict[str, dict[str, Any]]:
    return {name: known for name, known in vars(service).items() if isinstance(known, dict)}


def _copied(known: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: dict(value) for name, value in known.items()}


def _in_use() -> list[Any]:
    from moto.core import base_backend  # noqa: PLC0415  only the embedded emulator pays for it

    return cast("Any", base_backend.BackendDict)._instances  # noqa: SLF001


def _models() -> list[Any]:
    from moto.core import model_instances  # noqa: PLC0415

    return [model for models in model_instances.model_data.values() for model in models.values()]

"""What moto knows, by emulator: each one of a process has a world of its own, as two accounts of AWS have.

moto keeps one state per process, and forgets it when the last of its mocks ends.
"""

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Generator, Hashable

LOCK = threading.RLock()
"""Held while moto works: its dictionaries change while other threads walk through them."""

_State = list[tuple[Any, dict[str, Any]]]

_away: dict["Hashable", _State] = {}
_here: list["Hashable"] = [None]


def switch(to: "Hashable") -> None:
    """Let moto know what belongs to *to*, which begins with nothing."""
    if _here[0] is to:
        return
    _away[_here[0]] = _taken_out()
    _put_in(_away.pop(to, []))
    _here[0] = to


def forget(what: "Hashable") -> None:
    """Forget what belongs to *what*."""
    if _here[0] is what:
        switch(None)
    _reset(_away.pop(what, []))


@contextmanager
def apart() -> "Generator[None]":
    """For ``with``: moto begins with nothing, and knows afterwards what it knew before."""
    with LOCK:
        kept = _taken_out()
    try:
        yield
    finally:
        with LOCK:
            _reset(_taken_out())
            _put_in(kept)


def _taken_out() -> _State:
    in_use = _in_use()
    state = [(backends, dict(backends)) for backends in in_use]
    for backends, _ in state:
        backends.clear()
    in_use.clear()
    return state


def _put_in(state: _State) -> None:
    for backends, accounts in state:
        backends.update(accounts)
        _in_use().append(backends)


def _reset(state: _State) -> None:
    """Let go of what moto holds open, such as the files of objects in S3."""
    for _, accounts in state:
        for account in accounts.values():
            account.reset()


def _in_use() -> list[Any]:
    from moto.core import base_backend  # noqa: PLC0415  only the embedded emulator pays for it

    return cast("Any", base_backend.BackendDict)._instances  # noqa: SLF001

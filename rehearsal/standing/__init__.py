"""What stands in the emulator after a deployment, asked of its API: a reporter per service, sections of text out.

Reporters know types of AWS resources, not the components of a program; a type that is not in a deployment has no
section. Nothing here is taken from what the program asked for.
"""

import datetime as dt
from collections.abc import Iterable

from rehearsal.deploy import Deployment
from rehearsal.errors import RehearsalError

from . import balancing, databases, fleets, names, network, secrecy, storage, volumes
from .scene import Row, Scene, Section

__all__ = ["Row", "Section", "standing"]

_REPORTERS = (
    network.sections,
    balancing.sections,
    fleets.sections,
    databases.sections,
    names.sections,
    storage.sections,
    volumes.sections,
    secrecy.sections,
)


def standing(deployment: Deployment, now: dt.datetime) -> list[Section]:
    """Return what stands there; *now* is where the next times of schedules are counted from."""
    scene = Scene(deployment, now)
    found: list[Section] = []
    for reporter in _REPORTERS:
        found += _whole(reporter(scene), reporter.__module__.rsplit(".", 1)[-1])
    return found


def _whole(sections: Iterable[Section], what: str) -> list[Section]:
    """Return *sections*; what cannot be read back is said, instead of left out."""
    found: list[Section] = []
    try:
        found.extend(sections)
    except RehearsalError as error:
        found.append(Section(what.capitalize(), "", [("not read back", str(error))]))
    return found

"""How a change of an argument is described, and what it may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class InPlace:
    """Something changes, and everything that is kept stays where it is."""


@dataclass(frozen=True)
class Same:
    """Nothing at all changes."""


@dataclass(frozen=True)
class Refused:
    """The component says no, and why."""

    reason: str


@dataclass(frozen=True)
class RefusedByProvider:
    """The provider says no before it calls AWS."""

    cause: str
    """The input that cannot become what it shall."""


@dataclass(frozen=True)
class Protected:
    """The provider would make another, so Pulumi refuses: what holds something is protected."""

    cause: str
    """The input that would make another, or `deleted`."""


@dataclass(frozen=True)
class Documented:
    """As `Protected`, and a page says how it is done on purpose."""

    cause: str
    page: str
    heading: str


@dataclass(frozen=True)
class Removed:
    """What is taken out of a list goes, and nothing else: a secret, which AWS can still bring back for days."""

    name: str


Verdict = InPlace | Same | Refused | RefusedByProvider | Protected | Documented | Removed


@dataclass(frozen=True)
class Case:
    """Arguments before and after a change."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    then: Verdict = InPlace()
    back: Verdict | None = None
    """What the way back does, when that is something else."""


def changing(base: Mapping[str, Any], key: str) -> Any:
    """Return a maker of cases for the specification under *key* of the arguments *base*."""

    def case(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Verdict) -> Case:
        then = verdicts[0] if verdicts else InPlace()
        back = verdicts[1] if len(verdicts) > 1 else None
        return Case({**base, key: before}, {**base, key: after}, then, back)

    return case

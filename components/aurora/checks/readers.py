"""Instances of a cluster, and the capacity of those that scale by themselves."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..._args import check_range
from ..shapes import AuroraSpec, ServerlessSpec
from .who import WHO

MOST = 15  # Aurora user guide, Aurora.Replication: beside the writer
SERVERLESS = "db.serverless"

# Memory-optimized, and the burstable ones from medium on: Aurora user guide, Concepts.DBInstanceClass.
_CLASS = re.compile(r"db\.((r|x)\d+[a-z]*\.(large|\d*xlarge)|t4g\.(medium|large))")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 16
_ZONE = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-z]")


class Member(NamedTuple):
    """A declared instance."""

    key: str
    instance_class: str
    availability_zone: str | None
    tier: int


def instance_class(field: str, value: str) -> str:
    """Return *value*, a class of Aurora's instances."""
    if value != SERVERLESS and not _CLASS.fullmatch(value):
        raise WHO.refuse(
            field,
            "must be a class that Aurora MySQL has, such as db.r7g.large, db.t4g.medium or db.serverless, "
            f"got {value!r}",
        )
    return value


def readers(spec: AuroraSpec, writer_class: str) -> tuple[Member, ...]:
    """Return the declared readers of a cluster whose first instance is of *writer_class*."""
    count, listed = spec.get("reader_count"), spec.get("readers")
    if count is not None and listed is not None:
        raise WHO.refuse("readers", "must be left out with reader_count, got both")
    class_ = instance_class("reader_class", spec.get("reader_class", writer_class))
    if listed is None:
        check_range(WHO.component, f"{WHO.key}.reader_count", count or 0, 0, MOST)
        return tuple(Member(str(n), class_, None, _tier(class_, writer_class)) for n in range(1, (count or 0) + 1))
    if len(listed) > MOST:
        raise WHO.refuse("readers", f"must be at most {MOST}, got {len(listed)}")
    found = list[Member]()
    for index, reader in enumerate(listed):
        path, name = f"readers[{index}]", reader["name"]
        if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME or name == "primary":
            raise WHO.refuse(
                f"{path}.name",
                f"must be at most {_LONGEST_NAME} lower-case letters, digits and single hyphens, begin with a letter "
                f"and not be 'primary', got {name!r}",
            )
        if name in [member.key for member in found]:
            raise WHO.refuse(f"{path}.name", f"must be unique, got {name!r} a second time")
        zone = reader.get("availability_zone")
        if zone is not None and not _ZONE.fullmatch(zone):
            raise WHO.refuse(f"{path}.availability_zone", f"must be a zone such as eu-central-1b, got {zone!r}")
        own = instance_class(f"{path}.instance_class", reader.get("instance_class", class_))
        tier = reader.get("promotion_tier", _tier(own, writer_class))
        check_range(WHO.component, f"{WHO.key}.{path}.promotion_tier", tier, 0, 15)
        found.append(Member(name, own, zone, tier))
    return tuple(found)


def serverless(spec: AuroraSpec, version: str, classes: Sequence[str]) -> ServerlessSpec | None:
    """Return between which capacities the instances of *classes* scale that do."""
    given = spec.get("serverless")
    if given is None:
        if SERVERLESS in classes:
            raise WHO.refuse("serverless", f"must be given for instances of the class {SERVERLESS}, got none")
        return None
    if SERVERLESS not in classes:
        raise WHO.refuse("serverless", f"must be left out without an instance of the class {SERVERLESS}")
    low, high, pause = given["min_acu"], given["max_acu"], given.get("pause_seconds")
    check_range(WHO.component, f"{WHO.key}.serverless.min_acu", low, 0, 256)
    check_range(WHO.component, f"{WHO.key}.serverless.max_acu", high, 1, 256)
    for field, value in (("min_acu", low), ("max_acu", high)):
        if value * 2 != int(value * 2):
            raise WHO.refuse(f"serverless.{field}", f"must be in halves, such as 0.5 or 8, got {value}")
    if high < low:
        raise WHO.refuse("serverless.max_acu", f"must be at least min_acu ({low}), got {high}")
    if low == 0 and _older(version, (3, 8)):
        raise WHO.refuse("serverless.min_acu", f"must be at least 0.5 before Aurora MySQL 3.08, got 0 with {version}")
    if pause is not None and low > 0:
        raise WHO.refuse("serverless.pause_seconds", f"must be left out unless min_acu is 0, got {pause}")
    if pause is not None:
        check_range(WHO.component, f"{WHO.key}.serverless.pause_seconds", pause, 300, 86400)
    return given


def _tier(class_: str, writer_class: str) -> int:
    return 1 if class_ == writer_class else 2


def _older(version: str, than: tuple[int, int]) -> bool:
    match = re.search(r"mysql_aurora\.(\d+)\.(\d+)", version)
    return match is not None and (int(match[1]), int(match[2])) < than

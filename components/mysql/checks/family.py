"""The instances of a database: who is written to, who follows, who stands alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ..._args import check_range
from ...database import checks
from ..shapes import MySQLSpec, ReplicaElsewhere, ReplicaSpec
from .storage import MOST_GIB
from .who import WHO

MOST = 15  # botocore rds CreateDBInstanceReadReplica, SourceDBInstanceIdentifier
PRIMARY = "primary"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 16
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_ELASTIC = "elastic-"  # what the controller calls its own


@dataclass(frozen=True)
class Member:
    """An instance that began as a replica."""

    key: str
    part: str
    """What it is called behind the database's name. Those that follow a later writer are others: `replica2-1`."""
    instance_class: str
    storage_gib: int
    max_storage_gib: int
    availability_zone: str | None = None
    elsewhere: ReplicaElsewhere | None = None
    once: tuple[str, ...] = ()
    """Parts that it may have begun as."""


@dataclass(frozen=True)
class Family:
    """All instances."""

    replicas: tuple[Member, ...] = ()
    """Those that follow the writer."""
    promoted: tuple[Member, ...] = ()
    """Those that stand alone."""
    writer: Member | None = None
    """The one that is written to; None is the primary."""
    former: tuple[Member, ...] = ()
    """Those that were written to and are still there, apart from the primary."""
    primary_gone: bool = False

    def all(self) -> tuple[Member, ...]:
        """Return everybody but the primary."""
        return (*self.replicas, *self.promoted, *self.former, *([self.writer] if self.writer else []))


def family(spec: MySQLSpec, replica_class: str, storage_gib: int, max_storage_gib: int, elastic: int) -> Family:
    """Check what *spec* says of replicas, beside which there are up to so many *elastic* ones, and sort them out."""
    count = spec.get("replica_count", 0)
    check_range(WHO.component, "database.replica_count", count, 0, MOST)
    listed = spec.get("replicas", ())
    _check_names(listed)
    said: dict[str, ReplicaSpec] = {key: {"name": key} for key in map(str, range(1, count + 1))}
    said |= {replica["name"]: replica for replica in listed}
    members = {
        key: _member(f"replicas[{number - count}]", replica, replica_class, (storage_gib, max_storage_gib))
        for number, (key, replica) in enumerate(said.items())
    }
    writers, gone = spec.get("writers", ()), spec.get("gone_writers", ())
    _check_writers(writers, gone, said)
    # A writer that is gone is nobody: the replica of its name is a new one.
    there = {key: number for number, key in enumerate(writers, 1) if key not in gone or number == len(writers)}
    sorted_ = dict[str, list[Member]]()
    for key, member in members.items():
        standing = said[key].get("promoted", False)
        kind = (
            "writer" if writers[-1:] == [key] else "former" if key in there else "promoted" if standing else "replica"
        )
        # What stands alone keeps the name that it had when it followed.
        followed = there.get(key, 1 if standing else len(writers) + 1)
        once = tuple(_part(number, key) for number in range(2, len(writers) + 2)) if kind == "promoted" else ()
        sorted_.setdefault(kind, []).append(replace(member, part=_part(followed, key), once=once))
    replicas = sorted_.get("replica", [])
    if len(replicas) + elastic > MOST:
        raise WHO.refuse(
            "replicas",
            f"must be at most {MOST} in all, which is what RDS allows a source, got {len(replicas)} by replica_count "
            f"and replicas and up to {elastic} elastic ones",
        )
    return Family(
        tuple(replicas),
        tuple(sorted_.get("promoted", ())),
        next(iter(sorted_.get("writer", ())), None),
        tuple(sorted_.get("former", ())),
        PRIMARY in gone,
    )


def _part(followed: int, key: str) -> str:
    """Return what a replica is called that follows the primary (1) or a later writer."""
    return f"replica{followed if followed > 1 else ''}-{key}"


def _check_names(listed: Sequence[ReplicaSpec]) -> None:
    names = [replica["name"] for replica in listed]
    for number, name in enumerate(names):
        field = f"replicas[{number}].name"
        if not _NAME.fullmatch(name) or len(name) > _LONGEST:
            raise WHO.refuse(
                field,
                f"must be 1 to {_LONGEST} lower-case letters, digits and single hyphens, with a letter first (numbers "
                f"are those of replica_count), got {name!r}",
            )
        if name == PRIMARY or name.startswith(_ELASTIC):
            raise WHO.refuse(field, f"must not be {PRIMARY} nor begin with {_ELASTIC}, which others have, got {name!r}")
        if name in names[:number]:
            raise WHO.refuse(field, f"must be there once, got {name!r} again")


def _member(field: str, said: ReplicaSpec, replica_class: str, least: tuple[int, int]) -> Member:
    storage_gib, max_storage_gib = said.get("storage_gib", least[0]), said.get("max_storage_gib", least[1])
    check_range(WHO.component, f"database.{field}.storage_gib", storage_gib, least[0], MOST_GIB * 10 // 11, "GiB")
    lowest = max(least[1], (storage_gib * 11 + 9) // 10)
    if max_storage_gib < lowest:
        raise WHO.refuse(
            f"{field}.max_storage_gib",
            f"must be at least {lowest} GiB (the database's, and 10% above its own storage_gib), got {max_storage_gib}",
        )
    check_range(WHO.component, f"database.{field}.max_storage_gib", max_storage_gib, lowest, MOST_GIB, "GiB")
    elsewhere, zone = said.get("elsewhere"), said.get("availability_zone")
    if elsewhere is not None:
        _check_elsewhere(f"{field}.elsewhere", elsewhere)
    region = elsewhere["region"] if elsewhere else r"[a-z]{2}(-[a-z]+)+-\d"
    if zone is not None and not re.fullmatch(rf"{region}(-[a-z]+-\d+)?[a-z]", zone):
        where = f" of {elsewhere['region']}" if elsewhere else ""
        raise WHO.refuse(
            f"{field}.availability_zone", f"must be a zone{where} such as {zone_of(elsewhere)}, got {zone!r}"
        )
    return Member(
        key=said["name"],
        part="",
        instance_class=checks.instance_class(WHO, f"{field}.instance_class", said.get("instance_class", replica_class)),
        storage_gib=storage_gib,
        max_storage_gib=max_storage_gib,
        availability_zone=zone,
        elsewhere=elsewhere,
    )


def zone_of(elsewhere: ReplicaElsewhere | None) -> str:
    """Return an example of a zone."""
    return f"{elsewhere['region'] if elsewhere else 'eu-central-1'}b"


def _check_elsewhere(field: str, elsewhere: ReplicaElsewhere) -> None:
    if not _REGION.fullmatch(elsewhere["region"]):
        raise WHO.refuse(f"{field}.region", f"must be a region such as eu-west-1, got {elsewhere['region']!r}")
    if len(elsewhere["subnet_ids"]) < 2:  # noqa: PLR2004
        raise WHO.refuse(
            f"{field}.subnet_ids",
            f"must hold at least 2 subnets in different zones, got {len(elsewhere['subnet_ids'])}",
        )
    checks.check_key(WHO, f"{field}.kms_key_arn", elsewhere["kms_key_arn"], elsewhere["region"])


def _check_writers(writers: Sequence[str], gone: Sequence[str], said: dict[str, ReplicaSpec]) -> None:
    for number, key in enumerate(writers):
        field = f"writers[{number}]"
        if key in gone and number < len(writers) - 1:
            continue
        if key not in said:
            raise WHO.refuse(
                field, f"must be a replica by its number or name ({', '.join(said) or 'there is none'}), got {key!r}"
            )
        if "elsewhere" in said[key]:
            raise WHO.refuse(
                field, f"must be a replica in the database's own network, where its names are, got {key!r}"
            )
        if said[key].get("promoted"):
            raise WHO.refuse(field, f"must not be promoted as well: it stands alone with rows of its own, got {key!r}")
    if any(one == other for one, other in pairwise(writers)):
        raise WHO.refuse("writers", f"must name another one each time, got {', '.join(writers)}")
    for number, key in enumerate(gone):
        if key not in (PRIMARY, *writers[:-1]) or not writers:
            earlier = ", ".join((PRIMARY, *writers[:-1])) if writers else "none, as writers is empty"
            raise WHO.refuse(f"gone_writers[{number}]", f"must be an earlier writer ({earlier}), got {key!r}")

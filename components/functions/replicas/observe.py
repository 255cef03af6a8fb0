"""What is there: instances, records and figures, read anew at every invocation."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .figures import Figures, figures
from .model import (
    CONNECTIONS,
    CPU,
    LAG,
    MOST_REPLICAS,
    SCOPE_TAG,
    SOURCE_TAG,
    Journal,
    Load,
    Observation,
    Policy,
    Replica,
)
from .place import Aws, Place

Instance = Mapping[str, Any]


@dataclass(frozen=True)
class Sight:
    """What is there, as AWS tells it."""

    instances: Mapping[str, Instance]
    """All of the region by identifier."""
    records: Sequence[Mapping[str, Any]]
    """Those of the reader."""

    def own(self, place: Place) -> list[Instance]:
        """Return the controller's own replicas of this primary."""
        return [instance for instance in self.instances.values() if is_own(place, instance)]

    def address_of(self, key: str) -> str | None:
        """Return where the record *key* leads, None if there is none."""
        found = [record for record in self.records if record.get("SetIdentifier") == key]
        return found[0]["ResourceRecords"][0]["Value"] if found else None


def is_own(place: Place, instance: Instance) -> bool:
    """Whether the controller made *instance*, of this primary, and it is a replica still.

    One that was promoted is a database of somebody's own, whatever its tags say.
    """
    return (
        is_made_here(place, instance)
        and tags_of(instance) == place.tags
        and instance["ReadReplicaSourceDBInstanceIdentifier"] == place.source
        and re.fullmatch(r"elastic-\d+", key_of(place, instance)) is not None
    )


def is_made_here(place: Place, instance: Instance) -> bool:
    """Whether it is a replica, of whatever primary, that this component's controller made."""
    return bool(instance.get("ReadReplicaSourceDBInstanceIdentifier")) and (
        tags_of(instance).get(SCOPE_TAG) == place.scope
    )


def key_of(place: Place, instance: Instance) -> str:
    """Return its name among the replicas."""
    return str(instance["DBInstanceIdentifier"]).removeprefix(place.prefix)


def tags_of(instance: Instance) -> dict[str, str]:
    """Return the tags that count here."""
    return {tag["Key"]: tag["Value"] for tag in instance.get("TagList", ()) if tag["Key"] in (SCOPE_TAG, SOURCE_TAG)}


def birth_of(instance: Instance) -> str:
    """Return what an instance of the same name made later does not have."""
    made = instance.get("InstanceCreateTime")
    return f"{instance.get('DbiResourceId', '')}-{int(made.timestamp()) if isinstance(made, datetime) else ''}"


def look(aws: Aws, place: Place) -> Sight:
    """Read instances and records."""
    pages = aws.rds.get_paginator("describe_db_instances").paginate()
    instances = {found["DBInstanceIdentifier"]: found for page in pages for found in page["DBInstances"]}
    listed = aws.route53.list_resource_record_sets(
        HostedZoneId=place.zone_id, StartRecordName=place.reader, StartRecordType="CNAME", MaxItems="100"
    )["ResourceRecordSets"]
    records = [r for r in listed if r["Name"].rstrip(".") == place.reader and r["Type"] == "CNAME"]
    return Sight(instances, records)


def observe(aws: Aws, place: Place, policy: Policy, journal: Journal, sight: Sight, now: int) -> Observation:  # noqa: PLR0913, PLR0917
    """Return what the decision needs."""
    own = sight.own(place)
    primary = sight.instances.get(place.source, {})
    led_to = _serving(sight)
    measured = figures(aws, _wanted(policy, place.source, own, led_to), now)
    serving = [identifier for identifier in led_to if _keeps_up(identifier, policy, measured)]
    identifiers = {instance["DBInstanceIdentifier"] for instance in own}
    known = {*primary.get("ReadReplicaDBInstanceIdentifiers", ()), *_replicas(sight, place)}
    return Observation(
        journal=journal,
        replicas=tuple(sorted((_replica(place, i, sight, measured, primary) for i in own), key=lambda r: r.key)),
        others=min(len(known - identifiers), MOST_REPLICAS),
        taken=frozenset(
            identifier.removeprefix(place.prefix)
            for identifier in sight.instances
            if identifier.startswith(f"{place.prefix}elastic-") and identifier not in identifiers
        ),
        primary_available=primary.get("DBInstanceStatus") in ("available", "storage-optimization", "backing-up")
        and bool(primary.get("BackupRetentionPeriod")),
        load=_load(policy, place.source, serving, measured),
    )


def _replicas(sight: Sight, place: Place) -> Iterable[str]:
    for identifier, instance in sight.instances.items():
        if instance.get("ReadReplicaSourceDBInstanceIdentifier") == place.source:
            yield identifier


def _serving(sight: Sight) -> list[str]:
    """Return the identifiers of the replicas that the reader's name leads to, declared ones included."""
    addresses = {record["ResourceRecords"][0]["Value"] for record in sight.records if record.get("Weight")}
    return sorted(
        identifier
        for identifier, instance in sight.instances.items()
        if instance.get("Endpoint", {}).get("Address") in addresses
    )


def _keeps_up(identifier: str, policy: Policy, measured: Figures) -> bool:
    """Whether Route 53 leads clients to it, as far as is known: what serves nobody must not lower the mean."""
    lag = measured.last(identifier, LAG)
    return lag is None or 0 <= lag[1] <= policy.max_lag


def _replica(place: Place, instance: Instance, sight: Sight, measured: Figures, primary: Instance) -> Replica:
    identifier, key = instance["DBInstanceIdentifier"], key_of(place, instance)
    connections = measured.last(identifier, CONNECTIONS)
    lag = measured.last(identifier, LAG)
    return Replica(
        key=key,
        identifier=identifier,
        status=instance["DBInstanceStatus"],
        address=instance.get("Endpoint", {}).get("Address", ""),
        birth=birth_of(instance),
        current=instance["DBInstanceClass"] == place.template["DBInstanceClass"]
        and (_same_parameters(place, instance) or _being_upgraded(instance, primary)),
        named=sight.address_of(key) is not None,
        lag=None if lag is None else lag[1],
        stopped=measured.lasting(identifier, LAG, -1),
        connections=None if connections is None else connections[1],
        counted=0 if connections is None else connections[0],
    )


def _same_parameters(place: Place, instance: Instance) -> bool:
    wanted = place.template.get("DBParameterGroupName")
    return wanted is None or wanted in {group["DBParameterGroupName"] for group in instance["DBParameterGroups"]}


def _being_upgraded(instance: Instance, primary: Instance) -> bool:
    """Whether it is of another series than the primary, which is upgraded after its replicas."""
    series = [str(found.get("EngineVersion", "")).split(".")[:2] for found in (instance, primary)]
    return series[0] != series[1]


def _wanted(policy: Policy, source: str, own: Sequence[Instance], serving: Sequence[str]) -> list[tuple[str, str]]:
    load = [(identifier, metric) for identifier in dict.fromkeys([*serving, source]) for metric in policy.targets]
    health = [(instance["DBInstanceIdentifier"], metric) for instance in own for metric in (LAG, CONNECTIONS)]
    return list(dict.fromkeys([*load, *health, *((identifier, LAG) for identifier in serving)]))


def _load(policy: Policy, source: str, serving: Sequence[str], measured: Figures) -> Load:
    minutes = list[tuple[int, Mapping[str, tuple[float, float]]]]()
    for at in measured.minutes:
        found = {
            metric: ([measured.at(at, replica, metric) for replica in serving], measured.at(at, source, metric))
            for metric in policy.targets
        }
        whole = {
            metric: (float(sum(total for total in totals if total is not None)), primary)
            for metric, (totals, primary) in found.items()
            if primary is not None and None not in totals
        }
        if len(whole) == len(policy.targets):
            minutes.append((at, whole))
    return Load(len(serving), minutes)


def instant(now: int) -> datetime:
    """Return *now* as AWS takes it."""
    return datetime.fromtimestamp(now, UTC)


__all__ = ["CPU", "Sight", "birth_of", "instant", "is_made_here", "is_own", "key_of", "look", "observe"]

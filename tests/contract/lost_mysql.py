"""Changes of everything that MySQL can be told."""

from collections.abc import Mapping
from typing import Any

from .lost_cases import Case, Documented, InPlace, RefusedByProvider, Same, changing
from .lost_shared import AROUND, KEY, elastic_windows, proxied, shared, watched

_case = changing(AROUND, "database")
_LARGE = {"storage_gib": 400, "max_storage_gib": 1000}
_THERE = {
    "region": "eu-west-1",
    "vpc_id": "vpc-9",
    "subnet_ids": ["subnet-8", "subnet-9"],
    "kms_key_arn": f"{KEY}there".replace("eu-central-1", "eu-west-1"),
}
_COPY = {"region": "eu-west-1", "kms_key_arn": _THERE["kms_key_arn"]}
_ELSEWHERE_KEY = "arn:aws:kms:eu-north-1:123456789012:key/there"


def _replica(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
    return _case({"replicas": [{"name": "a", **before}]}, {"replicas": [{"name": "a", **after}]}, *verdicts)


def _there(**after: Any) -> Case:
    return _replica({"elsewhere": _THERE}, {"elsewhere": {**_THERE, **after}})


def _copied(**after: Any) -> Case:
    return _case({"backup_copy": _COPY}, {"backup_copy": {**_COPY, **after}})


def _elastic(**after: Any) -> Case:
    before = {"max_size": 5}
    return _case({"elastic_replicas": before}, {"elastic_replicas": {**before, **after}})


_INSIDE = {
    "engine_version": _case({"engine_version": "8.4.5"}, {"engine_version": "8.4.6"}),
    "allow_major_upgrade_to": _case(
        {}, {"engine_version": "9.7", "allow_major_upgrade_to": "9.7", "apply_immediately": True}
    ),
    "blue_green_updates": _case(
        {"parameters": {"event_scheduler": "OFF"}},
        {"parameters": {"event_scheduler": "OFF"}, "blue_green_updates": True},
    ),
    "storage_gib": _case({}, {"storage_gib": 50}),
    "max_storage_gib": _case({}, {"max_storage_gib": 500}),
    "storage_type": _case(_LARGE, {**_LARGE, "storage_type": "io2", "iops": 3000}),
    "iops": _case({**_LARGE, "iops": 12000}, {**_LARGE, "iops": 20000}),
    "storage_throughput_mibps": _case(
        {**_LARGE, "storage_throughput_mibps": 500}, {**_LARGE, "storage_throughput_mibps": 900}
    ),
    "multi_az": _case({}, {"multi_az": True}),
    "replica_count": _case({}, {"replica_count": 2}),
    "replicas": _case({}, {"replicas": [{"name": "a"}]}),
    "replicas[].name": _replica({}, {"name": "b"}),
    "replicas[].instance_class": _replica({}, {"instance_class": "db.r7g.large"}),
    "replicas[].availability_zone": _replica({}, {"availability_zone": "eu-central-1b"}, InPlace(), Same()),
    "replicas[].storage_gib": _replica({}, {"storage_gib": 60}),
    "replicas[].max_storage_gib": _replica({}, {"max_storage_gib": 200}),
    "replicas[].promoted": _replica({}, {"promoted": True}, InPlace(), RefusedByProvider("replicateSourceDb")),
    "replicas[].elsewhere": _replica({}, {"elsewhere": _THERE}),
    "replicas[].elsewhere.region": _there(region="eu-north-1", kms_key_arn=_ELSEWHERE_KEY),
    "replicas[].elsewhere.vpc_id": _there(vpc_id="vpc-8"),
    "replicas[].elsewhere.subnet_ids": _there(subnet_ids=["subnet-6", "subnet-7"]),
    "replicas[].elsewhere.kms_key_arn": _there(kms_key_arn=f"{_THERE['kms_key_arn']}-other"),
    "replicas[].elsewhere.allowed_security_group_ids": _there(allowed_security_group_ids=["sg-9"]),
    "writers": _case(
        {"replica_count": 2}, {"replica_count": 2, "writers": ["1"]}, InPlace(), RefusedByProvider("replicateSourceDb")
    ),
    "gone_writers": _case(
        {"replica_count": 2, "writers": ["1"]},
        {"replica_count": 2, "writers": ["1"], "gone_writers": ["primary"]},
        Documented("deleted", "mysql-failover.md", "What to do"),
        InPlace(),
    ),
    "elastic_replicas": _case({}, {"elastic_replicas": {"max_size": 5}}),
    "elastic_replicas.max_size": _elastic(max_size=7),
    "elastic_replicas.min_size": _elastic(min_size=2),
    "elastic_replicas.instance_class": _elastic(instance_class="db.r7g.large"),
    "elastic_replicas.cpu_percent": _elastic(cpu_percent=40),
    "elastic_replicas.connections_percent": _elastic(connections_percent=40),
    "elastic_replicas.scale_out_cooldown_minutes": _elastic(scale_out_cooldown_minutes=9),
    "elastic_replicas.scale_in_cooldown_minutes": _elastic(scale_in_cooldown_minutes=9),
    "elastic_replicas.drain_minutes": _elastic(drain_minutes=20),
    "elastic_replicas.reserved_concurrency": _elastic(reserved_concurrency=False),
    **elastic_windows("database", "elastic_replicas"),
    **proxied("database"),
    "replica_class": _case({"replica_count": 1}, {"replica_count": 1, "replica_class": "db.r7g.large"}),
    "max_replica_lag_seconds": _case({"replica_count": 1}, {"replica_count": 1, "max_replica_lag_seconds": 10}),
    "backups_by_aws_backup": _case({}, {"backups_by_aws_backup": True}),
    "backup_copy": _case({}, {"backup_copy": _COPY}),
    "backup_copy.region": _copied(region="eu-north-1", kms_key_arn=_ELSEWHERE_KEY),
    "backup_copy.kms_key_arn": _copied(kms_key_arn=f"{_COPY['kms_key_arn']}-other"),
    "backup_copy.retention_days": _copied(retention_days=3),
}

CASES: Mapping[str, Case] = {
    **shared("database"),
    **watched("acu_percent"),
    **{f"database.{path}": case for path, case in _INSIDE.items()},
}

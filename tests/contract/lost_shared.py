"""Changes of what databases of either engine can be told alike."""

from collections.abc import Mapping
from typing import Any

from .lost_cases import Case, Documented, InPlace, Protected, Refused, Removed, Same, changing

AROUND: Mapping[str, Any] = {
    "vpc_id": "vpc-1",
    "subnet_ids": ["subnet-a", "subnet-b"],
    "function_subnet_ids": ["subnet-f"],
}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
USER = {"name": "web", "databases": ["app"]}
RESTORES = ("mysql-restore.md", "Into a database beside the one that is there")


def surroundings(key: str) -> dict[str, Case]:
    """Changes of the arguments around the specification, which is under *key*."""

    def args(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
        return Case({**AROUND, **before}, {**AROUND, **after}, *verdicts)

    zone = {"private_domain": "corp.internal"}
    return {
        # RDS refuses the security group of another network, and the database stays where it is.
        "vpc_id": args({}, {"vpc_id": "vpc-2"}),
        "subnet_ids": args({}, {"subnet_ids": ["subnet-a", "subnet-b", "subnet-c"]}),
        "allowed_security_group_ids": args({}, {"allowed_security_group_ids": ["sg-1"]}),
        key: args({}, {key: {"backup_retention_days": 9}}),
        "function_subnet_ids": args(
            {key: {"users": [USER]}}, {key: {"users": [USER]}, "function_subnet_ids": ["subnet-g"]}
        ),
        "private_zone_id": args({key: zone, "private_zone_id": "Z1"}, {key: zone, "private_zone_id": "Z2"}),
        "kms_key_arn": args({"kms_key_arn": f"{KEY}a"}, {"kms_key_arn": f"{KEY}b"}, Protected("kmsKeyId")),
        "disposable": args({}, {"disposable": True}),
        "tags": args({}, {"tags": {"team": "web"}}),
    }


def shared(key: str) -> dict[str, Case]:
    """Changes within the specification, which is under *key*."""
    case = changing(AROUND, key)
    user_name = Protected("masterUsername" if key == "aurora" else "username")
    snapshot, beside = {"snapshot": "final"}, Documented("deleted", *RESTORES)

    def restored(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
        return case({"restore_from": before}, {"restore_from": after}, *(verdicts or (Same(),)))

    def user(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
        return case({"users": [{**USER, **before}]}, {"users": [{**USER, **after}]}, *verdicts)

    inside = {
        "instance_class": case({}, {"instance_class": "db.r7g.xlarge"}),
        "database_name": case(
            {}, {"database_name": "shop"}, Protected("databaseName" if key == "aurora" else "dbName")
        ),
        "username": case({}, {"username": "shop"}, user_name),
        "port": case({}, {"port": 3400}),
        "backup_retention_days": case({}, {"backup_retention_days": 14}),
        "backup_window": case({}, {"backup_window": "23:00-23:30"}),
        "maintenance_window": case({}, {"maintenance_window": "tue:05:00-tue:06:00"}),
        "apply_immediately": case({}, {"apply_immediately": True}),
        "iam_authentication": case({}, {"iam_authentication": False}),
        "private_domain": case({}, {"private_domain": "corp.internal"}),
        "parameters": case({}, {"parameters": {"max_connections": "500"}}),
        "users": case({}, {"users": [USER]}, InPlace(), Removed("shop-user-web")),
        "users[].name": user({}, {"name": "shop"}, Removed("shop-user-web"), Removed("shop-user-shop")),
        "users[].access": user({}, {"access": "read_only"}),
        "users[].privileges": user({"privileges": ["SELECT"]}, {"privileges": ["SELECT", "INSERT"]}),
        "users[].databases": user({}, {"databases": ["app", "shop"]}),
        "users[].iam": user({}, {"iam": True}),
        "rotation_days": case({}, {"rotation_days": 30}),
        "ca_certificates": case({"users": [USER]}, {"users": [USER], "ca_certificates": PEM}),
        # Back, the names count again: those of what is there change nothing, and others are refused.
        "restore_from": case({}, {"restore_from": snapshot}, Same(), user_name),
        "restore_from.snapshot": restored(snapshot, {"snapshot": "other"}),
        "restore_from.source_identifier": restored({"source_identifier": "a"}, {"source_identifier": "b"}),
        "restore_from.source_resource_id": restored(snapshot, {"source_resource_id": "db-ABC"}),
        "restore_from.automated_backups_arn": restored(snapshot, {"automated_backups_arn": "arn:aws:rds:x"}),
        "restore_from.time": restored(
            {"source_identifier": "a"}, {"source_identifier": "a", "time": "2026-11-23T14:02:00Z"}
        ),
        "restore_from.into": restored(snapshot, {**snapshot, "into": "after-incident"}, beside),
        "log_retention_days": case({}, {"log_retention_days": 30}),
        "monitoring_interval_seconds": case({}, {"monitoring_interval_seconds": 0}),
        "insights_mode": case({}, {"insights_mode": "advanced"}),
        "insights_retention_days": case({}, {"insights_retention_days": 93}),
    }
    return {**surroundings(key), **{f"{key}.{path}": made for path, made in inside.items()}}


_WINDOW = {
    "name": "morning",
    "days": ["MON"],
    "start": "07:00",
    "end": "12:00",
    "time_zone": "Europe/Zurich",
    "min_size": 3,
}


def elastic_windows(key: str, elastic: str) -> dict[str, Case]:
    """Changes of the windows of *elastic* replicas, within the specification under *key*."""
    case = changing(AROUND, key)

    def window(*verdicts: Any, without: str = "", **after: Any) -> Case:
        changed = {name: value for name, value in {**_WINDOW, **after}.items() if name != without}
        before, then = ({elastic: {"max_size": 5, "windows": [one]}} for one in (_WINDOW, changed))
        return case(before, then, *verdicts)

    sized = {"max_size": 5}
    inside = {
        "name": window(name="early"),
        "days": window(days=["TUE"]),
        "dates": window(without="days", dates=["2049-12-24"]),
        "start": window(start="06:00"),
        "end": window(end="13:00"),
        "time_zone": window(time_zone="Etc/UTC"),
        "min_size": window(min_size=4),
        "max_size": window(max_size=4),
        "lead_minutes": window(lead_minutes=45),
        "load_balancer_capacity_units": window(
            Refused("must be left out: no load balancer"), load_balancer_capacity_units=100
        ),
    }
    return {
        f"{elastic}.windows": case({elastic: sized}, {elastic: {**sized, "windows": [_WINDOW]}}),
        **{f"{elastic}.windows[].{path}": made for path, made in inside.items()},
    }


def watched(*without: str) -> dict[str, Case]:
    """Changes of the alarms; this engine has nothing to be told *without*."""

    def alarms(before: Mapping[str, Any], after: Mapping[str, Any], *verdicts: Any) -> Case:
        return Case({**AROUND, "alarms": before}, {**AROUND, "alarms": after}, *verdicts)

    inside = {
        "enabled": alarms({}, {"enabled": False}),
        "topic_arn": alarms({}, {"topic_arn": "arn:aws:sns:eu-central-1:123456789012:told"}),
        "emails": alarms({}, {"emails": ["ops@example.org"]}),
        "cpu_percent": alarms({}, {"cpu_percent": 70}),
        "connections_percent": alarms({}, {"connections_percent": 70}),
        "storage_hours_left": alarms({}, {"storage_hours_left": 48}),
        "storage_free_percent": alarms({}, {"storage_free_percent": 10}),
        "acu_percent": alarms({}, {"acu_percent": 70}),
        "events": alarms({}, {"events": False}),
    }
    inside |= {name: Case(inside[name].before, inside[name].after, Same()) for name in without}
    return {"alarms": alarms({}, {"cpu_percent": 80}), **{f"alarms.{path}": made for path, made in inside.items()}}


def proxied(key: str) -> dict[str, Case]:
    """Changes of the proxy, within the specification under *key*."""
    case, there = changing(AROUND, key), {"port": 3306}
    inside = {
        "idle_timeout_seconds": 60,
        "max_connections_percent": 80,
        "max_idle_connections_percent": 10,
        "borrow_timeout_seconds": 5,
    }
    changes = {
        f"proxy.{name}": case({**there, "proxy": {}}, {**there, "proxy": {name: value}})
        for name, value in inside.items()
    }
    return {"proxy": case(there, {**there, "proxy": {}}), **changes}

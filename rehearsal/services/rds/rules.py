"""What RDS refuses and the emulator takes. Limits are those of the API reference (CreateDBInstance)."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

Inputs = Mapping[str, Any]

_CLASS = re.compile(
    r"db\.[a-z]+\d+[a-z0-9-]*\.(micro|small|medium|large|\d*xlarge|metal)(\.tpc\d\.mem[\d.]+x)?|db\.serverless"
)
_VERSIONS = {
    "mysql": (re.compile(r"(5\.7|8\.0|8\.4|9\.\d+)(\.\d+)?(-rds\.\d+)?"), "8.4 or 8.4.6"),
    "mariadb": (re.compile(r"1\d\.\d+(\.\d+)?"), "11.4 or 11.4.5"),
    "postgres": (re.compile(r"(9\.6|1\d|2\d)(\.\d+)*(-rds\.\d+)?"), "17 or 17.4"),
}
_LOGS = {
    "mysql": {"audit", "error", "general", "slowquery", "iam-db-auth-error"},
    "mariadb": {"audit", "error", "general", "slowquery", "iam-db-auth-error"},
    "postgres": {"postgresql", "upgrade", "iam-db-auth-error"},
}
_ENGINES = {
    "mysql", "mariadb", "postgres", "oracle-ee", "oracle-ee-cdb", "oracle-se2", "oracle-se2-cdb", "sqlserver-ee",
    "sqlserver-ex", "sqlserver-se", "sqlserver-web", "db2-ae", "db2-se", "aurora-mysql", "aurora-postgresql",
}  # fmt: skip
_LONGEST_PASSWORD = {"mysql": 41, "mariadb": 41, "postgres": 128, "oracle": 30, "sqlserver": 128, "db2": 255}
_RESERVED = {"rdsadmin", "rdsrepladmin", "rdstopmgr"}
_IDENTIFIER = re.compile(r"[A-Za-z](-?[A-Za-z0-9])*")
_SMALLEST_TUNED_GP3 = 400
"""GiB from which MySQL, MariaDB and PostgreSQL take I/O figures for gp3 (RDS user guide, CHAP_Storage)."""


def _known(inputs: Inputs, name: str) -> Any:
    value = inputs.get(name)
    return None if is_unknown(value) else value


def _origin(inputs: Inputs) -> str | None:
    if inputs.get("s3Import"):
        return "s3Import cannot be rehearsed: leave it out here, or use snapshotIdentifier"
    point = fields(inputs.get("restoreToPointInTime"))
    if not point:
        return None
    if bool(point.get("restoreTime")) == bool(point.get("useLatestRestorableTime")):
        return "restoreToPointInTime must have exactly one of restoreTime and useLatestRestorableTime"
    sources = {"sourceDbInstanceAutomatedBackupsArn", "sourceDbInstanceIdentifier", "sourceDbiResourceId"}
    if len(sources & {name for name, value in point.items() if value}) != 1:
        return f"restoreToPointInTime must have exactly one of {', '.join(sorted(sources))}"
    if not point.get("sourceDbInstanceIdentifier"):
        return (
            "restoreToPointInTime can be rehearsed by sourceDbInstanceIdentifier only: the emulator keeps no backups "
            "of instances that are gone or elsewhere"
        )
    return None


def _identifiers(inputs: Inputs) -> str | None:
    for name, longest in (("identifier", 63), ("finalSnapshotIdentifier", 255)):
        value = _known(inputs, name)
        if value is not None and not (_IDENTIFIER.fullmatch(value) and len(value) <= longest):
            return (
                f"{name} must be 1 to {longest} letters, digits and single hyphens, begin with a letter and not end "
                f"with a hyphen, got {value!r}"
            )
    return None


def _class(inputs: Inputs) -> str | None:
    value = _known(inputs, "instanceClass")
    if value is None or _CLASS.fullmatch(value):
        return None
    return f"instanceClass must be an instance class of RDS such as db.t4g.medium, got {value!r}"


def _engine(inputs: Inputs) -> str | None:
    engine, version = _known(inputs, "engine"), _known(inputs, "engineVersion")
    if engine is not None and engine not in _ENGINES and not engine.startswith("custom-"):
        return f"engine must be an engine of RDS such as mysql, got {engine!r}"
    pattern, example = _VERSIONS.get(str(engine), (None, ""))
    if version is not None and pattern and not pattern.fullmatch(str(version)):
        return f"engineVersion must be a version of {engine} that RDS has, such as {example}, got {version!r}"
    return None


def _logs(inputs: Inputs) -> str | None:
    there = _LOGS.get(str(_known(inputs, "engine")))
    for log in items(inputs.get("enabledCloudwatchLogsExports")):
        if there and not is_unknown(log) and log not in there:
            return f"enabledCloudwatchLogsExports must be of {', '.join(sorted(there))}, got {log!r}"
    return None


def _numbers(inputs: Inputs) -> str | None:
    retention = _known(inputs, "backupRetentionPeriod")
    if retention is not None and not 0 <= int(retention) <= 35:  # noqa: PLR2004
        return f"backupRetentionPeriod must be from 0 to 35 days, got {retention}"
    interval = _known(inputs, "monitoringInterval")
    if interval is not None and int(interval) not in (0, 1, 5, 10, 15, 30, 60):
        return f"monitoringInterval must be one of 0, 1, 5, 10, 15, 30, 60 seconds, got {interval}"
    insights = _known(inputs, "performanceInsightsRetentionPeriod")
    if insights is not None and int(insights) not in (7, 731, *range(31, 714, 31)):
        return f"performanceInsightsRetentionPeriod must be 7, 731 or a multiple of 31 up to 713 days, got {insights}"
    return None


def _storage(inputs: Inputs) -> str | None:
    kind, size = _known(inputs, "storageType"), _known(inputs, "allocatedStorage")
    engine = _known(inputs, "engine")
    if size is None or engine not in _VERSIONS:
        return None
    lowest = {"io1": 100, "io2": 100, "standard": 5}.get(str(kind), 20)
    if int(size) < lowest or int(size) > 65536:  # noqa: PLR2004
        return f"allocatedStorage must be from {lowest} to 65536 GiB for {kind or 'gp2'}, got {size}"
    for name in ("iops", "storageThroughput"):
        if kind == "gp3" and int(size) < _SMALLEST_TUNED_GP3 and _known(inputs, name):
            return f"{name} must be left out for gp3 below {_SMALLEST_TUNED_GP3} GiB, got {inputs[name]}"
    return None


def _password(inputs: Inputs) -> str | None:
    for name in ("password", "passwordWo"):
        value = _known(inputs, name)
        if value is None:
            continue
        longest = _LONGEST_PASSWORD.get(str(_known(inputs, "engine")).split("-")[0], 255)
        if not 8 <= len(value) <= longest:  # noqa: PLR2004
            return f"{name} must have 8 to {longest} characters, got {len(value)}"
        if re.search(r"""[^!-~]|[/"@]""", value):
            return f'{name} must be printable ASCII without spaces and without any of / " @'
    return None


def _username(inputs: Inputs) -> str | None:
    name, engine = _known(inputs, "username"), _known(inputs, "engine")
    longest = 16 if engine in ("mysql", "mariadb") else 63
    if name is None:
        return None
    if not re.fullmatch(rf"[A-Za-z][A-Za-z0-9_]{{0,{longest - 1}}}", name):
        return f"username must be 1 to {longest} letters, digits and underscores and begin with a letter, got {name!r}"
    if name.lower() in _RESERVED or (engine == "postgres" and name.lower() == "admin"):
        return f"username must not be one that RDS keeps for itself, got {name!r}"
    return None


def _replica(inputs: Inputs) -> str | None:
    source = _known(inputs, "replicateSourceDb")
    if source and ":" not in source and inputs.get("dbSubnetGroupName"):
        return (
            "dbSubnetGroupName must be left out for a replica of an instance that is named by its identifier, since "
            "it has the subnet group of its source"
        )
    return None


def _complete(context: Context) -> str | None:
    """Demand what a new instance needs that is made from nothing; a replica that is promoted has it."""
    given = {name for name, value in context.inputs.items() if value}
    if context.old or {"replicateSourceDb", "restoreToPointInTime", "snapshotIdentifier"} & given:
        return None
    for name, example in (("engine", "mysql"), ("username", "app_owner"), ("allocatedStorage", "20")):
        if name not in given:
            return f"{name} must be given, such as {example}"
    if not {"password", "passwordWo", "manageMasterUserPassword"} & given:
        return "password must be given, or manageMasterUserPassword set to true"
    return None


def _source(context: Context) -> str | None:
    source = context.inputs.get("replicateSourceDb")
    if not source or context.old:
        return None
    region = source.split(":")[3] if ":" in source else context.region
    client = context.emulator.client("rds", region)
    found = client.describe_db_instances(DBInstanceIdentifier=source.rsplit(":", 1)[-1])["DBInstances"][0]
    if not found.get("BackupRetentionPeriod"):
        return f"replicateSourceDb must be an instance with backups (backupRetentionPeriod above 0), got {source!r}"
    if found.get("MasterUserSecret"):
        return f"replicateSourceDb must be an instance whose password RDS does not manage, got {source!r}"
    return None


def _family(context: Context) -> str | None:
    """InvalidParameterCombination: the group is for another engine or version."""
    name, engine = context.inputs.get("parameterGroupName"), context.inputs.get("engine")
    version = str(context.inputs.get("engineVersion") or "")
    if not name or name.startswith("default.") or engine not in _VERSIONS or not version:
        return None
    found = context.call("describe_db_parameter_groups", {"DBParameterGroupName": name})["DBParameterGroups"]
    family = found[0]["DBParameterGroupFamily"]
    if not f"{engine}{version}.".startswith(f"{family}."):
        return f"parameterGroupName must be a group for {engine} {version}, got {name!r} of the family {family}"
    return None


def _keeps_backups(context: Context) -> str | None:
    """Storage does not shrink, and a source keeps its backups."""
    if not context.old:
        return None
    before, after = context.old.get("allocatedStorage"), context.inputs.get("allocatedStorage")
    grown = context.inputs.get("maxAllocatedStorage")
    if before and after and int(after) < int(before) and not grown and not context.inputs.get("replicateSourceDb"):
        return f"allocatedStorage must not shrink, got {after} GiB after {before}"
    if context.old.get("replicas") and not int(context.inputs.get("backupRetentionPeriod", 1)):
        return f"backupRetentionPeriod must stay above 0 for the source of {', '.join(context.old['replicas'])}, got 0"
    return None


CHECKS = (_origin, _identifiers, _class, _engine, _logs, _numbers, _storage, _password, _username, _replica)
GUARDS = (_complete, _source, _family, _keeps_backups)

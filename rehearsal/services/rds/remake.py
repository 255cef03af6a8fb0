"""Make instances anew where the emulator (moto 5.2) cannot do to them what RDS does. There is no data in them."""

from dataclasses import dataclass
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call
from rehearsal.services._plain import items


@dataclass
class _Family:
    """An instance that was taken down, as DescribeDBInstances told it, and its replicas."""

    found: dict[str, Any]
    replicas: "list[_Family]"


def stand_alone(context: Context, identifier: str) -> None:
    """Make a replica an instance of its own.

    PromoteReadReplica leaves source and replica tied together in the emulator, and a replica whose source is gone can
    never be deleted there.
    """
    with context.emulator.alone:
        _put_up(context, _take_down(context, identifier))


def remake(context: Context, identifier: str, changes: dict[str, Any]) -> None:
    """Make an instance again with *changes* (by the names of CreateDBInstance), and its replicas with it.

    ModifyDBInstance of the emulator loses a new port, and replicas do not follow the new name of their source.
    """
    with context.emulator.alone:
        family = _take_down(context, identifier)
        family.found |= changes
        _put_up(context, family, family.found.get("ReadReplicaSourceDBInstanceIdentifier"))


def describe(context: Context, identifier: str) -> dict[str, Any]:
    """Return what RDS tells of an instance."""
    return context.call("describe_db_instances", {"DBInstanceIdentifier": identifier})["DBInstances"][0]


def _take_down(context: Context, identifier: str) -> _Family:
    found = describe(context, identifier)
    near = [replica for replica in items(found.get("ReadReplicaDBInstanceIdentifiers")) if ":" not in replica]
    family = _Family(found, [_take_down(context, replica) for replica in near])
    if found.get("DeletionProtection"):
        context.call("modify_db_instance", {"DBInstanceIdentifier": identifier, "DeletionProtection": False})
    context.call("delete_db_instance", {"DBInstanceIdentifier": identifier, "SkipFinalSnapshot": True})
    return family


def _put_up(context: Context, family: _Family, source: str | None = None) -> None:
    told = _as_created(family.found)
    if source is None:
        context.call("create_db_instance", _members(context, "create_db_instance", told))
    else:
        told["SourceDBInstanceIdentifier"] = source
        told["AllowMajorVersionUpgrade"] = None
        made = _members(context, "create_db_instance_read_replica", told)
        context.call("create_db_instance_read_replica", made)
        rest = _members(context, "modify_db_instance", {k: v for k, v in told.items() if k not in made})
        context.call("modify_db_instance", {**rest, "DBInstanceIdentifier": told["DBInstanceIdentifier"]})
    for replica in family.replicas:
        _put_up(context, replica, told["DBInstanceIdentifier"])


def _as_created(found: dict[str, Any]) -> dict[str, Any]:
    """Return what was *found*, by the names with which an instance is created."""
    told: dict[str, Any] = {
        "Port": found["Endpoint"]["Port"],
        **found,
        "DBSubnetGroupName": found.get("DBSubnetGroup", {}).get("DBSubnetGroupName"),
        "DBParameterGroupName": found["DBParameterGroups"][0]["DBParameterGroupName"],
        "EnableCloudwatchLogsExports": found.get("EnabledCloudwatchLogsExports"),
        "EnableIAMDatabaseAuthentication": found.get("IAMDatabaseAuthenticationEnabled"),
        "KmsKeyId": found["KmsKeyId"] if str(found.get("KmsKeyId")).startswith("arn:") else None,
        "ManageMasterUserPassword": True if found.get("MasterUserSecret") else None,
        "Tags": found.get("TagList") or None,
        "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]],
    }
    if not told.get("MonitoringInterval"):
        told.pop("MonitoringRoleArn", None)
    return told


def _members(context: Context, operation: str, told: dict[str, Any]) -> dict[str, Any]:
    known = context.model(Call(operation)).input_shape.members
    return {name: value for name, value in told.items() if name in known and value is not None}

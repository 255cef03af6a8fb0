"""Subnet groups, parameter groups and event subscriptions."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.errors import RehearsalError
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

from ._common import rds_tags

AT_ONCE = 20
"""Parameters that one ModifyDBParameterGroup takes (RDS API reference)."""

_FAMILY = re.compile(
    r"mysql(5\.[67]|8\.\d|9\.\d)|mariadb1\d\.\d+|postgres(9\.\d|1\d|[2-9]\d)|aurora-mysql(5\.7|8\.[04])"
    r"|aurora-postgresql\d+|(oracle|sqlserver|db2|custom)-[a-z0-9.-]+"
)
_GROUP_NAME = re.compile(r"[a-z](-?[a-z0-9])*")


def group_name(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a name that no group can have."""
    name = inputs.get("name")
    if name is None or is_unknown(name) or (_GROUP_NAME.fullmatch(name) and len(name) <= 255):  # noqa: PLR2004
        return None
    return (
        "name must be 1 to 255 lower-case letters, digits and single hyphens, begin with a letter and not end with "
        f"a hyphen, got {name!r}"
    )


def _subnets(inputs: Mapping[str, Any]) -> str | None:
    subnets = inputs["subnetIds"]
    if not is_unknown(subnets) and len(items(subnets)) < 2:  # noqa: PLR2004
        return f"subnetIds must name subnets in at least 2 availability zones, got {len(items(subnets))}"
    return None


def _zones(context: Context) -> str | None:
    """DBSubnetGroupDoesNotCoverEnoughAZs, which the emulator does not know."""
    subnets = context.call("describe_subnets", {"SubnetIds": context.inputs["subnetIds"]}, service="ec2")["Subnets"]
    zones = sorted({subnet["AvailabilityZone"] for subnet in subnets})
    if len(zones) < 2:  # noqa: PLR2004
        return f"subnetIds must name subnets in at least 2 availability zones, got {', '.join(zones)} only"
    return None


def _move_subnet_group(context: Context) -> None:
    """Change the group and make it again.

    The emulator (moto 5.2) changes the group that instances have, but drops it from its list: ModifyDBSubnetGroup
    deletes it. One that does better says that it is there already.
    """
    members = {
        "DBSubnetGroupName": context.id,
        "DBSubnetGroupDescription": context.inputs["description"],
        "SubnetIds": context.inputs["subnetIds"],
    }
    with context.emulator.alone:
        context.call("modify_db_subnet_group", members)
        context.tags = dict(fields(context.old.get("tagsAll")))
        tags = {"Tags": "{tags}"} if context.tags else {}
        context.run(Call("create_db_subnet_group", {**members, **tags}, done=("DBSubnetGroupAlreadyExists",)))


def _unused(context: Context, what: str, names: Callable[[dict[str, Any]], list[str]]) -> None:
    """Refuse to delete what an instance uses: the emulator does not, and then cannot describe the instance."""
    for instance in context.call("describe_db_instances")["DBInstances"]:
        if context.id in names(instance):
            used = instance["DBInstanceIdentifier"]
            raise RehearsalError(f"{context.entry.type_name}: {what} {context.id} is in use by the instance {used}")


def _subnet_group_of(instance: dict[str, Any]) -> list[str]:
    return [str(fields(instance.get("DBSubnetGroup")).get("DBSubnetGroupName"))]


def _parameter_groups_of(instance: dict[str, Any]) -> list[str]:
    return [group["DBParameterGroupName"] for group in items(instance.get("DBParameterGroups"))]


def _delete_subnet_group(context: Context) -> None:
    _unused(context, "the subnet group", _subnet_group_of)
    context.call("delete_db_subnet_group", {"DBSubnetGroupName": context.id})


def _delete_parameter_group(context: Context) -> None:
    if not context.inputs.get("skipDestroy"):
        _unused(context, "the parameter group", _parameter_groups_of)
        context.call("delete_db_parameter_group", {"DBParameterGroupName": context.id})


SUBNET_GROUP = Entry(
    "aws:rds/subnetGroup:SubnetGroup",
    service="rds",
    inputs=props(
        required="subnetIds",
        replaces="name namePrefix",
        computed="name namePrefix",
        sets="subnetIds",
        local="namePrefix",
        defaults={"description": "Managed by Pulumi"},
        api={"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"},
        reads={"subnetIds": "Subnets"},
        from_api={"subnetIds": lambda subnets: [subnet["SubnetIdentifier"] for subnet in subnets]},
    ),
    conflicts=("name namePrefix",),
    checks=(group_name, _subnets),
    guards=(_zones,),
    autoname=Autoname("name", 255),
    create=Call("create_db_subnet_group"),
    id="{name}",
    read=(Call("describe_db_subnet_groups", {"DBSubnetGroupName": "{id}"}, at="DBSubnetGroups.0"),),
    updates=(Do(_move_subnet_group, "description subnetIds"),),
    delete=(_delete_subnet_group,),
    outputs={"arn": "DBSubnetGroupArn", "supportedNetworkTypes": lambda _: ["IPV4"], "vpcId": "VpcId"},
    tags=rds_tags("subgrp", "{id}", listed=False),
)


def parameter_family(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a family that RDS does not have."""
    family = inputs["family"]
    if is_unknown(family) or _FAMILY.fullmatch(family):
        return None
    return f"family must be a parameter group family of RDS such as mysql8.4, got {family!r}"


def _parameters(context: Context, names: set[str] | None = None) -> None:
    """Set the parameters, or those of *names*."""
    wanted = [
        {
            "ParameterName": parameter["name"],
            "ParameterValue": str(parameter["value"]),
            "ApplyMethod": parameter.get("applyMethod", "immediate"),
        }
        for parameter in items(context.inputs.get("parameters"))
        if names is None or parameter["name"] in names
    ]
    for start in range(0, len(wanted), AT_ONCE):
        part = {"DBParameterGroupName": context.id, "Parameters": wanted[start : start + AT_ONCE]}
        context.call("modify_db_parameter_group", part)


def _set_parameters(context: Context) -> None:
    """Set what changed. The emulator has no ResetDBParameterGroup: without a parameter the group is made anew."""
    before = {p["name"]: p for p in items(context.old.get("parameters"))}
    after = {p["name"]: p for p in items(context.inputs.get("parameters"))}
    if before.keys() <= after.keys():
        _parameters(context, {name for name, parameter in after.items() if before.get(name) != parameter})
        return
    with context.emulator.alone:
        context.call("delete_db_parameter_group", {"DBParameterGroupName": context.id})
        context.tags = dict(fields(context.old.get("tagsAll")))
        tags = {"Tags": "{tags}"} if context.tags else {}
        context.run(Call("create_db_parameter_group", tags), ("name", "family", "description"))
    _parameters(context)


PARAMETER_GROUP = Entry(
    "aws:rds/parameterGroup:ParameterGroup",
    service="rds",
    inputs=props(
        "parameters",
        required="family",
        replaces="description family name namePrefix",
        computed="name namePrefix",
        sets="parameters",
        local="namePrefix skipDestroy",
        defaults={"description": "Managed by Pulumi"},
        api={"name": "DBParameterGroupName", "family": "DBParameterGroupFamily"},
        fields={
            "parameters": {"name": "ParameterName", "value": "ParameterValue", "applyMethod": "ApplyMethod"},
        },
    ),
    conflicts=("name namePrefix",),
    checks=(group_name, parameter_family),
    autoname=Autoname("name", 255),
    create=Call("create_db_parameter_group"),
    id="{name}",
    read=(
        Call("describe_db_parameter_groups", {"DBParameterGroupName": "{id}"}, at="DBParameterGroups.0"),
        # Only what was set: a family has hundreds of parameters of its own.
        Call("describe_db_parameters", {"DBParameterGroupName": "{id}", "Source": "user"}),
    ),
    updates=(Do(_set_parameters, "parameters", on_create=True),),
    delete=(_delete_parameter_group,),
    outputs={"arn": "DBParameterGroupArn"},
    tags=rds_tags("pg", "{id}", listed=False),
)

_EVENTS = {"name": "SubscriptionName", "snsTopic": "SnsTopicArn"}


def _subscribe_again(context: Context) -> None:
    """Make it again: the emulator has no ModifyEventSubscription, and a subscription holds nothing to lose."""
    context.call("delete_event_subscription", {"SubscriptionName": context.id})
    context.tags = dict(fields(context.old.get("tagsAll")))
    call = Call("create_event_subscription", {"Tags": "{tags}"})
    context.run(call, context.carries(call, creating=True))


def _sources(inputs: Mapping[str, Any]) -> str | None:
    if inputs.get("sourceIds") and not inputs.get("sourceType"):
        return "sourceType must be given with sourceIds, such as db-instance"
    return None


EVENT_SUBSCRIPTION = Entry(
    "aws:rds/eventSubscription:EventSubscription",
    service="rds",
    inputs=props(
        "eventCategories sourceIds sourceType",
        required="snsTopic",
        replaces="name namePrefix",
        computed="name namePrefix",
        sets="eventCategories sourceIds",
        local="namePrefix",
        defaults={"enabled": True},
        api=_EVENTS,
        reads={
            "name": "CustSubscriptionId",
            "eventCategories": "EventCategoriesList",
            "sourceIds": "SourceIdsList",
        },
    ),
    conflicts=("name namePrefix",),
    checks=(_sources,),
    autoname=Autoname("name", 254),
    create=Call("create_event_subscription"),
    id="{name}",
    read=(Call("describe_event_subscriptions", {"SubscriptionName": "{id}"}, at="EventSubscriptionsList.0"),),
    updates=(Do(_subscribe_again, "enabled eventCategories snsTopic sourceIds sourceType"),),
    delete=(Call("delete_event_subscription", {"SubscriptionName": "{id}"}),),
    outputs={"arn": "EventSubscriptionArn", "customerAwsId": "{account}"},
    tags=rds_tags("es", "{id}", listed=False),
)

ENTRIES = (SUBNET_GROUP, PARAMETER_GROUP, EVENT_SUBSCRIPTION)

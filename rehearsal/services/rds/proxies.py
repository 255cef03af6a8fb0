"""Proxies, their pool of connections and what stands behind them."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.services._limits import outside, unlisted
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

_PROXY = {"name": "DBProxyName", "auths": "Auth"}
_AUTH = {"auths": {"username": "UserName"}}

_CREATE = Call("create_db_proxy", {"Tags": "{tags}"})
_POOL = Call("modify_db_proxy_target_group", {"DBProxyName": "{dbProxyName}", "TargetGroupName": "default"})


def _make_again(context: Context) -> None:
    """Make it anew with its pool and its targets: the emulator has no ModifyDBProxy. AWS keeps the endpoint."""
    proxy = {"DBProxyName": context.id}
    pool = context.call("describe_db_proxy_target_groups", proxy)["TargetGroups"][0]["ConnectionPoolConfig"]
    targets = context.call("describe_db_proxy_targets", proxy)["Targets"]
    context.call("delete_db_proxy", proxy)
    context.tags = context.tags_wanted
    context.run(_CREATE, context.carries(_CREATE, creating=True))
    context.call("modify_db_proxy_target_group", {**proxy, "TargetGroupName": "default", "ConnectionPoolConfig": pool})
    for kind, member in (("RDS_INSTANCE", "DBInstanceIdentifiers"), ("TRACKED_CLUSTER", "DBClusterIdentifiers")):
        behind = [target["RdsResourceId"] for target in targets if target["Type"] == kind]
        if behind:
            context.call("register_db_proxy_targets", {**proxy, member: behind})


def _proxy(context: Context) -> Any:
    """Find the proxy and its tags, which go by its ARN."""
    found = context.call("describe_db_proxies", {"DBProxyName": context.id})["DBProxies"]
    return {**found[0], **context.call("list_tags_for_resource", {"ResourceName": found[0]["DBProxyArn"]})}


def _delete(context: Context) -> None:
    """Delete it; asked for one that is gone, the emulator fails when it deletes, and says so when it describes."""
    context.call("describe_db_proxies", {"DBProxyName": context.id})
    context.call("delete_db_proxy", {"DBProxyName": context.id})


def _allowed(inputs: Mapping[str, Any]) -> str | None:
    """Refuse what CreateDBProxy refuses (API reference)."""
    wrong = unlisted("engineFamily", inputs["engineFamily"], ("MYSQL", "POSTGRESQL", "SQLSERVER"))
    if wrong:
        return wrong
    if inputs.get("defaultAuthScheme") != "IAM_AUTH" and not inputs.get("auths"):
        return "auths must be given unless defaultAuthScheme is IAM_AUTH, got none"
    subnets = inputs["vpcSubnetIds"]
    if isinstance(subnets, list) and len(items(subnets)) < 2:  # noqa: PLR2004
        return f"vpcSubnetIds must name subnets in at least 2 availability zones, got {len(items(subnets))}"
    return outside("idleClientTimeout", inputs.get("idleClientTimeout"), (1, 28800))


PROXY = Entry(
    "aws:rds/proxy:Proxy",
    service="rds",
    inputs=props(
        "auths debugLogging defaultAuthScheme idleClientTimeout name requireTls vpcSecurityGroupIds",
        required="engineFamily roleArn vpcSubnetIds",
        replaces="endpointNetworkType engineFamily targetConnectionNetworkType vpcSubnetIds",
        computed="defaultAuthScheme endpointNetworkType idleClientTimeout name targetConnectionNetworkType"
        " vpcSecurityGroupIds",
        sets="auths vpcSecurityGroupIds vpcSubnetIds",
        recorded="defaultAuthScheme endpointNetworkType targetConnectionNetworkType",
        api=_PROXY,
        fields=_AUTH,
    ),
    checks=(_allowed,),
    autoname=Autoname("name", 63),
    create=_CREATE,
    id="{name}",
    read=(_proxy,),
    updates=(Do(_make_again, "auths debugLogging idleClientTimeout requireTls roleArn vpcSecurityGroupIds"),),
    delete=(_delete,),
    outputs={"arn": "DBProxyArn", "endpoint": "Endpoint"},
    volatile="arn endpoint",
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("add_tags_to_resource", {"ResourceName": "{arn}", "Tags": "{tags}"}),
        remove=Call("remove_tags_from_resource", {"ResourceName": "{arn}", "TagKeys": "{keys}"}),
        at="TagList",
    ),
)


def _pool(context: Context) -> Any:
    groups = context.call("describe_db_proxy_target_groups", {"DBProxyName": context.id})["TargetGroups"]
    return groups[0] if groups else None


def _percentages(inputs: Mapping[str, Any]) -> str | None:
    pool = fields(inputs.get("connectionPoolConfig"))
    wrong = outside("connectionPoolConfig.maxConnectionsPercent", pool.get("maxConnectionsPercent"), (1, 100))
    most = pool.get("maxConnectionsPercent") or 100
    most = 100 if is_unknown(most) else int(most)
    return (
        wrong
        or outside("connectionPoolConfig.maxIdleConnectionsPercent", pool.get("maxIdleConnectionsPercent"), (0, most))
        or outside("connectionPoolConfig.connectionBorrowTimeout", pool.get("connectionBorrowTimeout"), (0, 300))
    )


POOL = Entry(
    "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
    service="rds",
    inputs=props(required="dbProxyName", replaces="dbProxyName", computed="connectionPoolConfig"),
    checks=(_percentages,),
    create=_POOL,
    id="{dbProxyName}",
    read=(_pool,),
    updates=(_POOL,),
    outputs={"arn": "TargetGroupArn", "name": "TargetGroupName"},
)

_BEHIND = {"DBProxyName": "{dbProxyName}", "TargetGroupName": "{targetGroupName}"}
_REGISTERED = {
    **_BEHIND,
    "DBInstanceIdentifiers": ["{dbInstanceIdentifier}"],
    "DBClusterIdentifiers": ["{dbClusterIdentifier}"],
}


def _target(context: Context) -> Any:
    """Find the target; its port is that of the database, which the emulator does not know."""
    proxy, group, kind, resource = context.id.split("/", 3)
    found = context.call("describe_db_proxy_targets", {"DBProxyName": proxy})["Targets"]
    target = next((one for one in found if (one["Type"], one["RdsResourceId"]) == (kind, resource)), None)
    if target is None:
        return None
    target = {**target, "DBProxyName": proxy, "TargetGroupName": group}
    if kind == "TRACKED_CLUSTER":
        clusters = context.call("describe_db_clusters", {"DBClusterIdentifier": resource})["DBClusters"]
        return {**target, "Port": clusters[0]["Port"], "TrackedClusterId": resource, "DBClusterIdentifier": resource}
    instance = context.call("describe_db_instances", {"DBInstanceIdentifier": resource})["DBInstances"][0]
    endpoint = instance["Endpoint"]
    return {**target, "Port": endpoint["Port"], "Endpoint": endpoint["Address"], "DBInstanceIdentifier": resource}


def _target_id(context: Context) -> str:
    cluster = context.inputs.get("dbClusterIdentifier")
    kind = "TRACKED_CLUSTER" if cluster else "RDS_INSTANCE"
    resource = cluster or context.inputs["dbInstanceIdentifier"]
    return f"{context.inputs['dbProxyName']}/{context.inputs['targetGroupName']}/{kind}/{resource}"


def _of_id(resource_id: str) -> dict[str, Any]:
    proxy, group, kind, resource = resource_id.split("/", 3)
    member = "dbClusterIdentifier" if kind == "TRACKED_CLUSTER" else "dbInstanceIdentifier"
    return {"dbProxyName": proxy, "targetGroupName": group, member: resource}


TARGET = Entry(
    "aws:rds/proxyTarget:ProxyTarget",
    service="rds",
    inputs=props(
        required="dbProxyName targetGroupName",
        replaces="dbClusterIdentifier dbInstanceIdentifier dbProxyName targetGroupName",
        api={
            "dbClusterIdentifier": "DBClusterIdentifier",
            "dbInstanceIdentifier": "DBInstanceIdentifier",
            "dbProxyName": "DBProxyName",
        },
    ),
    exactly_one=("dbClusterIdentifier dbInstanceIdentifier",),
    create=Call("register_db_proxy_targets", _REGISTERED),
    id=_target_id,
    read=(_target,),
    delete=(Call("deregister_db_proxy_targets", _REGISTERED),),
    outputs={
        "endpoint": "Endpoint",
        "port": "Port",
        "rdsResourceId": "RdsResourceId",
        "targetArn": "TargetArn",
        "trackedClusterId": "TrackedClusterId",
        "type": "Type",
    },
    import_id=_of_id,
)

ENDPOINT = Entry(
    "aws:rds/proxyEndpoint:ProxyEndpoint",
    service="rds",
    emulated=False,
    inputs=props(
        "vpcSecurityGroupIds",
        required="dbProxyEndpointName dbProxyName vpcSubnetIds",
        replaces="dbProxyEndpointName dbProxyName targetRole vpcSubnetIds",
        computed="vpcSecurityGroupIds",
        sets="vpcSecurityGroupIds vpcSubnetIds",
        defaults={"targetRole": "READ_WRITE"},
        api={"dbProxyEndpointName": "DBProxyEndpointName", "dbProxyName": "DBProxyName"},
    ),
    create=Call("create_db_proxy_endpoint", {"Tags": "{tags}"}),
    id="{dbProxyName}/{dbProxyEndpointName}",
    updates=(Call("modify_db_proxy_endpoint", {"DBProxyEndpointName": "{dbProxyEndpointName}"}),),
    delete=(Call("delete_db_proxy_endpoint", {"DBProxyEndpointName": "{dbProxyEndpointName}"}),),
    outputs={
        "arn": "arn:{partition}:rds:{region}:{account}:db-proxy-endpoint:prx-endpoint-{hash}",
        "endpoint": "{dbProxyEndpointName}.endpoint.proxy-{hash}.{region}.rds.amazonaws.com",
        "isDefault": lambda _: False,
        "vpcId": "vpc-{hash}",
    },
    tags=Tags({"Tags": "{tags}"}, recorded=True),
)

ENTRIES = (PROXY, POOL, TARGET, ENDPOINT)

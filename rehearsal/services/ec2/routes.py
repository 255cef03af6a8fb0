"""Route tables, routes and what they are associated with."""

import zlib
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props

from ._common import ADOPTED_TAGS, arn, ec2_tags

_DESTINATIONS = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS = {
    "carrierGatewayId": "CarrierGatewayId",
    "coreNetworkArn": "CoreNetworkArn",
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "localGatewayId": "LocalGatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "odbNetworkArn": "OdbNetworkArn",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}


def _request(route: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names[key]: value for key, value in route.items() if key in names and value}


def _own(route: dict[str, Any]) -> bool:
    """Routes within the VPC, and those of gateway endpoints, are nobody's to list or to delete."""
    return route.get("GatewayId") != "local" and not str(route.get("GatewayId", "")).startswith("vpce-")


def _table(context: Context) -> Any:
    found = context.call("describe_route_tables", {"RouteTableIds": [context.id]})["RouteTables"]
    if not found:
        return None
    names = {**_DESTINATIONS, **_TARGETS}
    routes = [{k: r[api] for k, api in names.items() if r.get(api)} for r in found[0]["Routes"] if _own(r)]
    return {**found[0], "OwnRoutes": routes}


def _set_routes(context: Context) -> None:
    """Delete what is there and make what is asked for."""
    table = context.call("describe_route_tables", {"RouteTableIds": [context.id]})["RouteTables"][0]
    for route in filter(_own, table["Routes"]):
        destination = {api: route[api] for api in _DESTINATIONS.values() if route.get(api)}
        context.call("delete_route", {"RouteTableId": context.id, **destination})
    for route in context.inputs.get("routes") or []:
        parameters = _request(route, {**_DESTINATIONS, **_TARGETS})
        context.call("create_route", {"RouteTableId": context.id, **parameters})


_ROUTES: dict[str, Any] = {"sets": "routes", "recorded": "propagatingVgws"}

ROUTE_TABLE = Entry(
    "aws:ec2/routeTable:RouteTable",
    service="ec2",
    inputs=props(required="vpcId", replaces="vpcId", computed="routes", reads={"routes": "OwnRoutes"}, **_ROUTES),
    create=Call("create_route_table"),
    id="RouteTable.RouteTableId",
    read=(_table,),
    updates=(Do(_set_routes, "routes", on_create=True),),
    delete=(Call("delete_route_table", {"RouteTableId": "{id}"}),),
    outputs={"arn": arn("route-table"), "ownerId": "OwnerId"},
    tags=ec2_tags("route-table"),
)


def _adopt(context: Context) -> Any:
    context.id = context.inputs["defaultRouteTableId"]
    _set_routes(context)
    return {"Id": context.id}


DEFAULT_ROUTE_TABLE = Entry(
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
    service="ec2",
    inputs=props(
        required="defaultRouteTableId",
        replaces="defaultRouteTableId",
        reads={"defaultRouteTableId": "RouteTableId", "routes": "OwnRoutes"},
        **_ROUTES,
    ),
    create=_adopt,
    id="{defaultRouteTableId}",
    read=(_table,),
    updates=(Do(_set_routes, "routes"),),
    outputs={"arn": arn("route-table"), "ownerId": "OwnerId", "vpcId": "VpcId"},
    tags=ADOPTED_TAGS,
)


def _destination(context: Context) -> tuple[str, str]:
    keys = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    key = next(k for k in keys if context.inputs.get(k))
    return key[0].upper() + key[1:], context.inputs[key]


def _route_id(context: Context) -> str:
    """Make the provider's own id: the table and a checksum of the destination."""
    return f"r-{context.inputs['routeTableId']}{zlib.crc32(_destination(context)[1].encode())}"


def _route(context: Context) -> Any:
    key, destination = _destination(context)
    tables = context.call("describe_route_tables", {"RouteTableIds": [context.inputs["routeTableId"]]})["RouteTables"]
    found = next((r for t in tables for r in t["Routes"] if r.get(key) == destination), None)
    return {**found, "RouteTableId": context.inputs["routeTableId"]} if found else None


def _delete_route(context: Context) -> None:
    key, destination = _destination(context)
    context.call("delete_route", {"RouteTableId": context.inputs["routeTableId"], key: destination})


def _imported_route(resource_id: str) -> dict[str, Any]:
    table, _, destination = resource_id.partition("_")
    kind = "PrefixListId" if destination.startswith("pl-") else "Ipv6CidrBlock" if ":" in destination else "CidrBlock"
    return {"routeTableId": table, f"destination{kind}": destination}


ROUTE = Entry(
    "aws:ec2/route:Route",
    service="ec2",
    inputs=props(
        " ".join(_TARGETS),
        required="routeTableId",
        replaces="routeTableId destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId",
        api={"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"},
    ),
    exactly_one=(
        " ".join(_TARGETS),
        "destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId",
    ),
    create=Call("create_route"),
    id=_route_id,
    import_id=_imported_route,
    read=(_route,),
    updates=(
        Call(
            "replace_route",
            {
                "RouteTableId": "{routeTableId}",
                "DestinationCidrBlock": "{destinationCidrBlock}",
                "DestinationIpv6CidrBlock": "{destinationIpv6CidrBlock}",
                "DestinationPrefixListId": "{destinationPrefixListId}",
            },
        ),
    ),
    delete=(_delete_route,),
    outputs={"origin": "Origin", "state": "State", "instanceId": "InstanceId", "instanceOwnerId": "InstanceOwnerId"},
)


def _association(context: Context) -> Any:
    """Found by what is associated: moving it to another table gives it another id."""
    subnet, gateway = context.inputs.get("subnetId"), context.inputs.get("gatewayId")
    key, peer = ("SubnetId", subnet) if subnet else ("GatewayId", gateway)
    by_id = {"Name": "association.route-table-association-id", "Values": [context.id]}
    by_peer = {"Name": "association.subnet-id" if subnet else "association.gateway-id", "Values": [peer]}
    filters = [by_peer if peer else by_id]
    tables = context.call("describe_route_tables", {"Filters": filters})["RouteTables"]
    rows = [a for t in tables for a in t["Associations"]]
    return next((a for a in rows if a.get(key) == peer or a["RouteTableAssociationId"] == context.id), None)


def _move(context: Context) -> None:
    found = _association(context)
    parameters = {"AssociationId": found["RouteTableAssociationId"], "RouteTableId": context.inputs["routeTableId"]}
    context.call("replace_route_table_association", parameters)


def _disassociate(context: Context) -> None:
    found = _association(context)
    if found:
        context.call("disassociate_route_table", {"AssociationId": found["RouteTableAssociationId"]})


def _imported_association(resource_id: str) -> dict[str, Any]:
    peer, _, table = resource_id.partition("/")
    return {"subnetId" if peer.startswith("subnet-") else "gatewayId": peer, "routeTableId": table} if table else {}


ROUTE_TABLE_ASSOCIATION = Entry(
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    service="ec2",
    inputs=props(required="routeTableId", replaces="gatewayId subnetId"),
    exactly_one=("gatewayId subnetId",),
    create=Call("associate_route_table"),
    id="AssociationId",
    import_id=_imported_association,
    read=(_association,),
    updates=(Do(_move, "routeTableId"),),
    delete=(_disassociate,),
)

ENTRIES = (ROUTE_TABLE, DEFAULT_ROUTE_TABLE, ROUTE, ROUTE_TABLE_ASSOCIATION)

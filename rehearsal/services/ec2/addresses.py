"""Elastic IP addresses and NAT gateways."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props

from ._common import arn, ec2_tags


def _associate(context: Context) -> None:
    if context.old.get("associationId"):
        context.call("disassociate_address", {"AssociationId": context.old["associationId"]})
    peer = {"InstanceId": context.inputs.get("instance"), "NetworkInterfaceId": context.inputs.get("networkInterface")}
    given = {k: v for k, v in peer.items() if v}
    if given:
        context.call("associate_address", {"AllocationId": context.id, **given})


def _dns_name(context: Context, kind: str) -> str | None:
    address: str | None = context.answer.get("PublicIp" if kind == "ec2" else "PrivateIpAddress")
    zone = "compute-1" if context.region == "us-east-1" else f"{context.region}.compute"
    return f"{kind}-{address.replace('.', '-')}.{zone}.amazonaws.com" if address else None


EIP = Entry(
    "aws:ec2/eip:Eip",
    service="ec2",
    inputs=props(
        replaces="address customerOwnedIpv4Pool domain ipamPoolId networkBorderGroup publicIpv4Pool",
        computed="domain instance ipamPoolId networkBorderGroup networkInterface publicIpv4Pool",
        recorded="associateWithPrivateIp customerOwnedIpv4Pool ipamPoolId",
        reads={
            "address": None,
            "instance": "InstanceId",
            "networkInterface": "NetworkInterfaceId",
        },
    ),
    create=Call("allocate_address"),
    id="AllocationId",
    read=(Call("describe_addresses", {"AllocationIds": ["{id}"]}, at="Addresses.0"),),
    updates=(Do(_associate, "instance networkInterface", on_create=True),),
    delete=(Call("release_address", {"AllocationId": "{id}"}),),
    outputs={
        "allocationId": "{id}",
        "arn": arn("elastic-ip"),
        "associationId": "AssociationId",
        "carrierIp": "CarrierIp",
        "customerOwnedIp": "CustomerOwnedIp",
        "publicIp": "PublicIp",
        "privateIp": "PrivateIpAddress",
        "ptrRecord": "PtrRecord",
        "publicDns": lambda context: _dns_name(context, "ec2"),
        "privateDns": lambda context: _dns_name(context, "ip"),
    },
    tags=ec2_tags("elastic-ip"),
)


def _living_gateway(context: Context) -> Any:
    """Describe the gateway; one that is deleted goes on being described for an hour."""
    found = context.call("describe_nat_gateways", {"NatGatewayIds": [context.id]})["NatGateways"]
    return found[0] if found and found[0]["State"] not in ("deleting", "deleted", "failed") else None


def _free_address(context: Context) -> None:
    """Free the address: the emulator leaves it associated with the deleted gateway, AWS does not."""
    allocation = context.inputs.get("allocationId")
    if not allocation:
        return
    for address in context.call("describe_addresses", {"AllocationIds": [allocation]})["Addresses"]:
        if address.get("AssociationId") and not address.get("InstanceId"):
            context.call("disassociate_address", {"AssociationId": address["AssociationId"]})


NAT_GATEWAY = Entry(
    "aws:ec2/natGateway:NatGateway",
    service="ec2",
    inputs=props(
        replaces="allocationId connectivityType privateIp subnetId secondaryPrivateIpAddressCount",
        computed="privateIp vpcId",
        recorded="availabilityMode availabilityZoneAddresses secondaryAllocationIds secondaryPrivateIpAddressCount"
        " secondaryPrivateIpAddresses",
        sets="secondaryAllocationIds secondaryPrivateIpAddresses",
        defaults={"connectivityType": "public"},
        api={"privateIp": "PrivateIpAddress"},
        reads={
            "allocationId": "NatGatewayAddresses.0.AllocationId",
            "privateIp": "NatGatewayAddresses.0.PrivateIp",
        },
    ),
    conflicts=("secondaryPrivateIpAddressCount secondaryPrivateIpAddresses",),
    create=Call("create_nat_gateway"),
    id="NatGateway.NatGatewayId",
    read=(_living_gateway,),
    delete=(
        Call("delete_nat_gateway", {"NatGatewayId": "{id}"}),
        _free_address,
        # AWS takes the gateway's interface with it, the emulator leaves it behind.
        Call("delete_network_interface", {"NetworkInterfaceId": "{networkInterfaceId}"}),
    ),
    outputs={
        "associationId": "NatGatewayAddresses.0.AssociationId",
        "autoProvisionZones": "AutoProvisionZones",
        "autoScalingIps": "AutoScalingIps",
        "regionalNatGatewayAddresses": "RegionalNatGatewayAddresses",
        "regionalNatGatewayAutoMode": "RegionalNatGatewayAutoMode",
        "routeTableId": "RouteTableId",
        "networkInterfaceId": "NatGatewayAddresses.0.NetworkInterfaceId",
        "publicIp": "NatGatewayAddresses.0.PublicIp",
    },
    tags=ec2_tags("natgateway"),
)

ENTRIES = (EIP, NAT_GATEWAY)

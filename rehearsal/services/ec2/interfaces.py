"""Network interfaces."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.errors import RehearsalError

from ._common import arn, ec2_tags


def _free(context: Context) -> None:
    """Refuse as AWS does: the emulator deletes an interface from under its server."""
    found = context.call("describe_network_interfaces", {"NetworkInterfaceIds": [context.id]})["NetworkInterfaces"]
    for holder in [f["Attachment"].get("InstanceId") for f in found if f.get("Attachment")]:
        raise RehearsalError(f"ec2/NetworkInterface: {context.id} is attached to {holder}: detach it first")


def _describe(context: Context) -> None:
    asked = {"NetworkInterfaceId": context.id, "Description": {"Value": context.inputs.get("description", "")}}
    context.call("modify_network_interface_attribute", asked)


def _read(context: Context) -> Any:
    found = context.call("describe_network_interfaces", {"NetworkInterfaceIds": [context.id]})["NetworkInterfaces"]
    return {**found[0], "Tags": found[0].get("TagSet", [])} if found else None


_NOT_EMULATED = (
    "attachments connectionTrackingSpecification enaSrdSpecification enablePrimaryIpv6 interfaceType ipv4PrefixCount"
    " ipv4Prefixes ipv6AddressCount ipv6AddressLists ipv6Addresses ipv6PrefixCount ipv6Prefixes privateIpLists"
    " privateIps privateIpsCount"
)


NETWORK_INTERFACE = Entry(
    "aws:ec2/networkInterface:NetworkInterface",
    service="ec2",
    inputs=props(
        "description securityGroups sourceDestCheck",
        required="subnetId",
        replaces="interfaceType subnetId",
        computed=f"{_NOT_EMULATED} description privateIp securityGroups",
        sets="securityGroups privateIps",
        recorded=f"{_NOT_EMULATED} ipv6AddressListEnabled privateIpListEnabled sourceDestCheck",
        defaults={"ipv6AddressListEnabled": False, "privateIpListEnabled": False, "sourceDestCheck": True},
        api={"securityGroups": "Groups", "privateIp": "PrivateIpAddress"},
        from_api={"securityGroups": lambda groups: [group["GroupId"] for group in groups]},
    ),
    create=Call("create_network_interface"),
    id="NetworkInterface.NetworkInterfaceId",
    read=(_read,),
    updates=(
        Call("modify_network_interface_attribute", {"NetworkInterfaceId": "{id}"}, sends="securityGroups"),
        Do(_describe, "description"),
    ),
    delete=(_free, Call("delete_network_interface", {"NetworkInterfaceId": "{id}"})),
    outputs={
        "arn": arn("network-interface"),
        "macAddress": "MacAddress",
        "ownerId": "OwnerId",
        "outpostArn": "OutpostArn",
        "privateDnsName": "PrivateDnsName",
    },
    tags=ec2_tags("network-interface"),
)

ENTRIES = (NETWORK_INTERFACE,)

"""VPCs, subnets and internet gateways."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props

from ._common import arn, ec2_tags


def _vpc_attribute(name: str) -> Call:
    member = name[0].upper() + name[1:]
    return Call("modify_vpc_attribute", {"VpcId": "{id}", member: {"Value": f"{{{name}}}"}}, sends="", on_create=True)


def _vpc_reads(attribute: str) -> Call:
    return Call("describe_vpc_attribute", {"VpcId": "{id}", "Attribute": attribute})


def _default(operation: str, at: str, *filters: dict[str, Any]) -> Call:
    own = {"Name": "vpc-id", "Values": ["{id}"]}
    return Call(operation, {"Filters": [own, *filters]}, at=f"{at}.0", into=f"Default{at}")


VPC = Entry(
    "aws:ec2/vpc:Vpc",
    service="ec2",
    inputs=props(
        "assignGeneratedIpv6CidrBlock enableDnsHostnames ipv6IpamPoolId ipv6NetmaskLength",
        replaces="cidrBlock ipv4IpamPoolId ipv4NetmaskLength",
        computed="cidrBlock enableDnsHostnames enableNetworkAddressUsageMetrics ipv6CidrBlock"
        " ipv6CidrBlockNetworkBorderGroup ipv6NetmaskLength",
        defaults={"instanceTenancy": "default", "enableDnsSupport": True},
        api={"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"},
        reads={
            "assignGeneratedIpv6CidrBlock": None,
            "enableDnsHostnames": "EnableDnsHostnames.Value",
            "enableDnsSupport": "EnableDnsSupport.Value",
            "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics.Value",
            "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock",
            "ipv6IpamPoolId": None,
            "ipv6NetmaskLength": None,
        },
    ),
    conflicts=(
        "cidrBlock ipv4NetmaskLength",
        "assignGeneratedIpv6CidrBlock ipv6IpamPoolId",
        "ipv6CidrBlock assignGeneratedIpv6CidrBlock",
        "ipv6CidrBlock ipv6NetmaskLength",
    ),
    create=Call("create_vpc"),
    id="Vpc.VpcId",
    read=(
        Call("describe_vpcs", {"VpcIds": ["{id}"]}, at="Vpcs.0"),
        _vpc_reads("enableDnsSupport"),
        _vpc_reads("enableDnsHostnames"),
        _vpc_reads("enableNetworkAddressUsageMetrics"),
        _default("describe_route_tables", "RouteTables", {"Name": "association.main", "Values": ["true"]}),
        _default("describe_network_acls", "NetworkAcls", {"Name": "default", "Values": ["true"]}),
        _default("describe_security_groups", "SecurityGroups", {"Name": "group-name", "Values": ["default"]}),
    ),
    updates=(
        _vpc_attribute("enableDnsSupport"),  # AWS takes one attribute per call
        _vpc_attribute("enableDnsHostnames"),
        _vpc_attribute("enableNetworkAddressUsageMetrics"),
        Call("modify_vpc_tenancy", {"VpcId": "{id}", "InstanceTenancy": "{instanceTenancy}"}, sends=""),
    ),
    # A VPC's tenancy can only be changed from dedicated to default in place (EC2 API, ModifyVpcTenancy).
    replaces_if=lambda _state, news: {"instanceTenancy"} if news.get("instanceTenancy") != "default" else set(),
    delete=(Call("delete_vpc", {"VpcId": "{id}"}),),
    outputs={
        "arn": arn("vpc"),
        "ownerId": "OwnerId",
        "dhcpOptionsId": "DhcpOptionsId",
        "ipv6AssociationId": "Ipv6CidrBlockAssociationSet.0.AssociationId",
        "mainRouteTableId": "DefaultRouteTables.RouteTableId",
        "defaultRouteTableId": "DefaultRouteTables.RouteTableId",
        "defaultNetworkAclId": "DefaultNetworkAcls.NetworkAclId",
        "defaultSecurityGroupId": "DefaultSecurityGroups.GroupId",
    },
    tags=ec2_tags("vpc"),
)


def _subnet_attribute(name: str, member: str = "") -> Call:
    member = member or name[0].upper() + name[1:]
    return Call(
        "modify_subnet_attribute", {"SubnetId": "{id}", member: {"Value": f"{{{name}}}"}}, sends="", on_create=True
    )


def _sweep(context: Context) -> None:
    """Delete the interfaces of instances that are gone: AWS deletes them with the instance, the emulator does not."""
    subnet = {"Filters": [{"Name": "subnet-id", "Values": [context.id]}]}
    for interface in context.call("describe_network_interfaces", subnet)["NetworkInterfaces"]:
        instance = (interface.get("Attachment") or {}).get("InstanceId")
        if not instance:
            continue
        found = context.call("describe_instances", {"InstanceIds": [instance]})["Reservations"]
        if all(i["State"]["Name"] == "terminated" for reservation in found for i in reservation["Instances"]):
            context.call("delete_network_interface", {"NetworkInterfaceId": interface["NetworkInterfaceId"]})


SUBNET = Entry(
    "aws:ec2/subnet:Subnet",
    service="ec2",
    inputs=props(
        "assignIpv6AddressOnCreation mapPublicIpOnLaunch ipv6IpamPoolId ipv6NetmaskLength ipv6CidrBlock",
        required="vpcId",
        replaces="availabilityZone availabilityZoneId cidrBlock ipv4IpamPoolId ipv4NetmaskLength ipv6Native outpostArn"
        " vpcId",
        computed="availabilityZone availabilityZoneId cidrBlock",
        recorded="customerOwnedIpv4Pool enableDns64 enableLniAtDeviceIndex mapCustomerOwnedIpOnLaunch"
        " privateDnsHostnameTypeOnLaunch",
        reads={
            "enableResourceNameDnsARecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord",
            "enableResourceNameDnsAaaaRecordOnLaunch": "PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord",
            "ipv4IpamPoolId": None,
            "ipv4NetmaskLength": None,
            "ipv6CidrBlock": "Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock",
            "ipv6IpamPoolId": None,
            "ipv6NetmaskLength": None,
        },
    ),
    conflicts=("availabilityZone availabilityZoneId",),
    create=Call("create_subnet"),
    id="Subnet.SubnetId",
    read=(Call("describe_subnets", {"SubnetIds": ["{id}"]}, at="Subnets.0"),),
    updates=(
        _subnet_attribute("assignIpv6AddressOnCreation"),
        _subnet_attribute("mapPublicIpOnLaunch"),
        _subnet_attribute("enableResourceNameDnsARecordOnLaunch"),
        _subnet_attribute("enableResourceNameDnsAaaaRecordOnLaunch", "EnableResourceNameDnsAAAARecordOnLaunch"),
    ),
    delete=(_sweep, Call("delete_subnet", {"SubnetId": "{id}"})),
    outputs={
        "arn": "SubnetArn",
        "ownerId": "OwnerId",
        "ipv6CidrBlockAssociationId": "Ipv6CidrBlockAssociationSet.0.AssociationId",
    },
    tags=ec2_tags("subnet"),
)


def _attach(context: Context) -> None:
    _detach(context)
    if context.inputs.get("vpcId"):
        context.call("attach_internet_gateway", {"InternetGatewayId": context.id, "VpcId": context.inputs["vpcId"]})


def _detach(context: Context) -> None:
    if context.old.get("vpcId"):
        context.call("detach_internet_gateway", {"InternetGatewayId": context.id, "VpcId": context.old["vpcId"]})


INTERNET_GATEWAY = Entry(
    "aws:ec2/internetGateway:InternetGateway",
    service="ec2",
    inputs=props(computed="vpcId", reads={"vpcId": "Attachments.0.VpcId"}),
    create=Call("create_internet_gateway"),
    id="InternetGateway.InternetGatewayId",
    read=(Call("describe_internet_gateways", {"InternetGatewayIds": ["{id}"]}, at="InternetGateways.0"),),
    updates=(Do(_attach, "vpcId", on_create=True),),
    delete=(_detach, Call("delete_internet_gateway", {"InternetGatewayId": "{id}"})),
    outputs={"arn": arn("internet-gateway"), "ownerId": "OwnerId"},
    tags=ec2_tags("internet-gateway"),
)

ENTRIES = (VPC, SUBNET, INTERNET_GATEWAY)

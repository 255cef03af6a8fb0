"""VPC endpoints and flow logs."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.errors import RehearsalError

from ._common import arn, ec2_tags

_LISTS = {
    "routeTableIds": "RouteTableIds",
    "subnetIds": "SubnetIds",
    "securityGroupIds": "SecurityGroupIds",
}


def _endpoint(context: Context) -> Any:
    """Describe the endpoint; one that is deleted goes on being described for a while."""
    found = context.call("describe_vpc_endpoints", {"VpcEndpointIds": [context.id]})["VpcEndpoints"]
    if not found or found[0]["State"].lower() in ("deleting", "deleted"):
        return None
    answer = found[0]
    answer["SecurityGroupIds"] = [group["GroupId"] for group in answer.get("Groups", [])]
    if answer["VpcEndpointType"] == "Gateway":
        filters = [{"Name": "prefix-list-name", "Values": [answer["ServiceName"]]}]
        lists = context.call("describe_managed_prefix_lists", {"Filters": filters})["PrefixLists"]
        answer["PrefixListId"] = next((p["PrefixListId"] for p in lists), None)
        entries = {"PrefixListId": answer["PrefixListId"]}
        listed = context.call("get_managed_prefix_list_entries", entries)["Entries"] if lists else []
        answer["CidrBlocks"] = [entry["Cidr"] for entry in listed]
    return answer


def _modify_lists(context: Context) -> None:
    parameters: dict[str, Any] = {"VpcEndpointId": context.id}
    for name, member in _LISTS.items():
        before, after = context.old.get(name) or [], context.inputs.get(name) or []
        if name in context.changed:
            parameters[f"Add{member}"] = [item for item in after if item not in before]
            parameters[f"Remove{member}"] = [item for item in before if item not in after]
    context.call("modify_vpc_endpoint", {k: v for k, v in parameters.items() if v})


VPC_ENDPOINT = Entry(
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    service="ec2",
    inputs=props(
        "dnsOptions policy privateDnsEnabled routeTableIds subnetIds securityGroupIds",
        required="vpcId",
        replaces="serviceName vpcEndpointType vpcId resourceConfigurationArn serviceNetworkArn serviceRegion",
        computed="dnsOptions ipAddressType policy privateDnsEnabled routeTableIds securityGroupIds subnetIds"
        " serviceRegion",
        sets="routeTableIds securityGroupIds subnetIds subnetConfigurations",
        json="policy",
        local="autoAccept",
        recorded="dnsOptions ipAddressType serviceRegion subnetConfigurations",
        defaults={"vpcEndpointType": "Gateway"},
        api={"policy": "PolicyDocument"},
    ),
    exactly_one=("serviceName resourceConfigurationArn serviceNetworkArn",),
    create=Call("create_vpc_endpoint"),
    id="VpcEndpoint.VpcEndpointId",
    read=(_endpoint,),
    updates=(
        Do(_modify_lists, " ".join(_LISTS)),
        Call("modify_vpc_endpoint", {"VpcEndpointId": "{id}"}, sends="policy privateDnsEnabled"),
    ),
    delete=(Call("delete_vpc_endpoints", {"VpcEndpointIds": ["{id}"]}),),
    outputs={
        "arn": arn("vpc-endpoint"),
        "cidrBlocks": "CidrBlocks",
        "dnsEntries": "DnsEntries",
        "networkInterfaceIds": "NetworkInterfaceIds",
        "ownerId": "OwnerId",
        "prefixListId": "PrefixListId",
        "requesterManaged": "RequesterManaged",
        "state": "State",
    },
    tags=ec2_tags("vpc-endpoint"),
)

_RESOURCES = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
    "regionalNatGatewayId": "RegionalNatGateway",
}


def _create_flow_log(context: Context) -> Any:
    key = next(name for name in _RESOURCES if context.inputs.get(name))
    context.tags = context.tags_wanted
    call = Call("create_flow_logs", {"ResourceIds": [context.inputs[key]], "ResourceType": _RESOURCES[key]})
    tags = ec2_tags("vpc-flow-log").create if context.tags else None
    answer = context.run(call, context.carries(call, creating=True), params=tags)
    for refused in answer.get("Unsuccessful", []):
        raise RehearsalError(f"ec2 CreateFlowLogs: {refused['Error']['Code']}: {refused['Error']['Message']}")
    return answer


def _flow_log(context: Context) -> Any:
    found = context.call("describe_flow_logs", {"FlowLogIds": [context.id]})["FlowLogs"]
    kinds = {"vpc-": "vpcId", "subnet-": "subnetId", "eni-": "eniId"}
    of = {
        name: found[0]["ResourceId"]
        for start, name in kinds.items()
        if found and found[0]["ResourceId"].startswith(start)
    }
    return {**found[0], **of} if found else None


FLOW_LOG = Entry(
    "aws:ec2/flowLog:FlowLog",
    service="ec2",
    inputs=props(
        replaces="deliverCrossAccountRole destinationOptions iamRoleArn logDestination logDestinationType logFormat"
        " maxAggregationInterval tagFieldSpecifications trafficType " + " ".join(_RESOURCES),
        computed="logDestination logFormat",
        recorded="destinationOptions tagFieldSpecifications",
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        api={"iamRoleArn": "DeliverLogsPermissionArn"},
        reads={name: name for name in _RESOURCES},
    ),
    exactly_one=(" ".join(_RESOURCES),),
    create=_create_flow_log,
    id="FlowLogIds.0",
    read=(_flow_log,),
    delete=(Call("delete_flow_logs", {"FlowLogIds": ["{id}"]}),),
    outputs={"arn": arn("vpc-flow-log")},
    tags=ec2_tags("vpc-flow-log"),
)

ENTRIES = (VPC_ENDPOINT, FLOW_LOG)

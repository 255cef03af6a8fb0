"""EC2 Instance Connect endpoints, by the provider's module. The emulator has none: requests are checked, not sent."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Entry, props
from rehearsal.services.ec2._common import arn, ec2_tags


def _subnet(context: Context) -> dict[str, Any]:
    found = context.call("describe_subnets", {"SubnetIds": [context.inputs["subnetId"]]}, service="ec2")
    return found["Subnets"][0]


INSTANCE_CONNECT_ENDPOINT = Entry(
    "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
    service="ec2",
    emulated=False,
    inputs=props(
        required="subnetId",
        replaces="ipAddressType preserveClientIp securityGroupIds subnetId",
        computed="ipAddressType securityGroupIds",
        sets="securityGroupIds",
        local="timeouts",
        defaults={"preserveClientIp": True},
        api={"securityGroupIds": "SecurityGroupIds"},
    ),
    create=Call("create_instance_connect_endpoint"),
    id="eice-{hash}",
    outputs={
        "arn": arn("instance-connect-endpoint"),
        "availabilityZone": lambda context: _subnet(context)["AvailabilityZone"],
        "dnsName": "{id}.{hash}.ec2-instance-connect-endpoint.{region}.amazonaws.com",
        "fipsDnsName": "{id}.{hash}.fips.ec2-instance-connect-endpoint.{region}.amazonaws.com",
        "networkInterfaceIds": lambda context: [f"eni-{context.hash}"],
        "ownerId": "{account}",
        "vpcId": lambda context: _subnet(context)["VpcId"],
    },
    tags=ec2_tags("instance-connect-endpoint"),
)

ENTRIES = (INSTANCE_CONNECT_ENDPOINT,)

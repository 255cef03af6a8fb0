from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "vpc": ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}),
    "other-vpc": ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.1.0.0/16"}),
    "subnet": (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "{vpc.id}", "cidrBlock": "10.0.1.0/24", "availabilityZone": "eu-central-1a"},
    ),
    "other-subnet": (
        "aws:ec2/subnet:Subnet",
        {"vpcId": "{vpc.id}", "cidrBlock": "10.0.2.0/24", "availabilityZone": "eu-central-1b"},
    ),
    "gateway": ("aws:ec2/internetGateway:InternetGateway", {"vpcId": "{vpc.id}"}),
    "address": ("aws:ec2/eip:Eip", {"domain": "vpc"}),
    "nat": ("aws:ec2/natGateway:NatGateway", {"subnetId": "{subnet.id}", "allocationId": "{address.id}"}),
    "table": ("aws:ec2/routeTable:RouteTable", {"vpcId": "{vpc.id}"}),
    "other-table": ("aws:ec2/routeTable:RouteTable", {"vpcId": "{vpc.id}"}),
    "group": ("aws:ec2/securityGroup:SecurityGroup", {"vpcId": "{vpc.id}"}),
    "other-group": ("aws:ec2/securityGroup:SecurityGroup", {"vpcId": "{vpc.id}"}),
}

_PING: dict[str, Any] = {
    "ruleNo": 100,
    "action": "allow",
    "protocol": "icmp",
    "cidrBlock": "10.0.0.0/8",
    "fromPort": 0,
    "toPort": 0,
}
_HTTPS = {"protocol": "tcp", "fromPort": 443, "toPort": 443}

SAMPLES = [
    Sample(
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.9.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "net"}},
        updated={"enableDnsHostnames": False, "enableDnsSupport": False},
        replaced={"cidrBlock": "10.8.0.0/16", "instanceTenancy": "dedicated"},
    ),
    Sample(
        "aws:ec2/subnet:Subnet",
        {"vpcId": "{vpc.id}", "cidrBlock": "10.0.9.0/24", "availabilityZone": "eu-central-1c", "tags": {"Tier": "a"}},
        updated={"mapPublicIpOnLaunch": True},
        replaced={"cidrBlock": "10.0.8.0/24", "availabilityZone": "eu-central-1a"},
    ),
    Sample("aws:ec2/internetGateway:InternetGateway", {"vpcId": "{vpc.id}"}),
    Sample("aws:ec2/eip:Eip", {"domain": "vpc", "tags": {"Name": "nat"}}),
    Sample(
        "aws:ec2/natGateway:NatGateway",
        {"subnetId": "{subnet.id}", "allocationId": "{address.id}"},
        replaced={"subnetId": "{other-subnet.id}"},
    ),
    Sample(
        "aws:ec2/networkInterface:NetworkInterface",
        {"subnetId": "{subnet.id}", "securityGroups": ["{group.id}"], "description": "one", "tags": {"Name": "a"}},
        updated={"securityGroups": ["{group.id}", "{other-group.id}"], "description": "another"},
        replaced={"subnetId": "{other-subnet.id}"},
    ),
    Sample(
        "aws:ec2/routeTable:RouteTable",
        {"vpcId": "{vpc.id}", "routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "{gateway.id}"}]},
        updated={
            "routes": [
                {"cidrBlock": "192.0.2.0/24", "natGatewayId": "{nat.id}"},
                {"cidrBlock": "0.0.0.0/0", "natGatewayId": "{nat.id}"},
            ]
        },
    ),
    Sample("aws:ec2/routeTable:RouteTable", {"vpcId": "{vpc.id}"}, note="without routes"),
    Sample(
        "aws:ec2/route:Route",
        {"routeTableId": "{table.id}", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "{gateway.id}"},
        updated={"gatewayId": None, "natGatewayId": "{nat.id}"},
        replaced={"destinationCidrBlock": "192.0.2.0/24"},
        import_id="{table.id}_0.0.0.0/0",
    ),
    Sample(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": "{table.id}", "subnetId": "{subnet.id}"},
        updated={"routeTableId": "{other-table.id}"},
        replaced={"subnetId": "{other-subnet.id}"},
        import_id="{subnet.id}/{table.id}",
    ),
    Sample(
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        {"defaultRouteTableId": "{vpc.defaultRouteTableId}", "routes": [], "tags": {"Name": "empty"}},
        updated={"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "{gateway.id}"}]},
        stays=True,
    ),
    Sample(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        {"vpcId": "{vpc.id}", "ingress": [], "egress": []},
        updated={"egress": [{**_HTTPS, "cidrBlocks": ["0.0.0.0/0"]}]},
        stays=True,
    ),
    Sample(
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        {
            "defaultNetworkAclId": "{vpc.defaultNetworkAclId}",
            "ingress": [
                {
                    "ruleNo": 100,
                    "action": "allow",
                    "protocol": "-1",
                    "cidrBlock": "0.0.0.0/0",
                    "fromPort": 0,
                    "toPort": 0,
                }
            ],
        },
        updated={
            "egress": [
                {
                    "ruleNo": 90,
                    "action": "allow",
                    "protocol": "tcp",
                    "cidrBlock": "10.0.0.0/8",
                    "fromPort": 1,
                    "toPort": 9,
                }
            ]
        },
        stays=True,
    ),
    Sample(
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        {
            "defaultNetworkAclId": "{other-vpc.defaultNetworkAclId}",
            "ingress": [
                {**_PING, "icmpType": 8, "icmpCode": -1},
                {**_PING, "ruleNo": 101, "icmpType": -1, "icmpCode": -1},
            ],
        },
        updated={"ingress": [{**_PING, "ruleNo": 102, "icmpType": -1, "icmpCode": -1}]},
        recorded=("ingress.icmpType",),
        stays=True,
        note="with ICMP",
    ),
    Sample(
        "aws:ec2/securityGroup:SecurityGroup",
        {"vpcId": "{vpc.id}", "description": "Web servers", "tags": {"Name": "web"}},
        replaced={"description": "Others"},
    ),
    Sample(
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "vpcId": "{vpc.id}",
            "ingress": [{**_HTTPS, "cidrBlocks": ["10.0.0.0/8", "192.0.2.0/24"], "description": "HTTPS"}],
            "egress": [{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]}],
        },
        updated={"ingress": [{**_HTTPS, "securityGroups": ["{group.id}"], "self": True}]},
        note="with rules of its own",
    ),
    Sample(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {
            "securityGroupId": "{group.id}",
            "ipProtocol": "tcp",
            "fromPort": 80,
            "toPort": 80,
            "cidrIpv4": "0.0.0.0/0",
            "description": "Anyone",
        },
        updated={"fromPort": 8080, "toPort": 8081},
        replaced={"securityGroupId": "{other-group.id}"},
    ),
    Sample(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {
            "securityGroupId": "{group.id}",
            "ipProtocol": "tcp",
            "fromPort": 3307,
            "toPort": 3307,
            "referencedSecurityGroupId": "{other-group.id}",
            "description": "Database",
            "tags": {"Name": "db"},
        },
        updated={"toPort": 3308},
        recorded=("description",),
    ),
    Sample(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "{vpc.id}",
            "serviceName": "com.amazonaws.eu-central-1.s3",
            "routeTableIds": ["{table.id}", "{other-table.id}"],
        },
        updated={"routeTableIds": ["{other-table.id}"]},
        replaced={"serviceName": "com.amazonaws.eu-central-1.dynamodb"},
        note="gateway",
    ),
    Sample(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "{vpc.id}",
            "serviceName": "com.amazonaws.eu-central-1.ssm",
            "vpcEndpointType": "Interface",
            "subnetIds": ["{subnet.id}"],
            "securityGroupIds": ["{group.id}"],
            "privateDnsEnabled": True,
        },
        updated={"subnetIds": ["{other-subnet.id}", "{subnet.id}"]},
        note="interface",
    ),
    Sample(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": "{vpc.id}",
            "trafficType": "ALL",
            "logDestination": "{log-group.arn}",
            "iamRoleArn": "{role.arn}",
        },
        replaced={"trafficType": "REJECT"},
    ),
    Sample(
        "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
        {
            "subnetId": "{subnet.id}",
            "securityGroupIds": ["{group.id}"],
            "preserveClientIp": False,
            "tags": {"Name": "way-in"},
        },
        replaced={"preserveClientIp": True, "subnetId": "{other-subnet.id}", "securityGroupIds": ["{other-group.id}"]},
        recorded=("*",),
    ),
]

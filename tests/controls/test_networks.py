"""What auditors ask of networks (docs/security.md)."""

import json

import pytest

from tests.programs import Program

from .asked import is_outside, public_subnets, routed, zone_of

SSH, RDP = 22, 3389


def test_default_security_groups_let_nothing_through(program: Program) -> None:
    emptied = {g.inputs["vpcId"]: g for g in program.all("ec2/defaultSecurityGroup:DefaultSecurityGroup")}
    for vpc in program.all("ec2/vpc:Vpc"):
        assert emptied[vpc.id].inputs["ingress"] == emptied[vpc.id].inputs["egress"] == []
    for routes in program.all("ec2/defaultRouteTable:DefaultRouteTable"):
        assert routes.inputs["routes"] == []


def test_every_network_records_its_flows(program: Program) -> None:
    for vpc in program.all("ec2/vpc:Vpc"):
        (log,) = program.where("ec2/flowLog:FlowLog", vpcId=vpc.id)
        assert log.inputs["trafficType"] == "ALL"


def test_no_subnet_hands_out_public_addresses(program: Program) -> None:
    for subnet in program.all("ec2/subnet:Subnet"):
        assert subnet.inputs["mapPublicIpOnLaunch"] is False, subnet.name
        assert "assignIpv6AddressOnCreation" not in subnet.inputs, subnet.name


def test_no_server_has_a_public_address(program: Program) -> None:
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        for interface in template.inputs.get("networkInterfaces", []):
            assert interface["associatePublicIpAddress"] in (False, "false"), template.name
    for group in program.all("autoscaling/group:Group"):
        assert not public_subnets(program) & {*group.inputs["vpcZoneIdentifiers"]}, group.name


def test_databases_and_mount_targets_are_not_in_public_subnets(program: Program) -> None:
    for group in program.all("rds/subnetGroup:SubnetGroup"):
        assert not routed(program) & {*group.inputs["subnetIds"]}, "a database has a way to the internet"
    for target in program.any("s3/filesMountTarget:FilesMountTarget"):
        assert target.inputs["subnetId"] not in public_subnets(program), target.name


def test_the_world_reaches_load_balancers_on_80_and_443_and_nothing_else(program: Program) -> None:
    fronts = {g for b in program.all("lb/loadBalancer:LoadBalancer") for g in b.inputs["securityGroups"]}
    for group in program.all("ec2/securityGroup:SecurityGroup"):
        # Rules in line would be looked at by nothing below.
        assert not group.inputs.get("ingress"), group.name
        assert not group.inputs.get("egress"), group.name
    assert program.any("ec2/securityGroupRule:SecurityGroupRule") == []
    for rule in program.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
        source = [rule.inputs[k] for k in ("cidrIpv4", "cidrIpv6") if k in rule.inputs]
        if not any(is_outside(cidr) for cidr in source):
            continue
        assert rule.inputs["securityGroupId"] in fronts, rule.name
        assert rule.inputs["ipProtocol"] == "tcp", rule.name
        assert (rule.inputs["fromPort"], rule.inputs["toPort"]) in ((80, 80), (443, 443)), rule.name


def test_databases_and_files_are_reached_by_security_groups_only(program: Program) -> None:
    for rule in program.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
        if rule.inputs["fromPort"] not in (80, 443):
            assert "referencedSecurityGroupId" in rule.inputs, rule.name
            assert rule.inputs["fromPort"] == rule.inputs["toPort"], rule.name


def test_nothing_talks_to_the_world_but_http_and_https(program: Program) -> None:
    for rule in program.all("vpc/securityGroupEgressRule:SecurityGroupEgressRule"):
        if "referencedSecurityGroupId" not in rule.inputs:
            assert rule.inputs["ipProtocol"] == "tcp", rule.name
            assert (rule.inputs["fromPort"], rule.inputs["toPort"]) in ((80, 80), (443, 443)), rule.name


@pytest.mark.parametrize("port", [SSH, RDP])
def test_network_acls_keep_the_world_off_ssh_and_rdp(program: Program, port: int) -> None:
    for acl in program.all("ec2/defaultNetworkAcl:DefaultNetworkAcl"):
        for rule in acl.inputs["ingress"]:
            open_to = range(rule["fromPort"], rule["toPort"] + 1) if rule["protocol"] in ("6", "17") else [port]
            allows = rule["action"] == "allow" and is_outside(rule["cidrBlock"]) and rule["protocol"] != "1"
            assert not (allows and port in open_to), rule


def test_aws_is_reached_inside_the_network_in_prod(prod: Program) -> None:
    endpoints = prod.where("ec2/vpcEndpoint:VpcEndpoint", vpcEndpointType="Interface")
    services = {e.inputs["serviceName"].removeprefix("com.amazonaws.eu-central-1.") for e in endpoints}
    assert {"ec2", "ec2messages", "logs", "secretsmanager", "ssm", "ssmmessages"} <= services
    for endpoint in endpoints:
        (allowed,) = json.loads(endpoint.inputs["policy"])["Statement"]
        assert allowed["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
        assert endpoint.inputs["privateDnsEnabled"] is True
        assert len({zone_of(prod, s) for s in endpoint.inputs["subnetIds"]}) == 3

import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import botocore
import pulumi
import pulumi_aws as aws
import pytest

from components._args import InvalidArgs
from components.network import NatGateways, Network, NetworkArgs
from rehearsal.recorder import Recording, Registered, record
from rehearsal.wire import UNKNOWN
from tests.recording import recording

TWO = ["eu-central-1a", "eu-central-1b"]
THREE = [*TWO, "eu-central-1c"]
EVERYTHING: dict[str, Any] = {"interface_endpoints": ["ssm", "ecr.api"], "nat_gateways": "one_per_zone"}

NETWORK = "elasticweb:index:Network"


def network(zones: list[str], *, preview: bool = False, **args: Any) -> Recording:
    given = NetworkArgs(availability_zones=zones, **args)
    return recording(lambda: Network("net", given), preview=preview)


def refused(**args: Any) -> str:
    """Return the one line, after making sure that nothing was registered before it."""
    given: Any = {"availability_zones": TWO, **args}
    messages: list[str] = []

    def program() -> None:
        try:
            Network("net", given)
        except InvalidArgs as error:
            messages.append(str(error))

    registered = [r.type for r in recording(program).resources]
    assert registered == ["pulumi:pulumi:Stack"]
    [message] = messages
    assert "\n" not in message
    return message


def children(recorded: Recording) -> dict[str, str]:
    """Short types by logical name."""
    custom = [r for r in recorded.resources if r.custom]
    assert len({r.name for r in custom}) == len(custom)
    return {r.name: r.type.split(":")[-1] for r in custom}


def shared(*, tables: str = "abc") -> dict[str, str]:
    """What stands for any choice of NAT, endpoints and flow logs."""
    always = {
        "net-vpc": "Vpc",
        "net-default-routes": "DefaultRouteTable",
        "net-default-acl": "DefaultNetworkAcl",
        "net-default-security-group": "DefaultSecurityGroup",
        "net-internet-gateway": "InternetGateway",
        "net-public-routes": "RouteTable",
        "net-public-internet": "Route",
        "net-isolated-routes": "RouteTable",
        "net-s3-endpoint": "VpcEndpoint",
    }
    for letter in tables:
        always[f"net-private-routes-{letter}"] = "RouteTable"
        for kind in ("public", "private", "isolated"):
            always[f"net-{kind}-{letter}"] = "Subnet"
            always[f"net-{kind}-{letter}-association"] = "RouteTableAssociation"
    return always


FLOW_LOGS = {
    "net-flow-logs": "LogGroup",
    "net-flow-logs-role": "Role",
    "net-flow-logs-policy": "RolePolicy",
    "net-flow-log": "FlowLog",
}


def nat(gateways: str, routes: str) -> dict[str, str]:
    made = {f"net-private-internet-{letter}": "Route" for letter in routes}
    for letter in gateways:
        made |= {f"net-nat-{letter}": "NatGateway", f"net-nat-address-{letter}": "Eip"}
    return made


@pytest.mark.parametrize(
    ("letters", "mode", "gateways"),
    [
        ("ab", "none", ""),
        ("ab", "single", "a"),
        ("ab", "one_per_zone", "ab"),
        ("abc", "none", ""),
        ("abc", "single", "a"),
        ("abc", "one_per_zone", "abc"),
        ("ca", "single", "c"),
    ],
)
def test_the_exact_children_of_each_nat_mode(letters: str, mode: str, gateways: str) -> None:
    recorded = network([f"eu-central-1{letter}" for letter in letters], nat_gateways=mode)
    expected = shared(tables=letters) | FLOW_LOGS | nat(gateways, letters if gateways else "")
    assert children(recorded) == expected


def test_by_default_there_is_one_nat_gateway_and_no_interface_endpoint() -> None:
    assert children(network(TWO)) == children(network(TWO, nat_gateways=NatGateways.SINGLE))


def test_interface_endpoints_share_one_security_group() -> None:
    plain, recorded = network(TWO), network(TWO, interface_endpoints=["ssm", "ecr.api"])
    added = {
        "net-endpoints": "SecurityGroup",
        "net-endpoints-https": "SecurityGroupIngressRule",
        "net-endpoint-ssm": "VpcEndpoint",
        "net-endpoint-ecr.api": "VpcEndpoint",
    }
    assert children(recorded) == children(plain) | added


def test_without_flow_logs_there_is_neither_group_nor_role() -> None:
    expected = shared(tables="ab") | nat("a", "ab")
    assert children(network(TWO, flow_logs=False)) == expected


@pytest.mark.parametrize("mode", list(NatGateways))
def test_a_first_preview_registers_the_same_resources_as_the_update(mode: NatGateways) -> None:
    args: dict[str, Any] = {**EVERYTHING, "nat_gateways": mode}
    preview, update = network(THREE, preview=True, **args), network(THREE, **args)
    # The order depends on which values come first.
    first, then = ({r.urn: r for r in recorded.resources} for recorded in (preview, update))
    assert first.keys() == then.keys()
    for urn, resource in first.items():
        assert (resource.parent, resource.options) == (then[urn].parent, then[urn].options)
        assert resource.inputs.keys() == then[urn].inputs.keys()
    assert preview.named("net-public-a").inputs["vpcId"] == UNKNOWN


def test_everything_belongs_to_the_network() -> None:
    recorded = network(THREE, **EVERYTHING)
    [component] = [r for r in recorded.resources if r.type == NETWORK]
    custom = [r for r in recorded.resources if r.custom]
    assert {r.parent for r in custom} == {component.urn}
    assert all(r.name.startswith("net-") for r in custom)


def test_exactly_the_annotated_outputs_are_registered() -> None:
    [component] = [r for r in network(TWO, instance_connect_endpoint=True).resources if r.type == NETWORK]
    assert component.outputs.keys() == Network.__annotations__.keys()


def test_an_instance_connect_endpoint_is_made_when_it_is_wanted_and_lets_nothing_through_by_itself() -> None:
    without, recorded = network(THREE), network(THREE, instance_connect_endpoint=True)
    made = {"net-instance-connect": "InstanceConnectEndpoint", "net-instance-connect-sg": "SecurityGroup"}
    assert children(recorded) == {**children(without), **made}
    group = recorded.named("net-instance-connect-sg")
    assert recorded.named("net-instance-connect").inputs == {
        "subnetId": recorded.named("net-private-a").id,
        "securityGroupIds": [group.id],
        "preserveClientIp": False,  # or servers would have to let everybody's address in
        "tags": {"Name": "net-instance-connect"},
    }
    assert {"ingress", "egress"} & {*group.inputs} == set()
    (component,) = [r for r in recorded.resources if r.type == NETWORK]
    assert component.outputs["instance_connect_security_group_id"] == group.id


def test_outputs_follow_the_order_of_the_zones() -> None:
    recorded = network(["eu-central-1c", "eu-central-1a"], nat_gateways="one_per_zone")
    [component] = [r for r in recorded.resources if r.type == NETWORK]
    for output, role in (
        ("public_subnet_ids", "public"),
        ("private_subnet_ids", "private"),
        ("isolated_subnet_ids", "isolated"),
        ("private_route_table_ids", "private-routes"),
    ):
        assert component.outputs[output] == [recorded.named(f"net-{role}-{x}").id for x in "ca"]
    assert component.outputs["vpc_id"] == recorded.named("net-vpc").id
    assert component.outputs["cidr_block"] == "10.0.0.0/16"
    assert component.outputs["nat_public_ips"] == ["203.0.113.10"] * 2
    assert component.outputs["s3_endpoint_id"] == recorded.named("net-s3-endpoint").id
    expected = recorded.named("net-default-security-group").id
    assert component.outputs["default_security_group_id"] == expected


def test_subnets_stand_in_their_zone_and_hand_out_no_public_addresses() -> None:
    subnets = network(THREE, cidr_block="172.20.8.0/21").all("ec2/subnet:Subnet")
    table = {r.name: (r.inputs["availabilityZone"], r.inputs["cidrBlock"]) for r in subnets}
    assert table == {
        "net-public-a": ("eu-central-1a", "172.20.8.128/27"),
        "net-private-a": ("eu-central-1a", "172.20.8.0/25"),
        "net-isolated-a": ("eu-central-1a", "172.20.8.160/27"),
        "net-public-b": ("eu-central-1b", "172.20.9.128/27"),
        "net-private-b": ("eu-central-1b", "172.20.9.0/25"),
        "net-isolated-b": ("eu-central-1b", "172.20.9.160/27"),
        "net-public-c": ("eu-central-1c", "172.20.10.128/27"),
        "net-private-c": ("eu-central-1c", "172.20.10.0/25"),
        "net-isolated-c": ("eu-central-1c", "172.20.10.160/27"),
    }
    assert {r.inputs["mapPublicIpOnLaunch"] for r in subnets} == {False}


def test_names_resolve_inside_the_network() -> None:
    vpc = network(TWO).named("net-vpc").inputs
    assert (vpc["enableDnsSupport"], vpc["enableDnsHostnames"]) == (True, True)


def routes(recorded: Recording) -> dict[str, set[tuple[str, str]]]:
    """Target and destination of the routes, by the name of the subnet that has them."""
    tables = {r.id: r.name for r in recorded.all("ec2/routeTable:RouteTable")}
    subnets = {r.id: r.name for r in recorded.all("ec2/subnet:Subnet")}
    names = {r.id: r.name for r in recorded.resources}
    by_table: dict[str, set[tuple[str, str]]] = {table: set() for table in tables}
    for route in recorded.all("ec2/route:Route"):
        target = route.inputs.get("gatewayId") or route.inputs["natGatewayId"]
        by_table[route.inputs["routeTableId"]].add((names[target], route.inputs["destinationCidrBlock"]))
    for endpoint in recorded.all("ec2/vpcEndpoint:VpcEndpoint"):
        for table in endpoint.inputs.get("routeTableIds", []):
            by_table[table].add((endpoint.name, "s3"))
    associations = recorded.all("ec2/routeTableAssociation:RouteTableAssociation")
    assert Counter(r.inputs["subnetId"] for r in associations) == Counter(subnets.keys())
    return {subnets[r.inputs["subnetId"]]: by_table[r.inputs["routeTableId"]] for r in associations}


@pytest.mark.parametrize(
    ("mode", "gateways"),
    [("none", [None, None]), ("single", ["net-nat-a"] * 2), ("one_per_zone", ["net-nat-a", "net-nat-b"])],
)
def test_each_subnet_reaches_what_it_should_and_nothing_else(mode: str, gateways: list[str | None]) -> None:
    s3 = ("net-s3-endpoint", "s3")
    expected: dict[str, set[tuple[str, str]]] = {}
    for letter, gateway in zip("ab", gateways, strict=True):
        expected[f"net-public-{letter}"] = {("net-internet-gateway", "0.0.0.0/0")}
        expected[f"net-private-{letter}"] = {s3, (gateway, "0.0.0.0/0")} if gateway else {s3}
        expected[f"net-isolated-{letter}"] = {s3}
    assert routes(network(TWO, nat_gateways=mode)) == expected


def test_a_nat_gateway_stands_in_the_public_subnet_of_its_zone_with_an_address_of_its_own() -> None:
    recorded = network(TWO, nat_gateways="one_per_zone")
    for letter in "ab":
        inputs = recorded.named(f"net-nat-{letter}").inputs
        assert inputs["subnetId"] == recorded.named(f"net-public-{letter}").id
        assert inputs["allocationId"] == recorded.named(f"net-nat-address-{letter}").id
        assert recorded.named(f"net-nat-address-{letter}").inputs["domain"] == "vpc"


def changed(before: Recording, after: Recording) -> dict[str, set[str]]:
    """Inputs that differ, by the name of the resource; nothing may be missing or have other options."""
    now = {r.urn: r for r in after.resources if r.custom}
    differences: dict[str, set[str]] = {}
    for old in (r for r in before.resources if r.custom):
        new = now[old.urn]
        assert (old.parent, old.options) == (new.parent, new.options)
        assert old.inputs.keys() == new.inputs.keys()
        keys = {key for key, value in old.inputs.items() if new.inputs[key] != value}
        if keys:
            differences[old.name] = keys
    return differences


@pytest.mark.parametrize("mode", list(NatGateways))
@pytest.mark.parametrize("added", ["eu-central-1a", "eu-central-1d"])
def test_adding_a_zone_changes_only_the_lists_that_endpoints_keep(mode: NatGateways, added: str) -> None:
    zones = ["eu-central-1b", "eu-central-1c"]
    args: dict[str, Any] = {"interface_endpoints": ["ssm"], "nat_gateways": mode}
    assert changed(network(zones, **args), network([*zones, added], **args)) == {
        "net-s3-endpoint": {"routeTableIds"},
        "net-endpoint-ssm": {"subnetIds"},
    }


def test_reordering_zones_moves_no_subnet() -> None:
    args: dict[str, Any] = {"nat_gateways": "one_per_zone", "flow_logs": False}
    before, after = network(THREE, **args), network(THREE[::-1], **args)
    assert changed(before, after) == {"net-s3-endpoint": {"routeTableIds"}}
    assert children(before) == children(after)


def test_going_to_one_gateway_per_zone_changes_routes_in_place() -> None:
    before, after = network(THREE), network(THREE, nat_gateways="one_per_zone")
    # Only the target: destination and table would replace the route.
    assert changed(before, after) == {
        "net-private-internet-b": {"natGatewayId"},
        "net-private-internet-c": {"natGatewayId"},
    }


def needs(recorded: Recording, name: str) -> set[str]:
    """Names of all resources that must exist before *name*, and be deleted after it."""
    by_urn = {r.urn: r for r in recorded.resources}
    found: set[str] = set()
    waiting = [recorded.named(name)]
    while waiting:
        for urn in waiting.pop().dependencies:
            if by_urn[urn].name not in found:
                found.add(by_urn[urn].name)
                waiting.append(by_urn[urn])
    return found


def test_the_internet_gateway_is_deleted_after_everything_that_has_a_public_address() -> None:
    recorded = network(TWO)
    assert {"net-internet-gateway", "net-public-internet"} <= needs(recorded, "net-nat-address-a")
    assert {
        "net-internet-gateway",
        "net-public-internet",
        "net-nat-address-a",
        "net-public-a-association",
    } <= needs(recorded, "net-nat-a")


@pytest.mark.parametrize("preview", [False, True])
def test_what_stands_in_a_subnet_waits_for_its_routes(preview: bool) -> None:
    def program() -> None:
        args = NetworkArgs(availability_zones=TWO, interface_endpoints=["ssm"])
        net = Network("net", args)
        for kind in ("public", "private", "isolated"):
            subnet_ids: list[pulumi.Output[str]] = getattr(net, f"{kind}_subnet_ids")
            aws.ec2.NetworkInterface(f"user-{kind}", subnet_id=subnet_ids[1])

    recorded = recording(program, preview=preview)
    assert {"net-public-b-association", "net-public-internet", "net-internet-gateway"} <= needs(recorded, "user-public")
    assert {
        "net-private-b-association",
        "net-private-internet-b",
        "net-nat-a",
        "net-s3-endpoint",
        "net-endpoint-ssm",
        "net-endpoints-https",
    } <= needs(recorded, "user-private")
    isolated = needs(recorded, "user-isolated")
    assert "net-isolated-b-association" in isolated
    assert "net-nat-a" not in isolated


def test_waiting_for_routes_does_not_make_known_subnets_unknown() -> None:
    """As when NAT is added to a network that stands: only what is new is unknown in the preview."""

    def resolve(resource: Registered) -> tuple[str, dict[str, Any]]:
        new = resource.type in {"aws:ec2/route:Route", "aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"}
        return "" if new else f"{resource.name}-id", dict(resource.inputs)

    def program() -> None:
        net = Network("net", NetworkArgs(availability_zones=TWO, flow_logs=False))
        aws.ec2.NetworkInterface("user", subnet_id=net.private_subnet_ids[0])

    recorded = record(program, resolve, lambda *_: {}, preview=True)
    assert recorded.named("user").inputs["subnetId"] == "net-private-a-id"
    assert recorded.named("net-private-internet-a").inputs["natGatewayId"] == UNKNOWN


def test_default_security_group_and_route_table_are_emptied() -> None:
    recorded = network(TWO)
    group = recorded.named("net-default-security-group").inputs
    assert (group["ingress"], group["egress"]) == ([], [])
    assert recorded.named("net-default-routes").inputs["routes"] == []


def admits(rules: list[dict[str, Any]], protocol: str, port: int, source: str) -> bool:
    """Whether a network ACL lets a packet in, as AWS reads it: by rule number, the first match decides."""
    for rule in sorted(rules, key=lambda rule: rule["ruleNo"]):
        everything = rule["protocol"] == "-1"
        in_range = rule["fromPort"] <= port <= rule["toPort"]
        if rule["cidrBlock"] == source and (everything or (rule["protocol"] == protocol and in_range)):
            return rule["action"] == "allow"
    return False


def test_the_world_gets_neither_ssh_nor_rdp_past_the_network_acl() -> None:
    acl = network(TWO, cidr_block="10.8.0.0/16").named("net-default-acl")
    rules = acl.inputs["ingress"]
    for protocol in ("6", "17"):  # TCP and UDP
        admitted = [p for p in range(65536) if admits(rules, protocol, p, "0.0.0.0/0")]
        assert sorted(set(range(65536)) - set(admitted)) == [22, 3389]
    assert admits(rules, "6", 22, "10.8.0.0/16")
    assert all(rule["protocol"] != "-1" for rule in rules if rule["cidrBlock"] == "0.0.0.0/0")
    [icmp] = [rule for rule in rules if rule["protocol"] == "1"]
    assert (icmp["icmpType"], icmp["icmpCode"]) == (-1, -1)
    # What the provider's documentation asks for, as the subnets are not listed.
    assert acl.options["ignoreChanges"] == ["subnetIds"]


def test_the_network_acl_stays_within_its_quota_and_lets_everything_out() -> None:
    acl = network(TWO).named("net-default-acl").inputs
    numbers = [rule["ruleNo"] for rule in acl["ingress"]]
    assert len(set(numbers)) == len(numbers) <= 20
    [out] = acl["egress"]
    assert (out["action"], out["protocol"], out["cidrBlock"]) == ("allow", "-1", "0.0.0.0/0")


def test_endpoints_let_only_identities_of_this_account_through_where_they_take_a_policy() -> None:
    recorded = network(TWO, interface_endpoints=["ssm", "ecr.api"])
    (allowed,) = json.loads(recorded.named("net-endpoint-ssm").inputs["policy"])["Statement"]
    assert allowed["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
    assert "policy" not in recorded.named("net-endpoint-ecr.api").inputs


def test_endpoints_answer_under_the_usual_names_to_the_network_only() -> None:
    recorded = network(THREE, cidr_block="10.9.0.0/16", interface_endpoints=["ssm"])
    endpoint = recorded.named("net-endpoint-ssm").inputs
    assert endpoint["serviceName"] == "com.amazonaws.eu-central-1.ssm"
    assert (endpoint["vpcEndpointType"], endpoint["privateDnsEnabled"]) == ("Interface", True)
    assert endpoint["subnetIds"] == [recorded.named(f"net-private-{x}").id for x in "abc"]
    assert endpoint["securityGroupIds"] == [recorded.named("net-endpoints").id]
    [rule] = [r.inputs for r in recorded.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")]
    assert rule["securityGroupId"] == recorded.named("net-endpoints").id
    assert (rule["cidrIpv4"], rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == (
        "10.9.0.0/16",
        "tcp",
        443,
        443,
    )
    s3 = recorded.named("net-s3-endpoint").inputs
    assert (s3["vpcEndpointType"], s3["serviceName"]) == ("Gateway", "com.amazonaws.eu-central-1.s3")


def test_all_traffic_is_logged_for_the_days_asked_for() -> None:
    recorded = network(TWO, flow_log_retention_days=365)
    group, log = recorded.named("net-flow-logs"), recorded.named("net-flow-log")
    assert group.inputs["retentionInDays"] == 365
    assert log.inputs["vpcId"] == recorded.named("net-vpc").id
    assert (log.inputs["trafficType"], log.inputs["logDestinationType"]) == ("ALL", "cloud-watch-logs")
    assert log.inputs["logDestination"] == group.outputs["arn"]
    assert log.inputs["iamRoleArn"] == recorded.named("net-flow-logs-role").outputs["arn"]
    assert "net-flow-logs-policy" in needs(recorded, "net-flow-log")


def test_only_flow_logs_of_this_account_can_use_their_role() -> None:
    trust = json.loads(network(TWO).named("net-flow-logs-role").inputs["assumeRolePolicy"])
    [statement] = trust["Statement"]
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-central-1:123456789012:vpc-flow-log/*"},
    }


def test_the_role_of_flow_logs_writes_to_their_group_and_nowhere_else() -> None:
    recorded = network(TWO)
    arn = recorded.named("net-flow-logs").outputs["arn"]
    policy = recorded.named("net-flow-logs-policy").inputs
    [statement] = json.loads(policy["policy"])["Statement"]
    assert policy["role"] == recorded.named("net-flow-logs-role").outputs["name"]
    assert statement["Resource"] == [arn, f"{arn}:*"]
    assert "logs:CreateLogGroup" not in statement["Action"]
    assert not [action for action in statement["Action"] if "*" in action]


UNTAGGABLE = {"Route", "RouteTableAssociation", "RolePolicy"}


def test_tags_reach_everything_that_can_carry_them() -> None:
    recorded = network(THREE, tags={"team": "web"}, **EVERYTHING)
    bare = {r.type.split(":")[-1] for r in recorded.resources if r.custom and "tags" not in r.inputs}
    assert bare == UNTAGGABLE
    assert {r.inputs["tags"]["team"] for r in recorded.resources if "tags" in r.inputs} == {"web"}
    assert recorded.named("net-public-a").inputs["tags"]["Name"] == "net-public-a"


def test_a_tag_of_the_caller_overrides_the_name() -> None:
    assert network(TWO, tags={"Name": "mine"}).named("net-vpc").inputs["tags"] == {"Name": "mine"}


def test_no_child_has_a_fixed_physical_name() -> None:
    named = [
        r.name
        for r in network(THREE, **EVERYTHING).resources
        if r.custom and ({"name", "namePrefix"} & r.inputs.keys())
    ]
    assert named == []


RETENTION = "1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"

SERVICE = "the short name of an AWS service in lower-case letters, digits, dots and hyphens, such as ssm or ecr.api"

WITHOUT_DNS = "S3 always has its gateway endpoint, DynamoDB is reached through NAT"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            {"availability_zones": ["eu-central-1a"]},
            "availability_zones must name between 2 and 8 zones (a load balancer and a database need two), got 1",
        ),
        ({"availability_zones": "eu-central-1a"}, "availability_zones must be a list, got 'eu-central-1a'"),
        ({"availability_zones": None}, "missing availability_zones"),
        ({"zones": TWO}, None),
        (
            {"cidr_block": "10.0.0.1/16"},
            "cidr_block must be the first address of its network, 10.0.0.0/16, got '10.0.0.1/16'",
        ),
        ({"nat_gateways": "two"}, "nat_gateways must be one of none, single, one_per_zone, got 'two'"),
        (
            {"flow_log_retention_days": 13},
            f"flow_log_retention_days must be one of {RETENTION}, got 13",
        ),
        ({"flow_log_retention_days": 0}, f"flow_log_retention_days must be one of {RETENTION}, got 0"),
        (
            {"flow_log_retention_days": 13, "flow_logs": False},
            f"flow_log_retention_days must be one of {RETENTION}, got 13",
        ),
        ({"flow_logs": "yes"}, "flow_logs must be true or false, got 'yes'"),
        ({"interface_endpoints": ["SSM"]}, f"interface_endpoints[0] must be {SERVICE}, got 'SSM'"),
        ({"interface_endpoints": ["ssm", "ec2 "]}, f"interface_endpoints[1] must be {SERVICE}, got 'ec2 '"),
        ({"interface_endpoints": [""]}, f"interface_endpoints[0] must be {SERVICE}, got ''"),
        ({"interface_endpoints": [".ssm"]}, f"interface_endpoints[0] must be {SERVICE}, got '.ssm'"),
        (
            {"interface_endpoints": ["s3"]},
            f"interface_endpoints[0] must be a service with private DNS, got 's3'; {WITHOUT_DNS}",
        ),
        (
            {"interface_endpoints": ["dynamodb"]},
            f"interface_endpoints[0] must be a service with private DNS, got 'dynamodb'; {WITHOUT_DNS}",
        ),
        (
            {"interface_endpoints": ["ssm", "ssm"]},
            "interface_endpoints[1] must name each service once, got 'ssm' twice",
        ),
    ],
)
def test_a_wrong_argument_is_one_clear_line_before_anything_is_registered(
    args: dict[str, Any], message: str | None
) -> None:
    known = ", ".join(sorted(NetworkArgs.__annotations__))
    assert refused(**args) == f"Network: {message or f'unknown zones; known are {known}'}"


def test_a_name_that_is_too_long_for_its_role_is_refused() -> None:
    name = "n" * 42

    def program() -> None:
        Network(name, NetworkArgs(availability_zones=TWO))

    with pytest.raises(InvalidArgs, match="is too long for an IAM role"):
        recording(program)


def test_the_days_of_retention_are_those_of_the_api_model() -> None:
    model = Path(botocore.__file__).parent / "data/logs/2014-03-28/service-2.json.gz"
    days = json.loads(gzip.decompress(model.read_bytes()))["shapes"]["Days"]["documentation"]
    values = days.split("Possible values are:")[1].split(".")[0]
    assert re.findall(r"\d+", values) == RETENTION.split(", ")


def test_numbers_and_modes_may_come_as_the_component_host_sends_them() -> None:
    recorded = network(TWO, flow_log_retention_days=60.0, nat_gateways="none")
    assert recorded.named("net-flow-logs").inputs["retentionInDays"] == 60
    assert recorded.all("ec2/natGateway:NatGateway") == []

"""What stands there after `dev` and `prod` are deployed, asked of the emulator's API."""

import base64
import gzip
import json
from typing import Any

import pytest

from .stacks import Stack, deployed

TAGS = {"project": "elasticweb", "managed-by": "pulumi"}
DAILY, MONDAY, MOST = 5, 20, 40

pytestmark = pytest.mark.xdist_group("stacks")


@pytest.fixture(params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> Stack:
    return deployed(request.param)


@pytest.fixture
def prod() -> Stack:
    return deployed("prod")


@pytest.fixture
def dev() -> Stack:
    return deployed("dev")


def fleet(stack: Stack, name: str = "web-fleet") -> dict[str, Any]:
    names = [stack[name].id]
    return stack.ask("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=names)["AutoScalingGroups"][0]


def launched_by(stack: Stack, name: str) -> dict[str, Any]:
    template = fleet(stack, name)["LaunchTemplate"]
    told = stack.ask(
        "ec2",
        "describe_launch_template_versions",
        LaunchTemplateId=template["LaunchTemplateId"],
        Versions=[template["Version"]],
    )
    return told["LaunchTemplateVersions"][0]["LaunchTemplateData"]


def instances(stack: Stack) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for resource in stack.of("rds/instance:Instance"):
        name = resource.outputs["identifier"]
        told = stack.ask("rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"][0]
        found[resource.name.removeprefix(f"{stack.name}-")] = told
    return found


def test_prod_has_five_servers_twenty_on_monday_mornings_at_most_forty(prod: Stack) -> None:
    group = fleet(prod)
    assert (group["MinSize"], group["DesiredCapacity"], group["MaxSize"]) == (DAILY, DAILY, MOST)
    assert len(group["Instances"]) == DAILY
    told = prod.ask("autoscaling", "describe_scheduled_actions", AutoScalingGroupName=group["AutoScalingGroupName"])
    actions = {a["ScheduledActionName"]: a for a in told["ScheduledUpdateGroupActions"]}
    assert {name: a["MinSize"] for name, a in actions.items()} == {
        "prod-web-monday-morning": MONDAY,
        "prod-web-base": DAILY,
    }
    assert all("DesiredCapacity" not in a for a in actions.values()), "or the schedule would undo what demand has done"
    assert {a["TimeZone"] for a in actions.values()} == {"Europe/Zurich"}
    assert actions["prod-web-monday-morning"]["Recurrence"] == "50 6-11 * * MON"


def test_demand_scales_between_floor_and_maximum(prod: Stack) -> None:
    told = prod.ask("autoscaling", "describe_policies", AutoScalingGroupName=prod["web-fleet"].id)["ScalingPolicies"]
    targets = {
        p["TargetTrackingConfiguration"]["PredefinedMetricSpecification"]["PredefinedMetricType"]: p[
            "TargetTrackingConfiguration"
        ]["TargetValue"]
        for p in told
    }
    assert targets == {"ASGAverageCPUUtilization": 50, "ALBRequestCountPerTarget": 1200}


def test_dev_has_one_server_and_none_at_night_and_on_weekends(dev: Stack) -> None:
    group = fleet(dev)
    assert (group["MinSize"], group["MaxSize"]) == (1, 2)
    told = dev.ask("autoscaling", "describe_scheduled_actions", AutoScalingGroupName=group["AutoScalingGroupName"])
    actions = {
        a["ScheduledActionName"]: (a["Recurrence"], a["MinSize"], a["MaxSize"])
        for a in told["ScheduledUpdateGroupActions"]
    }
    assert actions == {
        "dev-web-base": ("0 7-19 * * MON,TUE,WED,THU,FRI", 1, 2),
        "dev-web-night": ("0 0-6,20-23 * * *", 0, 0),
    }


def test_the_servers_are_healthy_behind_the_load_balancer(stack: Stack) -> None:
    arn = stack["web-target"].id
    told = stack.ask("elbv2", "describe_target_health", TargetGroupArn=arn)["TargetHealthDescriptions"]
    assert {t["Target"]["Id"] for t in told} == {i["InstanceId"] for i in fleet(stack)["Instances"]}
    assert {t["TargetHealth"]["State"] for t in told} == {"healthy"}
    group = stack.ask("elbv2", "describe_target_groups", TargetGroupArns=[arn])["TargetGroups"][0]
    assert (group["HealthCheckPath"], group["Matcher"]["HttpCode"]) == ("/healthz", "200-399")
    assert fleet(stack)["HealthCheckType"] == "ELB"


def test_servers_stand_in_private_subnets_and_the_load_balancer_in_public_ones(stack: Stack) -> None:
    outputs = stack.deployment.recording.stack_outputs
    assert set(fleet(stack)["VPCZoneIdentifier"].split(",")) == set(outputs["private_subnet_ids"])
    arns = [stack["web-alb"].id]
    balancer = stack.ask("elbv2", "describe_load_balancers", LoadBalancerArns=arns)["LoadBalancers"][0]
    assert {z["SubnetId"] for z in balancer["AvailabilityZones"]} == set(outputs["public_subnet_ids"])
    assert balancer["Scheme"] == "internet-facing"


@pytest.mark.parametrize("name", ["web-fleet", "worker-group"])
def test_servers_are_launched_as_they_should_be(stack: Stack, name: str) -> None:
    data = launched_by(stack, name)
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert "KeyName" not in data
    volumes = [m["Ebs"] for m in data["BlockDeviceMappings"]]
    assert volumes
    assert all(v["Encrypted"] and v["VolumeType"] == "gp3" for v in volumes)
    assert len(base64.b64decode(data["UserData"])) <= 16 * 1024
    tagged = {spec["ResourceType"]: {t["Key"]: t["Value"] for t in spec["Tags"]} for spec in data["TagSpecifications"]}
    assert {"instance", "volume"} <= set(tagged)


def test_no_secret_is_in_user_data(stack: Stack) -> None:
    password = stack["db-primary"].inputs["password"]
    assert len(password) >= 32
    for name in ("web-fleet", "worker-group"):
        raw = base64.b64decode(launched_by(stack, name)["UserData"])
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
        assert "DATABASE_SECRET_ARN" in text
        assert password not in text


def test_prod_answers_on_https_and_redirects_to_it(prod: Stack) -> None:
    told = prod.ask("elbv2", "describe_listeners", LoadBalancerArn=prod["web-alb"].id)["Listeners"]
    listeners = {listener["Protocol"]: listener for listener in told}
    assert set(listeners) == {"HTTP", "HTTPS"}
    redirect = listeners["HTTP"]["DefaultActions"][0]["RedirectConfig"]
    assert (redirect["Protocol"], redirect["Port"], redirect["StatusCode"]) == ("HTTPS", "443", "HTTP_301")
    secure = listeners["HTTPS"]
    assert secure["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert secure["DefaultActions"][0]["TargetGroupArn"] == prod["web-target"].id
    arn = secure["Certificates"][0]["CertificateArn"]
    certificate = prod.ask("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
    assert certificate["Status"] == "ISSUED"
    assert set(certificate["SubjectAlternativeNames"]) == {"example.org", "www.example.org"}


def test_dev_answers_on_plain_http(dev: Stack) -> None:
    told = dev.ask("elbv2", "describe_listeners", LoadBalancerArn=dev["web-alb"].id)["Listeners"]
    assert [(listener["Protocol"], listener["Port"]) for listener in told] == [("HTTP", 80)]
    assert told[0]["DefaultActions"][0]["Type"] == "forward"


def test_the_names_of_prod_lead_to_the_load_balancer(prod: Stack) -> None:
    records = prod.ask("route53", "list_resource_record_sets", HostedZoneId=prod["web-zone"].id)["ResourceRecordSets"]
    aliases = {r["Name"]: r["AliasTarget"]["DNSName"] for r in records if "AliasTarget" in r}
    dns_name = prod.deployment.recording.stack_outputs["load_balancer_dns_name"]
    assert {name: target.rstrip(".") for name, target in aliases.items()} == {
        "example.org.": dns_name,
        "www.example.org.": dns_name,
    }


@pytest.mark.parametrize(("name", "replicas", "multi_az"), [("dev", 1, False), ("prod", 2, True)])
def test_the_primary_has_its_replicas(name: str, replicas: int, *, multi_az: bool) -> None:
    found = instances(deployed(name))
    primary = found.pop("db-primary")
    assert primary["MultiAZ"] is multi_az
    assert "ReadReplicaSourceDBInstanceIdentifier" not in primary
    assert set(found) == {f"db-replica-{number}" for number in range(1, replicas + 1)}
    for replica in found.values():
        assert replica["ReadReplicaSourceDBInstanceIdentifier"] == primary["DBInstanceIdentifier"]
    assert set(primary["ReadReplicaDBInstanceIdentifiers"]) == {r["DBInstanceIdentifier"] for r in found.values()}


def test_every_database_is_encrypted_private_and_grows(stack: Stack) -> None:
    isolated = set(stack.deployment.recording.stack_outputs["isolated_subnet_ids"])
    for instance in instances(stack).values():
        assert (instance["Engine"], instance["EngineVersion"]) == ("mysql", "8.4")
        assert instance["StorageEncrypted"] is True
        assert instance["PubliclyAccessible"] is False
        assert instance["MaxAllocatedStorage"] > instance["AllocatedStorage"]
        assert {s["SubnetIdentifier"] for s in instance["DBSubnetGroup"]["Subnets"]} == isolated
        assert [g["VpcSecurityGroupId"] for g in instance["VpcSecurityGroups"]] == [stack["db-security-group"].id]
    primary = instances(stack)["db-primary"]
    assert primary["BackupRetentionPeriod"] == (14 if stack.name == "prod" else 7)
    assert primary["DeletionProtection"] is (stack.name == "prod")


def test_mysql_wants_tls(stack: Stack) -> None:
    name = stack["db-parameters"].id
    told = stack.ask("rds", "describe_db_parameters", DBParameterGroupName=name)["Parameters"]
    values = {p["ParameterName"]: p.get("ParameterValue") for p in told}
    assert values["require_secure_transport"] in ("1", "ON")
    assert values["character_set_server"] == "utf8mb4"


def test_the_reader_name_spreads_over_the_replicas(stack: Stack) -> None:
    records = stack.ask("route53", "list_resource_record_sets", HostedZoneId=stack["db-zone"].id)["ResourceRecordSets"]
    found: dict[tuple[str, int | None], list[str]] = {}
    for record in records:
        if record["Type"] == "CNAME":
            name = record["Name"].split(".")[0], record.get("Weight")
            found.setdefault(name, []).append(record["ResourceRecords"][0]["Value"])
    databases = {name: i["Endpoint"]["Address"] for name, i in instances(stack).items()}
    primary = databases.pop("db-primary")
    assert found.pop(("db", None)) == found.pop(("db-ro", 0)) == [primary]
    assert sorted(found["db-ro", 100]) == sorted(databases.values())


def test_the_secret_knows_both_names_and_the_password(stack: Stack) -> None:
    arn = stack.deployment.recording.stack_outputs["database_secret_arn"]
    value = json.loads(stack.ask("secretsmanager", "get_secret_value", SecretId=arn)["SecretString"])
    outputs = stack.deployment.recording.stack_outputs
    assert outputs["database_host"] in value.values()
    assert outputs["database_reader_host"] in value.values()
    assert stack["db-primary"].inputs["password"] in value.values()


def permissions(stack: Stack, group: str, direction: str) -> list[tuple[str, int | None, str]]:
    groups = stack.ask("ec2", "describe_security_groups", GroupIds=[group])["SecurityGroups"]
    found: list[tuple[str, int | None, str]] = []
    for rule in groups[0][direction]:
        sources = [p["GroupId"] for p in rule["UserIdGroupPairs"]] + [r["CidrIp"] for r in rule["IpRanges"]]
        sources += [r["CidrIpv6"] for r in rule["Ipv6Ranges"]] + [p["PrefixListId"] for p in rule["PrefixListIds"]]
        found += [(rule["IpProtocol"], rule.get("FromPort"), source) for source in sources]
    return sorted(found, key=str)


def test_each_group_of_servers_lets_in_only_who_has_to_come(stack: Stack) -> None:
    balancer, web = stack["web-alb-sg"].id, stack["web-server-sg"].id
    worker, database = stack["worker-machine-sg"].id, stack["db-security-group"].id
    files = stack["storage-mount-targets"].id
    ports = {80, 443} if stack.name == "prod" else {80}
    assert {(port, source) for _, port, source in permissions(stack, balancer, "IpPermissions")} == {
        (port, "0.0.0.0/0") for port in ports
    }
    assert permissions(stack, balancer, "IpPermissionsEgress") == [("tcp", 80, web)]
    assert permissions(stack, web, "IpPermissions") == [("tcp", 80, balancer)]
    assert permissions(stack, worker, "IpPermissions") == []
    function = stack["db-users-security-group"].id
    users = sorted([("tcp", 3307, web), ("tcp", 3307, worker), ("tcp", 3307, function)])
    assert permissions(stack, database, "IpPermissions") == users
    assert permissions(stack, database, "IpPermissionsEgress") == []
    assert {source for _, _, source in permissions(stack, files, "IpPermissions")} == {web, worker}
    for server in (web, worker):
        out = permissions(stack, server, "IpPermissionsEgress")
        assert {(port, source) for _, port, source in out if source.startswith("0")} == {
            (80, "0.0.0.0/0"),
            (443, "0.0.0.0/0"),
        }
        assert {source for _, _, source in out if source.startswith("sg-")} == {database, files}


def test_the_defaults_of_the_network_let_nothing_through(stack: Stack) -> None:
    default = stack["network-default-security-group"].id
    assert permissions(stack, default, "IpPermissions") == permissions(stack, default, "IpPermissionsEgress") == []
    vpc = stack.deployment.recording.stack_outputs["vpc_id"]
    mine = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    main = stack.ask("ec2", "describe_route_tables", Filters=mine)["RouteTables"][0]
    assert [r["GatewayId"] for r in main["Routes"]] == ["local"]


@pytest.mark.parametrize(("name", "gateways", "zones"), [("dev", 1, 2), ("prod", 3, 3)])
def test_the_network_spans_its_zones(name: str, gateways: int, zones: int) -> None:
    stack = deployed(name)
    vpc = [{"Name": "vpc-id", "Values": [stack.deployment.recording.stack_outputs["vpc_id"]]}]
    subnets = stack.ask("ec2", "describe_subnets", Filters=vpc)["Subnets"]
    assert len(subnets) == 3 * zones
    assert len({s["AvailabilityZone"] for s in subnets}) == zones
    assert not any(s["MapPublicIpOnLaunch"] for s in subnets)
    assert len(stack.ask("ec2", "describe_nat_gateways", Filter=vpc)["NatGateways"]) == gateways
    logs = stack.ask("ec2", "describe_flow_logs", Filter=[{"Name": "resource-id", "Values": vpc[0]["Values"]}])
    assert [log["TrafficType"] for log in logs["FlowLogs"]] == ["ALL"]


def test_every_bucket_is_private_versioned_encrypted_and_refuses_plain_http(stack: Stack) -> None:
    buckets = stack.of("s3/bucket:Bucket")
    assert len(buckets) >= 2
    for bucket in buckets:
        mine = {"Bucket": bucket.id}
        assert stack.ask("s3", "get_bucket_versioning", **mine)["Status"] == "Enabled"
        rules = stack.ask("s3", "get_bucket_encryption", **mine)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("AES256", "aws:kms")
        block = stack.ask("s3", "get_public_access_block", **mine)["PublicAccessBlockConfiguration"]
        assert len(block) == 4
        assert all(block.values())
        policy = json.loads(stack.ask("s3", "get_bucket_policy", **mine)["Policy"])
        denied = [s for s in policy["Statement"] if s["Effect"] == "Deny"]
        assert any(s.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}} for s in denied)
        assert stack.ask("s3", "get_bucket_lifecycle_configuration", **mine)["Rules"]
        controls = stack.ask("s3", "get_bucket_ownership_controls", **mine)["OwnershipControls"]["Rules"]
        assert controls[0]["ObjectOwnership"] == "BucketOwnerEnforced"


def test_access_logs_go_to_their_bucket(stack: Stack) -> None:
    told = stack.ask("elbv2", "describe_load_balancer_attributes", LoadBalancerArn=stack["web-alb"].id)
    attributes = {a["Key"]: a["Value"] for a in told["Attributes"]}
    assert attributes["access_logs.s3.enabled"] == "true"
    bucket = attributes["access_logs.s3.bucket"]
    assert bucket == stack["web-logs"].id
    assert attributes["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert attributes["deletion_protection.enabled"] == ("true" if stack.name == "prod" else "false")
    policy = json.loads(stack.ask("s3", "get_bucket_policy", Bucket=bucket)["Policy"])
    writers = [s for s in policy["Statement"] if s["Effect"] == "Allow"]
    assert [s["Principal"] for s in writers] == [{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}]
    assert [s["Action"] for s in writers] == ["s3:PutObject"]


def test_the_workers_volume_is_encrypted_in_its_zone_and_snapshotted(stack: Stack) -> None:
    volume = stack.ask("ec2", "describe_volumes", VolumeIds=[stack["worker-data-volume"].id])["Volumes"][0]
    assert volume["Encrypted"] is True
    assert volume["VolumeType"] == "gp3"
    group = fleet(stack, "worker-group")
    assert group["AvailabilityZones"] == [volume["AvailabilityZone"]]
    assert (group["MinSize"], group["MaxSize"]) == (1, 1)
    tags = {t["Key"]: t["Value"] for t in volume["Tags"]}
    details = stack["worker-data-snapshots"].inputs["policyDetails"]
    assert details["targetTags"]
    assert details["targetTags"].items() <= tags.items()


def test_default_tags_are_on_everything_that_takes_tags(stack: Stack) -> None:
    wanted = {**TAGS, "stack": stack.name}
    taggable = [r for r in stack.deployment.recording.resources if "tagsAll" in r.outputs]
    assert len(taggable) > 40
    for resource in taggable:
        assert wanted.items() <= resource.outputs["tagsAll"].items(), resource.name


def test_default_tags_are_on_aws_too_and_on_what_the_fleet_launches(stack: Stack) -> None:
    wanted = {**TAGS, "stack": stack.name}

    def tags(found: list[dict[str, str]]) -> dict[str, str]:
        return {t["Key"]: t["Value"] for t in found}

    told = stack.ask("elbv2", "describe_tags", ResourceArns=[stack["web-alb"].id, stack["web-target"].id])
    assert all(wanted.items() <= tags(d["Tags"]).items() for d in told["TagDescriptions"])
    for instance in instances(stack).values():
        assert wanted.items() <= tags(instance["TagList"]).items()
    bucket = stack.ask("s3", "get_bucket_tagging", Bucket=stack.deployment.recording.stack_outputs["bucket_name"])
    assert wanted.items() <= tags(bucket["TagSet"]).items()
    role = stack.ask("iam", "list_role_tags", RoleName=stack["web-server-role"].id)["Tags"]
    assert wanted.items() <= tags(role).items()
    for name in ("web-fleet", "worker-group"):
        group = fleet(stack, name)
        assert all(t["PropagateAtLaunch"] for t in group["Tags"])
        assert wanted.items() <= tags(group["Tags"]).items()
        ids = [i["InstanceId"] for i in group["Instances"]]
        reservations = stack.ask("ec2", "describe_instances", InstanceIds=ids)["Reservations"]
        for instance in (i for r in reservations for i in r["Instances"]):
            assert wanted.items() <= tags(instance["Tags"]).items()
    vpc = stack.deployment.recording.stack_outputs["vpc_id"]
    subnets = stack.ask("ec2", "describe_subnets", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    assert all(wanted.items() <= tags(s["Tags"]).items() for s in subnets)


def test_servers_may_do_what_they_need_and_no_more(stack: Stack) -> None:
    for role in ("web-server-role", "worker-machine-role"):
        name = stack[role].id
        attached = stack.ask("iam", "list_attached_role_policies", RoleName=name)["AttachedPolicies"]
        assert [p["PolicyName"] for p in attached] == ["AmazonSSMManagedInstanceCore"]
        for policy in stack.ask("iam", "list_role_policies", RoleName=name)["PolicyNames"]:
            document = stack.ask("iam", "get_role_policy", RoleName=name, PolicyName=policy)["PolicyDocument"]
            for statement in document["Statement"]:
                actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
                assert not any(action == "*" or action.endswith(":*") for action in actions)


def test_what_the_emulator_does_not_carry_is_named(stack: Stack) -> None:
    whole = {r.type.split("/")[0] for r in stack.deployment.recorded_only if not r.properties}
    assert whole <= {"aws:dlm", "aws:lambda", "aws:s3", "aws:secretsmanager"}
    names = {r.name for r in stack.deployment.recorded_only if not r.properties}
    assert f"{stack.name}-worker-data-snapshots" in names
    assert f"{stack.name}-storage-files" in names

"""What security auditors ask of such a stack, asked of everything that the program declares (docs/security.md)."""

import ast
import base64
import gzip
import ipaddress
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.recorder import Registered
from tests.programs import PROGRAMS, ROOT, Program, evaluated

WORLD = ("0.0.0.0/0", "::/0")
SSH, RDP = 22, 3389

# Types of which nothing is asked below but what is asked of all (policies and secrets are found wherever they are). A
# type that is neither here nor in a test is new: find out what auditors ask of it (Security Hub user guide, "Security
# Hub controls reference"), then test that or add the type here.
NOTHING_TO_ASK = {
    "backup/selection:Selection",
    "acm/certificateValidation:CertificateValidation",
    "appautoscaling/policy:Policy",
    "appautoscaling/scheduledAction:ScheduledAction",
    "appautoscaling/target:Target",
    "autoscaling/lifecycleHook:LifecycleHook",
    "autoscaling/policy:Policy",
    "cloudwatch/eventRule:EventRule",
    "cloudwatch/eventTarget:EventTarget",
    "autoscaling/schedule:Schedule",
    "ec2/eip:Eip",
    "ec2/internetGateway:InternetGateway",
    "ec2/routeTable:RouteTable",
    "iam/rolePolicy:RolePolicy",
    "imagebuilder/component:Component",
    "imagebuilder/imagePipeline:ImagePipeline",
    "imagebuilder/lifecyclePolicy:LifecyclePolicy",
    "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "lambda/invocation:Invocation",
    "lb/targetGroup:TargetGroup",
    "route53/record:Record",
    "s3/bucketNotification:BucketNotification",
    "secretsmanager/secretVersion:SecretVersion",
    "ssm/parameter:Parameter",
}

# Actions for which IAM knows no resource (service authorization reference).
ANY_RESOURCE = {
    "autoscaling:DescribeAutoScalingInstances",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "ec2:DescribeTags",
    "ec2:DescribeVolumes",
    "route53:CreateHealthCheck",
    "route53:ListHealthChecks",
}

# AWS's own policies, each for one purpose; none of them lets anybody change permissions or read all data.
MANAGED_POLICIES = {
    "AWSBackupServiceRolePolicyForS3Backup",
    "AWSBackupServiceRolePolicyForS3Restore",
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
    "AmazonSSMManagedInstanceCore",
    "EC2InstanceProfileForImageBuilder",
    "service-role/EC2ImageBuilderLifecycleExecutionPolicy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
    "service-role/AWSDataLifecycleManagerServiceRole",
    "service-role/AWSLambdaENIManagementAccess",
}

# Services for which AWS documents no aws:SourceAccount: instances assume their role by their profile, load balancers
# are limited by the account in the path that they may write to, EventBridge fills in no condition for topics and their
# keys (SNS developer guide, "Key management"), Image Builder's trust policy has none ("Lifecycle management
# prerequisites"), AWS Backup is documented to fill it in for topics, not for its roles, and S3's replication not at all
# (S3 user guide, "Setting up permissions for live replication").
WITHOUT_SOURCE = {
    "backup.amazonaws.com",
    "ec2.amazonaws.com",
    "events.amazonaws.com",
    "imagebuilder.amazonaws.com",
    "lambda.amazonaws.com",  # roles of functions can be passed in their own account only (IAM user guide, PassRole)
    "logdelivery.elasticloadbalancing.amazonaws.com",
    "s3.amazonaws.com",
}

# Where resources have their policies.
GRANTS = ("policy", "assumeRolePolicy", "resourcePolicy")

# Forward secrecy and TLS 1.2 at least (Elastic Load Balancing user guide, "Security policies").
TLS_POLICIES = {
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
}


# Sections of docs/security.md in which every row names a test.
TESTED = ("What is met", "Settings that prod has on")


@pytest.fixture(params=PROGRAMS, scope="module")
def program(request: pytest.FixtureRequest) -> Program:
    return evaluated(request.param)


@pytest.fixture(scope="module")
def prod() -> Program:
    return evaluated("prod")


# Networks


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


# Servers


def test_every_disk_is_encrypted(program: Program) -> None:
    for volume in program.all("ebs/volume:Volume"):
        assert volume.inputs["encrypted"] is True, volume.name
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        disks = template.inputs["blockDeviceMappings"]
        assert disks, f"{template.name} leaves its root volume to the image"
        for disk in disks:
            assert disk["ebs"]["encrypted"] in (True, "true"), template.name


def test_instance_metadata_asks_for_tokens_and_stays_on_the_machine(program: Program) -> None:
    assert program.any("ec2/instance:Instance") == []
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        assert template.inputs["metadataOptions"]["httpTokens"] == "required", template.name
        assert template.inputs["metadataOptions"]["httpPutResponseHopLimit"] == 1, template.name


def test_images_are_built_where_nobody_comes_in_and_are_encrypted_and_nobody_elses() -> None:
    golden = evaluated("golden")
    for builders in golden.all("imagebuilder/infrastructureConfiguration:InfrastructureConfiguration"):
        assert builders.inputs["instanceMetadataOptions"] == {"httpTokens": "required", "httpPutResponseHopLimit": 1}
        assert builders.inputs["terminateInstanceOnFailure"] is True
        assert "keyPair" not in builders.inputs
        rules = golden.any("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        assert not {r.inputs["securityGroupId"] for r in rules} & {*builders.inputs["securityGroupIds"]}
    for recipe in golden.all("imagebuilder/imageRecipe:ImageRecipe"):
        assert [d["ebs"]["encrypted"] for d in recipe.inputs["blockDeviceMappings"]] == ["true"]
    for published in golden.all("imagebuilder/distributionConfiguration:DistributionConfiguration"):
        for place in published.inputs["distributions"]:
            assert "launchPermission" not in place["amiDistributionConfiguration"]


def test_servers_are_reached_by_session_manager_and_have_no_keys(program: Program) -> None:
    managed = {
        a.inputs["role"]
        for a in program.all("iam/rolePolicyAttachment:RolePolicyAttachment")
        if a.inputs["policyArn"].endswith(":policy/AmazonSSMManagedInstanceCore")
    }
    profiles = {p.outputs["arn"]: p for p in program.all("iam/instanceProfile:InstanceProfile")}
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        assert profiles[template.inputs["iamInstanceProfile"]["arn"]].inputs["role"] in managed, template.name
        assert "keyName" not in template.inputs, template.name
    assert [r.name for r in program.any("iam/user:User", "iam/accessKey:AccessKey", "ec2/keyPair:KeyPair")] == []


def test_fleets_launch_from_templates_only(program: Program) -> None:
    assert program.any("ec2/launchConfiguration:LaunchConfiguration") == []
    for group in program.all("autoscaling/group:Group"):
        assert "launchTemplate" in group.inputs or "mixedInstancesPolicy" in group.inputs, group.name


def test_fleets_behind_a_load_balancer_are_judged_by_it(program: Program) -> None:
    behind = [g for g in program.all("autoscaling/group:Group") if g.inputs.get("targetGroupArns")]
    assert behind
    for group in behind:
        assert group.inputs["healthCheckType"] == "ELB"
        assert group.inputs["healthCheckGracePeriod"] > 0


def test_fleets_span_zones_unless_they_follow_a_volume(program: Program) -> None:
    for group in program.all("autoscaling/group:Group"):
        zones = {zone_of(program, subnet) for subnet in group.inputs["vpcZoneIdentifiers"]}
        follows = any(tag["key"] == "elasticweb:attaches" for tag in group.inputs["tags"])
        assert len(zones) == 1 if follows else len(zones) >= 2, group.name


def test_instance_types_are_nitro(program: Program) -> None:
    paravirtual = re.compile(r"(c1|cc2|cr1|hi1|hs1|m1|m2|t1|c3|m3|r3|i2|g2|c4|m4|r4|t2|d2|x1|p2)\.")
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        assert not paravirtual.match(template.inputs["instanceType"]), template.name


# Load balancers


def test_load_balancers_drop_what_is_no_http(program: Program) -> None:
    for balancer in program.all("lb/loadBalancer:LoadBalancer"):
        assert balancer.inputs["dropInvalidHeaderFields"] is True
        assert balancer.inputs["desyncMitigationMode"] in ("defensive", "strictest")


def test_load_balancers_span_zones_and_log_who_came(program: Program) -> None:
    buckets = {b.outputs["bucket"] for b in program.all("s3/bucket:Bucket")}
    for balancer in program.all("lb/loadBalancer:LoadBalancer"):
        assert len({zone_of(program, s) for s in balancer.inputs["subnets"]}) >= 2
        assert balancer.inputs["accessLogs"]["enabled"] is True
        assert balancer.inputs["accessLogs"]["bucket"] in buckets


def test_load_balancers_refuse_deletion_unless_disposable(program: Program) -> None:
    for balancer in program.all("lb/loadBalancer:LoadBalancer"):
        assert balancer.inputs["enableDeletionProtection"] is not program.disposable


def test_with_a_domain_http_only_leads_to_https(program: Program) -> None:
    secured = program.any("acm/certificate:Certificate")
    for listener in program.all("lb/listener:Listener"):
        (action,) = listener.inputs["defaultActions"]
        if listener.inputs["protocol"] == "HTTPS":
            assert listener.inputs["sslPolicy"] in TLS_POLICIES
            assert listener.inputs["certificateArn"]
        elif secured:
            assert action["redirect"] == {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}
    protocols = {listener.inputs["protocol"] for listener in program.all("lb/listener:Listener")}
    assert protocols == ({"HTTP", "HTTPS"} if secured else {"HTTP"})


def test_prod_has_https(prod: Program) -> None:
    assert prod.where("lb/listener:Listener", protocol="HTTPS")
    for certificate in prod.all("acm/certificate:Certificate"):
        assert certificate.inputs["validationMethod"] == "DNS"  # renewed without anybody's doing
        assert "options" not in certificate.inputs  # logged publicly, as it is by default


# Databases


def test_databases_are_private_and_encrypted(program: Program) -> None:
    for instance in program.all("rds/instance:Instance", "rds/clusterInstance:ClusterInstance"):
        assert instance.inputs["publiclyAccessible"] is False, instance.name
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert database.inputs["storageEncrypted"] is True, database.name
        assert database.inputs["copyTagsToSnapshot"] is True, database.name


def test_databases_only_speak_tls(program: Program) -> None:
    groups = program.all("rds/parameterGroup:ParameterGroup", "rds/clusterParameterGroup:ClusterParameterGroup")
    families = {p.outputs["name"]: p.inputs["parameters"] for p in groups}
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        cluster = database.inputs.get("dbClusterParameterGroupName")
        parameters = {p["name"]: p["value"] for p in families[cluster or database.inputs["parameterGroupName"]]}
        assert parameters["require_secure_transport"] == ("ON" if cluster else "1"), database.name


def test_databases_are_watched(program: Program) -> None:
    for instance in program.all("rds/instance:Instance", "rds/clusterInstance:ClusterInstance"):
        assert instance.inputs["monitoringInterval"] >= 1, instance.name
        assert instance.inputs["monitoringRoleArn"], instance.name
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert {"error", "slowquery"} <= {*database.inputs["enabledCloudwatchLogsExports"]}, database.name


def test_databases_take_iam_tokens_and_minor_upgrades(program: Program) -> None:
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert database.inputs["iamDatabaseAuthenticationEnabled"] is True, database.name
        assert database.inputs["autoMinorVersionUpgrade"] is True, database.name
    for instance in program.any("rds/clusterInstance:ClusterInstance"):
        assert instance.inputs["autoMinorVersionUpgrade"] is True, instance.name


def test_databases_have_no_name_or_port_that_everybody_tries(program: Program) -> None:
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert database.inputs["port"] != 3306, database.name
        user = database.inputs.get("username", database.inputs.get("masterUsername"))
        assert user not in ("admin", "postgres", "root", "mysql"), database.name


def test_primaries_are_backed_up_for_a_week_at_least(program: Program) -> None:
    for instance in primaries(program):
        assert instance.inputs["backupRetentionPeriod"] >= 7


def test_primaries_refuse_deletion_unless_disposable(program: Program) -> None:
    for instance in primaries(program):
        assert instance.inputs["deletionProtection"] is not program.disposable
        assert instance.inputs["skipFinalSnapshot"] is program.disposable


def test_clusters_write_down_who_logs_in_and_who_changes_rights() -> None:
    program = evaluated("aurora")
    for cluster in program.all("rds/cluster:Cluster"):
        assert "audit" in cluster.inputs["enabledCloudwatchLogsExports"]
    for group in program.all("rds/clusterParameterGroup:ClusterParameterGroup"):
        parameters = {p["name"]: p["value"] for p in group.inputs["parameters"]}
        assert parameters["server_audit_logging"] == "1"
        assert {"CONNECT", "QUERY_DCL", "QUERY_DDL"} <= {*parameters["server_audit_events"].split(",")}


def test_readers_of_clusters_stand_in_other_zones_than_the_writer() -> None:
    members = evaluated("aurora").all("rds/clusterInstance:ClusterInstance")
    assert len({member.inputs["availabilityZone"] for member in members}) == len(members) == 2


def test_functions_run_what_lambda_supports_and_nobody_else_calls_them() -> None:
    program = evaluated("aurora")
    for function in program.all("lambda/function:Function"):
        assert function.inputs["runtime"] == "python3.13", function.name
    assert program.any("lambda/permission:Permission", "lambda/functionUrl:FunctionUrl") == []


def test_functions_are_called_for_one_secret_or_rule_of_this_account_only() -> None:
    program = evaluated("prod")
    rules = {rule.outputs["arn"] for rule in program.all("cloudwatch/eventRule:EventRule")}
    for permission in program.all("lambda/permission:Permission"):
        if permission.inputs["principal"] == "events.amazonaws.com":
            assert permission.inputs["sourceArn"] in rules, permission.name
            continue
        assert permission.inputs["principal"] == "secretsmanager.amazonaws.com"
        assert permission.inputs["sourceAccount"] == "123456789012"
        assert permission.inputs["sourceArn"].startswith("arn:aws:secretsmanager:")


def test_the_primary_of_prod_has_a_standby(prod: Program) -> None:
    for instance in primaries(prod):
        assert instance.inputs["multiAz"] is True


# Buckets and files


def test_buckets_are_closed_to_the_public(program: Program) -> None:
    for bucket in program.all("s3/bucket:Bucket"):
        closed = setting(program, bucket, "BucketPublicAccessBlock")
        for switch in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
            assert closed[switch] is True, bucket.name
        assert setting(program, bucket, "BucketOwnershipControls")["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
        assert "acl" not in bucket.inputs, bucket.name


def test_buckets_are_encrypted_and_versioned_and_tidied_up(program: Program) -> None:
    for bucket in program.all("s3/bucket:Bucket"):
        (rule,) = setting(program, bucket, "BucketServerSideEncryptionConfiguration")["rules"]
        assert rule["applyServerSideEncryptionByDefault"]["sseAlgorithm"] in ("AES256", "aws:kms"), bucket.name
        assert setting(program, bucket, "BucketVersioning")["versioningConfiguration"] == {"status": "Enabled"}
        rules = setting(program, bucket, "BucketLifecycleConfiguration")["rules"]
        for what in ("noncurrentVersionExpiration", "abortIncompleteMultipartUpload"):
            assert any(what in r and r["status"] == "Enabled" for r in rules), f"{bucket.name} keeps {what} for ever"


def test_buckets_refuse_what_is_not_tls(program: Program) -> None:
    for bucket in program.all("s3/bucket:Bucket"):
        arn = bucket.outputs["arn"]
        document = json.loads(setting(program, bucket, "BucketPolicy")["policy"])
        (refused,) = [s for s in document["Statement"] if s["Effect"] == "Deny"]
        assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, bucket.name
        assert refused["Principal"] == {"AWS": "*"}, bucket.name
        assert refused["Action"] == "s3:*", bucket.name
        assert refused["Resource"] == [arn, f"{arn}/*"], bucket.name


def test_access_to_buckets_is_logged_in_prod(prod: Program) -> None:
    deliveries = {d.inputs["bucket"]: d.inputs["targetBucket"] for d in prod.all("s3/bucketLogging:BucketLogging")}
    logs = {b.inputs["accessLogs"]["bucket"] for b in prod.all("lb/loadBalancer:LoadBalancer")}
    logs |= {*deliveries.values()}
    for bucket in prod.all("s3/bucket:Bucket"):
        name = bucket.outputs["bucket"]
        assert (name in deliveries) is not (name in logs), f"{bucket.name}: a log of a log would never end"


def test_files_are_copied_locked_told_of_and_have_a_key_where_that_is_asked() -> None:
    asked = evaluated("bucket")
    (copies,) = asked.all("s3/bucketReplicationConfig:BucketReplicationConfig")
    (rule,) = copies.inputs["rules"]
    replicas = [b for b in asked.all("s3/bucket:Bucket") if b.outputs["arn"] == rule["destination"]["bucket"]]
    assert [replica.inputs["region"] for replica in replicas] == ["eu-west-1"]
    locked = {
        lock.inputs["bucket"] for lock in asked.all("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    }
    assert locked == {copies.inputs["bucket"], replicas[0].outputs["bucket"]}
    (events,) = asked.all("s3/bucketNotification:BucketNotification")
    assert events.inputs["eventbridge"] is True
    keys = {key.outputs["arn"] for key in asked.all("kms/key:Key")}
    for bucket in asked.all("s3/bucket:Bucket"):
        (how,) = setting(asked, bucket, "BucketServerSideEncryptionConfiguration")["rules"]
        own = how["applyServerSideEncryptionByDefault"].get("kmsMasterKeyId") in keys
        assert own is (bucket.outputs["bucket"] in locked), f"{bucket.name}: S3 delivers logs by keys of its own"


def test_shared_files_have_an_access_point_with_its_own_root_and_user(program: Program) -> None:
    for point in program.any("s3/filesAccessPoint:FilesAccessPoint"):
        (root,), (user,) = point.inputs["rootDirectories"], point.inputs["posixUsers"]
        assert root["path"] not in ("", "/")
        assert user["uid"] != 0
    systems = {f.id for f in program.any("s3/filesFileSystem:FilesFileSystem")}
    assert systems == {p.inputs["fileSystemId"] for p in program.any("s3/filesAccessPoint:FilesAccessPoint")}


def test_volumes_that_hold_data_are_snapshotted(program: Program) -> None:
    wanted = [p.inputs["policyDetails"]["targetTags"] for p in program.all("dlm/lifecyclePolicy:LifecyclePolicy")]
    for volume in program.all("ebs/volume:Volume"):
        assert any(tags.items() <= volume.inputs["tags"].items() for tags in wanted), volume.name


def test_what_holds_data_is_kept_unless_disposable(program: Program) -> None:
    kept = program.all("s3/bucket:Bucket", "ebs/volume:Volume", "secretsmanager/secret:Secret")
    kept += program.any("s3/filesFileSystem:FilesFileSystem", "kms/key:Key", "backup/vault:Vault")
    # The key of a topic protects messages under way; nothing that was encrypted with it is left without the topic.
    passing = {topic.inputs["kmsMasterKeyId"] for topic in program.any("sns/topic:Topic")}
    # What the function puts into a user's secret it can put into another: a password is made up again.
    again = {call.name.removesuffix("-declared") for call in program.any("lambda/invocation:Invocation")}
    kept = [holder for holder in kept if holder.outputs["arn"] not in passing and holder.name not in again]
    for holder in [*kept, *primaries(program)]:
        assert holder.options.get("protect", False) is not program.disposable, holder.name
        assert holder.options.get("retainOnDelete", False) is not program.disposable, holder.name


# Permissions


def test_no_role_may_do_everything_of_a_service(program: Program) -> None:
    for name, statement in statements(program, "policy"):
        assert "NotAction" not in statement, name
        assert "NotResource" not in statement, name
        for action in listed(statement["Action"]) if statement["Effect"] == "Allow" else []:
            assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+\*?", action), f"{name}: {action}"
            if action == "iam:PassRole":  # the role of enhanced monitoring, for replicas that are made at run time
                assert statement["Condition"] == {
                    "StringEquals": {"iam:PassedToService": "monitoring.rds.amazonaws.com"}
                }
                assert not any("*" in role for role in listed(statement["Resource"])), name
                continue
            assert not action.startswith(("iam:", "sts:", "organizations:")), f"{name}: {action}"


def test_permissions_name_their_resources(program: Program) -> None:
    for name, statement in statements(program, "policy"):
        if statement["Effect"] == "Allow" and "*" in listed(statement["Resource"]):
            assert {*listed(statement["Action"])} <= ANY_RESOURCE, f"{name}: {statement['Action']} on everything"


def test_nobody_decrypts_with_every_key(program: Program) -> None:
    for name, statement in statements(program, "policy"):
        if any(action.startswith("kms:") for action in listed(statement["Action"])):
            assert all(":key/" in arn and not arn.endswith("*") for arn in listed(statement["Resource"])), name


def test_keys_are_the_accounts_and_rotated_and_used_by_its_services(program: Program) -> None:
    for key in program.all("kms/key:Key"):
        assert key.inputs["enableKeyRotation"] is True, key.name
        assert key.inputs["deletionWindowInDays"] >= (7 if program.disposable else 30), key.name
        root, *services = json.loads(key.inputs["policy"])["Statement"]
        assert root["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
        for statement in services:
            assert set(statement["Principal"]) == {"Service"}, key.name
            assert {*listed(statement["Action"])} <= {"kms:Decrypt", "kms:GenerateDataKey*"}, key.name
            if statement["Principal"]["Service"] not in WITHOUT_SOURCE:
                assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": "123456789012"}, key.name


def test_topics_are_encrypted_and_published_to_by_services_only(program: Program) -> None:
    keys = {key.outputs["arn"] for key in program.all("kms/key:Key")}
    policies = {p.inputs["arn"]: json.loads(p.inputs["policy"]) for p in program.all("sns/topicPolicy:TopicPolicy")}
    for topic in program.all("sns/topic:Topic"):
        assert topic.inputs["kmsMasterKeyId"] in keys, topic.name
        for statement in policies[topic.outputs["arn"]]["Statement"]:
            assert statement["Action"] == ["sns:Publish"], topic.name
            assert statement["Resource"] == topic.outputs["arn"], topic.name


def test_alarms_tell_somebody_and_say_what_missing_data_means(program: Program) -> None:
    topics = {topic.outputs["arn"] for topic in program.all("sns/topic:Topic")}
    followed = {
        check.inputs.get("cloudwatchAlarmName")
        for check in program.any("route53/healthCheck:HealthCheck")
        if check.inputs.get("insufficientDataHealthStatus") == "Unhealthy"
    }
    for alarm in program.all("cloudwatch/metricAlarm:MetricAlarm"):
        # An alarm of another region cannot tell a topic of this one: a rule does, of every change of its state.
        away = "region" in alarm.inputs
        told = by_rules(program, alarm) if away else {*alarm.inputs["alarmActions"]}
        assert topics >= told == (told if away else {*alarm.inputs["okActions"]}) != set(), alarm.name
        assert alarm.inputs.get("actionsEnabled", True) is True, alarm.name
        if alarm.outputs["name"] not in followed:
            assert alarm.inputs["treatMissingData"] in ("breaching", "notBreaching"), alarm.name


def test_events_of_databases_are_told(program: Program) -> None:
    topics = {topic.outputs["arn"] for topic in program.all("sns/topic:Topic")}
    told: dict[str, set[str]] = {}
    for subscription in program.all("rds/eventSubscription:EventSubscription"):
        assert subscription.inputs["snsTopic"] in topics, subscription.name
        assert subscription.inputs.get("enabled", True) is True, subscription.name
        told.setdefault(subscription.inputs["sourceType"], set()).update(subscription.inputs["eventCategories"])
    asked = {
        "db-instance": {"maintenance", "configuration change", "failure"},
        "db-parameter-group": {"configuration change"},
        "db-security-group": {"configuration change", "failure"},
    }
    if program.any("rds/cluster:Cluster"):
        asked["db-cluster"] = {"maintenance", "failure"}
    assert {kind: told.get(kind, set()) & categories for kind, categories in asked.items()} == asked


def test_nothing_is_allowed_to_everybody(program: Program) -> None:
    for name, statement in statements(program, *GRANTS):
        if statement["Effect"] == "Allow" and "Principal" in statement:
            assert set(statement["Principal"]) == {"Service"}, f"{name}: {statement['Principal']}"


def test_services_act_for_this_account_only(program: Program) -> None:
    for name, statement in statements(program, *GRANTS):
        services = listed(statement.get("Principal", {}).get("Service", []))
        if not {*services} <= WITHOUT_SOURCE:
            condition = statement["Condition"]
            assert condition["StringEquals"]["aws:SourceAccount"] == "123456789012", name
            assert condition["ArnLike"]["aws:SourceArn"] != "*", name


def test_managed_policies_are_those_for_one_purpose(program: Program) -> None:
    for attachment in program.all("iam/rolePolicyAttachment:RolePolicyAttachment"):
        assert attachment.inputs["policyArn"].partition(":policy/")[2] in MANAGED_POLICIES, attachment.name
    for role in program.all("iam/role:Role"):
        assert "managedPolicyArns" not in role.inputs, role.name
        assert "inlinePolicies" not in role.inputs, role.name


# Backups


def test_what_holds_data_is_in_a_backup_plan_with_an_encrypted_vault(prod: Program) -> None:
    (vault,) = prod.all("backup/vault:Vault")
    assert vault.inputs["kmsKeyArn"] in {key.outputs["arn"] for key in prod.all("kms/key:Key")}
    (plan,) = prod.all("backup/plan:Plan")
    kept = {rule["ruleName"]: rule["lifecycle"]["deleteAfter"] for rule in plan.inputs["rules"]}
    assert kept["daily"] >= 35
    assert all(rule["scheduleExpressionTimezone"] == "Europe/Zurich" for rule in plan.inputs["rules"])
    tagged = {r.type for r in prod.resources if "elasticweb:data" in (r.inputs.get("tags") or {})}
    stores = {
        f"aws:{t}" for t in ("rds/instance:Instance", "s3/bucket:Bucket", "ebs/volume:Volume", "backup/vault:Vault")
    }
    assert tagged == stores


def test_backups_are_restored_for_a_test_every_week(prod: Program) -> None:
    (plan,) = prod.all("backup/restoreTestingPlan:RestoreTestingPlan")
    assert plan.inputs["scheduleExpression"] == "cron(0 10 ? * TUE *)"
    tests = prod.all("backup/restoreTestingSelection:RestoreTestingSelection")
    assert {test.inputs["protectedResourceType"] for test in tests} == {"EBS", "RDS", "S3"}


# Secrets, logs, tags


def test_no_password_is_in_the_open(program: Program) -> None:
    password = "correct-horse-battery-staple-0123456789a"  # noqa: S105  the one that tests/recording.py makes up
    holders = {r.name for r in program.resources if password in json.dumps(r.inputs, default=vars)}
    clustered = program.stack == "aurora"
    keepers = ("cluster", "cluster-credentials-version") if clustered else ("primary", "credentials-version")
    assert holders == {f"{program.stack}-db-{keeper}" for keeper in keepers}
    for resource in program.resources:
        shown = {key: value for key, value in resource.inputs.items() if key not in resource.secret_inputs}
        assert password not in json.dumps(shown, default=vars), resource.name
    shown = {
        k: v for k, v in program.recording.stack_outputs.items() if k not in program.recording.secret_stack_outputs
    }
    assert password not in json.dumps(shown)
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        user_data = gzip.decompress(base64.b64decode(template.inputs["userData"])).decode()
        assert password not in user_data, template.name
        assert "DATABASE_SECRET_ARN" in user_data, template.name  # where to find it instead


def test_deleted_secrets_can_be_brought_back_unless_disposable(program: Program) -> None:
    for secret in program.all("secretsmanager/secret:Secret"):
        assert secret.inputs["recoveryWindowInDays"] == (0 if program.disposable else 30)


def test_passwords_of_prod_are_rotated_every_90_days_at_least() -> None:
    program = evaluated("prod")
    rotated = {r.inputs["secretId"]: r for r in program.all("secretsmanager/secretRotation:SecretRotation")}
    for secret in program.all("secretsmanager/secret:Secret"):
        rotation = rotated[secret.outputs["arn"]].inputs
        assert rotation["rotationRules"]["automaticallyAfterDays"] <= 90
        assert rotation["rotationLambdaArn"]


def test_servers_of_both_stacks_have_no_masters_password() -> None:
    for stack in ("dev", "prod"):
        program = evaluated(stack)
        (master,) = [s for s in program.all("secretsmanager/secret:Secret") if s.name == f"{stack}-db-credentials"]
        for name, statement in statements(program, "policy"):
            if master.outputs["arn"] in statement["Resource"]:
                assert name == f"{stack}-db-users-role-policy"


def test_logs_are_kept_for_a_time(program: Program) -> None:
    for group in program.all("cloudwatch/logGroup:LogGroup"):
        assert group.inputs["retentionInDays"] >= (365 if program.stack == "prod" else 30), group.name


def test_zones_are_kept_like_data(program: Program) -> None:
    for zone in program.any("route53/zone:Zone"):
        private = "vpcs" in zone.inputs
        assert zone.inputs["forceDestroy"] is program.disposable
        assert private or zone.options.get("protect", False) is not program.disposable, zone.name


def test_everything_is_tagged_servers_and_their_disks_too(program: Program) -> None:
    for stack in ("dev", "prod"):
        config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
        assert {"project", "stack", "managed-by"} <= {*config["aws:defaultTags"]["tags"]}
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        tagged = {s["resourceType"]: s["tags"] for s in template.inputs["tagSpecifications"]}
        for what in ("instance", "volume", "network-interface"):
            assert {"Name", "managed-by"} <= {*tagged[what]}, template.name
    for group in program.all("autoscaling/group:Group"):
        assert {"Name", "managed-by"} <= {tag["key"] for tag in group.inputs["tags"] if tag["propagateAtLaunch"]}


# The whole


def test_prod_survives_the_loss_of_any_zone(prod: Program) -> None:
    every = {s.inputs["availabilityZone"] for s in prod.all("ec2/subnet:Subnet")}
    assert len(every) == 3
    spread = {
        "load balancer": prod.all("lb/loadBalancer:LoadBalancer")[0].inputs["subnets"],
        "fleet": prod.where("autoscaling/group:Group", healthCheckType="ELB")[0].inputs["vpcZoneIdentifiers"],
        "databases": prod.all("rds/subnetGroup:SubnetGroup")[0].inputs["subnetIds"],
        "mount targets": [t.inputs["subnetId"] for t in prod.all("s3/filesMountTarget:FilesMountTarget")],
        "NAT": [n.inputs["subnetId"] for n in prod.all("ec2/natGateway:NatGateway")],
    }
    for what, subnets in spread.items():
        assert {zone_of(prod, s) for s in subnets} == every, what
    nats = {n.id: zone_of(prod, n.inputs["subnetId"]) for n in prod.all("ec2/natGateway:NatGateway")}
    out = {r.inputs["routeTableId"]: nats[r.inputs["natGatewayId"]] for r in prod.all("ec2/route:Route") if nat(r)}
    for association in prod.all("ec2/routeTableAssociation:RouteTableAssociation"):
        if association.inputs["routeTableId"] in out:
            assert out[association.inputs["routeTableId"]] == zone_of(prod, association.inputs["subnetId"])
    assert len(prod.all("rds/instance:Instance")) >= 2


def test_every_type_that_is_made_has_been_looked_at(program: Program) -> None:
    looked_at = {*re.findall(r'"([\w/]+:\w+|Bucket\w+)"', Path(__file__).read_text())}
    made = {r.type.removeprefix("aws:") for r in program.resources}
    assert [t for t in sorted(made - NOTHING_TO_ASK) if not {t, t.partition(":")[2]} & looked_at] == []


# The document


def test_every_control_of_the_document_is_met_by_a_test_or_given_a_reason() -> None:
    tests = {
        node.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    for section, cells in rows():
        named = {*re.findall(r"`(test_\w+)`", cells[-1])}
        assert named - tests == set(), f"docs/security.md names tests that are not there, at {cells[0]}"
        assert named or section not in TESTED, f"docs/security.md names no test for {cells[0]}"
        assert all(cells), f"docs/security.md leaves a cell empty at {cells[0]}"


def test_every_test_here_is_in_the_document() -> None:
    text = (ROOT / "docs/security.md").read_text()
    here = re.findall(r"^def (test_\w+)", Path(__file__).read_text(), re.MULTILINE)
    assert [name for name in here if name not in text and "document" not in name] == []


def test_no_control_of_the_document_is_both_met_and_not() -> None:
    ids: dict[str, set[str]] = {}
    for section, cells in rows():
        for control in re.findall(r"[A-Z][A-Za-z]*\d?\.\d+", cells[0]):
            ids.setdefault(control, set()).add("met" if section in TESTED else "not met")
    assert len(ids) > 100
    both = {control for control, where in ids.items() if len(where) > 1}
    assert both == set()


def rows() -> Iterator[tuple[str, list[str]]]:
    """Rows of the document's tables with the section that they are in."""
    section, header = "", False
    for line in (ROOT / "docs/security.md").read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        if not line.startswith("|"):
            header = True
        elif header or set(line) <= {"|", "-", " "}:
            header = False
        else:
            yield section, [cell.strip() for cell in line.strip("|").split("|")]


# What is asked of the recording


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def is_outside(cidr: str) -> bool:
    """Whether *cidr* reaches beyond private addresses."""
    return cidr in WORLD or not ipaddress.ip_network(cidr).is_private


def statements(program: Program, *inputs: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Statements of every policy in one of *inputs* of anything, but for endpoints, whose policies grant nothing.

    Those of keys have a test of their own: only there everything is the key alone, and the account allows itself.
    """
    holders = [r for r in program.resources if not r.type.endswith((":VpcEndpoint", "kms/key:Key"))]
    found = [(r, r.inputs[key]) for r in holders for key in inputs if key in r.inputs]
    assert found
    for resource, policy in found:
        for statement in json.loads(policy)["Statement"]:
            yield resource.name, statement


def setting(program: Program, bucket: Registered, kind: str) -> dict[str, Any]:
    """Inputs of the only setting of *kind* that *bucket* has."""
    kinds = f"s3/{kind[0].lower()}{kind[1:]}:{kind}"
    found = program.where(kinds, bucket=bucket.outputs["bucket"])
    assert len(found) == 1, f"{bucket.name} has {len(found)} of {kind}"
    return found[0].inputs


def by_rules(program: Program, alarm: Registered) -> set[str]:
    """Whom rules of the stack's own region tell of *alarm*."""
    rules = {
        rule.outputs["name"]
        for rule in program.all("cloudwatch/eventRule:EventRule")
        if "region" not in rule.inputs
        and alarm.outputs["arn"] in json.loads(rule.inputs["eventPattern"]).get("resources", [])
    }
    return {t.inputs["arn"] for t in program.all("cloudwatch/eventTarget:EventTarget") if t.inputs["rule"] in rules}


def primaries(program: Program) -> list[Registered]:
    databases = program.all("rds/instance:Instance", "rds/cluster:Cluster")
    return [database for database in databases if "replicateSourceDb" not in database.inputs]


def zone_of(program: Program, subnet_id: str) -> str:
    return next(s.inputs["availabilityZone"] for s in program.all("ec2/subnet:Subnet") if s.id == subnet_id)


def nat(route: Registered) -> bool:
    return "natGatewayId" in route.inputs


def routed(program: Program, *, through: tuple[str, ...] = ("gatewayId", "natGatewayId")) -> set[str]:
    """Subnets with a route out of the network *through* an internet or NAT gateway."""
    tables = {r.inputs["routeTableId"] for r in program.all("ec2/route:Route") if {*through} & {*r.inputs}}
    associations = program.all("ec2/routeTableAssociation:RouteTableAssociation")
    return {a.inputs["subnetId"] for a in associations if a.inputs["routeTableId"] in tables}


def public_subnets(program: Program) -> set[str]:
    found = routed(program, through=("gatewayId",))
    assert found
    return found

"""What is dangerous, and what only looks like it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from rehearsal.compare.dangers.data import STATEFUL
from rehearsal.compare.dangers.floors import falls, profile, read_action
from rehearsal.compare.dangers.sizes import smaller

from .diff_graphs import DB, Program, counts, diff, said

BUCKET, DATABASE = "aws:s3/bucket:Bucket", "aws:rds/instance:Instance"
GROUP, SCHEDULE = "aws:autoscaling/group:Group", "aws:autoscaling/schedule:Schedule"
SG, SG_RULE = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ACCESS = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
POLICY = "aws:iam/rolePolicy:RolePolicy"
KEEP = {"protect": True, "retainOnDelete": True}


def changed(type_: str, old: dict[str, Any], new: dict[str, Any], **options: Any) -> Any:
    base, head = Program(), Program()
    base.add(type_, "x", old, **options)
    head.add(type_, "x", new, **options)
    return diff(base, head)


# --- data -----------------------------------------------------------------------------------------------------------


def test_a_database_that_is_replaced_loses_its_data() -> None:
    report = changed(DATABASE, DB, {**DB, "dbName": "other"})
    assert report["status"] == 3
    assert said(report, "data") == [
        "the database x (rds/Instance) is replaced, because dbName changes; what the old one holds is lost"
    ]


def test_a_protected_database_is_not_replaced_but_kept_in_the_way() -> None:
    report = changed(DATABASE, DB, {**DB, "dbName": "other"}, protect=True)
    assert said(report, "data")[0].endswith("the deployment refuses that as long as it is protected")


def test_protection_taken_away_together_with_the_replacement_is_both() -> None:
    base, head = Program(), Program()
    base.add(DATABASE, "x", DB, protect=True)
    head.add(DATABASE, "x", {**DB, "dbName": "other"})
    report = diff(base, head)
    assert said(report, "data")[0].endswith("what the old one holds is lost")
    assert said(report, "protection") == [
        "x (rds/Instance) is no longer protected from deletion by a deployment (protect)"
    ]


@pytest.mark.parametrize(
    ("options", "fate"),
    [
        ({}, "what it holds is lost"),
        ({"protect": True, "retainOnDelete": True}, "the deployment refuses that as long as it is protected"),
        ({"retainOnDelete": True}, "it stays on AWS, but no longer belongs to the stack"),
    ],
)
def test_a_bucket_that_is_deleted(options: dict[str, Any], fate: str) -> None:
    base = Program()
    base.add(BUCKET, "x", {}, **options)
    assert said(diff(base, Program())) == [f"the bucket x (s3/Bucket) is deleted; {fate}"]


def test_a_rename_without_an_alias_is_a_deletion_and_the_alias_is_suggested() -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "old", {})
    head.add(BUCKET, "new", {})
    report = diff(base, head)
    assert counts(report) == {"create": 1, "delete": 1}
    assert said(report)[0].endswith("(if new is the same under a new name, give it an alias)")


def test_a_volume_behind_a_replaced_key_is_lost_too() -> None:
    from rehearsal.compare.facts import Facts  # noqa: PLC0415
    from rehearsal.compare.report import compare  # noqa: PLC0415
    from rehearsal.entry import props  # noqa: PLC0415

    def side(spec: str) -> Program:
        made = Program()
        key = made.add("aws:kms/key:Key", "key", {"customerMasterKeySpec": spec})
        made.add("aws:ebs/volume:Volume", "volume", {"kmsKeyId": key["outputs"]["arn"]}, deps={"kmsKeyId": [key]})
        return made

    facts = Facts(known=True, inputs=props(replaces="kmsKeyId customerMasterKeySpec"))
    report = compare(side("A").graph(), side("B").graph(), lambda _: facts)
    assert len(said(report, "data")) == 2
    assert any("because kmsKeyId is known after the replace of key" in text for text in said(report, "data"))


def test_what_holds_nothing_may_go() -> None:
    base = Program()
    base.add(POLICY, "x", {"policy": "{}"})
    base.add("aws:ec2/securityGroup:SecurityGroup", "y", {})
    assert said(diff(base, Program())) == []


def test_the_types_that_hold_data_are_the_providers() -> None:
    sources = dict[str, str]()
    for token in STATEFUL:
        module = token.split(":")[1].split("/")[0]
        if module not in sources:
            files = sorted((Path(pulumi_aws.__file__).parent / module).glob("*.py"))
            sources[module] = "".join(f.read_text() for f in files)
        assert f"'{token}'" in sources[module], token


# --- protection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "old", "new", "text"),
    [
        (DATABASE, {"deletionProtection": True}, {"deletionProtection": False}, "deletion protection"),
        (DATABASE, {"deletionProtection": True}, {}, "deletion protection"),
        (DATABASE, {"skipFinalSnapshot": False}, {"skipFinalSnapshot": True}, "no longer leaves a last snapshot"),
        (DATABASE, {}, {"skipFinalSnapshot": True}, "no longer leaves a last snapshot"),
        (DATABASE, {"deleteAutomatedBackups": False}, {}, "takes the automated backups along"),
        (DATABASE, {"backupRetentionPeriod": 14}, {"backupRetentionPeriod": 7}, "14 so far, 7 from now on"),
        (DATABASE, {"backupRetentionPeriod": 14}, {"backupRetentionPeriod": 0}, "14 so far, 0 from now on"),
        (BUCKET, {}, {"forceDestroy": True}, "even when it holds something"),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 90}, {"retentionInDays": 30}, "90 so far"),
        ("aws:cloudwatch/logGroup:LogGroup", {}, {"retentionInDays": 30}, "no end so far, 30 from now on"),
        ("aws:lb/loadBalancer:LoadBalancer", {"enableDeletionProtection": True}, {}, "deletion protection"),
        ("aws:kms/key:Key", {"enableKeyRotation": True}, {"enableKeyRotation": False}, "rotation of the key"),
        ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 30}, {"recoveryWindowInDays": 0}, "undone"),
        (
            "aws:s3/bucketVersioning:BucketVersioning",
            {"versioningConfiguration": {"status": "Enabled"}},
            {"versioningConfiguration": {"status": "Suspended"}},
            "versioning is switched off",
        ),
        (
            "aws:dlm/lifecyclePolicy:LifecyclePolicy",
            {"policyDetails": {"schedules": [{"name": "d", "retainRule": {"count": 30}}]}},
            {"policyDetails": {"schedules": [{"name": "d", "retainRule": {"count": 3}}]}},
            "snapshots that are kept: 30 so far, 3 from now on",
        ),
        (
            "aws:backup/plan:Plan",
            {"rules": [{"ruleName": "d", "lifecycle": {"deleteAfter": 35}}]},
            {"rules": [{"ruleName": "d", "lifecycle": {"deleteAfter": 7}}]},
            "35 so far, 7 from now on",
        ),
        (
            "aws:backup/plan:Plan",
            {"rules": [{"ruleName": "daily"}, {"ruleName": "monthly"}]},
            {"rules": [{"ruleName": "daily"}]},
            "fewer backup schedules: 2 so far, 1 from now on",
        ),
        (
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            {"rules": [{"id": "a", "noncurrentVersionExpiration": {"noncurrentDays": 90}}]},
            {"rules": [{"id": "a", "noncurrentVersionExpiration": {"noncurrentDays": 7}}]},
            "90 so far, 7 from now on",
        ),
        (
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            {"rules": [{"id": "a"}]},
            {"rules": [{"id": "a"}, {"id": "b", "expiration": {"days": 1}}]},
            "no end so far, 1 from now on",
        ),
    ],
)
def test_protection_taken_away(type_: str, old: dict[str, Any], new: dict[str, Any], text: str) -> None:
    common = {"tags": {"a": "b"}}
    report = changed(type_, {**common, **old}, {**common, **new})
    assert report["status"] == 3
    assert any(text in line for line in said(report, "protection")), said(report)
    assert said(changed(type_, {**common, **new}, {**common, **old}), "protection") == []


@pytest.mark.parametrize("option", ["protect", "retainOnDelete"])
def test_options_that_protect(option: str) -> None:
    base, head = Program(), Program()
    options: dict[str, Any] = {option: True}
    base.add(BUCKET, "x", {}, **options)
    head.add(BUCKET, "x", {})
    assert len(said(diff(base, head), "protection")) == 1
    assert said(diff(head, base)) == []


def test_what_aws_keeps_when_it_is_left_out_is_not_taken_away() -> None:
    assert said(changed(DATABASE, DB, {k: v for k, v in DB.items() if k != "backupRetentionPeriod"})) == []


def test_an_ignored_protection_stays() -> None:
    assert said(changed(DATABASE, DB, {**DB, "deletionProtection": False}, ignoreChanges=["deletionProtection"])) == []


def test_guards_of_what_stays_are_missed_and_guards_of_what_goes_are_not() -> None:
    def side(*, bucket: bool, guards: bool) -> Program:
        made = Program()
        target = made.add(BUCKET, "files", {}) if bucket else None
        if guards and target:
            for type_ in (ACCESS, "aws:s3/bucketVersioning:BucketVersioning"):
                made.add(type_, type_[-4:], {"bucket": target["id"]}, deps={"bucket": [target]})
        return made

    missed = diff(side(bucket=True, guards=True), side(bucket=True, guards=False))
    assert said(missed, "network") == ["the block of public access of files (s3/Bucket) is deleted"]
    assert "and with it versioning of files (s3/Bucket)" in said(missed, "protection")[0]
    gone = diff(side(bucket=True, guards=True), side(bucket=False, guards=False))
    assert said(gone, "network") == said(gone, "protection") == []
    assert len(said(gone, "data")) == 1


def test_new_rules_that_delete_objects_of_a_bucket_that_stands() -> None:
    def side(*, rules: bool, bucket: bool = True) -> Program:
        made = Program()
        if bucket:
            target = made.add(BUCKET, "files", {})
            if rules:
                made.add(
                    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                    "tidy",
                    {"bucket": target["id"], "rules": [{"id": "all", "expiration": {"days": 30}}]},
                    deps={"bucket": [target]},
                )
        return made

    assert len(said(diff(side(rules=False), side(rules=True)), "protection")) == 1
    assert said(diff(side(rules=False, bucket=False), side(rules=True))) == []


# --- network --------------------------------------------------------------------------------------------------------


def rules(*inline: dict[str, Any], more: Iterator[tuple[str, dict[str, Any]]] | None = None) -> Program:
    made = Program()
    group = made.add(SG, "sg", {"ingress": list(inline)} if inline else {})
    for type_, inputs in more or ():
        made.add(
            type_,
            f"rule-{len(made.resources)}",
            {"securityGroupId": group["id"], **inputs},
            deps={"securityGroupId": [group]},
        )
    return made


def tcp(port: int, *cidrs: str, to: int | None = None) -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": port, "toPort": to or port, "cidrBlocks": list(cidrs)}


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ([tcp(22, "10.0.0.0/8")], [tcp(22, "0.0.0.0/0")], "is open to the internet (0.0.0.0/0) on tcp 22"),
        ([], [tcp(443, "0.0.0.0/0")], "on tcp 443"),
        ([tcp(443, "0.0.0.0/0")], [tcp(443, "0.0.0.0/0"), tcp(22, "0.0.0.0/0")], "on tcp 22"),
        ([tcp(443, "0.0.0.0/0")], [tcp(0, "0.0.0.0/0", to=65535)], "every tcp port"),
        ([tcp(443, "0.0.0.0/0")], [{**tcp(443, "0.0.0.0/0"), "protocol": "-1"}], "every port and protocol"),
        (
            [tcp(443, "0.0.0.0/0")],
            [tcp(443, "0.0.0.0/0"), {**tcp(443), "ipv6CidrBlocks": ["::/0"]}],
            "(::/0) on tcp 443",
        ),
        ([tcp(22, "10.0.0.0/8")], [tcp(22, "0.0.0.0/1", "128.0.0.0/1")], "(0.0.0.0/1)"),
        ([tcp(3306, "10.1.2.0/24")], [tcp(3306, "10.0.0.0/8")], "10.0.0.0/8 on tcp 3306, so far to 10.1.2.0/24 only"),
        ([tcp(22, "203.0.113.7/32")], [tcp(22, "203.0.113.7/32", "198.0.0.0/12")], "outside of private networks"),
    ],
)
def test_a_group_that_is_opened(before: list[Any], after: list[Any], text: str) -> None:
    report = diff(rules(*before), rules(*after))
    assert report["status"] == 3
    assert any(text in line and line.startswith("sg (ec2/SecurityGroup)") for line in said(report, "network"))
    assert said(diff(rules(*after), rules(*before)), "network") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([tcp(443, "0.0.0.0/0")], [tcp(443, "0.0.0.0/0"), tcp(443, "10.0.0.0/8")]),
        ([tcp(22, "10.0.0.0/8")], [tcp(22, "10.1.0.0/16", "10.2.0.0/16")]),
        ([tcp(22, "10.0.0.0/24")], [tcp(22, "10.0.0.0/23")]),
        ([tcp(0, "0.0.0.0/0", to=65535)], [tcp(80, "0.0.0.0/0"), tcp(443, "0.0.0.0/0")]),
        ([{**tcp(0, "0.0.0.0/0"), "protocol": "-1"}], [tcp(22, "0.0.0.0/0")]),
        ([], [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "securityGroups": ["sg-1"]}]),
    ],
)
def test_a_group_that_is_not_opened(before: list[Any], after: list[Any]) -> None:
    assert said(diff(rules(*before), rules(*after)), "network") == []


def test_rules_of_their_own_count_as_those_of_the_group() -> None:
    world = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"}
    old = {"type": "ingress", **tcp(22, "0.0.0.0/0")}
    assert said(diff(rules(), rules(more=iter([(INGRESS, world)]))), "network") == [
        "sg (ec2/SecurityGroup) is open to the internet (0.0.0.0/0) on tcp 22, by rule-1 (vpc/SecurityGroupIngressRule)"
    ]
    moved = diff(rules(tcp(22, "0.0.0.0/0")), rules(more=iter([(INGRESS, world)])))
    assert said(moved, "network") == []
    assert said(diff(rules(more=iter([(SG_RULE, old)])), rules(more=iter([(INGRESS, world)]))), "network") == []
    egress = {"type": "egress", **tcp(22, "0.0.0.0/0")}
    assert said(diff(rules(), rules(more=iter([(SG_RULE, egress)]))), "network") == []


def test_a_new_site_is_open_for_the_web_and_nothing_else() -> None:
    assert said(diff(None, rules(tcp(443, "0.0.0.0/0"), tcp(80, "0.0.0.0/0"))), "network") == []
    assert len(said(diff(None, rules(tcp(22, "0.0.0.0/0"))), "network")) == 1


def test_network_acls_are_read_too() -> None:
    acl, rule = "aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule"

    def side(**inputs: Any) -> Program:
        made = Program()
        target = made.add(acl, "acl", {})
        if inputs:
            made.add(rule, "r", {"networkAclId": target["id"], **inputs}, deps={"networkAclId": [target]})
        return made

    world = {"cidrBlock": "0.0.0.0/0", "protocol": "6", "fromPort": 22, "toPort": 22, "ruleAction": "allow"}
    assert len(said(diff(side(), side(**world)), "network")) == 1
    assert said(diff(side(), side(**{**world, "ruleAction": "deny"}))) == []
    assert said(diff(side(), side(**{**world, "egress": True}))) == []


@pytest.mark.parametrize(
    ("type_", "old", "new"),
    [
        (DATABASE, {"publiclyAccessible": False}, {"publiclyAccessible": True}),
        (DATABASE, {}, {"publiclyAccessible": True}),
        ("aws:ec2/subnet:Subnet", {}, {"mapPublicIpOnLaunch": True}),
        ("aws:lb/loadBalancer:LoadBalancer", {"internal": True}, {"internal": False}),
        (ACCESS, {"blockPublicPolicy": True}, {"blockPublicPolicy": False}),
        (ACCESS, {"restrictPublicBuckets": True}, {}),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"networkInterfaces": [{"associatePublicIpAddress": "false"}]},
            {"networkInterfaces": [{"associatePublicIpAddress": "true"}]},
        ),
    ],
)
def test_switches_that_open(type_: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    common = {"tags": {"a": "b"}}
    assert len(said(changed(type_, {**common, **old}, {**common, **new}), "network")) == 1
    assert said(changed(type_, {**common, **new}, {**common, **old}), "network") == []


def test_a_route_to_the_internet_for_a_table_that_had_none() -> None:
    def side(*, route: bool, table: bool = True) -> Program:
        made = Program()
        gateway = made.add("aws:ec2/internetGateway:InternetGateway", "gw", {})
        if table:
            target = made.add("aws:ec2/routeTable:RouteTable", "isolated", {})
            if route:
                inputs = {
                    "routeTableId": target["id"],
                    "gatewayId": gateway["id"],
                    "destinationCidrBlock": "0.0.0.0/0",
                }
                made.add("aws:ec2/route:Route", "r", inputs, deps={"routeTableId": [target], "gatewayId": [gateway]})
        return made

    assert said(diff(side(route=False), side(route=True)), "network") == [
        "isolated (ec2/RouteTable) gets a route to and from the internet, by r (ec2/Route)"
    ]
    assert said(diff(side(route=False, table=False), side(route=True))) == []


# --- permissions ----------------------------------------------------------------------------------------------------


def policy(*statements: dict[str, Any], type_: str = POLICY) -> tuple[str, dict[str, Any]]:
    return type_, {"policy": json.dumps({"Version": "2012-10-17", "Statement": list(statements)})}


def allow(action: Any, resource: Any = "arn:aws:s3:::b/*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


ORG = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (allow("s3:GetObject"), allow("s3:*"), "every action (s3:*) is allowed"),
        (allow("s3:GetObject"), allow(["s3:GetObject", "*"]), "every action (*)"),
        (allow("s3:GetObject"), allow("s3:GetObject", "*"), "s3:GetObject is allowed on every resource"),
        (allow("s3:GetObject"), allow("s3:GetObject", "arn:aws:s3:::*"), "on every resource"),
        (allow("s3:GetObject"), {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "everything but iam:*"),
        (allow("ec2:StopInstances", "*", **ORG), allow("ec2:StopInstances", "*"), "ec2:StopInstances"),
    ],
)
def test_permissions_widened(old: dict[str, Any], new: dict[str, Any], text: str) -> None:
    type_, before = policy(old)
    _, after = policy(new)
    assert any(text in line for line in said(changed(type_, before, after), "access"))
    assert said(changed(type_, after, before), "access") == []
    assert said(changed(type_, {**after, "tags": {"a": "1"}}, {**after, "tags": {"a": "2"}}), "access") == []


@pytest.mark.parametrize(
    "statement",
    [
        allow("ec2:DescribeVolumes", "*"),
        allow(["ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel"], "*"),
        allow("ec2:AttachVolume", "*", Condition={"StringEquals": {"aws:ResourceTag/volume": "x"}}),
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Action": "kms:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::1:root"}},
    ],
)
def test_permissions_that_are_no_wider_than_they_look(statement: dict[str, Any]) -> None:
    type_, before = policy(allow("s3:GetObject"))
    _, after = policy(allow("s3:GetObject"), statement)
    assert said(changed(type_, before, after)) == []


def test_a_policy_that_lets_everybody_in() -> None:
    mine = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::1:root"}}
    for principal in ("*", {"AWS": "*"}, {"AWS": ["arn:aws:iam::1:root", "*"]}):
        type_, before = policy(mine, type_="aws:s3/bucketPolicy:BucketPolicy")
        _, after = policy({**mine, "Principal": principal}, type_="aws:s3/bucketPolicy:BucketPolicy")
        assert said(changed(type_, before, after), "network") == [
            "x (s3/BucketPolicy): everybody may s3:GetObject (policy)"
        ]
    bound, free = {**mine, "Principal": "*", **ORG}, {**mine, "Principal": "*"}
    type_, before = policy(bound, type_="aws:s3/bucketPolicy:BucketPolicy")
    assert said(changed(type_, policy(mine)[1], before), "network") == []
    assert len(said(changed(type_, before, policy(free)[1]), "network")) == 1


def test_a_role_that_everybody_may_take_and_a_mighty_policy() -> None:
    trust = json.dumps({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]})
    mine = json.dumps(
        {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
    )
    report = changed("aws:iam/role:Role", {"assumeRolePolicy": mine}, {"assumeRolePolicy": trust})
    assert len(said(report, "network")) == 1
    attachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
    head = Program()
    head.add(attachment, "a", {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"})
    head.add(attachment, "b", {"policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"})
    assert len(said(diff(Program(), head), "access")) == 1


# --- encryption -----------------------------------------------------------------------------------------------------

REDIRECT = [{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}]
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.mark.parametrize(
    ("type_", "old", "new"),
    [
        (DATABASE, {"storageEncrypted": True}, {"storageEncrypted": False}),
        (DATABASE, {"storageEncrypted": True}, {}),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "volumeSize": 20}}]},
            {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 20}}]},
        ),
        (
            "aws:ec2/launchTemplate:LaunchTemplate",
            {"metadataOptions": {"httpTokens": "required"}},
            {"metadataOptions": {"httpTokens": "optional"}},
        ),
        ("aws:lb/listener:Listener", {"protocol": "HTTPS"}, {"protocol": "HTTP"}),
        ("aws:lb/listener:Listener", {"protocol": "HTTP", "defaultActions": REDIRECT}, {"protocol": "HTTP"}),
        (
            "aws:rds/parameterGroup:ParameterGroup",
            {"parameters": [{"name": "a", "value": "1"}, {"name": "require_secure_transport", "value": "1"}]},
            {"parameters": [{"name": "a", "value": "1"}]},
        ),
        (
            "aws:rds/parameterGroup:ParameterGroup",
            {"parameters": [{"name": "require_secure_transport", "value": "ON"}]},
            {"parameters": [{"name": "require_secure_transport", "value": "0"}]},
        ),
        ("aws:s3/bucketPolicy:BucketPolicy", policy(TLS_ONLY, allow("a:b"))[1], policy(allow("a:b"))[1]),
        ("aws:ebs/volume:Volume", {"kmsKeyId": "arn:key"}, {}),
    ],
)
def test_encryption_switched_off(type_: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    common = {"tags": {"a": "b"}}
    assert len(said(changed(type_, {**common, **old}, {**common, **new}), "encryption")) == 1
    assert said(changed(type_, {**common, **new}, {**common, **old}), "encryption") == []


def test_a_disk_that_goes_is_not_decrypted() -> None:
    device = {"deviceName": "/dev/sdf", "ebs": {"encrypted": "true", "deleteOnTermination": "false"}}
    report = changed("aws:ec2/launchTemplate:LaunchTemplate", {"blockDeviceMappings": [device]}, {"imageId": "ami-1"})
    assert said(report) == []


def test_a_disk_that_comes_may_go_with_its_server() -> None:
    device = {"deviceName": "/dev/sdf", "ebs": {"encrypted": "true", "deleteOnTermination": "true"}}
    template = "aws:ec2/launchTemplate:LaunchTemplate"
    assert said(changed(template, {"imageId": "a"}, {"imageId": "a", "blockDeviceMappings": [device]})) == []


# --- capacity -------------------------------------------------------------------------------------------------------


def fleet(least: int, most: int, *windows: tuple[str, int], replica: int = 0, nat: int = 0) -> Program:
    made = Program()
    ignored = ["minSize", "maxSize"] if windows else []
    group = made.add(GROUP, "fleet", {"minSize": least, "maxSize": most}, ignoreChanges=ignored)
    for index, (cron, floor) in enumerate(windows):
        inputs = {
            "autoscalingGroupName": group["id"],
            "recurrence": cron,
            "timeZone": "Europe/Zurich",
            "minSize": floor,
            "maxSize": most,
            "desiredCapacity": -1,
        }
        made.add(SCHEDULE, f"w{index}", inputs, deps={"autoscalingGroupName": [group]})
    for index in range(replica):
        made.add(DATABASE, f"replica-{index}", {"replicateSourceDb": "db", "instanceClass": "db.r7g.large"})
    for index in range(nat):
        made.add("aws:ec2/natGateway:NatGateway", f"nat-{index}", {})
    return made


MONDAY = (("0 7-11 * * 1", 20), ("0 12 * * 1", 5))


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (fleet(5, 40), fleet(3, 40), "the floor falls from 5 to 3 at all times"),
        (fleet(5, 40), fleet(5, 20), "the maximum falls from 40 to 20 at all times"),
        (
            fleet(5, 40, *MONDAY),
            fleet(5, 40, ("0 7-11 * * 1", 10), ("0 12 * * 1", 5)),
            "the floor falls from 20 to 10 Mon 07:00-12:00 (Europe/Zurich)",
        ),
        (fleet(5, 40, *MONDAY), fleet(5, 40), "the floor falls from 20 to 5 Mon 07:00-12:00 (Europe/Zurich)"),
        (
            fleet(5, 40, *MONDAY),
            fleet(5, 40, ("0 9-11 * * 1", 20), ("0 12 * * 1", 5)),
            "the floor falls from 20 to 5 Mon 07:00-09:00",
        ),
        (
            fleet(5, 40, *MONDAY),
            fleet(5, 40, ("0 7-11 * * 2", 20), ("0 12 * * 2", 5)),
            "the floor falls from 20 to 5 Mon 07:00-12:00",
        ),
        (fleet(5, 40, *MONDAY), fleet(5, 30, *MONDAY), "the maximum falls from 40 to 30 at all times"),
    ],
)
def test_fleets_that_shrink(old: Program, new: Program, text: str) -> None:
    report = diff(old, new)
    assert any(text in line for line in said(report, "capacity")), said(report)


def test_fleets_that_grow_or_stay() -> None:
    assert said(diff(fleet(5, 40), fleet(5, 40, *MONDAY))) == []
    assert said(diff(fleet(5, 40, *MONDAY), fleet(5, 40, ("0 6-11 * * 1", 20), ("0 12 * * 1", 5)))) == []
    longer = (("0,30 7-11 * * 1", 20), ("0 12-23 * * 1", 5))
    assert said(diff(fleet(5, 40, *MONDAY), fleet(5, 40, *longer))) == []


def test_replicas_and_gateways_that_go() -> None:
    report = diff(fleet(1, 2, replica=2, nat=3), fleet(1, 2, replica=1, nat=1))
    assert said(report, "data") == []
    assert [line.split(",")[0].split(";")[0] for line in said(report, "capacity")] == [
        "the read replica replica-1 (rds/Instance) is deleted: there is one replica less",
        "NAT gateways: 3 so far",
    ]
    assert said(diff(fleet(1, 2, nat=1), fleet(1, 2, nat=3))) == []


@pytest.mark.parametrize(
    ("type_", "old", "new"),
    [
        (DATABASE, {"instanceClass": "db.r7g.xlarge"}, {"instanceClass": "db.r7g.large"}),
        (DATABASE, {"multiAz": True}, {"multiAz": False}),
        (DATABASE, {"maxAllocatedStorage": 1000}, {"maxAllocatedStorage": 100}),
        ("aws:ec2/launchTemplate:LaunchTemplate", {"instanceType": "m7g.large"}, {"instanceType": "t4g.small"}),
        (GROUP, {"desiredCapacity": 5}, {"desiredCapacity": 2}),
        (GROUP, {"vpcZoneIdentifiers": ["a", "b", "c"]}, {"vpcZoneIdentifiers": ["a", "b"]}),
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"numCacheClusters": 3}, {"numCacheClusters": 2}),
    ],
)
def test_capacity_lowered(type_: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert len(said(changed(type_, old, new), "capacity")) == 1
    assert said(changed(type_, new, old), "capacity") == []


def test_sizes_are_compared_where_they_are_known() -> None:
    assert "memory" in smaller("db.r7g.large", "db.m7g.large")
    assert smaller("m7g.large", "r7g.large") == ""
    assert smaller("t4g.small", "t4g.medium") == ""
    assert smaller("db.zz9.4xlarge", "db.zz9.2xlarge") == "a smaller size of the same family"
    assert smaller("db.zz9.2xlarge", "db.zz8.large") == ""


def test_the_floor_of_a_week() -> None:
    def action(cron: str, floor: int, zone: str = "UTC") -> Any:
        found = read_action({"recurrence": cron, "timeZone": zone, "minSize": floor, "maxSize": -1})
        assert found is not None
        return found

    week = profile([action("0 22 * * SUN", 9), action("0 2 * * MON", 1)], 5)
    assert (week[0], week[119], week[120], week[-121], week[-120]) == (9, 9, 1, 1, 9)
    assert falls(week, [1] * len(week), "UTC") == ["from 9 to 1 Mon 00:00-02:00, Sun 22:00-24:00 (UTC)"]
    assert profile([], 5) == [5] * 10080
    assert profile([action("*/30 8-9 * * 1-5", 3)], 5, most=True) == [5] * 10080
    zurich = profile([action("0 7 * * MON", 9, "Europe/Zurich"), action("0 8 * * MON", 1, "Europe/Zurich")], 5)
    assert [m for m, floor in enumerate(zurich) if floor == 9] == list(range(360, 420))
    for odd in ("0 7 1 * *", "x", "61 * * * *", "0 7 * * MON-XXX", ""):
        assert read_action({"recurrence": odd}) is None


# --- secrets --------------------------------------------------------------------------------------------------------


def test_a_secret_that_is_plain_now_is_told_and_never_shown() -> None:
    base, head = Program(), Program()
    base.add("aws:ssm/parameter:Parameter", "p", {"value": "hunter22"}, secrets=("value",))
    head.add("aws:ssm/parameter:Parameter", "p", {"value": "hunter22"})
    head.add("aws:ssm/parameter:Parameter", "copy", {"value": "psst: hunter22"})
    report = diff(base, head)
    assert said(report, "secret") == ["p (ssm/Parameter): value was secret and is in plain text now"]
    assert "hunter22" not in json.dumps(report)
    assert said(diff(head, base), "secret") == []
    assert "hunter22" not in json.dumps(diff(head, base))


def test_outputs_that_are_plain_now() -> None:
    base, head = Program(), Program()
    base.outputs = {"password": "[secret]", "db": {"host": "h", "password": "[secret]"}, "list": ["[secret]"]}
    head.outputs = {"password": "hunter22", "db": {"host": "h", "password": "correct-horse"}, "list": ["[secret]"]}
    report = diff(base, head)
    assert len(said(report, "secret")) == 2
    assert "hunter22" not in json.dumps(report)
    assert "correct-horse" not in json.dumps(report)


def test_a_secret_inside_of_a_text_is_found_and_hidden() -> None:
    def side(word: str) -> Program:
        made = Program()
        url = f"mysql://app:{word}@db/app"
        made.add("aws:ec2/launchTemplate:LaunchTemplate", "t", {"environment": {"URL": url}})
        made.outputs = {"url": url}
        return made

    report = diff(side("[secret]"), side("hunter22"))
    assert said(report, "secret") == [
        "t (ec2/LaunchTemplate): environment.URL had a secret in it that is in plain text now",
        "the stack's output url was secret and is in plain text now",
    ]
    assert "hunter22" not in json.dumps(report)
    hidden = diff(side("hunter22"), side("[secret]"))
    assert said(hidden) == []
    assert "hunter22" not in json.dumps(hidden)
    other = side("[secret]")
    other.outputs = {"url": "https://elsewhere"}
    assert said(diff(side("[secret]"), other), "secret") == []


def test_what_is_sensitive_by_nature_is_never_shown() -> None:
    report = changed(DATABASE, {**DB, "password": "old-hunter"}, {**DB, "password": "new-hunter"})
    assert counts(report) == {"update": 1}
    assert "hunter" not in json.dumps(report)


def test_secrets_stored_in_plain_text_and_outputs_no_longer_secret() -> None:
    kind = "aws:ssm/parameter:Parameter"
    report = changed(kind, {"type": "SecureString", "value": "abcdef"}, {"type": "String", "value": "abcdef"})
    assert said(report, "secret") == ["x (ssm/Parameter) was a SecureString and is a String now"]
    assert "abcdef" not in json.dumps(report)
    base, head = Program(), Program()
    base.add(BUCKET, "b", {}, additionalSecretOutputs=["arn"])
    head.add(BUCKET, "b", {})
    assert len(said(diff(base, head), "secret")) == 1

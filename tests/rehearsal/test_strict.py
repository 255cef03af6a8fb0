"""What AWS refuses is refused here, in one line, before the emulator sees it."""

from typing import Any

import pytest

from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.services import known_entries
from rehearsal.stage import Stage
from rehearsal.strict import compiled_pattern

from .conftest import REGION, urn


@pytest.mark.parametrize(
    ("service", "operation", "params", "expected"),
    [
        (
            "ec2",
            "create_vpc",
            {"CidrBlock": "10.0.0.0/16", "InstanceTenancy": "dedicatd"},
            "ec2 CreateVpc: InstanceTenancy must be one of default, dedicated, host, got 'dedicatd'",
        ),
        (
            "ec2",
            "create_flow_logs",
            {"ResourceIds": ["vpc-1"], "ResourceType": "VPC", "TagSpecifications": [{"ResourceType": "vpcs"}]},
            "ec2 CreateFlowLogs: TagSpecifications[0].ResourceType must be one of",
        ),
        ("ec2", "create_vpc", {"Cidr": "10.0.0.0/16"}, "ec2 CreateVpc: Cidr is not known; known are "),
        ("iam", "create_role", {"RoleName": "web"}, "iam CreateRole: AssumeRolePolicyDocument is required"),
        (
            "iam",
            "create_role",
            {"RoleName": "web server", "AssumeRolePolicyDocument": "{}"},
            r"iam CreateRole: RoleName must match [\w+=,.@-]+, got 'web server'",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "x" * 65, "AssumeRolePolicyDocument": "{}"},
            "iam CreateRole: RoleName must be at most 64 characters, got 65",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "x", "AssumeRolePolicyDocument": "{}", "MaxSessionDuration": 60},
            "iam CreateRole: MaxSessionDuration must be at least 3600, got 60",
        ),
        (
            "iam",
            "create_role",
            {"RoleName": "x", "AssumeRolePolicyDocument": "{}", "Tags": [{"Key": "k" * 129, "Value": "v"}]},
            "iam CreateRole: Tags[0].Key must be at most 128 characters, got 129",
        ),
        ("ec2", "create_vpc", {"DryRun": "yes"}, "ec2 CreateVpc: DryRun must be true or false, got 'yes'"),
        ("ec2", "describe_vpcs", {"VpcIds": "vpc-1"}, "ec2 DescribeVpcs: VpcIds must be a list, got 'vpc-1'"),
    ],
)
def test_wrong_requests_are_named(
    emulator: Emulator, service: str, operation: str, params: dict[str, Any], expected: str
) -> None:
    with pytest.raises(RehearsalError) as caught:
        getattr(emulator.client(service, REGION), operation)(**params)
    assert str(caught.value).startswith(expected)
    assert "\n" not in str(caught.value)


def test_sensitive_values_are_not_shown(emulator: Emulator) -> None:
    with pytest.raises(RehearsalError) as caught:
        emulator.client("secretsmanager", REGION).create_secret(Name="x", SecretString="s3cret" * 11000)
    assert "SecretString must be at most 65536 characters, got 66000 ([secret])" in str(caught.value)


def test_tokens_that_boto3_fills_in_are_not_asked_for(emulator: Emulator) -> None:
    emulator.client("secretsmanager", REGION).create_secret(Name="filled", SecretString="x")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", "Überraschung 1_2", "a\tb;"),
        (r"[\w-_]*", "a-b_c", "a b"),
        (r"\p{ASCII}+", "abc", "ä"),
        ("abc", "abc", "xabcx"),
    ],
)
def test_patterns_are_javas_and_anchored(pattern: str, good: str, bad: str) -> None:
    compiled = compiled_pattern(pattern)
    assert compiled is not None
    assert compiled.fullmatch(good)
    assert not compiled.fullmatch(bad)


def test_patterns_of_all_services_in_use_are_understood(emulator: Emulator) -> None:
    unknown: dict[str, set[str]] = {}
    for service in sorted({e.service for e in known_entries()}):
        model = emulator.client(service, REGION).meta.service_model
        for name in model.shape_names:
            pattern = model.shape_for(name).metadata.get("pattern")
            if pattern and compiled_pattern(pattern) is None:
                unknown.setdefault(service, set()).add(pattern)
    # Surrogate pairs, written for a language whose characters have 16 bits.
    assert all(pattern.startswith(r"[\u0020-\uD7FF") for patterns in unknown.values() for pattern in patterns)


def test_previews_are_as_strict(stage: Stage) -> None:
    at = urn("aws:ec2/vpc:Vpc")
    inputs, _ = stage.check(at, {"cidrBlock": "10.0.0.0/16", "instanceTenancy": "dedicatd"})
    with pytest.raises(RehearsalError, match="InstanceTenancy must be one of default, dedicated, host"):
        stage.create(at, inputs, preview=True)

"""The provider as the engine talks to it: property values, unknowns, secrets."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from pulumi.provider.experimental import provider as sdk
from pulumi.provider.experimental.property_value import Computed, PropertyValue

from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.provider import OLD_INPUTS, RehearsalProvider
from rehearsal.values import UNKNOWN, to_plain, to_properties

from .conftest import REGION, urn

T = TypeVar("T")
VPC, RULE = urn("aws:ec2/vpc:Vpc"), urn("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@pytest.fixture
def provider(emulator: Emulator) -> RehearsalProvider:
    return RehearsalProvider(emulator, region=REGION)


def checked(provider: RehearsalProvider, at: str, **inputs: Any) -> dict[str, PropertyValue]:
    response = run(provider.check(sdk.CheckRequest(at, {}, to_properties(inputs), b"seed")))
    assert not response.failures
    assert response.inputs is not None
    return response.inputs


def test_property_values_survive_the_way_there_and_back() -> None:
    values = {"a": [1, 2.5, True, None, "x"], "b": {"c": {"d": UNKNOWN}}}
    properties = to_properties(values, frozenset({"b"}))
    assert to_plain(properties) == (values, frozenset({"b"}))
    wire = PropertyValue.marshal_map(properties)
    assert to_plain(PropertyValue.unmarshal_map(wire)) == (values, frozenset({"b"}))
    assert to_plain({"x": PropertyValue(Computed())}) == ({"x": UNKNOWN}, frozenset())


def test_secrets_deep_inside_make_their_property_secret() -> None:
    hidden = PropertyValue({"password": PropertyValue("x", is_secret=True)})
    assert to_plain({"a": hidden, "b": PropertyValue("y")})[1] == {"a"}


def test_previews_know_the_inputs_and_not_the_outputs(provider: RehearsalProvider) -> None:
    inputs = checked(provider, RULE, securityGroupId=UNKNOWN, ipProtocol="tcp", fromPort=1, toPort=2, cidrIpv4=UNKNOWN)
    response = run(provider.create(sdk.CreateRequest(RULE, inputs, 0, preview=True)))
    state, _ = to_plain(response.properties)
    assert response.resource_id == ""
    assert (state["fromPort"], state["securityGroupId"], state["arn"]) == (1, UNKNOWN, UNKNOWN)
    PropertyValue.marshal_map(response.properties)


def test_inputs_that_turn_out_unknown_are_changes(provider: RehearsalProvider) -> None:
    inputs = checked(provider, VPC, cidrBlock="10.5.0.0/16")
    made = run(provider.create(sdk.CreateRequest(VPC, inputs, 0, preview=False)))
    news = {**inputs, "cidrBlock": PropertyValue.computed()}
    diff = run(provider.diff(sdk.DiffRequest(VPC, made.resource_id or "", made.properties, news, [])))
    assert diff.replaces == ["cidrBlock"]


def test_secrets_stay_secret(provider: RehearsalProvider) -> None:
    at = urn("aws:iam/policy:Policy")
    document = PropertyValue('{"Version":"2012-10-17","Statement":[]}', is_secret=True)
    tags = PropertyValue({"k": PropertyValue("v", is_secret=True)})
    response = run(provider.check(sdk.CheckRequest(at, {}, {"policy": document, "tags": tags}, b"")))
    inputs = response.inputs or {}
    assert {k for k, v in inputs.items() if v.is_secret} == {"policy", "tags", "tagsAll"}
    planned = run(provider.create(sdk.CreateRequest(at, inputs, 0, preview=True)))
    assert {k for k, v in planned.properties.items() if v.is_secret} == {"policy", "tags", "tagsAll"}


def test_errors_do_not_tell_secrets(provider: RehearsalProvider) -> None:
    at = urn("aws:iam/policy:Policy")
    inputs = {"name": PropertyValue("bad name", is_secret=True), "policy": PropertyValue("{}")}
    with pytest.raises(RehearsalError) as caught:
        run(provider.create(sdk.CreateRequest(at, inputs, 0, preview=True)))
    assert "bad name" not in str(caught.value)
    assert "[secret]" in str(caught.value)


def test_what_is_wrong_names_type_and_property(provider: RehearsalProvider) -> None:
    wrong = to_properties({"cidrBlok": "10.0.0.0/16", "__defaults": []})
    (failure,) = run(provider.check(sdk.CheckRequest(VPC, {}, wrong, b""))).failures or []
    assert failure.property == "cidrBlok"
    assert failure.reason.startswith("ec2/Vpc has no input cidrBlok; known are assignGeneratedIpv6CidrBlock, ")


@pytest.mark.parametrize(
    ("token", "inputs", "expected"),
    [
        ("aws:ec2/subnet:Subnet", {"cidrBlock": "10.0.0.0/24"}, "ec2/Subnet needs vpcId"),
        (
            "aws:ec2/route:Route",
            {
                "routeTableId": "rtb-1",
                "destinationCidrBlock": "0.0.0.0/0",
                "gatewayId": "igw-1",
                "natGatewayId": "nat-1",
            },
            "got gatewayId and natGatewayId",
        ),
        (
            "aws:iam/role:Role",
            {"assumeRolePolicy": "{}", "name": "a", "namePrefix": "b"},
            "iam/Role takes only one of name, namePrefix",
        ),
    ],
)
def test_rules_between_inputs(provider: RehearsalProvider, token: str, inputs: dict[str, Any], expected: str) -> None:
    failures = run(provider.check(sdk.CheckRequest(urn(token), {}, to_properties(inputs), b""))).failures or []
    assert any(expected in failure.reason for failure in failures)


def test_nested_names_are_checked(provider: RehearsalProvider) -> None:
    at = urn("aws:ec2/vpcEndpoint:VpcEndpoint")
    inputs = checked(provider, at, vpcId="vpc-1", serviceName="com.amazonaws.eu-central-1.s3")
    provider.stage.create(at, to_plain(inputs)[0], preview=True)


def test_names_come_from_the_seed_and_have_a_limit(provider: RehearsalProvider) -> None:
    at = urn("aws:iam/role:Role", "web")
    first, again, other = (
        run(provider.check(sdk.CheckRequest(at, {}, to_properties({"assumeRolePolicy": "{}"}), seed))).inputs or {}
        for seed in (b"a", b"a", b"b")
    )
    assert first["name"] == again["name"] != other["name"]
    assert str(first["name"].value)[:4] == "web-"
    assert len(str(first["name"].value)) == len("web-") + 7
    too_long = urn("aws:iam/role:Role", "x" * 57)
    response = run(provider.check(sdk.CheckRequest(too_long, {}, to_properties({"assumeRolePolicy": "{}"}), b"")))
    assert [f.reason for f in response.failures or []] == [
        f"the logical name '{'x' * 57}' is too long: AWS allows 64 characters, so use at most 56"
    ]


def test_what_the_program_no_longer_says_is_a_change_only_with_the_old_inputs(provider: RehearsalProvider) -> None:
    at = urn("aws:kms/key:Key")
    inputs = checked(provider, at, description="Backups")
    made = run(provider.create(sdk.CreateRequest(at, inputs, 0, preview=False)))
    news = {k: v for k, v in inputs.items() if k != "description"}
    request = sdk.DiffRequest(at, made.resource_id or "", made.properties, news, [])
    assert run(provider.diff(request)).changes is False
    OLD_INPUTS.set(inputs)
    diff = run(provider.diff(request))
    assert diff.detailed_diff["description"].kind == sdk.PropertyDiffKind.DELETE
    ignoring = sdk.DiffRequest(at, made.resource_id or "", made.properties, news, ["description"])
    assert run(provider.diff(ignoring)).changes is False
    OLD_INPUTS.set(None)


def test_fixed_names_are_deleted_before_they_are_replaced(provider: RehearsalProvider) -> None:
    at = urn("aws:iam/role:Role")
    for given, first in (({"name": "fixed"}, True), ({}, False)):
        inputs = checked(provider, at, assumeRolePolicy="{}", **given)
        news = {**inputs, "path": PropertyValue("/other/")}
        diff = run(provider.diff(sdk.DiffRequest(at, "x", inputs, news, [])))
        assert (diff.replaces, diff.delete_before_replace) == (["path"], first)


def test_default_tags_reach_everything(provider: RehearsalProvider) -> None:
    tags = to_properties({"region": REGION, "defaultTags": '{"tags": {"Project": "x", "Stack": "dev"}}'})
    response = run(provider.configure(sdk.ConfigureRequest({}, tags, accept_secrets=True, accept_resources=True)))
    assert response.supports_preview
    inputs = checked(provider, VPC, cidrBlock="10.6.0.0/16", tags={"Stack": "prod"})
    made = run(provider.create(sdk.CreateRequest(VPC, inputs, 0, preview=False)))
    state, _ = to_plain(made.properties)
    assert state["tags"] == {"Stack": "prod"}
    assert state["tagsAll"] == {"Project": "x", "Stack": "prod"}


def test_a_region_is_asked_for(emulator: Emulator) -> None:
    with pytest.raises(RehearsalError, match="aws:region is not set"):
        run(
            RehearsalProvider(emulator).configure(
                sdk.ConfigureRequest({}, {}, accept_secrets=True, accept_resources=True)
            )
        )


def test_many_resources_at_a_time(provider: RehearsalProvider) -> None:
    async def all_of_them() -> list[str | None]:
        requests = [
            sdk.CreateRequest(
                urn("aws:ec2/vpc:Vpc", f"v{i}"), to_properties({"cidrBlock": "10.0.0.0/16"}), 0, preview=False
            )
            for i in range(12)
        ]
        return [response.resource_id for response in await asyncio.gather(*map(provider.create, requests))]

    assert len(set(run(all_of_them()))) == 12

"""The provider's functions."""

import re

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.invokes import invoke
from rehearsal.stage import Stage


def test_where_we_are(stage: Stage) -> None:
    region = invoke(stage, "aws:index/getRegion:getRegion", {})
    assert (region["region"], region["description"]) == ("eu-central-1", "Europe (Frankfurt)")
    assert invoke(stage, "aws:index/getPartition:getPartition", {})["dnsSuffix"] == "amazonaws.com"
    assert invoke(stage, "aws:index/getCallerIdentity:getCallerIdentity", {})["accountId"] == "123456789012"
    assert invoke(stage, "aws:index/getDefaultTags:getDefaultTags", {})["tags"] == {"Project": "elasticweb"}
    china = Stage(stage.emulator, "cn-north-1")
    assert invoke(china, "aws:index/getPartition:getPartition", {})["partition"] == "aws-cn"


def test_zones_come_sorted_and_without_the_excluded(stage: Stage) -> None:
    function = "aws:index/getAvailabilityZones:getAvailabilityZones"
    assert invoke(stage, function, {"state": "available", "excludeNames": ["eu-central-1b"]})["names"] == [
        "eu-central-1a",
        "eu-central-1c",
    ]


def test_passwords_have_their_length_and_no_excluded_character(stage: Stage) -> None:
    arguments = {"passwordLength": 40, "excludeCharacters": "\"'/@\\ ", "excludePunctuation": True}
    function = "aws:secretsmanager/getRandomPassword:getRandomPassword"
    first, second = (invoke(stage, function, arguments)["randomPassword"] for _ in range(2))
    assert re.fullmatch(r"[A-Za-z0-9]{40}", first)
    assert first != second


def test_public_parameters(stage: Stage) -> None:
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    found = invoke(stage, "aws:ssm/getParameter:getParameter", {"name": name})
    assert found["value"].startswith("ami-")
    ubuntu = {"name": "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id"}
    found = invoke(stage, "aws:ssm/getParameter:getParameter", ubuntu)
    assert re.fullmatch("ami-[0-9a-f]{17}", found["value"]), "of our own: the emulator has Amazon's alone"
    with pytest.raises(RehearsalError, match="the emulator has no parameter /nope"):
        invoke(stage, "aws:ssm/getParameter:getParameter", {"name": "/nope"})


def test_images(stage: Stage) -> None:
    filters = [{"name": "name", "values": ["al2023-ami-2023*"]}, {"name": "architecture", "values": ["arm64"]}]
    found = invoke(stage, "aws:ec2/getAmi:getAmi", {"mostRecent": True, "owners": ["amazon"], "filters": filters})
    assert found["architecture"] == "arm64"
    with pytest.raises(RehearsalError, match="no image of the emulator matches"):
        invoke(stage, "aws:ec2/getAmi:getAmi", {"filters": [{"name": "name", "values": ["no-such-*"]}]})


def test_unknown_functions_are_named(stage: Stage) -> None:
    with pytest.raises(RehearsalError, match="does not know the provider function aws:ec2/getVpcs:getVpcs"):
        invoke(stage, "aws:ec2/getVpcs:getVpcs", {})

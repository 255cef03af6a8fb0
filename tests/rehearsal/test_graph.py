"""What a program declares, as JSON: stable, complete, without secrets."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .command import ROOT, environment, rehearse, write_program

PLAIN = "from rehearsal import lazy_aws; lazy_aws.install = lambda: None; from rehearsal.cli import main; "


@pytest.fixture(scope="module")
def prod() -> str:
    answer = rehearse("graph", "--stack", "prod", "--json", variables={"PYTHONHASHSEED": "1"})
    assert answer.status == 0, answer.err
    assert answer.err == ""
    return answer.out


@pytest.fixture(scope="module")
def graph(prod: str) -> dict[str, Any]:
    return json.loads(prod)


def test_two_evaluations_give_the_same_bytes_however_pulumi_aws_is_imported(prod: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{PLAIN}main(['graph', '--stack', 'prod', '--json'])"],
        cwd=ROOT,
        env=environment(PYTHONHASHSEED="2"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == prod


def test_every_resource_says_what_it_is(graph: dict[str, Any]) -> None:
    assert (graph["project"], graph["stack"]) == ("elasticweb", "prod")
    resources = graph["resources"]
    assert len(resources) > 140
    urns = [r["urn"] for r in resources]
    assert urns == sorted(urns)
    assert len(set(urns)) == len(urns)
    for resource in resources:
        assert resource["urn"].endswith(f"::{resource['name']}")
        assert resource["parent"] in urns or resource["type"] == "pulumi:pulumi:Stack"
        assert bool(resource["id"]) is resource["custom"]
        assert set(resource["dependencies"]) <= set(urns)
    ids = [r["id"] for r in resources if r["type"].startswith(("aws:ec2/", "aws:lb/", "aws:rds/"))]
    assert len(set(ids)) == len(ids)


def test_ids_and_arns_look_like_those_of_aws(graph: dict[str, Any]) -> None:
    found = {r["name"]: r for r in graph["resources"]}
    assert found["prod-network-vpc"]["id"].startswith("vpc-")
    assert found["prod-network-public-a"]["inputs"]["vpcId"] == found["prod-network-vpc"]["id"]
    arn = found["prod-web-alb"]["outputs"]["arn"]
    assert arn.startswith("arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/prod-web-alb-")
    assert found["prod-web-alb"]["id"] == arn
    assert found["prod-web-server-role"]["outputs"]["arn"].startswith("arn:aws:iam::123456789012:role/prod-web-server-")
    label = found["prod-web-by-requests"]["inputs"]["targetTrackingConfiguration"]["predefinedMetricSpecification"]
    assert label["resourceLabel"].startswith("app/prod-web-alb-")
    assert "/targetgroup/prod-web-target-" in label["resourceLabel"]


def test_secrets_are_masked_wherever_they_are(tmp_path: Path) -> None:
    write_program(
        tmp_path,
        """
import pulumi, pulumi_aws as aws
word = pulumi.Output.secret("correct-horse-battery")
parameter = aws.ssm.Parameter("p", type="SecureString", value=word)
tags = {"plain": "shown", "hidden": word}
aws.ec2.Vpc("v", cidr_block="10.0.0.0/16", tags=tags)
leaked = pulumi.Output.unsecret(word)
aws.ec2.Vpc("w", cidr_block="10.1.0.0/16", tags={"leaked": pulumi.Output.format("x-{0}", leaked)})
pulumi.export("word", word)
pulumi.export("inside", {"a": [word, "b"]})
pulumi.export("leaked", leaked)
pulumi.export("random", aws.secretsmanager.get_random_password_output(password_length=20).random_password)
pulumi.export("password", pulumi.Output.secret(aws.secretsmanager.get_random_password_output().random_password))
""",
    )
    answer = rehearse("graph", "--json", directory=tmp_path)
    assert answer.status == 0, answer.err
    assert "correct-horse" not in answer.out
    graph = json.loads(answer.out)
    found = {r["name"]: r for r in graph["resources"]}
    assert found["p"]["inputs"]["value"] == found["p"]["outputs"]["value"] == "[secret]"
    assert found["p"]["secretInputs"] == ["value"]
    assert found["v"]["inputs"]["tags"] == "[secret]"
    assert found["w"]["inputs"]["tags"] == {"leaked": "x-[secret]"}
    assert graph["outputs"]["word"] == graph["outputs"]["inside"] == graph["outputs"]["password"] == "[secret]"
    assert graph["outputs"]["leaked"] == "[secret]"
    assert len(graph["outputs"]["random"]) == 20
    assert "correct-horse" not in rehearse("graph", directory=tmp_path).out


def test_types_and_functions_that_the_rehearsal_does_not_carry_are_shown_all_the_same(tmp_path: Path) -> None:
    write_program(
        tmp_path,
        """
import pulumi, pulumi_aws as aws
vault = aws.glacier.Vault("vault")
image = aws.ec2.get_ami_output(owners=["amazon"], most_recent=True)
zones = aws.get_availability_zones_output()
host = aws.mq.Broker("mq", engine_type="RabbitMQ", engine_version="3.13", host_instance_type="mq.m5.large",
                     users=[{"username": "app", "password": pulumi.Output.secret("a-long-password")}])
pulumi.export("vault", vault.arn)
pulumi.export("image", image.id)
pulumi.export("first", zones.names[0])
pulumi.export("console", host.instances[0].console_url)
""",
    )
    answer = rehearse("graph", "--json", directory=tmp_path)
    assert answer.status == 0, answer.err
    outputs = json.loads(answer.out)["outputs"]
    assert outputs["vault"].startswith("arn:aws:glacier:eu-central-1:123456789012:vault/vault-")
    assert outputs["first"] == "eu-central-1a"
    assert outputs["image"]
    assert outputs["console"]


def test_options_and_dependencies_are_kept(tmp_path: Path) -> None:
    write_program(
        tmp_path,
        """
import pulumi, pulumi_aws as aws
a = aws.s3.Bucket("a", opts=pulumi.ResourceOptions(protect=True, retain_on_delete=True, aliases=[pulumi.Alias("z")]))
b = aws.s3.BucketVersioning("b", bucket=a.bucket, versioning_configuration={"status": "Enabled"},
                            opts=pulumi.ResourceOptions(ignore_changes=["mfa"]))
""",
    )
    found = {r["name"]: r for r in json.loads(rehearse("graph", "--json", directory=tmp_path).out)["resources"]}
    assert found["a"]["options"]["protect"] is True
    assert found["a"]["options"]["retainOnDelete"] is True
    assert found["a"]["options"]["aliases"][0]["name"] == "z"
    assert found["b"]["options"]["ignoreChanges"] == ["mfa"]
    assert found["b"]["dependencies"] == [found["a"]["urn"]]
    assert found["b"]["propertyDependencies"] == {"bucket": [found["a"]["urn"]]}
    assert found["b"]["inputs"]["bucket"] == found["a"]["outputs"]["bucket"]


def test_files_in_a_program_are_described(tmp_path: Path) -> None:
    write_program(
        tmp_path,
        """
import pulumi, pulumi_aws as aws
aws.s3.BucketObjectv2("o", bucket="b", key="k", source=pulumi.StringAsset("hello"))
""",
    )
    found = {r["name"]: r for r in json.loads(rehearse("graph", "--json", directory=tmp_path).out)["resources"]}
    assert found["o"]["inputs"]["source"] == {"kind": "StringAsset", "text": "hello"}


def test_several_environments_fit_into_one_program() -> None:
    arguments = ("--program", "tests/copies", "--stack", "prod", "-c", "copies:count=2", "--json")
    resources = json.loads(rehearse("graph", *arguments).out)["resources"]
    blocks = {r["name"]: r["inputs"]["cidrBlock"] for r in resources if r["type"] == "aws:ec2/vpc:Vpc"}
    assert blocks == {"copy-0-network-vpc": "10.20.0.0/16", "copy-1-network-vpc": "10.21.0.0/16"}
    # The parts of a bucket and a topic's policy have its id; hooks and selections are named within a group or plan.
    shared = ("s3/bucket", "sns/topicPolicy", "autoscaling/lifecycleHook", "backup/restoreTestingSelection")
    ids = [r["id"] for r in resources if r["custom"] and not any(part in r["type"] for part in shared)]
    assert len(set(ids)) == len(ids)


def test_as_text_it_is_a_tree(tmp_path: Path) -> None:
    write_program(tmp_path, "import pulumi_aws as aws\naws.s3.Bucket('files')\n")
    out = rehearse("graph", directory=tmp_path).out
    assert "└─ aws:s3/bucket:Bucket  files" in out
    assert "ids and outputs are stand-ins" in out

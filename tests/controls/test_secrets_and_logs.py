"""What auditors ask of secrets, logs, zones and tags (docs/security.md)."""

import base64
import gzip
import json

import yaml

from tests.programs import ROOT, Program, evaluated

from .asked import statements


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

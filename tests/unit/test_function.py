"""The Lambda functions of components."""

import subprocess
import sys
from pathlib import Path

import pulumi
import pytest

from components import _function
from tests.recording import recording

_CODE = _function.Code("windows.sizes.sizes_at", ["windows/sizes.py"], ["yaml"], {"windows/policy.json": "{}"})


def _made(**running: object) -> None:
    component = pulumi.ComponentResource("test:index:Owner", "db")
    owner = _function.Owner("db-worker", component, {"team": "web"})
    allowed = {"Effect": "Allow", "Action": "rds:DescribeDBInstances", "Resource": "*"}
    _function.function(owner, "Does what is to be done", _CODE, [allowed], running)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("preview", [False, True])
def test_a_function_has_a_role_for_its_log_and_its_work_only(preview: bool) -> None:
    made = recording(_made, preview=preview)
    assert {resource.name for resource in made.resources} >= {
        *("db-worker", "db-worker-log", "db-worker-role", "db-worker-role-policy")
    }
    function = made.named("db-worker").inputs
    assert function["runtime"] == "python3.13"
    assert function["architectures"] == ["arm64"]
    assert function["handler"] == "elasticweb.windows.sizes.sizes_at"
    assert "vpcConfig" not in function
    assert "reservedConcurrentExecutions" not in function
    assert function["tags"] == {"team": "web"}
    assert made.named("db-worker-log").inputs["retentionInDays"] == 30
    if not preview:
        assert '"logs:CreateLogStream", "logs:PutLogEvents"' in made.named("db-worker-role-policy").inputs["policy"]
        assert '"rds:DescribeDBInstances"' in made.named("db-worker-role-policy").inputs["policy"]
        assert function["loggingConfig"]["logGroup"].startswith("db-worker-log")


def test_a_function_in_a_network_may_have_interfaces_there() -> None:
    made = recording(lambda: _made(vpc={"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-1"]}, concurrency=1))
    assert made.named("db-worker").inputs["vpcConfig"] == {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]}
    assert made.named("db-worker").inputs["reservedConcurrentExecutions"] == 1
    policy = made.named("db-worker-role-network").inputs["policyArn"]
    assert policy == "arn:aws:iam::aws:policy/service-role/AWSLambdaENIManagementAccess"


def test_the_archive_runs_alone(tmp_path: Path) -> None:
    for path, asset in _function.archive(_CODE).assets.items():
        assert isinstance(asset, pulumi.StringAsset)
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(asset.text)
    assert (tmp_path / "elasticweb/windows/policy.json").read_text() == "{}"
    # Isolated and without site-packages: nothing but what was shipped.
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import yaml, elasticweb.windows.sizes as s; print(s)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert str(tmp_path / "elasticweb/windows/sizes.py") in done.stdout


def test_a_package_that_is_not_installed_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="needs the Python package nowhere_to_be_found"):
        _function.archive(_CODE._replace(packages=["nowhere_to_be_found"]))

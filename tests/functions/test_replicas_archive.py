"""The function as it is shipped: its archive, from wherever the components are installed, runs alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.mysql import MySQL
from rehearsal.recorder import Recording
from tests.recording import recording

_ROOT = Path(__file__).parents[2]

_CALLED = """
import json, os, sys
sys.path.insert(0, sys.argv[1])
import boto3
from moto import mock_aws

class Context:
    def get_remaining_time_in_millis(self):
        return 900000

with mock_aws():
    rds = boto3.client("rds", region_name="eu-central-1")
    group = json.loads(os.environ["TEMPLATE"])["DBParameterGroupName"]
    rds.create_db_parameter_group(DBParameterGroupName=group, DBParameterGroupFamily="mysql8.4", Description="its")
    rds.create_db_instance(
        DBInstanceIdentifier=os.environ["SOURCE"], DBInstanceClass="db.r7g.large", Engine="mysql",
        MasterUsername="app_owner", MasterUserPassword="correct-horse", AllocatedStorage=20, BackupRetentionPeriod=7)
    zone = boto3.client("route53").create_hosted_zone(Name="db.internal", CallerReference="1")
    os.environ["ZONE_ID"] = zone["HostedZone"]["Id"].rsplit("/", 1)[-1]
    import importlib
    module, _, name = sys.argv[2].rpartition(".")
    handle = getattr(importlib.import_module(module), name)
    events = [{"tf": {"action": "create"}}, {}, {"tf": {"action": "delete"}}]
    said = [handle(event, Context()) for event in events]
foreign = sorted(name for name in sys.modules if name.split(".")[0] in ("pulumi", "pulumi_aws", "components"))
print(json.dumps([said, foreign]), file=sys.stderr)
"""


def _declared() -> Recording:
    window = {"name": "noon", "days": ["MON"], "start": "11:00", "end": "13:00", "time_zone": "Europe/Zurich"}
    elastic: Any = {"max_size": 2, "min_size": 1, "windows": [{**window, "min_size": 2}]}
    return recording(
        lambda: MySQL(
            "db",
            {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "database": {"elastic_replicas": elastic}},
        )
    )


def _shipped(made: Recording) -> dict[str, str]:
    return {path: asset.text for path, asset in made.named("db-elastic").inputs["code"].assets.items()}


def test_it_runs_alone(tmp_path: Path) -> None:
    made = _declared()
    function = made.named("db-elastic").inputs
    for path, text in _shipped(made).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    environment = {
        **function["environment"]["variables"],
        "AWS_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": "db-elastic",
        "PATH": "",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }
    done = subprocess.run(
        [sys.executable, "-I", "-c", _CALLED, str(tmp_path), function["handler"]],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, foreign = json.loads(done.stderr.strip().splitlines()[-1])
    assert foreign == [], "nothing of the program is needed there"
    assert said[0] == {"opened": "the journal is open"}
    assert (said[1]["action"], said[1]["key"]) == ("create", "elastic-1")
    assert said[2] == {"closed": "all replicas are gone"}
    assert json.loads(done.stdout.splitlines()[1]) == said[1], "what it does is in its log"


_BUILT = """
import hashlib, json, sys
sys.path.insert(0, sys.argv[1])
from elasticweb._function import archive, Code
from elasticweb.mysql.elastic import controller
made = archive(Code("x", controller._CODE))
assert sys.argv[1] in controller.__file__
print(json.dumps({path: asset.text for path, asset in made.assets.items()}))
"""


@pytest.mark.parametrize("place", ["a wheel's site-packages", "a plugin's folder"])
def test_it_is_the_same_wherever_the_package_is(tmp_path: Path, place: str) -> None:
    root = tmp_path / place
    shutil.copytree(_ROOT / "components", root / "elasticweb", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "elasticweb/functions/replicas/__pycache__").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _BUILT, str(root)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    built = json.loads(done.stdout)
    shipped = {
        path: text for path, text in _shipped(_declared()).items() if "windows" not in path and ".json" not in path
    }
    assert built == shipped


def test_it_ships_all_of_its_folder_and_no_more() -> None:
    shipped = {path for path in _shipped(_declared()) if path.startswith("elasticweb/functions/replicas/")}
    folder = {
        f"elasticweb/functions/replicas/{file.name}" for file in (_ROOT / "components/functions/replicas").glob("*.py")
    }
    assert shipped == {*folder, "elasticweb/functions/replicas/policy.json"}
    assert isinstance(_declared().named("db-elastic").inputs["code"], pulumi.AssetArchive)

"""Rolling changes under the real engine: `pulumi up` waits for them, fails with them, and says the truth afterwards."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.site import ROOT, Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """\
import json, pathlib
import pulumi, pulumi_aws as aws
{imported}
said = json.loads((pathlib.Path(__file__).parent / "said.json").read_text())
vpc = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
public, private = ([aws.ec2.Subnet(f"{{kind}}-{{zone}}", vpc_id=vpc.id, availability_zone=f"eu-central-1{{zone}}",
    cidr_block=f"10.0.{{first + number}}.0/24").id for number, zone in enumerate("ab")]
    for kind, first in (("public", 0), ("private", 10)))
WebTier("web", {{"vpc_id": vpc.id, "public_subnet_ids": public, "private_subnet_ids": private, "disposable": True,
    **said}})
"""
DIRECTLY = "from components import WebTier"
# What an SDK for another language sends, with the names that it has there.
BY_PLUGIN = """
def renamed(value):
    if isinstance(value, list):
        return [renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {(w := key.split("_"))[0] + "".join(map(str.title, w[1:])): renamed(item) for key, item in value.items()}

class WebTier(pulumi.ComponentResource):
    def __init__(self, name, args):
        super().__init__("elasticweb:index:WebTier", name, renamed(args), remote=True)
"""
PYTHON = "name: roll\nruntime: {name: python, options: {virtualenv: .venv}}\n"
PROJECT = {
    "Pulumi.yaml": PYTHON,
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-central-1\n",
    ".gitignore": "__pycache__/\nsaid.json\nplugin/\n",
    "__main__.py": PROGRAM.format(imported=DIRECTLY),
}
AMI = "ami-0123456789abcdef0"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("roll"), "dev", PROJECT)
    yield made
    made.run("stop")


def test_rolling_changes(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        a_new_fleet_needs_none,
        a_changed_machine_replaces_every_server_and_shows_how_far_it_is,
        the_same_again_changes_nothing,
        a_changed_size_replaces_no_server,
        an_alarm_fails_the_deployment_and_brings_the_old_version_back,
        without_the_alarm_the_next_deployment_succeeds,
        a_repair_gets_through_while_the_alarm_sounds,
        a_refresh_for_another_version_makes_room,
        a_deployment_that_was_killed_is_taken_up_by_the_next,
        aws_rolls_back_by_itself_between_images_with_an_id,
        a_fleet_of_mixed_types_is_a_rolling_change_too,
        a_fleet_that_sleeps_is_not_woken,
    )


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[Site]:
    """Return a stage whose program knows the components as a plugin only."""
    described = f"{PYTHON}plugins: {{providers: [{{name: elasticweb, path: plugin/components}}]}}\n"
    program = {"Pulumi.yaml": described, "__main__.py": PROGRAM.format(imported=BY_PLUGIN)}
    made = Site(tmp_path, "dev", PROJECT | program)
    components = made.checkout / "plugin" / "components"
    shutil.copytree(ROOT / "components", components, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    runtime = {"name": "python", "options": {"virtualenv": sys.prefix}}
    (components / "PulumiPlugin.yaml").write_text(json.dumps({"runtime": runtime}))
    yield made
    made.run("stop")


def test_programs_in_other_languages_wait_for_it_too(plugged: Site) -> None:
    say(plugged, "one")
    up(plugged)
    fleet = Fleet(plugged)
    say(plugged, "two")
    told = up(plugged)
    assert "InProgress: 33 % replaced, 2 to go" in told
    assert "every server is replaced" in told
    assert set(fleet.servers().values()) == {"2"}
    sound(plugged, "ALARM")
    say(plugged, "three", refresh={"alarms": ["errors"]})
    assert "failed: CloudWatch alarm errors is in ALARM state" in up(plugged, fails=True)
    assert (fleet.version(), fleet.version_in_state(), set(fleet.servers().values())) == ("2", "2", {"2"})


class Fleet:
    """The fleet as AWS has it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.name: str = site.resource("web-fleet")["id"]

    def described(self) -> dict[str, Any]:
        asked = {"AutoScalingGroupNames": [self.name]}
        return self.site.api("autoscaling", "describe_auto_scaling_groups", **asked)["AutoScalingGroups"][0]

    def servers(self) -> dict[str, str]:
        """Return the version of the template that each server runs."""
        return {i["InstanceId"]: i["LaunchTemplate"]["Version"] for i in self.described()["Instances"]}

    def version(self) -> str:
        return self.described()["LaunchTemplate"]["Version"]

    def version_in_state(self) -> str:
        return self.site.resource("web-fleet")["inputs"]["launchTemplate"]["version"]

    def refreshes(self) -> list[dict[str, Any]]:
        return self.site.api("autoscaling", "describe_instance_refreshes", AutoScalingGroupName=self.name)[
            "InstanceRefreshes"
        ]


def say(site: Site, content: str, *, machine: dict[str, Any] | None = None, **fleet: Any) -> None:
    """Declare a tier whose servers hold *content*."""
    said = {
        "machine": {"files": [{"path": "/etc/motd", "content": content}], **(machine or {})},
        "fleet": {"min_size": 3, "max_size": 6, "warmup_seconds": 0, **fleet},
    }
    (site.checkout / "said.json").write_text(json.dumps(said))


def up(site: Site, *, fails: bool = False) -> str:
    return site.pulumi("up --yes --skip-preview", fails=fails)


def sound(site: Site, state: str) -> None:
    alarm = {"AlarmName": "errors", "MetricName": "m", "Namespace": "n", "Period": 60, "EvaluationPeriods": 1}
    more = {"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum"}
    site.api("cloudwatch", "put_metric_alarm", **alarm, **more)
    site.api("cloudwatch", "set_alarm_state", AlarmName="errors", StateValue=state, StateReason="a test")


def a_new_fleet_needs_none(site: Site) -> None:
    say(site, "one")
    up(site)
    fleet = Fleet(site)
    assert set(fleet.servers().values()) == {"1"}
    assert fleet.refreshes() == []


def a_changed_machine_replaces_every_server_and_shows_how_far_it_is(site: Site) -> None:
    fleet = Fleet(site)
    before = fleet.servers()
    say(site, "two", refresh={"checkpoint_percentages": [34], "checkpoint_minutes": 1, "bake_minutes": 1})
    told = up(site)
    for line in (
        "has begun",
        "InProgress: 0 % replaced, 3 to go",
        "InProgress: 33 % replaced, 2 to go",
        "Waiting at the checkpoint",
        "Baking: 100 % replaced, 0 to go",
        "every server is replaced",
    ):
        assert line in told, told
    after = fleet.servers()
    assert not set(after) & set(before)
    assert set(after.values()) == {"2"}
    assert (fleet.version(), fleet.version_in_state()) == ("2", "2")
    (refresh,) = fleet.refreshes()
    assert refresh["Preferences"]["MinHealthyPercentage"] == 100
    assert refresh["Preferences"]["CheckpointPercentages"] == [34, 100]
    # Those that were replaced are with the load balancer, and the others are not.
    arn = site.resource("web-target")["id"]
    health = site.api("elbv2", "describe_target_health", TargetGroupArn=arn)["TargetHealthDescriptions"]
    assert {target["Target"]["Id"] for target in health} == set(after)


def the_same_again_changes_nothing(site: Site) -> None:
    site.pulumi("up --yes --skip-preview --expect-no-changes")
    site.pulumi("refresh --yes --skip-preview --expect-no-changes")


def a_changed_size_replaces_no_server(site: Site) -> None:
    fleet = Fleet(site)
    before = fleet.servers()
    say(site, "two", max_size=7)
    assert by_op(site.deploy("up")) == {"update": {"web-fleet"}}
    assert fleet.servers() == before
    assert len(fleet.refreshes()) == 1


def an_alarm_fails_the_deployment_and_brings_the_old_version_back(site: Site) -> None:
    fleet = Fleet(site)
    sound(site, "OK")
    before = fleet.servers()
    say(site, "three", max_size=7, refresh={"alarms": ["errors"], "checkpoint_percentages": [34]})
    process = start_up(site)
    wait_for(lambda: "3" in fleet.servers().values())
    sound(site, "ALARM")
    told = process.communicate(timeout=120)[0]
    assert process.returncode
    assert f"the rolling change of {fleet.name} failed: CloudWatch alarm errors is in ALARM state." in told
    assert "The version that worked is back on every server" in told
    assert told.count("rolling change of") == told.count(f"rolling change of {fleet.name} failed")
    assert (fleet.version(), fleet.version_in_state()) == ("2", "2")
    after = fleet.servers()
    assert set(after.values()) == {"2"}
    assert len(set(after) & set(before)) == 2  # the one that had been replaced was replaced again
    assert [r["Status"] for r in fleet.refreshes()[:2]] == ["Successful", "Failed"]


def without_the_alarm_the_next_deployment_succeeds(site: Site) -> None:
    fleet = Fleet(site)
    sound(site, "OK")
    up(site)
    assert set(fleet.servers().values()) == {"3"}
    assert (fleet.version(), fleet.version_in_state()) == ("3", "3")


def a_repair_gets_through_while_the_alarm_sounds(site: Site) -> None:
    fleet = Fleet(site)
    sound(site, "ALARM")
    say(site, "four", max_size=7, refresh={"alarms": ["errors"]})
    assert "fleet.refresh.heed_alarms" in up(site, fails=True)
    assert set(fleet.servers().values()) == {"3"}
    say(site, "four", max_size=7, refresh={"heed_alarms": False})
    up(site)
    assert set(fleet.servers().values()) == {"4"}
    sound(site, "OK")


def a_refresh_for_another_version_makes_room(site: Site) -> None:
    fleet = Fleet(site)
    template = {"LaunchTemplateId": fleet.described()["LaunchTemplate"]["LaunchTemplateId"], "Version": "1"}
    asked = {"AutoScalingGroupName": fleet.name, "DesiredConfiguration": {"LaunchTemplate": template}}
    other = site.api("autoscaling", "start_instance_refresh", **asked)["InstanceRefreshId"]
    say(site, "five", max_size=7)
    assert f"the instance refresh {other} is for another version: cancelling it" in up(site)
    assert set(fleet.servers().values()) == {"5"}
    assert {r["InstanceRefreshId"]: r["Status"] for r in fleet.refreshes()}[other] == "Cancelled"


def a_deployment_that_was_killed_is_taken_up_by_the_next(site: Site) -> None:
    fleet = Fleet(site)
    known = len(fleet.refreshes())
    say(site, "six", max_size=7, refresh={"checkpoint_percentages": [34, 67], "checkpoint_minutes": 1})
    process = start_up(site)
    wait_for(lambda: len(fleet.refreshes()) > known)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    begun = fleet.refreshes()[0]
    assert begun["Status"] == "InProgress"
    assert fleet.version_in_state() == "5"
    site.pulumi("cancel --yes")  # the lock that it left
    told = up(site)
    assert f"the instance refresh {begun['InstanceRefreshId']}, begun earlier, makes this very change" in told
    assert len(fleet.refreshes()) == known + 1
    assert set(fleet.servers().values()) == {"6"}
    assert (fleet.version(), fleet.version_in_state()) == ("6", "6")
    site.pulumi("up --yes --skip-preview --expect-no-changes")


def aws_rolls_back_by_itself_between_images_with_an_id(site: Site) -> None:
    fleet = Fleet(site)
    pinned = {"image": AMI}
    say(site, "seven", max_size=7, machine=pinned)
    up(site)
    assert fleet.refreshes()[0]["Preferences"]["AutoRollback"] is False  # AWS cannot go back to a parameter
    say(site, "eight", max_size=7, machine=pinned, refresh={"alarms": ["errors"], "checkpoint_percentages": [34]})
    process = start_up(site)
    wait_for(lambda: "8" in fleet.servers().values())
    sound(site, "ALARM")
    told = process.communicate(timeout=120)[0]
    assert process.returncode
    assert "failed: CloudWatch alarm errors is in ALARM state" in told
    assert "AWS has brought back the version that worked" in told
    assert fleet.refreshes()[0]["Status"] == "RollbackSuccessful"
    assert set(fleet.servers().values()) == {"7"}
    assert (fleet.version(), fleet.version_in_state()) == ("7", "7")
    sound(site, "OK")


def a_fleet_of_mixed_types_is_a_rolling_change_too(site: Site) -> None:
    fleet = Fleet(site)
    say(site, "nine", max_size=7, instance_types=["t4g.medium"], spot_percent=50, on_demand_base=1)
    up(site)
    described = fleet.described()
    policy = described["MixedInstancesPolicy"]
    assert policy["LaunchTemplate"]["LaunchTemplateSpecification"]["Version"] == "9"
    assert policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 50
    assert set(fleet.servers().values()) == {"9"}
    site.pulumi("up --yes --skip-preview --expect-no-changes")
    say(site, "ten", max_size=7, instance_types=["t4g.medium"], spot_percent=50, on_demand_base=1)
    up(site)
    assert set(fleet.servers().values()) == {"10"}
    assert "MixedInstancesPolicy" in fleet.refreshes()[0]["DesiredConfiguration"]
    say(site, "ten", max_size=7)
    up(site)
    assert "MixedInstancesPolicy" not in fleet.described()


def a_fleet_that_sleeps_is_not_woken(site: Site) -> None:
    fleet = Fleet(site)
    known = len(fleet.refreshes())
    sizes = {"MinSize": 0, "DesiredCapacity": 0, "MaxSize": 7}
    site.api("autoscaling", "update_auto_scaling_group", AutoScalingGroupName=fleet.name, **sizes)
    say(site, "eleven", max_size=7)
    assert "no server runs" in up(site)
    assert fleet.servers() == {}
    assert len(fleet.refreshes()) == known
    assert fleet.version() == "11"


def start_up(site: Site) -> "subprocess.Popen[str]":
    """Begin a deployment in a process group of its own."""
    return site.start("pulumi", "up", "--yes", "--skip-preview", "--stack", site.stack)


def wait_for(happened: Any) -> None:
    deadline = time.monotonic() + 90
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.2)

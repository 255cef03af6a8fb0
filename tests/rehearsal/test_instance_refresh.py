"""Instance refreshes in the emulator: AWS's statuses, one step whenever somebody looks, and AWS's refusals."""

from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.emulator import Emulator

from .conftest import REGION

_NUMBERS = count(1)
AMIS = ("ami-0123456789abcdef0", "ami-0123456789abcdef1")
SSM = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"


class Fleet:
    """A group of its own, whose template has two versions."""

    def __init__(self, emulator: Emulator, size: int = 4, images: tuple[str, str] = AMIS, version: str = "1") -> None:
        self.emulator, self.name = emulator, f"refreshed-{next(_NUMBERS)}"
        self.subnet = self.ec2("describe_subnets")["Subnets"][0]["SubnetId"]
        data = {"ImageId": images[0], "InstanceType": "t4g.small"}
        made = self.ec2("create_launch_template", LaunchTemplateName=self.name, LaunchTemplateData=data)
        self.template: str = made["LaunchTemplate"]["LaunchTemplateId"]
        later = {**data, "ImageId": images[1], "UserData": "I2Nsb3VkLWNvbmZpZw=="}
        self.ec2("create_launch_template_version", LaunchTemplateId=self.template, LaunchTemplateData=later)
        self("create_auto_scaling_group", LaunchTemplate=self.version(version), VPCZoneIdentifier=self.subnet,
             MinSize=0, MaxSize=10, DesiredCapacity=size)  # fmt: skip

    def __call__(self, operation: str, **parameters: Any) -> Any:
        client = self.emulator.client("autoscaling", REGION)
        return getattr(client, operation)(AutoScalingGroupName=self.name, **parameters)

    def ec2(self, operation: str, **parameters: Any) -> Any:
        return getattr(self.emulator.client("ec2", REGION), operation)(**parameters)

    def version(self, number: str) -> dict[str, str]:
        return {"LaunchTemplateId": self.template, "Version": number}

    def start(self, wanted: str = "2", **preferences: Any) -> str:
        desired = {"LaunchTemplate": self.version(wanted)}
        return self("start_instance_refresh", DesiredConfiguration=desired, Preferences=preferences)[
            "InstanceRefreshId"
        ]

    def look(self) -> dict[str, Any]:
        return self("describe_instance_refreshes")["InstanceRefreshes"][0]

    def course(self) -> list[tuple[str, int, int]]:
        """Return how it gets on until it is over."""
        steps = list[tuple[str, int, int]]()
        while not steps or steps[-1][0] not in ("Successful", "Failed", "Cancelled", "RollbackSuccessful"):
            refresh = self.look()
            steps.append((refresh["Status"], refresh["PercentageComplete"], refresh["InstancesToUpdate"]))
        return steps

    def group(self) -> dict[str, Any]:
        client = self.emulator.client("autoscaling", REGION)
        return client.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])["AutoScalingGroups"][0]

    def servers(self) -> dict[str, str]:
        return {i["InstanceId"]: i["LaunchTemplate"]["Version"] for i in self.group()["Instances"]}

    def refusal(self, operation: str, **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as error:
            self(operation, **parameters)
        return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]

    def alarm(self, state: str) -> str:
        watch = self.emulator.client("cloudwatch", REGION)
        given: dict[str, Any] = {"MetricName": "m", "Namespace": "n", "Period": 60, "EvaluationPeriods": 1}
        given |= {"Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum"}
        watch.put_metric_alarm(AlarmName=self.name, **given)
        watch.set_alarm_state(AlarmName=self.name, StateValue=state, StateReason="a test")
        return self.name


def test_every_server_is_replaced_in_batches_and_the_group_follows_at_the_end(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    before = set(fleet.servers())
    fleet.start(MinHealthyPercentage=100, MaxHealthyPercentage=150)
    assert fleet.look()["Status"] == "InProgress"
    assert fleet.look()["PercentageComplete"] == 50
    assert sorted(fleet.servers().values()) == ["1", "1", "2", "2"]
    assert fleet.group()["LaunchTemplate"]["Version"] == "1"
    assert fleet.course() == [("InProgress", 100, 0), ("Successful", 100, 0)]
    assert set(fleet.servers().values()) == {"2"}
    assert not before & set(fleet.servers())
    assert fleet.group()["LaunchTemplate"]["Version"] == "2"
    assert len(fleet.servers()) == 4
    (tags,) = {
        tag["Value"]
        for reservation in fleet.ec2("describe_instances", InstanceIds=list(fleet.servers()))["Reservations"]
        for instance in reservation["Instances"]
        for tag in instance["Tags"]
        if tag["Key"] == "aws:ec2launchtemplate:version"
    }
    assert tags == "2"
    assert {a["StatusCode"] for a in fleet("describe_scaling_activities")["Activities"]} == {"Successful"}
    assert len(fleet("describe_scaling_activities", MaxRecords=3)["Activities"]) == 3


def test_what_matches_is_skipped_if_asked(emulator: Emulator) -> None:
    fleet = Fleet(emulator, version="2")
    before = fleet.servers()
    fleet.start(SkipMatching=True)
    assert fleet.course() == [("InProgress", 100, 0), ("Successful", 100, 0)]
    assert fleet.servers() == before
    fleet.start()
    fleet.course()
    assert not set(fleet.servers()) & set(before)


def test_it_pauses_at_checkpoints_and_bakes(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    fleet.start(CheckpointPercentages=[25, 100], CheckpointDelay=60, BakeTime=60, MinHealthyPercentage=0)
    assert fleet.course() == [
        ("InProgress", 0, 4),
        ("InProgress", 25, 3),
        ("InProgress", 25, 3),
        ("InProgress", 100, 0),
        ("Baking", 100, 0),
        ("Successful", 100, 0),
    ]


def test_a_last_checkpoint_below_all_ends_it_there(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    fleet.start(CheckpointPercentages=[50], MinHealthyPercentage=0)
    assert fleet.course()[-1] == ("Successful", 50, 2)
    assert sorted(fleet.servers().values()) == ["1", "1", "2", "2"]


def test_an_alarm_fails_it_and_nothing_is_rolled_back_unasked(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    fleet.start(AlarmSpecification={"Alarms": [fleet.alarm("OK")]}, MinHealthyPercentage=50)
    fleet.look()
    fleet.look()
    fleet.alarm("ALARM")
    failed = fleet.look()
    assert (failed["Status"], failed["StatusReason"]) == ("Failed", f"CloudWatch alarm {fleet.name} is in ALARM state.")
    assert sorted(fleet.servers().values()) == ["1", "1", "2", "2"]
    assert fleet.group()["LaunchTemplate"]["Version"] == "1"
    # A second one without a configuration goes to the group's own.
    fleet("start_instance_refresh", Preferences={"SkipMatching": True})
    assert fleet.course()[-1][0] == "Successful"
    assert set(fleet.servers().values()) == {"1"}


def test_an_alarm_rolls_back_what_was_replaced_if_asked(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    before = set(fleet.servers())
    fleet.start(AutoRollback=True, AlarmSpecification={"Alarms": [fleet.alarm("OK")]}, MinHealthyPercentage=50)
    fleet.look()
    fleet.look()
    fleet.alarm("ALARM")
    assert fleet.course() == [("RollbackInProgress", 50, 2), ("RollbackSuccessful", 0, 4)]
    details = fleet.look()["RollbackDetails"]
    assert details["RollbackReason"] == f"CloudWatch alarm {fleet.name} is in ALARM state."
    assert (details["PercentageCompleteOnRollback"], details["InstancesToUpdateOnRollback"]) == (50, 2)
    assert set(fleet.servers().values()) == {"1"}
    assert len(before & set(fleet.servers())) == 2


def test_it_can_be_cancelled_and_rolled_back_by_hand(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    none = ("ActiveInstanceRefreshNotFound", "No in progress or pending Instance Refresh found.")
    assert fleet.refusal("cancel_instance_refresh") == none
    assert fleet.refusal("rollback_instance_refresh") == none
    first = fleet.start(MinHealthyPercentage=50)
    assert fleet.refusal("start_instance_refresh")[0] == "InstanceRefreshInProgress"
    fleet.look()
    fleet.look()
    fleet("cancel_instance_refresh")
    assert fleet.refusal("start_instance_refresh")[0] == "InstanceRefreshInProgress"
    assert fleet.course() == [("Cancelled", 50, 2)]
    assert sorted(fleet.servers().values()) == ["1", "1", "2", "2"]
    second = fleet.start(MinHealthyPercentage=50, SkipMatching=True)
    fleet.look()
    fleet("rollback_instance_refresh")
    assert fleet.course()[-1][0] == "RollbackSuccessful"
    assert set(fleet.servers().values()) == {"1"}
    told = fleet("describe_instance_refreshes", MaxRecords=1)
    assert [r["InstanceRefreshId"] for r in told["InstanceRefreshes"]] == [second]
    rest = fleet("describe_instance_refreshes", NextToken=told["NextToken"])
    assert [r["InstanceRefreshId"] for r in rest["InstanceRefreshes"]] == [first]


@pytest.mark.parametrize(
    ("desired", "preferences", "message"),
    [
        ("2", {"AutoRollback": True}, "SSM parameter"),
        ("$Latest", {"AutoRollback": True}, "version \\$Latest"),
        (None, {"AutoRollback": True}, "needs a desired configuration"),
        ("2", {"MaxHealthyPercentage": 120}, "needs a MinHealthyPercentage"),
        ("2", {"MinHealthyPercentage": 50, "MaxHealthyPercentage": 151}, "at most 100 below"),
        ("2", {"CheckpointPercentages": [50, 20]}, "unique and ascending"),
        ("2", {"CheckpointDelay": 5}, "needs CheckpointPercentages"),
        ("2", {"AlarmSpecification": {"Alarms": [f"a{n}" for n in range(11)]}}, "at most 10 alarms"),
        ("9", {}, "specified version 9"),
    ],
)
def test_what_aws_refuses_is_refused(emulator: Emulator, desired: str, preferences: Any, message: str) -> None:
    fleet = Fleet(emulator, images=(AMIS[0], SSM) if "SSM" in message else AMIS)
    asked: dict[str, Any] = {"Preferences": preferences}
    if desired:
        asked["DesiredConfiguration"] = {"LaunchTemplate": fleet.version(desired)}
    with pytest.raises(ClientError, match=message):
        fleet("start_instance_refresh", **asked)
    assert fleet("describe_instance_refreshes")["InstanceRefreshes"] == []


def test_an_image_that_is_a_parameter_cannot_be_gone_back_to(emulator: Emulator) -> None:
    fleet = Fleet(emulator, images=(SSM, AMIS[1]))
    fleet.start()
    assert fleet.refusal("rollback_instance_refresh")[0] == "IrreversibleInstanceRefresh"


def test_a_group_that_is_not_there_is_refused(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    fleet.name = "nobody"
    code, message = fleet.refusal("start_instance_refresh")
    assert (code, "nobody" in message) == ("ValidationError", True)


def test_a_mixed_fleet_keeps_servers_whose_type_is_still_wanted(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    before = set(fleet.servers())

    def policy(*types: str) -> dict[str, Any]:
        overrides = [{"InstanceType": kind} for kind in types]
        template = {"LaunchTemplateSpecification": fleet.version("1"), "Overrides": overrides}
        return {"MixedInstancesPolicy": {"LaunchTemplate": template}}

    wanted = policy("t4g.small", "t4g.medium")
    fleet("start_instance_refresh", DesiredConfiguration=wanted, Preferences={"SkipMatching": True})
    assert fleet.course()[-1][0] == "Successful"
    assert set(fleet.servers()) == before
    assert "LaunchTemplate" not in fleet.group()
    kept = fleet.group()["MixedInstancesPolicy"]["LaunchTemplate"]
    assert kept["Overrides"] == [{"InstanceType": "t4g.small"}, {"InstanceType": "t4g.medium"}]
    fleet("start_instance_refresh", DesiredConfiguration=policy("t4g.medium"), Preferences={"SkipMatching": True})
    assert fleet.course()[-1][0] == "Successful"
    assert not set(fleet.servers()) & before


def test_a_launch_that_fails_fails_it_with_an_activity(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    fleet.start()
    fleet.look()
    fleet.ec2("delete_launch_template", LaunchTemplateId=fleet.template)
    failed = fleet.look()
    assert (failed["Status"], failed["StatusReason"]) == ("Failed", "An instance could not be launched.")
    activity = fleet("describe_scaling_activities")["Activities"][0]
    assert activity["StatusCode"] == "Failed"
    assert activity["StatusMessage"]


def test_another_strategy_is_not_pretended(emulator: Emulator) -> None:
    fleet = Fleet(emulator)
    with pytest.raises(NotImplementedError, match="ReplaceRootVolume"):
        fleet("start_instance_refresh", Strategy="ReplaceRootVolume")

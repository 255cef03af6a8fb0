"""The rolling change against an Auto Scaling that does what the test says; the real order of things is the engine's."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import botocore.session
import pytest

from components._aws_calls import ApiError
from components.web_tier.refresh.configuration import desired, holds, launching
from components.web_tier.refresh.hook import minutes, preferences
from components.web_tier.refresh.rolling import RollingChange, RollingChangeError

OLD = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "Version": "1"}}
NEW = {"LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "2"}}
RUNNING: dict[str, Any] = {"AutoScalingGroupName": "web", "DesiredCapacity": 2, "Instances": [{}, {}], **OLD}


class Aws:
    """Auto Scaling, which tells of the refreshes what *script* says, one line at a time."""

    def __init__(
        self,
        *script: str | dict[str, Any],
        group: Mapping[str, Any] | None = None,
        images: Sequence[str] = ("resolve:ssm:/a", "resolve:ssm:/a"),
        running: Mapping[str, Any] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> None:
        self.script = [line if isinstance(line, dict) else {"Status": line} for line in script]
        self.group = RUNNING if group is None else group
        self.images = images
        self.running = running
        self.errors = dict(errors or {})
        self.called = list[tuple[str, Mapping[str, Any]]]()
        self.told = list[tuple[str, bool]]()
        self.activities = list[dict[str, Any]]()
        self.may_begin = 9
        self.now = 0.0

    async def __call__(
        self, operation: str, parameters: Mapping[str, Any], service: str | None = None
    ) -> dict[str, Any]:
        self.called.append((operation, parameters))
        if operation in self.errors:
            raise ApiError(self.errors[operation], f"{operation}: {self.errors[operation]}")
        answer: dict[str, Any] = getattr(self, f"_{operation}")(parameters)
        assert service == ("ec2" if "template" in operation else None)
        return answer

    def _describe_auto_scaling_groups(self, _: Any) -> Any:
        return {"AutoScalingGroups": [self.group] if self.group else []}

    def _describe_launch_template_versions(self, parameters: Any) -> Any:
        image = self.images[int(parameters["Versions"][0]) - 1]
        return {"LaunchTemplateVersions": [{"LaunchTemplateData": {"ImageId": image}}]}

    def _describe_instance_refreshes(self, parameters: Any) -> Any:
        if "InstanceRefreshIds" not in parameters:
            return {"InstanceRefreshes": [self.running] if self.running else []}
        told = self.script.pop(0)
        if told["Status"] == "Cancelled":
            self.running = None
        return {"InstanceRefreshes": [{"InstanceRefreshId": parameters["InstanceRefreshIds"][0], **told}]}

    def _describe_scaling_activities(self, _: Any) -> Any:
        return {"Activities": self.activities}

    def _start_instance_refresh(self, _: Any) -> Any:
        if len(self.started()) > self.may_begin:
            raise ApiError("InstanceRefreshInProgress", "another one is under way")
        return {"InstanceRefreshId": f"refresh-{len(self.started())}"}

    def _cancel_instance_refresh(self, _: Any) -> Any:
        return {}

    def tell(self, line: str, *, passing: bool = False) -> None:
        self.told.append((line, passing))

    async def pause(self, seconds: float) -> None:
        self.now += seconds

    def started(self) -> list[Mapping[str, Any]]:
        return [parameters for operation, parameters in self.called if operation == "start_instance_refresh"]

    def names(self) -> list[str]:
        return [operation for operation, _ in self.called]


def roll(aws: Aws, **settings: Any) -> Aws:
    change = RollingChange(aws, aws.tell, "web", NEW, pause=aws.pause, clock=lambda: aws.now, **settings)
    asyncio.run(change.run())
    assert aws.script == []
    return aws


def failure(aws: Aws, **settings: Any) -> str:
    with pytest.raises(RollingChangeError) as error:
        roll(aws, **settings)
    assert "\n" not in str(error.value)
    return str(error.value)


def progress(percent: int, left: int, **more: Any) -> dict[str, Any]:
    return {"Status": "InProgress", "PercentageComplete": percent, "InstancesToUpdate": left, **more}


def test_it_asks_for_the_new_version_at_full_capacity_and_without_what_fits() -> None:
    (asked,) = roll(Aws("Successful"), preferences={"BakeTime": 60}).started()
    assert asked == {
        "AutoScalingGroupName": "web",
        "DesiredConfiguration": NEW,
        "Preferences": {
            "MinHealthyPercentage": 100,
            "MaxHealthyPercentage": 120,
            "SkipMatching": True,
            "ScaleInProtectedInstances": "Ignore",
            "StandbyInstances": "Ignore",
            "BakeTime": 60,
            "AutoRollback": False,
        },
    }


@pytest.mark.parametrize(
    ("images", "group", "expected"),
    [
        (("ami-1", "ami-2"), RUNNING, True),
        (("resolve:ssm:/a", "ami-2"), RUNNING, False),
        (("ami-1", "resolve:ssm:/a"), RUNNING, False),
        (("ami-1", "ami-2"), {**RUNNING, "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "$Latest"}}, False),
        (("ami-1", "ami-2"), {**RUNNING, **NEW}, False),  # it would go back to where it is
    ],
)
def test_aws_rolls_back_where_it_can(images: Sequence[str], group: Mapping[str, Any], expected: bool) -> None:
    (asked,) = roll(Aws("Successful", images=images, group=group)).started()
    assert asked["Preferences"]["AutoRollback"] is expected


def test_who_may_not_look_at_templates_rolls_back_without_aws() -> None:
    aws = Aws("Successful", images=("ami-1", "ami-2"), errors={"describe_launch_template_versions": "Unauthorized"})
    assert roll(aws).started()[0]["Preferences"]["AutoRollback"] is False


def test_progress_is_shown_when_there_is_some_and_the_reason_in_passing() -> None:
    aws = roll(
        Aws(
            {"Status": "Pending"},
            progress(0, 2),
            progress(0, 2),
            progress(0, 2, StatusReason="Waiting."),
            progress(50, 1),
            {"Status": "Baking", "PercentageComplete": 100, "InstancesToUpdate": 0},
            "Successful",
        )
    )
    assert aws.told == [
        ("instance refresh refresh-1 has begun", False),
        ("Pending: 0 % replaced, all to go", False),
        ("InProgress: 0 % replaced, 2 to go", False),
        ("InProgress: 0 % replaced, 2 to go. Waiting.", True),
        ("InProgress: 50 % replaced, 1 to go", False),
        ("Baking: 100 % replaced, 0 to go", False),
        ("every server is replaced", False),
    ]


def test_it_looks_often_at_first_and_gently_later() -> None:
    aws = roll(Aws(*[progress(0, 2)] * 9, "Successful"))
    assert 60 < aws.now < 9 * 15


def test_a_fleet_that_sleeps_is_left_to_the_update() -> None:
    aws = roll(Aws(group={**RUNNING, "DesiredCapacity": 0, "Instances": []}))
    assert aws.names() == ["describe_auto_scaling_groups"]
    assert aws.told == [("no server runs, so none is replaced: the next ones start from the new version", False)]
    warm = {**RUNNING, "DesiredCapacity": 0, "Instances": [], "WarmPoolConfiguration": {"MinSize": 1}}
    assert roll(Aws("Successful", group=warm)).started()


def test_a_failure_brings_the_old_version_back_without_the_alarms() -> None:
    aws = Aws({"Status": "Failed", "StatusReason": "The alarm errors went off."}, "InProgress", "Successful")
    assert failure(aws, preferences={"AlarmSpecification": {"Alarms": ["errors"]}}) == (
        "the rolling change of web failed: The alarm errors went off. (A repair gets through with "
        "fleet.refresh.heed_alarms set to false.) The version that worked is back on every server"
    )
    _, back = aws.started()
    assert "DesiredConfiguration" not in back
    assert "AlarmSpecification" not in back["Preferences"]
    assert back["Preferences"]["SkipMatching"] is True


def test_a_failed_return_says_both_reasons() -> None:
    aws = Aws({"Status": "Failed", "StatusReason": "No capacity"}, {"Status": "Failed", "StatusReason": "None still"})
    assert failure(aws).endswith(
        "failed: No capacity. Bringing back the version that worked failed, too (Failed): None still"
    )
    aws = Aws({"Status": "Failed", "StatusReason": "No capacity"})
    aws.may_begin = 1
    aws.errors["describe_scaling_activities"] = "AccessDenied"  # asked on the way, and gone without
    assert failure(aws) == (
        "the rolling change of web failed: No capacity. Bringing back the version that worked is not done: another one "
        "is under way"
    )


def test_a_group_that_had_the_version_already_has_none_to_go_back_to() -> None:
    aws = Aws({"Status": "Failed", "StatusReason": "No capacity"}, group={**RUNNING, **NEW})
    assert failure(aws).endswith("The group had this version already: there is none to go back to")
    assert len(aws.started()) == 1


def test_the_last_failed_activity_is_said() -> None:
    aws = Aws({"Status": "Failed", "StatusReason": "Instances failed to launch.", "StartTime": 5}, "Successful")
    aws.activities = [
        {"StatusCode": "Successful", "StartTime": 7},
        {"StatusCode": "Failed", "StartTime": 6, "StatusMessage": "We have no t4g.small."},
        {"StatusCode": "Failed", "StartTime": 4, "StatusMessage": "Long ago."},
    ]
    told = failure(aws)
    assert "failed: Instances failed to launch. Last failed activity: We have no t4g.small. The version" in told


@pytest.mark.parametrize(
    ("status", "more", "expected"),
    [
        (
            "RollbackSuccessful",
            {"RollbackDetails": {"RollbackReason": "An alarm."}, "StatusReason": "Done."},
            (
                "failed: An alarm. (A repair gets through with fleet.refresh.heed_alarms set to false.) AWS has "
                "brought back the version that worked"
            ),
        ),
        (
            "RollbackFailed",
            {"RollbackDetails": {"RollbackReason": "No capacity"}, "StatusReason": "None still"},
            "failed: No capacity. Bringing back the version that worked failed, too: None still",
        ),
        (
            "Cancelled",
            {"StatusReason": "Cancelled by user."},
            "was cancelled: Cancelled by user. What was replaced stays replaced; the next `pulumi up` goes on",
        ),
        ("Cancelled", {}, "was cancelled: AWS gives no reason. What was replaced stays replaced"),
    ],
)
def test_what_aws_made_of_it_is_told(status: str, more: dict[str, Any], expected: str) -> None:
    aws = Aws({"Status": status, **more})
    assert f"the rolling change of web {expected}" in failure(aws)
    assert len(aws.started()) == 1


@pytest.mark.parametrize("status", ["Pending", "InProgress", "Baking"])
def test_one_that_is_under_way_for_the_same_version_is_waited_for(status: str) -> None:
    mine = {"LaunchTemplate": {**NEW["LaunchTemplate"], "LaunchTemplateName": "web"}}
    running = {"InstanceRefreshId": "earlier", "Status": status, "DesiredConfiguration": mine}
    aws = roll(Aws("InProgress", "Successful", running=running))
    assert aws.started() == []
    assert aws.told[0] == (
        "the instance refresh earlier, begun earlier, makes this very change: waiting for it",
        False,
    )


@pytest.mark.parametrize("wanted", [OLD, None], ids=["another version", "no configuration"])
def test_one_for_another_version_makes_room(wanted: Any) -> None:
    running = {"InstanceRefreshId": "other", "Status": "InProgress", "DesiredConfiguration": wanted}
    aws = roll(Aws("Cancelling", "Cancelled", "Successful", running=running))
    assert [name for name in aws.names() if "start" in name or "cancel" in name] == [
        "cancel_instance_refresh",
        "start_instance_refresh",
    ]


@pytest.mark.parametrize("status", ["Cancelling", "RollbackInProgress"])
def test_one_that_ends_anyway_is_not_cancelled(status: str) -> None:
    running = {"InstanceRefreshId": "other", "Status": status, "DesiredConfiguration": NEW}
    aws = roll(Aws(status, "Cancelled", "Successful", running=running))
    assert "cancel_instance_refresh" not in aws.names()
    assert len(aws.started()) == 1


def test_one_that_ended_before_it_was_cancelled_is_no_error() -> None:
    running = {"InstanceRefreshId": "other", "Status": "InProgress"}
    aws = Aws("Cancelled", "Successful", running=running)
    aws.errors["cancel_instance_refresh"] = "ActiveInstanceRefreshNotFound"
    assert len(roll(aws).started()) == 1
    aws = Aws(running=running, errors={"cancel_instance_refresh": "AccessDenied"})
    with pytest.raises(ApiError, match="AccessDenied"):
        roll(aws)


def test_others_that_are_always_faster_are_named() -> None:
    aws = Aws(errors={"start_instance_refresh": "InstanceRefreshInProgress"})
    assert failure(aws) == "others keep starting instance refreshes of web: let one deployment run at a time"


def test_waiting_ends_and_the_refresh_goes_on() -> None:
    aws = Aws(*[progress(10, 9)] * 10)
    told = failure_after(aws, minutes=1)
    assert told.startswith(
        "the instance refresh refresh-1 of web is not over after 1 minutes and goes on (InProgress: 10 % replaced, 9 "
        "to go): `pulumi up` waits for it again, `aws autoscaling cancel-instance-refresh --auto-scaling-group-name "
        "web` ends it"
    )
    assert "cancel_instance_refresh" not in aws.names()


def failure_after(aws: Aws, **settings: Any) -> str:
    change = RollingChange(aws, aws.tell, "web", NEW, pause=aws.pause, clock=lambda: aws.now, **settings)
    with pytest.raises(RollingChangeError) as error:
        asyncio.run(change.run())
    return str(error.value)


def test_a_group_that_is_not_there_points_at_the_credentials() -> None:
    assert failure(Aws(group={})).startswith("there is no Auto Scaling group web for the credentials at hand")


def test_a_refusal_of_aws_is_not_taken_for_another_refresh() -> None:
    with pytest.raises(ApiError, match="ValidationError"):
        roll(Aws(errors={"start_instance_refresh": "ValidationError"}))


# --- configurations -------------------------------------------------------------------------------------------------

SERVICE: Any = botocore.session.Session().get_service_model("autoscaling")
MODEL = SERVICE.operation_model("StartInstanceRefresh").input_shape.members["DesiredConfiguration"]


def test_a_configuration_is_said_in_the_api_s_words() -> None:
    template = {"id": "lt-1", "version": "3", "__defaults": []}
    assert desired({"launchTemplate": template, "minSize": 2.0}, MODEL) == {
        "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "3"}
    }
    mixed = {
        "instancesDistribution": {"onDemandBaseCapacity": 1.0, "spotAllocationStrategy": "price-capacity-optimized"},
        "launchTemplate": {
            "launchTemplateSpecification": {"launchTemplateId": "lt-1", "version": "3", "launchTemplateName": None},
            "overrides": [
                {"instanceType": "t4g.small", "weightedCapacity": "2"},
                {"instanceRequirements": {"vcpuCount": {"min": 2.0}, "memoryMib": {"min": 4096.0, "max": 8192.0}}},
            ],
            "__defaults": [],
        },
    }
    assert desired({"mixedInstancesPolicy": mixed}, MODEL) == {
        "MixedInstancesPolicy": {
            "InstancesDistribution": {"OnDemandBaseCapacity": 1, "SpotAllocationStrategy": "price-capacity-optimized"},
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1", "Version": "3"},
                "Overrides": [
                    {"InstanceType": "t4g.small", "WeightedCapacity": "2"},
                    {"InstanceRequirements": {"VCpuCount": {"Min": 2}, "MemoryMiB": {"Min": 4096, "Max": 8192}}},
                ],
            },
        }
    }


def test_only_what_servers_are_launched_from_starts_a_change() -> None:
    before = {"launchTemplate": {"id": "lt-1", "version": "1", "__defaults": []}, "minSize": 2.0, "tags": []}
    assert launching(before) == launching({"launchTemplate": {"id": "lt-1", "version": "1"}, "minSize": 5.0})
    assert launching(before) != launching({"launchTemplate": {"id": "lt-1", "version": "2"}})
    assert launching(before) != launching({"mixedInstancesPolicy": {}})
    assert launching(None) == {}


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        (None, NEW, False),
        (NEW, NEW, True),
        ({"a": 1, "b": [{"c": "x", "d": 1}]}, {"b": [{"c": "x"}]}, True),
        ({"b": [{"c": "x"}, {"c": "y"}]}, {"b": [{"c": "x"}]}, False),
        ({"b": [{"c": "y"}]}, {"b": [{"c": "x"}]}, False),
        ({}, {"b": ["x"]}, False),
    ],
)
def test_aws_may_tell_more_than_was_asked_for(theirs: Any, ours: Any, expected: bool) -> None:
    assert holds(theirs, ours) is expected


def test_pauses_baking_and_alarms_are_asked_for_in_seconds() -> None:
    assert preferences({}, []) == {}
    wanted: Any = {"checkpoint_percentages": [10, 50], "checkpoint_minutes": 5, "bake_minutes": 10}
    patient: Any = {**wanted, "timeout_minutes": 7}
    assert preferences(wanted, ["errors"]) == {
        "CheckpointPercentages": [10, 50, 100],
        "CheckpointDelay": 300,
        "BakeTime": 600,
        "AlarmSpecification": {"Alarms": ["errors"]},
    }
    assert (minutes({}), minutes(wanted), minutes(patient)) == (120, 140, 7)

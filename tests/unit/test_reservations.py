"""Capacity of the load balancer that windows reserve."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import botocore.session
import pytest

from components._args import InvalidArgs
from components.windows import CapacityWindow, Reservation, read_windows, reservations
from rehearsal.recorder import Recording

from .web_tiers import MONDAY, fleet, tier
from .windows import DAYS, SIZES, SLEEP, window

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def reserved(*windows: CapacityWindow) -> list[Reservation]:
    return reservations("WebTier", "fleet.windows", read_windows("WebTier", "fleet.windows", windows, *SIZES), NOW)


def shown(*windows: CapacityWindow) -> list[str]:
    return [
        " ".join(filter(None, (f"{r.name}: {r.units} at {r.expression} {r.time_zone}", r.start_date, r.end_date)))
        for r in reserved(*windows)
    ]


def test_capacity_is_there_before_the_servers_and_goes_when_the_window_closes() -> None:
    assert shown(window("MON", "07:00", "12:00", name="monday", load_balancer_capacity_units=500)) == [
        "monday: 500 at cron(0 5 ? * MON *) Europe/Zurich",
        "base: 0 at cron(0 12 ? * MON *) Europe/Zurich",
    ]


def test_it_is_there_before_the_lead_on_the_day_before_if_need_be() -> None:
    early = window("MON", "01:00", "12:00", name="monday", lead_minutes=30, load_balancer_capacity_units=500)
    assert "monday: 500 at cron(30 22 ? * SUN *) Europe/Zurich" in shown(early)


def test_where_windows_overlap_the_highest_counts() -> None:
    assert shown(
        window("MON", "07:00", "20:00", name="day", load_balancer_capacity_units=200),
        window("MON", "10:00", "12:00", name="rush", load_balancer_capacity_units=900),
        window("TUE", "10:00", "12:00", name="none"),
    ) == [
        "day: 200 at cron(0 5,12 ? * MON *) Europe/Zurich",
        "base: 0 at cron(0 20 ? * MON *) Europe/Zurich",
        "rush: 900 at cron(0 8 ? * MON *) Europe/Zurich",
    ]


def test_dates_are_reserved_for_too() -> None:
    assert shown(window("2026-12-24", "07:00", "12:00", None, name="feast", load_balancer_capacity_units=300)) == [
        "base: 0 at cron(0 12 ? * THU *) Europe/Zurich",
        "feast-2026-12-24: 300 at cron(0 5 24 12 ? *) Europe/Zurich 2026-12-24T05:00:00Z",
    ]
    assert shown(window("2026-11-22", "07:00", "12:00", name="past", load_balancer_capacity_units=300)) == []


def test_expressions_are_those_of_eventbridge() -> None:
    dated = window("2026-12-24", "07:00", "12:00", None, name="feast", load_balancer_capacity_units=300)
    for change in reserved(dated, window("MON", "07:00", "12:00", load_balancer_capacity_units=500)):
        minutes, hours, dates, months, days, years = change.expression.removeprefix("cron(").removesuffix(")").split()
        assert (dates == "?") != (days == "?")
        assert (years, "-" in minutes + hours) == ("*", False)
        assert "*" not in (minutes, hours)
        assert months == ("*" if dates == "?" else "12")


# --- what is refused ------------------------------------------------------------------------------------------------


def test_aws_takes_less_only_twice_a_day() -> None:
    thrice = [
        window("MON", f"{hour:02}:00", f"{hour + 1:02}:00", 20 + hour, load_balancer_capacity_units=100 * hour)
        for hour in (6, 10, 14)
    ]
    with pytest.raises(InvalidArgs) as error:
        reserved(*thrice)
    assert str(error.value) == (
        "WebTier: fleet.windows must lower load_balancer_capacity_units at most 2 times in 24 hours, as AWS does, got "
        "more in the 24 hours from 2026-11-30 06:00 UTC on"
    )
    assert len(reserved(*thrice[:2])) == 3
    on_dates = [{**w, "dates": ["2027-03-01"]} for w in thrice]
    for w in on_dates:
        del w["days"]
    with pytest.raises(InvalidArgs, match=r"from 2027-03-01 06:00 UTC on"):
        reserved(*on_dates)  # pyright: ignore[reportArgumentType]


def test_what_is_always_reserved_is_refused() -> None:
    with pytest.raises(InvalidArgs) as error:
        reserved(window(DAYS, "02:00", "24:00", name="all", load_balancer_capacity_units=100))
    assert str(error.value) == (
        "WebTier: fleet.windows must leave hours at which none is open, or differ in their "
        "load_balancer_capacity_units, got all"
    )


# --- what is made ---------------------------------------------------------------------------------------------------

RESERVING = {**MONDAY, "load_balancer_capacity_units": 500, "lead_minutes": 10}


@pytest.fixture(scope="module")
def recording() -> Recording:
    return tier(fleet(windows=[RESERVING]))


def test_nothing_is_made_without_a_window_that_reserves() -> None:
    recording = tier(fleet(windows=[MONDAY]))
    assert [r.name for r in recording.resources if "capacity" in r.name] == []
    assert "ignoreChanges" not in recording.named("web-alb").options


def test_schedules_carry_requests_that_elastic_load_balancing_takes(recording: Recording) -> None:
    schedules = recording.all("scheduler/schedule:Schedule")
    assert {s.name: s.inputs["scheduleExpression"] for s in schedules} == {
        "web-capacity-monday-morning": "cron(50 4 ? * MON *)",
        "web-capacity-base": "cron(0 12 ? * MON *)",
    }
    service: Any = botocore.session.get_session().get_service_model("elbv2")  # its properties carry no types
    operation = service.operation_model("ModifyCapacityReservation")
    assert operation.input_shape is not None
    requests = dict[str, dict[str, Any]]()
    for schedule in schedules:
        assert schedule.inputs["scheduleExpressionTimezone"] == "Europe/Zurich"
        assert schedule.inputs["flexibleTimeWindow"] == {"mode": "OFF"}
        *_, sdk, name, call = schedule.inputs["target"]["arn"].split(":")
        assert sdk == "aws-sdk"
        assert name == service.service_id.replace(" ", "").lower()
        assert call == operation.name[0].lower() + operation.name[1:]
        requests[schedule.name] = json.loads(schedule.inputs["target"]["input"])
        assert set(requests[schedule.name]) <= set(operation.input_shape.members)
    arn = recording.named("web-alb").outputs["arn"]
    assert requests == {
        "web-capacity-monday-morning": {
            "LoadBalancerArn": arn,
            "MinimumLoadBalancerCapacity": {"CapacityUnits": 500},
        },
        "web-capacity-base": {"LoadBalancerArn": arn, "ResetCapacityReservation": True},
    }


def test_the_role_may_do_nothing_else_and_is_the_scheduler_s_alone(recording: Recording) -> None:
    (policy,) = (r for r in recording.resources if r.name == "web-capacity-role-policy")
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "elasticloadbalancing:ModifyCapacityReservation",
        "Resource": recording.named("web-alb").outputs["arn"],
    }
    (trust,) = json.loads(recording.named("web-capacity-role").inputs["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": "123456789012",
            "aws:SourceArn": "arn:aws:scheduler:eu-central-1:123456789012:schedule-group/default",
        }
    }
    for schedule in recording.all("scheduler/schedule:Schedule"):
        assert policy.urn in schedule.dependencies, "or the first change could come before the permission"


def test_no_deployment_takes_back_what_a_window_has_reserved(recording: Recording) -> None:
    assert recording.named("web-alb").options["ignoreChanges"] == ["minimumLoadBalancerCapacity"]
    assert "minimumLoadBalancerCapacity" not in recording.named("web-alb").inputs


def test_a_window_may_reserve_and_change_no_sizes() -> None:
    only = {**RESERVING}
    del only["min_size"]
    recording = tier(fleet(windows=[only]))
    assert recording.all("autoscaling/schedule:Schedule") == []
    assert len(recording.all("scheduler/schedule:Schedule")) == 2
    assert not {"minSize", "maxSize"} & {*recording.named("web-fleet").options["ignoreChanges"]}


def test_a_fleet_may_sleep_and_reserve() -> None:
    changes = reserved(*SLEEP, window("WED", "09:00", "10:00", 7, name="wednesday", load_balancer_capacity_units=100))
    assert [change.name for change in changes] == ["wednesday", "base"]
    assert all(a.units != b.units for a, b in pairwise(changes))

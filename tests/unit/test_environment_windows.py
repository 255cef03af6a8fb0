"""Backups and maintenance keep away from the hours for which capacity is raised."""

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from components import Environment, InvalidArgs
from components.environment.busy import check_windows
from tests.recording import recording
from tests.unit.mysql import made

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MORNING = {"name": "morning", "days": ["MON"], "start": "07:00", "end": "12:00", "time_zone": "Europe/Zurich"}
RAISED = {**MORNING, "min_size": 4}
SAYS = "must be apart from the hours for which capacity is raised"


def said(database: Mapping[str, Any], *windows: Mapping[str, Any], **more: Any) -> str | None:
    try:
        check_windows({"fleet": {"windows": windows}, "database": database, **more}, NOW)  # pyright: ignore[reportArgumentType]
    except InvalidArgs as error:
        return str(error)
    return None


def test_a_meeting_is_named_with_a_free_time() -> None:
    assert said({"backup_window": "05:30-06:30"}, RAISED) == (
        f"Environment: database.backup_window {SAYS}: 05:30-06:30 (UTC) meets fleet.windows[0] (morning) at mon:05:30; "
        "free is 11:00-12:00, for example"
    )
    assert said({"maintenance_window": "mon:10:00-mon:12:00"}, RAISED) == (
        f"Environment: database.maintenance_window {SAYS}: mon:10:00-mon:12:00 (UTC) meets fleet.windows[0] (morning) "
        "at mon:10:00; free is mon:11:00-mon:13:00, for example"
    )


@pytest.mark.parametrize(
    ("backup", "meets"),
    [
        ("04:00-05:00", False),
        ("04:30-05:01", True),  # 07:00 in summer
        ("10:59-11:30", True),  # 12:00 in winter
        ("11:00-11:30", False),
    ],
)
def test_summer_and_winter_count(backup: str, meets: bool) -> None:
    assert (said({"backup_window": backup}, RAISED) is not None) is meets


def test_the_lead_of_a_window_is_part_of_it() -> None:
    assert said({"backup_window": "04:00-05:00"}, {**RAISED, "lead_minutes": 10})


def test_a_window_in_which_servers_sleep_is_a_good_time() -> None:
    assert said({"backup_window": "07:00-08:00"}, {**MORNING, "max_size": 0}) is None


def test_what_is_named_as_free_is_free() -> None:
    long = {**RAISED, "days": ["MON", "TUE", "WED", "THU", "FRI"], "start": "04:00", "end": "02:00"}
    complaint = said({"backup_window": "12:00-13:00"}, long)
    assert complaint
    free = complaint.partition("free is ")[2].partition(",")[0]
    assert said({"backup_window": free}, long) is None


def test_backups_are_taken_where_windows_leave_no_time() -> None:
    always = {**RAISED, "start": "00:00", "end": "24:00"}
    assert said({"backup_window": "12:00-13:00"}, {**always, "days": ["MON"]}) is None
    assert said({"maintenance_window": "mon:12:00-mon:13:00"}, always)


def test_dates_count_until_they_have_passed() -> None:
    sale = {key: value for key, value in RAISED.items() if key != "days"}
    assert said({"maintenance_window": "fri:08:00-fri:09:00"}, {**sale, "dates": ["2026-11-27"]})
    assert said({"maintenance_window": "fri:08:00-fri:09:00"}, {**sale, "dates": ["2026-11-20"]}) is None
    # A whole day leaves no daily time, so that the backup cannot keep away from it.
    whole = {**sale, "start": "00:00", "end": "24:00", "dates": ["2026-11-27"]}
    assert said({"backup_window": "08:00-09:00"}, whole) is None


@pytest.mark.parametrize("key", ["elastic_replicas", "elastic_readers"])
def test_windows_of_elastic_replicas_count(key: str) -> None:
    complaint = said({"backup_window": "05:30-06:30", key: {"windows": [RAISED]}})
    assert complaint
    assert f"database.{key}.windows[0] (morning)" in complaint


def test_aurora_is_checked_in_place_of_mysql() -> None:
    complaint = said({}, RAISED, aurora={"backup_window": "05:30-06:30"})
    assert complaint
    assert complaint.startswith("Environment: aurora.backup_window")


@pytest.mark.parametrize("more", [{"backups_by_aws_backup": True}, {"backup_retention_days": 0}])
def test_a_backup_window_that_does_not_count_meets_nothing(more: Mapping[str, Any]) -> None:
    assert said({"backup_window": "05:30-06:30", **more}, RAISED) is None


def test_the_defaults_are_those_of_the_database() -> None:
    primary = made().named("db-primary").inputs
    around = {**RAISED, "days": ["SUN"], "start": "00:00", "end": "06:00", "time_zone": "Etc/UTC"}
    for field in ("backup", "maintenance"):
        text = str(primary[f"{field}Window"])
        complaint = said({"maintenance_window": "tue:09:00-tue:10:00"} if field == "backup" else {}, around)
        assert complaint
        assert f"database.{field}_window {SAYS}: {text} (UTC) meets" in complaint


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_stacks_keep_apart(stack: str) -> None:
    config = yaml.safe_load((Path(__file__).parents[2] / f"Pulumi.{stack}.yaml").read_text())["config"]
    assert said(config["elasticweb:database"], *config["elasticweb:fleet"]["windows"]) is None


def test_an_environment_says_so_before_it_makes_anything() -> None:
    def program() -> None:
        network = {"cidr_block": "10.0.0.0/16", "availability_zones": ["eu-central-1a", "eu-central-1b"]}
        with pytest.raises(InvalidArgs, match=SAYS):
            Environment(
                "shop",
                {"network": network, "fleet": {"windows": [RAISED]}, "database": {"backup_window": "06:00-07:00"}},  # pyright: ignore[reportArgumentType]
            )

    assert not [r for r in recording(program).resources if r.custom]


@given(
    zone=st.sampled_from(["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Etc/UTC"]),
    start=st.integers(0, 47),
    length=st.integers(1, 10),
    backup=st.integers(0, 47),
)
def test_no_backup_of_any_day_is_in_an_open_window(zone: str, start: int, length: int, backup: int) -> None:
    """Count it out on the clock itself, for every day of two years with their changes of the clock."""

    def clock(half_hours: int) -> str:
        return f"{half_hours % 48 // 2:02}:{half_hours % 2 * 30:02}"

    window = {**RAISED, "start": clock(start), "end": clock(start + length), "time_zone": zone}
    given_window = f"{clock(backup)}-{clock(backup + 1)}"
    # The maintenance window is put where the window never is.
    complaint = said({"backup_window": given_window, "maintenance_window": "thu:00:00-thu:00:30"}, window)
    opened = set[int]()
    there, day = zoneinfo.ZoneInfo(zone), datetime(2026, 1, 1, tzinfo=UTC)
    while day.year < 2028:
        for minute in range(0, 30, 5):
            at = (day + timedelta(minutes=30 * backup + minute)).astimezone(there)
            since = (at.weekday() * 1440 + at.hour * 60 + at.minute - start * 30) % 10080
            if since < length * 30:
                opened.add(day.toordinal())
        day += timedelta(days=1)
    assert (complaint is not None) == bool(opened)

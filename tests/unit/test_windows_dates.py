"""Windows on dates: which actions they are compiled into, that these are exact, and what happens as dates pass."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components._args import InvalidArgs
from components.windows import CapacityWindow, ScheduledAction, Sizes, read_windows, schedule
from tests.thoroughness import examples

from .scheduling import DAY, PLAIN, VARIANTS, WEEKDAYS, Variant, Wrong, accepted, minute_of, mismatches
from .test_windows_exact import ODD
from .windows import BASE, DATES, NOW, SIZES, SLEEP, WEEKS, compiled, moved, window

MONDAY = window("MON", "07:00", "12:00", name="monday")
NOVEMBER = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def simulated(
    windows: Sequence[CapacityWindow],
    now: datetime = NOW,
    variant: Variant = PLAIN,
    base: tuple[int, int] = SIZES,
    days: int = 730,
) -> list[Wrong]:
    actions, begin = compiled(windows, now, base), minute_of(now)
    accepted(actions, begin)
    return mismatches(windows, actions, base, begin, begin + days * DAY, variant)


def told(windows: Sequence[CapacityWindow], now: datetime = NOVEMBER, base: tuple[int, int] = SIZES) -> list[str]:
    """Return the actions as a person would list them."""
    return [_told(action) for action in compiled(windows, now, base)]


def _told(action: ScheduledAction) -> str:
    bounds = [f"from {action.start_time}"] * bool(action.start_time) + [f"to {action.end_time}"] * bool(action.end_time)
    return " ".join([f"{action.name}: {action.min_size}-{action.max_size} at {action.recurrence}", *bounds])


# --- what is compiled -----------------------------------------------------------------------------------------------


def test_days_that_touch_are_one_stretch_that_the_week_closes() -> None:
    days = "2026-12-24 2026-12-25 2026-12-26"
    assert told([MONDAY, window(days, "00:00", "24:00", 30, name="feast")]) == [
        "monday: 20-40 at 0 7-11 * * MON",
        "base: 5-40 at 0 0-6,12-23 * * MON,TUE,WED,SUN",  # the repeats keep away from Thursday to Saturday
        "feast-2026-12-24: 30-40 at 0 * 24-26 12 * to 2026-12-26T23:00:00Z",
    ]


def test_what_the_week_has_to_do_within_a_date_is_cut_in_two() -> None:
    assert told([MONDAY, window("2026-12-28", "06:00", "20:00", 30, name="sale")]) == [
        "monday: 20-40 at 0 7-11 * * MON from 2027-01-04T06:00:00Z",
        "base: 5-40 at 0 0-6,12-23 * * * from 2026-12-28T19:00:00Z",
        "monday-until-2026-12-28: 20-40 at 0 7-11 * * MON to 2026-12-21T11:00:00Z",
        "base-until-2026-12-28: 5-40 at 0 0-6,12-23 * * * to 2026-12-28T04:30:00Z",
        "sale-2026-12-28: 30-40 at 0 6-19 28 12 * to 2026-12-28T19:00:00Z",
    ]


def test_only_what_differs_is_cut() -> None:
    # A floor of 10 below Monday's 20: its rise stays, its fall comes to 10, and the base comes back at 20:00.
    assert told([MONDAY, window("2026-12-28", "06:00", "20:00", 10, name="sale")]) == [
        "monday: 20-40 at 0 7-11 * * MON",
        "base: 5-40 at 0 0-6,12-23 * * * from 2026-12-28T19:00:00Z",
        "base-until-2026-12-28: 5-40 at 0 0-6,12-23 * * * to 2026-12-28T04:30:00Z",
        "sale-2026-12-28: 10-40 at 0 6,12-19 28 12 * to 2026-12-28T19:00:00Z",
    ]


def test_a_holiday_of_a_fleet_that_sleeps_costs_one_action() -> None:
    # Nothing begins or ends: on Wednesday evening it falls asleep, and on Friday it does not wake.
    assert told([*SLEEP, window("2026-12-25", "00:00", "24:00", None, name="off", max_size=0)], base=(1, 2)) == [
        "base: 1-2 at 0 7-19 * * MON,TUE,WED,THU,FRI from 2026-12-28T06:00:00Z",
        "night: 0-0 at 0 0-6,20-23 * * *",
        "base-until-2026-12-25: 1-2 at 0 7-19 * * MON,TUE,WED,THU,FRI to 2026-12-24T19:00:00Z",
    ]


def test_dates_of_several_months_and_years_share_an_action_where_its_bounds_allow() -> None:
    days = "2026-12-24 2027-01-01"
    assert told([window(days, "07:00", "12:00", 30, name="feast")])[1:] == [
        "feast-2026-12-24: 30-40 at 0 7-11 1,24 1,12 * from 2026-12-24T06:00:00Z to 2027-01-01T11:00:00Z",
    ]
    # In December it need not wait any more: the next time that it could fire wrongly is over.
    assert told([window(days, "07:00", "12:00", 30, name="feast")], datetime(2026, 12, 2, tzinfo=UTC))[1:] == [
        "feast-2026-12-24: 30-40 at 0 7-11 1,24 1,12 * to 2027-01-01T11:00:00Z",
    ]
    assert told([window("2026-12-24 2027-12-24", "07:00", "12:00", 30, name="feast")])[1:] == [
        "feast-2026-12-24: 30-40 at 0 7-11 24 12 * to 2027-12-24T11:00:00Z",
    ]


def test_a_date_more_than_a_year_away_waits() -> None:
    assert told([window("2028-03-01", "07:00", "12:00", 30, name="fair")])[1:] == [
        "fair-2028-03-01: 30-40 at 0 7-11 1 3 * from 2028-03-01T06:00:00Z to 2028-03-01T11:00:00Z",
    ]


def test_a_time_that_the_clock_shows_twice_is_told_in_utc() -> None:
    # 2027-10-31 02:30 comes at 00:30 and at 01:30 in UTC; between the two the clock is before the window's start again.
    actions = compiled([window("2027-10-31", "02:30", "02:50", 30, name="x")], NOVEMBER)
    assert {(a.time_zone, a.recurrence) for a in actions if a.name != "base"} == {
        ("UTC", "30 0-1 31 10 *"),
        ("UTC", "0,50 0-1 31 10 *"),
    } or simulated([window("2027-10-31", "02:30", "02:50", 30, name="x")], NOVEMBER) == []


def test_the_calendar_of_a_year_stays_far_below_the_limit() -> None:
    holidays = [
        "2027-01-01 2027-01-02 2027-03-26 2027-03-29 2027-05-01 2027-05-06 2027-05-17 2027-08-01 2027-12-25 2027-12-26",
        "2026-12-24 2026-12-25 2026-12-26 2026-12-31",
    ]
    days = window(" ".join(holidays), "00:00", "24:00", None, name="holidays", max_size=0)
    assert len(told([*SLEEP, days], base=(1, 2))) < 15
    assert len(told([MONDAY, {**days, "max_size": 3}])) < 20
    workdays = window("MON TUE WED THU FRI", "07:00", "19:00", 20, name="days")
    assert len(told([workdays, {**days, "max_size": 3}])) < 35


# --- exactness ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", *ODD])
def test_dates_over_a_week_are_exact_at_every_minute_of_two_years(zone: str) -> None:
    assert simulated(moved([*WEEKS["staggered"], *DATES], zone)) == []


@pytest.mark.parametrize("zone", ["Europe/Zurich", "Asia/Kathmandu", "America/New_York"])
def test_dates_of_one_zone_over_a_week_of_another_are_exact(zone: str) -> None:
    assert simulated([*WEEKS["within a larger one"], *moved(DATES, zone)]) == []


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
def test_it_does_not_matter_what_aws_does_when_clocks_change(variant: Variant) -> None:
    days = window("2026-03-28 2026-03-29 2026-03-30 2026-10-24 2026-10-25", "06:00", "21:00", 30, name="x")
    whole = window("2026-03-29 2026-10-25 2026-10-26", "00:00", "24:00", None, name="y", max_size=3)
    assert simulated([MONDAY, days], NOW, variant) == []
    assert simulated([MONDAY, whole], NOW, variant) == []
    assert simulated([*SLEEP, window("2026-03-28", "18:00", "06:00", 7, name="z")], NOW, variant) == []


STARTS = st.sampled_from([date(2026, 3, 20), date(2026, 10, 20), date(2026, 12, 20), date(2027, 2, 20)])
TIMES = ["00:00", "01:00", "02:00", "02:30", "03:00", "07:00", "12:00", "12:20", "23:30"]


@st.composite
def calendars(draw: st.DrawFn, zones: Sequence[str]) -> list[CapacityWindow]:
    windows = list[CapacityWindow]()
    for index in range(draw(st.integers(1, 4))):
        days = " ".join(draw(st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=5, unique=True)))
        if index == 0 or draw(st.booleans()):
            first, within = draw(STARTS), draw(st.sampled_from([3, 15, 400]))
            passed = draw(st.lists(st.integers(0, within), min_size=1, max_size=6, unique=True))
            days = " ".join((first + timedelta(days=n)).isoformat() for n in sorted(passed))
        start, end = draw(st.lists(st.sampled_from(TIMES), min_size=2, max_size=2, unique=True))
        if draw(st.integers(0, 3)) == 0:
            start, end = "00:00", "24:00"
        floor = draw(st.sampled_from([None, 8, 12, 20]))
        more: dict[str, Any] = {} if floor is None else {"lead_minutes": draw(st.sampled_from([0, 45, 1440]))}
        if floor is None or draw(st.booleans()):
            more["max_size"] = draw(st.sampled_from([0, 3, 15] if floor is None else [20, 25]))
        windows.append(window(days, start, end, floor, zone=draw(st.sampled_from(zones)), name=f"w{index}", **more))
    return windows


@settings(max_examples=examples(20), derandomize=True)
@given(windows=calendars(["Europe/Zurich"]), passed=st.integers(0, 500 * DAY))
def test_any_calendar_is_exact_whenever_it_is_deployed(windows: list[CapacityWindow], passed: int) -> None:
    assert _exact_or_always_open(windows, NOW + timedelta(minutes=passed))


@settings(max_examples=examples(8), derandomize=True)
@given(windows=calendars(["Europe/Zurich", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca"]))
def test_any_calendar_of_several_zones_is_exact_or_refused(windows: list[CapacityWindow]) -> None:
    try:
        assert simulated(windows, days=450) == []
    except InvalidArgs as error:
        assert sum(f" {w['name']} " in str(error) for w in windows) == 2 or "hours at which none" in str(error)  # noqa: PT017 - either way is right


def _exact_or_always_open(windows: Sequence[CapacityWindow], now: datetime) -> bool:
    try:
        return simulated(windows, now, days=450) == []
    except InvalidArgs as error:
        return "must leave hours at which none is open" in str(error)


# --- as time passes -------------------------------------------------------------------------------------------------

CALENDAR = [
    MONDAY,
    window("2026-12-24 2026-12-25", "00:00", "24:00", 30, name="feast"),
    window("2026-12-28 2027-01-04", "06:00", "20:00", 35, name="sale"),
]


def test_a_date_that_has_passed_costs_nothing() -> None:
    past = window("2020-02-29 2026-01-06", "00:00", "24:00", 30, name="past")
    later = datetime(2026, 1, 8, tzinfo=UTC)
    assert told([MONDAY, past], later) == told([MONDAY], later)
    assert compiled([past], later) == []


def test_whenever_it_is_deployed_it_is_exact_and_previews_change_only_when_a_date_has_passed() -> None:
    read = read_windows("WebTier", "fleet.windows", CALENDAR, *SIZES)
    first, all_of_them = dict[str, datetime](), dict[str, set[str]]()
    for hours in range(0, 45 * 24, 29):
        now = NOVEMBER + timedelta(hours=hours)
        made = schedule("WebTier", "fleet.windows", read, Sizes(*SIZES), now)
        accepted(made.actions, minute_of(now))
        assert mismatches(CALENDAR, made.actions, SIZES, minute_of(now), minute_of(now) + 60 * DAY) == []
        # Within a key actions go and need not wait any more, and that is all.
        listed = {_told(action._replace(start_time=None)) for action in made.actions}
        first.setdefault(made.key, now)
        assert listed <= all_of_them.setdefault(made.key, listed)
    # All is made anew on the first days after the feast, after the first sale and after the second.
    assert [f"{now:%Y-%m-%d}" for now in first.values()] == ["2026-11-23", "2026-12-26", "2026-12-29", "2027-01-05"]


def test_what_will_never_fire_again_is_left_out_at_once() -> None:
    before, after = datetime(2026, 12, 28, 18, 59, tzinfo=UTC), datetime(2026, 12, 28, 19, 1, tzinfo=UTC)
    assert [a.name for a in compiled([window("2026-12-28", "06:00", "20:00", 35, name="sale")], before)] == ["base"]
    assert [a.name for a in compiled([window("2026-12-28", "06:00", "20:30", 35, name="sale")], before)] == [
        "base",
        "sale-2026-12-28",
    ]
    for now in (before, after):
        for action in compiled(CALENDAR, now):
            assert action.end_time is None or action.end_time > f"{now:%Y-%m-%dT%H:%M:%SZ}"
            assert action.start_time is None or action.start_time > f"{now:%Y-%m-%dT%H:%M:%SZ}"


def test_the_base_is_never_left_without_an_action_of_its_own() -> None:
    assert any(action.min_size == BASE and action.end_time is None for action in compiled(CALENDAR, NOVEMBER))

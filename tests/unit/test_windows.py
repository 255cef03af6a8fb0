"""The windows' floor, the compiled actions, and both against a simulation of AWS's scheduled actions.

The simulation shares no code with the compiler: it reads cron expressions, moves the clocks of the zones minute by
minute through two years and compares the floor that the actions set with one computed from the raw windows.
"""

import itertools
import zoneinfo
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components._args import InvalidArgs
from components.windows import (
    LEAVE_ALONE,
    CapacityWindow,
    ScheduledAction,
    Weekday,
    floor_at,
    read_windows,
    scheduled_actions,
)
from tests.thoroughness import examples

BASE, MOST = 5, 40
WORKDAYS = "MON TUE WED THU FRI"
DAYS: str = "MON TUE WED THU FRI SAT SUN"
ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "UTC")
WEEK = 7 * 24 * 60


def window(days: str, start: str, end: str, floor: int = 20, **more: str) -> CapacityWindow:
    return CapacityWindow(
        name=more.get("name", f"{days.split(maxsplit=1)[0].lower() if days else 'x'}-{start.replace(':', '')}-{floor}"),
        days=[Weekday(day) for day in days.split()],
        start=start,
        end=end,
        time_zone=more.get("zone", "Europe/Zurich"),
        min_size=floor,
    )


def moved(windows: Sequence[CapacityWindow], zone: str) -> list[CapacityWindow]:
    copies = [w.copy() for w in windows]
    for copy in copies:
        copy["time_zone"] = zone
    return copies


def compiled(windows: Sequence[CapacityWindow]) -> list[ScheduledAction]:
    read = read_windows("WebTier", "fleet.windows", windows, BASE, MOST)
    return scheduled_actions("WebTier", "fleet.windows", read, BASE, MOST)


def crons(windows: Sequence[CapacityWindow]) -> dict[str, tuple[str, int]]:
    return {action.name: (action.recurrence, action.min_size) for action in compiled(windows)}


# --- the simulation -------------------------------------------------------------------------------------------------


def fires(cron: str) -> set[tuple[str, int, int]]:
    """Day, hour and minute at which a crontab entry without date fields runs."""
    minutes, hours, date, month, days = cron.split()
    assert (date, month) == ("*", "*")
    names = DAYS.split() if days == "*" else days.split(",")
    return set(itertools.product(names, numbers(hours, 24), numbers(minutes, 60)))


def numbers(text: str, total: int) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(total) if part == "*" else range(int(first), int(last or first) + 1)


def wall(instant: datetime, zone: str) -> tuple[str, int, int]:
    local = instant.astimezone(zoneinfo.ZoneInfo(zone))
    return DAYS.split()[local.weekday()], local.hour, local.minute


def open_floor(windows: Sequence[CapacityWindow], walls: dict[str, tuple[str, int, int]]) -> int:
    """Read the windows as a person would: the clock on the wall, today's and yesterday's windows."""
    floor = BASE
    for w in windows:
        day, hour, minute = walls[w["time_zone"]]
        now, names = f"{hour:02}:{minute:02}", DAYS.split()
        yesterday = names[names.index(day) - 1]
        if w["end"] > w["start"]:
            is_open = day in w["days"] and w["start"] <= now < w["end"]
        else:
            is_open = (day in w["days"] and now >= w["start"]) or (yesterday in w["days"] and now < w["end"])
        if is_open:
            floor = max(floor, w["min_size"])
    return floor


def mismatches(
    windows: Sequence[CapacityWindow], actions: Sequence[ScheduledAction], *, once: bool = False
) -> list[tuple[datetime, int, int]]:
    """Instants of two years at which the floor that the actions have set is not the windows' floor.

    Fails at once when an action sets a wrong floor or two fire together. *once*: a time that the clock shows a
    second time in autumn fires no second time. Weeks in which no clock changes and that begin alike are run once.
    """
    when = {action.name: fires(action.recurrence) for action in actions}
    zones = sorted({w["time_zone"] for w in windows} | {action.time_zone for action in actions})
    known = dict[Any, tuple[list[ScheduledAction], int]]()
    seen, wrong = set[Any](), list[tuple[datetime, int, int]]()
    state: int | None = None
    for week in range(105):
        begin = datetime(2026, 1, 5, tzinfo=UTC) + timedelta(weeks=week)  # a Monday
        shifts = {
            tuple((begin + timedelta(days=day)).astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() for zone in zones)
            for day in range(-1, 9)
        }
        before = state
        alike = (*shifts, state) if len(shifts) == 1 and state is not None else week
        if alike in seen:
            continue  # such a week ends with the floor that it began with: that was asserted when it was run
        seen.add(alike)
        for instant, walls, second in minutes(begin, zones):
            if walls not in known:
                firing = [a for a in actions if walls[zones.index(a.time_zone)] in when[a.name]]
                known[walls] = firing, open_floor(windows, dict(zip(zones, walls, strict=True)))
            firing, floor = known[walls]
            if once and any(second):
                firing = [a for a in firing if not second[zones.index(a.time_zone)]]
            assert len(firing) <= 1, f"{[a.name for a in firing]} at {instant}"
            for action in firing:
                assert action.min_size == floor, f"{action} at {instant}"
                state = floor
            if state not in (None, floor):
                wrong.append((instant, state, floor))
        assert alike == week or state == before
    return wrong


def minutes(
    begin: datetime, zones: Sequence[str]
) -> Iterator[tuple[datetime, tuple[tuple[str, int, int], ...], tuple[bool, ...]]]:
    """Every minute of a week, what the clocks of *zones* show, and which of them show it for the second time.

    No clock of the zones here changes but at a quarter of an hour.
    """
    for quarter in range(0, WEEK, 15):
        instant = begin + timedelta(minutes=quarter)
        walls = [wall(instant, zone) for zone in zones]
        second = tuple(repeated(instant, zone) for zone in zones)
        for minute in range(15):
            shown = tuple((day, hour, first + minute) for day, hour, first in walls)
            yield instant + timedelta(minutes=minute), shown, second


def repeated(instant: datetime, zone: str) -> bool:
    return instant.astimezone(zoneinfo.ZoneInfo(zone)).fold == 1


# --- exactness ------------------------------------------------------------------------------------------------------

WEEKS = {
    "monday morning": [window("MON", "07:00", "12:00")],
    "across midnight": [window("MON WED", "22:30", "04:15")],
    "across the week's end": [window("SUN", "20:00", "06:00")],
    "a whole day": [window("SAT", "00:00", "24:00")],
    "a whole week but an hour": [window(DAYS, "01:00", "24:00")],
    "within a larger one": [window(WORKDAYS, "07:00", "19:00", 10), window("MON", "08:00", "12:00")],
    "staggered": [window("MON TUE", "07:00", "12:00"), window("TUE WED", "11:30", "18:00", 30)],
    "side by side": [window("MON", "07:00", "12:00"), window("MON", "12:00", "15:00", 10)],
    "into the hour that the clock skips": [window("SUN", "01:00", "02:30")],
    "within the hour that the clock skips": [window("SUN", "02:15", "02:45")],
    "out of the hour that the clock skips": [window("SUN", "02:30", "06:00"), window(DAYS, "03:00", "04:00", 9)],
    "all night": [window("FRI SAT", "22:00", "02:00"), window("SAT SUN", "02:00", "03:00", 8)],
}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("case", WEEKS)
def test_actions_give_the_floor_at_every_minute_of_two_years(case: str, zone: str) -> None:
    windows = moved(WEEKS[case], zone)
    assert mismatches(windows, compiled(windows)) == []


@pytest.mark.parametrize("case", ["into the hour that the clock skips", "all night", "monday morning"])
def test_if_aws_fires_a_repeated_time_once_only_the_repeated_hour_differs(case: str) -> None:
    windows = WEEKS[case]
    wrong = mismatches(windows, compiled(windows), once=True)
    assert all(repeated(instant, "Europe/Zurich") for instant, _, _ in wrong)


def test_the_simulation_notices_what_plain_triggering_misses() -> None:
    def action(cron: str, floor: int) -> ScheduledAction:
        return ScheduledAction(cron, cron, "Europe/Zurich", floor, MOST)

    windows = WEEKS["into the hour that the clock skips"]
    plain = [action("0 1 * * SUN", 20), action("30 2 * * SUN", BASE)]
    late = mismatches(windows, plain)
    assert {instant.date().isoformat() for instant, _, _ in late} >= {"2026-03-29", "2027-03-28"}
    with pytest.raises(AssertionError, match="30 2"):
        mismatches(windows, [plain[0], action("30 2 * * SUN", 6)])
    with pytest.raises(AssertionError, match=r"\['0 1 .*', '0 1-2 "):
        mismatches(windows, [*plain, action("0 1-2 * * SUN", 20)])


SEVERAL_ZONES = [
    [window("MON", "07:00", "12:00"), window("MON", "13:00", "17:00", 10, zone="America/New_York")],
    [window("MON", "07:00", "20:00"), window("MON", "03:00", "09:00", 10, zone="America/New_York")],
    [window("SUN", "01:00", "05:00"), window("SUN", "00:30", "03:20", 10, zone="America/New_York")],
    [window("MON", "07:00", "12:00"), window("TUE", "07:10", "12:10", 10, zone="Australia/Lord_Howe")],
    [window("MON", "07:00", "12:00"), window("MON", "11:00", "15:00", 10, zone="Europe/Berlin")],
    [window("MON", "07:00", "12:00"), window("MON", "11:00", "15:00", 10, zone="Europe/London")],
    [window("MON", "07:00", "12:00"), window("MON", "15:00", "21:00", 10, zone="Europe/Zurich")],
]


@pytest.mark.parametrize("windows", SEVERAL_ZONES)
def test_windows_of_several_zones_are_exact_too(windows: list[CapacityWindow]) -> None:
    assert mismatches(windows, compiled(windows)) == []


def test_zones_whose_clocks_always_differ_by_the_same_time_share_their_actions() -> None:
    london = window("MON", "11:00", "15:00", 10, zone="Europe/London")
    actions = compiled([window("MON", "07:00", "12:00"), london])
    assert [(a.recurrence, a.time_zone) for a in actions] == [
        ("0 7-11 * * MON", "Europe/Zurich"),
        ("0 12-15 * * MON", "Europe/Zurich"),
        ("0 0-6,16-23 * * *", "Europe/Zurich"),
    ]


TIMES = st.sampled_from(["00:00", "01:30", "02:00", "02:30", "03:00", "07:00", "12:00", "12:20", "18:00", "23:30"])


@st.composite
def weeks(draw: st.DrawFn, zones: Sequence[str], most: int) -> list[CapacityWindow]:
    windows = list[CapacityWindow]()
    for index in range(draw(st.integers(1, most))):
        days = draw(st.lists(st.sampled_from(DAYS.split()), min_size=1, max_size=4, unique=True))
        start, end = draw(st.lists(TIMES, min_size=2, max_size=2, unique=True))
        floor, zone = draw(st.sampled_from([8, 12, 20])), draw(st.sampled_from(zones))
        windows.append(window(" ".join(days), start, end, floor, zone=zone, name=f"w{index}"))
    return windows


@settings(max_examples=examples(4), deadline=None, derandomize=True)
@given(windows=weeks(["Europe/Zurich"], 4))
def test_any_week_is_exact(windows: list[CapacityWindow]) -> None:
    assert mismatches(windows, compiled(windows)) == []


@settings(max_examples=examples(5), deadline=None, derandomize=True)
@given(windows=weeks(["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Europe/Athens"], 3))
def test_any_week_of_several_zones_is_exact_or_refused_with_both_names(windows: list[CapacityWindow]) -> None:
    try:
        actions = compiled(windows)
    except InvalidArgs as error:
        assert sum(f" {w['name']} " in str(error) for w in windows) == 2  # noqa: PT017 - either way is right
    else:
        assert mismatches(windows, actions) == []


@settings(max_examples=examples(50), deadline=None, derandomize=True)
@given(windows=weeks(["UTC"], 5))
def test_there_are_never_more_actions_than_times_at_which_the_floor_changes(windows: list[CapacityWindow]) -> None:
    hours = [(day, *divmod(minute, 60)) for day in DAYS.split() for minute in range(0, 24 * 60, 10)]
    floors = [open_floor(windows, {"UTC": at}) for at in hours]
    changes = {(at[1:], floors[i]) for i, at in enumerate(hours) if floors[i] != floors[i - 1]}
    actions = compiled(windows)
    assert len(actions) <= len(changes)
    assert len({action.name for action in actions}) == len(actions)
    assert {action.min_size for action in actions} == {floor for _, floor in changes}


# --- what is compiled -----------------------------------------------------------------------------------------------


def test_one_window_is_two_actions_that_repeat_every_hour_at_which_they_are_right() -> None:
    assert compiled([window("MON", "07:00", "12:00", name="monday-morning")]) == [
        ScheduledAction("monday-morning", "0 7-11 * * MON", "Europe/Zurich", 20, MOST),
        ScheduledAction("base", "0 0-6,12-23 * * *", "Europe/Zurich", BASE, MOST),
    ]


def test_the_desired_size_is_left_to_demand() -> None:
    assert {action.desired_capacity for action in compiled(WEEKS["staggered"])} == {LEAVE_ALONE} == {-1}


def test_windows_that_close_at_different_hours_share_one_action_back() -> None:
    windows = [window("MON", "07:00", "12:00", name="a"), window("WED", "13:00", "15:00", name="b")]
    assert crons(windows) == {
        "a": ("0 7-11 * * MON", 20),
        "base": ("0 0-6,12,15-23 * * *", BASE),
        "b": ("0 13-14 * * WED", 20),
    }


def test_an_edge_shared_by_days_is_split_where_that_saves_an_action() -> None:
    # Monday and Tuesday close at 12:00; Monday's second window at 15:00, Tuesday's at 18:00, and each of these
    # times is inside the other day's window: three times of closing, but two days.
    windows = [
        window("MON TUE", "10:00", "12:00", name="a"),
        window("MON", "14:00", "15:00", name="b"),
        window("MON", "17:00", "20:00", name="c"),
        window("TUE", "14:00", "18:00", name="d"),
    ]
    back = [cron for cron, floor in crons(windows).values() if floor == BASE]
    assert len(back) == 2


def test_an_action_falls_back_to_its_edge_where_it_cannot_repeat() -> None:
    windows = [window("MON", "22:00", "24:00", name="a"), window("TUE", "00:00", "01:00", 8, name="b")]
    assert crons(windows)["b"] == ("0 0 * * TUE", 8)


def test_an_edge_under_a_higher_window_needs_no_action() -> None:
    windows = [window("MON", "07:00", "12:00"), window("MON", "08:00", "11:00", 10)]
    assert len(compiled(windows)) == 2


def test_a_window_at_the_end_of_the_list_renames_no_action() -> None:
    windows = [window("MON TUE", "07:00", "12:00", name="z"), window("TUE", "11:30", "18:15", 10, name="y")]
    more = [*windows, window("SUN", "05:00", "06:45", 7, name="a")]
    before, after = crons(windows), crons(more)
    assert set(after) - set(before) == {"a", "base-3"}
    assert {name: cron.split()[0] for name, (cron, _) in before.items()} == {
        name: after[name][0].split()[0] for name in before
    }


def test_generated_names_leave_the_windows_names_alone() -> None:
    windows = [
        window("MON", "07:00", "12:00", name="day"),
        window("TUE", "08:00", "12:00", name="day-2"),
        window("MON", "12:00", "13:30", 10, name="base-2"),
    ]
    names = [action.name for action in compiled(windows)]
    assert len(set(names)) == len(names)
    assert {"day", "base", "base-2"} <= set(names)


def test_without_windows_there_are_no_actions() -> None:
    assert compiled([]) == []


@pytest.mark.parametrize("zone", ZONES)
def test_floor_at_is_the_highest_open_window_at_any_instant(zone: str) -> None:
    windows = moved([*WEEKS["staggered"], *WEEKS["all night"]], zone)
    for index, w in enumerate(windows):
        w["name"] = f"w{index}"
    read = read_windows("WebTier", "fleet.windows", windows, BASE, MOST)
    for month in (3, 4, 10, 11):
        begin = datetime(2026, month, 1, tzinfo=UTC)
        for minutes in range(0, 30 * 24 * 60, 15):
            instant = begin + timedelta(minutes=minutes)
            assert floor_at(read, BASE, instant) == open_floor(windows, {zone: wall(instant, zone)})


# --- what is refused ------------------------------------------------------------------------------------------------

ONE = window("MON", "07:00", "12:00", name="a")

REFUSED: list[tuple[list[dict[str, Any]], str]] = [
    (
        [{**ONE, "name": "Monday"}],
        (
            "[0].name must be at most 40 lower-case letters, digits and hyphens, start with a letter and not be "
            "'base', got 'Monday'"
        ),
    ),
    (
        [{**ONE, "name": "base"}],
        (
            "[0].name must be at most 40 lower-case letters, digits and hyphens, start with a letter and not be "
            "'base', got 'base'"
        ),
    ),
    ([{**ONE}, {**ONE}], "[1].name must be unique in the fleet, got 'a' a second time"),
    ([{**ONE, "days": []}], "[0].days must name at least one day, or the window never opens, got []"),
    ([{**ONE, "days": ["MON", "TUE", "MON"]}], "[0].days must name each day once, got MON twice"),
    ([{**ONE, "start": "7:00"}], "[0].start must be a time from 00:00 to 23:59, such as 07:00, got '7:00'"),
    ([{**ONE, "start": "24:00"}], "[0].start must be a time from 00:00 to 23:59, such as 07:00, got '24:00'"),
    ([{**ONE, "end": "noon"}], "[0].end must be a time from 00:00 to 24:00, such as 12:00, got 'noon'"),
    ([{**ONE, "end": "12:60"}], "[0].end must be a time from 00:00 to 24:00, such as 12:00, got '12:60'"),
    (
        [{**ONE, "end": "07:00"}],
        (
            "[0].end must differ from start, because 07:00 to 07:00 could mean never or a whole day: write 00:00 to "
            "24:00 for a whole day, got '07:00'"
        ),
    ),
    (
        [{**ONE, "time_zone": "Europe/Zürich"}],
        (
            "[0].time_zone must be an IANA time zone, such as Europe/Zurich, got 'Europe/Zürich'; did you mean "
            "Europe/Zurich?"
        ),
    ),
    ([{**ONE, "time_zone": "Mars"}], "[0].time_zone must be an IANA time zone, such as Europe/Zurich, got 'Mars'"),
    ([{**ONE, "time_zone": ""}], "[0].time_zone must be an IANA time zone, such as Europe/Zurich, got ''"),
    (
        [{**ONE, "min_size": 5}],
        "[0].min_size must be more than the fleet's min_size (5), or the window changes nothing, got 5",
    ),
    ([{**ONE, "min_size": 41}], "[0].min_size must be at most the fleet's max_size (40), got 41"),
    (
        [{**ONE, "days": DAYS.split(), "start": "00:00", "end": "24:00"}],
        (
            " must leave hours at which none is open, or differ in their floors: set the fleet's min_size to 20 "
            "instead, got a"
        ),
    ),
    (
        [{**ONE}, {**window("MON", "11:00", "15:00", 10, zone="UTC"), "name": "b"}],
        (
            " a (Europe/Zurich) and b (UTC) must not overlap so that daylight saving time decides which floor holds: "
            "give both one time_zone, got floors 5 and 10 at MON 12:00 in Europe/Zurich"
        ),
    ),
    (
        [{**ONE}, {**window("MON", "10:30", "11:00", zone="UTC"), "name": "b"}],
        (
            " a and b must not start or end at the same instant in only some weeks of the year, "
            "because AWS refuses two actions at one time: move one by a minute, got MON 12:00 in Europe/Zurich and MON "
            "11:00 in UTC"
        ),
    ),
]


@pytest.mark.parametrize(("windows", "message"), REFUSED)
def test_refuses_with_one_line(windows: Any, message: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        compiled(windows)
    assert str(error.value) == f"WebTier: fleet.windows{message}"


@pytest.mark.parametrize("zone", ["Europe", "posix/Europe/Zurich", "../zone", "localtime"])
def test_a_file_or_folder_of_the_database_is_no_time_zone(zone: str) -> None:
    with pytest.raises(InvalidArgs, match=rf"time_zone must be an IANA time zone, .* got '{zone}'"):
        compiled(moved([ONE], zone))


def test_refuses_more_actions_than_aws_allows_in_a_group() -> None:
    times = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(0, 24 * 60, 5)]
    windows = [window("MON", times[2 * i], times[2 * i + 1], 6 + i, name=f"w{i}") for i in range(126)]
    read = read_windows("WebTier", "fleet.windows", windows, BASE, 200)
    with pytest.raises(InvalidArgs) as error:
        scheduled_actions("WebTier", "fleet.windows", read, BASE, 200)
    assert str(error.value) == (
        "WebTier: fleet.windows must need at most 125 scheduled actions, AWS's limit for a group: let windows start "
        "and end together, got 126 windows that need 128"
    )


def test_says_so_when_the_system_has_no_time_zone_database(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(key: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", missing)
    monkeypatch.setattr(zoneinfo, "available_timezones", set[str])
    with pytest.raises(InvalidArgs) as error:
        compiled([ONE])
    assert str(error.value) == (
        "WebTier: fleet.windows[0].time_zone cannot be checked, because this system has no time zone database: install "
        "the package tzdata of the operating system or of PyPI, got 'Europe/Zurich'"
    )

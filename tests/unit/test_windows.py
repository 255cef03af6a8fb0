"""Which scheduled actions weekly windows are compiled into, and which windows are refused."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from components._args import InvalidArgs
from components.windows import (
    LEAVE_ALONE,
    CapacityWindow,
    ScheduledAction,
    Sizes,
    floor_at,
    read_windows,
    schedule,
    sizes_at,
)

from .scheduling import asked, minute_of, wall
from .test_windows_exact import ODD
from .windows import BASE, DATES, DAYS, MOST, SIZES, SLEEP, WEEKS, compiled, crons, moved, window


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


@pytest.mark.parametrize("zone", ["Europe/Zurich", "America/New_York", "UTC", *ODD])
def test_sizes_at_any_instant_are_those_that_the_windows_ask_for(zone: str) -> None:
    windows = moved([*WEEKS["staggered"], *WEEKS["all night"], *SLEEP, *DATES], zone)
    for index, w in enumerate(windows):
        w["name"] = f"w{index}"
    read = read_windows("WebTier", "fleet.windows", windows, *SIZES)
    for month in (3, 4, 10, 11):
        begin = datetime(2026, month, 1, tzinfo=UTC)
        for minutes in range(0, 30 * 24 * 60, 435):
            instant = begin + timedelta(minutes=minutes)
            expected = asked(windows, SIZES, {zone: wall(zone, minute_of(instant))})
            assert sizes_at(read, *SIZES, instant) == expected
            assert floor_at(read, BASE, instant) == expected[0]


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([window("MON", "07:00", "12:00")], (20, 40)),
        ([window("MON", "07:00", "12:00", None, max_size=10)], (5, 10)),
        ([window("MON", "07:00", "12:00", None, max_size=2)], (2, 2)),
        ([window("MON", "07:00", "12:00", None, max_size=0)], (0, 0)),
        ([window("MON", "07:00", "12:00", 8, max_size=10)], (8, 10)),
        ([window("MON", "07:00", "12:00", 20), window("MON", "08:00", "10:00", None, max_size=10)], (20, 20)),
        ([window("MON", "07:00", "12:00", 20), window("MON", "08:00", "10:00", None, max_size=30)], (20, 30)),
        ([window("MON", "07:00", "12:00", 8), window("MON", "08:00", "10:00", 12)], (12, 40)),
        ([window("MON", "09:30", "12:00", lead_minutes=40)], (20, 40)),
        ([window("MON", "09:30", "12:00", max_size=30, lead_minutes=40)], (20, 40)),
        ([window("MON", "09:30", "12:00", lead_minutes=29)], (5, 40)),
        ([window("TUE", "08:00", "12:00", lead_minutes=1440)], (20, 40)),
        ([window("2026-03-02", "08:00", "12:00")], (20, 40)),
        ([window("2026-03-03", "08:00", "12:00")], (5, 40)),
        ([], (5, 40)),
    ],
)
def test_floor_and_maximum_on_a_monday_at_nine(windows: list[CapacityWindow], expected: tuple[int, int]) -> None:
    read = read_windows("WebTier", "fleet.windows", windows, *SIZES)
    assert sizes_at(read, *SIZES, datetime(2026, 3, 2, 8, tzinfo=UTC)) == expected


# --- what is refused ------------------------------------------------------------------------------------------------


def without(given: CapacityWindow, *keys: str) -> dict[str, Any]:
    return {key: value for key, value in given.items() if key not in keys}


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
    (
        [without(ONE, "min_size")],
        "[0].min_size must be given, or max_size, or the window changes nothing, got neither",
    ),
    (
        [{**without(ONE, "min_size"), "max_size": 40}],
        (
            "[0].max_size must be between 0 and 39, fewer than the fleet's max_size (40), which is never exceeded, "
            "got 40"
        ),
    ),
    ([{**ONE, "max_size": 19}], "[0].max_size must be at least the window's min_size (20), got 19"),
    ([{**ONE, "lead_minutes": 1441}], "[0].lead_minutes must be between 0 and 1440, got 1441"),
    (
        [{**without(ONE, "min_size"), "max_size": 4, "lead_minutes": 5}],
        ("[0].lead_minutes must come with min_size, because a maximum is lowered when the window opens, got 5"),
    ),
    (
        [{**ONE, "load_balancer_capacity_units": 99}],
        "[0].load_balancer_capacity_units must be at least 100, got 99",
    ),
    ([without(ONE, "days")], "[0].days must be given, or dates, but not both, got neither"),
    ([{**ONE, "dates": ["2026-12-24"]}], "[0].days must be given, or dates, but not both, got both"),
    (
        [{**without(ONE, "days"), "dates": []}],
        "[0].dates must name at least one date, or the window never opens, got []",
    ),
    (
        [{**without(ONE, "days"), "dates": ["2026-12-24", "2026-12-24"]}],
        "[0].dates must name each date once, got 2026-12-24 twice",
    ),
    *(
        (
            [{**without(ONE, "days"), "dates": ["2026-12-24", date]}],
            f"[0].dates[1] must be a date before 2050, such as 2026-12-24, got '{date}'",
        )
        for date in ("2026-02-29", "2026-13-01", "24.12.2026", "20261224", "2050-01-01", "")
    ),
    (
        [{**without(ONE, "min_size"), "max_size": 2, "days": DAYS.split(), "start": "00:00", "end": "24:00"}],
        (
            " must leave hours at which none is open, or differ in their sizes: set the fleet's max_size to 2 "
            "instead, got a"
        ),
    ),
    (
        [
            {**without(ONE, "min_size"), "max_size": 3},
            {**window("MON", "11:00", "15:00", None, zone="UTC", max_size=2), "name": "b"},
        ],
        (
            " a (Europe/Zurich) and b (UTC) must not overlap so that daylight saving time decides which floor holds: "
            "give both one time_zone, got floors 2 and 5 at MON 12:00 in Europe/Zurich"
        ),
    ),
    ([{**ONE, "min_size": 41}], "[0].min_size must be at most the fleet's max_size (40), got 41"),
    (
        [{**ONE, "days": DAYS.split(), "start": "00:00", "end": "24:00"}],
        (
            " must leave hours at which none is open, or differ in their sizes: set the fleet's min_size to 20 "
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
        schedule("WebTier", "fleet.windows", read, Sizes(BASE, 200))
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

"""What windows want of elastic replicas, by the tables that travel with the function."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from components.functions.replicas.model import Policy
from components.functions.replicas.sizes import packed, policy_of, wanted
from components.windows import read_windows, sizes_at
from components.windows.clocks import offsets
from components.windows.sizes import Window

_ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "UTC")
_FIRST = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(2053, 12, 1, tzinfo=UTC).timestamp())
_TIMES = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 1, 29, 30, 59]))


def _policy(windows: list[Window]) -> Policy:
    """Send them through JSON, as a deployment does."""
    return policy_of(
        {
            "min_size": 1,
            "max_size": 6,
            "targets": {},
            "max_lag": 60,
            "drain": 300,
            "scale_out_cooldown": 300,
            "scale_in_cooldown": 900,
            "windows": [packed(window) for window in windows],
            "offsets": {window.zone: [list(entry) for entry in offsets(window.zone)] for window in windows},
        }
    )


@st.composite
def _windows(draw: st.DrawFn) -> list[Window]:
    made = list[Any]()
    for number in range(draw(st.integers(1, 3))):
        start = draw(_TIMES)
        end = draw(_TIMES.filter(lambda time, start=start: time != start))
        floor = draw(st.sampled_from([None, 2, 4]))
        opens = (
            {"days": draw(st.lists(st.sampled_from(["MON", "SAT", "SUN"]), min_size=1, unique=True))}
            if draw(st.booleans())
            else {"dates": ["2026-03-29", "2027-10-31"]}
        )
        sizes = (
            {"max_size": 0} if floor is None else {"min_size": floor, "lead_minutes": draw(st.sampled_from([0, 40]))}
        )
        zone = draw(st.sampled_from(_ZONES))
        made.append({"name": f"w{number}", "start": start, "end": end, "time_zone": zone, **opens, **sizes})
    return read_windows("MySQL", "windows", made, 1, 6)


_SUNDAY = [Window("w", "Europe/Zurich", 4, None, (6 * 1440 + 90,), 60)]


@settings(max_examples=150, deadline=None)
@given(_windows(), st.integers(_FIRST, _LAST))
# Clocks go forward at 01:00 UTC: 01:30 is followed by 03:00 at the end of the window's first half.
@example(_SUNDAY, int(datetime(2026, 3, 29, 0, 59, tzinfo=UTC).timestamp()))
@example(_SUNDAY, int(datetime(2026, 3, 29, 1, 0, tzinfo=UTC).timestamp()))
# They go back at 01:00 UTC: from 02:00 to 02:59 they show twice.
@example(_SUNDAY, int(datetime(2026, 10, 25, 0, 15, tzinfo=UTC).timestamp()))
@example(_SUNDAY, int(datetime(2026, 10, 25, 1, 15, tzinfo=UTC).timestamp()))
def test_the_tables_say_what_the_time_zone_database_says(windows: list[Window], now: int) -> None:
    assert wanted(_policy(windows), now) == sizes_at(windows, 1, 6, datetime.fromtimestamp(now, UTC))


def test_every_change_of_a_clock_is_in_the_tables() -> None:
    for zone in _ZONES:
        windows = [Window("w", zone, 4, None, tuple(range(30, 7 * 1440, 60)), 30)]
        policy = _policy(windows)
        for minute, _ in offsets(zone):
            for around in (-61, -1, 0, 1, 61):
                now = (minute + around) * 60
                if now >= _FIRST:
                    assert wanted(policy, now) == sizes_at(windows, 1, 6, datetime.fromtimestamp(now, UTC)), (zone, now)

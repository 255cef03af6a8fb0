"""How the tests of windows write them down, and what they compile them with."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from components.windows import CapacityWindow, ScheduledAction, Sizes, Weekday, read_windows, schedule

BASE, MOST = 5, 40
SIZES = (BASE, MOST)
WORKDAYS = "MON TUE WED THU FRI"
DAYS = "MON TUE WED THU FRI SAT SUN"
NOW = datetime(2026, 1, 1, 10, 30, tzinfo=UTC)
"""When the tests deploy: a Thursday."""


def window(days: str, start: str, end: str, floor: int | None = 20, **more: Any) -> CapacityWindow:
    """Return a window on *days* of the week, or on dates when they look like some; without *floor* it raises none."""
    names = days.split()
    made: dict[str, Any] = {
        "name": more.pop("name", f"{names[0].lower() if names else 'x'}-{start.replace(':', '')}-{floor or 'low'}"),
        "start": start,
        "end": end,
        "time_zone": more.pop("zone", "Europe/Zurich"),
        **more,
    }
    if names and names[0][0].isdigit():
        made = {**made, "name": f"on-{made['name']}" if made["name"][0].isdigit() else made["name"], "dates": names}
    else:
        made["days"] = [Weekday(day) for day in names]
    if floor is not None:
        made["min_size"] = floor
    return CapacityWindow(**made)


def moved(windows: Sequence[CapacityWindow], zone: str) -> list[CapacityWindow]:
    copies = [w.copy() for w in windows]
    for copy in copies:
        copy["time_zone"] = zone
    return copies


def compiled(
    windows: Sequence[CapacityWindow], now: datetime = NOW, base: tuple[int, int] = SIZES
) -> list[ScheduledAction]:
    read = read_windows("WebTier", "fleet.windows", windows, *base)
    return schedule("WebTier", "fleet.windows", read, Sizes(*base), now).actions


def crons(windows: Sequence[CapacityWindow]) -> dict[str, tuple[str, int]]:
    return {action.name: (action.recurrence, action.min_size) for action in compiled(windows)}


# Every night and all weekend, as the stack dev sleeps.
SLEEP = [
    window(DAYS, "20:00", "07:00", None, name="night", max_size=0),
    window("SAT SUN", "00:00", "24:00", None, name="weekend", max_size=0),
]

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

# Of every kind: one and several days, across midnight, across changes of clocks, over weekly windows, lower and higher.
DATES = [
    window("2026-03-29 2026-10-25", "02:15", "02:45", 30, name="within-changes"),
    window("2026-03-28 2026-10-24 2026-10-31", "22:00", "03:30", 9, name="nights", lead_minutes=60),
    window("2026-12-24 2026-12-25 2026-12-26", "00:00", "24:00", None, name="holidays", max_size=3),
    window("2026-04-06 2026-11-02", "06:00", "20:00", 35, name="campaign", max_size=38, lead_minutes=700),
]

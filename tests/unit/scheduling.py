"""What EC2 Auto Scaling makes of scheduled actions, and what windows ask for: two simulations to be compared.

They share no code with the compiler. Instants are minutes since 1970. Sizes change in the one simulation only when
an action fires, in the other only when a clock shows a time at which a window begins or ends, or is put forward or
back: comparing the two at each of these instants compares them at every minute. Nobody documents what EC2 Auto
Scaling does at times that a clock shows twice or skips, so there is a variant for everything that it might do.
"""

import functools
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from components.windows import ScheduledAction

DAY, WEEK = 24 * 60, 7 * 24 * 60
WEEKDAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  of walls
_HORIZON = 9 * 366 * DAY


class Variant(NamedTuple):
    """What AWS does where its documentation is silent."""

    twice: bool = True
    """A time that is shown twice fires twice."""
    late: bool | None = None
    """A time that is skipped fires: as late as it is (True), just after (False), not at all (None)."""


PLAIN = Variant()
VARIANTS = [Variant(twice, late) for twice in (True, False) for late in (None, False, True)]


class Wrong(NamedTuple):
    """An instant at which the two simulations differ."""

    instant: int
    set: tuple[int, int]
    asked: tuple[int, int]

    def __str__(self) -> str:
        return f"{at(self.instant):%a %Y-%m-%d %H:%MZ}: set {self.set}, asked {self.asked}"


def at(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * 60, UTC)


def minute_of(instant: datetime) -> int:
    return int(instant.timestamp()) // 60


# --- clocks ---------------------------------------------------------------------------------------------------------


@functools.cache
def ahead(zone: str, instant: int) -> int:
    """Minutes by which *zone* is ahead of UTC."""
    offset = at(instant).astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60


@functools.cache
def changes(zone: str, year: int) -> tuple[int, ...]:
    """When the clock of *zone* is put forward or back in *year*. No clock changes but at a quarter of an hour."""
    first, end = (minute_of(datetime(y, 1, 1, tzinfo=UTC)) for y in (year, year + 1))
    days = [day for day in range(first, end, DAY) if ahead(zone, day) != ahead(zone, day + DAY)]
    return tuple(t for day in days for t in range(day + 15, day + DAY + 1, 15) if ahead(zone, t) != ahead(zone, t - 15))


def all_changes(zone: str, first: int, end: int) -> list[int]:
    years = range(at(first).year, at(end).year + 1)
    return [change for year in years for change in changes(zone, year) if first <= change < end]


def wall(zone: str, instant: int) -> datetime:
    """What the clock of *zone* shows."""
    return _EPOCH + timedelta(minutes=instant + ahead(zone, instant))


def showing(zone: str, local: int) -> list[int]:
    """When the clock of *zone* shows *local*, in order."""
    offsets = {ahead(zone, local - DAY), ahead(zone, local + DAY)}
    return sorted(local - offset for offset in offsets if ahead(zone, local - offset) == offset)


# --- AWS ------------------------------------------------------------------------------------------------------------


def numbers(text: str, total: int) -> list[int]:
    found = list[int]()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(total) if part == "*" else range(int(first), int(last or first) + 1)
    return found


def firings(action: ScheduledAction, first: int, end: int, variant: Variant = PLAIN) -> list[int]:
    """When the *action* fires from *first* up to *end*: its cron expression in its zone, within its bounds."""
    minutes, hours, days, months, names = action.recurrence.split()
    on_minutes = [h * 60 + m for h in numbers(hours, 24) for m in numbers(minutes, 60)]
    on_days, on_months = numbers(days, 32), numbers(months, 13)
    on_names = WEEKDAYS if names == "*" else names.split(",")
    assert days == "*" or names == "*"  # Unix takes either of the two when both are given
    zone, fired = action.time_zone, list[int]()
    start = first if action.start_time is None else max(first, minute_of(stamp(action.start_time)))
    stop = end if action.end_time is None else min(end, -(-int(stamp(action.end_time).timestamp()) // 60))
    for midnight in range(start // DAY * DAY - DAY, stop + DAY, DAY):
        today = _EPOCH + timedelta(minutes=midnight)
        if not (today.day in on_days and today.month in on_months and WEEKDAYS[today.weekday()] in on_names):
            continue
        before, after = ahead(zone, midnight - DAY), ahead(zone, midnight + 2 * DAY)
        if before == after:
            fired += [midnight + minute - before for minute in on_minutes]
            continue
        for minute in on_minutes:
            shown = showing(zone, midnight + minute)
            if not shown and variant.late is not None:
                late = midnight + minute - before
                shown = [late if variant.late else max(c for c in all_changes(zone, late - DAY, late + 1))]
            fired += shown if variant.twice else shown[:1]
    return sorted({instant for instant in fired if start <= instant < stop})


def stamp(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def accepted(actions: Sequence[ScheduledAction], now: int) -> None:
    """Fail where AWS would refuse *actions* that are made at *now*."""
    assert len(actions) <= 125
    assert len({action.name for action in actions}) == len(actions)
    nexts = list[int]()
    for action in actions:
        assert len(action.recurrence.split()) == 5
        begin = now + 1 if action.start_time is None else minute_of(stamp(action.start_time))
        coming = next((f for span in (WEEK, _HORIZON) for f in firings(action, begin, begin + span)[:1]), None)
        assert coming is not None, f"{action} never fires"
        nexts.append(coming)
        if action.start_time:
            # "performs the action at this time, and then performs the action based on the specified recurrence"
            assert coming == minute_of(stamp(action.start_time)) > now, f"{action} also fires when it starts"
        if action.end_time:
            assert stamp(action.end_time) > at(now)
            # Whether AWS counts the end in or not, and if it is a little late: the last time counts, and no other.
            end = minute_of(stamp(action.end_time)) + 1
            last = firings(action, max(now + 1, end - _HORIZON), end)[-1]
            assert last * 60 + 30 <= stamp(action.end_time).timestamp()
    assert len(set(nexts)) == len(nexts), "a scheduled action with this start time already exists"


# --- windows --------------------------------------------------------------------------------------------------------


def asked(
    windows: Iterable[Mapping[str, Any]], base: tuple[int, int], walls: Mapping[str, datetime]
) -> tuple[int, int]:
    """Read the windows as a person would: the clock on the wall, and the days around today."""
    floor, ceiling = None, base[1]
    for w in windows:
        shown = walls[w["time_zone"]]
        for day in (-1, 0, 1):
            opening, closing = opens(w, shown.date() + timedelta(days=day))
            if opening is None or shown >= closing:
                continue
            if shown >= opening - timedelta(minutes=w.get("lead_minutes", 0)) and "min_size" in w:
                floor = max(floor or 0, w["min_size"])
            if shown >= opening and "max_size" in w:
                ceiling = min(ceiling, w["max_size"])
    if floor is None:
        return min(base[0], ceiling), ceiling
    return floor, max(ceiling, floor)


def opens(w: Mapping[str, Any], day: date) -> tuple[datetime | None, datetime]:
    """When the window opens and closes on *day*, on its clock."""
    if day.isoformat() not in w["dates"] if "dates" in w else WEEKDAYS[day.weekday()] not in w["days"]:
        return None, datetime.min  # noqa: DTZ901
    midnight = datetime.combine(day, time())
    start, end = (timedelta(hours=int(text[:2]), minutes=int(text[3:])) for text in (w["start"], w["end"]))
    return midnight + start, midnight + end + timedelta(days=w["end"] < w["start"])


def turning(windows: Sequence[Mapping[str, Any]], first: int, end: int) -> set[int]:
    """Every instant at which what is asked may change."""
    found = set[int]()
    for w in windows:
        zone = w["time_zone"]
        found.update(all_changes(zone, first, end))
        for midnight in range(first // DAY * DAY - 2 * DAY, end + 2 * DAY, DAY):
            opening, closing = opens(w, (_EPOCH + timedelta(minutes=midnight)).date())
            if opening:
                lead = timedelta(minutes=w.get("lead_minutes", 0))
                for shown in (opening - lead, opening, closing):
                    found.update(showing(zone, (shown - _EPOCH) // timedelta(minutes=1)))
    return {instant for instant in found if first <= instant < end}


# --- both -----------------------------------------------------------------------------------------------------------


def mismatches(  # noqa: PLR0913, PLR0917
    windows: Sequence[Mapping[str, Any]],
    actions: Sequence[ScheduledAction],
    base: tuple[int, int],
    now: int,
    until: int,
    variant: Variant = PLAIN,
) -> list[Wrong]:
    """Instants from the first firing on at which the sizes that *actions* have set are not those of *windows*.

    Fails at once when two fire together. A week without change of a clock or date, between two of that kind, is run
    only as long as weeks like it (the same offsets) do not leave the sizes with which they began.
    """
    zones = sorted({w["time_zone"] for w in windows} | {action.time_zone for action in actions})
    special = [c for zone in zones for c in all_changes(zone, now - WEEK, until)]
    dates = [minute_of(datetime.fromisoformat(d).replace(tzinfo=UTC)) for w in windows for d in w.get("dates", ())]
    bounds = [minute_of(stamp(t)) for a in actions for t in (a.start_time, a.end_time) if t]
    special = sorted({*special, *dates, *bounds, now})
    state: tuple[int, int] | None = None
    settled, wrong = set[Any](), list[Wrong]()
    for begin in range(now // WEEK * WEEK, until, WEEK):
        quiet = not any(begin - 2 * DAY - WEEK <= t < begin + 2 * DAY + WEEK for t in special)
        alike = (state, *(ahead(zone, begin) for zone in zones), *_running(actions, begin))
        if quiet and alike in settled:
            continue
        before = state
        state = _run(windows, actions, base, (max(begin, now + 1), begin + WEEK), state, variant, wrong)
        if quiet and before == state and before is not None:
            settled.add(alike)
    return wrong


def _running(actions: Iterable[ScheduledAction], instant: int) -> Iterator[bool]:
    for action in actions:
        begun = action.start_time is None or stamp(action.start_time) <= at(instant)
        yield begun and (action.end_time is None or stamp(action.end_time) > at(instant))


def _run(  # noqa: PLR0913, PLR0917
    windows: Sequence[Mapping[str, Any]],
    actions: Sequence[ScheduledAction],
    base: tuple[int, int],
    span: tuple[int, int],
    state: tuple[int, int] | None,
    variant: Variant,
    wrong: list[Wrong],
) -> tuple[int, int] | None:
    sets = dict[int, ScheduledAction]()
    for action in actions:
        for instant in firings(action, *span, variant):
            if instant in sets and variant == PLAIN:
                raise AssertionError(f"{action.name} and {sets[instant].name} fire together at {at(instant)}")
            sets[instant] = action
    turns = sorted({*turning(windows, *span), span[0]})
    zones = {w["time_zone"] for w in windows}
    wanted, place = base, 0
    for instant in sorted({*sets, *turns}):
        while place < len(turns) and turns[place] <= instant:
            wanted = asked(windows, base, {zone: wall(zone, turns[place]) for zone in zones})
            place += 1
        if instant in sets:
            state = sets[instant].min_size, sets[instant].max_size
        if state is not None and state != wanted:
            wrong.append(Wrong(instant, state, wanted))
    return state

"""Times as people say them: in UTC, with an offset, in a time zone, or by the clock of this machine."""

import re
import zoneinfo
from datetime import UTC, datetime, tzinfo

from .errors import CommandError

_FORMS = "such as '2026-11-23 14:02' (by this machine's clock), '2026-11-23T13:02Z', '2026-11-23 14:02 Europe/Zurich'"
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)\s*(Z|UTC|[+-]\d\d:?\d\d|local|[A-Za-z]+(?:/[A-Za-z0-9_+-]+)+)?"
)
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):?[0-5]\d|14:?00)")


def read(text: str, now: datetime, here: tzinfo | None = None) -> datetime:
    """Return the moment that *text* means; *here* is the time zone of this machine unless it is given."""
    if text == "now":
        return now
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise CommandError(f"--to must be a time {_FORMS}, or now, got {text!r}")
    day, clock, zone = found[1], found[2], found[3] or "local"
    try:
        moment = _moment(datetime.fromisoformat(f"{day}T{clock}"), zone, text, here).astimezone(UTC)
        both(moment, here)  # the clock of this machine may go beyond the calendar, too
    except (ValueError, OverflowError):
        raise CommandError(f"--to is no time of the calendar: {text!r}") from None
    if moment > now:
        raise CommandError(f"--to must be in the past, and {both(moment, here)} is not: it is {both(now, here)}")
    return moment


def both(moment: datetime, here: tzinfo | None = None) -> str:
    """Return *moment* by this machine's clock and in UTC."""
    local = moment.astimezone(here)
    return f"{local:%Y-%m-%d %H:%M:%S %Z} ({moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC)"


def span(seconds: float) -> str:
    """Return a length of time in words."""
    minutes = int(seconds // 60)
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {word}{'s' if count != 1 else ''}"
    return "less than a minute"


def _moment(plain: datetime, zone: str, text: str, here: tzinfo | None) -> datetime:
    if zone in ("Z", "UTC"):
        return plain.replace(tzinfo=UTC)
    if zone[0] in "+-":
        if not _OFFSET.fullmatch(zone):
            raise ValueError(zone)
        return datetime.fromisoformat(f"{plain.isoformat()}{zone[:3]}:{zone[-2:]}")
    if zone == "local":
        place = here
    else:
        try:
            place = zoneinfo.ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise CommandError(f"--to names no time zone that there is: {text!r}; {_FORMS}") from None
    first, second = (_at(plain.replace(fold=fold), place) for fold in (0, 1))
    if first != second:
        word = "there twice" if first < second else "skipped"
        raise CommandError(
            f"--to {text!r} is {word} when the clocks change: say it in UTC, {first:%Y-%m-%dT%H:%MZ} or "
            f"{second:%Y-%m-%dT%H:%MZ}"
        )
    return first


def _at(plain: datetime, place: tzinfo | None) -> datetime:
    """Return *plain* on the clock of *place*, or of this machine."""
    aware = plain.replace(tzinfo=place) if place else plain.astimezone()
    return aware.astimezone(UTC)

"""Times as people say them, each meaning one moment or refused."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from components.commands.errors import CommandError
from components.commands.times import both, read, span

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HERE = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-23 02:30", "2026-11-23T01:30"),
        ("2026-11-23T02:30", "2026-11-23T01:30"),
        ("2026-11-23 02:30 local", "2026-11-23T01:30"),
        ("2026-07-01 02:30", "2026-07-01T00:30"),
        ("2026-11-23T02:30Z", "2026-11-23T02:30"),
        ("2026-11-23 02:30 UTC", "2026-11-23T02:30"),
        ("2026-11-23 02:30:15+01:00", "2026-11-23T01:30:15"),
        ("2026-11-22 22:30 -0500", "2026-11-23T03:30"),
        ("2026-11-23 14:00 +14:00", "2026-11-23T00:00"),
        ("2026-11-22 22:30 America/New_York", "2026-11-23T03:30"),
        ("now", "2026-11-23T12:00"),
    ],
)
def test_a_time_is_read_by_the_clock_that_is_named_or_this_machines(text: str, utc: str) -> None:
    assert read(text, NOW, HERE) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("yesterday", "--to must be a time such as "),
        ("2026-11-23", "--to must be a time such as "),
        ("2026-02-30 02:00", "--to is no time of the calendar"),
        *(
            (text, f"--to is no time of the calendar: {text!r}")
            for text in (
                *("2026-11-20 10:00 +25:00", "2026-11-20 10:00 +05:99", "2026-11-20 10:00 +14:01"),
                *("0001-01-01 00:00 +05:00", "9999-12-31 23:59 -05:00", "0001-01-01 00:00"),
                "9999-12-31 23:59 Pacific/Honolulu",
            )
        ),
        ("2026-11-23 02:00 Europe/Zuerich", "--to names no time zone that there is"),
        ("2026-11-23 13:30", "--to must be in the past, and 2026-11-23 13:30:00 CET (2026-11-23 12:30:00 UTC) is not"),
        ("2026-10-25 02:30", "--to '2026-10-25 02:30' is there twice when the clocks change: say it in UTC"),
        ("2026-03-29 02:30", "--to '2026-03-29 02:30' is skipped when the clocks change"),
    ],
)  # fmt: skip
def test_what_is_no_moment_of_the_past_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(CommandError) as caught:
        read(text, NOW, HERE)
    assert str(caught.value).startswith(complaint)
    assert "\n" not in str(caught.value)


def test_a_moment_is_shown_by_both_clocks() -> None:
    assert both(NOW, HERE) == "2026-11-23 13:00:00 CET (2026-11-23 12:00:00 UTC)"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "less than a minute"), (60, "1 minute"), (7300, "2 hours"), (86400, "1 day"), (200000, "2 days")],
)
def test_a_span_is_said_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words

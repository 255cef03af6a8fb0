"""What CloudWatch Logs asks of every log group."""

from ._args import InvalidArgs

# The API model of CloudWatch Logs (PutRetentionPolicy) lists them; the service refuses any other number.
_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)


def check_retention(component: str, field: str, days: int) -> None:
    """Raise :class:`InvalidArgs` unless CloudWatch Logs can keep a log for *days*."""
    if days not in _RETENTION_DAYS:
        allowed = ", ".join(map(str, _RETENTION_DAYS))
        raise InvalidArgs(f"{component}: {field} must be one of {allowed}, got {days}")

"""What backups refuse, before anything is registered."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .._args import InvalidArgs, check_name, check_range
from ..windows import Weekday
from ..windows.reading import time_zone
from .shapes import BackedUp, BackupRule, BackupsArgs, BackupsSpec, LockMode, RestoreTest, VaultCopy, VaultLock

_WHO = "Backups"
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
_ACCOUNT = re.compile(r"[0-9]{12}")
_CLASS = re.compile(r"db\.[a-z0-9-]+\.[a-z0-9]+")
_LONGEST = 36500
_CONTINUOUS = 35
"""Days (AWS Backup developer guide, "Continuous backups and point-in-time recovery")."""
_COLD = 90
"""Days that recovery points stay in cold storage at least (Backup API reference, Lifecycle)."""


class Rule(NamedTuple):
    """A rule of the plan."""

    key: BackupRule
    schedule: str
    kept_days: int
    cold_after_days: int | None = None
    continuous: bool = False


class Checked(NamedTuple):
    """Backups as they shall be."""

    time_zone: str
    rules: Sequence[Rule]
    copies: Sequence[VaultCopy]
    lock: VaultLock | None
    kinds: Sequence[BackedUp]
    test: RestoreTest
    test_schedule: str

    def copied(self, copy: VaultCopy) -> list[Rule]:
        """Return the rules whose recovery points *copy* takes."""
        wanted = copy.get("rules", (BackupRule.WEEKLY, BackupRule.MONTHLY))
        return [rule for rule in self.rules if rule.key in wanted]


def resolve(name: str, args: BackupsArgs) -> Checked:
    """Return what *args* say with the defaults filled in; raise `InvalidArgs` for what AWS would refuse."""
    check_name(_WHO, f"{name}-vault", 50, "a backup vault")
    check_name(_WHO, f"{name}-restore-role", 64, "an IAM role")
    spec = args.get("backups", BackupsSpec())
    zone = time_zone(f"{_WHO}: backups", spec.get("time_zone", "Etc/UTC"))
    test = spec.get("restore_test", RestoreTest())
    made = Checked(
        zone,
        _rules(spec),
        spec.get("copies", ()),
        spec.get("lock"),
        _kinds(args),
        test,
        _cron(_time("restore_test.time", test.get("time", "10:00")), "?", "*", test.get("day", Weekday.TUE)),
    )
    _check_copies(made)
    _check_lock(made, disposable=args.get("disposable", False))
    check_range(_WHO, "backups.restore_test.validation_hours", test.get("validation_hours", 0), 0, 168)
    size = test.get("database_class")
    if size is not None and not _CLASS.fullmatch(size):
        raise InvalidArgs(
            f"{_WHO}: backups.restore_test.database_class must be an RDS instance class such as db.t4g.medium, "
            f"got {size!r}"
        )
    for account in args.get("accept_copies_from", ()):
        if not _ACCOUNT.fullmatch(account):
            raise InvalidArgs(f"{_WHO}: accept_copies_from must be account ids of 12 digits, got {account!r}")
    return made


def _rules(spec: BackupsSpec) -> list[Rule]:
    time = _time("time", spec.get("time", "02:00"))
    continuous = spec.get("continuous", False)
    daily = spec.get("daily_kept_days", 35)
    check_range(_WHO, "backups.daily_kept_days", daily, 1, _LONGEST, "days")
    if continuous and daily > _CONTINUOUS:
        raise InvalidArgs(
            f"{_WHO}: backups.daily_kept_days must be at most {_CONTINUOUS} with continuous backups, got {daily}; "
            "weekly and monthly backups may be kept for longer"
        )
    rules = [Rule(BackupRule.DAILY, _cron(time, "?", "*", "*"), daily, continuous=continuous)]
    weekly = spec.get("weekly_kept_days", 90)
    check_range(_WHO, "backups.weekly_kept_days", weekly, 0, _LONGEST, "days")
    if weekly:
        day = spec.get("weekly_day", Weekday.SUN)
        rules.append(Rule(BackupRule.WEEKLY, _cron(time, "?", "*", day), weekly))
    monthly = spec.get("monthly_kept_days", 365)
    check_range(_WHO, "backups.monthly_kept_days", monthly, 0, _LONGEST, "days")
    day_of_month, cold = spec.get("monthly_day", 1), spec.get("monthly_cold_after_days")
    check_range(_WHO, "backups.monthly_day", day_of_month, 1, 28)
    if cold is not None:
        check_range(_WHO, "backups.monthly_cold_after_days", cold, 1, _LONGEST, "days")
        if monthly < cold + _COLD:
            raise InvalidArgs(
                f"{_WHO}: backups.monthly_kept_days must be at least {cold + _COLD}: recovery points stay in cold "
                f"storage for {_COLD} days after monthly_cold_after_days ({cold}), got {monthly}"
            )
    if monthly:
        rules.append(Rule(BackupRule.MONTHLY, _cron(time, str(day_of_month), "*", "?"), monthly, cold))
    return rules


def _kinds(args: BackupsArgs) -> Sequence[BackedUp]:
    kinds = args.get("kinds", (BackedUp.RDS, BackedUp.EBS, BackedUp.S3))
    if not kinds:
        raise InvalidArgs(f"{_WHO}: kinds must name at least one of {', '.join(BackedUp)}, got none")
    return list(dict.fromkeys(kinds))


def _check_copies(made: Checked) -> None:
    seen = set[str]()
    for i, copy in enumerate(made.copies):
        where = f"{_WHO}: backups.copies[{i}]"
        region = copy.get("region")
        if (region is None) == ("vault_arn" not in copy):
            raise InvalidArgs(
                f"{where} must have either region or vault_arn, got {'neither' if not region else 'both'}"
            )
        if region is not None and not _REGION.fullmatch(region):
            raise InvalidArgs(f"{where}.region must be a region such as eu-west-1, got {region!r}")
        if region is not None and region in seen:
            raise InvalidArgs(f"{where}.region must be named once only, got {region!r} again")
        seen |= {region} if region else set()
        check_range(_WHO, f"backups.copies[{i}].kept_days", copy.get("kept_days", 1), 1, _LONGEST, "days")
        if not made.copied(copy):
            there = ", ".join(rule.key for rule in made.rules)
            raise InvalidArgs(f"{where}.rules must name a rule that there is ({there})")


def _check_lock(made: Checked, *, disposable: bool) -> None:
    lock = made.lock
    if lock is None:
        return
    if lock["mode"] is LockMode.COMPLIANCE and disposable:
        raise InvalidArgs(
            f"{_WHO}: backups.lock.mode must not be compliance in a disposable environment: nobody could delete the "
            "vault; governance can be taken away"
        )
    if lock["mode"] is LockMode.GOVERNANCE and "changeable_days" in lock:
        raise InvalidArgs(f"{_WHO}: backups.lock.changeable_days is for compliance locks: governance stays changeable")
    check_range(_WHO, "backups.lock.changeable_days", lock.get("changeable_days", 14), 3, _LONGEST, "days")
    kept = [rule.kept_days for rule in made.rules]
    low, high = lock.get("min_kept_days", min(kept)), lock.get("max_kept_days", _LONGEST)
    check_range(_WHO, "backups.lock.min_kept_days", low, 1, min(kept), "days, the shortest of the rules")
    check_range(_WHO, "backups.lock.max_kept_days", high, max(kept), _LONGEST, "days, from the longest of the rules")


def _time(field: str, text: str) -> tuple[int, int]:
    match = _TIME.fullmatch(text)
    if match is None:
        raise InvalidArgs(f"{_WHO}: backups.{field} must be hh:mm, such as 02:00, got {text!r}")
    return int(match[1]), int(match[2])


def _cron(time: tuple[int, int], day: str, month: str, weekday: str) -> str:
    hour, minute = time
    return f"cron({minute} {hour} {day} {month} {weekday} *)"

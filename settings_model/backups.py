"""When backups are taken, how long they are kept, and how they are tested."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Model, Text, Weekday

Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
KeptDays = Annotated[int, Field(ge=0, le=36500)]


class VaultCopy(Model):
    """Where copies go: a region in which a vault is made, or a vault that is there."""

    region: Annotated[str, Field(pattern="^[a-z]{2,}(-[a-z]+)+-[0-9]+$")] | None = None
    """Region in which a vault with a key of its own is made."""
    vault_arn: Annotated[str, Field(pattern="^arn:[a-z-]+:backup:")] | None = None
    """Vault that is there, such as another account's."""
    rules: list[Literal["daily", "weekly", "monthly"]] = ["weekly", "monthly"]
    """Rules whose backups are copied."""
    kept_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """Days that copies are kept; as long as what they are copies of when left out."""


class VaultLock(Model):
    """A lock on the vault, so that nobody deletes backups before their time."""

    mode: Literal["governance", "compliance"]
    """Governance can be taken away by who may; compliance by nobody once changeable_days are over."""
    min_kept_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """Shortest time that backups must be kept; the shortest of the rules when left out."""
    max_kept_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """Longest time that backups may be kept; any when left out."""
    changeable_days: Annotated[int, Field(ge=3, le=36500)] | None = None
    """Days for which a compliance lock can still be changed; 14 when left out."""


class RestoreTest(Model):
    """A restore of the newest backup of every kind, every week, into something that is deleted afterwards."""

    enabled: bool = True
    """Whether backups are tested."""
    day: Weekday = "TUE"
    """Day of the week."""
    time: Time = "10:00"
    """Local time at which it begins."""
    validation_hours: Annotated[int, Field(ge=0, le=168)] = 0
    """Hours for which what was restored stays for tests of one's own."""
    database_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9-]+\.[a-z0-9]+$")] | None = None
    """Instance class of a database that is restored for a test; the database's own when left out."""


class Backups(Model):
    """Backups by AWS Backup, in a vault of their own; without any setting, daily, weekly and monthly ones."""

    time_zone: Text = "Etc/UTC"
    """Time zone of all times here."""
    time: Time = "02:00"
    """Local time at which backups begin, within eight hours."""
    daily_kept_days: Annotated[int, Field(ge=1, le=36500)] = 35
    """Days that daily backups are kept."""
    continuous: bool = False
    """Back up database and bucket all the time: any second of daily_kept_days (35 at most) can be restored."""
    weekly_kept_days: KeptDays = 90
    """Days that weekly backups are kept; 0 for none."""
    weekly_day: Weekday = "SUN"
    """Day of the weekly backup."""
    monthly_kept_days: KeptDays = 365
    """Days that monthly backups are kept; 0 for none."""
    monthly_day: Annotated[int, Field(ge=1, le=28)] = 1
    """Day of the monthly backup."""
    monthly_cold_after_days: Annotated[int, Field(ge=1, le=36500)] | None = None
    """Days after which monthly backups of volumes and file systems move to cold storage; never when left out."""
    copies: list[VaultCopy] = []
    """Where copies go."""
    lock: VaultLock | None = None
    """A lock on the vault."""
    restore_test: RestoreTest = RestoreTest()
    """How backups are tested."""

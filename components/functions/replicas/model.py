"""What the controller knows: what it shall do, what it sees, what it was about to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ...windows.sizes import Window

SCOPE_TAG = "elasticweb:elastic-replica-of"
"""Tag of the controller's own replicas: the stack and component that they belong to."""
SOURCE_TAG = "elasticweb:elastic-replica-source"
"""The same for the primary that they replicate."""

CPU = "CPUUtilization"
CONNECTIONS = "DatabaseConnections"
LAG = "ReplicaLag"

BROKEN = frozenset(
    # RDS user guide, "Viewing Amazon RDS DB instance status": out of order until somebody does something about it.
    """
    failed inaccessible-encryption-credentials inaccessible-encryption-credentials-recoverable incompatible-create
    incompatible-network incompatible-option-group incompatible-parameters incompatible-restore insufficient-capacity
    replication-error restore-error storage-full
    """.split()  # noqa: SIM905
)
USABLE = frozenset(
    # The same table: open for connections while RDS works on them.
    """
    available backing-up configuring-enhanced-monitoring configuring-iam-database-auth configuring-log-exports
    modifying storage-config-upgrade storage-initialization storage-optimization
    """.split()  # noqa: SIM905
)
DELETING = "deleting"
PROMOTED = "modifying"
"""Status of a replica while it is promoted, among others; until that is over it looks like a replica."""
STOPPED = 10 * 60
"""Seconds without replication after which it will not go on by itself: restarts of either side are shorter."""
MOST_REPLICAS = 15
"""Of one source: botocore rds, CreateDBInstanceReadReplica, SourceDBInstanceIdentifier."""


@dataclass(frozen=True)
class Policy:
    """What the controller shall do; plain numbers that the component has checked."""

    min_size: int
    max_size: int
    windows: tuple[Window, ...]
    offsets: Mapping[str, Sequence[tuple[int, int]]]
    """By time zone: from which minute since 1970 which offset from UTC holds, in minutes."""
    targets: Mapping[str, float]
    """Metrics and what a replica shall not exceed on average."""
    scale_out_cooldown: int
    """Seconds."""
    scale_in_cooldown: int
    """Seconds."""
    max_lag: int
    """Seconds."""
    drain: int
    """Seconds, at most, for connections to go before a replica is deleted."""


class Phase(StrEnum):
    """What is being changed."""

    IDLE = "idle"
    CREATE = "create"
    REMOVE = "remove"
    CLOSING = "closing"
    """Everything is being removed, because the stack goes or elastic replicas are switched off."""


@dataclass(frozen=True)
class Journal:
    """What the controller was about to do: kept in one record, written before anything is done."""

    number: int = 0
    """Goes up with every entry, so that no two are alike."""
    phase: Phase = Phase.IDLE
    key: str = ""
    """The replica that is created or removed; or waited for, while nothing is being changed."""
    at: int = 0
    """When that began, in seconds since 1970."""
    grown: int = 0
    """When the last replica came into the name."""
    shrunk: int = 0
    """When the last one was gone."""
    owner: str = ""
    """The function that answers for the replicas."""

    def times(self) -> tuple[int, int, int]:
        """Return all times in it."""
        return self.at, self.grown, self.shrunk

    def until(self, now: int) -> "Journal":
        """Return it without times that are still to come: a clock was wrong then, or is now."""
        return replace(self, at=min(self.at, now), grown=min(self.grown, now), shrunk=min(self.shrunk, now))


@dataclass(frozen=True)
class Replica:
    """A replica that is the controller's own."""

    key: str
    """Its name among the replicas, such as `elastic-1`."""
    identifier: str
    status: str
    address: str = ""
    birth: str = ""
    """Tells it from an earlier replica of the same name."""
    current: bool = True
    """Whether source, class and parameter group are those that a new one would have."""
    named: bool = False
    """Whether the reader's name leads to it."""
    lag: float | None = None
    stopped: int = 0
    """Seconds for which it has not replicated (every figure of its lag was -1)."""
    connections: float | None = None
    counted: int = 0
    """When the connections were counted, in seconds since 1970."""

    @property
    def broken(self) -> bool:
        """Whether it is of no use and will not be by itself."""
        return self.status in BROKEN or (self.usable and self.stopped >= STOPPED)

    @property
    def usable(self) -> bool:
        """Whether it answers."""
        return self.status in USABLE


@dataclass(frozen=True)
class Load:
    """What was measured, minute by minute, the latest last: minutes in which anything is missing are not in it."""

    serving: int
    """How many replicas the reader's name leads to, the declared ones included, but for those that lag."""
    minutes: Sequence[tuple[int, Mapping[str, tuple[float, float]]]] = ()
    """When (seconds since 1970), and by metric the sum over those replicas and the primary's own."""


@dataclass(frozen=True)
class Observation:
    """What the controller sees."""

    journal: Journal
    replicas: tuple[Replica, ...]
    """Its own, deleting ones included."""
    others: int = 0
    """Further replicas of the source."""
    taken: frozenset[str] = frozenset()
    """Keys of instances of others that stand where one of its own would."""
    primary_available: bool = True
    load: Load = Load(0)


class Kind(StrEnum):
    """What to do."""

    WAIT = "wait"
    NOTE = "note"
    """Write the journal only."""
    CREATE = "create"
    ENTER = "enter"
    """Lead the reader's name to it."""
    LEAVE = "leave"
    """Lead it there no more."""
    DELETE = "delete"


@dataclass(frozen=True)
class Action:
    """What to do next, and what the journal says before it is done."""

    kind: Kind
    reason: str
    key: str = ""
    journal: Journal | None = None
    """None: as it is."""
    late: bool = False
    """Whether it has taken so long that somebody should look."""

"""What can be said about a database's alarms."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi


class DatabaseAlarms(TypedDict):
    """When somebody is told that a database is not well, and who. A threshold of 0 switches its alarm off.

    Told are, for the primary and every replica: much CPU, connections near the limit, storage that runs out, lag,
    replication that stopped; and what RDS says by itself: failovers, failures, low storage, maintenance, changes. The
    alarms on lag are there in any case, since the reader's name goes by them; without alarms they tell nobody.
    """

    enabled: NotRequired[bool]
    """Whether somebody is told. Defaults to true."""

    topic_arn: NotRequired[pulumi.Input[str]]
    """SNS topic to tell. Its policy, and that of its key if it is encrypted, must let `cloudwatch.amazonaws.com` and
    `events.rds.amazonaws.com` publish. Defaults to a new topic, encrypted with a key of its own, to which nobody is
    subscribed but `emails`; in an Environment to the topic of its other alarms."""

    emails: NotRequired[Sequence[str]]
    """Addresses that are subscribed to the new topic; each gets a message in which it has to be confirmed. In an
    Environment they make the database have a topic of its own. Defaults to none: subscribe to the output
    `alarm_topic_arn`, or nobody is told."""

    cpu_percent: NotRequired[int]
    """CPU that an instance may need for 15 minutes, 0 to 100. Defaults to 90."""

    connections_percent: NotRequired[int]
    """Share of the connections that an instance can have (`max_connections`), which may be taken for five minutes, 0 to
    100. What RDS allows goes by the memory of the class, less what it keeps for itself; it is estimated low, so that
    the alarm comes early rather than never. Defaults to 80."""

    storage_hours_left: NotRequired[int]
    """Hours in which storage would be full if it went on filling as in the last three hours, 0 to 720; measured from
    hour to hour. Storage that grows by itself begins anew whenever it has grown. CloudWatch does not know its size or
    its ceiling: RDS itself tells of both, 20 % before the ceiling and when growth fails. Defaults to 24."""

    storage_free_percent: NotRequired[int]
    """Share of `storage_gib` that must be free, 0 to 50. RDS lets storage grow when a tenth of it is free, so less than
    that for a quarter of an hour says that it did not. Defaults to 5."""

    acu_percent: NotRequired[int]
    """Aurora Serverless v2: share of its highest capacity that an instance may need for 15 minutes, 0 to 100. Defaults
    to 90."""

    events: NotRequired[bool]
    """Whether the events of RDS are told, too (FSBP RDS.19 to RDS.22). Defaults to true."""

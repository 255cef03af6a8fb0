"""What can be said about the instances of an Aurora cluster."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from ...windows import CapacityWindow


class ReaderSpec(TypedDict):
    """One reader: an instance on the same storage as the writer, which it can follow."""

    name: str
    """What it is called, such as `reports`: 1 to 16 lower-case letters, digits and single hyphens, with a letter first. Another name is another reader."""  # noqa: E501

    instance_class: NotRequired[str]
    """Its class; `db.serverless` scales by itself. A change restarts it. Defaults to `reader_class`."""

    availability_zone: NotRequired[str]
    """Zone that it stands in, such as `eu-central-1b`, one of the subnets'. A change replaces it, which loses nothing. Defaults to any of them."""  # noqa: E501

    promotion_tier: NotRequired[int]
    """Rank among those that may become the writer, 0 (first) to 15. Of one rank the largest goes first. Serverless readers of ranks 0 and 1 keep the writer's capacity, and pause and resume with it. Defaults to 1, with another class than the writer's to 2."""  # noqa: E501


class ServerlessSpec(TypedDict):
    """Between which capacities each instance of the class `db.serverless` scales by itself (Aurora Serverless v2)."""

    min_acu: float
    """Least capacity units (about 2 GiB of memory each), in halves: 0.5 to 256, or 0 to pause when nobody is connected."""  # noqa: E501

    max_acu: float
    """Most capacity units, in halves, 1 to 256; not below `min_acu`. It also sets `max_connections`."""

    pause_seconds: NotRequired[int]
    """Seconds without a connection after which an instance pauses, 300 to 86400; only with `min_acu` 0. The next connection waits about 15 seconds. Servers that stay connected, a proxy and a replica of this cluster keep it awake. Defaults to 300."""  # noqa: E501


class ElasticReaders(TypedDict):
    """Readers that Application Auto Scaling adds and removes, by load and by the clock.

    They come on top of the declared ones (`reader_count`, `readers`), which stay, and are in the reader name beside
    them. They have the class of the writer, the last rank in a failover, and names that begin with
    `application-autoscaling-`. They are in no preview, and go with the stack, which they do not keep from being
    destroyed: a function deletes them first.
    """

    max_size: int
    """Most elastic readers, the declared ones not counted. Aurora has 15 readers in all, declared ones included."""

    min_size: NotRequired[int]
    """Elastic readers that are there whatever the load, the declared ones not counted. Defaults to 0; to 1 where readers come by load and none is declared, because the load of no reader cannot be measured."""  # noqa: E501

    cpu_percent: NotRequired[int]
    """Average CPU of all readers that is aimed at, 10 to 90 percent. Defaults to 60; to none with `connections`, and with windows alone while there may be no reader."""  # noqa: E501

    connections: NotRequired[int]
    """Average connections per reader that are aimed at. With both targets the larger number of readers wins, and readers go when both agree. Defaults to none."""  # noqa: E501

    scale_out_cooldown_minutes: NotRequired[int]
    """Minutes, 1 to 1440, after readers came in which the load adds none but for a still larger number: a reader takes about ten minutes to come. Defaults to 5."""  # noqa: E501

    scale_in_cooldown_minutes: NotRequired[int]
    """Minutes, 1 to 1440, after a reader went in which the load removes none. Defaults to 30."""

    windows: NotRequired[Sequence[CapacityWindow]]
    """Hours in which other sizes hold: `min_size` and `max_size` of elastic readers, as for the fleet's servers. While there are any, deployments leave the sizes to them. `lead_minutes` defaults to 15, in which readers come. `load_balancer_capacity_units` has no meaning here. Defaults to none."""  # noqa: E501

"""What can be said about read replicas that come and go."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from ...windows import CapacityWindow


class ElasticReplicas(TypedDict):
    """Read replicas that come and go by themselves, with the load and at certain hours.

    They come on top of the declared ones (`replica_count`, `replicas`), which stay, and are in the reader name beside
    them. A function of the stack looks once a minute, and changes one replica at a time: a new one takes ten minutes
    and more, and is in the name once it has caught up; one that goes leaves the name first. They are in no preview,
    and go with the stack. docs/elastic-replicas.md tells how it decides.
    """

    max_size: int
    """Most elastic replicas, the declared ones not counted. RDS allows 15 replicas of a database in all, declared ones included."""  # noqa: E501

    min_size: NotRequired[int]
    """Elastic replicas that are there whatever the load, the declared ones not counted. Defaults to 0."""

    instance_class: NotRequired[str]
    """Class. After a change they are renewed one by one. Defaults to `replica_class`."""

    cpu_percent: NotRequired[int]
    """CPU, 10 to 90 percent on average over all replicas of the reader name (the primary where there are none), above which for three minutes one is added. One is removed when for fifteen minutes the others would stay a tenth below it without that one. Defaults to 60."""  # noqa: E501

    connections_percent: NotRequired[int]
    """The same for connections, 10 to 90 percent of those that an instance allows: `max_connections` of `parameters`, or what RDS gives the smallest class of the replicas. Defaults to 70; to CPU only where RDS's figure is not known beforehand."""  # noqa: E501

    scale_out_cooldown_minutes: NotRequired[int]
    """Minutes, 1 to 1440, after a replica has come or gone in which the load adds none. Defaults to 5."""

    scale_in_cooldown_minutes: NotRequired[int]
    """Minutes, 1 to 1440, after a replica has come or gone in which the load removes none. Defaults to 30."""

    drain_minutes: NotRequired[int]
    """Minutes, 2 to 60, for which a replica that has left the name waits for its connections to end before it is deleted. Defaults to 10."""  # noqa: E501

    windows: NotRequired[Sequence[CapacityWindow]]
    """Hours in which other sizes hold: `min_size` and `max_size` of elastic replicas, as for the fleet's servers. `lead_minutes` defaults to 20 for each replica that has to come, because they come one after another. `load_balancer_capacity_units` has no meaning here. Defaults to none."""  # noqa: E501

    reserved_concurrency: NotRequired[bool]
    """Whether one run of the function at a time is set aside of the account's quota, so that nothing else can keep it from running. AWS refuses that while the account has its first quota of 10; then say false: runs at the same time do no harm. Defaults to true."""  # noqa: E501

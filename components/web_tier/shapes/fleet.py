"""What can be said about the servers of a web tier."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from ...windows import CapacityWindow
from .demand import CustomMetric, Predictive
from .instances import InstanceRequirements, WarmPool
from .refresh import Refresh


class Fleet(TypedDict):
    """How many servers run, and why there would be more."""

    min_size: NotRequired[int]
    """Servers that always run, outside of windows. 0 only together with windows. With windows, a change takes effect
    within the hour where no window is open that day at that hour, and when a window closes. Defaults to 2."""

    max_size: NotRequired[int]
    """Servers that are never exceeded but while they are replaced. With windows, a change takes effect within the
    hour, as that of `min_size`. Defaults to 4."""

    windows: NotRequired[Sequence[CapacityWindow]]
    """Hours of the week in which more servers run. While there are any, deployments leave the group's sizes to them
    and to demand: remove the last one while it is closed, or with `pulumi up --refresh`. Defaults to none."""

    cpu_target_percent: NotRequired[int]
    """Average processor use that demand scaling aims at, 1 to 100. Defaults to 50."""

    scale_by_cpu: NotRequired[bool]
    """Whether demand scaling goes by processor use. Without it, requests and custom metrics a fleet follows its
    windows only. Defaults to true."""

    requests_per_server_per_minute: NotRequired[int]
    """Requests per server and minute that demand scaling aims at, too: of several targets the largest fleet wins, and
    servers go when all agree. Defaults to none."""

    custom_metrics: NotRequired[Sequence[CustomMetric]]
    """Further metrics that demand scaling goes by. Defaults to none."""

    predictive: NotRequired[Predictive]
    """Forecasts of the load, beside scaling by demand. Defaults to none."""

    launch_timeout_seconds: NotRequired[int]
    """Seconds, 60 to 7200, in which a new server has to prepare itself and answer the health check: it is in service
    when it does, and replaced when it does not. A dead one is noticed after 300. A change is a rolling change.
    Defaults to 900."""

    farewell_timeout_seconds: NotRequired[int]
    """Seconds, 60 to 7200, that a server has for its farewell commands when the load balancer has let go of it: its
    requests are answered by then, within the deregistration delay. A change is a rolling change. Defaults to 300."""

    warmup_seconds: NotRequired[int]
    """Seconds, 0 to 3600, that a new server takes to prepare itself: until then it is not replaced for a failing
    health check and its load does not count for scaling. Defaults to 300."""

    instance_types: NotRequired[Sequence[str]]
    """Further instance types that servers may have, in order of preference behind `machine.instance_type`, of the same
    processor architecture; 39 at most. Defaults to none. A change of what servers may be is a rolling change, in
    which those that fit stay."""

    instance_requirements: NotRequired[InstanceRequirements]
    """Instance types by what they offer, in place of `machine.instance_type`, which then only says the architecture.
    Not together with `instance_types`. Defaults to none."""

    spot_percent: NotRequired[int]
    """Share of the servers beyond `on_demand_base`, 0 to 100, that are Spot Instances: cheap, and taken away with two
    minutes' notice. Those at risk are replaced before they go (capacity rebalancing). Needs `instance_types` or
    `instance_requirements`, because one type can be out of stock everywhere. Defaults to 0."""

    on_demand_base: NotRequired[int]
    """Servers that are never Spot Instances, whatever the share. Defaults to 0. Only with `spot_percent`."""

    warm_pool: NotRequired[WarmPool]
    """Prepared servers that wait. Not together with `spot_percent`. Defaults to none."""

    refresh: NotRequired[Refresh]
    """How servers are replaced when they change. Defaults to without pauses, ended by the tier's alarms."""

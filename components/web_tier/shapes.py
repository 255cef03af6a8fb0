"""What can be said about a web tier."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from .._mounts import Connection, Mount
from .._sources import StorageMount
from ..machine import MachineSpec
from ..windows import CapacityWindow


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

    requests_per_server_per_minute: NotRequired[int]
    """Requests per server and minute that demand scaling aims at, too; the larger fleet wins. Defaults to scaling by
    processor use only."""

    warmup_seconds: NotRequired[int]
    """Seconds, 0 to 3600, that a new server takes to prepare itself: until then it is not replaced for a failing
    health check and its load does not count for scaling. Defaults to 300."""


class Site(TypedDict):
    """How the site is reached."""

    domain_name: NotRequired[str]
    """Domain of the site, such as `example.org`: HTTPS, with HTTP redirected to it. A change replaces certificate and
    zone. Defaults to plain HTTP under the load balancer's own name."""

    alternative_names: NotRequired[Sequence[str]]
    """More names of the site, such as `www.example.org` or `*.example.org`, in the same zone. A change replaces the
    certificate, without interruption. Defaults to none."""

    zone_id: NotRequired[pulumi.Input[str]]
    """Public Route 53 zone that holds all names. Defaults to a new zone for `domain_name`, which answers once its
    `name_servers` are set at the registrar: the first deployment waits for that, 75 minutes at most."""

    certificate_arn: NotRequired[pulumi.Input[str]]
    """Certificate in ACM, in the region of the tier. Defaults to a new one for all names, validated by DNS."""

    port: NotRequired[int]
    """TCP port that the servers answer HTTP on. A change replaces the target group. Defaults to 80."""

    health_check_path: NotRequired[str]
    """Path that a server answers when it can serve; cheap, and without need of the database. Defaults to `/`."""

    health_check_matcher: NotRequired[str]
    """Status codes of a healthy answer: numbers and ranges between 200 and 499. Defaults to `200-399`."""

    access_log_retention_days: NotRequired[int]
    """Days that access logs are kept, at least 1. Defaults to 90."""


class WebTierArgs(TypedDict):
    """What a web tier needs to know."""

    vpc_id: pulumi.Input[str]
    """The network that it lives in. A change replaces everything."""

    public_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the load balancer, in at least two zones."""

    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the servers, with a way out to package repositories and AWS."""

    fleet: NotRequired[Fleet]
    """How many servers run. Defaults to two to four, by processor use."""

    site: NotRequired[Site]
    """How the site is reached. Defaults to plain HTTP."""

    machine: NotRequired[MachineSpec]
    """How a server is made. A change replaces the servers, a few at a time. Defaults to the machine's defaults."""

    mounts: NotRequired[Sequence[Mount]]
    """Directories of the servers that live elsewhere, as storage hands them out. Defaults to none."""

    storage_mounts: NotRequired[Sequence[StorageMount]]
    """Storage to mount by its output `mount_source`: what programs in other languages than Python use in place of
    `mounts`. Defaults to none."""

    connections: NotRequired[Sequence[Connection]]
    """Services that the servers talk to, such as a database. Defaults to none."""

    secret_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Secrets in Secrets Manager that the servers may read. Defaults to none."""

    disposable: NotRequired[bool]
    """Whether a deployment may delete the load balancer, the zone and the logs, with what they hold. Defaults to
    false: the load balancer refuses deletion, zone and log bucket are protected and outlive the stack."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags for everything here, servers and their volumes included. Defaults to none."""

"""What can be said about how a site is reached."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi

from .firewall import Firewall
from .rules import ListenerRule, TargetGroupSpec


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

    strict_transport_security: NotRequired[str]
    """Value of the header `Strict-Transport-Security`, by which browsers refuse plain HTTP for that time; the load
    balancer sets it on every answer over HTTPS, in place of the servers' own. `max-age=0` takes it back. Defaults to
    `max-age=31536000`, a year, with HTTPS."""

    sticky_seconds: NotRequired[int]
    """Seconds, 1 to 604800, for which a visitor stays with one server, for applications that keep sessions on it.
    Defaults to spreading all requests."""

    sticky_cookie: NotRequired[str]
    """The application's own cookie, such as `SESS`: a visitor stays with the server that has set it. Needs
    `sticky_seconds`. Defaults to a cookie of the load balancer."""

    deregistration_delay_seconds: NotRequired[int]
    """Seconds, 0 to 3600, that requests at work have to end before a server goes. Longer than the longest page, but
    every replaced server waits for it. Defaults to 60."""

    idle_timeout_seconds: NotRequired[int]
    """Seconds, 1 to 4000, without any byte after which a connection is closed. Shorter than the web server's own
    keep-alive, or visitors see errors 502. Defaults to 60."""

    target_groups: NotRequired[Sequence[TargetGroupSpec]]
    """More ports of the servers, each for at least one of `rules`. Defaults to none."""

    rules: NotRequired[Sequence[ListenerRule]]
    """What becomes of requests by their host, path, method, header, query or address; at most 100. Defaults to
    none."""

    firewall: NotRequired[Firewall]
    """A web application firewall (AWS WAF) before the load balancer. Defaults to none."""

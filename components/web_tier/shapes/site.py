"""What can be said about how a site is reached."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi


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

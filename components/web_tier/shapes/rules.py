"""What can be said about requests that are not simply the site's."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi


class TargetGroupSpec(TypedDict):
    """Another port of the same servers, for requests that a rule sends there.

    A server is in service only while all of its target groups find it healthy.
    """

    name: str
    """Short key, unique per site. A change replaces the target group."""

    port: int
    """TCP port that the servers answer HTTP on. A change replaces the target group."""

    health_check_path: NotRequired[str]
    """Path that the port answers when it can serve. Defaults to the site's."""


class Redirect(TypedDict):
    """Where a request is sent; what is left out stays as it was asked for."""

    host: NotRequired[str]
    """Host name; may contain `#{host}`. Defaults to the one that was asked."""

    path: NotRequired[str]
    """Path from `/`; may contain `#{host}`, `#{path}` and `#{port}`. Defaults to the one that was asked for."""

    query: NotRequired[str]
    """Query without its `?`; may contain `#{query}`. Defaults to the one that was asked."""

    permanent: NotRequired[bool]
    """301, which browsers remember, or 302. Defaults to true."""


class FixedResponse(TypedDict):
    """What the load balancer answers by itself."""

    status_code: int
    """200 to 299 or 400 to 599."""

    content_type: NotRequired[str]
    """`text/plain`, `text/css`, `text/html`, `application/javascript` or `application/json`. Defaults to
    `text/plain`."""

    body: NotRequired[str]
    """At most 1024 characters. Defaults to nothing."""


class ListenerRule(TypedDict):
    """What becomes of some requests: all conditions must be met, and of each condition one value.

    Exactly one of `target_group`, `target_group_arn`, `redirect` and `fixed_response` says what becomes of them. At
    least one condition, and at most five values and six wildcards in all of them together (quotas of Elastic Load
    Balancing that cannot be raised).
    """

    name: str
    """Short key, unique per site. A change makes the rule anew."""

    priority: int
    """1 to 50000, unique: the lowest that matches is followed. A request that no rule matches is the site's."""

    hosts: NotRequired[Sequence[str]]
    """Host names, with `*` and `?`. Defaults to any."""

    paths: NotRequired[Sequence[str]]
    """Paths, with `*` and `?`, such as `/api/*`; upper and lower case differ. Defaults to any."""

    methods: NotRequired[Sequence[str]]
    """HTTP methods, such as `GET`. Defaults to any."""

    source_ips: NotRequired[Sequence[str]]
    """Networks that the connection comes from, such as `192.0.2.0/24`; not the addresses of `X-Forwarded-For`. Defaults
    to any."""

    headers: NotRequired[Mapping[str, Sequence[str]]]
    """Values of headers by the headers' names, with `*` and `?`; each header is a condition of its own. Defaults
    to any."""

    query: NotRequired[Mapping[str, str]]
    """Values of the query by their keys, with `*` and `?`; each is a condition of its own. Defaults to any."""

    target_group: NotRequired[str]
    """The site's target group of that name. Excludes the other three."""

    target_group_arn: NotRequired[pulumi.Input[str]]
    """A target group that is made elsewhere. Its servers have to let the load balancer in, and the load balancer's
    security group out to them. Excludes the other three."""

    redirect: NotRequired[Redirect]
    """Where the request is sent instead. Excludes the other three."""

    fixed_response: NotRequired[FixedResponse]
    """What the load balancer answers by itself. Excludes the other three."""

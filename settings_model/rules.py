"""What becomes of requests that are not simply the site's."""

from typing import Annotated

from pydantic import Field

from .base import Model, Name, Text

_Values = Annotated[list[Text], Field(min_length=1, max_length=5)]


class TargetGroup(Model):
    """Another port of the web servers."""

    name: Name
    """What it is called in rules."""
    port: Annotated[int, Field(ge=1, le=65535)]
    """Port on which the servers listen."""
    health_check_path: Annotated[str, Field(pattern="^/")] | None = None
    """Path that the port answers when it can serve; the site's when left out."""


class Redirect(Model):
    """Where a request is sent; what is left out stays."""

    host: Text | None = None
    """Host name."""
    path: Annotated[str, Field(pattern="^/")] | None = None
    """Path."""
    query: str | None = None
    """Query, without its question mark."""
    permanent: bool = True
    """301, which browsers remember, or 302."""


class FixedResponse(Model):
    """What the load balancer answers by itself."""

    status_code: Annotated[int, Field(ge=200, le=599)]
    """HTTP status code."""
    content_type: Text = "text/plain"
    """What the body is."""
    body: Annotated[str, Field(max_length=1024)] | None = None
    """The body; nothing when left out."""


class ListenerRule(Model):
    """What becomes of requests that meet all conditions: exactly one of the last four."""

    name: Name
    """What the rule is called."""
    priority: Annotated[int, Field(ge=1, le=50000)]
    """The lowest that matches is followed."""
    hosts: _Values | None = None
    """Host names, with * and ?."""
    paths: _Values | None = None
    """Paths, with * and ?."""
    methods: _Values | None = None
    """HTTP methods."""
    source_ips: _Values | None = None
    """Networks that the connection comes from."""
    headers: dict[str, _Values] | None = None
    """Values of headers, by name."""
    query: dict[str, Text] | None = None
    """Values of the query, by key."""
    target_group: Name | None = None
    """Name of one of the site's target_groups."""
    target_group_arn: Text | None = None
    """Target group that is made elsewhere."""
    redirect: Redirect | None = None
    """Where the request is sent."""
    fixed_response: FixedResponse | None = None
    """What the load balancer answers."""

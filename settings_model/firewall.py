"""The web application firewall."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Model, Text

Mode = Literal["block", "count"]


class FirewallGroup(Model):
    """A group of rules that AWS maintains."""

    rules: Literal[
        "ip_reputation", "anonymous_ip", "core", "known_bad_inputs", "admin", "sql", "linux", "php", "wordpress"
    ]
    """Which group."""
    mode: Mode = "block"
    """What becomes of requests that match."""
    count: list[Text] | None = None
    """Rules of the group that only count; SizeRestrictions_BODY of core when left out."""


class Firewall(Model):
    """AWS WAF before the load balancer."""

    groups: Annotated[list[FirewallGroup], Field(max_length=9)] | None = None
    """Managed rules; a set for PHP applications on Linux with SQL when left out."""
    requests_per_ip: Annotated[int, Field(ge=0, le=2_000_000_000)] = 2000
    """Requests that one address may make within five minutes; 0 is without limit."""
    mode: Mode = "block"
    """count lets everything through, and shows what would be blocked."""
    log_retention_days: int = 30
    """Days that blocked and counted requests are kept; one of the values that CloudWatch Logs knows."""

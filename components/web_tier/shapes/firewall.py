"""What can be said about the site's web application firewall."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NotRequired, TypedDict


class ManagedRules(StrEnum):
    """A group of rules that AWS maintains (AWS WAF developer guide, "AWS Managed Rules rule groups list")."""

    IP_REPUTATION = "ip_reputation"
    """Addresses that Amazon knows for attacks."""

    ANONYMOUS_IP = "anonymous_ip"
    """Addresses of anonymising proxies and of hosting providers, other people's servers among them."""

    CORE = "core"
    """What is generally applicable: cross-site scripting, path traversal, sizes, bad bots."""

    KNOWN_BAD_INPUTS = "known_bad_inputs"
    """Requests that are known to exploit something, such as Log4j's."""

    ADMIN = "admin"
    """Requests for administrative pages."""

    SQL = "sql"
    """SQL injection."""

    LINUX = "linux"
    """What reads or runs files of a Linux machine."""

    PHP = "php"
    """Injection of PHP functions."""

    WORDPRESS = "wordpress"
    """What is specific to WordPress."""


class FirewallMode(StrEnum):
    """What becomes of a request that a rule matches."""

    BLOCK = "block"
    """It is answered with 403."""

    COUNT = "count"
    """It passes, and is counted and logged."""


class FirewallGroup(TypedDict):
    """One group of managed rules."""

    rules: ManagedRules
    """Which group."""

    mode: NotRequired[FirewallMode]
    """What becomes of requests that any of its rules matches. Defaults to `block`."""

    count: NotRequired[Sequence[str]]
    """Rules of the group that only count, by AWS's names. For uploads that is `SizeRestrictions_BODY` of `core`, which
    blocks bodies above 8 KiB; for editors who post HTML often `CrossSiteScripting_BODY`, too. Defaults to
    `SizeRestrictions_BODY` for `core`, else to none."""


class Firewall(TypedDict):
    """A web application firewall before the load balancer; it costs by rule and request."""

    groups: NotRequired[Sequence[FirewallGroup]]
    """Managed rules, in the order in which they are asked. Defaults to `ip_reputation`, `core`, `known_bad_inputs`,
    `sql`, `linux` and `php`."""

    requests_per_ip: NotRequired[int]
    """Requests that one address may make within five minutes, 10 to 2000000000; a whole office may share one address.
    0 is without limit. Defaults to 2000."""

    mode: NotRequired[FirewallMode]
    """`count` makes every rule count, to see what would be blocked before it is. Defaults to `block`."""

    log_retention_days: NotRequired[int]
    """Days for which requests that were blocked or counted stay in CloudWatch Logs, without cookies and authorization;
    one of the numbers that CloudWatch Logs knows. Defaults to 30."""

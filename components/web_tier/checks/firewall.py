"""Which firewalls are refused."""

import re

from ..._args import InvalidArgs, check_range
from ..._logs import check_retention
from ..shapes import Firewall
from .words import COMPONENT

_RULE = re.compile(r"[A-Za-z0-9_-]{1,128}")


def check_firewall(firewall: Firewall) -> None:
    """Raise :class:`InvalidArgs` for groups, rules and numbers that AWS would refuse."""
    groups = firewall.get("groups", ())
    requests = firewall.get("requests_per_ip", 2000)
    for index, group in enumerate(groups):
        if group["rules"] in [other["rules"] for other in groups[:index]]:
            raise InvalidArgs(
                f"{COMPONENT}: site.firewall.groups[{index}].rules must be named once, got "
                f"{group['rules'].value!r} again"
            )
        for rule in group.get("count", ()):
            if not _RULE.fullmatch(rule):
                raise InvalidArgs(
                    f"{COMPONENT}: site.firewall.groups[{index}].count must be names of AWS's rules, such as "
                    f"SizeRestrictions_BODY, got {rule!r}"
                )
    if "groups" in firewall and not groups and not requests:
        raise InvalidArgs(
            f"{COMPONENT}: site.firewall must have groups or requests_per_ip, got neither: it would let all through"
        )
    if requests != 0:
        check_range(COMPONENT, "site.firewall.requests_per_ip", requests, 10, 2_000_000_000, "or 0 for no limit")
    check_retention(COMPONENT, "site.firewall.log_retention_days", firewall.get("log_retention_days", 30))

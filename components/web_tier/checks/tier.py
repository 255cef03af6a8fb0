"""Which web tiers are refused."""

import re

from ..._args import InvalidArgs, check_name
from ...windows import Window
from ..shapes import WebTierArgs
from .alarms import check_alarms
from .fleet import check_fleet
from .site import check_site
from .words import COMPONENT

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


def check_tier(name: str, args: WebTierArgs) -> list[Window]:
    """Raise :class:`InvalidArgs` for what AWS would refuse or what cannot work; return the fleet's windows."""
    if not _NAME.fullmatch(name) or name.startswith("internal-"):
        raise InvalidArgs(
            f"{COMPONENT}: the name must be letters, digits and hyphens, start with a letter and not with internal-, "
            f"because the load balancer is called after it, got {name!r}"
        )
    check_name(COMPONENT, f"{name}-alb", 32, "a load balancer")
    check_name(COMPONENT, f"{name}-target", 32, "a target group")
    for field, ids, least in (
        ("public_subnet_ids", args["public_subnet_ids"], 2),
        ("private_subnet_ids", args["private_subnet_ids"], 1),
    ):
        if len(ids) < least:
            raise InvalidArgs(
                f"{COMPONENT}: {field} must name at least {least} subnet{'s' * (least > 1)}, got {len(ids)}"
            )
    check_site(name, args.get("site", {}))
    check_alarms(args.get("alarms", {}))
    return check_fleet(args.get("fleet", {}), args.get("machine", {}))

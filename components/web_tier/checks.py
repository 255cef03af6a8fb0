"""Which web tiers are refused."""

import re
from collections.abc import Sequence

from .._args import InvalidArgs, check_name, check_range
from ..windows import Window, read_windows
from .shapes import Fleet, Site, WebTierArgs

_COMPONENT = "WebTier"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+{_LABEL}")
_CODE = r"[234][0-9][0-9]"
_MATCHER = re.compile(rf"{_CODE}(-{_CODE})?(,{_CODE}(-{_CODE})?)*")
_PATH = re.compile(r"/[!-~]{0,1023}")


def check_tier(name: str, args: WebTierArgs) -> list[Window]:
    """Raise :class:`InvalidArgs` for what AWS would refuse or what cannot work; return the fleet's windows."""
    if not _NAME.fullmatch(name) or name.startswith("internal-"):
        raise InvalidArgs(
            f"{_COMPONENT}: the name must be letters, digits and hyphens, start with a letter and not with internal-, "
            f"because the load balancer is called after it, got {name!r}"
        )
    check_name(_COMPONENT, f"{name}-alb", 32, "a load balancer")
    check_name(_COMPONENT, f"{name}-target", 32, "a target group")
    for field, ids, least in (
        ("public_subnet_ids", args["public_subnet_ids"], 2),
        ("private_subnet_ids", args["private_subnet_ids"], 1),
    ):
        if len(ids) < least:
            raise InvalidArgs(
                f"{_COMPONENT}: {field} must name at least {least} subnet{'s' * (least > 1)}, got {len(ids)}"
            )
    _check_site(args.get("site", {}))
    return _check_fleet(args.get("fleet", {}))


def _check_fleet(fleet: Fleet) -> list[Window]:
    low, high = fleet.get("min_size", 2), fleet.get("max_size", 4)
    windows = fleet.get("windows", ())
    check_range(_COMPONENT, "fleet.min_size", low, 0)
    check_range(_COMPONENT, "fleet.max_size", high, 1)
    if low > high:
        default = "" if "max_size" in fleet else " (the default)"
        raise InvalidArgs(f"{_COMPONENT}: fleet.max_size must be at least fleet.min_size ({low}), got {high}{default}")
    if low == 0 and not windows:
        raise InvalidArgs(
            f"{_COMPONENT}: fleet.min_size must be at least 1 where no window raises it, because demand cannot wake a "
            "fleet of none, got 0"
        )
    check_range(_COMPONENT, "fleet.cpu_target_percent", fleet.get("cpu_target_percent", 50), 1, 100)
    check_range(_COMPONENT, "fleet.requests_per_server_per_minute", fleet.get("requests_per_server_per_minute", 1), 1)
    check_range(_COMPONENT, "fleet.warmup_seconds", fleet.get("warmup_seconds", 300), 0, 3600)
    return read_windows(_COMPONENT, "fleet.windows", windows, low, high)


def _check_site(site: Site) -> None:
    _check_names(site)
    check_range(_COMPONENT, "site.port", site.get("port", 80), 1, 65535)
    path, matcher = site.get("health_check_path", "/"), site.get("health_check_matcher", "200-399")
    if not _PATH.fullmatch(path):
        raise InvalidArgs(
            f"{_COMPONENT}: site.health_check_path must start with / and have at most 1024 printable characters, "
            f"got {path!r}"
        )
    if not _MATCHER.fullmatch(matcher):
        raise InvalidArgs(
            f"{_COMPONENT}: site.health_check_matcher must be status codes between 200 and 499, such as 200-399 or "
            f"200,302, got {matcher!r}"
        )
    check_range(_COMPONENT, "site.access_log_retention_days", site.get("access_log_retention_days", 90), 1, 3650)


def _check_names(site: Site) -> None:
    domain, others = site.get("domain_name"), site.get("alternative_names", ())
    if domain is None:
        for field in ("alternative_names", "zone_id"):
            if site.get(field):
                raise InvalidArgs(f"{_COMPONENT}: site.{field} must come with site.domain_name, got no domain_name")
        return
    if not _DOMAIN.fullmatch(domain):
        raise InvalidArgs(
            f"{_COMPONENT}: site.domain_name must be a domain in lower case, such as example.org, got {domain!r}"
        )
    # The first name of a certificate is its common name: AWS Certificate Manager user guide, "Certificate
    # characteristics and limitations".
    if "certificate_arn" not in site:
        check_range(_COMPONENT, "the length of site.domain_name", len(domain), 1, 64, "for a certificate")
    _check_alternatives(site, domain, others)


def _check_alternatives(site: Site, domain: str, others: Sequence[str]) -> None:
    for index, other in enumerate(others):
        field = f"{_COMPONENT}: site.alternative_names[{index}]"
        if not _DOMAIN.fullmatch(other.removeprefix("*.")):
            raise InvalidArgs(
                f"{field} must be a domain in lower case, such as www.example.org or *.example.org, got {other!r}"
            )
        if other in (domain, *others[:index]):
            raise InvalidArgs(f"{field} must be named once, got {other!r} again")
        if "zone_id" not in site and not other.endswith(f".{domain}"):
            raise InvalidArgs(
                f"{field} must be below site.domain_name ({domain}), or site.zone_id must name a zone that holds both, "
                f"got {other!r}"
            )

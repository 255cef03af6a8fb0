"""Which sites are refused."""

import re
from collections.abc import Sequence

from ..._args import InvalidArgs, check_range
from ..shapes import Site
from .firewall import check_firewall
from .rules import check_rules
from .words import COMPONENT, PATH

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+{_LABEL}")
_CODE = r"[234][0-9][0-9]"
_MATCHER = re.compile(rf"{_CODE}(-{_CODE})?(,{_CODE}(-{_CODE})?)*")
_HSTS = re.compile(r"max-age=[0-9]{1,10}(; includeSubDomains)?(; preload)?")
_COOKIE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_RESERVED = "AWSALB"  # how the load balancer's own cookies begin (pulumi_aws, TargetGroupStickiness)


def check_site(name: str, site: Site) -> None:
    """Raise :class:`InvalidArgs` for names, paths and codes that AWS would refuse."""
    _check_names(site)
    check_range(COMPONENT, "site.port", site.get("port", 80), 1, 65535)
    path, matcher = site.get("health_check_path", "/"), site.get("health_check_matcher", "200-399")
    if not PATH.fullmatch(path):
        raise InvalidArgs(
            f"{COMPONENT}: site.health_check_path must start with / and have at most 1024 printable characters, "
            f"got {path!r}"
        )
    if not _MATCHER.fullmatch(matcher):
        raise InvalidArgs(
            f"{COMPONENT}: site.health_check_matcher must be status codes between 200 and 499, such as 200-399 or "
            f"200,302, got {matcher!r}"
        )
    check_range(COMPONENT, "site.access_log_retention_days", site.get("access_log_retention_days", 90), 1, 3650)
    _check_visits(site)
    check_rules(name, site)
    if "firewall" in site:
        check_firewall(site["firewall"])


def _check_visits(site: Site) -> None:
    hsts, cookie = site.get("strict_transport_security"), site.get("sticky_cookie")
    if hsts is not None and not {"domain_name", "certificate_arn"} & set(site):
        raise InvalidArgs(
            f"{COMPONENT}: site.strict_transport_security must come with HTTPS, got neither site.domain_name nor "
            "site.certificate_arn"
        )
    if hsts is not None and not _HSTS.fullmatch(hsts):
        raise InvalidArgs(
            f"{COMPONENT}: site.strict_transport_security must be such as max-age=31536000 or "
            f"max-age=31536000; includeSubDomains; preload, got {hsts!r}"
        )
    check_range(COMPONENT, "site.sticky_seconds", site.get("sticky_seconds", 1), 1, 604800)
    if cookie is not None and "sticky_seconds" not in site:
        raise InvalidArgs(f"{COMPONENT}: site.sticky_cookie must come with site.sticky_seconds, got no sticky_seconds")
    if cookie is not None and (not _COOKIE.fullmatch(cookie) or cookie.startswith(_RESERVED)):
        raise InvalidArgs(
            f"{COMPONENT}: site.sticky_cookie must be a cookie's name and not begin with {_RESERVED}, got {cookie!r}"
        )
    delay, idle = site.get("deregistration_delay_seconds", 60), site.get("idle_timeout_seconds", 60)
    check_range(COMPONENT, "site.deregistration_delay_seconds", delay, 0, 3600)
    check_range(COMPONENT, "site.idle_timeout_seconds", idle, 1, 4000)


def _check_names(site: Site) -> None:
    domain, others = site.get("domain_name"), site.get("alternative_names", ())
    if domain is None:
        for field in ("alternative_names", "zone_id"):
            if site.get(field):
                raise InvalidArgs(f"{COMPONENT}: site.{field} must come with site.domain_name, got no domain_name")
        return
    if not _DOMAIN.fullmatch(domain):
        raise InvalidArgs(
            f"{COMPONENT}: site.domain_name must be a domain in lower case, such as example.org, got {domain!r}"
        )
    # The first name of a certificate is its common name: AWS Certificate Manager user guide, "Certificate
    # characteristics and limitations".
    if "certificate_arn" not in site:
        check_range(COMPONENT, "the length of site.domain_name", len(domain), 1, 64, "for a certificate")
    _check_alternatives(site, domain, others)


def _check_alternatives(site: Site, domain: str, others: Sequence[str]) -> None:
    for index, other in enumerate(others):
        field = f"{COMPONENT}: site.alternative_names[{index}]"
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

"""Which sites are refused."""

import re
from collections.abc import Sequence

from ..._args import InvalidArgs, check_range
from ..shapes import Site
from .words import COMPONENT

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+{_LABEL}")
_CODE = r"[234][0-9][0-9]"
_MATCHER = re.compile(rf"{_CODE}(-{_CODE})?(,{_CODE}(-{_CODE})?)*")
_PATH = re.compile(r"/[!-~]{0,1023}")


def check_site(site: Site) -> None:
    """Raise :class:`InvalidArgs` for names, paths and codes that AWS would refuse."""
    _check_names(site)
    check_range(COMPONENT, "site.port", site.get("port", 80), 1, 65535)
    path, matcher = site.get("health_check_path", "/"), site.get("health_check_matcher", "200-399")
    if not _PATH.fullmatch(path):
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

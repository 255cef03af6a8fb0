"""How the site is reached."""

from typing import Annotated

from pydantic import Field

from .base import AlternativeName, Days, DomainName, Model, Text
from .firewall import Firewall
from .rules import ListenerRule, TargetGroup


class Site(Model):
    """How the site is reached."""

    domain_name: DomainName | None = None
    """Domain of the site, with HTTPS. Without one the load balancer answers plain HTTP."""
    alternative_names: list[AlternativeName] = []
    """More domains on the same certificate, all in the same zone."""
    zone_id: Text | None = None
    """Route 53 zone of the domain. Without one the stack creates the zone."""
    certificate_arn: Text | None = None
    """Certificate to use instead of a new one."""
    port: Annotated[int, Field(ge=1, le=65535)] = 80
    """Port on which the servers listen."""
    health_check_path: Annotated[str, Field(pattern="^/")] = "/"
    """Path that a healthy server answers."""
    health_check_matcher: str = "200-399"
    """HTTP status codes that count as healthy."""
    access_log_retention_days: Days = 90
    """Days that the load balancer's access logs are kept."""
    strict_transport_security: Annotated[str, Field(pattern="^max-age=[0-9]+")] | None = None
    """Header by which browsers refuse plain HTTP; a year with HTTPS when left out."""
    sticky_seconds: Annotated[int, Field(ge=1, le=604800)] | None = None
    """Seconds for which a visitor stays with one server; requests are spread when left out."""
    sticky_cookie: Text | None = None
    """The application's cookie that a visitor stays with a server for."""
    deregistration_delay_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """Seconds that requests have to end before a server goes."""
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=4000)] = 60
    """Seconds without any byte after which a connection is closed."""
    target_groups: list[TargetGroup] = []
    """More ports of the servers, for rules."""
    rules: Annotated[list[ListenerRule], Field(max_length=100)] = []
    """What becomes of some requests."""
    firewall: Firewall | None = None
    """A web application firewall; none when left out."""

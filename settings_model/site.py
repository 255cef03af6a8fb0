"""How the site is reached."""

from typing import Annotated

from pydantic import Field

from .base import AlternativeName, Days, DomainName, Model, Text


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

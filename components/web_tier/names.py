"""The site's names: its zone, its certificate and the records that lead to the load balancer."""

from collections.abc import Sequence
from typing import NamedTuple, cast

import pulumi
import pulumi_aws as aws

from .context import Context
from .shapes import Site


class Zone(NamedTuple):
    """The zone that holds the site's names."""

    id: pulumi.Output[str]
    name_servers: pulumi.Output[list[str]]
    """Empty for a zone that was given."""


def zone(context: Context, site: Site) -> Zone:
    """Return the zone that *site* names, or a new one for its domain; without a domain there is none."""
    domain, given = site.get("domain_name"), site.get("zone_id")
    if domain is None or given is not None:
        return Zone(pulumi.Output.from_input(given or ""), pulumi.Output.from_input(list[str]()))
    made = aws.route53.Zone(
        f"{context.name}-zone",
        name=domain,
        comment="Names of the site",
        force_destroy=context.disposable,
        tags=context.tags,
        # A zone that is made again has other name servers, and the registrar must be told: it is kept like data.
        opts=context.kept(),
    )
    return Zone(made.zone_id, cast("pulumi.Output[list[str]]", made.name_servers))


def certificate(context: Context, domain: str, others: Sequence[str], zone_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """Make a certificate and the records that prove the names; return its ARN as soon as it is valid."""
    name, child = context.name, context.child()
    made = aws.acm.Certificate(
        f"{name}-certificate",
        domain_name=domain,
        subject_alternative_names=list(others) or None,  # an empty list would differ from what ACM reports
        validation_method="DNS",
        tags=context.tags,
        opts=child,
    )
    # A wildcard is proved by the same record as the name that it is a wildcard of.
    proved = [n for n in (domain, *others) if not n.startswith("*.") or n[2:] not in (domain, *others)]
    records = list[aws.route53.Record]()
    for proved_name in proved:
        option = made.domain_validation_options.apply(lambda options, n=proved_name: _option(options, n))
        records.append(
            aws.route53.Record(
                f"{name}-proof-{_key(proved_name)}",
                zone_id=zone_id,
                name=option.apply(lambda o: o[0]),
                type=option.apply(lambda o: o[1]),
                records=[option.apply(lambda o: o[2])],
                ttl=60,
                # Certificates of one account share this record per name: another stack may have made it.
                allow_overwrite=True,
                opts=child,
            )
        )
    validation = aws.acm.CertificateValidation(
        f"{name}-validation",
        certificate_arn=made.arn,
        validation_record_fqdns=[record.fqdn for record in records],
        opts=child,
    )
    return validation.certificate_arn


def aliases(context: Context, names: Sequence[str], zone_id: pulumi.Input[str], balancer: aws.lb.LoadBalancer) -> None:
    """Lead *names* to the load balancer, which has IPv4 addresses only."""
    for alias in names:
        aws.route53.Record(
            f"{context.name}-alias-{_key(alias)}",
            zone_id=zone_id,
            name=alias,
            type="A",
            aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
            opts=context.child(),
        )


def _option(options: Sequence[aws.acm.outputs.CertificateDomainValidationOption], name: str) -> tuple[str, str, str]:
    for option in options:
        if option.domain_name == name:
            return (
                str(option.resource_record_name),
                str(option.resource_record_type),
                str(option.resource_record_value),
            )
    raise LookupError(f"ACM asks for no record to prove {name}")


def _key(name: str) -> str:
    return name.replace("*", "any")

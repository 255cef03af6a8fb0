"""How the tests of the web tier make one, and what they ask of it."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components import WebTier
from rehearsal.recorder import Recording, Registered, record
from tests.recording import _computed, _invoke, _unknown

NETWORK = {
    "vpc_id": "vpc-1",
    "public_subnet_ids": ["subnet-pub-a", "subnet-pub-b"],
    "private_subnet_ids": ["subnet-a", "subnet-b"],
}
MONDAY = {
    "name": "monday-morning",
    "days": ["MON"],
    "start": "07:00",
    "end": "12:00",
    "time_zone": "Europe/Zurich",
    "min_size": 20,
}
DOMAIN = {"domain_name": "example.org", "alternative_names": ["www.example.org", "*.example.org"]}


def tier(args: Mapping[str, Any] | None = None, *, preview: bool = False, name: str = "web") -> Recording:
    def resolve(resource: Registered) -> tuple[str, dict[str, Any]]:
        if preview:
            return _unknown(resource)
        id_, outputs = _computed(resource)
        if resource.type == "aws:acm/certificate:Certificate":
            names = [resource.inputs["domainName"], *resource.inputs.get("subjectAlternativeNames", [])]
            # ACM lists them in no particular order.
            outputs["domainValidationOptions"] = [
                {
                    "domainName": n,
                    "resourceRecordName": f"_check.{n.removeprefix('*.')}.",
                    "resourceRecordType": "CNAME",
                    "resourceRecordValue": f"_value.{n.removeprefix('*.')}.acm-validations.aws.",
                }
                for n in reversed(names)
            ]
        if resource.type == "aws:route53/zone:Zone":
            outputs["nameServers"] = ["ns-1.example.net", "ns-2.example.net"]
        return id_, outputs

    def program() -> None:
        made = WebTier(name, {**NETWORK, **(args or {})})  # pyright: ignore[reportArgumentType]
        for output in WebTier.__annotations__:
            pulumi.export(output, getattr(made, output))

    return record(program, resolve, _invoke, preview=preview)


def children(recording: Recording) -> set[tuple[str, str]]:
    """What the tier made itself; what its machine made is the machine's affair."""
    own = [r for r in recording.resources if "WebTier" in r.parent and "Machine" not in r.parent]
    return {(r.type.removeprefix("aws:"), r.name) for r in own}


def rules(recording: Recording) -> set[tuple[str, str, str, int, int]]:
    """Direction and group, peer, protocol and ports of the rules that the tier itself makes."""
    found = set[tuple[str, str, str, int, int]]()
    for r in recording.resources:
        if "SecurityGroup" in r.type and r.type.endswith("Rule") and "Machine" not in r.parent:
            peer = r.inputs.get("cidrIpv4") or r.inputs["referencedSecurityGroupId"].rsplit("-", 1)[0]
            group = r.inputs["securityGroupId"].rsplit("-", 1)[0]
            way = "into" if "Ingress" in r.type else "out of"
            found.add(
                (
                    f"{way} {group}",
                    peer,
                    r.inputs["ipProtocol"],
                    r.inputs["fromPort"],
                    r.inputs["toPort"],
                )
            )
    return found


def fleet(**settings: Any) -> dict[str, Any]:
    return {"fleet": {"min_size": 5, "max_size": 40, **settings}}

"""Who may reach what: the rules of security groups and network ACLs as plain facts, however they are declared."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.compare.graph import Json
from rehearsal.compare.refs import refs_in
from rehearsal.compare.steps import Plan, Step

from .common import number, objects, texts

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_GROUPS = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
ACLS = ("aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_ACL_RULE = "aws:ec2/networkAclRule:NetworkAclRule"

_ANY_PROTOCOL = ("-1", "all", "")
_NUMBERED = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
_MOST_PORTS = 65535


@dataclass(frozen=True)
class Opening:
    """One way in."""

    target: str
    """The security group or ACL, as a reference."""
    protocol: str
    first: int
    last: int
    source: _Network

    def covers(self, other: "Opening") -> bool:
        """Whether everything that *other* lets in comes in here, too."""
        return self.serves(other) and within(other.source, self.source)

    def serves(self, other: "Opening") -> bool:
        """Whether the same target is open for all ports of *other*."""
        return (
            self.target == other.target
            and self.protocol in ("all", other.protocol)
            and self.first <= other.first
            and self.last >= other.last
        )

    @property
    def is_world(self) -> bool:
        """Whether the source is the internet, or so much of it that a few such rules are all of it."""
        widest = 7 if self.source.version == 4 else 16  # noqa: PLR2004
        return self.source.prefixlen <= widest

    @property
    def ports(self) -> str:
        """The ports in words."""
        if self.protocol == "all":
            return "every port and protocol"
        if self.protocol not in ("tcp", "udp"):
            return self.protocol
        if (self.first, self.last) == (0, _MOST_PORTS):
            return f"every {self.protocol} port"
        return f"{self.protocol} {self.first}" + (f"-{self.last}" if self.last != self.first else "")


def within(inner: _Network, outer: _Network) -> bool:
    """Whether *inner* is a part of *outer*."""
    if isinstance(inner, ipaddress.IPv4Network) and isinstance(outer, ipaddress.IPv4Network):
        return inner.subnet_of(outer)
    if isinstance(inner, ipaddress.IPv6Network) and isinstance(outer, ipaddress.IPv6Network):
        return inner.subnet_of(outer)
    return False


def openings(plan: Plan, *, head: bool) -> dict[Opening, Step]:
    """Every way in on one side, with the resource that declares it."""
    found = dict[Opening, Step]()
    for step in plan.steps:
        if (step.head if head else step.base) is None:
            continue
        for opening in _declared(step, step.new if head else step.old):
            found.setdefault(opening, step)
    return found


def _declared(step: Step, inputs: Mapping[str, Any]) -> Iterator[Opening]:
    own = f"{{{step.place}}}"
    kind = step.now.type
    if kind in (*_GROUPS, *ACLS):
        for rule in objects(inputs.get("ingress")):
            if kind in _GROUPS or _allows(rule.get("action")):
                yield from _openings(own, rule, kind in ACLS)
    elif (kind == _GROUP_RULE and inputs.get("type") == "ingress") or kind == _INGRESS_RULE:
        yield from _openings(_target(inputs.get("securityGroupId")), inputs, acl=False)
    elif kind == _ACL_RULE and inputs.get("egress") is not True and _allows(inputs.get("ruleAction")):
        yield from _openings(_target(inputs.get("networkAclId")), inputs, acl=True)


def _allows(action: Json) -> bool:
    return str(action or "").lower() == "allow"


def _target(value: Json) -> str:
    ref = next(refs_in(value), None)
    return str(value) if ref is None else f"{{{ref.pair}}}"


def _openings(target: str, rule: Mapping[str, Any], acl: bool) -> Iterator[Opening]:  # noqa: FBT001
    raw = str(rule.get("protocol", rule.get("ipProtocol", "")) or "").lower()
    protocol = "all" if raw in _ANY_PROTOCOL else _NUMBERED.get(raw, raw)
    first, last = number(rule.get("fromPort")), number(rule.get("toPort"))
    everything = protocol not in ("tcp", "udp") or first is None or last is None or -1 in (first, last)
    low, high = (0, _MOST_PORTS) if everything else (int(first or 0), int(last or 0))
    keys = ("cidrBlock", "ipv6CidrBlock") if acl else ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")
    for key in keys:
        for text in texts(rule.get(key)):
            try:
                source = ipaddress.ip_network(text, strict=False)
            except ValueError:
                continue  # a reference: the addresses of something of ours
            yield Opening(target, protocol, low, high, source)

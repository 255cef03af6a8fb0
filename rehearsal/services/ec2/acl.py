"""The network ACL that a VPC brings with it."""

from typing import Any

from rehearsal.context import Context
from rehearsal.diff import same
from rehearsal.entry import Do, Entry, Prop, props

from ._common import ADOPTED_TAGS, arn

_LAST_RULE = 32767
"""The rule at the end of every list that denies the rest; it cannot be deleted."""

_ICMP = ("icmpType", "icmpCode")
_NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58", "all": "-1"}


def _acl(context: Context) -> Any:
    found = context.call("describe_network_acls", {"NetworkAclIds": [context.id]})["NetworkAcls"]
    if not found:
        return None
    entries = [e for e in found[0]["Entries"] if e["RuleNumber"] < _LAST_RULE]
    return {
        **found[0],
        "Ingress": _listed(context, "ingress", [_rule(e) for e in entries if not e["Egress"]]),
        "Egress": _listed(context, "egress", [_rule(e) for e in entries if e["Egress"]]),
        "SubnetIds": sorted(a["SubnetId"] for a in found[0]["Associations"]),
    }


def _listed(context: Context, direction: str, rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List rules as the program wrote them where they say what is there: AWS lists protocols by number."""
    given = context.inputs.get(direction)
    if given is None:
        return rules
    # The emulator forgets ICMP types and codes; -1 is all of them, and nothing lost.
    plain = [{k: v for k, v in rule.items() if k not in _ICMP} for rule in _numbered(given)]
    if not same(Prop(is_set=True), plain, rules):
        return rules
    lost = {key for rule in given for key in _ICMP if int(rule.get(key) or 0) > 0}
    context.unsent |= {f"{direction}.{key}" for key in lost}
    return given


def _rule(entry: dict[str, Any]) -> dict[str, Any]:
    ports, icmp = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
    rule = {
        "ruleNo": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": entry["Protocol"],
        "cidrBlock": entry.get("CidrBlock"),
        "ipv6CidrBlock": entry.get("Ipv6CidrBlock"),
        "fromPort": ports.get("From", 0),
        "toPort": ports.get("To", 0),
        "icmpType": icmp.get("Type"),
        "icmpCode": icmp.get("Code"),
    }
    return {k: v for k, v in rule.items() if v is not None}


def _numbered(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**rule, "protocol": _NUMBERS.get(str(rule["protocol"]), str(rule["protocol"]))} for rule in rules]


def _set_rules(context: Context) -> None:
    """Delete what is there and make what is asked for."""
    for entry in context.call("describe_network_acls", {"NetworkAclIds": [context.id]})["NetworkAcls"][0]["Entries"]:
        if entry["RuleNumber"] < _LAST_RULE:
            position = {"RuleNumber": entry["RuleNumber"], "Egress": entry["Egress"]}
            context.call("delete_network_acl_entry", {"NetworkAclId": context.id, **position})
    for direction in ("ingress", "egress"):
        for rule in _numbered(context.inputs.get(direction) or []):
            parameters: dict[str, Any] = {
                "NetworkAclId": context.id,
                "RuleNumber": int(rule["ruleNo"]),
                "Protocol": rule["protocol"],
                "RuleAction": rule["action"],
                "Egress": direction == "egress",
                "CidrBlock": rule.get("cidrBlock"),
                "Ipv6CidrBlock": rule.get("ipv6CidrBlock"),
            }
            if rule["protocol"] in ("1", "58"):
                icmp = {"Type": int(rule.get("icmpType") or 0), "Code": int(rule.get("icmpCode") or 0)}
                parameters["IcmpTypeCode"] = icmp
            if rule["protocol"] in ("6", "17"):
                parameters["PortRange"] = {"From": int(rule["fromPort"]), "To": int(rule["toPort"])}
            context.call("create_network_acl_entry", {k: v for k, v in parameters.items() if v is not None})


def _adopt(context: Context) -> Any:
    context.id = context.inputs["defaultNetworkAclId"]
    _set_rules(context)
    return {"Id": context.id}


DEFAULT_NETWORK_ACL = Entry(
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    service="ec2",
    inputs=props(
        required="defaultNetworkAclId",
        replaces="defaultNetworkAclId",
        # Subnets join and leave the default list by themselves: the provider only lists them.
        computed="subnetIds",
        sets="ingress egress subnetIds",
        local="subnetIds",
        reads={"defaultNetworkAclId": "NetworkAclId"},
    ),
    create=_adopt,
    id="{defaultNetworkAclId}",
    read=(_acl,),
    updates=(Do(_set_rules, "ingress egress"),),
    outputs={"arn": arn("network-acl"), "ownerId": "OwnerId", "vpcId": "VpcId"},
    tags=ADOPTED_TAGS,
)

ENTRIES = (DEFAULT_NETWORK_ACL,)

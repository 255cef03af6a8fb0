"""Security groups and their rules."""

from collections.abc import Iterable
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.errors import RehearsalError

from ._common import ADOPTED_TAGS, arn, ec2_tags

_PEERS = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}
Atom = tuple[str, int, int, str, str]
"""One rule with one peer: protocol, ports, kind of peer, peer."""


def _atoms_of(rules: Iterable[dict[str, Any]], own_id: str) -> dict[Atom, str]:
    """Take rules as programs write them apart; the values are descriptions."""
    atoms: dict[Atom, str] = {}
    for rule in rules:
        protocol = "-1" if str(rule["protocol"]) in ("-1", "all") else str(rule["protocol"]).lower()
        ports = (0, 0) if protocol == "-1" else (int(rule["fromPort"]), int(rule["toPort"]))
        for key in _PEERS:
            peers = list(rule.get(key) or []) + ([own_id] if key == "securityGroups" and rule.get("self") else [])
            for peer in peers:
                atoms[protocol, *ports, key, peer] = rule.get("description") or ""
    return atoms


def _atoms_in(permissions: Iterable[dict[str, Any]]) -> dict[Atom, str]:
    """Take permissions as the API lists them apart."""
    atoms: dict[Atom, str] = {}
    for permission in permissions:
        protocol = permission["IpProtocol"]
        ports = (0, 0) if protocol == "-1" else (permission.get("FromPort", 0), permission.get("ToPort", 0))
        for key, (member, peer) in _PEERS.items():
            for item in permission.get(member, []):
                atoms[protocol, *ports, key, item[peer]] = item.get("Description", "")
    return atoms


def _permission(atom: Atom, description: str) -> dict[str, Any]:
    protocol, low, high, key, peer = atom
    member, name = _PEERS[key]
    item = {name: peer, **({"Description": description} if description else {})}
    ports = {} if protocol == "-1" else {"FromPort": low, "ToPort": high}
    return {"IpProtocol": protocol, **ports, member: [item]}


def _listed(context: Context, direction: str, permissions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rules as the program wrote them where they say what is there; grouped as the provider groups them otherwise."""
    given = context.inputs.get(direction)
    present = _atoms_in(permissions)
    if given is not None and set(_atoms_of(given, context.id)) == set(present):
        return given
    grouped: dict[tuple[str, int, int, str], dict[str, Any]] = {}
    for (protocol, low, high, key, peer), text in sorted(present.items()):
        rule = grouped.setdefault(
            (protocol, low, high, text),
            {"protocol": protocol, "fromPort": low, "toPort": high, **({"description": text} if text else {})},
        )
        if peer == context.id:
            rule["self"] = True
        else:
            rule.setdefault(key, []).append(peer)
    return list(grouped.values())


def _group(context: Context) -> Any:
    found = context.call("describe_security_groups", {"GroupIds": [context.id]})["SecurityGroups"]
    if not found:
        return None
    group = found[0]
    lists = {"Ingress": group["IpPermissions"], "Egress": group["IpPermissionsEgress"]}
    return {**group, **{key: _listed(context, key.lower(), rules) for key, rules in lists.items()}}


def _set_rules(context: Context) -> None:
    for direction in ("ingress", "egress"):
        if direction in context.inputs or direction in context.old:
            _set_direction(context, direction)


def _set_direction(context: Context, direction: str) -> None:
    group = context.call("describe_security_groups", {"GroupIds": [context.id]})["SecurityGroups"][0]
    present = _atoms_in(group["IpPermissions" if direction == "ingress" else "IpPermissionsEgress"])
    wanted = _atoms_of(context.inputs.get(direction) or [], context.id)
    for operation, atoms in (
        (f"revoke_security_group_{direction}", {a: t for a, t in present.items() if a not in wanted}),
        (f"authorize_security_group_{direction}", {a: t for a, t in wanted.items() if a not in present}),
    ):
        permissions = [_permission(atom, text) for atom, text in atoms.items()]
        if permissions:
            context.call(operation, {"GroupId": context.id, "IpPermissions": permissions})


def _create_group(context: Context) -> Any:
    """Make the group without the rule that lets everything out: the provider takes it away."""
    create = Call("create_security_group")
    context.tags = context.tags_wanted
    tags = ec2_tags("security-group").create if context.tags else None
    answer = context.run(create, ("name", "description", "vpcId"), params=tags)
    context.id = answer["GroupId"]
    _set_direction(context, "egress")
    return answer


_RULES: dict[str, Any] = {"sets": "ingress egress", "reads": {"ingress": "Ingress", "egress": "Egress"}}

SECURITY_GROUP = Entry(
    "aws:ec2/securityGroup:SecurityGroup",
    service="ec2",
    inputs=props(
        replaces="description name namePrefix vpcId",
        computed="name namePrefix vpcId ingress egress",
        local="namePrefix revokeRulesOnDelete",
        defaults={"description": "Managed by Pulumi"},
        api={"name": "GroupName", "description": "Description"},
        **_RULES,
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 255),
    create=_create_group,
    id="GroupId",
    read=(_group,),
    updates=(Do(_set_rules, "ingress egress", on_create=True),),
    delete=(Call("delete_security_group", {"GroupId": "{id}"}),),
    outputs={"arn": arn("security-group"), "ownerId": "OwnerId"},
    tags=ec2_tags("security-group"),
)


def _adopt(context: Context) -> Any:
    own = {"Name": "group-name", "Values": ["default"]}
    vpc = context.inputs.get("vpcId")
    filters = [own, *([{"Name": "vpc-id", "Values": [vpc]}] if vpc else [])]
    found = context.call("describe_security_groups", {"Filters": filters})["SecurityGroups"]
    if not found:
        raise RehearsalError(f"ec2/DefaultSecurityGroup: the VPC {vpc} has no default security group")
    context.id = found[0]["GroupId"]
    _set_direction(context, "ingress")
    _set_direction(context, "egress")
    return found[0]


DEFAULT_SECURITY_GROUP = Entry(
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    service="ec2",
    inputs=props(replaces="vpcId", computed="vpcId", local="revokeRulesOnDelete", **_RULES),
    create=_adopt,
    id="GroupId",
    read=(_group,),
    updates=(Do(_set_rules, "ingress egress"),),
    outputs={
        "arn": arn("security-group"),
        "ownerId": "OwnerId",
        "name": "GroupName",
        "description": "Description",
        "namePrefix": "NamePrefix",
    },
    tags=ADOPTED_TAGS,
)

_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def _rule_permission(context: Context) -> dict[str, Any]:
    values = context.inputs
    description = {"Description": values["description"]} if values.get("description") else {}
    peer = {
        "cidrIpv4": ("IpRanges", "CidrIp"),
        "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "prefixListId": ("PrefixListIds", "PrefixListId"),
        "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
    }
    key = next(k for k in _SOURCES if values.get(k))
    member, name = peer[key]
    ports = {"FromPort": values.get("fromPort"), "ToPort": values.get("toPort")}
    return {
        "IpProtocol": str(values["ipProtocol"]),
        **{k: int(v) for k, v in ports.items() if v is not None},
        member: [{name: values[key], **description}],
    }


def _modify_rule(context: Context) -> None:
    values = {key: context.inputs.get(key) for key in ("ipProtocol", "fromPort", "toPort", "description", *_SOURCES)}
    members = {"referencedSecurityGroupId": "ReferencedGroupId"}
    rule = {members.get(k, k[0].upper() + k[1:]): v for k, v in values.items() if v is not None}
    change = {"SecurityGroupRuleId": context.id, "SecurityGroupRule": rule}
    group = context.inputs["securityGroupId"]
    context.call("modify_security_group_rules", {"GroupId": group, "SecurityGroupRules": [change]})


def _replaces_source(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Replace a rule that gets another kind of peer: it can move to one of the same kind only."""
    before = {key for key in _SOURCES if state.get(key)}
    after = {key for key in _SOURCES if news.get(key)}
    return before | after if before != after else set()


def _rule_entry(direction: str) -> Entry:
    def create(context: Context) -> Any:
        specification = {"ResourceType": "security-group-rule", "Tags": "{tags}"}
        context.tags = context.tags_wanted
        tags = {"TagSpecifications": [specification]} if context.tags else None
        call = Call(
            f"authorize_security_group_{direction}",
            {"GroupId": "{securityGroupId}", "IpPermissions": [_rule_permission(context)]},
        )
        return context.run(call, params=tags)

    name = f"SecurityGroup{direction.capitalize()}Rule"
    return Entry(
        f"aws:vpc/{name[0].lower()}{name[1:]}:{name}",
        service="ec2",
        inputs=props(
            "description fromPort toPort " + " ".join(_SOURCES),
            required="ipProtocol securityGroupId",
            replaces="securityGroupId",
            api={"securityGroupId": "GroupId"},
            reads={"referencedSecurityGroupId": "ReferencedGroupInfo.GroupId"},
        ),
        exactly_one=(" ".join(_SOURCES),),
        replaces_if=_replaces_source,
        create=create,
        id="SecurityGroupRules.0.SecurityGroupRuleId",
        read=(Call("describe_security_group_rules", {"SecurityGroupRuleIds": ["{id}"]}, at="SecurityGroupRules.0"),),
        updates=(Do(_modify_rule, "description fromPort toPort ipProtocol " + " ".join(_SOURCES)),),
        delete=(
            Call(
                f"revoke_security_group_{direction}",
                {"GroupId": "{securityGroupId}", "SecurityGroupRuleIds": ["{id}"]},
            ),
        ),
        outputs={"arn": arn("security-group-rule"), "securityGroupRuleId": "{id}"},
        tags=Tags(
            {"TagSpecifications": []},
            put=ADOPTED_TAGS.put,
            remove=ADOPTED_TAGS.remove,
        ),
    )


INGRESS_RULE, EGRESS_RULE = _rule_entry("ingress"), _rule_entry("egress")

ENTRIES = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP)

"""IAM: roles, their policies, and the profiles that bring them to machines."""

import json
from typing import Any
from urllib.parse import unquote

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props

_GLOBAL = "us-east-1"


def _document(value: Any) -> str:
    """boto3 has decoded the documents of IAM already where it knows them."""
    return (
        value
        if isinstance(value, str) and value.startswith("{")
        else json.dumps(value)
        if not isinstance(value, str)
        else unquote(value)
    )


def _tags(kind: str, key: str) -> Tags:
    return Tags(
        {"Tags": "{tags}"},
        put=Call(f"tag_{kind}", {key: "{id}", "Tags": "{tags}"}),
        remove=Call(f"untag_{kind}", {key: "{id}", "TagKeys": "{keys}"}),
    )


def _role(context: Context) -> Any:
    role = context.call("get_role", {"RoleName": context.id})["Role"]
    attached = context.call("list_attached_role_policies", {"RoleName": context.id})["AttachedPolicies"]
    names = context.call("list_role_policies", {"RoleName": context.id})["PolicyNames"]
    inline = [
        {
            "name": name,
            "policy": _document(
                context.call("get_role_policy", {"RoleName": context.id, "PolicyName": name})["PolicyDocument"]
            ),
        }
        for name in names
    ]
    return {**role, "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached], "InlinePolicies": inline}


def _set_policies(context: Context) -> None:
    role = {"RoleName": context.id}
    for name in ("managedPolicyArns", "inlinePolicies"):
        wanted, present = context.inputs.get(name), context.old.get(name) or []
        if wanted is None or (context.old and name not in context.changed):
            continue
        if name == "managedPolicyArns":
            for arn in present:
                if arn not in wanted:
                    context.call("detach_role_policy", {**role, "PolicyArn": arn})
            for arn in wanted:
                context.call("attach_role_policy", {**role, "PolicyArn": arn})
        else:
            for policy in present:
                if policy["name"] not in [p["name"] for p in wanted]:
                    context.call("delete_role_policy", {**role, "PolicyName": policy["name"]})
            for policy in wanted:
                given = {"PolicyName": policy["name"], "PolicyDocument": policy["policy"]}
                context.call("put_role_policy", {**role, **given})


def _strip_role(context: Context) -> None:
    """Take away what the provider takes away: its own inline policies, and all when it is told to."""
    role = {"RoleName": context.id}
    force = context.inputs.get("forceDetachPolicies")
    if force or context.inputs.get("managedPolicyArns"):
        for policy in context.call("list_attached_role_policies", role)["AttachedPolicies"]:
            context.call("detach_role_policy", {**role, "PolicyArn": policy["PolicyArn"]})
    if force or context.inputs.get("inlinePolicies"):
        for name in context.call("list_role_policies", role)["PolicyNames"]:
            context.call("delete_role_policy", {**role, "PolicyName": name})


ROLE = Entry(
    "aws:iam/role:Role",
    service="iam",
    region=_GLOBAL,
    inputs=props(
        "description permissionsBoundary",
        required="assumeRolePolicy",
        replaces="name namePrefix path",
        computed="name namePrefix managedPolicyArns inlinePolicies",
        sets="managedPolicyArns inlinePolicies",
        json="assumeRolePolicy",
        local="forceDetachPolicies namePrefix",
        defaults={"maxSessionDuration": 3600, "path": "/"},
        api={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
        reads={"permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn"},
        from_api={"assumeRolePolicy": _document},
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 64),
    create=Call("create_role"),
    id="Role.RoleName",
    read=(_role,),
    updates=(
        Do(_set_policies, "managedPolicyArns inlinePolicies", on_create=True),
        Call("update_assume_role_policy", {"RoleName": "{id}", "PolicyDocument": "{assumeRolePolicy}"}, sends=""),
        Call(
            "put_role_permissions_boundary",
            {"RoleName": "{id}", "PermissionsBoundary": "{permissionsBoundary}"},
            sends="",
            unset=Call("delete_role_permissions_boundary", {"RoleName": "{id}"}),
        ),
        Call("update_role", {"RoleName": "{id}"}, sends="description maxSessionDuration", whole=True),
    ),
    delete=(_strip_role, Call("delete_role", {"RoleName": "{id}"})),
    outputs={"arn": "Arn", "createDate": "CreateDate", "uniqueId": "RoleId"},
    tags=_tags("role", "RoleName"),
)


def _name_of_role(value: Any) -> Any:
    """Programs pass a role by name, or by ARN."""
    return value.rsplit("/", 1)[-1] if isinstance(value, str) else value


ROLE_POLICY = Entry(
    "aws:iam/rolePolicy:RolePolicy",
    service="iam",
    region=_GLOBAL,
    inputs=props(
        required="policy role",
        replaces="name namePrefix role",
        computed="name namePrefix",
        json="policy",
        local="namePrefix",
        api={"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"},
        from_api={"policy": _document},
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 128),
    create=Call("put_role_policy"),
    id="{role}:{name}",
    read=(Call("get_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}),),
    updates=(
        Call("put_role_policy", {"RoleName": "{role}", "PolicyName": "{name}", "PolicyDocument": "{policy}"}, sends=""),
    ),
    delete=(Call("delete_role_policy", {"RoleName": "{role}", "PolicyName": "{name}"}),),
)


def _attachment(context: Context) -> Any:
    attached = context.call("list_attached_role_policies", {"RoleName": context.inputs["role"]})["AttachedPolicies"]
    found = any(policy["PolicyArn"] == context.inputs["policyArn"] for policy in attached)
    return {"RoleName": context.inputs["role"], "PolicyArn": context.inputs["policyArn"]} if found else None


ROLE_POLICY_ATTACHMENT = Entry(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    region=_GLOBAL,
    inputs=props(
        required="policyArn role",
        replaces="policyArn role",
        api={"role": "RoleName"},
        to_api={"role": _name_of_role},
    ),
    create=Call("attach_role_policy"),
    id="{role}/{policyArn}",
    read=(_attachment,),
    delete=(Call("detach_role_policy", {"RoleName": "{role}", "PolicyArn": "{policyArn}"}),),
)


def _policy(context: Context) -> Any:
    policy = context.call("get_policy", {"PolicyArn": context.id})["Policy"]
    version = {"PolicyArn": context.id, "VersionId": policy["DefaultVersionId"]}
    document = context.call("get_policy_version", version)["PolicyVersion"]["Document"]
    return {**policy, "PolicyDocument": document}


def _new_version(context: Context) -> None:
    """Make the document the default version; there is room for five, so the oldest has to go."""
    versions = context.call("list_policy_versions", {"PolicyArn": context.id})["Versions"]
    if len(versions) > 4:  # noqa: PLR2004
        oldest = min((v for v in versions if not v["IsDefaultVersion"]), key=lambda v: v["CreateDate"])
        context.call("delete_policy_version", {"PolicyArn": context.id, "VersionId": oldest["VersionId"]})
    document = {"PolicyDocument": context.inputs["policy"], "SetAsDefault": True}
    context.call("create_policy_version", {"PolicyArn": context.id, **document})


def _drop_versions(context: Context) -> None:
    for version in context.call("list_policy_versions", {"PolicyArn": context.id})["Versions"]:
        if not version["IsDefaultVersion"]:
            context.call("delete_policy_version", {"PolicyArn": context.id, "VersionId": version["VersionId"]})


POLICY = Entry(
    "aws:iam/policy:Policy",
    service="iam",
    region=_GLOBAL,
    inputs=props(
        required="policy",
        replaces="description name namePrefix path",
        computed="name namePrefix",
        json="policy",
        local="delayAfterPolicyCreationInMs namePrefix",
        defaults={"path": "/"},
        api={"name": "PolicyName", "policy": "PolicyDocument"},
        from_api={"policy": _document},
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 128),
    create=Call("create_policy"),
    id="Policy.Arn",
    read=(_policy,),
    updates=(Do(_new_version, "policy"),),
    delete=(_drop_versions, Call("delete_policy", {"PolicyArn": "{id}"})),
    outputs={"arn": "{id}", "attachmentCount": "AttachmentCount", "policyId": "PolicyId"},
    tags=_tags("policy", "PolicyArn"),
)


def _set_role(context: Context) -> None:
    profile = {"InstanceProfileName": context.id}
    if context.old.get("role"):
        _name = _name_of_role(context.old["role"])
        context.call("remove_role_from_instance_profile", {**profile, "RoleName": _name})
    if context.inputs.get("role"):
        _name = _name_of_role(context.inputs["role"])
        context.call("add_role_to_instance_profile", {**profile, "RoleName": _name})


def _remove_role(context: Context) -> None:
    profile = {"InstanceProfileName": context.id}
    for role in context.call("get_instance_profile", profile)["InstanceProfile"]["Roles"]:
        context.call("remove_role_from_instance_profile", {**profile, "RoleName": role["RoleName"]})


INSTANCE_PROFILE = Entry(
    "aws:iam/instanceProfile:InstanceProfile",
    service="iam",
    region=_GLOBAL,
    inputs=props(
        "role",
        replaces="name namePrefix path",
        computed="name namePrefix",
        local="namePrefix",
        defaults={"path": "/"},
        api={"name": "InstanceProfileName"},
        reads={"role": "Roles.0.RoleName"},
    ),
    conflicts=("name namePrefix",),
    autoname=Autoname("name", 128),
    create=Call("create_instance_profile"),
    id="InstanceProfile.InstanceProfileName",
    read=(Call("get_instance_profile", {"InstanceProfileName": "{id}"}, at="InstanceProfile"),),
    updates=(Do(_set_role, "role", on_create=True),),
    delete=(_remove_role, Call("delete_instance_profile", {"InstanceProfileName": "{id}"})),
    outputs={"arn": "Arn", "createDate": "CreateDate", "uniqueId": "InstanceProfileId"},
    tags=_tags("instance_profile", "InstanceProfileName"),
)

ENTRIES = (ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT, POLICY, INSTANCE_PROFILE)

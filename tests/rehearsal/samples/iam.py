import json
from typing import Any

from . import Sample


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def allow(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "role": ("aws:iam/role:Role", {"assumeRolePolicy": trust("vpc-flow-logs.amazonaws.com")}),
    "other-role": ("aws:iam/role:Role", {"assumeRolePolicy": trust("ec2.amazonaws.com")}),
    "policy": ("aws:iam/policy:Policy", {"policy": allow("s3:ListAllMyBuckets")}),
}

SAMPLES = [
    Sample(
        "aws:iam/role:Role",
        {"assumeRolePolicy": trust("ec2.amazonaws.com"), "description": "Servers", "tags": {"Team": "web"}},
        updated={"assumeRolePolicy": trust("ssm.amazonaws.com"), "maxSessionDuration": 7200},
        replaced={"path": "/service/"},
    ),
    Sample(
        "aws:iam/role:Role",
        {
            "assumeRolePolicy": trust("ec2.amazonaws.com"),
            "managedPolicyArns": ["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore", "{policy.arn}"],
            "inlinePolicies": [{"name": "list", "policy": allow("s3:ListAllMyBuckets")}],
            "permissionsBoundary": "{policy.arn}",
        },
        updated={"managedPolicyArns": ["{policy.arn}"], "permissionsBoundary": None},
        note="with policies",
    ),
    Sample(
        "aws:iam/rolePolicy:RolePolicy",
        {"role": "{role.id}", "policy": allow("logs:PutLogEvents")},
        updated={"policy": allow("logs:CreateLogStream")},
        replaced={"role": "{other-role.id}"},
    ),
    Sample(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "{role.name}", "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
        replaced={"policyArn": "{policy.arn}"},
    ),
    Sample(
        "aws:iam/policy:Policy",
        {"policy": allow("s3:GetObject"), "description": "Reads"},
        updated={"policy": allow("s3:GetObjectVersion")},
        replaced={"description": "Writes"},
    ),
    Sample(
        "aws:iam/instanceProfile:InstanceProfile",
        {"role": "{role.name}"},
        updated={"role": "{other-role.name}"},
    ),
]

"""A Lambda function of a component: its code, its role, its log."""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ._trust import trust

_COMPONENTS = Path(__file__).parent
_ARCHIVED = "elasticweb"

RUNTIME = "python3.13"
"""What the code is written for."""


class Code(NamedTuple):
    """Python that a function runs: files named one by one, since a folder would bring its `__pycache__`."""

    handler: str
    """Module of these components and function in it, such as `functions.replicas.handler.handle`."""

    modules: Sequence[str]
    """Files beside this one that it imports, itself included, such as `functions/replicas/handler.py`."""

    packages: Sequence[str] = ()
    """Pure Python packages of others that it imports, which must be installed wherever the program runs."""

    texts: Mapping[str, str] = {}
    """Further files by their paths beside this one: what is known when the program runs."""


class Vpc(TypedDict):
    """Where in a network a function runs."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]


class Running(TypedDict):
    """How a function runs."""

    environment: NotRequired[Mapping[str, pulumi.Input[str]]]
    timeout_seconds: NotRequired[int]
    """Defaults to 60; at most 900."""
    memory_mib: NotRequired[int]
    """Defaults to 256, with which boto3 loads in about a second."""
    concurrency: NotRequired[int | None]
    """How many may run at once. By default as many as are called. AWS refuses to set aside any while the account
    has its initial quota of 10."""
    vpc: NotRequired[Vpc]
    log_retention_days: NotRequired[int]
    """Defaults to 30."""


class Owner(NamedTuple):
    """Whose function it is."""

    name: str
    parent: pulumi.Resource
    tags: Mapping[str, pulumi.Input[str]]


class Made(NamedTuple):
    """A function and what must be in place before it is called."""

    function: aws.lambda_.Function
    log_group: aws.cloudwatch.LogGroup
    ready: list[pulumi.Resource]


def function(
    owner: Owner, description: str, code: Code, statements: Sequence[Mapping[str, Any]], running: Running
) -> Made:
    """Make the function *owner*, whose role allows *statements* (of an IAM policy) and its own log."""
    child = pulumi.ResourceOptions(parent=owner.parent)
    log_group = aws.cloudwatch.LogGroup(
        f"{owner.name}-log",
        retention_in_days=running.get("log_retention_days", 30),
        tags=owner.tags,
        opts=child,
    )
    role, permissions = _role(owner, description, log_group, statements, in_a_network="vpc" in running)
    vpc = running.get("vpc")
    made = aws.lambda_.Function(
        owner.name,
        description=description,
        runtime=RUNTIME,
        architectures=["arm64"],
        handler=f"{_ARCHIVED}.{code.handler}",
        code=archive(code),
        role=role.arn,
        timeout=running.get("timeout_seconds", 60),
        memory_size=running.get("memory_mib", 256),
        reserved_concurrent_executions=running.get("concurrency"),
        environment={"variables": running["environment"]} if "environment" in running else None,
        vpc_config={"subnet_ids": vpc["subnet_ids"], "security_group_ids": vpc["security_group_ids"]} if vpc else None,
        logging_config={"log_format": "JSON", "log_group": log_group.name},
        tags=owner.tags,
        # With its permissions: the first call may come at once, and in a network it is AWS that uses them.
        opts=pulumi.ResourceOptions(parent=owner.parent, depends_on=permissions),
    )
    return Made(made, log_group, permissions)


def archive(code: Code) -> pulumi.AssetArchive:
    """Return the *code* as Lambda unpacks it: these components' folders under one of a name that never changes.

    Whether the components are called `components` or `elasticweb` here, relative imports mean the same there; their
    own `__init__` files, which import all the rest, stay behind.
    """
    files = {path: (_COMPONENTS / path).read_text(encoding="utf-8") for path in code.modules} | dict(code.texts)
    folders = {str(folder) for path in files for folder in Path(path).parents}
    # Not quite empty: the engine hands over a text without characters as no text at all.
    empty = {str(Path(_ARCHIVED, folder, "__init__.py")): "\n" for folder in folders}
    assets: dict[str, pulumi.Asset | pulumi.Archive] = {
        path: pulumi.StringAsset(text)
        for path, text in sorted({**empty, **{f"{_ARCHIVED}/{path}": text for path, text in files.items()}}.items())
    }
    for package in code.packages:
        assets |= {path: pulumi.StringAsset(text) for path, text in _package(package).items()}
    return pulumi.AssetArchive(assets)


def _package(name: str) -> dict[str, str]:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError(f"a function of elasticweb needs the Python package {name}: install it", name=name)
    root = Path(found.submodule_search_locations[0])
    return {
        f"{name}/{path.relative_to(root).as_posix()}": path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.py"))
    }


def _role(
    owner: Owner,
    description: str,
    log_group: aws.cloudwatch.LogGroup,
    statements: Sequence[Mapping[str, Any]],
    *,
    in_a_network: bool,
) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
    child = pulumi.ResourceOptions(parent=owner.parent)
    role = aws.iam.Role(
        f"{owner.name}-role",
        description=description,
        assume_role_policy=trust("lambda.amazonaws.com"),
        tags=owner.tags,
        opts=child,
    )
    log = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": pulumi.Output.concat(log_group.arn, ":*"),
    }
    permissions: list[pulumi.Resource] = [
        aws.iam.RolePolicy(
            f"{owner.name}-role-policy",
            role=role.id,
            policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [log, *statements]}),
            opts=child,
        )
    ]
    if in_a_network:
        partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=owner.parent)).partition
        permissions.append(
            aws.iam.RolePolicyAttachment(
                f"{owner.name}-role-network",
                role=role.name,
                # The interfaces only; logs are allowed above, and for one group (Lambda developer guide,
                # "Giving Lambda functions access to resources in an Amazon VPC").
                policy_arn=pulumi.Output.concat(
                    "arn:", partition, ":iam::aws:policy/service-role/AWSLambdaENIManagementAccess"
                ),
                opts=child,
            )
        )
    return role, permissions

"""The small values by which storage and databases connect to machines."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi


class PolicyStatement(TypedDict):
    """What a machine's role is allowed to do."""

    actions: Sequence[str]
    """IAM actions, such as `s3:GetObject`. No wildcard for a whole service."""

    resources: Sequence[pulumi.Input[str]]
    """ARNs that the actions apply to."""

    conditions: NotRequired[Mapping[str, Mapping[str, pulumi.Input[str]]]]
    """IAM conditions: operator, then condition key and value. Defaults to none."""


class Connection(TypedDict):
    """A TCP service that a machine talks to: opened on both security groups."""

    name: str
    """Short stable key, unique per machine, such as `database`; part of the logical names of the rules."""

    security_group_id: pulumi.Input[str]
    """The security group of the service."""

    port: int
    """TCP port of the service."""

    statements: NotRequired[Sequence[PolicyStatement]]
    """What the machine's role must be allowed, such as to log in with tokens of IAM. Defaults to nothing."""


class Mount(TypedDict):
    """A directory of a machine that lives elsewhere: handed out by storage, set up by the machine."""

    name: str
    """Short stable key, unique per machine, such as `files`."""

    path: str
    """Absolute path at which the directory appears."""

    type: str
    """File system type of the mount unit: `s3files`, `mount-s3`, `xfs`."""

    source: pulumi.Input[str]
    """What is mounted: a file system id, a bucket, a device or label."""

    options: NotRequired[pulumi.Input[str]]
    """Mount options, comma-separated. Defaults to `defaults`."""

    owner: NotRequired[str]
    """`user:group` that the mounted root directory is given. Defaults to leaving it alone."""

    packages: NotRequired[Mapping[str, Sequence[str]]]
    """Packages of the client by distribution (`al2023`, `ubuntu`). Defaults to none."""

    setup: NotRequired[Mapping[str, Sequence[pulumi.Input[str]]]]
    """Shell commands by distribution that run before the mount (install a client, attach a volume). None by default."""

    setup_in_image: NotRequired[bool]
    """Whether `setup` installs a client and nothing else, so that it can run when an image is built, too. Commands that
    hold Outputs never do. Defaults to false."""

    statements: NotRequired[Sequence[PolicyStatement]]
    """What the machine's role must be allowed. Defaults to nothing."""

    connection: NotRequired[Connection]
    """The network service behind the mount, if there is one. Defaults to none."""

"""What can be said about a web tier."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from ..._mounts import Connection, Mount
from ..._sources import StorageMount
from ...machine import MachineSpec, SecretFile
from .alarms import Alarms
from .fleet import Fleet
from .site import Site


class WebTierArgs(TypedDict):
    """What a web tier needs to know."""

    vpc_id: pulumi.Input[str]
    """The network that it lives in. A change replaces everything."""

    public_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the load balancer, in at least two zones."""

    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets of the servers, with a way out to package repositories and AWS."""

    fleet: NotRequired[Fleet]
    """How many servers run. Defaults to two to four, by processor use."""

    site: NotRequired[Site]
    """How the site is reached. Defaults to plain HTTP."""

    alarms: NotRequired[Alarms]
    """When somebody is told that the site is not well, and who. Defaults to all alarms, to a new topic."""

    machine: NotRequired[MachineSpec]
    """How a server is made. A change replaces the servers, a few at a time. Defaults to the machine's defaults."""

    mounts: NotRequired[Sequence[Mount]]
    """Directories of the servers that live elsewhere, as storage hands them out. Defaults to none."""

    storage_mounts: NotRequired[Sequence[StorageMount]]
    """Storage to mount by its output `mount_source`: what programs in other languages than Python use in place of
    `mounts`. Defaults to none."""

    connections: NotRequired[Sequence[Connection]]
    """Services that the servers talk to, such as a database. Defaults to none."""

    secret_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Secrets in Secrets Manager that the servers may read. Defaults to none."""

    secrets: NotRequired[Sequence[SecretFile]]
    """Secrets that the servers fetch at every boot and every hour, as files in memory. Defaults to none."""

    instance_connect_security_group_id: NotRequired[pulumi.Input[str]]
    """Security group of an EC2 Instance Connect endpoint that may reach the servers by SSH, such as the `Network`'s.
    Defaults to none: Session Manager is the way in."""

    disposable: NotRequired[bool]
    """Whether a deployment may delete the load balancer, the zone and the logs, with what they hold. Defaults to
    false: the load balancer refuses deletion, zone and log bucket are protected and outlive the stack."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags for everything here, servers and their volumes included. Defaults to none."""

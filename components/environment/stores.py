"""What holds an environment's data, and what its servers are told of it."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .._args import InvalidArgs
from .._instance_connect import handed_on
from ..machine import MachineSpec
from ..machine.preparation import secret_file
from ..network import NatGateways
from ..shared_storage import MountWith, SharedStorage, SharedStorageArgs, kept_in
from .databases import Database, make_database
from .places import Place
from .shapes import EnvironmentArgs


def stores(
    name: str, args: EnvironmentArgs, network: Place, child: pulumi.ResourceOptions
) -> tuple[SharedStorage, Database]:
    """Make the shared files and the database."""
    tags, disposable = args.get("tags", {}), args.get("disposable", False)
    storage = SharedStorage(
        f"{name}-storage",
        SharedStorageArgs(
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            availability_zones=network.availability_zones,
            storage=args.get("storage", {}),
            disposable=disposable,
            tags=tags,
            **_told(args),
            **handed_on(network.instance_connect_security_group_id),
        ),
        child,
    )
    return storage, make_database(name, args, network, child)


def check_files(args: EnvironmentArgs) -> None:
    """Raise :class:`InvalidArgs` for a server of shared files that could not reach what it asks."""
    nat = args.get("network", {}).get("nat_gateways")
    if nat is NatGateways.NONE and MountWith.NFS_SERVER in kept_in(args.get("storage", {})):
        raise InvalidArgs(
            "Environment: storage.mount_with and storage.beside must not be nfs_server with network.nat_gateways none: "
            "the server asks Route 53, which has no endpoint in the network; use efs or s3_files, or NAT"
        )


def _told(args: EnvironmentArgs) -> dict[str, Any]:
    """Return who is told about the shared files: the environment's topic."""
    alarms = args.get("alarms", {})
    return {"alarm_topic_arn": alarms["topic_arn"]} if "topic_arn" in alarms and alarms.get("enabled", True) else {}


def surroundings_of(
    database: Database, secret_arn: pulumi.Input[str], storage_path: str
) -> dict[str, pulumi.Input[str]]:
    """Return the variables by which servers find the database and the shared files."""
    return {
        "DATABASE_HOST": database.host,
        "DATABASE_READER_HOST": database.reader_host,
        "DATABASE_PORT": database.port.apply(str),
        "DATABASE_NAME": database.database_name,
        "DATABASE_SECRET_ARN": secret_arn,
        "DATABASE_SECRET_FILE": secret_file("database"),
        "FILES_PATH": storage_path,
    }


def surrounded(machine: MachineSpec, surroundings: Mapping[str, pulumi.Input[str]]) -> MachineSpec:
    """Return *machine* with what it has to know of its surroundings; its own variables win."""
    return {**machine, "environment": {**surroundings, **machine.get("environment", {})}}

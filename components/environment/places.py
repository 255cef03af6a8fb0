"""Where an environment stands: in a network of its own or in one that is there already."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi

from .._args import InvalidArgs
from ..network import Network
from .shapes import EnvironmentArgs


class Place(NamedTuple):
    """The network's ids, whoever made it."""

    availability_zones: Sequence[str]
    vpc_id: pulumi.Output[str]
    public_subnet_ids: list[pulumi.Output[str]]
    private_subnet_ids: list[pulumi.Output[str]]
    isolated_subnet_ids: list[pulumi.Output[str]]
    instance_connect_security_group_id: pulumi.Output[str] | None = None


def check_networks(args: EnvironmentArgs) -> None:
    """Raise :class:`InvalidArgs` unless there is exactly one network, whole."""
    network, existing = args.get("network"), args.get("existing_network")
    if (network is None) == (existing is None):
        raise InvalidArgs("Environment: exactly one of network and existing_network must be given")
    if existing is None:
        return
    zones = existing["availability_zones"]
    subnets = {
        "public_subnet_ids": existing["public_subnet_ids"],
        "private_subnet_ids": existing["private_subnet_ids"],
        "isolated_subnet_ids": existing["isolated_subnet_ids"],
    }
    for kind, ids in subnets.items():
        if len(ids) != len(zones):
            raise InvalidArgs(
                f"Environment: existing_network.{kind} must have one subnet per zone ({len(zones)}), got {len(ids)}"
            )


def place(name: str, args: EnvironmentArgs, child: pulumi.ResourceOptions) -> Place:
    """Return the network that *args* give, or the one that they ask to be created."""
    existing = args.get("existing_network")
    if existing is not None:
        return Place(
            existing["availability_zones"],
            pulumi.Output.from_input(existing["vpc_id"]),
            _outputs(existing["public_subnet_ids"]),
            _outputs(existing["private_subnet_ids"]),
            _outputs(existing["isolated_subnet_ids"]),
        )
    network = args["network"]  # pyright: ignore[reportTypedDictNotRequiredAccess]  one of the two is there
    tags = {**args.get("tags", {}), **network.get("tags", {})}
    made = Network(f"{name}-network", {**network, "tags": tags}, child)
    return Place(
        network["availability_zones"],
        made.vpc_id,
        made.public_subnet_ids,
        made.private_subnet_ids,
        made.isolated_subnet_ids,
        made.instance_connect_security_group_id,
    )


def _outputs(ids: Sequence[pulumi.Input[str]]) -> list[pulumi.Output[str]]:
    return [pulumi.Output.from_input(id_) for id_ in ids]

"""The golden image of an environment's web servers."""

from collections.abc import Sequence

import pulumi

from .._mounts import Mount
from ..golden_image import GoldenImage, GoldenImageArgs
from ..machine import MachineSpec
from .places import Place
from .shapes import EnvironmentArgs


def golden_image(  # noqa: PLR0913, PLR0917
    name: str,
    args: EnvironmentArgs,
    network: Place,
    machine: MachineSpec,
    mounts: Sequence[Mount],
    child: pulumi.ResourceOptions,
) -> GoldenImage | None:
    """Make the pipeline that prepares *machine* beforehand, where *args* ask for it."""
    golden = args.get("golden_image")
    if golden is None:
        return None
    return GoldenImage(
        f"{name}-image",
        GoldenImageArgs(
            vpc_id=network.vpc_id,
            subnet_id=network.private_subnet_ids[0],
            machine=machine,
            mounts=mounts,
            golden_image=golden,
            tags=args.get("tags", {}),
        ),
        child,
    )

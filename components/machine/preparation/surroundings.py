"""What a machine is told beside its own declaration, by those who launch it."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi

from ..parts import Lifecycle, SecretFile


class Surroundings(TypedDict):
    """What a machine is told by those who launch it; an image that is made of it is told nothing."""

    secrets: NotRequired[Sequence[SecretFile]]
    lifecycle: NotRequired[Lifecycle]
    log_group: NotRequired[pulumi.Input[str]]
    """Where the CloudWatch agent sends logs; needed when the machine has one."""

"""What every part of a web tier has in common."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi


class Context(NamedTuple):
    """The tier that a part belongs to."""

    name: str
    tier: pulumi.Resource
    disposable: bool
    tags: Mapping[str, pulumi.Input[str]]

    def child(self, *, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Return the options of a part that is made after the others, and deleted before them."""
        return pulumi.ResourceOptions(parent=self.tier, depends_on=list(after))

    def kept(self) -> pulumi.ResourceOptions:
        """Return the options of a stateful part: unless the tier is disposable it is protected and outlives it."""
        keep = not self.disposable
        return pulumi.ResourceOptions(parent=self.tier, protect=keep, retain_on_delete=keep)

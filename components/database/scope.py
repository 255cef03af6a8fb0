"""Whose children a database makes, and how they are kept."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi


class Scope(NamedTuple):
    """Whose children are made."""

    name: str
    tags: Mapping[str, pulumi.Input[str]]
    parent: pulumi.Resource
    disposable: bool
    region: str | None = None
    """None is the stack's."""

    def child(self) -> pulumi.ResourceOptions:
        """Options of a child that can be made again."""
        return pulumi.ResourceOptions(parent=self.parent)

    def needed(self) -> pulumi.ResourceOptions:
        """Options of a child that AWS does not delete while a kept database has it."""
        return pulumi.ResourceOptions(parent=self.parent, retain_on_delete=None if self.disposable else True)

    def stateful(
        self, depends_on: Sequence[pulumi.Resource] = (), ignore_changes: Sequence[str] = ()
    ) -> pulumi.ResourceOptions:
        """Options of a child that holds what cannot be made again."""
        kept = None if self.disposable else True
        return pulumi.ResourceOptions(
            parent=self.parent,
            protect=kept,
            retain_on_delete=kept,
            depends_on=list(depends_on),
            ignore_changes=list(ignore_changes),
        )

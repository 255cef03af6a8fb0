"""Whose children backups make, and how they are kept."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws


class Scope(NamedTuple):
    """The backups that a part belongs to."""

    name: str
    parent: pulumi.Resource
    disposable: bool
    tags: Mapping[str, pulumi.Input[str]]
    account: pulumi.Output[str]
    partition: pulumi.Output[str]
    region: pulumi.Output[str]

    def child(self, *, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Return the options of a part that can be made again."""
        return pulumi.ResourceOptions(parent=self.parent, depends_on=list(after))

    def kept(self, *, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """Return the options of what holds data: unless disposable it is protected and outlives the stack."""
        keep = not self.disposable
        return pulumi.ResourceOptions(parent=self.parent, protect=keep, retain_on_delete=keep, depends_on=list(after))


def scope(name: str, parent: pulumi.Resource, tags: Mapping[str, pulumi.Input[str]], *, disposable: bool) -> Scope:
    """Return the scope of the backups *parent*."""
    lookup = pulumi.InvokeOutputOptions(parent=parent)
    account = aws.get_caller_identity_output(opts=lookup).account_id
    region = aws.get_region_output(opts=lookup).region
    return Scope(name, parent, disposable, tags, account, aws.get_partition_output(opts=lookup).partition, region)

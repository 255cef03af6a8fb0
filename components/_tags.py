"""Tags for what AWS itself launches later: instances, their volumes and network interfaces."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws


def launched(parent: pulumi.Resource, own: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[dict[str, str]]:
    """Return the provider's default tags with *own* over them.

    The provider puts its default tags on what it makes itself, and no Auto Scaling group makes an instance by the
    provider (documentation of ``aws.get_default_tags``). Backups and bills look for tags on instances and volumes.
    """
    defaults = aws.get_default_tags_output(opts=pulumi.InvokeOutputOptions(parent=parent)).tags
    return pulumi.Output.all(defaults, own).apply(lambda tags: _in_order(tags[0] or {}, tags[1]))


def _in_order(defaults: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Put *own* over *defaults*, in an order that does not change: JSON and lists are made of them."""
    return dict(sorted({**defaults, **own}.items()))


def propagated(
    parent: pulumi.Resource, own: Mapping[str, pulumi.Input[str]]
) -> pulumi.Output[Sequence[aws.autoscaling.GroupTagArgsDict]]:
    """Return the same tags in the form of an Auto Scaling group, which hands them to its instances."""
    return launched(parent, own).apply(
        lambda tags: [{"key": key, "value": value, "propagate_at_launch": True} for key, value in sorted(tags.items())]
    )

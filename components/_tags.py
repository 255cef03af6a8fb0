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
    return pulumi.Output.all(defaults, own).apply(
        lambda tags: dict(sorted({**(tags[0] or {}), **tags[1]}.items()))  # in one order, for whatever holds them
    )


def propagated(
    parent: pulumi.Resource, own: Mapping[str, pulumi.Input[str]]
) -> pulumi.Output[Sequence[aws.autoscaling.GroupTagArgsDict]]:
    """Return the same tags in the form of an Auto Scaling group, which hands them to its instances."""
    return launched(parent, own).apply(
        lambda tags: [{"key": key, "value": value, "propagate_at_launch": True} for key, value in sorted(tags.items())]
    )

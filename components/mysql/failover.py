"""Who is written to, and what keeps an empty database from taking the place of one with rows."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from .._args import InvalidArgs
from .._hooks import hook_name
from .checks import Member
from .instances import Place, primary, standing
from .upgrade import replicas_first


def never_made(name: str, part: str, problem: str) -> pulumi.ResourceHook:
    """Return the hook that refuses, in the preview already, to make the *part* of the database *name* anew.

    It stands in the program since it was made before. When it is gone on AWS and `--refresh` has told the engine so,
    the engine would make another, without the rows.
    """

    async def refuse(_: pulumi.ResourceHookArgs) -> None:
        raise InvalidArgs(f"MySQL: {problem}")

    return pulumi.ResourceHook(
        hook_name(f"{name}-{part}-never-made"), refuse, pulumi.ResourceHookOptions(on_dry_run=True)
    )


def former_gone(key: str, writer: str) -> str:
    """Say what to do when an instance that was written to earlier is not there."""
    return (
        f"database.gone_writers must hold {key!r}: it is not there any more, {writer!r} is written to instead of it, "
        "and another one would be empty"
    )


def writer_gone(key: str) -> str:
    """Say what to do when a writer is not there."""
    return (
        f"database.writers must name replicas that are there: {key!r} is not, and one that is made now would be empty. "
        "Name another one behind it in writers, and it in gone_writers; or restore a backup (restore_from)"
    )


def replica_gone(key: str) -> str:
    """Say what to do when a replica that shall be promoted is not there."""
    return (
        f"database.replicas: {key!r} must be deployed as a replica before it is promoted: one that is made now would "
        "be empty"
    )


def write_to(place: Place, groups: Mapping[str, aws.rds.ParameterGroup]) -> aws.rds.Instance:
    """Make the instance that is written to, and keep those that were: nothing of them is changed or deleted."""
    scope, members = place.scope, place.database.members
    there = {region: group.name for region, group in groups.items()}
    hooks = replicas_first(scope.parent, scope.name, place.database.major, there)
    if members.writer is None:
        return primary(place, hooks)
    if not members.primary_gone:
        primary(place, _never(place, "primary", former_gone("primary", members.writer.key)))
    instance_class = place.database.instance_class
    for member in members.former:
        standing(place, member, instance_class, _never(place, member.part, former_gone(member.key, members.writer.key)))
    hooks.before_create = _never(place, members.writer.part, writer_gone(members.writer.key)).before_create
    return standing(place, members.writer, instance_class, hooks)


def let_go(place: Place, member: Member) -> aws.rds.Instance:
    """Let a replica stand alone that nothing else depends on."""
    return standing(place, member, member.instance_class, _never(place, member.part, replica_gone(member.key)))


def _never(place: Place, part: str, problem: str) -> pulumi.ResourceHookBinding:
    return pulumi.ResourceHookBinding(before_create=[never_made(place.scope.name, part, problem)])

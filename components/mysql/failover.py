"""Who is written to, and what keeps an empty database from taking the place of one with rows."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from .._args import InvalidArgs
from .._hooks import hook_name
from ..database.restore import role
from .checks import Database, Member
from .instances import Place, primary, standing
from .upgrade import replicas_first

STANDING = "standing"
"""Input of the component: what instances are called that stand alone."""


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


def stands(name: str, database: Database) -> list[str]:
    """Return what instances are called that were replicas and stand alone, with rows of their own."""
    members = database.members
    alone = [*members.former, *members.promoted, *([members.writer] if members.writer else [])]
    return sorted(_called(name, database, member) for member in alone)


def stays(name: str, database: Database) -> pulumi.ResourceHookBinding | None:
    """Return the hook that refuses to let an instance follow again that stood alone.

    Mostly the provider refuses it; but with another zone, key or region as well the engine makes another instance, and
    it lets go of one that was protected when the program protects it no more. A replacement has no hook that sees what
    was there before, so the component has it: its inputs say who stands alone, and its step is before its children's.
    """
    following = {_called(name, database, member): member.key for member in database.members.replicas}
    if not following:
        return None

    async def refuse(args: pulumi.ResourceHookArgs) -> None:
        for called in (args.old_inputs or {}).get(STANDING, ()):
            if called in following:
                raise InvalidArgs(f"MySQL: {alone_once(following[called])}")

    return pulumi.ResourceHookBinding(
        before_update=[
            pulumi.ResourceHook(hook_name(f"{name}-stays"), refuse, pulumi.ResourceHookOptions(on_dry_run=True))
        ]
    )


def alone_once(key: str) -> str:
    """Say what to do when a replica that stands alone shall follow again."""
    return (
        f"database.replicas: {key!r} stands alone and has rows of its own, which another one in its place would not "
        "have: keep it in writers or `promoted: true`, or give the replica another name"
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


def _called(name: str, database: Database, member: Member) -> str:
    return f"{name}-{role(database.restored, member.part)}"


def _never(place: Place, part: str, problem: str) -> pulumi.ResourceHookBinding:
    return pulumi.ResourceHookBinding(before_create=[never_made(place.scope.name, part, problem)])

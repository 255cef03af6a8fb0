"""Carrying a decision out: each step may have been taken already, and may be taken twice."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from . import journal as journals
from .errors import code_of
from .model import Action, Kind, Observation, Policy
from .names import enter, leave
from .observe import Sight
from .place import Aws, Place

_DONE = {
    # By error code: somebody else was faster, or the last invocation did it and was cut off.
    Kind.CREATE: ("DBInstanceAlreadyExists",),
    # Also not deletable at the moment: the next invocation sees what has become of it.
    Kind.DELETE: ("DBInstanceNotFound", "InvalidDBInstanceState"),
}


def carry_out(  # noqa: PLR0913, PLR0917
    aws: Aws, place: Place, policy: Policy, sight: Sight, seen: Observation, entry: str, action: Action
) -> None:
    """Write down what *action* is about to do in the place of *entry*, then do it."""
    if action.journal is None:
        return
    journals.write(aws, place, entry, replace(action.journal, number=seen.journal.number + 1))
    replica = next((found for found in seen.replicas if found.key == action.key), None)
    if action.kind is Kind.CREATE:
        _unless(_DONE[Kind.CREATE], lambda: create(aws, place, action.key))
    elif action.kind is Kind.ENTER and replica is not None:
        enter(aws, place, policy, replica)
    elif action.kind is Kind.LEAVE:
        for record in sight.records:
            if record.get("SetIdentifier") == action.key:
                leave(aws, place, record)
    elif action.kind is Kind.DELETE and replica is not None and _still_follows(aws, place, replica.identifier):
        delete(aws, replica.identifier)


def create(aws: Aws, place: Place, key: str) -> None:
    """Ask for the replica *key*."""
    aws.rds.create_db_instance_read_replica(
        DBInstanceIdentifier=f"{place.prefix}{key}",
        SourceDBInstanceIdentifier=place.source,
        Tags=[{"Key": k, "Value": v} for k, v in {**place.further_tags, **place.tags}.items()],
        **place.template,
    )


def delete(aws: Aws, identifier: str) -> None:
    """Delete a replica, which holds nothing of its own; RDS refuses a final snapshot of one."""
    _unless(
        _DONE[Kind.DELETE],
        lambda: aws.rds.delete_db_instance(DBInstanceIdentifier=identifier, SkipFinalSnapshot=True),
    )


def _still_follows(aws: Aws, place: Place, identifier: str) -> bool:
    """Whether it is a replica, up to the last moment: one that somebody promotes may be all that is left."""
    try:
        found = aws.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
    except ClientError as error:
        if code_of(error) in _DONE[Kind.DELETE]:
            return False
        raise
    return any(one.get("ReadReplicaSourceDBInstanceIdentifier") == place.source for one in found)


def _unless(codes: tuple[str, ...], call: Callable[[], Any]) -> None:
    try:
        call()
    except ClientError as error:
        if code_of(error) not in codes:
            raise

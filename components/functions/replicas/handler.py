"""What Lambda calls: every minute, and by the deployment when the controller comes, changes or goes."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from . import journal as journals
from .carry import carry_out
from .closing import Clock, close, leave_behind
from .decide import LATE, decide
from .journal import OvertakenError
from .model import Journal, Kind, Phase, Policy
from .observe import look, observe
from .place import Aws, Place, aws, place, policy
from .tidy import tidy

PATIENCE = 60
"""Seconds after which a decision is not carried out any more; with what a call may take it ends before the lease."""


class NotInServiceError(Exception):
    """There is no journal: the deployment has not opened it yet, has closed it, or somebody has deleted it."""


class LateError(Exception):
    """A replica has not come for hours, so nothing else could either; it is still waited for."""


def handle(event: Mapping[str, Any], context: Any) -> dict[str, str]:  # noqa: ANN401  (Lambda's own)
    """Take one step."""
    here = place()
    clock = Clock(time.time, time.sleep, lambda: context.get_remaining_time_in_millis() / 1000)
    said = respond(aws(here.region), here, policy(), clock, event)
    print(json.dumps(said))  # noqa: T201  (what the function logs)
    return said


def respond(aws: Aws, place: Place, policy: Policy, clock: Clock, event: Mapping[str, Any]) -> dict[str, str]:
    """Do what *event* asks for; *event* of a resource `lambda.Invocation` says by `tf.action` what happens to it."""
    wanted = event.get("tf", {}).get("action")
    if wanted == "delete":
        return {"closed": close(aws, place, policy, clock)}
    if wanted is not None:
        # When the resource is made, the provider says so with a null (internal/service/lambda/invocation.go).
        before: Mapping[str, str] = event["tf"].get("prev_input") or {}
        leave_behind(aws, place, clock, before.get("source", place.source))
        return {"opened": open_(aws, place, clock)}
    try:
        return step(aws, place, policy, clock)
    except OvertakenError:
        return {"action": Kind.WAIT, "reason": "another invocation is at work"}


def step(aws: Aws, place: Place, policy: Policy, clock: Clock) -> dict[str, str]:
    """Look, decide, write down, do."""
    now, begun = int(clock.now()), clock.left()
    entry = journals.read(aws, place)
    if entry is None:
        raise NotInServiceError(f"there is no record {place.journal}: see docs/elastic-replicas.md")
    journal = journals.understood(entry)
    sight = look(aws, place)
    seen = observe(aws, place, policy, journal, sight, now)
    action = decide(seen, policy, now)
    told: dict[str, str] = {"action": action.kind, "key": action.key, "reason": action.reason}
    if begun - clock.left() > PATIENCE:
        # Somebody may have decided otherwise since.
        return {"action": Kind.WAIT, "reason": "looking took too long"}
    try:
        carry_out(aws, place, policy, sight, seen, entry, action)
    finally:
        # Whatever comes of the step: a replica that cannot be made must not keep records of one that is gone.
        if journal.phase is not Phase.CLOSING and (done := tidy(aws, place, policy, sight)):
            told["tidied"] = "; ".join(done)
    if action.late:
        raise LateError(f"{action.reason}, for more than {LATE // 3600} hours")
    return told


def open_(aws: Aws, place: Place, clock: Clock) -> str:
    """Begin the journal, or take it over from the function before."""
    entry = journals.read(aws, place)
    if entry is None:
        journals.write(aws, place, None, Journal(at=int(clock.now()), owner=place.function))
        return "the journal is open"
    journal = journals.understood(entry)
    phase = Phase.IDLE if journal.phase is Phase.CLOSING else journal.phase
    journals.write(aws, place, entry, replace(journal, number=journal.number + 1, phase=phase, owner=place.function))
    return "the journal was open"

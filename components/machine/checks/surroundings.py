"""Which secrets and hooks are refused."""

import re

from ..._args import InvalidArgs, check_range
from ..lifecycle import FAREWELL_TIMEOUT_SECONDS, LAUNCH_TIMEOUT_SECONDS
from ..parts import Lifecycle
from ..preparation import Surroundings
from ..spec import MachineSpec
from .words import check_key, check_unique

_SECRET = re.compile(r"arn:[a-z-]+:secretsmanager:[a-z0-9-]+:[^*?]+")
_CODE = "[2345][0-9][0-9]"
_MATCHER = re.compile(rf"{_CODE}(-{_CODE})?(,{_CODE}(-{_CODE})?)*")
_PATH = re.compile(r"/[!-~]*")
_HOST = re.compile(r"[A-Za-z0-9.-]+")


def check_surroundings(component: str, machine: MachineSpec, around: Surroundings) -> None:
    """Raise `InvalidArgs` for what those who launch a machine tell it and cannot be."""
    secrets = around.get("secrets", ())
    check_unique(component, [(f"secrets[{i}].name", secret["name"]) for i, secret in enumerate(secrets)])
    for i, secret in enumerate(secrets):
        check_key(component, f"secrets[{i}].name", secret["name"])
        arn = secret["arn"]
        if isinstance(arn, str) and not _SECRET.fullmatch(arn):
            raise InvalidArgs(
                f"{component}: secrets[{i}].arn must be the ARN of one secret in Secrets Manager, got {arn!r}"
            )
    if "lifecycle" in around:
        _check_lifecycle(component, around["lifecycle"])
    elif machine.get("farewell_commands"):
        raise InvalidArgs(
            f"{component}: machine.farewell_commands must be those of a server that is held while it goes, by the "
            "lifecycle hook of a web tier; here is none"
        )


def _check_lifecycle(component: str, lifecycle: Lifecycle) -> None:
    check_range(component, "lifecycle.port", lifecycle["port"], 1, 65535)
    for field, pattern, text in (
        ("path", _PATH, lifecycle.get("path", "/")),
        ("matcher", _MATCHER, lifecycle.get("matcher", "200")),
        ("host", _HOST, lifecycle.get("host", "localhost")),
    ):
        if not pattern.fullmatch(text):
            raise InvalidArgs(f"{component}: lifecycle.{field} must match {pattern.pattern}, got {text!r}")
    # Heartbeat timeouts are 30 to 7200 seconds (Auto Scaling API, PutLifecycleHook); of less than a minute nothing
    # would be left to act in.
    timeout = lifecycle.get("launch_timeout_seconds", LAUNCH_TIMEOUT_SECONDS)
    check_range(component, "lifecycle.launch_timeout_seconds", timeout, 60, 7200)
    timeout = lifecycle.get("farewell_timeout_seconds", FAREWELL_TIMEOUT_SECONDS)
    check_range(component, "lifecycle.farewell_timeout_seconds", timeout, 60, 7200)

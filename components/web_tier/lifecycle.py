"""The hooks by which the group waits for its servers: until they are ready, and until they have said farewell."""

from typing import Any

import pulumi_aws as aws

from .._args import check_range
from ..machine import Lifecycle
from ..machine.lifecycle import FAREWELL_TIMEOUT_SECONDS, LAUNCH_TIMEOUT_SECONDS, launch_heartbeat_seconds
from .context import Context
from .shapes import Fleet, Site

_LAUNCH = "elasticweb-launch"
_TERMINATE = "elasticweb-terminate"


def part_of(name: str, fleet: Fleet, site: Site) -> Lifecycle:
    """Return what servers are told: which hooks they complete, and when they are healthy.

    They ask themselves what the load balancer will ask them: a server that it would find unhealthy never serves.
    Raise :class:`InvalidArgs` for times that hooks cannot have (Auto Scaling API, PutLifecycleHook).
    """
    check_range("WebTier", "fleet.launch_timeout_seconds", _launch_timeout(fleet), 60, 7200)
    check_range("WebTier", "fleet.farewell_timeout_seconds", _farewell_timeout(fleet), 60, 7200)
    return {
        "launch_hook": _LAUNCH,
        "terminate_hook": _TERMINATE,
        "group_pattern": f"{name}-fleet-*",
        "port": site.get("port", 80),
        "path": site.get("health_check_path", "/"),
        "matcher": site.get("health_check_matcher", "200-399"),
        "host": site.get("domain_name", "localhost"),
        "launch_timeout_seconds": _launch_timeout(fleet),
        "farewell_timeout_seconds": _farewell_timeout(fleet),
    }


def initial_hooks(fleet: Fleet) -> list[aws.autoscaling.GroupInitialLifecycleHookArgsDict]:
    """Return the hooks of a new group, so that its very first servers are held back, too.

    They are for its creation only: a change of them would replace the group, so the group ignores changes, and
    :func:`hooks` of the same names carries them out.
    """
    found: list[Any] = [{"name": name, **settings} for name, settings in _hooks(fleet).items()]
    return found


def hooks(context: Context, fleet: Fleet, servers: aws.autoscaling.Group) -> None:
    """Take the group's hooks over, or give a group its hooks that was made without.

    Putting a hook that is there changes it (PutLifecycleHook). On destroy they go before the group, which then does
    not wait for anybody's farewell.
    """
    for role, (name, settings) in zip(("launch-hook", "farewell-hook"), _hooks(fleet).items(), strict=True):
        aws.autoscaling.LifecycleHook(
            f"{context.name}-{role}",
            name=name,  # it is the group's own, and servers call it by its name
            autoscaling_group_name=servers.name,
            **settings,
            opts=context.child(),
        )


def capacity_timeout(fleet: Fleet) -> str:
    """Return how long a first deployment waits for its servers: a second try of one that failed included."""
    return f"{2 * _launch_timeout(fleet) // 60 + 5}m"


def _hooks(fleet: Fleet) -> dict[str, dict[str, Any]]:
    return {
        _LAUNCH: {
            "lifecycle_transition": "autoscaling:EC2_INSTANCE_LAUNCHING",
            "default_result": "ABANDON",
            "heartbeat_timeout": launch_heartbeat_seconds(_launch_timeout(fleet)),
        },
        _TERMINATE: {
            "lifecycle_transition": "autoscaling:EC2_INSTANCE_TERMINATING",
            "default_result": "CONTINUE",
            "heartbeat_timeout": _farewell_timeout(fleet),
        },
    }


def _launch_timeout(fleet: Fleet) -> int:
    return fleet.get("launch_timeout_seconds", LAUNCH_TIMEOUT_SECONDS)


def _farewell_timeout(fleet: Fleet) -> int:
    return fleet.get("farewell_timeout_seconds", FAREWELL_TIMEOUT_SECONDS)

"""What AWS refuses of a group, and the emulator takes."""

from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.values import is_unknown

METRICS = frozenset(
    "GroupMinSize GroupMaxSize GroupDesiredCapacity GroupInServiceInstances GroupPendingInstances GroupStandbyInstances"
    " GroupTerminatingInstances GroupTotalInstances GroupInServiceCapacity GroupPendingCapacity GroupStandbyCapacity"
    " GroupTerminatingCapacity GroupTotalCapacity WarmPoolDesiredCapacity WarmPoolWarmedCapacity"
    " WarmPoolPendingCapacity WarmPoolTerminatingCapacity WarmPoolTotalCapacity GroupAndWarmPoolDesiredCapacity"
    " GroupAndWarmPoolTotalCapacity".split()
)
"""EC2 Auto Scaling API, EnableMetricsCollection."""

_HEALTH_CHECKS = ("EC2", "EBS", "ELB", "VPC_LATTICE")
_PROCESSES = frozenset(
    "Launch Terminate AddToLoadBalancer AlarmNotification AZRebalance HealthCheck InstanceRefresh"
    " ReplaceUnhealthy ScheduledActions".split()
)


def sizes(inputs: Mapping[str, Any]) -> str | None:
    """Refuse sizes that contradict each other."""
    low, high, wanted = (inputs.get(name) for name in ("minSize", "maxSize", "desiredCapacity"))
    for name in ("minSize", "maxSize", "desiredCapacity"):
        if _number(inputs.get(name)) and inputs[name] < 0:
            return f"{name} must be at least 0, got {inputs[name]}"
    if _number(low) and _number(high) and low > high:  # pyright: ignore[reportOptionalOperand]
        return f"minSize must be at most maxSize ({high}), got {low}"
    if _number(wanted) and _number(low) and _number(high) and not low <= wanted <= high:  # pyright: ignore[reportOptionalOperand]
        return f"desiredCapacity must be between minSize ({low}) and maxSize ({high}), got {wanted}"
    return None


def place(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a group that is nowhere."""
    if not inputs.get("vpcZoneIdentifiers") and not inputs.get("availabilityZones"):
        return "vpcZoneIdentifiers must name the subnets of the servers, got none"
    return None


def template(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a launch template that is named twice or not at all."""
    given = inputs.get("launchTemplate")
    if not isinstance(given, Mapping) or bool(given.get("id")) != bool(given.get("name")):  # pyright: ignore[reportUnknownMemberType]
        return None
    return "launchTemplate must have either id or name"


def words(inputs: Mapping[str, Any]) -> str | None:
    """Refuse words that AWS does not know, where its API model takes any."""
    kind = inputs.get("healthCheckType")
    kinds = [] if kind is None or is_unknown(kind) else str(kind).split(",")
    for name, given, known in (
        ("healthCheckType", kinds, _HEALTH_CHECKS),
        ("enabledMetrics", inputs.get("enabledMetrics"), METRICS),
        ("suspendedProcesses", inputs.get("suspendedProcesses"), _PROCESSES),
    ):
        wrong = [] if given is None or is_unknown(given) else [w for w in given if w not in known and not is_unknown(w)]
        if wrong:
            return f"{name} must be of {', '.join(sorted(known))}, got {wrong[0]!r}"
    return None


def tags(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a key that is given twice, or that belongs to AWS."""
    given = inputs.get("tags")
    if not isinstance(given, Sequence) or is_unknown(given):
        return None
    keys = [tag.get("key") for tag in given if isinstance(tag, Mapping)]  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    for index, key in enumerate(keys):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
        if not is_unknown(key) and key in keys[:index]:
            return f"tags must have each key once, got {key!r} again"
        if isinstance(key, str) and key.lower().startswith("aws:"):
            return f"tags must not begin with aws:, got {key!r}"
    return None


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)

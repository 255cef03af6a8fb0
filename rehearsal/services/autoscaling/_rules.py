"""What AWS refuses of a group, and the emulator takes."""

from collections.abc import Mapping
from typing import Any

from rehearsal.services._limits import elements, number, plain
from rehearsal.values import is_unknown

_METRICS = (
    "GroupMinSize GroupMaxSize GroupDesiredCapacity GroupInServiceInstances GroupPendingInstances GroupStandbyInstances"
    " GroupTerminatingInstances GroupTotalInstances GroupInServiceCapacity GroupPendingCapacity GroupStandbyCapacity"
    " GroupTerminatingCapacity GroupTotalCapacity WarmPoolDesiredCapacity WarmPoolWarmedCapacity"
    " WarmPoolPendingCapacity WarmPoolTerminatingCapacity WarmPoolTotalCapacity GroupAndWarmPoolDesiredCapacity"
    " GroupAndWarmPoolTotalCapacity"
)
"""EC2 Auto Scaling API, EnableMetricsCollection."""

_HEALTH_CHECKS = "EC2 EBS ELB VPC_LATTICE"
_PROCESSES = (
    "Launch Terminate AddToLoadBalancer AlarmNotification AZRebalance HealthCheck InstanceRefresh"
    " ReplaceUnhealthy ScheduledActions"
)


def sizes(inputs: Mapping[str, Any]) -> str | None:
    """Refuse sizes that contradict each other."""
    names = ("minSize", "maxSize", "desiredCapacity")
    low, high, wanted = (number(inputs.get(name)) for name in names)
    for name, size in zip(names, (low, high, wanted), strict=True):
        if size is not None and size < 0:
            return f"{name} must be at least 0, got {inputs[name]}"
    if low is not None and high is not None:
        if low > high:
            return f"minSize must be at most maxSize ({high:g}), got {low:g}"
        if wanted is not None and not low <= wanted <= high:
            return f"desiredCapacity must be between minSize ({low:g}) and maxSize ({high:g}), got {wanted:g}"
    return None


def place(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a group that is nowhere."""
    if not inputs.get("vpcZoneIdentifiers") and not inputs.get("availabilityZones"):
        return "vpcZoneIdentifiers must name the subnets of the servers, got none"
    return None


def template(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a launch template that is named twice or not at all."""
    given = inputs.get("launchTemplate")
    if not isinstance(given, dict) or ("id" in given) != ("name" in given):
        return None
    return "launchTemplate must have either id or name"


def words(inputs: Mapping[str, Any]) -> str | None:
    """Refuse words that AWS does not know, where its API model takes any."""
    kind = inputs.get("healthCheckType")
    for name, given, known in (
        ("healthCheckType", [] if kind is None else str(kind).split(","), _HEALTH_CHECKS),
        ("enabledMetrics", elements(inputs.get("enabledMetrics")), _METRICS),
        ("suspendedProcesses", elements(inputs.get("suspendedProcesses")), _PROCESSES),
    ):
        wrong = [word for word in given if word not in known.split() and not is_unknown(word)]
        if wrong:
            return f"{name} must be of {', '.join(sorted(known.split()))}, got {wrong[0]!r}"
    return None


def tags(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a key that is given twice, or that belongs to AWS."""
    keys = [plain(tag).get("key") for tag in elements(inputs.get("tags"))]
    for index, key in enumerate(keys):
        if key is not None and key in keys[:index]:
            return f"tags must have each key once, got {key!r} again"
        if key is not None and str(key).lower().startswith("aws:"):
            return f"tags must not begin with aws:, got {key!r}"
    return None

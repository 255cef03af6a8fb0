"""What AWS refuses of a target group, and the emulator takes."""

from collections.abc import Mapping
from typing import Any

from rehearsal.services._limits import first_outside, number, outside, plain, unlisted
from rehearsal.values import is_unknown

from ._attributes import HIGHEST_PORT, wrong_name

HEALTH = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
"""Properties of a health check: members of the API."""

_CHECKED = {"interval": (5, 300), "timeout": (2, 120), "healthyThreshold": (2, 10), "unhealthyThreshold": (2, 10)}
_DELAYED = {"deregistrationDelay": (0, 3600), "slowStart": (0, 900)}
_SLOWEST_START = 30
_ALGORITHMS = ("round_robin", "least_outstanding_requests", "weighted_random")
_WEB = ("HTTP", "HTTPS")


def named(inputs: Mapping[str, Any]) -> str | None:
    """Refuse names that AWS refuses."""
    name = inputs.get("name")
    return wrong_name(name) if isinstance(name, str) and not is_unknown(name) else None


def where(inputs: Mapping[str, Any]) -> str | None:
    """Refuse a target group that lacks what its kind needs, or has what it cannot have."""
    kind = inputs.get("targetType")
    for name in ("port", "protocol", "vpcId"):
        if kind in ("instance", "ip", "alb") and inputs.get(name) is None:
            return f"{name} must be given for targets of type {kind}, got none"
        if kind == "lambda" and inputs.get(name) is not None:
            return f"{name} must not be given for targets of type lambda"
    return outside("port", inputs.get("port"), (1, HIGHEST_PORT))


def healthy(inputs: Mapping[str, Any]) -> str | None:
    """Refuse health checks that AWS refuses."""
    check = plain(inputs.get("healthCheck"))
    unknown = next((name for name in check if name not in (*HEALTH, "matcher")), None)
    if unknown:
        return f"healthCheck.{unknown} is not known; known are {', '.join(sorted((*HEALTH, 'matcher')))}"
    wrong = first_outside(check, _CHECKED, "healthCheck.")
    return wrong or _timely(check) or _probed(inputs, check) or _matched(inputs, check)


def _timely(check: Mapping[str, Any]) -> str | None:
    timeout, interval = number(check.get("timeout")), number(check.get("interval"))
    if timeout is None or interval is None or timeout < interval:
        return None
    return f"healthCheck.timeout must be below the interval ({check['interval']}), got {check['timeout']}"


def _probed(inputs: Mapping[str, Any], check: Mapping[str, Any]) -> str | None:
    if check.get("protocol") == "TCP":
        if inputs.get("protocol") in _WEB:
            return f"healthCheck.protocol must be HTTP or HTTPS for targets of protocol {inputs['protocol']}, got TCP"
        wrong = next((name for name in ("path", "matcher") if name in check), None)
        return f"healthCheck.{wrong} must not be given for health checks by TCP" if wrong else None
    path = check.get("path", "/")
    return None if str(path).startswith("/") else f"healthCheck.path must begin with /, got {path!r}"


def _matched(inputs: Mapping[str, Any], check: Mapping[str, Any]) -> str | None:
    low, high = (0, 99) if inputs.get("protocolVersion") == "GRPC" else (200, 499)
    for part in str(check["matcher"]).split(",") if "matcher" in check else []:
        first, _, last = part.partition("-")
        ends = (first, last or first)
        if not all(end.isdigit() and low <= int(end) <= high for end in ends) or int(ends[0]) > int(ends[1]):
            example = "200-399 or 200,302" if high > low + 99 else "12 or 0-99"
            return f"healthCheck.matcher must be codes between {low} and {high}, such as {example}, got {part!r}"
    return None


def delays(inputs: Mapping[str, Any]) -> str | None:
    """Refuse times and algorithms that AWS refuses: its API model takes any text for them."""
    wrong = first_outside(inputs, _DELAYED)
    if wrong:
        return wrong
    slow, algorithm = number(inputs.get("slowStart")) or 0, inputs.get("loadBalancingAlgorithmType")
    if 0 < slow < _SLOWEST_START:
        return f"slowStart must be 0, or at least {_SLOWEST_START} seconds, got {inputs['slowStart']}"
    if slow and algorithm in _ALGORITHMS[1:]:
        return f"slowStart must be 0 with {algorithm}, got {inputs['slowStart']}"
    return unlisted("loadBalancingAlgorithmType", algorithm, _ALGORITHMS)

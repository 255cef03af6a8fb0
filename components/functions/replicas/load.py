"""Whether the load asks for another replica or for one less.

The times are those that target tracking takes for groups of servers: three minutes above the target, fifteen below.
"""

from collections.abc import Mapping

from .model import Load

_OUT_MINUTES, _IN_MINUTES = 3, 15
_LATE = 5 * 60
"""Seconds that figures of RDS may come late."""
_MARGIN = 0.9
"""Part of the target below which the load over the others must stay: a replica less must not ask for one more."""


def high(load: Load, targets: Mapping[str, float], now: int) -> str:
    """Return what is above its target, if anything is: over the replicas, or on the primary where there are none."""
    recent = [figures for at, figures in load.minutes if now - at <= (_OUT_MINUTES * 60 + _LATE)][-_OUT_MINUTES:]
    if len(recent) < _OUT_MINUTES:
        return ""
    for metric, target in targets.items():
        figures = [minute[metric] for minute in recent]
        means = [total / load.serving if load.serving else primary for total, primary in figures]
        if min(means) > target:
            return f"{metric} is {means[-1]:.0f} a replica, above {target:g}"
    return ""


def low(load: Load, targets: Mapping[str, float], now: int) -> str:
    """Return why a replica less would do, if it would; what the last one serves goes to the primary."""
    recent = [figures for at, figures in load.minutes if now - at <= (_IN_MINUTES * 60 + _LATE)][-_IN_MINUTES:]
    # Figures of single minutes may be missing.
    if len(recent) < _IN_MINUTES - 3 or load.serving < 1:
        return ""
    others = load.serving - 1
    for metric, target in targets.items():
        for total, primary in (minute[metric] for minute in recent):
            if (total / others if others else total + primary) >= target * _MARGIN:
                return ""
    return f"the load is below the targets without one of {load.serving} replicas"

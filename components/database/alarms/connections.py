"""How many connections an instance can have.

RDS and Aurora work it out from the memory of the class when the server starts, and CloudWatch has no metric of it, so
the alarm needs a figure beforehand.
"""

import math
import re
from collections.abc import Mapping

_CLASS = re.compile(r"db\.([a-z]+\d+[a-z]*)\.(micro|small|medium|large|(\d*)xlarge)")
_SIZES = {"micro": 1, "small": 2, "medium": 4, "large": 8}
"""GiB of the burstable classes, whose memory doubles from size to size."""

# GiB per vCPU by the family's letter (RDS user guide, "Hardware specifications for DB instance classes").
_PER_CPU = {"c": 2, "m": 4, "r": 8, "z": 8, "x": 16}
_X1E = 30.5

_GIB = 1024**3
_MIB = 1024**2

# What is not the server's: the guide has "around 1300" connections for 16 GiB, a twentieth less than the quotient, and
# small classes lose more. (RDS user guide, "Maximum number of database connections").
_OTHERS = 0.05
_OTHERS_MIB = 256
_OTHERS_MIB_ON_AURORA = 820  # the Aurora guide's table has 90 connections for 4 GiB, 1000 for 16

_PER_CONNECTION = 12582880  # bytes: the formula of RDS for MySQL, {DBInstanceClassMemory/12582880}
_BY_MEMORY = re.compile(r"\{\s*DBInstanceClassMemory\s*/\s*(\d+)\s*\}")
_MOST_ON_AURORA = 16000

_PARAMETER = "max_connections"


def memory_gib(instance_class: str) -> float | None:
    """Return the memory of *instance_class*; None if that is not known."""
    match = _CLASS.fullmatch(instance_class)
    if not match:
        return None
    family, size, times = match.groups()
    if family.startswith("t"):
        return _SIZES.get(size, 16 * int(times or 1))
    per_cpu = _X1E if family == "x1e" else _PER_CPU.get(family[0])
    cpus = {"medium": 1, "large": 2}.get(size) or (4 * int(times or 1) if size.endswith("xlarge") else None)
    return None if per_cpu is None or cpus is None else per_cpu * cpus


def mysql_connections(instance_class: str, parameters: Mapping[str, str]) -> int | None:
    """Return how many connections RDS for MySQL allows; None when that cannot be told beforehand."""
    given = parameters.get(_PARAMETER)
    if given is not None and given.isdigit():
        return int(given)
    by_memory = _BY_MEMORY.fullmatch(given) if given is not None else None
    memory = memory_gib(instance_class)
    if memory is None or (given is not None and by_memory is None):
        return None
    return int(_usable(memory) / (int(by_memory[1]) if by_memory else _PER_CONNECTION))


def aurora_connections(memory: float | None, parameters: Mapping[str, str]) -> int | None:
    """Return how many connections Aurora MySQL allows with that *memory* in GiB; None when that cannot be told.

    Serverless instances go by the memory of their highest capacity, 2 GiB per unit.
    """
    given = parameters.get(_PARAMETER)
    if given is not None:
        return int(given) if given.isdigit() else None
    if memory is None:
        return None
    # Aurora user guide, "Maximum connections to an Aurora MySQL DB instance", with logarithms to the base of 2.
    usable = max(_usable(memory, _OTHERS_MIB_ON_AURORA), 2 * 805306368)
    return min(
        _MOST_ON_AURORA, int(max(math.log2(usable / 805306368) * 45, math.log2(max(usable / 8187281408, 1)) * 1000))
    )


def _usable(memory: float, others_mib: int = _OTHERS_MIB) -> float:
    return memory * _GIB * (1 - _OTHERS) - others_mib * _MIB

"""Which instances are refused."""

import re

from ..._args import InvalidArgs, check_range
from ...machine import MachineSpec
from ...machine.distributions import DEFAULT_INSTANCE_TYPE, architecture
from ..shapes import Fleet, InstanceRequirements
from .words import COMPONENT

_EXCLUDED = re.compile(r"[a-zA-Z0-9.*-]{1,30}")  # EC2 Auto Scaling API, ExcludedInstance


def check_instances(fleet: Fleet, machine: MachineSpec) -> None:
    """Raise :class:`InvalidArgs` for servers that could not be launched, or not with this machine's image."""
    _check_types(fleet, machine)
    if "instance_requirements" in fleet:
        _check_requirements(fleet["instance_requirements"])
    spot = fleet.get("spot_percent", 0)
    check_range(COMPONENT, "fleet.spot_percent", spot, 0, 100)
    check_range(COMPONENT, "fleet.on_demand_base", fleet.get("on_demand_base", 0), 0)
    if spot and not fleet.get("instance_types") and "instance_requirements" not in fleet:
        raise InvalidArgs(
            f"{COMPONENT}: fleet.spot_percent must come with fleet.instance_types or fleet.instance_requirements, "
            "because AWS takes Spot Instances of one type away together, got neither"
        )
    if fleet.get("on_demand_base") and not spot:
        raise InvalidArgs(f"{COMPONENT}: fleet.on_demand_base must come with fleet.spot_percent, got no spot_percent")
    _check_warm_pool(fleet)


def _check_types(fleet: Fleet, machine: MachineSpec) -> None:
    own, further = machine.get("instance_type", DEFAULT_INSTANCE_TYPE), fleet.get("instance_types", ())
    if further and "instance_requirements" in fleet:
        raise InvalidArgs(
            f"{COMPONENT}: fleet.instance_types must be left out where fleet.instance_requirements are given, got both"
        )
    check_range(COMPONENT, "the number of fleet.instance_types", len(further), 0, 39)
    wanted = architecture(COMPONENT, own)
    for index, kind in enumerate(further):
        field = f"fleet.instance_types[{index}]"
        if kind in (own, *further[:index]):
            raise InvalidArgs(f"{COMPONENT}: {field} must be another one than before, got {kind!r} again")
        if architecture(COMPONENT, kind, field) != wanted:
            raise InvalidArgs(
                f"{COMPONENT}: {field} must be {wanted} as machine.instance_type ({own}) is, because all servers "
                f"start from one image, got {kind!r}"
            )


def _check_requirements(wanted: InstanceRequirements) -> None:
    path = "fleet.instance_requirements"
    check_range(COMPONENT, f"{path}.min_vcpus", wanted["min_vcpus"], 1)
    check_range(COMPONENT, f"{path}.min_memory_mib", wanted["min_memory_mib"], 1)
    check_range(COMPONENT, f"{path}.max_vcpus", wanted.get("max_vcpus", wanted["min_vcpus"]), wanted["min_vcpus"])
    check_range(
        COMPONENT,
        f"{path}.max_memory_mib",
        wanted.get("max_memory_mib", wanted["min_memory_mib"]),
        wanted["min_memory_mib"],
    )
    excluded = wanted.get("excluded_types", ())
    check_range(COMPONENT, f"the number of {path}.excluded_types", len(excluded), 0, 400)
    for index, kind in enumerate(excluded):
        if not _EXCLUDED.fullmatch(kind):
            raise InvalidArgs(
                f"{COMPONENT}: {path}.excluded_types[{index}] must be an instance type, with * for anything, such as "
                f"c5*, got {kind!r}"
            )


def _check_warm_pool(fleet: Fleet) -> None:
    pool = fleet.get("warm_pool")
    if pool is None:
        return
    least = pool.get("min_size", 1)
    check_range(COMPONENT, "fleet.warm_pool.min_size", least, 0)
    check_range(COMPONENT, "fleet.warm_pool.max_prepared", pool.get("max_prepared", least), least)
    if not pool.get("max_prepared", least):
        raise InvalidArgs(f"{COMPONENT}: fleet.warm_pool must hold servers, got min_size 0 without max_prepared")
    if fleet.get("spot_percent"):
        # PutWarmPool's reference excluded mixed instances and Spot Instances (boto3 1.29) and says nothing of either
        # any more (1.44). Types may be mixed; a Spot Instance that waits can be taken away before it is needed.
        raise InvalidArgs(
            f"{COMPONENT}: fleet.warm_pool must be left out where fleet.spot_percent is above 0, because Spot "
            "Instances that wait can be taken away, got both"
        )

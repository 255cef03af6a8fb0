"""What the servers of a fleet are launched as, and which of them wait."""

from typing import NamedTuple

import pulumi_aws as aws

from ..machine import Machine, MachineSpec
from ..machine.distributions import DEFAULT_INSTANCE_TYPE
from .shapes import Burstable, Fleet, InstanceRequirements, WarmState


class Launch(NamedTuple):
    """One of the two ways in which a group launches servers."""

    template: aws.autoscaling.GroupLaunchTemplateArgsDict | None
    mixed: aws.autoscaling.GroupMixedInstancesPolicyArgsDict | None


def launch(fleet: Fleet, machine: Machine, spec: MachineSpec) -> Launch:
    """Return what a group launches from: the version by its number, because $Latest would replace no server."""
    requirements, further = fleet.get("instance_requirements"), fleet.get("instance_types", ())
    if requirements is None and not further:
        return Launch({"id": machine.launch_template_id, "version": machine.launch_template_version}, None)
    own = spec.get("instance_type", DEFAULT_INSTANCE_TYPE)
    overrides: list[aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideArgsDict]
    if requirements is None:
        overrides = [{"instance_type": kind} for kind in (own, *further)]
    else:
        overrides = [{"instance_requirements": _required(requirements)}]
    return Launch(
        None,
        {
            "instances_distribution": {
                # Types by their attributes have no order to go by (InstancesDistribution, OnDemandAllocationStrategy).
                "on_demand_allocation_strategy": "prioritized" if requirements is None else "lowest-price",
                "on_demand_base_capacity": fleet.get("on_demand_base", 0),
                "on_demand_percentage_above_base_capacity": 100 - fleet.get("spot_percent", 0),
                "spot_allocation_strategy": "price-capacity-optimized",
            },
            "launch_template": {
                "launch_template_specification": {
                    "launch_template_id": machine.launch_template_id,
                    "version": machine.launch_template_version,
                },
                "overrides": overrides,
            },
        },
    )


def _required(
    requirements: InstanceRequirements,
) -> aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsArgsDict:
    vcpus: aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsVcpuCountArgsDict = {
        "min": requirements["min_vcpus"]
    }
    memory: aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsMemoryMibArgsDict = {
        "min": requirements["min_memory_mib"]
    }
    if "max_vcpus" in requirements:
        vcpus["max"] = requirements["max_vcpus"]
    if "max_memory_mib" in requirements:
        memory["max"] = requirements["max_memory_mib"]
    wanted: aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateOverrideInstanceRequirementsArgsDict = {
        "vcpu_count": vcpus,
        "memory_mib": memory,
        "instance_generations": ["current"],
        "burstable_performance": requirements.get("burstable", Burstable.EXCLUDED).value,
    }
    if requirements.get("excluded_types"):
        wanted["excluded_instance_types"] = list(requirements.get("excluded_types", ()))
    return wanted


def warm_pool(fleet: Fleet) -> aws.autoscaling.GroupWarmPoolArgsDict | None:
    """Return the pool of servers that wait. AWS's own cap would be the fleet's maximum: three times its usual size."""
    pool = fleet.get("warm_pool")
    if pool is None:
        return None
    least = pool.get("min_size", 1)
    return {
        "pool_state": pool.get("state", WarmState.STOPPED).title(),
        "min_size": least,
        "max_group_prepared_capacity": pool.get("max_prepared", least),
        "instance_reuse_policy": {"reuse_on_scale_in": pool.get("reuse_on_scale_in", False)},
    }

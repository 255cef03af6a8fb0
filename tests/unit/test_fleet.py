"""How many servers run, as what, and by what demand."""

from typing import Any

import pytest

from components import InvalidArgs

from .test_web_tier_lifecycle import HOOKS
from .web_tiers import DOMAIN, MONDAY, NETWORK, fleet, tier

TYPES = ["t4g.medium", "m7g.large"]


def test_the_group_is_judged_by_the_load_balancer_and_replaced_without_loss_of_capacity() -> None:
    recording = tier({**fleet(warmup_seconds=240), "tags": {"team": "web"}})
    group, template = recording.named("web-fleet"), recording.named("web-server-launch-template")
    assert group.inputs == {
        "launchTemplate": {"id": template.id, "version": "1"},
        "vpcZoneIdentifiers": NETWORK["private_subnet_ids"],
        "minSize": 5,
        "maxSize": 40,
        "targetGroupArns": [recording.named("web-target").outputs["arn"]],
        "healthCheckType": "ELB",
        "healthCheckGracePeriod": 240,
        "defaultInstanceWarmup": 240,
        "capacityRebalance": False,
        "instanceMaintenancePolicy": {"minHealthyPercentage": 100, "maxHealthyPercentage": 120},
        "enabledMetrics": [
            "GroupMinSize",
            "GroupMaxSize",
            "GroupDesiredCapacity",
            "GroupInServiceInstances",
            "GroupPendingInstances",
            "GroupTerminatingInstances",
            "GroupTotalInstances",
        ],
        "metricsGranularity": "1Minute",
        "initialLifecycleHooks": HOOKS,
        "waitForCapacityTimeout": "35m",
        "forceDelete": False,
        "tags": [
            {"key": "Name", "value": "web-server", "propagateAtLaunch": True},
            {"key": "managed-by", "value": "pulumi", "propagateAtLaunch": True},  # a default tag of the provider
            {"key": "team", "value": "web", "propagateAtLaunch": True},
        ],
    }
    paths = {recording.named("web-server-in").urn, recording.named("web-alb-out").urn}
    assert paths <= set(group.dependencies)


def test_a_deployment_leaves_the_size_to_demand() -> None:
    assert tier(fleet()).named("web-fleet").options["ignoreChanges"] == ["desiredCapacity", "initialLifecycleHooks"]


def test_with_windows_a_deployment_leaves_floor_and_maximum_to_the_schedule_too() -> None:
    group = tier(fleet(windows=[MONDAY])).named("web-fleet")
    assert group.options["ignoreChanges"] == ["desiredCapacity", "minSize", "maxSize", "initialLifecycleHooks"]
    assert (group.inputs["minSize"], group.inputs["maxSize"]) == (5, 40)  # what a new group starts with


def test_the_group_changes_its_servers_by_a_hook_before_it_is_changed_itself() -> None:
    assert tier().named("web-fleet").options["hooks"] == ["web-rolling-change"]


def test_demand_is_followed_by_processor_use_and_by_requests() -> None:
    recording = tier(fleet(cpu_target_percent=60, requests_per_server_per_minute=1200))
    cpu, requests = recording.named("web-by-cpu"), recording.named("web-by-requests")
    assert cpu.inputs["policyType"] == requests.inputs["policyType"] == "TargetTrackingScaling"
    assert cpu.inputs["targetTrackingConfiguration"] == {
        "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
        "targetValue": 60,
    }
    balancer, target = recording.named("web-alb"), recording.named("web-target")
    assert requests.inputs["targetTrackingConfiguration"] == {
        "predefinedMetricSpecification": {
            "predefinedMetricType": "ALBRequestCountPerTarget",
            "resourceLabel": f"{balancer.outputs['arnSuffix']}/{target.outputs['arnSuffix']}",
        },
        "targetValue": 1200,
    }


@pytest.mark.parametrize(("site", "listener"), [({}, "web-http"), (DOMAIN, "web-https")])
def test_scaling_by_requests_waits_for_the_listener_that_forwards(site: Any, listener: str) -> None:
    recording = tier({"site": site, **fleet(requests_per_server_per_minute=1200)})
    assert recording.named(listener).urn in recording.named("web-by-requests").dependencies


def test_without_processor_use_a_fleet_follows_the_rest_or_nothing() -> None:
    assert not tier(fleet(scale_by_cpu=False)).all("autoscaling/policy:Policy")
    recording = tier(fleet(scale_by_cpu=False, requests_per_server_per_minute=1200))
    assert [policy.name for policy in recording.all("autoscaling/policy:Policy")] == ["web-by-requests"]


def test_a_metric_of_ones_own_is_followed_with_its_dimensions() -> None:
    jobs = {
        "name": "jobs",
        "namespace": "Shop",
        "metric_name": "JobsPerServer",
        "dimensions": {"Queue": "mail", "AutoScalingGroupName": "{fleet}"},
        "statistic": "sample_count",
        "unit": "Count",
        "target_value": 12,
    }
    plain = {"name": "lag", "namespace": "Shop", "metric_name": "Lag", "target_value": 0.5}
    recording = tier(fleet(custom_metrics=[jobs, plain]))
    policy = recording.named("web-by-jobs")
    assert policy.inputs["autoscalingGroupName"] == recording.named("web-fleet").outputs["name"]
    assert policy.inputs["policyType"] == "TargetTrackingScaling"
    assert policy.inputs["targetTrackingConfiguration"] == {
        "customizedMetricSpecification": {
            "namespace": "Shop",
            "metricName": "JobsPerServer",
            "metricDimensions": [
                {"name": "AutoScalingGroupName", "value": recording.named("web-fleet").outputs["name"]},
                {"name": "Queue", "value": "mail"},
            ],
            "statistic": "SampleCount",
            "unit": "Count",
        },
        "targetValue": 12,
    }
    lag = recording.named("web-by-lag").inputs["targetTrackingConfiguration"]
    assert lag["customizedMetricSpecification"]["statistic"] == "Average"
    assert lag["targetValue"] == 0.5
    assert recording.named("web-by-cpu")


def test_a_forecast_is_only_looked_at_and_raises_no_maximum() -> None:
    recording = tier(fleet(predictive={}, warmup_seconds=240, cpu_target_percent=60))
    policy = recording.named("web-by-forecast").inputs
    assert policy["policyType"] == "PredictiveScaling"
    assert policy["predictiveScalingConfiguration"] == {
        "mode": "ForecastOnly",
        "maxCapacityBreachBehavior": "HonorMaxCapacity",
        "schedulingBufferTime": "240",
        "metricSpecification": {
            "targetValue": 60,
            "predefinedMetricPairSpecification": {"predefinedMetricType": "ASGCPUUtilization"},
        },
    }


def test_a_forecast_of_requests_scales_when_it_is_told_to() -> None:
    wanted = {"metric": "requests", "mode": "forecast_and_scale", "buffer_seconds": 600, "target_value": 900}
    recording = tier(fleet(predictive=wanted))
    policy = recording.named("web-by-forecast")
    balancer, target = recording.named("web-alb"), recording.named("web-target")
    assert policy.inputs["predictiveScalingConfiguration"] == {
        "mode": "ForecastAndScale",
        "maxCapacityBreachBehavior": "HonorMaxCapacity",
        "schedulingBufferTime": "600",
        "metricSpecification": {
            "targetValue": 900,
            "predefinedMetricPairSpecification": {
                "predefinedMetricType": "ALBRequestCount",
                "resourceLabel": f"{balancer.outputs['arnSuffix']}/{target.outputs['arnSuffix']}",
            },
        },
    }
    assert recording.named("web-http").urn in policy.dependencies


def test_further_types_stand_behind_the_machine_s_own_and_a_share_is_spot() -> None:
    recording = tier({"machine": {"instance_type": "c7g.large"}, **fleet(instance_types=TYPES)})
    group, template = recording.named("web-fleet"), recording.named("web-server-launch-template")
    assert "launchTemplate" not in group.inputs
    assert group.inputs["capacityRebalance"] is False
    assert group.inputs["mixedInstancesPolicy"] == {
        "instancesDistribution": {
            "onDemandAllocationStrategy": "prioritized",
            "onDemandBaseCapacity": 0,
            "onDemandPercentageAboveBaseCapacity": 100,
            "spotAllocationStrategy": "price-capacity-optimized",
        },
        "launchTemplate": {
            "launchTemplateSpecification": {"launchTemplateId": template.id, "version": "1"},
            "overrides": [{"instanceType": kind} for kind in ("c7g.large", *TYPES)],
        },
    }
    cheap = tier(fleet(instance_types=TYPES, spot_percent=70, on_demand_base=2)).named("web-fleet").inputs
    assert cheap["capacityRebalance"] is True
    distribution = cheap["mixedInstancesPolicy"]["instancesDistribution"]
    assert (distribution["onDemandBaseCapacity"], distribution["onDemandPercentageAboveBaseCapacity"]) == (2, 30)


def test_types_can_be_chosen_by_what_they_offer() -> None:
    wanted = {"min_vcpus": 2, "max_vcpus": 8, "min_memory_mib": 4096, "burstable": "included", "excluded_types": ["r*"]}
    policy = tier(fleet(instance_requirements=wanted)).named("web-fleet").inputs["mixedInstancesPolicy"]
    assert policy["instancesDistribution"]["onDemandAllocationStrategy"] == "lowest-price"
    assert policy["launchTemplate"]["overrides"] == [
        {
            "instanceRequirements": {
                "vcpuCount": {"min": 2, "max": 8},
                "memoryMib": {"min": 4096},
                "instanceGenerations": ["current"],
                "burstablePerformance": "included",
                "excludedInstanceTypes": ["r*"],
            }
        }
    ]


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ({}, ("Stopped", 1, 1, False)),
        ({"min_size": 2}, ("Stopped", 2, 2, False)),
        ({"state": "running", "max_prepared": 10, "reuse_on_scale_in": True}, ("Running", 1, 10, True)),
    ],
)
def test_a_warm_pool_has_a_cap(pool: dict[str, Any], expected: tuple[Any, ...]) -> None:
    made = tier(fleet(warm_pool=pool)).named("web-fleet").inputs["warmPool"]
    reuse = made["instanceReusePolicy"]["reuseOnScaleIn"]
    assert (made["poolState"], made["minSize"], made["maxGroupPreparedCapacity"], reuse) == expected


METRIC = {"name": "jobs", "namespace": "Shop", "metric_name": "Jobs", "target_value": 5}
REQUIRED = {"min_vcpus": 2, "min_memory_mib": 4096}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"cpu_target_percent": 0}, "fleet.cpu_target_percent must be between 1 and 100, got 0"),
    ({"requests_per_server_per_minute": 0}, "fleet.requests_per_server_per_minute must be at least 1, got 0"),
    ({"warmup_seconds": 3601}, "fleet.warmup_seconds must be between 0 and 3600, got 3601"),
    (
        {"custom_metrics": [{**METRIC, "name": "cpu"}]},
        (
            "fleet.custom_metrics[0].name must be lower-case letters, digits and hyphens, start with a letter, have at "
            "most 24 characters and not be cpu, requests, forecast, got 'cpu'"
        ),
    ),
    (
        {"custom_metrics": [METRIC, METRIC]},
        "fleet.custom_metrics[1].name must be unique in the fleet, got 'jobs' again",
    ),
    (
        {"custom_metrics": [{**METRIC, "target_value": 0}]},
        "fleet.custom_metrics[0].target_value must be above 0, got 0",
    ),
    (
        {"custom_metrics": [{**METRIC, "namespace": ""}]},
        "fleet.custom_metrics[0].namespace must have 1 to 255 characters, got ''",
    ),
    (
        {"custom_metrics": [{**METRIC, "unit": "count"}]},
        "fleet.custom_metrics[0].unit must be a unit of CloudWatch, such as Count, Percent or Seconds, got 'count'",
    ),
    (
        {"custom_metrics": [{**METRIC, "statistic": "p95"}]},
        "fleet.custom_metrics[0].statistic must be one of average, minimum, maximum, sample_count, sum, got 'p95'",
    ),
    (
        {"predictive": {"metric": "requests"}},
        (
            "fleet.predictive.target_value must be given, or fleet.requests_per_server_per_minute, to forecast "
            "requests, got neither"
        ),
    ),
    (
        {"predictive": {"target_value": 101}},
        "fleet.predictive.target_value must be above 0 and at most 100 percent of processor use, got 101",
    ),
    ({"predictive": {"buffer_seconds": 3600}}, "fleet.predictive.buffer_seconds must be between 0 and 3599, got 3600"),
    (
        {"instance_types": ["t3.small"]},
        (
            "fleet.instance_types[0] must be arm64 as machine.instance_type (t4g.small) is, because all servers start "
            "from one image, got 't3.small'"
        ),
    ),
    (
        {"instance_types": ["m7g.large", "m7g.large"]},
        "fleet.instance_types[1] must be another one than before, got 'm7g.large' again",
    ),
    (
        {"instance_types": ["large"]},
        "fleet.instance_types[0] must be a family and a size, such as t4g.small, got 'large'",
    ),
    (
        {"instance_types": ["m7g.large"], "instance_requirements": REQUIRED},
        "fleet.instance_types must be left out where fleet.instance_requirements are given, got both",
    ),
    (
        {"instance_requirements": {**REQUIRED, "max_vcpus": 1}},
        "fleet.instance_requirements.max_vcpus must be at least 2, got 1",
    ),
    (
        {"instance_requirements": {**REQUIRED, "excluded_types": ["m5 large"]}},
        (
            "fleet.instance_requirements.excluded_types[0] must be an instance type, with * for anything, such as c5*, "
            "got 'm5 large'"
        ),
    ),
    ({"spot_percent": 101}, "fleet.spot_percent must be between 0 and 100, got 101"),
    (
        {"spot_percent": 50},
        (
            "fleet.spot_percent must come with fleet.instance_types or fleet.instance_requirements, because AWS takes "
            "Spot Instances of one type away together, got neither"
        ),
    ),
    (
        {"instance_types": TYPES, "on_demand_base": 1},
        "fleet.on_demand_base must come with fleet.spot_percent, got no spot_percent",
    ),
    (
        {"instance_types": TYPES, "spot_percent": 1, "warm_pool": {}},
        (
            "fleet.warm_pool must be left out where fleet.spot_percent is above 0, because Spot Instances that wait "
            "can be taken away, got both"
        ),
    ),
    (
        {"warm_pool": {"min_size": 3, "max_prepared": 2}},
        "fleet.warm_pool.max_prepared must be at least 3, got 2",
    ),
    ({"warm_pool": {"min_size": 0}}, "fleet.warm_pool must hold servers, got min_size 0 without max_prepared"),
    (
        {"warm_pool": {"state": "hibernated"}},
        "fleet.warm_pool.state must be one of stopped, running, got 'hibernated'",
    ),
    (
        {"refresh": {"checkpoint_percentages": [100]}},
        "fleet.refresh.checkpoint_percentages[0] must be between 1 and 99 percent, got 100",
    ),
    (
        {"refresh": {"checkpoint_percentages": [50, 20]}},
        "fleet.refresh.checkpoint_percentages must be ascending, got 50, 20",
    ),
    (
        {"refresh": {"checkpoint_minutes": 5}},
        "fleet.refresh.checkpoint_minutes must come with fleet.refresh.checkpoint_percentages, got none",
    ),
    ({"refresh": {"bake_minutes": 2881}}, "fleet.refresh.bake_minutes must be between 0 and 2880, got 2881"),
    ({"refresh": {"timeout_minutes": 0}}, "fleet.refresh.timeout_minutes must be at least 1, got 0"),
    (
        {"refresh": {"alarms": [f"a{n}" for n in range(8)]}},
        "the number of fleet.refresh.alarms must be between 0 and 7, got 8",
    ),
    (
        {"refresh": {"alarms": ["a"], "heed_alarms": False}},
        "fleet.refresh.alarms must be left out where heed_alarms is false, got both",
    ),
]


@pytest.mark.parametrize(("settings", "message"), REFUSED, ids=lambda value: None if isinstance(value, dict) else value)
def test_refuses_with_one_line(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        tier(fleet(**settings))
    assert str(error.value) == f"WebTier: {message}"

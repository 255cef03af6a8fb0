"""The demand that a fleet follows, and the forecasts of it."""

import pulumi
import pulumi_aws as aws

from .context import Context
from .load_balancer import Front
from .shapes import CustomMetric, Fleet, ForecastMetric, ForecastMode, MetricStatistic, Predictive

CPU_PERCENT = 50
WARMUP_SECONDS = 300
OWN_NAME = "{fleet}"

_STATISTICS = {statistic: statistic.title().replace("_", "") for statistic in MetricStatistic}
_MODES = {ForecastMode.FORECAST_ONLY: "ForecastOnly", ForecastMode.FORECAST_AND_SCALE: "ForecastAndScale"}


def follow_demand(
    context: Context, fleet: Fleet, servers: aws.autoscaling.Group, made: Front, listener: aws.lb.Listener
) -> None:
    """Scale *servers* by what they are asked to do; of several targets AWS follows the one that wants most."""
    requests = fleet.get("requests_per_server_per_minute")
    label = pulumi.Output.concat(made.balancer.arn_suffix, "/", made.target_group.arn_suffix)
    # The label is refused until a listener has tied the target group to the load balancer.
    tied = context.child(after=[listener])
    if fleet.get("scale_by_cpu", True):
        aws.autoscaling.Policy(
            f"{context.name}-by-cpu",
            autoscaling_group_name=servers.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "predefined_metric_specification": {"predefined_metric_type": "ASGAverageCPUUtilization"},
                "target_value": fleet.get("cpu_target_percent", CPU_PERCENT),
            },
            opts=context.child(),
        )
    if requests is not None:
        aws.autoscaling.Policy(
            f"{context.name}-by-requests",
            autoscaling_group_name=servers.name,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "predefined_metric_specification": {
                    "predefined_metric_type": "ALBRequestCountPerTarget",
                    "resource_label": label,
                },
                "target_value": requests,
            },
            opts=tied,
        )
    for metric in fleet.get("custom_metrics", ()):
        _follow_metric(context, metric, servers)
    predictive = fleet.get("predictive")
    if predictive is not None:
        by_requests = predictive.get("metric") == ForecastMetric.REQUESTS
        _forecast(context, fleet, predictive, servers, label if by_requests else None, tied)


def _follow_metric(context: Context, metric: CustomMetric, servers: aws.autoscaling.Group) -> None:
    specification: aws.autoscaling.PolicyTargetTrackingConfigurationCustomizedMetricSpecificationArgsDict = {
        "namespace": metric["namespace"],
        "metric_name": metric["metric_name"],
        "metric_dimensions": [
            {"name": name, "value": servers.name if value == OWN_NAME else value}
            for name, value in metric.get("dimensions", {}).items()
        ],
        "statistic": _STATISTICS[metric.get("statistic", MetricStatistic.AVERAGE)],
    }
    if "unit" in metric:  # a null would come through the component host as a property of its own
        specification["unit"] = metric["unit"]
    aws.autoscaling.Policy(
        f"{context.name}-by-{metric['name']}",
        autoscaling_group_name=servers.name,
        policy_type="TargetTrackingScaling",
        target_tracking_configuration={
            "customized_metric_specification": specification,
            "target_value": metric["target_value"],
        },
        opts=context.child(),
    )


def _forecast(  # noqa: PLR0913, PLR0917
    context: Context,
    fleet: Fleet,
    predictive: Predictive,
    servers: aws.autoscaling.Group,
    label: pulumi.Output[str] | None,
    opts: pulumi.ResourceOptions,
) -> None:
    usual = fleet.get("cpu_target_percent", CPU_PERCENT)
    if label is not None:
        usual = fleet.get("requests_per_server_per_minute", 0)
    buffer = predictive.get("buffer_seconds", min(fleet.get("warmup_seconds", WARMUP_SECONDS), 3599))
    aws.autoscaling.Policy(
        f"{context.name}-by-forecast",
        autoscaling_group_name=servers.name,
        policy_type="PredictiveScaling",
        predictive_scaling_configuration={
            "mode": _MODES[predictive.get("mode", ForecastMode.FORECAST_ONLY)],
            # Increased, the maximum would stay increased, and no window would bring it back
            # (PredictiveScalingConfiguration, MaxCapacityBreachBehavior).
            "max_capacity_breach_behavior": "HonorMaxCapacity",
            "scheduling_buffer_time": str(buffer),
            "metric_specification": {
                "target_value": predictive.get("target_value", usual),
                "predefined_metric_pair_specification": {
                    "predefined_metric_type": "ASGCPUUtilization" if label is None else "ALBRequestCount",
                    "resource_label": label,
                },
            },
        },
        opts=opts,
    )

"""Alarms on the site and its fleet."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from .context import Context
from .load_balancer import Front
from .shapes import Alarms
from .topic import Topic

_MINUTE = 60

_Query = aws.cloudwatch.MetricAlarmMetricQueryArgsDict
_Metric = aws.cloudwatch.MetricAlarmMetricQueryMetricArgsDict


def site_alarms(
    context: Context, made: Front, topic: Topic, alarms: Alarms, warmup_seconds: int
) -> list[aws.cloudwatch.MetricAlarm]:
    """Make the alarms on what visitors see. They need no group, so that an instance refresh can be stopped by them."""
    enough = alarms.get("minimum_requests", 20)
    balancer: dict[str, pulumi.Input[str]] = {"LoadBalancer": made.balancer.arn_suffix}
    target = {**balancer, "TargetGroup": made.target_group.arn_suffix}
    answered = {
        "requests": _balancing("RequestCount", "Sum", balancer),
        "refused": _balancing("HTTPCode_ELB_5XX_Count", "Sum", balancer),
        "failed": _balancing("HTTPCode_Target_5XX_Count", "Sum", balancer),
    }
    hosts = {
        "healthy": _balancing("HealthyHostCount", "Maximum", target),
        "unhealthy": _balancing("UnHealthyHostCount", "Maximum", target),
    }
    slow = {
        "requests": _balancing("RequestCount", "Sum", target),
        "latency": _balancing("TargetResponseTime", "p95", target),
    }
    percent, seconds = alarms.get("error_percent", 5), alarms.get("latency_p95_seconds", 3.0)
    warm = _warm_minutes(warmup_seconds)
    return [
        _alarm(
            context,
            topic,
            "errors",
            f"More than {percent} % of requests to {context.name} end with an error (5xx)",
            # RequestCount leaves out requests that no server could be found for; the load balancer's own errors have
            # them. What is zero is not reported; FILL has it (github.com/aws/aws-sdk-js-v3, issue 6873).
            "IF(FILL(requests, 0) + FILL(refused, 0) >= "
            f"{enough}, 100 * (FILL(failed, 0) + FILL(refused, 0)) / (FILL(requests, 0) + FILL(refused, 0)), 0)",
            answered,
            above=percent,
            minutes=5,
            of_them=3,
        ),
        _alarm(
            context,
            topic,
            "latency",
            f"One request in 20 to {context.name} takes longer than {seconds:g} seconds",
            f"IF(FILL(requests, 0) >= {enough}, latency, 0)",
            slow,
            above=seconds,
            minutes=5,
        ),
        _alarm(
            context,
            topic,
            "unhealthy",
            f"More than half of the servers of {context.name} are unhealthy",
            "IF(FILL(unhealthy, 0) > FILL(healthy, 0), 1, 0)",
            hosts,
            above=0,
            # Servers that start are unhealthy for a while, and more of them than run when a window opens.
            minutes=warm,
        ),
    ]


def fleet_alarms(  # noqa: PLR0913, PLR0917
    context: Context, made: Front, topic: Topic, alarms: Alarms, group: pulumi.Input[str], warmup_seconds: int
) -> list[aws.cloudwatch.MetricAlarm]:
    """Make the alarms on the Auto Scaling group of that name. A group that sleeps, at zero, wakes nobody."""
    fleet: dict[str, pulumi.Input[str]] = {"AutoScalingGroupName": group}
    target = {"LoadBalancer": made.balancer.arn_suffix, "TargetGroup": made.target_group.arn_suffix}
    minutes = alarms.get("at_maximum_minutes", 15)
    desired = _scaling("GroupDesiredCapacity", fleet)
    return [
        _alarm(
            context,
            topic,
            "no-server",
            f"No server of {context.name} is healthy, and there should be some",
            # While none is registered, there is no count of healthy ones. How many there should be, the group always
            # tells.
            "IF(desired > 0 AND FILL(healthy, 0) < 1, 1, 0)",
            {"desired": desired, "healthy": _balancing("HealthyHostCount", "Maximum", target)},
            above=0,
            minutes=_warm_minutes(warmup_seconds),  # a fleet that wakes has none, either
        ),
        _alarm(
            context,
            topic,
            "at-maximum",
            f"Demand has held the fleet of {context.name} at its maximum for {minutes} minutes",
            # Windows change minimum and maximum; a fleet that they hold at one size is there by intent.
            "IF(desired >= maximum AND desired > minimum, 1, 0)",
            {
                "desired": desired,
                "maximum": _scaling("GroupMaxSize", fleet),
                "minimum": _scaling("GroupMinSize", fleet),
            },
            above=0,
            minutes=minutes,
        ),
    ]


def _warm_minutes(warmup_seconds: int) -> int:
    """Return the minutes for which a server that starts may be unhealthy."""
    return max(3, -(-warmup_seconds // _MINUTE) + 1)


def _balancing(metric: str, stat: str, of: Mapping[str, pulumi.Input[str]]) -> _Metric:
    return _Metric(namespace="AWS/ApplicationELB", metric_name=metric, stat=stat, dimensions=of, period=_MINUTE)


def _scaling(metric: str, of: Mapping[str, pulumi.Input[str]]) -> _Metric:
    return _Metric(namespace="AWS/AutoScaling", metric_name=metric, stat="Maximum", dimensions=of, period=_MINUTE)


def _alarm(  # noqa: PLR0913, PLR0917
    context: Context,
    topic: Topic,
    role: str,
    description: str,
    expression: str,
    metrics: Mapping[str, _Metric],
    *,
    above: float,
    minutes: int,
    of_them: int | None = None,
) -> aws.cloudwatch.MetricAlarm:
    """Tell *topic* when *expression* of *metrics* is *above* for *minutes*, or for some *of_them*, and when it ends."""
    queries: list[_Query] = [
        {"id": "value", "expression": expression, "label": role, "return_data": True},
        *(_Query(id=name, metric=metric) for name, metric in metrics.items()),
    ]
    return aws.cloudwatch.MetricAlarm(
        f"{context.name}-alarm-{role}",
        alarm_description=description,
        metric_queries=queries,
        comparison_operator="GreaterThanThreshold",
        threshold=above,
        evaluation_periods=minutes,
        datapoints_to_alarm=of_them or minutes,
        # No metric at all is no traffic, or no group.
        treat_missing_data="notBreaching",
        alarm_actions=[topic.arn],
        ok_actions=[topic.arn],
        tags={"Name": f"{context.name}-{role}", **context.tags},
        opts=context.child(after=topic.ready),
    )

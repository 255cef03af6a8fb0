"""Who is told, and in which words of CloudWatch."""

from collections.abc import Mapping
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from ... import _topic
from ..._topic import Topic
from ..scope import Scope
from .shapes import DatabaseAlarms

_MINUTE = 60

_Query = aws.cloudwatch.MetricAlarmMetricQueryArgsDict
Metric = aws.cloudwatch.MetricAlarmMetricQueryMetricArgsDict


class Telling(NamedTuple):
    """Whom alarms tell."""

    scope: Scope
    alarms: DatabaseAlarms
    topic: Topic


def telling(scope: Scope, alarms: DatabaseAlarms) -> Telling | None:
    """Return whom *alarms* name, or make a topic; None when nobody is to be told."""
    if not alarms.get("enabled", True):
        return None
    given = alarms.get("topic_arn")
    if given is not None:
        return Telling(scope, alarms, Topic(pulumi.Output.from_input(given), []))
    owner = _topic.Owner(scope.name, scope.parent, scope.disposable, scope.tags)
    return Telling(scope, alarms, _topic.topic(owner, alarms.get("emails", ()), databases=True))


def of_rds(metric: str, stat: str, of: Mapping[str, pulumi.Input[str]], minutes: int = 1) -> Metric:
    """Return a *metric* of RDS, taken together over so many *minutes*."""
    return Metric(namespace="AWS/RDS", metric_name=metric, stat=stat, dimensions=of, period=minutes * _MINUTE)


def alarm(  # noqa: PLR0913
    told: Telling,
    role: str,
    description: str,
    expression: str,
    metrics: Mapping[str, Metric],
    *,
    periods: int,
    above: float | None = None,
    below: float | None = None,
) -> aws.cloudwatch.MetricAlarm:
    """Tell when *expression* of *metrics* is *above* or *below* for all of so many *periods*, and when it ends.

    No data is no alarm: a database may have been stopped on purpose, and of one that failed RDS tells.
    """
    scope = told.scope
    queries: list[_Query] = [
        {"id": "value", "expression": expression, "label": role, "return_data": True},
        *(_Query(id=name, metric=metric) for name, metric in metrics.items()),
    ]
    return aws.cloudwatch.MetricAlarm(
        f"{scope.name}-alarm-{role}",
        alarm_description=description,
        metric_queries=queries,
        comparison_operator="LessThanThreshold" if above is None else "GreaterThanThreshold",
        threshold=below if above is None else above,
        evaluation_periods=periods,
        datapoints_to_alarm=periods,
        treat_missing_data="notBreaching",
        alarm_actions=[told.topic.arn],
        ok_actions=[told.topic.arn],
        tags={"Name": f"{scope.name}-{role}", **scope.tags},
        opts=pulumi.ResourceOptions.merge(scope.child(), pulumi.ResourceOptions(depends_on=told.topic.ready)),
    )

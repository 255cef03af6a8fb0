from typing import Any

from . import Sample

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {}

_CPU = {
    "metricName": "CPUUtilization",
    "namespace": "AWS/EC2",
    "dimensions": {"AutoScalingGroupName": "web"},
    "period": 60,
    "stat": "Average",
}

SAMPLES = [
    Sample(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "alarmDescription": "No healthy server",
            "comparisonOperator": "LessThanThreshold",
            "evaluationPeriods": 3,
            "datapointsToAlarm": 2,
            "metricName": "HealthyHostCount",
            "namespace": "AWS/ApplicationELB",
            "dimensions": {
                "LoadBalancer": "app/web/50dc6c495c0c9188",
                "TargetGroup": "targetgroup/web/73e2d6bc24d8a067",
            },
            "period": 60,
            "statistic": "Minimum",
            "threshold": 1,
            "treatMissingData": "breaching",
            "alarmActions": ["{topic.arn}"],
            "okActions": ["{topic.arn}"],
            "tags": {"Name": "web"},
        },
        updated={"threshold": 2, "okActions": None, "period": 10},
        replaced={"name": "other"},
        note="of a metric",
    ),
    Sample(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "name": "busy",
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 2,
            "threshold": 80,
            "metricQueries": [
                {"id": "e1", "expression": "m1 * 100", "label": "Percent", "returnData": True},
                {"id": "m1", "metric": _CPU},
            ],
        },
        updated={"threshold": 90.5},
        note="of an expression",
    ),
]

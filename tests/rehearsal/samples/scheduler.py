import json
from typing import Any

from . import Sample

_CALL = "arn:aws:scheduler:::aws-sdk:elasticloadbalancingv2:modifyCapacityReservation"

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "scheduler-role": (
        "aws:iam/role:Role",
        {
            "name": "scheduler",
            "assumeRolePolicy": json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "scheduler.amazonaws.com"},
                            "Action": "sts:AssumeRole",
                        }
                    ],
                }
            ),
        },
    ),
}

SAMPLES = [
    Sample(
        "aws:scheduler/schedule:Schedule",
        {
            "description": "Reserves 500 capacity units",
            "scheduleExpression": "cron(0 5 ? * MON *)",
            "scheduleExpressionTimezone": "Europe/Zurich",
            "startDate": "2040-01-02T04:00:00Z",
            "endDate": "2041-01-02T04:00:00Z",
            "flexibleTimeWindow": {"mode": "OFF"},
            "target": {
                "arn": _CALL,
                "roleArn": "{scheduler-role.arn}",
                "input": json.dumps({"MinimumLoadBalancerCapacity": {"CapacityUnits": 500}}),
                "retryPolicy": {"maximumEventAgeInSeconds": 7200, "maximumRetryAttempts": 185},
            },
        },
        updated={
            "description": "Gives back reserved capacity",
            "scheduleExpression": "cron(0 12 ? * MON *)",
            "scheduleExpressionTimezone": "UTC",
            "startDate": None,
            "endDate": "2042-01-02T04:00:00Z",
            "flexibleTimeWindow": {"mode": "FLEXIBLE", "maximumWindowInMinutes": 15},
            "target": {
                "arn": _CALL,
                "roleArn": "{scheduler-role.arn}",
                "input": json.dumps({"ResetCapacityReservation": True}),
            },
            "state": "DISABLED",
        },
        replaced={"name": "other"},
    ),
]

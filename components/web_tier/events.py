"""What Auto Scaling says once, of servers that do not come and of refreshes that fail."""

import json

import pulumi
import pulumi_aws as aws

from .context import Context
from .topic import Topic

# EventBridge reference, "Amazon EC2 Auto Scaling events". A server whose launch hook is abandoned, or not completed in
# time, is a launch that failed (github.com/fortinet/fortigate-autoscale-aws, issue 9).
_LAUNCHES = ["EC2 Instance Launch Unsuccessful"]
_REFRESHES = [
    "EC2 Auto Scaling Instance Refresh Failed",
    "EC2 Auto Scaling Instance Refresh Rollback Started",
    "EC2 Auto Scaling Instance Refresh Rollback Succeeded",
    "EC2 Auto Scaling Instance Refresh Rollback Failed",
]

_REASON = (
    "For the reason: aws autoscaling describe-instance-refreshes --auto-scaling-group-name <group> "
    "--instance-refresh-ids <refresh>"
)


def fleet_events(context: Context, topic: Topic, group: pulumi.Input[str]) -> None:
    """Tell *topic* of launches and refreshes of the Auto Scaling group of that name that fail."""
    _tell(
        context,
        topic,
        group,
        "launch-failures",
        "Servers that could not be launched or did not become ready",
        _LAUNCHES,
        {
            "group": "$.detail.AutoScalingGroupName",
            "what": "$.detail.Description",
            "why": "$.detail.StatusMessage",
            "cause": "$.detail.Cause",
            "time": "$.time",
        },
        [
            "A server of <group> could not be launched or did not become ready.",
            "<what>: <why>",
            "It was launched because: <cause>",
            "<time>",
        ],
    )
    _tell(
        context,
        topic,
        group,
        "refresh-failures",
        "Instance refreshes that failed or were rolled back",
        _REFRESHES,
        {
            "event": "$.detail-type",
            "group": "$.detail.AutoScalingGroupName",
            "refresh": "$.detail.InstanceRefreshId",
            "time": "$.time",
        },
        [
            "<event>: <group>",
            _REASON,
            "<time>",
        ],
    )


def _tell(  # noqa: PLR0913, PLR0917
    context: Context,
    topic: Topic,
    group: pulumi.Input[str],
    role: str,
    description: str,
    events: list[str],
    paths: dict[str, str],
    lines: list[str],
) -> None:
    rule = aws.cloudwatch.EventRule(
        f"{context.name}-{role}",
        description=description,
        event_pattern=pulumi.Output.json_dumps(
            {"source": ["aws.autoscaling"], "detail-type": events, "detail": {"AutoScalingGroupName": [group]}}
        ),
        tags={"Name": f"{context.name}-{role}", **context.tags},
        opts=context.child(),
    )
    aws.cloudwatch.EventTarget(
        f"{context.name}-{role}-target",
        rule=rule.name,
        arn=topic.arn,
        # Each line is a string of its own, in quotes (EventBridge user guide, "Input transformation").
        input_transformer={"input_paths": paths, "input_template": "\n".join(json.dumps(line) for line in lines)},
        opts=context.child(after=topic.ready),
    )

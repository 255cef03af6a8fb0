"""Readers that Application Auto Scaling adds and removes, and their end."""

import pulumi
import pulumi_aws as aws

from .._function import Code, Owner, function
from ..database.scope import Scope
from ..windows import BASE, ScheduledAction
from .checks import Cluster, Elastic

_CODE = Code("functions.readers.handler.handle", ["functions/readers/handler.py", "functions/readers/removal.py"])

_MOST_SECONDS = 900  # Lambda's longest: a reader that is just coming cannot be deleted for about ten minutes


def follow_load(
    scope: Scope, spec: Cluster, cluster: aws.rds.Cluster, instances: list[aws.rds.ClusterInstance]
) -> None:
    """Let the number of readers follow load and windows."""
    elastic = spec.elastic
    if elastic is None:
        return
    farewell = _farewell(scope, cluster, instances)
    target = aws.appautoscaling.Target(
        f"{scope.name}-readers",
        resource_id=pulumi.Output.concat("cluster:", cluster.id),
        min_capacity=elastic.sizes.min_size,
        max_capacity=elastic.sizes.max_size,
        service_namespace="rds",
        scalable_dimension="rds:cluster:ReadReplicaCount",
        tags=scope.tags,
        opts=pulumi.ResourceOptions(
            parent=scope.parent,
            # After the instances: registered before the writer is there, a target never adds a reader
            # (github.com/awsdocs/amazon-aurora-user-guide, issue 22).
            depends_on=[*instances, farewell],
            ignore_changes=["minCapacity", "maxCapacity"] if elastic.actions else [],
        ),
    )
    _policies(scope, elastic, target)
    _schedule(scope, elastic, target)


def _policies(scope: Scope, elastic: Elastic, target: aws.appautoscaling.Target) -> None:
    metrics = {
        "cpu": ("RDSReaderAverageCPUUtilization", elastic.cpu_percent),
        "connections": ("RDSReaderAverageDatabaseConnections", elastic.connections),
    }
    for key, (metric, aim) in metrics.items():
        if aim is None:
            continue
        aws.appautoscaling.Policy(
            f"{scope.name}-readers-{key}",
            policy_type="TargetTrackingScaling",
            resource_id=target.resource_id,
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            target_tracking_scaling_policy_configuration={
                "predefined_metric_specification": {"predefined_metric_type": metric},
                "target_value": aim,
                "scale_in_cooldown": elastic.scale_in_cooldown,
                "scale_out_cooldown": elastic.scale_out_cooldown,
            },
            opts=scope.child(),
        )


def _schedule(scope: Scope, elastic: Elastic, target: aws.appautoscaling.Target) -> None:
    """Make the scheduled actions, one after the other: AWS refuses concurrent calls for one target.

    Unlike those of EC2 Auto Scaling they change in place, but for their start and end: PutScheduledAction forgets the
    times that it is not given (Application Auto Scaling API reference), so an action with other times is another one.
    """
    # Without windows one that repeats the sizes, every hour: a target that is registered with a floor above what is
    # there adds no reader until something makes it (github.com/terraform-aws-modules/terraform-aws-rds-aurora, issue
    # 432), and an action does.
    actions = elastic.actions or [ScheduledAction(BASE, "7 * * * *", "UTC", *elastic.sizes)]
    before: list[pulumi.Resource] = []
    for action in actions:
        made = aws.appautoscaling.ScheduledAction(
            f"{scope.name}-readers-{action.name}",
            resource_id=target.resource_id,
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            schedule=cron(action.recurrence),
            timezone=action.time_zone,
            start_time=action.start_time,
            end_time=action.end_time,
            scalable_target_action={"min_capacity": action.min_size, "max_capacity": action.max_size},
            opts=pulumi.ResourceOptions(
                parent=scope.parent, depends_on=list(before), replace_on_changes=["startTime", "endTime"]
            ),
        )
        before = [made]


def cron(recurrence: str) -> str:
    """Bring a crontab entry into the form of Application Auto Scaling, which names one of the two kinds of days."""
    minutes, hours, dates, months, days = recurrence.split()
    return f"cron({minutes} {hours} {dates} {months} ? *)" if days == "*" else f"cron({minutes} {hours} ? * {days} *)"


def _farewell(
    scope: Scope, cluster: aws.rds.Cluster, instances: list[aws.rds.ClusterInstance]
) -> aws.lambda_.Invocation:
    """Delete the readers that were added when their target has gone, before the cluster goes.

    Nobody else does: deregistering a target leaves them, and RDS refuses to delete a cluster with instances. Pulumi
    deletes in the reverse order of making, so: policies and actions, the target, this, the instances, the cluster.
    """
    name = f"{scope.name}-readers-farewell"
    invoke = pulumi.InvokeOutputOptions(parent=scope.parent)
    partition = aws.get_partition_output(opts=invoke).partition
    region = aws.get_region_output(opts=invoke).region
    account = aws.get_caller_identity_output(opts=invoke).account_id
    instance = pulumi.Output.format("arn:{}:rds:{}:{}:db:", partition, region, account)
    made = function(
        Owner(name, scope.parent, scope.tags),
        f"Deletes what autoscaling added to {scope.name}",
        _CODE,
        [
            {
                "Effect": "Allow",
                "Action": "rds:DescribeDBInstances",
                # Asked about all instances of a cluster, RDS checks the right to all instances.
                "Resource": pulumi.Output.concat(instance, "*"),
            },
            {
                "Effect": "Allow",
                "Action": "rds:DeleteDBInstance",
                "Resource": pulumi.Output.concat(instance, "application-autoscaling-*"),
                # Aurora user guide, Aurora.Integrating.AutoScaling: what it adds carries this tag.
                "Condition": {
                    "StringEquals": {
                        "aws:ResourceTag/application-autoscaling:resourceId": pulumi.Output.concat(
                            "cluster:", cluster.id
                        )
                    }
                },
            },
        ],
        {"timeout_seconds": _MOST_SECONDS},
    )
    return aws.lambda_.Invocation(
        f"{scope.name}-readers-leave",
        function_name=made.function.name,
        input=pulumi.Output.json_dumps({"cluster": cluster.id}),
        # The provider adds what is done (create, update, delete); the function acts at the end only.
        lifecycle_scope="CRUD",
        opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=[*instances, *made.ready]),
    )

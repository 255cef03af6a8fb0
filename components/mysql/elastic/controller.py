"""The function that adds and removes replicas, what calls it, and what ends it.

When it is switched off or the stack goes, its replicas go first: the resource `lambda.Invocation` calls the function
once more when it is deleted, from the engine's state alone, so `pulumi destroy` needs no program for it. All that the
replicas depend on is deleted after it, and the schedule before, so that nothing is made anew meanwhile.
"""

import json
from dataclasses import asdict
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from ..._function import Code, Made, Owner, Running, function
from ..._tags import launched
from ..._topic import Topic
from ...database.logs import log_groups
from ...database.scope import Scope
from ...functions.replicas.sizes import packed
from ..checks.elastic import Elastic
from ..instances import Place
from .permissions import statements
from .template import template

_FOLDER = "functions/replicas"
_CODE = tuple(
    f"{_FOLDER}/{module}.py"
    for module in (
        *("carry", "closing", "decide", "errors", "figures", "handler", "health", "journal", "load"),
        *("model", "names", "observe", "place", "sizes", "tidy"),
    )
)
FAILURES, MINUTES = 6, 10
"""How many of so many minutes have to fail until somebody is told: what cannot be made is given up every fourth minute
(`decide.LEASE`), which is no failure."""
_CLOSING_SECONDS = 900  # Lambda's most: RDS takes minutes to delete a replica


class Names(NamedTuple):
    """The reader's name, in its zone."""

    zone_id: pulumi.Input[str]
    reader: pulumi.Input[str]
    domain: str


def elastic_replicas(
    place: Place, elastic: Elastic, source: aws.rds.Instance, names: Names, topic: Topic | None = None
) -> aws.lambda_.Function:
    """Make the controller of the replicas of *source* at *place*; *topic* is told when it fails."""
    scope = place.scope
    name = f"{scope.name}-elastic"
    lookup = pulumi.InvokeOutputOptions(parent=scope.parent)
    partition = aws.get_partition_output(opts=lookup).partition
    region = aws.get_region_output(opts=lookup).region
    account = aws.get_caller_identity_output(opts=lookup).account_id
    stack = f"{pulumi.get_project()}/{pulumi.get_stack()}/{scope.name}"
    journal = f"elastic-replicas.{names.domain}"
    here = pulumi.Output.format("{}:{}", region, account)
    arns = {
        "rds": pulumi.Output.concat("arn:", partition, ":rds:", here),
        "alarm": pulumi.Output.concat("arn:", partition, ":cloudwatch:", here, ":alarm"),
        "zone": pulumi.Output.concat("arn:", partition, ":route53:::hostedzone/", names.zone_id),
        "check": pulumi.Output.concat("arn:", partition, ":route53:::healthcheck"),
        **({"monitoring": place.monitoring.arn} if place.monitoring else {}),
        **({"key": place.kms_key_arn} if place.kms_key_arn is not None else {}),
    }
    common = place.common()
    insights = place.database.insights.inputs(elastic.instance_class, place.kms_key_arn)
    new = template({**common, "instance_class": elastic.instance_class, **insights})
    made = function(
        Owner(name, scope.parent, scope.tags),
        f"Adds and removes read replicas of {scope.name}",
        Code(
            "functions.replicas.handler.handle",
            [*_CODE, "windows/sizes.py"],
            texts={f"{_FOLDER}/policy.json": _policy(elastic)},
        ),
        statements(
            arns,
            name=scope.name,
            scope=stack,
            source=source.identifier,
            groups={"parameters": place.parameters.name, "subnets": place.subnets.name},
            records=[names.reader, journal],
        ),
        Running(
            environment={
                "SCOPE": stack,
                "SOURCE": source.identifier,
                "ZONE_ID": names.zone_id,
                "READER": names.reader,
                "JOURNAL": journal,
                "TEMPLATE": pulumi.Output.json_dumps(new),
                "TAGS": pulumi.Output.json_dumps(launched(scope.parent, scope.tags)),
            },
            timeout_seconds=_CLOSING_SECONDS,
            log_retention_days=place.database.log_retention_days,
            concurrency=1 if elastic.reserved else None,
        ),
    )
    _tell(scope, name, made, topic)
    _call(scope.parent, name, made, (source, names), _logs(place, elastic, source))
    return made.function


def _policy(elastic: Elastic) -> str:
    policy = elastic.policy
    given = {**asdict(policy), "windows": [packed(window) for window in policy.windows], "offsets": policy.offsets}
    return json.dumps(given, sort_keys=True)


def _logs(place: Place, elastic: Elastic, source: aws.rds.Instance) -> list[pulumi.Resource]:
    """Make the log groups of all replicas that may come, which RDS would make itself and keep for ever."""
    groups = list[pulumi.Resource]()
    for number in range(1, elastic.policy.max_size + 1):
        path = pulumi.Output.concat("/aws/rds/instance/", source.identifier, f"-elastic-{number}")
        days = place.database.log_retention_days
        groups += log_groups(place.scope, place.part(f"elastic-{number}"), path, days, kept=False)
    return groups


def _call(
    parent: pulumi.Resource, name: str, made: Made, where: tuple[aws.rds.Instance, Names], logs: list[pulumi.Resource]
) -> None:
    """Call the function every minute, and when it comes, gets another source or zone, and goes."""
    source, names = where
    once = aws.lambda_.FunctionEventInvokeConfig(
        f"{name}-asked-once",
        function_name=made.function.name,
        # The next minute asks again; what comes late would only see what the next sees.
        maximum_event_age_in_seconds=60,
        maximum_retry_attempts=0,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    life = aws.lambda_.Invocation(
        f"{name}-life",
        function_name=made.function.name,
        # Another zone has no journal yet.
        input=pulumi.Output.json_dumps({"source": source.identifier, "zone": names.zone_id}),
        lifecycle_scope="CRUD",
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[*made.ready, once, *logs]),
    )
    rule = aws.cloudwatch.EventRule(
        f"{name}-every-minute",
        description=f"Calls {name}",
        schedule_expression="rate(1 minute)",
        opts=pulumi.ResourceOptions(parent=parent),
    )
    allowed = aws.lambda_.Permission(
        f"{name}-allowed",
        action="lambda:InvokeFunction",
        function=made.function.name,
        principal="events.amazonaws.com",
        source_arn=rule.arn,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    aws.cloudwatch.EventTarget(
        f"{name}-every-minute-target",
        rule=rule.name,
        arn=made.function.arn,
        input="{}",
        # After the first call has opened the journal, and gone before the last one closes it.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[allowed, life]),
    )


def _tell(scope: Scope, name: str, made: Made, topic: Topic | None) -> None:
    """Raise an alarm when the function goes on failing: single failures the next run makes up for."""
    told = [topic.arn] if topic else None
    aws.cloudwatch.MetricAlarm(
        f"{name}-errors",
        alarm_description=f"{name} fails: replicas neither come nor go",
        namespace="AWS/Lambda",
        metric_name="Errors",
        dimensions={"FunctionName": made.function.name},
        statistic="Sum",
        period=60,
        evaluation_periods=MINUTES,
        datapoints_to_alarm=FAILURES,
        threshold=0,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="notBreaching",
        alarm_actions=told,
        ok_actions=told,
        tags={"Name": f"{name}-errors", **scope.tags},
        opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=topic.ready if topic else []),
    )

"""The least that the controller may do.

Resources and condition keys: service authorization reference, Amazon RDS, Route 53 and CloudWatch; Route 53 developer
guide, "Using IAM policy conditions for fine-grained access control".
"""

from collections.abc import Mapping
from typing import Any

import pulumi

from ...functions.replicas.model import SCOPE_TAG

Arns = Mapping[str, pulumi.Input[str]]
"""`rds`, `alarm`, `zone`, `check`: what the ARNs of this account and region begin with; `key` and `monitoring` whole,
where there are such."""


def statements(  # noqa: PLR0913
    arns: Arns,
    *,
    name: str,
    scope: str,
    source: pulumi.Input[str],
    groups: Mapping[str, pulumi.Input[str]],
    records: list[pulumi.Input[str]],
) -> list[dict[str, Any]]:
    """Return what the role's policy allows for the database *name* with its *source* of replication.

    Its own replicas are known by their tag *scope* and by their name: created under the source's, deleted also under
    that of an earlier source.
    """
    rds, alarm = arns["rds"], arns["alarm"]
    new = pulumi.Output.concat(rds, ":db:", source, "-elastic-*")
    tagged = {"StringEquals": {f"aws:RequestTag/{SCOPE_TAG}": scope}}
    alarms = pulumi.Output.concat(alarm, f":{name}-*-elastic-*")
    made: list[dict[str, Any]] = [
        _allow(["rds:DescribeDBInstances"], pulumi.Output.concat(rds, ":db:*")),
        _allow(
            ["rds:CreateDBInstanceReadReplica"],
            [
                pulumi.Output.concat(rds, ":db:", source),
                new,
                # Which it has from its source unless it is told another.
                pulumi.Output.concat(rds, ":og:*"),
                pulumi.Output.concat(rds, ":pg:", groups["parameters"]),
                pulumi.Output.concat(rds, ":subgrp:", groups["subnets"]),
            ],
            tagged,
        ),
        # RDS asks for it when a request to create something brings tags along.
        _allow(["rds:AddTagsToResource"], new, tagged),
        _allow(
            ["rds:DeleteDBInstance"],
            pulumi.Output.concat(rds, f":db:{name}-*-elastic-*"),
            {"StringEquals": {f"aws:ResourceTag/{SCOPE_TAG}": scope}},
        ),
        # No resource types: GetMetricData, ListHealthChecks and CreateHealthCheck.
        _allow(["cloudwatch:GetMetricData", "route53:ListHealthChecks", "route53:CreateHealthCheck"], "*"),
        _allow(["cloudwatch:DescribeAlarms"], pulumi.Output.concat(alarm, ":*")),
        _allow(["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"], alarms),
        _allow(["route53:ListResourceRecordSets"], arns["zone"]),
        _allow(
            ["route53:ChangeResourceRecordSets"],
            arns["zone"],
            {
                "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": records,
                    "route53:ChangeResourceRecordSetsRecordTypes": ["CNAME", "TXT"],
                }
            },
        ),
        _allow(["route53:DeleteHealthCheck", "route53:UpdateHealthCheck"], pulumi.Output.concat(arns["check"], "/*")),
    ]
    if "monitoring" in arns:
        passed = {"StringEquals": {"iam:PassedToService": "monitoring.rds.amazonaws.com"}}
        made.append(_allow(["iam:PassRole"], arns["monitoring"], passed))
    if "key" in arns:
        # RDS encrypts with it in the name of who asks (RDS user guide, Overview.Encryption.Keys).
        via = {"StringLike": {"kms:ViaService": "rds.*.amazonaws.com"}}
        made.append(_allow(["kms:CreateGrant", "kms:DescribeKey"], arns["key"], via))
    return made


def _allow(actions: list[str], resource: Any, condition: dict[str, Any] | None = None) -> dict[str, Any]:  # noqa: ANN401
    return {
        "Effect": "Allow",
        "Action": actions,
        "Resource": resource,
        **({"Condition": condition} if condition else {}),
    }

"""What RDS says by itself: failovers, failures, maintenance, changes."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
import pulumi_aws as aws

from .telling import Telling

# RDS user guide, "Amazon RDS event categories and event messages". Maintenance, failure and configuration change are
# what auditors look for (FSBP RDS.19 to RDS.22); `notification` has the storage that nears its ceiling.
_CATEGORIES = {
    "db-instance": (
        "availability",
        "configuration change",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
        "notification",
        "read replica",
        "recovery",
    ),
    "db-cluster": ("configuration change", "deletion", "failover", "failure", "maintenance", "notification"),
    "db-parameter-group": ("configuration change",),
    "db-proxy": ("configuration change", "deletion", "failure"),
    "db-security-group": ("configuration change", "failure"),
}


class Source(NamedTuple):
    """What says something."""

    role: str
    kind: str
    """Source type of RDS."""
    identifiers: Sequence[pulumi.Input[str]]
    """None of them are all that the account has in the region."""


def subscribe(told: Telling, sources: Sequence[Source]) -> None:
    """Tell of the events of *sources*."""
    if not told.alarms.get("events", True):
        return
    scope = told.scope
    for source in sources:
        aws.rds.EventSubscription(
            f"{scope.name}-events-{source.role}",
            sns_topic=told.topic.arn,
            source_type=source.kind,
            source_ids=list(source.identifiers) or None,
            event_categories=list(_CATEGORIES[source.kind]),
            tags={"Name": f"{scope.name}-events-{source.role}", **scope.tags},
            opts=pulumi.ResourceOptions.merge(scope.child(), pulumi.ResourceOptions(depends_on=told.topic.ready)),
        )

"""A second bucket in another region, and the role by which S3 copies into it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from .._bucket import PrivateBucket
from .._elsewhere import elsewhere
from .._trust import trust
from .keys import through_s3
from .shapes import BucketReplication

RULE = "everything"
"""Name of the rule, which is a dimension of its metrics."""
_PROMISED = 15
"""Minutes; S3 has no other (S3 API model, ReplicationTimeValue)."""


class Side(NamedTuple):
    """A bucket that is copied, or into which is copied."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    kms_key_arn: pulumi.Input[str] | None
    region: pulumi.Input[str]
    settings: Sequence[pulumi.Resource]
    """What must stand before S3 takes the replication on."""


class Replicated(NamedTuple):
    """What watches a replication, and who reads from its end, need to know."""

    source_name: pulumi.Output[str]
    replica: Side
    role_arn: pulumi.Output[str]
    region: str
    behind_minutes: int


def replicate(  # noqa: PLR0913 (each is one fact about the replication)
    name: str,
    parent: pulumi.Resource,
    spec: BucketReplication,
    source: Side,
    replica: Side,
    *,
    locked: bool,
    tags: Mapping[str, pulumi.Input[str]],
) -> Replicated:
    """Make ``{name}-replication`` and its role.

    Neither is kept when the stack or the setting goes: both are made again in a minute, and a replication that nobody
    sees any more would cost for ever.
    """
    away = elsewhere("SharedStorage: storage.bucket.replication.region", spec["region"], source.region)
    role = aws.iam.Role(
        f"{name}-replication-role",
        # What is refused must be an input: every replication has this one, and every preview knows it.
        description=away.apply(lambda _: "Lets S3 copy the shared files into another region"),
        # No source conditions: AWS documents none for replication (S3 user guide, "Setting up permissions for live
        # replication"), and S3 would be refused silently. Only who may pass the role can have it used.
        assume_role_policy=trust("s3.amazonaws.com"),
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    policy = aws.iam.RolePolicy(
        f"{name}-replication-role-policy",
        role=role.name,
        policy=pulumi.Output.json_dumps(
            {"Version": "2012-10-17", "Statement": _statements(source, replica, locked=locked)}
        ),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    timed = spec.get("time_control", False)
    rule: aws.s3.BucketReplicationConfigRuleArgsDict = {
        "id": RULE,
        "status": "Enabled",
        "priority": 1,
        "filter": {"prefix": ""},
        "delete_marker_replication": {"status": "Enabled" if spec.get("delete_markers", True) else "Disabled"},
        "destination": _destination(spec, replica, timed=timed),
    }
    if replica.kms_key_arn is not None:
        # Without it S3 leaves out what a key of one's own encrypts.
        rule["source_selection_criteria"] = {"sse_kms_encrypted_objects": {"status": "Enabled"}}
    aws.s3.BucketReplicationConfig(
        f"{name}-replication",
        bucket=source.name,
        role=role.arn,
        rules=[rule],
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[policy, *source.settings, *replica.settings]),
    )
    behind = spec.get("behind_minutes", _PROMISED if timed else 60)
    return Replicated(source.name, replica, role.arn, spec["region"], behind)


def _destination(
    spec: BucketReplication, replica: Side, *, timed: bool
) -> aws.s3.BucketReplicationConfigRuleDestinationArgsDict:
    # Metrics are what the alarms look at, so they are always on.
    made: aws.s3.BucketReplicationConfigRuleDestinationArgsDict = {
        "bucket": replica.arn,
        "metrics": {"status": "Enabled"},
    }
    if "storage_class" in spec:
        made["storage_class"] = spec["storage_class"].value.upper()
    if replica.kms_key_arn is not None:
        made["encryption_configuration"] = {"replica_kms_key_id": replica.kms_key_arn}
    if timed:
        made["metrics"] = {"status": "Enabled", "event_threshold": {"minutes": _PROMISED}}
        made["replication_time"] = {"status": "Enabled", "time": {"minutes": _PROMISED}}
    return made


def _statements(source: Side, replica: Side, *, locked: bool) -> list[dict[str, Any]]:
    """Those of the S3 user guide, "Setting up permissions for live replication" and "Replicating encrypted objects"."""
    locks = ["s3:GetObjectRetention", "s3:GetObjectLegalHold"] if locked else []
    statements: list[dict[str, Any]] = [
        {
            "Sid": "Source",
            "Effect": "Allow",
            "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
            "Resource": source.arn,
        },
        {
            "Sid": "Originals",
            "Effect": "Allow",
            "Action": [
                "s3:GetObjectVersionForReplication",
                "s3:GetObjectVersionAcl",
                "s3:GetObjectVersionTagging",
                *locks,
            ],
            "Resource": pulumi.Output.concat(source.arn, "/*"),
        },
        {
            "Sid": "Replicas",
            "Effect": "Allow",
            "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
            "Resource": pulumi.Output.concat(replica.arn, "/*"),
        },
    ]
    # Bucket keys have the bucket as encryption context, objects without one themselves.
    uses = (("DecryptOriginals", ["kms:Decrypt"], source), ("EncryptReplicas", ["kms:Encrypt"], replica))
    for sid, actions, side in uses:
        if side.kms_key_arn is not None:
            contexts = [side.arn, pulumi.Output.concat(side.arn, "/*")]
            statements.append(
                {
                    "Sid": sid,
                    "Effect": "Allow",
                    "Action": actions,
                    "Resource": side.kms_key_arn,
                    "Condition": {
                        "StringLike": {
                            "kms:ViaService": through_s3(side.region),
                            "kms:EncryptionContext:aws:s3:arn": contexts,
                        }
                    },
                }
            )
    return statements


def side(made: PrivateBucket, kms_key_arn: pulumi.Input[str] | None, region: pulumi.Input[str]) -> Side:
    """Return a bucket of ours as a side."""
    return Side(made.bucket.bucket, made.bucket.arn, kms_key_arn, region, made.settings)


def side_given(arn: pulumi.Input[str], kms_key_arn: pulumi.Input[str] | None, region: str) -> Side:
    """Return a bucket that is there as a side."""
    known = pulumi.Output.from_input(arn)
    return Side(known.apply(lambda text: text.rpartition(":")[2]), known, kms_key_arn, region, [])

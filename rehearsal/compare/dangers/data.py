"""Data that a deployment would take away."""

from rehearsal.compare.changes import Change
from rehearsal.compare.steps import Plan, Step

from .common import Danger, Rules, name

STATEFUL = {
    "aws:backup/vault:Vault": "backup vault",
    "aws:cognito/userPool:UserPool": "user pool",
    "aws:cloudwatch/logGroup:LogGroup": "log group",
    "aws:docdb/cluster:Cluster": "database cluster",
    "aws:dynamodb/globalTable:GlobalTable": "table",
    "aws:dynamodb/table:Table": "table",
    "aws:ebs/snapshot:Snapshot": "snapshot",
    "aws:ebs/snapshotCopy:SnapshotCopy": "snapshot",
    "aws:ebs/volume:Volume": "volume",
    "aws:ec2/ami:Ami": "image",
    "aws:ec2/amiCopy:AmiCopy": "image",
    "aws:ec2/amiFromInstance:AmiFromInstance": "image",
    "aws:ecr/repository:Repository": "image repository",
    "aws:efs/fileSystem:FileSystem": "file system",
    "aws:elasticache/cluster:Cluster": "cache",
    "aws:elasticache/replicationGroup:ReplicationGroup": "cache",
    "aws:elasticache/serverlessCache:ServerlessCache": "cache",
    "aws:elasticsearch/domain:Domain": "search domain",
    "aws:fsx/lustreFileSystem:LustreFileSystem": "file system",
    "aws:fsx/ontapFileSystem:OntapFileSystem": "file system",
    "aws:fsx/ontapVolume:OntapVolume": "volume",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": "file system",
    "aws:fsx/openZfsVolume:OpenZfsVolume": "volume",
    "aws:fsx/windowsFileSystem:WindowsFileSystem": "file system",
    "aws:glacier/vault:Vault": "vault",
    "aws:kinesis/stream:Stream": "stream",
    "aws:kms/externalKey:ExternalKey": "key",
    "aws:kms/key:Key": "key",
    "aws:kms/replicaKey:ReplicaKey": "key",
    "aws:lightsail/database:Database": "database",
    "aws:lightsail/disk:Disk": "volume",
    "aws:memorydb/cluster:Cluster": "database cluster",
    "aws:msk/cluster:Cluster": "cluster",
    "aws:neptune/cluster:Cluster": "database cluster",
    "aws:opensearch/domain:Domain": "search domain",
    "aws:rds/cluster:Cluster": "database cluster",
    "aws:rds/clusterSnapshot:ClusterSnapshot": "snapshot",
    "aws:rds/globalCluster:GlobalCluster": "database cluster",
    "aws:rds/instance:Instance": "database",
    "aws:rds/snapshot:Snapshot": "snapshot",
    "aws:redshift/cluster:Cluster": "database cluster",
    "aws:route53/zone:Zone": "zone",
    "aws:s3/bucket:Bucket": "bucket",
    "aws:s3/bucketV2:BucketV2": "bucket",
    "aws:s3/directoryBucket:DirectoryBucket": "bucket",
    "aws:s3/filesFileSystem:FilesFileSystem": "file system",
    "aws:secretsmanager/secret:Secret": "secret",
    "aws:sqs/queue:Queue": "queue",
    "aws:ssm/parameter:Parameter": "parameter",
    "aws:timestreamwrite/table:Table": "table",
}
"""By type: what it is, in a word. What holds something that a new one of its kind would not hold."""


def rules(plan: Plan) -> Rules:
    """Tell what is stateful and replaced or deleted."""
    was, now = plan.base.provider.get("aws:region"), plan.head.provider.get("aws:region")
    if plan.base.exists and plan.head.exists and was and now and was != now:
        yield Danger("data", None, f"the region changes from {was} to {now}: nothing moves, everything is made anew")
    created = [step for step in plan.steps if step.action == "create"]
    for step in plan.steps:
        noun = STATEFUL.get(step.now.type)
        if noun is None or not step.goes or is_replica(step):
            continue
        text = f"the {noun} {name(step)} is {step.action}d"
        if step.action == "replace":
            text += f", because {_causes(step)}; {_fate(step)}"
        else:
            text += f"; {_fate(step)}{_perhaps_renamed(step, created)}"
        yield Danger("data", step, text)


def is_replica(step: Step) -> bool:
    """Whether the resource is a copy of another one, so that its end takes capacity and no data."""
    return step.now.type == "aws:rds/instance:Instance" and bool(step.old.get("replicateSourceDb"))


def _causes(step: Step) -> str:
    causes = [change for change in step.changes if change.replaces]
    told = [_cause(change) for change in causes[:3]]
    return ", ".join(told) + (f" and {len(causes) - len(told)} more" if len(causes) > len(told) else "")


def _cause(change: Change) -> str:
    return f"{change.shown} is {change.note}" if change.note else f"{change.shown} changes"


def _fate(step: Step) -> str:
    if step.was("protect") and not (step.action == "replace" and not step.now.option("protect")):
        return "the deployment refuses that as long as it is protected"
    if step.was("retainOnDelete"):
        kept = "stays on AWS, but no longer belongs to the stack"
        return f"the old one {kept}, the new one is empty" if step.action == "replace" else f"it {kept}"
    return "what the old one holds is lost" if step.action == "replace" else "what it holds is lost"


def _perhaps_renamed(step: Step, created: list[Step]) -> str:
    twin = next((other for other in created if other.now.type == step.now.type), None)
    return "" if twin is None else f" (if {twin.now.name} is the same under a new name, give it an alias)"

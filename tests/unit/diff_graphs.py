"""Graphs made by hand, for the tests of the comparison."""

import hashlib
from collections.abc import Mapping
from typing import Any

from rehearsal.compare.facts import Facts
from rehearsal.compare.graph import Graph, parse_graph
from rehearsal.compare.report import Report, compare
from rehearsal.entry import Prop, props

TYPES: dict[str, Facts] = {
    "aws:rds/instance:Instance": Facts(
        known=True,
        inputs=props(
            "instanceClass deletionProtection multiAz tags vpcSecurityGroupIds port",
            replaces="dbName storageEncrypted username dbSubnetGroupName",
            computed="backupRetentionPeriod kmsKeyId engineVersion",
            sets="vpcSecurityGroupIds",
            secret="password",  # noqa: S106 - a name
            defaults={"skipFinalSnapshot": False, "publiclyAccessible": False, "deleteAutomatedBackups": True},
        ),
    ),
    "aws:s3/bucket:Bucket": Facts(
        known=True, inputs=props("tags", replaces="bucket", computed="bucket", defaults={"forceDestroy": False})
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Facts(known=True, inputs=props("policy", replaces="bucket", json="policy")),
    "aws:ec2/securityGroup:SecurityGroup": Facts(
        known=True,
        inputs=props("tags", replaces="vpcId name", computed="ingress egress", sets="ingress egress"),
    ),
    "aws:ec2/vpc:Vpc": Facts(known=True, inputs=props("tags enableDnsSupport", replaces="cidrBlock")),
    "aws:ec2/subnet:Subnet": Facts(
        known=True, inputs=props("mapPublicIpOnLaunch", replaces="vpcId cidrBlock availabilityZone")
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": Facts(
        known=True, inputs=props("userData imageId instanceType metadataOptions"), volatile=frozenset({"latestVersion"})
    ),
    "aws:autoscaling/group:Group": Facts(
        known=True,
        inputs=props("minSize maxSize desiredCapacity launchTemplate vpcZoneIdentifiers", sets="vpcZoneIdentifiers"),
    ),
    "aws:route53/record:Record": Facts(known=True, inputs=props("records ttl", replaces="name type", sets="records")),
}


def facts(token: str) -> Facts:
    """Stand in for the entries of the rehearsal."""
    return TYPES.get(
        token, Facts(known=token.startswith(("aws:", "elasticweb:")), inputs={"region": Prop(computed=True)})
    )


def digest(urn: str) -> str:
    return hashlib.sha256(urn.encode()).hexdigest()[:17]


class Program:
    """A side that declares resources one by one."""

    def __init__(self, stack: str = "prod", **provider: Any) -> None:
        self.stack = stack
        self.provider = {key.replace("__", ":"): value for key, value in provider.items()}
        self.resources: list[dict[str, Any]] = []
        self.outputs: dict[str, Any] = {}

    def component(self, name: str, type_: str = "elasticweb:index:WebTier", parent: str = "", **options: Any) -> str:
        return self.add(type_, name, {}, parent=parent, custom=False, **options)["urn"]

    def add(  # noqa: PLR0913
        self,
        type_: str,
        name: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        parent: str = "",
        custom: bool = True,
        deps: Mapping[str, list[dict[str, Any]]] | None = None,
        secrets: tuple[str, ...] = (),
        outputs: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> dict[str, Any]:
        kinds = f"{parent.split('::')[2]}${type_}" if parent else type_
        urn = f"urn:pulumi:{self.stack}::elasticweb::{kinds}::{name}"
        id_ = f"{name}-{digest(urn)}"
        given = {key: "[secret]" if key in secrets else value for key, value in (inputs or {}).items()}
        links = {key: [resource["urn"] for resource in resources] for key, resources in (deps or {}).items()}
        resource: dict[str, Any] = {
            "urn": urn,
            "type": type_,
            "name": name,
            "parent": parent,
            "custom": custom,
            "inputs": given,
            "secretInputs": sorted(secrets),
            "outputs": {"arn": f"arn:aws:x:eu-central-1:123456789012:{id_}", **given, **(outputs or {})}
            if custom
            else {},
            "dependencies": sorted({urn for urns in links.values() for urn in urns}),
            "propertyDependencies": links,
            "options": {key: value for key, value in options.items() if value},
            "id": id_ if custom else "",
        }
        self.resources.append(resource)
        return resource

    def graph(self) -> Graph:
        raw = {"project": "elasticweb", "stack": self.stack, "resources": self.resources, "outputs": self.outputs}
        return parse_graph(raw, self.provider)


def diff(base: Program | None, head: Program | None) -> Report:
    nothing = Graph(project="elasticweb", stack="prod", exists=False)
    return compare(base.graph() if base else nothing, head.graph() if head else nothing, facts)


def said(report: Report, kind: str = "") -> list[str]:
    """What is dangerous, in words."""
    return [danger["text"] for danger in report["dangers"] if kind in ("", danger["kind"])]


def entry(report: Report, name: str) -> dict[str, Any]:
    found = [c for component in report["components"] for c in component["changes"] if c["name"] == name]
    assert len(found) == 1, found
    return found[0]


def counts(report: Report) -> dict[str, int]:
    return {action: count for action, count in report["counts"].items() if count}


DB = {
    "instanceClass": "db.r7g.xlarge",
    "dbName": "app",
    "storageEncrypted": True,
    "deletionProtection": True,
    "backupRetentionPeriod": 14,
    "multiAz": True,
}

"""Databases: primaries and replicas, where they come from, how they are kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from .scene import Scene, Section, count, listed


def sections(scene: Scene) -> Iterator[Section]:
    """One for every instance, primaries first."""
    found: list[Mapping[str, Any]] = []
    for resource in scene.all("rds/instance:Instance"):
        name = resource.outputs.get("identifier") or resource.id
        found += scene.ask(resource, "rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
    for instance in sorted(found, key=lambda i: (_source(i), i["DBInstanceIdentifier"])):
        yield _instance(instance)


def _source(instance: Mapping[str, Any]) -> str:
    return str(instance.get("ReadReplicaSourceDBInstanceIdentifier") or "")


def _instance(instance: Mapping[str, Any]) -> Section:
    source = _source(instance)
    section = Section("Database replica" if source else "Database", instance["DBInstanceIdentifier"])
    rows = section.rows
    if source:
        rows.append(("replica of", source))
    engine = f"{instance['Engine']} {instance['EngineVersion']} on {instance['DBInstanceClass']}"
    zones = "Multi-AZ" if instance.get("MultiAZ") else f"in {instance.get('AvailabilityZone', 'one zone')}"
    rows.append(("runs", f"{engine}, {zones}, {instance['DBInstanceStatus']}"))
    endpoint = instance.get("Endpoint", {})
    public = "public" if instance.get("PubliclyAccessible") else "not public"
    rows.append(("endpoint", f"{endpoint.get('Address')}:{endpoint.get('Port')}, {public}"))
    encrypted = "encrypted" if instance.get("StorageEncrypted") else "not encrypted"
    grows = instance.get("MaxAllocatedStorage") or 0
    most = f", grows to {grows} GiB" if grows > instance["AllocatedStorage"] else ""
    rows.append(("storage", f"{instance['AllocatedStorage']} GiB {instance.get('StorageType')}{most}, {encrypted}"))
    kept = instance.get("BackupRetentionPeriod") or 0
    backups = f"kept for {count(kept, 'day')}, taken {instance.get('PreferredBackupWindow')} UTC" if kept else "none"
    rows.append(("backups", backups))
    rows.append(("parameters", listed(g["DBParameterGroupName"] for g in instance.get("DBParameterGroups", []))))
    replicas: list[str] = instance.get("ReadReplicaDBInstanceIdentifiers") or []
    if not source:
        rows.append(("replicas", f"{len(replicas)}: {listed(sorted(replicas))}" if replicas else "none"))
    rows.append(("deletion", "protected" if instance.get("DeletionProtection") else "not protected"))
    return section

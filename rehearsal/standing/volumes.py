"""Data volumes and what is copied of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from .scene import Scene, Section, listed, tags_of


def sections(scene: Scene) -> Iterator[Section]:
    """One for every volume that the program made itself, not those of servers."""
    policies = scene.all("dlm/lifecyclePolicy:LifecyclePolicy")
    for resource in scene.all("ebs/volume:Volume"):
        volume = scene.ask(resource, "ec2", "describe_volumes", VolumeIds=[resource.id])["Volumes"][0]
        section = Section("Volume", tags_of(volume).get("Name", resource.id))
        speed = f", {volume['Iops']} IOPS" if volume.get("Iops") else ""
        encrypted = "encrypted" if volume["Encrypted"] else "not encrypted"
        what = f"{volume['Size']} GiB {volume['VolumeType']}{speed}, {encrypted}"
        section.rows.append(("volume", f"{resource.id}, {what}"))
        attached = [f"{a['InstanceId']} as {a['Device']}" for a in volume.get("Attachments", [])]
        where = f"{volume['AvailabilityZone']}, {volume['State']}"
        section.rows.append(("where", f"{where}, attached to {listed(attached, 'no server')}"))
        section.rows += [("snapshots", line) for line in _snapshots(scene, policies, tags_of(volume))]
        yield section
    for resource in scene.recorded("dlm/lifecyclePolicy:LifecyclePolicy"):
        rows = [("snapshots", "recorded, not emulated: what it asks for could not be read back")]
        yield Section("Snapshot policy", resource.name, rows)


def _snapshots(scene: Scene, policies: list[Any], tags: Mapping[str, str]) -> Iterator[str]:
    for resource in policies:
        policy = scene.ask(resource, "dlm", "get_lifecycle_policy", PolicyId=resource.id)["Policy"]
        details = policy["PolicyDetails"]
        if all(tags.get(t["Key"]) == t["Value"] for t in details.get("TargetTags", [])):
            for schedule in details.get("Schedules", []):
                rule, kept = schedule.get("CreateRule", {}), schedule.get("RetainRule", {})
                often = rule.get("CronExpression") or f"every {rule.get('Interval')} {rule.get('IntervalUnit')}"
                yield f"{schedule['Name']}: {often} at {listed(rule.get('Times', []))} UTC, {kept.get('Count')} kept"

"""Auto Scaling groups: how many servers, of what kind, when more, and why."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.recorder import Registered

from .cron import next_time, words
from .scene import Row, Scene, Section, listed


def sections(scene: Scene) -> Iterator[Section]:
    """One for every group."""
    for group in scene.all("autoscaling/group:Group"):
        yield _fleet(scene, group)


def _fleet(scene: Scene, group: Registered) -> Section:
    mine = {"AutoScalingGroupName": group.id}
    found = scene.ask(group, "autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[group.id])
    fleet = found["AutoScalingGroups"][0]
    section = Section("Servers", fleet["AutoScalingGroupName"])
    size = f"minimum {fleet['MinSize']}, desired {fleet['DesiredCapacity']}, maximum {fleet['MaxSize']}"
    section.rows.append(("size", size))
    running = [i for i in fleet["Instances"] if i["LifecycleState"] == "InService"]
    zones = Counter(i["AvailabilityZone"] for i in running)
    spread = listed((f"{number} in {zone}" for zone, number in sorted(zones.items())), "nowhere")
    section.rows.append(("in service", f"{len(running)}: {spread}; {fleet['HealthCheckType']} health checks"))
    section.rows += _template(scene, group, fleet)
    section.rows += _schedule(scene, group, mine)
    section.rows += _policies(scene, group, mine)
    return section


def _template(scene: Scene, group: Registered, fleet: Mapping[str, Any]) -> Iterator[Row]:
    template = fleet.get("LaunchTemplate")
    if not template:
        return
    version = template.get("Version", "$Default")
    asked = {"LaunchTemplateId": template["LaunchTemplateId"], "Versions": [version]}
    told = scene.ask(group, "ec2", "describe_launch_template_versions", **asked)["LaunchTemplateVersions"]
    data = told[0]["LaunchTemplateData"]
    tokens = data.get("MetadataOptions", {}).get("HttpTokens")
    volumes = [_volume(m["DeviceName"], m["Ebs"]) for m in data.get("BlockDeviceMappings", []) if "Ebs" in m]
    yield "launches", f"{data.get('InstanceType')} from {data.get('ImageId')}, template version {version}"
    disks = listed(volumes, "the image decides about volumes")
    key = f"key pair {data['KeyName']}" if data.get("KeyName") else "no key pair"
    yield "", f"{disks}; IMDSv2 {tokens or 'as the image says'}; {key}"


def _volume(device: str, ebs: Mapping[str, Any]) -> str:
    kind = f"{ebs.get('VolumeSize', '?')} GiB {ebs.get('VolumeType', '')}".strip()
    return f"{device} {kind} {'encrypted' if ebs.get('Encrypted') else 'not encrypted'}"


def _schedule(scene: Scene, group: Registered, mine: Mapping[str, Any]) -> Iterator[Row]:
    told = scene.ask(group, "autoscaling", "describe_scheduled_actions", **mine)["ScheduledUpdateGroupActions"]
    rows: list[tuple[str, str]] = []
    for action in told:
        sizes = [
            f"{label} {action[key]}"
            for label, key in (("minimum", "MinSize"), ("desired", "DesiredCapacity"), ("maximum", "MaxSize"))
            if action.get(key) is not None
        ]
        zone, when = action.get("TimeZone") or "UTC", action.get("Recurrence")
        text = f"{action['ScheduledActionName']}: {listed(sizes)}"
        due = action["StartTime"] if not when and action.get("StartTime") else None
        if when:
            due = next_time(when, zone, scene.now)
            text += f", {words(when)}, {zone} (cron {when})"
        stamp = f"{due:%a %d %b %Y %H:%M %Z}" if due else "never"
        rows.append((due.isoformat() if due else "~", f"{text}; next {stamp}"))
    for index, (_, text) in enumerate(sorted(rows)):
        yield "" if index else "scheduled", text


def _policies(scene: Scene, group: Registered, mine: Mapping[str, Any]) -> Iterator[Row]:
    told = scene.ask(group, "autoscaling", "describe_policies", **mine)["ScalingPolicies"]
    for index, policy in enumerate(sorted(told, key=lambda p: p["PolicyName"])):
        target = policy.get("TargetTrackingConfiguration", {})
        metric = target.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType")
        metric = metric or target.get("CustomizedMetricSpecification", {}).get("MetricName")
        text = f"keeps {metric} at {target['TargetValue']:g}" if metric else policy["PolicyType"]
        yield "" if index else "by demand", f"{policy['PolicyName']}: {text}"
    if not told:
        yield "by demand", "no policies"

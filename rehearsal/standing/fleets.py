"""Auto Scaling groups: how many servers, of what kind, when more, and why."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rehearsal.crontab import last_time, next_time
from rehearsal.recorder import Registered

from .cron import words
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
    yield from by_schedule(told, scene.now)
    rows: list[tuple[str, str]] = []
    for action in told:
        due, when = _next(action, scene.now), action.get("Recurrence")
        zone = action.get("TimeZone") or "UTC"
        text = f"{action['ScheduledActionName']}: {_sizes(action)}"
        if when:
            text += f", {words(when)}, {zone} (cron {when})"
        if when and "EndTime" in action:
            text += f" until {_stamp(action['EndTime'], zone)}"
        rows.append((due.astimezone(dt.UTC).isoformat() if due else "~", f"{text}; next {_stamp(due, zone)}"))
    for index, (_, text) in enumerate(sorted(rows)):
        yield "" if index else "scheduled", text


def by_schedule(told: Sequence[Mapping[str, Any]], now: dt.datetime) -> Iterator[Row]:
    """Say what the sizes are at this time of day, if the actions have always been there, and when they change next."""
    last = max(((due, a) for a in told if (due := _last(a, now))), key=lambda pair: pair[0], default=None)
    if last is None:
        return
    text = f"now {_sizes(last[1])}"
    coming = [
        (due, action) for action in told for due in [_next(action, now)] if due and _sizes(action) != _sizes(last[1])
    ]
    if coming:
        due, action = min(coming, key=lambda pair: pair[0])
        text += f", from {_stamp(due, action.get('TimeZone') or 'UTC')} on {_sizes(action)}"
    yield "by schedule", text


def _sizes(action: Mapping[str, Any]) -> str:
    if action.get("MaxSize") == 0:
        return "asleep (maximum 0)"
    labels = (("minimum", "MinSize"), ("desired", "DesiredCapacity"), ("maximum", "MaxSize"))
    return listed(f"{label} {action[key]}" for label, key in labels if action.get(key) is not None)


def _next(action: Mapping[str, Any], now: dt.datetime) -> dt.datetime | None:
    start: dt.datetime | None = action.get("StartTime")
    if not action.get("Recurrence"):
        return start
    after = max(now, start - dt.timedelta(minutes=1)) if start else now
    due = next_time(action["Recurrence"], action.get("TimeZone") or "UTC", after)
    return due if due and ("EndTime" not in action or due <= action["EndTime"]) else None


def _last(action: Mapping[str, Any], now: dt.datetime) -> dt.datetime | None:
    start: dt.datetime | None = action.get("StartTime")
    if not action.get("Recurrence"):
        return start if start and start <= now else None
    until = min(now, action.get("EndTime", now))
    due = last_time(action["Recurrence"], action.get("TimeZone") or "UTC", until)
    return due if due and (start is None or due >= start) else None


def _stamp(due: dt.datetime | None, zone: str) -> str:
    return f"{due.astimezone(ZoneInfo(zone)):%a %d %b %Y %H:%M %Z}" if due else "never"


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

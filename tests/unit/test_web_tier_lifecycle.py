"""The hooks by which a fleet waits for its servers, and what the servers are told of them."""

import base64
import gzip
import json
from typing import Any

import pytest
import yaml

from components import InvalidArgs
from rehearsal.recorder import Recording

from .web_tiers import tier

HOOKS = [
    {
        "name": "elasticweb-launch",
        "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
        "defaultResult": "ABANDON",
        "heartbeatTimeout": 300,
    },
    {
        "name": "elasticweb-terminate",
        "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
        "defaultResult": "CONTINUE",
        "heartbeatTimeout": 300,
    },
]
TIMES = {"fleet": {"launch_timeout_seconds": 120, "farewell_timeout_seconds": 600}}


def hooks(recording: Recording) -> list[dict[str, Any]]:
    found = [r.inputs for r in recording.all("autoscaling/lifecycleHook:LifecycleHook")]
    return [{k: v for k, v in hook.items() if k != "autoscalingGroupName"} for hook in found]


def told(recording: Recording) -> dict[str, Any]:
    """What the servers are told, as their user data holds it."""
    packed = recording.named("web-server-launch-template").inputs["userData"]
    files = yaml.safe_load(gzip.decompress(base64.b64decode(packed)))["write_files"]
    return json.loads(next(f["content"] for f in files if f["path"] == "/etc/elasticweb/lifecycle.json"))


def test_the_first_servers_are_held_back_and_later_changes_arrive() -> None:
    recording = tier()
    group = recording.named("web-fleet")
    assert group.inputs["initialLifecycleHooks"] == HOOKS
    # The provider replaces a group whose initial hooks change.
    assert "initialLifecycleHooks" in group.options["ignoreChanges"]
    assert hooks(recording) == HOOKS
    groups = {r.inputs["autoscalingGroupName"] for r in recording.all("autoscaling/lifecycleHook:LifecycleHook")}
    assert groups == {group.outputs["name"]}


def test_times_reach_hooks_and_servers() -> None:
    recording = tier(TIMES)
    assert [hook["heartbeatTimeout"] for hook in hooks(recording)] == [120, 600]
    assert recording.named("web-fleet").inputs["waitForCapacityTimeout"] == "9m"
    settings = told(recording)
    assert (settings["launch_timeout_seconds"], settings["farewell_timeout_seconds"]) == (120, 600)


def test_a_slow_server_has_its_time_and_a_dead_one_is_noticed_earlier() -> None:
    recording = tier({"fleet": {"launch_timeout_seconds": 3600}})
    assert hooks(recording)[0]["heartbeatTimeout"] == 300
    assert told(recording)["launch_timeout_seconds"] == 3600


def test_servers_know_the_hooks_and_ask_themselves_what_the_load_balancer_asks() -> None:
    site = {
        "domain_name": "example.org",
        "port": 8080,
        "health_check_path": "/healthz",
        "health_check_matcher": "200,302",
    }
    recording = tier({"site": site})
    settings = told(recording)
    assert [settings["launch_hook"], settings["terminate_hook"]] == [hook["name"] for hook in hooks(recording)]
    assert settings["health"] == {"port": 8080, "path": "/healthz", "host": "example.org", "matcher": "200,302"}
    check = recording.named("web-target").inputs["healthCheck"]
    assert (check["path"], check["matcher"]) == ("/healthz", "200,302")


def test_servers_may_complete_the_hooks_of_a_group_that_is_called_like_theirs() -> None:
    recording = tier()
    policy = json.loads(recording.named("web-server-policy").inputs["policy"])["Statement"]
    (complete,) = [s for s in policy if "autoscaling:CompleteLifecycleAction" in s["Action"]]
    (arn,) = complete["Resource"]
    # Pulumi's auto-naming: logical name, hyphen, digits.
    assert arn == "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/web-fleet-*"
    assert recording.named("web-fleet").name == "web-fleet"


def test_farewell_commands_reach_the_servers_of_a_tier() -> None:
    assert told(tier({"machine": {"farewell_commands": ["true"]}}))["farewell"] == ["/var/lib/elasticweb/farewell/1"]


@pytest.mark.parametrize("field", ["launch_timeout_seconds", "farewell_timeout_seconds"])
@pytest.mark.parametrize("seconds", [59, 7201])
def test_refuses_times_that_hooks_cannot_have(field: str, seconds: int) -> None:
    with pytest.raises(InvalidArgs) as caught:
        tier({"fleet": {field: seconds}})
    assert str(caught.value) == f"WebTier: fleet.{field} must be between 60 and 7200, got {seconds}"

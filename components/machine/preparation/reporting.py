"""What the CloudWatch agent reports (CloudWatch user guide, "CloudWatch agent configuration file")."""

import json
from typing import Any, cast

from ..distributions import FACTS
from ..parts import CloudWatchSpec
from ..spec import Distribution, MachineSpec
from .surroundings import Surroundings

NAMESPACE = "CWAgent"
FLUSH_SECONDS = 5
"""How long the agent collects lines before it sends them."""

BOOT_LOG = "/var/log/cloud-init-output.log"


def stream(path: str) -> str:
    """Return what the stream of a log file is called when nobody says so."""
    return path.strip("/").replace("/", "-").replace("*", "any")


def streams(reported: CloudWatchSpec, distribution: Distribution) -> dict[str, str]:
    """Return every log file that is sent, by the name of its stream."""
    found = {"boot": BOOT_LOG, "system": FACTS[distribution].system_log}
    return found | {file.get("name", stream(file["path"])): file["path"] for file in reported.get("log_files", ())}


def agent_settings(machine: MachineSpec, around: Surroundings, distribution: Distribution) -> str:
    """Return the agent's settings for a machine that has one."""
    reported = machine.get("cloudwatch", CloudWatchSpec())
    group = cast("str", around.get("log_group", ""))
    files = [
        {"file_path": path, "log_group_name": group, "log_stream_name": f"{{instance_id}}/{name}"}
        for name, path in streams(reported, distribution).items()
    ]
    settings: dict[str, Any] = {"agent": {"metrics_collection_interval": 60}}
    if reported.get("metrics", True):
        disks = ["/", *(volume["path"] for volume in machine.get("data_volumes", ()))]
        settings["metrics"] = {
            "namespace": NAMESPACE,
            "append_dimensions": {
                "AutoScalingGroupName": "${aws:AutoScalingGroupName}",
                "InstanceId": "${aws:InstanceId}",
            },
            "aggregation_dimensions": [["AutoScalingGroupName"]],
            "metrics_collected": {
                "mem": {"measurement": ["used_percent"]},
                "swap": {"measurement": ["used_percent"]},
                "disk": {"measurement": ["used_percent", "inodes_free"], "resources": disks, "drop_device": True},
            },
        }
    settings["logs"] = {
        "force_flush_interval": FLUSH_SECONDS,
        "logs_collected": {"files": {"collect_list": files}},
    }
    return json.dumps(settings, indent=2) + "\n"

"""How the server is prepared: Amazon Linux with its own NFS server, and the program that decides what is served."""

from collections.abc import Mapping
from typing import Any

import pulumi

from .._mounting import INSTALLED, SCRIPTS
from ..machine import FileSpec, MachineSpec, ServiceState
from ..machine.preparation.brevity import brief
from .shapes import NfsServerSpec

SETTINGS = "/etc/elasticweb/nfs.json"
_PROGRAMS = ("file-system.sh", "attach-volume.sh", "nfs-serve.sh", "nfs_cloud.py", "nfs_server.py")
_UNIT = "elasticweb-nfs.service"
# A server whose program is gone must not serve: nobody would tell it that another generation lives.
_SERVICE = f"""\
[Unit]
Description=Serves the shared files
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
NotifyAccess=main
ExecStart=/usr/bin/python3 -B {INSTALLED}/nfs_server.py
ExecStopPost={INSTALLED}/nfs-serve.sh stop
WatchdogSec=120
Restart=always
RestartSec=5
StandardError=journal+console

[Install]
WantedBy=multi-user.target
"""


def nfs_machine(spec: NfsServerSpec, settings: Mapping[str, Any]) -> MachineSpec:
    """Return the machine that serves by *settings*, which may hold Outputs."""
    programs = [
        FileSpec(path=f"{INSTALLED}/{name}", content=brief(name, (SCRIPTS / name).read_text("utf-8")), mode="0755")
        for name in _PROGRAMS
    ]
    return {
        "image": "al2023",
        "instance_type": spec.get("instance_type", "t4g.small"),
        "packages": ["awscli-2", "nfs-utils", "xfsprogs", "e2fsprogs"],
        # Served by the program alone, when the volume is there; and NFS 4 needs no port mapper.
        "services": {
            "nfs-server": ServiceState.DISABLED,
            "rpcbind": ServiceState.MASKED,
            "rpcbind.socket": ServiceState.MASKED,
        },
        "files": [
            *programs,
            FileSpec(path=SETTINGS, content=pulumi.Output.json_dumps(settings, sort_keys=True), mode="0600"),
            FileSpec(path=f"/etc/systemd/system/{_UNIT}", content=_SERVICE),
        ],
        "commands": [f"systemctl daemon-reload\nsystemctl enable {_UNIT}\nsystemctl restart --no-block {_UNIT}"],
    }


def checked_machine(spec: NfsServerSpec) -> MachineSpec:
    """Return the same with made-up settings, for a look before anything is registered."""
    return nfs_machine(spec, {})

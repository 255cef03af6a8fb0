"""The machine that is declared, with one of everything that a container can show."""

from components._mounts import Mount
from components.machine import Lifecycle, MachineSpec, ServiceState

LAUNCH, TERMINATE = "site-launch", "site-terminate"
LIFECYCLE: Lifecycle = {
    "launch_hook": LAUNCH,
    "terminate_hook": TERMINATE,
    "group_pattern": "site-*",
    "port": 8080,
    "path": "/health",
    "matcher": "200",
}
GREETING = 'it\'s "5 $" for `all` \\o/'
PAGE = 'Größe: "5 $"\\n`id` \\ 100 %\n'
SITE = """\
server {
    listen {{ PORT }};
    root /srv/site;
    location = /health { return 200 "healthy\\n"; }
}
"""
GREETER = """\
[Service]
User=worker
ExecStart=/bin/sleep infinity

[Install]
WantedBy=multi-user.target
"""
SPEC: MachineSpec = {
    "image": "ubuntu-24.04",
    "packages": ["nginx", "rsyslog", "rpcbind"],
    "services": {
        "nginx": ServiceState.ENABLED,
        "greeter": ServiceState.ENABLED,
        "rsyslog": ServiceState.DISABLED,
        "rpcbind.socket": ServiceState.MASKED,
        "rpcbind": ServiceState.MASKED,
        "not-there": ServiceState.DISABLED,
    },
    "environment": {"PORT": "8080", "GREETING": GREETING},
    "users": [
        {
            "name": "deploy",
            "groups": ["www-data", "editors"],
            "shell": "/bin/bash",
            "home": "/home/deploy",
            "system": False,
        },
        {"name": "worker"},
    ],
    "files": [
        {"path": "/etc/nginx/conf.d/site.conf", "content": SITE, "template": True},
        {"path": "/etc/systemd/system/greeter.service", "content": GREETER},
        {"path": "/srv/site/page", "content": PAGE, "owner": "deploy", "group": "www-data", "mode": "0640"},
        {"path": "/srv/site/bell", "content": "\a\0\xff no newline", "mode": "0400"},
        {"path": "/srv/site/tool", "content": "#!/bin/sh\necho tool\n", "mode": "0755"},
    ],
    "secret_group": "www-data",
    "image_commands": ["echo image >>/srv/log"],
    "commands": ["echo once >>/srv/log", 'echo "$GREETING" >>/srv/log\n'],
    "boot_commands": [
        'echo "nginx is $(systemctl is-active nginx)" >>/srv/boots',
        "mountpoint --quiet /srv/scratch\ntest -s /run/elasticweb/secrets/database.json\necho all there >>/srv/boots",
    ],
    "farewell_commands": ["echo farewell >>/srv/log", "exit 3", 'echo "$GREETING" >>/srv/log'],
    "time_zone": "Europe/Zurich",
}
SCRATCH: Mount = {
    "name": "scratch",
    "path": "/srv/scratch",
    "type": "tmpfs",
    "source": "scratch",
    "options": "size=1m",
    "owner": "deploy:www-data",
    "setup": {"ubuntu": ["echo mounting >>/srv/log"]},
}
"""Memory in place of a share: for the machine a mount like any other."""

"""Web servers in a network that is there already, five of them by day and twenty on Monday mornings."""

import pulumi
from elasticweb import ServiceState, WebTier, Weekday

config = pulumi.Config()

web = WebTier(
    "shop",
    {
        "vpc_id": config.require("vpc_id"),
        "public_subnet_ids": config.require_object("public_subnet_ids"),
        "private_subnet_ids": config.require_object("private_subnet_ids"),
        "fleet": {
            "min_size": 5,
            "max_size": 40,
            "windows": [
                {
                    "name": "monday-morning",
                    "days": [Weekday.MON],
                    "start": "07:00",
                    "end": "12:00",
                    "time_zone": "Europe/Zurich",
                    "min_size": 20,
                }
            ],
        },
        "site": {"health_check_path": "/healthz"},
        "machine": {
            "packages": ["nginx"],
            "services": {"nginx": ServiceState.ENABLED},
            "files": [{"path": "/usr/share/nginx/html/healthz", "content": "ok\n"}],
        },
        "disposable": True,  # an example that can be taken away again; leave it out for a site that matters
    },
)

pulumi.export("url", web.url)
pulumi.export("security_group_id", web.security_group_id)

"""How each public component is made in the contract tests: with as much of it as there is."""

from collections.abc import Callable
from typing import Any

from components import Connection, Mount

_NAME = "shop"

_CONNECTION = Connection(name="cache", security_group_id="sg-cache", port=6379)
_MOUNT: Mount = {
    "name": "assets",
    "path": "/srv/assets",
    "type": "nfs4",
    "source": "assets.example.org:/",
    "statements": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::assets/*"]}],
    "connection": {"name": "assets", "security_group_id": "sg-assets", "port": 2049},
}
_MACHINE: dict[str, Any] = {
    "instance_type": "m7g.large",
    "root_volume_gib": 30,
    "data_volumes": [{"name": "cache", "path": "/var/cache/app", "size_gib": 10, "iops": 3500, "throughput": 130}],
    "packages": ["nginx"],
    "services": {"nginx": "enabled", "atd": "masked"},
    "environment": {"APP_ENV": "production"},
    "users": [{"name": "app", "groups": ["nginx"]}],
    "swap_gib": 2,
    "files": [{"path": "/etc/app.conf", "content": "env={{ APP_ENV }}\n", "mode": "0640", "template": True}],
    "secret_group": "nginx",
    "boot_commands": ["systemctl reset-failed"],
    "cloudwatch": {"log_files": [{"path": "/var/log/nginx/*.log", "name": "nginx"}], "log_retention_days": 90},
    "image_commands": ["composer --version"],
    "commands": ["systemctl is-active nginx"],
    "time_zone": "Europe/Zurich",
}
_WINDOW = {
    "name": "monday-morning",
    "days": ["MON"],
    "start": "07:00",
    "end": "12:00",
    "time_zone": "Europe/Zurich",
    "min_size": 20,
}
_METRIC = {"name": "jobs", "namespace": "A", "metric_name": "Jobs", "dimensions": {"Queue": "a"}, "target_value": 5}
_FLEET: dict[str, Any] = {
    "min_size": 5,
    "max_size": 40,
    "windows": [_WINDOW],
    "requests_per_server_per_minute": 600,
    "custom_metrics": [_METRIC],
    "predictive": {"metric": "requests", "buffer_seconds": 600},
    "instance_types": ["m6g.large"],
    "spot_percent": 50,
    "on_demand_base": 2,
    "refresh": {"checkpoint_percentages": [10], "alarms": ["errors"]},
}
_SITE: dict[str, Any] = {
    "domain_name": "example.org",
    "alternative_names": ["www.example.org"],
    "port": 8080,
    "sticky_seconds": 3600,
    "target_groups": [{"name": "search", "port": 9200}],
    "rules": [
        {"name": "search", "priority": 1, "paths": ["/search*"], "target_group": "search"},
        {"name": "old", "priority": 2, "hosts": ["old.example.org"], "redirect": {"host": "example.org"}},
        {"name": "private", "priority": 3, "headers": {"X-Key": ["a"]}, "fixed_response": {"status_code": 404}},
    ],
    "firewall": {"groups": [{"rules": "core", "mode": "count"}], "requests_per_ip": 500},
}
_ALARMS = {"emails": ["ops@example.org"], "error_percent": 2, "latency_p95_seconds": 1.5}
_BACKUPS: dict[str, Any] = {
    "time_zone": "Europe/Zurich",
    "continuous": True,
    "monthly_cold_after_days": 30,
    "copies": [{"region": "eu-west-1", "kept_days": 35}],
    "lock": {"mode": "governance", "min_kept_days": 7},
    "restore_test": {"day": "WED", "validation_hours": 1, "database_class": "db.t4g.medium"},
}
_DATABASE = {"replica_count": 2, "multi_az": True, "storage_gib": 50, "parameters": {"max_connections": "500"}}
_AURORA = {
    "reader_count": 1,
    "serverless": {"min_acu": 0.5, "max_acu": 8},
    "elastic_readers": {
        "max_size": 4,
        "cpu_percent": 50,
        "windows": [
            {
                "name": "monday",
                "days": ["MON"],
                "start": "07:00",
                "end": "12:00",
                "time_zone": "Europe/Zurich",
                "min_size": 3,
            }
        ],
    },
    "parameters": {"max_connections": "500"},
}
_NETWORK = {
    "availability_zones": ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    "nat_gateways": "one_per_zone",
    "interface_endpoints": ["ssm"],
    "flow_log_retention_days": 90,
    "instance_connect_endpoint": True,
}
_GOLDEN_IMAGE = {
    "schedule": "cron(0 4 ? * SAT *)",
    "time_zone": "Europe/Zurich",
    "health_url": "http://127.0.0.1/healthz",
    "tests": ["nginx -t"],
    "images_kept": 3,
    "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/1",
    "account_ids": ["210987654321"],
    "copies": [{"region": "eu-west-1", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/1"}],
    "topic_arn": "arn:aws:sns:eu-central-1:123456789012:builds",
}
_BUCKET: dict[str, Any] = {
    "noncurrent_versions_kept": 3,
    "tiers": [{"storage_class": "glacier", "after_days": 10, "old_versions": True}],
    "events": {
        "notifications": [
            {
                "name": "uploads",
                "events": ["s3:ObjectCreated:*"],
                "queue_arn": "arn:aws:sqs:eu-central-1:123456789012:uploads",
            }
        ]
    },
    "replication": {"region": "eu-west-1", "time_control": True},
    "object_lock": {"mode": "governance", "days": 7},
}
_STORAGE: dict[str, Any] = {
    "user_id": 33,
    "intelligent_tiering_days": 30,
    "access_log_retention_days": 90,
    "bucket": {**_BUCKET, "own_key": True},
}
_VOLUME = {"size_gib": 100, "iops": 4000, "file_system": "ext4", "snapshots_kept": 7}
_SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:key-AbCdEf"  # noqa: S105 (its name)
_SERVERS: dict[str, Any] = {
    "instance_connect_security_group_id": "sg-connect",
    "machine": _MACHINE,
    "mounts": [_MOUNT],
    "connections": [_CONNECTION],
    "secret_arns": [_SECRET],
    "secrets": [{"name": "key", "arn": _SECRET}],
}
TAG = "storefront"
_TAGS = {"team": TAG}

ARGS: dict[str, dict[str, Any]] = {
    "AuroraMySQL": {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "availability_zones": ["eu-central-1a", "eu-central-1b"],
        "allowed_security_group_ids": ["sg-admin"],
        "aurora": _AURORA,
        "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "tags": _TAGS,
    },
    "DataVolume": {"availability_zone": "eu-central-1a", "volume": _VOLUME, "tags": _TAGS},
    "Environment": {
        "network": _NETWORK,
        "site": _SITE,
        "alarms": _ALARMS,
        "fleet": _FLEET,
        "machine": _MACHINE,
        "golden_image": _GOLDEN_IMAGE,
        "database": _DATABASE,
        "database_kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "storage": _STORAGE,
        "worker": {"machine": _MACHINE, "volume": _VOLUME},
        "backups": {**_BACKUPS, "lock": {"mode": "compliance", "max_kept_days": 3650}},
        "secrets": [{"name": "key", "arn": _SECRET}],
        "tags": _TAGS,
    },
    "GoldenImage": {
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-3",
        "machine": _MACHINE,
        "mounts": [_MOUNT],
        "golden_image": _GOLDEN_IMAGE,
        "tags": _TAGS,
    },
    "Machine": {
        "vpc_id": "vpc-1",
        **_SERVERS,
        "statements": [
            {
                "actions": ["ses:SendEmail"],
                "resources": ["*"],
                "conditions": {"StringEquals": {"ses:FromAddress": "shop@example.org"}},
            }
        ],
        "tags": _TAGS,
    },
    "Backups": {
        "backups": _BACKUPS,
        "kinds": ["rds", "ebs", "efs", "s3"],
        "select_tags": {"Backup": "yes"},
        "database_subnet_group_name": "isolated",
        "database_security_group_ids": ["sg-db"],
        "alarm_topic_arn": "arn:aws:sns:eu-central-1:123456789012:alarms",
        "accept_copies_from": ["210987654321"],
        "tags": _TAGS,
    },
    "MySQL": {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "allowed_security_group_ids": ["sg-admin"],
        "database": _DATABASE,
        "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "tags": _TAGS,
    },
    "Network": {**_NETWORK, "tags": _TAGS},
    "SharedStorage": {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-1", "subnet-2"],
        "storage": {**_STORAGE, "bucket": _BUCKET},
        "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/1",
        "alarm_topic_arn": "arn:aws:sns:eu-central-1:123456789012:alarms",
        "tags": _TAGS,
    },
    "NfsServer": {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-3", "subnet-4"],
        "availability_zones": ["eu-central-1a", "eu-central-1b"],
        "nfs_server": {
            "instance_type": "m7g.large",
            "volume": _VOLUME,
            "user_id": 33,
            "group_id": 33,
            "failover_minutes": 15,
        },
        "client_cidr_blocks": ["10.0.0.0/16"],
        "alarm_topic_arn": "arn:aws:sns:eu-central-1:123456789012:alarms",
        "instance_connect_security_group_id": "sg-connect",
        "tags": _TAGS,
    },
    "SingleServer": {
        "vpc_id": "vpc-1",
        "subnet_id": "subnet-1",
        "availability_zone": "eu-central-1a",
        "volume": _VOLUME,
        **_SERVERS,
        "tags": _TAGS,
    },
    "WebTier": {
        "vpc_id": "vpc-1",
        "public_subnet_ids": ["subnet-1", "subnet-2"],
        "private_subnet_ids": ["subnet-3", "subnet-4"],
        "fleet": _FLEET,
        "site": _SITE,
        "alarms": _ALARMS,
        **_SERVERS,
        "tags": _TAGS,
    },
}


def making(component: Any, args: Any, into: list[Any] | None = None) -> Callable[[], None]:
    """Return the program that makes *component* with *args*, and puts it *into* a list."""

    def program() -> None:
        made = component(_NAME, args)
        if into is not None:
            into.append(made)

    return program

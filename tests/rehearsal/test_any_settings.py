"""Any configuration either deploys or is refused with one line that names the key."""

import json
import runpy
from pathlib import Path
from typing import Any

import pulumi
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from rehearsal.deploy import deploy
from rehearsal.emulator import Emulator
from rehearsal.stackfile import StackFile
from tests.thoroughness import examples

ROOT = Path(__file__).parents[2]


def mostly(right: st.SearchStrategy[Any], *wrong: Any) -> st.SearchStrategy[Any]:
    """Mostly the *right* values, and now and then one that somebody typed in a hurry."""
    return st.integers(0, 19).flatmap(lambda n: st.sampled_from(wrong) if n == 0 and wrong else right)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


TIMES = st.sampled_from(["00:00", "06:30", "07:00", "12:00", "22:00", "24:00"])
WINDOW = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["morning", "evening", "sale"]),
        "days": mostly(
            st.lists(st.sampled_from(["MON", "WED", "SUN"]), min_size=1, max_size=2, unique=True), [], "MON"
        ),
        "start": mostly(TIMES, "7:00", 7),
        "end": mostly(TIMES, "25:00"),
        "time_zone": mostly(st.sampled_from(["Europe/Zurich", "America/New_York", "UTC"]), "Europe/Atlantis", ""),
        "min_size": mostly(st.integers(3, 8), 0, -1, 99, "8"),
    }
)
VOLUME = some(
    size_gib=mostly(st.integers(1, 500), 0, 99999, "20"),
    iops=mostly(st.integers(3000, 4000), 10, 99999),
    snapshots_kept=mostly(st.integers(1, 30), 0),
    snapshot_time=mostly(st.just("04:30"), "4:30"),
)
TIER = st.fixed_dictionaries(
    {
        "storage_class": mostly(st.sampled_from(["standard_ia", "glacier_ir", "glacier"]), "cold"),
        "after_days": mostly(st.integers(1, 100), -1),
        "old_versions": st.booleans(),
    }
)
BUCKET = some(
    own_key=st.booleans(),
    noncurrent_versions_kept=mostly(st.integers(1, 100), 0),
    tiers=st.lists(TIER, max_size=2),
    events=mostly(st.just({}), {"notifications": [{"name": "a", "events": ["Created"]}]}),
    replication=some(
        region=mostly(st.just("eu-west-1"), "Ireland"), time_control=st.booleans(), behind_minutes=st.integers(0, 90)
    ),
    object_lock=some(mode=st.sampled_from(["governance", "compliance"]), days=mostly(st.integers(1, 9), 0)),
)
MACHINE = some(
    instance_type=mostly(st.sampled_from(["t4g.small", "m7g.large", "t3.micro"]), "huge", "t4g.small; reboot"),
    image=mostly(st.sampled_from(["al2023", "ubuntu-24.04", "ami-0123456789abcdef0"]), "windows", ""),
    root_volume_gib=mostly(st.integers(8, 100), 1),
    packages=mostly(st.lists(st.sampled_from(["nginx", "php-fpm", "git"]), unique=True), ["$(reboot)"], "nginx"),
    services=mostly(st.dictionaries(st.sampled_from(["nginx", "php-fpm"]), st.just("enabled")), {"nginx": "on"}),
    environment=mostly(st.just({"APP": 'it\'s "$HOME"'}), {"1X": "y"}, {"A-B": "c"}, {"A": 1}),
    commands=mostly(st.just(["echo 'ready'"]), [""], "echo"),
    time_zone=mostly(st.just("Europe/Zurich"), "Mars/Olympus"),
    data_volumes=mostly(
        st.just([{"name": "cache", "path": "/var/cache/app", "size_gib": 10}]),
        [{"name": "cache", "path": "cache", "size_gib": 10}],
        [{"name": "a", "path": "/", "size_gib": 10}],
        [{"name": "a", "path": "/a", "size_gib": 10}, {"name": "a", "path": "/b", "size_gib": 10}],
    ),
)
RULE = {"name": "api", "priority": 1, "paths": ["/api/*"], "fixed_response": {"status_code": 404}}
FIREWALL = some(
    groups=mostly(st.just([{"rules": "core", "count": []}]), [], [{"rules": "drupal"}], [{"rules": "sql"}] * 2),
    requests_per_ip=mostly(st.sampled_from([0, 100]), 9, -1),
    mode=mostly(st.sampled_from(["block", "count"]), "off"),
    log_retention_days=mostly(st.just(30), 31),
)
ENVIRONMENT = some(
    zones=mostly(st.sampled_from([["a", "b"], ["c", "a", "b"]]), ["a"], ["a", "a"], ["z", "a"], "ab"),
    network=some(
        cidr_block=mostly(
            st.sampled_from(["10.0.0.0/16", "172.16.0.0/20"]), "10.0.0.0/24", "8.8.0.0/16", "10.0.0.1/16"
        ),
        nat_gateways=mostly(st.sampled_from(["none", "single", "one_per_zone"]), "two", True),
        interface_endpoints=mostly(st.just(["ssm"]), ["SSM"], ["ssm", "ssm"], ["s3"]),
        flow_log_retention_days=mostly(st.sampled_from([7, 30]), 31, "7"),
        instance_connect_endpoint=mostly(st.booleans(), "yes"),
    ),
    site=some(
        domain_name=mostly(st.just("example.org"), "example", "-.org", "http://example.org"),
        alternative_names=mostly(st.just(["www.example.org"]), ["www.example.com"], ["example.org"], "www"),
        port=mostly(st.sampled_from([80, 8080]), 0, 70000, "80"),
        health_check_path=mostly(st.just("/up"), "up", ""),
        health_check_matcher=mostly(st.just("200,301"), "600", "ok"),
        access_log_retention_days=mostly(st.integers(1, 400), 0),
        strict_transport_security=mostly(st.just("max-age=0"), "max-age", "off"),
        sticky_seconds=mostly(st.integers(1, 600), 0, "1"),
        sticky_cookie=mostly(st.just("SESSION"), "AWSALB", "a b", ""),
        idle_timeout_seconds=mostly(st.integers(1, 600), 0, 4001),
        rules=mostly(
            st.just([RULE]),
            [{**RULE, "priority": 0}],
            [RULE, RULE],
            [{**RULE, "target_group": "none"}],
            [{**RULE, "paths": ["api"]}],
            [{**RULE, "paths": []}],
        ),
        firewall=FIREWALL,
    ),
    alarms=some(
        enabled=mostly(st.booleans(), "no"),
        emails=mostly(st.just(["ops@example.org"]), ["ops"], ["a@b.c", "a@b.c"]),
        error_percent=mostly(st.integers(1, 100), 0, 101),
        latency_p95_seconds=mostly(st.sampled_from([0.5, 2]), 0, -1.5, "2"),
        at_maximum_minutes=mostly(st.integers(1, 60), 0, 1441),
    ),
    fleet=some(
        min_size=mostly(st.integers(1, 2), -1, 0, 50, "2", 1.5),
        max_size=mostly(st.integers(8, 12), 1, 0),
        cpu_target_percent=mostly(st.integers(10, 90), 0, 101),
        requests_per_server_per_minute=mostly(st.integers(1, 5000), 0),
        warmup_seconds=mostly(st.integers(0, 600), -1),
        windows=st.lists(WINDOW, max_size=2, unique_by=lambda window: str(window["name"])),
    ),
    machine=MACHINE,
    database=some(
        engine_version=mostly(st.sampled_from(["8.4", "8.4.6"]), "8.0", "5.7", "latest", 8.4),
        instance_class=mostly(st.sampled_from(["db.t4g.micro", "db.r7g.large"]), "t4g.micro", "db.huge"),
        database_name=mostly(st.just("shop"), "select", "my-db", ""),
        username=mostly(st.just("shop_owner"), "admin", "rdsadmin", "a b"),
        port=mostly(st.integers(1150, 65535), 22, 0),
        storage_gib=mostly(st.integers(20, 90), 1, 99999999),
        max_storage_gib=mostly(st.integers(100, 200), 20),
        multi_az=mostly(st.booleans(), "yes"),
        replica_count=mostly(st.integers(0, 3), 16, -1),
        backup_retention_days=mostly(st.integers(1, 35), 0, 36),
        backup_window=mostly(st.just("01:00-02:00"), "1-2", "sun:03:30-sun:04:30"),
        maintenance_window=mostly(st.just("sun:04:00-sun:05:00"), "01:00-02:00", "mon:01:00-mon:01:10"),
        private_domain=mostly(st.just("shop.internal"), "shop", "db."),
        parameters=mostly(st.just({"max_connections": "500"}), {"require_secure_transport": "0"}, {"no such": "1"}),
    ),
    storage=some(
        mount_with=mostly(st.sampled_from(["s3_files", "mountpoint", "efs", "nfs_server"]), "nfs"),
        beside=mostly(st.sampled_from(["s3_files", "mountpoint", "efs", "nfs_server"]), "nfs"),
        uses=mostly(st.sampled_from([[], ["read_mostly"], ["uploads", "sessions"]]), ["mail"], ["database_files"]),
        noncurrent_version_days=mostly(st.integers(1, 90), 0),
        user_id=mostly(st.integers(1, 60000), -1),
        prefix=mostly(st.just("uploads/"), "/uploads", "../"),
        bucket=BUCKET,
    ),
    storage_path=mostly(st.just("/srv/files"), "files", "/", "/etc", "/a/../b"),
    worker=some(machine=MACHINE, volume=VOLUME, volume_path=mostly(st.just("/srv/data"), "data", "/srv/files")),
    disposable=mostly(st.booleans(), "no"),
)


def program() -> None:
    runpy.run_path(str(ROOT / "__main__.py"))


def stack(values: dict[str, Any]) -> StackFile:
    config = {f"elasticweb:{k}": v if isinstance(v, str) else json.dumps(v) for k, v in values.items()}
    return StackFile("elasticweb", "any", {"aws:region": "eu-central-1", **config})


def refused(values: dict[str, Any], *, preview: bool) -> str | None:
    with Emulator() as emulator:
        try:
            deploy(program, stack(values), emulator, preview=preview)
        except pulumi.RunError as refusal:
            return str(refusal)
    return None


def rehearse(values: dict[str, Any], *, preview: bool) -> None:
    refusal = refused(values, preview=preview)
    event("accepted" if refusal is None else "refused")
    if refusal is not None:
        assert "\n" not in refusal
        assert refusal.startswith("elasticweb:"), refusal


@settings(max_examples=examples(6), suppress_health_check=[HealthCheck.too_slow])
@given(values=ENVIRONMENT)
def test_any_settings_are_previewed_or_refused_by_name(values: dict[str, Any]) -> None:
    rehearse(values, preview=True)


@settings(max_examples=examples(1), suppress_health_check=[HealthCheck.too_slow])
@given(values=ENVIRONMENT)
def test_any_settings_deploy_or_are_refused_by_name(values: dict[str, Any]) -> None:
    rehearse(values, preview=False)

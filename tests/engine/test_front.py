"""What stands before the servers, under the real engine: it comes, changes, goes, and is not made anew when renamed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.inventory import inventory
from tests.engine.site import Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROJECT = {
    "Pulumi.yaml": "name: front\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-central-1\n",
    ".gitignore": "__pycache__/\n*.json\n",
}

RENAMED = """\
import pathlib
import pulumi, pulumi_aws as aws
from components._bucket import expire, private_bucket

tier = pulumi.ComponentResource("elasticweb:index:WebTier", "web")
child = pulumi.ResourceOptions(parent=tier)
if (pathlib.Path(__file__).parent / "new.json").exists():
    private_bucket("web-logs", tier, disposable=True, rules=expire(90),
        formerly={"access": "web-logs-private", "lifecycle": "web-logs-expiry"})
else:  # as it was before private_bucket made it
    bucket = aws.s3.Bucket("web-logs", force_destroy=True, opts=child).bucket
    aws.s3.BucketPublicAccessBlock("web-logs-private", bucket=bucket, block_public_acls=True,
        block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True, opts=child)
    versions = aws.s3.BucketVersioning("web-logs-versioning", bucket=bucket,
        versioning_configuration={"status": "Enabled"}, opts=child)
    aws.s3.BucketLifecycleConfiguration("web-logs-expiry", bucket=bucket, rules=expire(90),
        opts=pulumi.ResourceOptions(parent=tier, depends_on=[versions]))
"""

FRONT = """\
import json, pathlib
import pulumi
from components import Network, WebTier

said = json.loads((pathlib.Path(__file__).parent / "said.json").read_text())
network = Network("net", {"availability_zones": ["eu-central-1a", "eu-central-1b"], "flow_logs": False,
    **said["network"]})
endpoint = network.instance_connect_security_group_id
tier = WebTier("web", {"vpc_id": network.vpc_id, "public_subnet_ids": network.public_subnet_ids,
    "private_subnet_ids": network.private_subnet_ids, "disposable": True, **said["tier"],
    **({"instance_connect_security_group_id": endpoint} if endpoint else {})})
pulumi.export("topic", tier.alarm_topic_arn)
"""

ALL: dict[str, Any] = {
    "sticky_seconds": 600,
    "target_groups": [{"name": "search", "port": 9200}],
    "rules": [{"name": "search", "priority": 10, "paths": ["/search*"], "target_group": "search"}],
    "firewall": {},
}


@pytest.fixture
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("renamed"), "dev", PROJECT | {"__main__.py": RENAMED})
    yield made
    made.run("stop")


def test_a_log_bucket_of_before_keeps_all_its_settings(renamed: Site) -> None:
    assert set(by_op(renamed.deploy("up"))) == {"create"}
    (renamed.checkout / "new.json").write_text("{}")
    done = by_op(renamed.deploy("up"))
    # What the older program left out comes; what it had under other names is neither made anew nor deleted.
    assert done == {"create": {"web-logs-ownership", "web-logs-encryption", "web-logs-policy"}}
    assert renamed.deploy("up", "--expect-no-changes") == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("front"), "dev", PROJECT | {"__main__.py": FRONT})
    yield made
    made.run("stop")


def say(site: Site, tier: dict[str, Any], *, connect: bool) -> None:
    said = {"network": {"instance_connect_endpoint": connect}, "tier": tier}
    (site.checkout / "said.json").write_text(json.dumps(said))


def test_the_life_of_a_front(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        all_of_it_comes,
        a_second_up_and_a_refresh_change_nothing,
        what_is_left_out_goes_and_nothing_is_replaced,
        destroy_leaves_nothing,
    )


def all_of_it_comes(site: Site) -> None:
    say(site, {"site": ALL, "alarms": {"emails": ["ops@example.org"]}}, connect=True)
    told = json.loads(site.run("pulumi", "preview", "--stack", "dev", "--json")[0])
    assert set(told["changeSummary"]) == {"create"}
    site.before = inventory(site.client)
    assert set(by_op(site.deploy("up"))) == {"create"}
    assert len(site.api("sns", "list_topics")["Topics"]) == 1
    assert len(site.api("cloudwatch", "describe_alarms")["MetricAlarms"]) >= 5


def a_second_up_and_a_refresh_change_nothing(site: Site) -> None:
    assert site.deploy("up", "--expect-no-changes") == []
    assert site.deploy("refresh", "--expect-no-changes") == []


def what_is_left_out_goes_and_nothing_is_replaced(site: Site) -> None:
    say(site, {"alarms": {"latency_p95_seconds": 1.5}}, connect=False)
    done = by_op(site.deploy("up"))
    assert done == {
        "update": {"web-target", "web-fleet", "web-alarm-latency"},
        "delete": {
            "net-instance-connect",
            "net-instance-connect-sg",
            "web-server-instance-connect-in",
            "web-server-instance-connect-out",
            "web-rule-search",
            "web-to-search",
            "web-alb-out-9200",
            "web-server-in-9200",
            "web-firewall",
            "web-firewall-association",
            "web-firewall-log",
            "web-firewall-logging",
            "web-alarms-to-ops-at-example.org",
        },
    }
    group = site.resource("web-target")["id"]
    listed = site.api("elbv2", "describe_target_group_attributes", TargetGroupArn=group)["Attributes"]
    assert {"Key": "stickiness.enabled", "Value": "false"} in listed, "left out, it would stay as it was"
    assert site.deploy("up", "--refresh", "--expect-no-changes") == []


def destroy_leaves_nothing(site: Site) -> None:
    assert set(by_op(site.deploy("destroy"))) == {"delete"}
    assert site.state() == []
    assert inventory(site.client) == site.before

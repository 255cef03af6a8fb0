"""The life of ``dev`` under the real engine, from its first preview to its end.

One test, as each step stands on those before it; every step is reported by its name.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.wire import UNKNOWN
from tests.engine.both_ways import comparable, in_process, under_the_engine
from tests.engine.inventory import inventory
from tests.engine.site import Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("dev"), "dev")
    yield made
    made.run("stop")


def test_the_life_of_dev(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        a_preview_of_the_new_stack_makes_nothing,
        up_creates_everything,
        secrets_are_encrypted_in_the_state,
        the_in_process_rehearsal_declares_the_same,
        a_second_up_changes_nothing,
        a_refresh_changes_nothing,
        settings_change_in_place,
        what_cannot_change_is_replaced_before_it_is_deleted,
        destroy_leaves_nothing,
        the_checkout_and_the_home_of_the_user_are_untouched,
    )


def a_preview_of_the_new_stack_makes_nothing(site: Site) -> None:
    told = json.loads(site.run("pulumi", "preview", "--stack", "dev", "--json")[0])
    assert set(told["changeSummary"]) == {"create"}
    inputs = {s["urn"].rsplit("::", 1)[1]: s["newState"].get("inputs") or {} for s in told["steps"]}
    assert inputs["dev-network-vpc"]["cidrBlock"] == "10.10.0.0/16"
    assert inputs["dev-network-public-a"]["vpcId"] == UNKNOWN
    site.before = inventory(site.client)
    assert site.state() == []


def up_creates_everything(site: Site) -> None:
    done = by_op(site.deploy("up"))
    assert set(done) == {"create"}
    stands = inventory(site.client)
    assert len(stands["ec2 Vpcs"]) == len(site.before["ec2 Vpcs"]) + 1
    assert (len(stands["rds DBInstances"]), len(stands["s3 Buckets"]), len(stands["elbv2 LoadBalancers"])) == (2, 2, 1)


def secrets_are_encrypted_in_the_state(site: Site) -> None:
    secret = site.resource("dev-db-credentials")["outputs"]["arn"]
    told = site.api("secretsmanager", "get_secret_value", SecretId=secret)["SecretString"]
    password = json.loads(told)["password"]
    assert len(password) >= 20
    assert password not in json.dumps(site.state())
    assert "ciphertext" in site.resource("dev-db-primary")["inputs"]["password"]
    assert password not in "".join(f.read_text() for f in site.stage.rglob("*.json"))


def the_in_process_rehearsal_declares_the_same(site: Site) -> None:
    ours, theirs = comparable(under_the_engine(site.state()), in_process(site.checkout, "dev"))
    assert set(ours) == set(theirs)
    for urn, row in sorted(ours.items()):
        assert row == theirs[urn], urn


def a_second_up_changes_nothing(site: Site) -> None:
    assert site.deploy("up", "--expect-no-changes") == []


def a_refresh_changes_nothing(site: Site) -> None:
    assert site.deploy("refresh", "--expect-no-changes") == []


def settings_change_in_place(site: Site) -> None:
    def change(settings: dict[str, Any]) -> None:
        settings["network"]["flow_log_retention_days"] = 60
        settings["fleet"] |= {"min_size": 2, "max_size": 3, "windows": []}
        settings["machine"]["instance_type"] = "t4g.medium"
        settings["database"] |= {"instance_class": "db.t4g.large", "storage_gib": 30, "replica_count": 2}
        settings["storage"]["noncurrent_version_days"] = 14
        settings["site"]["health_check_path"] = "/health"
        settings["worker"]["volume"]["size_gib"] = 40

    site.configure(change)
    done = by_op(site.deploy("up"))
    assert done == {
        "create": {"dev-db-replica-2", "dev-db-reader-2"},
        "delete": {"dev-web-night", "dev-web-base"},  # and with them the sizes come back to deployments
        "update": {
            "dev-network-flow-logs",
            "dev-web-fleet",
            "dev-web-server-launch-template",
            "dev-web-target",
            "dev-db-primary",
            "dev-db-replica-1",
            "dev-storage-bucket-lifecycle",
            "dev-worker-data-volume",
        },
    }
    volume = site.resource("dev-worker-data-volume")["id"]
    assert site.api("ec2", "describe_volumes", VolumeIds=[volume])["Volumes"][0]["Size"] == 40
    for instance in site.api("rds", "describe_db_instances")["DBInstances"]:
        assert (instance["DBInstanceClass"], instance["AllocatedStorage"]) == ("db.t4g.large", 30)
    fleet = _fleet(site)
    assert (fleet["MinSize"], fleet["MaxSize"], fleet["LaunchTemplate"]["Version"]) == (2, 3, "2")
    assert site.deploy("up", "--refresh", "--expect-no-changes") == []


def what_cannot_change_is_replaced_before_it_is_deleted(site: Site) -> None:
    def change(settings: dict[str, Any]) -> None:
        settings["site"]["port"] = 8080
        settings["database"]["replica_count"] = 0
        settings["fleet"]["windows"] = [
            {
                "name": "monday-morning",
                "days": ["MON"],
                "start": "07:00",
                "end": "12:00",
                "time_zone": "Europe/Zurich",
                "min_size": 3,
            }
        ]

    site.configure(change)
    done = site.deploy("up")
    order = [(step.op, step.name) for step in done]
    # The listener must never lead nowhere: the new target group, then the listener, then the end of the old one.
    made = order.index(("create-replacement", "dev-web-target"))
    moved = order.index(("update", "dev-web-http"))
    gone = order.index(("delete-replaced", "dev-web-target"))
    assert made < moved < gone
    assert by_op(done)["delete"] >= {"dev-db-replica-1", "dev-db-replica-2"}
    assert "dev-db-primary" not in {name for op, name in order if op != "update"}
    (primary,) = site.api("rds", "describe_db_instances")["DBInstances"]
    actions = site.api("autoscaling", "describe_scheduled_actions")["ScheduledUpdateGroupActions"]
    assert {action["MinSize"] for action in actions} == {2, 3}
    names = {record["Name"] for record in _records(site)}
    assert {"db.dev.elasticweb.internal.", "db-ro.dev.elasticweb.internal."} <= names
    assert primary["DBInstanceStatus"] == "available"


def destroy_leaves_nothing(site: Site) -> None:
    done = by_op(site.deploy("destroy"))
    assert set(done) == {"delete"}
    assert site.state() == []
    assert inventory(site.client) == site.before


def the_checkout_and_the_home_of_the_user_are_untouched(site: Site) -> None:
    assert site.untouched()


def _fleet(site: Site) -> dict[str, Any]:
    name = site.resource("dev-web-fleet")["id"]
    return site.api("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[name])["AutoScalingGroups"][0]


def _records(site: Site) -> list[dict[str, Any]]:
    zone = site.resource("dev-db-zone")["id"]
    return site.api("route53", "list_resource_record_sets", HostedZoneId=zone)["ResourceRecordSets"]

"""Readers that autoscaling added, under the real engine: deployments leave them alone, and the end does not fail."""

from collections.abc import Iterator
from textwrap import dedent

import pytest

from components.functions.readers.removal import remove
from tests.engine.site import Site, Step, by_op, run_steps, steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROJECT = {
    "Pulumi.yaml": "name: small\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-central-1\n",
    ".gitignore": "__pycache__/\n",
    "__main__.py": dedent("""
        from components import AuroraMySQL, Network

        zones = ["eu-central-1a", "eu-central-1b"]
        network = Network("net", {"availability_zones": zones})
        AuroraMySQL("db", {
            "vpc_id": network.vpc_id,
            "subnet_ids": network.isolated_subnet_ids,
            "availability_zones": zones,
            "disposable": True,
            "aurora": {
                "reader_count": 1,
                "elastic_readers": {
                    "max_size": 3,
                    "windows": [{
                        "name": "monday", "days": ["MON"], "start": "07:00", "end": "12:00",
                        "time_zone": "Europe/Zurich", "min_size": 2,
                    }],
                },
            },
        })
    """),
}
TARGET = {"ServiceNamespace": "rds", "ScalableDimension": "rds:cluster:ReadReplicaCount"}
ADDED = "application-autoscaling-61aabbcc-4e2f-4c65-b620-ab7421abc123"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("aurora"), "dev", PROJECT)
    yield made
    made.run("stop")


def test_the_life_of_elastic_readers(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        up_registers_the_cluster_with_its_schedule,
        a_second_up_changes_nothing,
        what_the_schedule_and_the_load_have_done_stays,
        what_makes_readers_goes_first_and_the_cluster_last,
        with_the_added_readers_gone_the_rest_goes_too,
    )


def up_registers_the_cluster_with_its_schedule(site: Site) -> None:
    assert set(by_op(site.deploy("up"))) == {"create"}
    (target,) = site.api("application-autoscaling", "describe_scalable_targets", ServiceNamespace="rds")[
        "ScalableTargets"
    ]
    assert target["ResourceId"] == f"cluster:{_cluster(site)}"
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 4)
    actions = site.api("application-autoscaling", "describe_scheduled_actions", ServiceNamespace="rds")
    assert {a["Timezone"] for a in actions["ScheduledActions"]} == {"Europe/Zurich"}
    sizes = {tuple(a["ScalableTargetAction"].values()) for a in actions["ScheduledActions"]}
    assert sizes == {(1, 4), (3, 4)}


def a_second_up_changes_nothing(site: Site) -> None:
    assert site.deploy("up", "--expect-no-changes") == []


def what_the_schedule_and_the_load_have_done_stays(site: Site) -> None:
    named = {**TARGET, "ResourceId": f"cluster:{_cluster(site)}"}
    site.api("application-autoscaling", "register_scalable_target", **named, MinCapacity=3, MaxCapacity=4)
    site.api(
        "rds",
        "create_db_instance",
        DBInstanceIdentifier=ADDED,
        DBClusterIdentifier=_cluster(site),
        Engine="aurora-mysql",
        DBInstanceClass="db.t4g.medium",
    )
    assert by_op(site.deploy("up", "--refresh")) == {}
    (target,) = site.api("application-autoscaling", "describe_scalable_targets", ServiceNamespace="rds")[
        "ScalableTargets"
    ]
    assert target["MinCapacity"] == 3
    assert ADDED in _members(site)


def what_makes_readers_goes_first_and_the_cluster_last(site: Site) -> None:
    told = site.run("pulumi", "destroy", "--stack", "dev", "--yes", "--skip-preview", "--json", fails=True)[0]
    assert "still contains DB instances in non-deleting state" in told
    done = [step for step in steps(told) if step.op == "delete"]
    order = [_place(done, kind) for kind in ("ScheduledAction", "Policy", "Target", "Invocation", "ClusterInstance")]
    assert max(*order[0], *order[1]) < min(order[2]), "policies and actions before the target"
    assert max(order[2]) < min(order[3]), "the target before the function deletes what it added"
    assert max(order[3]) < min(order[4]), "the function before what is declared"
    assert _members(site) == {ADDED}, "the rehearsal runs no functions, so it is still there"


def with_the_added_readers_gone_the_rest_goes_too(site: Site) -> None:
    # What the function does when it is called at that place.
    assert remove(site.client("rds"), _cluster(site), 60, lambda: 0, lambda _: None) == [ADDED]
    site.deploy("destroy")
    assert site.state() == []
    assert site.api("rds", "describe_db_clusters")["DBClusters"] == []


def _place(done: list[Step], kind: str) -> list[int]:
    found = [place for place, step in enumerate(done) if step.type.endswith(f":{kind}")]
    assert found, kind
    return found


def _cluster(site: Site) -> str:
    (cluster,) = site.api("rds", "describe_db_clusters")["DBClusters"]
    return cluster["DBClusterIdentifier"]


def _members(site: Site) -> set[str]:
    return {instance["DBInstanceIdentifier"] for instance in site.api("rds", "describe_db_instances")["DBInstances"]}

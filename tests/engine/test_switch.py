"""From RDS to Aurora and back under the real engine: the servers see no difference, and no data is dropped unasked."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.site import Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

TAKEN_OVER = ("private_domain", "users", "rotation_days")
SEEN_BY_SERVERS: dict[str, Any] = {}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("switch"), "dev")
    made.configure(_worth_keeping)
    yield made
    made.run("stop")


def test_a_switch_of_engines(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        up_creates_everything_on_rds,
        the_switch_is_refused_while_the_primary_is_protected,
        nothing_has_changed_by_the_refusal,
        with_the_documented_step_it_is_carried_out,
        the_servers_see_no_difference,
        the_old_primary_is_still_there_with_what_it_needs,
        a_second_up_changes_nothing,
        the_way_back_is_refused_while_the_cluster_is_protected,
        with_the_documented_step_it_is_gone_too,
        the_servers_see_no_difference,
        the_cluster_is_still_there,
    )


def up_creates_everything_on_rds(site: Site) -> None:
    assert set(by_op(site.deploy("up"))) == {"create"}
    SEEN_BY_SERVERS.update(_seen(site))


def the_switch_is_refused_while_the_primary_is_protected(site: Site) -> None:
    site.configure(_to_aurora)
    told = site.pulumi("up --yes", fails=True)
    assert "dev-db-primary" in told
    assert "protect" in told


def nothing_has_changed_by_the_refusal(site: Site) -> None:
    assert site.api("rds", "describe_db_clusters")["DBClusters"] == []
    assert _seen(site) == SEEN_BY_SERVERS
    assert site.resource("dev-db-writer")["outputs"]["records"] == [_primary(site)["Endpoint"]["Address"]]


def with_the_documented_step_it_is_carried_out(site: Site) -> None:
    site.pulumi("state unprotect", site.resource("dev-db-primary")["urn"], "--yes")
    done = by_op(site.deploy("up"))
    assert {"dev-db-cluster", "dev-db-primary", "dev-db-replica-1"} <= done["create"]
    assert {"dev-db-writer", "dev-db-reader-primary"} <= done["update"]
    carried_over = {"dev-db-subnets", "dev-db-security-group", "dev-db-zone", "dev-db-credentials", "dev-db-monitoring"}
    assert not carried_over & set[str]().union(*done.values())
    assert not [name for names in done.values() for name in names if name.startswith("dev-web")]
    writer = site.resource("dev-db-writer")["outputs"]["records"]
    assert writer == [site.resource("dev-db-cluster")["outputs"]["endpoint"]]
    reader = site.resource("dev-db-reader-primary")["outputs"]["records"]
    assert reader == [site.resource("dev-db-cluster")["outputs"]["readerEndpoint"]]


def the_servers_see_no_difference(site: Site) -> None:
    assert _seen(site) == SEEN_BY_SERVERS
    group = site.resource("dev-web-fleet")["outputs"]["name"]
    refreshes = site.api("autoscaling", "describe_instance_refreshes", AutoScalingGroupName=group)
    assert refreshes["InstanceRefreshes"] == []


def the_old_primary_is_still_there_with_what_it_needs(site: Site) -> None:
    primary = _primary(site)
    assert primary["DeletionProtection"] is True
    (group,) = [g["DBParameterGroupName"] for g in primary["DBParameterGroups"]]
    groups = site.api("rds", "describe_db_parameter_groups")["DBParameterGroups"]
    assert group in [g["DBParameterGroupName"] for g in groups]


def a_second_up_changes_nothing(site: Site) -> None:
    assert site.deploy("up", "--expect-no-changes") == []


def the_way_back_is_refused_while_the_cluster_is_protected(site: Site) -> None:
    site.configure(lambda settings: _to_rds(settings, _primary(site)["DBInstanceIdentifier"]))
    told = site.pulumi("up --yes", fails=True)
    assert "dev-db-cluster" in told
    assert "protect" in told


def with_the_documented_step_it_is_gone_too(site: Site) -> None:
    for name in ("dev-db-cluster", "dev-db-primary"):
        site.pulumi("state unprotect", site.resource(name)["urn"], "--yes")
    done = by_op(site.deploy("up"))
    assert "dev-db-primary-back" in done["create"]
    assert not [name for names in done.values() for name in names if name.startswith("dev-web")]


def the_cluster_is_still_there(site: Site) -> None:
    (cluster,) = site.api("rds", "describe_db_clusters")["DBClusters"]
    assert cluster["DeletionProtection"] is True
    assert [member["IsClusterWriter"] for member in cluster["DBClusterMembers"]] == [True], "readers hold nothing"


def _worth_keeping(settings: dict[str, Any]) -> None:
    settings["disposable"] = False
    del settings["worker"]
    settings["fleet"] = {"min_size": 1, "max_size": 2}


def _to_aurora(settings: dict[str, Any]) -> None:
    given = settings.pop("database")
    settings["aurora"] = {"reader_count": 1, **{key: given[key] for key in TAKEN_OVER if key in given}}


def _to_rds(settings: dict[str, Any], identifier: str) -> None:
    given = settings.pop("aurora")
    origin = {"source_identifier": identifier, "into": "back"}
    settings["database"] = {"restore_from": origin, **{key: given[key] for key in TAKEN_OVER if key in given}}


def _primary(site: Site) -> dict[str, Any]:
    found = site.api("rds", "describe_db_instances")["DBInstances"]
    return next(i for i in found if i["Engine"] == "mysql" and not i.get("ReadReplicaSourceDBInstanceIdentifier"))


def _seen(site: Site) -> dict[str, Any]:
    """Return all of the database that servers have to do with, as the state has it."""
    template = site.resource("dev-web-server-launch-template")["outputs"]
    return {
        "secret": site.resource("dev-db-credentials")["outputs"]["arn"],
        "security group": site.resource("dev-db-security-group")["id"],
        "writer": site.resource("dev-db-writer")["outputs"]["name"],
        "reader": site.resource("dev-db-reader-primary")["outputs"]["name"],
        "zone": site.resource("dev-db-zone")["id"],
        "user data": template["userData"],
        "version of the launch template": template["latestVersion"],
    }

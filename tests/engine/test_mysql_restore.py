"""Restores of a database under the real engine: never over what is there, beside it when that is said."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.site import Site, by_op, run_steps
from tests.engine.test_mysql import PROJECT, identifiers, instance, outputs, password, records, say

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SHOP: dict[str, Any] = {"database_name": "shop", "username": "shop_owner", "storage_gib": 50, "replica_count": 1}
SNAPSHOT = {"snapshot": "before-the-mistake"}
BESIDE = {**SHOP, "restore_from": {**SNAPSHOT, "into": "again"}}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("data"), "dev", PROJECT)
    yield made
    made.run("stop")


def test_a_database_and_its_backups(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        it_is_made,
        a_living_database_is_not_restored_over,
        what_it_was_restored_from_may_be_taken_out,
        the_old_one_is_not_dropped_by_accident,
        another_takes_its_place_and_the_old_one_stays_on_aws,
        its_name_is_not_taken_back_by_accident,
        the_same_again_changes_nothing,
    )


def it_is_made(site: Site) -> None:
    say(site, SHOP)
    site.deploy("up")
    site.before["password"] = [password(site)["password"]]
    source = instance(site, "db-primary")["DBInstanceIdentifier"]
    site.api("rds", "create_db_snapshot", DBSnapshotIdentifier=SNAPSHOT["snapshot"], DBInstanceIdentifier=source)


def a_living_database_is_not_restored_over(site: Site) -> None:
    for origin in (SNAPSHOT, {"source_identifier": "elsewhere", "time": "2026-11-23T14:02:00Z"}):
        say(site, {**SHOP, "restore_from": origin})
        assert not {"db-primary", "db-replica-1"} & {step.name for step in site.deploy("up")}
        assert not {"db-primary", "db-replica-1"} & {step.name for step in site.deploy("up", "--refresh")}


def what_it_was_restored_from_may_be_taken_out(site: Site) -> None:
    say(site, SHOP)
    assert not {"db-primary", "db-replica-1"} & {step.name for step in site.deploy("up")}
    assert instance(site, "db-primary")["DBName"] == "shop"


def the_old_one_is_not_dropped_by_accident(site: Site) -> None:
    say(site, BESIDE)
    assert "protect" in site.pulumi("preview", fails=True)
    assert identifiers(site) == {"db-primary", "db-replica-1"}


def another_takes_its_place_and_the_old_one_stays_on_aws(site: Site) -> None:
    site.before["outputs"] = [json.dumps({name: outputs(site)[name] for name in ("host", "reader_host", "secret_arn")})]
    site.pulumi("state unprotect --yes", site.resource("db-primary")["urn"])
    done = by_op(site.deploy("up"))
    assert {"db-primary-again", "db-replica-1-again"} <= done["create"]
    assert identifiers(site) == {"db-primary", "db-primary-again", "db-replica-1-again"}
    assert (records(site, "db"), records(site, "db-ro")) == (["db-primary-again"], ["db-replica-1-again"])
    found = instance(site, "db-primary-again")
    assert (found["DBName"], found["MasterUsername"], found["AllocatedStorage"]) == ("shop", "shop_owner", 50)
    told = password(site)
    assert told["dbInstanceIdentifier"] == found["DBInstanceIdentifier"]
    assert (told["dbname"], told["username"]) == ("shop", "shop_owner")
    assert told["password"] != site.before["password"][0]
    assert json.loads(site.before["outputs"][0]).items() <= outputs(site).items()


def its_name_is_not_taken_back_by_accident(site: Site) -> None:
    say(site, SHOP)
    assert "protect" in site.pulumi("preview", fails=True)
    say(site, BESIDE)


def the_same_again_changes_nothing(site: Site) -> None:
    assert site.deploy("up", "--refresh") == []

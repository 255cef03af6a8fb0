"""``prod`` under the real engine: a Monday morning, and the refusal to destroy it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.both_ways import comparable, in_process, under_the_engine
from tests.engine.inventory import inventory
from tests.engine.site import Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("prod"), "prod")
    yield made
    made.run("stop")


def test_a_monday_of_prod(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        a_preview_of_the_new_stack_makes_nothing,
        up_creates_everything,
        the_in_process_rehearsal_declares_the_same,
        a_second_up_changes_nothing,
        a_refresh_changes_nothing,
        up_leaves_the_fleet_of_a_monday_alone,
        up_with_refresh_leaves_it_alone_too,
        a_raised_base_size_arrives_through_the_schedule,
        destroy_is_refused,
        the_checkout_and_the_home_of_the_user_are_untouched,
    )


def a_preview_of_the_new_stack_makes_nothing(site: Site) -> None:
    told = site.pulumi("preview")
    assert "to create" in told
    site.before = inventory(site.client)
    assert site.state() == []


def up_creates_everything(site: Site) -> None:
    assert set(by_op(site.deploy("up"))) == {"create"}
    assert _sizes(site) == (5, 5, 40)


def the_in_process_rehearsal_declares_the_same(site: Site) -> None:
    ours, theirs = comparable(under_the_engine(site.state()), in_process(site.checkout, "prod"))
    assert set(ours) == set(theirs)
    for urn, row in sorted(ours.items()):
        assert row == theirs[urn], urn


def a_second_up_changes_nothing(site: Site) -> None:
    assert site.deploy("up", "--expect-no-changes") == []


def a_refresh_changes_nothing(site: Site) -> None:
    assert site.deploy("refresh", "--expect-no-changes") == []


def up_leaves_the_fleet_of_a_monday_alone(site: Site) -> None:
    # What the schedule has done at seven, and demand since.
    name = site.resource("prod-web-fleet")["id"]
    site.api("autoscaling", "update_auto_scaling_group", AutoScalingGroupName=name, MinSize=20, DesiredCapacity=26)

    def change(settings: dict[str, Any]) -> None:
        # Touches the group itself: a new version of its launch template.
        settings["machine"]["packages"] = ["nginx", "git"]

    site.configure(change)
    done = by_op(site.deploy("up"))
    assert done == {"update": {"prod-web-server-launch-template", "prod-web-fleet"}}
    assert _sizes(site) == (20, 26, 40)


def up_with_refresh_leaves_it_alone_too(site: Site) -> None:
    def change(settings: dict[str, Any]) -> None:
        settings["machine"]["packages"] = ["nginx", "git", "jq"]
        settings["site"]["health_check_path"] = "/health"

    site.configure(change)
    done = by_op(site.deploy("up", "--refresh"))
    assert done == {"update": {"prod-web-server-launch-template", "prod-web-fleet", "prod-web-target"}}
    assert _sizes(site) == (20, 26, 40)


def a_raised_base_size_arrives_through_the_schedule(site: Site) -> None:
    def change(settings: dict[str, Any]) -> None:
        settings["fleet"]["min_size"] = 8

    site.configure(change)
    done = site.deploy("up")
    actions = site.api("autoscaling", "describe_scheduled_actions")["ScheduledUpdateGroupActions"]
    floors = {action["ScheduledActionName"]: action["MinSize"] for action in actions}
    assert floors == {"prod-web-base": 8, "prod-web-monday-morning": 20}
    assert _sizes(site) == (20, 26, 40)
    # Two actions at one time cannot be: the old ones go first, and nothing else is touched.
    assert [(step.op, step.name) for step in done if step.type.startswith("aws:")] == [
        ("delete-replaced", "prod-web-monday-morning"),
        ("delete-replaced", "prod-web-base"),
        ("create-replacement", "prod-web-base"),
        ("create-replacement", "prod-web-monday-morning"),
    ]


def destroy_is_refused(site: Site) -> None:
    stands = inventory(site.client)
    told = site.pulumi("destroy", "--yes", fails=True)
    assert "prod-db-primary" in told
    assert "cannot be deleted" in told
    assert inventory(site.client) == stands


def the_checkout_and_the_home_of_the_user_are_untouched(site: Site) -> None:
    assert site.untouched()


def _sizes(site: Site) -> tuple[int, int, int]:
    name = site.resource("prod-web-fleet")["id"]
    told = site.api("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[name])
    (group,) = told["AutoScalingGroups"]
    assert len(group["Instances"]) == group["DesiredCapacity"]
    return group["MinSize"], group["DesiredCapacity"], group["MaxSize"]

"""Scheduled actions under the engine: none is made while another one that AWS would refuse it for is there."""

from collections.abc import Iterator
from textwrap import dedent

import pytest

from tests.engine.site import Site, Step, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """
    import json
    from datetime import datetime
    import pulumi, pulumi_aws as aws
    from components.web_tier.context import Context
    from components.web_tier.schedule import follow_windows, plan_windows
    from components.windows import read_windows

    settings = pulumi.Config()
    windows = read_windows("Fleet", "windows", settings.require_object("windows"), 1, 9)
    plan = plan_windows({"min_size": 1, "max_size": 9}, windows, datetime.fromisoformat(settings.require("now")))
    template = aws.ec2.LaunchTemplate("template", image_id="ami-12c6146b", instance_type="t4g.small")
    group = aws.autoscaling.Group("group", min_size=0, max_size=9, availability_zones=["eu-central-1a"],
        launch_template={"id": template.id, "version": "1"})
    balancer = None  # nothing is reserved
    follow_windows(Context("web", None, False, {}), group, balancer, plan)
"""
PROJECT = {
    "Pulumi.yaml": "name: small\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    "Pulumi.dev.yaml": "config: {}\n",
    ".gitignore": "__pycache__/\n",
    "__main__.py": dedent(PROGRAM),
}
WEEKLY = "{name: %s, days: [%s], start: '07:00', end: '12:00', time_zone: UTC, min_size: %d}"
SALE = "{name: sale, dates: ['2040-12-31', '2041-01-01'], start: '06:00', end: '20:00', time_zone: UTC, min_size: 5}"
MONDAY, TUESDAY = WEEKLY % ("monday", "MON", 3), WEEKLY % ("tuesday", "TUE", 4)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("schedules"), "dev", PROJECT)
    yield made
    made.run("stop")


def test_a_stage_of_windows(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        actions_are_made_one_after_the_other,
        nothing_changes_when_time_has_passed_without_a_date,
        a_renamed_window_is_made_when_the_old_ones_are_gone,
        a_date_is_added,
        an_action_that_is_over_is_forgotten_when_aws_has_removed_it,
        a_date_is_taken_out,
        a_window_is_taken_out,
    )


def actions_are_made_one_after_the_other(site: Site) -> None:
    assert _deployed(site, MONDAY, TUESDAY) == ["create web-base", "create web-monday", "create web-tuesday"]


def nothing_changes_when_time_has_passed_without_a_date(site: Site) -> None:
    assert _deployed(site, MONDAY, TUESDAY, now="2031-05-05T07:00:00+00:00") == []


def a_renamed_window_is_made_when_the_old_ones_are_gone(site: Site) -> None:
    # Of the two at seven only one can be; the one that is no longer in the program goes first, too.
    done = _deployed(site, MONDAY, WEEKLY % ("market-day", "TUE", 4))
    assert _gone_before_made(done) == {"web-monday", "web-base", "web-tuesday"}
    assert _names(site) == {"web-monday", "web-base", "web-market-day"}


def a_date_is_added(site: Site) -> None:
    done = _deployed(site, MONDAY, TUESDAY, SALE)
    assert _gone_before_made(done) == {"web-monday", "web-base", "web-market-day"}
    assert "web-sale-2040-12-31" in _names(site)
    assert _deployed(site, MONDAY, TUESDAY, SALE) == []


def an_action_that_is_over_is_forgotten_when_aws_has_removed_it(site: Site) -> None:
    # The last one brings the base back for the night between the two days.
    over = {name for name in _names(site) if "until" in name} - {"web-base-until-2041-01-01"}
    assert len(over) == 3
    group = site.resource("group")["id"]
    for name in over:
        site.api("autoscaling", "delete_scheduled_action", AutoScalingGroupName=group, ScheduledActionName=name)
    done = _deployed(site, MONDAY, TUESDAY, SALE, now="2040-12-31T12:00:00+00:00")
    assert {*done} == {f"delete {name}" for name in over}


def a_date_is_taken_out(site: Site) -> None:
    before = _names(site)
    done = _deployed(site, MONDAY, TUESDAY)
    assert _gone_before_made(done) >= before
    assert _names(site) == {"web-monday", "web-base", "web-tuesday"}
    starts = [r["inputs"].get("startTime") for r in site.state() if r["type"] == "aws:autoscaling/schedule:Schedule"]
    assert starts == [None, None, None]


def a_window_is_taken_out(site: Site) -> None:
    done = _deployed(site, TUESDAY)
    assert _gone_before_made(done) == {"web-monday", "web-base", "web-tuesday"}
    assert _deployed(site) == ["delete web-tuesday", "delete web-base"]
    assert _names(site) == set()


def _deployed(site: Site, *windows: str, now: str = "2030-01-01T00:00:00+00:00") -> list[str]:
    config = f"config: {{'small:now': '{now}', 'aws:region': eu-central-1, 'small:windows': [{', '.join(windows)}]}}\n"
    (site.checkout / "Pulumi.dev.yaml").write_text(config)
    return [_said(step) for step in site.deploy("up") if step.type == "aws:autoscaling/schedule:Schedule"]


def _said(step: Step) -> str:
    return f"{step.op} {step.name}"


def _gone_before_made(done: list[str]) -> set[str]:
    """Return what was deleted before anything was made."""
    made = next(index for index, step in enumerate(done) if "create" in step)
    assert not any("delete" in step for step in done[made:]), done
    return {step.split()[1] for step in done[:made] if "delete" in step}


def _names(site: Site) -> set[str]:
    told = site.api("autoscaling", "describe_scheduled_actions")["ScheduledUpdateGroupActions"]
    return {action["ScheduledActionName"] for action in told}

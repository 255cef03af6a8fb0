"""What the report says, and that it is what the emulator says."""

import datetime as dt
import io
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rehearsal.cli.progress import Progress
from rehearsal.cli.report import report
from rehearsal.cli.terminal import Terminal
from rehearsal.cli.tree import folded, kind_of, listing, physical, shown, values
from rehearsal.crontab import next_time
from rehearsal.recorder import Registered
from rehearsal.standing import Section, standing
from rehearsal.standing.cron import words
from rehearsal.standing.fleets import by_schedule
from rehearsal.wire import UNKNOWN

from .stacks import Stack, deployed

NOW = dt.datetime(2026, 11, 25, 10, 0, tzinfo=dt.UTC)  # a Wednesday

pytestmark = pytest.mark.xdist_group("stacks")


class Screen(io.StringIO):
    """A terminal that is not there."""

    def __init__(self, *, live: bool = True, encoding: str = "utf-8") -> None:
        super().__init__()
        self._live, self._encoding = live, encoding

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self._encoding

    def isatty(self) -> bool:
        return self._live


@pytest.fixture
def prod() -> Stack:
    return deployed("prod")


@pytest.fixture
def sections() -> list[Section]:
    return standing(deployed("prod").deployment, NOW)


def plain() -> Terminal:
    return Terminal(Screen(live=False))


def rows(sections: list[Section], kind: str, name: str = "") -> dict[str, str]:
    section = next(s for s in sections if s.kind == kind and name in s.name)
    found: dict[str, str] = {}
    last = ""
    for label, text in section.rows:
        last = label or last
        found[last] = f"{found[last]}\n{text}" if last in found else text
    return found


def test_everything_can_be_read_back(sections: list[Section]) -> None:
    assert [s.kind for s in sections if any(label == "not read back" for label, _ in s.rows)] == []
    kinds = [s.kind for s in sections]
    for kind in ("Network", "Load balancer", "Servers", "Database", "Database replica", "Zone", "Private zone"):
        assert kind in kinds
    assert {"Bucket", "Volume", "Secret"} <= set(kinds)


def test_the_fleet_is_told_with_its_windows(sections: list[Section]) -> None:
    fleet = rows(sections, "Servers", "web-fleet")
    assert fleet["size"] == "minimum 5, desired 5, maximum 40"
    assert fleet["in service"].startswith("5: ")
    monday = next(line for line in fleet["scheduled"].splitlines() if line.startswith("prod-web-monday-morning"))
    assert "minimum 20" in monday
    assert "every hour from 06:50 to 11:50 on Mondays, Europe/Zurich" in monday
    assert monday.endswith("next Mon 30 Nov 2026 06:50 CET")
    assert "IMDSv2 required; no key pair" in fleet["launches"]
    assert "ALBRequestCountPerTarget at 1200" in fleet["by demand"]


@pytest.mark.parametrize(
    ("stack", "now", "told"),
    [
        (
            "prod",
            "2026-11-25T10:00+00:00",
            "now minimum 5, maximum 40, from Mon 30 Nov 2026 06:50 CET on minimum 20, maximum 40",
        ),
        (
            "prod",
            "2026-11-30T07:00+00:00",
            "now minimum 20, maximum 40, from Mon 30 Nov 2026 12:00 CET on minimum 5, maximum 40",
        ),
        (
            "dev",
            "2026-11-25T18:59+00:00",
            "now minimum 1, maximum 2, from Wed 25 Nov 2026 20:00 CET on asleep (maximum 0)",
        ),
        (
            "dev",
            "2026-11-28T12:00+00:00",
            "now asleep (maximum 0), from Mon 30 Nov 2026 07:00 CET on minimum 1, maximum 2",
        ),
    ],
)
def test_it_is_told_what_the_schedule_wants_now_and_next(stack: str, now: str, told: str) -> None:
    sections = standing(deployed(stack).deployment, dt.datetime.fromisoformat(now))
    assert rows(sections, "Servers", "web-fleet")["by schedule"] == told


def action(**more: Any) -> dict[str, Any]:
    bounds = {key: dt.datetime.fromisoformat(more.pop(key)) for key in ("StartTime", "EndTime") if key in more}
    return {"ScheduledActionName": more["Recurrence"], "TimeZone": "UTC", "MinSize": 1, **bounds, **more}


@pytest.mark.parametrize(
    ("actions", "told"),
    [
        ([], []),
        ([action(Recurrence="0 7 1 1 *", StartTime="2027-01-01T07:00+00:00")], []),
        (
            [
                action(Recurrence="0 * * * *", MinSize=2, EndTime="2026-12-24T06:00+00:00"),
                action(Recurrence="0 7-11 24 12 *", MinSize=9, EndTime="2026-12-24T11:30+00:00"),
                action(Recurrence="0 * * * *", MinSize=3, StartTime="2026-12-24T12:00+00:00"),
            ],
            [("by schedule", "now minimum 2, from Thu 24 Dec 2026 07:00 UTC on minimum 9")],
        ),
        (
            [action(Recurrence="0 6 * * *", MinSize=4, EndTime="2026-11-25T07:00+00:00")],
            [("by schedule", "now minimum 4")],
        ),
    ],
)
def test_dates_have_their_say_within_their_bounds_only(
    actions: list[dict[str, Any]], told: list[tuple[str, str]]
) -> None:
    assert list(by_schedule(actions, NOW)) == told


def test_the_load_balancer_is_told_with_its_healthy_targets(sections: list[Section]) -> None:
    balancer = rows(sections, "Load balancer")
    assert balancer["HTTP 80"] == "redirects to HTTPS 443 (301)"
    assert "certificate for example.org, www.example.org (issued)" in balancer["HTTPS 443"]
    assert re.match(r"5 of 5: i-\w+, i-\w+", balancer["healthy targets"])
    assert balancer["deletion"] == "protected"


def test_databases_are_told_with_their_sources(sections: list[Section], prod: Stack) -> None:
    primary = prod["db-primary"].outputs["identifier"]
    assert rows(sections, "Database replica")["replica of"] == primary
    told = rows(sections, "Database", primary)
    assert "mysql 8.4 on db.r7g.xlarge, Multi-AZ" in told["runs"]
    assert told["storage"] == "200 GiB gp3, grows to 1000 GiB, encrypted"
    assert told["replicas"].startswith("2: ")


def test_the_network_is_told_by_what_it_reaches(sections: list[Section]) -> None:
    network = rows(sections, "Network")
    assert network["public subnets"].count("(") == network["isolated subnets"].count("(") == 3
    assert network["NAT gateways"].startswith("3, ")
    assert network["defaults"] == "the default security group is empty, the main route table leads nowhere else"


def test_buckets_are_told_with_their_settings(sections: list[Section]) -> None:
    bucket = rows(sections, "Bucket", "prod-storage-bucket")
    assert bucket["versioning"] == "enabled"
    assert bucket["public access"] == "blocked in all four ways"
    assert bucket["policy"].startswith("TLS only")
    assert "old versions go after 90 days" in bucket["life cycle"]


def test_what_somebody_changes_in_the_emulator_shows(prod: Stack) -> None:
    # Not by adding a server: the emulator leaves those that go in the target group, and other tests share the stack.
    name = prod["web-fleet"].id
    prod.ask("autoscaling", "update_auto_scaling_group", AutoScalingGroupName=name, MaxSize=41)
    try:
        told = rows(standing(prod.deployment, NOW), "Servers", "web-fleet")
        assert told["size"] == "minimum 5, desired 5, maximum 41"
    finally:
        prod.ask("autoscaling", "update_auto_scaling_group", AutoScalingGroupName=name, MaxSize=40)


def test_the_whole_report_hides_secrets_and_ends_with_counts(prod: Stack) -> None:
    lines = list(report(prod.deployment, plain(), NOW))
    text = "\n".join(lines)
    assert prod["db-primary"].inputs["password"] not in text
    for heading in ("What was made", "What stands there now", "Outputs", "Recorded, not emulated"):
        assert any(line.startswith(heading) for line in lines)
    made = sum(r.custom for r in prod.deployment.recording.resources)
    assert f"{made} resources under" in lines[-1]
    assert "dlm/LifecyclePolicy, the whole resource" in text
    for resource in prod.deployment.recording.resources:
        if not resource.custom:
            assert resource.name in text


def registered(type_: str, name: str, parent: str = "", **more: Any) -> Registered:
    custom = more.pop("custom", True)
    options: dict[str, Any] = {"inputs": {}, "secret_inputs": frozenset(), "options": {}, "dependencies": []}
    options |= {"property_dependencies": {}, "id": f"id-{name}" if custom else "", **more}
    return Registered(f"urn::{type_}::{name}", type_, name, parent, custom, **options)


def family() -> list[Registered]:
    stack = registered("pulumi:pulumi:Stack", "p-dev", custom=False)
    part = registered("x:index:Part", "dev", stack.urn, custom=False)
    role = registered("aws:iam/role:Role", "dev-role", part.urn, outputs={"name": "dev-role-1234567"})
    policy = registered("aws:iam/rolePolicy:RolePolicy", "dev-policy", part.urn, dependencies=[role.urn])
    subnets = [registered("aws:ec2/subnet:Subnet", f"dev-subnet-{letter}", part.urn) for letter in "abcd"]
    return [stack, part, role, policy, *subnets]


def test_similar_resources_are_folded_and_parts_told_with_their_wholes() -> None:
    assert folded(family(), plain()) == [
        "p-dev  stack",
        "└─ dev  Part",
        "      ec2/Subnet  4 x subnet-a, subnet-b, subnet-c, subnet-d",
        "      iam/Role    role  dev-role-1234567 with Policy",
    ]


def test_a_listing_has_every_resource() -> None:
    lines = listing(family(), plain(), " + ")
    assert lines[0] == " + pulumi:pulumi:Stack                  p-dev"
    assert lines[2] == " +    ├─ aws:ec2/subnet:Subnet          dev-subnet-a"
    assert len(lines) == len(family())


def test_trees_are_drawn_in_ascii_where_nothing_else_is_possible() -> None:
    out = Terminal(Screen(live=False, encoding="ascii"))
    assert listing(family(), out)[1].startswith("`- x:index:Part")
    out.lines(["Zürich"])
    assert isinstance(out.stream, io.StringIO)
    assert out.stream.getvalue() == "Z?rich\n"


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("aws:ec2/vpc:Vpc", "ec2/Vpc"),
        ("elasticweb:index:WebTier", "WebTier"),
        ("pulumi:providers:aws", "providers/aws"),
        ("random:index/randomPassword:RandomPassword", "RandomPassword"),
    ],
)
def test_types_have_short_names(type_: str, kind: str) -> None:
    assert kind_of(type_) == kind


def test_resources_are_called_as_aws_calls_them() -> None:
    arn = "arn:aws:elasticloadbalancing:eu-central-1:1:listener/app/x/1"
    assert physical(registered("aws:lb/listener:Listener", "l", id=arn)) == "listener/app/x/1"
    assert physical(registered("aws:s3/bucket:Bucket", "b", outputs={"bucket": "b-1"})) == "b-1"
    assert physical(registered("aws:ec2/vpc:Vpc", "v", id="vpc-1")) == "vpc-1"


def test_outputs_are_readable() -> None:
    assert shown(UNKNOWN) == "[unknown until it is deployed]"
    assert shown(["a", "b"]) == "a, b"
    assert shown({"a": UNKNOWN}) == "[unknown in part until it is deployed]"
    assert shown({"a": 1}) == '{"a": 1}'
    assert values({"url": "x", "longer": 3}, plain()) == ["  url     x", "  longer  3"]
    assert values({}, plain()) == ["  (none)"]


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Terminal(Screen()).bold("x") == "\x1b[1mx\x1b[0m"
    assert Terminal(Screen(live=False)).bold("x") == "x"
    monkeypatch.setenv("NO_COLOR", "1")
    assert Terminal(Screen()).bold("x") == "x"


def test_progress_writes_over_its_line_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    live, file = Screen(), Screen(live=False)
    for screen in (live, file):
        progress = Progress(screen)
        progress.say("Deploying ...")
        progress(registered("aws:ec2/vpc:Vpc", "net"), "creating")
        progress.end()
    assert live.getvalue() == "\r\x1b[2KDeploying ...\r\x1b[2K"
    assert file.getvalue() == "Deploying ...\n"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 7 * * MON", "at 07:00 on Mondays"),
        ("0 7-11 * * MON", "every hour from 07:00 to 11:00 on Mondays"),
        ("30 7,19 * * 1-5", "at 07:30 and 19:30 Mondays to Fridays"),
        ("0 0-6,12-23 * * *", "every hour from 12:00 to 06:00 every day"),
        ("0 * * * SUN,SAT", "every hour at :00 on Saturdays and Sundays"),
        ("*/10 8 * * *", "6 times a day every day"),
        ("0 3 1 * *", "by the calendar '0 3 1 * *'"),
        ("0 0-23 24-26 12 *", "every hour at :00 on 24, 25 and 26 December"),
        ("0 7 1,24 1,12 *", "at 07:00 on 1 and 24 January and December"),
        ("0 7 24 12 MON", "by the calendar '0 7 24 12 MON'"),
    ],
)
def test_cron_is_said_in_words(expression: str, said: str) -> None:
    assert words(expression) == said


@pytest.mark.parametrize(
    ("expression", "after", "due"),
    [
        ("0 7 * * MON", "2026-11-25T10:00+00:00", "2026-11-30T07:00+01:00"),
        ("0 7 * * MON", "2026-11-30T05:59+00:00", "2026-11-30T07:00+01:00"),
        ("0 7 * * MON", "2026-11-30T06:00+00:00", "2026-12-07T07:00+01:00"),
        ("0 7 * * MON", "2026-07-01T00:00+00:00", "2026-07-06T07:00+02:00"),
        ("0 2 29 2 *", "2026-11-25T10:00+00:00", "2028-02-29T02:00+01:00"),
        ("0 0 13 * 5", "2026-11-25T10:00+00:00", "2026-11-27T00:00+01:00"),
        ("15 6-8/2 * * *", "2026-11-25T06:00+00:00", "2026-11-25T08:15+01:00"),
        ("0 0 31 2 *", "2026-11-25T10:00+00:00", None),
    ],
)
def test_the_next_time_is_in_the_zone_of_the_schedule(expression: str, after: str, due: str | None) -> None:
    found = next_time(expression, "Europe/Zurich", dt.datetime.fromisoformat(after))
    assert found == (None if due is None else dt.datetime.fromisoformat(due))
    assert found is None or found.tzinfo == ZoneInfo("Europe/Zurich")

"""The report as text, Markdown and JSON: its bytes, its limit, and what cannot break out of it."""

import base64
import gzip
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest

from rehearsal.compare.cli import render
from rehearsal.compare.lines import as_text
from rehearsal.compare.markdown import LIMIT, as_markdown, code, fence, marker
from rehearsal.compare.report import Report

from .diff_graphs import DB, Program, diff

GOLDEN = Path(__file__).parent.parent / "golden" / "diff"

GROUP, DATABASE = "aws:autoscaling/group:Group", "aws:rds/instance:Instance"
TEMPLATE, SG = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/securityGroup:SecurityGroup"


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def site(*, head: bool) -> Program:
    made = Program(aws__region="eu-central-1", aws__defaultTags={"tags": {"owner": "b" if head else "a"}})
    environment = made.component("site", "elasticweb:index:Environment")
    web = made.component("site-web", parent=environment)
    data = made.component("site-db", "elasticweb:index:MySQL", environment)
    ingress = [{"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]}]
    ssh = {"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"], "description": "@admins `x`"}
    made.add(SG, "site-web-sg", {"ingress": [*ingress, ssh] if head else ingress}, parent=web)
    lines = ["#cloud-config", *(f"# line {i}" for i in range(30)), "runcmd:", f"  - echo {'new' if head else 'old'}"]
    template = made.add(
        TEMPLATE,
        "site-web-template",
        {"userData": packed("\n".join(lines)), "instanceType": "m7g.large"},
        parent=web,
        outputs={"latestVersion": 1},
    )
    made.add(
        GROUP,
        "site-web-group",
        {"minSize": 3 if head else 5, "launchTemplate": {"id": template["id"], "version": "1"}},
        parent=web,
        deps={"launchTemplate": [template]},
    )
    made.add(
        DATABASE,
        "site-db-primary",
        {**DB, "dbName": "shop" if head else "app", "password": "x"},
        parent=data,
        secrets=("password",),
        protect=True,
    )
    if head:
        made.add("aws:s3/bucket:Bucket", "extra", {"tags": {"Name": "extra"}})
        made.add("aws:sqs/queue:Queue", "jobs", {}, aliases=[{"name": "work"}])
    else:
        made.add("aws:sqs/queue:Queue", "work", {})
        made.add("aws:iam/role:Role", "gone", {"assumeRolePolicy": "{}"})
    made.outputs = {
        "url": "https://b" if head else "https://a",
        "token": "[secret]",
        **({"new": [1, 2]} if head else {}),
    }
    return made


def report() -> Report:
    return {**diff(site(head=False), site(head=True)), "sides": {"base": "1111111", "head": "2222222"}}


@pytest.mark.parametrize(("name", "render"), [("text.txt", as_text), ("comment.md", as_markdown)])
def test_the_formats_are_as_they_were_reviewed(name: str, render: Any) -> None:
    assert render(report()) == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_data_is_as_it_was_reviewed() -> None:
    assert render(report(), "json") == (GOLDEN / "report.json").read_text(encoding="utf-8")


def test_the_same_sides_give_the_same_bytes_in_whatever_order_the_objects_are() -> None:
    def turned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: turned(value[key]) for key in reversed(list(value))}
        return [turned(item) for item in value] if isinstance(value, list) else value

    base, head = site(head=False), site(head=True)
    base.resources, head.resources = turned(base.resources), turned(head.resources)
    base.outputs, head.outputs = turned(base.outputs), turned(head.outputs)
    assert json.dumps(diff(base, head)) == json.dumps(diff(site(head=False), site(head=True)))


def test_nothing_changed_is_said_in_a_line() -> None:
    text = as_text({**diff(site(head=True), site(head=True))})
    assert "0 to create, 0 to update, 0 to replace, 0 to delete, 0 renamed, 9 unchanged" in text


def test_the_comment_starts_with_the_line_by_which_it_is_found_again() -> None:
    assert as_markdown(report()).splitlines()[0] == "<!-- elasticweb diff: prod -->" == marker("prod")


def big(resources: int, size: int) -> Report:
    base, head = Program(), Program()
    for index in range(resources):
        base.add(GROUP, f"group-{index:04}", {"minSize": 2, "text": "a" * size})
        head.add(GROUP, f"group-{index:04}", {"minSize": 1, "text": "b" * size})
    head.outputs = {f"out{i}": "x" * 50 for i in range(resources)}
    return diff(base, head)


@pytest.mark.parametrize(("resources", "size"), [(3, 10), (150, 300), (400, 100), (800, 20)])
def test_a_comment_stays_within_the_limit_and_says_what_is_missing(resources: int, size: int) -> None:
    text = as_markdown(big(resources, size))
    assert len(text) <= LIMIT
    assert len(text.encode()) <= LIMIT
    assert ("Shortened to fit" in text) == (resources > 100)
    assert f"Dangerous ({resources})" in text
    assert "the floor falls from 2 to 1" in text
    assert f"| 0 | {resources} | 0 | 0 | 0 | 0 |" in text
    assert text.count("```") % 2 == 0


def test_the_least_important_goes_first() -> None:
    found = big(40, 100)
    whole = as_markdown(found)
    seen = [
        (f"Dangerous ({40})" in text, "the floor falls" in text, "~ group-0001" in text, "minSize: 2 -> 1" in text)
        for text in (as_markdown(found, limit) for limit in range(len(whole.encode()), 0, -500))
    ]
    for earlier, later in itertools.pairwise(seen):
        assert all(now or not after for now, after in zip(earlier, later, strict=True)), "what is cut stays cut"
    assert {sum(row) for row in seen} >= {2, 3, 4}


HOSTILE = (
    "``` ~~~ <img src=x onerror=alert(1)> </details> @everyone [x](http://evil) | a"
    "\r\n# big\n<!-- elasticweb diff: dev -->"
)


def test_names_and_values_stay_text() -> None:
    base, head = Program(), Program()
    kept = head.component(f"{HOSTILE}")
    head.add("aws:s3/bucket:Bucket", f"b {HOSTILE}", {"tags": {HOSTILE: HOSTILE}}, parent=kept)
    head.outputs = {HOSTILE: HOSTILE}
    base.add("aws:s3/bucket:Bucket", f"c {HOSTILE}", {})
    text = as_markdown({**diff(base, head), "sides": {"base": HOSTILE, "head": HOSTILE}})
    outside = unfenced(text)
    assert not re.search("@[a-z]", outside)
    assert "<img" not in outside
    assert "](http" not in outside
    assert outside.count("<!--") == 1
    assert text.startswith("<!-- elasticweb diff: prod -->\n")


def unfenced(text: str) -> str:
    """Return what GitHub reads as Markdown: neither fenced blocks nor code spans (CommonMark 4.5 and 6.1)."""
    lines, fence_ = list[str](), ""
    for line in text.splitlines():
        ticks = re.match(r"`{3,}", line)
        if fence_:
            fence_ = "" if line.strip() and set(line.strip()) == {"`"} and len(line.strip()) >= len(fence_) else fence_
        elif ticks:
            fence_ = ticks[0]
        else:
            lines.append(line)
    assert not fence_
    return re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", "\n".join(lines))


@pytest.mark.parametrize("text", ["a", "`", "``", "a`b``c", "`a`", "", "a\n\nb", "|"])
def test_code_spans_and_blocks_hold_what_they_are_given(text: str) -> None:
    span = code(text)
    ticks = re.match("`+", span)
    assert ticks
    assert "\n" not in span
    inner = span.removeprefix(ticks[0]).removesuffix(ticks[0])
    assert ticks[0] not in re.findall("`+", inner)
    assert unfenced(fence(text)) == ""


def test_what_is_not_seen_or_moves_the_cursor_is_spelled_out() -> None:
    head = Program()
    head.add("aws:s3/bucket:Bucket", "b\x1b[2J\u202edrowssap", {"tags": {"a": "x\u200by\u2066z\x07"}})
    for text in (as_text(diff(Program(), head)), as_markdown(diff(Program(), head))):
        assert not re.search("[\x00-\x09\x0b-\x1f\u200b\u202e\u2066]", text)
        assert "\\u202edrowssap" in text


def test_user_data_is_shown_line_by_line_and_bombs_are_not_unpacked() -> None:
    text = as_text(report())
    assert "-  - echo old" in text
    assert "+  - echo new" in text
    assert "line 5" not in text
    bomb = packed("\n" * (64 << 20))
    base, head = Program(), Program()
    base.add(TEMPLATE, "t", {"userData": packed("a")})
    head.add(TEMPLATE, "t", {"userData": bomb})
    assert len(as_text(diff(base, head))) < 10_000


def test_forged_references_are_no_references() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"a": "x"})
    head.add(GROUP, "g", {"a": "\ue000999\ue001id\ue002"})
    assert "?999?id?" in as_text(diff(base, head))


def test_lone_surrogates_can_be_written() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"a": "x"})
    head.add(GROUP, "g", {"a": "\ud800"})
    assert as_text(diff(base, head)).encode()
    assert as_markdown(diff(base, head)).encode()

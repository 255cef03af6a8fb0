"""The comment on a pull request: one per stack, updated in place, and nothing but the text of a report."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rehearsal.compare.markdown import as_markdown, marker
from tests.workflows.github import REPOSITORY, TOKEN, GitHub, packed, served

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".github" / "scripts" / "post_diff.py"
SHA = "a" * 40
REPORT = (ROOT / "tests" / "golden" / "diff" / "comment.md").read_text()


def _script() -> Any:
    spec = importlib.util.spec_from_file_location("post_diff", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


post_diff = _script()


def of(stack: str, body: str = "\n\n### What it would become\n") -> str:
    return marker(stack) + body


def pull(number: int = 12, sha: str = SHA, fork: int = 99) -> dict[str, Any]:
    return {"number": number, "head": {"sha": sha, "user": "mallory", "ref": "$(id)", "repo": {"id": fork}}}


def run(tmp_path: Path, github: GitHub, **event: Any) -> str:
    """Run the script as the workflow does, in a checkout with the stacks dev and prod; return what it printed."""
    source = {"owner": {"login": "mallory"}, "id": 99}
    found = {"id": 7, "head_sha": SHA, "head_branch": "$(id)", "head_repository": source, "pull_requests": [], **event}
    (tmp_path / "event.json").write_text(json.dumps({"workflow_run": found}))
    for stack in ("dev", "prod"):
        (tmp_path / f"Pulumi.{stack}.yaml").touch()
    with served(github):
        environment = {
            "PATH": os.environ["PATH"],
            "GITHUB_API_URL": github.url,
            "GITHUB_EVENT_PATH": str(tmp_path / "event.json"),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
        }
        done = subprocess.run(
            [sys.executable, str(SCRIPT)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    return done.stdout


def reports(**texts: str) -> dict[str, bytes]:
    return {f"diff-{stack}": packed({f"{stack}.md": text}) for stack, text in texts.items()}


def test_each_stack_gets_one_comment_on_the_pull_request_of_a_fork(tmp_path: Path) -> None:
    github = GitHub([pull()], [], reports(dev=of("dev"), prod=of("prod")))
    assert run(tmp_path, github) == "dev: created\nprod: created\n"
    assert [(c["pull"], c["body"]) for c in github.comments] == [(12, of("dev")), (12, of("prod"))]


def test_the_next_run_updates_its_own_comments_wherever_they_are(tmp_path: Path) -> None:
    github = GitHub([pull()], [], reports(dev=of("dev", "\n\n### new\n"), prod=of("prod")))
    github.comment("mallory", of("dev", "\n\n### a forgery\n"))
    for number in range(130):
        github.comment("reviewer", f"comment {number}")
    github.comment("github-actions[bot]", of("dev", "\n\n### old\n"))
    assert run(tmp_path, github) == "dev: updated\nprod: created\n"
    said = [c["body"] for c in github.comments if c["body"].startswith(marker("dev"))]
    assert said == [of("dev", "\n\n### a forgery\n"), of("dev", "\n\n### new\n")]


@pytest.mark.parametrize(
    ("pulls", "event"),
    [
        ([], {}),
        ([pull(sha="b" * 40)], {}),
        ([pull(fork=1)], {}),
        ([pull()], {"head_repository": None}),
        ([pull()], {"head_sha": "b" * 40}),
    ],
)
def test_nothing_is_said_where_the_head_is_another_one(tmp_path: Path, pulls: Any, event: Any) -> None:
    github = GitHub(pulls, [], reports(dev=of("dev"), prod=of("prod")))
    said = run(tmp_path, github, **event)
    assert "nothing to comment on" in said or "a newer run will comment" in said
    assert github.comments == []


def test_what_the_event_or_an_artifact_says_of_the_number_is_not_believed(tmp_path: Path) -> None:
    artifacts = {**reports(dev=of("dev"), prod=of("prod")), "number": packed({"number": "1"})}
    github = GitHub([pull()], [], artifacts)
    run(tmp_path, github, pull_requests=[{"number": 1}])
    assert {c["pull"] for c in github.comments} == {12}


@pytest.mark.parametrize(
    ("artifact", "reason"),
    [
        (None, "the program could not be evaluated"),
        (packed({"dev.md": of("prod")}), "the report does not begin as one does"),
        (packed({"dev.md": "hello"}), "the report does not begin as one does"),
        (packed({"dev.md": of("dev"), "more": ""}), "the artifact holds something else than the report"),
        (packed({"../dev.md": of("dev")}), "the artifact holds something else than the report"),
        (packed({"dev.md": b"\xff\xfe"}), "the report cannot be read"),
        (b"no archive", "the report cannot be read"),
        (packed({"dev.md": of("dev", "\n" * 70_000)}), "the report is too long for a comment"),
        (packed({"dev.md": b"\n" * 100_000_000}), "the report is too long for a comment"),
        (os.urandom(300_000), "the report is too large (300000 bytes packed)"),
        (packed({"dev.md": of("dev", "\n@everyone")}), "line 2 of the report is more than text"),
    ],
)
def test_what_is_no_report_is_not_posted_but_said(tmp_path: Path, artifact: bytes | None, reason: str) -> None:
    artifacts = reports(prod=of("prod")) | ({} if artifact is None else {"diff-dev": artifact})
    github = GitHub([pull()], [], artifacts)
    assert run(tmp_path, github) == "dev: created\nprod: created\n"
    notice, _ = [c["body"] for c in github.comments]
    assert notice.splitlines()[:3] == [marker("dev"), "", "### No report for `dev`"]
    assert f"{reason}; see [the run](https://github.com/{REPOSITORY}/actions/runs/7)" in notice


def test_the_reports_of_this_project_are_text() -> None:
    post_diff.check(REPORT, "prod")
    stored = json.loads((ROOT / "tests" / "golden" / "diff" / "report.json").read_text())
    for limit in (65_536, 3_000, 1_000, 300):
        post_diff.check(as_markdown(stored, limit), "prod")


NAMES = ("@everyone", "<img src=x>", "[x](http://x.example)", "www.x.example", "`", "```", "a\n```\nb", "#1", "&amp;")


@pytest.mark.parametrize("name", NAMES)
def test_a_report_of_whatever_a_program_is_called_is_text(name: str) -> None:
    stored = json.loads((ROOT / "tests" / "golden" / "diff" / "report.json").read_text())
    text = json.dumps(stored)
    for known in ("site-db-primary", "The default tags", "outside of components"):
        text = text.replace(known, json.dumps(name)[1:-1])
    post_diff.check(as_markdown(json.loads(text)), "prod")


@pytest.mark.parametrize(
    "line",
    [
        "@everyone look",
        "\\@everyone look",
        "see http://phish.example",
        "see www.phish.example",
        "[click](x)",
        "![image](x)",
        "<b>bold</b>",
        "a `code span that never ends",
        "`` one ` two",
        "~~~",
        "    &lt;",
        "text\u202etxet",
        "closes #1",
        "closes \\#1",
        "```diff\n- a\n```js\n@everyone\n```",
        "```diff\n- a\n ```\n@everyone\n```",
        "```diff\nnever ends",
        "````diff\n```\n@everyone",
        "<!-- elasticweb diff: prod -->",
        "a\r@everyone",
        "[ref]: http://x.example",
        "`a` @everyone `b`",
    ],
)
def test_more_than_text_is_refused(line: str) -> None:
    with pytest.raises(post_diff.Refused):
        post_diff.check(of("dev", f"\n\n{line}\n"), "dev")


def test_the_marker_is_the_one_that_reports_begin_with() -> None:
    assert post_diff.MARKER.format("prod") == marker("prod")


def test_by_hand_it_says_where_it_belongs() -> None:
    done = subprocess.run(
        ["make", "diff-post"],  # noqa: S607
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_TOKEN not set: this runs in the workflow" in done.stderr

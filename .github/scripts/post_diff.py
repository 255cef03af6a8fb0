"""Post what a pull request would change: one comment per stack, updated in place.

Runs after the workflow "preview", with the right to comment and with nothing of the pull request but the text in that
run's artifacts. Text that is not of the form that `rehearsal diff` writes is not posted, because anybody can open a
pull request and put anything into its artifacts. Needs Python's standard library only.
"""

import io
import json
import os
import re
import sys
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

LIMIT = 65_536
"""Characters of a comment, and the most that is read of an artifact (4 bytes each at most)."""

MARKER = "<!-- elasticweb diff: {} -->"
_BOT = "github-actions[bot]"
_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controlling and formatting characters, line separators
_STACK = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Refused(Exception):  # noqa: N818 (a decision, not an error)
    """Something is not as it should be; the message says what."""


class GitHub:
    """The REST API, as far as it is needed here."""

    def __init__(self, url: str, repository: str, token: str) -> None:
        self._base = f"{url}/repos/{repository}"
        self._token = token

    def __call__(self, method: str, path: str, body: object = None, **query: str | int) -> Any:  # noqa: ANN401
        """Return the JSON answer."""
        return json.loads(self.raw(method, path, body, **query))

    def raw(self, method: str, path: str, body: object = None, most: int | None = None, **query: str | int) -> bytes:
        """Return the answer, its first *most* bytes."""
        url = f"{self._base}/{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, method=method)  # noqa: S310 (the API's own address)
        request.add_header("Accept", "application/vnd.github+json")
        # Not passed on to where an artifact is stored.
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.read(most)

    def all(self, path: str, key: str = "", **query: str) -> list[Any]:
        """Return every element of a list that comes in pages."""
        found = list[Any]()
        for page in range(1, 31):
            answer = self("GET", path, per_page=100, page=page, **query)
            elements = answer[key] if key else answer
            found += elements
            if len(elements) < 100:  # noqa: PLR2004 (the page's size)
                break
        return found


def pull_request(github: GitHub, run: dict[str, Any]) -> int:
    """Return the number of the open pull request whose head the run evaluated.

    The event names none for forks (actions/runner issue 3444), and what the run itself says is not to be believed.
    """
    owner = (run.get("head_repository") or {}).get("owner", {}).get("login")
    if not owner or not run.get("head_branch"):
        raise Refused("the branch or its repository is gone: nothing to comment on")
    candidates = github.all("pulls", state="open", head=f"{owner}:{run['head_branch']}")
    numbers = [
        pull["number"]
        for pull in candidates
        if pull["head"]["sha"] == run["head_sha"]
        and pull["head"]["repo"] is not None
        and pull["head"]["repo"]["id"] == run["head_repository"]["id"]
    ]
    if not numbers:
        raise Refused(f"no open pull request has its head at {run['head_sha'][:12]}: a newer run will comment")
    return min(numbers)


def report(github: GitHub, artifacts: list[dict[str, Any]], stack: str) -> str:
    """Return the text that the run left for *stack*."""
    found = [a for a in artifacts if a["name"] == f"diff-{stack}" and not a["expired"]]
    if not found:
        raise Refused("the program could not be evaluated")
    newest = max(found, key=lambda a: a["id"])
    if newest["size_in_bytes"] > 4 * LIMIT:
        raise Refused(f"the report is too large ({newest['size_in_bytes']} bytes packed)")
    try:
        packed = github.raw("GET", f"actions/artifacts/{newest['id']}/zip", most=8 * LIMIT)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if archive.namelist() != [f"{stack}.md"]:
                raise Refused("the artifact holds something else than the report")
            with archive.open(f"{stack}.md") as file:
                text = file.read(4 * LIMIT + 1).decode()
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError, EOFError):
        raise Refused("the report cannot be read") from None
    if len(text) > LIMIT:
        raise Refused("the report is too long for a comment")
    check(text, stack)
    return text


def check(text: str, stack: str) -> None:
    """Raise :class:`Refused` unless *text* is of the form of a report: text that can be nothing but text."""
    first, *lines = text.split("\n")
    if first != MARKER.format(stack):
        raise Refused("the report does not begin as one does")
    fence = ""
    for number, line in enumerate(lines, 2):
        if any(unicodedata.category(character) in _UNSEEN for character in line.replace("\t", "")):
            raise Refused(f"line {number} of the report has characters that cannot be seen")
        if fence:
            if line == fence:
                fence = ""
            elif line.strip().startswith(fence):
                raise Refused(f"line {number} of the report could end its block")
        elif re.fullmatch("`{3,}diff", line):
            fence = line.removesuffix("diff")
        elif not _is_text(line):
            raise Refused(f"line {number} of the report is more than text")
    if fence:
        raise Refused("a block of the report has no end")


_TABLE = re.compile(r"\|[ a-z0-9:|-]+\|")
_PREFIX = re.compile(r"(#{3,4} |\* )?")
_PLAIN = re.compile(
    r"\\[!\"$-/:-?\[-`{-~]"  # punctuation without its meaning; @ and # would have one even so
    r"|[@#]&#8203;"
    r"|\w|[ *:.,()-]"
)


def _is_text(line: str) -> bool:
    """Whether there is nothing in *line* but escaped text, code spans, emphasis and the start of a heading or item."""
    if not line or _TABLE.fullmatch(line):
        return True
    plain, position = "", len(str(_PREFIX.match(line)[0]))  # type: ignore[index]
    while position < len(line):
        ticks = re.compile("`+").match(line, position)
        if ticks:
            end = re.compile(f"(?<!`){ticks[0]}(?!`)").search(line, ticks.end())
            if not end:
                return False
            plain, position = plain + " ", end.end()
            continue
        character = _PLAIN.match(line, position)
        if not character:
            return False
        plain, position = plain + character[0], character.end()
    return "www." not in plain.lower()


def post(github: GitHub, number: int, stack: str, text: str) -> str:
    """Write the one comment for *stack*; return what was done."""
    for comment in github.all(f"issues/{number}/comments"):
        if comment["user"]["login"] == _BOT and comment["body"].startswith(MARKER.format(stack)):
            github("PATCH", f"issues/comments/{comment['id']}", {"body": text})
            return "updated"
    github("POST", f"issues/{number}/comments", {"body": text})
    return "created"


def _excuse(run: dict[str, Any], stack: str, reason: str) -> str:
    server, repository = os.environ.get("GITHUB_SERVER_URL", "https://github.com"), os.environ["GITHUB_REPOSITORY"]
    link = f"[the run]({server}/{repository}/actions/runs/{run['id']})"
    where = f"Of {run['head_sha'][:12]}: {reason}; see {link}."
    return f"{MARKER.format(stack)}\n\n### No report for `{stack}`\n\n{where}\n"


def main() -> int:
    """Comment as the event says."""
    missing = [v for v in ("GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN") if not os.environ.get(v)]
    if missing:
        sys.stderr.write(f"{', '.join(missing)} not set: this runs in the workflow preview-comment\n")
        return 1
    run = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))["workflow_run"]
    url = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    github = GitHub(url, os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_TOKEN"])
    # The stacks of the default branch, which is what is checked out.
    names = [path.name.split(".")[1] for path in sorted(Path.cwd().glob("Pulumi.*.yaml"))]
    try:
        number = pull_request(github, run)
        artifacts = github.all(f"actions/runs/{run['id']}/artifacts", "artifacts")
        for stack in filter(_STACK.fullmatch, names):
            try:
                text = report(github, artifacts, stack)
            except Refused as reason:
                text = _excuse(run, stack, str(reason))
            print(f"{stack}: {post(github, number, stack, text)}")
    except Refused as reason:
        print(reason)
    except urllib.error.URLError as error:
        sys.stderr.write(f"GitHub's API does not answer as expected: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

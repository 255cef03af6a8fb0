"""``python -m rehearsal diff``: what the head would change about what the base deployed."""

import argparse
import json
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from rehearsal.services import entry

from .checkout import Commit, Repository
from .evaluate import end_all, evaluate, known_stacks
from .facts import from_entries
from .graph import CompareError, Graph
from .lines import as_text
from .markdown import as_markdown
from .pins import pins
from .report import Report, compare

ERROR = 1

_STATE = ".rehearsal"

_STACK = re.compile(r"[A-Za-z0-9_.-]{1,100}")
"""Names that Pulumi allows; nothing else can be a part of a path or of a comment."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.epilog = "Exit status: 0 no change, 2 changes, 3 dangerous changes, 1 error."
    parser.add_argument("--base", required=True, metavar="REF", help="commit that is deployed")
    parser.add_argument("--head", metavar="REF", help="commit to compare with it (default: the directory as it is)")
    parser.add_argument("--stack", required=True, metavar="NAME", help="stack whose configuration is used")
    parser.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")


def run(args: argparse.Namespace) -> int:
    """Carry the command out and return its exit status."""
    try:
        report = diff(Path.cwd(), args.base, args.head, args.stack)
    except CompareError as error:
        sys.stderr.write(f"error: {error}\n")
        return ERROR
    sys.stdout.write(render(report, args.format))
    return int(report["status"])


def render(report: Report, form: str) -> str:
    """Return *report* as `text`, `markdown` or `json`."""
    if form == "json":
        return json.dumps(report, indent=2) + "\n"
    return as_markdown(report) if form == "markdown" else as_text(report)


def diff(directory: Path, base: str, head: str | None, stack: str) -> Report:
    """Compare the program in *directory* at two commits; no *head* stands for the directory as it is.

    Both sides are evaluated by this rehearsal, so that a base older than it, or one with another rehearsal, can be
    compared; the program, its components, configuration and pinned packages are the side's own.
    """
    if not _STACK.fullmatch(stack):
        raise CompareError(
            f"{stack!r} is no name of a stack: it may have letters, digits, hyphens, underscores and dots"
        )
    repository = Repository(directory)
    old = repository.commit(base)
    new = repository.worktree() if head is None else repository.commit(head)
    state = directory / _STATE
    state.mkdir(exist_ok=True)
    (state / ".gitignore").write_text("*\n", encoding="utf-8")
    with ExitStack() as stack_of_sides:
        places = list[Path]()
        for commit in (old, new) if head is not None else (old,):
            same = commit is new and old.sha == new.sha
            checkout = repository.checked_out(commit, state / "sides")
            places.append(places[0] if same else stack_of_sides.enter_context(checkout))
        places = [*places, directory][:2]
        graphs = _both(list(zip(("base", "head"), (old, new), places, strict=True)), stack, state)
        _check_stack(graphs, stack, places)
        notes = _pin_notes(*places)
    report = compare(*graphs, from_entries(entry), notes)
    return {"sides": {"base": old.label, "head": new.label}, **report}


def _both(sides: list[tuple[str, Commit, Path]], stack: str, state: Path) -> tuple[Graph, Graph]:
    def one(side: tuple[str, Commit, Path]) -> Graph:
        name, commit, place = side
        try:
            return evaluate(place, stack, state)
        except CompareError as error:
            raise CompareError(f"{name} ({commit.label}): {error}") from None

    with ThreadPoolExecutor(max_workers=2) as pool:
        try:
            (base, head) = pool.map(one, sides)
        except BaseException:  # an interrupt too: nobody waits for the other side then
            end_all()
            raise
    return base, head


def _check_stack(graphs: tuple[Graph, Graph], stack: str, places: list[Path]) -> None:
    if not any(graph.exists for graph in graphs):
        known = sorted({name for place in places for name in known_stacks(place)})
        raise CompareError(f"unknown stack {stack!r} on both sides; known are {', '.join(known) or 'none'}")


def _pin_notes(base: Path, head: Path) -> list[str]:
    old, new = pins(base / "requirements.txt") or {}, pins(head / "requirements.txt") or {}
    changed = [
        f"{name} {old.get(name, 'none')} -> {new.get(name, 'none')}"
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
    return [f"Pinned packages differ: {', '.join(changed)}."] if changed else []

"""``python -m rehearsal up``: deploy a stack into an emulator and show what stands there."""

import argparse
import datetime as dt
import sys

from rehearsal import api
from rehearsal.deploy import Deployment, DeploymentFailed, deploy
from rehearsal.emulator import Emulator
from rehearsal.errors import RehearsalError
from rehearsal.program import Program
from rehearsal.recorder import Recording
from rehearsal.services import entry as entry_of
from rehearsal.stage import Stage

from .options import add_program, program_of
from .preview import planned
from .progress import Progress
from .report import report
from .serve import CREDENTIALS
from .terminal import Terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    add_program(parser)
    parser.add_argument(
        "--endpoint-url",
        metavar="URL",
        help="emulator on this machine, in which the stack then stays (default: one that ends with the command)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Deploy and report."""
    program = program_of(arguments)
    progress = Progress()
    with Emulator(arguments.endpoint_url) as emulator:
        try:
            if emulator.endpoint_url:
                _check_vacant(program, emulator)
            place = emulator.endpoint_url or "an AWS emulator inside this process"
            progress.say(f"Deploying {program.stack.project}, stack {program.stack.stack}, into {place} ...")
            deployment = _deployed(program, emulator, progress)
            progress.say("Reading back what stands there ...")
            out = Terminal(sys.stdout)
            lines = list(report(deployment, out, dt.datetime.now(dt.UTC)))
        finally:
            progress.end()
        out.lines(lines)
        out.lines(["", *_next(program, emulator.endpoint_url)])
    return 0


def _deployed(program: Program, emulator: Emulator, progress: Progress) -> Deployment:
    try:
        return deploy(program.run, program.stack, emulator, progress=progress)
    except BaseException as error:
        if emulator.endpoint_url:
            left = _taken_away(program, emulator, progress)
            if left:
                progress.end()
                sys.stderr.write(f"left in the emulator: {', '.join(left)}; restart it before the next attempt\n")
        if isinstance(error, DeploymentFailed) or not isinstance(error, Exception):
            raise
        raise program.error(error) from error


def _taken_away(program: Program, emulator: Emulator, progress: Progress) -> list[str]:
    """Delete what was made, in reverse; return what would not go."""
    progress.say("Taking away what was made ...")
    stage = Stage(emulator, program.stack.values["aws:region"])
    left: list[str] = []
    for resource in reversed(progress.resources):
        if not resource.id or {"read", "import"} & set(resource.options):
            continue
        try:
            stage.delete(resource.urn, resource.id, resource.outputs)
        except RehearsalError:
            left.append(resource.name)
    return left


def _check_vacant(program: Program, emulator: Emulator) -> None:
    """Raise :class:`RehearsalError` unless an emulator answers that the stack does not stand in yet."""
    url = emulator.endpoint_url
    try:
        api.call(emulator.client("sts", "us-east-1"), "get_caller_identity", {})
    except RehearsalError as error:
        if "no emulator answers" in str(error):
            raise RehearsalError(
                f"no emulator answers at {url}: start one with `python -m rehearsal serve --port N`"
            ) from None
        raise RehearsalError(f"what answers at {url} is no AWS emulator: {error}") from None
    # Before anything is made: whatever the program or a request would be refused for shows here, too.
    preview = planned(program, emulator, Progress(verb="checked"))
    standing = _standing(preview.stage, preview.recording)
    if standing:
        raise RehearsalError(
            f"stack {program.stack.stack} stands in {url} already (it has {standing}): "
            "restart that emulator to deploy anew, or use `python -m rehearsal pulumi` to update a stack"
        )


def _standing(stage: Stage, recording: Recording) -> str:
    """Return the name of something of the stack that is there; physical names follow from the program."""
    for resource in recording.resources:
        if not resource.type.startswith("aws:"):
            continue
        naming = entry_of(resource.type).autoname
        if naming is None or resource.options.get("read") or resource.options.get("import"):
            continue
        name = str(resource.outputs.get(naming.property, ""))
        try:
            found = stage.read(resource.urn, name, {}, {})[0]
        except RehearsalError:
            continue  # types that have ids beside their names
        if found:
            return name
    return ""


def _next(program: Program, url: str | None) -> list[str]:
    if url:
        region = program.stack.values["aws:region"]
        return [
            f"The stack stays in {url} until that emulator ends. Look at it with the AWS CLI:",
            f"  {CREDENTIALS} aws --endpoint-url {url} --region {region} autoscaling describe-auto-scaling-groups",
        ]
    stacks = sorted(p.name.split(".")[1] for p in program.directory.glob("Pulumi.*.yaml"))
    others = [f"`python -m rehearsal up --stack {s}`" for s in stacks if s != program.stack.stack]
    next_ = f"Next: {' or '.join(others)}, " if others else "Next: "
    tests = "`make test` runs the tests, " if (program.directory / "Makefile").exists() else ""
    return [f"{next_}{tests}and `pulumi up` deploys the same program to AWS."]

"""The report of a deployment: the tree, what stands there, outputs, what was only recorded, counts, what is next."""

import datetime as dt
from collections.abc import Iterator, Sequence

from rehearsal.deploy import Deployment, RecordedOnly
from rehearsal.graph import masked_outputs
from rehearsal.standing import Section, standing

from .terminal import Terminal
from .tree import folded, kind_of, values

_LABEL = 24
"""Columns of a label; what is longer has a line of its own."""


def report(deployment: Deployment, out: Terminal, now: dt.datetime) -> Iterator[str]:
    """Yield the lines of the report."""
    recording = deployment.recording
    yield out.bold("What was made")
    yield ""
    yield from folded(recording.resources, out)
    yield ""
    yield out.bold("What stands there now") + out.dim(" (read back from the emulator)")
    for section in standing(deployment, now):
        yield ""
        yield from _section(section, out)
    yield ""
    yield out.bold("Outputs")
    yield from values(masked_outputs(recording), out)
    yield ""
    yield from _recorded(deployment.recorded_only, out)
    made = sum(r.custom for r in recording.resources)
    components = len(recording.resources) - made - 1
    yield out.bold("Done") + f" in {deployment.seconds:.1f} s: {made} resources under {components} components."


def _section(section: Section, out: Terminal) -> Iterator[str]:
    yield f"{out.bold(section.kind)}  {section.name}"
    width = max((len(label) for label, _ in section.rows if len(label) <= _LABEL), default=0)
    for label, text in section.rows:
        first, *more = out.wrapped(text, width + 4)
        if len(label) > width:
            yield f"  {out.dim(label)}"
            label = ""  # noqa: PLW2901  it stands on a line of its own
        yield f"  {out.dim(f'{label:{width}}')}  {first}"
        yield from more


def _recorded(recorded: Sequence[RecordedOnly], out: Terminal) -> Iterator[str]:
    if not recorded:
        yield "The emulator carries all of it."
        yield ""
        return
    yield out.bold("Recorded, not emulated") + out.dim(
        " (checked and in the outputs, but the emulator does not have it)"
    )
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for item in recorded:
        groups.setdefault((kind_of(item.type), tuple(item.properties)), []).append(item.name)
    wholes = {kind: names for (kind, properties), names in groups.items() if not properties}
    for kind, names in sorted(wholes.items()):
        yield from _entry(f"{kind}, the whole resource", names, out)
    for (kind, properties), names in sorted(groups.items()):
        if properties:
            yield from _entry(f"{kind}: {', '.join(properties)}", names, out)
    yield ""


def _entry(what: str, names: Sequence[str], out: Terminal) -> Iterator[str]:
    first, *more = out.wrapped(what, 2)
    yield f"  {first}"
    yield from more
    yield from (f"    {out.dim(line.strip())}" for line in out.wrapped(f"of {', '.join(sorted(names))}", 4))

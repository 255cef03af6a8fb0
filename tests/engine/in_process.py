"""The in-process rehearsal of the program in a directory, as JSON on the standard output.

A process of its own, as a program changes the directory and the search path of its interpreter.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pulumi

from rehearsal.deploy import deploy
from rehearsal.emulator import Emulator
from rehearsal.program import Program


def _held(archive: Any) -> Any:
    """Return what an *archive* holds, by the names of the files in it."""
    if not isinstance(archive, pulumi.AssetArchive):
        raise TypeError(f"{type(archive).__name__} is nothing that JSON has")
    files = {name: vars(file) for name, file in archive.assets.items()}
    return {"archive": {name: file.get("text", file.get("path")) for name, file in files.items()}}


if __name__ == "__main__":
    directory, stack = sys.argv[1:]
    program = Program.open(Path(directory), stack)
    with Emulator() as emulator:
        deployment = deploy(program.run, program.stack, emulator)
        rows = [
            {
                "urn": r.urn,
                "type": r.type,
                "custom": r.custom,
                "parent": r.parent,
                "id": r.id,
                "inputs": deployment.stage.check(r.urn, r.inputs)[0] if r.custom else {},
                "secrets": sorted(r.secret_inputs),
                "secret_outputs": sorted(r.secret_outputs),
                "outputs": r.outputs,
                "options": r.options,
                "dependencies": r.dependencies,
            }
            for r in deployment.recording.resources
        ]
    json.dump(rows, sys.stdout, default=_held)

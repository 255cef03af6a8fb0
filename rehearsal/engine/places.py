"""Where the engine's rehearsal keeps what: all of it in one directory that can be thrown away."""

import os
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

DIRECTORY = "REHEARSAL_DIRECTORY"
"""Environment variable: another directory than ``.rehearsal`` of the repository, for rehearsals side by side."""


@dataclass(frozen=True)
class Places:
    """The directory and what is in it."""

    root: Path

    @property
    def pulumi_home(self) -> Path:
        """Pulumi's own home: plugins, credentials of backends, the selected stacks."""
        return self.root / "home"

    @property
    def user_home(self) -> Path:
        """What the CLI and the program take for the user's home."""
        return self.root / "user"

    @property
    def state(self) -> Path:
        """The backend: one file per stack."""
        return self.root / "state"

    @property
    def projects(self) -> Path:
        """The mirrored projects, see :mod:`.project`."""
        return self.root / "projects"

    @property
    def cli(self) -> Path:
        """The Pulumi CLI, where the machine has none."""
        return self.root / "cli"

    @property
    def emulator(self) -> Path:
        """Which process is the emulator."""
        return self.root / "emulator.json"

    @property
    def log(self) -> Path:
        """What the emulator's process prints."""
        return self.root / "emulator.log"

    @property
    def lock(self) -> Path:
        """Held while the emulator is looked for, started or stopped."""
        return self.root / "lock"

    def stacks(self) -> list[str]:
        """Names of the stacks in the backend."""
        return sorted({file.stem for file in self.state.glob(".pulumi/stacks/*/*.json")})

    def has_stack(self, project: str, stack: str) -> bool:
        """Whether *stack* of *project* is in the backend."""
        return (self.state / ".pulumi" / "stacks" / project / f"{stack}.json").exists()


def places() -> Places:
    """Return the places of this repository."""
    given = os.environ.get(DIRECTORY)
    return Places((Path(given).resolve() if given else REPOSITORY / ".rehearsal") / "pulumi")

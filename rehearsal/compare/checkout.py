"""The two sides in the file system: a git worktree for every commit, the directory itself for the head as it is."""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .graph import CompareError

_LOCAL = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
"""Variables by which a git hook points git at its own repository, not at the one of the working directory."""


@dataclass(frozen=True)
class Commit:
    """A side: a commit, or the working directory as it is."""

    label: str
    """The same for the same content: an abbreviated commit, with a word when files differ from it."""
    sha: str
    """Empty for a working directory with changes of its own."""


class Repository:
    """The git repository that *directory* lies in."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        try:
            self._prefix = self._git("rev-parse", "--show-prefix").rstrip("\n")
        except CompareError as error:
            if "not a git repository" in str(error):
                raise CompareError(f"a diff needs a git repository, and {directory} lies in none") from None
            raise

    def commit(self, ref: str) -> Commit:
        """Return the commit that *ref* names."""
        try:
            sha = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
        except CompareError:
            shallow = self._git("rev-parse", "--is-shallow-repository").strip() == "true"
            hint = " (the clone is shallow: fetch it first)" if shallow else ""
            raise CompareError(f"there is no commit {ref!r} in this repository{hint}") from None
        return Commit(sha[:12], sha)

    def worktree(self) -> Commit:
        """Return the working directory as a side: that of its commit when nothing was changed."""
        head = self.commit("HEAD")
        if not self._git("status", "--porcelain", "--", ".").strip():
            return head
        return Commit(f"{head.label} with uncommitted changes", "")

    @contextmanager
    def checked_out(self, commit: Commit, home: Path) -> Generator[Path]:
        """Give the program's directory as it is at *commit*, below *home*; it is gone afterwards."""
        _sweep(home)
        place = home / f"{commit.sha[:12]}.{os.getpid()}"
        home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        # A hook of the user's must not run for a look at somebody's commit.
        add = ("worktree", "add", "--quiet", "--detach", "--force", str(place), commit.sha)
        self._git("-c", f"core.hooksPath={os.devnull}", *add)
        try:
            yield place / self._prefix
        finally:
            shutil.rmtree(place, ignore_errors=True)
            self._git("worktree", "prune")

    def _git(self, *arguments: str) -> str:
        environment = {key: value for key, value in os.environ.items() if key not in _LOCAL}
        environment |= {"GIT_LFS_SKIP_SMUDGE": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603
                ["git", *arguments],  # noqa: S607
                cwd=self.directory,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except FileNotFoundError:
            raise CompareError("a diff needs git, and there is none on PATH") from None
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines()
            raise CompareError(f"git {arguments[0]}: {lines[-1] if lines else 'failed'}")
        return done.stdout


def _sweep(home: Path) -> None:
    """Remove what runs that were killed have left."""
    for left in home.glob("*.*"):
        owner = left.suffix.removeprefix(".")
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True

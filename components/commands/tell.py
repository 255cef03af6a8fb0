"""What the command shows while it waits."""

import sys
from typing import TextIO


class Tell:
    """Writes lines; a passing one is written over by the next where somebody looks at a terminal."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._passing = 0
        self._last = ""

    def __call__(self, line: str = "") -> None:
        """Write *line*."""
        self._clear()
        self._out.write(f"{line}\n")
        self._out.flush()
        self._last = ""

    def passing(self, line: str) -> None:
        """Write *line* for now; where nobody looks, only when it is another one."""
        if line == self._last:
            return
        if not self._out.isatty():
            self._out.write(f"{line}\n")
        else:
            self._clear()
            self._out.write(line)
            self._passing = len(line)
        self._out.flush()
        self._last = line

    def _clear(self) -> None:
        if self._passing:
            self._out.write("\r" + " " * self._passing + "\r")
            self._passing = 0

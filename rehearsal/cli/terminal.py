"""What may be written where: colours and width of a terminal, and neither where it is a file."""

import os
import shutil
import textwrap
from collections.abc import Iterable
from typing import TextIO

_WIDTH = 100
"""Columns of a file or pipe."""

_LEAST = 60


class Terminal:
    """A stream, and how it can be written to."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.live = stream.isatty() and os.environ.get("TERM") != "dumb"
        """Whether a line can be written over."""
        self._colours = self.live and not os.environ.get("NO_COLOR")  # https://no-color.org
        columns = shutil.get_terminal_size((_WIDTH, 24)).columns if self.live else _WIDTH
        self.width = max(_LEAST, columns)
        self.drawn = _can_draw(stream)
        """Whether the stream takes characters beyond ASCII."""

    def bold(self, text: str) -> str:
        """Return *text* in bold."""
        return self._sgr("1", text)

    def dim(self, text: str) -> str:
        """Return *text* in a weak colour."""
        return self._sgr("2", text)

    def green(self, text: str) -> str:
        """Return *text* in green."""
        return self._sgr("32", text)

    def yellow(self, text: str) -> str:
        """Return *text* in yellow."""
        return self._sgr("33", text)

    def lines(self, lines: Iterable[str]) -> None:
        """Write *lines*."""
        for line in lines:
            encoding = self.stream.encoding or "utf-8"
            self.stream.write(line.rstrip().encode(encoding, "replace").decode(encoding) + "\n")
        self.stream.flush()

    def wrapped(self, text: str, indent: int) -> list[str]:
        """Return *text* in lines that fit behind *indent* columns; the first comes without the indentation."""
        width = max(_LEAST // 2, self.width - indent)
        lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
        return [lines[0], *(" " * indent + line for line in lines[1:])]

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours and text else text


def _can_draw(stream: TextIO) -> bool:
    try:
        "├─└│".encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True

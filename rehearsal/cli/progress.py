"""What is going on while a program is carried out: a line that changes on a terminal, a few lines elsewhere."""

import sys
import threading
import time
from typing import TextIO

from rehearsal.recorder import Registered

from .terminal import Terminal
from .tree import kind_of

_EVERY_SECONDS = 0.08
_SPARSE_SECONDS = 2.0
_ERASE = "\r\x1b[2K"


class Progress:
    """Follows the resources of one deployment; called from several threads."""

    def __init__(self, stream: TextIO | None = None, *, verb: str = "made") -> None:
        self._out = Terminal(stream or sys.stderr)
        self._verb = verb
        self._lock = threading.Lock()
        self._under_way: dict[str, Registered] = {}
        self._done = 0
        self._started = self._told = time.monotonic()
        self.resources: list[Registered] = []
        """Those that were begun, in that order."""

    def say(self, text: str) -> None:
        """Tell what comes next."""
        with self._lock:
            if self._out.live:
                self._write(text)
            else:
                self._out.lines([text])

    def __call__(self, resource: Registered, event: str) -> None:
        """Take note of what happened to *resource*."""
        with self._lock:
            if event == "creating":
                self._under_way[resource.urn] = resource
                self.resources.append(resource)
            else:
                self._under_way.pop(resource.urn, None)
                self._done += event == "created"
            self._tell(resource)

    def end(self) -> None:
        """Take the changing line away."""
        with self._lock:
            if self._out.live:
                self._out.stream.write(_ERASE)
                self._out.stream.flush()

    def _tell(self, latest: Registered) -> None:
        now = time.monotonic()
        if now - self._told < (_EVERY_SECONDS if self._out.live else _SPARSE_SECONDS):
            return
        self._told = now
        busy = next(iter(self._under_way.values()), latest)
        text = f"{self._done} {self._verb}, {now - self._started:.0f} s: {busy.name} ({kind_of(busy.type)})"
        if self._out.live:
            self._write(text)
        else:
            self._out.lines([f"  {text}"])

    def _write(self, text: str) -> None:
        self._out.stream.write(f"{_ERASE}{text[: self._out.width - 1]}")
        self._out.stream.flush()

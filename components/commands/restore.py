"""Restores a stack's data beside what is there, and never over it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from . import times
from .api import Api
from .databases import Database
from .errors import CommandError
from .files import Bucket, FileSystem
from .points import none_before, oldest
from .stack import Data, Stack
from .target import Place, Progress, Target
from .tell import Tell
from .volumes import Volume

_TARGETS: dict[str, type[Target]] = {
    "rds:db": Database,
    "s3": Bucket,
    "elasticfilesystem:file-system": FileSystem,
    "ec2:volume": Volume,
}
_AS_IT_WAS = Place()
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 30.0


class Restore:
    """One restore: what it would do, and doing it."""

    def __init__(  # noqa: PLR0913
        self,
        api: Api,
        tell: Tell,
        stack: Stack,
        to: datetime,
        only: str | None = None,
        *,
        place: Place = _AS_IT_WAS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pause: Callable[[float], object] = time.sleep,
        here: tzinfo | None = None,
    ) -> None:
        self._tell, self._now, self._pause, self._here = tell, now, pause, here
        self._stack, self._to, self._place = stack, to, place
        self._left_out = list[str]()
        self._targets = [self._target(api, data, asked=only is not None) for data in stack.only(only)]
        self._found = [target for target in self._targets if target is not None]
        if not self._found:
            raise CommandError(f"{stack.name}: {none_before(to, oldest(stack.points, self._now()), here)}")

    def _target(self, api: Api, data: Data, *, asked: bool) -> Target | None:
        """Return how *data* is restored; None for what cannot be and was not asked for by its kind."""
        kind = _TARGETS.get(data.service)
        if kind is None:
            line = (
                f"{data.kind} {data.name}: an Aurora cluster is restored by the setting `restore_from`, not from here"
            )
            if asked:
                raise CommandError(line)
            self._left_out.append(line)
            return None
        try:
            target = kind(api, self._stack, data, self._to, self._now(), place=self._place)
        except CommandError as error:
            if asked or "no recovery point" not in str(error):
                raise
            self._left_out.append(str(error))
            return None
        target.check_place()
        return target

    def plan(self) -> None:
        """Show step by step what would be restored, from what, and into what."""
        self._tell(f"Restore of {self._stack.name} to {times.both(self._to, self._here)}")
        for number, target in enumerate(self._found, 1):
            before = (self._to - target.point.time).total_seconds()
            lost = "to the second" if before < 1 else f"{times.span(before)} before"
            gone = "" if target.data.there else ", which is not there any more"
            there = target.there()
            self._tell(f"  {number}. {target.data.kind} {target.data.name}{gone}")
            self._tell(f"     from {target.point.shown()}")
            self._tell(f"     which is {lost}")
            self._tell(f"     into {target.made}" + (f", which is there already: {there}" if there else ""))
        for line in self._left_out:
            self._tell(f"  LEFT OUT {line}")
        self._tell("Nothing that is there is changed, stopped or deleted.")

    def run(self) -> bool:
        """Restore, show how far it is, look at what came of it, and say how to switch over; whether all went well."""
        self.plan()
        self._tell()
        for target in self._found:
            target.begin()
        states = self._watch()
        well = not self._left_out
        for target, progress in zip(self._found, states, strict=True):
            self._tell()
            self._tell(f"{target.data.kind} {target.data.name}: {progress.shown}")
            if progress.state == "failed":
                well = False
                continue
            target.tag(progress.arn)
            self._tell(f"  {progress.arn}")
            for check in target.checks(progress.arn):
                self._tell(f"  {'ok  ' if check.well else 'FAIL'} {check.shown}")
                well = well and check.well
            for line in target.switch(progress.arn):
                self._tell(f"  {line}".rstrip())
        self._tell()
        self._tell("Everything is restored." if well else "Not everything is as it should be: see above.")
        return well

    def _watch(self) -> list[Progress]:
        """Wait for all of them."""
        begun, pause = self._now(), _FIRST_PAUSE
        while True:
            states = [target.look() for target in self._found]
            if all(progress.state != "running" for progress in states):
                return states
            passed = times.span((self._now() - begun).total_seconds())
            shown = [f"{t.data.kind} {t.data.name} {p.shown}" for t, p in zip(self._found, states, strict=True)]
            self._tell.passing(f"{', '.join(shown)} ({passed})")
            self._pause(pause)
            pause = min(1.5 * pause, _LONGEST_PAUSE)

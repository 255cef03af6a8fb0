"""Where the reporters look, and what they tell."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal import api
from rehearsal.deploy import Deployment
from rehearsal.errors import ApiError
from rehearsal.recorder import Registered

Row = tuple[str, str]
"""A label, empty where it is that of the row before, and what is so."""


@dataclass
class Section:
    """One thing that stands there."""

    kind: str
    """What it is: `Load balancer`."""
    name: str
    """What AWS calls it."""
    rows: list[Row] = field(default_factory=list[Row])


class Scene:
    """The deployment and the emulator that it stands in."""

    def __init__(self, deployment: Deployment, now: dt.datetime) -> None:
        self.now = now
        self._stage = deployment.stage
        only_recorded = {r.urn for r in deployment.recorded_only if not r.properties}
        self._resources = [r for r in deployment.recording.resources if r.custom and r.urn not in only_recorded]
        self._recorded = [r for r in deployment.recording.resources if r.urn in only_recorded]

    def all(self, *types: str) -> list[Registered]:
        """Return the resources that stand there, of the *types* without their package: ``ec2/vpc:Vpc``."""
        return _of(self._resources, types)

    def recorded(self, *types: str) -> list[Registered]:
        """Return the resources that only the state has."""
        return _of(self._recorded, types)

    def ask(self, near: Registered, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call boto3's *operation* in the region of the resource *near*."""
        region = str(near.outputs.get("region") or self._stage.region)
        return api.call(self._stage.emulator.client(service, region), operation, parameters)

    def ask_if_set(self, near: Registered, service: str, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """Call boto3's *operation*; None when the answer is that there is no such setting."""
        try:
            return self.ask(near, service, operation, **parameters)
        except ApiError as error:
            if error.gone:
                return None
            raise


def _of(resources: Iterable[Registered], types: Iterable[str]) -> list[Registered]:
    wanted = {f"aws:{type_}" for type_ in types}
    return sorted((r for r in resources if r.type in wanted), key=lambda r: r.name)


def tags_of(item: Mapping[str, Any], key: str = "Tags") -> dict[str, str]:
    """Return the tags that an answer lists."""
    tags: list[dict[str, str]] = item.get(key) or []
    return {tag["Key"]: tag["Value"] for tag in tags}


def listed(items: Iterable[object], none: str = "none") -> str:
    """Return *items* separated by commas."""
    return ", ".join(map(str, items)) or none


def count(number: int, what: str) -> str:
    """Return ``1 server``, ``2 servers``."""
    return f"{number} {what}{'' if number == 1 else 's'}"

"""What words and values on a machine may look like, and how they are called."""

from collections.abc import Sequence

import pulumi

from .._args import InvalidArgs
from .parts import DataVolumeSpec


def unit_name(service: str) -> str:
    """Return the systemd unit of a service: `.service` may be left out."""
    suffixes = (".service", ".socket", ".timer", ".path", ".target", ".mount", ".slice")
    return service if service.endswith(suffixes) else f"{service}.service"


def device_names(volumes: Sequence[DataVolumeSpec]) -> dict[str, str]:
    """Return the device (`sdf`, ...) of each data volume, in the order given; servers never change theirs."""
    return {volume["name"]: f"sd{chr(ord('f') + i)}" for i, volume in enumerate(volumes)}


def check_value(component: str, field: str, value: object, *, line: bool = True, word: bool = False) -> None:
    """Raise `InvalidArgs` unless *value* is a string (of one line, of one word); Outputs are left for later."""
    if isinstance(value, pulumi.Output) or hasattr(value, "__await__"):
        return
    if not isinstance(value, str):
        raise InvalidArgs(f"{component}: {field} must be a string, got {value!r}")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise InvalidArgs(f"{component}: {field} must be text, got half of a character in {value!r}")
    if word and (not value or not value.isascii() or not value.isprintable() or set(value) & set(" \"'#")):
        raise InvalidArgs(f"{component}: {field} must be one word without quotes, got {value!r}")
    if line and any(ord(character) < ord(" ") or ord(character) == 0x7F for character in value):  # noqa: PLR2004
        raise InvalidArgs(f"{component}: {field} must be one line without control characters, got {value!r}")

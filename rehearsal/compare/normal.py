"""Values in the one form in which both sides are compared: unpacked, parsed, with references for stand-ins."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any, cast

from .graph import Json
from .refs import Side

_BASE64 = re.compile(r"[A-Za-z0-9+/\n]{16,}={0,2}\n?")
_GZIP = b"\x1f\x8b"
_SCRIPT = ("#!", "#cloud-config", "#cloud-boothook", "#include", "Content-Type:", "MIME-Version:")
"""How cloud-init tells user data apart; other texts that happen to be base64 stay as they are."""
_MOST = 4 << 20
"""Bytes that packed user data may unpack to; EC2 takes 16 KB, and nobody's bomb shall go off here."""

_LISTS = ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition")


def normal(value: Json, side: Side, sources: tuple[int, ...] | None) -> Json:
    """Return *value*, an input that depends on *sources*, in its one form."""
    return side.mark(unpacked(value), sources)


def unpacked(value: Json) -> Json:
    """Return *value* with user data as text and JSON documents as what they say."""
    if isinstance(value, Mapping):
        return {key: unpacked(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [unpacked(item) for item in cast("list[Any]", value)]
    if not isinstance(value, str):
        return int(value) if isinstance(value, float) and value.is_integer() else value
    text = value.strip()
    if text[:1] in ("{", "["):
        return _document(value)
    return _user_data(value) if _BASE64.fullmatch(value) else value


def _document(text: str) -> Json:
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if isinstance(parsed, Mapping) and "Statement" in parsed:
        return _policy(cast("Mapping[str, Any]", parsed))
    return cast("Any", parsed)


def _policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    """IAM takes one value for a list of one, and no list of a policy has an order."""
    statements = policy["Statement"]
    listed = cast("list[Any]", statements if isinstance(statements, list) else [statements])
    return {**policy, "Statement": [_statement(item) for item in listed]}


def _statement(item: Json) -> Json:
    if not isinstance(item, Mapping):
        return item
    statement = cast("Mapping[str, Any]", item)
    return {key: _listed(value) if key in _LISTS else value for key, value in statement.items()}


def _listed(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in cast("Mapping[str, Any]", value).items()}
    values = cast("list[Any]", value if isinstance(value, list) else [value])
    return sorted((str(v).lower() if isinstance(v, bool) else str(v)) for v in values)


def _user_data(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=False)
        if raw.startswith(_GZIP):
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
            plain = unpacker.decompress(raw, _MOST)
            return text if unpacker.unconsumed_tail else plain.decode()
        plain = raw.decode()
    except (binascii.Error, zlib.error, UnicodeDecodeError):
        return text
    return plain if plain.startswith(_SCRIPT) else text

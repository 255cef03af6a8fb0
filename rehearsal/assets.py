"""Files that go along with resources: the engine keeps their hash, and sends old ones without their content.

The SDK (pulumi 3.272) drops the hash, and cannot read a file or an archive that is a hash only.
"""

from typing import Any

import pulumi
from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

_HASH = "_rehearsal_hash"
_SIGNATURES = (rpc._special_asset_sig, rpc._special_archive_sig)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001


def install() -> None:
    """Teach the SDK to read them; once."""
    read = PropertyValue.unmarshal
    if getattr(read, "reads_hashes", False):
        return

    def unmarshal(value: struct_pb2.Value) -> PropertyValue:
        fields = value.struct_value.fields if value.WhichOneof("kind") == "struct_value" else {}
        signature = fields.get(rpc._special_sig_key)  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
        if signature is None or signature.string_value not in _SIGNATURES:
            return read(value)
        content = {"assets", "path", "text", "uri"} & fields.keys()
        found = read(value) if content else PropertyValue(pulumi.AssetArchive({}))
        if "hash" in fields:
            setattr(found.value, _HASH, fields["hash"].string_value)
        return found

    unmarshal.reads_hashes = True  # pyright: ignore[reportFunctionMemberAccess]
    PropertyValue.unmarshal = staticmethod(unmarshal)


def alike(left: Any, right: Any) -> bool:
    """Whether two files or archives hold the same: by their hashes, or else by what they hold."""
    hashes = getattr(left, _HASH, None), getattr(right, _HASH, None)
    if all(hashes):
        return hashes[0] == hashes[1]
    return _held(left) == _held(right)


def _held(value: Any) -> Any:
    if isinstance(value, (pulumi.Asset, pulumi.Archive)):
        return type(value).__name__, {k: _held(v) for k, v in vars(value).items() if k != _HASH}
    return {k: _held(v) for k, v in value.items()} if isinstance(value, dict) else value

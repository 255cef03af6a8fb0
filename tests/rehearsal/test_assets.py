"""Files that go along with resources, as the engine sends them: the old ones by their hash only."""

from typing import Any

import pulumi
import pytest
from google.protobuf import struct_pb2
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime import rpc

from rehearsal.assets import alike, install


def sent(kind: str, **fields: Any) -> Any:
    """Return a file or an archive as it is on the wire."""
    value = struct_pb2.Value()
    value.struct_value.update({rpc._special_sig_key: kind, **fields})  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    return PropertyValue.unmarshal(value).value


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PropertyValue, "unmarshal", staticmethod(PropertyValue.unmarshal))
    install()


ARCHIVE, ASSET = rpc._special_archive_sig, rpc._special_asset_sig  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001


def test_an_archive_of_which_only_the_hash_is_known_can_be_read_and_compared() -> None:
    text = {rpc._special_sig_key: ASSET, "text": "x = 1", "hash": "b"}  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001
    old, new = sent(ARCHIVE, hash="a"), sent(ARCHIVE, hash="a", assets={"x.py": text})
    assert alike(old, new)
    assert not alike(sent(ARCHIVE, hash="z"), new)
    assert new.assets["x.py"].text == "x = 1"


def test_without_hashes_the_content_counts() -> None:
    one, other = (pulumi.AssetArchive({"x.py": pulumi.StringAsset(text)}) for text in ("x = 1", "x = 2"))
    assert alike(one, pulumi.AssetArchive({"x.py": pulumi.StringAsset("x = 1")}))
    assert not alike(one, other)


def test_everything_else_is_read_as_before() -> None:
    value = struct_pb2.Value()
    value.struct_value.update({"a": [1, "b", True]})
    assert PropertyValue.unmarshal(value) == PropertyValue(
        {"a": PropertyValue([PropertyValue(1.0), PropertyValue("b"), PropertyValue(True)])}
    )

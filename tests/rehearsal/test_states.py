"""Emulators of one process know nothing of each other."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from botocore.exceptions import ClientError

from rehearsal.emulator import Emulator
from rehearsal.states import apart

from .conftest import REGION


@pytest.fixture
def two() -> Iterator[tuple[Emulator, Emulator]]:
    with ExitStack() as stack:
        yield stack.enter_context(Emulator()), stack.enter_context(Emulator())


def _make(emulator: Emulator, body: bytes) -> None:
    place = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
    emulator.client("s3", REGION).create_bucket(Bucket="site-files", **place)
    emulator.client("s3", REGION).put_object(Bucket="site-files", Key="a", Body=body)


def _told(emulator: Emulator) -> bytes:
    return emulator.client("s3", REGION).get_object(Bucket="site-files", Key="a")["Body"].read()


def test_each_has_buckets_of_its_own_by_the_same_name(two: tuple[Emulator, Emulator]) -> None:
    one, other = two
    _make(one, b"one")
    _make(other, b"other")
    assert (_told(one), _told(other)) == (b"one", b"other")


@pytest.mark.parametrize("last", [0, 1])
def test_what_one_forgets_the_other_keeps(two: tuple[Emulator, Emulator], last: int) -> None:
    _make(two[0], b"0")
    _make(two[1], b"1")
    assert _told(two[last]) == str(last).encode()
    two[1].close()
    assert _told(two[0]) == b"0"
    _make(two[1], b"begun anew")
    two[0].close()
    assert _told(two[1]) == b"begun anew"


def test_what_is_made_apart_is_gone_afterwards_and_touches_nobodys(two: tuple[Emulator, Emulator]) -> None:
    one, other = two
    _make(one, b"one")
    with apart():
        with pytest.raises(ClientError, match="NoSuchBucket"):
            _told(one)
        _make(one, b"apart")
    assert _told(one) == b"one"
    _make(other, b"other")
    assert _told(other) == b"other"

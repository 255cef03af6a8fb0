"""Gzip whose bytes depend on the text alone.

zlib does not promise that: its forks (zlib-ng, Apple's, Chromium's) pack the same text differently, and user data
that changes with the computer that deploys would replace every server for nothing.
"""

import struct
import zlib
from bisect import bisect_right

_WINDOW, _SHORTEST, _LONGEST = 32768, 3, 258
_CANDIDATES = 64
"""How many earlier places are compared for the longest repetition."""

# Per code: the first length, or distance, that it stands for, and how many bits tell the rest (RFC 1951, 3.2.5).
_LENGTHS = [*range(3, 11), *((4 + i % 4 << 1 + i // 4) + 3 for i in range(20)), 258]
_LENGTH_BITS = [0] * 8 + [1 + i // 4 for i in range(20)] + [0]
_DISTANCES = [1, 2, *((2 + i % 2 << i // 2 - 1) + 1 for i in range(2, 30))]
_DISTANCE_BITS = [0, 0, *(i // 2 - 1 for i in range(2, 30))]


def _reversed(code: int, width: int) -> tuple[int, int]:
    """Return a Huffman code as it is written: its first bit first, unlike numbers."""
    return int(f"{code:0{width}b}"[::-1], 2), width


# The fixed codes of literals and lengths (RFC 1951, 3.2.6) and of distances.
_SYMBOLS = [
    *(_reversed(0x30 + i, 8) for i in range(144)),
    *(_reversed(0x190 + i, 9) for i in range(112)),
    *(_reversed(i, 7) for i in range(24)),
    *(_reversed(0xC0 + i, 8) for i in range(8)),
]
_DISTANCE_CODES = [_reversed(i, 5) for i in range(30)]
_END = 256


def gzip(data: bytes) -> bytes:
    """Return *data* packed: one deflate block with the fixed codes, no time stamp, no name."""
    header = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # deflate, best compression, unknown system (RFC 1952)
    return header + _deflate(data) + struct.pack("<II", zlib.crc32(data), len(data))


class _Bits:
    def __init__(self) -> None:
        self.done = bytearray()
        self._held, self._count = 0, 0

    def put(self, value: int, width: int) -> None:
        self._held |= value << self._count
        self._count += width
        while self._count >= 8:  # noqa: PLR2004 - bits of a byte
            self.done.append(self._held & 0xFF)
            self._held >>= 8
            self._count -= 8


def _deflate(data: bytes) -> bytes:
    bits = _Bits()
    bits.put(0b011, 3)  # the last block, fixed codes
    places = dict[bytes, list[int]]()
    at = 0
    while at < len(data):
        length, distance = _repetition(data, at, places)
        if length:
            code = bisect_right(_LENGTHS, length) - 1
            bits.put(*_SYMBOLS[_END + 1 + code])
            bits.put(length - _LENGTHS[code], _LENGTH_BITS[code])
            code = bisect_right(_DISTANCES, distance) - 1
            bits.put(*_DISTANCE_CODES[code])
            bits.put(distance - _DISTANCES[code], _DISTANCE_BITS[code])
        else:
            length = 1
            bits.put(*_SYMBOLS[data[at]])
        for place in range(at, at + length):
            places.setdefault(data[place : place + _SHORTEST], []).append(place)
        at += length
    bits.put(*_SYMBOLS[_END])
    bits.put(0, 7)  # fill the last byte
    return bytes(bits.done)


def _repetition(data: bytes, at: int, places: dict[bytes, list[int]]) -> tuple[int, int]:
    """Return length and distance of the longest earlier text that repeats at *at*; a length of 0 for none."""
    longest, distance = 0, 0
    limit = min(_LONGEST, len(data) - at)
    for place in reversed(places.get(data[at : at + _SHORTEST], [])[-_CANDIDATES:]):
        if at - place > _WINDOW or limit < _SHORTEST:
            break
        length = _SHORTEST
        while length < limit and data[place + length] == data[at + length]:
            length += 1
        if length > longest:
            longest, distance = length, at - place
        if longest == limit:
            break
    return longest, distance

"""Gzip whose bytes depend on the text alone.

zlib does not promise that: its forks (zlib-ng, Apple's, Chromium's) pack the same text differently, and user data
that changes with the computer that deploys would replace every server for nothing.
"""

import struct
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence

_WINDOW, _SHORTEST, _LONGEST = 32768, 3, 258
_CANDIDATES = 256
"""How many earlier places are compared for the longest repetition."""

# Per code: the first length, or distance, that it stands for, and how many bits tell the rest (RFC 1951, 3.2.5).
_LENGTHS = [*range(3, 11), *((4 + i % 4 << 1 + i // 4) + 3 for i in range(20)), 258]
_LENGTH_BITS = [0] * 8 + [1 + i // 4 for i in range(20)] + [0]
_DISTANCES = [1, 2, *((2 + i % 2 << i // 2 - 1) + 1 for i in range(2, 30))]
_DISTANCE_BITS = [0, 0, *(i // 2 - 1 for i in range(2, 30))]

_END = 256
_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
"""In which the lengths of the codes for lengths are written (RFC 1951, 3.2.7)."""
_REPEAT_BITS = {16: 2, 17: 3, 18: 7}


def gzip(data: bytes) -> bytes:
    """Return *data* packed: one deflate block with codes of its own, no time stamp, no name."""
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
    tokens = _tokens(data)
    symbols = Counter(symbol for symbol, *_ in tokens)
    distances = Counter(token[3] for token in tokens if len(token) > 1)
    lengths = _code_lengths(symbols, 15)
    distance_lengths = _code_lengths(distances, 15)
    bits = _Bits()
    bits.put(0b101, 3)  # the last block, codes of its own
    _put_codes(bits, _dense(lengths, 257), _dense(distance_lengths, 1))
    codes, distance_codes = _codes(lengths), _codes(distance_lengths)
    for symbol, *rest in tokens:
        bits.put(*codes[symbol])
        if rest:
            extra, width, code, distance_extra, distance_width = rest
            bits.put(extra, width)
            bits.put(*distance_codes[code])
            bits.put(distance_extra, distance_width)
    bits.put(0, 7)  # fill the last byte
    return bytes(bits.done)


def _tokens(data: bytes) -> list[tuple[int, ...]]:
    """Return literals, and repetitions with what their codes leave open: length, its bits, distance, its bits."""
    found, places, at = list[tuple[int, ...]](), dict[bytes, list[int]](), 0
    ahead = (0, 0)
    while at < len(data):
        length, distance = ahead if ahead[0] else _repetition(data, at, places)
        places.setdefault(data[at : at + _SHORTEST], []).append(at)
        # A literal first is better when the next place repeats more.
        ahead = _repetition(data, at + 1, places) if length else (0, 0)
        if length == 0 or ahead[0] > length:
            found.append((data[at],))
            at += 1
            continue
        ahead = (0, 0)
        code, far = bisect_right(_LENGTHS, length) - 1, bisect_right(_DISTANCES, distance) - 1
        rests = length - _LENGTHS[code], _LENGTH_BITS[code], far, distance - _DISTANCES[far], _DISTANCE_BITS[far]
        found.append((_END + 1 + code, *rests))
        for place in range(at + 1, at + length):
            places.setdefault(data[place : place + _SHORTEST], []).append(place)
        at += length
    return [*found, (_END,)]


def _repetition(data: bytes, at: int, places: Mapping[bytes, list[int]]) -> tuple[int, int]:
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


def _code_lengths(counts: Mapping[int, int], limit: int) -> dict[int, int]:
    """Return the bits of each symbol's code by package-merge: the best codes of at most *limit* bits."""
    leaves = sorted((count, (symbol,)) for symbol, count in counts.items())
    # A code of one symbol is no whole tree.
    leaves += [(1, (symbol,)) for symbol in (0, 1) if len(leaves) == 1 and symbol not in counts][:1]
    packages = leaves
    for _ in range(limit - 1):
        pairs = zip(packages[::2], packages[1::2], strict=False)
        packages = sorted([*leaves, *((one[0] + two[0], one[1] + two[1]) for one, two in pairs)])
    return dict(Counter(symbol for _, symbols in packages[: 2 * len(leaves) - 2] for symbol in symbols))


def _codes(lengths: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Return each symbol's code as it is written, its first bit first, and its width (RFC 1951, 3.2.2)."""
    codes, code, width = dict[int, tuple[int, int]](), 0, 0
    for length, symbol in sorted((length, symbol) for symbol, length in lengths.items()):
        code <<= length - width
        width = length
        codes[symbol] = int(f"{code:0{width}b}"[::-1], 2), width
        code += 1
    return codes


def _dense(lengths: Mapping[int, int], least: int) -> list[int]:
    return [lengths.get(symbol, 0) for symbol in range(max(least, *(symbol + 1 for symbol in lengths), 0))]


def _put_codes(bits: _Bits, symbols: Sequence[int], distances: Sequence[int]) -> None:
    """Write how long the codes are, themselves packed (RFC 1951, 3.2.7)."""
    runs = list(_runs([*symbols, *distances]))
    lengths = _code_lengths(Counter(code for code, _ in runs), 7)
    codes = _codes(lengths)
    used = max(i for i, symbol in enumerate(_ORDER) if symbol in lengths) + 1
    bits.put(len(symbols) - 257, 5)
    bits.put(len(distances) - 1, 5)
    bits.put(max(used, 4) - 4, 4)
    for symbol in _ORDER[: max(used, 4)]:
        bits.put(lengths.get(symbol, 0), 3)
    for code, repeats in runs:
        bits.put(*codes[code])
        bits.put(repeats, _REPEAT_BITS.get(code, 0))


def _runs(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Return the lengths with what repeats written as repetition: 16 of the one before, 17 and 18 of zeros."""
    runs, at = list[tuple[int, int]](), 0
    while at < len(lengths):
        length, count = lengths[at], 1
        while at + count < len(lengths) and lengths[at + count] == length:
            count += 1
        if length == 0 and count >= 3:  # noqa: PLR2004 - the shortest repetition
            count = min(count, 138)
            runs.append((17, count - 3) if count <= 10 else (18, count - 11))  # noqa: PLR2004 - the longest of 17
        elif length and at and lengths[at - 1] == length and count >= 3:  # noqa: PLR2004
            count = min(count, 6)
            runs.append((16, count - 3))
        else:
            count = 1
            runs.append((length, 0))
        at += count
    return runs

"""The address plan of a network: which subnet gets which addresses, from now on and for ever."""

import re
from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import NamedTuple

from ._args import InvalidArgs

LETTERS = "abcdefgh"
"""The zones that the plan has room for. AWS documents none beyond `f` so far."""

_LARGEST, _SMALLEST = 16, 21

# RFC 1918, and the shared space of RFC 6598 for those who have used up the rest. Any other range belongs to
# somebody on the internet, who could then not be reached from the VPC.
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))

_CIDR = re.compile(r"[0-9.]+/[0-9]{1,2}")
_ZONE = re.compile(r"([a-z]+(?:-[a-z]+)+-[0-9]+)([a-z])")
_LOCAL_ZONE = re.compile(r"[a-z]+(?:-[a-z]+)+-[0-9]+-[a-z0-9-]+")


class ZoneAddresses(NamedTuple):
    """The subnets of one zone."""

    public: IPv4Network
    private: IPv4Network
    isolated: IPv4Network


def zone_addresses(vpc: IPv4Network, letter: str) -> ZoneAddresses:
    """Cut the subnets of the zone *letter* out of the addresses of the VPC.

    The VPC is cut into eight blocks, one for each letter from a to h. The first half of a block is the private
    subnet; the second half has four equal parts: public, isolated and two spare ones. As nothing but the VPC
    and the letter goes in, no subnet ever moves when zones are added, removed or reordered.
    """
    zone = _part(vpc, 3, LETTERS.index(letter))
    return ZoneAddresses(private=_part(zone, 1, 0), public=_part(zone, 3, 4), isolated=_part(zone, 3, 5))


def vpc_addresses(component: str, field: str, value: str) -> IPv4Network:
    """Return *value* as a network that the plan fits into, or raise :class:`InvalidArgs`."""
    network = _network(value)
    if network is None:
        raise InvalidArgs(f"{component}: {field} must be an IPv4 network such as 10.0.0.0/16, got {value!r}")
    if str(network) != value:
        raise InvalidArgs(f"{component}: {field} must be the first address of its network, {network}, got {value!r}")
    if network.prefixlen < _LARGEST:
        raise InvalidArgs(
            f"{component}: {field} must be between /{_LARGEST} and /{_SMALLEST}, got {value!r}: AWS allows no "
            f"VPC larger than /{_LARGEST}"
        )
    if network.prefixlen > _SMALLEST:
        raise InvalidArgs(
            f"{component}: {field} must be between /{_LARGEST} and /{_SMALLEST}, got {value!r}: its public "
            f"subnets would be /{network.prefixlen + 6}, and a load balancer needs at least a /27 with 8 free "
            f"addresses"
        )
    if not any(network.subnet_of(private) for private in _PRIVATE):
        ranges = ", ".join(map(str, _PRIVATE))
        raise InvalidArgs(
            f"{component}: {field} must lie within {ranges}, got {value!r}: public addresses belong to others, "
            f"who could not be reached from the network"
        )
    return network


def zones_by_letter(component: str, field: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Return the region and the zone names by letter, in the order given, or raise :class:`InvalidArgs`."""
    if not 2 <= len(names) <= len(LETTERS):  # noqa: PLR2004 - a load balancer and a DB subnet group need two
        raise InvalidArgs(
            f"{component}: {field} must name between 2 and {len(LETTERS)} zones (a load balancer and a database "
            f"need two), got {len(names)}"
        )
    region, zones = "", dict[str, str]()
    for index, name in enumerate(names):
        match = _ZONE.fullmatch(name)
        if match is None:
            raise InvalidArgs(f"{component}: {field}[{index}] must be {_wanted(name)}, got {name!r}")
        if match[2] not in LETTERS:
            raise InvalidArgs(
                f"{component}: {field}[{index}] must end in a letter from {LETTERS[0]} to {LETTERS[-1]}, got {name!r}"
            )
        if region and match[1] != region:
            raise InvalidArgs(
                f"{component}: {field} must all be in one region; {names[0]!r} is in {region}, {name!r} is not"
            )
        if match[2] in zones:
            raise InvalidArgs(f"{component}: {field} must name each zone once, got {name!r} twice")
        region, zones[match[2]] = match[1], name
    return region, zones


def _network(value: str) -> IPv4Network | None:
    """Read an address and a prefix length; ipaddress alone would also take a mask, or an address only."""
    if not _CIDR.fullmatch(value):
        return None
    try:
        return IPv4Network(value, strict=False)
    except ValueError:
        return None


def _part(network: IPv4Network, bits: int, index: int) -> IPv4Network:
    """Return part *index* of the 2 ** *bits* equal parts of *network*."""
    prefix = network.prefixlen + bits
    return IPv4Network((int(network.network_address) + (index << (32 - prefix)), prefix))


def _wanted(name: str) -> str:
    if _LOCAL_ZONE.fullmatch(name):
        return "an availability zone such as eu-central-1a, not a local or wavelength zone"
    return "the name of an availability zone such as eu-central-1a"

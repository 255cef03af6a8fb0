from ipaddress import IPv4Network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components._addresses import LETTERS, vpc_addresses, zone_addresses, zones_by_letter
from components._args import InvalidArgs

_PRIVATE = [IPv4Network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


@st.composite
def vpcs(draw: st.DrawFn) -> IPv4Network:
    """Any network that is accepted."""
    within, prefix = draw(st.sampled_from(_PRIVATE)), draw(st.integers(16, 21))
    index = draw(st.integers(0, (1 << (prefix - within.prefixlen)) - 1))
    return IPv4Network((int(within.network_address) + (index << (32 - prefix)), prefix))


def test_the_plan_of_the_default_network_is_written_down_here() -> None:
    vpc = IPv4Network("10.0.0.0/16")
    table = {letter: [str(block) for block in zone_addresses(vpc, letter)] for letter in LETTERS}
    assert table == {  # public, private, isolated: numbers that must never change
        "a": ["10.0.16.0/22", "10.0.0.0/20", "10.0.20.0/22"],
        "b": ["10.0.48.0/22", "10.0.32.0/20", "10.0.52.0/22"],
        "c": ["10.0.80.0/22", "10.0.64.0/20", "10.0.84.0/22"],
        "d": ["10.0.112.0/22", "10.0.96.0/20", "10.0.116.0/22"],
        "e": ["10.0.144.0/22", "10.0.128.0/20", "10.0.148.0/22"],
        "f": ["10.0.176.0/22", "10.0.160.0/20", "10.0.180.0/22"],
        "g": ["10.0.208.0/22", "10.0.192.0/20", "10.0.212.0/22"],
        "h": ["10.0.240.0/22", "10.0.224.0/20", "10.0.244.0/22"],
    }


@given(vpcs())
def test_subnets_lie_in_the_network_and_never_overlap(vpc: IPv4Network) -> None:
    subnets = [block for letter in LETTERS for block in zone_addresses(vpc, letter)]
    assert all(subnet.subnet_of(vpc) for subnet in subnets)
    ordered = sorted(subnets)
    assert len(ordered) == 24
    assert all(one.broadcast_address < next_.network_address for one, next_ in pairwise(ordered))


@given(vpcs(), st.sampled_from(LETTERS))
def test_subnets_have_room_for_what_lives_in_them(vpc: IPv4Network, letter: str) -> None:
    public, private, isolated = zone_addresses(vpc, letter)
    assert public.prefixlen == isolated.prefixlen == vpc.prefixlen + 6
    assert public.prefixlen <= 27
    assert private.prefixlen == vpc.prefixlen + 4


@given(vpcs(), st.sampled_from(LETTERS))
def test_a_quarter_of_each_zone_stays_free(vpc: IPv4Network, letter: str) -> None:
    used = sum(block.num_addresses for block in zone_addresses(vpc, letter))
    assert used == vpc.num_addresses // len(LETTERS) * 3 // 4


@given(vpcs())
def test_every_private_network_of_the_right_size_is_accepted(vpc: IPv4Network) -> None:
    assert vpc_addresses("Network", "cidr_block", str(vpc)) == vpc


@pytest.mark.parametrize(
    "value",
    [
        "",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/x",
        "10.0.0.0/016",
        "10.0.0/16",
        "10.0.0.256/16",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/255.255.0.0",
        "010.0.0.0/16",
        " 10.0.0.0/16",
        "10.0.0.0/16\n",
        "fd00::/16",
    ],
)
def test_what_is_no_network_is_refused(value: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        vpc_addresses("Network", "cidr_block", value)
    assert str(error.value) == f"Network: cidr_block must be an IPv4 network such as 10.0.0.0/16, got {value!r}"


SIZE = "must be between /16 and /21"
LOAD_BALANCER = "and a load balancer needs at least a /27 with 8 free addresses"
RANGES = "must lie within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10"
OTHERS = "public addresses belong to others, who could not be reached from the network"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("10.0.1.0/16", "must be the first address of its network, 10.0.0.0/16, got '10.0.1.0/16'"),
        (
            "10.0.0.0/15",
            f"{SIZE}, got '10.0.0.0/15': AWS allows no VPC larger than /16",
        ),
        (
            "10.0.0.0/22",
            f"{SIZE}, got '10.0.0.0/22': its public subnets would be /28, {LOAD_BALANCER}",
        ),
        ("11.0.0.0/16", f"{RANGES}, got '11.0.0.0/16': {OTHERS}"),
        ("100.128.0.0/16", f"{RANGES}, got '100.128.0.0/16': {OTHERS}"),
    ],
)
def test_a_network_that_does_not_fit_is_refused(value: str, message: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        vpc_addresses("Network", "cidr_block", value)
    assert str(error.value) == f"Network: cidr_block {message}"


@pytest.mark.parametrize(
    "value", ["172.15.0.0/16", "172.32.0.0/16", "192.169.0.0/16", "100.63.0.0/16", "100.128.0.0/16"]
)
def test_the_neighbours_of_private_networks_are_public(value: str) -> None:
    with pytest.raises(InvalidArgs, match="must lie within"):
        vpc_addresses("Network", "cidr_block", value)


@given(st.permutations(LETTERS).flatmap(lambda p: st.integers(2, 8).map(lambda n: p[:n])))
def test_zones_keep_the_order_given(letters: list[str]) -> None:
    region, zones = zones_by_letter("Network", "zones", [f"eu-central-1{letter}" for letter in letters])
    assert region == "eu-central-1"
    assert list(zones.items()) == [(letter, f"eu-central-1{letter}") for letter in letters]


@pytest.mark.parametrize(
    "region", ["us-east-1", "ap-southeast-7", "us-gov-west-1", "cn-northwest-1", "mx-central-1", "eusc-de-east-1"]
)
def test_zones_of_every_kind_of_region_are_known(region: str) -> None:
    assert zones_by_letter("Network", "zones", [f"{region}a", f"{region}b"])[0] == region


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            [],
            "must name between 2 and 8 zones (a load balancer and a database need two), got 0",
        ),
        (
            ["eu-west-1a"],
            "must name between 2 and 8 zones (a load balancer and a database need two), got 1",
        ),
        (
            [f"eu-west-1{letter}" for letter in "abcdefghi"],
            "must name between 2 and 8 zones (a load balancer and a database need two), got 9",
        ),
        (["eu-west-1a", "eu-west-1a"], "must name each zone once, got 'eu-west-1a' twice"),
        (
            ["eu-west-1a", "eu-west-2b"],
            "must all be in one region; 'eu-west-1a' is in eu-west-1, 'eu-west-2b' is not",
        ),
    ],
)
def test_zones_that_do_not_go_together_are_refused(names: list[str], message: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        zones_by_letter("Network", "zones", names)
    assert str(error.value) == f"Network: zones {message}"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "us-west-2-lax-1a",
            "must be an availability zone such as eu-central-1a, not a local or wavelength zone",
        ),
        (
            "us-east-1-wl1-bos-wlz-1",
            "must be an availability zone such as eu-central-1a, not a local or wavelength zone",
        ),
        ("us-west-2", "must be the name of an availability zone such as eu-central-1a"),
        ("usw2-az1", "must be the name of an availability zone such as eu-central-1a"),
        ("US-WEST-2B", "must be the name of an availability zone such as eu-central-1a"),
        ("us-west-2b\n", "must be the name of an availability zone such as eu-central-1a"),
        ("", "must be the name of an availability zone such as eu-central-1a"),
        ("us-west-2i", "must end in a letter from a to h"),
    ],
)
def test_what_is_no_availability_zone_is_refused(name: str, message: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        zones_by_letter("Network", "zones", ["us-west-2a", name])
    assert str(error.value) == f"Network: zones[1] {message}, got {name!r}"

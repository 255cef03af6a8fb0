"""Which volume is served, by whom, whatever happens to servers and zones: exactly one, and never two at a time."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from .nfs_world import FAILOVER, HOST, REGION, ZONES, World, nfs_cloud

A, B, C = ZONES
HOUR = 3600


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws(config={"core": {"reset_boto3_session": False}}):  # pyright: ignore[reportArgumentType]
        yield


def serving(world: World) -> set[str]:
    return set(world.serving.values())


def up(world: World, zone: str = A) -> Any:
    server = world.start(zone)
    assert world.run(HOUR, lambda: server.instance in world.serving and world.beats != [])
    return server


def silence(world: World) -> None:
    """Wait until nobody has served for so long that a server in another zone is not told to leave."""
    assert world.run(HOUR, lambda: not world.serving)
    world.run(60 * FAILOVER)


def moved(world: World, zone: str = B) -> str:
    """Start a server in another zone, late enough for it to stay, and wait until it serves; return its volume."""
    silence(world)
    server = world.start(zone)
    assert world.run(4 * HOUR, lambda: server.instance in world.serving), world.state()
    world.run(120)
    return world.serving[server.instance]


def test_the_first_server_enters_the_volume_and_announces_itself() -> None:
    world = World()
    up(world)
    world.run(60)
    assert serving(world) == {world.first}
    interface = world.client("ec2").describe_network_interfaces(NetworkInterfaceIds=[world.interfaces[A]])
    assert world.address() == interface["NetworkInterfaces"][0]["PrivateIpAddress"]
    assert tuple(world.state())[:4] == (1, A, world.first, "")
    assert HOST in world.records()[f"{HOST}.", "A"]["Name"]


def test_a_successor_in_the_zone_finds_volume_and_address_again() -> None:
    world = World()
    old = up(world)
    state = world.state()
    for _ in range(3):
        old.kill()
        old = up(world)
        assert serving(world) == {world.first}
        assert world.state() == state
    assert len(world.volumes()) == 1


def test_a_successor_waits_for_a_server_that_is_still_there() -> None:
    world = World()
    old = up(world)
    new = world.start(A)
    world.run(2 * HOUR)
    assert set(world.serving) == {old.instance}
    old.kill()
    assert world.run(HOUR, lambda: new.instance in world.serving)


def test_a_server_in_another_zone_leaves_as_long_as_somebody_serves() -> None:
    world = World()
    up(world)
    other = world.start(B)
    assert world.run(600, lambda: other.instance in world.left)
    assert serving(world) == {world.first}


def test_a_server_in_another_zone_does_not_begin() -> None:
    world = World()
    world.start(B)
    world.run(4 * HOUR)
    assert world.state() is None
    assert world.serving == {}


def test_a_server_on_its_way_is_waited_for() -> None:
    """When a stack is new nobody has served yet, and servers may be started in every zone."""
    world = World()
    other = world.start(B)
    world.run(30)
    up(world)
    assert world.run(HOUR, lambda: other.instance in world.left)
    assert serving(world) == {world.first}


def test_a_volume_that_can_be_reached_moves_to_another_zone_as_it_was_left() -> None:
    world = World()
    old = up(world)
    world.snapshot(world.first)
    world.run(HOUR)
    old.kill()
    last = world.content[world.first]
    volume = moved(world)
    assert volume != world.first
    made = world.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert (made["AvailabilityZone"], made["Encrypted"], made["VolumeType"]) == (B, True, "gp3")
    tags = {tag["Key"]: tag["Value"] for tag in made["Tags"]}
    assert tags == {
        "Name": "files-data",
        "elasticweb:nfs": world.identity,
        "elasticweb:snapshots": world.identity,
        "elasticweb:generation": "2",
    }
    (origin,) = [s for s in world.content if s == made["SnapshotId"]]
    assert world.content[origin] == last
    assert tuple(world.state())[:4] == (2, B, volume, world.first)


def test_a_lost_zone_costs_what_was_written_since_the_newest_completed_snapshot() -> None:
    world = World()
    old = up(world)
    world.run(HOUR)
    older = world.snapshot(world.first)
    world.run(HOUR)
    newest = world.snapshot(world.first)
    world.run(HOUR)
    unfinished = world.snapshot(world.first)
    world.ready[unfinished] = float("inf")
    world.lost_zones.add(A)
    old.kill()
    volume = moved(world)
    made = world.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"][0]
    assert made["SnapshotId"] == newest != older


def test_a_lost_zone_without_any_snapshot_is_waited_for() -> None:
    world = World()
    old = up(world)
    world.lost_zones.add(A)
    old.kill()
    silence(world)
    world.start(B)
    world.run(3 * HOUR)
    assert world.serving == {}
    assert len(world.volumes()) == 1
    world.lost_zones.clear()
    assert world.run(2 * HOUR, lambda: bool(world.serving))


def test_the_old_zone_that_comes_back_is_not_served_and_its_later_snapshots_do_not_count() -> None:
    world = World()
    old = up(world)
    world.snapshot(world.first)
    world.lost_zones.add(A)
    old.cut_off = True  # it runs on, with clients of its own zone
    second = moved(world)
    world.lost_zones.clear()
    old.cut_off = False
    assert world.run(HOUR, lambda: old.instance in world.left)
    back = world.start(A)
    assert world.run(HOUR, lambda: back.instance in world.left)
    given_up = world.client("ec2").describe_volumes(VolumeIds=[world.first])["Volumes"][0]
    tags = {tag["Key"]: tag["Value"] for tag in given_up["Tags"]}
    assert [tags[f"elasticweb:{tag}"] for tag in ("superseded", "snapshots", "data")] == ["2", "none", "none"]
    # Somebody snapshots the old volume, with all the tags; then the second zone is lost before a snapshot of its own.
    decoy = world.snapshot(world.first, {"elasticweb:nfs": world.identity, "elasticweb:snapshots": world.identity})
    world.lost_zones.add(B)
    for server in world.servers:
        server.kill()
    third = moved(world, C)
    origins = {v["VolumeId"]: v.get("SnapshotId") for v in world.volumes()}
    assert origins[third] == origins[second] != decoy
    assert tuple(world.state())[:4] == (3, C, third, second)


def test_a_server_that_is_cut_off_stops_before_its_successor_serves() -> None:
    world = World()
    old = up(world)
    old.cut_off = True
    assert world.run(300, lambda: not world.serving)
    stopped = world.time
    assert stopped < world.beats[-1] + 60 * FAILOVER
    moved(world)
    assert len(world.history) == 2


def test_an_outage_of_route_53_alone_ends_no_service() -> None:
    world = World()
    old = up(world)
    real = world.call

    def without_route53(server: Any, service: str, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        if service == "route53":
            real(server, "ec2", "DescribeVolumes", {"VolumeIds": ["vol-0"]})
        return real(server, service, operation, parameters)

    world.call = without_route53
    world.run(2 * HOUR)
    assert set(world.serving) == {old.instance}


@pytest.mark.parametrize("seed", range(3))
def test_two_zones_that_take_over_at_once_agree(seed: int) -> None:
    world = World(seed)
    old = up(world)
    world.snapshot(world.first)
    old.kill()
    silence(world)
    world.start(B)
    world.start(C)
    assert world.run(6 * HOUR, lambda: len(world.serving) == 1)
    world.run(HOUR)
    assert world.state().generation == 2
    assert len(world.volumes()) == 2
    assert len(world.left) == 1


def test_a_first_volume_that_was_replaced_is_entered_when_the_old_one_is_gone() -> None:
    world = World()
    up(world).kill()
    ec2 = world.client("ec2")
    fresh = ec2.create_volume(AvailabilityZone=A, Size=20)["VolumeId"]
    world.content[fresh] = 0
    world.settings["first"] = {"zone": A, "volume": fresh}
    old = up(world)
    assert serving(world) == {world.first}  # it is still there: nobody knows what it holds
    old.kill()
    ec2.delete_volume(VolumeId=world.first)
    assert world.run(HOUR, lambda: False) is False
    up(world)
    assert serving(world) == {fresh}


def test_a_restored_volume_grows_to_what_is_declared_and_never_shrinks() -> None:
    world = World()
    old = up(world)
    world.settings["volume"] = {"VolumeType": "gp3", "Size": 10}
    old.kill()
    volume = moved(world)
    size = world.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"][0]["Size"]
    assert size == 20
    world.settings["volume"] = {"VolumeType": "gp3", "Size": 30}
    for server in world.servers:
        server.kill()
    up(world, B)
    assert world.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"][0]["Size"] == 30


def cut_after(calls: int) -> bool:
    """Cut the power of a taking over after so many calls, and let a new server go on; return whether it was over."""
    world = World(calls)
    cloud = nfs_cloud.Cloud(world.settings, "i-0", REGION, B, lambda s, o, _, p: world.call(None, s, o, p))
    restoring = nfs_cloud.State(2, B, "", world.first, "")
    assert cloud.change(None, restoring)
    assert not cloud.change(None, restoring)
    server, begun = world.start(B), world.calls
    assert world.run(2 * HOUR, lambda: server.instance in world.serving or world.calls > begun + calls)
    finished = server.instance in world.serving
    server.kill()
    up(world, B)
    assert world.state().generation == 2
    assert len(world.volumes()) == 2
    assert serving(world) == {world.state().volume}
    return finished


def test_a_power_cut_after_any_call_of_a_move_ends_in_one_served_volume() -> None:
    needed = next(calls for calls in range(100) if cut_after(calls))
    assert needed > 10


def disturb(world: World, what: str) -> None:
    chance, living = world.random, [server for server in world.servers if server.alive]
    zone, state = chance.choice(ZONES), world.state()
    if what == "kill" and living:
        chance.choice(living).kill()
    elif what == "cut off" and living:
        chance.choice(living).cut_off = True
    elif what == "start" and not [s for s in living if s.zone == zone]:
        world.start(zone)
    elif what == "lose":
        world.lost_zones.add(zone)
    elif what == "snapshot" and state and state.volume:
        world.snapshot(state.volume)
    elif what == "all is well":
        world.lost_zones.clear()
        for server in living:
            server.cut_off = False


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_two_volumes_are_never_served_and_one_is_in_the_end(seed: int) -> None:
    world = World(seed)
    up(world)
    for _ in range(25):
        world.run(world.random.uniform(0, 1500))
        disturb(world, world.random.choice(["kill", "kill", "cut off", "all is well", "start", "lose", "snapshot"]))
    # In the end the groups have a server in every zone.
    disturb(world, "all is well")
    for zone in ZONES:
        if not [s for s in world.servers if s.alive and s.zone == zone]:
            world.start(zone)
    assert world.run(8 * HOUR, lambda: bool(world.serving)), world.state()
    world.run(HOUR)
    assert serving(world) == {world.state().volume}
    generations = [
        tag["Value"] for volume in world.volumes() for tag in volume["Tags"] if tag["Key"] == "elasticweb:generation"
    ]
    assert len(generations) == len(set(generations))

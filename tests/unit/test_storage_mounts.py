"""What `mount()` and `attach()` are in Python, the output `mount_source` is in every language."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components import (
    DataVolume,
    DataVolumeArgs,
    InvalidArgs,
    Machine,
    MachineArgs,
    SharedStorage,
    SharedStorageArgs,
    SingleServer,
    StorageMount,
    WebTier,
)
from rehearsal.recorder import Recording, Registered
from tests.recording import recording

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"


def files(**more: Any) -> SharedStorage:
    return SharedStorage("files", SharedStorageArgs(vpc_id="vpc-1", subnet_ids=["subnet-a", "subnet-b"], **more))


def volume(**more: Any) -> DataVolume:
    return DataVolume("files", DataVolumeArgs(availability_zone="eu-central-1a", **more))


def machine(**more: Any) -> Machine:
    return Machine("server", MachineArgs(vpc_id="vpc-1", **more))


def by_method(make: Callable[[], Any], method: Callable[[Any], Any]) -> Callable[[], object]:
    return lambda: machine(mounts=[method(make())])


def by_source(make: Callable[[], Any], more: dict[str, Any]) -> Callable[[], object]:
    return lambda: machine(storage_mounts=[{"name": "files", "path": "/srv/f", "source": make().mount_source, **more}])


def servers(recorded: Recording) -> dict[str, Registered]:
    return {r.urn: r for r in recorded.resources if "server" in r.name}


SAME: list[tuple[Callable[[], Any], Callable[[Any], Any], dict[str, Any]]] = [
    (files, lambda f: f.mount("/srv/f"), {}),
    (files, lambda f: f.mount("/srv/f", read_only=True), {"read_only": True}),
    (lambda: files(kms_key_arn=KEY), lambda f: f.mount("/srv/f"), {"kms_key_arn": KEY}),
    (
        lambda: files(storage={"mount_with": "mountpoint", "user_id": 33, "group_id": 34, "prefix": "a/b/"}),
        lambda f: f.mount("/srv/f"),
        {"type": "mountpoint"},
    ),
    (
        lambda: files(storage={"mount_with": "mountpoint"}, kms_key_arn=KEY),
        lambda f: f.mount("/srv/f", read_only=True),
        {"type": "mountpoint", "read_only": True, "kms_key_arn": KEY},
    ),
    (lambda: files(storage={"mount_with": "efs"}), lambda f: f.mount("/srv/f"), {"type": "efs"}),
    (
        lambda: files(storage={"mount_with": "efs"}, kms_key_arn=KEY),
        lambda f: f.mount("/srv/f", read_only=True),
        {"type": "efs", "read_only": True},
    ),
    (volume, lambda v: v.attach("/srv/f"), {"type": "xfs"}),
    (
        lambda: volume(volume={"file_system": "ext4"}),
        lambda v: v.attach("/srv/f", "app:app"),
        {"type": "ext4", "owner": "app:app"},
    ),
]


@pytest.mark.parametrize("preview", [False, True])
@pytest.mark.parametrize(("make", "method", "more"), SAME)
def test_a_source_gives_the_machine_what_the_method_gives(make: Any, method: Any, more: Any, preview: bool) -> None:
    expected = servers(recording(by_method(make, method), preview=preview))
    found = servers(recording(by_source(make, more), preview=preview))
    assert len(expected) > 8
    assert {urn: r.inputs for urn, r in found.items()} == {urn: r.inputs for urn, r in expected.items()}
    # Whatever a value needs, the whole source needs.
    assert all(set(r.dependencies) <= set(found[urn].dependencies) for urn, r in expected.items())


@pytest.mark.parametrize(
    ("component", "args"),
    [
        (WebTier, {"vpc_id": "vpc-1", "public_subnet_ids": ["subnet-1", "subnet-2"], "private_subnet_ids": ["s-3"]}),
        (SingleServer, {"vpc_id": "vpc-1", "subnet_id": "subnet-a", "availability_zone": "eu-central-1a"}),
    ],
)
def test_everything_that_has_servers_takes_a_source(component: Any, args: Any) -> None:
    def program() -> None:
        share = files()
        component(
            "site", {**args, "storage_mounts": [StorageMount(name="x", path="/srv/f", source=share.mount_source)]}
        )

    recorded = recording(program)
    share = recorded.named("files-mount-targets").id
    rules = [r.inputs["securityGroupId"] for r in recorded.resources if r.name.endswith("-ingress-x")]
    assert rules == [share]
    template = recorded.one("ec2/launchTemplate:LaunchTemplate")
    assert depends_on_all_mount_targets(recorded, template)


def depends_on_all_mount_targets(recorded: Recording, resource: Registered) -> bool:
    targets = {r.urn for r in recorded.all("s3/filesMountTarget:FilesMountTarget")}
    return len(targets) == 2 and targets <= set(resource.dependencies)


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"path": "srv"}, "Machine: the mount path must be absolute, "),
        (
            {"type": "nfs"},
            "Machine: storage_mounts[0].type must be one of s3_files, mountpoint, efs, xfs, ext4, nfs_server, ",
        ),
        ({"owner": "app:app"}, "Machine: storage_mounts[0].owner must be left out for shared storage, "),
        ({"type": "xfs", "owner": "app"}, "Machine: owner of /srv/f must be user:group, "),
        ({"type": "xfs", "read_only": True}, "Machine: storage_mounts[0].read_only must be left out for a data volume"),
        ({"sauce": "x"}, "Machine: unknown storage_mounts[0].sauce; known are "),
        ({"source": None}, "Machine: missing storage_mounts[0].source"),
    ],
)
def test_refuses_before_anything_is_registered(given: Any, complaint: str) -> None:
    said: list[str] = []

    def program() -> None:
        with pytest.raises(InvalidArgs) as caught:
            machine(storage_mounts=[{"name": "files", "path": "/srv/f", "source": "{}", **given}])
        said.append(str(caught.value))

    assert [r.type for r in recording(program).resources] == ["pulumi:pulumi:Stack"]
    assert said[0].startswith(complaint), said[0]
    assert "\n" not in said[0]


@pytest.mark.parametrize(
    ("make", "more", "complaint"),
    [
        (files, {"type": "mountpoint"}, "storage_mounts[0].type must be s3_files, as its source is, got mountpoint"),
        (volume, {}, "storage_mounts[0].type must be xfs, as its source is, got s3_files"),
        (lambda: files(kms_key_arn=KEY), {}, f"storage_mounts[0].kms_key_arn must be the one of its source ({KEY})"),
        (files, {"kms_key_arn": KEY}, "storage_mounts[0].kms_key_arn must be the one of its source (None)"),
        (
            files,
            {"source": pulumi.Output.from_input("fs-1")},
            (
                "storage_mounts[0].source must be the output mount_source of a SharedStorage, an NfsServer or a "
                "DataVolume, got 'fs-1'"
            ),
        ),
    ],
)
def test_a_source_of_another_kind_is_refused_when_it_is_known(make: Any, more: Any, complaint: str) -> None:
    with pytest.raises(InvalidArgs) as caught:
        recording(by_source(make, more))
    assert str(caught.value).startswith(f"Machine: {complaint}")

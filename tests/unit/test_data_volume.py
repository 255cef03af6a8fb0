import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components._args import InvalidArgs
from components._mounting import SCRIPTS
from components.data_volume import DataVolume
from rehearsal.recorder import Recording
from tests.recording import recording

ACCOUNT = "123456789012"
COMPONENT = "elasticweb:index:DataVolume"
IDENTITY = "elasticweb/test/data"


def volume(*, preview: bool = False, owner: str | None = None, **more: Any) -> Recording:
    """Record a volume, its mount exported as a stack output."""

    args: Any = {"availability_zone": "eu-central-1a", **more}

    def program() -> None:
        made = DataVolume("data", args)
        pulumi.export("mount", made.attach("/data", owner))

    return recording(program, preview=preview)


def refused(more: Any, name: str = "data") -> str:
    """Return the one line, after making sure that nothing was registered before it."""
    messages: list[str] = []
    args: Any = {"availability_zone": "eu-central-1a", **more}

    def program() -> None:
        with pytest.raises(InvalidArgs) as raised:
            DataVolume(name, args)
        messages.append(str(raised.value))

    assert [r.type for r in recording(program).resources] == ["pulumi:pulumi:Stack"]
    assert "\n" not in messages[0]
    return messages[0]


@pytest.mark.parametrize("preview", [False, True])
def test_a_volume_comes_with_its_snapshots(preview: bool) -> None:
    recorded = volume(preview=preview)

    assert Counter(r.type for r in recorded.resources if r.custom) == {
        "aws:ebs/volume:Volume": 1,
        "aws:iam/role:Role": 1,
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
        "aws:dlm/lifecyclePolicy:LifecyclePolicy": 1,
    }
    assert {r.parent for r in recorded.resources if r.custom} == {recorded.one(COMPONENT).urn}
    assert all(r.name.startswith("data-") for r in recorded.resources if r.custom)


def test_the_volume_is_encrypted_gp3_and_as_large_and_fast_as_asked() -> None:
    plain = volume().one("ebs/volume:Volume").inputs
    assert {key: plain[key] for key in ("availabilityZone", "type", "size", "encrypted")} == {
        "availabilityZone": "eu-central-1a",
        "type": "gp3",
        "size": 20,
        "encrypted": True,
    }
    assert plain.keys().isdisjoint({"iops", "throughput", "kmsKeyId"})
    fast = volume(volume={"size_gib": 100, "iops": 6000, "throughput": 500}, kms_key_arn="arn:key")
    inputs = fast.one("ebs/volume:Volume").inputs
    assert {key: inputs[key] for key in ("size", "iops", "throughput", "kmsKeyId")} == {
        "size": 100,
        "iops": 6000,
        "throughput": 500,
        "kmsKeyId": "arn:key",
    }


def test_a_volume_is_kept_and_leaves_a_final_snapshot() -> None:
    kept = volume().one("ebs/volume:Volume")

    assert (kept.options["protect"], kept.options["retainOnDelete"]) == (True, True)
    assert kept.inputs["finalSnapshot"] is True


def test_a_disposable_volume_goes_without_trace() -> None:
    recorded = volume(disposable=True)

    assert not [r.name for r in recorded.resources if r.options.get("protect") or r.options.get("retainOnDelete")]
    assert recorded.one("ebs/volume:Volume").inputs["finalSnapshot"] is False


def test_snapshots_are_taken_of_this_volume_only_on_time_and_kept_as_long_as_asked() -> None:
    spec = {"snapshot_interval_hours": 12, "snapshot_time": "01:30", "snapshots_kept": 60}
    recorded = volume(volume=spec)

    policy = recorded.one("dlm/lifecyclePolicy:LifecyclePolicy").inputs
    assert policy["state"] == "ENABLED"
    assert policy["policyDetails"] == {
        "resourceTypes": ["VOLUME"],
        "targetTags": {"elasticweb:snapshots": IDENTITY},
        "schedules": [
            {
                "name": "scheduled",
                "createRule": {"interval": 12, "intervalUnit": "HOURS", "times": "01:30"},
                "retainRule": {"count": 60},
                "copyTags": True,
            }
        ],
    }
    assert recorded.one("ebs/volume:Volume").inputs["tags"]["elasticweb:snapshots"] == IDENTITY
    defaults = volume().one("dlm/lifecyclePolicy:LifecyclePolicy").inputs["policyDetails"]["schedules"][0]
    assert defaults["createRule"] == {"interval": 24, "intervalUnit": "HOURS", "times": "03:00"}
    assert defaults["retainRule"] == {"count": 14}


def test_the_snapshot_role_is_for_data_lifecycle_manager_in_this_account_and_ready_before_the_policy() -> None:
    recorded = volume()

    role = recorded.one("iam/role:Role")
    assert json.loads(role.inputs["assumeRolePolicy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "dlm.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:dlm:eu-central-1:{ACCOUNT}:policy/*"},
            },
        }
    ]
    attachment = recorded.one("iam/rolePolicyAttachment:RolePolicyAttachment")
    managed = "arn:aws:iam::aws:policy/service-role/AWSDataLifecycleManagerServiceRole"
    assert attachment.inputs["policyArn"] == managed
    assert attachment.urn in recorded.one("dlm/lifecyclePolicy:LifecyclePolicy").dependencies


@pytest.mark.parametrize(("file_system", "tools"), [("xfs", ["xfsprogs"]), ("ext4", ["e2fsprogs"])])
def test_the_mount_attaches_exactly_this_volume_to_instances_that_are_meant_to_have_it(
    file_system: str, tools: list[str]
) -> None:
    recorded = volume(owner="apache:apache", volume={"file_system": file_system})
    made = recorded.one("ebs/volume:Volume")
    mount: Any = recorded.stack_outputs["mount"]

    setup = mount.pop("setup")
    assert mount == {
        "name": "data",
        "path": "/data",
        "type": file_system,
        "source": "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_" + made.id.replace("-", ""),
        "options": "defaults,nofail,nosuid,nodev,x-systemd.growfs",
        "owner": "apache:apache",
        "packages": {"al2023": ["awscli-2", *tools], "ubuntu": ["curl", *tools]},
        "statements": [
            {"actions": ["ec2:AttachVolume"], "resources": [made.outputs["arn"]]},
            {
                "actions": ["ec2:AttachVolume"],
                "resources": [made.outputs["arn"].rsplit(":", 1)[0] + ":instance/*"],
                "conditions": {"StringEquals": {"ec2:ResourceTag/elasticweb:attaches": IDENTITY}},
            },
            {"actions": ["ec2:DescribeVolumes"], "resources": ["*"]},
        ],
    }
    assert setup["al2023"] == setup["ubuntu"]
    assert setup["al2023"][0].splitlines()[0].startswith("mkdir -p ")
    assert f"attach-volume.sh {made.id} {file_system}\n" in setup["al2023"][0]


def test_outputs_name_what_was_made() -> None:
    recorded = volume()
    made, policy = recorded.one("ebs/volume:Volume"), recorded.one("dlm/lifecyclePolicy:LifecyclePolicy")

    outputs = dict(recorded.one(COMPONENT).outputs)
    assert json.loads(outputs.pop("mount_source"))["volume_id"] == made.id
    assert outputs == {
        "volume_id": made.id,
        "volume_arn": made.outputs["arn"],
        "availability_zone": "eu-central-1a",
        "snapshot_policy_id": policy.id,
        "snapshot_policy_arn": policy.outputs["arn"],
        "instance_tags": {"elasticweb:attaches": f"elasticweb/test/{made.name.removesuffix('-volume')}"},
    }


def test_tags_reach_everything_that_takes_them() -> None:
    recorded = volume(tags={"team": "web"})

    for resource in recorded.resources:
        if resource.custom and "Attachment" not in resource.type:
            assert resource.inputs["tags"]["team"] == "web", resource.type


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"size_gib": 0}, "volume.size_gib must be between 1 and 65536 GiB, got 0"),
        ({"iops": 2999}, "volume.iops must be between 3000 and 80000, got 2999"),
        ({"size_gib": 10, "iops": 5001}, "volume.iops must be at most 5000 (500 per GiB), got 5001"),
        ({"throughput": 124}, "volume.throughput must be between 125 and 2000 MiB/s, got 124"),
        ({"throughput": 751}, "volume.throughput must be at most a quarter of volume.iops (750), got 751"),
        (
            {"snapshot_interval_hours": 5},
            "volume.snapshot_interval_hours must be one of 1, 2, 3, 4, 6, 8, 12, 24, got 5",
        ),
        ({"snapshot_time": "24:00"}, "volume.snapshot_time must be hh:mm in UTC, such as 03:00, got '24:00'"),
        ({"snapshots_kept": 0}, "volume.snapshots_kept must be between 1 and 1000, got 0"),
        ({"file_system": "btrfs"}, "volume.file_system must be one of xfs, ext4, got 'btrfs'"),
    ],
)
def test_wrong_arguments_are_one_line_before_anything_is_registered(spec: Any, message: str) -> None:
    assert refused({"volume": spec}) == f"DataVolume: {message}"


def test_small_volumes_have_the_basic_performance() -> None:
    assert volume(volume={"size_gib": 1, "iops": 3000, "throughput": 750}).one("ebs/volume:Volume")


def test_a_name_that_auto_naming_would_make_too_long_is_refused() -> None:
    assert "is too long for an IAM role" in refused({}, name="x" * 50)


def test_a_mount_elsewhere_or_for_a_strange_owner_is_refused() -> None:
    messages: list[str] = []

    def program() -> None:
        made = DataVolume("data", {"availability_zone": "eu-central-1a"})
        for path, owner in (("data", None), ("/data", "apache")):
            with pytest.raises(InvalidArgs) as raised:
                made.attach(path, owner)
            messages.append(str(raised.value))

    recording(program)
    assert "the mount path must be absolute" in messages[0]
    assert messages[1] == "DataVolume: owner of /data must be user:group, such as apache:apache, got 'apache'"


# What the server runs, against a stand-in for AWS and the kernel that keeps their state in files.

VOLUME = "vol-0123456789abcdef0"
ME = "i-0aaaaaaaaaaaaaaaa"
OTHER = "i-0bbbbbbbbbbbbbbbb"

# Every stand-in is this script under another name. $WORLD/count numbers the calls; KILL="N before|during|after"
# ends the whole process group at the Nth, as a power cut would.
STAND_IN = r"""#!/bin/bash
name=${0##*/}
cd "$WORLD"
echo "$name $*" >> log
count=$(( $(<count) + 1 )); echo "$count" > count
cut() { if [ "$KILL" = "$count $1" ]; then kill -9 0; fi; }
disk() { . ./disk; }
save() { printf 'type=%q label=%q complete=%q data=%q size=%q\n' "$type" "$label" "$complete" "$data" "$size" > disk; }
cut before
case $name in
  curl)
    case "$*" in
      *latest/api/token*) echo token ;;
      *X-aws-ec2-metadata-token:\ token*instance-id*) echo i-0aaaaaaaaaaaaaaaa ;;
      *X-aws-ec2-metadata-token:\ token*placement/region*) echo eu-central-1 ;;
      *) exit 22 ;;
    esac ;;
  aws)
    if [ "$AWS_DEFAULT_REGION" != eu-central-1 ]; then exit 253; fi
    read -r state holder attachment < volume
    case $2 in
      describe-volumes)
        if [ -e denied ]; then rm denied; exit 254; fi
        printf '%s\t%s\t%s\n' "$state" "$holder" "$attachment"
        case $attachment in
          attaching) echo "$state $holder attached" > volume; truncate -s 2M "devices/$DEVICE" ;;
          leaving) echo "available None None" > volume ;;
        esac ;;
      attach-volume)
        case "$*" in *"/dev/sdp"*) if [ -e sdp-taken ]; then exit 254; fi ;; esac
        if [ "$state" != available ]; then exit 254; fi
        echo "in-use i-0aaaaaaaaaaaaaaaa attaching" > volume ;;
    esac ;;
  blkid)
    disk
    if [ -z "$type" ]; then exit 2; fi
    if [ "$type" = partitions ]; then echo "PTTYPE=gpt"; exit 0; fi
    echo "DEVNAME=x"; echo "LABEL=$label"; echo "TYPE=$type" ;;
  mkfs.*)
    disk
    case " $* " in *" -f "* | *" -F "*) ;; *) if [ -n "$type" ]; then exit 1; fi ;; esac
    while [ "$1" != -L ]; do shift; done
    type=${name#mkfs.} label=$2 complete=no data= size=20
    save; cut during
    complete=yes; save ;;
  xfs_admin | e2label)
    disk
    if [ "$complete" != yes ]; then exit 1; fi
    label=ew-data; save ;;
  findmnt) if [ -s mounted ]; then head -n 1 mounted; else exit 1; fi ;;
  mount)
    disk
    if [ "$complete" != yes ] || [ "$label" = ew-making ] || [ "$2" != "$type" ]; then exit 32; fi
    echo "${*: -1}" > mounted ;;
  umount) : > mounted ;;
  blockdev) stat --dereference --format=%s "$2" ;;
  xfs_growfs | resize2fs)
    if [ ! -s mounted ] || [ -e cannot-grow ]; then exit 1; fi
    disk; size=$(<size); save ;;
esac
cut after
exit 0
"""

STAND_INS = (
    *("curl", "aws", "blkid", "mkfs.xfs", "mkfs.ext4", "xfs_admin", "e2label", "findmnt", "mount", "umount"),
    *("xfs_growfs", "resize2fs", "e2fsck", "blockdev", "sleep"),
)
REAL = ("bash", "cat", "cmp", "dirname", "head", "mkdir", "readlink", "rm", "sed", "stat", "sync", "truncate")


class World:
    """One volume, one instance and what the script may ask of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "bin").mkdir(parents=True)
        (root / "devices").mkdir()
        for name in STAND_INS:
            stand_in = root / "bin" / name
            stand_in.write_text(STAND_IN)
            stand_in.chmod(0o755)
        for name in REAL:
            (root / "bin" / name).symlink_to(str(shutil.which(name)))
        self.write(log="", count="0", size="20", mounted="", volume="available None None")
        self.disk()

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.root / name).write_text(text)

    def read(self, name: str) -> str:
        return (self.root / name).read_text().strip()

    def disk(self, kind: str = "", label: str = "", data: str = "", *, complete: str = "yes") -> None:
        self.write(disk=f"type={kind} label={label} complete={complete} data={data} size=20\n")

    def content(self) -> dict[str, str]:
        return dict(word.split("=", 1) for word in self.read("disk").replace("''", "").split())

    @property
    def device(self) -> str:
        return "nvme-Amazon_Elastic_Block_Store_" + VOLUME.replace("-", "")

    def run(self, file_system: str = "xfs", kill: str = "") -> subprocess.CompletedProcess[str]:
        self.write(count="0")
        return subprocess.run(
            [str(self.root / "bin/bash"), str(SCRIPTS / "attach-volume.sh"), VOLUME, file_system],
            env={
                "PATH": str(self.root / "bin"),
                "WORLD": str(self.root),
                "DEVICE": self.device,
                "KILL": kill,
                "ELASTICWEB_DEVICES": str(self.root / "devices"),
                "ELASTICWEB_RUN": str(self.root / "run"),
                "ELASTICWEB_STATE": str(self.root / "state"),
            },
            start_new_session=True,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def calls(self, *names: str) -> list[str]:
        return [line for line in self.read("log").splitlines() if line.split()[0] in names]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "world")


def ready(kind: str, data: str = "") -> dict[str, str]:
    return {"type": kind, "label": "ew-data", "complete": "yes", "data": data, "size": "20"}


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
def test_a_new_volume_is_attached_and_formatted_once(world: World, kind: str) -> None:
    for _ in range(2):
        result = world.run(kind)
        assert result.returncode == 0, result.stderr
        assert world.read("volume") == f"in-use {ME} attached"
        assert world.content() == ready(kind)
        assert world.read("mounted") == ""
    assert len(world.calls(f"mkfs.{kind}")) == 1
    assert len([call for call in world.calls("aws") if "attach-volume" in call]) == 1


def test_a_volume_with_data_is_never_formatted(world: World) -> None:
    world.disk("xfs", "theirs", "precious")

    assert world.run().returncode == 0
    assert world.content() == {"type": "xfs", "label": "theirs", "complete": "yes", "data": "precious", "size": "20"}
    assert world.calls("mkfs.xfs", "mkfs.ext4", "xfs_admin", "e2label") == []


@pytest.mark.parametrize(
    ("kind", "message"),
    [("ext4", "holds ext4 (blkid: 0), not xfs"), ("partitions", "holds something unknown (blkid: 0), not xfs")],
)
def test_a_volume_with_something_else_is_refused_and_left_alone(world: World, kind: str, message: str) -> None:
    world.disk(kind, "", "precious")

    result = world.run()
    assert result.returncode == 1
    assert result.stderr == f"elasticweb: {world.root}/devices/{world.device} {message}: left alone\n"
    assert world.content()["data"] == "precious"
    assert world.calls("mkfs.xfs", "mount") == []


def test_a_device_that_cannot_be_read_does_not_count_as_empty(world: World) -> None:
    world.write(volume=f"in-use {ME} attached")
    (world.root / "devices" / world.device).mkdir()

    result = world.run()
    assert result.returncode == 1
    assert "cannot be read" in result.stderr
    assert world.calls("mkfs.xfs") == []


@pytest.mark.parametrize("holder", [OTHER, ME])
def test_a_volume_that_is_just_being_let_go_is_waited_for(world: World, holder: str) -> None:
    world.disk("xfs", "ew-data", "precious")
    world.write(volume=f"in-use {holder} leaving")

    assert world.run().returncode == 0
    assert world.read("volume") == f"in-use {ME} attached"
    assert world.content()["data"] == "precious"
    assert "detach" not in world.read("log")


def test_a_volume_that_is_held_for_good_is_given_up_and_never_taken_by_force(world: World) -> None:
    world.write(volume=f"in-use {OTHER} attached")

    result = world.run()
    assert result.returncode == 1
    message = f"{VOLUME} is still in-use (held by {OTHER}, attached), not attached to {ME}"
    assert result.stderr == f"attach-volume: {message}\n"
    assert len(world.calls("sleep")) == 180
    assert [call for call in world.calls("aws") if "describe-volumes" not in call] == []


def test_permissions_that_arrive_late_and_device_names_that_are_taken_are_tried_again(world: World) -> None:
    world.write(denied="")
    (world.root / "sdp-taken").touch()

    assert world.run().returncode == 0
    names = [call.split("--device ")[1] for call in world.calls("aws") if "attach-volume" in call]
    assert names[-1] != "/dev/sdp"
    assert world.read("volume") == f"in-use {ME} attached"


def test_a_grown_volume_gets_a_grown_file_system(world: World) -> None:
    assert world.run().returncode == 0
    world.write(size="40")

    assert world.run().returncode == 0
    assert world.content()["size"] == "40"
    assert world.read("mounted") == ""


def test_a_volume_that_cannot_be_grown_is_an_error_and_not_left_mounted_elsewhere(world: World) -> None:
    (world.root / "cannot-grow").touch()

    assert world.run().returncode == 1
    assert world.read("mounted") == ""


def test_a_volume_in_use_is_grown_where_it_is(world: World) -> None:
    assert world.run().returncode == 0
    world.write(size="40", mounted="/data\n", log="")

    assert world.run().returncode == 0
    assert world.calls("mount", "umount") == []
    assert world.calls("xfs_growfs") == ["xfs_growfs /data"]
    assert world.content()["size"] == "40"


def cuts(directory: Path, kind: str) -> Iterator[str]:
    """Every place at which an undisturbed first run can be cut."""
    world = World(directory)
    assert world.run(kind).returncode == 0
    calls = world.read("log").splitlines()
    assert len(calls) > 10
    for number, call in enumerate(calls, start=1):
        for moment in ("before", "during", "after"):
            if moment != "during" or call.startswith("mkfs."):
                yield f"{number} {moment}"


@pytest.mark.parametrize("kind", ["xfs", "ext4"])
@pytest.mark.parametrize("data", ["", "precious"])
def test_a_power_cut_at_any_step_ends_in_a_whole_file_system(tmp_path: Path, kind: str, data: str) -> None:
    killed = 0
    for cut in cuts(tmp_path / "undisturbed", kind):
        world = World(tmp_path / cut.replace(" ", "-"))
        if data:
            world.disk(kind, "ew-data", data)
        killed += world.run(kind, kill=cut).returncode == -9

        result = world.run(kind)
        assert result.returncode == 0, (cut, result.stderr)
        assert world.content() == ready(kind, data), cut
        assert world.read("volume") == f"in-use {ME} attached", cut
        assert world.read("mounted") == "", cut
        if data:
            assert world.calls("mkfs.xfs", "mkfs.ext4") == [], cut
    assert killed > 20


def test_what_a_server_wrote_after_the_first_run_survives_a_cut_in_the_second(tmp_path: Path) -> None:
    for number in range(1, 12):
        world = World(tmp_path / str(number))
        assert world.run().returncode == 0
        world.disk("xfs", "ew-data", "precious")
        world.run(kill=f"{number} after")

        assert world.run().returncode == 0
        assert world.content() == ready("xfs", "precious")
        assert len(world.calls("mkfs.xfs")) == 1


E2FSPROGS = ("blkid", "mkfs.ext4", "e2label", "resize2fs")
SYSTEM = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


@pytest.mark.skipif(
    any(shutil.which(tool, path=SYSTEM) is None for tool in E2FSPROGS), reason="needs e2fsprogs and util-linux"
)
def test_real_tools_agree_about_an_empty_volume_a_half_made_one_and_a_grown_one(world: World) -> None:
    device = world.root / "devices" / world.device
    world.write(volume=f"in-use {ME} attached")
    with device.open("wb") as file:
        file.truncate(16 << 20)
    for tool in E2FSPROGS:
        (world.root / "bin" / tool).unlink()
        (world.root / "bin" / tool).symlink_to(str(shutil.which(tool, path=SYSTEM)))
    # There is nothing to mount a regular file with; resize2fs grows it unmounted.
    (world.root / "bin/mount").write_text("#!/bin/bash\n")

    def label() -> str:
        tool = str(world.root / "bin/e2label")
        return subprocess.run([tool, str(device)], capture_output=True, text=True, check=True).stdout.strip()

    def blocks() -> int:
        with device.open("rb") as file:
            file.seek(1024 + 4)
            return int.from_bytes(file.read(4), "little")

    def uuid() -> bytes:
        with device.open("rb") as file:
            file.seek(1024 + 0x68)
            return file.read(16)

    first = world.run("ext4")
    assert (first.returncode, label()) == (0, "ew-data"), first.stderr
    made, small = uuid(), blocks()
    os.truncate(device, 64 << 20)
    assert world.run("ext4").returncode == 0
    assert (uuid(), label()) == (made, "ew-data")
    assert blocks() == 4 * small
    assert "not xfs: left alone" in world.run("xfs").stderr
    assert uuid() == made
    subprocess.run([str(world.root / "bin/e2label"), str(device), "ew-making"], check=True)
    assert world.run("ext4").returncode == 0
    assert uuid() != made
    assert label() == "ew-data"


def test_a_volume_is_watched_for_a_shrink_in_previews_too() -> None:
    hooks = volume().one("ebs/volume:Volume").options["hooks"]

    assert hooks == ["data-volume-only-grows"]

"""Shared files in EFS, on an NFS server, in two places at once; and what each kind is refused for."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components import InvalidArgs, MountWith, SharedStorage, StorageUse
from components._mounting import SCRIPTS
from rehearsal.recorder import Recording
from tests.recording import recording

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
EFS_CHILDREN = {
    "aws:efs/fileSystem:FileSystem": 1,
    "aws:efs/fileSystemPolicy:FileSystemPolicy": 1,
    "aws:efs/backupPolicy:BackupPolicy": 1,
    "aws:efs/accessPoint:AccessPoint": 1,
    "aws:ec2/securityGroup:SecurityGroup": 1,
    "aws:efs/mountTarget:MountTarget": 2,
}
ZONES = ["eu-central-1a", "eu-central-1b"]


def arguments(storage: Any, **more: Any) -> Any:
    return {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "storage": storage, **more}


def share(storage: Any, *, preview: bool = False, read_only: bool = False, **more: Any) -> Recording:
    def program() -> None:
        made = SharedStorage("web-files", arguments(storage, **more))
        pulumi.export("mount", made.mount("/var/www/files", read_only=read_only))
        pulumi.export("mounts", made.mounts("/var/www/files"))

    return recording(program, preview=preview)


def efs(preview: bool = False, read_only: bool = False, more: Any = None, **spec: Any) -> Recording:
    storage = {"mount_with": "efs", "efs": spec} if spec else {"mount_with": "efs"}
    return share({**storage}, preview=preview, read_only=read_only, **(more or {}))


def refused(storage: Any, **more: Any) -> str:
    messages: list[str] = []

    def program() -> None:
        with pytest.raises(InvalidArgs) as raised:
            SharedStorage("web-files", arguments(storage, **more))
        messages.append(str(raised.value))

    assert [r.type for r in recording(program).resources] == ["pulumi:pulumi:Stack"]
    assert "\n" not in messages[0]
    return messages[0]


@pytest.mark.parametrize("preview", [False, True])
def test_efs_is_a_file_system_with_its_ways_in_and_no_bucket(preview: bool) -> None:
    recorded = efs(preview=preview)

    assert Counter(r.type for r in recorded.resources if r.custom) == EFS_CHILDREN
    assert {t.inputs["subnetId"] for t in recorded.all("efs/mountTarget:MountTarget")} == {"subnet-a", "subnet-b"}


def test_efs_is_encrypted_elastic_and_moves_what_nobody_reads_to_cheaper_storage() -> None:
    inputs = efs(more={"kms_key_arn": KEY}).one("efs/fileSystem:FileSystem").inputs
    assert (inputs["encrypted"], inputs["kmsKeyId"], inputs["throughputMode"]) == (True, KEY, "elastic")
    assert inputs["lifecyclePolicies"] == [
        {"transitionToIa": "AFTER_30_DAYS"},
        {"transitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]
    assert "kmsKeyId" not in efs().one("efs/fileSystem:FileSystem").inputs


@pytest.mark.parametrize(
    ("spec", "policies"),
    [
        ({"infrequent_access_days": 0}, []),
        ({"infrequent_access_days": 1, "back_on_access": False}, [{"transitionToIa": "AFTER_1_DAY"}]),
        (
            {"archive_days": 90, "back_on_access": False},
            [{"transitionToIa": "AFTER_30_DAYS"}, {"transitionToArchive": "AFTER_90_DAYS"}],
        ),
    ],
)
def test_efs_keeps_files_where_it_is_told_to(spec: Any, policies: Any) -> None:
    # The API takes one transition per policy.
    assert efs(**spec).one("efs/fileSystem:FileSystem").inputs.get("lifecyclePolicies", []) == policies


def test_efs_has_the_throughput_that_is_provisioned() -> None:
    inputs = efs(provisioned_throughput_mibps=64).one("efs/fileSystem:FileSystem").inputs
    assert (inputs["throughputMode"], inputs["provisionedThroughputInMibps"]) == ("provisioned", 64)


def test_efs_is_backed_up_and_found_by_backups() -> None:
    recorded = efs()
    assert recorded.one("efs/backupPolicy:BackupPolicy").inputs["backupPolicy"] == {"status": "ENABLED"}
    assert recorded.one("efs/fileSystem:FileSystem").inputs["tags"]["elasticweb:data"] == "elasticweb/test"
    without = efs(automatic_backups=False).one("efs/backupPolicy:BackupPolicy")
    assert without.inputs["backupPolicy"] == {"status": "DISABLED"}


def test_efs_lets_nobody_in_without_tls_and_a_role() -> None:
    recorded = efs()
    policy = recorded.one("efs/fileSystemPolicy:FileSystemPolicy")
    arn = recorded.one("efs/fileSystem:FileSystem").outputs["arn"]
    (statement,) = json.loads(policy.inputs["policy"])["Statement"]
    # With a policy, anonymous clients need an Allow; there is none.
    assert statement == {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "*",
        "Resource": arn,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    for target in recorded.all("efs/mountTarget:MountTarget"):
        assert policy.urn in target.dependencies
        assert target.options["deleteBeforeReplace"] is True
    group = recorded.one("ec2/securityGroup:SecurityGroup").inputs
    assert "ingress" not in group
    assert "egress" not in group


@pytest.mark.parametrize("read_only", [False, True])
def test_efs_is_mounted_by_tls_and_iam_as_the_web_servers_user(read_only: bool) -> None:
    storage = {"mount_with": "efs", "prefix": "sites/a/", "user_id": 33, "group_id": 34}
    recorded = share(storage, read_only=read_only)
    point, system = recorded.one("efs/accessPoint:AccessPoint"), recorded.one("efs/fileSystem:FileSystem")
    assert point.inputs["posixUser"] == {"uid": 33, "gid": 34}
    assert point.inputs["rootDirectory"] == {
        "path": "/sites/a",
        "creationInfo": {"ownerUid": 33, "ownerGid": 34, "permissions": "0755"},
    }
    mount = recorded.stack_outputs["mount"]
    setup = mount.pop("setup")
    write = [] if read_only else ["elasticfilesystem:ClientWrite"]
    assert mount == {
        "name": "web-files",
        "path": "/var/www/files",
        "type": "efs",
        "source": system.id,
        "options": f"_netdev,nofail,nosuid,nodev,{'ro,' if read_only else ''}tls,iam,accesspoint={point.id}",
        "packages": {"al2023": ["amazon-efs-utils"], "ubuntu": ["curl", "nfs-common"]},
        "setup_in_image": True,
        "statements": [
            {
                "actions": ["elasticfilesystem:ClientMount", *write],
                "resources": [system.outputs["arn"]],
                "conditions": {"StringEquals": {"elasticfilesystem:AccessPointArn": point.outputs["arn"]}},
            }
        ],
        "connection": {
            "name": "web-files",
            "security_group_id": recorded.one("ec2/securityGroup:SecurityGroup").id,
            "port": 2049,
        },
    }
    assert [command for commands in setup.values() for command in commands if "efs-client.sh" not in command] == []
    assert setup.keys() == {"ubuntu"}


def test_efs_and_what_keeps_it_closed_outlive_the_stack_unless_disposable() -> None:
    recorded = efs()
    assert {r.type for r in recorded.resources if r.options.get("protect")} == {"aws:efs/fileSystem:FileSystem"}
    assert {r.type for r in recorded.resources if r.options.get("retainOnDelete")} == {
        "aws:efs/fileSystem:FileSystem",
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        "aws:efs/backupPolicy:BackupPolicy",
    }
    gone = efs(more={"disposable": True})
    assert not [r.name for r in gone.resources if r.options.get("protect") or r.options.get("retainOnDelete")]


def test_an_nfs_server_is_made_with_what_the_files_are_told() -> None:
    storage = {"mount_with": "nfs_server", "user_id": 33, "nfs_server": {"volume": {"size_gib": 100}}}
    recorded = share(storage, availability_zones=ZONES, kms_key_arn=KEY, alarm_topic_arn="arn:aws:sns:x:1:t")

    server = recorded.one("elasticweb:index:NfsServer")
    assert server.parent == recorded.one("elasticweb:index:SharedStorage").urn
    volume = recorded.one("ebs/volume:Volume").inputs
    assert (volume["size"], volume["kmsKeyId"], volume["availabilityZone"]) == (100, KEY, "eu-central-1a")
    assert recorded.one("cloudwatch/metricAlarm:MetricAlarm").inputs["okActions"] == ["arn:aws:sns:x:1:t"]
    assert not recorded.all("s3/bucket:Bucket")
    mount = recorded.stack_outputs["mount"]
    outputs = recorded.one("elasticweb:index:SharedStorage").outputs
    assert (mount["type"], mount["source"]) == ("nfs4", f"{outputs['host']}:/")
    assert mount["connection"]["security_group_id"] == outputs["security_group_id"]
    assert outputs["volume_id"] == recorded.one("ebs/volume:Volume").id
    assert outputs["bucket_name"] == ""


@pytest.mark.parametrize("kind", list(MountWith))
@pytest.mark.parametrize("preview", [False, True])
def test_what_is_beside_is_mounted_beside_and_holds_nothing_up(kind: MountWith, preview: bool) -> None:
    other = MountWith.EFS if kind is MountWith.S3_FILES else MountWith.S3_FILES
    recorded = share({"mount_with": kind.value, "beside": other.value}, availability_zones=ZONES, preview=preview)

    first, second = recorded.stack_outputs["mounts"]
    assert (first["name"], first["path"]) == ("web-files", "/var/www/files")
    assert (second["name"], second["path"]) == ("web-files-beside", "/var/www/files-beside")
    assert first["type"] != second["type"]
    assert recorded.one("elasticweb:index:SharedStorage").outputs["beside_source"] or preview
    # S3 Files and Mountpoint share the bucket.
    assert len(recorded.all("s3/bucket:Bucket")) == 1


def test_both_places_stay_the_same_resources_when_they_are_swapped() -> None:
    def urns(**storage: str) -> set[str]:
        recorded = share(storage, availability_zones=ZONES)
        return {r.urn for r in recorded.resources}

    before, after = urns(mount_with="s3_files", beside="efs"), urns(mount_with="efs", beside="s3_files")
    assert before == after
    assert urns() < before
    assert urns(mount_with="efs") < after


WRITERS = set(StorageUse) - {StorageUse.READ_MOSTLY, StorageUse.DATABASE_FILES}


@pytest.mark.parametrize("use", sorted(WRITERS))
def test_mountpoint_is_refused_for_what_it_cannot_do_with_reason_and_alternative(use: StorageUse) -> None:
    said = refused({"mount_with": "mountpoint", "uses": ["read_mostly", use.value]})
    assert said.startswith(
        f"SharedStorage: storage.uses[1] must not be {use.value} with mount_with mountpoint, which cannot "
    )
    assert said.endswith("; use mount_with s3_files, efs or nfs_server")


def test_the_reason_names_what_is_missing() -> None:
    assert "cannot rename files or set owners and modes;" in refused({"mount_with": "mountpoint", "uses": ["uploads"]})
    assert "cannot append to files;" in refused({"mount_with": "mountpoint", "uses": ["logs"]})
    assert "cannot change files in place or lock files;" in refused({"mount_with": "mountpoint", "uses": ["sessions"]})


@pytest.mark.parametrize("kind", sorted(MountWith))
def test_no_share_is_fit_for_the_files_of_a_database(kind: str) -> None:
    assert refused({"mount_with": kind, "uses": ["database_files"]}, availability_zones=ZONES).endswith(
        f"must not be database_files with mount_with {kind}, which cannot share memory between servers; keep the data "
        "in the database"
    )


@pytest.mark.parametrize("kind", ["s3_files", "efs", "nfs_server"])
def test_nfs_is_fit_for_everything_else(kind: str) -> None:
    uses = sorted(use.value for use in WRITERS | {StorageUse.READ_MOSTLY})
    assert share({"mount_with": kind, "uses": uses}, availability_zones=ZONES).one("index:SharedStorage")
    assert share({"mount_with": "mountpoint", "uses": ["read_mostly"]}).one("index:SharedStorage")


EFS = "SharedStorage: storage.efs."


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        (
            {"uses": ["mail"]},
            (
                "SharedStorage: storage.uses[0] must be one of read_mostly, uploads, generated, cache, sessions, logs, "
                "releases, database_files, got 'mail'"
            ),
        ),
        (
            {"beside": "s3_files"},
            "SharedStorage: storage.beside must be another kind than mount_with, got s3_files twice",
        ),
        ({"efs": {}}, "SharedStorage: storage.efs must be left out unless mount_with or beside is efs"),
        (
            {"nfs_server": {}},
            "SharedStorage: storage.nfs_server must be left out unless mount_with or beside is nfs_server",
        ),
        (
            {"mount_with": "nfs_server"},
            "SharedStorage: availability_zones must name the zones of subnet_ids for an nfs_server",
        ),
        (
            {"mount_with": "efs", "efs": {"provisioned_throughput_mibps": 0}},
            f"{EFS}provisioned_throughput_mibps must be between 1 and 3414 MiB/s, got 0",
        ),
        (
            {"mount_with": "efs", "efs": {"infrequent_access_days": 10}},
            f"{EFS}infrequent_access_days must be one of 1, 7, 14, 30, 60, 90, 180, 270, 365, or 0 for never, got 10",
        ),
        (
            {"mount_with": "efs", "efs": {"archive_days": 30}},
            f"{EFS}archive_days must be more than infrequent_access_days (30), through which files go, got 30",
        ),
        (
            {"mount_with": "efs", "efs": {"archive_days": 90, "infrequent_access_days": 0}},
            f"{EFS}archive_days must be more than infrequent_access_days (0), through which files go, got 90",
        ),
        (
            {"mount_with": "efs", "efs": {"archive_days": 90, "provisioned_throughput_mibps": 5}},
            (
                f"{EFS}archive_days must be left out with provisioned_throughput_mibps: EFS has an archive with "
                "elastic throughput only, got 90"
            ),
        ),
    ],
)
def test_wrong_arguments_are_one_line_before_anything_is_registered(storage: Any, message: str) -> None:
    assert refused(storage) == message


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"failover_minutes": 1}, "failover_minutes must be between 5 and 1440 minutes, got 1"),
        ({"instance_type": "small"}, "instance_type must be a family and a size, such as t4g.small, got 'small'"),
        ({"volume": {"size_gib": 0}}, "volume.size_gib must be between 1 and 65536 GiB, got 0"),
    ],
)
def test_a_servers_wrong_arguments_are_refused_by_their_own_names(spec: Any, complaint: str) -> None:
    server = {"mount_with": "nfs_server", "nfs_server": spec}
    assert refused(server, availability_zones=ZONES) == f"SharedStorage: storage.nfs_server.{complaint}"


def test_a_server_needs_a_zone_for_every_subnet() -> None:
    said = refused({"mount_with": "nfs_server"}, availability_zones=ZONES[:1])
    assert said == "SharedStorage: availability_zones must be those of subnet_ids (2), got 1"


def efs_client(root: Path, **commands: str) -> subprocess.CompletedProcess[str]:
    """Run the script with nothing on the PATH but what it needs and stand-ins that note their calls."""
    for tool in ("bash", "sh", "mktemp", "rm", "cp"):
        (root / tool).symlink_to(str(shutil.which(tool)))
    for name, body in {"sleep": "", **commands}.items():
        stub = root / name.replace("_", ".")
        stub.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >> {root}/log\n{body}\n')
        stub.chmod(0o755)
    return subprocess.run(
        [str(root / "bash"), str(SCRIPTS / "efs-client.sh")],
        env={"PATH": str(root), "TMPDIR": str(root)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_ubuntu_gets_the_client_of_efs_from_awss_installer_once_the_package_lock_is_free(tmp_path: Path) -> None:
    (tmp_path / "locked").touch()
    installer = f"[ -e {tmp_path}/locked ] && rm {tmp_path}/locked && exit 1; cp {tmp_path}/sleep {tmp_path}/mount.efs"
    fetch = f'while [ "$1" != --output ]; do shift; done; echo "{installer}" > "$2"'

    result = efs_client(tmp_path, curl=fetch)
    assert (result.returncode, result.stderr) == (0, "")
    calls = [line for line in (tmp_path / "log").read_text().splitlines() if line.startswith("curl ")]
    assert len(calls) == 2
    assert calls[0].endswith("https://amazon-efs-utils.aws.com/efs-utils-installer.sh")
    assert not list(tmp_path.glob("tmp.*"))


def test_a_client_of_efs_that_is_there_is_left_alone(tmp_path: Path) -> None:
    assert efs_client(tmp_path, mount_efs="", curl="exit 1").returncode == 0
    assert not (tmp_path / "log").exists()


def test_a_client_of_efs_that_cannot_be_had_is_an_error(tmp_path: Path) -> None:
    result = efs_client(tmp_path, curl="exit 1")
    assert (result.returncode, result.stderr) == (1, "efs-client: amazon-efs-utils could not be installed\n")

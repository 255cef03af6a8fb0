import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components._args import InvalidArgs
from components._mounting import INSTALLED, SCRIPTS, script_command
from components._mounts import Mount
from components.shared_storage import SharedStorage
from rehearsal.recorder import Recording
from tests.recording import recording

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
REGION = "eu-central-1"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234"
COMPONENT = "elasticweb:index:SharedStorage"

BUCKET_CHILDREN = {
    "aws:s3/bucket:Bucket": 1,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 1,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 1,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": 1,
    "aws:s3/bucketVersioning:BucketVersioning": 1,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 1,
    "aws:s3/bucketPolicy:BucketPolicy": 1,
}
FILES_CHILDREN = {
    "aws:iam/role:Role": 1,
    "aws:iam/rolePolicy:RolePolicy": 1,
    "aws:s3/filesFileSystem:FilesFileSystem": 1,
    "aws:s3/filesAccessPoint:FilesAccessPoint": 1,
    "aws:ec2/securityGroup:SecurityGroup": 1,
    "aws:s3/filesMountTarget:FilesMountTarget": 2,
}


def arguments(**more: Any) -> Any:
    return {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], **more}


def storage(*, preview: bool = False, read_only: bool = False, **more: Any) -> Recording:
    """Record a share, its mount exported as a stack output."""

    def program() -> None:
        share = SharedStorage("web-files", arguments(**more))
        pulumi.export("mount", share.mount("/var/www/files", read_only=read_only))

    return recording(program, preview=preview)


def children(recorded: Recording) -> dict[str, int]:
    return Counter(r.type for r in recorded.resources if r.custom)


def mount_of(recorded: Recording) -> Any:
    return recorded.stack_outputs["mount"]


def policy(recorded: Recording, name: str, field: str = "policy") -> Any:
    return json.loads(recorded.named(name).inputs[field])


def refused(args: Any, name: str = "web-files") -> str:
    """Return the one line, after making sure that nothing was registered before it."""
    messages: list[str] = []

    def program() -> None:
        with pytest.raises(InvalidArgs) as raised:
            SharedStorage(name, args)
        messages.append(str(raised.value))

    assert [r.type for r in recording(program).resources] == ["pulumi:pulumi:Stack"]
    assert "\n" not in messages[0]
    return messages[0]


@pytest.mark.parametrize("preview", [False, True])
def test_s3_files_makes_the_bucket_the_file_system_and_a_mount_target_per_subnet(preview: bool) -> None:
    recorded = storage(preview=preview)

    assert children(recorded) == {**BUCKET_CHILDREN, **FILES_CHILDREN}
    component = recorded.one(COMPONENT)
    assert {r.parent for r in recorded.resources if r.custom} == {component.urn}
    assert all(r.name.startswith("web-files-") for r in recorded.resources if r.custom)


@pytest.mark.parametrize("preview", [False, True])
def test_mountpoint_makes_the_bucket_alone(preview: bool) -> None:
    recorded = storage(preview=preview, storage={"mount_with": "mountpoint"})

    assert children(recorded) == BUCKET_CHILDREN


def test_the_bucket_is_private_versioned_encrypted_and_owned_by_its_account() -> None:
    recorded = storage()

    access = recorded.named("web-files-bucket-access").inputs
    assert {access[k] for k in access if k != "bucket"} == {True}
    assert len(access) == 5
    assert recorded.named("web-files-bucket-versioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert recorded.named("web-files-bucket-ownership").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert recorded.named("web-files-bucket-encryption").inputs["rules"] == [
        {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}
    ]


def test_the_bucket_answers_over_tls_only() -> None:
    recorded = storage()
    bucket = recorded.one("s3/bucket:Bucket").outputs["arn"]

    assert policy(recorded, "web-files-bucket-policy")["Statement"] == [
        {
            "Sid": "DenyInsecureTransport",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "s3:*",
            "Resource": [bucket, f"{bucket}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_the_bucket_tidies_up_after_itself() -> None:
    spec = {"noncurrent_version_days": 90, "abandoned_upload_days": 3, "intelligent_tiering_days": 0}
    recorded = storage(storage=spec)

    rules = recorded.named("web-files-bucket-lifecycle").inputs["rules"]
    assert {rule.pop("id"): rule for rule in rules} == {
        "abort-unfinished-uploads": {
            "status": "Enabled",
            "filter": {},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 3},
        },
        "expire-old-versions": {
            "status": "Enabled",
            "filter": {},
            "noncurrentVersionExpiration": {"noncurrentDays": 90},
            "expiration": {"expiredObjectDeleteMarker": True},
        },
        "intelligent-tiering": {
            "status": "Enabled",
            "filter": {},
            "transitions": [{"days": 0, "storageClass": "INTELLIGENT_TIERING"}],
        },
    }
    defaults = storage().named("web-files-bucket-lifecycle").inputs["rules"]
    assert [rule["id"] for rule in defaults] == ["abort-unfinished-uploads", "expire-old-versions"]


def test_an_own_key_encrypts_bucket_and_file_system_and_only_through_s3() -> None:
    recorded = storage(kms_key_arn=KEY)

    assert recorded.named("web-files-bucket-encryption").inputs["rules"] == [
        {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY},
            "bucketKeyEnabled": True,
        }
    ]
    assert recorded.one("s3/filesFileSystem:FilesFileSystem").inputs["kmsKeyId"] == KEY
    statement = policy(recorded, "web-files-files-role-policy")["Statement"][-1]
    assert statement["Resource"] == KEY
    assert statement["Condition"]["StringLike"]["kms:ViaService"] == f"s3.{REGION}.amazonaws.com*"
    assert mount_of(recorded)["statements"][-1] == {
        "actions": ["kms:Decrypt"],
        "resources": [KEY],
        "conditions": {"StringLike": {"kms:ViaService": f"s3.{REGION}.amazonaws.com*"}},
    }
    mountpoint = storage(kms_key_arn=KEY, storage={"mount_with": "mountpoint"})
    assert mount_of(mountpoint)["statements"][-1]["actions"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_what_holds_files_is_kept_and_so_is_what_they_need() -> None:
    recorded = storage()

    protected = {r.name for r in recorded.resources if r.options.get("protect")}
    assert protected == {"web-files-bucket", "web-files-files"}
    retained = {r.type for r in recorded.resources if r.options.get("retainOnDelete")}
    assert retained == {
        *BUCKET_CHILDREN,
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:s3/filesFileSystem:FilesFileSystem",
    }
    assert recorded.one("s3/bucket:Bucket").inputs.get("forceDestroy", False) is False


def test_a_disposable_share_goes_with_its_files() -> None:
    recorded = storage(disposable=True)

    assert not [r.name for r in recorded.resources if r.options.get("protect") or r.options.get("retainOnDelete")]
    assert recorded.one("s3/bucket:Bucket").inputs["forceDestroy"] is True


def test_everything_is_created_and_destroyed_in_an_order_that_aws_accepts() -> None:
    recorded = storage()
    file_system = recorded.one("s3/filesFileSystem:FilesFileSystem")

    needs = set(file_system.dependencies)
    for before in ("versioning", "policy", "access", "ownership", "encryption", "lifecycle"):
        assert recorded.named(f"web-files-bucket-{before}").urn in needs
    assert recorded.named("web-files-files-role-policy").urn in needs
    for after in recorded.all("s3/filesMountTarget:FilesMountTarget"):
        assert file_system.urn in after.dependencies
        assert after.options["deleteBeforeReplace"] is True
    assert file_system.urn in recorded.one("s3/filesAccessPoint:FilesAccessPoint").dependencies
    assert recorded.named("web-files-bucket-access").urn in recorded.named("web-files-bucket-policy").dependencies


def test_who_mounts_waits_for_every_mount_target() -> None:
    waiting: set[str] = set()

    def program() -> None:
        share = SharedStorage("web-files", arguments())
        assert share.file_system_id is not None

        async def collect(output: pulumi.Output[str]) -> None:
            waiting.update([str(await r.urn.future()) for r in await output.resources()])

        pulumi.export("done", pulumi.Output.from_input(collect(share.file_system_id)))

    recorded = recording(program)
    assert {r.urn for r in recorded.all("s3/filesMountTarget:FilesMountTarget")} <= waiting


def test_s3_files_may_touch_this_bucket_and_its_own_event_rules_only() -> None:
    recorded = storage()
    bucket = recorded.one("s3/bucket:Bucket").outputs["arn"]

    assert policy(recorded, "web-files-files-role", "assumeRolePolicy")["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "elasticfilesystem.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ACCOUNT},
                "ArnLike": {"aws:SourceArn": f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system/*"},
            },
        }
    ]
    statements = {s["Sid"]: s for s in policy(recorded, "web-files-files-role-policy")["Statement"]}
    assert {sid: s["Resource"] for sid, s in statements.items()} == {
        "Bucket": bucket,
        "Objects": f"{bucket}/*",
        "ManageItsEventRules": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/DO-NOT-DELETE-S3-Files*",
        "ReadEventRules": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/*",
    }
    assert statements["ManageItsEventRules"]["Condition"] == {
        "StringEquals": {"events:ManagedBy": "elasticfilesystem.amazonaws.com"}
    }
    assert statements["Objects"]["Condition"] == {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}


def test_the_access_point_gives_the_directory_to_its_user() -> None:
    access_point = storage(storage={"prefix": "sites/a/", "user_id": 33}).one("s3/filesAccessPoint:FilesAccessPoint")

    assert access_point.inputs["posixUsers"] == [{"uid": 33, "gid": 33}]
    assert access_point.inputs["rootDirectories"] == [
        {
            "path": "/sites/a",
            "creationPermissions": [{"ownerUid": 33, "ownerGid": 33, "permissions": "0755"}],
        }
    ]


def test_mount_targets_stand_in_the_subnets_behind_a_group_that_lets_nobody_in_by_itself() -> None:
    recorded = storage()
    group = recorded.one("ec2/securityGroup:SecurityGroup")

    targets = recorded.all("s3/filesMountTarget:FilesMountTarget")
    assert {t.name: t.inputs["subnetId"] for t in targets} == {
        "web-files-mount-target-0": "subnet-a",
        "web-files-mount-target-1": "subnet-b",
    }
    assert {tuple(t.inputs["securityGroups"]) for t in targets} == {(group.id,)}
    assert "ingress" not in group.inputs
    assert "egress" not in group.inputs


@pytest.mark.parametrize("read_only", [False, True])
def test_s3_files_is_mounted_through_its_access_point(read_only: bool) -> None:
    recorded = storage(read_only=read_only)
    mount = mount_of(recorded)
    bucket = recorded.one("s3/bucket:Bucket").outputs["arn"]
    file_system = recorded.one("s3/filesFileSystem:FilesFileSystem")
    access_point = recorded.one("s3/filesAccessPoint:FilesAccessPoint")

    setup = mount.pop("setup")
    assert mount.pop("setup_in_image") is True
    assert mount == {
        "name": "web-files",
        "path": "/var/www/files",
        "type": "s3files",
        "source": file_system.id,
        "options": f"_netdev,nofail,nosuid,nodev,{'ro,' if read_only else ''}accesspoint={access_point.id}",
        "packages": {"al2023": ["amazon-efs-utils"], "ubuntu": ["curl", "nfs-common"]},
        "statements": [
            {
                "actions": ["s3files:ClientMount"] if read_only else ["s3files:ClientMount", "s3files:ClientWrite"],
                "resources": [file_system.outputs["arn"]],
                "conditions": {"StringEquals": {"s3files:AccessPointArn": access_point.outputs["arn"]}},
            },
            {"actions": ["s3:GetObject", "s3:GetObjectVersion"], "resources": [f"{bucket}/*"]},
            {"actions": ["s3:ListBucket"], "resources": [bucket]},
        ],
        "connection": {
            "name": "web-files",
            "security_group_id": recorded.one("ec2/securityGroup:SecurityGroup").id,
            "port": 2049,
        },
    }
    assert setup.keys() == {"al2023", "ubuntu"}
    assert all("s3files-client.sh" in command for commands in setup.values() for command in commands)


@pytest.mark.parametrize("read_only", [False, True])
def test_mountpoint_is_mounted_for_its_user_and_may_touch_its_prefix_only(read_only: bool) -> None:
    spec = {"mount_with": "mountpoint", "user_id": 33, "group_id": 34}
    recorded = storage(read_only=read_only, storage=spec)
    mount = mount_of(recorded)
    bucket = recorded.one("s3/bucket:Bucket").outputs
    write = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"]

    setup = mount.pop("setup")
    assert mount.pop("setup_in_image") is True
    mode = "ro" if read_only else "rw,allow-delete,allow-overwrite"
    assert mount == {
        "name": "web-files",
        "path": "/var/www/files",
        "type": "mount-s3",
        "source": f"s3://{bucket['bucket']}/files/",
        "options": f"_netdev,nofail,nosuid,nodev,{mode},allow-other,uid=33,gid=34",
        "packages": {"al2023": ["mount-s3"], "ubuntu": ["curl", "gpg"]},
        "statements": [
            {
                "actions": ["s3:ListBucket"],
                "resources": [bucket["arn"]],
                "conditions": {"StringLike": {"s3:prefix": "files/*"}},
            },
            {"actions": ["s3:GetObject", *([] if read_only else write)], "resources": [f"{bucket['arn']}/files/*"]},
        ],
    }
    assert setup.keys() == {"ubuntu"}


def test_outputs_name_what_was_made() -> None:
    def outputs(**more: Any) -> tuple[Recording, dict[str, Any]]:
        recorded = storage(**more)
        return recorded, recorded.one(COMPONENT).outputs

    recorded, files = outputs()
    assert json.loads(files.pop("mount_source"))["file_system_id"] == files["file_system_id"]
    assert files == {
        "bucket_name": recorded.one("s3/bucket:Bucket").outputs["bucket"],
        "bucket_arn": recorded.one("s3/bucket:Bucket").outputs["arn"],
        "file_system_id": recorded.one("s3/filesFileSystem:FilesFileSystem").id,
        "file_system_arn": recorded.one("s3/filesFileSystem:FilesFileSystem").outputs["arn"],
        "access_point_id": recorded.one("s3/filesAccessPoint:FilesAccessPoint").id,
        "access_point_arn": recorded.one("s3/filesAccessPoint:FilesAccessPoint").outputs["arn"],
        "security_group_id": recorded.one("ec2/securityGroup:SecurityGroup").id,
    }
    _, mountpoint = outputs(storage={"mount_with": "mountpoint"})
    assert {key for key, value in mountpoint.items() if value} == {"bucket_name", "bucket_arn", "mount_source"}


def test_tags_reach_everything_that_takes_them() -> None:
    recorded = storage(tags={"team": "web"})

    untaggable = re.compile(r"s3/bucket[A-Z]|RolePolicy|FilesMountTarget")
    for resource in recorded.resources:
        if resource.custom and not untaggable.search(resource.type):
            assert resource.inputs["tags"]["team"] == "web", resource.type


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"subnet_ids": []}, "SharedStorage: subnet_ids must name at least one subnet, got none"),
        (
            {"storage": {"mount_with": "nfs"}},
            "SharedStorage: storage.mount_with must be one of s3_files, mountpoint, efs, nfs_server, got 'nfs'",
        ),
        (
            {"storage": {"prefix": "/files"}},
            (
                "SharedStorage: storage.prefix must be one to four directories of letters, digits, '.', '_' and '-', "
                "each with its slash and at most 100 characters, such as files/, got '/files'"
            ),
        ),
        (
            {"storage": {"user_id": 0}},
            "SharedStorage: storage.user_id must be between 1 and 4294967294, got 0",
        ),
        (
            {"storage": {"noncurrent_version_days": 0}},
            "SharedStorage: storage.noncurrent_version_days must be at least 1 days, got 0",
        ),
        (
            {"storage": {"abandoned_upload_days": 0}},
            "SharedStorage: storage.abandoned_upload_days must be at least 1 days, got 0",
        ),
        (
            {"storage": {"intelligent_tiering_days": -1}},
            "SharedStorage: storage.intelligent_tiering_days must be at least 0 days, got -1",
        ),
    ],
)
def test_wrong_arguments_are_one_line_before_anything_is_registered(more: Any, message: str) -> None:
    assert refused(arguments(**more)) == message


@pytest.mark.parametrize(
    "prefix", ["", "/", "a", "a/b", "/a/", "a//b/", "../a/", "a/b/c/d/e/", "a b/", "x" * 100 + "/"]
)
def test_a_prefix_that_cannot_be_an_access_points_root_is_refused(prefix: str) -> None:
    assert "storage.prefix must be" in refused(arguments(storage={"prefix": prefix}))


def test_a_name_that_auto_naming_would_make_too_long_is_refused() -> None:
    assert "is too long for a bucket" in refused(arguments(), name="x" * 60)


def test_a_mount_elsewhere_or_for_somebody_else_is_refused() -> None:
    messages: list[str] = []

    def program() -> None:
        share = SharedStorage("web-files", arguments())
        assert share.mount("/srv/files", "48:48")["path"] == "/srv/files"
        for path, owner in (("srv", None), ("/srv/../etc", None), ("/srv/files", "apache:apache")):
            with pytest.raises(InvalidArgs) as raised:
                share.mount(path, owner)
            messages.append(str(raised.value))

    recording(program)
    assert messages == [
        *(
            "SharedStorage: the mount path must be absolute, of letters, digits, '.', '_' and '-', such as "
            f"/var/www/files, got {path!r}"
            for path in ("srv", "/srv/../etc")
        ),
        (
            "SharedStorage: owner of /srv/files must be left out or 48:48, which storage.user_id and "
            "storage.group_id set for all servers, got 'apache:apache'"
        ),
    ]


# What machines run.


class Box:
    """A machine's PATH and files in a directory, with stand-ins for what would change a real machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bin = root / "bin"
        self.bin.mkdir()
        for tool in ("bash", "sh", "cat", "mktemp", "rm", "sed", "grep", "mkdir", "chmod", "cp"):
            (self.bin / tool).symlink_to(str(shutil.which(tool)))
        self.log = root / "log"
        self.log.touch()
        self.command("sleep")

    def command(self, name: str, body: str = "") -> None:
        stub = self.bin / name
        stub.write_text(f'#!/usr/bin/env bash\necho "{name} $*" >> {self.log}\n{body}\n')
        stub.chmod(0o755)

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin / "bash"), script],
            env={"PATH": str(self.bin), "TMPDIR": str(self.root), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self, name: str) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if line.startswith(f"{name} ")]


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


SETTINGS = """\
[mount]
retry_nfs_mount_command = true
enabled = true

[proxy]
metrics_enabled = true

[cloudwatch-log]
enabled = true
log_group_name = /aws/efs/utils
"""
QUIET = SETTINGS.replace("metrics_enabled = true", "metrics_enabled = false").replace(
    "[cloudwatch-log]\nenabled = true", "[cloudwatch-log]\nenabled = false"
)


def s3files_client(box: Box) -> subprocess.CompletedProcess[str]:
    settings = box.root / "s3files-utils.conf"
    if not settings.exists():
        settings.write_text(SETTINGS)
    return box.run(str(SCRIPTS / "s3files-client.sh"), ELASTICWEB_S3FILES_SETTINGS=str(settings))


def test_a_client_that_is_there_is_only_told_to_keep_quiet_and_again_changes_nothing(box: Box) -> None:
    box.command("mount.s3files")
    box.command("dnf", "exit 1")

    for _ in range(2):
        assert s3files_client(box).returncode == 0
        assert (box.root / "s3files-utils.conf").read_text() == QUIET
    assert box.calls("dnf") == []


def test_an_old_amazon_linux_gets_the_newest_client(box: Box) -> None:
    box.command("dnf", f"cp {box.bin}/sleep {box.bin}/mount.s3files")

    assert s3files_client(box).returncode == 0
    assert box.calls("dnf") == ["dnf --assumeyes --releasever=latest upgrade amazon-efs-utils"]


def test_ubuntu_gets_the_client_from_awss_installer_once_the_package_lock_is_free(box: Box) -> None:
    installer = (
        f"[ -e {box.root}/locked ] && rm {box.root}/locked && exit 1; cp {box.bin}/sleep {box.bin}/mount.s3files"
    )
    (box.root / "locked").touch()
    box.command("curl", f'while [ "$1" != --output ]; do shift; done; echo "{installer}" > "$2"')

    assert s3files_client(box).returncode == 0
    assert len(box.calls("curl")) == 2
    assert box.calls("curl")[0].endswith("https://amazon-efs-utils.aws.com/efs-utils-installer.sh")
    assert not list(box.root.glob("tmp.*"))


def test_a_client_that_cannot_be_had_is_an_error(box: Box) -> None:
    box.command("dnf", "exit 1")

    result = s3files_client(box)
    assert result.returncode == 1
    assert result.stderr == "s3files-client: amazon-efs-utils 3 could not be installed\n"


def mountpoint_box(box: Box, machine: str, fingerprint: str) -> Box:
    box.command("uname", f"echo {machine}")
    box.command("curl", 'while [ "$1" != --output ]; do shift; done; echo content > "$2"')
    box.command(
        "gpg",
        f'case "$*" in *--verify*) echo "[GNUPG:] VALIDSIG AAAA 2026-07-20 1 0 4 0 1 10 00 {fingerprint}" ;; esac',
    )
    box.command("apt-get")
    return box


@pytest.mark.parametrize(("machine", "directory"), [("x86_64", "x86_64"), ("aarch64", "arm64")])
@pytest.mark.parametrize(
    "fingerprint", ["8AEFE705EBE329C0948C75A66F1C3B3AEF4B030B", "673FE4061506BB469A0EF857BE397A52B086DA5A"]
)
def test_mountpoint_is_installed_when_aws_signed_it(box: Box, machine: str, directory: str, fingerprint: str) -> None:
    result = mountpoint_box(box, machine, fingerprint).run(str(SCRIPTS / "mountpoint-client.sh"))

    assert (result.returncode, result.stderr) == (0, "")
    assert box.calls("curl")[1].endswith(f"/mountpoint-s3-release/latest/{directory}/mount-s3.deb")
    assert len(box.calls("apt-get")) == 1


def test_mountpoint_of_anybody_else_is_not_installed(box: Box) -> None:
    result = mountpoint_box(box, "x86_64", "F" * 40).run(str(SCRIPTS / "mountpoint-client.sh"))

    assert (result.returncode, result.stderr) == (1, "mountpoint-client: the package is not signed by AWS\n")
    assert box.calls("apt-get") == []


def test_mountpoint_that_is_there_is_left_alone(box: Box) -> None:
    box.command("mount-s3")

    assert box.run(str(SCRIPTS / "mountpoint-client.sh")).returncode == 0
    assert box.calls("curl") == []


def test_a_setup_command_keeps_its_script_on_the_machine_and_runs_it(box: Box) -> None:
    box.command("mount.s3files")
    (box.root / "settings").write_text(SETTINGS)

    recorded = recording(lambda: pulumi.export("command", script_command("s3files-client.sh", "it's", "two")))
    command = str(recorded.stack_outputs["command"]).replace(INSTALLED, str(box.root / "lib"))
    first = command.splitlines()[0]
    assert first.endswith("s3files-client.sh 'it'\"'\"'s' two")
    script = box.root / "setup"
    script.write_text(f"set -euo pipefail\n{command}\necho next\n")

    result = box.run(str(script), ELASTICWEB_S3FILES_SETTINGS=str(box.root / "settings"))
    assert (result.returncode, result.stdout) == (0, "next\n"), result.stderr
    kept = box.root / "lib/s3files-client.sh"
    assert kept.read_text() == (SCRIPTS / "s3files-client.sh").read_text()
    assert os.access(kept, os.X_OK)


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_pass_shellcheck(script: Path) -> None:
    beside = Path(sys.executable).parent / "shellcheck"
    shellcheck = str(beside) if beside.exists() else "shellcheck"
    result = subprocess.run(
        [shellcheck, "--external-sources", str(script)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_a_mount_is_what_machines_take() -> None:
    for spec in ({}, {"mount_with": "mountpoint"}):
        mount = mount_of(storage(storage=spec))
        assert mount.keys() <= Mount.__annotations__.keys()


def test_every_access_to_the_bucket_is_logged_on_request_by_s3_alone() -> None:
    recorded = storage(storage={"access_log_retention_days": 365})
    source, log = recorded.named("web-files-bucket"), recorded.named("web-files-access-log")
    delivery = recorded.one("s3/bucketLogging:BucketLogging")
    assert (delivery.inputs["bucket"], delivery.inputs["targetBucket"]) == (source.id, log.id)
    allowed = policy(recorded, "web-files-access-log-policy")["Statement"][1]
    assert allowed["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert allowed["Action"] == "s3:PutObject"
    assert allowed["Resource"] == f"{log.outputs['arn']}/*"
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": source.outputs["arn"]},
    }
    (expiry,) = recorded.named("web-files-access-log-lifecycle").inputs["rules"]
    assert expiry["expiration"] == {"days": 365}


def test_the_access_log_outlives_the_stack_unless_it_is_disposable() -> None:
    for disposable in (True, False):
        recorded = storage(storage={"access_log_retention_days": 1}, disposable=disposable)
        log = recorded.named("web-files-access-log")
        assert log.options.get("protect", False) is not disposable
        delivery = recorded.named("web-files-access-log-delivery")
        assert delivery.options.get("retainOnDelete", False) is not disposable
        # S3 refuses a delivery that the log bucket's policy does not allow yet.
        assert recorded.named("web-files-access-log-policy").urn in delivery.dependencies


def test_an_access_log_is_kept_for_a_day_at_least() -> None:
    assert refused(arguments(storage={"access_log_retention_days": 0})) == (
        "SharedStorage: storage.access_log_retention_days must be at least 1 days, got 0"
    )

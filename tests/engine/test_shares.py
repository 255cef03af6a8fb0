"""Shared files: what is kept while they move, what is refused, and in which order everything goes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.site import Site

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROGRAM = """\
import json, pathlib
import pulumi_aws as aws
from components import SharedStorage
said = json.loads((pathlib.Path(__file__).parent / "said.json").read_text())
vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
subnets = [
    aws.ec2.Subnet(f"s{i}", vpc_id=vpc.id, cidr_block=f"10.0.{i}.0/24", availability_zone=f"eu-central-1{zone}").id
    for i, zone in enumerate("ab")
]
SharedStorage("files", {"vpc_id": vpc.id, "subnet_ids": subnets, **said})
"""
PROJECT = {
    "Pulumi.yaml": "name: shares\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-central-1\n",
    ".gitignore": "__pycache__/\nsaid.json\n",
    "__main__.py": PROGRAM,
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path, "dev", PROJECT)
    yield made
    made.run("stop")


def say(site: Site, *, disposable: bool = False, **storage: Any) -> None:
    said = {"storage": storage, "disposable": disposable}
    (site.checkout / "said.json").write_text(json.dumps(said))


def systems(site: Site) -> list[dict[str, Any]]:
    return site.api("efs", "describe_file_systems")["FileSystems"]


def buckets(site: Site) -> list[str]:
    return [bucket["Name"] for bucket in site.api("s3", "list_buckets")["Buckets"]]


def test_files_move_from_a_bucket_to_efs_and_nothing_goes_before_it_is_unprotected(site: Site) -> None:
    say(site)
    site.pulumi("up --yes --skip-preview")
    (bucket,) = buckets(site)

    say(site, beside="efs")
    site.pulumi("up --yes --skip-preview")
    (system,) = systems(site)
    assert (system["Encrypted"], system["NumberOfMountTargets"]) == (True, 2)
    assert {"Key": "elasticweb:data", "Value": "shares/dev"} in system["Tags"]
    (point,) = site.api("efs", "describe_access_points", FileSystemId=system["FileSystemId"])["AccessPoints"]
    assert (point["PosixUser"], point["RootDirectory"]["Path"]) == ({"Uid": 48, "Gid": 48}, "/files")
    policy = site.api("efs", "describe_file_system_policy", FileSystemId=system["FileSystemId"])["Policy"]
    assert [s["Sid"] for s in json.loads(policy)["Statement"]] == ["DenyInsecureTransport"]
    life = site.api("efs", "describe_lifecycle_configuration", FileSystemId=system["FileSystemId"])
    assert life["LifecyclePolicies"] == [
        {"TransitionToIA": "AFTER_30_DAYS"},
        {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]

    say(site, mount_with="efs", beside="s3_files")
    site.pulumi("up --yes --skip-preview --expect-no-changes")

    say(site, mount_with="efs")
    told = site.pulumi("up --yes --skip-preview", fails=True)
    assert "cannot be deleted" in told
    assert "protected" in told
    assert buckets(site) == [bucket]

    site.pulumi("state unprotect --all --yes")
    site.pulumi("up --yes --skip-preview")
    # The stack has forgotten it, and it is there.
    assert buckets(site) == [bucket]
    assert site.api("s3", "get_bucket_versioning", Bucket=bucket)["Status"] == "Enabled"
    assert [s["FileSystemId"] for s in systems(site)] == [system["FileSystemId"]]


def test_everything_goes_in_an_order_that_aws_accepts(site: Site) -> None:
    say(site, disposable=True, beside="efs")
    site.pulumi("up --yes --skip-preview")
    assert (len(buckets(site)), len(systems(site))) == (1, 1)

    lines = site.pulumi("destroy --yes --skip-preview").splitlines()

    def when(type_: str, done: str) -> list[int]:
        return [i for i, line in enumerate(lines) if f" {type_} " in line and f" {done}" in line]

    # BucketHasS3FileSystemAttached: versioning and bucket are touched when the file system is gone.
    gone = max(when("aws:s3:FilesFileSystem", "deleted"))
    for later in ("aws:s3:BucketVersioning", "aws:s3:Bucket"):
        assert gone < min(when(later, "deleting")), later
    for system, parts in (
        ("aws:s3:FilesFileSystem", ("aws:s3:FilesMountTarget", "aws:s3:FilesAccessPoint")),
        ("aws:efs:FileSystem", ("aws:efs:MountTarget", "aws:efs:AccessPoint")),
    ):
        for part in parts:
            assert max(when(part, "deleted")) < min(when(system, "deleting")), part
    assert (buckets(site), systems(site)) == ([], [])

"""What was lost altogether, and how a bucket that was restored is guarded."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from components.commands.api import Api
from components.commands.errors import ApiError, CommandError
from rehearsal.extensions.backups import store

from .cloud import ACCOUNT, REGION, Cloud

CHECKS = ("encrypted", "closed to the public", "refuses plain HTTP")


def night(shop: Cloud) -> None:
    shop.now += timedelta(days=1)
    assert {job["State"] for job in shop.run_rule()} == {"COMPLETED"}


def restored(shop: Cloud) -> str:
    found = [b["Name"] for b in shop.client("s3").list_buckets()["Buckets"]]
    return max(name for name in found if f"-r{shop.now:%Y%m%d}" in name)


def forget(part: str) -> None:
    own = store(ACCOUNT, REGION)
    for arn in [arn for arn, point in own.points.items() if point.told["ResourceArn"].endswith(part)]:
        own.remove(arn)


def test_a_restored_bucket_is_encrypted_private_and_refuses_plain_http(shop: Cloud) -> None:
    night(shop)
    well, said = shop.restore(shop.now, "files")
    assert well, said
    for shown in CHECKS:
        assert f"  ok   {shown}\n" in said
    (statement,) = json.loads(shop.client("s3").get_bucket_policy(Bucket=restored(shop))["Policy"])["Statement"]
    assert (statement["Effect"], statement["Action"], statement["Principal"]) == ("Deny", "s3:*", {"AWS": "*"})
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    bucket = f"arn:aws:s3:::{restored(shop)}"
    assert statement["Resource"] == [bucket, f"{bucket}/*"]


def test_a_restored_bucket_that_is_not_guarded_is_told(shop: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    night(shop)
    real, left_out = Api.call, ("put_public_access_block", "put_bucket_policy")

    def careless(self: Api, service: str, operation: str, **parameters: object) -> Any:
        if operation == "put_public_access_block":
            bucket = str(parameters["Bucket"])
            real(self, "s3", "delete_bucket_encryption", Bucket=bucket)
        return {} if operation in left_out else real(self, service, operation, **parameters)

    with monkeypatch.context() as patched:
        patched.setattr(Api, "call", careless)
        well, said = shop.restore(shop.now, "files")
    assert not well
    for shown in ("not encrypted", "may be opened to the public", "takes plain HTTP"):
        assert f"  FAIL {shown}\n" in said


def test_who_may_not_see_the_encryption_is_told_instead_of_getting_another_one(
    shop: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    night(shop)
    real = Api.call

    def denied(self: Api, service: str, operation: str, **parameters: object) -> Any:
        if operation == "get_bucket_encryption":
            raise ApiError("AccessDenied", "your credentials may not call s3:get_bucket_encryption: no")
        return real(self, service, operation, **parameters)

    monkeypatch.setattr(Api, "call", denied)
    with pytest.raises(CommandError, match="may not call s3:get_bucket_encryption"):
        shop.restore(shop.now, "files")


def test_a_bucket_that_is_gone_comes_back_by_way_of_an_empty_one(shop: Cloud) -> None:
    s3, lost = shop.client("s3"), f"lost-{shop.stack}"
    s3.create_bucket(Bucket=lost, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket=lost, VersioningConfiguration={"Status": "Enabled"})
    tag = {"Key": "elasticweb:data", "Value": f"elasticweb/{shop.stack}"}
    s3.put_bucket_tagging(Bucket=lost, Tagging={"TagSet": [tag]})
    night(shop)
    s3.delete_bucket(Bucket=lost)
    well, said = shop.restore(shop.now, "files")
    forget(lost)
    assert well, said
    _, _, switch = said.partition(f"{lost} is gone: `pulumi up --refresh` makes an empty bucket")
    assert "\n    pulumi up --refresh\n" in switch
    into = re.escape('"s3://$(pulumi stack output bucket_name)"')
    assert re.search(rf"^    aws s3 sync s3://{lost}-r\d{{14}} {into}$", switch, re.MULTILINE)
    assert f" s3://{lost} " not in said


def test_a_volume_that_is_gone_comes_back_beside_an_empty_one(shop: Cloud) -> None:
    ec2 = shop.client("ec2")
    data = {"Key": "elasticweb:data", "Value": f"elasticweb/{shop.stack}"}
    spec = [{"ResourceType": "volume", "Tags": [data]}]
    lost = ec2.create_volume(AvailabilityZone=f"{REGION}b", Size=7, Encrypted=True, TagSpecifications=spec)["VolumeId"]
    night(shop)
    ec2.delete_volume(VolumeId=lost)
    well, said = shop.restore(shop.now, "volume")
    forget(lost)
    assert well, said
    _, _, switch = said.partition(f"{lost} is gone: `pulumi up --refresh` makes an empty volume in its place")
    first, _, then = switch.partition("\n    pulumi up --refresh\n")
    assert "attach what was restored beside it" in first
    assert "aws ec2 attach-volume --volume-id vol-" in then
    assert said.count("beside the volume that is there") == 1, "of the one that is there"

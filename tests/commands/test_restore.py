"""The drill: data is restored beside what is there, never over it, whatever happens on the way."""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from components.commands.api import Api
from components.commands.errors import CommandError
from components.commands.stack import find
from rehearsal.extensions.backups import CLOCK, store

from .cloud import ACCOUNT, REGION, Cloud


def databases(shop: Cloud) -> dict[str, dict[str, Any]]:
    found = shop.client("rds").describe_db_instances()["DBInstances"]
    return {d["DBInstanceIdentifier"]: {k: v for k, v in d.items() if k != "LatestRestorableTime"} for d in found}


def volumes(shop: Cloud) -> dict[str, dict[str, Any]]:
    return {v["VolumeId"]: v for v in shop.client("ec2").describe_volumes()["Volumes"]}


def buckets(shop: Cloud) -> set[str]:
    return {b["Name"] for b in shop.client("s3").list_buckets()["Buckets"]}


def write(shop: Cloud, **objects: str) -> str:
    bucket: str = shop.named("shop-storage-bucket")["bucket"]
    for key, text in objects.items():
        shop.client("s3").put_object(Bucket=bucket, Key=f"files/{key}", Body=text.encode())
    return bucket


def night(shop: Cloud) -> datetime:
    """Let a night come, and return when its backups were taken."""
    shop.now += timedelta(days=1)
    assert {job["State"] for job in shop.run_rule()} == {"COMPLETED"}
    return shop.now


def test_the_rule_backs_up_what_holds_data_and_nothing_else(shop: Cloud) -> None:
    kinds = sorted(job["ResourceType"] for job in shop.run_rule())
    assert kinds == ["EBS", "RDS", "S3"], "neither the replica, the log's bucket nor the worker's root volume"


def test_a_plan_shows_each_step_and_changes_nothing(shop: Cloud) -> None:
    taken = night(shop)
    shop.now += timedelta(hours=3)
    before = databases(shop), volumes(shop), buckets(shop)
    well, said = shop.restore(taken + timedelta(hours=2), plan=True)
    assert well
    assert [databases(shop), volumes(shop), buckets(shop)] == list(before)
    steps = re.findall(r"^  \d\. (\w+) (\S+)", said, re.MULTILINE)
    assert [kind for kind, _ in steps] == ["volume", "database", "files"]
    assert said.count("which is 2 hours before") == 2
    assert "the database's own backups, which have every second" in said
    assert "which is to the second" in said
    assert said.rstrip().endswith("Nothing that is there is changed, stopped or deleted.")


def test_everything_is_restored_beside_what_is_there_verified_and_told_how_to_switch(shop: Cloud) -> None:
    bucket = write(shop, a="one", b="two")
    taken = night(shop)
    write(shop, a="damaged")
    before = databases(shop), volumes(shop), buckets(shop)
    shop.now += timedelta(hours=1)
    well, said = shop.restore(taken)
    assert well, said
    assert "FAIL" not in said
    for kept, there in ((before[0], databases(shop)), (before[1], volumes(shop))):
        assert all(there[key] == kept[key] for key in kept), "untouched"
    assert buckets(shop) >= before[2]

    (name,) = databases(shop).keys() - before[0].keys()
    database, source = databases(shop)[name], databases(shop)[shop.named("shop-db-primary")["identifier"]]
    assert database["DBSubnetGroup"]["DBSubnetGroupName"] == source["DBSubnetGroup"]["DBSubnetGroupName"]
    assert database["VpcSecurityGroups"] == source["VpcSecurityGroups"]
    assert database["StorageEncrypted"]
    (volume,) = volumes(shop).keys() - before[1].keys()
    assert volumes(shop)[volume]["AvailabilityZone"] == f"{REGION}a"
    (made,) = buckets(shop) - before[2]
    objects = shop.client("s3").list_objects_v2(Bucket=made)["Contents"]
    assert {o["Key"] for o in objects} >= {"files/a", "files/b"}
    assert shop.client("s3").get_object(Bucket=made, Key="files/a")["Body"].read() == b"one"
    assert shop.client("s3").get_object(Bucket=bucket, Key="files/a")["Body"].read() == b"damaged", "never overwritten"

    assert f"into: r{taken:%Y%m%d-%H%M}" in said
    assert f"aws s3 sync s3://{made} s3://{bucket} --dryrun" in said
    assert f"aws ec2 attach-volume --volume-id {volume}" in said
    assert said.rstrip().endswith("Everything is restored.")
    assert len(find(Api(), shop.stack).data) == 3, (
        "what was restored is no data of the stack: nobody backs it up or finds it"
    )


def test_a_second_call_says_what_is_there_and_restores_nothing_again(shop: Cloud) -> None:
    taken = night(shop)
    first, _ = shop.restore(taken)
    before = databases(shop).keys(), volumes(shop).keys(), buckets(shop)
    second, said = shop.restore(taken)
    assert first
    assert second
    assert (databases(shop).keys(), volumes(shop).keys(), buckets(shop)) == before
    assert said.count("which is there already") == 3
    assert said.count("was restored earlier") == 2


class Killed(BaseException):
    pass


@pytest.mark.parametrize("only", ["volume", "files", "database"])
@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_call_that_is_killed_is_continued_by_the_next(shop: Cloud, only: str, after: int) -> None:
    taken = night(shop)
    before = databases(shop).keys(), volumes(shop).keys(), buckets(shop)
    looks = 0

    def pause(_: float) -> None:
        nonlocal looks
        looks += 1
        if looks == after:
            raise Killed

    if only == "database" or after == 4:  # RDS restores at once here, and jobs are done after four looks
        well, _ = shop.restore(taken, only, pause=lambda _: None)
        assert well
    else:
        with pytest.raises(Killed):
            shop.restore(taken, only, pause=pause)
    well, said = shop.restore(taken, only)
    assert well, said
    now = databases(shop).keys(), volumes(shop).keys(), buckets(shop)
    assert sum(len(n) for n in now) - sum(len(b) for b in before) == 1, "restored once"


@pytest.mark.parametrize("call", range(1, 9))
def test_killed_at_any_call_to_aws_it_ends_with_one_volume(
    shop: Cloud, call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, before = night(shop), volumes(shop).keys()
    real, changes = Api.call, 0

    def dying(self: Api, service: str, operation: str, **parameters: object) -> Any:
        nonlocal changes
        told = real(self, service, operation, **parameters)
        if operation.startswith(("start_", "create_", "delete_", "describe_restore")):
            changes += 1
            if changes == call:
                raise Killed
        return told

    with monkeypatch.context() as patched:
        patched.setattr(Api, "call", dying)
        with suppress(Killed):
            shop.restore(taken, "volume")
    well, _ = shop.restore(taken, "volume")
    assert well
    (made,) = volumes(shop).keys() - before
    tags = {t["Key"]: t["Value"] for t in volumes(shop)[made]["Tags"]}
    assert tags["elasticweb:restored"] == f"elasticweb/{shop.stack}"
    assert "elasticweb:data" not in tags


def test_what_was_deleted_is_restored_from_what_its_recovery_point_says(shop: Cloud) -> None:
    ec2 = shop.client("ec2")
    data = {"Key": "elasticweb:data", "Value": f"elasticweb/{shop.stack}"}
    spec = [{"ResourceType": "volume", "Tags": [data]}]
    lost = ec2.create_volume(AvailabilityZone=f"{REGION}b", Size=7, Encrypted=True, TagSpecifications=spec)["VolumeId"]
    taken = night(shop)
    ec2.delete_volume(VolumeId=lost)
    before = volumes(shop).keys()
    well, said = shop.restore(taken, "volume")
    assert well, said
    assert f"volume {lost}, which is not there any more" in said
    zones = {volumes(shop)[v]["AvailabilityZone"] for v in volumes(shop).keys() - before}
    assert zones == {f"{REGION}a", f"{REGION}b"}
    own = store(ACCOUNT, REGION)
    for arn in [arn for arn, point in own.points.items() if point.told["ResourceArn"].endswith(lost)]:
        own.remove(arn)


def test_slow_progress_is_shown_with_the_time_that_passed(shop: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = night(shop)
    monkeypatch.setattr(CLOCK, "looks", 40)
    well, said = shop.restore(taken, "volume")
    assert well
    shown = re.findall(r"volume \S+ (\d+) % \((.*)\)", said)
    assert len(shown) == 39
    assert shown[-1] == ("98", "16 minutes")


def test_a_restore_that_fails_is_one_line_with_aws_reason_and_can_be_tried_again(
    shop: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = night(shop)
    zones = {v["AvailabilityZone"] for v in volumes(shop).values()}
    assert zones
    from rehearsal.extensions.backups import jobs  # noqa: PLC0415

    def broken(_: Any) -> None:
        raise RuntimeError("The volume limit of your account is reached.")

    with monkeypatch.context() as patched:
        patched.setattr(jobs.RestoreJob, "work", broken)
        well, said = shop.restore(taken, "volume")
    assert not well
    assert "failed: The volume limit of your account is reached. (restore job " in said
    assert said.rstrip().endswith("Not everything is as it should be: see above.")
    well, _ = shop.restore(taken, "volume")
    assert well


def test_what_has_no_recovery_point_is_left_out_and_the_call_does_not_end_well(shop: Cloud) -> None:
    taken, own = night(shop), store(ACCOUNT, REGION)
    kept = dict(own.points)
    for arn, point in kept.items():
        if point.told["ResourceType"] == "S3":
            own.remove(arn)
    try:
        well, said = shop.restore(taken)
    finally:
        for point in kept.values():
            own.points.setdefault(point.arn, point)
    assert not well
    assert "LEFT OUT files shop-storage-bucket" in said


@pytest.mark.parametrize(
    ("stack", "days", "only", "complaint"),
    [
        ("prod", 0, None, "no stack prod in account 123456789012, region eu-central-1: there is elasticweb/"),
        ("other/{stack}", 0, None, "no stack other/test"),
        ("{stack}", -4000, None, "elasticweb/test"),
        ("{stack}", -4000, "volume", "volume vol-"),
        ("acme/elasticweb/{stack}", -4000, "files", "files shop-storage-bucket-"),
    ],
)
def test_what_cannot_be_restored_is_one_line(
    shop: Cloud, stack: str, days: int, only: str | None, complaint: str
) -> None:
    night(shop)
    with pytest.raises(CommandError) as caught:
        shop.restore(shop.now + timedelta(days=days), only, stack=stack.format(stack=shop.stack))
    assert str(caught.value).startswith(complaint)
    assert "\n" not in str(caught.value)


def test_a_recovery_point_that_has_expired_is_not_taken(shop: Cloud) -> None:
    taken = night(shop)
    shop.now += timedelta(days=36)
    with pytest.raises(CommandError, match="there is no recovery point before"):
        shop.restore(taken, "volume")


def test_who_asks_for_too_early_a_time_is_told_of_the_oldest_recovery_point(shop: Cloud) -> None:
    taken = night(shop)
    shop.now += timedelta(days=34, hours=20)  # all earlier ones have expired
    told = rf"there is no recovery point before .*; the oldest is of .*\({taken:%Y-%m-%d %H:%M:%S} UTC\)$"
    for only in (None, "volume", "files"):
        with pytest.raises(CommandError, match=told):
            shop.restore(taken - timedelta(days=400), only)

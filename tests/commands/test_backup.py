"""A backup that is taken now: begun or found going on, waited for, and told where it is."""

import re
from typing import Any

import pytest

from components.commands.api import Api
from components.commands.backup import Backup
from components.commands.errors import CommandError
from components.commands.stack import Data, Stack, find
from components.commands.tell import Tell
from rehearsal.extensions.backups import CLOCK, jobs, store

from .cloud import ACCOUNT, REGION, Cloud


def test_a_backup_of_everything_is_taken_and_told_where_it_is_and_until_when(shop: Cloud) -> None:
    well, said = shop.backup(kept_days=10)
    assert well, said
    arns = re.findall(r"^    (arn:\S+)", said, re.MULTILINE)
    held = store(ACCOUNT, REGION).points
    assert len(arns) == 3
    assert {held[arn].told["Lifecycle"]["DeleteAfterDays"] for arn in arns} == {10}
    until = shop.now.replace(microsecond=0)
    assert said.count("kept until ") == 3
    assert f"kept until {until.year}-" in said
    assert said.rstrip().endswith("Everything is backed up.")


def test_only_one_kind_is_backed_up_where_that_is_asked_for(shop: Cloud) -> None:
    well, said = shop.backup("volume")
    assert well
    assert "database" not in said
    assert "files" not in said


def test_progress_is_shown(shop: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CLOCK, "looks", 10)
    _, said = shop.backup("volume")
    assert re.findall(r"(\d+) % \(", said) == [str(10 * n) for n in range(1, 10)]


class Killed(BaseException):
    pass


def test_a_call_that_is_killed_is_continued_by_the_next(shop: Cloud) -> None:
    def pause(_: float) -> None:
        raise Killed

    before = len(store(ACCOUNT, REGION).points)
    api = Api(REGION)
    with pytest.raises(Killed):
        Backup(api, Tell(), find(api, shop.stack), now=lambda: shop.now, pause=pause).run()
    well, said = shop.backup()
    assert well
    assert said.count("a backup, begun earlier, goes on: waiting for it") == 3
    assert len(store(ACCOUNT, REGION).points) == before + 3


def test_a_backup_that_fails_is_one_line_and_the_others_go_on(shop: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    work = jobs.BackupJob.work

    def broken(self: Any) -> None:
        if self.told["ResourceType"] == "RDS":
            raise RuntimeError("The instance is stopped.")
        work(self)

    monkeypatch.setattr(jobs.BackupJob, "work", broken)
    well, said = shop.backup()
    assert not well
    assert re.search(r"  database shop-db-primary\S*: failed: The instance is stopped\.", said)
    assert said.count("    arn:") == 2
    assert said.rstrip().endswith("Not everything is backed up: see above.")


def test_what_aws_does_not_let_begin_is_one_line(shop: Cloud) -> None:
    lock = {"BackupVaultName": shop.named("shop-backups-vault")["name"], "MinRetentionDays": 7}
    shop.client("backup").put_backup_vault_lock_configuration(**lock)
    try:
        well, said = shop.backup("volume", kept_days=3)
    finally:
        shop.client("backup").delete_backup_vault_lock_configuration(BackupVaultName=lock["BackupVaultName"])
    assert not well
    assert "The retention must be at least 7 days: the vault is locked." in said


def test_a_stack_without_a_vault_says_what_to_set() -> None:
    stack = Stack("elasticweb/test", [Data(f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-1", "volume")])
    with pytest.raises(CommandError, match="has no vault: set elasticweb:backups and deploy"):
        Backup(Api(REGION), Tell(), stack)

"""No change of a setting deletes or replaces what holds shared files: every argument, changed and changed back."""

from typing import Any

import pytest

from components import SharedStorage, SharedStorageArgs
from rehearsal.services import entry

from .lost_bucket import BUCKET, MORE
from .lost_cases import Case, Documented, Protected, Same, Verdict
from .lost_storage import AROUND, CASES, OTHER_KINDS
from .nothing_lost import Outcome, argument_paths, headings, outcome, protected

ALL = {**CASES, **OTHER_KINDS, **BUCKET, **MORE}

# ForceNew in the provider's schemas: what makes another resource of those that files are kept in.
REPLACING = {
    "aws:s3/bucket:Bucket": "bucket bucketNamespace bucketPrefix objectLockEnabled",
    "aws:s3/filesFileSystem:FilesFileSystem": "acceptBucketWarning bucket kmsKeyId prefix roleArn",
    "aws:efs/fileSystem:FileSystem": "availabilityZoneName creationToken encrypted kmsKeyId performanceMode",
    "aws:ebs/volume:Volume": (
        "availabilityZone encrypted kmsKeyId multiAttachEnabled outpostArn snapshotId volumeInitializationRate"
    ),
}


def test_every_argument_has_a_case() -> None:
    assert {*CASES, *BUCKET} == set(argument_paths(SharedStorageArgs))


@pytest.mark.parametrize("title", ALL)
def test_nothing_is_lost_when_it_changes(title: str) -> None:
    case: Case = ALL[title]
    _judge(title, case.then, outcome(SharedStorage, case.before, case.after))
    _judge("", case.back or case.then, outcome(SharedStorage, case.after, case.before))


def _judge(title: str, verdict: Verdict, found: Outcome) -> None:
    assert (found.refusal, found.impossible) == ("", frozenset())
    assert bool(found.weaker) is (title == "disposable" or title.endswith("may go"))
    if isinstance(verdict, (Protected, Documented)):
        causes = {change.name for step in found.gone for change in step.changes if change.replaces}
        causes |= {"deleted" for step in found.gone if step.action == "delete"}
        assert verdict.cause in causes
        assert protected(found.gone)
        if isinstance(verdict, Documented):
            assert verdict.heading in headings(verdict.page)
        return
    assert [step.now.name for step in found.gone] == []
    assert bool(found.changed) is not isinstance(verdict, Same)


@pytest.mark.parametrize("token", REPLACING)
def test_the_judgement_rests_on_the_rules_of_the_provider(token: str) -> None:
    assert " ".join(sorted(name for name, prop in entry(token).inputs.items() if prop.replaces)) == REPLACING[token]


@pytest.mark.parametrize("kind", ["s3_files", "efs", "nfs_server"])
def test_a_loss_would_be_noticed(kind: str) -> None:
    """What the judgement rests on: the same change of files that may go is a loss."""

    def keyed(key: str, **more: Any) -> dict[str, Any]:
        return {**AROUND, "storage": {"mount_with": kind}, "kms_key_arn": f"arn:aws:kms:x:1:key/{key}", **more}

    assert protected(outcome(SharedStorage, keyed("a"), keyed("b")).gone)
    lost = outcome(SharedStorage, keyed("a", disposable=True), keyed("b", disposable=True)).gone
    assert len(lost) == 1
    assert not protected(lost)

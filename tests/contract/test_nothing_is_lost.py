"""No change of a setting deletes or replaces a database: every argument, changed and changed back."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from components import AuroraMySQL, AuroraMySQLArgs, MySQL, MySQLArgs
from rehearsal.services import entry

from . import nothing_lost
from .lost_aurora import CASES as AURORA
from .lost_cases import Case, Documented, Protected, Refused, RefusedByProvider, Removed, Same, Verdict
from .lost_mysql import CASES as MYSQL
from .nothing_lost import Outcome, argument_paths, outcome, protected


class Subject(NamedTuple):
    component: Any
    args: Any
    cases: Mapping[str, Case]


DAYS_TO_REPENT = 7
SUBJECTS = (Subject(MySQL, MySQLArgs, MYSQL), Subject(AuroraMySQL, AuroraMySQLArgs, AURORA))
ALL = [(subject.component, path, case) for subject in SUBJECTS for path, case in subject.cases.items()]

# ForceNew in the provider's schemas: what makes another resource of those that databases keep.
REPLACING = {
    "aws:rds/instance:Instance": (
        "availabilityZone backupTarget characterSetName customIamInstanceProfile dbName engine "
        "kmsKeyId ncharCharacterSetName restoreToPointInTime s3Import snapshotIdentifier "
        "storageEncrypted timezone username"
    ),
    "aws:rds/cluster:Cluster": (
        "availabilityZones clusterIdentifier clusterIdentifierPrefix databaseName dbSubnetGroupName "
        "dbSystemId engine engineMode kmsKeyId masterUsername restoreToPointInTime s3Import "
        "snapshotIdentifier sourceRegion storageEncrypted"
    ),
    "aws:kms/key:Key": "customKeyStoreId customerMasterKeySpec keyUsage multiRegion xksKeyId",
    "aws:secretsmanager/secret:Secret": "name namePrefix type",
}

_A: dict[str, Any] = {"name": "a", "availability_zone": "eu-central-1a"}
_B: dict[str, Any] = {"name": "a", "availability_zone": "eu-central-1b"}
_THERE = {
    "region": "eu-west-1",
    "vpc_id": "vpc-9",
    "subnet_ids": ["subnet-8", "subnet-9"],
    "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/there",
}
_ELSEWHERE = {**_THERE, "region": "eu-north-1", "kms_key_arn": "arn:aws:kms:eu-north-1:123456789012:key/there"}


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.component.__name__)
def test_every_argument_has_a_case(subject: Subject) -> None:
    assert set(subject.cases) == set(argument_paths(subject.args))


def _title(value: Any) -> str:
    return "" if isinstance(value, Case) else getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("component", "path", "case"), ALL, ids=_title)
def test_nothing_is_lost_when_it_changes(component: Any, path: str, case: Case) -> None:
    _judge(path, case.then, outcome(component, case.before, case.after))
    # There is no way back from what is refused.
    if not isinstance(case.then, Refused):
        _judge("", case.back or case.then, outcome(component, case.after, case.before))


def _judge(path: str, verdict: Verdict, found: Outcome) -> None:
    if isinstance(verdict, Refused):
        assert verdict.reason in found.refusal
        return
    assert found.refusal == ""
    assert found.impossible == (frozenset({verdict.cause}) if isinstance(verdict, RefusedByProvider) else frozenset())
    assert bool(found.weaker) is (path == "disposable")
    if isinstance(verdict, (Protected, Documented)):
        causes = {change.name for step in found.gone for change in step.changes if change.replaces}
        causes |= {"deleted" for step in found.gone if step.action == "delete"}
        assert verdict.cause in causes
        assert protected(found.gone, found.held)
        if isinstance(verdict, Documented):
            assert verdict.heading in nothing_lost.headings(verdict.page)
        return
    if isinstance(verdict, Removed):
        assert [step.now.name for step in found.gone] == [verdict.name]
        assert found.gone[0].old["recoveryWindowInDays"] >= DAYS_TO_REPENT
        return
    assert [step.now.name for step in found.gone] == []
    assert bool(found.changed) is not isinstance(verdict, Same)


@pytest.mark.parametrize("token", REPLACING)
def test_the_judgement_rests_on_the_rules_of_the_provider(token: str) -> None:
    assert " ".join(sorted(name for name, prop in entry(token).inputs.items() if prop.replaces)) == REPLACING[token]


@pytest.mark.parametrize(
    ("alone", "follows"),
    [
        ({"replicas": [_A | {"promoted": True}]}, {"replicas": [_B]}),
        ({"replicas": [_A], "writers": ["a"]}, {"replicas": [_B]}),
        (
            {"replicas": [{"name": "a", "promoted": True, "elsewhere": _THERE}]},
            {"replicas": [{"name": "a", "elsewhere": _ELSEWHERE}]},
        ),
    ],
    ids=["promoted", "writer", "elsewhere"],
)
def test_what_stood_alone_is_not_replaced_by_a_replica(alone: dict[str, Any], follows: dict[str, Any]) -> None:
    around = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"]}
    found = outcome(MySQL, {**around, "database": alone}, {**around, "database": follows})
    gone = [step for step in found.gone if step.now.name == "shop-replica-a"]
    assert gone
    assert not protected(gone), "the engine alone lets go of what the program protects no more"
    assert found.held == {"shop-replica-a"}
    assert protected(gone, found.held)


def test_a_loss_would_be_noticed() -> None:
    """What the judgement rests on: the same change of a database that may go is a loss."""
    kept = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "database": {}}
    renamed = {**kept, "database": {"username": "other"}}
    assert protected(outcome(MySQL, kept, renamed).gone)
    lost = outcome(MySQL, {**kept, "disposable": True}, {**renamed, "disposable": True}).gone
    assert [step.now.name for step in lost] == ["shop-primary"]
    assert not protected(lost)
    assert outcome(MySQL, kept, {**kept, "disposable": True}).weaker

"""What an environment's database, its key and its backups have to do with each other."""

from typing import Any

import pytest

from components import Environment, InvalidArgs
from rehearsal.recorder import Recording
from tests.recording import recording

KEY = "arn:aws:kms:eu-central-1:123456789012:key/own"
NETWORK: dict[str, Any] = {"availability_zones": ["eu-central-1a", "eu-central-1b"]}


def _vault(account: str) -> str:
    return f"arn:aws:backup:eu-central-1:{account}:backup-vault:kept"


def made(**more: Any) -> Recording:
    args: Any = {"network": NETWORK, **more}
    return recording(lambda: Environment("shop", args))


@pytest.mark.parametrize(("key", "type_"), [("database", "rds/instance:Instance"), ("aurora", "rds/cluster:Cluster")])
def test_a_key_of_ones_own_encrypts_either_engine(key: str, type_: str) -> None:
    found: dict[str, Any] = {key: {}, "database_kms_key_arn": KEY}
    assert made(**found).one(type_).inputs["kmsKeyId"] == KEY
    assert "kmsKeyId" not in made(**{key: {}}).one(type_).inputs


@pytest.mark.parametrize("engine", ["database", "aurora"])
def test_a_vault_of_another_account_takes_a_database_with_a_key_of_ones_own_only(engine: str) -> None:
    backups = {"copies": [{"region": "eu-west-1"}, {"vault_arn": _vault("210987654321")}]}
    with pytest.raises(InvalidArgs) as caught:
        made(backups=backups, **{engine: {}})
    assert str(caught.value) == (
        "Environment: backups.copies[1].vault_arn must be of this account (123456789012) unless database_kms_key_arn "
        "is given: RDS lets no other account read what its own key encrypts"
    )
    result = made(backups=backups, database_kms_key_arn=KEY, **{engine: {}})
    weekly = next(r for r in result.one("backup/plan:Plan").inputs["rules"] if r["ruleName"] == "weekly")
    assert weekly["copyActions"][1]["destinationVaultArn"] == _vault("210987654321")


def test_a_vault_of_the_same_account_takes_it_as_it_is() -> None:
    result = made(backups={"copies": [{"vault_arn": _vault("123456789012")}]})
    weekly = next(r for r in result.one("backup/plan:Plan").inputs["rules"] if r["ruleName"] == "weekly")
    assert weekly["copyActions"][0]["destinationVaultArn"] == _vault("123456789012")

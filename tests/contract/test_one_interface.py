"""MySQL and AuroraMySQL have one interface: what means the same has the same name, type and place in the settings."""

import ast
import inspect
import re
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from components import AuroraMySQL, AuroraMySQLArgs, AuroraSpec, ElasticReaders, MySQL, MySQLArgs, MySQLSpec
from components._args import _FORWARD
from components.mysql.shapes import ElasticReplicas
from rehearsal.recorder import Recording
from tests.recording import recording

# What only one engine has, or has in another way; everything else is shared.
ONLY_RDS = {
    "backup_copy": "RDS copies no automated backups of Aurora",
    "backups_by_aws_backup": "of Aurora AWS Backup only sets the retention",
    "blue_green_updates": "the provider has it for instances only",
    "elastic_replicas": "elastic_readers",
    "gone_writers": "clusters fail over by themselves",
    "iops": "Aurora's storage has none",
    "max_replica_lag_seconds": "readers share the writer's storage",
    "max_storage_gib": "Aurora's storage grows by itself",
    "multi_az": "a reader in another zone takes over",
    "replica_class": "reader_class",
    "replica_count": "reader_count",
    "replicas": "readers",
    "storage_gib": "Aurora's storage grows by itself",
    "storage_throughput_mibps": "Aurora's storage has none",
    "writers": "clusters fail over by themselves",
}
ONLY_AURORA = {"backtrack_hours", "elastic_readers", "reader_class", "reader_count", "readers", "serverless"}
OTHER_TYPES = {"storage_type"}

# Wording that differs with the engine; what remains of the meaning has to be the same.
DIFFERENT_MEANING = {
    *("allow_major_upgrade_to", "backup_retention_days", "engine_version", "instance_class", "parameters"),
    "restore_from",
}


def documented(cls: type) -> dict[str, str]:
    """Return what the class says of each of its annotated names."""
    (found,) = [
        node
        for node in ast.parse(Path(inspect.getfile(cls)).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == cls.__name__
    ]
    texts = dict[str, str]()
    for field, text in zip(found.body, found.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            assert isinstance(text.value, ast.Constant)
            texts[field.target.id] = " ".join(str(text.value.value).split())
    return texts


def neutral(text: str) -> str:
    """Return *text* without the words by which the engines call the same thing."""
    for pattern, word in (
        (r"\b(cluster's writer|cluster and its instances|primary and replicas|cluster|instance|primary)\b", "database"),
        (r"\b(declared readers|readers|replicas)\b", "readers"),
        (r"\bdb(Cluster|Instance)Identifier\b", "identifier"),
        (r"\bRDS\.1[02]\b", "RDS.10/12"),
        (r"\b(a failover|the primary|the database)\b", "the writer"),
        (r", in (the order of their numbers|their order)\b.*", ""),
        (r"\b(Audit, error|audit, error|Error|error) and slow", "logs and slow"),
    ):
        text = re.sub(pattern, word, text)
    return text


def hints(shape: type) -> dict[str, Any]:
    return get_type_hints(shape, localns=_FORWARD)


def test_both_have_the_same_outputs_of_the_same_types() -> None:
    assert list(MySQL.__annotations__) == list(AuroraMySQL.__annotations__)
    assert inspect.get_annotations(MySQL) == inspect.get_annotations(AuroraMySQL)


@pytest.mark.parametrize("output", sorted(MySQL.__annotations__))
def test_an_output_means_the_same(output: str) -> None:
    ours, theirs = (neutral(documented(component)[output]) for component in (MySQL, AuroraMySQL))
    # The first sentence is the meaning; what follows are the engine's own ways.
    assert re.split(r"[.:,;] ?", ours)[0].split()[:3] == re.split(r"[.:,;] ?", theirs)[0].split()[:3]


def test_arguments_are_shared_or_known_to_be_of_one_engine() -> None:
    ours, theirs = hints(MySQLSpec), hints(AuroraSpec)
    assert ours.keys() - theirs.keys() == ONLY_RDS.keys()
    assert theirs.keys() - ours.keys() == ONLY_AURORA
    assert {f for f in ONLY_RDS.values() if " " not in f} <= ONLY_AURORA
    different = {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]}
    assert different == OTHER_TYPES


@pytest.mark.parametrize(
    "field", sorted((hints(MySQLSpec).keys() & hints(AuroraSpec).keys()) - DIFFERENT_MEANING - OTHER_TYPES)
)
def test_a_shared_argument_means_the_same_and_has_the_same_default(field: str) -> None:
    ours, theirs = (documented(shape)[field] for shape in (MySQLSpec, AuroraSpec))
    assert neutral(ours).split()[:4] == neutral(theirs).split()[:4]
    assert neutral(ours.partition("Defaults to ")[2]) == neutral(theirs.partition("Defaults to ")[2])


def test_the_surroundings_are_told_alike() -> None:
    ours, theirs = dict(hints(MySQLArgs)), dict(hints(AuroraMySQLArgs))
    del ours["database"], theirs["aurora"], theirs["availability_zones"]
    assert ours == theirs
    texts = documented(MySQLArgs), documented(AuroraMySQLArgs)
    assert {name: neutral(texts[0][name]) for name in ours} == {name: neutral(texts[1][name]) for name in ours}


def test_what_comes_and_goes_is_counted_alike() -> None:
    ours, theirs = documented(ElasticReplicas), documented(ElasticReaders)
    for field in ("max_size", "min_size"):
        assert "the declared ones not counted" in ours[field], field
        assert "the declared ones not counted" in theirs[field], field
    shared = hints(ElasticReplicas).keys() & hints(ElasticReaders).keys()
    assert shared >= {"max_size", "min_size", "cpu_percent", "scale_out_cooldown_minutes", "scale_in_cooldown_minutes"}
    assert {f: hints(ElasticReplicas)[f] for f in shared} == {f: hints(ElasticReaders)[f] for f in shared}


def _named(inputs: dict[str, Any]) -> str:
    """Return *inputs* without the random parts of names that the recorder makes of URNs."""
    return re.sub(r"[0-9a-f]{17}", "", str(inputs), flags=re.IGNORECASE)


def recorded(component: Any, key: str) -> Recording:
    args = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], key: {}}
    return recording(lambda: component("shop-db", args))


def test_what_both_make_alike_has_the_same_name_and_inputs_so_that_it_is_carried_over() -> None:
    ours, theirs = recorded(MySQL, "database"), recorded(AuroraMySQL, "aurora")
    carried = (
        "shop-db-subnets",
        "shop-db-security-group",
        "shop-db-monitoring",
        "shop-db-monitoring-policy",
        "shop-db-zone",
        "shop-db-credentials",
    )
    for name in carried:
        one, other = ours.named(name), theirs.named(name)
        assert one.type == other.type
        assert _named(one.inputs) == _named(other.inputs), name
    for name in ("shop-db-writer", "shop-db-reader-primary"):
        one, other = ours.named(name), theirs.named(name)
        assert one.type == other.type
        leads = {"records": []}
        assert _named({**one.inputs, **leads}) == _named({**other.inputs, **leads}), "only where it leads to changes"


def test_each_takes_the_place_of_the_other() -> None:
    types = {
        "elasticweb:index:MySQL": recorded(MySQL, "database"),
        "elasticweb:index:AuroraMySQL": recorded(AuroraMySQL, "aurora"),
    }
    for type_, result in types.items():
        aliases = [alias["type"] for alias in result.one(type_).options["aliases"]]
        assert aliases == [other for other in types if other != type_]

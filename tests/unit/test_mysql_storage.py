"""MySQL's storage and its speed, its logs, its figures, and parameters that are held."""

from typing import Any

import pytest

from tests.unit.mysql import made, refusal

GP3 = (
    "MySQL: database.iops must be left out for gp3 below 400 GiB, where RDS gives 3000 IOPS and 125 MiB/s and takes no "
)
KEPT = "MySQL: database.log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, "
LARGE = {"storage_gib": 400, "max_storage_gib": 1000}
IO2 = {"storage_type": "io2", "storage_gib": 100, "max_storage_gib": 4000}


def speed(**database: Any) -> tuple[Any, ...]:
    primary = made(database).named("db-primary").inputs
    return primary["storageType"], primary.get("iops"), primary.get("storageThroughput")


# Storage


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ({}, ("gp3", None, None)),
        (LARGE, ("gp3", None, None)),
        ({**LARGE, "iops": 16000.0}, ("gp3", 16000, 500)),
        ({**LARGE, "iops": 40000}, ("gp3", 40000, 625)),  # the user guide's own example
        ({**LARGE, "storage_throughput_mibps": 3000}, ("gp3", 12000, 3000)),
        ({**LARGE, "iops": 64000, "storage_throughput_mibps": 4000}, ("gp3", 64000, 4000)),
        ({**IO2, "iops": 2000}, ("io2", 2000, None)),
        ({**IO2, "iops": 100_000}, ("io2", 100_000, None)),
    ],
)
def test_storage_is_as_fast_as_asked(database: dict[str, Any], expected: tuple[Any, ...]) -> None:
    assert speed(**database) == expected


def test_replicas_are_as_fast_and_grow_as_far_as_the_primary() -> None:
    result = made({**LARGE, "iops": 20000, "replica_count": 2})
    names = ("storageType", "iops", "storageThroughput", "allocatedStorage", "maxAllocatedStorage")
    figures = {r.name: tuple(r.inputs[name] for name in names) for r in result.all("rds/instance:Instance")}
    assert set(figures.values()) == {("gp3", 20000, 500, 400, 1000)}
    assert len(figures) == 3


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ({"iops": 3000}, f"{GP3}figures, got storage_gib 20"),
        ({"storage_gib": 399, "max_storage_gib": 900, "iops": 12000}, f"{GP3}figures, got storage_gib 399"),
        (
            {"storage_throughput_mibps": 500},
            (
                "MySQL: database.storage_throughput_mibps must be left out for gp3 below 400 GiB, where RDS gives 3000 "
                "IOPS and 125 MiB/s and takes no figures, got storage_gib 20"
            ),
        ),
        ({**LARGE, "iops": 11999}, "MySQL: database.iops must be between 12000 and 64000 for gp3, got 11999"),
        ({**LARGE, "iops": 64001}, "MySQL: database.iops must be between 12000 and 64000 for gp3, got 64001"),
        (
            {**LARGE, "storage_throughput_mibps": 3001},
            (
                "MySQL: database.storage_throughput_mibps must be between 500 and 3000 MiB/s with 12000 IOPS of gp3, "
                "got 3001"
            ),
        ),
        (
            {**LARGE, "iops": 40000, "storage_throughput_mibps": 624},
            (
                "MySQL: database.storage_throughput_mibps must be between 625 and 4000 MiB/s with 40000 IOPS of gp3, "
                "got 624"
            ),
        ),
        ({"storage_type": "gp2"}, "MySQL: database.storage_type must be one of gp3, io2, got 'gp2'"),
        (IO2, "MySQL: database.iops must be given for io2, 2000 to 100000"),
        (
            {**IO2, "storage_gib": 99, "iops": 2000},
            "MySQL: database.storage_gib must be at least 100 GiB for io2, got 99",
        ),
        (
            {**IO2, "iops": 1999},
            (
                "MySQL: database.iops must be between 2000 and 100000 for io2 of 100 GiB that grows to 4000 GiB "
                "(0.5 to 1000 per GiB), got 1999"
            ),
        ),
        (
            {**IO2, "iops": 2000, "storage_throughput_mibps": 500},
            "MySQL: database.storage_throughput_mibps must be left out for io2, which has it by its IOPS, got 500",
        ),
        ({"log_retention_days": 8}, f"{KEPT}120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, "),
        (
            {"monitoring_interval_seconds": 20},
            "MySQL: database.monitoring_interval_seconds must be one of 0, 1, 5, 10, 15, 30, 60, got 20",
        ),
        (
            {"insights_retention_days": 30},
            "MySQL: database.insights_retention_days must be 7, a multiple of 31 up to 713, or 731, got 30",
        ),
        (
            {"insights_mode": "advanced", "insights_retention_days": 62},
            "MySQL: database.insights_retention_days must be at least 465 with insights_mode advanced, got 62",
        ),
        (
            {"insights_mode": "advanced", "instance_class": "db.t4g.small"},
            (
                "MySQL: database.insights_mode must be standard for db.t4g.small: micro and small classes have no "
                "Database Insights"
            ),
        ),
        (
            {"parameters": {"lower_case_table_names": "1"}},
            (
                "MySQL: database.parameters.lower_case_table_names must be 0: MySQL takes another value before its "
                "first start only, and does not find its tables again when it is changed, got '1'"
            ),
        ),
        (
            {"parameters": {"sync_binlog": "0"}},
            (
                "MySQL: database.parameters.sync_binlog must be 1: what a client was told to be committed is on disk, "
                "got '0'"
            ),
        ),
        (
            {"parameters": {"read_only": "1"}},
            (
                "MySQL: database.parameters.read_only must be left out: RDS makes replicas read-only and their source "
                "writable"
            ),
        ),
    ],
)
def test_what_rds_would_refuse_is_one_line(database: dict[str, Any], message: str) -> None:
    assert refusal(database).startswith(message)


# Logs


def test_logs_end_after_a_while_in_groups_that_are_there_before_rds_makes_them() -> None:
    result = made({"replica_count": 1, "log_retention_days": 30})
    for role in ("primary", "replica-1"):
        instance = result.named(f"db-{role}")
        for log in ("error", "slowquery"):
            group = result.named(f"db-{role}-{log}")
            assert group.inputs["name"] == f"/aws/rds/instance/{instance.inputs['identifier']}/{log}"
            assert group.inputs["retentionInDays"] == 30
            assert group.urn in instance.dependencies
        assert instance.inputs["enabledCloudwatchLogsExports"] == ["error", "slowquery"]


def test_the_logs_of_a_kept_database_are_kept_and_those_of_a_replica_make_room() -> None:
    def kept(**more: Any) -> set[str]:
        groups = made({"replica_count": 1}, **more).all("cloudwatch/logGroup:LogGroup")
        return {group.name for group in groups if group.options.get("retainOnDelete")}

    assert kept() == {"db-primary-error", "db-primary-slowquery"}
    assert kept(disposable=True) == set()


def test_a_database_that_is_there_keeps_its_identifier() -> None:
    for instance in made({"replica_count": 1}).all("rds/instance:Instance"):
        assert "identifier" in instance.options["ignoreChanges"]


# Figures


def test_enhanced_monitoring_is_switched_off_whole() -> None:
    result = made({"monitoring_interval_seconds": 0})
    primary = result.named("db-primary").inputs
    assert primary["monitoringInterval"] == 0
    assert "monitoringRoleArn" not in primary
    assert not result.all("iam/role:Role")


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ({}, ("standard", 7)),
        ({"insights_retention_days": 93}, ("standard", 93)),
        ({"insights_mode": "advanced"}, ("advanced", 465)),
        ({"insights_mode": "advanced", "insights_retention_days": 731}, ("advanced", 731)),
    ],
)
def test_database_insights(database: dict[str, Any], expected: tuple[str, int]) -> None:
    primary = made(database).named("db-primary").inputs
    assert primary["performanceInsightsEnabled"] is True
    assert (primary["databaseInsightsMode"], primary["performanceInsightsRetentionPeriod"]) == expected

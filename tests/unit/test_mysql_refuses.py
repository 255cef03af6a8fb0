"""What MySQL refuses, each in one line and before anything is registered."""

from typing import Any

import pytest

from components.database.times import daily, overlap, weekly

from .mysql import made, refusal

WINDOWS = "MySQL: database.backup_window and database.maintenance_window must not overlap, got "
DATABASE_NAME = (
    "MySQL: database.database_name must be 1 to 64 letters, digits and underscores, begin with a letter "
    "and not be a word of MySQL's own, got "
)
USERNAME = (
    "MySQL: database.username must be 1 to 16 letters, digits and underscores, begin with a letter and "
    "not be a word of MySQL's own, got "
)
DAILY = "MySQL: database.backup_window must be a daily time in UTC such as 02:00-03:00, got "
WEEKLY = "MySQL: database.maintenance_window must be a weekly time in UTC such as sun:03:30-sun:04:30, got "
VERSION = "MySQL: database.engine_version must be 8.4 or later, such as 8.4 or 8.4.6, got "
CLASS = "must be an RDS instance class such as db.t4g.medium, got "
DOMAIN = "MySQL: database.private_domain must be a lower-case domain such as app.internal, got "
BYTES = "must be in bytes, because RDS takes no units, got "
OF_AWS = (
    "MySQL: database.private_domain must not be a domain of AWS, because a private zone of that name would hide AWS's "
    "own endpoints, got "
)


@pytest.mark.parametrize(
    ("database", "message"),
    [
        ({"engine_version": "8.0"}, f"{VERSION}'8.0'"),
        ({"engine_version": "8.0.42"}, f"{VERSION}'8.0.42'"),
        ({"engine_version": "8"}, f"{VERSION}'8'"),
        ({"engine_version": "latest"}, f"{VERSION}'latest'"),
        ({"instance_class": "t4g.medium"}, f"MySQL: database.instance_class {CLASS}'t4g.medium'"),
        ({"instance_class": "db.t4g"}, f"MySQL: database.instance_class {CLASS}'db.t4g'"),
        ({"replica_class": "db.serverless"}, f"MySQL: database.replica_class {CLASS}'db.serverless'"),
        ({"database_name": ""}, f"{DATABASE_NAME}''"),
        ({"database_name": "my-app"}, f"{DATABASE_NAME}'my-app'"),
        ({"database_name": "1app"}, f"{DATABASE_NAME}'1app'"),
        ({"database_name": "a" * 65}, f"{DATABASE_NAME}'{'a' * 65}'"),
        ({"database_name": "Order"}, f"{DATABASE_NAME}'Order'"),
        ({"database_name": "mysql"}, f"{DATABASE_NAME}'mysql'"),
        ({"username": "root"}, f"{USERNAME}'root'"),
        ({"username": "rdsadmin"}, f"{USERNAME}'rdsadmin'"),
        ({"username": "select"}, f"{USERNAME}'select'"),
        ({"username": "app-owner"}, f"{USERNAME}'app-owner'"),
        ({"username": "a" * 17}, f"{USERNAME}'{'a' * 17}'"),
        (
            {"username": "Admin"},
            (
                "MySQL: database.username must not be the name that everybody guesses first, such as app_owner "
                "instead (FSBP RDS.25), got 'Admin'"
            ),
        ),
        ({"port": 1149}, "MySQL: database.port must be between 1150 and 65535, got 1149"),
        ({"port": 65536}, "MySQL: database.port must be between 1150 and 65535, got 65536"),
        ({"port": "3307"}, "MySQL: database.port must be an integer, got '3307'"),
        ({"storage_gib": 19}, "MySQL: database.storage_gib must be between 20 and 59578 GiB, got 19"),
        ({"storage_gib": 59579}, "MySQL: database.storage_gib must be between 20 and 59578 GiB, got 59579"),
        (
            {"storage_gib": 100},
            "MySQL: database.max_storage_gib must be at least 110 GiB, 10% above storage_gib (100), got 100",
        ),
        (
            {"storage_gib": 21, "max_storage_gib": 23},
            "MySQL: database.max_storage_gib must be at least 24 GiB, 10% above storage_gib (21), got 23",
        ),
        (
            {"max_storage_gib": 65537},
            "MySQL: database.max_storage_gib must be between 22 and 65536 GiB, got 65537",
        ),
        ({"replica_count": -1}, "MySQL: database.replica_count must be between 0 and 15, got -1"),
        ({"replica_count": 16}, "MySQL: database.replica_count must be between 0 and 15, got 16"),
        ({"replica_count": 1.5}, "MySQL: database.replica_count must be an integer, got 1.5"),
        (
            {"backup_retention_days": 36},
            "MySQL: database.backup_retention_days must be between 0 and 35 days, got 36",
        ),
        (
            {"backup_retention_days": 0, "replica_count": 2},
            (
                "MySQL: database.backup_retention_days must be at least 1 with replicas, which RDS makes from "
                "backups, got 0 with 2 of them"
            ),
        ),
        ({"backup_window": "2:00-3:00"}, f"{DAILY}'2:00-3:00'"),
        ({"backup_window": "24:00-01:00"}, f"{DAILY}'24:00-01:00'"),
        (
            {"backup_window": "02:00-02:29"},
            "MySQL: database.backup_window must be at least 30 minutes long, got 02:00-02:29",
        ),
        (
            {"backup_window": "02:00-02:00"},
            "MySQL: database.backup_window must be at least 30 minutes long, got 02:00-02:00",
        ),
        ({"maintenance_window": "04:00-05:00"}, f"{WEEKLY}'04:00-05:00'"),
        ({"maintenance_window": "sunday:04:00-sunday:05:00"}, f"{WEEKLY}'sunday:04:00-sunday:05:00'"),
        (
            {"maintenance_window": "sun:04:00-sun:04:15"},
            "MySQL: database.maintenance_window must be at least 30 minutes long, got sun:04:00-sun:04:15",
        ),
        ({"backup_window": "04:00-05:00"}, f"{WINDOWS}04:00-05:00 and sun:03:30-sun:04:30"),
        ({"maintenance_window": "mon:02:30-mon:03:30"}, f"{WINDOWS}02:00-03:00 and mon:02:30-mon:03:30"),
        ({"maintenance_window": "mon:12:00-tue:12:00"}, f"{WINDOWS}02:00-03:00 and mon:12:00-tue:12:00"),
        ({"private_domain": "App.internal"}, f"{DOMAIN}'App.internal'"),
        ({"private_domain": "internal"}, f"{DOMAIN}'internal'"),
        *(
            ({"private_domain": theirs}, f"{OF_AWS}{theirs!r}")
            for theirs in ("amazonaws.com", "rds.amazonaws.com", "amazonaws.com.cn", "api.aws", "eu-central-1.api.aws")
        ),
        ({"private_domain": "a." * 124 + "de"}, f"{DOMAIN}'{'a.' * 124}de'"),
        (
            {"parameters": {"max-connections": "5"}},
            (
                "MySQL: database.parameters must be keyed by names of MySQL parameters such as max_connections, "
                "got 'max-connections'"
            ),
        ),
        (
            {"parameters": {"max_connections": ""}},
            "MySQL: database.parameters.max_connections must have a value, got ''",
        ),
        ({"parameters": {"max_connections": 5}}, "MySQL: database.parameters.max_connections must be a string, got 5"),
        (
            {"parameters": {"require_secure_transport": "0"}},
            "MySQL: database.parameters.require_secure_transport must be 1: connections are encrypted, got '0'",
        ),
        (
            {"parameters": {"binlog_format": "STATEMENT"}},
            (
                "MySQL: database.parameters.binlog_format must be ROW: replicas would diverge, where statements mean "
                "something else, got 'STATEMENT'"
            ),
        ),
        (
            {"parameters": {"log_output": "TABLE"}},
            (
                "MySQL: database.parameters.log_output must be FILE: logs in tables cannot be exported to CloudWatch, "
                "got 'TABLE'"
            ),
        ),
        (
            {"parameters": {"max_connections": "9"}},
            "MySQL: database.parameters.max_connections must be between 10 and 100000, got 9",
        ),
        (
            {"parameters": {"max_connections": "100001"}},
            "MySQL: database.parameters.max_connections must be between 10 and 100000, got 100001",
        ),
        (
            {"parameters": {"tls_version": "TLSv1.1,TLSv1.2"}},
            (
                "MySQL: database.parameters.tls_version must be TLSv1.2, TLSv1.3 or both: older ones are broken, "
                "got 'TLSv1.1,TLSv1.2'"
            ),
        ),
        (
            {"parameters": {"tls_version": "TLSv1.2, TLSv1"}},
            (
                "MySQL: database.parameters.tls_version must be TLSv1.2, TLSv1.3 or both: older ones are broken, "
                "got 'TLSv1.2, TLSv1'"
            ),
        ),
        (
            {"parameters": {"innodb_buffer_pool_size": "12G"}},
            f"MySQL: database.parameters.innodb_buffer_pool_size {BYTES}'12G'",
        ),
        (
            {"parameters": {"max_allowed_packet": "512M"}},
            f"MySQL: database.parameters.max_allowed_packet {BYTES}'512M'",
        ),
    ],
)
def test_a_wrong_specification_is_one_line(database: dict[str, Any], message: str) -> None:
    assert refusal(database) == message


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("binlog_format", "ROW"),
        ("log_output", "FILE"),
        ("max_connections", "10"),
        ("max_connections", "100000"),
        ("max_connections", "{DBInstanceClassMemory/12582880}"),
        ("tls_version", "TLSv1.2,TLSv1.3"),
    ],
)
def test_what_is_held_may_be_said_and_limits_may_be_reached(parameter: str, value: str) -> None:
    found = made({"parameters": {parameter: value}}).named("db-parameters").inputs["parameters"]
    assert value in {one["value"] for one in found if one["name"] == parameter}


@pytest.mark.parametrize("domain", ["myamazonaws.com", "api.aws.internal"])
def test_a_domain_that_only_looks_like_one_of_aws_is_the_users_own(domain: str) -> None:
    assert made({"private_domain": domain})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"subnet_ids": ["subnet-a"]}, "MySQL: subnet_ids must hold at least 2 subnets in different zones, got 1"),
        ({"vpc_id": None}, "MySQL: missing vpc_id"),
        (
            {"private_zone_id": "Z42"},
            "MySQL: missing database.private_domain, the name of the zone that private_zone_id is",
        ),
        (
            {"name": "Orders_DB"},
            (
                "MySQL: the name must be lower-case letters, digits and single hyphens and begin with a letter, "
                "because RDS names the instances after it, got 'Orders_DB'"
            ),
        ),
        (
            {"name": "a" * 45},
            (
                f"MySQL: the name '{'a' * 45}-replica-15' is too long for an RDS instance: AWS allows 63 characters "
                "and Pulumi adds 8, so use at most 55, got 56"
            ),
        ),
    ],
)
def test_wrong_surroundings_are_one_line(more: dict[str, Any], message: str) -> None:
    assert refusal(None, **more) == message


def test_a_misspelt_key_is_named_with_those_that_exist() -> None:
    assert refusal({"replica": 2}).startswith("MySQL: unknown database.replica; known are ")


@pytest.mark.parametrize(
    ("once_a_day", "once_a_week", "meet"),
    [
        ("02:00-03:00", "sun:03:00-sun:04:00", False),
        ("02:00-03:01", "sun:03:00-sun:04:00", True),
        ("04:00-05:00", "sun:03:00-sun:04:00", False),
        ("23:30-00:30", "mon:00:00-mon:01:00", True),
        ("23:30-00:30", "mon:00:30-mon:01:00", False),
        ("00:00-00:30", "sun:23:30-mon:00:30", True),
        ("01:00-01:30", "sun:23:30-mon:00:30", False),
        ("12:00-12:30", "tue:13:00-tue:12:30", True),
    ],
)
def test_windows_meet_also_over_midnight_and_sunday(once_a_day: str, once_a_week: str, meet: bool) -> None:
    day, week = daily(once_a_day), weekly(once_a_week)
    assert day is not None
    assert week is not None
    assert overlap(day, week) is meet

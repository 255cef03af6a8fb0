"""A proxy in front of the writer: who may use it, what it may read, and where the names lead."""

import json
from functools import cache
from typing import Any

import pytest

from components import AuroraMySQL, AuroraMySQLArgs, InvalidArgs
from components.mysql import MySQL
from rehearsal.recorder import Recording
from tests.recording import recording

from .mysql import address, args

RULE = "aws:vpc/securityGroup{}Rule:SecurityGroup{}Rule"
SPEC: dict[str, Any] = {"port": 3306, "proxy": {}}


@cache
def recorded(given: str) -> Recording:
    return recording(lambda: MySQL("db", args(json.loads(given), function_subnet_ids=["subnet-c"])))


def made(**more: Any) -> Recording:
    return recorded(json.dumps({**SPEC, **more}))


def aurora(**more: Any) -> Recording:
    given: dict[str, Any] = {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "aurora": {**SPEC, **more}}
    return recording(lambda: AuroraMySQL("db", AuroraMySQLArgs(**given)))


def refused(**spec: Any) -> str:
    with pytest.raises(InvalidArgs) as error:
        recording(lambda: MySQL("db", args(spec)))
    return str(error.value)


def test_there_is_none_unless_it_is_asked_for() -> None:
    assert not [r.name for r in recording(lambda: MySQL("db", args())).resources if "proxy" in r.name]


def test_it_takes_clients_with_tls_only_and_logs_in_as_those_whose_secrets_it_has() -> None:
    result = made(users=[{"name": "shop"}, {"name": "reports"}])
    proxy = result.named("db-proxy").inputs
    assert (proxy["engineFamily"], proxy["requireTls"]) == ("MYSQL", True)
    secrets = [r.outputs["arn"] for r in result.all("secretsmanager/secret:Secret")]
    assert sorted(auth["secretArn"] for auth in proxy["auths"]) == sorted(secrets)
    assert len(secrets) == 3
    for auth in proxy["auths"]:
        assert (auth["authScheme"], auth["iamAuth"]) == ("SECRETS", "DISABLED")
        assert auth["clientPasswordAuthType"] == "MYSQL_CACHING_SHA2_PASSWORD", "the plugin of MySQL 8.4"


def test_its_role_reads_these_secrets_and_nothing_else() -> None:
    result = made(users=[{"name": "shop"}])
    trust = json.loads(result.named("db-proxy-role").inputs["assumeRolePolicy"])["Statement"]
    assert [s["Principal"] for s in trust] == [{"Service": "rds.amazonaws.com"}]
    (statement,) = json.loads(result.named("db-proxy-secrets").inputs["policy"])["Statement"]
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    assert sorted(statement["Resource"]) == sorted(r.outputs["arn"] for r in result.all("secretsmanager/secret:Secret"))
    assert result.named("db-proxy-secrets").urn in result.named("db-proxy").dependencies


def test_the_writers_name_leads_to_it_once_the_primary_is_behind_it_and_the_readers_does_not() -> None:
    result = made(replica_count=1)
    proxy, target = result.named("db-proxy"), result.named("db-proxy-target")
    assert target.inputs["dbInstanceIdentifier"] == result.named("db-primary").outputs["identifier"]
    assert result.named("db-writer").inputs["records"] == [proxy.outputs["endpoint"]]
    assert target.urn in result.named("db-writer").property_dependencies["records"]
    assert result.named("db-reader-1").inputs["records"] == [address(result.named("db-replica-1"))]
    assert result.named("db-reader-primary").inputs["records"] == [address(result.named("db-primary"))]
    assert not result.all("rds/proxyEndpoint:ProxyEndpoint"), "readers of a proxy exist for Aurora only"


def test_clients_see_the_same_hosts_and_one_port() -> None:
    result = made()
    outputs = result.one("elasticweb:index:MySQL").outputs
    assert (outputs["host"], outputs["reader_host"], outputs["port"]) == ("db.db.internal", "db-ro.db.internal", 3306)
    secret = json.loads(result.named("db-credentials-version").inputs["secretString"])
    assert (secret["host"], secret["port"]) == ("db.db.internal", 3306)


def test_it_stands_between_clients_and_database() -> None:
    result = made()
    clients, own = result.named("db-security-group").id, result.named("db-proxy-security-group").id
    assert result.named("db-proxy").inputs["vpcSecurityGroupIds"] == [own, clients]
    out, into = (result.one(RULE.format(way, way)).inputs for way in ("Egress", "Ingress"))
    assert (out["securityGroupId"], out["referencedSecurityGroupId"]) == (own, clients)
    assert (into["securityGroupId"], into["referencedSecurityGroupId"]) == (clients, own)
    assert {(rule["fromPort"], rule["toPort"], rule["ipProtocol"]) for rule in (out, into)} == {(3306, 3306, "tcp")}
    assert result.named("db-proxy").inputs["vpcSubnetIds"] == ["subnet-a", "subnet-b"]


@pytest.mark.parametrize(
    ("spec", "pool", "idle"),
    [
        ({}, (90, 45, 30), 1800),
        ({"max_connections_percent": 50}, (50, 25, 30), 1800),
        (
            {"max_idle_connections_percent": 0, "borrow_timeout_seconds": 5, "idle_timeout_seconds": 60},
            (90, 0, 5),
            60,
        ),
    ],
)
def test_its_pool_is_as_asked(spec: dict[str, Any], pool: tuple[int, int, int], idle: int) -> None:
    result = made(proxy=spec)
    config = result.named("db-proxy-pool").inputs["connectionPoolConfig"]
    names = ("maxConnectionsPercent", "maxIdleConnectionsPercent", "connectionBorrowTimeout")
    assert tuple(config[name] for name in names) == pool
    assert result.named("db-proxy").inputs["idleClientTimeout"] == idle


def test_rds_tells_of_it() -> None:
    told = made().named("db-events-proxy").inputs
    assert told["sourceIds"] == [made().named("db-proxy").outputs["name"]]
    assert (told["sourceType"], "failure" in told["eventCategories"]) == ("db-proxy", True)


def test_aurora_has_one_for_readers_too() -> None:
    result = aurora(reader_count=1)
    reader = result.named("db-proxy-reader")
    assert reader.inputs["targetRole"] == "READ_ONLY"
    assert reader.inputs["dbProxyEndpointName"] == f"{result.named('db-proxy').outputs['name']}-ro"
    assert result.named("db-reader-primary").inputs["records"] == [reader.outputs["endpoint"]]
    assert result.named("db-writer").inputs["records"] == [result.named("db-proxy").outputs["endpoint"]]
    target = result.named("db-proxy-target").inputs
    assert "dbClusterIdentifier" in target
    assert "dbInstanceIdentifier" not in target


def test_a_preview_makes_the_same() -> None:
    previewed = recording(lambda: MySQL("db", args(SPEC, function_subnet_ids=["subnet-c"])), preview=True)
    assert {r.name for r in previewed.resources} == {r.name for r in made().resources}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            {"proxy": {}},
            "database.port must be 3306 with proxy, because a proxy for MySQL listens there only and",
        ),
        (
            {**SPEC, "proxy": {"idle_timeout_seconds": 0}},
            "database.proxy.idle_timeout_seconds must be between 1 and 28800, got 0",
        ),
        (
            {**SPEC, "proxy": {"max_connections_percent": 50, "max_idle_connections_percent": 51}},
            "database.proxy.max_idle_connections_percent must be between 0 and 50, got 51",
        ),
        (
            {**SPEC, "proxy": {"borrow_timeout_seconds": 301}},
            "database.proxy.borrow_timeout_seconds must be between 0 and 300, got 301",
        ),
        ({**SPEC, "proxy": {"reader": True}}, "unknown database.proxy.reader"),
    ],
)
def test_a_proxy_that_cannot_be_is_refused(spec: dict[str, Any], message: str) -> None:
    assert refused(**spec).startswith(f"MySQL: {message}")

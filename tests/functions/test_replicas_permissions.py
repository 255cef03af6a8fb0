"""The controller's role allows what the controller calls, on what is its own, and nothing else.

The policy is the component's own, as a deployment would write it. The calls are those that the controller makes against
moto in all that can become of a replica, written down by boto3's own events.
"""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import pytest

from components.functions.replicas.model import SCOPE_TAG
from components.mysql import MySQL
from tests.functions.world import DECLARED, REGION, SOURCE, World, policy, world
from tests.recording import recording

_HERE = f"{REGION}:123456789012"
_KEY = f"arn:aws:kms:{_HERE}:key/1"
_ROLE = "arn:aws:iam::123456789012:role/monitoring"


class Need(NamedTuple):
    """What IAM is asked when the controller calls AWS."""

    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...] = ()


def granted(zone_id: str, **spec: Any) -> list[dict[str, Any]]:
    """Return the statements of the role of a database, the log's apart, with the names of the world's resources."""
    key = {"kms_key_arn": _KEY} if spec.pop("encrypted", True) else {}
    database = {"elastic_replicas": {"max_size": 3}, "private_domain": "shop.internal", **spec}
    made = recording(
        lambda: MySQL(
            "shop-db",
            {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a", "subnet-b"], "database": database, **key},  # pyright: ignore[reportArgumentType]
        )
    )
    text = made.named("shop-db-elastic-role-policy").inputs["policy"]
    names = {
        made.named("shop-db-primary").outputs["identifier"]: SOURCE,
        made.named("shop-db-zone").outputs["zoneId"]: zone_id,
        "elasticweb/test/shop-db": "shop/prod/shop-db",
    }
    if spec.get("monitoring_interval_seconds", 60):
        names[made.named("shop-db-monitoring").outputs["arn"]] = _ROLE
    for old, new in names.items():
        text = text.replace(old, new)
    first, *rest = json.loads(text)["Statement"]
    assert first["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    return rest


def needs(here: World) -> Iterator[Need]:
    """Return what IAM is asked for all calls that were made."""
    for service, operation, params in here.calls:
        action = f"{service}:{operation}"
        for resource, context in _about(operation, params):
            yield Need(action, resource, tuple(sorted(context.items())))
        if operation == "CreateDBInstanceReadReplica":
            tags = {f"aws:RequestTag/{tag['Key']}": (tag["Value"],) for tag in params["Tags"]}
            new = f"arn:aws:rds:{_HERE}:db:{params['DBInstanceIdentifier']}"
            yield Need("rds:AddTagsToResource", new, tuple(sorted(tags.items())))
            # RDS user guide, USER_Monitoring.OS and Overview.Encryption.Keys.
            yield Need("iam:PassRole", params["MonitoringRoleArn"], _MONITORING)
            if here.instance(params["SourceDBInstanceIdentifier"]).get("KmsKeyId") == _KEY:
                for use in ("kms:CreateGrant", "kms:DescribeKey"):
                    yield Need(use, _KEY, (("kms:ViaService", (f"rds.{REGION}.amazonaws.com",)),))


_MONITORING = (("iam:PassedToService", ("monitoring.rds.amazonaws.com",)),)


def _about(  # noqa: PLR0911  a table
    operation: str, params: Mapping[str, Any]
) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    rds, alarm = f"arn:aws:rds:{_HERE}", f"arn:aws:cloudwatch:{_HERE}:alarm"
    if operation == "DescribeDBInstances":
        return [(f"{rds}:db:*", {})]
    if operation == "CreateDBInstanceReadReplica":
        tags = {f"aws:RequestTag/{tag['Key']}": (tag["Value"],) for tag in params["Tags"]}
        about = [params["DBInstanceIdentifier"], params["SourceDBInstanceIdentifier"]]
        return [(f"{rds}:db:{name}", tags) for name in about]
    if operation == "DeleteDBInstance":
        return [
            (f"{rds}:db:{params['DBInstanceIdentifier']}", {f"aws:ResourceTag/{SCOPE_TAG}": ("shop/prod/shop-db",)})
        ]
    if operation == "DescribeAlarms":
        return [(f"{alarm}:*", {})]
    if operation in ("PutMetricAlarm", "DeleteAlarms"):
        return [(f"{alarm}:{name}", {}) for name in params.get("AlarmNames", [params.get("AlarmName")])]
    if operation in ("DeleteHealthCheck", "UpdateHealthCheck"):
        return [(f"arn:aws:route53:::healthcheck/{params['HealthCheckId']}", {})]
    if operation == "ListResourceRecordSets":
        return [(f"arn:aws:route53:::hostedzone/{params['HostedZoneId']}", {})]
    if operation == "ChangeResourceRecordSets":
        return [_change(params)]
    return [("*", {})]


def _change(params: Mapping[str, Any]) -> tuple[str, dict[str, tuple[str, ...]]]:
    records = [change["ResourceRecordSet"] for change in params["ChangeBatch"]["Changes"]]
    return f"arn:aws:route53:::hostedzone/{params['HostedZoneId']}", {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": tuple(r["Name"].rstrip(".") for r in records),
        "route53:ChangeResourceRecordSetsRecordTypes": tuple(r["Type"] for r in records),
    }


def allows(statement: Mapping[str, Any], need: Need) -> bool:
    """Whether *statement* allows it, as IAM would find."""
    resources = statement["Resource"]
    within = [resources] if isinstance(resources, str) else resources
    context = dict(need.context)
    if need.action not in statement["Action"] or not any(fnmatchcase(need.resource, each) for each in within):
        return False
    for operator, wanted in statement.get("Condition", {}).items():
        assert operator in ("StringEquals", "StringLike", "ForAllValues:StringEquals")
        for key, value in wanted.items():
            patterns = [value] if isinstance(value, str) else value
            # ForAllValues holds for no value at all: what is not said must not pass here.
            if not context.get(key) or not all(any(fnmatchcase(v, p) for p in patterns) for v in context[key]):
                return False
    return True


@pytest.fixture
def each_apart() -> None:
    """Instead of the fixture for all of this folder: one world is for all tests here."""


@pytest.fixture(scope="module")
def lived() -> Iterator[World]:
    """A world in which everything has happened that may become of replicas."""
    with world() as here:
        one = policy(min_size=1)
        here.place = here.place._replace(
            template={**here.place.template, "MonitoringRoleArn": _ROLE, "MonitoringInterval": 60}
        )
        here.backend.databases[SOURCE].kms_key_id = _KEY
        here.calls.clear()
        here.call({"tf": {"action": "create", "prev_input": None}}, one)
        here.run(14, one, every=2)
        here.age(60)
        # What the check remembers of its alarm comes from Route 53; moto does not tell.
        here.call({}, policy(min_size=1, max_lag=20))
        here.run(4, policy(max_size=0), every=2)
        here.run(16, policy(max_size=0), every=4)
        assert here.elastic() == {}
        here.run(4, one, every=2)
        here.call({"tf": {"action": "update", "prev_input": {"source": "shop-db-primary-before"}}}, one)
        here.call({"tf": {"action": "delete"}}, one)
        assert here.elastic() == {}
        yield here


def test_everything_that_is_called_is_allowed(lived: World) -> None:
    statements = granted(lived.zone_id)
    refused = [need for need in needs(lived) if not any(allows(statement, need) for statement in statements)]
    assert refused == []


def test_nothing_is_allowed_that_is_not_called(lived: World) -> None:
    called = {need.action for need in needs(lived)}
    assert {action for statement in granted(lived.zone_id) for action in statement["Action"]} == called


def test_every_statement_is_needed(lived: World) -> None:
    asked = set(needs(lived))
    for statement in granted(lived.zone_id):
        assert any(allows(statement, need) for need in asked), statement


def test_without_key_and_monitoring_there_is_no_right_to_them(lived: World) -> None:
    plain = granted(lived.zone_id, encrypted=False, monitoring_interval_seconds=0)
    whole = granted(lived.zone_id)
    gone = {a for s in whole for a in s["Action"]} - {a for s in plain for a in s["Action"]}
    assert gone == {"iam:PassRole", "kms:CreateGrant", "kms:DescribeKey"}


_MINE = ((f"aws:ResourceTag/{SCOPE_TAG}", ("shop/prod/shop-db",)),)
_REQUEST = ((f"aws:RequestTag/{SCOPE_TAG}", ("shop/prod/shop-db",)),)
_RDS = f"arn:aws:rds:{_HERE}:db"


@pytest.mark.parametrize(
    "need",
    [
        Need("rds:DeleteDBInstance", f"{_RDS}:{SOURCE}", _MINE),
        Need("rds:DeleteDBInstance", f"{_RDS}:{DECLARED}", _MINE),
        Need("rds:DeleteDBInstance", f"{_RDS}:{SOURCE}-elastic-1"),
        Need("rds:DeleteDBInstance", f"{_RDS}:{SOURCE}-elastic-1", ((f"aws:ResourceTag/{SCOPE_TAG}", ("other",)),)),
        Need("rds:DeleteDBInstance", f"{_RDS}:other-db-primary-1-elastic-1", _MINE),
        Need("rds:CreateDBInstanceReadReplica", f"{_RDS}:{SOURCE}-elastic-1"),
        Need("rds:CreateDBInstanceReadReplica", f"{_RDS}:somebody-elses", _REQUEST),
        Need("rds:AddTagsToResource", f"{_RDS}:{SOURCE}", _REQUEST),
        Need("rds:ModifyDBInstance", f"{_RDS}:{SOURCE}-elastic-1", _MINE),
        Need("iam:PassRole", "arn:aws:iam::123456789012:role/admin", _MONITORING),
        Need("iam:PassRole", _ROLE, (("iam:PassedToService", ("ec2.amazonaws.com",)),)),
        Need("cloudwatch:DeleteAlarms", f"arn:aws:cloudwatch:{_HERE}:alarm:shop-db-primary-cpu"),
        Need(
            "route53:ChangeResourceRecordSets",
            "arn:aws:route53:::hostedzone/{zone}",
            (
                ("route53:ChangeResourceRecordSetsNormalizedRecordNames", ("db.shop.internal",)),
                ("route53:ChangeResourceRecordSetsRecordTypes", ("CNAME",)),
            ),
        ),
        Need("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/ZOTHER"),
    ],
    ids=lambda need: f"{need.action} {need.resource.rsplit(':', 1)[-1]}",
)
def test_what_is_not_its_own_is_out_of_reach(lived: World, need: Need) -> None:
    asked = need._replace(resource=need.resource.replace("{zone}", lived.zone_id))
    assert not any(allows(statement, asked) for statement in granted(lived.zone_id))

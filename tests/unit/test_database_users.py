"""Users of a database: what is declared for them, who may do what, what is refused."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components import InvalidArgs
from components.aurora import AuroraMySQL
from components.database.user_checks import PRIVILEGES
from components.database.user_shapes import DatabaseAccess
from components.functions import users
from components.functions.users.grants import OF_A_DATABASE, corrections, on_database, present
from rehearsal.recorder import Recording
from tests.recording import recording
from tests.unit.mysql import PASSWORD, made

FUNCTION_SUBNETS = ["subnet-p", "subnet-q"]
USERS = [{"name": "web"}, {"name": "reports", "access": "read_only", "databases": ["app", "archive"]}]


def kept(database: Mapping[str, Any] | None = None, **more: Any) -> Recording:
    around: dict[str, Any] = {"function_subnet_ids": FUNCTION_SUBNETS, **more}
    return made({"users": USERS, "rotation_days": 30, **(database or {})}, **around)


def declared(result: Recording, user: str) -> dict[str, Any]:
    return json.loads(result.named(f"db-user-{user}-declared").inputs["input"])


def aurora(spec: Mapping[str, Any]) -> Recording:
    args: Any = {
        "vpc_id": "vpc-1",
        "subnet_ids": ["subnet-a", "subnet-b"],
        "function_subnet_ids": FUNCTION_SUBNETS,
        "aurora": spec,
    }
    return recording(lambda: AuroraMySQL("db", args))


def test_without_users_and_rotation_there_is_no_function() -> None:
    result = made()
    assert not [r for r in result.resources if r.type.startswith("aws:lambda/")]
    assert not result.named("db-credentials-version").options.get("ignoreChanges")
    assert result.one("elasticweb:index:MySQL").outputs["user_secret_arns"] == {}


def test_the_function_is_told_what_is_declared_and_no_password() -> None:
    result = kept()
    secret = result.named("db-user-reports")
    assert declared(result, "reports") == {
        "user": {
            "name": "reports",
            "iam": False,
            "privileges": ["SELECT", "SHOW VIEW"],
            "databases": ["app", "archive"],
            "secret": secret.outputs["arn"],
        },
        "connection": {
            "engine": "mysql",
            "host": "db.db.internal",
            "reader_host": "db-ro.db.internal",
            "port": 3307,
            "dbname": "app",
            "dbInstanceIdentifier": result.named("db-primary").outputs["identifier"],
        },
    }
    assert declared(result, "web")["user"]["databases"] == ["app"]
    assert result.one("elasticweb:index:MySQL").outputs["user_secret_arns"] == {
        "web": result.named("db-user-web").outputs["arn"],
        "reports": secret.outputs["arn"],
    }


def test_no_password_is_in_anything_that_is_made_for_users() -> None:
    result = kept()
    holders = {r.name for r in result.resources if PASSWORD in json.dumps([r.inputs, r.outputs], default=str)}
    assert holders <= {"db-primary", "db-credentials-version"}, "where it is secret, and was before there were users"
    assert not [r for r in result.all("secretsmanager/secretVersion:SecretVersion") if r.name.startswith("db-user")]


def test_what_is_declared_is_a_call_that_is_asked_for_until_it_succeeds() -> None:
    result = kept()
    call, removal = result.named("db-user-web-declared"), result.named("db-user-web-removal")
    assert call.inputs.get("lifecycleScope") is None
    assert removal.inputs["lifecycleScope"] == "CRUD"
    assert json.loads(removal.inputs["input"]) == {"remove": "web", "disposable": False}
    # Nothing of a declaration is in it: what is declared changes, who is to be removed does not.
    assert json.loads(kept({"users": [{"name": "web", "iam": True}]}).named("db-user-web-removal").inputs["input"]) == (
        json.loads(removal.inputs["input"])
    )


def test_another_primary_is_another_call() -> None:
    result = kept()
    address = result.named("db-primary").outputs["address"]
    for call in ("db-user-web-declared", "db-users-master"):
        assert result.named(call).inputs["triggers"] == {"address": address}
    assert result.named("db-users").inputs["environment"]["variables"]["ADDRESS"] == address


def test_the_function_may_use_the_secrets_of_this_database_and_nothing_else() -> None:
    result = kept()
    policy = json.loads(result.named("db-users-role-policy").inputs["policy"])
    (secrets,) = [s for s in policy["Statement"] if "secretsmanager:GetSecretValue" in s["Action"]]
    assert secrets["Resource"] == [
        result.named(name).outputs["arn"] for name in ("db-credentials", "db-user-web", "db-user-reports")
    ]
    assert {a for s in policy["Statement"] for a in s["Action"]} == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    }


def test_the_function_reaches_the_database_and_https_only() -> None:
    result = kept()
    own, database = result.named("db-users-security-group").id, result.named("db-security-group").id
    egress = {
        (r.inputs.get("referencedSecurityGroupId") or r.inputs["cidrIpv4"], r.inputs["fromPort"], r.inputs["toPort"])
        for r in result.all("vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        if r.inputs["securityGroupId"] == own
    }
    assert egress == {(database, 3307, 3307), ("0.0.0.0/0", 443, 443)}
    ingress = result.named("db-users-ingress").inputs
    assert (ingress["securityGroupId"], ingress["referencedSecurityGroupId"]) == (database, own)
    assert result.named("db-users").inputs["vpcConfig"] == {"subnetIds": FUNCTION_SUBNETS, "securityGroupIds": [own]}


def test_the_code_is_whole() -> None:
    files = set(kept().named("db-users").inputs["code"].assets)
    ours = {f"elasticweb/functions/users/{name}" for name in ("handler.py", "rds-roots.pem", "__init__.py")}
    assert ours | {"pymysql/__init__.py", "pymysql/constants/ER.py"} <= files
    folder = next(iter(users.__path__))
    written = {f"elasticweb/functions/users/{p.name}" for p in Path(folder).iterdir() if p.is_file()}
    assert written <= files


def test_other_authorities_take_the_place_of_those_that_are_shipped() -> None:
    other = "-----BEGIN CERTIFICATE-----\nof a new region\n-----END CERTIFICATE-----\n"
    code = kept({"ca_certificates": other}).named("db-users").inputs["code"]
    assert code.assets["elasticweb/functions/users/rds-roots.pem"].text == other


def test_every_password_is_rotated_and_no_login_by_token() -> None:
    result = kept({"users": [*USERS, {"name": "batch", "iam": True}]})
    rotations = {r.name: r.inputs for r in result.all("secretsmanager/secretRotation:SecretRotation")}
    assert rotations.keys() == {"db-users-master-rotation", "db-user-web-rotation", "db-user-reports-rotation"}
    for name, inputs in rotations.items():
        assert inputs["rotationRules"] == {"automaticallyAfterDays": 30}
        assert inputs["rotateImmediately"] is False
        assert inputs["rotationLambdaArn"] == result.named("db-users").outputs["arn"]
        permission = result.named(f"{name}-permission").inputs
        assert permission["principal"] == "secretsmanager.amazonaws.com"
        assert permission["sourceAccount"] == "123456789012"
        assert permission["sourceArn"] == inputs["secretId"]


@pytest.mark.parametrize("days", [None, 0])
def test_without_days_nothing_is_rotated(days: int | None) -> None:
    database: dict[str, Any] = {"users": USERS} if days is None else {"users": USERS, "rotation_days": days}
    result = made(database, function_subnet_ids=FUNCTION_SUBNETS)
    assert not result.all("secretsmanager/secretRotation:SecretRotation")
    assert result.named("db-users")


def test_a_deployment_never_writes_over_what_a_rotation_put_into_the_secret() -> None:
    for result in (kept(), made({"rotation_days": 0}, function_subnet_ids=FUNCTION_SUBNETS)):
        options = result.named("db-credentials-version").options
        assert options["ignoreChanges"] == ["secretString", "versionStages"]
        assert result.named("db-users-master"), "which writes changed hosts into it"


def test_the_secrets_of_users_can_be_brought_back_but_are_in_nobodys_way() -> None:
    assert kept().named("db-user-web").inputs["recoveryWindowInDays"] == 30
    assert kept(disposable=True).named("db-user-web").inputs["recoveryWindowInDays"] == 0


def test_aurora_has_the_same() -> None:
    result = aurora({"users": USERS, "rotation_days": 30})
    cluster = result.one("rds/cluster:Cluster")
    assert declared(result, "web")["connection"]["dbClusterIdentifier"] == cluster.id
    assert result.named("db-users").inputs["environment"]["variables"]["ADDRESS"] == cluster.outputs["endpoint"]
    assert set(result.one("elasticweb:index:AuroraMySQL").outputs["user_secret_arns"]) == {"web", "reports"}
    assert len(result.all("secretsmanager/secretRotation:SecretRotation")) == 3


def test_everything_works_in_preview() -> None:
    result = kept(preview=True)
    assert result.named("db-user-web-declared")


def test_accesses_are_what_they_are_called() -> None:
    reading, writing, changing = (set(PRIVILEGES[access]) for access in DatabaseAccess)
    assert reading == {"SELECT", "SHOW VIEW"}
    assert not writing & {"CREATE", "DROP", "ALTER", "INDEX", "TRIGGER", "EVENT", "CREATE ROUTINE"}
    assert reading | writing < changing < OF_A_DATABASE


@pytest.mark.parametrize(
    ("database", "complaint"),
    [
        ({"users": [{"name": "app_owner"}]}, "database.users[0].name must be another one than the master user's"),
        ({"users": [{"name": "web"}, {"name": "WEB"}]}, "database.users[0].name must be another one than those"),
        ({"users": [{"name": "web_clone"}]}, "database.users[0].name must be 1 to 26 letters"),
        ({"users": [{"name": "select"}]}, "database.users[0].name must be 1 to 26 letters"),
        ({"users": [{"name": "rdsadmin"}]}, "database.users[0].name must be 1 to 26 letters"),
        ({"users": [{"name": "o'neil"}]}, "database.users[0].name must be 1 to 26 letters"),
        ({"users": [{"name": "x" * 27}]}, "database.users[0].name must be 1 to 26 letters"),
        ({"users": [{"name": "web", "databases": []}]}, "database.users[0].databases must name at least one"),
        ({"users": [{"name": "web", "databases": ["mysql"]}]}, "database.users[0].databases must be 1 to 64"),
        ({"users": [{"name": "web", "databases": ["a`b"]}]}, "database.users[0].databases must be 1 to 64"),
        ({"users": [{"name": "web", "access": "all"}]}, "database.users[0].access must be one of read_only"),
        ({"users": [{"name": "web", "privileges": []}]}, "database.users[0].privileges must name at least one"),
        ({"users": [{"name": "web", "privileges": ["SUPER"]}]}, "database.users[0].privileges must be among ALTER"),
        ({"users": [{"name": "web", "privileges": ["GRANT OPTION"]}]}, "database.users[0].privileges must be among"),
        (
            {"users": [{"name": "web", "access": "read_only", "privileges": ["SELECT"]}]},
            "database.users[0] must have at most one of access and privileges, got both",
        ),
        (
            {"users": [{"name": "web", "iam": True}], "iam_authentication": False},
            "database.users[0].iam needs iam_authentication, which is false",
        ),
        ({"rotation_days": 1001}, "database.rotation_days must be between 0 and 1000 days, got 1001"),
        ({"rotation_days": -1}, "database.rotation_days must be between 0 and 1000 days, got -1"),
        ({"users": USERS, "ca_certificates": "ca.pem"}, "database.ca_certificates must be certificates in PEM"),
    ],
)
def test_what_cannot_be_is_one_line(database: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidArgs) as error:
        made(database, function_subnet_ids=FUNCTION_SUBNETS)
    assert str(error.value).startswith(f"MySQL: {complaint}")


@pytest.mark.parametrize("database", [{"users": USERS}, {"rotation_days": 30}])
def test_the_function_needs_a_place(database: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgs, match=r"^MySQL: missing function_subnet_ids, the subnets of the function"):
        made(database)


def test_grants_are_read_and_corrected() -> None:
    app = on_database("my_app", wildcards=True)
    assert app == r"`my\_app`.*"
    assert on_database("my_app", wildcards=False) == "`my_app`.*"
    held = present(
        [
            "GRANT USAGE ON *.* TO `web`@`%`",
            rf"GRANT SELECT, DROP ON {app} TO `web`@`%` WITH GRANT OPTION",
            "GRANT SELECT (`a`, `b`), INSERT ON `o`.`t` TO `web`@`%`",
            "GRANT EXECUTE ON PROCEDURE `o`.`p` TO `web`@`%`",
            "GRANT `r`@`%`,`s`@`%` TO `web`@`%`",
            "SET DEFAULT ROLE NONE FOR `web`@`%`",
        ]
    )
    assert corrections("`web`@`%`", held, {app: frozenset({"SELECT", "INSERT"})}) == [
        f"GRANT INSERT ON {app} TO `web`@`%`",
        "REVOKE `r`@`%`, `s`@`%` FROM `web`@`%`",
        "REVOKE EXECUTE ON PROCEDURE `o`.`p` FROM `web`@`%`",
        f"REVOKE GRANT OPTION ON {app} FROM `web`@`%`",
        f"REVOKE DROP ON {app} FROM `web`@`%`",
        "REVOKE INSERT, SELECT (`a`, `b`) ON `o`.`t` FROM `web`@`%`",
    ]
    assert corrections("x", {app: frozenset({"SELECT"})}, {app: frozenset({"SELECT"})}) == []


def test_taking_a_part_of_everything_never_takes_all() -> None:
    app = on_database("app", wildcards=True)
    (taken,) = corrections("x", {app: frozenset({"ALL PRIVILEGES"})}, {app: frozenset({"SELECT"})})
    assert "ALL PRIVILEGES" not in taken
    assert "SELECT" not in taken
    assert corrections("x", {app: frozenset({"ALL PRIVILEGES"})}, {app: OF_A_DATABASE}) == []

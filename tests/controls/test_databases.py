"""What auditors ask of databases (docs/security.md)."""

from tests.programs import Program, evaluated

from .asked import primaries


def test_databases_are_private_and_encrypted(program: Program) -> None:
    for instance in program.all("rds/instance:Instance", "rds/clusterInstance:ClusterInstance"):
        assert instance.inputs["publiclyAccessible"] is False, instance.name
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert database.inputs["storageEncrypted"] is True, database.name
        assert database.inputs["copyTagsToSnapshot"] is True, database.name


def test_databases_only_speak_tls(program: Program) -> None:
    groups = program.all("rds/parameterGroup:ParameterGroup", "rds/clusterParameterGroup:ClusterParameterGroup")
    families = {p.outputs["name"]: p.inputs["parameters"] for p in groups}
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        cluster = database.inputs.get("dbClusterParameterGroupName")
        parameters = {p["name"]: p["value"] for p in families[cluster or database.inputs["parameterGroupName"]]}
        assert parameters["require_secure_transport"] == ("ON" if cluster else "1"), database.name


def test_databases_are_watched(program: Program) -> None:
    for instance in program.all("rds/instance:Instance", "rds/clusterInstance:ClusterInstance"):
        assert instance.inputs["monitoringInterval"] >= 1, instance.name
        assert instance.inputs["monitoringRoleArn"], instance.name
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert {"error", "slowquery"} <= {*database.inputs["enabledCloudwatchLogsExports"]}, database.name


def test_databases_take_iam_tokens_and_minor_upgrades(program: Program) -> None:
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert database.inputs["iamDatabaseAuthenticationEnabled"] is True, database.name
        assert database.inputs["autoMinorVersionUpgrade"] is True, database.name
    for instance in program.any("rds/clusterInstance:ClusterInstance"):
        assert instance.inputs["autoMinorVersionUpgrade"] is True, instance.name


def test_databases_have_no_name_or_port_that_everybody_tries(program: Program) -> None:
    for database in program.all("rds/instance:Instance", "rds/cluster:Cluster"):
        assert database.inputs["port"] != 3306, database.name
        user = database.inputs.get("username", database.inputs.get("masterUsername"))
        assert user not in ("admin", "postgres", "root", "mysql"), database.name


def test_primaries_are_backed_up_for_a_week_at_least(program: Program) -> None:
    for instance in primaries(program):
        assert instance.inputs["backupRetentionPeriod"] >= 7


def test_primaries_refuse_deletion_unless_disposable(program: Program) -> None:
    for instance in primaries(program):
        assert instance.inputs["deletionProtection"] is not program.disposable
        assert instance.inputs["skipFinalSnapshot"] is program.disposable


def test_clusters_write_down_who_logs_in_and_who_changes_rights() -> None:
    program = evaluated("aurora")
    for cluster in program.all("rds/cluster:Cluster"):
        assert "audit" in cluster.inputs["enabledCloudwatchLogsExports"]
    for group in program.all("rds/clusterParameterGroup:ClusterParameterGroup"):
        parameters = {p["name"]: p["value"] for p in group.inputs["parameters"]}
        assert parameters["server_audit_logging"] == "1"
        assert {"CONNECT", "QUERY_DCL", "QUERY_DDL"} <= {*parameters["server_audit_events"].split(",")}


def test_readers_of_clusters_stand_in_other_zones_than_the_writer() -> None:
    members = evaluated("aurora").all("rds/clusterInstance:ClusterInstance")
    assert len({member.inputs["availabilityZone"] for member in members}) == len(members) == 2


def test_functions_run_what_lambda_supports_and_nobody_else_calls_them() -> None:
    program = evaluated("aurora")
    for function in program.all("lambda/function:Function"):
        assert function.inputs["runtime"] == "python3.13", function.name
    assert program.any("lambda/permission:Permission", "lambda/functionUrl:FunctionUrl") == []


def test_functions_are_called_for_one_secret_or_rule_of_this_account_only() -> None:
    program = evaluated("prod")
    rules = {rule.outputs["arn"] for rule in program.all("cloudwatch/eventRule:EventRule")}
    for permission in program.all("lambda/permission:Permission"):
        if permission.inputs["principal"] == "events.amazonaws.com":
            assert permission.inputs["sourceArn"] in rules, permission.name
            continue
        assert permission.inputs["principal"] == "secretsmanager.amazonaws.com"
        assert permission.inputs["sourceAccount"] == "123456789012"
        assert permission.inputs["sourceArn"].startswith("arn:aws:secretsmanager:")


def test_the_primary_of_prod_has_a_standby(prod: Program) -> None:
    for instance in primaries(prod):
        assert instance.inputs["multiAz"] is True

"""The MySQL component: a primary, its read replicas and what leads to them."""

import pulumi
import pulumi_aws as aws

from .._args import checked
from ..database.access import security_group
from ..database.alarms import telling
from ..database.credentials import secret
from ..database.monitoring import monitoring_role
from ..database.names import names, private_zone, reader_name, writer_name
from ..database.proxy import Proxied, proxy
from ..database.restore import role
from ..database.scope import Scope
from ..database.sql_function import Reached
from ..database.users import Known, keep_users
from .checks import resolve
from .elastic import Names, elastic_replicas
from .elsewhere import abroad, parameter_groups, place
from .failover import STANDING, let_go, stands, stays, write_to
from .instances import Place, replica
from .parameters import parameter_group
from .restore import copied_backups
from .shapes import MySQLArgs
from .watch import watch


class MySQL(pulumi.ComponentResource):
    """MySQL on RDS: a primary for writing, read replicas, one name for each, and the credentials in a secret.

    Stateful: the primary and the secret are protected, retained and, on AWS, guarded against deletion unless the
    database is disposable. Replicas hold nothing of their own and come and go with `replica_count`. The master
    password is generated and is in no output; servers read it from the secret. RDS does not offer its own managed
    password together with MySQL replicas (RDS user guide, rds-secrets-manager).
    """

    host: pulumi.Output[str]
    """Name of the writer, which follows the primary. Certificates of RDS carry the name of the instance: clients that verify it check the authority (VERIFY_CA), or connect to `endpoint`."""  # noqa: E501

    reader_host: pulumi.Output[str]
    """Name of the reader: spreads new connections over the replicas that keep up with the primary; the primary when there are none."""  # noqa: E501

    port: pulumi.Output[int]
    """TCP port of all instances."""

    database_name: pulumi.Output[str]
    """Database that the instance started with."""

    username: pulumi.Output[str]
    """Master user."""

    secret_arn: pulumi.Output[str]
    """Secret with the credentials as JSON: engine, host, reader_host, port, dbname, username, password, dbInstanceIdentifier."""  # noqa: E501

    user_secret_arns: dict[str, pulumi.Output[str]]
    """Secrets of `users` by their names, each once the user can log in: engine, host, reader_host, port, dbname, username, password and the identifier; without a password, and with the instance's own `address`, where `iam` is set."""  # noqa: E501

    security_group_id: pulumi.Output[str]
    """Security group of all instances, for a rule per client."""

    identifier: pulumi.Output[str]
    """Name of the primary on RDS."""

    arn: pulumi.Output[str]
    """ARN of the primary."""

    endpoint: pulumi.Output[str]
    """Address and port of the primary itself."""

    replica_identifiers: list[pulumi.Output[str]]
    """Names on RDS of all declared instances but the writers: the replicas in the order of their numbers and of the list, those in other regions among them, then those that were promoted."""  # noqa: E501

    replica_endpoints: list[pulumi.Output[str]]
    """Addresses and ports of the replicas themselves, in the same order."""

    zone_id: pulumi.Output[str]
    """Private hosted zone of both names."""

    alarm_topic_arn: pulumi.Output[str]
    """SNS topic that alarms and events tell: subscribe to it; empty without alarms."""

    alarm_names: list[pulumi.Output[str]]
    """Names of the alarms, for dashboards."""

    def __init__(self, name: str, args: MySQLArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("MySQL", MySQLArgs, args)
        database = resolve(name, args)
        # In the place of an AuroraMySQL of this name: children that both have alike are taken over.
        before = pulumi.ResourceOptions(
            aliases=[pulumi.Alias(type_="elasticweb:index:AuroraMySQL")], hooks=stays(name, database)
        )
        alone = [] if args.get("disposable", False) else stands(name, database)
        # Nothing for those that never had any: their component does not change.
        known = {STANDING: alone} if alone else {}
        super().__init__("elasticweb:index:MySQL", name, known, pulumi.ResourceOptions.merge(before, opts))
        scope = Scope(name, args.get("tags", {}), self, args.get("disposable", False))

        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            description=f"Subnets of {name}",
            subnet_ids=args["subnet_ids"],
            tags=scope.tags,
            opts=scope.child(),
        )
        group = security_group(scope, args["vpc_id"], database.port, args.get("allowed_security_group_ids", ()))
        monitoring, permission = monitoring_role(scope) if database.monitoring_seconds else (None, None)
        groups = parameter_groups(scope, database)
        here = Place(
            scope,
            database,
            subnets,
            group.id,
            parameter_group(scope, database),
            monitoring,
            args.get("kms_key_arn"),
            # The hook that upgrades replicas waits for the groups of other regions, and must not hold them up.
            [*([permission] if permission else []), *groups.values()],
        )
        places = {
            member.key: place(here, member, elsewhere, groups[elsewhere["region"]])
            for member, elsewhere in abroad(database)
        }
        writer = write_to(here, groups)
        copied_backups(scope, writer, here.part(database.writer_part), database.backup_copy)
        followers = {
            member.key: replica(places.get(member.key, here), member, writer) for member in database.members.replicas
        }
        replicas = {key: instance for key, instance in followers.items() if key not in places}
        declared = followers | {
            member.key: let_go(places.get(member.key, here), member) for member in database.members.promoted
        }

        zone_id = args.get("private_zone_id")
        if zone_id is None:
            zone_id = private_zone(scope, database.domain, args["vpc_id"]).zone_id
        credentials = {
            "engine": "mysql",
            "host": writer_name(database.domain),
            "reader_host": reader_name(database.domain),
            "port": database.port,
            # Those of the data when it was restored.
            "dbname": writer.db_name,
            "username": writer.username,
            "password": pulumi.Output.secret(writer.password),
            "dbInstanceIdentifier": writer.identifier,
        }
        self.secret_arn = secret(
            scope,
            credentials,
            # A replica has its source's, and the state of its instance does not know it.
            keeps_password=database.members.writer is not None,
            kept_by_function=database.people.function,
            # Another database has another password.
            version=role(database.restored, "credentials-version"),
        )
        # How machines log in as one of the users; not an output of the component.
        self.logins = keep_users(
            scope,
            database.people,
            Reached(
                args["vpc_id"],
                args.get("function_subnet_ids", ()),
                group.id,
                writer.address,
                database.port,
                database.log_retention_days,
            ),
            Known(
                credentials,
                self.secret_arn,
                # Elastic ones have ids that nobody knows before.
                ["*"]
                if database.elastic is not None
                else [writer.resource_id, *(instance.resource_id for instance in replicas.values())],
            ),
        )
        self.user_secret_arns = {name: login.secret_arn for name, login in self.logins.items()}
        behind = Proxied(
            args["vpc_id"],
            args["subnet_ids"],
            group.id,
            [self.secret_arn, *self.user_secret_arns.values()],
            instance_identifier=writer.identifier,
        )
        # An empty specification asks for a proxy, too.
        front = None if database.proxy is None else proxy(scope, database.proxy, behind)
        told = telling(scope, args.get("alarms", {}))
        self.host, self.reader_host = names(
            scope,
            zone_id,
            database.domain,
            writer,
            replicas,
            writer=front.address if front else None,
            allowed_lag_seconds=database.max_replica_lag_seconds,
            topic=told.topic if told else None,
        )
        alarms = watch(told, database, writer, replicas, here.parameters, front) if told else []
        self.alarm_names = [alarm.name for alarm in alarms]
        self.alarm_topic_arn = told.topic.arn if told else pulumi.Output.from_input("")
        if database.elastic is not None:
            elastic_replicas(
                here,
                database.elastic,
                writer,
                Names(zone_id, self.reader_host, database.domain),
                told.topic if told else None,
            )
        # Where a restored database is tested; not an output of the component.
        self.subnet_group_name = subnets.name
        # The plain number, for the rules of those who connect; not an output of the component.
        self.tcp_port = database.port
        self.port = writer.port
        self.database_name = writer.db_name
        self.username = writer.username
        self.security_group_id = group.id
        self.identifier = writer.identifier
        self.arn = writer.arn
        self.endpoint = pulumi.Output.concat(writer.address, f":{database.port}")
        self.replica_identifiers = [instance.identifier for instance in declared.values()]
        self.replica_endpoints = [
            pulumi.Output.concat(instance.address, f":{database.port}") for instance in declared.values()
        ]
        self.zone_id = pulumi.Output.from_input(zone_id)
        self.register_outputs({output: getattr(self, output) for output in MySQL.__annotations__})

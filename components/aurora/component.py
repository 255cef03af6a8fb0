"""The AuroraMySQL component: a cluster, its instances and what leads to them."""

from dataclasses import dataclass
from typing import Any

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
from .cluster import make_cluster
from .elastic import follow_load
from .instances import make_instances
from .parameters import parameter_group
from .shapes import AuroraMySQLArgs
from .watch import watch


class AuroraMySQL(pulumi.ComponentResource):
    """MySQL on Aurora: a cluster with a writer and readers, one name for each, and the credentials in a secret.

    It has the outputs of `MySQL` and the arguments that mean the same: one takes the other's place, and the network
    access, the names and the secret stay what they are (docs/aurora.md). Stateful: the cluster, its first instance
    and the secret are protected, retained and, on AWS, guarded against deletion unless the database is disposable.
    Readers hold nothing of their own. The master password is generated and is in no output; servers read it from the
    secret.
    """

    host: pulumi.Output[str]
    """Name of the writer, which follows a failover. Certificates of RDS carry the names of the cluster: clients that verify it check the authority (VERIFY_CA), or connect to `endpoint`."""  # noqa: E501

    reader_host: pulumi.Output[str]
    """Name of the reader: spreads new connections over the readers; the writer when there are none."""

    port: pulumi.Output[int]
    """TCP port of all instances."""

    database_name: pulumi.Output[str]
    """Database that the cluster started with."""

    username: pulumi.Output[str]
    """Master user."""

    secret_arn: pulumi.Output[str]
    """Secret with the credentials as JSON: engine, host, reader_host, port, dbname, username, password, dbClusterIdentifier."""  # noqa: E501

    user_secret_arns: dict[str, pulumi.Output[str]]
    """Secrets of `users` by their names, each once the user can log in: engine, host, reader_host, port, dbname, username, password and the identifier; without a password, and with the cluster's own `address`, where `iam` is set."""  # noqa: E501

    security_group_id: pulumi.Output[str]
    """Security group of all instances, for a rule per client."""

    identifier: pulumi.Output[str]
    """Name of the cluster on RDS."""

    arn: pulumi.Output[str]
    """ARN of the cluster."""

    endpoint: pulumi.Output[str]
    """Address and port of the cluster's writer itself."""

    replica_identifiers: list[pulumi.Output[str]]
    """Names on RDS of the declared readers, in their order. After a failover one of them writes."""

    replica_endpoints: list[pulumi.Output[str]]
    """Addresses and ports of the replicas themselves, in the same order."""

    zone_id: pulumi.Output[str]
    """Private hosted zone of both names."""

    alarm_topic_arn: pulumi.Output[str]
    """SNS topic that alarms and events tell: subscribe to it; empty without alarms."""

    alarm_names: list[pulumi.Output[str]]
    """Names of the alarms, for dashboards."""

    def __init__(self, name: str, args: AuroraMySQLArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("AuroraMySQL", AuroraMySQLArgs, args)
        spec = resolve(name, args)
        # In the place of a MySQL of this name: children that both have alike are taken over.
        before = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="elasticweb:index:MySQL")])
        super().__init__("elasticweb:index:AuroraMySQL", name, {}, pulumi.ResourceOptions.merge(before, opts))
        scope = Scope(name, args.get("tags", {}), self, args.get("disposable", False))

        subnets = aws.rds.SubnetGroup(
            f"{name}-subnets",
            description=f"Subnets of {name}",
            subnet_ids=args["subnet_ids"],
            tags=scope.tags,
            opts=scope.child(),
        )
        group = security_group(scope, args["vpc_id"], spec.port, args.get("allowed_security_group_ids", ()))
        monitoring, after = _monitoring(scope, spec.monitoring_seconds)
        parameters = parameter_group(scope, spec)
        cluster = make_cluster(scope, spec, subnets, group, parameters, monitoring, args.get("kms_key_arn"), after)
        first, readers = make_instances(scope, spec, cluster, monitoring, list(args.get("availability_zones", ())))
        follow_load(scope, spec, cluster, [first, *readers.values()])

        zone_id = args.get("private_zone_id")
        if zone_id is None:
            zone_id = private_zone(scope, spec.domain, args["vpc_id"]).zone_id
        credentials = {
            "engine": "mysql",
            "host": writer_name(spec.domain),
            "reader_host": reader_name(spec.domain),
            "port": spec.port,
            "dbname": cluster.database_name,
            "username": cluster.master_username,
            "password": pulumi.Output.secret(cluster.master_password),
            "dbClusterIdentifier": cluster.id,
        }
        self.secret_arn = secret(
            scope,
            credentials,
            kept_by_function=spec.people.function,
            # Another database, or another engine, has another password.
            version=role(spec.restore_from, "cluster-credentials-version"),
        )
        # How machines log in as one of the users; not an output of the component.
        self.logins = keep_users(
            scope,
            spec.people,
            Reached(
                args["vpc_id"],
                args.get("function_subnet_ids", ()),
                group.id,
                cluster.endpoint,
                spec.port,
                spec.log_retention_days,
            ),
            Known(credentials, self.secret_arn, [cluster.cluster_resource_id]),
        )
        self.user_secret_arns = {name: login.secret_arn for name, login in self.logins.items()}
        secrets = [self.secret_arn, *self.user_secret_arns.values()]
        behind = Proxied(args["vpc_id"], args["subnet_ids"], group.id, secrets, cluster_identifier=cluster.id)
        front = None if spec.proxy is None else proxy(scope, spec.proxy, behind, with_reader=True)
        # The reader endpoint spreads connections over the readers that are available, and leads to the writer when
        # there are none (Aurora user guide, Aurora.Endpoints.Reader): it needs no records per reader.
        reading = _Named((front and front.reader_address) or cluster.reader_endpoint, cluster.id)
        self.host, self.reader_host = names(
            scope, zone_id, spec.domain, reading, {}, writer=front.address if front else cluster.endpoint
        )
        told = telling(scope, args.get("alarms", {}))
        alarms = watch(told, spec, cluster, first, readers, front) if told else []
        self.alarm_names = [alarm.name for alarm in alarms]
        self.alarm_topic_arn = told.topic.arn if told else pulumi.Output.from_input("")
        # The plain number, for the rules of those who connect; not an output of the component.
        self.tcp_port = spec.port
        self.subnet_group_name = subnets.name
        self.port = cluster.port
        self.database_name = cluster.database_name
        self.username = cluster.master_username
        self.security_group_id = group.id
        self.identifier = cluster.id
        self.arn = cluster.arn
        self.endpoint = pulumi.Output.concat(cluster.endpoint, f":{spec.port}")
        self.replica_identifiers = [reader.identifier for reader in readers.values()]
        self.replica_endpoints = [pulumi.Output.concat(reader.endpoint, f":{spec.port}") for reader in readers.values()]
        self.zone_id = pulumi.Output.from_input(zone_id)
        self.register_outputs({output: getattr(self, output) for output in AuroraMySQL.__annotations__})


@dataclass
class _Named:
    """What a name leads to."""

    address: pulumi.Output[str]
    identifier: pulumi.Output[str]


def _monitoring(scope: Scope, seconds: int) -> tuple[dict[str, Any], list[pulumi.Resource]]:
    """Return the inputs of cluster and instances that say how the operating system is watched."""
    if not seconds:
        return {"monitoring_interval": 0}, []
    role, permission = monitoring_role(scope)
    return {"monitoring_interval": seconds, "monitoring_role_arn": role.arn}, [permission]

"""How the parts of an environment are connected."""

import pulumi

from .._args import checked
from .._instance_connect import handed_on
from ..single_server import SingleServer, SingleServerArgs
from ..web_tier import WebTier, WebTierArgs
from .backups import backups
from .checks import check
from .images import golden_image
from .logins import check_database_users, connected
from .places import place
from .shapes import EnvironmentArgs
from .stores import check_files, stores, surrounded, surroundings_of
from .watch import told


class Environment(pulumi.ComponentResource):
    """A classic web application: servers that follow the load, MySQL that grows with them, files they all share.

    Servers find the database and the shared files in their environment: DATABASE_HOST, DATABASE_READER_HOST,
    DATABASE_PORT, DATABASE_NAME, DATABASE_SECRET_ARN, DATABASE_SECRET_FILE (that secret as JSON, fetched at every boot
    and kept up to date, for `machine.secret_group` to read) and FILES_PATH.
    """

    url: pulumi.Output[str]
    """Where the site answers."""

    vpc_id: pulumi.Output[str]
    """The network."""

    public_subnet_ids: list[pulumi.Output[str]]
    """Subnets of the load balancer, one per zone."""

    private_subnet_ids: list[pulumi.Output[str]]
    """Subnets of the servers, one per zone."""

    isolated_subnet_ids: list[pulumi.Output[str]]
    """Subnets of the database, one per zone."""

    load_balancer_dns_name: pulumi.Output[str]
    """The load balancer's own name."""

    load_balancer_arn: pulumi.Output[str]
    """ARN of the load balancer."""

    load_balancer_security_group_id: pulumi.Output[str]
    """Security group of the load balancer."""

    target_group_arn: pulumi.Output[str]
    """ARN of the target group of the web servers."""

    autoscaling_group_name: pulumi.Output[str]
    """Name of the Auto Scaling group of the web servers."""

    web_security_group_id: pulumi.Output[str]
    """Security group of the web servers."""

    web_role_arn: pulumi.Output[str]
    """IAM role of the web servers."""

    alarm_topic_arn: pulumi.Output[str]
    """SNS topic that alarms tell: subscribe to it; empty without alarms."""

    alarm_names: list[pulumi.Output[str]]
    """Names of the web tier's alarms."""

    name_servers: pulumi.Output[list[str]]
    """Name servers of the zone that the stack created, to be set at the domain's registrar; else empty."""

    database_host: pulumi.Output[str]
    """Name of the writer."""

    database_reader_host: pulumi.Output[str]
    """Name that spreads reads over the replicas."""

    database_port: pulumi.Output[int]
    """TCP port of the database."""

    database_name: pulumi.Output[str]
    """Name of the application's database."""

    database_secret_arn: pulumi.Output[str]
    """Secret of the database's master: user, password and both host names."""

    database_user_secret_arns: dict[str, pulumi.Output[str]]
    """Secrets of the database's users, by their names."""

    database_security_group_id: pulumi.Output[str]
    """Security group of the database."""

    database_identifier: pulumi.Output[str]
    """Identifier of the primary."""

    database_alarm_names: list[pulumi.Output[str]]
    """Names of the database's alarms."""

    bucket_name: pulumi.Output[str]
    """Bucket that holds the shared files; empty when they are in EFS or on an NFS server."""

    bucket_arn: pulumi.Output[str]
    """ARN of that bucket; empty like it."""

    image_pipeline_arn: pulumi.Output[str] | None
    """Pipeline that builds the web servers' image. None without a golden image."""

    image_parameter_name: pulumi.Output[str] | None
    """SSM parameter that holds the image which web servers start from. None without a golden image."""

    backup_vault_name: pulumi.Output[str] | None
    """Vault that holds the backups. None without backups."""

    worker_autoscaling_group_name: pulumi.Output[str] | None
    """Group of one that keeps the worker running. None without a worker."""

    worker_volume_id: pulumi.Output[str] | None
    """Data volume of the worker. None without a worker."""

    def __init__(  # noqa: PLR0915  one part after the other, and what each of them gives
        self, name: str, args: EnvironmentArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        args = checked("Environment", EnvironmentArgs, args)
        check(args)
        check_database_users(args)
        check_files(args)
        super().__init__("elasticweb:index:Environment", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        tags, disposable = args.get("tags", {}), args.get("disposable", False)
        args, self.alarm_topic_arn = told(name, args, self)

        network = place(name, args, child)
        storage, database = stores(name, args, network, child)
        path = args.get("storage_path", "/var/www/files")
        # Every server of the environment, whatever it is there for, sees the same files and the same database.
        mounts = storage.mounts(path)
        login = connected(args, database, None)
        surroundings = surroundings_of(database, login.secret_arn, path)
        machine = surrounded(args.get("machine", {}), surroundings)
        subnet_ids = network.private_subnet_ids
        image = golden_image(name, args, network, machine, mounts, child)
        if image is not None:
            machine, subnet_ids = image.machine(), image.subnets(subnet_ids)
        web = WebTier(
            f"{name}-web",
            WebTierArgs(
                vpc_id=network.vpc_id,
                public_subnet_ids=network.public_subnet_ids,
                private_subnet_ids=subnet_ids,
                fleet=args.get("fleet", {}),
                site=args.get("site", {}),
                alarms=args.get("alarms", {}),
                machine=machine,
                mounts=mounts,
                connections=login.connections,
                secrets=login.secrets,
                disposable=disposable,
                tags=tags,
                **handed_on(network.instance_connect_security_group_id),
            ),
            child,
        )
        worker = args.get("worker")
        working = connected(args, database, (worker or {}).get("database_user"))
        server = (
            None
            if worker is None
            else SingleServer(
                f"{name}-worker",
                SingleServerArgs(
                    vpc_id=network.vpc_id,
                    subnet_id=network.private_subnet_ids[0],
                    availability_zone=network.availability_zones[0],
                    volume=worker.get("volume", {}),
                    volume_path=worker.get("volume_path", "/data"),
                    machine=surrounded(worker.get("machine", {}), surroundings_of(database, working.secret_arn, path)),
                    mounts=mounts,
                    connections=working.connections,
                    secrets=working.secrets,
                    disposable=disposable,
                    tags=tags,
                    **handed_on(network.instance_connect_security_group_id),
                ),
                child,
            )
        )

        kept = backups(name, args, database, web.alarm_topic_arn, child)

        self.url = web.url
        self.vpc_id = network.vpc_id
        self.public_subnet_ids = network.public_subnet_ids
        self.private_subnet_ids = network.private_subnet_ids
        self.isolated_subnet_ids = network.isolated_subnet_ids
        self.load_balancer_dns_name = web.load_balancer_dns_name
        self.load_balancer_arn = web.load_balancer_arn
        self.load_balancer_security_group_id = web.load_balancer_security_group_id
        self.target_group_arn = web.target_group_arn
        self.autoscaling_group_name = web.autoscaling_group_name
        self.web_security_group_id = web.security_group_id
        self.web_role_arn = web.role_arn
        self.alarm_names = web.alarm_names
        self.name_servers = web.name_servers
        self.database_host = database.host
        self.database_reader_host = database.reader_host
        self.database_port = database.port
        self.database_name = database.database_name
        self.database_secret_arn = database.secret_arn
        self.database_user_secret_arns = database.user_secret_arns
        self.database_security_group_id = database.security_group_id
        self.database_identifier = database.identifier
        self.database_alarm_names = database.alarm_names
        self.bucket_name = storage.bucket_name
        self.bucket_arn = storage.bucket_arn
        self.image_pipeline_arn = image.pipeline_arn if image else None
        self.image_parameter_name = image.parameter_name if image else None
        self.backup_vault_name = kept.vault_name if kept else None
        self.worker_autoscaling_group_name = server.autoscaling_group_name if server else None
        self.worker_volume_id = server.volume_id if server else None
        # For the program's exports: all that there is, under its own name.
        self.outputs = {output: getattr(self, output) for output in Environment.__annotations__}
        self.register_outputs(self.outputs)

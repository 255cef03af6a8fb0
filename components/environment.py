"""A whole environment: network, web servers, database and shared files, connected."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from ._args import InvalidArgs, checked
from ._mounts import Connection
from .machine import MachineSpec
from .mysql import MySQL, MySQLArgs, MySQLSpec
from .network import Network, NetworkArgs
from .shared_storage import SharedStorage, SharedStorageArgs, StorageSpec
from .single_server import SingleServer, SingleServerArgs, VolumeSpec
from .web_tier import Fleet, Site, WebTier, WebTierArgs


class ExistingNetwork(TypedDict):
    """A network that is there already; its subnets in the order of the zones, one of each kind per zone."""

    availability_zones: Sequence[str]
    """Zones of the subnets, such as `eu-central-1a`; at least two."""

    vpc_id: pulumi.Input[str]
    """The VPC, with DNS hostnames and DNS support switched on."""

    public_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets with a route to an internet gateway, for the load balancer."""

    private_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets with a way out through NAT, for the servers."""

    isolated_subnet_ids: Sequence[pulumi.Input[str]]
    """Subnets without a route to the internet, for the database."""


class Worker(TypedDict):
    """One server for cron jobs, batch and administration, with a data volume that follows it."""

    machine: NotRequired[MachineSpec]
    """How the server is made. Defaults to the machine's defaults, not to the web servers' machine."""

    volume: NotRequired[VolumeSpec]
    """Its data volume. Defaults to 20 GiB with a daily snapshot."""

    volume_path: NotRequired[str]
    """Where the volume is mounted. Defaults to `/data`."""


class EnvironmentArgs(TypedDict):
    """What an environment needs to know: either `network` or `existing_network`, everything else has a default."""

    network: NotRequired[NetworkArgs]
    """The network to create. Excludes `existing_network`."""

    existing_network: NotRequired[ExistingNetwork]
    """The network to use. Excludes `network`."""

    site: NotRequired[Site]
    """How the site is reached. Defaults to plain HTTP under the load balancer's own name."""

    fleet: NotRequired[Fleet]
    """How many web servers run. Defaults to two to four."""

    machine: NotRequired[MachineSpec]
    """How a web server is made."""

    database: NotRequired[MySQLSpec]
    """The MySQL database."""

    storage: NotRequired[StorageSpec]
    """The files that all servers share."""

    storage_path: NotRequired[str]
    """Where the shared files appear on every server. Defaults to `/var/www/files`."""

    worker: NotRequired[Worker]
    """One more server for cron jobs and administration. Defaults to none."""

    disposable: NotRequired[bool]
    """Whether a deployment may delete databases, buckets and volumes with what they hold. Defaults to false."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags for everything, on top of the provider's default tags."""


class Environment(pulumi.ComponentResource):
    """A classic web application: servers that follow the load, MySQL that grows with them, files they all share.

    Servers find the database and the shared files in their environment: DATABASE_HOST, DATABASE_READER_HOST,
    DATABASE_PORT, DATABASE_NAME, DATABASE_SECRET_ARN and FILES_PATH.
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

    target_group_arn: pulumi.Output[str]
    """ARN of the target group of the web servers."""

    autoscaling_group_name: pulumi.Output[str]
    """Name of the Auto Scaling group of the web servers."""

    web_security_group_id: pulumi.Output[str]
    """Security group of the web servers."""

    web_role_arn: pulumi.Output[str]
    """IAM role of the web servers."""

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
    """Secret with user, password and both host names."""

    database_security_group_id: pulumi.Output[str]
    """Security group of the database."""

    database_identifier: pulumi.Output[str]
    """Identifier of the primary."""

    bucket_name: pulumi.Output[str]
    """Bucket that holds the shared files."""

    bucket_arn: pulumi.Output[str]
    """ARN of that bucket."""

    def __init__(self, name: str, args: EnvironmentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Environment", EnvironmentArgs, args)
        _check_networks(args)
        super().__init__("elasticweb:index:Environment", name, {}, opts)
        tags = args.get("tags", {})
        disposable = args.get("disposable", False)

        network = self._network(name, args)
        storage = SharedStorage(
            f"{name}-storage",
            SharedStorageArgs(
                vpc_id=network["vpc_id"],
                subnet_ids=network["private_subnet_ids"],
                storage=args.get("storage", {}),
                disposable=disposable,
                tags=tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        database = MySQL(
            f"{name}-db",
            MySQLArgs(
                vpc_id=network["vpc_id"],
                subnet_ids=network["isolated_subnet_ids"],
                database=args.get("database", {}),
                disposable=disposable,
                tags=tags,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        path = args.get("storage_path", "/var/www/files")
        # Every server of the environment, whatever it is there for, sees the same files and the same database.
        mounts = [storage.mount(path)]
        connections = [database.connection()]
        secrets = [database.secret_arn]
        surroundings: dict[str, pulumi.Input[str]] = {
            "DATABASE_HOST": database.host,
            "DATABASE_READER_HOST": database.reader_host,
            "DATABASE_PORT": database.port.apply(str),
            "DATABASE_NAME": database.database_name,
            "DATABASE_SECRET_ARN": database.secret_arn,
            "FILES_PATH": path,
        }
        web = WebTier(
            f"{name}-web",
            WebTierArgs(
                vpc_id=network.vpc_id,
                public_subnet_ids=network.public_subnet_ids,
                private_subnet_ids=network.private_subnet_ids,
                fleet=args.get("fleet", {}),
                site=args.get("site", {}),
                machine=_surrounded(args.get("machine", {}), surroundings),
                mounts=mounts,
                connections=connections,
                secret_arns=secrets,
                disposable=disposable,
                tags=tags,
            ),
            child,
        )
        worker = args.get("worker")
        server = worker and SingleServer(
            f"{name}-worker",
            SingleServerArgs(
                vpc_id=network.vpc_id,
                subnet_id=network.private_subnet_ids[0],
                availability_zone=network.availability_zones[0],
                volume=worker.get("volume", {}),
                volume_path=worker.get("volume_path", "/data"),
                machine=_surrounded(worker.get("machine", {}), surroundings),
                mounts=mounts,
                connections=connections,
                secret_arns=secrets,
                disposable=disposable,
                tags=tags,
            ),
            child,
        )

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
        self.name_servers = web.name_servers
        self.database_host = database.host
        self.database_reader_host = database.reader_host
        self.database_port = database.port
        self.database_name = database.database_name
        self.database_secret_arn = database.secret_arn
        self.database_security_group_id = database.security_group_id
        self.database_identifier = database.identifier
        self.bucket_name = storage.bucket_name
        self.bucket_arn = storage.bucket_arn
        self.worker_autoscaling_group_name = server.autoscaling_group_name if server else None
        self.worker_volume_id = server.volume_id if server else None
        self.register_outputs({output: getattr(self, output) for output in EXPORTS})


class _Subnets(TypedDict):
    """The network's ids, whoever made it."""


def _surrounded(machine: MachineSpec, surroundings: Mapping[str, pulumi.Input[str]]) -> MachineSpec:
    """Return *machine* with what it has to know of its surroundings; its own variables win."""
    return {**machine, "environment": {**surroundings, **machine.get("environment", {})}}

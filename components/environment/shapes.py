"""What an environment can be told."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from ..aurora import AuroraSpec
from ..backups import BackupsSpec
from ..database import DatabaseAlarms
from ..golden_image import GoldenImageSpec
from ..machine import MachineSpec, SecretFile
from ..mysql import MySQLSpec
from ..network import NetworkArgs
from ..shared_storage import StorageSpec
from ..single_server import VolumeSpec
from ..web_tier import Alarms, Fleet, Site


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

    database_user: NotRequired[str]
    """Which of the database's users it logs in as, such as one for migrations. Defaults to the web servers' one."""


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

    alarms: NotRequired[Alarms]
    """When somebody is told that the site is not well, and who. Defaults to all alarms, to a new topic."""

    database_alarms: NotRequired[DatabaseAlarms]
    """When somebody is told that the database is not well. Defaults to all alarms, to the topic of `alarms`."""

    machine: NotRequired[MachineSpec]
    """How a web server is made. Defaults to the machine's defaults."""

    golden_image: NotRequired[GoldenImageSpec]
    """An image that is built of the web servers' machine, and from which they start. Defaults to none: every web server
    prepares itself from the base image."""

    database: NotRequired[MySQLSpec]
    """The MySQL database, on RDS. Excludes `aurora`. Defaults to a small one without replicas."""

    aurora: NotRequired[AuroraSpec]
    """The MySQL database, on Aurora instead: a cluster with the same names, secret and outputs, so that servers see no
    difference. docs/aurora.md says how to switch. Excludes `database`. Defaults to none."""

    database_user: NotRequired[str]
    """Which of the database's `users` servers log in as: its secret is what they fetch. Defaults to the first of them;
    the master only where there are none."""

    database_kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of one's own, in this region, that encrypts database and replicas. Backups of it can be copied into another
    account only then, if the key's policy lets that account use it. Defaults to the account's own key for RDS. A change
    would replace the database, and is refused while it is protected: docs/mysql-restore.md says how it gets another."""

    storage: NotRequired[StorageSpec]
    """The files that all servers share. Defaults to S3 Files in a new bucket."""

    storage_path: NotRequired[str]
    """Where the shared files appear on every server; what is `beside` them, at the same with `-beside`. Defaults to
    `/var/www/files`."""

    worker: NotRequired[Worker]
    """One more server for cron jobs and administration. Defaults to none."""

    backups: NotRequired[BackupsSpec]
    """Backups of database, files and volumes in a vault of their own, tested every week. Defaults to none: then
    there is what the database keeps by itself (`backup_retention_days`), old versions of files, volume snapshots."""

    secrets: NotRequired[Sequence[SecretFile]]
    """Secrets that every server fetches, beside the database's, which is called `database`. Defaults to none."""

    disposable: NotRequired[bool]
    """Whether a deployment may delete databases, buckets and volumes with what they hold. Defaults to false."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags for everything, on top of the provider's default tags."""

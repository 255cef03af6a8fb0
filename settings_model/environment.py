"""One environment: every key of Pulumi.<stack>.yaml."""

from typing import Self, cast

from pydantic import model_validator

from .alarms import Alarms, DatabaseAlarms
from .aurora import Aurora
from .backups import Backups
from .base import AbsolutePath, Arn, Model, Text, ZoneLetters
from .database import Database
from .fleet import Fleet
from .golden_image import GoldenImage
from .machine import Machine, Secret
from .network import ExistingNetwork, Network
from .site import Site
from .storage import Storage, Volume


class Worker(Model):
    """One server for cron jobs, batch and administration, with a data volume that follows it."""

    machine: Machine = Machine()
    """How the server is made."""
    volume: Volume = Volume()
    """Its data volume."""
    volume_path: AbsolutePath = "/data"
    """Where the data volume is mounted."""
    database_user: Text | None = None
    """Which of the database's users it logs in as; the web servers' one when left out."""


class Settings(Model):
    """One environment."""

    zones: ZoneLetters = ["a", "b"]
    """Availability zones of the region, by letter. Adding one changes nothing in the others."""
    network: Network | None = None
    """The network to create; the default one when neither network nor existing_network is given."""
    existing_network: ExistingNetwork | None = None
    """The network to use instead of creating one."""
    site: Site = Site()
    """How the site is reached."""
    fleet: Fleet = Fleet()
    """How many web servers run."""
    alarms: Alarms = Alarms()
    """Who is told when the site is not well."""
    database_alarms: DatabaseAlarms = DatabaseAlarms()
    """When somebody is told that the database is not well."""
    machine: Machine = Machine()
    """How a web server is made."""
    golden_image: GoldenImage | None = None
    """An image that is built of the web servers' machine and from which they start; none when left out."""
    database: Database | None = None
    """The MySQL database, on RDS; one with all defaults when neither database nor aurora is given."""
    aurora: Aurora | None = None
    """The MySQL database, on Aurora instead of RDS."""
    database_user: Text | None = None
    """Which of the database's users servers log in as; the first one when left out."""
    database_kms_key_arn: Arn | None = None
    """Key of one's own that encrypts the database; RDS's own key when left out."""
    storage: Storage = Storage()
    """The files that all servers share."""
    storage_path: AbsolutePath = "/var/www/files"
    """Where the shared files appear on every server."""
    worker: Worker | None = None
    """One more server for cron jobs, batch and administration; none when left out."""
    backups: Backups | None = None
    """Backups in a vault of their own, tested every week; none when left out."""
    secrets: list[Secret] = []
    """Secrets that every server fetches, beside the database's."""
    disposable: bool = False
    """True lets a deployment delete databases, buckets and volumes together with what they hold."""

    @model_validator(mode="after")
    def _one_database(self) -> Self:
        if self.database is not None and self.aurora is not None:
            raise ValueError("database and aurora exclude each other: give one of them")
        return self

    @model_validator(mode="after")
    def _one_network(self) -> Self:
        existing = self.existing_network
        if existing is None:
            return self
        if self.network is not None:
            raise ValueError("network and existing_network exclude each other: give one of them")
        for kind in ("public", "private", "isolated"):
            given = len(cast("list[str]", getattr(existing, f"{kind}_subnet_ids")))
            if given != len(self.zones):
                raise ValueError(
                    f"existing_network.{kind}_subnet_ids must have one per zone ({len(self.zones)}), got {given}"
                )
        return self

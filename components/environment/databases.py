"""The environment's database, of either engine."""

from typing import Any

import pulumi

from .._args import InvalidArgs
from ..aurora import AuroraMySQL, AuroraMySQLArgs
from ..backups import BackupsSpec
from ..mysql import MySQL, MySQLArgs, MySQLSpec
from .places import Place
from .shapes import EnvironmentArgs

Database = MySQL | AuroraMySQL


def check_databases(args: EnvironmentArgs) -> None:
    """Raise :class:`InvalidArgs` when there are two."""
    if "database" in args and "aurora" in args:
        raise InvalidArgs("Environment: at most one of database and aurora must be given, got both")


def make_database(name: str, args: EnvironmentArgs, network: Place, child: pulumi.ResourceOptions) -> Database:
    """Make the database. Either engine has the same name, so that one can take the other's place."""
    tags, disposable = args.get("tags", {}), args.get("disposable", False)
    key: dict[str, Any] = {"kms_key_arn": args["database_kms_key_arn"]} if "database_kms_key_arn" in args else {}
    aurora = args.get("aurora")
    if aurora is not None:
        return AuroraMySQL(
            f"{name}-db",
            AuroraMySQLArgs(
                vpc_id=network.vpc_id,
                subnet_ids=network.isolated_subnet_ids,
                function_subnet_ids=network.private_subnet_ids,
                availability_zones=network.availability_zones,
                aurora=aurora,
                alarms=args.get("database_alarms", {}),
                disposable=disposable,
                tags=tags,
                **key,
            ),
            child,
        )
    return MySQL(
        f"{name}-db",
        MySQLArgs(
            vpc_id=network.vpc_id,
            subnet_ids=network.isolated_subnet_ids,
            function_subnet_ids=network.private_subnet_ids,
            database=_backed_up(args),
            alarms=args.get("database_alarms", {}),
            disposable=disposable,
            tags=tags,
            **key,
        ),
        child,
    )


def _backed_up(args: EnvironmentArgs) -> MySQLSpec:
    """Return the database's specification, which leaves to AWS Backup what continuous backups set themselves."""
    spec = args.get("database", MySQLSpec())
    continuous = args.get("backups", BackupsSpec()).get("continuous", False)
    return {**spec, "backups_by_aws_backup": True} if continuous else spec

"""Databases on RDS."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from .errors import ApiError, CommandError
from .points import RESTORED_TAG, Point, tags, target_name
from .target import Check, Progress, Target, check, merged

_LONGEST = 63
_OF_THE_REGION = ("dbparametergroupname", "optiongroupname", "availabilityzone")
_FAILED = ("failed", "incompatible-network", "incompatible-parameters", "incompatible-restore", "storage-full")


class Database(Target):
    """A database, restored into one beside it: in the same network, with the same parameters."""

    type: ClassVar[str] = "RDS"

    @property
    def name(self) -> str:
        """Identifier of what is restored."""
        return target_name(self.data.name, self.point.time, _LONGEST)

    @property
    def made(self) -> str:
        """What is made."""
        return f"a new database {self.name}"

    def candidates(self) -> list[Point]:
        """Return recovery points and, if RDS has its own backups of that time, those, which have every second."""
        own = self._own_window()
        latest = None if own is None else min(self.to, own[1]).replace(microsecond=0)
        by_itself = [] if own is None or latest is None or latest < own[0] else [Point(latest, "", "", continuous=True)]
        return [*super().candidates(), *by_itself]

    def check_place(self) -> None:
        """Refuse to guess a network in another region."""
        if self.elsewhere and not (self.place.subnet_group and self.place.security_groups):
            raise CommandError(
                f"database {self.data.name}: it was in {self.data.arn.split(':')[3]}: give --subnet-group and "
                f"--security-groups of {self.api.region}"
            )

    def metadata(self) -> dict[str, str]:
        """Say where it goes."""
        source, kept = self._source(), self.kept_metadata()
        if self.elsewhere:  # those are of the region, too
            kept = {key: value for key, value in kept.items() if key.lower() not in _OF_THE_REGION}
        wanted = {
            "DBInstanceIdentifier": self.name,
            "MultiAZ": "false",
            "PubliclyAccessible": "false",
            "DeletionProtection": "false",
        }
        if source:
            wanted |= {
                "DBSubnetGroupName": source["DBSubnetGroup"]["DBSubnetGroupName"],
                "DBParameterGroupName": source["DBParameterGroups"][0]["DBParameterGroupName"],
                "VpcSecurityGroupIds": json.dumps(_groups(source)),
            }
        if self.place.subnet_group:
            wanted["DBSubnetGroupName"] = self.place.subnet_group
        if self.place.security_groups:
            wanted["VpcSecurityGroupIds"] = json.dumps(self.place.security_groups)
        if self.point.continuous:
            wanted |= {"RestoreTime": _utc(self.point.time), "UseLatestRestorableTime": "false"}
        return merged(kept, wanted)

    def there(self) -> str:
        """Find it by its name."""
        found = self._described(self.name)
        return str(found["DBInstanceArn"]) if found else ""

    def same(self, metadata: Mapping[str, str]) -> bool:
        """Compare by the name."""
        return metadata.get("dbinstanceidentifier") == self.name

    def begin(self) -> None:
        """Begin, by AWS Backup or by RDS itself."""
        if self.point.arn:
            super().begin()
            return
        source = self._source()
        if self.there() or not source:
            return
        self.api.call(
            "rds",
            "restore_db_instance_to_point_in_time",
            SourceDBInstanceIdentifier=self.data.name,
            TargetDBInstanceIdentifier=self.name,
            RestoreTime=self.point.time,
            DBSubnetGroupName=self.place.subnet_group or source["DBSubnetGroup"]["DBSubnetGroupName"],
            DBParameterGroupName=source["DBParameterGroups"][0]["DBParameterGroupName"],
            VpcSecurityGroupIds=list(self.place.security_groups) or _groups(source),
            MultiAZ=False,
            PubliclyAccessible=False,
            DeletionProtection=False,
            CopyTagsToSnapshot=True,
            Tags=[{"Key": k, "Value": v} for k, v in tags(self.stack.name, self.point, self.data.arn).items()],
        )

    def look(self) -> Progress:
        """Tell how far it is: the job first, then the database itself."""
        if self.point.arn:
            progress = super().look()
            if progress.state != "done":
                return progress
        found = self._described(self.name)
        if not found:
            return Progress("failed", f"{self.name} is not there")
        status = str(found["DBInstanceStatus"])
        if status in _FAILED:
            return Progress("failed", f"{self.name} is {status}")
        state = "done" if status == "available" else "running"
        return Progress(state, status, str(found["DBInstanceArn"]))

    def tag(self, arn: str) -> None:
        """Tag it by RDS, which has no delay."""
        wanted = tags(self.stack.name, self.point, self.data.arn)
        self.api.call("rds", "remove_tags_from_resource", ResourceName=arn, TagKeys=["elasticweb:data"])
        self.api.call(
            "rds", "add_tags_to_resource", ResourceName=arn, Tags=[{"Key": k, "Value": v} for k, v in wanted.items()]
        )

    def checks(self, arn: str) -> list[Check]:
        """Look at the database."""
        found, source = self._described(self.name), self._source()
        if not found:
            return [check(well=False, shown=f"{self.name} is not there")]
        told = self.api.call("rds", "list_tags_for_resource", ResourceName=arn)["TagList"]
        tagged = {tag["Key"]: tag["Value"] for tag in told}.get(RESTORED_TAG) == self.stack.name
        size, port = found["AllocatedStorage"], found.get("Endpoint", {}).get("Port")
        made = [
            check(found["DBInstanceStatus"] == "available", f"status {found['DBInstanceStatus']}"),
            check(found.get("StorageEncrypted"), "encrypted" if found.get("StorageEncrypted") else "not encrypted"),
            check(not found["PubliclyAccessible"], "private" if not found["PubliclyAccessible"] else "public"),
            check(tagged, f"tagged {RESTORED_TAG}"),
            check(found.get("Endpoint"), f"answers at {found.get('Endpoint', {}).get('Address', 'nowhere')}:{port}"),
        ]
        if source:
            same = found["EngineVersion"] == source["EngineVersion"]
            made += [
                check(
                    size >= source["AllocatedStorage"], f"{size} GiB, the source has {source['AllocatedStorage']} GiB"
                ),
                check(same, f"{found['Engine']} {found['EngineVersion']}"),
            ]
        return made

    def switch(self, arn: str) -> list[str]:
        """Let Pulumi make the environment's next database of the same backup."""
        del arn
        into = f"r{self.point.time.astimezone(UTC):%Y%m%d-%H%M}"
        if not self.point.continuous:
            origin = [f"snapshot: {self.point.arn}"]
        elif self._source():
            origin = [f"source_identifier: {self.data.name}", f'time: "{_utc(self.point.time)}"']
        else:
            origin = [f"source_identifier: {self.name}"]
        return [
            "By these settings the environment gets a database of the same backup, beside its present one; names,",
            "secret and replicas move to it with `pulumi up`:",
            "",
            "  elasticweb:database:",
            "    restore_from:",
            *(f"      {line}" for line in origin),
            f"      into: {into}",
            "",
            f"Nothing of the environment uses {self.name}. Look into it, then delete it:",
            f"  aws rds delete-db-instance --db-instance-identifier {self.name} --skip-final-snapshot",
        ]

    def _source(self) -> dict[str, Any] | None:
        """Return what is restored, if it is there; one of the same name in another region is another one."""
        return None if self.elsewhere else self._described(self.data.name)

    def _described(self, name: str) -> dict[str, Any] | None:
        try:
            return self.api.call("rds", "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"][0]
        except ApiError as error:
            if error.gone:
                return None
            raise

    def _own_window(self) -> tuple[datetime, datetime] | None:
        """Return from when until when RDS itself can restore any second."""
        source = self._source()
        latest: datetime | None = (source or {}).get("LatestRestorableTime")
        if not source or not latest or not source.get("BackupRetentionPeriod"):
            return None
        told = self.api.call("rds", "describe_db_instance_automated_backups", DBInstanceIdentifier=self.data.name)
        windows: list[dict[str, datetime]] = [
            found["RestoreWindow"] for found in told["DBInstanceAutomatedBackups"] if found.get("RestoreWindow")
        ]
        earliest = [window["EarliestTime"] for window in windows if window.get("EarliestTime")]
        return (min(earliest).astimezone(UTC), latest.astimezone(UTC)) if earliest else None


def _groups(database: Mapping[str, Any]) -> list[str]:
    return [str(group["VpcSecurityGroupId"]) for group in database["VpcSecurityGroups"]]


def _utc(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

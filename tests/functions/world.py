"""A region of moto's in which time passes, for the controller of elastic replicas.

What moto takes and AWS refuses is refused here as AWS documents it (``_StrictRoute53``, ``_strict_rds``); and instances
take their time: minutes to come and to go.
"""

import copy
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import boto3
import botocore.config
from moto import mock_aws
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.exceptions import ServiceException
from moto.rds.models import RDSBackend, rds_backends
from moto.route53.models import Route53Backend

from components.functions.replicas.closing import Clock
from components.functions.replicas.handler import respond
from components.functions.replicas.model import CONNECTIONS, CPU, LAG, Policy
from components.functions.replicas.place import Aws, Place

REGION = "eu-central-1"
START = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())
SOURCE = "shop-db-primary-1a2b3c4"
DECLARED = "shop-db-replica-1-5d6e7f8"
READER = "db-ro.shop.internal"
CREATING_SECONDS, DELETING_SECONDS = 600, 240


class _Refusal(ServiceException):
    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class AwsError(Exception):
    """What a fault of the API looks like to the program."""


def policy(**given: Any) -> Policy:
    """Return a policy with what is *given*."""
    whole: dict[str, Any] = {
        "min_size": 0,
        "max_size": 3,
        "windows": (),
        "offsets": {},
        "targets": {CPU: 60.0, CONNECTIONS: 100.0},
        "scale_out_cooldown": 300,
        "scale_in_cooldown": 900,
        "max_lag": 60,
        "drain": 300,
        **given,
    }
    return Policy(**whole)


class World:
    """The primary, declared replicas, the zone; and the controller that is called upon them."""

    def __init__(self, *, declared: int = 1) -> None:
        """Begin with a primary and up to one declared replica."""
        self.now = START
        self.skew = 0
        """Seconds by which the controller's clock is ahead."""
        self.cpu: Callable[[str], float | None] = lambda _: 30.0
        self.connections: Callable[[str], float | None] = lambda _: 20.0
        self.lag: Callable[[str], float | None] = lambda _: 0.0
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []
        self.ready: dict[str, int] = {}
        self.gone: dict[str, int] = {}
        self.references: set[str] = set()
        self.copied: dict[str, dict[str, Any]] = {}
        self.measured = self.now
        self.declared = [DECLARED][:declared]
        self.tools = Aws(*(boto3.client(name, region_name=REGION) for name in ("rds", "route53", "cloudwatch")))
        """The test's own; what the controller's clients call is written down."""
        self.aws = self.clients()
        self._found()
        self.place = Place(
            "shop/prod/shop-db",
            SOURCE,
            self.zone_id,
            READER,
            "elastic-replicas.shop.internal",
            REGION,
            "shop-db-elastic-0a1b2c3",
            {"DBInstanceClass": "db.r7g.large", "PubliclyAccessible": False, "CopyTagsToSnapshot": True},
        )

    def clients(self, hook: Callable[[str, str, str, Any], None] | None = None) -> Aws:
        """Return clients that tell *hook* of each call, before and after."""
        config = botocore.config.Config(region_name=REGION, parameter_validation=True)
        made = [boto3.client(name, config=config) for name in ("rds", "route53", "cloudwatch")]

        def watch(name: str, client: Any) -> None:
            def before(model: Any, params: Any, **_: Any) -> None:
                if hook is not None:
                    hook("before", name, model.name, params)

            def after(model: Any, parsed: Any, **_: Any) -> None:
                self._remember(model.name, parsed)
                if hook is not None:
                    hook("after", name, model.name, parsed)

            def given(params: Any, model: Any, **_: Any) -> None:
                self.calls.append((name, model.name, copy.deepcopy(params)))

            client.meta.events.register("before-parameter-build", given)
            client.meta.events.register("before-call", before)
            client.meta.events.register("after-call", after)

        for client, name in zip(made, ("rds", "route53", "cloudwatch"), strict=True):
            watch(name, client)
        return Aws(*made)

    def _remember(self, operation: str, parsed: Any) -> None:
        """Give health checks their copy of the alarm's settings, which Route 53 makes when it is told the alarm."""
        if operation in ("CreateHealthCheck", "UpdateHealthCheck") and "HealthCheck" in parsed:
            asked = self.calls[-1][2]
            watched = asked.get("HealthCheckConfig", asked).get("AlarmIdentifier")
            if watched:
                (alarm,) = self.tools.cloudwatch.describe_alarms(AlarmNames=[watched["Name"]])["MetricAlarms"]
                self.copied[parsed["HealthCheck"]["Id"]] = {"Threshold": alarm["Threshold"]}
        if operation == "ListHealthChecks":
            for check in parsed.get("HealthChecks", ()):
                if check["Id"] in self.copied:
                    check["CloudWatchAlarmConfiguration"] = self.copied[check["Id"]]

    def _found(self) -> None:
        rds, route53 = self.tools.rds, self.tools.route53
        common = {"DBInstanceClass": "db.r7g.large", "Engine": "mysql"}
        rds.create_db_instance(
            DBInstanceIdentifier=SOURCE,
            MasterUsername="app_owner",
            MasterUserPassword="correct-horse",
            AllocatedStorage=20,
            BackupRetentionPeriod=7,
            **common,
        )
        rds.create_db_instance(
            DBInstanceIdentifier="somebody-elses",
            MasterUsername="app_owner",
            MasterUserPassword="correct-horse",
            AllocatedStorage=20,
            BackupRetentionPeriod=7,
            **common,
        )
        made = route53.create_hosted_zone(Name="shop.internal", CallerReference="zone")
        self.zone_id = made["HostedZone"]["Id"].rsplit("/", 1)[-1]
        self._record("primary", SOURCE, 0)
        for identifier in self.declared:
            self.backend.create_db_instance_read_replica(
                {
                    "db_instance_identifier": identifier,
                    "source_db_instance_identifier": SOURCE,
                    "db_instance_class": "db.r7g.large",
                    "tags": [{"Key": "team", "Value": "web"}],
                }
            )
            self.ready.pop(identifier)
            self.backend.databases[identifier].status = "available"
            self._record("1", identifier, 100)

    def _record(self, key: str, identifier: str, weight: int) -> None:
        record = {
            "Name": READER,
            "Type": "CNAME",
            "TTL": 10,
            "SetIdentifier": key,
            "Weight": weight,
            "ResourceRecords": [{"Value": self.instance(identifier)["Endpoint"]["Address"]}],
        }
        self.tools.route53.change_resource_record_sets(
            HostedZoneId=self.zone_id, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )

    @property
    def backend(self) -> Any:
        """moto's RDS."""
        return rds_backends["123456789012"][REGION]

    def instance(self, identifier: str) -> dict[str, Any]:
        """Return an instance as AWS tells it."""
        return self.tools.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"][0]

    def elastic(self) -> dict[str, str]:
        """Return the status of every elastic replica by its key."""
        found = self.backend.databases
        return {
            identifier.removeprefix(f"{SOURCE}-"): database.status
            for identifier, database in sorted(found.items())
            if "-elastic-" in identifier
        }

    def names(self) -> dict[str, str]:
        """Return where each record of the reader leads, by key."""
        listed = self.tools.route53.list_resource_record_sets(HostedZoneId=self.zone_id)["ResourceRecordSets"]
        return {r["SetIdentifier"]: r["ResourceRecords"][0]["Value"] for r in listed if r["Name"].rstrip(".") == READER}

    def entry(self) -> str | None:
        """Return the journal."""
        listed = self.tools.route53.list_resource_record_sets(HostedZoneId=self.zone_id)["ResourceRecordSets"]
        return next((r["ResourceRecords"][0]["Value"] for r in listed if r["Type"] == "TXT"), None)

    def belongings(self) -> tuple[list[str], list[str]]:
        """Return the names of all alarms and the caller references of all health checks."""
        alarms = self.tools.cloudwatch.describe_alarms()["MetricAlarms"]
        checks = self.tools.route53.list_health_checks()["HealthChecks"]
        return sorted(a["AlarmName"] for a in alarms), sorted(c["CallerReference"] for c in checks)

    def age(self, seconds: int) -> None:
        """Let time pass; figures are measured, instances come and go."""
        self.now += seconds
        self.settle()
        self.measure()

    def settle(self) -> None:
        """Let instances whose time has come be there, or be gone."""
        for identifier, at in list(self.ready.items()):
            if at <= self.now:
                del self.ready[identifier]
                if identifier in self.backend.databases:
                    self.backend.databases[identifier].status = "available"
        for identifier, at in list(self.gone.items()):
            if at <= self.now:
                del self.gone[identifier]
                self.vanish(identifier)

    def vanish(self, identifier: str) -> None:
        """Take an instance away."""
        database = self.backend.databases.pop(identifier, None)
        source = self.backend.databases.get(getattr(database, "source_db_instance_identifier", None))
        if source is not None and identifier in source.replicas:
            source.replicas.remove(identifier)

    def measure(self) -> None:
        """Write the figures of the minutes that have passed, as CloudWatch has them."""
        backend = cloudwatch_backends["123456789012"][REGION]
        oldest = datetime.fromtimestamp(self.now - 1800, UTC).replace(tzinfo=None)
        backend.metric_data = [d for d in backend.metric_data if d.timestamp.replace(tzinfo=None) >= oldest]
        first = max(self.measured, self.now - 1500)
        for at in range(first - first % 60 + 60, self.now - self.now % 60 + 1, 60):
            data = list[dict[str, Any]]()
            for identifier, database in self.backend.databases.items():
                if database.status != "available":
                    continue
                figures = {CPU: self.cpu(identifier), CONNECTIONS: self.connections(identifier)}
                if database.is_replica:
                    figures[LAG] = self.lag(identifier)
                data += [
                    {
                        "MetricName": name,
                        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": identifier}],
                        "Timestamp": datetime.fromtimestamp(at - 60, UTC),
                        "Value": value,
                    }
                    for name, value in figures.items()
                    if value is not None
                ]
            if data:
                self.tools.cloudwatch.put_metric_data(Namespace="AWS/RDS", MetricData=data)
        self.measured = self.now

    def clock(self) -> Clock:
        """Return the controller's clock, which may be wrong."""
        began = self.now
        return Clock(lambda: self.now + self.skew, self._sleep, lambda: 900 - (self.now - began))

    def _sleep(self, seconds: float) -> None:
        self.age(int(seconds))

    def call(self, event: Mapping[str, Any], policy_: Policy, aws: Aws | None = None) -> dict[str, str]:
        """Invoke the function."""
        return respond(aws or self.aws, self.place, policy_, self.clock(), event)

    def run(self, minutes: int, policy_: Policy, every: int = 1) -> list[str]:
        """Invoke it for so many minutes, *every* so many; return what it did."""
        done = list[str]()
        for _ in range(0, minutes, every):
            self.age(60 * every)
            said = self.call({}, policy_)
            if said["action"] != "wait":
                done.append(f"{said['action']} {said.get('key', '')}".strip())
        return done


@contextmanager
def world(*, declared: int = 1) -> Generator[World]:
    """Return a world of its own."""
    with mock_aws(), _strict() as bound:
        made = World.__new__(World)
        bound.append(made)
        made.__init__(declared=declared)  # the patches know it before it makes anything
        yield made


@contextmanager
def _strict() -> Generator[list[World]]:  # noqa: C901  four short functions
    bound = list[World]()
    create, delete = RDSBackend.create_db_instance_read_replica, RDSBackend.delete_db_instance
    change, check = Route53Backend.change_resource_record_sets, Route53Backend.create_health_check

    def created(self: Any, db_kwargs: dict[str, Any]) -> Any:
        here, identifier = bound[0], db_kwargs["db_instance_identifier"]
        if identifier in self.databases:
            raise _Refusal("DBInstanceAlreadyExists", "DB instance already exists")
        made: Any = create(self, db_kwargs)
        made.status = "creating"
        made.instance_create_time = datetime.fromtimestamp(here.now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        made.dbi_resource_id = f"db-{here.now}"
        here.ready[identifier] = here.now + CREATING_SECONDS
        return made

    def deleted(self: Any, db_instance_identifier: str, *given: Any, **named: Any) -> Any:
        here, database = bound[0], self.databases.get(db_instance_identifier)
        if database is None:
            return delete(self, db_instance_identifier, *given, **named)
        if database.status in ("creating", "deleting"):
            raise _Refusal("InvalidDBInstanceState", f"Instance {db_instance_identifier} is {database.status}.")
        database.status = "deleting"
        here.gone[db_instance_identifier] = here.now + DELETING_SECONDS
        return database

    def changed(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        standing = {_key(record): _worth(record) for record in _rrsets(self, zoneid)}
        for item in change_list:
            record, action = item["ResourceRecordSet"], item["Action"]
            key = _key(record)
            if action == "CREATE" and key in standing:
                raise _Refusal("InvalidChangeBatch", f"it already exists: {key}")
            if action == "DELETE" and standing.get(key) != _worth(record):
                raise _Refusal("InvalidChangeBatch", f"not found, or with other values: {key}")
            if action == "DELETE":
                del standing[key]
            else:
                standing[key] = _worth(record)
        zone = self.get_hosted_zone(zoneid)
        for item in change_list:
            # moto deletes by the set identifier alone and looks into its diary: what was checked above is carried out.
            if item["Action"] == "DELETE":
                zone.rrsets = [r for r in zone.rrsets if _key(_told(r)) != _key(item["ResourceRecordSet"])]
            else:
                change(self, zoneid, [{**copy.deepcopy(item), "Action": "UPSERT"}])

    def checked(self: Any, caller_reference: str, health_check_args: dict[str, Any]) -> Any:
        here = bound[0]
        if caller_reference in here.references:
            raise _Refusal("HealthCheckAlreadyExists", f"{caller_reference} was used before")
        here.references.add(caller_reference)
        return check(self, caller_reference, health_check_args)

    with (
        patch.object(RDSBackend, "create_db_instance_read_replica", created),
        patch.object(RDSBackend, "delete_db_instance", deleted),
        patch.object(Route53Backend, "change_resource_record_sets", changed),
        patch.object(Route53Backend, "create_health_check", checked),
    ):
        yield bound


def _rrsets(backend: Any, zone_id: str) -> list[dict[str, Any]]:
    return [_told(record) for record in backend.get_hosted_zone(zone_id).rrsets]


def _told(record: Any) -> dict[str, Any]:
    return {
        "Name": record.name,
        "Type": record.type,
        "TTL": record.ttl,
        "SetIdentifier": record.set_identifier,
        "ResourceRecords": [{"Value": value} for value in record.records],
    }


def _key(record: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(record["Name"]).rstrip("."), record["Type"], record.get("SetIdentifier") or ""


def _worth(record: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    values = [r["Value"] if isinstance(r, dict) else r for r in record["ResourceRecords"]]
    return str(record["TTL"]), tuple(values)

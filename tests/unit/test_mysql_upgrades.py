"""Upgrades of MySQL: replicas before their source, against an RDS that behaves as the test says."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

import pulumi
import pytest

from components import InvalidArgs
from components._aws_calls import ApiError
from components.mysql.upgrade import hook as hooks_module
from components.mysql.upgrade.hook import Hooks, check, versions
from components.mysql.upgrade.rolling import Replica, Upgrade, UpgradeError, full_version
from components.mysql.upgrade.versions import reached


class Rds:
    """RDS with instances whose upgrades take some looks; time passes only when somebody waits."""

    def __init__(self, replicas: Mapping[str, str], *, looks: int = 2) -> None:
        self.instances: dict[str, dict[str, Any]] = {
            name: {
                "DBInstanceIdentifier": name,
                "EngineVersion": version,
                "DBInstanceStatus": "available",
                "DBParameterGroups": [{"DBParameterGroupName": "old", "ParameterApplyStatus": "in-sync"}],
            }
            for name, version in replicas.items()
        }
        self.under_way = dict[str, tuple[int, str]]()
        self.looks = looks
        self.stuck = set[str]()
        self.events = list[str]()
        self.errors = dict[str, str]()
        self.done = list[str]()
        self.busiest = 0
        self.asked = list[tuple[str, Mapping[str, Any]]]()
        self.told = list[str]()
        self.now = 0.0

    async def __call__(self, operation: str, parameters: Mapping[str, Any], service: str | None = None) -> Any:
        assert service is None
        self.asked.append((operation, parameters))
        if operation in self.errors:
            raise ApiError(self.errors[operation], f"{operation}: {self.errors[operation]}")
        return getattr(self, f"_{operation}")(parameters)

    def _describe_db_instances(self, parameters: Any) -> Any:
        name = parameters["DBInstanceIdentifier"]
        if name not in self.instances:
            raise ApiError("DBInstanceNotFound", f"{name} not found")
        found = self.instances[name]
        if name in self.under_way:
            left, version = self.under_way[name]
            found["DBInstanceStatus"] = "upgrading" if left else "available"
            if left:
                self.under_way[name] = (left - 1, version)
            else:
                del self.under_way[name]
                found["EngineVersion"] = version
                self.done.append(name)
        return {"DBInstances": [dict(found)]}

    def _modify_db_instance(self, parameters: Any) -> Any:
        name = parameters["DBInstanceIdentifier"]
        if name not in self.stuck:
            self.under_way[name] = (self.looks, parameters["EngineVersion"])
            self.instances[name]["DBInstanceStatus"] = "upgrading"
        self.busiest = max(self.busiest, len(self.under_way))
        if "DBParameterGroupName" in parameters:
            group = {
                "DBParameterGroupName": parameters["DBParameterGroupName"],
                "ParameterApplyStatus": "pending-reboot",
            }
            self.instances[name]["DBParameterGroups"] = [group]
        return {}

    def _reboot_db_instance(self, parameters: Any) -> Any:
        self.instances[parameters["DBInstanceIdentifier"]]["DBParameterGroups"][0]["ParameterApplyStatus"] = "in-sync"
        return {}

    def _describe_events(self, _: Any) -> Any:
        return {"Events": [{"Message": line} for line in self.events]}

    def _describe_db_engine_versions(self, parameters: Any) -> Any:
        assert parameters["DefaultOnly"] is True
        known = {"8.4": "8.4.8", "9.7": "9.7.2"}.get(parameters["EngineVersion"])
        return {"DBEngineVersions": [{"EngineVersion": known}] if known else []}

    async def pause(self, seconds: float) -> None:
        self.now += seconds

    def tell(self, line: str, *, passing: bool = False) -> None:
        if not passing:
            self.told.append(line)

    def upgrade(self, version: str, *names: str, minutes: float = 180) -> None:
        run = Upgrade(version, self.tell, minutes, self.pause, lambda: self.now)
        asyncio.run(run.run([Replica(name, self, "new-group") for name in names or self.instances]))

    def modified(self) -> list[Mapping[str, Any]]:
        return [parameters for operation, parameters in self.asked if operation == "modify_db_instance"]


def test_every_replica_is_upgraded_at_once_whatever_its_window_says() -> None:
    rds = Rds({"a": "8.4.6", "b": "8.4.6"})
    rds.upgrade("8.4.8")
    assert {found["EngineVersion"] for found in rds.instances.values()} == {"8.4.8"}
    assert rds.modified() == [
        {
            "DBInstanceIdentifier": name,
            "EngineVersion": "8.4.8",
            "AllowMajorVersionUpgrade": False,
            "ApplyImmediately": True,
        }
        for name in "ab"
    ]
    assert rds.told == [
        "upgrading the replica a from 8.4.6 to 8.4.8",
        "the replica a is on 8.4.8",
        "upgrading the replica b from 8.4.6 to 8.4.8",
        "the replica b is on 8.4.8",
        "2 replicas are upgraded to 8.4.8: their source comes next",
    ]


@pytest.mark.parametrize(("count", "together"), [(1, 1), (3, 1), (6, 2), (15, 5)])
def test_most_replicas_keep_answering(count: int, together: int) -> None:
    rds = Rds({f"r{number}": "8.4.6" for number in range(count)})
    rds.upgrade("8.4.8")
    assert rds.busiest == together


def test_a_second_run_goes_on_where_the_first_one_stopped() -> None:
    rds = Rds({"done": "8.4.8", "under-way": "8.4.6", "left": "8.4.6"})
    rds.under_way["under-way"] = (3, "8.4.8")
    rds.instances["under-way"]["DBInstanceStatus"] = "upgrading"
    rds.upgrade("8.4.8")
    assert [parameters["DBInstanceIdentifier"] for parameters in rds.modified()] == ["left"]
    assert rds.done == ["under-way", "left"]


def test_nothing_is_asked_for_when_all_are_there() -> None:
    rds = Rds({"a": "8.4.8", "b": "8.4.9"})
    rds.upgrade("8.4.8")
    assert {operation for operation, _ in rds.asked} == {"describe_db_instances"}
    assert rds.told == []


def test_a_replica_that_others_delete_meanwhile_is_not_waited_for() -> None:
    rds = Rds({"a": "8.4.6"})
    rds.upgrade("8.4.8", "gone", "a")
    assert rds.done == ["a"]


def test_a_new_major_version_brings_its_parameter_group_and_a_restart() -> None:
    rds = Rds({"a": "8.4.8"})
    rds.upgrade("9.7.2")
    (asked,) = rds.modified()
    assert (asked["AllowMajorVersionUpgrade"], asked["DBParameterGroupName"]) == (True, "new-group")
    assert [operation for operation, _ in rds.asked].count("reboot_db_instance") == 1
    assert rds.instances["a"]["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"


def test_what_rds_refuses_is_said_in_its_words() -> None:
    rds = Rds({"a": "8.4.6"})
    rds.errors["modify_db_instance"] = "InvalidParameterCombination"
    with pytest.raises(UpgradeError, match=r"does not upgrade the replica a to 8\.4\.8: .*InvalidParameterC"):
        rds.upgrade("8.4.8")


def test_a_failed_upgrade_is_told_with_the_reason_that_rds_gives() -> None:
    rds = Rds({"a": "8.4.6"})
    rds.stuck.add("a")
    rds.events = [
        "Backing up DB instance",
        "The instance cannot be upgraded: prechecks failed.",
    ]
    with pytest.raises(
        UpgradeError, match=r"the replica a is still on 8\.4\.6: .*cannot be upgraded: prechecks failed"
    ):
        rds.upgrade("9.7.2")
    assert rds.now < 600


@pytest.mark.parametrize("status", ["storage-full", "incompatible-parameters", "stopped"])
def test_a_broken_replica_is_not_waited_for(status: str) -> None:
    rds = Rds({"a": "8.4.6"})
    rds.instances["a"]["DBInstanceStatus"] = status
    with pytest.raises(UpgradeError, match=f"the replica a is {status} and cannot be upgraded"):
        rds.upgrade("8.4.8")


def test_patience_ends() -> None:
    rds = Rds({"a": "8.4.6"}, looks=1000)
    with pytest.raises(UpgradeError, match="the replica a is upgrading after 30 minutes"):
        rds.upgrade("8.4.8", minutes=30)
    assert rds.now == 30 * 60


def test_a_series_means_its_default_version_as_it_does_for_the_source() -> None:
    rds = Rds({})
    assert asyncio.run(full_version(rds, "8.4")) == "8.4.8"
    assert asyncio.run(full_version(rds, "8.4.6")) == "8.4.6"
    with pytest.raises(UpgradeError, match=r"RDS has no MySQL 8\.5"):
        asyncio.run(full_version(rds, "8.5"))


@pytest.mark.parametrize(
    ("actual", "wanted", "there"),
    [("8.4.6", "8.4", True), ("8.4.6", "8.4.6", True), ("8.4.10", "8.4.9", True), ("8.4.9", "8.4.10", False),
     ("8.4.9", "9.7", False), ("9.7.1", "8.4.9", True)],
)  # fmt: skip
def test_versions_are_compared_by_their_numbers(actual: str, wanted: str, there: bool) -> None:
    assert reached(actual, wanted) is there


# What may not be


@pytest.mark.parametrize(
    ("actual", "wanted", "major"),
    [("8.4.6", "8.4.8", None), ("8.4.6", "8.4", None), ("8.4.6", "8.4.6", None), ("8.4.8", "9.7", "9.7"),
     ("8.4.8", "9.7.1", "9.7")],
)  # fmt: skip
def test_an_upgrade_that_may_be(actual: str, wanted: str, major: str | None) -> None:
    check(actual, wanted, major)


@pytest.mark.parametrize(
    ("actual", "wanted", "major", "line"),
    [
        ("8.4.8", "9.7", None, "allow_major_upgrade_to must be '9.7' for the upgrade from 8.4.8 to 9.7"),
        ("8.4.8", "9.7.1", "9.6", "allow_major_upgrade_to must be '9.7' .*, got '9.6'"),
        ("8.4.8", "8.4.6", None, "engine_version must not go back, .* runs 8.4.8, got '8.4.6'"),
        ("9.7.1", "8.4", "8.4", "engine_version must not go back, .* runs 9.7.1, got '8.4'"),
    ],
)
def test_an_upgrade_that_may_not_be(actual: str, wanted: str, major: str | None, line: str) -> None:
    with pytest.raises(InvalidArgs, match=line):
        check(actual, wanted, major)


def around(old: Mapping[str, Any], outputs: Mapping[str, Any], new: Mapping[str, Any]) -> pulumi.ResourceHookArgs:
    return pulumi.ResourceHookArgs("urn", "id", "name", "type", new_inputs=new, old_inputs=old, old_outputs=outputs)


@pytest.mark.parametrize(
    ("old", "outputs", "new", "found"),
    [
        ({"engineVersion": "8.4"}, {"engineVersionActual": "8.4.6"}, {"engineVersion": "8.4"}, (None, None)),
        ({"engineVersion": "8.4"}, {"engineVersionActual": "8.4.6"}, {"engineVersion": "8.4.8"}, ("8.4.6", "8.4.8")),
        ({"engineVersion": "8.4.6"}, {}, {"engineVersion": "8.4"}, ("8.4.6", "8.4")),
        ({}, {"engineVersion": "8.4.6"}, {"engineVersion": "8.4.6"}, (None, None)),
        ({}, {"engineVersion": "8.4.6"}, {"engineVersion": "8.4.8"}, ("8.4.6", "8.4.8")),
        ({"engineVersion": "8.4.6"}, {"engineVersionActual": "8.4.6"}, {}, (None, None)),
    ],
)
def test_only_another_version_counts(old: Any, outputs: Any, new: Any, found: Any) -> None:
    assert versions(around(old, outputs, new)) == found


# The hooks themselves

HERE = "arn:aws:rds:eu-central-1:123456789012:db:main"
WEST = "arn:aws:rds:eu-west-1:123456789012:db:west"


class Regions:
    """RDS in two regions, and who was asked where."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
        self.here, self.west = Rds({"main": version, "one": version}), Rds({"west": version})
        self.here.instances["main"]["ReadReplicaDBInstanceIdentifiers"] = ["one", WEST]
        monkeypatch.setattr(hooks_module, "Api", self._api)

    def _api(self, _: object, arn: str, service: str) -> Rds:
        assert service == "rds"
        return {"eu-central-1": self.here, "eu-west-1": self.west}[arn.split(":")[3]]

    def run(self, hook: str, new: Mapping[str, Any], *, major: str | None = None) -> None:
        version = self.here.instances["main"]["EngineVersion"]
        outputs = {"arn": HERE, "identifier": "main", "engineVersionActual": version}

        async def go() -> None:
            with_groups = Hooks(Nobody(), major, {"eu-west-1": "west-group"})
            await getattr(with_groups, hook)(around({"engineVersion": version}, outputs, new))

        for rds in (self.here, self.west):
            rds.asked.clear()
        asyncio.run(go())


class Nobody(pulumi.Resource):
    """A component without a provider of its own."""

    def __init__(self) -> None:
        """Register nothing."""

    def get_provider(self, module_member: str) -> None:
        assert module_member.startswith("aws:")


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nothing and tell nobody."""

    async def at_once(_: float) -> None:
        """Let no time pass."""

    monkeypatch.setattr(hooks_module, "Upgrade", partial(Upgrade, pause=at_once))
    monkeypatch.setattr(pulumi.log, "info", lambda *_, **__: None)


@pytest.mark.usefixtures("quiet")
def test_replicas_of_all_regions_are_found_and_get_the_group_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = Regions(monkeypatch, "8.4.8")
    regions.run("replicas_first", {"engineVersion": "9.7.1", "parameterGroupName": "here-group"}, major="9.7")
    assert [asked["DBParameterGroupName"] for asked in regions.here.modified()] == ["here-group"]
    assert [asked["DBParameterGroupName"] for asked in regions.west.modified()] == ["west-group"]
    assert (regions.here.instances["main"]["EngineVersion"], regions.here.done, regions.west.done) == (
        "8.4.8",
        ["one"],
        ["west"],
    )


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("hook", ["refuse", "replicas_first", "restart"])
def test_nobody_is_asked_when_the_version_stays(monkeypatch: pytest.MonkeyPatch, hook: str) -> None:
    regions = Regions(monkeypatch, "8.4.8")
    regions.run(hook, {"engineVersion": "8.4.8", "instanceClass": "db.r7g.large"})
    assert regions.here.asked == regions.west.asked == []


@pytest.mark.usefixtures("quiet")
def test_the_hook_of_previews_asks_nobody_and_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = Regions(monkeypatch, "8.4.8")
    regions.run("refuse", {"engineVersion": "8.4.9"})
    with pytest.raises(InvalidArgs, match=r"allow_major_upgrade_to must be '9\.7'"):
        regions.run("refuse", {"engineVersion": "9.7.1"})
    with pytest.raises(InvalidArgs, match=r"allow_major_upgrade_to must be '9\.7'"):
        regions.run("replicas_first", {"engineVersion": "9.7.1"})
    assert regions.here.asked == regions.west.asked == []


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("wanted", "restarts"), [("9.7.1", 1), ("8.4.9", 0)])
def test_the_primary_is_restarted_for_the_parameters_of_a_new_major_version(
    monkeypatch: pytest.MonkeyPatch, wanted: str, restarts: int
) -> None:
    regions = Regions(monkeypatch, "8.4.8")
    waiting = {"DBParameterGroupName": "here-group", "ParameterApplyStatus": "pending-reboot"}
    regions.here.instances["main"]["DBParameterGroups"] = [waiting]
    regions.run("restart", {"engineVersion": wanted}, major="9.7")
    assert [operation for operation, _ in regions.here.asked].count("reboot_db_instance") == restarts


@pytest.mark.usefixtures("quiet")
def test_a_fault_of_the_api_is_one_line_that_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = Regions(monkeypatch, "8.4.8")
    regions.here.errors["describe_db_instances"] = "AccessDenied"
    with pytest.raises(UpgradeError, match=r"the upgrade of the replicas of main stopped: .*AccessDenied.*goes on"):
        regions.run("replicas_first", {"engineVersion": "8.4.9"})

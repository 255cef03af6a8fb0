"""A stack's data, found by its tags: whoever has AWS credentials has that, and needs neither Pulumi nor its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._data_tag import DATA_TAG
from ..backups.component import BACKUP_ROLE_TAG, RESTORE_ROLE_TAG
from .api import Api
from .errors import ApiError, CommandError

KINDS = ("database", "files", "volume")
"""What `--only` takes."""

_OF_SERVICE = {
    "rds:db:": "database",
    "rds:cluster:": "database",
    "ec2:volume/": "volume",
    "s3:": "files",
    "elasticfilesystem:file-system/": "files",
}


@dataclass(frozen=True)
class Data:
    """Something that holds data."""

    arn: str
    kind: str
    there: bool = True
    """Whether it is still there, or only its recovery points are."""

    @property
    def name(self) -> str:
        """Its name or id."""
        return self.arn.rsplit(":", 1)[-1].rsplit("/", 1)[-1]

    @property
    def service(self) -> str:
        """Service and type, such as `rds:db`."""
        _, _, service, _, _, *rest = self.arn.split(":")
        return f"{service}:{rest[0].split('/')[0]}" if service != "s3" else "s3"


@dataclass(frozen=True)
class Stack:
    """A stack as far as it holds data."""

    name: str
    """`project/stack`."""
    data: Sequence[Data]
    vault: str = ""
    """Name of the vault with its recovery points; empty without backups."""
    backup_role: str = ""
    restore_role: str = ""
    points: Sequence[Mapping[str, Any]] = field(default_factory=tuple[Mapping[str, Any], ...])
    """Recovery points in the vault that can be restored, as AWS tells of them."""

    def only(self, kind: str | None) -> list[Data]:
        """Return what is of *kind*, or everything."""
        found = [data for data in self.data if kind in (None, data.kind)]
        if not found:
            there = ", ".join(sorted({data.kind for data in self.data})) or "no data"
            raise CommandError(f"{self.name} has no {kind or 'data'} to restore; there is {there}")
        return found


def find(api: Api, wanted: str) -> Stack:
    """Return the stack *wanted*, `stack`, `project/stack` or `organization/project/stack`."""
    stacks = dict[str, list[tuple[str, dict[str, str]]]]()
    filters = [{"Key": DATA_TAG}]
    for found in api.pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters):
        tags = {tag["Key"]: tag["Value"] for tag in found["Tags"]}
        stacks.setdefault(tags[DATA_TAG], []).append((found["ResourceARN"], tags))
    name = _named(api, wanted, sorted(stacks))
    vaults, roles = list[str](), dict[str, str]()
    data = list[Data]()
    for arn, tags in sorted(stacks[name]):
        if ":backup-vault:" in arn:
            vaults.append(arn.rsplit(":", 1)[-1])
            roles = roles or tags
        elif kind_of(arn):
            data.append(Data(arn, kind_of(arn)))
    points = [point for vault in vaults for point in _points(api, vault)]
    # What was deleted has no tags any more, but its recovery points say where they come from.
    known = {item.arn for item in data}
    lost = {str(point["ResourceArn"]) for point in points} - known
    data += [Data(arn, kind_of(arn), there=False) for arn in sorted(lost) if kind_of(arn)]
    return Stack(
        name, data, vaults[0] if vaults else "", roles.get(BACKUP_ROLE_TAG, ""), roles.get(RESTORE_ROLE_TAG, ""), points
    )


def kind_of(arn: str) -> str:
    """Return the kind of *arn*; empty for what holds no data."""
    service, resource = arn.split(":")[2], ":".join(arn.split(":")[5:])
    return next((kind for prefix, kind in _OF_SERVICE.items() if f"{service}:{resource}".startswith(prefix)), "")


def _points(api: Api, vault: str) -> list[dict[str, Any]]:
    try:
        found = list(
            api.pages("backup", "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=vault)
        )
    except ApiError as error:
        if error.gone:
            return []  # the tags of what was deleted are told for a while
        raise
    return [point for point in found if point["Status"] in ("COMPLETED", "AVAILABLE")]


def _named(api: Api, wanted: str, there: Sequence[str]) -> str:
    *_, project, stack = ["", *wanted.split("/")]
    found = [name for name in there if name == f"{project}/{stack}" or (not project and name.endswith(f"/{stack}"))]
    if len(found) == 1:
        return found[0]
    account = api.call("sts", "get_caller_identity")["Account"]
    where = f"account {account}, region {api.region}"
    if found:
        raise CommandError(f"--stack {wanted} is one of {', '.join(found)} in {where}: give one of these")
    others = f"there is {', '.join(there)}" if there else "nothing there holds data of a stack"
    raise CommandError(f"no stack {wanted} in {where}: {others}")

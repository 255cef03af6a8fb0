"""Restores that are tested every week."""

import json

import pulumi
import pulumi_aws as aws

from .checks import Checked
from .roles import Role
from .scope import Scope
from .shapes import BackedUp, BackupsArgs
from .vault import Vault

_TYPES = {
    BackedUp.RDS: "RDS",
    BackedUp.AURORA: "Aurora",
    BackedUp.EBS: "EBS",
    BackedUp.EFS: "EFS",
    BackedUp.S3: "S3",
}
_WINDOW_DAYS = 7
_START_HOURS = 8


def restore_tests(  # noqa: PLR0913, PLR0917
    scope: Scope, checked: Checked, args: BackupsArgs, vault: Vault, role: Role, tags: dict[str, pulumi.Input[str]]
) -> aws.backup.RestoreTestingPlan | None:
    """Restore the newest recovery point of each kind every week, where that is wanted.

    Every week, because CloudWatch looks back for a week at most: a test that did not happen is to be missed.
    """
    if not checked.test.get("enabled", True):
        return None
    made = aws.backup.RestoreTestingPlan(
        f"{scope.name}-tests",
        # Letters, digits and underscores only, so Pulumi's own names do not do; the vault's is as good as one.
        name=vault.vault.name.apply(lambda name: name.replace("-", "_")),
        schedule_expression=checked.test_schedule,
        schedule_expression_timezone=checked.time_zone,
        start_window_hours=_START_HOURS,
        recovery_point_selection={
            "algorithm": "LATEST_WITHIN_WINDOW",
            "include_vaults": [vault.vault.arn],
            "recovery_point_types": ["CONTINUOUS", "SNAPSHOT"],
            "selection_window_days": _WINDOW_DAYS,
        },
        tags=scope.tags,
        opts=scope.child(),
    )
    for kind in checked.kinds:
        aws.backup.RestoreTestingSelection(
            f"{scope.name}-test-{kind.value}",
            name=kind.value,
            restore_testing_plan_name=made.name,
            iam_role_arn=role.arn,
            protected_resource_type=_TYPES[kind],
            protected_resource_arns=["*"],
            protected_resource_conditions={
                "string_equals": [
                    {"key": f"aws:ResourceTag/{key}", "value": value} for key, value in sorted(tags.items())
                ]
            },
            restore_metadata_overrides=_overrides(kind, checked, args),
            validation_window_hours=checked.test.get("validation_hours", 0),
            opts=scope.child(after=role.ready),
        )
    return made


def _overrides(kind: BackedUp, checked: Checked, args: BackupsArgs) -> dict[str, pulumi.Input[str]] | None:
    """Return what AWS Backup would guess wrong (developer guide, "Restore testing inferred metadata")."""
    if kind not in (BackedUp.RDS, BackedUp.AURORA):
        return None
    made = dict[str, pulumi.Input[str]]()
    if "database_subnet_group_name" in args:
        made["dbSubnetGroupName"] = args["database_subnet_group_name"]
    if "database_security_group_ids" in args:
        made["vpcSecurityGroupIds"] = pulumi.Output.all(*args["database_security_group_ids"]).apply(json.dumps)
    size = checked.test.get("database_class")
    if size is not None and kind is BackedUp.RDS:
        made["dbInstanceClass"] = size
    return made or None

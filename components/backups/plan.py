"""What is backed up when: the plan and its selection."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from .checks import Checked, Rule
from .roles import Role
from .scope import Scope
from .shapes import BackedUp, VaultCopy
from .vault import Vault

# Minutes in which a backup has to begin and to end, AWS Backup's own defaults; the provider's (an hour and three) are
# over before a maintenance window is, or before the first backup of a bucket.
_START, _COMPLETE = 8 * 60, 7 * 24 * 60

_ARNS = {
    BackedUp.RDS: "rds:*:*:db:*",
    BackedUp.AURORA: "rds:*:*:cluster:*",
    BackedUp.EBS: "ec2:*:*:volume/*",
    BackedUp.EFS: "elasticfilesystem:*:*:file-system/*",
    BackedUp.S3: "s3:::*",
}

Copies = Sequence[tuple[VaultCopy, pulumi.Input[str]]]
"""Copies, each with the ARN of the vault that it goes to."""


def plan(scope: Scope, checked: Checked, vault: Vault, copies: Copies) -> aws.backup.Plan:
    """Make the plan."""
    return aws.backup.Plan(
        f"{scope.name}-plan",
        rules=[_rule(rule, checked, vault, copies) for rule in checked.rules],
        tags=scope.tags,
        opts=scope.child(),
    )


def selection(
    scope: Scope, checked: Checked, made: aws.backup.Plan, role: Role, tags: Mapping[str, pulumi.Input[str]]
) -> None:
    """Select what carries all *tags* and is of the kinds that are wanted.

    Kinds are named by their ARNs: servers carry tags, too, and would be backed up with all their disks; and kinds that
    are named are backed up whatever the region's settings opt in to, except Aurora (AWS Backup developer guide, "Opt in
    to managing services"). So the settings, which are the account's, are left alone.
    """
    aws.backup.Selection(
        f"{scope.name}-selection",
        plan_id=made.id,
        iam_role_arn=role.arn,
        resources=[pulumi.Output.format("arn:{}:{}", scope.partition, _ARNS[kind]) for kind in checked.kinds],
        conditions=[
            {
                "string_equals": [
                    {"key": f"aws:ResourceTag/{key}", "value": value} for key, value in sorted(tags.items())
                ]
            }
        ],
        opts=scope.child(after=role.ready),
    )


def _rule(rule: Rule, checked: Checked, vault: Vault, copies: Copies) -> aws.backup.PlanRuleArgsDict:
    lifecycle: aws.backup.PlanRuleLifecycleArgsDict = {"delete_after": rule.kept_days}
    if rule.cold_after_days is not None:
        # Volumes have an archive of their own, which is asked for by its own word.
        lifecycle |= {
            "cold_storage_after": rule.cold_after_days,
            "opt_in_to_archive_for_supported_resources": True,
        }
    made: aws.backup.PlanRuleArgsDict = {
        "rule_name": rule.key.value,
        "target_vault_name": vault.vault.name,
        "schedule": rule.schedule,
        "schedule_expression_timezone": checked.time_zone,
        "start_window": _START,
        "completion_window": _COMPLETE,
        "enable_continuous_backup": rule.continuous,
        "lifecycle": lifecycle,
    }
    actions: list[aws.backup.PlanRuleCopyActionArgsDict] = [
        {"destination_vault_arn": arn, "lifecycle": {"delete_after": copy.get("kept_days", rule.kept_days)}}
        for copy, arn in copies
        if rule in checked.copied(copy)
    ]
    return {**made, "copy_actions": actions} if actions else made

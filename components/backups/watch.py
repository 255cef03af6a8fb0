"""Who is told that a backup, a copy or a restore test failed, or did not happen."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import pulumi
import pulumi_aws as aws

from .checks import Checked
from .scope import Scope
from .shapes import BackupRule
from .vault import Vault

_DAY, _WEEK = 24 * 3600, 7 * 24 * 3600

_Query = aws.cloudwatch.MetricAlarmMetricQueryArgsDict


class Watch(NamedTuple):
    """What is watched, and whom to tell."""

    scope: Scope
    checked: Checked
    vault: Vault
    topic_arn: pulumi.Input[str]

    def backups(self) -> list[aws.cloudwatch.MetricAlarm]:
        """Watch backups and copies: each failure, and that they happen."""
        scope, checked = self.scope, self.checked
        vault = self.vault.vault
        self._event(
            "backup-failures",
            "Backups that failed or ended with issues",
            "Backup Job State Change",
            {"state": ["FAILED", "ABORTED", "EXPIRED", "PARTIAL"], "backupVaultName": [vault.name]},
            {"what": "$.detail.resourceArn", "state": "$.detail.state", "why": "$.detail.statusMessage"},
            ["The backup of <what> ended: <state>", "<why>"],
        )
        alarms = [
            self._failed(
                "failed", f"A backup of {scope.name} failed, was cancelled or did not begin in time", "Backup"
            ),
            self._missing(
                "missing",
                f"Fewer backups of {scope.name} were completed in a day than there are kinds of data",
                _DAY,
                len(checked.kinds),
                _jobs("NumberOfBackupJobsCompleted", vault.name),
            ),
        ]
        if not checked.copies:
            return alarms
        self._event(
            "copy-failures",
            "Copies of backups that failed",
            "Copy Job State Change",
            {"state": ["FAILED", "PARTIAL"], "sourceBackupVaultArn": [vault.arn]},
            {
                "what": "$.detail.resourceArn",
                "to": "$.detail.destinationBackupVaultArn",
                "why": "$.detail.statusMessage",
            },
            ["The copy of a backup of <what> to <to> failed.", "<why>"],
        )
        alarms.append(self._failed("copies-failed", f"A copy of a backup of {scope.name} failed", "Copy"))
        # CloudWatch looks back for a week at most, so copies that are made once a month are watched by failure only.
        often = [c for c in checked.copies if any(r.key is not BackupRule.MONTHLY for r in checked.copied(c))]
        if often:
            alarms.append(
                self._missing(
                    "copies-missing",
                    f"Fewer copies of backups of {scope.name} were completed in a week than there should be",
                    _WEEK,
                    len(often) * len(checked.kinds),
                    _jobs("NumberOfCopyJobsCompleted", vault.name),
                )
            )
        return alarms

    def tests(self, plan: aws.backup.RestoreTestingPlan) -> list[aws.cloudwatch.MetricAlarm]:
        """Watch the restore tests of *plan*.

        Restore jobs are counted by CloudWatch without the plan that they belong to; a rule that hears of those of this
        plan is counted by EventBridge (user guide, "Monitoring Amazon EventBridge", TriggeredRules).
        """
        scope = self.scope
        told = {"what": "$.detail.resourceType", "why": "$.detail.statusMessage", "job": "$.detail.restoreJobId"}
        self._event(
            "test-failures",
            "Restore tests that failed",
            "Restore Job State Change",
            {"status": ["FAILED", "ABORTED"], "restoreTestingPlanArn": [plan.arn]},
            told,
            ["A backup (<what>) could not be restored in the test.", "<why>", "Restore job <job>"],
        )
        passed = self._rule(
            "tests-passed",
            "Restore tests that succeeded, counted",
            "Restore Job State Change",
            {"status": ["COMPLETED"], "restoreTestingPlanArn": [plan.arn]},
        )
        metric = {
            "namespace": "AWS/Events",
            "metric_name": "TriggeredRules",
            "dimensions": {"RuleName": passed.name},
        }
        return [
            self._missing(
                "untested",
                f"Fewer backups of {scope.name} were restored for a test in a week than there are kinds of data",
                _WEEK,
                len(self.checked.kinds),
                metric,
            )
        ]

    def _missing(
        self, role: str, description: str, period: int, enough: int, metric: Mapping[str, Any]
    ) -> aws.cloudwatch.MetricAlarm:
        """Tell when there were not *enough* in a day or week of the calendar, in local time; none at all is too few."""
        return aws.cloudwatch.MetricAlarm(
            f"{self.scope.name}-alarm-{role}",
            alarm_description=description,
            **metric,
            statistic="Sum",
            period=period,
            evaluation_periods=1,
            # A night's backups do not end at the same minute every night: a sliding day would miss one now and then.
            evaluation_window={"wall_clock_window": {"timezone": self.checked.time_zone}},
            comparison_operator="LessThanThreshold",
            threshold=enough,
            treat_missing_data="breaching",
            **self._told(role),
        )

    def _failed(self, role: str, description: str, what: str) -> aws.cloudwatch.MetricAlarm:
        """Tell when one of *what* failed in the last hour: events, which say which one, are sent as AWS finds time."""
        states = {"Backup": ("Failed", "Aborted", "Expired"), "Copy": ("Failed",)}[what]
        queries: list[_Query] = [
            {
                "id": state.lower(),
                "metric": {
                    "namespace": "AWS/Backup",
                    "metric_name": f"NumberOf{what}Jobs{state}",
                    "dimensions": {"BackupVaultName": self.vault.vault.name},
                    "period": 3600,
                    "stat": "Sum",
                },
            }
            for state in states
        ]
        total = " + ".join(f"FILL({state.lower()}, 0)" for state in states)
        return aws.cloudwatch.MetricAlarm(
            f"{self.scope.name}-alarm-{role}",
            alarm_description=description,
            metric_queries=[{"id": "value", "expression": total, "label": role, "return_data": True}, *queries],
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            **self._told(role),
        )

    def _told(self, role: str) -> dict[str, Any]:
        return {
            "alarm_actions": [self.topic_arn],
            "ok_actions": [self.topic_arn],
            "tags": {"Name": f"{self.scope.name}-{role}", **self.scope.tags},
            "opts": self.scope.child(),
        }

    def _event(  # noqa: PLR0913, PLR0917
        self,
        role: str,
        description: str,
        kind: str,
        detail: Mapping[str, Any],
        paths: dict[str, str],
        lines: list[str],
    ) -> None:
        rule = self._rule(role, description, kind, detail)
        aws.cloudwatch.EventTarget(
            f"{self.scope.name}-{role}-target",
            rule=rule.name,
            arn=self.topic_arn,
            # Each line is a string of its own, in quotes (EventBridge user guide, "Input transformation").
            input_transformer={"input_paths": paths, "input_template": "\n".join(json.dumps(line) for line in lines)},
            opts=self.scope.child(),
        )

    def _rule(self, role: str, description: str, kind: str, detail: Mapping[str, Any]) -> aws.cloudwatch.EventRule:
        return aws.cloudwatch.EventRule(
            f"{self.scope.name}-{role}",
            description=description,
            event_pattern=pulumi.Output.json_dumps({"source": ["aws.backup"], "detail-type": [kind], "detail": detail}),
            tags={"Name": f"{self.scope.name}-{role}", **self.scope.tags},
            opts=self.scope.child(),
        )


def _jobs(metric: str, vault: pulumi.Input[str]) -> Mapping[str, Any]:
    return {"namespace": "AWS/Backup", "metric_name": metric, "dimensions": {"BackupVaultName": vault}}

"""Changes of everything that AuroraMySQL can be told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .lost_cases import Case, Refused, Same, changing
from .lost_shared import AROUND, elastic_windows, proxied, shared, watched

_case = changing(AROUND, "aurora")
_VERSION = "8.0.mysql_aurora.3.10."


def _serverless(**after: Any) -> Case:
    before = {"min_acu": 0.0, "max_acu": 4.0}
    return _case({"serverless": before}, {"serverless": {**before, **after}})


def _reader(after: Mapping[str, Any]) -> Case:
    return _case({"readers": [{"name": "a"}]}, {"readers": [{"name": "a", **after}]})


def _elastic(**after: Any) -> Case:
    before = {"max_size": 5}
    return _case({"elastic_readers": before}, {"elastic_readers": {**before, **after}})


_INSIDE = {
    "engine_version": _case({"engine_version": f"{_VERSION}2"}, {"engine_version": f"{_VERSION}3"}),
    # RDS itself sees to the order of things; a cluster is never replaced for its version.
    "allow_major_upgrade_to": _case(
        {"engine_version": f"{_VERSION}2"},
        {"engine_version": "8.4.mysql_aurora.8.4.8", "allow_major_upgrade_to": "8.4", "apply_immediately": True},
    ),
    "serverless": _case({}, {"serverless": {"min_acu": 0.5, "max_acu": 4.0}}),
    "serverless.min_acu": _serverless(min_acu=1.0),
    "serverless.max_acu": _serverless(max_acu=8.0),
    "serverless.pause_seconds": _serverless(pause_seconds=600),
    "reader_count": _case({}, {"reader_count": 2}),
    "reader_class": _case({"reader_count": 1}, {"reader_count": 1, "reader_class": "db.r7g.large"}),
    "readers": _case({}, {"readers": [{"name": "a"}]}),
    "readers[].name": _reader({"name": "b"}),
    "readers[].instance_class": _reader({"instance_class": "db.r7g.large"}),
    "readers[].availability_zone": _reader({"availability_zone": "eu-central-1b"}),
    "readers[].promotion_tier": _reader({"promotion_tier": 5}),
    "elastic_readers": _case({}, {"elastic_readers": {"max_size": 5}}),
    "elastic_readers.max_size": _elastic(max_size=7),
    "elastic_readers.min_size": _elastic(min_size=2),
    "elastic_readers.cpu_percent": _elastic(cpu_percent=40),
    "elastic_readers.connections": _elastic(connections=300),
    "elastic_readers.scale_out_cooldown_minutes": _elastic(scale_out_cooldown_minutes=9),
    "elastic_readers.scale_in_cooldown_minutes": _elastic(scale_in_cooldown_minutes=9),
    **elastic_windows("aurora", "elastic_readers"),
    **proxied("aurora"),
    "storage_type": _case({}, {"storage_type": "aurora-iopt1"}),
    "backtrack_hours": _case({"backtrack_hours": 12}, {"backtrack_hours": 24}),
}


def _in_full(case: Case) -> Case:
    """A snapshot is restored into a release in full only."""
    before, after = (
        {**a, "aurora": {"engine_version": f"{_VERSION}2", **a["aurora"]}} for a in (case.before, case.after)
    )
    return replace(case, before=before, after=after)


CASES: Mapping[str, Case] = {
    **{path: _in_full(case) if "restore_from" in path else case for path, case in shared("aurora").items()},
    # Aurora has no storage to fill up, and this cluster no capacity units.
    **watched("acu_percent", "storage_free_percent"),
    # New instances only.
    "availability_zones": Case(AROUND, {**AROUND, "availability_zones": ["eu-central-1a", "eu-central-1b"]}, Same()),
    **{f"aurora.{path}": case for path, case in _INSIDE.items()},
    "aurora.restore_from.automated_backups_arn": _case(
        {}, {"restore_from": {"automated_backups_arn": "arn:aws:rds:x"}}, Refused("must have exactly one of snapshot")
    ),
}

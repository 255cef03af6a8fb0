"""Where the controller works: what the component tells it, and the services that it calls."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import botocore.config

from .model import SCOPE_TAG, SOURCE_TAG, Policy
from .sizes import policy_of

# botocore retries what is throttled; what still fails is for the next invocation. Short, so that one ends in time.
_CONFIG = botocore.config.Config(
    retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=5, read_timeout=20
)


class Aws(NamedTuple):
    """The services."""

    rds: Any
    route53: Any
    cloudwatch: Any


class Place(NamedTuple):
    """What does not change while the function runs."""

    scope: str
    """The stack and component, such as `shop/prod/prod-db`."""
    source: str
    """Identifier of the primary."""
    zone_id: str
    reader: str
    """Full name of the reader."""
    journal: str
    """Full name of the record with the journal."""
    region: str
    function: str
    template: Mapping[str, Any]
    """What CreateDBInstanceReadReplica takes, apart from names and tags."""
    further_tags: Mapping[str, str] = {}
    """Tags that everything of the stack has."""

    @property
    def prefix(self) -> str:
        """Begin the identifier of every replica of the controller."""
        return f"{self.source}-"

    @property
    def stem(self) -> str:
        """Begin the caller references of its health checks, which are 64 characters at most."""
        return f"elastic-{sha256(self.scope.encode()).hexdigest()[:16]}"

    @property
    def tags(self) -> dict[str, str]:
        """Return what tells its replicas from all others."""
        return {SCOPE_TAG: self.scope, SOURCE_TAG: self.source}


def place(environment: Mapping[str, str] | None = None) -> Place:
    """Return what the component tells the function."""
    given = environment or os.environ
    return Place(
        given["SCOPE"],
        given["SOURCE"],
        given["ZONE_ID"],
        given["READER"].rstrip("."),
        given["JOURNAL"].rstrip("."),
        given["AWS_REGION"],
        given["AWS_LAMBDA_FUNCTION_NAME"],
        json.loads(given["TEMPLATE"]),
        json.loads(given["TAGS"]),
    )


def policy() -> Policy:
    """Return what the configuration wants: shipped beside this file."""
    return policy_of(json.loads((Path(__file__).parent / "policy.json").read_text(encoding="utf-8")))


def aws(region: str) -> Aws:
    """Return the services."""
    make: Any = boto3.client  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return Aws(*(make(service, region_name=region, config=_CONFIG) for service in ("rds", "route53", "cloudwatch")))

"""Record a component under Pulumi's mocks: what a unit test looks at."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.recorder import Recording, Registered, record

_ACCOUNT = "123456789012"
_KEY = "aws:kms/key:Key"


def recording(
    program: Callable[[], object],
    *,
    preview: bool = False,
    stack: str = "test",
    settings: Mapping[str, str] | None = None,
) -> Recording:
    """Run *program*; with *preview* every output that a provider would compute is unknown."""
    resolve = _unknown if preview else _computed
    return record(program, resolve, _invoke, stack=stack, settings=settings, preview=preview)


def _unknown(resource: Registered) -> tuple[str, dict[str, Any]]:
    return "", dict(resource.inputs)


def _computed(resource: Registered) -> tuple[str, dict[str, Any]]:
    """Make up what AWS would compute: an id and the attributes that components read."""
    digest = hashlib.sha256(resource.urn.encode()).hexdigest()[:17]
    id_ = f"{resource.name}-{digest}"
    service = resource.type.split(":")[1].split("/")[0]
    computed = {
        "arn": f"arn:aws:{service}:eu-central-1:{_ACCOUNT}:{'key/' if resource.type == _KEY else ''}{id_}",
        "bucket": id_,
        "name": id_,
        "dnsName": f"{id_}.example.internal",
        "zoneId": f"Z{digest.upper()}",
        "latestVersion": 1,
        "domainValidationOptions": [
            {
                "domainName": domain,
                "resourceRecordName": f"_check.{domain}",
                "resourceRecordType": "CNAME",
                "resourceRecordValue": "_value.acm-validations.aws",
            }
            for domain in (resource.inputs.get("domainName"), *resource.inputs.get("subjectAlternativeNames", ()))
        ],
        "fqdn": str(resource.inputs.get("name")),
        "address": f"{id_}.rds.amazonaws.com",
        "endpoint": f"{id_}.cluster.rds.amazonaws.com",
        "readerEndpoint": f"{id_}.cluster-ro.rds.amazonaws.com",
        "identifier": id_,
        "resourceId": f"db-{digest.upper()}",
        "clusterResourceId": f"cluster-{digest.upper()}",
        "arnSuffix": f"{service}/{id_}",
        "publicIp": "203.0.113.10",
        "defaultRouteTableId": f"rtb-{digest}",
        "defaultSecurityGroupId": f"sg-{digest}",
        "defaultNetworkAclId": f"acl-{digest}",
    }
    return id_, {**computed, **resource.inputs}


def _invoke(token: str, arguments: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, dict[str, Any]] = {
        "aws:index/getRegion:getRegion": {"name": "eu-central-1", "region": "eu-central-1", "id": "eu-central-1"},
        "aws:index/getPartition:getPartition": {"partition": "aws", "dnsSuffix": "amazonaws.com", "id": "aws"},
        "aws:index/getDefaultTags:getDefaultTags": {"id": "aws", "tags": {"managed-by": "pulumi"}},
        "aws:index/getCallerIdentity:getCallerIdentity": {
            "accountId": _ACCOUNT,
            "arn": f"arn:aws:iam::{_ACCOUNT}:root",
            "id": _ACCOUNT,
            "userId": "AIDATEST",
        },
        "aws:ssm/getParameter:getParameter": {
            "name": arguments.get("name"),
            "type": "String",
            "insecureValue": "ami-0123456789abcdef0",
            "id": arguments.get("name"),
        },
        "aws:secretsmanager/getRandomPassword:getRandomPassword": {
            "id": "password",
            "randomPassword": "correct-horse-battery-staple-0123456789a",
        },
        "aws:secretsmanager/getSecretVersion:getSecretVersion": {
            "id": "version",
            "secretString": '{"username": "app_owner", "password": "the-one-that-is-there"}',
        },
    }
    if token not in answers:
        raise LookupError(f"no answer for the provider function {token} with {arguments}")
    return answers[token]

"""The provider's functions that programs call."""

import hashlib
import re
import secrets
import string
from collections.abc import Callable
from typing import Any

from . import api, shapes
from .errors import ApiError, RehearsalError
from .stage import Stage
from .values import Plain

_OF_CANONICAL = re.compile(r"/aws/service/canonical/ubuntu/.+/ami-id")


def invoke(stage: Stage, token: str, arguments: Plain) -> Plain:
    """Answer the provider function *token*; one that is not known is an error."""
    answer = _FUNCTIONS.get(token)
    if answer is None:
        raise RehearsalError(
            f"the rehearsal does not know the provider function {token}: add it to rehearsal/invokes.py"
        )
    return answer(stage, arguments)


def _ask(stage: Stage, service: str, operation: str, region: str = "", **params: Any) -> Any:
    return api.call(stage.emulator.client(service, region or stage.region), operation, params)


def _region(stage: Stage, arguments: Plain) -> Plain:
    """Answer getRegion; its ``name`` is the deprecated spelling of ``region``."""
    region = arguments.get("region") or arguments.get("name") or stage.region
    partition = stage.emulator.partition(region)
    return {
        "id": region,
        "region": region,
        "name": region,
        "endpoint": f"ec2.{region}.{partition['outputs']['dnsSuffix']}",
        "description": partition["regions"][region].get("description", region),
    }


def _partition(stage: Stage, arguments: Plain) -> Plain:
    del arguments
    partition = stage.emulator.partition(stage.region)
    suffix = partition["outputs"]["dnsSuffix"]
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": partition["id"], "partition": partition["id"], "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _caller_identity(stage: Stage, arguments: Plain) -> Plain:
    del arguments
    found = _ask(stage, "sts", "get_caller_identity")
    return {"id": found["Account"], "accountId": found["Account"], "arn": found["Arn"], "userId": found["UserId"]}


def _availability_zones(stage: Stage, arguments: Plain) -> Plain:
    region = arguments.get("region") or stage.region
    zones = _ask(stage, "ec2", "describe_availability_zones", region, **_filters(arguments))["AvailabilityZones"]
    excluded = {*(arguments.get("excludeNames") or []), *(arguments.get("excludeZoneIds") or [])}
    wanted = arguments.get("state")
    rows = sorted(
        (z["ZoneName"], z["ZoneId"], z.get("GroupName", region))
        for z in zones
        if not {z["ZoneName"], z["ZoneId"]} & excluded and (not wanted or z["State"] == wanted)
    )
    return {
        **arguments,
        "id": region,
        "region": region,
        "names": [row[0] for row in rows],
        "zoneIds": [row[1] for row in rows],
        "groupNames": sorted({row[2] for row in rows}),
    }


def _default_tags(stage: Stage, arguments: Plain) -> Plain:
    del arguments
    return {"id": "default-tags", "tags": dict(stage.default_tags)}


def _random_password(stage: Stage, arguments: Plain) -> Plain:
    names = {"includeSpace": "IncludeSpace", "requireEachIncludedType": "RequireEachIncludedType"}
    parameters = {
        names.get(key, key[0].upper() + key[1:]): value for key, value in arguments.items() if key != "region"
    }
    password = _ask(stage, "secretsmanager", "get_random_password", **parameters)["RandomPassword"]
    length = int(arguments.get("passwordLength") or 32)
    if len(password) != length:  # moto gives up a character or two when it excludes some
        alphabet = set(string.ascii_letters + string.digits) - set(arguments.get("excludeCharacters") or "")
        password = (password + "".join(secrets.choice(sorted(alphabet)) for _ in range(length)))[:length]
    return {**arguments, "id": "password", "randomPassword": password}


def _secret_version(stage: Stage, arguments: Plain) -> Plain:
    named = {"SecretId": arguments["secretId"], "VersionStage": arguments.get("versionStage") or "AWSCURRENT"}
    found = _ask(stage, "secretsmanager", "get_secret_value", arguments.get("region") or "", **named)
    return {
        **arguments,
        "id": f"{arguments['secretId']}|{named['VersionStage']}",
        "arn": found["ARN"],
        "versionId": found["VersionId"],
        "versionStages": found["VersionStages"],
        "createdDate": found["CreatedDate"].isoformat(),
        "secretString": found.get("SecretString", ""),
    }


def _parameter(stage: Stage, arguments: Plain) -> Plain:
    try:
        found = _ask(
            stage,
            "ssm",
            "get_parameter",
            arguments.get("region") or "",
            Name=arguments["name"],
            WithDecryption=arguments.get("withDecryption", True),
        )["Parameter"]
    except ApiError as error:
        if error.gone and _OF_CANONICAL.fullmatch(arguments["name"]):
            return _canonical(stage, arguments)
        if error.gone:
            raise RehearsalError(f"ssm getParameter: the emulator has no parameter {arguments['name']}") from None
        raise
    secure = found["Type"] == "SecureString"
    return {
        "id": found["Name"],
        "arn": found["ARN"],
        "name": found["Name"],
        "type": found["Type"],
        "value": found["Value"],
        "insecureValue": "" if secure else found["Value"],
        "version": found["Version"],
        "region": arguments.get("region") or stage.region,
        "withDecryption": arguments.get("withDecryption", True),
    }


def _canonical(stage: Stage, arguments: Plain) -> Plain:
    """Answer with an id of our own: the emulator has Amazon's public parameters, not Canonical's."""
    name, region = arguments["name"], arguments.get("region") or stage.region
    value = f"ami-{hashlib.sha256(name.encode()).hexdigest()[:17]}"
    return {
        "id": name,
        "arn": f"arn:{stage.emulator.partition(region)['id']}:ssm:{region}::parameter{name}",
        "name": name,
        "type": "String",
        "value": value,
        "insecureValue": value,
        "version": 1,
        "region": region,
        "withDecryption": arguments.get("withDecryption", True),
    }


def _ami(stage: Stage, arguments: Plain) -> Plain:
    """Answer getAmi from the emulator's own images, which are loaded for it."""
    region = arguments.get("region") or stage.region
    stage.emulator.load_images(region)
    owners = {"Owners": arguments["owners"]} if arguments.get("owners") else {}
    images = _ask(stage, "ec2", "describe_images", region, **owners, **_filters(arguments))["Images"]
    images.sort(key=lambda image: image["CreationDate"], reverse=True)
    if not images:
        raise RehearsalError(
            "ec2 getAmi: no image of the emulator matches; change the filters or name the image by its id"
        )
    if len(images) > 1 and not arguments.get("mostRecent"):
        raise RehearsalError(f"ec2 getAmi: {len(images)} images match; use narrower filters or set mostRecent")
    found = shapes.from_api(images[0])
    return {**found, "id": found["imageId"], "arn": f"arn:aws:ec2:{region}::image/{found['imageId']}"}


def _filters(arguments: Plain) -> dict[str, Any]:
    filters = arguments.get("filters") or []
    return {"Filters": [{"Name": f["name"], "Values": list(f["values"])} for f in filters]} if filters else {}


_FUNCTIONS: dict[str, Callable[[Stage, Plain], Plain]] = {
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getDefaultTags:getDefaultTags": _default_tags,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": _random_password,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": _secret_version,
    "aws:ssm/getParameter:getParameter": _parameter,
    "aws:ec2/getAmi:getAmi": _ami,
}

"""Launch templates: every change is a new version of them."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.services._limits import capital
from rehearsal.services._requirements import REQUIREMENTS
from rehearsal.shapes import from_api, tag_map
from rehearsal.values import is_unknown

from ._common import arn, ec2_tags

_MOST_USER_DATA = 16 * 1024
"""Bytes before they are encoded (EC2 user guide, "Run commands when you launch an EC2 instance with user data")."""

_SHORTEST, _LONGEST = 3, 128

_OTHER_NAMES = {"securityGroupNames": "SecurityGroups", "vpcSecurityGroupIds": "SecurityGroupIds"}
_DATA = (
    "blockDeviceMappings capacityReservationSpecification cpuOptions creditSpecification disableApiStop"
    " disableApiTermination ebsOptimized enclaveOptions hibernationOptions iamInstanceProfile imageId"
    " instanceInitiatedShutdownBehavior instanceMarketOptions instanceRequirements instanceType kernelId keyName"
    " licenseSpecifications maintenanceOptions metadataOptions monitoring networkInterfaces networkPerformanceOptions"
    " placement privateDnsNameOptions ramDiskId secondaryInterfaces securityGroupNames tagSpecifications userData"
    " vpcSecurityGroupIds"
)


def _interfaces(blocks: Any) -> Any:
    """Addresses of an interface are plain strings in programs and objects in the API."""
    return [
        {
            **block,
            **_wrapped(block, "ipv4Addresses", "PrivateIpAddress"),
            **_wrapped(block, "ipv6Addresses", "Ipv6Address"),
            **_wrapped(block, "ipv4Prefixes", "Ipv4Prefix"),
            **_wrapped(block, "ipv6Prefixes", "Ipv6Prefix"),
        }
        for block in blocks
    ]


def _wrapped(block: Mapping[str, Any], name: str, member: str) -> dict[str, Any]:
    given = block.get(name)
    return {name: [{member: item} for item in given]} if isinstance(given, list) else {}  # pyright: ignore[reportUnknownVariableType]


_INTERFACE_FIELDS = {
    "ipv4AddressCount": "SecondaryPrivateIpAddressCount",
    "ipv4Addresses": "PrivateIpAddresses",
    "securityGroups": "Groups",
}


def _interfaces_found(blocks: Any) -> Any:
    members = {"ipv4Addresses": "privateIpAddress", "ipv6Addresses": "ipv6Address"}
    members |= {"ipv4Prefixes": "ipv4Prefix", "ipv6Prefixes": "ipv6Prefix"}
    found = cast("list[dict[str, Any]]", from_api(blocks, _INTERFACE_FIELDS))
    for block in found:
        for name, member in members.items():
            if name in block:
                block[name] = [item[member] for item in block[name]]
    return found


def _tag_specifications(found: Any) -> Any:
    """Leave out the tags of the template itself, which the emulator adds to what its instances get."""
    return [
        {"resourceType": item["ResourceType"], "tags": tag_map(item.get("Tags"))}
        for item in found
        if item["ResourceType"] != "launch-template"
    ] or None


def _new_version(context: Context) -> None:
    call = Call("create_launch_template_version", {"LaunchTemplateId": "{id}"})
    names = context.carries(call)
    if context.changed & set(names):
        made = context.run(call, names)["LaunchTemplateVersion"]["VersionNumber"]
    else:
        made = context.old.get("latestVersion")
    default = made if context.inputs.get("updateDefaultVersion") else context.inputs.get("defaultVersion")
    if default:
        context.call("modify_launch_template", {"LaunchTemplateId": context.id, "DefaultVersion": str(int(default))})


def _user_data(inputs: Mapping[str, Any]) -> str | None:
    given = inputs.get("userData")
    if given is None or is_unknown(given):
        return None
    try:
        size = len(base64.b64decode(given, validate=True))
    except (binascii.Error, ValueError):
        return "userData must be encoded in base64"
    if size > _MOST_USER_DATA:
        return f"userData must be at most {_MOST_USER_DATA} bytes before it is encoded, got {size}"
    return None


def _groups(inputs: Mapping[str, Any]) -> str | None:
    if inputs.get("networkInterfaces") and inputs.get("vpcSecurityGroupIds"):
        return (
            "vpcSecurityGroupIds must not be given together with networkInterfaces: say the groups in "
            "networkInterfaces.securityGroups"
        )
    return None


def _name(inputs: Mapping[str, Any]) -> str | None:
    name = inputs.get("name", "")
    if not is_unknown(name) and not _SHORTEST <= len(name) <= _LONGEST:
        return f"name must have {_SHORTEST} to {_LONGEST} characters, got {len(name)}"
    return None


LAUNCH_TEMPLATE = Entry(
    "aws:ec2/launchTemplate:LaunchTemplate",
    service="ec2",
    inputs=props(
        f"description {_DATA}",
        replaces="name namePrefix",
        computed="defaultVersion name namePrefix",
        sets="securityGroupNames vpcSecurityGroupIds tagSpecifications",
        local="namePrefix updateDefaultVersion",
        api={
            **{name: f"LaunchTemplateData.{_OTHER_NAMES.get(name, capital(name))}" for name in _DATA.split()},
            "name": "LaunchTemplateName",
            "description": "VersionDescription",
            "defaultVersion": "DefaultVersionNumber",
        },
        reads={"description": "Version.VersionDescription"},
        fields={"instanceRequirements": REQUIREMENTS, "networkInterfaces": _INTERFACE_FIELDS},
        to_api={"networkInterfaces": _interfaces},
        from_api={"networkInterfaces": _interfaces_found, "tagSpecifications": _tag_specifications},
    ),
    conflicts=(
        "name namePrefix",
        "defaultVersion updateDefaultVersion",
        "instanceRequirements instanceType",
        "securityGroupNames vpcSecurityGroupIds",
    ),
    checks=(_name, _user_data, _groups),
    autoname=Autoname("name", _LONGEST),
    create=Call("create_launch_template"),
    id="LaunchTemplate.LaunchTemplateId",
    read=(
        Call("describe_launch_templates", {"LaunchTemplateIds": ["{id}"]}, at="LaunchTemplates.0"),
        Call(
            "describe_launch_template_versions",
            {"LaunchTemplateId": "{id}", "Versions": ["$Latest"]},
            at="LaunchTemplateVersions.0",
            into="Version",
        ),
        lambda context: {"LaunchTemplateData": context.answer["Version"]["LaunchTemplateData"]},
    ),
    updates=(Do(_new_version, f"description updateDefaultVersion defaultVersion {_DATA}"),),
    delete=(Call("delete_launch_template", {"LaunchTemplateId": "{id}"}),),
    outputs={"arn": arn("launch-template"), "latestVersion": "LatestVersionNumber"},
    volatile="defaultVersion latestVersion",
    tags=replace(
        ec2_tags("launch-template"),
        # The emulator's list of templates goes on showing the tags that they were made with.
        read=Call("describe_tags", {"Filters": [{"Name": "resource-id", "Values": ["{id}"]}]}),
    ),
)

ENTRIES = (LAUNCH_TEMPLATE,)

"""Which version of a launch template a group may launch from in the emulator.

moto (5.2.5) keeps the user data of a template's first version in the form that its groups launch from, and that of
later versions as it came in, at which a launch fails (``ec2/models/launch_templates.py``). So servers are launched
from the first version, and the group is told its real version in a second call, which launches nothing.
"""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.services._limits import plain

_FIRST = "1"


def safe_to_launch(context: Context, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return *params* of a call that launches servers, with the first version where the emulator needs it."""
    if params.get("LaunchTemplate"):
        return {**params, "LaunchTemplate": _specification(context, params["LaunchTemplate"])}
    mixed = plain(params.get("MixedInstancesPolicy"))
    template = plain(mixed.get("LaunchTemplate"))
    named = plain(template.get("LaunchTemplateSpecification"))
    if not named:
        return dict(params)
    template = {**template, "LaunchTemplateSpecification": _specification(context, named)}
    return {**params, "MixedInstancesPolicy": {**mixed, "LaunchTemplate": template}}


def _specification(context: Context, specification: Mapping[str, Any]) -> dict[str, Any]:
    which = {k: specification[k] for k in ("LaunchTemplateId", "LaunchTemplateName") if specification.get(k)}
    version = specification.get("Version") or "$Default"
    asked = {**which, "Versions": [version]}
    found = context.call("describe_launch_template_versions", asked, service="ec2")["LaunchTemplateVersions"]
    later = bool(found) and str(found[0]["VersionNumber"]) != _FIRST
    if later and found[0]["LaunchTemplateData"].get("UserData"):
        return {**specification, "Version": _FIRST}
    return dict(specification)

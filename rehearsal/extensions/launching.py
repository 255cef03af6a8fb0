"""Servers of a group know the version of the launch template that they came from, and come from every version.

moto (5.2.5) tells of all servers that they are of the template's default version, and keeps the user data of later
versions as it came in, at which a launch fails (``autoscaling/models.py``, ``ec2/models/launch_templates.py``).
"""

import importlib
from typing import Any


def install() -> None:
    """Teach moto's models."""
    groups: Any = importlib.import_module("moto.autoscaling.models")
    templates: Any = importlib.import_module("moto.ec2.models.launch_templates")
    if hasattr(groups.FakeAutoScalingGroup, "rehearsal_launch"):
        return
    launch = groups.FakeAutoScalingGroup.replace_autoscaling_group_instances
    groups.FakeAutoScalingGroup.rehearsal_launch = launch

    def remember(self: Any, count_needed: int, propagated_tags: dict[str, str]) -> None:
        before = len(self.instance_states)
        launch(self, count_needed, propagated_tags)
        for state in self.instance_states[before:]:
            state.rehearsal_template = launches_from(self)
            if state.rehearsal_template:
                state.instance.add_tags({"aws:ec2launchtemplate:version": state.rehearsal_template["Version"]})

    def user_data(self: Any) -> Any:
        return templates.parse_user_data(None if self.data.get("UserData") is None else str(self.data["UserData"]))

    groups.FakeAutoScalingGroup.replace_autoscaling_group_instances = remember
    groups.InstanceState.launch_template = property(lambda self: getattr(self, "rehearsal_template", None))
    templates.LaunchTemplateVersion.user_data = property(user_data)


def launches_from(group: Any) -> dict[str, str] | None:
    """Return the template that *group* launches from, with the number of its version."""
    template = group.ec2_launch_template
    if template is None:
        return None
    version = template.get_version(group.launch_template_version)
    return {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "Version": str(version.number)}


def configuration(group: Any) -> dict[str, Any]:
    """Return what *group* launches from, as a `DesiredConfiguration`."""
    if group.mixed_instances_policy:
        return {"MixedInstancesPolicy": group.mixed_instances_policy}
    return {"LaunchTemplate": group.launch_template} if group.ec2_launch_template else {}


def configure(group: Any, wanted: dict[str, Any]) -> None:
    """Let *group* launch from what a `DesiredConfiguration` says."""
    template, mixed = _by_id(wanted.get("LaunchTemplate")), wanted.get("MixedInstancesPolicy")
    if mixed:
        common = mixed["LaunchTemplate"]
        mixed = {
            "InstancesDistribution": {},
            **mixed,
            "LaunchTemplate": {
                **common,
                "LaunchTemplateSpecification": _by_id(common["LaunchTemplateSpecification"]),
            },
        }
        vars(group).pop("provided_launch_template_version", None)  # else it is told as if it had both
    group.mixed_instances_policy = mixed
    group._set_launch_configuration(None, template, mixed)  # noqa: SLF001


def _by_id(named: dict[str, str] | None) -> dict[str, str] | None:
    """Return how moto takes a template that is *named*, by its id and its name, as AWS tells of it."""
    if not named or "LaunchTemplateId" not in named:
        return named
    return {name: value for name, value in named.items() if name != "LaunchTemplateName"}

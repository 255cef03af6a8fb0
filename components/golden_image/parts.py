"""What a golden image is made of: recipe, build servers, publication and retention."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from .._args import InvalidArgs
from .._mounts import Mount
from ..machine import Distribution, MachineSpec, ServiceState
from ..machine.cloudconfig import StagedFile
from ..machine.distributions import DEFAULT_INSTANCE_TYPE
from ..machine.imaging import image_files, image_machine
from ..machine.permissions import policy
from ..machine.preparation import LIFELINES, unit_name
from .documents import documents, version
from .scripts import CHECK, TEST, check_script, test_files, test_script
from .shapes import GoldenImageSpec


def documents_of(
    component: str,
    machine: MachineSpec,
    mounts: Sequence[Mount],
    distribution: Distribution,
    spec: GoldenImageSpec,
) -> list[tuple[str, str, str]]:
    """Return key, version and text of each component document, in the order in which they run."""
    prepared = image_machine(machine, mounts, distribution)
    started = [
        unit_name(service)
        for service, state in machine.get("services", {}).items()
        if state is ServiceState.ENABLED and not unit_name(service).startswith(LIFELINES)
    ]
    files = [
        *image_files(component, prepared, distribution),
        StagedFile(CHECK, check_script(prepared), "0755"),
        StagedFile(TEST, test_script(spec, started), "0755"),
        *test_files(spec),
    ]
    return [(key, version(text), text) for key, text in documents(component, files).items()]


def recipe_name(component: str, name: str) -> str:
    """Return what the recipe is called, and with it its images.

    Fixed, because the rule that removes old images finds them by it, those of earlier recipes included. Recipes do not
    stand in each other's way: what they say is in their version.
    """
    called = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}")
    longest = 128  # Image Builder API reference, CreateImageRecipe
    if len(called) > longest:
        raise InvalidArgs(
            f"{component}: the name {name!r} is too long for a recipe: with project and stack it may have {longest} "
            f"characters, got {len(called)}"
        )
    return called


@dataclass(frozen=True)
class Scope:
    """What all parts have in common."""

    name: str
    parent: pulumi.ComponentResource
    tags: Mapping[str, pulumi.Input[str]]
    launched: pulumi.Output[dict[str, str]]
    """Tags of what Image Builder makes: servers and images."""

    @property
    def child(self) -> pulumi.ResourceOptions:
        """Options of a child."""
        return pulumi.ResourceOptions(parent=self.parent)

    def role(
        self, role: str, service: str, description: str, policies: Mapping[str, str]
    ) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
        """Make a role for *service* with AWS's own *policies*, by the last part of their children's names.

        What uses the role depends on what is returned with it.
        """
        made = aws.iam.Role(
            f"{self.name}-{role}-role",
            description=description,
            assume_role_policy=pulumi.Output.json_dumps(
                policy([{"Action": "sts:AssumeRole", "Principal": {"Service": service}}])
            ),
            tags=self.tags,
            opts=self.child,
        )
        partition = aws.get_partition_output(opts=pulumi.InvokeOutputOptions(parent=self.parent)).partition
        return made, [
            aws.iam.RolePolicyAttachment(
                f"{self.name}-{role}-{key}",
                role=made.name,
                policy_arn=pulumi.Output.format("arn:{}:iam::aws:policy/{}", partition, managed),
                opts=self.child,
            )
            for key, managed in policies.items()
        ]

    def recipe(  # noqa: PLR0913, PLR0917 (each is one fact about the recipe)
        self,
        called: str,
        base: str,
        root_device: str,
        machine: MachineSpec,
        spec: GoldenImageSpec,
        components: Sequence[aws.imagebuilder.Component],
    ) -> aws.imagebuilder.ImageRecipe:
        """Make the recipe, under a version that changes with everything that replaces it."""
        parent_image = base.replace("resolve:ssm:", "ssm:", 1)
        size = machine.get("root_volume_gib", 20)
        key = spec.get("kms_key_arn")
        disk: Any = {"encrypted": "true", "delete_on_termination": "true", "volume_size": size, "volume_type": "gp3"}
        if key is not None:
            disk["kms_key_id"] = key
        arns = [component.arn for component in components]
        return aws.imagebuilder.ImageRecipe(
            f"{self.name}-recipe",
            name=called,
            version=pulumi.Output.all(*arns, key or "").apply(
                lambda known: version(parent_image, root_device, str(size), *map(str, known))
            ),
            parent_image=parent_image,
            components=[{"component_arn": arn} for arn in arns],
            block_device_mappings=[{"device_name": root_device, "ebs": disk}],
            tags=self.tags,
            opts=self.child,
        )


def builders(
    scope: Scope,
    vpc_id: pulumi.Input[str],
    subnet_id: pulumi.Input[str],
    machine: MachineSpec,
    spec: GoldenImageSpec,
) -> tuple[aws.imagebuilder.InfrastructureConfiguration, pulumi.Output[str]]:
    """Make what builds and tests: servers that nobody reaches, gone with the build, however it ends."""
    policies = {"session-manager": "AmazonSSMManagedInstanceCore", "image-builder": "EC2InstanceProfileForImageBuilder"}
    role, granted = scope.role("builder", "ec2.amazonaws.com", "Servers that build and test images", policies)
    profile = aws.iam.InstanceProfile(
        f"{scope.name}-builder-profile", role=role.name, tags=scope.tags, opts=scope.child
    )
    group = aws.ec2.SecurityGroup(
        f"{scope.name}-builder-sg",
        vpc_id=vpc_id,
        description="Servers that build and test images: out to the web",  # a change replaces it
        tags={"Name": scope.name, **scope.tags},
        opts=scope.child,
    )
    rules = [
        aws.vpc.SecurityGroupEgressRule(
            f"{scope.name}-builder-egress-{scheme}",
            security_group_id=group.id,
            description=f"{scheme} to package repositories and AWS",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=scope.tags,
            opts=scope.child,
        )
        for scheme, port in (("http", 80), ("https", 443))
    ]
    infrastructure = aws.imagebuilder.InfrastructureConfiguration(
        f"{scope.name}-infrastructure",
        instance_profile_name=profile.name,
        instance_types=[spec.get("instance_type", machine.get("instance_type", DEFAULT_INSTANCE_TYPE))],
        instance_metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 1},
        subnet_id=subnet_id,
        security_group_ids=[group.id],
        terminate_instance_on_failure=True,
        sns_topic_arn=spec.get("topic_arn"),
        resource_tags=scope.launched,
        tags=scope.tags,
        opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=[*granted, *rules]),
    )
    return infrastructure, group.id


def published(
    scope: Scope, parameter_name: pulumi.Input[str], spec: GoldenImageSpec
) -> aws.imagebuilder.DistributionConfiguration:
    """Make what hands images out: to this region and others, to other accounts, and to the parameter in each."""
    home = aws.get_region_output(opts=pulumi.InvokeOutputOptions(parent=scope.parent)).region
    places: list[tuple[pulumi.Input[str], pulumi.Input[str] | None]] = [
        # Here the image is encrypted by its recipe.
        (home, None),
        *((copy["region"], copy.get("kms_key_arn")) for copy in spec.get("copies", ())),
    ]
    accounts = spec.get("account_ids", ())

    def image(key: pulumi.Input[str] | None) -> Any:  # noqa: ANN401  one of the provider's nested types
        found: dict[str, Any] = {
            "name": f"{scope.name}-{{{{ imagebuilder:buildDate }}}}",
            "ami_tags": scope.launched,
        }
        if key is not None:
            found["kms_key_id"] = key
        if accounts:
            found["launch_permission"] = {"user_ids": [*accounts]}
        return found

    return aws.imagebuilder.DistributionConfiguration(
        f"{scope.name}-distribution",
        distributions=[
            {
                "region": region,
                "ami_distribution_configuration": image(key),
                "ssm_parameter_configurations": [{"parameter_name": parameter_name, "data_type": "aws:ec2:image"}],
            }
            for region, key in places
        ],
        tags=scope.tags,
        opts=scope.child,
    )


def keeper(scope: Scope, recipe: str, spec: GoldenImageSpec) -> None:
    """Make what removes old images, with their snapshots, whichever version of the recipe they are of."""
    managed = "service-role/EC2ImageBuilderLifecycleExecutionPolicy"
    role, granted = scope.role("keeper", "imagebuilder.amazonaws.com", "Removes old images", {"images": managed})
    aws.imagebuilder.LifecyclePolicy(
        f"{scope.name}-retention",
        description="Removes old images",
        execution_role=role.arn,
        resource_type="AMI_IMAGE",
        policy_details=[
            {
                "action": {"type": "DELETE", "include_resources": {"amis": True, "snapshots": True}},
                "filter": {"type": "COUNT", "value": spec.get("images_kept", 4)},
                # However many builds failed since: what servers start from stays.
                "exclusion_rules": {"amis": {"last_launched": {"unit": "WEEKS", "value": 2}}},
            }
        ],
        resource_selection={"recipes": [{"name": recipe, "semantic_version": "x.x.x"}]},
        tags=scope.tags,
        opts=pulumi.ResourceOptions(parent=scope.parent, depends_on=granted),
    )

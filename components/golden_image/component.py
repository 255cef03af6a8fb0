"""The golden image: a pipeline that builds it and the parameter that servers start from."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .._args import check_name, checked
from .._sources import storage_mounts
from .._tags import launched
from ..machine import MachineSpec, check_machine
from ..machine.distributions import FACTS, image
from .checks import check_base, check_golden_image, check_parameter
from .parts import Scope, builders, documents_of, keeper, published, recipe_name
from .shapes import GoldenImageArgs, GoldenImageSpec


class GoldenImage(pulumi.ComponentResource):
    """An image on which a machine is prepared already, built every week and published by an SSM parameter.

    Servers that name `resolve:ssm:<parameter>` start from the newest image. Until the first one is built, that is the
    base image, on which they prepare themselves as ever: the parameter holds a usable image from the first minute.

    In the image: updates of the distribution, packages (those of mounts and data volumes included), users, files whose
    content is known before the deployment and is no template, masked and disabled units, `image_commands`, and clients
    of storage. Enabled units are installed but parked. Left to boot: everything that is one server's or one
    deployment's own (environment, templates, secrets, swap, volumes, mounts, agents, boot commands, starting services,
    `commands`) and whatever the image lacks because the declaration changed since it was built. The preparation at boot
    is the same as without an image; it finds what is there and only asks the package database.

    A new image replaces no server: launches use it, and so does the next rolling change. To roll it out at once, start
    an instance refresh of the group. Changing the declaration builds nothing by itself; `aws imagebuilder
    start-image-pipeline-execution --image-pipeline-arn ...` builds now, in 20 minutes or more, and so
    no deployment waits for it. Images are Image Builder's own: those that are kept outlive the stack.
    """

    image: pulumi.Output[str]
    """What a machine's `image` says to start from here: `resolve:ssm:<parameter>`."""

    parameter_name: pulumi.Output[str]
    """SSM parameter that holds the id of the newest image that passed its tests."""

    pipeline_arn: pulumi.Output[str]
    """Pipeline that builds the image."""

    recipe_arn: pulumi.Output[str]
    """Recipe of the image; its version follows from what it says."""

    log_group_name: pulumi.Output[str]
    """Log group in which builds and tests tell what they did."""

    security_group_id: pulumi.Output[str]
    """Security group of the servers that build and test. It lets nothing in."""

    def __init__(self, name: str, args: GoldenImageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("GoldenImage", GoldenImageArgs, args)
        spec = args.get("golden_image", GoldenImageSpec())
        machine = args.get("machine", MachineSpec())
        mounts = [*args.get("mounts", ()), *storage_mounts("GoldenImage", args.get("storage_mounts", ()))]
        # Fixed, unlike other names: launch templates, which are plain text, name it before it is made. Nothing that
        # changes but the name itself replaces a parameter, so it never stands in the way of its own successor.
        parameter_name = args.get("parameter_name", f"/imagebuilder/{pulumi.get_project()}/{pulumi.get_stack()}/{name}")
        # How servers say goodbye is for those who launch them: nothing of it is in an image.
        check_machine("GoldenImage", {**machine, "farewell_commands": ()}, mounts)
        base, distribution = image("GoldenImage", machine)
        check_parameter("GoldenImage", parameter_name)
        check_base("GoldenImage", base, parameter_name)
        check_golden_image("GoldenImage", spec, machine)
        recipe_called = recipe_name("GoldenImage", name)
        check_name("GoldenImage", f"{name}-builder-role", 64, "an IAM role")
        documents = documents_of("GoldenImage", machine, mounts, distribution, spec)

        super().__init__("elasticweb:index:GoldenImage", name, {}, opts)
        self._machine: MachineSpec = {**machine, "image": f"resolve:ssm:{parameter_name}", "distribution": distribution}
        tags = args.get("tags", {})
        scope = Scope(name, self, tags, launched(self, {"Name": name, **tags}))
        parameter = aws.ssm.Parameter(
            f"{name}-parameter",
            name=parameter_name,
            type="String",
            data_type="aws:ec2:image",
            description="Newest image; written by EC2 Image Builder",
            insecure_value=self._first_image(base),
            tags=tags,
            # The value is Image Builder's from the first build on. All else stays as it is: an update of anything but
            # tags would write the first value again.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["insecureValue", "value"]),
        )
        infrastructure, self.security_group_id = builders(scope, args["vpc_id"], args["subnet_id"], machine, spec)
        components = [
            aws.imagebuilder.Component(
                f"{name}-{key}",
                platform="Linux",
                version=version,
                data=text,
                tags=tags,
                opts=scope.child,
            )
            for key, version, text in documents
        ]
        recipe = scope.recipe(recipe_called, base, FACTS[distribution].root_device, machine, spec, components)
        group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            # Where Image Builder's roles may write (API reference, PipelineLoggingConfiguration).
            name_prefix=f"/aws/imagebuilder/{name}-",
            retention_in_days=365,
            tags=tags,
            opts=scope.child,
        )
        pipeline = aws.imagebuilder.ImagePipeline(
            f"{name}-pipeline",
            image_recipe_arn=recipe.arn,
            infrastructure_configuration_arn=infrastructure.arn,
            distribution_configuration_arn=published(scope, parameter.name, spec).arn,
            image_tests_configuration={"image_tests_enabled": True, "timeout_minutes": 60},
            logging_configuration={"image_log_group_name": group.name, "pipeline_log_group_name": group.name},
            schedule={
                "schedule_expression": spec.get("schedule", "cron(0 3 ? * SUN *)"),
                "timezone": spec.get("time_zone", "Etc/UTC"),
                # The other condition looks at the base image alone, not at the packages that are installed on it.
                "pipeline_execution_start_condition": "EXPRESSION_MATCH_ONLY",
            },
            tags=tags,
            opts=scope.child,
        )
        keeper(scope, recipe_called, spec)

        self.image = pulumi.Output.concat("resolve:ssm:", parameter.name)
        self.parameter_name = parameter.name
        self.pipeline_arn = pipeline.arn
        self.recipe_arn = recipe.arn
        self.log_group_name = group.name
        self.register_outputs(
            {
                "image": self.image,
                "parameter_name": self.parameter_name,
                "pipeline_arn": self.pipeline_arn,
                "recipe_arn": self.recipe_arn,
                "log_group_name": self.log_group_name,
                "security_group_id": self.security_group_id,
            }
        )

    def machine(self) -> MachineSpec:
        """Return the machine that was given, to be started from this image."""
        return self._machine

    def subnets(self, subnet_ids: Sequence[pulumi.Input[str]]) -> list[pulumi.Output[str]]:
        """Return *subnet_ids*, known when the parameter is there: for what launches servers by a plain name of it."""
        return [pulumi.Output.all(i, self.parameter_name).apply(lambda known: str(known[0])) for i in subnet_ids]

    def _first_image(self, base: str) -> pulumi.Input[str]:
        if not base.startswith("resolve:ssm:"):
            return base
        found = aws.ssm.get_parameter_output(
            name=base.removeprefix("resolve:ssm:"), opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return found.insecure_value

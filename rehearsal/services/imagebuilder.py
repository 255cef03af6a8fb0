"""EC2 Image Builder. The emulator has no such service: requests are checked, not sent, and no image is ever built."""

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, Tags, props
from rehearsal.services._plain import fields, items
from rehearsal.values import is_unknown

from ._schedules import schedule_problem

_TAGS = Tags({"tags": "{tags}"})
_AUTONAME = Autoname("name", 128)


def _arn(kind: str, version: str = "") -> Any:
    """Return what finds the ARN of a resource: its name in lower case (API reference, CreateComponent)."""

    def arn(context: Context) -> str:
        name = re.sub(r"[^a-z0-9_-]", "-", str(context.inputs["name"]).lower())
        return context.render(f"arn:{{partition}}:imagebuilder:{{region}}:{{account}}:{kind}/{name}{version}")

    return arn


def _value(value: Any) -> list[Any]:
    """Parameters have a list of values in the API, and one in the provider."""
    return [{**fields(c), "parameters": _listed(c)} if fields(c).get("parameters") else c for c in items(value)]


def _listed(component: Any) -> list[Any]:
    return [{**fields(p), "value": [fields(p)["value"]]} for p in items(fields(component)["parameters"])]


def _agent(value: Any) -> Any:
    return {"systemsManagerAgent": value}


def _no_device(value: Any) -> list[Any]:
    """Return devices with an empty text for the flag by which the provider leaves one out."""
    return [
        {k: "" if k == "noDevice" else v for k, v in fields(d).items() if k != "noDevice" or v} for d in items(value)
    ]


def _schedule(inputs: Mapping[str, Any]) -> str | None:
    expression = fields(inputs.get("schedule")).get("scheduleExpression")
    if expression is None or is_unknown(expression):
        return None
    problem = schedule_problem(str(expression))
    return f"schedule.scheduleExpression {problem}" if problem else None


def _parameters(inputs: Mapping[str, Any]) -> str | None:
    """Image Builder's own role writes parameters below /imagebuilder/ alone (AWSServiceRoleForImageBuilder)."""
    for index, place in enumerate(items(inputs.get("distributions"))):
        for parameter in items(fields(place).get("ssmParameterConfigurations")):
            name = fields(parameter).get("parameterName")
            if isinstance(name, str) and not is_unknown(name) and not name.startswith("/imagebuilder/"):
                return (
                    f"distributions[{index}].ssmParameterConfigurations must name parameters below /imagebuilder/, "
                    f"got {name!r}"
                )
    return None


def _regions(inputs: Mapping[str, Any]) -> str | None:
    places = items(inputs.get("distributions"))
    regions = [r for r in (fields(p).get("region") for p in places) if isinstance(r, str) and not is_unknown(r)]
    twice = next((r for r in regions if regions.count(r) > 1), None)
    return f"distributions must name each region once, got {twice!r} twice" if twice else None


COMPONENT = Entry(
    "aws:imagebuilder/component:Component",
    service="imagebuilder",
    emulated=False,
    inputs=props(
        required="platform version",
        replaces="changeDescription data description kmsKeyId name platform supportedOsVersions uri version",
        computed="data name",
        sets="supportedOsVersions",
        local="skipDestroy",
        defaults={"skipDestroy": False},
        api={"version": "semanticVersion"},
    ),
    exactly_one=("data uri",),
    autoname=_AUTONAME,
    create=Call("create_component"),
    id=_arn("component", "/{version}/1"),
    outputs={
        "arn": _arn("component", "/{version}/1"),
        "dateCreated": lambda _: "",
        "encrypted": lambda _: True,
        "owner": "{account}",
        "type": lambda context: "TEST" if "name: build" not in str(context.inputs.get("data")) else "BUILD",
    },
    tags=_TAGS,
)

IMAGE_RECIPE = Entry(
    "aws:imagebuilder/imageRecipe:ImageRecipe",
    service="imagebuilder",
    emulated=False,
    inputs=props(
        required="components parentImage version",
        replaces="blockDeviceMappings components description name parentImage systemsManagerAgent userDataBase64 "
        "version workingDirectory amiTags",
        computed="name systemsManagerAgent userDataBase64",
        sets="blockDeviceMappings",
        recorded="userDataBase64",  # shares its place in the request with systemsManagerAgent
        api={
            "version": "semanticVersion",
            "systemsManagerAgent": "additionalInstanceConfiguration",
        },
        to_api={
            "components": _value,
            "blockDeviceMappings": _no_device,
            "systemsManagerAgent": _agent,
        },
    ),
    autoname=_AUTONAME,
    create=Call("create_image_recipe"),
    id=_arn("image-recipe", "/{version}"),
    outputs={
        "arn": _arn("image-recipe", "/{version}"),
        "dateCreated": lambda _: "",
        "owner": "{account}",
        "platform": lambda _: "Linux",
    },
    tags=_TAGS,
)

INFRASTRUCTURE_CONFIGURATION = Entry(
    "aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration",
    service="imagebuilder",
    emulated=False,
    inputs=props(
        "description instanceMetadataOptions keyPair logging placement resourceTags snsTopicArn subnetId",
        required="instanceProfileName",
        replaces="name",
        computed="name",
        sets="instanceTypes securityGroupIds",
        defaults={"terminateInstanceOnFailure": False},
    ),
    autoname=_AUTONAME,
    create=Call("create_infrastructure_configuration"),
    id=_arn("infrastructure-configuration"),
    updates=(Call("update_infrastructure_configuration", {"infrastructureConfigurationArn": "{id}"}, whole=True),),
    outputs={
        "arn": _arn("infrastructure-configuration"),
        "dateCreated": lambda _: "",
        "dateUpdated": lambda _: "",
    },
    tags=_TAGS,
)

DISTRIBUTION_CONFIGURATION = Entry(
    "aws:imagebuilder/distributionConfiguration:DistributionConfiguration",
    service="imagebuilder",
    emulated=False,
    inputs=props(
        "description",
        required="distributions",
        replaces="name",
        computed="name",
        sets="distributions",
        fields={"distributions": {"default": "setDefaultVersion"}},
    ),
    checks=(_parameters, _regions),
    autoname=_AUTONAME,
    create=Call("create_distribution_configuration"),
    id=_arn("distribution-configuration"),
    updates=(Call("update_distribution_configuration", {"distributionConfigurationArn": "{id}"}, whole=True),),
    outputs={
        "arn": _arn("distribution-configuration"),
        "dateCreated": lambda _: "",
        "dateUpdated": lambda _: "",
    },
    tags=_TAGS,
)

IMAGE_PIPELINE = Entry(
    "aws:imagebuilder/imagePipeline:ImagePipeline",
    service="imagebuilder",
    emulated=False,
    inputs=props(
        # Since version 5.74 of the provider behind it another recipe is an update (terraform-provider-aws 39117).
        "containerRecipeArn description distributionConfigurationArn executionRole imageRecipeArn "
        "loggingConfiguration schedule workflows",
        required="infrastructureConfigurationArn",
        replaces="name",
        computed="executionRole imageScanningConfiguration imageTestsConfiguration name workflows",
        defaults={"enhancedImageMetadataEnabled": True, "status": "ENABLED"},
        to_api={"workflows": _value},
    ),
    exactly_one=("containerRecipeArn imageRecipeArn",),
    checks=(_schedule,),
    autoname=_AUTONAME,
    create=Call("create_image_pipeline"),
    id=_arn("image-pipeline"),
    updates=(Call("update_image_pipeline", {"imagePipelineArn": "{id}"}, whole=True),),
    outputs={
        "arn": _arn("image-pipeline"),
        "dateCreated": lambda _: "",
        "dateLastRun": lambda _: "",
        "dateNextRun": lambda _: "",
        "dateUpdated": lambda _: "",
        "platform": lambda _: "Linux",
    },
    tags=_TAGS,
)

LIFECYCLE_POLICY = Entry(
    "aws:imagebuilder/lifecyclePolicy:LifecyclePolicy",
    service="imagebuilder",
    emulated=False,
    inputs=props(
        "description",
        required="executionRole policyDetails resourceSelection resourceType",
        replaces="name",
        computed="name status",
        sets="policyDetails",
    ),
    autoname=_AUTONAME,
    create=Call("create_lifecycle_policy"),
    id=_arn("lifecycle-policy"),
    updates=(Call("update_lifecycle_policy", {"lifecyclePolicyArn": "{id}"}, whole=True),),
    outputs={"arn": _arn("lifecycle-policy")},
    tags=_TAGS,
)

ENTRIES = (
    COMPONENT,
    IMAGE_RECIPE,
    INFRASTRUCTURE_CONFIGURATION,
    DISTRIBUTION_CONFIGURATION,
    IMAGE_PIPELINE,
    LIFECYCLE_POLICY,
)

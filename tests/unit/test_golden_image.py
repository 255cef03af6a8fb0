import json
from typing import Any

import pulumi
import pytest

from components import Environment, InvalidArgs
from rehearsal.recorder import Recording
from rehearsal.wire import UNKNOWN
from tests.recording import recording
from tests.unit.golden_images import KEY, MACHINE, PARAMETER, image, prepare


@pytest.mark.parametrize("preview", [False, True])
def test_makes_a_pipeline_and_builds_nothing(preview: bool) -> None:
    made = sorted((r.type.rpartition(":")[2], r.name) for r in image(preview=preview).resources if r.custom)
    assert made == [
        ("Component", "web-files-1"),
        ("Component", "web-prepare"),
        ("Component", "web-test"),
        ("DistributionConfiguration", "web-distribution"),
        ("ImagePipeline", "web-pipeline"),
        ("ImageRecipe", "web-recipe"),
        ("InfrastructureConfiguration", "web-infrastructure"),
        ("InstanceProfile", "web-builder-profile"),
        ("LifecyclePolicy", "web-retention"),
        ("LogGroup", "web-logs"),
        ("Parameter", "web-parameter"),
        ("Role", "web-builder-role"),
        ("Role", "web-keeper-role"),
        ("RolePolicyAttachment", "web-builder-image-builder"),
        ("RolePolicyAttachment", "web-builder-session-manager"),
        ("RolePolicyAttachment", "web-keeper-images"),
        ("SecurityGroup", "web-builder-sg"),
        ("SecurityGroupEgressRule", "web-builder-egress-http"),
        ("SecurityGroupEgressRule", "web-builder-egress-https"),
    ]


def test_the_parameter_holds_the_base_image_until_the_first_is_built() -> None:
    parameter = image().one("ssm/parameter:Parameter")
    assert parameter.inputs == {
        "name": PARAMETER,
        "type": "String",
        "dataType": "aws:ec2:image",
        "description": "Newest image; written by EC2 Image Builder",
        "insecureValue": "ami-0123456789abcdef0",
        "tags": {},
    }
    assert sorted(parameter.options["ignoreChanges"]) == ["insecureValue", "value"]


def test_a_pinned_base_is_the_first_image() -> None:
    recorded = image(machine={"image": "ami-0abcdef0123456789"})
    assert recorded.one("ssm/parameter:Parameter").inputs["insecureValue"] == "ami-0abcdef0123456789"
    assert recorded.one("imagebuilder/imageRecipe:ImageRecipe").inputs["parentImage"] == "ami-0abcdef0123456789"


@pytest.mark.parametrize(
    ("base", "distribution", "parent", "root"),
    [
        ("al2023", "al2023", "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", "/dev/xvda"),
        (
            "ubuntu-24.04",
            "ubuntu",
            "ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
            "/dev/sda1",
        ),
        ("resolve:ssm:/imagebuilder/base", "al2023", "ssm:/imagebuilder/base", "/dev/xvda"),
    ],
)
def test_the_machine_starts_from_the_parameter_and_keeps_its_distribution(
    base: str, distribution: str, parent: str, root: str
) -> None:
    recorded = image(machine={"image": base, "packages": ["nginx"]})
    assert recorded.stack_outputs["machine"] == {
        "image": f"resolve:ssm:{PARAMETER}",
        "distribution": distribution,
        "packages": ["nginx"],
    }
    recipe = recorded.one("imagebuilder/imageRecipe:ImageRecipe").inputs
    assert recipe["parentImage"] == parent
    (disk,) = recipe["blockDeviceMappings"]
    assert disk["deviceName"] == root
    assert disk["ebs"] == {
        "encrypted": "true",
        "deleteOnTermination": "true",
        "volumeSize": 20,
        "volumeType": "gp3",
    }


@pytest.mark.parametrize("preview", [False, True])
def test_web_servers_of_an_environment_start_from_the_image_and_not_before_its_parameter(preview: bool) -> None:
    def program() -> None:
        args: Any = {
            "network": {"availability_zones": ["eu-central-1a", "eu-central-1b"]},
            "machine": {
                "packages": ["nginx"],
                "files": [{"path": "/etc/site.conf", "content": "{{ DATABASE_HOST }}\n", "template": True}],
            },
            "worker": {},
            "golden_image": {"health_url": "http://127.0.0.1/"},
        }
        made = Environment("shop", args)
        pulumi.export("pipeline", made.image_pipeline_arn)
        pulumi.export("parameter", made.image_parameter_name)

    recorded = recording(program, preview=preview)
    name = "/imagebuilder/elasticweb/test/shop-image"
    images = {r.name: r.inputs["imageId"] for r in recorded.all("ec2/launchTemplate:LaunchTemplate")}
    worker = images.pop("shop-worker-machine-launch-template")
    assert list(images.values()) == [f"resolve:ssm:{name}"]
    assert worker.startswith("resolve:ssm:/aws/service/")
    assert recorded.stack_outputs["parameter"] == name
    (fleet,) = [g for g in recorded.all("autoscaling/group:Group") if "worker" not in g.name]
    parameter = recorded.one("ssm/parameter:Parameter")
    assert parameter.urn in fleet.property_dependencies["vpcZoneIdentifiers"]
    subnet = recorded.one("imagebuilder/infrastructureConfiguration:InfrastructureConfiguration").inputs["subnetId"]
    assert subnet == (UNKNOWN if preview else recorded.named("shop-network-private-a").id)
    assert any("amazon-efs-utils" in line for line in prepare(recorded)), "what the shared files need is installed"


def test_an_environment_has_no_image_unless_it_is_asked_for() -> None:
    def program() -> None:
        args: Any = {"network": {"availability_zones": ["eu-central-1a", "eu-central-1b"]}}
        Environment("shop", args)

    assert not [r for r in recording(program).resources if "imagebuilder" in r.type]


def test_builds_happen_on_private_servers_that_go_with_the_build() -> None:
    recorded = image(golden_image={"instance_type": "m7g.large", "topic_arn": "arn:aws:sns:eu-central-1:1:builds"})
    inputs = recorded.one("imagebuilder/infrastructureConfiguration:InfrastructureConfiguration").inputs
    assert inputs["instanceTypes"] == ["m7g.large"]
    assert inputs["instanceMetadataOptions"] == {"httpTokens": "required", "httpPutResponseHopLimit": 1}
    assert inputs["terminateInstanceOnFailure"] is True
    assert inputs["subnetId"] == "subnet-1"
    assert inputs["securityGroupIds"] == [recorded.named("web-builder-sg").id]
    assert inputs["snsTopicArn"] == "arn:aws:sns:eu-central-1:1:builds"
    assert inputs["resourceTags"] == {"Name": "web", "managed-by": "pulumi"}
    assert "keyPair" not in inputs
    assert not recorded.all("vpc/securityGroupIngressRule:SecurityGroupIngressRule")


def test_the_pipeline_builds_every_sunday_and_tests_what_it_built() -> None:
    recorded = image()
    inputs = recorded.one("imagebuilder/imagePipeline:ImagePipeline").inputs
    assert inputs["schedule"] == {
        "scheduleExpression": "cron(0 3 ? * SUN *)",
        "timezone": "Etc/UTC",
        "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
    }
    assert inputs["imageTestsConfiguration"] == {"imageTestsEnabled": True, "timeoutMinutes": 60}
    group = recorded.named("web-logs")
    assert group.inputs["namePrefix"] == "/aws/imagebuilder/web-"
    assert inputs["loggingConfiguration"] == {"imageLogGroupName": group.id, "pipelineLogGroupName": group.id}


def test_images_are_published_everywhere_by_the_same_name() -> None:
    recorded = image(
        golden_image={
            "kms_key_arn": KEY,
            "account_ids": ["210987654321"],
            "copies": [{"region": "eu-west-1", "kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:key/2"}],
        }
    )
    home, copy = recorded.named("web-distribution").inputs["distributions"]
    assert [home["region"], copy["region"]] == ["eu-central-1", "eu-west-1"]
    for place in (home, copy):
        assert place["ssmParameterConfigurations"] == [{"parameterName": PARAMETER, "dataType": "aws:ec2:image"}]
        assert place["amiDistributionConfiguration"]["launchPermission"] == {"userIds": ["210987654321"]}
        assert place["amiDistributionConfiguration"]["name"] == "web-{{ imagebuilder:buildDate }}"
    assert copy["amiDistributionConfiguration"]["kmsKeyId"] == "arn:aws:kms:eu-west-1:123456789012:key/2"
    assert "kmsKeyId" not in home["amiDistributionConfiguration"]
    (disk,) = recorded.named("web-recipe").inputs["blockDeviceMappings"]
    assert disk["ebs"]["kmsKeyId"] == KEY


def test_old_images_go_with_their_snapshots_whichever_recipe_made_them() -> None:
    recorded = image(golden_image={"images_kept": 8})
    inputs = recorded.named("web-retention").inputs
    assert inputs["policyDetails"] == [
        {
            "action": {"type": "DELETE", "includeResources": {"amis": True, "snapshots": True}},
            "filter": {"type": "COUNT", "value": 8},
            "exclusionRules": {"amis": {"lastLaunched": {"unit": "WEEKS", "value": 2}}},
        }
    ]
    name = recorded.named("web-recipe").inputs["name"]
    assert inputs["resourceSelection"] == {"recipes": [{"name": name, "semanticVersion": "x.x.x"}]}


def _versions(recorded: Recording) -> dict[str, str]:
    kinds = ("Component", "ImageRecipe")
    return {r.name: r.inputs["version"] for r in recorded.resources if r.type.rpartition(":")[2] in kinds}


def test_a_version_follows_from_what_it_is_the_version_of() -> None:
    first = _versions(image())
    assert _versions(image()) == first
    for number in (n for version in first.values() for n in version.split(".")):
        assert int(number) < 2**30
    packages = _versions(image(machine={**MACHINE, "packages": ["nginx", "php"]}))
    assert {name for name in first if packages[name] != first[name]} == {"web-files-1"}
    # The mocks name a component after itself, so the recipe shows what else replaces it.
    changes: list[dict[str, Any]] = [
        {"machine": {**MACHINE, "root_volume_gib": 30}},
        {"golden_image": {"kms_key_arn": KEY}},
    ]
    for change in changes:
        assert _versions(image(**change))["web-recipe"] != first["web-recipe"]
    assert _versions(image(lambda: {"golden_image": {"kms_key_arn": pulumi.Output.from_input(KEY)}}))["web-recipe"]


def test_a_recipe_has_the_version_of_the_components_that_it_will_have() -> None:
    recipe = image(preview=True).named("web-recipe")
    assert recipe.inputs["version"] == UNKNOWN
    assert [c["componentArn"] for c in image().named("web-recipe").inputs["components"]] == [
        r.outputs["arn"] for r in image().all("imagebuilder/component:Component")
    ]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"golden_image": {"schedule": "rate(7 days)"}}, "golden_image.schedule must be cron(minutes hours "),
        ({"golden_image": {"schedule": "cron(0 3 * * SUN *)"}}, "golden_image.schedule must be cron(minutes hours "),
        ({"golden_image": {"time_zone": "Mars/Olympus"}}, "golden_image.time_zone must be an IANA name"),
        ({"golden_image": {"instance_type": "m7i.large"}}, "golden_image.instance_type must be an arm64 type"),
        ({"golden_image": {"instance_type": "large"}}, "golden_image.instance_type must be a family and a size"),
        ({"golden_image": {"images_kept": 1}}, "golden_image.images_kept must be between 2 and 100, got 1"),
        ({"golden_image": {"health_url": "http://example.org/"}}, "golden_image.health_url must be on the server"),
        ({"golden_image": {"tests": [" "]}}, "golden_image.tests[0] must not be empty"),
        ({"golden_image": {"account_ids": ["12"], "kms_key_arn": KEY}}, "golden_image.account_ids[0] must be twelve"),
        ({"golden_image": {"account_ids": ["210987654321"]}}, "golden_image.kms_key_arn must be given with"),
        (
            {
                "golden_image": {
                    "account_ids": ["210987654321"],
                    "kms_key_arn": KEY,
                    "copies": [{"region": "eu-west-1"}],
                }
            },
            "golden_image.copies[0].kms_key_arn must be given with",
        ),
        ({"golden_image": {"copies": [{"region": "Ireland"}]}}, "golden_image.copies[0].region must be a region"),
        (
            {"golden_image": {"copies": [{"region": "eu-west-1"}, {"region": "eu-west-1"}]}},
            "golden_image.copies[1].region must be a region",
        ),
        ({"golden_image": {"shedule": "x"}}, "unknown golden_image.shedule; known are account_ids, "),
        ({"parameter_name": "/web/image"}, "parameter_name must begin with /imagebuilder/"),
        ({"parameter_name": "/imagebuilder/a b"}, "parameter_name must begin with /imagebuilder/"),
        ({"machine": {"image": "resolve:ssm:/our/base"}}, "machine.image must be al2023, ubuntu-24.04, ami-... or"),
        ({"machine": {"image": f"resolve:ssm:{PARAMETER}"}}, "machine.image must be al2023, ubuntu-24.04, ami-... or"),
        ({"machine": {"image_commands": [""]}}, "machine.image_commands[0] must not be empty"),
    ],
)
def test_refuses(wrong: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidArgs) as refused:
        image(**wrong)
    assert str(refused.value).startswith(f"GoldenImage: {complaint}")
    assert "\n" not in str(refused.value)


def test_roles_are_for_their_services_and_may_what_aws_says() -> None:
    recorded = image()
    for name, service, policies in (
        ("builder", "ec2.amazonaws.com", ["AmazonSSMManagedInstanceCore", "EC2InstanceProfileForImageBuilder"]),
        ("keeper", "imagebuilder.amazonaws.com", ["service-role/EC2ImageBuilderLifecycleExecutionPolicy"]),
    ):
        role = recorded.named(f"web-{name}-role")
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert statement["Principal"] == {"Service": service}
        granted = [r.inputs for r in recorded.all("iam/rolePolicyAttachment:RolePolicyAttachment")]
        ours = sorted(g["policyArn"].partition("policy/")[2] for g in granted if g["role"] == role.id)
        assert ours == policies


def test_how_servers_say_goodbye_is_no_part_of_an_image() -> None:
    farewell = {**MACHINE, "farewell_commands": ["systemctl stop nginx"]}
    recipes = [i.one("imagebuilder/imageRecipe:ImageRecipe").inputs for i in (image(machine=farewell), image())]
    assert recipes[0] == recipes[1]

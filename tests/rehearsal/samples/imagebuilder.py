from typing import Any

from . import Sample
from .iam import trust

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "keeper-role": ("aws:iam/role:Role", {"assumeRolePolicy": trust("imagebuilder.amazonaws.com")}),
}

_ARN = "arn:aws:imagebuilder:eu-central-1:123456789012"
_DOCUMENT = "schemaVersion: 1.0\nphases:\n  - name: build\n    steps: []\n"

_EBS = {"encrypted": "true", "deleteOnTermination": "true", "volumeSize": 20, "volumeType": "gp3"}


def _place(region: str) -> dict[str, Any]:
    return {
        "region": region,
        "amiDistributionConfiguration": {
            "name": "web-{{ imagebuilder:buildDate }}",
            "amiTags": {"Name": "web"},
            "launchPermission": {"userIds": ["123456789013"]},
        },
        "ssmParameterConfigurations": [{"parameterName": "/imagebuilder/web", "dataType": "aws:ec2:image"}],
    }


SAMPLES = [
    Sample(
        "aws:imagebuilder/component:Component",
        {"platform": "Linux", "version": "1.2.3", "data": _DOCUMENT, "tags": {"Kind": "image"}},
        replaced={"data": f"{_DOCUMENT}# changed\n", "version": "1.2.4", "description": "Prepares"},
        recorded=("*",),
    ),
    Sample(
        "aws:imagebuilder/imageRecipe:ImageRecipe",
        {
            "name": "web",
            "version": "1.2.3",
            "parentImage": "ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
            "components": [
                {
                    "componentArn": f"{_ARN}:component/web/1.2.3/1",
                    "parameters": [{"name": "Stage", "value": "prod"}],
                }
            ],
            "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": _EBS}],
        },
        replaced={"version": "1.2.4", "parentImage": "ami-0123456789abcdef0"},
        recorded=("*",),
    ),
    Sample(
        "aws:imagebuilder/infrastructureConfiguration:InfrastructureConfiguration",
        {
            "instanceProfileName": "builder",
            "instanceTypes": ["t4g.small"],
            "instanceMetadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
            "subnetId": "{subnet.id}",
            "securityGroupIds": ["sg-0123456789abcdef0"],
            "terminateInstanceOnFailure": True,
            "resourceTags": {"Name": "web"},
        },
        updated={"instanceTypes": ["m7g.large"], "description": "Builds"},
        replaced={"name": "other"},
        recorded=("*",),
    ),
    Sample(
        "aws:imagebuilder/distributionConfiguration:DistributionConfiguration",
        {"distributions": [_place("eu-central-1")]},
        updated={"distributions": [_place("eu-central-1"), _place("eu-west-1")]},
        replaced={"name": "other"},
        recorded=("*",),
    ),
    Sample(
        "aws:imagebuilder/imagePipeline:ImagePipeline",
        {
            "imageRecipeArn": f"{_ARN}:image-recipe/web/1.2.3",
            "infrastructureConfigurationArn": f"{_ARN}:infrastructure-configuration/web",
            "distributionConfigurationArn": f"{_ARN}:distribution-configuration/web",
            "imageTestsConfiguration": {"imageTestsEnabled": True, "timeoutMinutes": 60},
            "loggingConfiguration": {"imageLogGroupName": "/aws/imagebuilder/web"},
            "schedule": {
                "scheduleExpression": "cron(0 3 ? * SUN *)",
                "timezone": "Europe/Zurich",
                "pipelineExecutionStartCondition": "EXPRESSION_MATCH_ONLY",
            },
        },
        updated={"imageRecipeArn": f"{_ARN}:image-recipe/web/1.2.4", "status": "DISABLED"},
        replaced={"name": "other"},
        recorded=("*",),
    ),
    Sample(
        "aws:imagebuilder/lifecyclePolicy:LifecyclePolicy",
        {
            "executionRole": "{keeper-role.arn}",
            "resourceType": "AMI_IMAGE",
            "policyDetails": [
                {
                    "action": {"type": "DELETE", "includeResources": {"amis": True, "snapshots": True}},
                    "filter": {"type": "COUNT", "value": 4},
                }
            ],
            "resourceSelection": {"recipes": [{"name": "web", "semanticVersion": "x.x.x"}]},
        },
        updated={"description": "Removes old images"},
        replaced={"name": "other"},
        recorded=("*",),
    ),
]

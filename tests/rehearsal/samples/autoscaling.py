import base64
from typing import Any

from . import Sample

_USER_DATA = base64.b64encode(b"#!/bin/sh\necho hello\n").decode()

FOUNDATION: dict[str, tuple[str, dict[str, Any]]] = {
    "template": (
        "aws:ec2/launchTemplate:LaunchTemplate",
        {"imageId": "ami-12c6146b", "instanceType": "t4g.small", "userData": _USER_DATA},
    ),
    "fleet": (
        "aws:autoscaling/group:Group",
        {
            "launchTemplate": {"id": "{template.id}", "version": "1"},
            "vpcZoneIdentifiers": ["{subnet.id}"],
            "minSize": 1,
            "maxSize": 4,
        },
    ),
    "other-fleet": (
        "aws:autoscaling/group:Group",
        {
            "launchTemplate": {"id": "{template.id}", "version": "1"},
            "vpcZoneIdentifiers": ["{subnet.id}"],
            "minSize": 0,
            "maxSize": 1,
        },
    ),
    "action": (
        "aws:autoscaling/schedule:Schedule",
        {
            "autoscalingGroupName": "{fleet.name}",
            "scheduledActionName": "evening",
            "recurrence": "0 19 * * *",
            "minSize": 0,
            "maxSize": -1,
            "desiredCapacity": -1,
        },
    ),
    "scaling-policy": (
        "aws:autoscaling/policy:Policy",
        {
            "name": "more",
            "autoscalingGroupName": "{fleet.name}",
            "adjustmentType": "ChangeInCapacity",
            "scalingAdjustment": 1,
        },
    ),
}

SAMPLES = [
    Sample(
        "aws:ec2/launchTemplate:LaunchTemplate",
        {
            "imageId": "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
            "instanceType": "t4g.small",
            "description": "Web servers",
            "iamInstanceProfile": {"arn": "arn:aws:iam::123456789012:instance-profile/web"},
            "vpcSecurityGroupIds": ["{group.id}", "{other-group.id}"],
            "blockDeviceMappings": [
                {
                    "deviceName": "/dev/xvda",
                    "ebs": {"encrypted": "true", "deleteOnTermination": "true", "volumeSize": 20, "volumeType": "gp3"},
                },
                {
                    "deviceName": "/dev/sdf",
                    "ebs": {"encrypted": "true", "volumeSize": 5, "iops": 3000, "throughput": 125},
                },
            ],
            "metadataOptions": {
                "httpEndpoint": "enabled",
                "httpTokens": "required",
                "httpPutResponseHopLimit": 1,
                "instanceMetadataTags": "disabled",
            },
            "monitoring": {"enabled": True},
            "creditSpecification": {"cpuCredits": "standard"},
            "placement": {"tenancy": "default"},
            "privateDnsNameOptions": {"hostnameType": "ip-name", "enableResourceNameDnsARecord": False},
            "userData": _USER_DATA,
            "updateDefaultVersion": True,
            "tagSpecifications": [
                {"resourceType": kind, "tags": {"Name": "web", "Tier": "front"}}
                for kind in ("instance", "volume", "network-interface")
            ],
            "tags": {"Name": "web"},
        },
        updated={
            "instanceType": "t4g.medium",
            "userData": base64.b64encode(b"#!/bin/sh\necho again\n").decode(),
            "description": "Larger",
            "creditSpecification": None,
        },
        replaced={"name": "another"},
    ),
    Sample(
        "aws:ec2/launchTemplate:LaunchTemplate",
        {
            "namePrefix": "web-",
            "imageId": "ami-12c6146b",
            "networkInterfaces": [
                {
                    "deviceIndex": 0,
                    "associatePublicIpAddress": "false",
                    "securityGroups": ["{group.id}"],
                    "subnetId": "{subnet.id}",
                    "ipv4Addresses": ["10.0.1.10"],
                }
            ],
            "instanceRequirements": {"vcpuCount": {"min": 2, "max": 4}, "memoryMib": {"min": 2048}},
            "instanceMarketOptions": {"marketType": "spot", "spotOptions": {"maxPrice": "0.1"}},
        },
        updated={"keyName": "ops", "disableApiTermination": True},
        note="spot",
    ),
    Sample(
        "aws:autoscaling/group:Group",
        {
            "launchTemplate": {"id": "{template.id}", "version": "1"},
            "vpcZoneIdentifiers": ["{subnet.id}", "{other-subnet.id}"],
            "minSize": 2,
            "maxSize": 4,
            "targetGroupArns": ["{target-group.arn}"],
            "healthCheckType": "ELB",
            "healthCheckGracePeriod": 120,
            "defaultInstanceWarmup": 120,
            "instanceRefresh": {
                "strategy": "Rolling",
                "preferences": {"minHealthyPercentage": 100, "maxHealthyPercentage": 120, "autoRollback": False},
            },
            "enabledMetrics": ["GroupMinSize", "GroupMaxSize"],
            "suspendedProcesses": ["AZRebalance"],
            "waitForCapacityTimeout": "10m",
            "forceDelete": True,
            "tags": [
                {"key": "Name", "value": "web", "propagateAtLaunch": True},
                {"key": "Tier", "value": "front", "propagateAtLaunch": False},
            ],
        },
        updated={
            "minSize": 1,
            "maxSize": 5,
            "desiredCapacity": 1,
            "healthCheckGracePeriod": 60,
            "enabledMetrics": ["GroupTotalInstances"],
            "suspendedProcesses": [],
            "tags": [{"key": "Name", "value": "www", "propagateAtLaunch": True}],
            "targetGroupArns": [],
        },
        replaced={"name": "other"},
        recorded=("defaultInstanceWarmup", "instanceRefresh"),
        note="fleet",
    ),
    Sample(
        "aws:autoscaling/group:Group",
        {
            "mixedInstancesPolicy": {
                "instancesDistribution": {"onDemandBaseCapacity": 1, "onDemandPercentageAboveBaseCapacity": 50},
                "launchTemplate": {
                    "launchTemplateSpecification": {"launchTemplateId": "{template.id}", "version": "$Latest"},
                    "overrides": [{"instanceType": "t4g.small"}, {"instanceType": "t4g.medium"}],
                },
            },
            "availabilityZones": ["eu-central-1a"],
            "minSize": 0,
            "maxSize": 4,
            "healthCheckGracePeriod": 0,
            "warmPool": {"poolState": "Stopped", "minSize": 0, "maxGroupPreparedCapacity": 2},
            "initialLifecycleHooks": [
                {"name": "ready", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING", "heartbeatTimeout": 60}
            ],
            "instanceMaintenancePolicy": {"minHealthyPercentage": 100, "maxHealthyPercentage": 110},
            "terminationPolicies": ["OldestInstance"],
            "defaultCooldown": 60,
        },
        updated={"maxSize": 6, "minSize": 2, "warmPool": None},
        recorded=("instanceMaintenancePolicy",),
        note="mixed",
    ),
    Sample(
        "aws:autoscaling/policy:Policy",
        {
            "name": "cpu",
            "autoscalingGroupName": "{fleet.name}",
            "policyType": "TargetTrackingScaling",
            "targetTrackingConfiguration": {
                "predefinedMetricSpecification": {"predefinedMetricType": "ASGAverageCPUUtilization"},
                "targetValue": 50,
            },
        },
        updated={
            "targetTrackingConfiguration": {
                "customizedMetricSpecification": {
                    "metricDimensions": [{"name": "Fleet", "value": "web"}],
                    "metricName": "Queue",
                    "namespace": "Site",
                    "statistic": "Average",
                },
                "targetValue": 10,
            }
        },
        replaced={"autoscalingGroupName": "{other-fleet.name}", "name": "other"},
        import_id="{fleet.name}/cpu",
        note="tracks a target",
    ),
    Sample(
        "aws:autoscaling/policy:Policy",
        {
            "name": "out",
            "autoscalingGroupName": "{fleet.name}",
            "policyType": "StepScaling",
            "adjustmentType": "ChangeInCapacity",
            "metricAggregationType": "Average",
            "stepAdjustments": [
                {"scalingAdjustment": 1, "metricIntervalLowerBound": "0", "metricIntervalUpperBound": "20"},
                {"scalingAdjustment": 2, "metricIntervalLowerBound": "20"},
            ],
        },
        updated={"stepAdjustments": [{"scalingAdjustment": 3, "metricIntervalLowerBound": "0"}]},
        import_id="{fleet.name}/out",
        note="steps",
    ),
    Sample(
        "aws:autoscaling/policy:Policy",
        {
            "name": "in",
            "autoscalingGroupName": "{fleet.name}",
            "adjustmentType": "PercentChangeInCapacity",
            "scalingAdjustment": -10,
            "cooldown": 60,
        },
        updated={"cooldown": 120},
        import_id="{fleet.name}/in",
        note="simple",
    ),
    Sample(
        "aws:autoscaling/policy:Policy",
        {
            "name": "forecast",
            "autoscalingGroupName": "{fleet.name}",
            "policyType": "PredictiveScaling",
            "predictiveScalingConfiguration": {
                "metricSpecification": {
                    "targetValue": 40,
                    "predefinedMetricPairSpecification": {"predefinedMetricType": "ASGCPUUtilization"},
                },
                "mode": "ForecastOnly",
            },
        },
        import_id="{fleet.name}/forecast",
        note="predicts",
    ),
    Sample(
        "aws:autoscaling/schedule:Schedule",
        {
            "autoscalingGroupName": "{fleet.name}",
            "scheduledActionName": "monday",
            "recurrence": "0 7 * * MON",
            "timeZone": "Europe/Zurich",
            "minSize": 2,
            "maxSize": 4,
            "desiredCapacity": -1,
        },
        updated={"recurrence": "30 7-9/2 * * 1,2", "minSize": -1, "desiredCapacity": 3},
        replaced={"scheduledActionName": "other", "autoscalingGroupName": "{other-fleet.name}"},
        import_id="{fleet.name}/monday",
    ),
    Sample(
        "aws:autoscaling/schedule:Schedule",
        {
            "autoscalingGroupName": "{fleet.name}",
            "scheduledActionName": "sleep",
            "startTime": "2099-01-01T00:00:00Z",
            "endTime": "2099-06-01T00:00:00Z",
        },
        updated={"endTime": "2099-07-01T00:00:00Z"},
        import_id="{fleet.name}/sleep",
        note="to nothing",
    ),
    Sample(
        "aws:autoscaling/lifecycleHook:LifecycleHook",
        {
            "name": "ready",
            "autoscalingGroupName": "{fleet.name}",
            "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
            "heartbeatTimeout": 600,
            "notificationMetadata": "{}",
        },
        updated={"defaultResult": "CONTINUE"},
        replaced={"name": "other"},
        import_id="{fleet.name}/ready",
        recorded=("notificationMetadata",),
    ),
]

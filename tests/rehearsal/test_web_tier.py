"""Load balancers, fleets and names, where the emulator goes other ways than AWS."""

import base64
from itertools import count
from typing import Any

import pytest

from rehearsal.errors import RehearsalError
from rehearsal.stage import Stage

from .conftest import FOUNDATION, REGION, Ground, urn

GROUP = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


_NUMBERS = count(1)


class Resource:
    """One resource from its creation to its end; the emulator is everybody's, so its name is its own."""

    def __init__(self, stage: Stage, ground: Ground, token: str, /, **inputs: Any) -> None:
        self.stage, self.ground, self.urn, self.asked = stage, ground, urn(token, f"web-{next(_NUMBERS)}"), inputs
        self.inputs, failures = stage.check(self.urn, ground.fill(inputs))
        assert failures == []
        self.id, self.state = stage.create(self.urn, self.inputs)

    def change(self, **changes: Any) -> None:
        self.asked = {name: value for name, value in {**self.asked, **changes}.items() if value is not None}
        news, failures = self.stage.check(self.urn, self.ground.fill(self.asked), self.inputs)
        assert failures == []
        self.state = self.stage.update(self.urn, self.id, state=self.state, old_inputs=self.inputs, inputs=news)
        self.inputs = news

    def delete(self) -> None:
        self.stage.delete(self.urn, self.id, self.state)


def _script(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _call(stage: Stage, service: str, operation: str, **params: Any) -> Any:
    return getattr(stage.emulator.client(service, REGION), operation)(**params)


def _fleet(stage: Stage, ground: Ground, template: Resource, **inputs: Any) -> Resource:
    defaults = {
        "launchTemplate": {"id": template.id, "version": str(template.state["latestVersion"])},
        "vpcZoneIdentifiers": ["{subnet.id}"],
        "targetGroupArns": ["{target-group.arn}"],
        "minSize": 2,
        "maxSize": 4,
    }
    return Resource(stage, ground, GROUP, **{**defaults, **inputs})


def _balancer(stage: Stage, ground: Ground, **inputs: Any) -> Resource:
    token, given = FOUNDATION["balancer"]
    return Resource(stage, ground, token, **{"subnets": given["subnets"], **inputs})


def _listener(stage: Stage, ground: Ground, balancer: Resource, **inputs: Any) -> Resource:
    token, given = FOUNDATION["listener"]
    return Resource(stage, ground, token, **{**given, "loadBalancerArn": balancer.id, **inputs})


def _target_group(stage: Stage, ground: Ground) -> Resource:
    token, given = FOUNDATION["target-group"]
    return Resource(stage, ground, token, **{name: value for name, value in given.items() if name != "name"})


def _template(stage: Stage, ground: Ground) -> Resource:
    return Resource(
        stage,
        ground,
        TEMPLATE,
        imageId="ami-12c6146b",
        instanceType="t4g.small",
        userData=_script("one"),
        updateDefaultVersion=True,
    )


def _group(stage: Stage, fleet: Resource) -> dict[str, Any]:
    return _call(stage, "autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[fleet.id])[
        "AutoScalingGroups"
    ][0]


def _targets(stage: Stage, arn: str) -> set[str]:
    listed = _call(stage, "elbv2", "describe_target_health", TargetGroupArn=arn)["TargetHealthDescriptions"]
    return {item["Target"]["Id"] for item in listed}


def test_a_changed_template_reaches_the_fleet_and_the_fleet_still_grows(stage: Stage, ground: Ground) -> None:
    template = _template(stage, ground)
    fleet = _fleet(stage, ground, template)
    template.change(userData=_script("two"))
    assert template.state["latestVersion"] == template.state["defaultVersion"] == 2
    fleet.change(launchTemplate={"id": template.id, "version": "2"}, minSize=3)
    group = _group(stage, fleet)
    assert group["LaunchTemplate"]["Version"] == "2"
    assert len(group["Instances"]) == 3


def test_a_fleet_can_be_made_from_a_later_version(stage: Stage, ground: Ground) -> None:
    template = _template(stage, ground)
    template.change(userData=_script("two"))
    for version in ("2", "$Latest", "$Default"):
        fleet = _fleet(stage, ground, template, launchTemplate={"id": template.id, "version": version})
        group = _group(stage, fleet)
        assert group["LaunchTemplate"]["Version"] == version
        assert len(group["Instances"]) == 2
        fleet.delete()


def test_a_later_version_serves_mixed_fleets_too(stage: Stage, ground: Ground) -> None:
    template = _template(stage, ground)
    template.change(userData=_script("two"))
    policy = {
        "launchTemplate": {
            "launchTemplateSpecification": {"launchTemplateId": template.id, "version": "2"},
            "overrides": [{"instanceType": "t4g.small"}],
        }
    }
    fleet = Resource(
        stage,
        ground,
        GROUP,
        mixedInstancesPolicy=policy,
        vpcZoneIdentifiers=["{subnet.id}"],
        minSize=1,
        maxSize=4,
    )
    fleet.change(minSize=2)
    group = _group(stage, fleet)
    kept = group["MixedInstancesPolicy"]["LaunchTemplate"]["LaunchTemplateSpecification"]
    assert (kept["Version"], len(group["Instances"])) == ("2", 2)


def test_servers_that_go_leave_the_target_group(stage: Stage, ground: Ground) -> None:
    arn = _target_group(stage, ground).id
    fleet = _fleet(stage, ground, _template(stage, ground), minSize=3, targetGroupArns=[arn])
    assert len(_targets(stage, arn)) == 3
    fleet.change(minSize=1, maxSize=1)
    assert _targets(stage, arn) == {i["InstanceId"] for i in _group(stage, fleet)["Instances"]}
    fleet.delete()
    assert _targets(stage, arn) == set()


def test_a_deployment_sends_only_the_sizes_that_changed(stage: Stage, ground: Ground) -> None:
    fleet = _fleet(stage, ground, _template(stage, ground))
    _call(stage, "autoscaling", "update_auto_scaling_group", AutoScalingGroupName=fleet.id, MinSize=3, MaxSize=6)
    fleet.change(healthCheckGracePeriod=60)
    group = _group(stage, fleet)
    assert (group["MinSize"], group["MaxSize"], group["DesiredCapacity"]) == (3, 6, 3)
    assert group["HealthCheckGracePeriod"] == 60


def test_nothing_of_a_fleet_is_left_behind(stage: Stage, ground: Ground) -> None:
    fleet = _fleet(
        stage,
        ground,
        _template(stage, ground),
        initialLifecycleHooks=[{"name": "ready", "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}],
    )
    own = {"AutoScalingGroupName": fleet.id}
    scale = {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1}
    _call(stage, "autoscaling", "put_scaling_policy", **own, PolicyName="more", **scale)
    _call(stage, "autoscaling", "put_scheduled_update_group_action", **own, ScheduledActionName="night", MinSize=0)
    hooks = _call(stage, "autoscaling", "describe_lifecycle_hooks", **own)["LifecycleHooks"]
    assert [hook["LifecycleHookName"] for hook in hooks] == ["ready"]
    fleet.delete()
    assert _call(stage, "autoscaling", "describe_policies", **own)["ScalingPolicies"] == []
    assert _call(stage, "autoscaling", "describe_scheduled_actions", **own)["ScheduledUpdateGroupActions"] == []
    assert _call(stage, "autoscaling", "describe_lifecycle_hooks", **own)["LifecycleHooks"] == []


def test_what_an_update_loses_is_reported(stage: Stage, ground: Ground) -> None:
    fleet = _fleet(stage, ground, _template(stage, ground), defaultCooldown=60)
    assert fleet.urn not in stage.recorded
    fleet.change(defaultCooldown=120)
    assert stage.recorded[fleet.urn] == ["defaultCooldown"]
    assert fleet.state["defaultCooldown"] == 120
    assert stage.diff(fleet.urn, fleet.state, fleet.inputs, fleet.inputs) == []


def test_a_misspelt_refresh_is_refused_although_it_is_only_recorded(stage: Stage, ground: Ground) -> None:
    refresh = {"strategy": "Rolling", "preferences": {"minHealthyPercentge": 100}}
    with pytest.raises(RehearsalError, match="minHealthyPercentge is not known"):
        _fleet(stage, ground, _template(stage, ground), instanceRefresh=refresh)
    with pytest.raises(RehearsalError, match="Strategy must be one of Rolling"):
        _fleet(stage, ground, _template(stage, ground), instanceRefresh={"strategy": "rolling"})


def test_minus_one_leaves_a_size_alone_and_nothing_is_zero(stage: Stage, ground: Ground) -> None:
    action = Resource(
        stage,
        ground,
        "aws:autoscaling/schedule:Schedule",
        autoscalingGroupName="{fleet.name}",
        scheduledActionName="zero",
        recurrence="0 22 * * *",
        maxSize=-1,
        desiredCapacity=-1,
    )
    listed = _call(stage, "autoscaling", "describe_scheduled_actions", ScheduledActionNames=["zero"])
    found = listed["ScheduledUpdateGroupActions"][0]
    assert found["MinSize"] == 0
    assert not {"MaxSize", "DesiredCapacity"} & set(found)
    assert (action.state["maxSize"], action.state["desiredCapacity"]) == (-1, -1)


def test_a_protected_load_balancer_is_not_deleted(stage: Stage, ground: Ground) -> None:
    balancer = _balancer(stage, ground, enableDeletionProtection=True)
    with pytest.raises(RehearsalError, match="protected from deletion"):
        balancer.delete()
    balancer.change(enableDeletionProtection=False)
    balancer.delete()
    arns = [listed["LoadBalancerArn"] for listed in _call(stage, "elbv2", "describe_load_balancers")["LoadBalancers"]]
    assert balancer.id not in arns


def test_what_a_load_balancer_is_called_elsewhere(ground: Ground) -> None:
    front, target = ground.fill("{balancer.arnSuffix}"), ground.fill("{target-group.arnSuffix}")
    assert front.startswith("app/front/")
    assert target.startswith("targetgroup/web/")
    assert ground.fill("{balancer.zoneId}") == "Z215JYRZR1TBD5"


def test_requests_are_followed_once_a_listener_ties_the_groups(stage: Stage, ground: Ground) -> None:
    balancer, target = _balancer(stage, ground), _target_group(stage, ground)
    label = f"{balancer.state['arnSuffix']}/{target.state['arnSuffix']}"
    metric = {"predefinedMetricType": "ALBRequestCountPerTarget", "resourceLabel": label}
    follow: dict[str, Any] = {
        "autoscalingGroupName": "{fleet.name}",
        "policyType": "TargetTrackingScaling",
        "targetTrackingConfiguration": {"predefinedMetricSpecification": metric, "targetValue": 600},
    }
    policy = "aws:autoscaling/policy:Policy"
    with pytest.raises(RehearsalError, match="must name a target group that the load balancer forwards to"):
        Resource(stage, ground, policy, **follow)
    _listener(stage, ground, balancer, defaultActions=[{"type": "forward", "targetGroupArn": target.id}])
    assert Resource(stage, ground, policy, **follow).state["arn"].startswith("arn:aws:autoscaling:")


def test_a_new_certificate_keeps_the_further_ones(stage: Stage, ground: Ground) -> None:
    listener = _listener(stage, ground, _balancer(stage, ground))
    more, other = ground.fill(["{other-validation.certificateArn}", "{third-validation.certificateArn}"])
    further = "aws:lb/listenerCertificate:ListenerCertificate"
    Resource(stage, ground, further, listenerArn=listener.id, certificateArn=more)
    listener.change(certificateArn=other)
    listed = _call(stage, "elbv2", "describe_listener_certificates", ListenerArn=listener.id)["Certificates"]
    assert [(item["CertificateArn"], item["IsDefault"]) for item in listed] == [(other, True), (more, False)]


def test_a_certificate_that_is_used_is_not_deleted(stage: Stage, ground: Ground) -> None:
    token, inputs = FOUNDATION["certificate"]
    certificate = Resource(stage, ground, token, **inputs)
    Resource(stage, ground, "aws:acm/certificateValidation:CertificateValidation", certificateArn=certificate.id)
    listener = _listener(stage, ground, _balancer(stage, ground), certificateArn=certificate.id)
    with pytest.raises(RehearsalError, match="cannot be deleted while arn:aws:elasticloadbalancing"):
        certificate.delete()
    listener.delete()
    certificate.delete()


def test_a_validation_names_the_records_that_are_missing(stage: Stage, ground: Ground) -> None:
    with pytest.raises(RehearsalError, match=r"must name _d930\w+\.example\.org, too"):
        Resource(
            stage,
            ground,
            "aws:acm/certificateValidation:CertificateValidation",
            certificateArn="{certificate.arn}",
            validationRecordFqdns=["www.example.org"],
        )


def _zone(stage: Stage, ground: Ground, **inputs: Any) -> Resource:
    return Resource(stage, ground, "aws:route53/zone:Zone", name="example.net", **inputs)


def _record(stage: Stage, ground: Ground, zone: Resource, **changes: Any) -> Resource:
    token, inputs = FOUNDATION["weighted"]
    return Resource(stage, ground, token, **{**inputs, "zoneId": zone.id, "name": "reader", **changes})


def _records(stage: Stage, zone: str) -> set[tuple[str, str]]:
    listed = _call(stage, "route53", "list_resource_record_sets", HostedZoneId=zone)["ResourceRecordSets"]
    return {(r["Name"], r["SetIdentifier"]) for r in listed if "SetIdentifier" in r}


def test_a_record_goes_alone(stage: Stage, ground: Ground) -> None:
    zone = _zone(stage, ground)
    one = _record(stage, ground, zone)
    _record(stage, ground, zone, setIdentifier="replica-2")
    _record(stage, ground, zone, name="other")
    one.delete()
    assert _records(stage, zone.id) == {("reader.example.net.", "replica-2"), ("other.example.net.", "replica-1")}
    _record(stage, ground, zone)
    assert ("reader.example.net.", "replica-1") in _records(stage, zone.id)


def test_a_zone_with_records_goes_only_by_force(stage: Stage, ground: Ground) -> None:
    zone = _zone(stage, ground)
    _record(stage, ground, zone)
    with pytest.raises(RehearsalError, match="HostedZoneNotEmpty"):
        zone.delete()
    zone.change(forceDestroy=True)
    zone.delete()
    zones = _call(stage, "route53", "list_hosted_zones")["HostedZones"]
    assert zone.id not in [listed["Id"].rpartition("/")[2] for listed in zones]


def test_a_zone_says_its_name_servers(ground: Ground) -> None:
    for zone in ("zone", "private-zone"):
        servers = ground.fill(f"{{{zone}.nameServers}}")
        assert len(servers) == 4
        assert ground.fill(f"{{{zone}.primaryNameServer}}") in servers

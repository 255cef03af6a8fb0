"""What auditors ask of servers and their images (docs/security.md)."""

import re

from tests.programs import Program, evaluated

from .asked import zone_of


def test_every_disk_is_encrypted(program: Program) -> None:
    for volume in program.all("ebs/volume:Volume"):
        assert volume.inputs["encrypted"] is True, volume.name
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        disks = template.inputs["blockDeviceMappings"]
        assert disks, f"{template.name} leaves its root volume to the image"
        for disk in disks:
            assert disk["ebs"]["encrypted"] in (True, "true"), template.name


def test_instance_metadata_asks_for_tokens_and_stays_on_the_machine(program: Program) -> None:
    assert program.any("ec2/instance:Instance") == []
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        assert template.inputs["metadataOptions"]["httpTokens"] == "required", template.name
        assert template.inputs["metadataOptions"]["httpPutResponseHopLimit"] == 1, template.name


def test_images_are_built_where_nobody_comes_in_and_are_encrypted_and_nobody_elses() -> None:
    golden = evaluated("golden")
    for builders in golden.all("imagebuilder/infrastructureConfiguration:InfrastructureConfiguration"):
        assert builders.inputs["instanceMetadataOptions"] == {"httpTokens": "required", "httpPutResponseHopLimit": 1}
        assert builders.inputs["terminateInstanceOnFailure"] is True
        assert "keyPair" not in builders.inputs
        rules = golden.any("vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        assert not {r.inputs["securityGroupId"] for r in rules} & {*builders.inputs["securityGroupIds"]}
    for recipe in golden.all("imagebuilder/imageRecipe:ImageRecipe"):
        assert [d["ebs"]["encrypted"] for d in recipe.inputs["blockDeviceMappings"]] == ["true"]
    for published in golden.all("imagebuilder/distributionConfiguration:DistributionConfiguration"):
        for place in published.inputs["distributions"]:
            assert "launchPermission" not in place["amiDistributionConfiguration"]


def test_servers_are_reached_by_session_manager_and_have_no_keys(program: Program) -> None:
    managed = {
        a.inputs["role"]
        for a in program.all("iam/rolePolicyAttachment:RolePolicyAttachment")
        if a.inputs["policyArn"].endswith(":policy/AmazonSSMManagedInstanceCore")
    }
    profiles = {p.outputs["arn"]: p for p in program.all("iam/instanceProfile:InstanceProfile")}
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        assert profiles[template.inputs["iamInstanceProfile"]["arn"]].inputs["role"] in managed, template.name
        assert "keyName" not in template.inputs, template.name
    assert [r.name for r in program.any("iam/user:User", "iam/accessKey:AccessKey", "ec2/keyPair:KeyPair")] == []


def test_fleets_launch_from_templates_only(program: Program) -> None:
    assert program.any("ec2/launchConfiguration:LaunchConfiguration") == []
    for group in program.all("autoscaling/group:Group"):
        assert "launchTemplate" in group.inputs or "mixedInstancesPolicy" in group.inputs, group.name


def test_fleets_behind_a_load_balancer_are_judged_by_it(program: Program) -> None:
    behind = [g for g in program.all("autoscaling/group:Group") if g.inputs.get("targetGroupArns")]
    assert behind
    for group in behind:
        assert group.inputs["healthCheckType"] == "ELB"
        assert group.inputs["healthCheckGracePeriod"] > 0


def test_fleets_span_zones_unless_they_follow_a_volume(program: Program) -> None:
    for group in program.all("autoscaling/group:Group"):
        zones = {zone_of(program, subnet) for subnet in group.inputs["vpcZoneIdentifiers"]}
        follows = any(tag["key"] == "elasticweb:attaches" for tag in group.inputs["tags"])
        assert len(zones) == 1 if follows else len(zones) >= 2, group.name


def test_instance_types_are_nitro(program: Program) -> None:
    paravirtual = re.compile(r"(c1|cc2|cr1|hi1|hs1|m1|m2|t1|c3|m3|r3|i2|g2|c4|m4|r4|t2|d2|x1|p2)\.")
    for template in program.all("ec2/launchTemplate:LaunchTemplate"):
        assert not paravirtual.match(template.inputs["instanceType"]), template.name

"""What auditors ask of the whole, and of the document that says so (docs/security.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.programs import ROOT, Program

from .asked import nat, zone_of

# Types of which nothing is asked here but what is asked of all (policies and secrets are found wherever they are). A
# type that is neither here nor in a test is new: find out what auditors ask of it (Security Hub user guide, "Security
# Hub controls reference"), then test that or add the type here.
NOTHING_TO_ASK = {
    "backup/selection:Selection",
    "acm/certificateValidation:CertificateValidation",
    "appautoscaling/policy:Policy",
    "appautoscaling/scheduledAction:ScheduledAction",
    "appautoscaling/target:Target",
    "autoscaling/lifecycleHook:LifecycleHook",
    "autoscaling/policy:Policy",
    "cloudwatch/eventRule:EventRule",
    "cloudwatch/eventTarget:EventTarget",
    "autoscaling/schedule:Schedule",
    "ec2/eip:Eip",
    "ec2/internetGateway:InternetGateway",
    "ec2/routeTable:RouteTable",
    "iam/rolePolicy:RolePolicy",
    "imagebuilder/component:Component",
    "imagebuilder/imagePipeline:ImagePipeline",
    "imagebuilder/lifecyclePolicy:LifecyclePolicy",
    "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    "lambda/invocation:Invocation",
    "lb/targetGroup:TargetGroup",
    "route53/record:Record",
    "s3/bucketNotification:BucketNotification",
    "secretsmanager/secretVersion:SecretVersion",
    "ssm/parameter:Parameter",
}

# Sections of docs/security.md in which every row names a test.
TESTED = ("What is met", "Settings that prod has on")


def test_prod_survives_the_loss_of_any_zone(prod: Program) -> None:
    every = {s.inputs["availabilityZone"] for s in prod.all("ec2/subnet:Subnet")}
    assert len(every) == 3
    spread = {
        "load balancer": prod.all("lb/loadBalancer:LoadBalancer")[0].inputs["subnets"],
        "fleet": prod.where("autoscaling/group:Group", healthCheckType="ELB")[0].inputs["vpcZoneIdentifiers"],
        "databases": prod.all("rds/subnetGroup:SubnetGroup")[0].inputs["subnetIds"],
        "mount targets": [t.inputs["subnetId"] for t in prod.all("s3/filesMountTarget:FilesMountTarget")],
        "NAT": [n.inputs["subnetId"] for n in prod.all("ec2/natGateway:NatGateway")],
    }
    for what, subnets in spread.items():
        assert {zone_of(prod, s) for s in subnets} == every, what
    nats = {n.id: zone_of(prod, n.inputs["subnetId"]) for n in prod.all("ec2/natGateway:NatGateway")}
    out = {r.inputs["routeTableId"]: nats[r.inputs["natGatewayId"]] for r in prod.all("ec2/route:Route") if nat(r)}
    for association in prod.all("ec2/routeTableAssociation:RouteTableAssociation"):
        if association.inputs["routeTableId"] in out:
            assert out[association.inputs["routeTableId"]] == zone_of(prod, association.inputs["subnetId"])
    assert len(prod.all("rds/instance:Instance")) >= 2


def test_every_type_that_is_made_has_been_looked_at(program: Program) -> None:
    looked_at = {*re.findall(r'"([\w/]+:\w+|Bucket\w+)"', here())}
    made = {r.type.removeprefix("aws:") for r in program.resources}
    assert [t for t in sorted(made - NOTHING_TO_ASK) if not {t, t.partition(":")[2]} & looked_at] == []


def test_every_control_of_the_document_is_met_by_a_test_or_given_a_reason() -> None:
    tests = {
        node.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }
    for section, cells in rows():
        named = {*re.findall(r"`(test_\w+)`", cells[-1])}
        assert named - tests == set(), f"docs/security.md names tests that are not there, at {cells[0]}"
        assert named or section not in TESTED, f"docs/security.md names no test for {cells[0]}"
        assert all(cells), f"docs/security.md leaves a cell empty at {cells[0]}"


def test_every_test_here_is_in_the_document() -> None:
    text = (ROOT / "docs/security.md").read_text()
    asked = re.findall(r"^def (test_\w+)", here(), re.MULTILINE)
    assert [name for name in asked if name not in text and "document" not in name] == []


def test_no_control_of_the_document_is_both_met_and_not() -> None:
    ids: dict[str, set[str]] = {}
    for section, cells in rows():
        for control in re.findall(r"[A-Z][A-Za-z]*\d?\.\d+", cells[0]):
            ids.setdefault(control, set()).add("met" if section in TESTED else "not met")
    assert len(ids) > 100
    both = {control for control, where in ids.items() if len(where) > 1}
    assert both == set()


def here() -> str:
    """All tests of controls."""
    return "\n".join(file.read_text() for file in sorted(Path(__file__).parent.glob("*.py")))


def rows() -> Iterator[tuple[str, list[str]]]:
    """Rows of the document's tables with the section that they are in."""
    section, header = "", False
    for line in (ROOT / "docs/security.md").read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        if not line.startswith("|"):
            header = True
        elif header or set(line) <= {"|", "-", " "}:
            header = False
        else:
            yield section, [cell.strip() for cell in line.strip("|").split("|")]

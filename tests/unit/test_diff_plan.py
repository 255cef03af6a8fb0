"""What happens to which resource: pairs, aliases, references, ignored changes and what follows from a replacement."""

import base64
import gzip
import json
from typing import Any

import pytest

from rehearsal.compare.graph import CompareError, parse_graph
from rehearsal.compare.paths import contains, parse_path, reset, show_path

from .diff_graphs import DB, Program, counts, diff, entry, said

BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
DATABASE, GROUP = "aws:rds/instance:Instance", "aws:autoscaling/group:Group"
TEMPLATE, VPC, SUBNET = "aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"


def program(**changed: Any) -> Program:
    """A web tier with a database; *changed* names what differs."""
    made = Program()
    tier = made.component(changed.get("tier", "web"), **changed.get("tier_options", {}))
    name = changed.get("tier", "web")
    vpc = made.add(VPC, f"{name}-vpc", {"cidrBlock": changed.get("cidr", "10.0.0.0/16")}, parent=tier)
    subnet = made.add(
        SUBNET,
        f"{name}-subnet",
        {"vpcId": vpc["id"], "cidrBlock": "10.0.1.0/24"},
        parent=tier,
        deps={"vpcId": [vpc]},
    )
    data = changed.get("user_data", "#!/bin/bash\necho hello\n")
    packed = base64.b64encode(gzip.compress(data.encode(), mtime=0)).decode()
    template = made.add(
        TEMPLATE,
        f"{name}-template",
        {"userData": packed, "metadataOptions": {"httpPutResponseHopLimit": 1}},
        parent=tier,
        outputs={"latestVersion": 1},
    )
    made.add(
        GROUP,
        f"{name}-group",
        {
            "minSize": 2,
            "vpcZoneIdentifiers": [subnet["id"]],
            "launchTemplate": {"id": template["id"], "version": "1"},
        },
        parent=tier,
        deps={"vpcZoneIdentifiers": [subnet], "launchTemplate": [template]},
    )
    return made


def test_equal_graphs_differ_in_nothing() -> None:
    report = diff(program(), program())
    assert counts(report) == {"unchanged": 5}
    assert report["status"] == 0
    assert not report["components"]


def test_a_component_renamed_with_an_alias_takes_its_children_along() -> None:
    report = diff(program(), program(tier="www", tier_options={"aliases": [{"name": "web"}]}))
    assert counts(report) == {"rename": 5}, report["components"]
    assert report["status"] == 2
    assert entry(report, "www-vpc")["renamedFrom"].endswith("::web-vpc")


def test_a_component_renamed_without_an_alias_is_another_one() -> None:
    report = diff(program(), program(tier="www"))
    assert counts(report) == {"create": 5, "delete": 5}


@pytest.mark.parametrize(
    "alias",
    [
        "urn:pulumi:prod::elasticweb::elasticweb:index:Storage$aws:s3/bucket:Bucket::old",
        {"name": "old", "parentUrn": "urn:pulumi:prod::elasticweb::elasticweb:index:Storage::storage"},
        {
            "name": "old",
            "parentUrn": "urn:pulumi:prod::elasticweb::elasticweb:index:Storage::storage",
            "type": BUCKET,
            "stack": "prod",
            "project": "elasticweb",
        },
    ],
)
def test_a_resource_that_moves_under_another_name_and_parent_is_followed(alias: Any) -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "old", {}, parent=base.component("storage", "elasticweb:index:Storage"), protect=True)
    head.component("storage", "elasticweb:index:Storage")
    head.add(BUCKET, "new", {}, parent=head.component("files", "elasticweb:index:Files"), protect=True, aliases=[alias])
    assert counts(diff(base, head)) == {"create": 1, "rename": 1, "unchanged": 1}


def test_a_resource_that_moves_into_a_component_is_followed_by_an_alias_without_parent() -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "files", {})
    tier = head.component("storage")
    head.add(BUCKET, "files", {}, parent=tier, aliases=[{"noParent": True}])
    assert counts(diff(base, head)) == {"create": 1, "rename": 1}


def test_child_with_an_alias_of_its_own_below_a_renamed_parent_is_followed() -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "a-files", {}, parent=base.component("a"))
    head.add(BUCKET, "b-data", {}, parent=head.component("b", aliases=[{"name": "a"}]), aliases=[{"name": "b-files"}])
    assert counts(diff(base, head)) == {"rename": 2}


def test_urns_of_the_mocks_which_leave_out_grandparents_are_made_whole() -> None:
    def side(tier: str, **options: Any) -> Program:
        made = Program()
        top = made.component("site", "elasticweb:index:Environment")
        middle = made.component(tier, "elasticweb:index:WebTier", top, **options)
        bucket = made.add(BUCKET, f"{tier}-files", {}, parent=middle)
        bucket["urn"] = f"urn:pulumi:prod::elasticweb::elasticweb:index:WebTier${BUCKET}::{tier}-files"
        made.add(POLICY, f"{tier}-policy", {"bucket": bucket["id"]}, parent=middle, deps={"bucket": [bucket]})
        made.resources[-1]["urn"] = f"urn:pulumi:prod::elasticweb::elasticweb:index:WebTier${POLICY}::{tier}-policy"
        return made

    report = diff(side("a"), side("b", aliases=[{"name": "a"}]))
    assert counts(report) == {"rename": 3, "unchanged": 1}
    whole = "urn:pulumi:prod::elasticweb::elasticweb:index:Environment$elasticweb:index:WebTier$"
    assert entry(report, "b-files")["urn"] == f"{whole}{BUCKET}::b-files"


def test_the_own_urn_wins_over_an_alias() -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "one", {"tags": {"n": "1"}})
    base.add(BUCKET, "two", {"tags": {"n": "2"}})
    head.add(BUCKET, "two", {"tags": {"n": "2"}}, aliases=[{"name": "one"}])
    report = diff(base, head)
    assert counts(report) == {"delete": 1, "unchanged": 1}


def test_an_alias_that_is_still_declared_is_an_error_as_in_the_engine() -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "one", {})
    head.add(BUCKET, "two", {}, aliases=[{"name": "one"}])
    head.add(BUCKET, "one", {})
    with pytest.raises(CompareError, match="still declared"):
        diff(base, head)


def test_two_resources_with_one_alias_are_an_error() -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "one", {})
    head.add(BUCKET, "two", {}, aliases=[{"name": "one"}])
    head.add(BUCKET, "three", {}, aliases=[{"name": "one"}])
    with pytest.raises(CompareError, match="both have the alias"):
        diff(base, head)


def test_a_type_that_changes_under_an_alias_is_no_new_resource() -> None:
    base, head = Program(), Program()
    base.add("aws:s3/bucketV2:BucketV2", "files", {})
    head.add(BUCKET, "files", {}, aliases=[{"type": "aws:s3/bucketV2:BucketV2"}])
    assert counts(diff(base, head)) == {"update": 1}


def test_a_replaced_network_takes_along_what_stands_in_it() -> None:
    report = diff(program(), program(cidr="10.9.0.0/16"))
    assert counts(report) == {"replace": 2, "update": 1, "unchanged": 2}
    subnet = entry(report, "web-subnet")
    assert [(p["path"], p["replaces"], p["note"]) for p in subnet["properties"]] == [
        ("vpcId", True, "known after the replace of web-vpc")
    ]
    assert subnet["properties"][0]["new"] == "${web-vpc.id}"
    assert entry(report, "web-group")["action"] == "update"


def test_new_user_data_reaches_the_group_by_the_version_of_the_template() -> None:
    report = diff(program(), program(user_data="#!/bin/bash\necho bye\n"))
    assert counts(report) == {"update": 2, "unchanged": 3}
    assert entry(report, "web-template")["properties"][0]["old"] == "#!/bin/bash\necho hello\n"
    version = entry(report, "web-group")["properties"][0]
    assert (version["path"], version["new"]) == ("launchTemplate.version", "${web-template.latestVersion}")


def test_a_value_made_from_a_replaced_resource_changes_even_where_nothing_of_it_is_seen() -> None:
    def side(name: str) -> Program:
        made = Program()
        bucket = made.add(BUCKET, "files", {"bucket": name})
        made.add("aws:ssm/parameter:Parameter", "hash", {"value": "0a1b2c"}, deps={"value": [bucket]})
        return made

    report = diff(side("one-bucket"), side("two-bucket"))
    assert entry(report, "hash")["properties"][0]["note"] == "made from files, which is replaced"


def test_a_value_that_the_program_gave_the_replaced_resource_is_known() -> None:
    def side(encrypted: bool) -> Program:
        made = Program()
        database = made.add(DATABASE, "db", {**DB, "storageEncrypted": encrypted, "port": 3307})
        made.add("aws:ssm/parameter:Parameter", "port", {"value": "3307"}, deps={"value": [database]})
        return made

    report = diff(side(True), side(False))
    assert counts(report) == {"replace": 1, "unchanged": 1}


def test_a_replacement_goes_on_through_several_resources() -> None:
    def side(cidr: str) -> Program:
        made = Program()
        at = made.add(VPC, "vpc", {"cidrBlock": cidr})
        for number in range(4):
            at = made.add(SUBNET, f"s{number}", {"vpcId": at["id"]}, deps={"vpcId": [at]})
        return made

    assert counts(diff(side("10.0.0.0/16"), side("10.1.0.0/16"))) == {"replace": 5}


def test_ignored_changes_are_no_changes() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"minSize": 5, "desiredCapacity": 5, "tags": {"a": "1", "b": "1"}})
    head.add(
        GROUP,
        "g",
        {"minSize": 1, "desiredCapacity": 9, "tags": {"a": "2", "b": "1", "c": "3"}},
        ignoreChanges=["minSize", "desiredCapacity", "tags.a", 'tags["c"]'],
    )
    report = diff(base, head)
    assert [p["path"] for p in entry(report, "g")["properties"]] == ["options.ignoreChanges"]
    assert not report["dangers"]


def test_only_the_heads_ignored_changes_count() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"minSize": 5}, ignoreChanges=["minSize"])
    head.add(GROUP, "g", {"minSize": 1})
    assert any("falls from 5 to 1 at all times" in text for text in said(diff(base, head)))


def test_ignored_references_do_not_replace() -> None:
    def side(cidr: str) -> Program:
        made = Program()
        vpc = made.add(VPC, "vpc", {"cidrBlock": cidr})
        made.add(SUBNET, "s", {"vpcId": vpc["id"]}, deps={"vpcId": [vpc]}, ignoreChanges=["vpcId"])
        return made

    assert counts(diff(side("10.0.0.0/16"), side("10.1.0.0/16"))) == {"replace": 1, "unchanged": 1}


def test_replace_on_changes_replaces() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"tags": {"a": "1"}}, replaceOnChanges=["tags.*"])
    head.add(GROUP, "g", {"tags": {"a": "2"}}, replaceOnChanges=["tags.*"])
    assert counts(diff(base, head)) == {"replace": 1}


def test_what_aws_fills_in_stays_when_it_is_left_out() -> None:
    base, head = Program(), Program()
    base.add(DATABASE, "db", {**DB, "kmsKeyId": "key", "publiclyAccessible": False})
    head.add(DATABASE, "db", {k: v for k, v in DB.items() if k != "backupRetentionPeriod"})
    assert counts(diff(base, head)) == {"unchanged": 1}


def test_numbers_as_text_empty_values_and_the_order_of_sets_are_no_changes() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"minSize": 2, "tags": {}, "vpcZoneIdentifiers": ["s-1", "s-2"], "x": "true"})
    head.add(GROUP, "g", {"minSize": "2", "vpcZoneIdentifiers": ["s-2", "s-1"], "x": True})
    assert counts(diff(base, head)) == {"unchanged": 1}


def test_the_order_of_a_list_is_a_change() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"commands": ["a", "b"]})
    head.add(GROUP, "g", {"commands": ["b", "a"]})
    assert counts(diff(base, head)) == {"update": 1}


def test_policies_are_compared_by_what_they_say() -> None:
    def side(*statements: dict[str, Any], one: bool = False) -> Program:
        made = Program()
        document = {"Version": "2012-10-17", "Statement": statements[0] if one else list(statements)}
        made.add("aws:iam/rolePolicy:RolePolicy", "p", {"policy": json.dumps(document)})
        return made

    first = {"Sid": "A", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}
    second = {"Sid": "B", "Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}
    swapped = {**second, "Action": ["s3:GetObject", "s3:PutObject"]}
    assert counts(diff(side(first, second), side(swapped, first))) == {"unchanged": 1}
    assert counts(diff(side({**first, "Action": "s3:GetObject"}, one=True), side(first))) == {"unchanged": 1}
    report = diff(side(first, second), side(first, {**second, "Resource": "arn:aws:s3:::c/*"}))
    assert [p["path"] for p in entry(report, "p")["properties"]] == ["policy.Statement[1].Resource[0]"]


def test_a_removed_first_element_is_one_change() -> None:
    base, head = Program(), Program()
    base.add(GROUP, "g", {"rules": [{"id": i} for i in "abc"]})
    head.add(GROUP, "g", {"rules": [{"id": i} for i in "bc"]})
    properties = entry(diff(base, head), "g")["properties"]
    assert [(p["path"], p["action"]) for p in properties] == [("rules[0]", "remove")]


def test_options_that_steer_a_deployment_are_shown_and_versions_are_not() -> None:
    base, head = Program(), Program()
    base.add(BUCKET, "b", {}, version="7.50.0")
    head.add(BUCKET, "b", {}, version="7.51.1", deleteBeforeReplace=True)
    properties = entry(diff(base, head), "b")["properties"]
    assert [p["path"] for p in properties] == ["options.deleteBeforeReplace"]


def test_a_new_stack_creates_everything_and_a_stack_that_goes_deletes_it() -> None:
    report = diff(None, program())
    assert counts(report) == {"create": 5}
    assert report["notes"] == ["The stack is new: everything is created."]
    assert report["status"] == 2
    report = diff(program(), None)
    assert counts(report) == {"delete": 5}
    assert report["status"] == 3


def test_outputs_follow_renames_and_replacements() -> None:
    def side(tier: str, cidr: str, **options: Any) -> Program:
        made = program(tier=tier, cidr=cidr, tier_options=options)
        made.outputs = {"vpc_id": made.resources[1]["id"], "url": "http://x"}
        return made

    base = side("web", "10.0.0.0/16")
    renamed = side("www", "10.0.0.0/16", aliases=[{"name": "web"}])
    assert diff(base, renamed)["outputs"] == []
    replaced = diff(base, side("web", "10.1.0.0/16"))["outputs"]
    assert [(o["name"], o["note"]) for o in replaced] == [("vpc_id", "known after the replace of web-vpc")]
    more = side("web", "10.0.0.0/16")
    more.outputs = {"vpc_id": more.resources[1]["id"], "host": "h"}
    assert [(o["name"], o["action"]) for o in diff(base, more)["outputs"]] == [("host", "add"), ("url", "remove")]


def test_another_region_replaces_what_is_regional_and_default_tags_change_everything() -> None:
    def side(region: str, tags: dict[str, str]) -> Program:
        made = Program(aws__region=region, aws__defaultTags={"tags": tags})
        made.add("aws:sqs/queue:Queue", "q", {})
        return made

    report = diff(side("eu-central-1", {"a": "1"}), side("eu-west-1", {"a": "2"}))
    assert counts(report) == {"replace": 1}
    assert said(report, "data")
    assert [c["name"] for c in report["configuration"]] == ["aws:defaultTags", "aws:region"]
    same = diff(side("eu-central-1", {"a": "1"}), side("eu-central-1", {"a": "2"}))
    assert (same["status"], counts(same)) == (2, {"unchanged": 1})
    assert any("default tags" in note for note in same["notes"])


def test_a_replaced_provider_or_owner_replaces_what_is_its_own() -> None:
    def side(region: str) -> Program:
        made = Program()
        provider = made.add("pulumi:providers:aws", "there", {"region": region})
        vpc = made.add(VPC, "vpc", {"cidrBlock": "10.0.0.0/16"}, provider=f"{provider['urn']}::{provider['id']}")
        made.add(SUBNET, "subnet", {"cidrBlock": "10.0.0.0/24"}, deletedWith=vpc["urn"])
        return made

    from rehearsal.compare.facts import from_entries  # noqa: PLC0415
    from rehearsal.compare.report import compare  # noqa: PLC0415
    from rehearsal.services import entry as find  # noqa: PLC0415

    report = compare(side("eu-central-1").graph(), side("eu-west-1").graph(), from_entries(find))
    assert counts(report) == {"replace": 3}
    assert entry(report, "vpc")["properties"][0]["note"] == "there is replaced"


def test_what_is_only_read_is_not_deployed() -> None:
    base, head = Program(), Program()
    base.add(VPC, "theirs", {"cidrBlock": "10.0.0.0/16"}, read=True)
    head.add(VPC, "others", {"cidrBlock": "10.1.0.0/16"}, read=True)
    assert counts(diff(base, head)) == {}
    assert counts(diff(Program(), head)) == {}


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ([], "no JSON object"),
        ({}, "no list of resources"),
        ({"resources": [{"type": "a", "name": "b"}]}, "without urn"),
        ({"resources": [{"urn": "u", "type": "a", "name": "b", "inputs": []}]}, "inputs must be an object"),
        ({"resources": [{"urn": "u", "type": "a", "name": "b"}] * 2}, "two resources u"),
    ],
)
def test_what_is_no_graph_is_refused_in_one_line(raw: Any, error: str) -> None:
    with pytest.raises(CompareError, match=error):
        parse_graph(raw)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("tags.Name", ("tags", "Name")),
        ("ingress[0].cidrBlocks[1]", ("ingress", 0, "cidrBlocks", 1)),
        ('tags["a.b"].c', ("tags", "a.b", "c")),
        ("rules[*].id", ("rules", "*", "id")),
        ("*", ("*",)),
        ("", None),
        ("a[", None),
        (".a", None),
    ],
)
def test_paths_are_read_as_the_engine_reads_them(text: str, path: Any) -> None:
    assert parse_path(text) == path
    if path and "*" not in path:
        assert parse_path(show_path(path)) == path


def test_paths_contain_and_reset() -> None:
    assert contains(("a", "*", "c"), ("a", 1, "c", "d"))
    assert not contains(("a", "b"), ("a",))
    assert reset(("a", "*", "x"), {"a": [{"x": 1}, {"x": 2}]}, {"a": [{"x": 9, "y": 1}]}) == {"a": [{"x": 1, "y": 1}]}
    assert reset(("a", 1), {"a": [1, 2]}, {"a": [5]}) == {"a": [5]}
    assert reset(("*",), {"a": 1}, {"b": 2}) == {"a": 1}

"""What the engine and the plugin say to each other, shown with programs of a few lines."""

import json
from collections.abc import Iterator
from textwrap import dedent

import pytest

from tests.engine.site import Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PROJECT = {
    "Pulumi.yaml": "name: small\nruntime: {name: python, options: {virtualenv: .venv}}\n",
    "Pulumi.dev.yaml": "config:\n  aws:region: eu-central-1\n",
    ".gitignore": "__pycache__/\n",
}

WITHOUT_IMPORT = """
    import pulumi, pulumi_aws as aws
    aws.s3.Bucket("archive", bucket="an-old-archive", tags={"kept": "yes"})
"""

WITH_IMPORT = """
    import pulumi, pulumi_aws as aws
    aws.s3.Bucket("archive", bucket="an-old-archive", tags={"kept": "yes"}, opts=pulumi.ResourceOptions(
        import_="an-old-archive"))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("small"), "dev", PROJECT | {"__main__.py": dedent(WITH_IMPORT)})
    yield made
    made.run("stop")


def test_a_stage_of_small_programs(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        what_does_not_exist_cannot_be_imported,
        an_existing_bucket_is_imported,
        the_import_option_can_go_afterwards,
        what_aws_would_refuse_is_one_line,
        a_resource_that_is_not_known_is_one_line,
        what_others_have_changed_shows_in_a_refresh,
        what_others_have_deleted_is_made_anew,
        providers_of_ones_own_and_what_exists_are_used,
        a_setting_of_the_rehearsal_alone_stays_out_of_the_checkout,
        an_emulator_that_died_is_noticed,
        after_stop_all_begins_afresh,
    )


def what_does_not_exist_cannot_be_imported(site: Site) -> None:
    told = site.pulumi("up --yes --skip-preview", fails=True)
    assert "an-old-archive" in told
    assert "does not exist" in told


def an_existing_bucket_is_imported(site: Site) -> None:
    where = {"LocationConstraint": "eu-central-1"}
    site.api("s3", "create_bucket", Bucket="an-old-archive", CreateBucketConfiguration=where)
    tags = {"TagSet": [{"Key": "kept", "Value": "yes"}]}
    site.api("s3", "put_bucket_tagging", Bucket="an-old-archive", Tagging=tags)
    assert by_op(site.deploy("up")) == {"import": {"archive"}}
    assert site.resource("archive")["outputs"]["arn"] == "arn:aws:s3:::an-old-archive"


def the_import_option_can_go_afterwards(site: Site) -> None:
    _program(site, WITHOUT_IMPORT)
    assert site.deploy("up", "--expect-no-changes") == []


def what_aws_would_refuse_is_one_line(site: Site) -> None:
    _program(site, WITHOUT_IMPORT + '    aws.ec2.Vpc("net", cidr_block="10.0.0.0/30")\n')
    told = site.pulumi("up --yes --skip-preview", fails=True)
    assert "InvalidVpc.Range: The CIDR '10.0.0.0/30' is invalid." in told
    assert "Traceback" not in told.split("Diagnostics:")[1].split("aws:ec2:Vpc (net):")[1]


def a_resource_that_is_not_known_is_one_line(site: Site) -> None:
    _program(site, WITHOUT_IMPORT + '    aws.iot.Thing("thing")\n')
    told = site.pulumi("preview", fails=True)
    assert "the rehearsal does not know the resource type aws:iot/thing:Thing" in told


def what_others_have_changed_shows_in_a_refresh(site: Site) -> None:
    _program(site, WITHOUT_IMPORT)
    tags = {"TagSet": [{"Key": "kept", "Value": "no"}]}
    site.api("s3", "put_bucket_tagging", Bucket="an-old-archive", Tagging=tags)
    assert by_op(site.deploy("refresh")) == {"update": {"archive"}}
    assert by_op(site.deploy("up")) == {"update": {"archive"}}
    assert site.api("s3", "get_bucket_tagging", Bucket="an-old-archive")["TagSet"] == [{"Key": "kept", "Value": "yes"}]


def what_others_have_deleted_is_made_anew(site: Site) -> None:
    site.api("s3", "delete_bucket", Bucket="an-old-archive")
    assert by_op(site.deploy("up", "--refresh")) == {"create": {"archive"}}


def providers_of_ones_own_and_what_exists_are_used(site: Site) -> None:
    (network,) = site.client("ec2", "us-west-2").describe_vpcs()["Vpcs"]
    text = f"""
        there = aws.Provider("there", region="us-west-2", default_tags={{"tags": {{"place": "west"}}}})
        opts = pulumi.ResourceOptions(provider=there)
        net = aws.ec2.Vpc.get("net", "{network["VpcId"]}", opts=opts)
        aws.ec2.SecurityGroup("group", vpc_id=net.id, description="of mine", opts=opts)
        pulumi.export("cidr", net.cidr_block)
        pulumi.export("region", aws.get_region_output(opts=pulumi.InvokeOutputOptions(provider=there)).region)
    """
    _program(site, dedent(WITHOUT_IMPORT) + dedent(text))
    assert by_op(site.deploy("up")) == {"create": {"group"}}
    assert site.deploy("up", "--refresh", "--expect-no-changes") == []
    assert site.resource("group")["outputs"]["tagsAll"] == {"place": "west"}
    told = site.pulumi("stack output --json")
    assert json.loads(told) == {"cidr": network["CidrBlock"], "region": "us-west-2"}
    _program(site, WITHOUT_IMPORT)
    assert by_op(site.deploy("up")) == {"delete": {"group"}, "discard": {"net"}}


def a_setting_of_the_rehearsal_alone_stays_out_of_the_checkout(site: Site) -> None:
    site.pulumi("config set --secret small:key something")
    assert "something" in site.pulumi("config get small:key")
    assert site.untouched()


def an_emulator_that_died_is_noticed(site: Site) -> None:
    site.kill_emulator()
    told = site.pulumi("up --yes", fails=True)
    assert told.count("\n") == 1
    assert "has ended, and with it all that the state of dev speaks of" in told
    assert "python -m rehearsal stop" in told


def after_stop_all_begins_afresh(site: Site) -> None:
    told, _ = site.run("stop")
    assert "had ended already" in told
    assert "forgotten: dev" in told
    assert site.run("stop")[0] == "no emulator is running\n"
    assert by_op(site.deploy("up")) == {"create": {"archive"}}


def _program(site: Site, text: str) -> None:
    (site.checkout / "__main__.py").write_text(dedent(text))
    site.commit()

"""A golden image under the real engine: what a change of its machine does, and who owns the parameter's value."""

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
PARAMETER = "/imagebuilder/small/dev/web"


def program(packages: str, tag: str = "one") -> str:
    return dedent(f"""\
        import pulumi_aws as aws
        from components import GoldenImage

        net = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16")
        subnet = aws.ec2.Subnet("subnet", vpc_id=net.id, cidr_block="10.0.0.0/24")
        GoldenImage("web", {{
            "vpc_id": net.id,
            "subnet_id": subnet.id,
            "machine": {{"packages": {packages}}},
            "tags": {{"team": "{tag}"}},
        }})
        """)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("golden"), "dev", PROJECT | {"__main__.py": program('["nginx"]')})
    yield made
    made.run("stop")


def test_a_golden_image_from_its_beginning_to_its_end(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(
        site,
        subtests,
        it_is_made_once,
        another_package_makes_another_recipe_for_the_same_pipeline,
        a_deployment_leaves_the_value_of_image_builder_alone,
        it_goes,
    )


def it_is_made_once(site: Site) -> None:
    assert {*by_op(site.deploy("up"))} == {"create"}
    assert site.deploy("up", "--expect-no-changes") == []


def another_package_makes_another_recipe_for_the_same_pipeline(site: Site) -> None:
    before = site.resource("web-recipe")["outputs"]
    _program(site, program('["nginx", "php"]'))
    done = by_op(site.deploy("up"))
    # The successors are there before the pipeline turns to them, and what they replace goes last.
    assert done.pop("update") == {"web-pipeline"}
    for replaced in done.values():
        assert replaced == {"web-files-1", "web-recipe"}
    after = site.resource("web-recipe")["outputs"]
    assert after["name"] == before["name"]
    assert after["version"] != before["version"]
    assert site.resource("web-pipeline")["outputs"]["imageRecipeArn"] == after["arn"]


def a_deployment_leaves_the_value_of_image_builder_alone(site: Site) -> None:
    built = {"Name": PARAMETER, "Value": "ami-0fedcba9876543210", "DataType": "aws:ec2:image", "Overwrite": True}
    site.api("ssm", "put_parameter", **built, Type="String")
    assert site.deploy("up", "--expect-no-changes") == []
    for tag, refresh in (("two", []), ("three", ["--refresh"])):
        _program(site, program('["nginx", "php"]', tag))
        assert "web-parameter" in by_op(site.deploy("up", *refresh))["update"], "its tags"
        assert site.api("ssm", "get_parameter", Name=PARAMETER)["Parameter"]["Value"] == "ami-0fedcba9876543210"


def it_goes(site: Site) -> None:
    assert {*by_op(site.deploy("destroy"))} == {"delete"}
    assert site.state() == []


def _program(site: Site, text: str) -> None:
    (site.checkout / "__main__.py").write_text(text)
    site.commit()

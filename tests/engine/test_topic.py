"""The topic of the alarms, once the web tier's, becomes the environment's under the real engine: it stays the same."""

from collections.abc import Iterator
from textwrap import dedent

import pytest

from tests.engine.site import Site, by_op, run_steps

pytestmark = [pytest.mark.engine, pytest.mark.slow]

COMPONENTS = """
    import pulumi
    from components import _topic

    environment = pulumi.ComponentResource("elasticweb:index:Environment", "site")
    tier = pulumi.ComponentResource(
        "elasticweb:index:WebTier", "site-web", opts=pulumi.ResourceOptions(parent=environment)
    )
"""

# As a web tier that stands alone makes it, and as one in an environment did.
BEFORE = """
    _topic.topic(_topic.Owner("site-web", tier, True, {}), ["ops@example.org"], web=True)
"""

AFTER = """
    formerly = "site-web", pulumi.create_urn("site-web", "elasticweb:index:WebTier", environment)
    owner = _topic.Owner("site", environment, True, {}, formerly)
    _topic.topic(owner, ["ops@example.org"], web=True, databases=True)
"""

PARTS = ("-alarms", "-alarms-key", "-alarms-policy", "-alarms-to-ops-at-example.org")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    made = Site(tmp_path_factory.mktemp("topic"), "dev")
    _program(made, BEFORE)
    yield made
    made.run("stop")


def test_a_topic_changes_hands(site: Site, subtests: pytest.Subtests) -> None:
    run_steps(site, subtests, the_tier_has_a_topic, the_environment_takes_it_over, a_second_up_changes_nothing)


def the_tier_has_a_topic(site: Site) -> None:
    created = by_op(site.deploy("up"))["create"]
    assert {f"site-web{part}" for part in PARTS} <= created


def the_environment_takes_it_over(site: Site) -> None:
    before = [site.resource(f"site-web{part}")["id"] for part in PARTS]
    told = site.api("sns", "list_subscriptions")["Subscriptions"]
    _program(site, AFTER)
    done = by_op(site.deploy("up"))
    assert set(done) == {"update"}
    assert done["update"] <= {"site-alarms", "site-alarms-key", "site-alarms-policy"}
    assert [site.resource(f"site{part}")["id"] for part in PARTS] == before
    assert site.api("sns", "list_subscriptions")["Subscriptions"] == told, "nobody has to confirm again"


def a_second_up_changes_nothing(site: Site) -> None:
    assert site.deploy("up", "--expect-no-changes") == []


def _program(site: Site, text: str) -> None:
    (site.checkout / "__main__.py").write_text(dedent(COMPONENTS) + dedent(text))
    site.commit()

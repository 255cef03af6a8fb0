"""What holds for every public component; test_rules.py shows that each of these tests can fail."""

from typing import Any

import pytest

import components
from components._plugin import PACKAGE, Provider, public_components
from rehearsal.recorder import Recording
from tests.contract import rules
from tests.contract.cases import ARGS, making
from tests.recording import recording

PUBLIC: list[Any] = list(public_components(components))


@pytest.fixture(params=PUBLIC, ids=lambda component: component.__name__, scope="module")
def component(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(scope="module")
def recorded(component: Any) -> Recording:
    return recording(making(component, ARGS[component.__name__]))


def test_every_public_component_is_checked_and_has_public_arguments() -> None:
    names = [component.__name__ for component in PUBLIC]
    assert sorted(ARGS) == sorted(names)
    assert {f"{name}Args" for name in names} <= set(components.__all__)


def test_pulumi_infers_a_schema_and_everything_in_it_is_described(component: Any) -> None:
    schema = rules.schema_of(component, Provider)
    assert list(schema["resources"]) == [f"{PACKAGE}:index:{component.__name__}"]
    assert rules.undocumented(schema) == []
    assert rules.without_default(schema) == []


def test_it_is_registered_by_its_own_name(component: Any, recorded: Recording) -> None:
    assert rules.mistyped(component, recorded) == []


def test_children_are_named_after_it(component: Any, recorded: Recording) -> None:
    assert rules.misnamed(component, recorded) == []


def test_every_child_is_inside_it(component: Any, recorded: Recording) -> None:
    assert rules.orphans(component, recorded) == []


def test_it_registers_exactly_the_outputs_that_it_declares(component: Any) -> None:
    assert rules.unregistered(component) == []


def test_a_first_preview_registers_what_the_update_registers(component: Any) -> None:
    assert rules.preview_differs(component) == []


def test_nothing_in_it_has_a_fixed_physical_name(component: Any) -> None:
    assert rules.fixed_names(component) == []


def test_its_tags_reach_everything_that_can_be_tagged(recorded: Recording) -> None:
    assert rules.untagged(recorded) == []


def test_numbers_may_come_as_floats(component: Any) -> None:
    assert rules.other_with_floats(component) == []


def test_an_unknown_argument_is_one_line(component: Any) -> None:
    name = component.__name__
    assert rules.accepts(component, {**ARGS[name], "colour": "red"}, f"{name}: unknown colour; known are ") == []


# What needs no argument is made without one.
@pytest.mark.parametrize("component", [c for c in PUBLIC if c is not components.Backups], ids=lambda c: c.__name__)
def test_a_missing_argument_is_one_line(component: Any) -> None:
    required = sorted(component.__init__.__annotations__["args"].__required_keys__)
    complaint = f"missing {required[0]}" if required else "exactly one of network and existing_network must be given"
    assert rules.accepts(component, {}, f"{component.__name__}: {complaint}") == []


def test_arguments_that_are_no_mapping_are_one_line(component: Any) -> None:
    assert rules.accepts(component, "vpc-1", f"{component.__name__}: args must be a mapping, got 'vpc-1'") == []

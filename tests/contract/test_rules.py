"""Each rule of the contract complains of a component that breaks it, and of nothing else."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
import pytest

from components._args import checked
from components._plugin import Provider
from tests.contract import rules
from tests.contract.cases import TAG, making
from tests.recording import recording


class GoodArgs(TypedDict):
    """What it needs."""

    cidr: NotRequired[str]
    """Addresses. Defaults to some."""

    size: NotRequired[int]
    """How much of it. Defaults to 1."""

    tags: NotRequired[dict[str, pulumi.Input[str]]]
    """Tags. Defaults to none."""


class Good(pulumi.ComponentResource):
    """A component as it should be."""

    bucket: pulumi.Output[str]
    """The bucket."""

    args = MappingProxyType({"cidr": "10.0.0.0/16", "size": 2, "tags": {"team": TAG}})

    def __init__(self, name: str, args: GoodArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("Good", GoodArgs, args)
        super().__init__(f"elasticweb:index:{type(self).__name__}", name, {}, opts)
        self.make(name, args)
        self.register_outputs({"bucket": self.bucket})

    def make(self, name: str, args: Any) -> None:
        bucket = aws.s3.Bucket(
            f"{name}-bucket", tags={**args["tags"], "size": str(args["size"])}, opts=pulumi.ResourceOptions(parent=self)
        )
        self.bucket = bucket.bucket


def more(make: Callable[[Good, str, Any], object]) -> type[Good]:
    """Return a component that makes something more than the good one."""

    class Mutant(Good):
        """A component that is not as it should be."""

        bucket: pulumi.Output[str]
        """The bucket."""

        def make(self, name: str, args: Any) -> None:
            super().make(name, args)
            make(self, name, args)

    return Mutant


def parented(self: Good) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(parent=self)


class Undocumented(Good):
    """One output has no description."""

    bucket: pulumi.Output[str]

    size: pulumi.Output[str]
    """Described."""


class Misregistered(Good):
    """What it registers and what it declares differ."""

    size: pulumi.Output[str]
    """Never registered."""

    def make(self, name: str, args: Any) -> None:
        super().make(name, args)
        self.size = pulumi.Output.from_input("2")


class Renamed(Good):
    """Registered under a foreign name."""

    def __init__(self, name: str, args: GoodArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        pulumi.ComponentResource.__init__(self, "custom:index:Thing", name, {}, opts)
        self.make(name, args)
        self.register_outputs({"bucket": self.bucket})


class Late(Good):
    """It checks its arguments after it has registered itself."""

    def __init__(self, name: str, args: GoodArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        pulumi.ComponentResource.__init__(self, "elasticweb:index:Late", name, {}, opts)
        args = checked("Late", GoodArgs, args)


class NoDefaultArgs(TypedDict):
    """What it needs."""

    size: NotRequired[int]
    """How much of it."""


class NoDefault(Good):
    """An argument does not say what happens without it."""

    def __init__(self, name: str, args: NoDefaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        raise NotImplementedError


def counted(self: Good, name: str, args: Any) -> None:
    aws.s3.Bucket(f"{name}-2", tags={"team": TAG, "size": f"{args['size']}"}, opts=parented(self))


class Uncounted(Good):
    """It takes numbers as they come."""

    def __init__(self, name: str, args: GoodArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        pulumi.ComponentResource.__init__(self, "elasticweb:index:Uncounted", name, {}, opts)
        counted(self, name, args)


MUTANTS: list[tuple[str, Any, list[str]]] = [
    ("misnamed", more(lambda s, _n, _a: aws.s3.Bucket("mine", opts=parented(s))), ["mine"]),
    ("misnamed", more(lambda s, n, _a: aws.sns.Topic(f"{n}-Topic", opts=parented(s))), ["shop-Topic"]),
    ("orphans", more(lambda _s, n, _a: aws.s3.Bucket(f"{n}-orphan")), ["shop-orphan"]),
    ("mistyped", Renamed, ["no elasticweb:index:Renamed called shop"]),
    ("unregistered", Misregistered, ["size"]),
    (
        "preview_differs",
        more(lambda s, n, _a: s.bucket.apply(lambda _: aws.sns.Topic(f"{n}-topic", opts=parented(s)).arn)),
        ["shop-topic"],
    ),
    (
        "fixed_names",
        more(lambda s, n, _a: aws.sns.Topic(f"{n}-topic", name=f"{n}-alarms", opts=parented(s))),
        ["shop-topic: name"],
    ),
    ("untagged", more(lambda s, n, _a: aws.sns.Topic(f"{n}-topic", opts=parented(s))), ["shop-topic"]),
    ("other_with_floats", Uncounted, ["aws:s3/bucket:Bucket shop-2"]),
]


def asked(rule: str, component: Any) -> list[str]:
    found: Any = getattr(rules, rule)
    if rule == "untagged":
        return found(recording(making(component, component.args)))
    if rule in ("mistyped", "misnamed", "orphans"):
        return found(component, recording(making(component, component.args)))
    return found(component)


@pytest.mark.parametrize(("rule", "mutant", "complaints"), MUTANTS)
def test_a_rule_complains_of_what_breaks_it_and_of_nothing_else(rule: str, mutant: Any, complaints: list[str]) -> None:
    assert asked(rule, mutant) == complaints
    assert asked(rule, Good) == []


def test_what_is_not_described_is_found() -> None:
    assert rules.undocumented(rules.schema_of(Good, Provider)) == []
    assert rules.without_default(rules.schema_of(Good, Provider)) == []
    (found,) = rules.undocumented(rules.schema_of(Undocumented, Provider))
    assert found.startswith("elasticweb:index:Undocumented properties bucket")
    assert rules.without_default(rules.schema_of(NoDefault, Provider)) == ["elasticweb:index:NoDefault size"]


def test_descriptions_that_markdown_would_take_for_code_are_found() -> None:
    indented = {"description": "What it is.\n\n    And more."}
    assert rules.undocumented({"resources": {"a:b:C": indented}, "types": {}}) != []


def test_checking_too_late_or_not_at_all_is_found() -> None:
    assert rules.accepts(Good, {"colour": "red"}, "Good: unknown colour") == []
    assert rules.accepts(Late, {"colour": "red"}, "Late: unknown colour") != []
    assert rules.accepts(Good, {"size": 1, "tags": {}}, "Good: unknown") != []

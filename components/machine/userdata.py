"""User data: the rendered document, packed, within EC2's limit and free of secrets."""

import base64
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, cast

import pulumi

from .._args import InvalidArgs
from .._mounts import Mount
from .cloudconfig import cloud_config
from .distributions import FACTS
from .gz import gzip
from .preparation import PREPARE, Surroundings, staged_files
from .spec import Distribution, MachineSpec

LIMIT = 16384
"""Bytes of user data, before base64 (EC2 User Guide, "Work with instance user data": 16 KB in raw form)."""

_RENDERED = {"name", "path", "type", "source", "options", "owner", "packages", "setup"}
"""What of a mount ends up in user data; the rest is for the role and the security group."""


def document(
    component: str,
    machine: MachineSpec,
    mounts: Sequence[Mount],
    distribution: Distribution,
    around: Surroundings | None = None,
) -> str:
    """Return the cloud-config document of a machine whose spec, mounts and surroundings hold no Outputs."""
    return cloud_config(
        f"{FACTS[distribution].title}, prepared by elasticweb. Log: /var/log/cloud-init-output.log",
        staged_files(component, machine, mounts, distribution, around),
        ["/bin/bash", PREPARE],
        machine.get("time_zone"),
    )


def pack(component: str, text: str) -> str:
    """Return the document as EC2 takes it; cloud-init unpacks it."""
    packed = gzip(text.encode())
    if len(packed) > LIMIT:
        raise InvalidArgs(
            f"{component}: machine must fit into {LIMIT} bytes of user data when packed, got {len(packed)}; "
            "fetch large files in a command, or bake them into an image"
        )
    return base64.b64encode(packed).decode()


def check_size(
    component: str, machine: MachineSpec, mounts: Sequence[Mount], distribution: Distribution, around: Surroundings
) -> None:
    """Raise `InvalidArgs` when what is known already is too large; an Output counts as one character."""
    given = _replaced(machine, mounts, around, lambda _field, _output: "x")
    text = document(component, given["machine"], given["mounts"], distribution, given["around"])
    if len(text.encode()) > LIMIT * 8 // 9:  # a byte never takes more than nine bits
        pack(component, text)


def user_data(
    component: str,
    machine: MachineSpec,
    mounts: Sequence[Mount],
    distribution: Distribution,
    around: Surroundings | None = None,
) -> pulumi.Input[str]:
    """Return the packed user data: a plain string, or an Output when Outputs flow in."""
    flowing = list[str]()

    def guard(field: str, output: pulumi.Output[Any]) -> pulumi.Output[Any]:
        flowing.append(field)
        return _not_secret(component, field, output)

    def packed(given: _Rendered) -> str:
        text = document(component, given["machine"], given["mounts"], distribution, given["around"])
        return pack(component, text)

    guarded = _replaced(machine, mounts, around or {}, guard)
    if not flowing:
        return packed(guarded)
    resolved: pulumi.Output[Any] = pulumi.Output.from_input(cast("Any", guarded))
    return resolved.apply(packed)


class _Rendered(TypedDict):
    machine: MachineSpec
    mounts: Sequence[Mount]
    around: Surroundings


def _replaced(
    machine: MachineSpec,
    mounts: Sequence[Mount],
    around: Surroundings,
    replace: Callable[[str, pulumi.Output[Any]], Any],
) -> _Rendered:
    """Return what is rendered, with every Output in it replaced."""
    rendered = [{key: value for key, value in m.items() if key in _RENDERED} for m in mounts]
    return {
        "machine": _walk("machine", machine, replace),
        "mounts": _walk("mounts", rendered, replace),
        "around": cast("Surroundings", {key: _walk(key, value, replace) for key, value in around.items()}),
    }


def _walk(field: str, value: object, replace: Callable[[str, pulumi.Output[Any]], Any]) -> Any:  # noqa: ANN401
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        return replace(field, pulumi.Output.from_input(cast("Any", value)))
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        return {key: _walk(f"{field}.{key}", item, replace) for key, item in items.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        elements = cast("Sequence[Any]", value)
        return [_walk(f"{field}[{i}]", element, replace) for i, element in enumerate(elements)]
    return value


def _not_secret(component: str, field: str, output: pulumi.Output[Any]) -> pulumi.Output[Any]:
    async def verdict() -> None:
        if await output.is_secret():
            raise InvalidArgs(
                f"{component}: {field} must not be a secret: user data can be read by every process of the machine; "
                "give the ARN of a secret and let the program fetch it by the machine's role (secret_arns)"
            )

    return pulumi.Output.all(output, verdict()).apply(lambda both: both[0])

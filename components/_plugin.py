"""The components as a Pulumi plugin: what programs in other languages use."""

import inspect
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, cast

import pulumi
from pulumi.provider import main
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.provider import ConstructResult
from pulumi.provider.server import ComponentInitError

from ._args import InvalidArgs
from ._version import __version__

PACKAGE = "elasticweb"
"""Name of the Pulumi package, and first part of every component's type."""


class Provider(ComponentProvider):
    """Serves components; differs from Pulumi's own in how descriptions and wrong arguments read."""

    def __init__(self, components: list[type[pulumi.ComponentResource]]) -> None:
        super().__init__(components, PACKAGE, version=__version__)
        self.schema = json.dumps(_dedented(json.loads(self.schema or "{}")))

    def construct(
        self,
        name: str,
        resource_type: str,
        inputs: pulumi.Inputs,
        options: pulumi.ResourceOptions | None = None,
    ) -> ConstructResult:
        """Make a component; a wrong argument is one line, as it is for a Python program."""
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, InvalidArgs):
                v = os.environ.get("VARIANT")
                print("VARIANT", v, file=sys.stderr)
                if v == "run":
                    raise error.inner
                if v == "prop":
                    raise pulumi.InputPropertyError("fleet", str(error.inner)) from None
                if v == "props":
                    raise pulumi.InputPropertiesError(str(error.inner)) from None
                if v == "props2":
                    raise pulumi.InputPropertiesError(
                        str(error.inner), [{"property_path": "fleet", "reason": str(error.inner)}]
                    ) from None
            raise


def _dedented(value: Any) -> Any:
    """Return a schema whose descriptions are free of the indentation that docstrings have in source code.

    In Markdown an indented paragraph is a code block, and Python 3.13 strips what 3.11 leaves.
    """
    if isinstance(value, list):
        return [_dedented(item) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    items = cast("Mapping[str, Any]", value).items()
    return {
        key: inspect.cleandoc(item) if key == "description" and isinstance(item, str) else _dedented(item)
        for key, item in items
    }


def components() -> list[type[pulumi.ComponentResource]]:
    import importlib

    m = importlib.import_module(__package__)
    named = [getattr(m, n) for n in m.__all__]
    return [c for c in named if isinstance(c, type) and issubclass(c, pulumi.ComponentResource)]


def serve() -> None:
    main(Provider(components()), sys.argv[1:])

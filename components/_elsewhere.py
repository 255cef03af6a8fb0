"""Regions that must be another one than the stack's, which is known only when AWS or the engine is asked."""

import pulumi

from ._args import InvalidArgs


def elsewhere(where: str, region: str, home: pulumi.Input[str]) -> pulumi.Output[str]:
    """Return *region*, refused in the preview if it is *home*, as long as a resource has it as an input."""

    def check(own: str) -> str:
        if own == region:
            raise InvalidArgs(f"{where} must be another region than the stack's, got {region!r}")
        return region

    return pulumi.Output.from_input(home).apply(check)

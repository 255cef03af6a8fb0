"""What grows never shrinks: said in the preview, before anything is asked of AWS."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

import pulumi

from ._args import InvalidArgs

_NAMES = WeakKeyDictionary[asyncio.AbstractEventLoop, Counter[str]]()


def only_grows(component: str, name: str, field: str) -> pulumi.ResourceHookBinding:
    """Return what refuses a smaller `size` of the volume *name*, whose size is *field* of *component*.

    AWS refuses it too, but in the middle of a deployment (ModifyVolume). Only the engine knows the old size, so it is
    asked when the engine has compared: in a preview as well (`on_dry_run`).
    """

    def compare(args: pulumi.ResourceHookArgs) -> None:
        # What AWS reported last counts: somebody may have grown the volume by hand.
        known = [_size(args.old_inputs), _size(args.old_outputs)]
        old, new = max((size for size in known if size is not None), default=None), _size(args.new_inputs)
        if old is not None and new is not None and new < old:
            raise InvalidArgs(
                f"{component}: {field} of {args.name} must be at least {old} GiB, which it has: a volume and its file "
                f"system grow and never shrink, got {new}. Copy what is on it to a new, smaller volume instead"
            )

    hook = pulumi.ResourceHook(_unique(f"{name}-only-grows"), compare, pulumi.ResourceHookOptions(on_dry_run=True))
    return pulumi.ResourceHookBinding(before_update=[hook])


def _size(properties: Mapping[str, Any] | None) -> int | None:
    size = (properties or {}).get("size")
    return int(size) if isinstance(size, int | float) else None


def _unique(name: str) -> str:
    """Return a name that no other hook of the deployment has: the engine knows hooks by name only."""
    names = _NAMES.setdefault(asyncio.get_running_loop(), Counter())
    names[name] += 1
    return name + (f"-{names[name]}" if names[name] > 1 else "")

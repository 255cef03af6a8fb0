"""Lambda: what becomes of calls that nobody waits for."""

from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.services._limits import first_outside

# The provider's own page.
_LIMITS = {"maximumEventAgeInSeconds": (60, 21600), "maximumRetryAttempts": (0, 2)}


def _limits(inputs: Mapping[str, Any]) -> str | None:
    return first_outside(inputs, _LIMITS)


def _id(context: Context) -> str:
    qualifier = context.inputs.get("qualifier")
    return str(context.inputs["functionName"]) + (f":{qualifier}" if qualifier else "")


_OWN = {"FunctionName": "{functionName}", "Qualifier": "{qualifier}"}


def _renew(context: Context) -> None:
    """Put it in the place of the one before, which the emulator would still answer with."""
    context.run(Call("delete_function_event_invoke_config", _OWN))
    context.run(Call("put_function_event_invoke_config", _OWN), list(_LIMITS))


EVENT_INVOKE_CONFIG = Entry(
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    service="lambda",
    inputs=props(
        "maximumEventAgeInSeconds maximumRetryAttempts",
        required="functionName",
        replaces="functionName qualifier",
        recorded="destinationConfig",
        defaults={"maximumRetryAttempts": 2},
        reads={"functionName": None, "qualifier": None},
    ),
    checks=(_limits,),
    create=Call("put_function_event_invoke_config"),
    id=_id,
    read=(Call("get_function_event_invoke_config", _OWN),),
    updates=(Do(_renew, "maximumEventAgeInSeconds maximumRetryAttempts"),),
    delete=(Call("delete_function_event_invoke_config", _OWN),),
    import_id=lambda id_: dict(zip(("functionName", "qualifier"), id_.split(":", 1), strict=False)),
)

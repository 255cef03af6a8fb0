"""Lambda: calls that a deployment makes, and who else may call."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Entry, props
from rehearsal.errors import ApiError
from rehearsal.values import is_unknown


def _json(inputs: Mapping[str, Any]) -> str | None:
    text = inputs.get("input")
    if not isinstance(text, str) or is_unknown(text):
        return None
    try:
        json.loads(text)
    except ValueError:
        return f"input must be JSON, got {text!r}"
    return None


def _called_again(_state: Mapping[str, Any], news: Mapping[str, Any]) -> set[str]:
    """Without a life cycle a change of the input is another call, and so another resource (the provider's page)."""
    return {"input"} if news.get("lifecycleScope", "CREATE_ONLY") == "CREATE_ONLY" else set()


def _id(context: Context) -> str:
    digest = hashlib.md5(str(context.inputs.get("input")).encode(), usedforsecurity=False).hexdigest()
    return f"{context.inputs['functionName']}_{context.inputs['qualifier']}_{digest}"


INVOCATION = Entry(
    "aws:lambda/invocation:Invocation",
    service="lambda",
    # The emulator has no runtime: it answers without running the function.
    emulated=False,
    inputs=props(
        required="functionName input",
        replaces="functionName qualifier tenantId triggers",
        local="lifecycleScope terraformKey triggers",
        defaults={"lifecycleScope": "CREATE_ONLY", "qualifier": "$LATEST", "terraformKey": "tf"},
        api={"input": "Payload"},
    ),
    checks=(_json,),
    replaces_if=_called_again,
    create=Call("invoke"),
    id=_id,
    outputs={"result": lambda _: ""},
)


def _statement(context: Context) -> Mapping[str, Any] | None:
    try:
        policy = json.loads(context.call("get_policy", {"FunctionName": _parts(context.id)[0]})["Policy"])
    except ApiError as error:
        if error.gone:
            return None
        raise
    return next((_flat(s) for s in policy["Statement"] if s.get("Sid") == _parts(context.id)[1]), None)


def _flat(statement: Mapping[str, Any]) -> dict[str, Any]:
    principal = statement["Principal"]
    conditions = {
        key.lower(): value for operator in statement.get("Condition", {}).values() for key, value in operator.items()
    }
    return {
        "Action": statement["Action"],
        "Principal": principal if isinstance(principal, str) else next(iter(principal.values())),
        "SourceArn": conditions.get("aws:sourcearn"),
        "SourceAccount": conditions.get("aws:sourceaccount"),
        "StatementId": statement["Sid"],
    }


def _parts(identifier: str) -> tuple[str, str]:
    function, _, statement = identifier.rpartition("/")
    return function, statement


PERMISSION = Entry(
    "aws:lambda/permission:Permission",
    service="lambda",
    inputs=props(
        required="action function principal",
        replaces="action eventSourceToken function functionUrlAuthType invokedViaFunctionUrl principal principalOrgId "
        "qualifier sourceAccount sourceArn statementId statementIdPrefix",
        computed="statementId statementIdPrefix",
        local="statementIdPrefix",
        api={"function": "FunctionName"},
        reads={"function": None, "qualifier": None},
    ),
    autoname=Autoname("statementId", 100),
    create=Call("add_permission"),
    id="{function}/{statementId}",
    read=(_statement,),
    delete=(Call("remove_permission", {"FunctionName": "{function}", "StatementId": "{statementId}"}),),
)

"""Whom EventBridge rules tell."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Call, Do, Entry, props
from rehearsal.errors import ApiError
from rehearsal.services._limits import elements, given, plain
from rehearsal.values import is_unknown

_MOST_PATHS = 100

_TARGETS = {
    "appsyncTarget": "AppSyncParameters",
    "batchTarget": "BatchParameters",
    "deadLetterConfig": "DeadLetterConfig",
    "ecsTarget": "EcsParameters",
    "httpTarget": "HttpParameters",
    "kinesisTarget": "KinesisParameters",
    "redshiftTarget": "RedshiftDataParameters",
    "retryPolicy": "RetryPolicy",
    "runCommandTargets": "RunCommandParameters",
    "sagemakerPipelineTarget": "SageMakerPipelineParameters",
    "sqsTarget": "SqsParameters",
}
"""Parameters of targets of one kind each, none of which is made here."""

_SENT = {"arn": "Arn", "input": "Input", "inputPath": "InputPath", "roleArn": "RoleArn"}


def _target(context: Context) -> dict[str, Any]:
    inputs = context.inputs
    made = {"Id": inputs.get("targetId", "unnamed"), **{m: inputs[n] for n, m in _SENT.items() if inputs.get(n)}}
    transformer = given(inputs.get("inputTransformer"))
    if transformer:
        paths = transformer.get("inputPaths")
        made["InputTransformer"] = {
            "InputTemplate": transformer["inputTemplate"],
            **({"InputPathsMap": paths} if paths else {}),
        }
    return made


def _of_rule(context: Context) -> dict[str, Any]:
    return {"Rule": context.inputs["rule"], "EventBusName": context.inputs.get("eventBusName", "default")}


def _put_target(context: Context) -> Any:
    context.inputs.setdefault("targetId", f"pulumi-{context.hash}")
    return context.call("put_targets", {**_of_rule(context), "Targets": [_target(context)]})


def _change_target(context: Context) -> None:
    _put_target(context)


def _target_id(context: Context) -> str:
    bus = context.inputs.get("eventBusName", "default")
    stem = "" if bus == "default" else f"{bus}-"
    return f"{stem}{context.inputs['rule']}-{context.inputs['targetId']}"


def _told(context: Context) -> Any:
    try:
        listed = context.call("list_targets_by_rule", _of_rule(context))["Targets"]
    except ApiError as error:
        if error.code != "ResourceNotFoundException":
            raise
        return None
    wanted = context.inputs.get("targetId", f"pulumi-{context.hash}")  # a refresh has the program's inputs only
    found = next((t for t in listed if t["Id"] == wanted), None)
    if found is None:
        return None
    transformer = found.get("InputTransformer")
    told = (
        {
            "inputTemplate": transformer["InputTemplate"],
            **({"inputPaths": transformer["InputPathsMap"]} if transformer.get("InputPathsMap") else {}),
        }
        if transformer
        else None
    )
    return {**found, **_of_rule(context), "TargetId": found["Id"], "Transformer": told}


def _target_of(resource_id: str) -> dict[str, Any]:
    bus, rule, target = (["default", *resource_id.split("/")])[-3:]
    return {"eventBusName": bus, "rule": rule, "targetId": target}


def _remove_target(context: Context) -> None:
    context.call("remove_targets", {**_of_rule(context), "Ids": [context.inputs["targetId"]]})


def _said(inputs: Mapping[str, Any]) -> str | None:
    transformer = given(inputs.get("inputTransformer"))
    template, paths = transformer.get("inputTemplate"), plain(transformer.get("inputPaths"))
    if len(paths) > _MOST_PATHS:
        return f"inputTransformer.inputPaths must be at most {_MOST_PATHS}, got {len(paths)}"
    for name, path in paths.items():
        if name.startswith("AWS") or not str(path).startswith("$."):
            return f"inputTransformer.inputPaths must be JSON paths by names not beginning with AWS, got {name}: {path}"
    if template is None or is_unknown(template):
        return None
    return _template(template, list(paths))


def _template(template: str, names: list[str]) -> str | None:
    """Refuse text outside of quotes, which EventBridge refuses unless it is one JSON document."""
    for line in template.splitlines():
        try:
            json.loads(line)
        except ValueError:
            break
    else:
        unknown = [name for name in _mentioned(template) if name not in names]
        return f"inputTransformer.inputTemplate must mention inputPaths only, got <{unknown[0]}>" if unknown else None
    if template.lstrip().startswith(("{", "[")):
        return None
    return f"inputTransformer.inputTemplate must be strings in quotes, or JSON, got {template!r}"


def _mentioned(template: str) -> list[str]:
    parts = (part.split(">", 1)[0] for part in template.split("<")[1:])
    return [part for part in parts if not part.startswith("aws.")]


def _rule_there(context: Context) -> str | None:
    """Refuse a topic that is not there: EventBridge takes it and tells nobody."""
    arn = context.inputs.get("arn") or ""
    if ":sns:" not in arn:
        return None
    listed = elements(context.call("list_topics", service="sns")["Topics"])
    return None if any(t["TopicArn"] == arn for t in listed) else f"arn must be of a topic that is there, got {arn}"


EVENT_TARGET = Entry(
    "aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    inputs=props(
        "input inputPath inputTransformer roleArn targetId",
        required="arn rule",
        replaces="eventBusName rule targetId",
        computed="targetId",
        json="input",
        local="forceDestroy",
        recorded=" ".join(_TARGETS),
        defaults={"eventBusName": "default", "forceDestroy": False},
        reads={
            "eventBusName": "EventBusName",
            "inputTransformer": "Transformer",
            "rule": "Rule",
            "targetId": "TargetId",
        },
        from_api={"inputTransformer": lambda found: found},
    ),
    conflicts=("input inputPath inputTransformer",),
    checks=(_said,),
    guards=(_rule_there,),
    create=_put_target,
    rehearse=lambda context: context.verify(
        Call("put_targets"), (), {**_of_rule(context), "Targets": [_target(context)]}
    ),
    id=_target_id,
    read=(_told,),
    updates=(Do(_change_target, "arn input inputPath inputTransformer roleArn"),),
    delete=(_remove_target,),
    import_id=_target_of,
)

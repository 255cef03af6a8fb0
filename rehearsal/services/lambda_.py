"""Lambda: functions, who may call them, and the calls of a deployment. None is ever run."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.services._event_invokes import EVENT_INVOKE_CONFIG
from rehearsal.services._invocations import INVOCATION, PERMISSION

_OWN = {"FunctionName": "{id}"}
_ARN = "arn:{partition}:lambda:{region}:{account}:function:{id}"
_SAME_DAY = (1980, 1, 1, 0, 0, 0)  # the archive is the same whenever it is made


def _files(prefix: str, content: Any) -> Iterator[tuple[str, bytes]]:
    """Walk over an archive, as Pulumi hands it over."""
    if isinstance(content, pulumi.StringAsset):
        yield prefix, content.text.encode()
    elif isinstance(content, pulumi.FileAsset):
        yield prefix, Path(content.path).read_bytes()
    elif isinstance(content, pulumi.AssetArchive):
        for name, part in sorted(content.assets.items()):
            yield from _files(f"{prefix}/{name}" if prefix else name, part)
    else:
        raise TypeError(f"code must be an AssetArchive of strings and files, got {type(content).__name__}")


def _zip(context: Context) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files("", context.inputs["code"]):
            archive.writestr(zipfile.ZipInfo(name, _SAME_DAY), content)
    return packed.getvalue()


def _same_code(state: dict[str, Any], news: dict[str, Any]) -> set[str]:
    """Assets are other objects at every run: what counts is what is in them."""
    before, after = state.get("code"), news.get("code")
    if not isinstance(before, pulumi.Archive) or not isinstance(after, pulumi.Archive):
        return set()
    return {"code"} if list(_files("", before)) == list(_files("", after)) else set()


_SETTINGS = "description environment handler memorySize role runtime timeout vpcConfig"


def _create(context: Context) -> Any:
    context.tags = context.tags_wanted
    named = {
        "FunctionName": "{name}",
        "Code": {"ZipFile": _zip(context)},
        "Architectures": "{architectures}",
        "Tags": "{tags}",
    }
    sent = [*_SETTINGS.split(), "packageType", "publish"]
    return context.run(Call("create_function", named), [n for n in sent if context.inputs.get(n) is not None])


def _renew_code(context: Context) -> None:
    context.call("update_function_code", {"FunctionName": context.id, "ZipFile": _zip(context)})


def _set_concurrency(context: Context) -> None:
    reserved = int(context.inputs.get("reservedConcurrentExecutions", -1))
    if reserved >= 0:
        request = {"FunctionName": context.id, "ReservedConcurrentExecutions": reserved}
        context.call("put_function_concurrency", request)
    elif context.old:
        context.call("delete_function_concurrency", {"FunctionName": context.id})


def _invoked(context: Context) -> str:
    path = f"2015-03-31/functions/{context.answer.get('FunctionArn')}/invocations"
    return f"arn:aws:apigateway:{context.region}:lambda:path/{path}"


FUNCTION = Entry(
    "aws:lambda/function:Function",
    service="lambda",
    inputs=props(
        "codeSigningConfigArn deadLetterConfig description environment ephemeralStorage fileSystemConfig handler "
        "imageConfig imageUri kmsKeyArn layers loggingConfig runtime s3Bucket s3Key s3ObjectVersion snapStart "
        "sourceKmsKeyArn tracingConfig vpcConfig",
        required="role",
        replaces="name packageType tenancyConfig",
        computed="architectures codeSha256 ephemeralStorage loggingConfig name snapStart sourceCodeHash tracingConfig",
        sets="architectures",
        local="code publish publishTo replaceSecurityGroupsOnDestroy replacementSecurityGroupIds "
        "reservedConcurrentExecutions skipDestroy useResourceTimeoutForPropagation",
        recorded="architectures capacityProviderConfig deadLetterConfig durableConfig loggingConfig vpcConfig",
        defaults={
            "memorySize": 128,
            "packageType": "Zip",
            "publish": False,
            "reservedConcurrentExecutions": -1,
            "skipDestroy": False,
            "timeout": 3,
        },
        api={"name": "FunctionName"},
        # Names of variables are anybody's.
        from_api={"environment": lambda found: {"variables": dict(found["Variables"])}},
    ),
    autoname=Autoname("name", 64),
    ignores_if=_same_code,
    create=_create,
    id="FunctionName",
    read=(Call("get_function", _OWN, at="Configuration"),),
    updates=(
        Do(_renew_code, "code"),
        Do(_set_concurrency, "reservedConcurrentExecutions", on_create=True),
        Call("update_function_configuration", _OWN, sends=_SETTINGS),
    ),
    delete=(Call("delete_function", _OWN),),
    outputs={
        "arn": "FunctionArn",
        "invokeArn": _invoked,
        "lastModified": "LastModified",
        "qualifiedArn": lambda context: f"{context.answer.get('FunctionArn')}:$LATEST",
        "qualifiedInvokeArn": _invoked,
        "responseStreamingInvokeArn": _invoked,
        "signingJobArn": "SigningJobArn",
        "signingProfileVersionArn": "SigningProfileVersionArn",
        "sourceCodeSize": "CodeSize",
        "version": "Version",
    },
    volatile="lastModified sourceCodeSize",
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("tag_resource", {"Resource": _ARN, "Tags": "{tags}"}),
        remove=Call("untag_resource", {"Resource": _ARN, "TagKeys": "{keys}"}),
        read=Call("list_tags", {"Resource": _ARN}),
    ),
)

ENTRIES = (FUNCTION, PERMISSION, INVOCATION, EVENT_INVOKE_CONFIG)

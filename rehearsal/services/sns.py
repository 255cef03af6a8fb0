"""SNS: topics, who may publish to them, and who is told."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, Tags, props
from rehearsal.values import is_unknown

_OPTIONS = {
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "deliveryPolicy": "DeliveryPolicy",
    "displayName": "DisplayName",
    "fifoTopic": "FifoTopic",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
}
"""Topics have these as attributes, of which each is a text."""

_FEEDBACK = " ".join(
    f"{kind}{what}"
    for kind in ("application", "firehose", "http", "lambda", "sqs")
    for what in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
)
_LONGEST = 256
_DEFAULT_POLICY = "__default_policy_ID"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _create(context: Context) -> Any:
    """Make the topic; those of one name are one topic, so the emulator is not asked twice for one that is taken."""
    context.tags = context.tags_wanted
    given = {member: _text(context.inputs[name]) for name, member in _OPTIONS.items() if context.inputs.get(name)}
    extra = {"Attributes": given} if given else {}
    tags = {"Tags": "{tags}"} if context.tags else {}
    return context.run(Call("create_topic", {"Name": "{name}"}), params={**extra, **tags})


def _set_attributes(context: Context) -> None:
    for name in sorted(set(_OPTIONS) & context.changed):
        value = context.inputs.get(name)
        text = "" if value is None else _text(value)
        if name == "policy" and value is None:
            text = _default_policy(context)
        change = {"TopicArn": context.id, "AttributeName": _OPTIONS[name], "AttributeValue": text}
        context.call("set_topic_attributes", change)


def _default_policy(context: Context, arn: str = "") -> str:
    """Return the policy that AWS gives a topic: everything for its own account."""
    actions = "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic Subscribe"
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in (*actions.split(), "ListSubscriptionsByTopic", "Publish")],
        "Resource": arn or context.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": context.emulator.account}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": _DEFAULT_POLICY, "Statement": [statement]})


def _free(context: Context) -> str | None:
    """Refuse a name that is taken: CreateTopic would return that topic."""
    arn = context.render("arn:{partition}:sns:{region}:{account}:{name}")
    if context.id:
        return None
    taken = any(topic["TopicArn"] == arn for topic in context.call("list_topics")["Topics"])
    return f"name must be free, got {context.inputs['name']!r}, which another topic has" if taken else None


def _named(inputs: Mapping[str, Any]) -> str | None:
    name = inputs.get("name")
    if name is None or is_unknown(name):
        return None
    if bool(inputs.get("fifoTopic")) != name.endswith(".fifo"):
        return f"name must end with .fifo for a FIFO topic, and only then, got {name!r}"
    stem = name.removesuffix(".fifo")
    if not 1 <= len(name) <= _LONGEST or not all(c.isascii() and (c.isalnum() or c in "_-") for c in stem):
        return f"name must be 1 to {_LONGEST} letters, digits, hyphens and underscores, got {name!r}"
    return None


TOPIC = Entry(
    "aws:sns/topic:Topic",
    service="sns",
    inputs=props(
        " ".join(_OPTIONS),
        replaces="fifoTopic name namePrefix",
        computed="name namePrefix policy signatureVersion tracingConfig",
        json="deliveryPolicy policy",
        local="namePrefix",
        recorded=f"archivePolicy fifoThroughputScope maximumMessageSize signatureVersion tracingConfig {_FEEDBACK}",
        defaults={"contentBasedDeduplication": False, "fifoTopic": False},
        reads={"name": "Name"},
    ),
    conflicts=("name namePrefix",),
    checks=(_named,),
    guards=(_free,),
    autoname=Autoname("name", _LONGEST),
    create=_create,
    id="TopicArn",
    read=(
        Call("get_topic_attributes", {"TopicArn": "{id}"}, at="Attributes"),
        lambda context: {"Name": context.id.rpartition(":")[2]},
    ),
    updates=(Do(_set_attributes, " ".join(_OPTIONS)),),
    delete=(Call("delete_topic", {"TopicArn": "{id}"}),),
    outputs={"arn": "{id}", "owner": "Owner", "beginningArchiveTime": "BeginningArchiveTime"},
    tags=Tags(
        {"Tags": "{tags}"},
        put=Call("tag_resource", {"ResourceArn": "{id}", "Tags": "{tags}"}),
        remove=Call("untag_resource", {"ResourceArn": "{id}", "TagKeys": "{keys}"}),
        read=Call("list_tags_for_resource", {"ResourceArn": "{id}"}),
    ),
)


def _put_policy(context: Context) -> Any:
    change = {"AttributeName": "Policy", "AttributeValue": context.inputs["policy"]}
    context.call("set_topic_attributes", {"TopicArn": context.inputs["arn"], **change})
    return {}


def _change_policy(context: Context) -> None:
    _put_policy(context)


def _policy(context: Context) -> Any:
    """Read it; the policy that every topic begins with is none."""
    arn = context.inputs["arn"]
    found = context.call("get_topic_attributes", {"TopicArn": arn})["Attributes"]
    if json.loads(found.get("Policy") or "{}").get("Id") == _DEFAULT_POLICY:
        return None
    return {"Arn": arn, "Policy": found["Policy"], "Owner": found["Owner"]}


def _reset_policy(context: Context) -> None:
    arn = context.inputs["arn"]
    change = {"AttributeName": "Policy", "AttributeValue": _default_policy(context, arn)}
    context.call("set_topic_attributes", {"TopicArn": arn, **change})


TOPIC_POLICY = Entry(
    "aws:sns/topicPolicy:TopicPolicy",
    service="sns",
    inputs=props(required="arn policy", replaces="arn", json="policy"),
    create=_put_policy,
    id="{arn}",
    read=(_policy,),
    updates=(Do(_change_policy, "policy"),),
    delete=(_reset_policy,),
    outputs={"owner": "Owner"},
)

_SUBSCRIBED = {
    "deliveryPolicy": ("DeliveryPolicy", ""),
    "filterPolicyScope": ("FilterPolicyScope", "MessageAttributes"),
    "filterPolicy": ("FilterPolicy", "{}"),
    "rawMessageDelivery": ("RawMessageDelivery", "false"),
    "redrivePolicy": ("RedrivePolicy", ""),
    "subscriptionRoleArn": ("SubscriptionRoleArn", ""),
}
"""Attributes of a subscription, each with the text that takes it away; scope before policy, which is read by it."""


def _subscribe(context: Context) -> Any:
    inputs = context.inputs
    given = {member: _text(inputs[name]) for name, (member, _) in _SUBSCRIBED.items() if inputs.get(name)}
    call = Call("subscribe", {"ReturnSubscriptionArn": True, "TopicArn": "{topic}", "Protocol": "{protocol}"})
    return context.run(call, ["endpoint"], params={"Attributes": given} if given else {})


def _set_subscribed(context: Context) -> None:
    for name, (member, nothing) in _SUBSCRIBED.items():
        if name in context.changed:
            value = context.inputs.get(name)
            text = nothing if value is None else _text(value)
            change = {"SubscriptionArn": context.id, "AttributeName": member, "AttributeValue": text}
            context.call("set_subscription_attributes", change)


def _reachable(inputs: Mapping[str, Any]) -> str | None:
    protocol, endpoint = inputs["protocol"], inputs["endpoint"]
    known = ("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs")
    if is_unknown(protocol) or is_unknown(endpoint):
        return None
    if protocol not in known:
        return f"protocol must be one of {', '.join(known)}, got {protocol!r}"
    shapes = {
        "email": "@",
        "email-json": "@",
        "http": "http://",
        "https": "https://",
        "sqs": ":sqs:",
        "lambda": ":lambda:",
    }
    if protocol in shapes and shapes[protocol] not in endpoint:
        return f"endpoint must have {shapes[protocol]} in it for protocol {protocol}, got {endpoint!r}"
    return None


TOPIC_SUBSCRIPTION = Entry(
    "aws:sns/topicSubscription:TopicSubscription",
    service="sns",
    inputs=props(
        " ".join(_SUBSCRIBED),
        required="endpoint protocol topic",
        replaces="endpoint protocol topic",
        computed="filterPolicyScope",
        json="deliveryPolicy filterPolicy redrivePolicy",
        local="confirmationTimeoutInMinutes endpointAutoConfirms",
        recorded="replayPolicy",
        defaults={"confirmationTimeoutInMinutes": 1, "endpointAutoConfirms": False, "rawMessageDelivery": False},
        api={"topic": "TopicArn"},
    ),
    checks=(_reachable,),
    create=_subscribe,
    id="SubscriptionArn",
    read=(Call("get_subscription_attributes", {"SubscriptionArn": "{id}"}, at="Attributes"),),
    updates=(Do(_set_subscribed, " ".join(_SUBSCRIBED)),),
    delete=(Call("unsubscribe", {"SubscriptionArn": "{id}"}),),
    outputs={
        "arn": "{id}",
        "ownerId": "Owner",
        "pendingConfirmation": lambda context: context.answer.get("PendingConfirmation") == "true",
        "confirmationWasAuthenticated": lambda context: context.answer.get("ConfirmationWasAuthenticated") == "true",
    },
)

ENTRIES = (TOPIC, TOPIC_POLICY, TOPIC_SUBSCRIPTION)

"""Whom alarms and events of a web tier tell."""

import pulumi

from .. import _topic
from .._topic import Topic
from .context import Context
from .shapes import Alarms

__all__ = ["Topic", "topic"]


def topic(context: Context, alarms: Alarms) -> Topic:
    """Return the topic that *alarms* name, or make one."""
    given = alarms.get("topic_arn")
    if given is not None:
        return Topic(pulumi.Output.from_input(given), [])
    owner = _topic.Owner(context.name, context.tier, context.disposable, context.tags)
    return _topic.topic(owner, alarms.get("emails", ()), web=True)

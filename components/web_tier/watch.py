"""Who is told of what: the tier's alarms and events, and their topic."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from .alarms import fleet_alarms, site_alarms
from .context import Context
from .events import fleet_events
from .load_balancer import Front
from .shapes import Alarms
from .topic import topic


class Watch:
    """The alarms of a tier: first those on the site, which guard the fleet's changes, then those on the fleet."""

    def __init__(self, context: Context, made: Front, alarms: Alarms, warmup_seconds: int) -> None:
        self._context, self._made, self._alarms, self._warmup = context, made, alarms, warmup_seconds
        self._topic = topic(context, alarms) if alarms.get("enabled", True) else None
        self.topic_arn = self._topic.arn if self._topic else pulumi.Output.from_input("")
        self.alarms: Sequence[aws.cloudwatch.MetricAlarm] = ()
        if self._topic:
            self.alarms = site_alarms(context, made, self._topic, alarms, warmup_seconds)

    @property
    def names(self) -> list[pulumi.Output[str]]:
        """Names of the alarms that there are so far."""
        return [alarm.name for alarm in self.alarms]

    def fleet(self, group: pulumi.Input[str]) -> None:
        """Watch the Auto Scaling group of that name, too."""
        if self._topic:
            alarms = fleet_alarms(self._context, self._made, self._topic, self._alarms, group, self._warmup)
            self.alarms = [*self.alarms, *alarms]
            fleet_events(self._context, self._topic, group)

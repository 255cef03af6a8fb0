"""What can be said about the demand that a fleet follows."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NotRequired, TypedDict

import pulumi


class MetricStatistic(StrEnum):
    """How CloudWatch makes one number out of what was measured in a minute."""

    AVERAGE = "average"
    """The mean."""
    MINIMUM = "minimum"
    """The lowest."""
    MAXIMUM = "maximum"
    """The highest."""
    SAMPLE_COUNT = "sample_count"
    """How often it was measured."""
    SUM = "sum"
    """All together."""


class CustomMetric(TypedDict):
    """A metric of CloudWatch that the fleet follows: one that falls as servers come, such as jobs per server."""

    name: str
    """What it is for, such as `jobs`: lower-case letters, digits and hyphens, 24 at most, unique in the fleet. Not
    `cpu`, `requests` or `forecast`."""

    namespace: str
    """Namespace that it is published in."""

    metric_name: str
    """Its name there."""

    dimensions: NotRequired[Mapping[str, pulumi.Input[str]]]
    """All dimensions that it is published with; the value `{fleet}` stands for the name of the fleet's own Auto
    Scaling group. Defaults to none."""

    statistic: NotRequired[MetricStatistic]
    """How a minute's values become one. Defaults to `average`."""

    unit: NotRequired[str]
    """Unit that it is published with, such as `Count`. Defaults to any."""

    target_value: float
    """Value that the fleet is scaled to, above 0."""


class ForecastMode(StrEnum):
    """What becomes of a forecast."""

    FORECAST_ONLY = "forecast_only"
    """It is drawn up, to be compared with what happened, and changes nothing."""
    FORECAST_AND_SCALE = "forecast_and_scale"
    """Servers are started ahead of it. It never ends any."""


class ForecastMetric(StrEnum):
    """What is forecast."""

    CPU = "cpu"
    """Processor use."""
    REQUESTS = "requests"
    """Requests per server and minute."""


class Predictive(TypedDict):
    """Scaling ahead of load that repeats itself by the day or the week.

    AWS forecasts hour by hour, from up to two weeks of history, of which it needs a day at least. It works between the
    fleet's floor and maximum and raises neither.
    """

    mode: NotRequired[ForecastMode]
    """Defaults to `forecast_only`: look at some weeks of forecasts first."""

    metric: NotRequired[ForecastMetric]
    """Defaults to `cpu`."""

    target_value: NotRequired[float]
    """Percent of processor use, or requests per server and minute, that a server shall have. Defaults to the fleet's
    `cpu_target_percent` or `requests_per_server_per_minute`."""

    buffer_seconds: NotRequired[int]
    """Seconds, 0 to 3599, by which servers are started before they are needed. Defaults to `warmup_seconds`."""

"""What demand the fleet follows."""

from typing import Annotated, Literal

from pydantic import Field

from .base import Model, Name, Text


class CustomMetric(Model):
    """A metric of CloudWatch that the fleet follows; it falls as servers come."""

    name: Name
    """What it is for; not cpu, requests or forecast."""
    namespace: Text
    """Namespace that it is published in."""
    metric_name: Text
    """Its name there."""
    dimensions: dict[str, str] = {}
    """All dimensions that it is published with; {fleet} stands for the name of the fleet's Auto Scaling group."""
    statistic: Literal["average", "minimum", "maximum", "sample_count", "sum"] = "average"
    """How a minute's values become one."""
    unit: Text | None = None
    """Unit that it is published with, such as Count; any when left out."""
    target_value: Annotated[float, Field(gt=0)]
    """Value that the fleet is scaled to."""


class Predictive(Model):
    """Scaling ahead of load that repeats itself by the day or the week."""

    mode: Literal["forecast_only", "forecast_and_scale"] = "forecast_only"
    """Whether forecasts are looked at only, or start servers."""
    metric: Literal["cpu", "requests"] = "cpu"
    """What is forecast."""
    target_value: Annotated[float, Field(gt=0)] | None = None
    """What a server shall have of it; the fleet's own target when left out."""
    buffer_seconds: Annotated[int, Field(ge=0, le=3599)] | None = None
    """Seconds by which servers start before they are needed; warmup_seconds when left out."""

"""How the fleet's servers are replaced when they change."""

from typing import Annotated

from pydantic import Field

from .base import Model, Text

Minutes = Annotated[int, Field(ge=0, le=2880)]


class Refresh(Model):
    """How servers are replaced when their image, preparation or instance type changes."""

    checkpoint_percentages: list[Annotated[int, Field(ge=1, le=99)]] = []
    """Shares of the fleet, ascending, at which it pauses."""
    checkpoint_minutes: Minutes | None = None
    """Minutes of each pause; 60 when left out."""
    bake_minutes: Minutes = 0
    """Minutes that alarms are watched after the last server was replaced."""
    alarms: Annotated[list[Text], Field(max_length=7)] = []
    """Further CloudWatch alarms that end it and bring the old version back."""
    heed_alarms: bool = True
    """Whether alarms end it; false lets a repair through while they sound."""
    timeout_minutes: Annotated[int, Field(ge=1)] | None = None
    """Minutes after which `pulumi up` stops waiting; 120 beside pauses and baking when left out."""

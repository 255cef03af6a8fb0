"""What all settings have in common: how strict they are, and the kinds of values."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _zone_letters(letters: list[str]) -> list[str]:
    if len(set(letters)) != len(letters):
        raise ValueError("a zone may be named once only")
    return letters


ZoneLetters = Annotated[
    list[Annotated[str, Field(pattern="^[a-h]$")]],
    Field(min_length=2, max_length=8),
    AfterValidator(_zone_letters),
]
Days = Annotated[int, Field(ge=1, le=3650)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,23}$")]
Text = Annotated[str, Field(min_length=1)]
Arn = Annotated[str, Field(pattern="^arn:")]
AbsolutePath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._-]+)+$")]
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$")]
Date = Annotated[str, Field(pattern=r"^20[0-4][0-9]-[0-9]{2}-[0-9]{2}$")]
Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
DomainName = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", max_length=253)]
AlternativeName = Annotated[str, Field(pattern=r"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")]


class Model(BaseModel):
    """Settings are exact: unknown keys are errors, and a string is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)

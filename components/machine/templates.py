"""Files that are filled in from the machine's environment before they reach it."""

import re
from collections.abc import Mapping

from .._args import InvalidArgs

_PLACE = re.compile(r'\{\{(?:[ \t]*(?:"(?P<braces>\{\{)"|(?P<name>[A-Za-z_][A-Za-z0-9_]*))[ \t]*\}\})?')


def filled(component: str, field: str, content: str, environment: Mapping[str, object]) -> str:
    """Return *content* with the values of `{{ NAME }}`; raise `InvalidArgs` for what names no variable."""

    def value(place: re.Match[str]) -> str:
        if place["braces"]:
            return place["braces"]
        if place["name"] not in environment:
            shown = place[0] if place["name"] else content[place.start() :].split("\n", maxsplit=1)[0][:40]
            raise InvalidArgs(
                f"{component}: {field} must name variables of machine.environment in its placeholders "
                f'({{{{ "{{{{" }}}} stands for two braces), got {shown!r}'
            )
        return str(environment[place["name"]])

    return _PLACE.sub(value, content)

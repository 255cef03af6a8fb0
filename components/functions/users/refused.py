"""What may be said of a failure: never a statement, a row or a secret."""

import traceback
from pathlib import Path
from typing import Any

import botocore.exceptions


class Refused(Exception):  # noqa: N818  what it says, not that it is an error
    """What went wrong, in words that hold no secret: the deployment prints them, and the log keeps them."""


def in_few_words(error: Exception) -> str:
    """Return what *error* says of itself where that can be trusted, else its type and where it was raised."""
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, botocore.exceptions.ClientError):
        refused: Any = error  # botocore has no types
        answer = refused.response.get("Error", {})
        return f"{refused.operation_name} was refused: {answer.get('Code')}: {answer.get('Message')}"
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}, line {last.lineno}"

"""What AWS answers when it refuses."""

from typing import Any, cast

from botocore.exceptions import ClientError


def code_of(error: ClientError) -> str:
    """Return the error's code, without the `Fault` that some of RDS's end with and some do not."""
    response = cast("dict[str, Any]", error.response)
    return str(response.get("Error", {}).get("Code", "")).removesuffix("Fault")

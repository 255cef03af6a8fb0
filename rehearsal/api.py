"""One API call, with every way in which it can fail turned into one line."""

from collections.abc import Mapping
from typing import Any, cast

from .errors import ApiError, one_line


def call(client: Any, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Call the boto3 *client*'s *operation*; what the service refuses is an :class:`ApiError` with its code."""
    service = client.meta.service_model.service_name
    name = client.meta.method_to_api_mapping.get(operation, operation)
    try:
        answer = cast("dict[str, Any]", getattr(client, operation)(**params))
    except Exception as error:
        response = getattr(error, "response", None)
        if isinstance(response, Mapping):
            told = cast("Mapping[str, Mapping[str, str]]", response).get("Error", {})
            raise ApiError(service, name, str(told.get("Code", "")), str(told.get("Message", ""))) from None
        raise one_line(error, f"{service} {name}") from error
    answer.pop("ResponseMetadata", None)
    return answer

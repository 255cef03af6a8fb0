"""AWS's API: every refusal is one line that says what to do."""

import os
from collections.abc import Iterator
from typing import Any, cast

from .errors import ApiError, CommandError

_EXPIRED = {
    *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "InvalidToken"),
    *("UnrecognizedClientException", "AuthFailure", "SignatureDoesNotMatch"),
}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403"}


class Api:
    """The calls, with the credentials of whoever is there."""

    def __init__(self, region: str | None = None, profile: str | None = None) -> None:
        self._given = region, profile
        self._session: Any = None
        self._clients = dict[str, Any]()

    @property
    def region(self) -> str:
        """The region."""
        return str(self._made().region_name)

    def call(self, service: str, operation: str, **parameters: object) -> dict[str, Any]:
        """Call *operation*, by boto3's name for it."""
        try:
            return getattr(self._client(service), operation)(**parameters)
        except Exception as error:  # noqa: BLE001  what is no error of AWS is raised again
            raise _line(error, service, operation) from None

    def pages(self, service: str, operation: str, key: str, **parameters: object) -> Iterator[dict[str, Any]]:
        """Return the items under *key* of all pages."""
        try:
            for page in self._client(service).get_paginator(operation).paginate(**parameters):
                yield from page.get(key, ())
        except Exception as error:  # noqa: BLE001  what is no error of AWS is raised again
            raise _line(error, service, operation) from None

    def _made(self) -> Any:  # noqa: ANN401
        if self._session is None:
            import boto3  # noqa: PLC0415
            from botocore.exceptions import ProfileNotFound  # noqa: PLC0415

            # boto3 reads AWS_DEFAULT_REGION only; the AWS CLI and Pulumi read AWS_REGION first.
            region, profile = self._given[0] or os.environ.get("AWS_REGION") or None, self._given[1]
            try:
                self._session = boto3.Session(region_name=region, profile_name=profile)
            except ProfileNotFound as error:
                raise CommandError(f"{error}: `aws configure list-profiles` shows those that there are") from None
            if not self._session.region_name:
                raise CommandError("no region: give --region, or set AWS_REGION")
        return self._session

    def _client(self, service: str) -> Any:  # noqa: ANN401
        if service not in self._clients:
            from botocore.config import Config  # noqa: PLC0415

            # An emulator's buckets have no names of their own on the network.
            style = {"addressing_style": "path"} if "AWS_ENDPOINT_URL" in os.environ else {}
            config: Any = Config(
                retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=10, read_timeout=60, s3=style
            )
            self._clients[service] = self._made().client(service, config=config)
        return self._clients[service]


def _line(error: Exception, service: str, operation: str) -> Exception:
    """Return *error* as one line, if it is one of AWS's."""
    from botocore import exceptions  # noqa: PLC0415

    if isinstance(error, exceptions.ClientError):
        told = cast("dict[str, dict[str, str]]", error.response).get("Error", {})
        code, message = str(told.get("Code", "")), " ".join(str(told.get("Message", "")).split())
        line = f"{service}:{operation}: {message or code}"
        if code in _EXPIRED:
            line = f"AWS does not take your credentials ({code}): sign in again"
        elif code in _DENIED:
            line = f"your credentials may not call {service}:{operation}: {message or code}"
        return ApiError(code, line)
    if isinstance(error, (exceptions.NoCredentialsError, exceptions.PartialCredentialsError)):
        return CommandError("no AWS credentials: set AWS_PROFILE or give --profile, and sign in (aws sso login)")
    # What botocore calls a connection that could not be made or was lost.
    if isinstance(error, (exceptions.HTTPClientError, exceptions.EndpointConnectionError)):
        return CommandError(f"AWS cannot be reached: {' '.join(str(error).split())}; are you online?")
    return CommandError(" ".join(str(error).split())) if isinstance(error, exceptions.BotoCoreError) else error

"""AWS's API for hooks: as the stack's provider is let in, without waiting in the program's own thread."""

import asyncio
import ipaddress
import json
import os
from collections.abc import Mapping
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

import pulumi
import pulumi_aws as aws

# Throttled calls are made again, further and further apart; 10 tries take minutes.
_RETRIES = {"mode": "standard", "total_max_attempts": 10}
_OF_A_PROVIDER = {"accessKey": "access_key", "secretKey": "secret_key", "token": "token", "profile": "profile"}
_OF_THE_STACK = (
    *_OF_A_PROVIDER,
    *("assumeRoles", "assumeRoleWithWebIdentity", "customCaBundle", "endpoints", "httpProxy", "httpsProxy"),
    *("sharedConfigFiles", "sharedCredentialsFiles"),
)


class ApiError(Exception):
    """What AWS refused, or why it could not be asked: one line."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Call(Protocol):
    """Calls an operation by boto3's name for it."""

    async def __call__(
        self, operation: str, parameters: Mapping[str, Any], service: str | None = None
    ) -> dict[str, Any]:
        """Return the answer of *service*, by itself the one that this is about; raises :class:`ApiError`."""
        ...


Access = Mapping[str, pulumi.Input[str | None]]
"""How the provider gets in, by the names of its configuration; lists and objects are JSON."""


def access(component: pulumi.Resource) -> Access:
    """Return how the provider of *component* gets in: what the stack's configuration or one of its own says."""
    own = component.get_provider("aws:any/any:Any")
    if isinstance(own, aws.Provider):
        return {key: getattr(own, name) for key, name in _OF_A_PROVIDER.items()}
    config = pulumi.Config("aws")
    return {key: config.get(key) for key in _OF_THE_STACK}


class Api:
    """The calls to a *service*, in the region of the resource whose *arn* is given."""

    def __init__(self, access: Mapping[str, str | None], arn: str, service: str) -> None:
        self._told = {} if _on_an_emulator() else {key: value for key, value in access.items() if value}
        self._region = arn.split(":")[3]
        self._service = service
        self._clients = dict[str, Any]()

    async def __call__(
        self, operation: str, parameters: Mapping[str, Any], service: str | None = None
    ) -> dict[str, Any]:
        """Call *operation*."""
        return await asyncio.to_thread(self._call, operation, service or self._service, parameters)

    async def shape(self, operation: str, member: str) -> Any:  # noqa: ANN401  botocore's models have no types
        """Return the model of a *member* of what *operation* takes."""
        client = await asyncio.to_thread(self.client, self._service)
        return client.meta.service_model.operation_model(operation).input_shape.members[member]

    def _call(self, operation: str, service: str, parameters: Mapping[str, object]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            return getattr(self.client(service), operation)(**parameters)
        except ClientError as error:
            answer = cast("dict[str, dict[str, str]]", error.response)
            raise ApiError(answer.get("Error", {}).get("Code", ""), " ".join(str(error).split())) from None
        except BotoCoreError as error:
            raise ApiError(type(error).__name__, " ".join(str(error).split())) from None

    def client(self, service: str) -> Any:  # noqa: ANN401
        """Return the boto3 client of *service*."""
        if service not in self._clients:
            from botocore.config import Config  # noqa: PLC0415  half a second, which no preview shall take

            told = self._told
            proxies = {scheme: told[f"{scheme}Proxy"] for scheme in ("http", "https") if f"{scheme}Proxy" in told}
            endpoints: dict[str, str] = {}
            for given in json.loads(told.get("endpoints", "[]")):
                endpoints |= given
            self._clients[service] = self.session().client(
                service,
                region_name=self._region,
                endpoint_url=endpoints.get(service),
                verify=told.get("customCaBundle"),
                config=Config(retries=_RETRIES, proxies=proxies or None),  # pyright: ignore[reportArgumentType]
            )
        return self._clients[service]

    def session(self) -> Any:  # noqa: ANN401
        """Return a boto3 session that is let in as the provider is."""
        import boto3  # noqa: PLC0415
        from botocore import credentials, session  # noqa: PLC0415

        told = self._told
        base: Any = session.Session(profile=told.get("profile"))
        base.set_config_variable("region", self._region)
        for key, variable in (("sharedConfigFiles", "config_file"), ("sharedCredentialsFiles", "credentials_file")):
            for path in json.loads(told.get(key, "[]"))[:1]:  # boto3 reads one of each
                base.set_config_variable(variable, path)
        if "accessKey" in told:
            base.set_credentials(told["accessKey"], told.get("secretKey"), told.get("token"))
        web = json.loads(told.get("assumeRoleWithWebIdentity", "{}"))
        if web:
            fetcher: Any = credentials.AssumeRoleWithWebIdentityCredentialFetcher(
                base.create_client,
                lambda: web.get("webIdentityToken") or _text(web["webIdentityTokenFile"]),
                web["roleArn"],
                extra_args={"RoleSessionName": web.get("sessionName", "pulumi")},
            )
            base = self._session_of(fetcher)
        for role in json.loads(told.get("assumeRoles", "[]")):
            extra = {"RoleSessionName": role.get("sessionName", "pulumi"), "ExternalId": role.get("externalId")}
            fetcher = credentials.AssumeRoleCredentialFetcher(
                base.create_client,
                base.get_credentials(),
                role["roleArn"],
                extra_args={key: value for key, value in extra.items() if value},
            )
            base = self._session_of(fetcher)
        return boto3.Session(botocore_session=base)

    def _session_of(self, fetcher: Any) -> Any:  # noqa: ANN401
        """Return a session on credentials that are fetched again before they expire: a change may take hours."""
        from botocore import credentials, session  # noqa: PLC0415

        made: Any = session.Session()
        made.set_config_variable("region", self._region)
        fetched = credentials.DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
        made._credentials = fetched  # noqa: SLF001  botocore has no other way in
        return made


def _text(path: str) -> str:
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        return file.read()


def _on_an_emulator() -> bool:
    """Whether all calls go to this machine: what lets the provider into AWS means nothing there."""
    host = urlsplit(os.environ.get("AWS_ENDPOINT_URL", "")).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

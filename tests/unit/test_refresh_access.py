"""How the rolling change is let into AWS: as the stack's provider is."""

import asyncio
from pathlib import Path

import pytest
from moto import mock_aws

from components._aws_calls import Api, ApiError
from rehearsal.states import apart

ARN = "arn:aws:autoscaling:eu-west-3:123456789012:autoScalingGroup:x:autoScalingGroupName/web"


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave no credentials of this machine in reach."""
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def key(api: Api) -> str:
    return api.session().get_credentials().get_frozen_credentials().access_key


@pytest.mark.usefixtures("nowhere")
def test_the_provider_s_keys_region_and_endpoint_are_used() -> None:
    told = {"accessKey": "AKID", "secretKey": "secret", "endpoints": '[{"autoscaling": "http://127.0.0.1:1"}]'}
    api = Api(told, ARN, "autoscaling")
    client = api.client("autoscaling")
    assert client.meta.region_name == "eu-west-3"
    assert client.meta.endpoint_url == "http://127.0.0.1:1"
    assert client.meta.config.retries["mode"] == "standard"
    assert key(api) == "AKID"


@pytest.mark.usefixtures("nowhere")
def test_the_provider_s_profile_is_used(tmp_path: Path) -> None:
    (tmp_path / "credentials").write_text("[shop]\naws_access_key_id = OFSHOP\naws_secret_access_key = s\n")
    assert key(Api({"profile": "shop"}, ARN, "autoscaling")) == "OFSHOP"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("[shop]\naws_access_key_id = OTHER\naws_secret_access_key = s\n")
    told = {"profile": "shop", "sharedCredentialsFiles": f'["{elsewhere}"]'}
    assert key(Api(told, ARN, "autoscaling")) == "OTHER"


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    "role",
    [
        {"assumeRoles": '[{"roleArn": "arn:aws:iam::123456789012:role/deploy", "externalId": "shop"}]'},
        {
            "assumeRoleWithWebIdentity": '{"roleArn": "arn:aws:iam::123456789012:role/deploy", '
            ' "webIdentityToken": "token"}',
        },
    ],
)
def test_the_provider_s_roles_are_assumed(role: dict[str, str]) -> None:
    with apart(), mock_aws(config={"core": {"mock_credentials": False}}):
        api = Api({"accessKey": "AKID", "secretKey": "secret", **role}, ARN, "autoscaling")
        assert key(api).startswith("ASIA")
        who = asyncio.run(api("get_caller_identity", {}, "sts"))
        assert ":assumed-role/deploy/pulumi" in who["Arn"]


@pytest.mark.usefixtures("nowhere")
def test_on_an_emulator_the_way_into_aws_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    client = Api({"profile": "production", "assumeRoles": "[{}]"}, ARN, "autoscaling").client("autoscaling")
    assert client.meta.endpoint_url == "http://127.0.0.1:1"


@pytest.mark.usefixtures("nowhere")
def test_what_aws_refuses_or_cannot_be_asked_is_one_line() -> None:
    with pytest.raises(ApiError, match="Unable to locate credentials") as error:
        asyncio.run(Api({}, ARN, "autoscaling")("describe_instance_refreshes", {"AutoScalingGroupName": "web"}))
    assert error.value.code == "NoCredentialsError"
    with pytest.raises(ApiError, match="shop") as error:
        asyncio.run(
            Api({"profile": "shop"}, ARN, "autoscaling")("describe_instance_refreshes", {"AutoScalingGroupName": "web"})
        )
    assert "\n" not in str(error.value)

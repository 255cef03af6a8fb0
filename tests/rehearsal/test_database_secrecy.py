"""A password that is known beforehand is in the instance and in its secret, and nowhere else that is told or kept."""

import base64
import gzip
import json
import subprocess
import sys
from typing import Any

import pytest

from rehearsal.invokes import _FUNCTIONS

from .command import ROOT, environment
from .stacks import Stack

TOKEN = "aws:secretsmanager/getRandomPassword:getRandomPassword"  # noqa: S105
PASSWORD = "Known0horse1battery2staple3known4horse5b"  # noqa: S105

HOLDERS = {"prod-db-primary", "prod-db-credentials-version"}
"""Where it is, as a secret of Pulumi."""


@pytest.fixture(autouse=True, scope="module")
def known() -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(_FUNCTIONS, TOKEN, lambda *_: {"id": "known", "randomPassword": PASSWORD})
        yield


@pytest.fixture(scope="module")
def stack(known: None) -> Stack:
    """Prod, whose users have secrets of their own and are rotated."""
    assert known is None
    return Stack("prod")


def readable(value: Any) -> str:
    """Return all that is in a value: packed and encoded texts, too."""
    text = json.dumps(value, default=lambda asset: getattr(asset, "text", None) or vars(asset))
    data = value.get("userData") if isinstance(value, dict) else None
    if isinstance(data, str):
        raw = base64.b64decode(data)
        text += (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    return text


def test_the_password_is_where_it_belongs(stack: Stack) -> None:
    told = stack.ask("secretsmanager", "get_secret_value", SecretId=stack["db-credentials"].id)
    assert json.loads(told["SecretString"])["password"] == PASSWORD


def test_nothing_else_that_is_declared_holds_it(stack: Stack) -> None:
    resources = [r for r in stack.deployment.recording.resources if r.name not in HOLDERS]
    found = [r.name for r in resources if PASSWORD in readable(r.inputs) + readable(r.outputs)]
    assert found == []
    assert len(resources) > 100
    for name in HOLDERS:
        holder = stack.deployment.recording.named(name)
        plain = {key for key in holder.inputs if PASSWORD in readable(holder.inputs[key])} - holder.secret_inputs
        assert plain == set(), name
    assert PASSWORD not in json.dumps(stack.deployment.recording.stack_outputs, default=str)


def test_no_function_call_tag_or_variable_holds_it(stack: Stack) -> None:
    calls = [call.inputs for call in stack.of("lambda/invocation:Invocation")]
    variables = [function.inputs["environment"] for function in stack.of("lambda/function:Function")]
    tags = [resource.inputs.get("tags") for resource in stack.deployment.recording.resources]
    templates = [template.inputs for template in stack.of("ec2/launchTemplate:LaunchTemplate")]
    assert calls
    assert variables
    assert templates
    assert [known for known in (*calls, *variables, *tags, *templates) if PASSWORD in readable(known)] == []


def test_no_code_that_is_shipped_holds_it(stack: Stack) -> None:
    for function in stack.of("lambda/function:Function"):
        packed = stack.deployment.stage.emulator.client("lambda", "eu-central-1").get_function(FunctionName=function.id)
        assert PASSWORD not in json.dumps(packed, default=str)
        assert PASSWORD not in readable(function.inputs["code"])


@pytest.mark.parametrize("command", [["up"], ["preview"], ["graph", "--json"]])
def test_nothing_that_is_printed_holds_it(command: list[str]) -> None:
    answer = f"{{'id': 'known', 'randomPassword': {PASSWORD!r}}}"
    code = f"""
import sys
from rehearsal import cli, invokes
invokes._FUNCTIONS[{TOKEN!r}] = lambda *_: {answer}
sys.exit(cli.main({[*command, "--stack", "prod"]!r}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    assert "db-credentials" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr

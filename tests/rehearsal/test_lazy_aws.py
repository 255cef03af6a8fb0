"""Importing only what is used of pulumi_aws changes nothing but the time."""

import subprocess
import sys

import pytest

from .command import ROOT, environment

INSTALL = "from rehearsal import lazy_aws; lazy_aws.install(); import sys, pulumi_aws as aws\n"


def python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    return done.stdout


def test_only_what_is_used_is_imported() -> None:
    loaded = "print(sorted(m for m in sys.modules if m.startswith('pulumi_aws.sqs.')))"
    used = python(f"{INSTALL}aws.sqs.Queue\n{loaded}")
    assert "'pulumi_aws.sqs.queue'" in used
    assert "'pulumi_aws.sqs.queue_policy'" not in used


@pytest.mark.parametrize("service", ["ec2", "lambda_"])
def test_a_service_has_the_attributes_that_it_has_otherwise(service: str) -> None:
    code = f"import pulumi_aws as aws\nm = aws.{service}\nm.get_nothing if False else None\n"
    told = (
        "names = sorted(n for n in dir(m) if not n.startswith('__'))\n"
        "print([(n, type(getattr(m, n)).__name__, getattr(getattr(m, n), '__module__', '')) for n in names])"
    )
    public = "print(sorted(n for n in __import__('types').SimpleNamespace(**ns).__dict__ if not n.startswith('_')))"
    star = f"ns = {{}}\nexec('from pulumi_aws.{service} import *', ns)\nns.pop('__builtins__')\n{public}"
    lazily, plainly = python(f"{INSTALL}m = aws.{service}\n{told}"), python(f"{code}m.__name__\n{told}")
    # The package's modules are attributes of it as soon as they are imported, which is the point.
    assert _without_modules(lazily) == _without_modules(plainly)
    assert eval(python(INSTALL + star)) == eval(python(star))  # noqa: S307  our own output


def _without_modules(printed: str) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = eval(printed)  # noqa: S307  our own output
    return [row for row in found if row[1] != "module" or row[0] == "outputs"]


def test_a_function_wins_over_the_module_of_its_name() -> None:
    assert python(f"{INSTALL}aws.ec2.get_ami_output; print(callable(aws.ec2.get_ami))") == "True\n"
    late = "aws.ec2.Vpc; import pulumi_aws.ec2.get_ami; print(callable(aws.ec2.get_ami))"
    assert python(INSTALL + late) == "True\n"
    assert python(f"{INSTALL}from pulumi_aws.ec2 import get_ami, Vpc; print(callable(get_ami))") == "True\n"


def test_a_module_can_be_imported_by_its_name() -> None:
    code = "from pulumi_aws.ec2.vpc import Vpc\nimport pulumi_aws.s3.bucket\nprint(Vpc is aws.ec2.Vpc)"
    assert python(INSTALL + code) == "True\n"


def test_an_unknown_attribute_is_the_usual_error() -> None:
    code = "try:\n    aws.ec2.Vcp\nexcept AttributeError as error:\n    print(error)"
    assert python(INSTALL + code) == "module 'pulumi_aws.ec2' has no attribute 'Vcp'\n"


def test_the_hints_of_a_resource_resolve() -> None:
    code = (
        "from pulumi import _types\n"
        "for r in (aws.ec2.LaunchTemplate, aws.s3.Bucket, aws.lb.Listener, aws.autoscaling.Group, aws.rds.Instance):\n"
        "    print(sorted((k, str(v)) for k, v in _types.resource_types(r).items()))\n"
    )
    assert python(INSTALL + code) == python(f"import pulumi_aws as aws\n{code}")

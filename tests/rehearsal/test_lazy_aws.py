"""Importing only what is used of pulumi_aws changes nothing but the time."""

import json
import subprocess
import sys
from functools import cache

import pytest

from .command import ROOT, environment

SERVICES = ("ec2", "lambda_")

_STAR = "ns = {}\nexec('from pulumi_aws.%s import *', ns)\nprint(sorted(n for n in ns if not n.startswith('_')))"
_NAMES = """\
names = sorted(n for n in dir(aws.%s) if not n.startswith('__'))
values = [(n, getattr(aws.%s, n)) for n in names]
print([(n, type(value).__name__, getattr(value, '__module__', '')) for n, value in values])
"""
SNIPPETS = {
    "used": "aws.sqs.Queue\nprint(sorted(m for m in sys.modules if m.startswith('pulumi_aws.sqs.')))",
    **{f"names of {service}": _NAMES % (service, service) for service in SERVICES},
    **{f"star of {service}": _STAR % service for service in SERVICES},
    "function": "aws.ec2.get_ami_output\nprint(callable(aws.ec2.get_ami))",
    "function, late": "aws.ec2.Vpc\nimport pulumi_aws.ec2.get_ami\nprint(callable(aws.ec2.get_ami))",
    "function, from": "from pulumi_aws.ec2 import get_ami, Vpc\nprint(callable(get_ami))",
    "module": "from pulumi_aws.ec2.vpc import Vpc\nimport pulumi_aws.s3.bucket\nprint(Vpc is aws.ec2.Vpc)",
    "unknown": "try:\n    aws.ec2.Vcp\nexcept AttributeError as error:\n    print(error)",
    "hints": """\
from pulumi import _types
for r in (aws.ec2.LaunchTemplate, aws.s3.Bucket, aws.lb.Listener, aws.autoscaling.Group, aws.rds.Instance):
    print(sorted((k, str(v)) for k, v in _types.resource_types(r).items()))
""",
}

# Each snippet in a process of its own, all of them split off the one that has paid for the imports.
_DRIVER = """\
import contextlib, io, json, os, sys
if sys.argv[1] == "lazily":
    from rehearsal import lazy_aws
    lazy_aws.install()
import pulumi_aws as aws
told = {}
for name, code in json.load(sys.stdin).items():
    read, write = os.pipe()
    if not os.fork():
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, {"aws": aws, "sys": sys})
        with open(write, "w") as pipe:
            pipe.write(out.getvalue())
        os._exit(0)
    os.close(write)
    with open(read) as pipe:
        told[name] = pipe.read()
    assert os.wait()[1] == 0
print(json.dumps(told))
"""


@cache
def told(how: str) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, how],
        input=json.dumps(SNIPPETS),
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


pytestmark = pytest.mark.xdist_group("lazy_aws")


def test_only_what_is_used_is_imported() -> None:
    used = told("lazily")["used"]
    assert "'pulumi_aws.sqs.queue'" in used
    assert "'pulumi_aws.sqs.queue_policy'" not in used


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_the_attributes_that_it_has_otherwise(service: str) -> None:
    # The package's modules are attributes of it as soon as they are imported, which is the point.
    lazily, plainly = (_without_modules(told(how)[f"names of {service}"]) for how in ("lazily", "plainly"))
    assert lazily == plainly
    assert told("lazily")[f"star of {service}"] == told("plainly")[f"star of {service}"] != "[]\n"


def _without_modules(printed: str) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = eval(printed)  # noqa: S307  our own output
    return [row for row in found if row[1] != "module" or row[0] == "outputs"]


@pytest.mark.parametrize("order", ["function", "function, late", "function, from"])
def test_a_function_wins_over_the_module_of_its_name(order: str) -> None:
    assert told("lazily")[order] == "True\n"


def test_a_module_can_be_imported_by_its_name() -> None:
    assert told("lazily")["module"] == "True\n"


def test_an_unknown_attribute_is_the_usual_error() -> None:
    assert told("lazily")["unknown"] == "module 'pulumi_aws.ec2' has no attribute 'Vcp'\n"


def test_the_hints_of_a_resource_resolve() -> None:
    assert told("lazily")["hints"] == told("plainly")["hints"] != ""

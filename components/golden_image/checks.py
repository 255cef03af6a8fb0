"""What a golden image refuses, before anything is registered."""

import re
import zoneinfo

from .._args import InvalidArgs, check_range
from ..machine import MachineSpec
from ..machine.distributions import DEFAULT_INSTANCE_TYPE, architecture
from .shapes import GoldenImageSpec

_FIELDS = 6
_PARAMETER = re.compile(r"/imagebuilder(?:/[A-Za-z0-9_.-]+)+")
_BASE = re.compile(r"/(?:aws/service|imagebuilder)/[A-Za-z0-9_./-]+")
_LOOPBACK = re.compile(r"https?://(?:127\.0\.0\.1|localhost)(?::[0-9]{1,5})?(?:/[!-~]*)?")
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-[0-9]+")


def check_golden_image(component: str, spec: GoldenImageSpec, machine: MachineSpec) -> None:
    """Raise `InvalidArgs` for everything in *spec* that can be known to be wrong."""
    _check_schedule(component, spec)
    _check_instance_type(component, spec, machine)
    check_range(component, "golden_image.images_kept", spec.get("images_kept", 4), 2, 100)
    url = spec.get("health_url")
    if url is not None and not _LOOPBACK.fullmatch(url):
        raise InvalidArgs(
            f"{component}: golden_image.health_url must be on the server itself, such as http://127.0.0.1/healthz, "
            f"got {url!r}"
        )
    for i, test in enumerate(spec.get("tests", ())):
        if not test.strip():
            raise InvalidArgs(f"{component}: golden_image.tests[{i}] must not be empty")
    _check_places(component, spec)


def check_parameter(component: str, name: str) -> None:
    """Raise `InvalidArgs` unless Image Builder's role may write the parameter *name*."""
    longest = 1011  # Image Builder API reference, SsmParameterConfiguration
    if not _PARAMETER.fullmatch(name) or len(name) > longest:
        raise InvalidArgs(
            f"{component}: parameter_name must begin with /imagebuilder/ and have letters, digits, '.', '-' and '_' "
            f"between its slashes, got {name!r}"
        )


def check_base(component: str, image: str, parameter_name: str) -> None:
    """Raise `InvalidArgs` for a base image that Image Builder could not look up, or that is the image itself.

    Its service-linked role reads parameters below /aws/service/ and /imagebuilder/ (AWS managed policy reference,
    AWSServiceRoleForImageBuilder).
    """
    if not image.startswith("resolve:ssm:"):
        return
    base = image.removeprefix("resolve:ssm:")
    if not _BASE.fullmatch(base) or base == parameter_name:
        raise InvalidArgs(
            f"{component}: machine.image must be al2023, ubuntu-24.04, ami-... or another resolve:ssm: parameter below "
            f"/aws/service/ or /imagebuilder/, got {image!r}"
        )


def _check_schedule(component: str, spec: GoldenImageSpec) -> None:
    schedule = spec.get("schedule")
    if schedule is not None:
        inner = re.fullmatch(r"cron\((\S+(?: \S+)*)\)", schedule)
        fields = inner[1].split(" ") if inner else []
        if len(fields) != _FIELDS or (fields[2] == "?") == (fields[4] == "?"):
            raise InvalidArgs(
                f"{component}: golden_image.schedule must be cron(minutes hours day-of-month month day-of-week year) "
                f"with ? for one of the days, got {schedule!r}"
            )
    zone = spec.get("time_zone")
    known = zoneinfo.available_timezones()  # none on Windows
    if zone is not None and known and zone not in known:
        raise InvalidArgs(
            f"{component}: golden_image.time_zone must be an IANA name, such as Europe/Zurich, got {zone!r}"
        )


def _check_instance_type(component: str, spec: GoldenImageSpec, machine: MachineSpec) -> None:
    wanted = architecture(component, machine.get("instance_type", DEFAULT_INSTANCE_TYPE))
    builder = spec.get("instance_type")
    if builder is not None and architecture(component, builder, "golden_image.instance_type") != wanted:
        raise InvalidArgs(
            f"{component}: golden_image.instance_type must be an {wanted} type, as the machine's is, got {builder!r}"
        )


def _check_places(component: str, spec: GoldenImageSpec) -> None:
    accounts = spec.get("account_ids", ())
    for i, account in enumerate(accounts):
        if not re.fullmatch(r"[0-9]{12}", account) or account in accounts[:i]:
            raise InvalidArgs(
                f"{component}: golden_image.account_ids[{i}] must be twelve digits and unique, got {account!r}"
            )
    seen = set[str]()
    for i, copy in enumerate(spec.get("copies", ())):
        region = copy["region"]
        if not _REGION.fullmatch(region) or region in seen:
            raise InvalidArgs(
                f"{component}: golden_image.copies[{i}].region must be a region such as eu-west-1, once, got {region!r}"
            )
        seen.add(region)
    if accounts:
        for field, place in [
            ("golden_image", spec),
            *((f"golden_image.copies[{i}]", copy) for i, copy in enumerate(spec.get("copies", ()))),
        ]:
            if "kms_key_arn" not in place:
                raise InvalidArgs(
                    f"{component}: {field}.kms_key_arn must be given with account_ids: an image under AWS's own key "
                    "cannot be shared"
                )

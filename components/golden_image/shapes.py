"""What can be said about a golden image."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from .._mounts import Mount
from .._sources import StorageMount
from ..machine import MachineSpec


class ImageCopy(TypedDict):
    """A copy of the image in another region, with a parameter of the same name there."""

    region: str
    """Name of the region, such as `eu-west-1`."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key of that region that encrypts the copy. Defaults to AWS's own key for EBS."""


class GoldenImageSpec(TypedDict):
    """How an image is built, tested, published and kept."""

    schedule: NotRequired[str]
    """When it is built: `cron(minutes hours day-of-month month day-of-week year)`, one of the days being `?`. Defaults
    to `cron(0 3 ? * SUN *)`, so that Monday's servers start from the packages of Sunday."""

    time_zone: NotRequired[str]
    """Time zone of the schedule, an IANA name such as `Europe/Zurich`. Defaults to `Etc/UTC`."""

    instance_type: NotRequired[str]
    """Type of the servers that build and test, of the machine's processor architecture. Defaults to the machine's."""

    health_url: NotRequired[str]
    """What must answer on the test server once the machine's enabled services are started, such as
    `http://127.0.0.1/healthz`. There are neither mounts nor secrets nor a database. Defaults to no such test."""

    tests: NotRequired[Sequence[str]]
    """Bash scripts that run as root on a server launched from the new image, after `health_url`; the image is not
    published when one fails. Defaults to none besides the built-in ones: packages, masked units, nothing running."""

    images_kept: NotRequired[int]
    """How many images are kept, 2 to 100; older ones go with their snapshots, unless a server was launched from them
    in the last two weeks. Defaults to 4, a month of Sundays."""

    kms_key_arn: NotRequired[pulumi.Input[str]]
    """Key that encrypts the image; its policy must let Image Builder, Auto Scaling and the accounts use it. A change
    makes a new recipe. Defaults to AWS's own key for EBS."""

    account_ids: NotRequired[Sequence[str]]
    """Accounts that may launch servers from the image; they need `kms_key_arn`, as an image under AWS's own key cannot
    be shared. Defaults to none."""

    copies: NotRequired[Sequence[ImageCopy]]
    """Other regions that get a copy. Defaults to none."""

    topic_arn: NotRequired[pulumi.Input[str]]
    """SNS topic that Image Builder tells of every build, how it went. Defaults to none."""


class GoldenImageArgs(TypedDict):
    """What a golden image needs to know."""

    vpc_id: pulumi.Input[str]
    """The network in which images are built. A change replaces the security group."""

    subnet_id: pulumi.Input[str]
    """A private subnet with a way out through NAT, for the servers that build and test."""

    machine: NotRequired[MachineSpec]
    """The machine whose preparation is built in; its `image` is the base, looked up anew for every build. Defaults to
    the machine's defaults."""

    mounts: NotRequired[Sequence[Mount]]
    """Storage that the machine will mount, for the clients that it needs: nothing is mounted in an image. Defaults to
    none."""

    storage_mounts: NotRequired[Sequence[StorageMount]]
    """Storage to mount by its output `mount_source`: what programs in other languages than Python use in place of
    `mounts`. Defaults to none."""

    golden_image: NotRequired[GoldenImageSpec]
    """How the image is built, tested, published and kept. Defaults to its defaults."""

    parameter_name: NotRequired[str]
    """Name of the SSM parameter that holds the newest image, below `/imagebuilder/`: Image Builder's service-linked
    role writes no others. A change replaces it. Defaults to `/imagebuilder/<project>/<stack>/<name>`."""

    tags: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Tags of everything, images and build servers included. Defaults to none."""

"""The image that web servers start from."""

from typing import Annotated

from pydantic import Field

from .base import Arn, Model, Text


class ImageCopy(Model):
    """A copy of the image in another region."""

    region: Annotated[str, Field(pattern="^[a-z]{2,}(-[a-z]+)+-[0-9]+$")]
    """Name of the region."""
    kms_key_arn: Arn | None = None
    """Key of that region that encrypts the copy; AWS's own when left out."""


class GoldenImage(Model):
    """An image with the machine's preparation built in; without any setting, a new one every Sunday night."""

    schedule: Text = "cron(0 3 ? * SUN *)"
    """When it is built: cron(minutes hours day-of-month month day-of-week year)."""
    time_zone: Text = "Etc/UTC"
    """Time zone of the schedule."""
    instance_type: Annotated[str, Field(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$")] | None = None
    """EC2 instance type that builds and tests; the machine's when left out."""
    health_url: Text | None = None
    """What must answer on the test server, such as http://127.0.0.1/healthz; not asked when left out."""
    tests: list[Text] = []
    """Shell commands that a server of the new image must pass before it is published."""
    images_kept: Annotated[int, Field(ge=2, le=100)] = 4
    """How many images are kept."""
    kms_key_arn: Arn | None = None
    """Key that encrypts the image; AWS's own when left out."""
    account_ids: list[Annotated[str, Field(pattern="^[0-9]{12}$")]] = []
    """Accounts that may launch servers from it; they need kms_key_arn."""
    copies: list[ImageCopy] = []
    """Other regions that get a copy."""
    topic_arn: Arn | None = None
    """SNS topic that is told of every build."""

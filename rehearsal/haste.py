"""Take away what costs moto 5.2 most; found with cProfile, and `make bench` shows it."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from unittest.mock import patch


def hasten(session: Any, partitions: Callable[[], set[str]]) -> None:
    """Make moto's modules faster; *session* is boto3's, *partitions* those that are in use."""
    responses: Any = importlib.import_module("moto.core.responses")
    # Asked anew for every request; a tenth of it.
    responses.method_names_from_class = cache(responses.method_names_from_class)
    # Makes a new session for each partition to list the regions of EC2, and reads EC2's model every time: 0.6 s.
    with patch("boto3.Session", lambda *_args, **_kwargs: session):  # pyright: ignore[reportUnknownLambdaType, reportUnknownArgumentType]
        importlib.import_module("moto.ec2.models")
    # Makes IAM with its 1,583 managed policies for every partition there is: 0.5 s.
    backend: Any = importlib.import_module("moto.iam.models").IAMBackend
    load = getattr(backend, "_rehearsal_load", backend._init_aws_policies)  # noqa: SLF001
    backend._rehearsal_load = load  # noqa: SLF001
    backend._init_aws_policies = lambda self: load(self) if self.partition in partitions() else []  # noqa: SLF001
    _find_tags_by_id()


def _find_tags_by_id() -> None:
    """Spare EC2 the search through the tags of all resources for those of one, several times in every answer."""
    tags: Any = importlib.import_module("moto.ec2.models.tags")
    search = getattr(tags.TagBackend, "_rehearsal_search", tags.TagBackend.describe_tags)

    def describe_tags(self: Any, filters: Mapping[str, Sequence[str]] | None = None) -> list[dict[str, str]]:
        ids = filters["resource-id"] if filters and set(filters) == {"resource-id"} else []
        if len(ids) != 1 or set("*?[\\") & set(ids[0]):
            return search(self, filters)
        kind = tags.EC2_PREFIX_TO_RESOURCE.get(tags.get_prefix(ids[0]), "")
        own: dict[str, str] = self.tags.get(ids[0], {})
        return [{"resource_id": ids[0], "key": k, "value": v, "resource_type": kind} for k, v in own.items()]

    tags.TagBackend._rehearsal_search = search  # noqa: SLF001
    tags.TagBackend.describe_tags = describe_tags

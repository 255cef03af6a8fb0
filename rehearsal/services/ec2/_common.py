"""What the resource types of EC2 share."""

from rehearsal.entry import Call, Tags


def ec2_tags(kind: str) -> Tags:
    """Tags of a *kind* of EC2 resource (``vpc``, ``subnet``): given with its creation, changed by id."""
    return Tags(
        {"TagSpecifications": [{"ResourceType": kind, "Tags": "{tags}"}]},
        put=Call("create_tags", {"Resources": ["{id}"], "Tags": "{tags}"}),
        remove=Call("delete_tags", {"Resources": ["{id}"], "Tags": "{keys}"}),
    )


ADOPTED_TAGS = Tags(
    put=Call("create_tags", {"Resources": ["{id}"], "Tags": "{tags}"}),
    remove=Call("delete_tags", {"Resources": ["{id}"], "Tags": "{keys}"}),
)
"""Tags of what a VPC brings with it."""


def arn(kind: str) -> str:
    """Template of the ARN of a *kind* of EC2 resource."""
    return f"arn:{{partition}}:ec2:{{region}}:{{account}}:{kind}/{{id}}"

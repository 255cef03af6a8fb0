"""What the resource types of RDS share."""

from rehearsal.entry import Call, Tags


def rds_tags(kind: str, name: str, *, listed: bool) -> Tags:
    """Tags of a *kind* of RDS resource called *name* (a template); *listed* in the answer of its own read or not."""
    arn = f"arn:{{partition}}:rds:{{region}}:{{account}}:{kind}:{name}"
    return Tags(
        {"Tags": "{tags}"},
        put=Call("add_tags_to_resource", {"ResourceName": arn, "Tags": "{tags}"}),
        remove=Call("remove_tags_from_resource", {"ResourceName": arn, "TagKeys": "{keys}"}),
        read=None if listed else Call("list_tags_for_resource", {"ResourceName": arn}),
        at="TagList",
    )

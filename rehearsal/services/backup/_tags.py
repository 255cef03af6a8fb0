"""How what belongs to AWS Backup is tagged."""

from rehearsal.entry import Call, Tags


def tags_of(create: str, resource: str) -> Tags:
    """Return the tags of *resource*, which the parameter *create* carries when it is made."""
    arn = "arn:{partition}:backup:{region}:{account}:" + resource
    return Tags(
        {create: "{tags}"},
        put=Call("tag_resource", {"ResourceArn": arn, "Tags": "{tags}"}),
        remove=Call("untag_resource", {"ResourceArn": arn, "TagKeyList": "{keys}"}),
        read=Call("list_tags", {"ResourceArn": arn}),
    )

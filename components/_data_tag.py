"""The tag on everything that holds data: by it backups find what to keep, and a restore what there was."""

import pulumi

DATA_TAG = "elasticweb:data"


def data_tag() -> dict[str, str]:
    """Return the tag of what holds data of this stack, `project/stack`.

    It is on the volume, database, bucket or file system itself and on nothing around it: replicas, logs and servers
    hold nothing that a backup should have. It is always there, so that backups can be switched on without a change to
    the data, and `elasticweb restore` finds the data of stacks whose state is out of reach.
    """
    return {DATA_TAG: f"{pulumi.get_project()}/{pulumi.get_stack()}"}

"""Parameter groups of clusters."""

from typing import Any

from rehearsal.context import Context
from rehearsal.entry import Autoname, Call, Do, Entry, props
from rehearsal.errors import RehearsalError
from rehearsal.services._plain import fields, items

from ._common import rds_tags
from .groups import AT_ONCE, group_name, parameter_family


def _set(context: Context, wanted: list[dict[str, Any]]) -> None:
    for start in range(0, len(wanted), AT_ONCE):
        parameters = [
            {
                "ParameterName": parameter["name"],
                "ParameterValue": str(parameter["value"]),
                "ApplyMethod": parameter.get("applyMethod", "immediate"),
            }
            for parameter in wanted[start : start + AT_ONCE]
        ]
        context.call(
            "modify_db_cluster_parameter_group", {"DBClusterParameterGroupName": context.id, "Parameters": parameters}
        )


def _set_parameters(context: Context) -> None:
    """Set what changed, and take back what is gone."""
    before = {p["name"]: p for p in items(context.old.get("parameters"))}
    after = {p["name"]: p for p in items(context.inputs.get("parameters"))}
    gone = [
        {"ParameterName": name, "ApplyMethod": before[name].get("applyMethod", "immediate")}
        for name in sorted(before.keys() - after.keys())
    ]
    if gone:
        _make_anew(context)
        before = {}
    _set(context, [parameter for name, parameter in after.items() if before.get(name) != parameter])


def _make_anew(context: Context) -> None:
    """Make the group again: the emulator (moto 5.2) resets no parameter of one."""
    with context.emulator.alone:
        context.call("delete_db_cluster_parameter_group", {"DBClusterParameterGroupName": context.id})
        context.tags = dict(fields(context.old.get("tagsAll")))
        tags = {"Tags": "{tags}"} if context.tags else {}
        call = Call("create_db_cluster_parameter_group", tags)
        context.run(call, ("name", "family", "description"))


def _delete(context: Context) -> None:
    for cluster in context.call("describe_db_clusters")["DBClusters"]:
        if cluster.get("DBClusterParameterGroup") == context.id:
            raise RehearsalError(
                f"{context.entry.type_name}: the parameter group {context.id} is in use by the cluster "
                f"{cluster['DBClusterIdentifier']}"
            )
    context.call("delete_db_cluster_parameter_group", {"DBClusterParameterGroupName": context.id})


CLUSTER_PARAMETER_GROUP = Entry(
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    service="rds",
    inputs=props(
        "parameters",
        required="family",
        replaces="description family name namePrefix",
        computed="name namePrefix",
        sets="parameters",
        local="namePrefix",
        defaults={"description": "Managed by Pulumi"},
        api={"name": "DBClusterParameterGroupName", "family": "DBParameterGroupFamily"},
        fields={"parameters": {"name": "ParameterName", "value": "ParameterValue", "applyMethod": "ApplyMethod"}},
    ),
    conflicts=("name namePrefix",),
    checks=(group_name, parameter_family),
    autoname=Autoname("name", 255),
    create=Call("create_db_cluster_parameter_group"),
    id="{name}",
    read=(
        Call(
            "describe_db_cluster_parameter_groups",
            {"DBClusterParameterGroupName": "{id}"},
            at="DBClusterParameterGroups.0",
        ),
        # Only what was set: a family has hundreds of parameters of its own.
        Call("describe_db_cluster_parameters", {"DBClusterParameterGroupName": "{id}", "Source": "user"}),
    ),
    updates=(Do(_set_parameters, "parameters", on_create=True),),
    delete=(_delete,),
    outputs={"arn": "DBClusterParameterGroupArn"},
    tags=rds_tags("cluster-pg", "{id}", listed=False),
)

"""Parameters of Aurora MySQL."""

import pulumi_aws as aws

from ..database import words
from ..database.scope import Scope
from .checks import Cluster

_PARAMETERS = {
    "character_set_server": "utf8mb4",
    "collation_server": "utf8mb4_0900_ai_ci",
    # Logs in tables cannot be exported to CloudWatch.
    "log_output": "FILE",
    "long_query_time": "2",
    "require_secure_transport": "ON",
    # Who logs in, and who changes rights or structure (FSBP RDS.45); what is read and written is left to the
    # application's own log, for QUERY would be as much as the site's whole traffic.
    "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL",
    "server_audit_logging": "1",
    "slow_query_log": "1",
}


def parameter_group(scope: Scope, cluster: Cluster) -> aws.rds.ClusterParameterGroup:
    """Make the one of the cluster, which applies to all its instances (RDS API, CreateDBClusterParameterGroup).

    The instances have no group of their own beside it: readers that autoscaling makes would not have it.
    """
    given = cluster.parameters
    return aws.rds.ClusterParameterGroup(
        f"{scope.name}-cluster-parameters",
        family=f"aurora-mysql{cluster.engine_version[:3]}",
        description=f"Parameters of {scope.name}",
        parameters=[
            aws.rds.ClusterParameterGroupParameterArgs(
                name=parameter, value=value, apply_method=words.apply_method(parameter, given=parameter in given)
            )
            for parameter, value in sorted({**_PARAMETERS, **given}.items())
        ],
        tags=scope.tags,
        opts=scope.needed(),
    )

"""Parameters of MySQL on RDS."""

import pulumi_aws as aws

from ..database import words
from ..database.scope import Scope
from .checks import Database

# Left to the family's own, which are right or follow the class: innodb_buffer_pool_size and max_connections (formulas
# of DBInstanceClassMemory), read_only ({TrueIfReplica}), and performance_schema, which Database Insights switches on by
# itself as long as nobody sets it (RDS user guide, USER_PerfInsights.EnableMySQL).
_PARAMETERS = {
    # Replicas get rows: statements can mean something else there. It is held (checks/replicas.py).
    "binlog_format": "ROW",
    "character_set_server": "utf8mb4",
    "collation_server": "utf8mb4_0900_ai_ci",
    # Every commit is on disk before the client is told. These are the defaults; they are held (database/checks.py).
    "innodb_flush_log_at_trx_commit": "1",
    "innodb_print_all_deadlocks": "1",
    # Logs in tables cannot be exported to CloudWatch.
    "log_output": "FILE",
    "long_query_time": "2",
    "require_secure_transport": "1",
    "slow_query_log": "1",
    "sync_binlog": "1",
}


def parameter_group(scope: Scope, database: Database) -> aws.rds.ParameterGroup:
    """Make one for all instances in a region."""
    given = database.parameters
    return aws.rds.ParameterGroup(
        f"{scope.name}-parameters" + (f"-{scope.region}" if scope.region else ""),
        region=scope.region,
        family=database.family,
        description=f"Parameters of {scope.name}",
        parameters=[
            aws.rds.ParameterGroupParameterArgs(
                name=parameter, value=value, apply_method=words.apply_method(parameter, given=parameter in given)
            )
            for parameter, value in sorted({**_PARAMETERS, **given}.items())
        ],
        tags=scope.tags,
        opts=scope.needed(),
    )

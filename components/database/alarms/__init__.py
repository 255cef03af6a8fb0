"""Who is told when a database of either engine is not well."""

from .checks import check_alarms, check_connections
from .clusters import Cluster, cluster_alarms
from .connections import aurora_connections, mysql_connections
from .events import Source, subscribe
from .instances import Watched, instance_alarms
from .shapes import DatabaseAlarms
from .telling import Telling, telling

__all__ = [
    "Cluster",
    "DatabaseAlarms",
    "Source",
    "Telling",
    "Watched",
    "aurora_connections",
    "check_alarms",
    "check_connections",
    "cluster_alarms",
    "instance_alarms",
    "mysql_connections",
    "subscribe",
    "telling",
]

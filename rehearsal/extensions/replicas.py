"""Replicas of databases stand alone when their source goes or they are promoted, and are upgraded before it.

moto (5.2.5, ``rds/models.py``) keeps source and replica tied together for ever, so that a replica can never be deleted
once its source is gone, upgrades a source whose replicas are behind, which RDS refuses, and looks for subnet groups of
a replica from elsewhere in the region of its source.
"""

import copy
import importlib
import re
from typing import Any


def install() -> None:
    """Teach moto's models."""
    models: Any = importlib.import_module("moto.rds.models")
    backend: Any = models.RDSBackend
    if hasattr(backend, "rehearsal_delete"):
        return
    backend.rehearsal_delete, backend.rehearsal_modify = backend.delete_db_instance, backend.modify_db_instance
    backend.rehearsal_replicate = backend.create_db_instance_read_replica
    backend.create_db_instance_read_replica = _replicate
    backend.promote_read_replica = _promote
    backend.delete_db_instance = _delete
    backend.modify_db_instance = _modify
    models.DBInstance.remove_replica = _remove


def _replicate(self: Any, db_kwargs: dict[str, Any]) -> Any:
    source = self.find_db_from_id(db_kwargs["source_db_instance_identifier"])
    if source.backend is self:
        return self.rehearsal_replicate(db_kwargs)
    replica = copy.copy(source)
    # What belongs to the source's region is not looked for in the replica's.
    replica.backend, replica.availability_zone = self, f"{self.region_name}a"
    replica.db_parameter_group_name, replica.vpc_security_group_ids = None, []
    replica.update(**db_kwargs)
    replica.set_as_replica()
    self.databases[db_kwargs["db_instance_identifier"]] = replica
    source.add_replica(replica)
    return replica


def _promote(self: Any, db_kwargs: dict[str, Any]) -> Any:
    name = db_kwargs["db_instance_identifier"]
    (replica,) = self.describe_db_instances(name)
    if not replica.is_replica:
        raise _error("InvalidDBInstanceState", f"DB Instance {name} is not a read replica.")
    self.find_db_from_id(replica.source_db_instance_identifier).remove_replica(replica)
    _stand_alone(replica)
    replica.update(**db_kwargs)
    return replica


def _delete(self: Any, db_instance_identifier: str, *rest: Any, **more: Any) -> Any:
    database = self.databases.get(db_instance_identifier)
    gone = self.rehearsal_delete(db_instance_identifier, *rest, **more)
    if database is not None:
        for replica in _replicas(self, database):
            _stand_alone(replica)
    return gone


def _modify(self: Any, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> Any:
    wanted: str = db_kwargs.get("engine_version") or "0"
    database = self.databases.get(db_instance_identifier)
    for replica in _replicas(self, database) if database is not None else ():
        if _numbers(replica.engine_version) < _numbers(wanted):
            raise _error(
                "DBUpgradeDependencyFailure",
                f"One or more of the DB Instance's read replicas need to be upgraded: {replica.db_instance_identifier}",
            )
    return self.rehearsal_modify(db_instance_identifier, db_kwargs)


def _remove(self: Any, replica: Any) -> None:
    names = (replica.db_instance_identifier, replica.db_instance_arn)  # by ARN from another region
    self.replicas = [name for name in self.replicas if name not in names]


def _replicas(backend: Any, database: Any) -> list[Any]:
    return [backend.find_db_from_id(name) for name in database.replicas]


def _stand_alone(replica: Any) -> None:
    replica.is_replica, replica.source_db_instance_identifier = False, None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)))


def _error(code: str, message: str) -> Exception:
    error: Any = importlib.import_module("moto.rds.exceptions").RDSClientError
    return error(code, message)

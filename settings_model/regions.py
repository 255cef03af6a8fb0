"""What of an environment's settings has to be in its region, and what must not be."""

from .environment import Settings


def check_regions(settings: Settings, region: str) -> None:
    """Raise ``ValueError`` with one line unless the databases' settings fit the *region* of the stack.

    Components cannot see it: the provider's region may be known only when they have been made.
    """
    database = settings.database
    replicas = database.replicas if database else []
    for number, replica in enumerate(replicas):
        field = f"database.replicas[{number}]"
        if replica.elsewhere is None:
            _check_zone(f"{field}.availability_zone", replica.availability_zone, region)
        elif replica.elsewhere.region == region:
            raise ValueError(f"{field}.elsewhere.region must be another region than the stack's, got {region!r}")
    if database and database.backup_copy and database.backup_copy.region == region:
        raise ValueError(f"database.backup_copy.region must be another region than the stack's, got {region!r}")
    for number, reader in enumerate((settings.aurora and settings.aurora.readers) or []):
        _check_zone(f"aurora.readers[{number}].availability_zone", reader.availability_zone, region)
    key = settings.database_kms_key_arn
    if key is not None and key.split(":")[3:4] != [region]:
        raise ValueError(f"database_kms_key_arn must be the ARN of a key in {region}, got {key!r}")


def _check_zone(field: str, zone: str | None, region: str) -> None:
    if zone is not None and not zone.startswith(region):
        raise ValueError(f"{field} must be a zone of {region}, such as {region}b, got {zone!r}")

"""What can be said about the storage of a MySQL database."""

from enum import StrEnum


class DatabaseStorageType(StrEnum):
    """Volumes of RDS."""

    GP3 = "gp3"
    """General purpose."""
    IO2 = "io2"
    """io2 Block Express: below a millisecond, every I/O operation per second paid for."""

"""What shared files are used for, what that takes, and which kind of share does not have it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from .._args import InvalidArgs


class StorageUse(StrEnum):
    """What files are used for. Each takes something of the file system, which not every kind has."""

    READ_MOSTLY = "read_mostly"
    """Files that are read, and written whole, once: media, models, downloads. Takes nothing."""

    UPLOADS = "uploads"
    """What visitors upload to a CMS, which writes a file, sets its mode and renames it. Takes renaming and modes."""

    GENERATED = "generated"
    """What the application makes itself: thumbnails, joined style sheets, each renamed when complete. Takes renaming
    and modes."""

    CACHE = "cache"
    """Caches of the application: many small files, renamed, changed in place and locked."""

    SESSIONS = "sessions"
    """Sessions of visitors as files, as PHP keeps them: locked, and changed in place."""

    LOGS = "logs"
    """Logs, each server its own. Takes appending."""

    RELEASES = "releases"
    """Releases of the application behind a symbolic link `current`. Takes renaming, modes and links."""

    DATABASE_FILES = "database_files"
    """Files of a database such as SQLite, opened by several servers. No share has the locks and the shared memory that
    it takes (sqlite.org, "Write-Ahead Logging": all processes must be on the same host)."""


_RENAME, _MODES, _APPEND = "rename files", "set owners and modes", "append to files"
_IN_PLACE, _LOCK, _LINK = "change files in place", "lock files", "make links"
_ONE_HOST = "share memory between servers"

_TAKES: Mapping[StorageUse, tuple[str, ...]] = {
    StorageUse.READ_MOSTLY: (),
    StorageUse.UPLOADS: (_RENAME, _MODES),
    StorageUse.GENERATED: (_RENAME, _MODES),
    StorageUse.CACHE: (_RENAME, _IN_PLACE, _LOCK),
    StorageUse.SESSIONS: (_IN_PLACE, _LOCK),
    StorageUse.LOGS: (_APPEND,),
    StorageUse.RELEASES: (_RENAME, _MODES, _LINK),
    StorageUse.DATABASE_FILES: (_ONE_HOST,),
}

# mountpoint-s3, doc/SEMANTICS.md, for general purpose buckets. The others are NFS 4.
_LACKS: Mapping[str, frozenset[str]] = {
    "mountpoint": frozenset({_RENAME, _MODES, _APPEND, _IN_PLACE, _LOCK, _LINK, _ONE_HOST}),
}
_NFS_LACKS = frozenset({_ONE_HOST})


def check_uses(component: str, kind: str, uses: Sequence[StorageUse]) -> None:
    """Raise :class:`InvalidArgs` for a use that *kind* is not fit for, with the reason and what is."""
    lacks = _LACKS.get(kind, _NFS_LACKS)
    for number, use in enumerate(uses):
        missing = [ability for ability in _TAKES[use] if ability in lacks]
        if missing:
            fit = "use mount_with s3_files, efs or nfs_server"
            instead = "keep the data in the database" if _ONE_HOST in missing else fit
            raise InvalidArgs(
                f"{component}: storage.uses[{number}] must not be {use.value} with mount_with {kind}, which cannot "
                f"{' or '.join(missing)}; {instead}"
            )

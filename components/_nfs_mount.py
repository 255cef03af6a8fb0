"""Files of an NFS server as a directory: what a machine needs to mount them."""

from dataclasses import dataclass

import pulumi

from ._mounting import script_command
from ._mounts import Mount
from ._volume_mount import check_owner

PORT = 2049

# hard: a request waits for the server's successor, and is never lost (nfs(5)). The times are those that AWS recommends
# for EFS ("Recommended NFS mount options"), and noresvport lets a client connect anew at once.
_OPTIONS = "nfsvers=4.2,proto=tcp,port=2049,hard,timeo=600,retrans=2,noresvport,nosuid,nodev"


@dataclass(frozen=True)
class NfsFacts:
    """What others need to know of the server."""

    host: pulumi.Output[str]
    security_group_id: pulumi.Output[str]


def nfs_mount(name: str, path: str, server: NfsFacts, owner: str | None, *, read_only: bool) -> Mount:
    """Return the mount of the server's files at *path*."""
    check_owner("NfsServer", path, owner)
    follow = [script_command("nfs-client.sh", server.host, path, parts=["nfs-follow.sh"])]
    mount: Mount = {
        "name": name,
        "path": path,
        "type": "nfs4",
        "source": server.host.apply(lambda host: f"{host}:/"),
        "options": f"{_OPTIONS},ro" if read_only else _OPTIONS,
        "packages": {"al2023": ["nfs-utils"], "ubuntu": ["nfs-common"]},
        "setup": {"al2023": follow, "ubuntu": follow},
        "connection": {"name": name, "security_group_id": server.security_group_id, "port": PORT},
    }
    if owner is not None:
        mount["owner"] = owner
    return mount

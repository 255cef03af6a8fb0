"""Files that all servers share, whatever they are kept in."""

import pulumi

from .._args import checked
from .._mounting import check_mount_path
from .._mounts import Mount
from ..bucket import watch
from .checks import check_storage
from .kinds import EfsShare, NfsShare, S3FilesShare
from .making import make_shares
from .shapes import MountWith, SharedStorageArgs, StorageSpec


class SharedStorage(pulumi.ComponentResource):
    """Files that every server sees as a directory: in a private, versioned, encrypted bucket, in EFS, or on a volume.

    Stateful: what holds files is kept unless `disposable`. AWS refuses to delete the file system of S3 Files while it
    has changes to write to the bucket (for about a minute after the last one): destroy again then.
    """

    bucket_name: pulumi.Output[str]
    """The bucket; empty without one."""

    bucket_arn: pulumi.Output[str]
    """ARN of the bucket; empty without one."""

    kms_key_arn: pulumi.Output[str] | None
    """Key of one's own that encrypts the bucket: who else reads files of it must be allowed to use it. None without."""

    replica_bucket_name: pulumi.Output[str] | None
    """The second bucket, in the region of `storage.bucket.replication`. None without."""

    replication_role_arn: pulumi.Output[str] | None
    """The role by which S3 copies into it: a bucket of another account must let it in. None without."""

    file_system_id: pulumi.Output[str] | None
    """The file system of S3 Files or EFS, once it can be mounted. None with Mountpoint and an NFS server. This and what
    follows are of the kind in `mount_with`."""

    file_system_arn: pulumi.Output[str] | None
    """ARN of the file system. None like the file system."""

    access_point_id: pulumi.Output[str] | None
    """The access point that servers mount. None like the file system."""

    access_point_arn: pulumi.Output[str] | None
    """ARN of the access point. None like the file system."""

    security_group_id: pulumi.Output[str] | None
    """Security group of the mount targets, or of the address of the NFS server; servers add their own rule for port
    2049. None with Mountpoint."""

    host: pulumi.Output[str] | None
    """Private name under which the NFS server serves the files. None without one."""

    volume_id: pulumi.Output[str] | None
    """The first volume of the NFS server. None without one."""

    mount_source: pulumi.Output[str]
    """What a machine needs to know to mount the files, as JSON: the `source` in `storage_mounts` of WebTier,
    SingleServer and Machine. In Python `mount()` says the same in one word."""

    beside_source: pulumi.Output[str] | None
    """The same of what is `beside`. None without."""

    def __init__(self, name: str, args: SharedStorageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        args = checked("SharedStorage", SharedStorageArgs, args)
        spec = args.get("storage", StorageSpec())
        check_storage(name, args, spec)
        super().__init__("elasticweb:index:SharedStorage", name, {}, opts)
        self._key = name
        bucket, shares = make_shares(name, self, args, spec)
        self._share = share = shares[spec.get("mount_with", MountWith.S3_FILES)]
        self._beside = shares[spec["beside"]] if "beside" in spec else None

        facts = share.facts if isinstance(share, (S3FilesShare, EfsShare)) else None
        server = share.server if isinstance(share, NfsShare) else None
        self.bucket_name = bucket.name if bucket else pulumi.Output.from_input("")
        self.bucket_arn = bucket.arn if bucket else pulumi.Output.from_input("")
        replicated = bucket and bucket.replicated
        key = bucket and bucket.kms_key_arn
        self.kms_key_arn = None if key is None else pulumi.Output.from_input(key)
        self.replica_bucket_name = replicated and replicated.replica.name
        self.replication_role_arn = replicated and replicated.role_arn
        if replicated and "alarm_topic_arn" in args:
            watch(name, self, replicated, args["alarm_topic_arn"], args.get("tags", {}))
        self.file_system_id = facts and facts.file_system_id
        self.file_system_arn = facts and facts.file_system_arn
        self.access_point_id = facts and facts.access_point_id
        self.access_point_arn = facts and facts.access_point_arn
        self.security_group_id = facts.security_group_id if facts else server and server.security_group_id
        self.host = server and server.host
        self.volume_id = server and server.volume_id
        self.mount_source = share.source()
        self.beside_source = self._beside and self._beside.source()
        self.register_outputs({output: getattr(self, output) for output in SharedStorage.__annotations__})

    def mount(self, path: str, owner: str | None = None, *, read_only: bool = False) -> Mount:
        """Return what a machine needs to see the shared files at *path*.

        *owner* is there because every kind of storage has it. Here the files belong to `user_id` and `group_id`
        wherever they are mounted, so it is either left out or those two (`48:48`); with an NFS server it says how those
        two are called on the machine (`apache:apache`).
        """
        check_mount_path("SharedStorage", path)
        return self._share.mount(self._key, path, owner, read_only=read_only)

    def mounts(self, path: str, owner: str | None = None) -> list[Mount]:
        """Return the mount at *path*, and that of what is `beside`, if anything is, at `<path>-beside`."""
        first = self.mount(path, owner)
        if self._beside is None:
            return [first]
        return [first, self._beside.mount(f"{self._key}-beside", f"{path}-beside", None, read_only=False)]

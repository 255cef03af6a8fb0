"""What the emulator itself is taught: what moto lacks and a deployment waits for."""

from . import backups, instance_refresh, launching, replicas, secure_transport


def install() -> None:
    """Teach moto, before it answers its first request."""
    launching.install()
    instance_refresh.install()
    replicas.install()
    backups.install()
    secure_transport.install()

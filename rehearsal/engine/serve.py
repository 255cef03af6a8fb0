"""The emulator's own process: moto on a port of 127.0.0.1, until it is stopped or its record is gone.

Arguments: the name of this instance, and the file in which it writes down where it is.
"""

import importlib
import json
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from unittest.mock import patch

from .. import extensions
from ..emulator import MOTO_SETTINGS
from ..haste import hasten

STATUS = "/rehearsal/status"
IMAGES = "/rehearsal/images/"
"""With a region behind it: load EC2's images there."""

_SECONDS_BETWEEN_LOOKS = 5
_COMMON = ("ec2", "iam", "s3", "elbv2", "autoscaling", "rds", "secretsmanager", "logs", "route53", "kms", "acm")
_Start = Callable[[str, list[tuple[str, str]]], object]


class Application:
    """Moto, asked one question at a time, and a few questions of our own."""

    def __init__(
        self, instance: str, load: "Callable[[], Callable[[dict[str, Any], _Start], Iterable[bytes]]]"
    ) -> None:
        self._instance = instance
        # Moto's dictionaries change while other threads walk through them.
        self._lock = threading.Lock()
        self._loaded = threading.Event()
        self._load = load
        threading.Thread(target=self._get_ready, daemon=True).start()

    def __call__(self, environ: dict[str, Any], start: _Start) -> Iterable[bytes]:
        """Answer a request."""
        path = str(environ.get("PATH_INFO", ""))
        if path == STATUS:
            return _json(start, {"instance": self._instance, "pid": os.getpid()})
        self._loaded.wait()
        with self._lock:
            if path.startswith(IMAGES):
                _load_images(path.removeprefix(IMAGES))
                return _json(start, {})
            return list(self._moto(environ, start))

    def _get_ready(self) -> None:
        """Import moto, which takes seconds; meanwhile the CLI starts and runs the program."""
        try:
            self._moto = self._load()
            self._loaded.set()
            for service in _COMMON:
                importlib.import_module(f"moto.{service}.models")
        except Exception:  # noqa: BLE001  without moto there is nothing to serve
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)


def _json(start: _Start, answer: object) -> list[bytes]:
    start("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]


def _load_images(region: str) -> None:
    from moto.backends import get_backend  # noqa: PLC0415
    from moto.core.models import DEFAULT_ACCOUNT_ID  # noqa: PLC0415

    backend: Any = get_backend("ec2")[DEFAULT_ACCOUNT_ID][region]
    if not backend.amis:
        # moto (5.2) does it when the region is first used, or never.
        with patch.dict(os.environ, {"MOTO_EC2_LOAD_DEFAULT_AMIS": "true"}):
            backend._load_amis()  # noqa: SLF001


def _moto() -> Any:
    os.environ.update(MOTO_SETTINGS | {"MOTO_IAM_LOAD_MANAGED_POLICIES": "true"})
    hasten(importlib.import_module("boto3").Session(), lambda: {"aws", "aws-cn", "aws-us-gov"})
    extensions.install()
    config: Any = importlib.import_module("moto.core.config")
    config.default_user_config["lambda"] = {"use_docker": False}
    config.default_user_config["batch"] = {"use_docker": False}
    server: Any = importlib.import_module("moto.moto_server.werkzeug_app")
    return server.DomainDispatcherApplication(server.create_backend_app)


def _watch(record: Path, instance: str) -> None:
    """End the process when nobody can find it any more: the record is gone or names another."""
    while True:
        threading.Event().wait(_SECONDS_BETWEEN_LOOKS)
        try:
            known = json.loads(record.read_text()).get("instance")
        except (OSError, ValueError):
            known = None
        if known != instance:
            os._exit(0)


def server_on(port: int, instance: str) -> Any:
    """Return moto's server on *port* of 127.0.0.1, any free one for 0, ready to serve."""
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps connections, which 1.0 would open anew for every request

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            del code, size

    return make_server("127.0.0.1", port, Application(instance, _moto), threaded=True, request_handler=Quiet)


def main(instance: str, record: Path) -> None:
    """Serve until the end."""
    server = server_on(0, instance)
    draft = record.with_suffix(".new")
    draft.write_text(json.dumps({"pid": os.getpid(), "port": server.server_port, "instance": instance}))
    draft.replace(record)
    threading.Thread(target=_watch, args=(record, instance), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

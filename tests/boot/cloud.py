"""EC2's metadata and the AWS services, as a throw-away machine finds them: in its network, served by this process."""

import ctypes
import os
import re
import socket
import ssl
import subprocess
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import cast

from ..unit.fake_ec2 import Handler, Surroundings

REGION = "eu-central-1"
HOSTS = [f"{service}.{REGION}.amazonaws.com" for service in ("autoscaling", "secretsmanager")]
_METADATA, _SERVICES = "169.254.169.254", "169.254.169.253"
_NETWORK_NAMESPACE = 0x40000000  # CLONE_NEWNET, sched.h


class Cloud(Surroundings):
    """What one machine is told, and what it has said."""

    def __init__(self, moto: str, user_data: bytes) -> None:
        super().__init__("", moto)
        self.user_data = user_data
        self.metadata |= {
            "ami-id": "ami-0123456789abcdef0",
            "instance-type": "t3.small",
            "local-hostname": "ip-10-0-1-7",
            "local-ipv4": "10.0.1.7",
            "placement/availability-zone": f"{REGION}a",
        }
        self._servers = list[ThreadingHTTPServer]()

    def open(self, process: int, certificate: Path, key: Path) -> None:
        """Listen in the network of a process."""
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        handler = type("Handler", (_Handler,), {"around": self})
        for listening in (_listen(process, _METADATA, 80), tls.wrap_socket(_listen(process, _SERVICES, 443))):
            server = ThreadingHTTPServer(("", 0), handler, bind_and_activate=False)
            server.socket.close()
            server.socket = listening
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
            self._servers.append(server)

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


class _Handler(Handler):
    def do_GET(self) -> None:  # noqa: N802 - what http.server calls
        _, version, path = self.path.split("/", 2)
        if version == "latest":
            super().do_GET()
            return
        # cloud-init asks by the interface's date; it fetches a token only where the firmware says EC2.
        cloud = cast("Cloud", self.around)
        key, known = path.removeprefix("meta-data/"), cloud.metadata
        below = {re.sub("/.*", "/", name[len(key) :]) for name in known if name.startswith(key)}
        if path == "user-data":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(cloud.user_data)
        elif key in known:
            self.say(200, known[key])
        elif path.endswith("/") and below:
            self.say(200, "\n".join(sorted(below)))
        else:
            self.say(404, "")


def certify(directory: Path) -> tuple[Path, Path]:
    """Make a certificate for the services, and its key."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=boot"]
    command += ["-addext", "subjectAltName=" + ",".join(f"DNS:{host}" for host in HOSTS)]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def _listen(process: int, address: str, port: int) -> socket.socket:
    """Return a listening socket in the network of another process: a socket stays where it was made, threads move."""
    made = list[socket.socket | OSError]()

    def make() -> None:
        namespace = os.open(f"/proc/{process}/ns/net", os.O_RDONLY)
        try:
            if ctypes.CDLL(None, use_errno=True).setns(namespace, _NETWORK_NAMESPACE) != 0:
                made.append(OSError(ctypes.get_errno(), "setns"))
            else:
                made.append(socket.create_server((address, port)))
        except OSError as error:
            made.append(error)
        finally:
            os.close(namespace)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]

"""``python -m rehearsal serve``: an emulator on a port of this machine, for whoever wants to look at it with tools."""

import argparse
import signal
import socket
import sys

from rehearsal.engine.serve import server_on
from rehearsal.errors import RehearsalError

CREDENTIALS = "AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x"
"""The emulator takes any, and the AWS CLI sends nothing without."""

_HOST = "127.0.0.1"
_LAST_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("-p", "--port", type=int, default=5000, metavar="N", help="port on 127.0.0.1 (default: 5000)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until somebody interrupts."""
    port: int = arguments.port
    if not 1 <= port <= _LAST_PORT:
        raise RehearsalError(f"--port must be between 1 and {_LAST_PORT}, got {port}")
    _check_free(port)
    server = server_on(port, "serve")
    signal.signal(signal.SIGTERM, _stop)
    url = f"http://{_HOST}:{port}"
    sys.stdout.write(
        f"An AWS emulator listens on {url}, for this machine only. It forgets everything when it ends (Ctrl-C).\n"
        f"  deploy into it   python -m rehearsal up --stack dev --endpoint-url {url}\n"
        f"  look at it       {CREDENTIALS} aws --endpoint-url {url} "
        "--region eu-central-1 ec2 describe-vpcs\n"
    )
    sys.stdout.flush()
    try:
        server.serve_forever()
    finally:
        server.server_close()
    return 0


def _check_free(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except PermissionError:
            raise RehearsalError(f"port {port} needs more rights than you have: choose one above 1023") from None
        except OSError:
            raise RehearsalError(f"port {port} of {_HOST} is taken: choose another with --port") from None


def _stop(signum: int, _: object) -> None:
    raise KeyboardInterrupt(signum)  # the server then ends its loop, and the command

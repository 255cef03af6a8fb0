"""A server's surroundings on loopback: the instance's metadata, Auto Scaling as it waits for a server, and moto."""

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

INSTANCE = "i-0123456789abcdef0"
GROUP = "web-fleet-1234567"
KEYS = {
    "Code": "Success",
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "key-of-the-role",
    "Token": "token-of-the-role",
}
_XML = '<{0}Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">{1}</{0}Response>'
_MEMBER = (
    "<DescribeAutoScalingInstancesResult><AutoScalingInstances><member><InstanceId>{}</InstanceId>"
    "<AutoScalingGroupName>{}</AutoScalingGroupName><LifecycleState>{}</LifecycleState></member>"
    "</AutoScalingInstances></DescribeAutoScalingInstancesResult>"
)
_ERROR = "<ErrorResponse><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>"
NO_ACTION = (400, _ERROR.format("ValidationError", "No active Lifecycle Action found with instance ID"))
THROTTLED = (400, _ERROR.format("Throttling", "Rate exceeded"))


class Surroundings:
    """What the server is told, and what it has said."""

    def __init__(self, url: str, moto: str | None) -> None:
        self.url, self.moto = url, moto
        self.metadata = {
            "instance-id": INSTANCE,
            "placement/region": "eu-central-1",
            "services/domain": "amazonaws.com",
            "iam/security-credentials/": "web-role",
            "iam/security-credentials/web-role": json.dumps(KEYS),
        }
        self.metadata_failures = 0
        self.failures: list[tuple[int, str]] = []
        self.delay = 0.0
        self.place: str | None = None
        self.waiting = ""
        self.then: dict[str, tuple[str | None, str, str]] = {}
        self.asked: list[dict[str, str]] = []
        self.refused = 0

    def at(self, target: str | None, place: str, waiting: str = "") -> None:
        """Let the group want the server at *target* while it is at *place*, and wait for it by the hook *waiting*."""
        self.place, self.waiting = place, waiting
        if target is None:
            self.metadata.pop("autoscaling/target-lifecycle-state", None)
        else:
            self.metadata["autoscaling/target-lifecycle-state"] = target

    @property
    def results(self) -> list[tuple[str, str]]:
        """Hooks that the server completed, and how."""
        return [
            (a["LifecycleHookName"], a["LifecycleActionResult"])
            for a in self.asked
            if a["Action"] == "CompleteLifecycleAction" and a["done"]
        ]

    def count(self, action: str) -> int:
        """How often the group was told something that it waited for."""
        return len([a for a in self.asked if a["Action"] == action and a["done"]])

    def answer(self, asked: dict[str, str]) -> tuple[int, str]:
        """Answer as Auto Scaling does."""
        action = asked["Action"]
        if action == "DescribeAutoScalingInstances":
            assert asked["InstanceIds.member.1"] == INSTANCE
            return 200, _XML.format(action, _MEMBER.format(INSTANCE, GROUP, self.place) if self.place else "")
        assert (asked["AutoScalingGroupName"], asked["InstanceId"]) == (GROUP, INSTANCE)
        asked["done"] = "yes" if asked["LifecycleHookName"] == self.waiting else ""
        self.asked.append(asked)
        if not asked["done"]:
            return NO_ACTION
        if action == "CompleteLifecycleAction":
            self.at(*self.then.get(self.place or "", (self.metadata.get("autoscaling/target-lifecycle-state"), "", "")))
        return 200, _XML.format(action, "")


class Handler(BaseHTTPRequestHandler):
    around: Surroundings

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def do_PUT(self) -> None:
        assert self.path == "/latest/api/token"
        assert self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
        if self.around.metadata_failures:
            self.around.metadata_failures -= 1
            self.say(503, "")
        else:
            self.say(200, "metadata-token")

    def do_GET(self) -> None:
        found = self.around.metadata.get(self.path.removeprefix("/latest/meta-data/"))
        if self.headers["X-aws-ec2-metadata-token"] != "metadata-token":
            self.say(401, "")
        else:
            self.say(404, "") if found is None else self.say(200, found)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.signed(body):
            self.around.refused += 1
            self.say(403, '{"__type": "InvalidSignatureException"}')
            return
        time.sleep(self.around.delay)
        status, text = self.around.failures.pop(0) if self.around.failures else self.answer(body)
        if status:  # none: the connection breaks
            self.say(status, text)

    def answer(self, body: bytes) -> tuple[int, str]:
        if "X-Amz-Target" not in self.headers:
            return self.around.answer(dict(urllib.parse.parse_qsl(body.decode())))
        headers = {name: self.headers[name] for name in ("Content-Type", "X-Amz-Target", "Authorization")}
        request = urllib.request.Request(f"{self.around.moto}", body, headers)  # noqa: S310 - on loopback
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def signed(self, body: bytes) -> bool:
        """Whether the signature is the one that botocore makes of the same request."""
        given = self.headers["Authorization"]
        _, region, service = given.split("Credential=")[1].split(",")[0].split("/")[1:4]
        names = given.split("SignedHeaders=")[1].split(",")[0].split(";")
        request = AWSRequest("POST", f"http://{self.headers['Host']}/", {n: self.headers[n] for n in names}, body)
        request.context["timestamp"] = self.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(KEYS["AccessKeyId"], KEYS["SecretAccessKey"]), service, region)
        text = signer.string_to_sign(request, signer.canonical_request(request))
        own = f"SignedHeaders={';'.join(names)}, Signature={signer.signature(text, request)}"
        return given.endswith(own) and self.headers["X-Amz-Security-Token"] == KEYS["Token"]


@contextmanager
def surroundings(moto: str | None = None) -> Generator[Surroundings]:
    """Serve the surroundings of one server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    around = Surroundings(f"http://127.0.0.1:{server.server_address[1]}", moto)
    server.RequestHandlerClass = type("Handler", (Handler,), {"around": around})
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield around
    finally:
        server.shutdown()
        server.server_close()

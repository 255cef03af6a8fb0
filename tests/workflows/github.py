"""As much of GitHub's REST API, on loopback, as posting a comment needs."""

import io
import json
import threading
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

REPOSITORY = "acme/site"
TOKEN = "token-of-the-run"  # noqa: S105


def packed(files: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@dataclass
class GitHub:
    """One repository: its open pull requests, comments on them, and the artifacts of one run."""

    pulls: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    comments: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    artifacts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: list[str] = field(default_factory=list[str])
    url: str = ""

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Any:
        self.asked.append(f"{method} {path}")
        page = int(query.get("page", 1))
        if path == "pulls":
            return [p for p in self.pulls if f"{p['head']['user']}:{p['head']['ref']}" == query["head"]]
        if path == "actions/runs/7/artifacts":
            listed = [
                {"id": number, "name": name, "size_in_bytes": len(content), "expired": False}
                for number, (name, content) in enumerate(self.artifacts.items(), 1)
            ]
            return {"artifacts": listed if page == 1 else []}
        if path.startswith("actions/artifacts/"):
            return list(self.artifacts.values())[int(path.split("/")[2]) - 1]
        if method == "POST":
            number = int(path.split("/")[1])
            self.comment("github-actions[bot]", body["body"], number)
            return self.comments[-1]
        if method == "PATCH":
            (comment,) = [c for c in self.comments if c["id"] == int(path.split("/")[2])]
            comment["body"] = body["body"]
            return comment
        number = int(path.split("/")[1])
        return [c for c in self.comments if c["pull"] == number][(page - 1) * 100 : page * 100]

    def comment(self, author: str, body: str, pull: int = 12) -> None:
        self.comments.append({"id": 100 + len(self.comments), "pull": pull, "user": {"login": author}, "body": body})


@contextmanager
def served(github: GitHub) -> Generator[GitHub]:
    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            if parts.path.startswith("/stored/"):
                # Where artifacts are kept nobody but GitHub itself is to see the token.
                found: Any = (
                    b"" if self.headers.get("Authorization") else github.answer("GET", parts.path[8:], {}, None)
                )
            elif self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self.send_error(401)
                return
            else:
                path = parts.path.removeprefix(f"/repos/{REPOSITORY}/")
                if path.endswith("/zip"):
                    self.send_response(302)
                    self.send_header("Location", f"{github.url}/stored/{path}")
                    self.end_headers()
                    return
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                found = github.answer(self.command, path, query, body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(found if isinstance(found, bytes) else json.dumps(found).encode())

        do_GET = do_POST = do_PATCH = _handle  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    github.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

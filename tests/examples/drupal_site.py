"""A web server of the Drupal example on loopback: nginx and php-fpm with the configuration that is rendered for it."""

import getpass
import http.client
import json
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.examples.drupal import STAGED, Server

PROXY, STRANGER = "127.0.0.1", "127.0.0.2"
"""Addresses that requests come from: the load balancer's network and another."""

_STAND_IN = """<?php
namespace Symfony\\Component\\HttpFoundation {
  class Request {
    const HEADER_X_FORWARDED_FOR = 0b000010;
    const HEADER_X_FORWARDED_HOST = 0b000100;
    const HEADER_X_FORWARDED_PROTO = 0b001000;
    const HEADER_X_FORWARDED_PORT = 0b010000;
  }
}
namespace {
  $app_root = __DIR__;
  $site_path = 'sites/default';
  require "$app_root/$site_path/settings.php";
  header('Content-Type: application/json');
  echo json_encode(compact('databases', 'settings', 'config') + [
    'server' => $_SERVER,
    'environment' => getenv(),
    'ini' => ini_get_all(null, false),
  ], JSON_PARTIAL_OUTPUT_ON_ERROR);
}
"""


def needed(*names: str) -> str:
    """Return the first of some commands that is there, or skip."""
    for name in names:
        found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        if found:
            return found
    pytest.skip(f"needs {names[-1]}: apt-get install nginx-light php-fpm php-cli php-mysql php-apcu")


def extensions(php: str) -> None:
    have = subprocess.run([php, "-m"], text=True, capture_output=True, check=True).stdout.lower().split()
    missing = {"pdo_mysql", "apcu"} - set(have)
    if missing:
        pytest.skip(f"needs PHP's {', '.join(sorted(missing))}: apt-get install php-mysql php-apcu")


@dataclass(frozen=True)
class Site:
    """A web server of the example below a directory of its own."""

    root: Path
    port: int
    nginx: list[str]
    php: list[str]
    environment: dict[str, str]

    def ask(
        self, path: str, *, source: str = PROXY, host: str = "www.example.org", **headers: str
    ) -> tuple[int, http.client.HTTPMessage, str]:
        """Return status, headers and body of an answer; `X_Forwarded_For` and the like are headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(source, 0))
        sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection.request("GET", path, headers=sent)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, body

    def seen(self, path: str, **asked: Any) -> dict[str, Any]:
        """Return what the stand-in saw."""
        status, _, body = self.ask(path, **asked)
        assert status == 200, body + (self.root / "var/log/nginx/error.log").read_text()
        return json.loads(body)

    def logged(self, what: str) -> str:
        """Return the line of the access log with *what*, which is written when the answer is on its way."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for line in (self.root / "var/log/nginx/access.log").read_text().splitlines():
                if what in line:
                    return line
            time.sleep(0.05)
        raise AssertionError(f"{what} was not logged")

    def secret(self, name: str, **content: str) -> None:
        """Put a secret where the machine keeps it, as it is done there: at once."""
        target = self.root / "run/elasticweb/secrets" / f"{name}.json"
        new = target.with_suffix(".new")
        new.write_text(json.dumps(content))
        new.replace(target)


def moved(server: Server, root: Path, port: int, user: str) -> dict[Path, str]:
    """Return the server's files below *root*, with what differs there: places, port, user and the proxy's address."""
    places = "/srv/drupal|/run/|/var/log/|/var/lib/drupal|/var/www/files|/etc/drupal"
    group = pwd.getpwnam(user).pw_gid
    found = dict[Path, str]()
    for path, text in server.files.items():
        if not path.startswith(STAGED):
            continue
        here = re.sub(rf"(?<![\w.])({places})", rf"{root}\1", text)
        here = here.replace("listen 80 ", f"listen 127.0.0.1:{port} ").replace("10.40.0.0/16", f"{PROXY}/32")
        here = re.sub(r"(?m)^(user|group|listen\.owner|listen\.group) = .*$", rf"\1 = {user}", here)
        here = here.replace(f"group = {user}", f"group = {group}").replace("user nginx;", f"user {user};")
        # Debian's own places for bodies belong to root.
        bodies = "".join(f"{kind}_temp_path {root}/{kind};\n" for kind in ("client_body", "fastcgi", "proxy"))
        here = here.replace("http {\n", f"http {{\n{bodies}uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;\n")
        found[root / path.removeprefix(STAGED).lstrip("/")] = here
    return found


@contextmanager
def running(server: Server) -> Generator[Site]:
    """Start the server, with a script in place of Drupal, and stop it."""
    nginx, php_fpm = needed("nginx"), needed("php-fpm", "php-fpm8.4", "php-fpm8.3", "php-fpm8.2")
    extensions(needed("php"))
    # As root, workers have another user, who has to get there: pytest's own directories are root's alone.
    user = "www-data" if os.geteuid() == 0 else getpass.getuser()
    with tempfile.TemporaryDirectory(prefix="drupal-") as directory, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        root = Path(directory)
        root.chmod(0o755)
        for path, text in moved(server, root, port, user).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for made in (
            "run/php-fpm",
            "run/elasticweb/secrets",
            "var/log/nginx",
            "var/log/php-fpm",
            "var/www/files/public",
        ):
            (root / made).mkdir(parents=True)
        web = root / "srv/drupal/releases/r1/web"
        (web / "sites/default").mkdir(parents=True)
        (web / "index.php").write_text(_STAND_IN)
        (web / "sites/default/settings.php").symlink_to(root / "etc/drupal/settings.php")
        (web / "sites/default/files").symlink_to(root / "var/www/files/public")
        (root / "srv/drupal/current").symlink_to(web.parent)
        (root / "etc/php-fpm.conf").write_text(
            f"[global]\nerror_log = {root}/var/log/php-fpm/error.log\ninclude = {root}/etc/php-fpm.d/*.conf\n"
        )
        files = {
            name: f"{root}{path}" for name, path in server.environment.items() if path.startswith(("/run", "/var"))
        }
        environment = {
            **server.environment,
            **files,
            "DATABASE_HOST": "127.0.0.1",
            "DATABASE_READER_HOST": "127.0.0.3",
            "DATABASE_PORT": "3307",
            "DATABASE_NAME": "drupal",
            "TRUSTED_PROXIES": f"{PROXY}/32",
        }
        found = Site(
            root=root,
            port=port,
            nginx=[nginx, "-p", directory, "-c", str(root / "etc/nginx/nginx.conf"), "-g", "daemon off;"],
            php=[
                php_fpm,
                "--nodaemonize",
                *("--fpm-config", str(root / "etc/php-fpm.conf")),
            ],
            # Nothing before the colon: Debian's own directory first, for the extensions.
            environment={"PATH": os.environ["PATH"], "PHP_INI_SCAN_DIR": f":{root}/etc/php.d", **environment},
        )
        found.secret("database", username="app_owner", password="first")  # noqa: S106
        found.secret("drupal", hash_salt="salt" * 16)
        processes = [subprocess.Popen(command, env=found.environment) for command in (found.php, found.nginx)]
        try:
            wait(found)
            yield found
        finally:
            for process in reversed(processes):
                process.terminate()
                process.wait(20)


def wait(site: Site) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            if site.ask("/healthz")[0] == 200:
                return
        except OSError:
            pass
        assert time.monotonic() < until, (site.root / "var/log/nginx/error.log").read_text()
        time.sleep(0.1)

"""The deploy hook of the Drupal example, with a stand-in for the database: what it asks it, and what drush is told.

PHP is started without extensions, so that PDO is free to be the stand-in's name. The same script was run by hand
against MariaDB, with Drupal and drush.
"""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.examples.drupal import evaluated, worker
from tests.examples.drupal_site import needed

_DATABASE = r"""<?php
class PDOException extends RuntimeException {}
class PDO {
  const ATTR_TIMEOUT = 2; const ATTR_ERRMODE = 3; const ERRMODE_EXCEPTION = 2; const MYSQL_ATTR_SSL_CA = 1007;
  private $lock;
  function __construct(public string $source, public string $user, public string $password) {
    if ($password !== 'right') throw new PDOException('refused', 1045);
  }
  function setAttribute($name, $value) {}
  function prepare($query) { return new Statement($this, $query); }
  function ask(string $query, array $values) {
    $file = getenv('STATE');
    $state = json_decode(file_get_contents($file), true);
    if (str_contains($query, 'information_schema')) return (int) isset($state['state']);
    if (str_contains($query, "'install_task'")) return (int) (($state['state']['install_task'] ?? '') === $values[0]);
    if (str_contains($query, 'GET_LOCK')) {
      $this->lock = fopen("$file." . $values[0], 'c');
      return (int) flock($this->lock, LOCK_EX);
    }
    if (str_contains($query, 'SELECT COUNT(*) FROM key_value')) return (int) isset($state['deployed'][$values[0]]);
    if (!str_contains($query, 'REPLACE INTO key_value')) throw new PDOException("what is $query?");
    $state['deployed'][$values[0]] = unserialize($values[1]);
    file_put_contents($file, json_encode($state));
  }
}
class Statement {
  private $answer;
  function __construct(private PDO $pdo, private string $query) {}
  function execute($values) { $this->answer = $this->pdo->ask($this->query, $values); }
  function fetchColumn() { return $this->answer ?? false; }
}
"""
_REQUEST = """<?php
namespace Symfony\\Component\\HttpFoundation;
class Request {
  const HEADER_X_FORWARDED_FOR = 2; const HEADER_X_FORWARDED_PROTO = 8; const HEADER_X_FORWARDED_PORT = 16;
}
"""
_INSTALLED = {"state": {"install_task": 's:4:"done";'}}


@dataclass(frozen=True)
class Deployer:
    """A server with the deploy hook, a release and a database."""

    root: Path
    command: list[str]
    environment: dict[str, str]

    def start(self, *arguments: str, release: str = "r1", **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self.command, *arguments],
            env={**self.environment, "DRUPAL_RELEASE": release, **environment},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str, release: str = "r1", **environment: str) -> "subprocess.CompletedProcess[str]":
        started = self.start(*arguments, release=release, **environment)
        out, err = started.communicate(timeout=60)
        return subprocess.CompletedProcess(started.args, started.returncode, out, err)

    @property
    def ran(self) -> list[str]:
        """What drush was told, in the order of it."""
        log = self.root / "drush.log"
        return log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def deployer(tmp_path: Path) -> Deployer:
    server = worker(evaluated("prod"))
    current = tmp_path / "current"
    for directory in ("vendor/bin", "web", "config/sync"):
        (current / directory).mkdir(parents=True)
    (current / "vendor/autoload.php").write_text(_REQUEST)
    drush = current / "vendor/bin/drush"
    # It takes a moment, so that two at a time would be seen.
    drush.write_text(
        '#!/bin/sh\nfor last; do :; done\necho "begin $last" >>"$LOG"\nsleep 0.3\necho "end $last" >>"$LOG"\n'
        'case "$last" in "$FAILING") exit 3 ;; esac\n'
    )
    drush.chmod(0o755)
    (tmp_path / "database.php").write_text(_DATABASE)
    for name in ("deploy.php", "settings.php"):
        source = server.file({"deploy.php": "/usr/local/lib/drupal/"}.get(name, "/etc/drupal/") + name)
        text = source.replace("/srv/drupal/current", str(current)).replace("/etc/drupal/", f"{tmp_path}/")
        (tmp_path / name).write_text(text)
    (tmp_path / "database.json").write_text(json.dumps({"username": "app", "password": "right"}))
    (tmp_path / "drupal.json").write_text(json.dumps({"hash_salt": "salt"}))
    (tmp_path / "state.json").write_text(json.dumps(_INSTALLED))
    return Deployer(
        tmp_path,
        [needed("php"), "-n", "-d", f"auto_prepend_file={tmp_path}/database.php", f"{tmp_path}/deploy.php"],
        {
            "PATH": os.environ["PATH"],
            "STATE": f"{tmp_path}/state.json",
            "LOG": f"{tmp_path}/drush.log",
            **dict.fromkeys(("DATABASE_HOST", "DATABASE_READER_HOST", "TRUSTED_PROXIES"), "127.0.0.1"),
            **dict.fromkeys(("DATABASE_NAME", "TRUSTED_HOSTS"), "drupal"),
            "DATABASE_PORT": "3307",
            "DATABASE_SECRET_FILE": f"{tmp_path}/database.json",
            "DRUPAL_SECRET_FILE": f"{tmp_path}/drupal.json",
            "FILES_PATH": str(tmp_path),
        },
    )


def test_an_empty_database_is_left_alone(deployer: Deployer) -> None:
    (deployer.root / "state.json").write_text("{}")
    ran = deployer.run()
    assert ran.returncode == 0, ran.stderr
    assert "drupal-install makes it" in ran.stdout
    assert deployer.ran == []
    assert deployer.run("installed").returncode == 1


def test_an_installation_that_is_under_way_is_left_alone(deployer: Deployer) -> None:
    (deployer.root / "state.json").write_text(json.dumps({"state": {"install_task": 's:3:"any";'}}))
    assert deployer.run().returncode == 0
    assert deployer.ran == []


def test_each_release_is_deployed_once(deployer: Deployer) -> None:
    for release in ("r1", "r1", "r2", "r1"):
        ran = deployer.run(release=release)
        assert ran.returncode == 0, ran.stderr
    once = [f"{when} {step}" for step in ("updatedb", "cache:rebuild", "deploy:hook") for when in ("begin", "end")]
    assert deployer.ran == once * 2
    assert deployer.run("installed").returncode == 0


def test_exported_configuration_is_imported(deployer: Deployer) -> None:
    (deployer.root / "current/config/sync/core.extension.yml").write_text("module: {}\n")
    assert deployer.run().returncode == 0
    assert deployer.ran == ["begin deploy", "end deploy"]


def test_of_many_servers_one_deploys_and_the_others_wait_for_it(deployer: Deployer) -> None:
    servers = [deployer.start() for _ in range(4)]
    told = [server.communicate(timeout=60) for server in servers]
    assert [server.returncode for server in servers] == [0] * 4, told
    assert deployer.ran.count("begin updatedb") == 1
    assert sum("the database knows release r1" in out for out, _ in told) == 3


def test_a_release_that_fails_is_tried_again_by_the_next_server(deployer: Deployer) -> None:
    failed = deployer.run(FAILING="updatedb")
    assert failed.returncode == 1
    assert "drush updatedb failed" in failed.stderr
    assert deployer.ran == ["begin updatedb", "end updatedb"], "and nothing after it"
    assert deployer.run().returncode == 0
    assert deployer.run().stdout == "deploy: the database knows release r1\n"


def test_nothing_secret_is_said_when_settings_are_missing(deployer: Deployer) -> None:
    ran = deployer.run("installed", DATABASE_NAME="")
    assert ran.returncode == 255, "neither yes nor no"
    assert "DATABASE_NAME is not in the environment" in ran.stdout + ran.stderr
    assert "right" not in ran.stdout + ran.stderr

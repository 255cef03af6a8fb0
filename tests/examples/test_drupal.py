"""The program of the Drupal example, evaluated and rehearsed."""

import re
from collections.abc import Callable

import pytest
import yaml

from rehearsal.deploy import deploy
from rehearsal.emulator import Emulator
from rehearsal.recorder import Recording
from rehearsal.stackfile import read_stack
from tests.examples.drupal import EXAMPLE, STAGED, Server, evaluated, program, web_server, worker
from tests.unit.golden_images import contents
from tests.unit.test_machine_user_data import shellcheck

BOTH = pytest.mark.parametrize("stack", ["dev", "prod"])


@BOTH
def test_it_deploys_into_the_emulator(monkeypatch: pytest.MonkeyPatch, stack: str) -> None:
    with Emulator() as emulator:
        done = deploy(program(monkeypatch), read_stack(EXAMPLE, stack), emulator)
        groups = emulator.client("autoscaling", "eu-central-1").describe_auto_scaling_groups()["AutoScalingGroups"]
        secrets = emulator.client("secretsmanager", "eu-central-1").list_secrets()["SecretList"]
    web, cron = sorted(groups, key=lambda group: "worker" in group["AutoScalingGroupName"])
    assert (web["MinSize"], web["MaxSize"]) == {"dev": (1, 2), "prod": (5, 40)}[stack]
    assert (cron["MinSize"], cron["MaxSize"]) == (1, 1)
    assert len(secrets) == 2, "the database's and Drupal's"
    assert done.recording.stack_outputs["url"].startswith({"dev": "http://", "prod": "https://example.org"}[stack])


@BOTH
def test_no_server_is_told_a_secret(stack: str) -> None:
    recorded = evaluated(stack)
    secret = recorded.named("drupal-salt-value").inputs["secretString"]
    for server in (web_server(recorded), worker(recorded)):
        assert "correct-horse" in str(secret), "what the fake invoke makes up"
        assert "correct-horse" not in server.user_data
        for name in ("drupal", "database"):
            assert server.environment[f"{name.upper()}_SECRET_FILE"] == f"/run/elasticweb/secrets/{name}.json"


def test_drupals_secret_stays_when_another_is_made_up() -> None:
    value = evaluated("prod").named("drupal-salt-value")
    assert value.options["ignoreChanges"] == ["secretString"]


@BOTH
def test_only_the_worker_runs_cron(stack: str) -> None:
    recorded = evaluated(stack)
    web, cron = web_server(recorded), worker(recorded)
    assert web.services("enable_unit") == ["nginx.service", "php-fpm.service"]
    assert cron.services("enable_unit") == ["drupal-cron.timer"]
    assert not [path for path in web.files if "cron" in path]
    assert "ExecStart=/usr/local/bin/drush core:cron" in cron.file("/etc/systemd/system/drupal-cron.service")
    assert "RequiresMountsFor=/var/www/files" in cron.file("/etc/systemd/system/drupal-cron.service")
    # The module that runs cron after visitors' requests is silent everywhere.
    assert "$config['automated_cron.settings']['interval'] = 0;" in web.file("/etc/drupal/settings.php")


@BOTH
def test_every_server_runs_the_deploy_hook_before_it_serves(stack: str) -> None:
    recorded = evaluated(stack)
    for server in (web_server(recorded), worker(recorded)):
        assert server.files["/var/lib/elasticweb/boot/1"] == "exec /usr/local/lib/drupal/prepare\n"
        assert "deploy.php" in server.file("/usr/local/lib/drupal/prepare")
        assert server.prepare.index("step 'boot commands'") < server.prepare.index("step services")


def test_servers_build_the_release_that_they_name() -> None:
    plain = web_server(evaluated("prod"))
    newer = web_server(evaluated("prod", drupal="11.4.9"))
    own = web_server(evaluated("prod", repository="https://git.example.org/site.git", commit="0a" * 20))
    names = [server.environment["DRUPAL_RELEASE"] for server in (plain, newer, own)]
    assert len(set(names)) == 3
    for server, name in zip((plain, newer, own), names, strict=True):
        assert f"release={name}\n" in server.files["/var/lib/elasticweb/commands/image-1"]
    assert "commit=" + "0a" * 20 in own.files["/var/lib/elasticweb/commands/image-1"]


def test_a_branch_is_no_release() -> None:
    for settings in ({"repository": "https://git.example.org/site.git", "commit": "main"}, {"commit": "0a" * 20}):
        with pytest.raises(ValueError, match="the commit with its 40 digits"):
            evaluated("prod", **settings)


@BOTH
def test_drupal_answers_to_the_sites_names_only(stack: str) -> None:
    environment = web_server(evaluated(stack)).environment
    expected = {"dev": "*.eu-central-1.elb.amazonaws.com", "prod": "example.org www.example.org"}
    assert environment["TRUSTED_HOSTS"] == expected[stack]
    assert environment["TRUSTED_PROXIES"] == {"dev": "10.30.0.0/16", "prod": "10.40.0.0/16"}[stack]


def test_the_load_balancer_asks_for_the_path_that_nginx_answers() -> None:
    recorded = evaluated("prod")
    check = recorded.one("lb/targetGroup:TargetGroup").inputs["healthCheck"]
    assert (check["path"], check["matcher"]) == ("/healthz", "200")
    assert f"location = {check['path']} {{" in web_server(recorded).file("/etc/nginx/nginx.conf")


def test_images_hold_drupal_and_show_it() -> None:
    recorded = evaluated("prod")
    built = contents(recorded)
    release = web_server(recorded).environment["DRUPAL_RELEASE"]
    assert f"release={release}\n" in built["/var/lib/elasticweb/commands/image-1"]
    assert "drush --version" in built["/var/lib/elasticweb/image-tests/1"]
    assert evaluated("dev").all("imagebuilder/component:Component") == []


@pytest.mark.parametrize("kind", [web_server, worker])
def test_the_scripts_pass_shellcheck(kind: Callable[[Recording], Server]) -> None:
    server = kind(evaluated("prod"))
    own = {path: text for path, text in server.files.items() if path.startswith(STAGED) and text.startswith("#!")}
    assert len(own) >= 2
    shellcheck("#!/bin/bash\n" + server.files["/var/lib/elasticweb/commands/image-1"])
    for text in own.values():
        shellcheck(text.replace("set -a\n", "set -a\n# shellcheck source=/dev/null\n"))


def test_its_readme_names_what_there_is() -> None:
    readme = (EXAMPLE / "README.md").read_text()
    keys = yaml.safe_load((EXAMPLE / "Pulumi.yaml").read_text())["config"].keys()
    assert {key for key in keys if f"`{key}`" not in readme} == set()
    for name in re.findall(r"`(files/[\w.-]+)`", readme):
        assert (EXAMPLE / name).is_file(), name

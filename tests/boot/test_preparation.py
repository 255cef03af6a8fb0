"""What was declared is what a machine becomes, with the real cloud-init and the real systemd."""

import json
from collections.abc import Sequence

import pytest

from components.machine import SecretFile

from .conftest import SECRET, MakeGuest
from .declaration import GREETING, LAUNCH, LIFECYCLE, SCRATCH, SPEC
from .guest import Guest


@pytest.fixture(scope="module")
def guest(make_guest: MakeGuest, secrets: Sequence[SecretFile]) -> Guest:
    guest = make_guest(SPEC, [SCRATCH], {"secrets": secrets, "lifecycle": LIFECYCLE})
    guest.cloud.at("InService", "Pending:Wait", LAUNCH)
    guest.cloud.then = {"Pending:Wait": ("InService", "InService", "")}
    guest.start()
    return guest


def test_the_machine_is_ready_and_says_so_in_cloud_inits_log(guest: Guest) -> None:
    assert guest.verdict() == "ready", guest.log()
    assert "elasticweb: this machine is READY\n" in guest.boot_log()
    result = json.loads(guest.run("cat /run/cloud-init/result.json"))
    assert result == {"v1": {"datasource": "DataSourceEc2", "errors": []}}
    assert guest.run("systemctl --failed --plain --no-legend") == ""


def test_cloud_init_finds_what_it_was_given_valid(guest: Guest) -> None:
    assert guest.run("cloud-init schema --system").startswith("Valid ")


def test_packages_are_there(guest: Guest) -> None:
    states = guest.run("dpkg-query -W -f='${Package} ${db:Status-Status}\\n' nginx rsyslog rpcbind unattended-upgrades")
    assert {line.split()[1] for line in states.splitlines()} == {"installed"}
    assert guest.run("dpkg --audit") == ""
    assert not guest.succeeds("test -e /usr/sbin/policy-rc.d")


def test_files_have_their_content_owner_and_mode(guest: Guest) -> None:
    for file in SPEC.get("files", ()):
        declared = str(file["content"]).replace("{{ PORT }}", "8080")
        assert guest.run(f"cat {file['path']}") == declared
    assert guest.run("stat -c '%U:%G %a %n' /etc/nginx/conf.d/site.conf /srv/site /srv/site/*").splitlines() == [
        "root:root 644 /etc/nginx/conf.d/site.conf",
        "root:root 755 /srv/site",
        "root:root 400 /srv/site/bell",
        "deploy:www-data 640 /srv/site/page",
        "root:root 755 /srv/site/tool",
    ]
    assert guest.run("/srv/site/tool") == "tool\n"


def test_users_have_their_groups_shell_and_home_and_no_password(guest: Guest) -> None:
    deploy = guest.run("getent passwd deploy").strip().split(":")
    assert deploy[5:] == ["/home/deploy", "/bin/bash"]
    assert guest.run("id -nG deploy").split() == ["deploy", "www-data", "editors"]
    assert guest.run("stat -c %U:%G /home/deploy") == "deploy:deploy\n"
    assert guest.run("getent passwd worker").strip().endswith(":/usr/sbin/nologin")
    assert {line.split(":")[1] for line in guest.run("getent shadow deploy worker").splitlines()} == {"!"}


@pytest.mark.parametrize(
    ("unit", "enabled", "active"),
    [
        ("nginx.service", "enabled", "active"),
        ("rsyslog.service", "disabled", "inactive"),
        ("rpcbind.service", "masked", "inactive"),
        ("rpcbind.socket", "masked", "inactive"),
        ("apt-daily-upgrade.timer", "enabled", "active"),
    ],
)
def test_services_are_enabled_disabled_and_masked(guest: Guest, unit: str, enabled: str, active: str) -> None:
    assert guest.run(f"systemctl is-enabled {unit} || true").strip() == enabled
    assert guest.run(f"systemctl is-active {unit} || true").strip() == active


@pytest.mark.parametrize("unit", ["rsyslog.service", "rpcbind.service", "rpcbind.socket"])
def test_what_is_off_never_ran_not_even_while_its_package_was_installed(guest: Guest, unit: str) -> None:
    assert guest.run(f"systemctl show --property=ActiveEnterTimestampMonotonic --value {unit}").strip() == "0"
    assert not guest.succeeds("systemctl start rpcbind.service")


@pytest.mark.parametrize("shell", ["su - deploy -c", "sh -lc", "bash -lc"])
def test_a_login_shell_sees_the_environment(guest: Guest, shell: str) -> None:
    assert guest.run(f"{shell} 'printf %s \"$PORT $GREETING\"'") == f"8080 {GREETING}"


def test_an_enabled_service_sees_the_environment(guest: Guest) -> None:
    pid = guest.run("systemctl show --property=MainPID --value greeter.service").strip()
    assert f"GREETING={GREETING}" in guest.run(f"cat /proc/{pid}/environ").split("\0")


def test_the_web_server_answers_the_health_check(guest: Guest) -> None:
    assert guest.fetch("/health", 8080) == (200, "healthy\n")
    assert guest.run("curl --silent http://127.0.0.1:8080/health") == "healthy\n"


def test_the_secret_is_in_memory_for_its_group_only_and_nowhere_else(guest: Guest) -> None:
    assert json.loads(guest.run("cat /run/elasticweb/secrets/database.json")) == SECRET
    assert guest.run("stat -c '%U:%G %a' /run/elasticweb/secrets/database.json") == "root:www-data 440\n"
    assert guest.run("findmnt --noheadings --output FSTYPE --target /run/elasticweb/secrets") == "tmpfs\n"
    assert not guest.succeeds("su -s /bin/sh worker -c 'cat /run/elasticweb/secrets/database.json'")
    places = "/etc /root /run /srv /usr/local /var"
    found = guest.run(f"grep --recursive --files-with-matches --fixed-strings '$ecret' {places} || true").split()
    assert found == ["/run/elasticweb/secrets/database.json"]
    assert guest.cloud.refused == 0


def test_what_is_mounted_is_there_with_its_owner(guest: Guest) -> None:
    assert guest.run("stat -c '%U:%G' /srv/scratch") == "deploy:www-data\n"
    assert guest.run("findmnt --noheadings --output SOURCE,FSTYPE /srv/scratch").split() == ["scratch", "tmpfs"]


def test_commands_ran_in_their_order_and_boot_commands_before_the_services(guest: Guest) -> None:
    assert guest.run("cat /srv/log").splitlines() == ["image", "mounting", "once", GREETING]
    assert guest.run("cat /srv/boots").splitlines() == ["nginx is inactive", "all there"]


def test_the_time_zone_is_that_of_the_site(guest: Guest) -> None:
    assert guest.run("TZ= date --date=2026-07-01T12:00Z +%H; date --date=2026-07-01T12:00Z +%H%Z").split() == [
        "12",
        "14CEST",
    ]


def test_nobody_comes_in_as_root_or_by_password(guest: Guest) -> None:
    effective = guest.run("sshd -T").splitlines()
    assert {"permitrootlogin no", "passwordauthentication no", "kbdinteractiveauthentication no"} <= {*effective}


def test_security_updates_are_on(guest: Guest) -> None:
    wanted = guest.run("apt-config dump APT::Periodic::Unattended-Upgrade; apt-config dump Unattended-Upgrade")
    assert 'APT::Periodic::Unattended-Upgrade "1";' in wanted
    assert 'Unattended-Upgrade::Automatic-Reboot "false";' in wanted
    assert "security" in guest.run("unattended-upgrade --dry-run --verbose; cat /var/log/unattended-upgrades/*.log")


def test_the_launch_hook_is_completed_when_the_site_is_healthy(guest: Guest) -> None:
    guest.wait("the launch hook is completed", lambda: bool(guest.cloud.results))
    assert guest.cloud.results == [(LAUNCH, "CONTINUE")]

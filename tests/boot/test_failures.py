"""A preparation that fails says so and is given up; one that was cut short can be run again."""

import json

from components.machine import MachineSpec, ServiceState

from .conftest import MakeGuest
from .declaration import LAUNCH, LIFECYCLE
from .guest import Guest

PREPARE = "/usr/local/lib/elasticweb/prepare"


def test_a_command_that_fails_ends_the_preparation_and_the_machine_is_given_up(make_guest: MakeGuest) -> None:
    spec: MachineSpec = {
        "commands": ["echo one >>/srv/log", "echo 'no such table' >&2; false; echo two >>/srv/log", "touch /srv/three"],
        "security_updates": False,
    }
    guest = make_guest(spec, around={"lifecycle": LIFECYCLE})
    guest.cloud.at("InService", "Pending:Wait", LAUNCH)
    guest.start()
    assert guest.verdict() == "failed: command 2"
    assert guest.run("ls /srv/three /srv/log || true").split() == ["/srv/log"]
    assert "no such table\nelasticweb: preparation FAILED at 'command 2' (exit status 1)\n" in guest.boot_log()
    result = json.loads(guest.run("cat /run/cloud-init/result.json"))
    assert any("scripts" in error for error in result["v1"]["errors"])
    guest.wait("the machine is given up", lambda: bool(guest.cloud.results))
    assert guest.cloud.results == [(LAUNCH, "ABANDON")]

    # Repaired by hand, the run goes on where it was.
    guest.run(f"echo 'echo two >>/srv/log' >/var/lib/elasticweb/commands/2; {PREPARE}")
    assert guest.verdict() == "ready"
    assert guest.run("cat /srv/log; ls /srv/three").split() == ["one", "two", "/srv/three"]


def test_a_site_that_is_not_healthy_is_not_in_service(make_guest: MakeGuest) -> None:
    site = "server { listen 8080; location = /health { return 503; } }\n"
    spec: MachineSpec = {
        "packages": ["nginx"],
        "services": {"nginx": ServiceState.ENABLED},
        "files": [{"path": "/etc/nginx/conf.d/site.conf", "content": site}],
        "security_updates": False,
    }
    guest = make_guest(spec, around={"lifecycle": {**LIFECYCLE, "launch_timeout_seconds": 60}})
    guest.cloud.at("InService", "Pending:Wait", LAUNCH)
    guest.start()
    assert guest.verdict() == "ready"
    said = "journalctl --output=cat --unit=elasticweb-lifecycle.service"
    guest.wait("it says what is wrong", lambda: "not healthy yet: /health answers 503" in guest.run(said))
    assert guest.cloud.results == []
    guest.run("sed -i 's/503/200/' /etc/nginx/conf.d/site.conf; systemctl reload nginx")
    guest.wait("the launch hook is completed", lambda: bool(guest.cloud.results))
    assert guest.cloud.results == [(LAUNCH, "CONTINUE")]


def test_after_a_power_cut_while_packages_are_installed_the_preparation_can_be_run_again(
    make_guest: MakeGuest,
) -> None:
    spec: MachineSpec = {
        "packages": ["nginx", "rsyslog", "rpcbind"],
        "services": {"nginx": ServiceState.ENABLED, "rsyslog": ServiceState.DISABLED},
        "commands": ["echo once >>/srv/log"],
    }
    guest = make_guest(spec)
    guest.start(wait=False)
    guest.wait("packages are half installed", lambda: _is_installing(guest))
    guest.cut_power()
    guest.start()
    assert not guest.succeeds("test -e /var/lib/elasticweb/verdict")
    assert guest.run("dpkg --audit") != ""
    guest.run(PREPARE)
    assert guest.verdict() == "ready"
    assert guest.run("dpkg --audit") == ""
    assert guest.run("cat /srv/log") == "once\n"
    assert guest.run("systemctl is-active nginx rsyslog || true").split() == ["active", "inactive"]
    assert not guest.succeeds("test -e /usr/sbin/policy-rc.d")


def _is_installing(guest: Guest) -> bool:
    """Whether dpkg has laid down packages that it has not configured yet."""
    try:
        updates = [*guest.path("/var/lib/dpkg/updates").iterdir()]
    except (ChildProcessError, OSError):
        return False
    return len(updates) > 5

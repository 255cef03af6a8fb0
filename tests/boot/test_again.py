"""What happens when it happens again: a second run, a restart, cloud-init from the start, and the end."""

from collections.abc import Sequence
from typing import Any

import pytest

from components.machine import SecretFile

from .conftest import MakeGuest
from .declaration import GREETING, LAUNCH, LIFECYCLE, SCRATCH, SPEC, TERMINATE
from .guest import Guest

PREPARE = "/usr/local/lib/elasticweb/prepare"
BOOKS = {"/var/lib/elasticweb/verdict", "/var/lib/elasticweb/instance"}
"""What says how the last preparation ended; each run writes it anew."""
OF_CLOUD_INIT = ("/etc/ssh/ssh_host_", "/etc/shadow-", "/etc/sudoers.d/90-cloud-init-users")
"""What cloud-init makes anew for a machine that it takes for another: host keys, its own user."""

Manifest = dict[str, list[Any]]


def changes(before: Manifest, after: Manifest, *, times: bool) -> list[str]:
    """Return the paths whose kind, mode, owner, content (or time of the last change) is another."""
    paths = sorted({*before, *after} - BOOKS)
    return [path for path in paths if before.get(path, [])[: 3 + times] != after.get(path, [])[: 3 + times]]


def running(guest: Guest) -> dict[str, str]:
    """Return which start of every service is the one that runs."""
    shown = guest.run("systemctl show --property=Id --property=InvocationID --type=service --state=active '*'")
    units = [dict(line.split("=", 1) for line in unit.splitlines()) for unit in shown.strip().split("\n\n")]
    return {unit["Id"]: unit["InvocationID"] for unit in units}


@pytest.fixture(scope="module")
def guest(make_guest: MakeGuest, secrets: Sequence[SecretFile]) -> Guest:
    guest = make_guest(SPEC, [SCRATCH], {"secrets": secrets, "lifecycle": LIFECYCLE})
    guest.cloud.at("InService", "Pending:Wait", LAUNCH)
    guest.cloud.then = {
        "Pending:Wait": ("InService", "InService", ""),
        "Terminating:Wait": ("Terminated", "Terminating:Proceed", ""),
    }
    guest.start()
    assert guest.verdict() == "ready", guest.log()
    return guest


def test_a_second_run_changes_nothing_and_restarts_no_service(guest: Guest) -> None:
    before, services = guest.manifest(), running(guest)
    assert len(before) > 5000
    assert {"nginx.service", "greeter.service"} <= services.keys()
    guest.run(PREPARE)
    assert changes(before, guest.manifest(), times=True) == []
    # Reads what it is told when it starts; has no memory that it could lose.
    restarted = {unit for unit, start in running(guest).items() if services.get(unit) != start}
    assert restarted <= {"elasticweb-lifecycle.service"}
    assert guest.verdict() == "ready"


def test_a_run_repairs_what_was_changed_by_hand(guest: Guest) -> None:
    before = guest.manifest()
    guest.run("chmod 0600 /srv/site/tool; echo x >>/srv/site/page; rm /srv/site/bell; touch /srv/new")
    guest.run("systemctl disable --now greeter; systemctl unmask rpcbind.socket")
    assert changes(before, guest.manifest(), times=False) == [
        "/etc/systemd/system/multi-user.target.wants/greeter.service",
        "/etc/systemd/system/rpcbind.socket",
        "/srv/new",
        "/srv/site/bell",
        "/srv/site/page",
        "/srv/site/tool",
    ]
    guest.run(f"rm /srv/new; {PREPARE}")
    assert changes(before, guest.manifest(), times=False) == []
    assert guest.run("systemctl is-active greeter") == "active\n"


def test_after_a_restart_everything_is_there_and_only_boot_commands_ran_again(guest: Guest) -> None:
    guest.wait("the machine is in service", lambda: bool(guest.cloud.results))
    before = guest.manifest()
    guest.stop()
    guest.start()
    guest.wait("the site is healthy", lambda: guest.fetch("/health", 8080)[0] == 200)
    assert changes(before, guest.manifest(), times=False) == ["/srv/boots"]
    # With secrets and mounts, and before the service that may need what they do.
    assert guest.run("cat /srv/boots").splitlines() == 2 * ["nginx is inactive", "all there"]
    assert guest.run("systemctl is-active rsyslog rpcbind.socket || true").split() == ["inactive", "inactive"]
    assert guest.run("systemctl --failed --plain --no-legend") == ""
    assert guest.cloud.results == [(LAUNCH, "CONTINUE")]


def test_cloud_init_from_the_start_changes_nothing(guest: Guest) -> None:
    before = guest.manifest()
    guest.run("cloud-init clean --logs")
    guest.stop()
    guest.start()
    assert guest.verdict() == "ready", guest.log()
    assert "elasticweb: this machine is READY\n" in guest.boot_log()
    found = changes(before, guest.manifest(), times=False)
    assert [path for path in found if not path.startswith(OF_CLOUD_INIT)] == ["/srv/boots"]


def test_the_farewell_runs_in_its_order_before_the_group_lets_the_machine_go(guest: Guest) -> None:
    guest.cloud.at("Terminated", "Terminating:Wait", TERMINATE)
    guest.wait("the farewell is said", lambda: len(guest.cloud.results) > 1)
    assert guest.cloud.results[1:] == [(TERMINATE, "CONTINUE")]
    assert guest.run("cat /srv/log").splitlines()[-2:] == ["farewell", GREETING]
    said = guest.run("journalctl --output=cat --unit=elasticweb-lifecycle.service")
    assert "elasticweb: farewell command 2 failed (exit status 3)\n" in said

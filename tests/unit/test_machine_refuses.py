from typing import Any

import pulumi
import pytest

from components._args import InvalidArgs
from components._mounts import Mount
from components.machine import Machine, check_machine
from tests.recording import recording

MOUNT: Any = {"name": "files", "path": "/srv/files", "type": "s3files", "source": "fs-1"}
VOLUME: Any = {"name": "data", "path": "/srv/data", "size_gib": 10}
FILE: Any = {"path": "/etc/app.conf", "content": "x"}
DATABASE: Any = {"name": "database", "security_group_id": "sg-1", "port": 3307}


def spec(**machine: Any) -> dict[str, Any]:
    return {"machine": machine}


def volume(**changes: Any) -> dict[str, Any]:
    return spec(data_volumes=[{**VOLUME, **changes}])


def file(**changes: Any) -> dict[str, Any]:
    return spec(files=[{**FILE, **changes}])


def mount(**changes: Any) -> dict[str, Any]:
    return {"mounts": [{**MOUNT, **changes}]}


def statement(actions: list[str], resources: list[str]) -> dict[str, Any]:
    return {"statements": [{"actions": actions, "resources": resources}]}


NOISE = "".join(f"{i * i * 7919:x}" for i in range(8000))

SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf"  # noqa: S105 - an ARN
HOOKS = {"launch_hook": "a", "terminate_hook": "b", "group_pattern": "web-*", "port": 80}

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"vpc": "vpc-1"}, "unknown vpc; known are connections, "),
    ({"vpc_id": None}, "missing vpc_id"),
    (
        spec(instance="t3.micro"),
        (
            "unknown machine.instance; known are boot_commands, cloudwatch, commands, data_volumes, distribution, "
            "environment, farewell_commands, files, image, image_commands, instance_type, packages, root_volume_gib, "
            "secret_group, security_updates, services, swap_gib, time_zone, users"
        ),
    ),
    (spec(instance_type="t4g"), "machine.instance_type must be a family and a size, such as t4g.small, got 't4g'"),
    (
        spec(instance_type="t4g.small "),
        "machine.instance_type must be a family and a size, such as t4g.small, got 't4g.small '",
    ),
    (spec(instance_type="mac2-m2.metal"), "machine.instance_type must be a type that runs Linux, got 'mac2-m2.metal'"),
    (spec(image="debian"), "machine.image must be al2023, ubuntu-24.04, ami-... or resolve:ssm:..., got 'debian'"),
    (spec(image="ami-12"), "machine.image must be al2023, ubuntu-24.04, ami-... or resolve:ssm:..., got 'ami-12'"),
    (
        spec(image="al2023", distribution="ubuntu"),
        "machine.distribution must be al2023 or left out when machine.image is al2023, got ubuntu",
    ),
    (spec(distribution="debian"), "machine.distribution must be one of al2023, ubuntu, got 'debian'"),
    (spec(root_volume_gib=7), "machine.root_volume_gib must be between 8 and 65536 GiB, got 7"),
    (spec(root_volume_gib="20"), "machine.root_volume_gib must be an integer, got '20'"),
    (spec(packages=["nginx; reboot"]), "machine.packages[0] must be a package's name, got 'nginx; reboot'"),
    (spec(packages=["--nogpgcheck"]), "machine.packages[0] must be a package's name, got '--nogpgcheck'"),
    (spec(services={"nginx": "on"}), "machine.services.nginx must be one of enabled, disabled, masked, got 'on'"),
    (spec(services={"a b": "enabled"}), "machine.services must name systemd units, such as nginx, got 'a b'"),
    (
        spec(services={"nginx": "enabled", "nginx.service": "masked"}),
        "machine.services must name a unit once, got 'nginx' and 'nginx.service'",
    ),
    (spec(commands=["true", " \n"]), "machine.commands[1] must not be empty"),
    (
        spec(time_zone="Europe/Berne"),
        "machine.time_zone must be an IANA name, such as Europe/Zurich, got 'Europe/Berne'",
    ),
    (
        spec(time_zone="../etc/passwd"),
        "machine.time_zone must be an IANA name, such as Europe/Zurich, got '../etc/passwd'",
    ),
    (
        spec(environment={"APP-ENV": "prod"}),
        "machine.environment must name variables that a shell can set, such as APP_ENV, got 'APP-ENV'",
    ),
    (
        spec(environment={"UID": "0"}),
        "machine.environment must name variables that a shell can set, such as APP_ENV, got 'UID'",
    ),
    (spec(environment={"PORT": 80}), "machine.environment.PORT must be a string, got 80"),
    (
        spec(environment={"KEY": "a\nb"}),
        "machine.environment.KEY must be one line without control characters, got 'a\\nb'",
    ),
    (spec(environment={"KEY": "\ud800"}), "machine.environment.KEY must be text, got half of a character in '\\ud800'"),
    (
        file(path="etc/app.conf"),
        "machine.files[0].path must be an absolute path of letters, digits and ._@+-, got 'etc/app.conf'",
    ),
    (
        file(path="/etc/../shadow"),
        "machine.files[0].path must be an absolute path of letters, digits and ._@+-, got '/etc/../shadow'",
    ),
    (
        file(path="/etc/app/"),
        "machine.files[0].path must be an absolute path of letters, digits and ._@+-, got '/etc/app/'",
    ),
    (
        spec(files=[FILE, FILE]),
        "machine.files[1].path must be unique, but machine.files[0].path is '/etc/app.conf' too",
    ),
    (file(mode="644"), "machine.files[0].mode must be four octal digits, such as 0644, got '644'"),
    (file(mode="0698"), "machine.files[0].mode must be four octal digits, such as 0644, got '0698'"),
    (file(mode=420), "machine.files[0].mode must be a string, got 420"),
    (file(owner="0"), "machine.files[0].owner must be a name, got '0'"),
    (file(group="a:b"), "machine.files[0].group must be a name, got 'a:b'"),
    (file(content=None), "missing machine.files[0].content"),
    (file(content=1), "machine.files[0].content must be a string, got 1"),
    (
        {"mounts": [MOUNT], **file(path="/srv/files/robots.txt")},
        "machine.files[0].path must not be below the mount at /srv/files, got '/srv/files/robots.txt'",
    ),
    (
        spec(data_volumes=[VOLUME], files=[{**FILE, "path": "/srv/data"}]),
        "machine.files[0].path must not be below the mount at /srv/data, got '/srv/data'",
    ),
    (file(content=NOISE), "machine must fit into 16384 bytes of user data when packed, got "),
    (volume(size_gib=0), "machine.data_volumes[0].size_gib must be between 1 and 65536 GiB, got 0"),
    (volume(size_gib=65537), "machine.data_volumes[0].size_gib must be between 1 and 65536 GiB, got 65537"),
    (volume(iops=2999), "machine.data_volumes[0].iops must be between 3000 and 80000, got 2999"),
    (volume(iops=5001), "machine.data_volumes[0].iops must be at most 500 per GiB (5000), got 5001"),
    (volume(size_gib=1, iops=3001), "machine.data_volumes[0].iops must be at most 500 per GiB (3000), got 3001"),
    (volume(throughput=2001), "machine.data_volumes[0].throughput must be between 125 and 2000 MiB/s, got 2001"),
    (volume(throughput=751), "machine.data_volumes[0].throughput must be at most a quarter of the IOPS (750), got 751"),
    (volume(type="gp2"), "machine.data_volumes[0].type must be one of gp3, io2, st1, sc1, got 'gp2'"),
    (volume(type="io2"), "machine.data_volumes[0].iops must be given for io2, got none"),
    (volume(type="io2", iops=99), "machine.data_volumes[0].iops must be between 100 and 256000, got 99"),
    (volume(type="io2", iops=10001), "machine.data_volumes[0].iops must be at most 1000 per GiB (10000), got 10001"),
    (volume(type="io2", iops=9, size_gib=3), "machine.data_volumes[0].size_gib must be between 4 and 65536 GiB, got 3"),
    (
        volume(type="io2", iops=100, throughput=125),
        "machine.data_volumes[0].throughput must be left out for io2, got 125",
    ),
    (volume(type="st1"), "machine.data_volumes[0].size_gib must be between 125 and 16384 GiB, got 10"),
    (volume(type="sc1", size_gib=125, iops=3000), "machine.data_volumes[0].iops must be left out for sc1, got 3000"),
    (volume(file_system="zfs"), "machine.data_volumes[0].file_system must be one of xfs, ext4, got 'zfs'"),
    (volume(name="ew-making"), "machine.data_volumes[0].name must be another than ew-making, got 'ew-making'"),
    (volume(name="Data"), "machine.data_volumes[0].name must be lower-case letters, digits and hyphens, got 'Data'"),
    (volume(name="thirteen-long"), "machine.data_volumes[0].name must be at most 12 characters, got 'thirteen-long'"),
    (volume(owner="nginx"), "machine.data_volumes[0].owner must be user:group, got 'nginx'"),
    (volume(path="/var"), "machine.data_volumes[0].path must not hide a directory of the system, got '/var'"),
    (
        volume(path="/dev/shm"),  # noqa: S108 - a path to be refused
        "machine.data_volumes[0].path must not hide a directory of the system, got '/dev/shm'",
    ),
    (volume(path="/"), "machine.data_volumes[0].path must be an absolute path of letters, digits and ._@+-, got '/'"),
    (
        spec(data_volumes=[VOLUME, {**VOLUME, "path": "/srv/more"}]),
        "machine.data_volumes[1].name must be unique, but machine.data_volumes[0].name is 'data' too",
    ),
    (
        spec(data_volumes=[{**VOLUME, "name": f"d{i}", "path": f"/srv/{i}"} for i in range(12)]),
        "machine.data_volumes must be at most 11, got 12",
    ),
    (
        {"mounts": [MOUNT], **volume(path="/srv/files")},
        "machine.data_volumes[0].path must be unique, but mounts[0].path is '/srv/files' too",
    ),
    (
        {"mounts": [MOUNT, {**MOUNT, "path": "/srv/more"}]},
        "mounts[1].name must be unique, but mounts[0].name is 'files' too",
    ),
    (
        {"mounts": [MOUNT, {**MOUNT, "name": "more"}]},
        "mounts[1].path must be unique, but mounts[0].path is '/srv/files' too",
    ),
    (mount(path="srv/files"), "mounts[0].path must be an absolute path of letters, digits and ._@+-, got 'srv/files'"),
    (mount(name="Files"), "mounts[0].name must be lower-case letters, digits and hyphens, got 'Files'"),
    (mount(type="xfs;"), "mounts[0].type must be a file system type, got 'xfs;'"),
    (mount(source="two words"), "mounts[0].source must be one word without quotes, got 'two words'"),
    (mount(source=""), "mounts[0].source must be one word without quotes, got ''"),
    (mount(options="a, b"), "mounts[0].options must be one word without quotes, got 'a, b'"),
    (mount(owner="www-data"), "mounts[0].owner must be user:group, got 'www-data'"),
    (mount(packages={"ubuntu": ["a|b"]}), "mounts[0].packages.ubuntu[0] must be a package's name, got 'a|b'"),
    (
        mount(packages={"debian": ["a"]}),
        "mounts[0] must have packages and setup by distribution (al2023, ubuntu), got 'debian'",
    ),
    (mount(setup={"al2023": [1]}), "mounts[0].setup.al2023[0] must be a string, got 1"),
    (
        {"connections": [DATABASE, DATABASE]},
        "connections[1].name must be unique in the machine and not http or https, got 'database'",
    ),
    (
        {"connections": [{**DATABASE, "name": "https"}]},
        "connections[0].name must be unique in the machine and not http or https, got 'https'",
    ),
    (
        {"connections": [{**DATABASE, "name": "My DB"}]},
        "connections[0].name must be lower-case letters, digits and hyphens, got 'My DB'",
    ),
    ({"connections": [{**DATABASE, "port": 0}]}, "connections[0].port must be between 1 and 65535, got 0"),
    (
        {"connections": [DATABASE], **mount(connection={**DATABASE, "port": 2049})},
        "mounts[0].connection.name must be unique in the machine and not http or https, got 'database'",
    ),
    (statement([], ["*"]), "statements[0].actions must not be empty"),
    (statement(["s3:GetObject"], []), "statements[0].resources must not be empty"),
    (statement(["s3:*"], ["*"]), "statements[0].actions must be named, without * for a whole service, got 's3:*'"),
    (
        mount(statements=[{"actions": ["*"], "resources": ["*"]}]),
        "mounts[0].statements[0].actions must be named, without * for a whole service, got '*'",
    ),
    ({"secret_arns": ["db"]}, "secret_arns[0] must be the ARN of one secret in Secrets Manager, got 'db'"),
    (
        {"secret_arns": ["arn:aws:secretsmanager:eu-central-1:1:secret:*"]},
        (
            "secret_arns[0] must be the ARN of one secret in Secrets Manager, "
            "got 'arn:aws:secretsmanager:eu-central-1:1:secret:*'"
        ),
    ),
    ({"tags": {"Name": 1}, "mounts": "files"}, "mounts must be a list, got 'files'"),
    (spec(boot_commands=[" "]), "machine.boot_commands[0] must not be empty"),
    (spec(swap_gib=65), "machine.swap_gib must be between 0 and 64 GiB, got 65"),
    (spec(swap_gib=13), "machine.swap_gib must leave 8 GiB of machine.root_volume_gib (20), got 13"),
    (spec(users=[{"name": "App"}]), "machine.users[0].name must be a name, got 'App'"),
    (spec(users=[{"name": "root"}]), "machine.users[0].name must not be root, which every machine has"),
    (
        spec(users=[{"name": "app"}, {"name": "app"}]),
        "machine.users[1].name must be unique, but machine.users[0].name is 'app' too",
    ),
    (spec(users=[{"name": "app", "groups": ["a b"]}]), "machine.users[0].groups[0] must be a name, got 'a b'"),
    (
        spec(users=[{"name": "app", "home": "app"}]),
        "machine.users[0].home must be an absolute path of letters, digits and ._@+-, got 'app'",
    ),
    (spec(secret_group="a:b"), "machine.secret_group must be a name, got 'a:b'"),  # noqa: S106 - a group
    (
        file(content="port {{ POTR }}", template=True),
        (
            "machine.files[0].content (/etc/app.conf) must name variables of machine.environment in its placeholders "
            """({{ "{{" }} stands for two braces), got '{{ POTR }}'"""
        ),
    ),
    (
        file(content="a\n{{ title|raw }}\nb", template=True),
        (
            "machine.files[0].content (/etc/app.conf) must name variables of machine.environment in its placeholders "
            """({{ "{{" }} stands for two braces), got '{{ title|raw }}'"""
        ),
    ),
    (
        spec(cloudwatch={"log_retention_days": 31}),
        "machine.cloudwatch.log_retention_days must be one of 1, 3, 5, 7, 14, 30, ",
    ),
    (
        spec(cloudwatch={"log_files": [{"path": "app.log"}]}),
        ("machine.cloudwatch.log_files[0].path must be an absolute path of letters, digits and ._@+-*, got 'app.log'"),
    ),
    (
        spec(cloudwatch={"log_files": [{"path": "/a.log", "name": "a b"}]}),
        "machine.cloudwatch.log_files[0].name must be letters, digits and ._/-, got 'a b'",
    ),
    (
        spec(cloudwatch={"log_files": [{"path": "/a.log", "name": "boot"}]}),
        "machine.cloudwatch.log_files[0].name must be unique, but the machine's own logs is 'boot' too",
    ),
    (
        spec(farewell_commands=["true"]),
        (
            "machine.farewell_commands must be those of a server that is held while it goes, by the lifecycle hook of "
            "a web tier; here is none"
        ),
    ),
    (
        {"secrets": [{"name": "Db", "arn": SECRET}]},
        "secrets[0].name must be lower-case letters, digits and hyphens, got 'Db'",
    ),
    (
        {"secrets": [{"name": "db", "arn": SECRET}, {"name": "db", "arn": SECRET}]},
        "secrets[1].name must be unique, but secrets[0].name is 'db' too",
    ),
    (
        {"secrets": [{"name": "db", "arn": "db"}]},
        "secrets[0].arn must be the ARN of one secret in Secrets Manager, got 'db'",
    ),
    ({"lifecycle": {**HOOKS, "port": 0}}, "lifecycle.port must be between 1 and 65535, got 0"),
    ({"lifecycle": {**HOOKS, "path": "a b"}}, "lifecycle.path must match /[!-~]*, got 'a b'"),
    (
        {"lifecycle": {**HOOKS, "launch_timeout_seconds": 59}},
        "lifecycle.launch_timeout_seconds must be between 60 and 7200, got 59",
    ),
    (
        {"lifecycle": {**HOOKS, "farewell_timeout_seconds": 7201}},
        "lifecycle.farewell_timeout_seconds must be between 60 and 7200, got 7201",
    ),
]


@pytest.mark.parametrize(("args", "message"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_refuses(args: dict[str, Any], message: str) -> None:
    messages: list[str] = []

    def program() -> None:
        try:
            given: Any = {"vpc_id": "vpc-1", **args}
            Machine("web", given)
        except InvalidArgs as error:
            messages.append(str(error))

    recorded = recording(program)
    assert not [r for r in recorded.resources if r.parent or r.type.startswith("elasticweb")]
    assert len(messages) == 1
    assert "\n" not in messages[0]
    assert (
        messages[0].startswith(f"Machine: {message}") if message.endswith(" ") else messages[0] == f"Machine: {message}"
    )


def test_refuses_a_name_that_leaves_no_room_for_the_roles() -> None:
    messages: list[str] = []

    def program() -> None:
        try:
            Machine("w" * 52, {"vpc_id": "vpc-1"})
        except InvalidArgs as error:
            messages.append(str(error))

    recording(program)
    assert messages == [
        (
            f"Machine: the name '{'w' * 52}-role' is too long for an IAM role: AWS allows 64 characters and "
            "Pulumi adds 8, so use at most 56, got 57"
        )
    ]


def test_another_component_refuses_in_its_own_name() -> None:
    with pytest.raises(InvalidArgs, match=r"^WebTier: machine\.commands\[0\] must not be empty$"):
        check_machine("WebTier", {"commands": [""]})


def test_outputs_are_left_for_later() -> None:
    def program() -> None:
        later = pulumi.Output.from_input("not\nyet known")
        mount = Mount(name="files", path="/srv/files", type="s3files", source=later, options=later)
        check_machine("WebTier", {"environment": {"A": later}}, [mount])

    recording(program)


@pytest.mark.parametrize(
    "machine",
    [
        {"data_volumes": [{**VOLUME, "size_gib": 160, "iops": 80000, "throughput": 2000}]},
        {"data_volumes": [{**VOLUME, "size_gib": 1, "iops": 3000, "throughput": 750}]},
        {"data_volumes": [{**VOLUME, "type": "io2", "size_gib": 256, "iops": 256000}]},
        {"data_volumes": [{**VOLUME, "type": "st1", "size_gib": 16384}]},
        {"packages": ["php8.3-fpm", "libstdc++", "@web", "nginx=1.24.0-2ubuntu7", "php8.3-mysqlnd.aarch64"]},
        {"services": {"getty@tty1": "masked", "logrotate.timer": "disabled"}},
        {"time_zone": "America/Argentina/Buenos_Aires"},
        {"environment": {"_": "", "QUOTES": "'\"`$\\", "EURO": "€"}},
    ],
)
def test_takes_what_aws_and_the_machine_take(machine: Any) -> None:
    check_machine("Machine", machine)

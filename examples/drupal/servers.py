"""How the servers of the site are prepared: what is installed, where its configuration goes, what runs when."""

import hashlib
import re
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from elasticweb import FileSpec, MachineSpec, ServiceState

FILES = Path(__file__).parent / "files"
SHARE = "/var/www/files"
DRUPAL_STANDS = """\
nginx -v
php-fpm --version
runuser -u nobody -- env HOME=/tmp /srv/drupal/current/vendor/bin/drush --version
"""
"""What a new image has to show before it is used."""

# The names of Amazon Linux 2023. The user apache (48), to whom the shared files belong, comes with php-fpm.
PHP = "php8.4"
PACKAGES = [
    "nginx",
    *(f"{PHP}-{part}" for part in ("cli", "fpm", "gd", "intl", "mbstring", "mysqlnd", "opcache", "pecl-apcu", "xml")),
    "composer",
    "git-core",
    "openssl",
    "unzip",
]


@dataclass(frozen=True)
class Release:
    """What is deployed: a commit of a repository of your own, or else Drupal as it comes."""

    drupal: str
    drush: str
    repository: str
    commit: str

    def __post_init__(self) -> None:
        """Refuse what would not be the same tomorrow."""
        if bool(self.repository) != bool(self.commit) or not re.fullmatch(r"([0-9a-f]{40})?", self.commit):
            raise ValueError(f"repository and commit go together, the commit with its 40 digits, got {self.commit!r}")

    @property
    def name(self) -> str:
        """Name of the release: servers of another name deploy anew."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:12]

    def build(self) -> str:
        """Return the script that builds it: into an image, or on a server without one."""
        known = {"release": self.name, "files_path": SHARE, **asdict(self)}
        given = "".join(f"{name}={shlex.quote(value)}\n" for name, value in known.items())
        return given + _text("build-drupal")


def _text(source: str) -> str:
    """Return a file without the lines that are comments: user data has room for 16 KB."""
    text = (FILES / source).read_text()
    return re.sub(r"(?m)^[ \t]*(#(?!!)|;|//|/?\*).*\n", "", text)


def _file(source: str, path: str, mode: str = "0644", *, template: bool = False) -> FileSpec:
    return {"path": path, "content": _text(source), "mode": mode, "template": template}


# On every server: Drupal, its settings and the deploy hook.
DRUPAL = [
    _file("settings.php", "/etc/drupal/settings.php"),
    _file("deploy.php", "/usr/local/lib/drupal/deploy.php"),
    _file("prepare-drupal", "/usr/local/lib/drupal/prepare", "0755"),
    _file("php.ini", "/etc/php.d/99-drupal.ini"),
]
# On the web servers.
WEB = [
    _file("nginx.conf", "/etc/nginx/nginx.conf", template=True),
    _file("nginx.service.conf", "/etc/systemd/system/nginx.service.d/drupal.conf"),
    _file("php-fpm.conf", "/etc/php-fpm.d/www.conf"),
    _file("php-fpm.service.conf", "/etc/systemd/system/php-fpm.service.d/drupal.conf"),
    _file("size-php", "/usr/local/lib/drupal/size-php", "0755"),
    _file("health.php", "/etc/drupal/health.php"),
]
# On the worker.
WORKER = [
    _file("drush", "/usr/local/bin/drush", "0755"),
    _file("drupal-install", "/usr/local/bin/drupal-install", "0755"),
    _file("drupal-cron.service", "/etc/systemd/system/drupal-cron.service", template=True),
    _file("drupal-cron.timer", "/etc/systemd/system/drupal-cron.timer"),
]


def _server(release: Release, instance_type: str, hosts: Sequence[str], cidr_block: str, uri: str) -> MachineSpec:
    return {
        "instance_type": instance_type,
        "swap_gib": 1,
        "packages": PACKAGES,
        "environment": {
            "DRUPAL_RELEASE": release.name,
            "DRUPAL_SECRET_FILE": "/run/elasticweb/secrets/drupal.json",
            "SITE_URI": uri,
            "TRUSTED_HOSTS": " ".join(hosts),
            "TRUSTED_PROXIES": cidr_block,
        },
        "secret_group": "apache",
        "image_commands": [release.build()],
        "boot_commands": ["exec /usr/local/lib/drupal/prepare"],
    }


def web_server(release: Release, instance_type: str, hosts: Sequence[str], cidr_block: str, uri: str) -> MachineSpec:
    """Return a web server: nginx and PHP, and no cron."""
    host = uri.partition("//")[2]
    return {
        **_server(release, instance_type, hosts, cidr_block, uri),
        "files": [*DRUPAL, *WEB],
        "services": {"php-fpm": ServiceState.ENABLED, "nginx": ServiceState.ENABLED},
        # The first request is slow, because nothing is in OPcache yet: it is not a visitor's. A site that fails must
        # not keep its servers from coming: that is for alarms.
        "commands": [
            f"curl -sS -o /dev/null --max-time 60 -H 'Host: {host}' http://127.0.0.1/ || echo 'the first page failed'"
        ],
        "farewell_commands": ["systemctl stop nginx php-fpm"],
        "cloudwatch": {
            "log_files": [
                {"path": "/var/log/nginx/access.log"},
                {"path": "/var/log/nginx/error.log"},
                {"path": "/var/log/php-fpm/drupal-slow.log"},
            ]
        },
    }


def worker(release: Release, instance_type: str, hosts: Sequence[str], cidr_block: str, uri: str) -> MachineSpec:
    """Return the one server that runs cron, and on which administrators use drush."""
    return {
        **_server(release, instance_type, hosts, cidr_block, uri),
        "files": [*DRUPAL, *WORKER],
        "services": {
            "php-fpm": ServiceState.DISABLED,
            "nginx": ServiceState.DISABLED,
            "drupal-cron.timer": ServiceState.ENABLED,
        },
        "cloudwatch": {},
    }

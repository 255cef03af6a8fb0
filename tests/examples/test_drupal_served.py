"""The configuration of the Drupal example's web servers, run on loopback: nginx and php-fpm as they are rendered.

In place of Drupal is a script that includes the real settings.php and tells what it made of them. Not shown here is
Drupal itself.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from tests.examples.drupal import EXAMPLE, evaluated, web_server
from tests.examples.drupal_site import PROXY, STRANGER, Site, needed, running


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running(web_server(evaluated("prod"))) as found:
        yield found


def test_nginx_takes_its_configuration(site: Site) -> None:
    checked = subprocess.run([*site.nginx, "-t"], text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr


def test_php_fpm_takes_its_pools(site: Site) -> None:
    command = [*site.php, "--test"]
    checked = subprocess.run(command, env=site.environment, text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr


def test_php_is_sized_by_the_servers_memory(site: Site) -> None:
    size = (site.root / "usr/local/lib/drupal/size-php").read_text()
    pools, memory = site.root / "pools", site.root / "meminfo"
    pools.mkdir()
    script = size.replace("/etc/php-fpm.d", str(pools)).replace("/proc/meminfo", str(memory))
    for mib, workers in ((946, 4), (1900, 11), (7800, 73)):
        memory.write_text(f"MemTotal:       {mib * 1024} kB\nMemFree:  1 kB\n")
        subprocess.run(["/bin/bash", "-c", script], check=True)
        assert (pools / "zz-size.conf").read_text() == f"[drupal]\npm.max_children = {workers}\n"
    # Its name comes last: what it says of the pool counts.
    both = (site.root / "etc/php-fpm.conf").read_text() + (pools / "zz-size.conf").read_text()
    (site.root / "sized.conf").write_text(both)
    command = [site.php[0], "-tt", "--fpm-config", str(site.root / "sized.conf")]
    shown = subprocess.run(command, env=site.environment, text=True, capture_output=True, check=True)
    assert "pm.max_children = 73" in shown.stdout + shown.stderr


@pytest.mark.parametrize("script", sorted(path.name for path in (EXAMPLE / "files").glob("*.php")))
def test_every_script_is_php(script: str) -> None:
    checked = subprocess.run(
        [needed("php"), "-l", str(EXAMPLE / "files" / script)], text=True, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


def test_a_server_is_well_without_a_database(site: Site) -> None:
    status, headers, body = site.ask("/healthz", host="10.40.1.2")
    assert (status, body, headers["Cache-Control"]) == (200, "ok\n", "no-store")


def test_a_server_without_drupal_or_its_secret_is_not_well(site: Site) -> None:
    secret = site.root / "run/elasticweb/secrets/drupal.json"
    index = site.root / "srv/drupal/current/web/index.php"
    for path in (secret, index):
        away = path.rename(path.with_name("away"))
        try:
            assert site.ask("/healthz")[0] == 503
        finally:
            away.rename(path)
    assert site.ask("/healthz")[0] == 200
    assert "DRUPAL_SECRET_FILE cannot be read" in (site.root / "var/log/nginx/error.log").read_text()


@pytest.mark.parametrize(
    "path", ["/", "/node/1", "/user/login?destination=/admin", "/sites/default/files/styles/x.jpg"]
)
def test_what_is_no_file_goes_to_drupal(site: Site, path: str) -> None:
    server = site.seen(path)["server"]
    assert server["REQUEST_URI"] == path
    assert server["SCRIPT_NAME"] == "/index.php"
    assert server["QUERY_STRING"] == path.partition("?")[2]
    # Where the release is, not the link to it.
    assert server["SCRIPT_FILENAME"] == f"{site.root}/srv/drupal/releases/r1/web/index.php"


def test_drupal_writes_to_the_writer_and_may_read_from_the_reader(site: Site) -> None:
    databases = site.seen("/")["databases"]["default"]
    writer, (reader,) = databases["default"], databases["replica"]
    assert (writer["host"], reader["host"]) == ("127.0.0.1", "127.0.0.3")
    for database in (writer, reader):
        assert database["driver"] == "mysql"
        assert (database["port"], database["database"]) == ("3307", "drupal")
        assert "/etc/pki/rds/global-bundle.pem" in database["pdo"].values(), "MySQL is asked for its certificate"
        assert "READ COMMITTED" in database["init_commands"]["isolation_level"]


def test_a_new_password_is_used_at_once(site: Site) -> None:
    assert site.seen("/")["databases"]["default"]["default"]["password"] == "first"  # noqa: S105
    site.secret("database", username="app_owner", password="second")  # noqa: S106
    try:
        for database in site.seen("/")["databases"]["default"].values():
            assert (database if "host" in database else database[0])["password"] == "second"  # noqa: S105
    finally:
        site.secret("database", username="app_owner", password="first")  # noqa: S106


def test_drupal_has_its_salt_and_keeps_to_its_places(site: Site) -> None:
    seen = site.seen("/")
    settings = seen["settings"]
    assert settings["hash_salt"] == "salt" * 16
    assert settings["deployment_identifier"] == site.environment["DRUPAL_RELEASE"]
    assert settings["file_public_path"] == "sites/default/files"
    assert settings["file_private_path"] == f"{site.root}/var/www/files/private"
    # What PHP runs is not on the share.
    assert settings["php_storage"]["default"]["directory"] == f"{site.root}/var/lib/drupal/php"
    assert seen["config"]["automated_cron.settings"]["interval"] == 0


def test_drupal_answers_to_its_names_only(site: Site) -> None:
    patterns = site.seen("/")["settings"]["trusted_host_patterns"]

    def trusted(host: str) -> bool:
        return any(re.search(pattern, host, re.IGNORECASE) for pattern in patterns)

    assert trusted("example.org")
    assert trusted("www.example.org")
    assert not trusted("wwwxexample.org")
    assert not trusted("example.org.evil.test")


def test_the_load_balancer_is_believed_about_visitors(site: Site) -> None:
    seen = site.seen("/visitor", X_Forwarded_For="203.0.113.7", X_Forwarded_Proto="https", X_Forwarded_Port="443")
    server, settings = seen["server"], seen["settings"]
    assert server["HTTP_X_FORWARDED_PROTO"] == "https"
    # Drupal takes that for true, because it comes from an address that it trusts ...
    assert server["REMOTE_ADDR"] == PROXY
    assert settings["reverse_proxy"] is True
    assert settings["reverse_proxy_addresses"] == [f"{PROXY}/32"]
    # ... and these are the headers: for, proto and port, and not the host, which the load balancer does not set.
    assert settings["reverse_proxy_trusted_headers"] == 0b011010
    assert site.logged("GET /visitor").startswith("203.0.113.7 ")


def test_others_are_not(site: Site) -> None:
    seen = site.seen("/stranger", source=STRANGER, X_Forwarded_For="203.0.113.8", X_Forwarded_Proto="https")
    assert seen["server"]["REMOTE_ADDR"] == STRANGER, "which is not among the trusted addresses"
    assert site.logged("GET /stranger").startswith(f"{STRANGER} ")
    assert not site.seen("/", Proxy="http://evil.test")["server"].get("HTTP_PROXY"), "httpoxy"


def test_uploads_are_served_from_the_share(site: Site) -> None:
    upload = site.root / "var/www/files/public/report.txt"
    upload.write_text("uploaded elsewhere\n")
    status, headers, body = site.ask("/sites/default/files/report.txt")
    assert (status, body) == (200, "uploaded elsewhere\n")
    assert headers["Cache-Control"] == "max-age=1209600"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "sites/default/settings.php",
        "sites/default/files/shell.php",
        "sites/default/files/shell.phtml",
        "sites/default/files/page.html",
        "sites/default/files/.htaccess",
        "core/install.php",
        "update.php",
        "core/CHANGELOG.txt",
        "core/core.services.yml",
        "modules/a/a.module",
        "themes/a/page.html.twig",
        "composer.json",
        "web.sql",
        ".git/config",
        ".env",
    ],
)
def test_what_is_private_is_not_there(site: Site, path: str) -> None:
    file = site.root / "srv/drupal/current/web" / path
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("<?php echo 'private';\n")
    status, _, body = site.ask(f"/{path}")
    assert status == 404
    assert "private" not in body


def test_other_scripts_do_not_run_even_with_a_path_behind_them(site: Site) -> None:
    assert site.ask("/sites/default/files/report.txt/x.php")[0] == 404
    assert site.ask("/core/authorize.php/x")[0] == 404


def test_a_new_release_is_taken_with_its_link(site: Site) -> None:
    old, new = site.root / "srv/drupal/releases/r1", site.root / "srv/drupal/releases/r2"
    shutil.copytree(old, new, symlinks=True)
    link = site.root / "srv/drupal/current"
    (site.root / "next").symlink_to(new)
    (site.root / "next").replace(link)
    try:
        assert site.seen("/")["server"]["SCRIPT_FILENAME"] == f"{new}/web/index.php"
    finally:
        (site.root / "next").symlink_to(old)
        (site.root / "next").replace(link)


def test_php_sees_of_the_environment_what_it_needs(site: Site) -> None:
    seen = site.seen("/")
    assert "SITE_URI" in site.environment
    assert "SITE_URI" not in seen["environment"]
    ini_ = seen["ini"]
    assert (ini_["opcache.validate_timestamps"], ini_["memory_limit"]) == ("0", "256M")
    assert ini_["zend.exception_ignore_args"] == "1"

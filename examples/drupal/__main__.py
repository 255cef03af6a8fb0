"""A Drupal site: web servers that follow the load, MySQL with replicas, shared files, and one server for cron."""

import pulumi
import pulumi_aws as aws
from elasticweb import Environment
from servers import DRUPAL_STANDS, SHARE, Release, web_server, worker

config = pulumi.Config()
region = pulumi.Config("aws").require("region")
site = config.get_object("site", {}) or {}
fleet = config.get_object("fleet", {}) or {}
database = config.get_object("database", {}) or {}
disposable = config.get_bool("disposable") or False
cidr_block = config.require("cidr_block")
release = Release(
    drupal=config.require("drupal"),
    drush=config.require("drush"),
    repository=config.get("repository") or "",
    commit=config.get("commit") or "",
)

# Without a domain the site has the load balancer's name, which is not known yet.
domain = site.get("domain_name")
hosts = [domain, *site.get("alternative_names", ())] if domain else [f"*.{region}.elb.amazonaws.com"]
uri = f"https://{domain}" if domain else f"http://drupal.{region}.elb.amazonaws.com"
server = {"release": release, "hosts": hosts, "cidr_block": cidr_block, "uri": uri}

# Drupal's own secret: what it signs links and tokens with. Another one is made up at every run; the first is kept.
salt = aws.secretsmanager.Secret(
    "drupal-salt",
    description="What Drupal signs links and form tokens with",
    recovery_window_in_days=0 if disposable else 30,
)
made_up = aws.secretsmanager.get_random_password_output(password_length=64, exclude_punctuation=True)
salt_value = aws.secretsmanager.SecretVersion(
    "drupal-salt-value",
    secret_id=salt.id,
    secret_string=pulumi.Output.secret(pulumi.Output.json_dumps({"hash_salt": made_up.random_password})),
    opts=pulumi.ResourceOptions(ignore_changes=["secret_string"]),
)
# Known when there is something in it, so that no server comes before.
salt_arn = pulumi.Output.all(salt.arn, salt_value.id).apply(lambda both: both[0])

environment = Environment(
    "drupal",
    {
        "network": {
            "availability_zones": [f"{region}{letter}" for letter in config.require_object("zones")],
            "cidr_block": cidr_block,
        },
        "site": {"health_check_path": "/healthz", "health_check_matcher": "200", **site},
        "fleet": fleet,
        "machine": web_server(instance_type=config.require("instance_type"), **server),
        "worker": {"machine": worker(instance_type=config.require("worker_instance_type"), **server)},
        "database": {"database_name": "drupal", **database},
        "storage_path": SHARE,
        "secrets": [{"name": "drupal", "arn": salt_arn}],
        "disposable": disposable,
        # An image is published only when what it is made of holds together.
        **({"golden_image": {"tests": [DRUPAL_STANDS]}} if config.get_bool("golden_image") else {}),
    },
)

pulumi.export("url", environment.url)
pulumi.export("name_servers", environment.name_servers)
pulumi.export("worker", environment.worker_autoscaling_group_name)

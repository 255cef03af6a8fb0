"""A server that writes reports from the environment's read replicas, in a stack of its own."""

import pulumi
from elasticweb import Connection, SingleServer

config = pulumi.Config()
environment = pulumi.StackReference(config.require("environment"))

reports = SingleServer(
    "reports",
    {
        "vpc_id": environment.require_output("vpc_id"),
        # How many there are has to be known beforehand, which they are does not: one by one they may be outputs.
        "subnet_id": environment.require_output("private_subnet_ids")[0],
        "availability_zone": config.require("availability_zone"),
        "connections": [
            Connection(
                name="database",
                security_group_id=environment.require_output("database_security_group_id"),
                port=3307,
            )
        ],
        "secret_arns": [environment.require_output("database_secret_arn")],
        "machine": {
            "packages": ["mariadb105"],
            "environment": {
                "DATABASE_HOST": environment.require_output("database_reader_host"),
                "DATABASE_NAME": environment.require_output("database_name"),
                "DATABASE_SECRET_ARN": environment.require_output("database_secret_arn"),
            },
        },
        "disposable": True,  # an example that can be taken away again
    },
)

pulumi.export("volume_id", reports.volume_id)

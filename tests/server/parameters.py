"""The parameters that the component gives RDS, as far as this server knows them."""

import pulumi

from components import MySQL
from tests.recording import recording

UNKNOWN = {
    # A collation of MySQL 8, which MariaDB 10 has not; its own of utf8mb4 stands in.
    "collation_server": "utf8mb4_0900_ai_ci",
}


def of_the_component() -> dict[str, str]:
    """What the parameter group says."""

    def program() -> None:
        MySQL("app-db", {"vpc_id": "vpc-1", "subnet_ids": ["subnet-1", "subnet-2"]}, pulumi.ResourceOptions())

    (group,) = recording(program).all("rds/parameterGroup:ParameterGroup")
    return {each["name"]: each["value"] for each in group.inputs["parameters"]}


def as_options() -> list[str]:
    """Return them as options of the command line, without formulas, which only RDS works out, and those unknown."""
    return [
        f"--{name.replace('_', '-')}={value}"
        for name, value in of_the_component().items()
        if "{" not in value and UNKNOWN.get(name) != value
    ]

"""Several environments like this stack's in one program: what `make bench` measures growth with."""

import pulumi

import settings
from components import Environment

for number in range(pulumi.Config("copies").require_int("count")):
    args = settings.environment_args()
    if "network" in args:
        args["network"]["cidr_block"] = f"10.{20 + number}.0.0/16"
    Environment(f"copy-{number}", args)

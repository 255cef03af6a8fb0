"""The stack: the settings of Pulumi.<stack>.yaml in, one environment, its outputs out."""

import pulumi

import settings
from components.environment import Environment

environment = Environment(pulumi.get_stack(), settings.environment_args())

for output in Environment.exported:
    pulumi.export(output, getattr(environment, output))

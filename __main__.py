"""The stack: the settings of Pulumi.<stack>.yaml in, one environment and its outputs out."""

import pulumi

import settings
from components import Environment, InvalidArgs

try:
    environment = Environment(pulumi.get_stack(), settings.environment_args())
except InvalidArgs as error:
    raise settings.in_settings(error) from None

for name, value in environment.outputs.items():
    pulumi.export(name, value)

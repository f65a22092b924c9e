"""Pulumi starts here: the stack's settings pick a layer, and the layer builds it."""

import pulumi

from stacks.layers import LAYERS
from stacks.pace import leave_debug_log_off
from stacks.problem import ProblemError
from stacks.settings import load_settings

leave_debug_log_off()
try:
    settings = load_settings(pulumi.Config())
    outputs = LAYERS[settings.layer](settings)
except ProblemError as error:
    raise pulumi.RunError(str(error)) from None

for name, value in outputs.items():
    pulumi.export(name, value)

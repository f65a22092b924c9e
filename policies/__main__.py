"""Pulumi starts here: `pulumi preview --policy-pack policies`. Constructing the pack blocks."""

from pulumi_policy import PolicyPack

from policies.gates.pack import policies_of
from policies.judge import judge

PolicyPack("sen", policies_of(judge()))

"""Running stacks: the environment that Pulumi needs, one run, and what to do after a killed one."""

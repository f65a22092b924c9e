"""What is allowed: rules written once as data, judged at every gate."""

from policies.rule import Rule, load_rules

__all__ = ["Rule", "load_rules"]

"""What stands in the cluster of `sen.gov.vn/v1alpha1`: the kinds, made from the models."""

from stacks.models.objects.kind import GROUP, VERSION, ObjectKind
from stacks.models.objects.kinds import KINDS

__all__ = ["GROUP", "KINDS", "VERSION", "ObjectKind"]

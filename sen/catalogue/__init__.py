"""Who shows that a control is kept: rules at the gates, tests of the platform, people's papers."""

from sen.catalogue.evidence import EvidenceState, evidence_state

__all__ = ["EvidenceState", "evidence_state"]

"""The cloud gate: resources of an account as boto3 describes them, judged by the same rules.

Each resource becomes one object `cloud.sen.gov.vn/v1` with its tags as labels and a flat `spec`;
the module that reads a kind says its shape.
"""

from policies.gates.cloud.account import Unread
from policies.gates.cloud.gate import Description, findings, look, objects

__all__ = ["Description", "Unread", "findings", "look", "objects"]

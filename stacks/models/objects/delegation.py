"""A delegation as an object: somebody decides in another's place, between two days, then no more.

The object alone gives no right: the platform binds one by RBAC while the days last
(`sen/access/delegation.py`), and it names the person in whose place it is used.
"""

from pydantic import Field

from stacks.models.base import Day, Model, Text
from stacks.models.objects.approval import Role
from stacks.models.objects.kind import Rule
from stacks.models.objects.request import UserName

MOST_DAYS = 90


class DelegationSpec(Model):
    """Who decides in whose place; nothing of it changes but that it ended early."""

    role: Role
    by: UserName = Field(description="Who holds the role: the user's name, held at admission.")
    to: UserName = Field(description="Who decides in their place.")
    starts: Day
    ends: Day = Field(description="Last day.")
    document: Text = Field(description="Number of the document that delegates.")
    ended: Day | None = Field(default=None, description="Day from which it no longer holds.")


RULES = (
    Rule("self.ends >= self.starts", "kết thúc sau khi bắt đầu / it ends after it starts"),
    Rule(
        f"self.ends - self.starts < duration('{MOST_DAYS * 24}h')",
        f"ủy quyền tối đa {MOST_DAYS} ngày / a delegation lasts at most {MOST_DAYS} days",
    ),
    Rule(
        "self.by != self.to",
        "không tự ủy quyền cho mình / nobody delegates to themselves",
    ),
    Rule(
        "!has(oldSelf.ended) || (has(self.ended) && self.ended <= oldSelf.ended)",
        "ủy quyền đã chấm dứt không mở lại được / a delegation that was ended stays ended",
    ),
)

"""A waiver as an object: which rule need not hold for which one object, until when, on whose word.

It lies on the desk of the agency whose object it is about; what is wider than an agency, or lies in
no namespace, is waived in the register's file, by review (docs/adr/0010).
"""

from typing import Annotated

from pydantic import Field

from stacks.models.base import Day, DnsLabel, Level, Model, Text
from stacks.models.objects.approval import Role
from stacks.models.objects.kind import Rule
from stacks.models.objects.request import UserName

# As the register's file has it (policies/waiver_record.py); a test holds them together.
MONTHS, STRICT_MONTHS, STRICT_LEVEL = 12, 3, 4
MOST_GRANTS = 4
RULE_ID = "^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"
KIND = "^[a-z0-9.-]*/[A-Z][A-Za-z0-9]*$"
NAME = "^[A-Za-z0-9]([A-Za-z0-9._:/@+=-]*[A-Za-z0-9])?$"

Identifier = Annotated[str, Field(pattern=RULE_ID, max_length=63)]


class Waived(Model):
    """The one object that a waiver is about, by its full id; no pattern."""

    kind: Annotated[str, Field(pattern=KIND, max_length=200)] = Field(
        description="Group and kind without the version: apps/Deployment, /Pod."
    )
    namespace: DnsLabel = Field(description="A namespace of the agency whose desk this is.")
    name: Annotated[str, Field(pattern=NAME, max_length=253)]


class Grant(Model):
    """One person's yes; that they hold the role is held at admission."""

    role: Role
    by: UserName


class WaiverSpec(Model):
    """What is waived; nothing of it changes but who agreed, and that it ended early."""

    rule: Identifier
    object: Waived
    level: Level = Field(description="Highest level of a system at which it may be used.")
    reason: Text
    compensating: Text = Field(description="The measure that stands in for the rule meanwhile.")
    owner: UserName = Field(description="Who asks and answers for it: held at admission.")
    starts: Day
    ends: Day = Field(description="Last day on which it holds.")
    approvals: Annotated[tuple[Grant, ...], Field(max_length=MOST_GRANTS)] = ()
    ended: Day | None = Field(default=None, description="Day from which it no longer holds.")


def must_agree(level: int) -> tuple[Role, ...]:
    """Give the roles that must agree at a level."""
    if level >= STRICT_LEVEL:
        return Role.SECURITY_OFFICER, Role.PLATFORM
    return (Role.SECURITY_OFFICER,)


def waits_for(spec: WaiverSpec) -> tuple[Role, ...]:
    """Give the roles whose word is missing; one person has one word, the owner has none."""
    heard: dict[Role, str] = {}
    for each in spec.approvals:
        if each.by != spec.owner and each.by not in heard.values():
            heard.setdefault(each.role, each.by)
    return tuple(role for role in must_agree(spec.level) if role not in heard)


_MONTHS = "(self.{0}.getFullYear() * 12 + self.{0}.getMonth())"
_SPAN = f"({_MONTHS.format('ends')} - {_MONTHS.format('starts')})"
_MOST = f"(self.level >= {STRICT_LEVEL} ? {STRICT_MONTHS} : {MONTHS})"
_LATER_DAY = "self.ends.getDayOfMonth() > self.starts.getDayOfMonth()"

RULES = (
    Rule(
        f"{_SPAN} < {_MOST} || ({_SPAN} == {_MOST} && !({_LATER_DAY}))",
        f"ngoại lệ kéo dài tối đa {MONTHS} tháng, cấp độ {STRICT_LEVEL} và 5 tối đa {STRICT_MONTHS}"
        f" / a waiver lasts at most {MONTHS} months, at levels {STRICT_LEVEL} and 5 at most"
        f" {STRICT_MONTHS}",
    ),
    Rule(
        "oldSelf.approvals.all(each, each in self.approvals)"
        " && self.approvals.size() <= oldSelf.approvals.size() + 1",
        "chỉ thêm được một phê duyệt mỗi lần, không bỏ được"
        " / approvals are added one at a time and never taken back",
    ),
    Rule(
        "!has(oldSelf.ended) || (has(self.ended) && self.ended <= oldSelf.ended)",
        "ngoại lệ đã chấm dứt không mở lại được / a waiver that was ended stays ended",
    ),
)

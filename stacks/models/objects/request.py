"""A tenant request as an object: what the file says, and who asks."""

from typing import Annotated

from pydantic import Field

from stacks.models.base import Text
from stacks.models.tenant import TenantRequest

UserName = Annotated[str, Field(min_length=1, max_length=253)]


class RequestSpec(TenantRequest):
    """One system of one agency in one stage, as somebody asks for it."""

    requested_by: UserName = Field(description="Who asks: the user's name, held at admission.")
    reason: Text | None = Field(default=None, description="Why, for those who approve.")

"""A data-sharing agreement as an object; its effects are the network's business."""

from typing import Annotated

from pydantic import Field

from stacks.models.base import Bilingual, Day, DnsLabel, Model, Text, Yes
from stacks.models.network import Port


class AgreementSpec(Model):
    """Who may read what from whom, on which legal basis, until when."""

    provider: DnsLabel = Field(description="Full name of the tenant that gives.")
    consumer: DnsLabel = Field(description="Full name of the tenant that reads.")
    data: Bilingual
    legal_basis: Text
    personal_data: Yes
    ports: Annotated[tuple[Port, ...], Field(min_length=1)]
    starts: Day
    ends: Day

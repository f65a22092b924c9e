"""Words for two readers: every message has a Vietnamese and an English form."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Closed(BaseModel):
    """Base of what this package reads: immutable, and a misspelled key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Closed):
    vi: str = Field(min_length=3, max_length=400)
    en: str = Field(min_length=3, max_length=400)

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"

"""The catalogue: what can be asked for, at which level to start, what it costs, who decides."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from sen.portal import standing
from sen.portal.menu import Entry
from sen.portal.pages.home import today_of
from sen.portal.visit import Visiting
from sen.portal.words import N_
from stacks.models.blueprint import BlueprintEntry, blueprints
from stacks.models.chain import required
from stacks.models.price import price, price_lists, prices_on
from stacks.models.quota import SIZES, Size
from stacks.models.spelling import fold

router = APIRouter()
MENU = Entry("/blueprints", N_("Catalogue"), 50)


@dataclass(frozen=True)
class Offer:
    """One blueprint as people compare it; the price is that of the smallest size."""

    entry: BlueprintEntry
    roles: tuple[str, ...]
    from_vnd: int

    def fits(self, words: str) -> bool:
        name = self.entry.name
        text = fold(f"{self.entry.blueprint} {name.vi} {name.en}")
        return all(word in text for word in fold(words).split())


@router.get("/blueprints")
async def catalogue(visit: Visiting) -> Response:
    """Show each blueprint with a way to ask for it."""
    prices, words = prices_on(today_of(visit), price_lists()), visit.query("q")
    offers = [
        Offer(
            each,
            tuple(map(str, required(each.level))),
            price(SIZES[Size.S], each.level, prices),
        )
        for each in blueprints().values()
    ]
    rows = [each for each in offers if each.fits(words)]
    return visit.page("blueprints.html.j2", rows=rows, words=words, labels=standing)

"""A draft of the level dossier from what a request says; results of checks are not in it.

Where results are kept is the platform's own; those who run it draw up the dossier with them.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sen.assessment.store import Store
from sen.portal.decided import read
from sen.portal.path import agency_of
from sen.reports.dossier import dossier
from sen.reports.gather import Asked, material
from sen.reports.render import Format, rendered
from sen.reports.system import Subject
from stacks.problem import Language

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Drawing one up takes a second of a core: they wait for one another, pages do not wait for them.
_TURN = asyncio.Semaphore(1)


async def draft(request: dict[str, Any], at: dt.datetime, lang: Language) -> bytes:
    """Give the draft as a document for a word processor.

    Raises:
        ValidationError: The request breaks the rules.
    """
    async with _TURN:
        return await asyncio.to_thread(_drawn, request, at, lang)


def _drawn(request: dict[str, Any], at: dt.datetime, lang: Language) -> bytes:
    spec = read(request)
    subject = Subject(agency_of(spec.agency), (spec,))
    with TemporaryDirectory() as folder:
        found = material(Asked(subject, spec.system.level, at), Store(Path(folder)))
    return rendered(dossier(found, lang), Format.DOCX)

"""Which pages are generated, and what each of them says."""

from __future__ import annotations

from collections.abc import Mapping

from sen.catalogue import page as catalogue
from sen.reference import command_line, request, rules
from stacks.problem import Language

FOLDER = "docs/reference"


def pages() -> Mapping[str, str]:
    """Give the text of every generated page by its path in the project."""
    return {
        f"{FOLDER}/command-line.md": command_line.page(),
        f"{FOLDER}/catalogue.md": catalogue.page(Language.EN),
        f"{FOLDER}/catalogue.vi.md": catalogue.page(Language.VI),
        f"{FOLDER}/request.md": request.page(Language.EN),
        f"{FOLDER}/request.vi.md": request.page(Language.VI),
        f"{FOLDER}/host-rules.md": rules.host_page(Language.EN),
        f"{FOLDER}/host-rules.vi.md": rules.host_page(Language.VI),
        f"{FOLDER}/policy-rules.md": rules.page(Language.EN),
        f"{FOLDER}/policy-rules.vi.md": rules.page(Language.VI),
    }

"""A proxy on a host that leads to the old side, to the new one, or answers for itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from playbooks.migration.cutover.endpoint import Side
from playbooks.migration.endpoint.onhost import HostFile
from playbooks.migration.endpoint.page import SECONDS_TO_RETRY, page
from stacks.problem import Problem, ProblemError

MARK = "# sen-side: "
ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+")
NAME = re.compile(r"[A-Za-z0-9.-]+")
# A reload returns before the workers have changed: those that were there listen no more once nginx
# calls them otherwise; requests that they have begun they end.
_CHANGED = (
    "{ m=$(cat /run/nginx.pid) && b=$(pgrep -P $m); n=300; systemctl reload nginx && n=0; "
    "while [ $n -lt 300 ]; do left=; w=$(pgrep -P $m -f 'nginx: worker process$'); "
    "for p in $w; do for q in $b; do [ $p = $q ] && left=1; done; done; "
    '[ -n "$w" ] && [ -z "$left" ] && break; n=$((n+1)); sleep 0.1; done; [ $n -lt 300 ]; }'
)
NGINX = {"check": "nginx -t -q", "reload": f"nginx -t -q && {_CHANGED}"}

_LEADING = """    location / {{
        proxy_pass {target};
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}
"""
_CLOSED = """    location / {{
        default_type "text/html; charset=utf-8";
        add_header Retry-After {seconds} always;
        add_header Cache-Control "no-store" always;
        return 503 '{page}';
    }}
"""


@dataclass(frozen=True)
class FrontEndpoint:
    """A site of nginx that belongs to this move alone.

    Attributes:
        file: The site's file; nginx is asked to judge all its settings before it reloads.
        name: Host name of the system.
        sides: Where the two sides answer: `http://10.0.0.1:80`.
        listen: As nginx has it.
        extra: Lines for certificates and the like.
    """

    file: HostFile
    name: str
    sides: Mapping[Side, str]
    listen: str = "80"
    extra: str = ""
    system: str = ""
    seconds: int = SECONDS_TO_RETRY

    def __post_init__(self) -> None:
        for word, form in ((self.name, NAME), *((each, ADDRESS) for each in self.sides.values())):
            if not form.fullmatch(word):
                raise ProblemError(Problem("endpoint-bad-address", word))

    def side(self) -> Side:
        """Ask the host which side its file leads to."""
        return side_in(self.file.read())

    def point(self, side: Side) -> None:
        """Replace the file and reload; where nginx refuses, the old file comes back."""
        before = self.file.read()
        wanted = self.text(side)
        if before == wanted:
            self.file.renew()
            return
        try:
            self.file.write(wanted)
        except ProblemError:
            if before:
                self.file.write(before)
            raise

    def text(self, side: Side) -> str:
        """Give the file for a side."""
        if side is Side.CLOSED:
            shown = page(self.system or self.name, self.seconds).replace("'", "&#39;")
            body = _CLOSED.format(seconds=self.seconds, page=shown.replace("$", "&#36;"))
        else:
            body = _LEADING.format(target=self.sides[side])
        lines = f"    listen {self.listen};\n    server_name {self.name};\n{self.extra}"
        return f"{MARK}{side}\nserver {{\n{lines}{body}}}\n"


def side_in(text: str) -> Side:
    """Read the side from a file of ours; one that we did not write leads to the old side."""
    for line in text.splitlines():
        _, mark, said = line.partition(MARK.strip())
        if mark and said.strip() in set(Side):
            return Side(said.strip())
    return Side.OLD

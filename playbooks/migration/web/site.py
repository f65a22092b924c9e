"""A virtual host of the old server as a site of nginx on the new one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stacks.problem import Problem, ProblemError

NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
PATH = re.compile(r"/[\w./@+ -]*")


@dataclass(frozen=True)
class Site:
    """What a site is, whatever server it had.

    Attributes:
        php: Socket of PHP's process manager; empty for a site without PHP.
        certificate: Files of chain and key; empty: without TLS, behind a front.
        mib: The largest upload.
        port: 0 for 80, or 443 with a certificate and 80 leading there.
    """

    name: str
    root: str
    aliases: tuple[str, ...] = ()
    php: str = ""
    certificate: tuple[str, str] | tuple[()] = ()
    mib: int = 32
    port: int = 0

    def __post_init__(self) -> None:
        words = (self.root, *self.certificate, *((self.php,) if self.php else ()))
        bad = [each for each in (self.name, *self.aliases) if not NAME.fullmatch(each)]
        bad += [each for each in words if not PATH.fullmatch(each)]
        if bad:
            raise ProblemError(*(Problem("web-bad-word", each) for each in bad))

    def nginx(self) -> str:
        """Give the site's file."""
        tls = bool(self.certificate)
        port = self.port or (443 if tls else 80)
        names = f"server_name {' '.join((self.name, *self.aliases))};"
        lines = [
            f"listen {port}{' ssl' if tls else ''};",
            names,
            f'root "{self.root}";',
            "index index.php index.html;" if self.php else "index index.html;",
            f"client_max_body_size {self.mib}m;",
            "charset utf-8;",
            "server_tokens off;",
        ]
        if self.certificate:
            chain, key = self.certificate
            lines += [f'ssl_certificate "{chain}";', f'ssl_certificate_key "{key}";']
            lines += ["ssl_protocols TLSv1.2 TLSv1.3;"]
        lines += ["location ~ /\\.(?!well-known/) { deny all; }"]
        if self.php:
            lines += [
                "location / { try_files $uri $uri/ /index.php?$query_string; }",
                "location ~ \\.php$ { try_files $uri =404; include fastcgi_params;",
                "fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;",
                f'fastcgi_pass "unix:{self.php}"; }}',
            ]
        plain = ["listen 80;", names, "return 301 https://$host$request_uri;"]
        return _server(lines) + (_server(plain) if tls and not self.port else "")


def _server(lines: Sequence[str]) -> str:
    return "server {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"

"""What stands on the new host around the application: certificate, PHP, mail, and the site."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

from playbooks.migration.endpoint.front import NGINX
from playbooks.migration.files.place import FilesPlace
from playbooks.migration.web.bundle import folder, put
from playbooks.migration.web.plan import Certificate, Php, WebPlan
from playbooks.migration.web.pool import home, mail, mail_file, pool, socket
from playbooks.migration.web.site import Site
from stacks.problem import Problem, ProblemError

VERSION = re.compile(r"/etc/php/(\d+\.\d+)/fpm/pool\.d")
# nginx looks for what a file includes beside the file that it was given.
_TRY = (
    "{{ printf 'events {{}}\\nhttp {{ include mime.types; include {site}; }}\\n' > {file}; "
    "nginx -t -q -c {file}; code=$?; rm -f {file}; [ $code = 0 ]; }}"
)
_MATCHES = (
    "a=$(openssl x509 -in {chain} -noout -pubkey) && b=$(openssl pkey -in {key} -pubout) && "
    '[ "$a" = "$b" ] && openssl x509 -in {chain} -noout -checkend 0 >/dev/null'
)
_MAKE = (
    "[ -e {key} ] && [ -e {chain} ] || {{ umask 077; openssl req -x509 -newkey rsa:3072 -nodes "
    "-days {days} -subj /CN={site} -addext {names} -keyout {key} -out {chain} 2>/dev/null "
    "&& chmod 644 {chain}; }}"
)


@dataclass(frozen=True)
class Installation:
    """One site on its new host.

    Attributes:
        target: The application's folder there.
    """

    target: FilesPlace
    plan: WebPlan

    @property
    def site_file(self) -> str:
        return f"{home(self.plan.site)}/site.conf"

    @property
    def link(self) -> str:
        return f"/etc/nginx/conf.d/sen-{self.plan.site}.conf"

    @property
    def certificate(self) -> tuple[str, str]:
        return f"{home(self.plan.site)}/chain.pem", f"{home(self.plan.site)}/key.pem"

    def missing(self) -> list[str]:
        """Give the programs that the new host lacks."""
        names = ["nginx", "curl", "systemctl", "tar"]
        names += ["php"] * bool(self.plan.php) + ["msmtp"] * bool(self.plan.mail)
        names += ["openssl"] * bool(self.plan.certificate)
        asked = "; ".join(f"command -v {each} >/dev/null || echo {each}" for each in names)
        lacking = self.target.run(asked + "; true").decode().split()
        if self.plan.php and self.version(self.plan.php) is None:
            lacking.append(f"php{self.plan.php.version or ''}-fpm")
        return lacking

    def version(self, php: Php) -> str | None:
        """Give the version of PHP that runs the site; None where the host has none."""
        said = self.target.run("ls -d /etc/php/*/fpm/pool.d 2>/dev/null || true").decode()
        found = [each[1] for each in map(VERSION.fullmatch, said.split()) if each]
        if php.version:
            return php.version if php.version in found else None
        return max(found, key=lambda v: tuple(map(int, v.split("."))), default=None)

    def certify(self, source: FilesPlace) -> dict[str, object]:
        """Bring the certificate, or make one; the key is never kept on this machine.

        Raises:
            ProblemError: A host is not reached, or chain and key do not fit, or it has run out.
        """
        if self.plan.certificate is None:
            return {}
        chain, key = map(shlex.quote, self.certificate)
        copied = self.plan.certificate.copied
        if copied:
            for old, new, mode in zip(copied, self.certificate, ("644", "600"), strict=True):
                put(self.target, new, source.run(f"cat {shlex.quote(old)}"), mode)
        else:
            made = self._made(self.plan.certificate)
            self.target.run(f"{folder(home(self.plan.site))} && {{ {made}; }}")
        good = f"if {_MATCHES.format(chain=chain, key=key)}; then echo good; fi"
        if not self.target.run(good).strip():
            raise ProblemError(Problem("web-bad-certificate", self.plan.site))
        end = self.target.run(f"openssl x509 -in {chain} -noout -enddate").decode()
        return {"until": end.strip().partition("=")[2]}

    def run_php(self) -> dict[str, object]:
        """Write the pool, and the file by which mail leaves; PHP judges the pool first.

        Raises:
            ProblemError: The host is not reached, or PHP refuses the pool.
        """
        if self.plan.mail:
            put(self.target, mail_file(self.plan.site), mail(self.plan.mail).encode())
        if self.plan.php is None:
            return {}
        version = self.version(self.plan.php)
        text = pool(self.plan, self.plan.php).encode()
        file = f"/etc/php/{version}/fpm/pool.d/sen-{self.plan.site}.conf"
        put(self.target, file, text, judge=f"php-fpm{version} -t")
        self.target.run(f"systemctl reload-or-restart php{version}-fpm")
        return {"php": version}

    def write_site(self) -> dict[str, object]:
        """Write the site's file; nginx judges it, and does not use it yet.

        Raises:
            ProblemError: The host is not reached, or nginx refuses the file.
        """
        text = self.site().nginx().encode()
        trial = shlex.quote(f"/etc/nginx/sen-{self.plan.site}.try")
        judge = _TRY.format(site=self.site_file, file=trial)
        put(self.target, self.site_file, text, judge=judge)
        return {"file": self.site_file}

    def open(self) -> None:
        """Let nginx use the site.

        Raises:
            ProblemError: nginx refuses its settings: then the site is not among them.
        """
        link, file = shlex.quote(self.link), shlex.quote(self.site_file)
        self.target.run(f"{folder(self.link.rpartition('/')[0])} && ln -sfn {file} {link}")
        try:
            self.target.run(f"systemctl start nginx && {NGINX['reload']}")
        except ProblemError:
            self.target.run(f"rm -f {link}")
            raise

    def close(self) -> None:
        """Let nginx know the site no more; requests that it has begun end.

        Raises:
            ProblemError: The host is not reached, or nginx refuses its settings.
        """
        link = shlex.quote(self.link)
        reload = f"systemctl start nginx && {NGINX['reload']}"
        self.target.run(f"rm -f {link} && {reload}")

    def site(self) -> Site:
        """Give the site as its template wants it."""
        below = f"/{self.plan.root}" if self.plan.root else ""
        return Site(
            self.plan.site,
            f"{self.target.path}{below}",
            self.plan.aliases,
            socket(self.plan.site) if self.plan.php else "",
            self.certificate if self.plan.certificate else (),
            self.plan.upload_mib,
            self.plan.port or 0,
        )

    def _made(self, certificate: Certificate) -> str:
        chain, key = map(shlex.quote, self.certificate)
        names = ",".join(f"DNS:{each}" for each in (self.plan.site, *self.plan.aliases))
        said = {"days": certificate.days, "site": self.plan.site}
        return _MAKE.format(chain=chain, key=key, names=f"subjectAltName={names}", **said)

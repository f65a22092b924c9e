"""An old host with an application, a new one without, and a front before both; all real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hosts import machines
from tests.hosts.lan import USER, lan
from tests.hosts.machines import Machine
from tests.hosts.required import require_hosts

KINDS = {"old": "legacy-web", "new": "modern-web", "front": "modern-web"}
# One for each test: what one of them leaves is not in the way of another.
APPLICATIONS = ("dvc", "motcua")
OLD_SECRET = "old-says-open"  # noqa: S105 - of a host that lives for a minute
GREETING = "Kính chào quý khách"
# What the application is, by file: text in TCVN3, settings with a secret, uploads, a job, mail.
INDEX = f"""<?php
require 'config.php';
session_start();
$_SESSION['seen'] = ($_SESSION['seen'] ?? 0) + 1;
header("Content-Type: text/html; charset=$charset");
echo "{GREETING}: ", $db_host, ' ', $_SESSION['seen'], "\\n";
if (isset($_GET['slow'])) {{ sleep(3); echo "finished\\n"; }}
if (isset($_GET['put'])) {{ file_put_contents('uploads/' . basename($_GET['put']), 'x'); }}
if (isset($_GET['mail'])) {{ var_dump(mail('a@test', 'Chao', 'Xin chao')); }}
"""
CONFIG = f"""<?php
$db_host = 'old-db';
$db_password = '{OLD_SECRET}';
$charset = 'x-sen-tcvn3';
"""
CRON = """MAILTO=admin
30 2 * * * www-data /usr/bin/php /var/www/NAME/cron.php
15 2 * * * root mysqldump -h old-db portal > /srv/dump.sql
"""
# Takes one mail at a time, and keeps it.
SMTP = """<?php
$server = stream_socket_server('tcp://127.0.0.1:2525');
while ($client = stream_socket_accept($server, -1)) {
    fwrite($client, "220 relay\\r\\n");
    for ($kept = ''; ($line = fgets($client)) !== false; ) {
        $word = strtoupper(substr($line, 0, 4));
        if ($word === 'DATA') {
            fwrite($client, "354 go\\r\\n");
            while (rtrim($line = fgets($client)) !== '.') { $kept .= $line; }
            file_put_contents('/run/mail', $kept);
        }
        fwrite($client, $word === 'QUIT' ? "221 bye\\r\\n" : "250 ok\\r\\n");
    }
}
"""
APACHE = """<VirtualHost *:80>
    ServerName NAME.hanoi.gov.vn
    DocumentRoot /var/www/NAME
</VirtualHost>
"""


@dataclass(frozen=True)
class Room:
    machines: dict[str, Machine]
    ssh_config: Path

    def inside(self, name: str, text: str) -> str:
        return machines.inside(self.machines[name].name, text)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    require_hosts()
    with lan(tmp_path_factory.mktemp("web")) as net:
        for last, (name, kind) in enumerate(KINDS.items(), 11):
            net.begin(name, last, machines.image(kind))
        config = net.ready()
        config.write_text(f"User {USER}\n{config.read_text('utf-8')}", "utf-8")
        found = Room(net.machines, config)
        for name in APPLICATIONS:
            _application(found, name)
        _relay(found)
        yield found


def _application(room: Room, name: str) -> None:
    """Set an application up on the old host, as somebody did long ago."""
    old, folder = room.machines["old"].name, f"/var/www/{name}"
    machines.inside(old, f"install -d -o www-data {folder} {folder}/uploads")
    texts = {
        f"{folder}/config.php": CONFIG,
        f"{folder}/cron.php": "<?php file_put_contents(__DIR__ . '/uploads/job', 'x');\n",
        f"/etc/cron.d/{name}": CRON,
        f"/etc/apache2/sites-available/{name}.conf": APACHE,
    }
    for path, text in texts.items():
        machines.inside(old, f"cat > {path}", given=text.replace("NAME", name))
    machines.inside(old, f"iconv -f utf-8 -t TCVN5712-1 > {folder}/index.php", given=INDEX)
    machines.inside(old, f"echo 1 > {folder}/uploads/first; chown www-data: -R {folder}")
    machines.inside(old, f"a2ensite -q {name} && systemctl reload apache2")


def _relay(room: Room) -> None:
    """Let mail of the new host arrive somewhere."""
    new = room.machines["new"].name
    machines.inside(new, "cat > /root/smtp.php", given=SMTP)
    machines.inside(new, "systemd-run -q --unit relay php /root/smtp.php")

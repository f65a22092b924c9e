"""What the people in charge write: windows for the plan, and the order of the wave."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import yaml

from tests.demo_migration import names
from tests.demo_migration.hosts import NEW, USER, Room
from tests.demo_migration.portal import APP_PORT, BACKUP, UPLOADS, release

NAME = "dichvucong.example.vn"
HOURS = dt.timedelta(hours=6)
ZONE = "Asia/Ho_Chi_Minh"
LEVEL = 3
# What the new hosts may do; the roles shut everything else.
DECLARED = {
    "modern-db": {"sen_open_ports": ["22/tcp", "5432/tcp"]},
    "modern-web": {
        "sen_open_ports": ["22/tcp", "80/tcp", f"{APP_PORT}/tcp"],
        "firewall_out": ["80/tcp", "5432/tcp"],
    },
}


def add_window(graph: Path, wave: str, now: dt.datetime) -> None:
    """Give the graph of the assessment the one window that there is: now."""
    found = json.loads(graph.read_text("utf-8"))
    found["windows"] = [{"id": wave, **_window(now)}]
    graph.write_text(json.dumps(found, ensure_ascii=False, indent=1), "utf-8")


def write_order(
    room: Room,
    path: Path,
    wave: tuple[str, tuple[str, ...]],
    system: tuple[str, str],
    now: dt.datetime,
) -> None:
    """Write the order: the database, the papers, the site, the front, what the page must show.

    Args:
        room: The hosts.
        path: Of the order.
        wave: Its name, and the roles that bring the new hosts to their level; all if none is named.
        system: Its name and its tenant.
        now: The window is about it.
    """
    name, roles = wave
    order = {
        "wave": name,
        **_window(now),
        "hold_days": 0,
        "approvals": 2,
        "systems": [
            {
                "system": system[0],
                "tenant": system[1],
                "mariadb": [_database(room)],
                "files": [_files(room)],
                "web": [_site(room)],
                "standard": _standard(room, roles),
                "backups": [_backup(room)],
                "flows": [_flow(room)],
                "endpoint": _endpoint(room),
                "smoke": [_smoke(room)],
            }
        ],
    }
    path.write_text(yaml.safe_dump(order, allow_unicode=True, sort_keys=False), "utf-8")


def _window(now: dt.datetime) -> dict[str, str]:
    start = now.replace(minute=0, second=0, microsecond=0)
    return {"start": start.isoformat(), "end": (start + HOURS).isoformat()}


def _database(room: Room) -> dict[str, object]:
    return {
        "name": "portal",
        "zone": ZONE,
        "source": _end(room, "legacy-db", "mover"),
        "target": _end(room, "modern-db", "postgres"),
    }


def _end(room: Room, host: str, user: str) -> dict[str, object]:
    secret = str(room.secret(user))
    where = {"host": room.address(host), "database": "portal"}
    return {**where, "user": user, "password_file": secret}


def _files(room: Room) -> dict[str, object]:
    return {
        "name": "uploads",
        "source": _on(room, "legacy-web", UPLOADS),
        "target": _on(room, "modern-web", UPLOADS),
        "services": ["apache2", "portal-worker", "cron"],
    }


def _site(room: Room) -> dict[str, object]:
    """Bring the site; its pages become those of the release for PostgreSQL."""
    pages = [{"file": name, "whole": str(path)} for name, path in release(room).items()]
    return {
        "name": "site",
        "source": _on(room, "legacy-web", "/var/www/portal"),
        "target": _on(room, "modern-web", "/srv/www/portal"),
        "site": NAME,
        "port": APP_PORT,
        "settings": pages,
        "new_services": ["php8.2-fpm"],
        "drain_seconds": 5,
    }


def _backup(room: Room) -> dict[str, object]:
    """Restore last night's dump beside the database that it was made of: it is the only MariaDB."""
    server = _end(room, "legacy-db", "mover")
    found = {"name": "nightly", "kind": "mariadb", "live": server, "server": dict(server)}
    return {**found, "file": _on(room, "legacy-db", BACKUP)}


def _flow(room: Room) -> dict[str, object]:
    """Let the hardened site reach the database that its pages ask."""
    found = {"name": "database", "address": room.address("modern-db"), "port": 5432}
    return {**found, "source": _on(room, "modern-web", "/")}


def _standard(room: Room, roles: tuple[str, ...]) -> dict[str, object]:
    """Bring the new hosts to the level of the portal before people are let in."""
    declared = {"sen_agency": "H26", "sen_system": "portal", "sen_sudo_without_password": [USER]}
    inventory = room.inventory("new", NEW, DECLARED, **declared)
    found = {"inventory": str(inventory), "ssh_config": str(room.ssh_config)}
    return {**found, "level": LEVEL, "roles": list(roles)}


def _endpoint(room: Room) -> dict[str, object]:
    """Lead people by nginx on the new web host: to the old portal, or to the one beside it."""
    return {
        "kind": "front",
        "file": _on(room, "modern-web", "/etc/nginx/sites-enabled/front"),
        "name": NAME,
        "title": "Cổng dịch vụ công",
        "old": f"http://{room.address('legacy-web')}:80",
        "new": f"http://127.0.0.1:{APP_PORT}",
    }


def _on(room: Room, host: str, path: str) -> dict[str, object]:
    ssh = {"user": USER, "ssh_config": str(room.ssh_config)}
    return {"host": room.address(host), "path": path, **ssh}


def _smoke(room: Room) -> dict[str, object]:
    """Ask the new side itself: people are not let in yet."""
    url = f"http://{room.address('modern-web')}:{APP_PORT}/"
    return {"url": url, "host": NAME, "contains": [names.name(n) for n in range(3)]}

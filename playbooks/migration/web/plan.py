"""What becomes of a web application on its new host, as an order says it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from playbooks.migration.files.stopping import STOP_SECONDS
from stacks.models.base import Model

Absolute = Annotated[str, Field(pattern=r"^/[\w./@+ -]*[\w.@+-]$")]
Relative = Annotated[str, Field(pattern=r"^[^/\x00-\x1f][^\x00-\x1f]*$")]
HostName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
Unit = Annotated[str, Field(pattern=r"^[A-Za-z0-9@_.:-]+$")]
Account = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
Setting = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_.]*$")]
Value = Annotated[str, Field(pattern=r"^[^\x00-\x1f]*$", max_length=500)]


class Secret(Model):
    """An old word and a new one that no order may hold: each lies in a file on this machine."""

    old_file: Path
    new_file: Path


class SettingsFile(Model):
    """A file of the application that is another one on the new host.

    Attributes:
        words: Old and new words; each must be there. Also paths, charsets and names of hosts.
        whole: A file on this machine that takes its place; it may hold secrets.
    """

    file: Relative
    words: dict[str, str] = Field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()
    whole: Path | None = None

    @model_validator(mode="after")
    def _one_way(self) -> SettingsFile:
        if (self.whole is None) is (not self.words and not self.secrets):
            raise ValueError("name either words and secrets, or a whole file")
        if "" in self.words:
            raise ValueError("an empty word is everywhere")
        return self


class SourceText(Model):
    """Files of the application whose text becomes UTF-8.

    Attributes:
        files: Patterns of names within the folder; `*` also spans folders.
        encoding: As `sen text` names it; None lets each file tell.
    """

    files: Annotated[tuple[Relative, ...], Field(min_length=1)]
    encoding: str | None = Field(default=None, pattern=r"^[a-z0-9:-]+$")


class Php(Model):
    """How the new host runs PHP.

    Attributes:
        version: `8.2`; None takes the newest that the host has.
        values: More settings of php.ini for this site alone.
        unchecked: Files that PHP cannot read, and that nobody uses.
    """

    version: str | None = Field(default=None, pattern=r"^\d\.\d$")
    user: Account = "www-data"
    children: int = Field(default=10, ge=1, le=1000, description="Requests at once.")
    memory_mib: int = Field(default=128, ge=16, le=8192)
    zone: str = Field(default="Asia/Ho_Chi_Minh", pattern=r"^[A-Za-z_/+-]+$")
    values: dict[Setting, Value] = Field(default_factory=dict)
    unchecked: tuple[Relative, ...] = ()


class Certificate(Model):
    """The certificate of the site: copied from files of the old host, or made on the new one.

    One that is made is signed by itself: for a site behind a front, or until a real one is there.
    """

    copied: tuple[Absolute, Absolute] | None = Field(
        default=None, description="Chain and key on the old host."
    )
    days: int = Field(default=397, ge=1, le=397, description="Of a certificate that is made.")


class Mail(Model):
    """Where mail of the application goes, by msmtp on the new host."""

    relay: HostName
    port: int = Field(default=25, ge=1, le=65535)
    sender: str = Field(pattern=r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$")
    tls: bool = True


class Crontab(Model):
    """A crontab of the old host that becomes timers on the new one.

    Attributes:
        user: Whose it is; None for a file of /etc, where each line names its user.
        words: Old and new words, as in settings.
        without: Words of lines that stay behind, such as an old backup.
    """

    file: Absolute
    user: Account | None = None
    words: dict[str, str] = Field(default_factory=dict)
    without: tuple[str, ...] = ()


class Sessions(StrEnum):
    """What becomes of the sessions of people who are at work."""

    END = "end"
    CARRIED = "carried"


class Answer(Model):
    """What the new site must say to its own host before people are let in."""

    path: Annotated[str, Field(pattern=r"^/[\w./?=&%~+-]*$")] = "/"
    status: int = Field(default=200, ge=100, le=599)


class OldSite(Model):
    """The virtual host's file on the old server, and the unit that reads it anew without it."""

    file: Absolute
    unit: Unit


class WebPlan(Model):
    """A site on its new host.

    Attributes:
        root: Folder within the application's that the server shows; empty for all of it.
        old_site: Taken away during the switch; where the server has this one site alone, name the
            server among `services`.
        services: Units of the old host that write: stopped during the switch.
        new_services: Units of the new host that write: started at the switch.
        stop_seconds: How long these may take to stop before they are killed.
        drain_seconds: How long requests that hold a session may take to end.
    """

    site: HostName
    aliases: tuple[HostName, ...] = ()
    root: Literal[""] | Relative = ""
    port: int | None = Field(default=None, ge=1, le=65535, description="80, or 443 with TLS.")
    upload_mib: int = Field(default=32, ge=1, le=4096)
    php: Php | None = Php()
    settings: tuple[SettingsFile, ...] = ()
    text: tuple[SourceText, ...] = ()
    certificate: Certificate | None = None
    mail: Mail | None = None
    cron: tuple[Crontab, ...] = ()
    old_site: OldSite | None = None
    services: tuple[Unit, ...] = ()
    new_services: tuple[Unit, ...] = ()
    stop_seconds: int = Field(default=STOP_SECONDS, ge=1, le=600)
    sessions: Sessions = Sessions.END
    session_folder: Absolute = "/var/lib/php/sessions"
    drain_seconds: int = Field(default=30, ge=0, le=3600)
    answers: tuple[Answer, ...] = (Answer(),)
    most_deleted: int = Field(default=1000, ge=0)

    @model_validator(mode="after")
    def _each_file_once(self) -> WebPlan:
        names = [each.file for each in self.settings]
        if len(set(names)) != len(names):
            raise ValueError("a file of settings is named twice")
        if any(part == ".." for name in (*names, self.root) for part in name.split("/")):
            raise ValueError("a file lies within the application's folder")
        return self

"""A host as it was found; every list may be empty where nothing could be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from stacks.models.base import Model


class State(StrEnum):
    COMPLETE = "complete"
    PARTIAL = "partial"
    UNREACHABLE = "unreachable"


class Reason(Model):
    """Why a host was not seen whole: a key of the catalogue of messages, and what fills it."""

    key: str
    values: Mapping[str, str] = Field(default_factory=dict)


class System(Model):
    """Operating system and machine; `support_end` is None where nobody knows it."""

    hostname: str = ""
    machine: str = ""
    id: str = ""
    version: str = ""
    title: str = ""
    support_end: dt.date | None = None
    kernel: str = ""
    architecture: str = ""
    uptime_seconds: int = 0
    product: str = ""
    virtual: str = ""
    cpus: int = 0
    cpu_model: str = ""
    memory_kib: int = 0
    swap_kib: int = 0
    python: str = ""
    locale: str = ""
    zone: str = ""
    clock_off_seconds: int = 0


class Disk(Model):
    name: str
    gib: float


class Filesystem(Model):
    device: str
    mount: str
    total_kib: int
    used_kib: int


class Share(Model):
    """A folder given out, or one that is taken from `peer`."""

    kind: str
    path: str
    peer: str = ""
    given: bool = False


class Package(Model):
    name: str
    version: str


class Process(Model):
    pid: int
    user: str
    rss_kib: int
    words: str
    unit: str = ""


class Listener(Model):
    protocol: str
    address: str
    port: int
    process: str = ""
    unit: str = ""


class Peer(Model):
    """A connection from or to another host, over all samples of a visit."""

    local: str
    remote: str
    port: int
    inward: bool
    process: str = ""
    unit: str = ""
    seen: int = 1
    first: dt.datetime
    last: dt.datetime


class Load(Model):
    """One sample of use: processor share since the sample before, memory in use."""

    at: dt.datetime
    cpu_share: float
    memory_kib: int
    disk_kib: int = 0


class Unit(Model):
    name: str
    state: str = ""
    enabled: bool = False
    own: bool = False
    command: str = ""


class Job(Model):
    """Work by the clock: a line of cron, a file in a folder of cron, a timer, an at-job."""

    place: str
    when: str
    user: str
    command: str
    own: bool = False


class Account(Model):
    name: str
    uid: int
    shell: str
    sudo: bool = False
    last_login: str = ""


class Certificate(Model):
    path: str
    subject: str = ""
    issuer: str = ""
    ends: dt.datetime | None = None


class Site(Model):
    """A virtual host of a web server."""

    server: str
    names: tuple[str, ...] = ()
    root: str = ""
    listens: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    certificate: str = ""
    charset: str = ""
    place: str = ""


class Product(Model):
    """A runtime, a web server, a database program; with the end of its support where known."""

    name: str
    version: str
    support_end: dt.date | None = None


class Database(Model):
    engine: str
    name: str
    size_kib: int = 0
    tables: int = 0
    rows: int = 0
    charset: str = ""
    collation: str = ""
    charsets: Mapping[str, int] = Field(default_factory=dict)
    storage: Mapping[str, int] = Field(default_factory=dict)
    schemas: tuple[str, ...] = ()


class Place(Model):
    """Where configuration names an address, a host, a character set or a credential.

    Attributes:
        value: What it names; always empty for a credential.
    """

    kind: str
    path: str
    line: int
    key: str = ""
    value: str = ""


class Activity(Model):
    """How much of a folder was written lately; counts stop at 20,000."""

    path: str
    size_kib: int
    files: int
    last_30_days: int
    last_365_days: int


class Host(Model):
    """One host of the estate."""

    name: str
    address: str = ""
    addresses: tuple[str, ...] = ()
    aliases: Mapping[str, str] = Field(default_factory=dict, description="/etc/hosts: name → IP.")
    seen_at: dt.datetime | None = None
    state: State = State.COMPLETE
    reasons: tuple[Reason, ...] = ()
    source: str = "ssh"
    agency: str = ""
    owner: str = ""
    level: int | None = None
    system_name: str = ""
    system: System = System()
    disks: tuple[Disk, ...] = ()
    filesystems: tuple[Filesystem, ...] = ()
    shares: tuple[Share, ...] = ()
    packages: tuple[Package, ...] = ()
    processes: tuple[Process, ...] = ()
    listeners: tuple[Listener, ...] = ()
    peers: tuple[Peer, ...] = ()
    loads: tuple[Load, ...] = ()
    units: tuple[Unit, ...] = ()
    jobs: tuple[Job, ...] = ()
    accounts: tuple[Account, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    sites: tuple[Site, ...] = ()
    products: tuple[Product, ...] = ()
    databases: tuple[Database, ...] = ()
    places: tuple[Place, ...] = ()
    large_files: tuple[str, ...] = ()
    activity: tuple[Activity, ...] = ()

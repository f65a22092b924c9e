"""One record of the chain, and how its hash is made.

The hash of a record is SHA-256 over the hash before it and the SHA-256 of its body. So a proof that
a record stands under a checkpoint needs, of the records between, nothing but their body hashes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stacks.problem import Problem, ProblemError

FIRST = "0" * 64
# In the data of a record: what the clock said when it stood before the record before.
CLOCK = "clock"
_ACT = re.compile(r"[a-z]+(-[a-z]+)*(\.[a-z]+(-[a-z]+)*)+")
_FIELDS = {"sequence", "at", "act", "by", "about", "data", "previous", "hash"}
_KINDS = {"sequence": int, "at": str, "act": str, "by": str, "about": str, "data": dict}
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Act:
    """What somebody did.

    Attributes:
        name: What was done, from the general to the special: `tenant.request`, `waiver.add`.
        by: Who did it: a person, or a part of the platform.
        about: What it was done to: a tenant, a request, a waiver.
        data: What belongs to it, as JSON; whole numbers only, and never a secret.
    """

    name: str
    by: str
    about: str
    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not _ACT.fullmatch(self.name):
            raise ProblemError(Problem("evidence-bad-act", self.name))
        for part in ("by", "about"):
            if not getattr(self, part):
                raise ProblemError(Problem("evidence-no-party", self.name, {"part": part}))


@dataclass(frozen=True)
class Record:
    """An act in its place in the chain.

    Attributes:
        sequence: Number, from 1.
        at: When it was written, in UTC with microseconds; never before the record before.
        previous: Hash of the record before, 64 hexadecimal figures; zeros for the first.
    """

    sequence: int
    at: str
    act: str
    by: str
    about: str
    data: Mapping[str, Any]
    previous: str
    hash: str

    @classmethod
    def of(cls, act: Act, sequence: int, at: datetime, previous: str) -> Record:
        """Put an act into its place.

        Raises:
            ProblemError: Its data are not plain JSON.
        """
        body: dict[str, Any] = {
            "sequence": sequence,
            "at": stamp(at),
            "act": act.name,
            "by": act.by,
            "about": act.about,
            "data": dict(act.data),
        }
        return cls(**body, previous=previous, hash=linked(previous, body_hash(body)))

    @classmethod
    def read(cls, line: bytes) -> Record:
        """Read a line of the chain.

        Raises:
            ValueError: It is no record.
        """
        try:
            given = json.loads(line, parse_float=_no_fraction, parse_constant=_no_fraction)
        except RecursionError as error:
            raise ValueError("nested too deep") from error
        if not isinstance(given, dict) or given.keys() != _FIELDS:
            raise ValueError("not a record")
        if not all(type(given[name]) is kind for name, kind in _KINDS.items()):
            raise ValueError("a field is of another kind")
        if not _AT.fullmatch(given["at"]):
            raise ValueError("the time is malformed")
        if not all(_HASH.fullmatch(str(given[name])) for name in ("previous", "hash")):
            raise ValueError("a hash is malformed")
        return cls(**given)

    @property
    def body(self) -> dict[str, Any]:
        return {
            "sequence": self.sequence,
            "at": self.at,
            "act": self.act,
            "by": self.by,
            "about": self.about,
            "data": self.data,
        }

    @property
    def sound(self) -> bool:
        """Say whether the hash is that of the content."""
        return self.hash == linked(self.previous, body_hash(self.body))

    def is_written(self, line: bytes) -> bool:
        """Say whether a line is this record, unchanged, in its one form; once over the content."""
        end = f',"hash":"{self.hash}","previous":"{self.previous}","sequence":{self.sequence}}}\n'
        if not line.endswith(end.encode()):
            return False
        body = line[: -len(end.encode())] + f',"sequence":{self.sequence}}}'.encode()
        digest = hashlib.sha256(body).hexdigest()
        return self.hash == linked(self.previous, digest) and body == _written(self.body)

    def line(self) -> bytes:
        """Give the record as a line of the chain, in the one form that it has."""
        return canonical({**self.body, "previous": self.previous, "hash": self.hash}) + b"\n"


def canonical(value: Mapping[str, Any]) -> bytes:
    """Write JSON in one form: keys in order, no blanks, UTF-8, no fractions.

    Raises:
        ProblemError: It holds something else than text, whole numbers, truths, lists and mappings.
    """
    _plain(value)
    try:
        return _written(value)
    except UnicodeEncodeError as error:
        problem = Problem("evidence-not-plain", "data", {"kind": "text that is not Unicode"})
        raise ProblemError(problem) from error


def body_hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()


def linked(previous: str, body: str) -> str:
    """Give the hash of a record from the hash before it and its body's."""
    return hashlib.sha256(bytes.fromhex(previous) + bytes.fromhex(body)).hexdigest()


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _written(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _no_fraction(text: str) -> None:
    raise ValueError(f"{text} is no whole number")


def _plain(value: object) -> None:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if not isinstance(key, str):
                _refuse(key)
            _plain(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _plain(each)
    elif not isinstance(value, str | int | bool | None):
        _refuse(value)


def _refuse(value: object) -> None:
    kind = {"kind": type(value).__name__}
    raise ProblemError(Problem("evidence-not-plain", "data", kind))

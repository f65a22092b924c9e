"""Whatever is done to a chain is found, and the first bad record is named."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sen.evidence import Act, Chain
from sen.evidence.checkpoint import Checkpoint
from sen.evidence.record import Record, body_hash, canonical, linked
from sen.evidence.verification import Fault, verify

LENGTH = 12
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def chain_of(names):
    with TemporaryDirectory() as folder:
        moments = iter(range(1000))
        chain = Chain(Path(folder) / "c", clock=lambda: NOON + timedelta(seconds=next(moments)))
        for name in names:
            chain.append(Act("tenant.request", "an", name, {"name": name}))
        return list(chain.lines())


LINES = chain_of([f"tenant-{number}" for number in range(LENGTH)])
OTHER = chain_of([f"other-{number}" for number in range(LENGTH)])


def checkpoint(lines, number):
    return Checkpoint.of("local", Record.read(lines[number - 1]))


SIGNED = [checkpoint(LINES, 4), checkpoint(LINES, 9)]
places = st.integers(0, LENGTH - 1)


def test_sound_chain_is_sound():
    verdict = verify(LINES, SIGNED)

    assert (verdict.records, verdict.sealed, verdict.broken) == (LENGTH, 9, None)


@settings(max_examples=300, deadline=None)
@given(places, st.data())
def test_any_flipped_bit_is_found_at_its_record(place, data):
    line = LINES[place]
    at = data.draw(st.integers(0, len(line) - 2))
    bit = data.draw(st.integers(0, 7))
    flipped = line[:at] + bytes([line[at] ^ (1 << bit)]) + line[at + 1 :]
    # What makes a line end elsewhere is read as other lines, as from a file.
    lines = b"".join([*LINES[:place], flipped, *LINES[place + 1 :]]).splitlines(keepends=True)

    verdict = verify(lines, SIGNED)

    assert verdict.broken is not None
    assert verdict.broken.number == place + 1


@given(places)
def test_missing_record_is_found(place):
    verdict = verify(LINES[:place] + LINES[place + 1 :], [checkpoint(LINES, LENGTH)])

    assert verdict.broken is not None
    assert verdict.broken.number == place + 1


@given(places, places)
def test_inserted_record_is_found(place, copied):
    verdict = verify([*LINES[:place], OTHER[copied], *LINES[place:]], SIGNED)

    assert verdict.broken is not None
    # Another first record is a beginning like any other; the one after it is then the bad one.
    assert verdict.broken.number == (2 if place == copied == 0 else place + 1)


@given(places, places)
def test_other_order_is_found(one, other):
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]

    broken = verify(lines, SIGNED).broken

    assert (broken.number if broken else None) == (None if one == other else min(one, other) + 1)


@given(st.integers(0, 8))
def test_cut_before_a_checkpoint_is_found(kept):
    broken = verify(LINES[:kept], SIGNED).broken

    assert broken is not None
    assert (broken.number, broken.fault) == (kept + 1, Fault.CUT_SHORT)


@given(st.integers(0, 8))
def test_well_linked_other_tail_is_found_at_the_next_checkpoint(kept):
    tail = relinked(LINES[:kept], OTHER[kept:])

    broken = verify(LINES[:kept] + tail, SIGNED).broken

    assert verify(LINES[:kept] + tail).sound
    assert broken is not None
    assert (broken.number, broken.fault) == (4 if kept < 4 else 9, Fault.OTHER_THAN_SIGNED)


def relinked(kept, lines):
    """Write another tail as somebody would who may write the file and knows how hashes are made."""
    last = Record.read(kept[-1]).hash if kept else "0" * 64
    made = []
    for line in lines:
        body = Record.read(line).body
        hashed = linked(last, body_hash(body))
        made.append(canonical({**body, "previous": last, "hash": hashed}) + b"\n")
        last = hashed
    return made


def test_time_that_goes_back_is_found():
    bodies = [Record.read(line).body for line in LINES]
    bodies[5]["at"] = "2020-01-01T00:00:00.000000Z"
    early = [canonical({**each, "previous": "0" * 64, "hash": "0" * 64}) for each in bodies]

    broken = verify(relinked([], early)).broken

    assert (broken.number, broken.fault) == (6, Fault.CLOCK_BACK)


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"null\n",
        b"{\n",
        b"[" * 5000 + b"\n",
        b"\xff\n",
        b'{"sequence":1}\n',
        b'{"hash":NaN}\n',
    ],
)
def test_line_that_is_no_record_is_named(line):
    broken = verify([*LINES[:3], line]).broken

    assert (broken.number, broken.fault) == (4, Fault.NOT_A_RECORD)


def test_record_in_another_form_is_an_edit():
    spaced = json.dumps(json.loads(LINES[2])).encode() + b"\n"

    broken = verify([*LINES[:2], spaced]).broken

    assert (broken.number, broken.fault) == (3, Fault.EDITED)

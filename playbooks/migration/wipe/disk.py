"""A disk, a partition or the file of a virtual one: one pass of zeros, samples read back."""

from __future__ import annotations

import dataclasses
import random
import shlex
from collections.abc import Callable

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.wipe.folder import script, used
from playbooks.migration.wipe.plan import Disk
from playbooks.migration.wipe.sample import BLOCK, Sample, Stock, length, offsets, uncleared
from stacks.problem import Problem, ProblemError

METHOD = "NIST SP 800-88 Clear: one pass of zeros, samples read back"
DISCARDED = "NIST SP 800-88 Clear: discard, one pass of zeros, samples read back"
CHUNK = 1 << 28
# A partition is known by its disk; a virtual disk that has neither serial nor WWN, which many have
# not, by where it is plugged in and its size.
_LOOK = r"""
real=$(readlink -f -- "$1")
if [ -b "$real" ]; then
  size=$(blockdev --getsize64 "$real"); disk=$real; part=
  parent=$(lsblk -ndo PKNAME "$real")
  if [ -n "$parent" ]; then
    disk=${real%/*}/$parent; part=${real#"$disk"}; part=-part${part#p}
  fi
  serial=$(lsblk -ndo SERIAL "$disk"); [ -n "$serial" ] || serial=$(lsblk -ndo WWN "$disk")
  if [ -z "$serial" ]; then
    place=$(readlink -f "/sys/class/block/${disk##*/}"); place=${place#/sys/devices/}
    serial=${place%%/block/*}-$size
  fi
  echo "kind disk"; echo "size $size"; echo "serial $serial$part"
elif [ -f "$real" ] && [ "$real" = "$1" ] && [ "$(stat -c %h "$1")" = 1 ]; then
  echo "kind image"; echo "size $(stat -c %s "$1")"
  echo "serial $(stat -f -c %i "$1")-$(stat -c %i "$1")"
fi
echo "real $real"
"""
# Mounted, swapped to, or below a volume group, an array or an encrypted disk.
_HELD = r"""
[ -b "$1" ] || exit 0
lsblk -nro NAME,TYPE,MOUNTPOINT "$1" |
  awk '$3 != "" || $2 !~ /^(disk|part|loop)$/ { print; exit }'
"""
_READ = (
    'while read -r at; do dd if="$1" bs={block} iflag=skip_bytes,fullblock skip="$at" count=1 '
    "2>/dev/null | sha256sum; done"
)


def look(place: FilesPlace, disk: Disk) -> Stock:
    """Look at a disk without touching it.

    Raises:
        ProblemError: It is not there, or is another one than was named.
    """
    thing = f"{place.remote.address}:{disk.path}"
    said = dict(
        line.partition(" ")[::2]
        for line in place.run(script(_LOOK, disk.path)).decode().splitlines()
    )
    if "kind" not in said:
        raise ProblemError(Problem("wipe-lacking", thing))
    serial = said["serial"].strip()
    if serial != disk.serial:
        raise ProblemError(Problem("wipe-other-serial", thing, {"serial": serial or "–"}))
    return Stock(said["kind"], disk.path, serial, int(said["size"]), 0, real=said["real"])


def idle(place: FilesPlace, stock: Stock) -> str:
    """Give what holds a disk; empty where nothing does."""
    return place.run(script(_HELD, stock.real)).decode().strip() or used(place, stock.real)


def sampled(place: FilesPlace, stock: Stock, count: int, chance: random.Random) -> Stock:
    """Read pieces of a disk, chosen by chance."""
    places = offsets(stock.bytes, count, chance)
    sums = _read(place, stock, places)
    found = (
        Sample(str(at), length(stock.bytes, at), digest)
        for at, digest in zip(places, sums, strict=True)
    )
    return dataclasses.replace(stock, samples=tuple(found))


def discard(place: FilesPlace, stock: Stock) -> bool:
    """Let a disk that can forget at once do so; it is overwritten all the same."""
    text = 'if [ -b "$1" ] && blkdiscard -f "$1" 2>/dev/null; then echo discarded; fi'
    return bool(place.run(script(text, stock.real)).strip())


def overwrite(place: FilesPlace, stock: Stock, begin: int, done: Callable[[int], None]) -> None:
    """Write zeros from a byte on; `done` is told each byte up to which it is on the disk."""
    for at in range(begin, stock.bytes, CHUNK):
        count = min(CHUNK, stock.bytes - at)
        place.run(
            f"head -c {count} /dev/zero | dd of={shlex.quote(stock.real)} bs=1M seek={at} "
            "oflag=seek_bytes iflag=fullblock conv=notrunc,nocreat,fsync 2>/dev/null"
        )
        done(at + count)


def prove(place: FilesPlace, stock: Stock) -> Stock:
    """Read the samples again, from the disk.

    Raises:
        ProblemError: Something else than zeros is left.
    """
    place.run(script('sync; [ ! -b "$1" ] || blockdev --flushbufs "$1"', stock.real))
    sums = _read(place, stock, [int(each.at) for each in stock.samples])
    pairs = zip(stock.samples, sums, strict=True)
    samples = tuple(dataclasses.replace(each, after=digest) for each, digest in pairs)
    if bad := uncleared(samples):
        thing = f"{place.remote.address}:{stock.path}"
        raise ProblemError(Problem("wipe-not-clear", thing, {"count": len(bad)}))
    return dataclasses.replace(stock, samples=samples)


def _read(place: FilesPlace, stock: Stock, places: list[int]) -> list[str]:
    given = "".join(f"{at}\n" for at in places).encode()
    said = place.run(script(_READ.format(block=BLOCK), stock.real), given).decode()
    return said.split()[::2]

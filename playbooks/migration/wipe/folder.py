"""A folder: every file in it overwritten with zeros, read back whole, then removed."""

from __future__ import annotations

import dataclasses
import shlex

from playbooks.migration.files.place import FilesPlace
from playbooks.migration.wipe.sample import BLOCK, Sample, Stock, uncleared
from stacks.problem import Problem, ProblemError

METHOD = "NIST SP 800-88 Clear: one pass of zeros over every file, all read back, then removed"
# Where a file is overwritten where it lies; elsewhere the old blocks would stay.
IN_PLACE = frozenset({"ext2/ext3", "ext2", "ext3", "ext4", "xfs", "jfs", "reiserfs", "tmpfs"})
IN_PLACE |= {"msdos", "vfat"}
_LOOK = r"""
[ -d "$1" ] || { echo lacking; exit 0; }
cd "$1"; [ "$(pwd -P)" = "$1" ] || { echo "link $(pwd -P)"; exit 0; }
echo "kind $(stat -f -c %T .)"; echo "id $(stat -f -c %i .)"
awk -v p="$1/" '{ gsub(/\\040/, " ", $5) }
  index($5, p) == 1 { print "mounted " $5; exit }' /proc/self/mountinfo
find . -xdev -type f -printf '%s\n' | awk '{ n++; s += $1 } END { printf "size %d %.0f\n", n, s }'
find . -xdev -type f -links +1 -printf '%i %n\n' | sort | uniq -c |
  awk '$1 < $3 { n++ } END { if (n) print "linked " n }'
"""
_REFUSED = {"link": "wipe-link", "mounted": "wipe-mounted", "linked": "wipe-linked"}
_USED = r"""
find /proc/[0-9]*/fd /proc/[0-9]*/cwd /proc/[0-9]*/exe -maxdepth 1 -type l -printf '%l\n' \
  2>/dev/null | awk -v p="$1" '$0 == p || index($0, p "/") == 1 { print; exit }'
"""
_CHOOSE = "find . -xdev -type f -size +0 -print0 | shuf -z -n {count}"
_HASHES = (
    'xargs -0 -r -n 1 sh -c \'printf "%s " '
    '"$(stat -c %s -- "$1")"; head -c {block} -- "$1" | sha256sum\' sh'
)
# A batch that is done bears a mode that nothing else has: a killed run does not begin anew.
_DONE = "5100"
_ZERO = (
    f"find . -xdev -type f ! -perm {_DONE} -print0 | xargs -0 -r -n 64 sh -c "
    f'\'shred -f -n 0 -z -- "$@" && chmod {_DONE} -- "$@"\' sh && sync'
)
_LEFT = (
    "find . -xdev -type f -print0 | xargs -0 -r -n 256 cat -- | tr -d '\\000' | head -c 1 | wc -c"
)


def script(text: str, *words: str) -> str:
    """Give a shell text with words that it knows as $1 and so on."""
    return shlex.join(["sh", "-c", text, "sh", *words])


def used(place: FilesPlace, path: str) -> str:
    """Give a file within a path that a process holds open; empty where none does."""
    return place.run(script(_USED, path)).decode("utf-8", "backslashreplace").strip()


def look(place: FilesPlace, path: str) -> Stock:
    """Look at a folder without touching it.

    Raises:
        ProblemError: It is not there, leads elsewhere, or cannot be overwritten where it lies.
    """
    thing = f"{place.remote.address}:{path}"
    said = dict(
        line.partition(" ")[::2]
        for line in place.run(script(_LOOK, path)).decode("utf-8", "backslashreplace").splitlines()
    )
    if "lacking" in said:
        raise ProblemError(Problem("wipe-lacking", thing))
    for word, key in _REFUSED.items():
        if word in said:
            raise ProblemError(Problem(key, thing, {"what": said[word]}))
    if said["kind"] not in IN_PLACE:
        raise ProblemError(Problem("wipe-elsewhere", thing, {"kind": said["kind"]}))
    files, size = said["size"].split()
    identity = f"{said['kind']} {said['id']}"
    return Stock("folder", path, identity, int(size), int(files), real=path)


def sampled(place: FilesPlace, stock: Stock, count: int) -> Stock:
    """Read the beginning of some files, chosen by chance; `look` came before."""
    at = f"cd {shlex.quote(stock.path)} && "
    chosen = place.run(at + _CHOOSE.format(count=count)).split(b"\0")
    names = [each for each in chosen if each and _plain(each)]
    given = b"".join(b"%b\0" % each for each in names)
    rows = place.run(at + _HASHES.format(block=BLOCK), given).decode().splitlines()
    samples = []
    for name, row in zip(names, rows, strict=True):
        size, digest = row.split()[:2]
        at_file = name.decode().removeprefix("./")
        samples.append(Sample(at_file, min(BLOCK, int(size)), digest))
    return dataclasses.replace(stock, samples=tuple(samples))


def _plain(name: bytes) -> bool:
    """Say whether a record can name it: samples are of such files, the pass is over all."""
    try:
        return "\n" not in name.decode()
    except UnicodeDecodeError:
        return False


def overwrite(place: FilesPlace, stock: Stock) -> None:
    """Overwrite every file; goes on where it stopped."""
    place.run(f"cd {shlex.quote(stock.path)} && {_ZERO}")


def prove(place: FilesPlace, stock: Stock) -> Stock:
    """Read every file back, and the samples.

    Raises:
        ProblemError: Something else than zeros is left.
    """
    at = f"cd {shlex.quote(stock.path)} && "
    left = int(place.run(at + _LEFT))
    # Files are longer now, by what filled their last block: the samples are as long as before.
    one = 'head -c "$2" -- "$1" | sha256sum'
    words = "".join(f"./{each.at}\0{each.bytes}\0" for each in stock.samples)
    rows = (
        place.run(f"{at}xargs -0 -r -n 2 sh -c {shlex.quote(one)} sh", words.encode())
        .decode()
        .split()
    )
    pairs = zip(stock.samples, rows[::2], strict=True)
    samples = tuple(dataclasses.replace(each, after=digest) for each, digest in pairs)
    bad = uncleared(samples) or (["?"] if left else [])
    if bad:
        thing = f"{place.remote.address}:{stock.path}"
        raise ProblemError(Problem("wipe-not-clear", thing, {"count": len(bad)}))
    return dataclasses.replace(stock, samples=samples)


def remove(place: FilesPlace, stock: Stock) -> None:
    """Remove what is only zeros now; a mount point stays as an empty folder."""
    path = shlex.quote(stock.path)
    place.run(
        f"[ -d {path} ] || exit 0; cd {path} && find . -xdev -mindepth 1 -delete; "
        f"cd / && {{ rmdir {path} 2>/dev/null || true; }}"
    )

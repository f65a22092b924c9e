"""Reads a host's facts in one round trip: a shell script out, marked sections back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policies.text import Closed
from policies.yaml_file import read

FACTS = Path(__file__).resolve().parent / "facts.yaml"
MOST_BYTES = 262_144
TIMED_OUT = 124
ONLY_BELOW = 70

# One function, called in the last line: a script that was cut off on its way does nothing.
PRELUDE = r"""
sen_main() {
LC_ALL=C; LANG=C; export LC_ALL LANG
PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin; export PATH
umask 077; exec 4>&1
if command -v timeout >/dev/null 2>&1; then limit="timeout"; else limit=sen_unlimited; fi
sen_unlimited() { shift; "$@"; }
SEN_CONTAINER=$(systemd-detect-virt -c 2>/dev/null)
if [ -z "$SEN_CONTAINER" ]; then SEN_CONTAINER=none; fi
if [ "$SEN_CONTAINER" = none ] && { [ -e /run/.containerenv ] || [ -e /.dockerenv ]; }; then
  SEN_CONTAINER=container
fi
export SEN_CONTAINER
sen_root=no; [ "$(id -u)" = 0 ] && sen_root=yes
printf '\n%s begin _\n%s\n%s\n' "$SEN_MARK" "$SEN_CONTAINER" "$sen_root"
[ $sen_root = yes ] || sudo -n true 2>&1 </dev/null | head -n 1
printf '\n%s end _ 0\n' "$SEN_MARK"
sen_fact() {
  sen_text=$(cat; )
  sen_text="has() { command -v \"\$1\" >/dev/null 2>&1; }
$sen_text"
  printf '\n%s begin %s\n' "$SEN_MARK" "$1"
  if [ "$3" = root ] && [ $sen_root = no ]; then
    printf '\n%s end %s root\n' "$SEN_MARK" "$1"; return
  fi
  if [ "$4" = below ] && [ "$SEN_CONTAINER" != none ]; then
    printf '\n%s end %s 70\n' "$SEN_MARK" "$1"; return
  fi
  sen_rc=$( { { $limit "$2" sh -c "$sen_text" </dev/null 2>/dev/null; echo $? >&3; } |
    head -c SEN_MOST >&4; } 3>&1 )
  sen_why=
  case $sen_rc in 0|70|124|141) ;; *)
    sen_why=$($limit "$2" sh -c "$sen_text" </dev/null 2>&1 >/dev/null |
      head -n 1 | cut -c1-200);;
  esac
  printf '\n%s end %s %s %s\n' "$SEN_MARK" "$1" "$sen_rc" "$sen_why"
}
"""


class Fact(Closed):
    """One thing that can be read on a host.

    Attributes:
        root: Only root can read it.
        container: False where a container would show the machine below it.
    """

    run: str
    root: bool = False
    container: bool = True
    seconds: int = 10


@dataclass(frozen=True)
class Reading:
    """What came back: the text, or why there is none."""

    text: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Readings:
    """Everything that one host has shown."""

    facts: Mapping[str, Reading]
    container: str = "none"
    root: bool = True
    no_root: str = ""


@cache
def facts() -> dict[str, Fact]:
    return {name: Fact.model_validate(each) for name, each in read(FACTS).items()}


def script(wanted: Iterable[str], mark: str) -> str:
    """Write the script that prints these facts, each between two lines with the mark."""
    known = facts()
    parts = [_call(name, known[name]) for name in known if name in set(wanted)]
    head = f"SEN_MARK={mark}\n" + PRELUDE.replace("SEN_MOST", str(MOST_BYTES)).lstrip()
    return f"{head}{''.join(parts)}}}\nsen_main\n"


def _call(name: str, fact: Fact) -> str:
    who, where = "root" if fact.root else "any", "any" if fact.container else "below"
    call = f"sen_fact {name} {fact.seconds} {who} {where}"
    return f"{call} <<'SEN_TEXT'\n{fact.run.rstrip()}\nSEN_TEXT\n"


def parse(output: str, mark: str) -> Readings | None:
    """Read what the script printed; None when it did not run to its end."""
    section = re.compile(
        rf"^{mark} begin (\w+)\n(.*?)\n?^{mark} end \1 (\S+) ?(.*?)$", re.DOTALL | re.MULTILINE
    )
    found = {each[1]: each for each in section.finditer(output.replace("\r\n", "\n"))}
    if "_" not in found:
        return None
    container, root, *why = found.pop("_")[2].splitlines()
    return Readings(
        facts={name: _reading(each[2], each[3], each[4]) for name, each in found.items()},
        container=container,
        root=root == "yes",
        no_root=" ".join(why).strip(),
    )


def _reading(text: str, code: str, why: str) -> Reading:
    if code == "root":
        return Reading(missing="root")
    if code == str(ONLY_BELOW):
        return Reading(missing="container")
    if code == str(TIMED_OUT):
        return Reading(missing="slow")
    if code in {"0", "141"}:
        return Reading(text.strip("\n"))
    return Reading(missing=f"exit {code}: {why}".rstrip(": "))

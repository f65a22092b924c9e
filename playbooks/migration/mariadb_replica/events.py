"""Events of databases run on one end only: they rest on the other."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from playbooks.migration.mariadb.place import MariadbPlace
from playbooks.migration.mariadb.place import name as quoted
from playbooks.migration.mariadb_replica.marks import Marks

RESTING = "resting events"
_EVENTS = """
  select EVENT_NAME, DEFINER, STATUS from information_schema.EVENTS
  where EVENT_SCHEMA = database() order by EVENT_NAME
"""
_NAME = r"`(?:[^`]|``)*`"
_STATE = re.compile(
    rf"^(CREATE DEFINER={_NAME}(?:@{_NAME})? EVENT )({_NAME} ON SCHEDULE .*?"
    r" ON COMPLETION (?:NOT )?PRESERVE )(?:ENABLE|DISABLE ON SLAVE|DISABLE)\b",
    re.DOTALL,
)


def copy(source: MariadbPlace, target: MariadbPlace) -> int:
    """Make the events on the target, at rest; give their number."""
    names = [row[0] for row in source.ask(_EVENTS)]
    for each in names:
        found = source.several(f"show create event {quoted(each)}")[0][0]
        state = r"\g<1>IF NOT EXISTS \g<2>DISABLE ON SLAVE"
        target.tell(
            f"set sql_mode = '{found['sql_mode']}', time_zone = '{found['time_zone']}',"
            f" collation_connection = {found['collation_connection']}",
            _STATE.sub(state, found["Create Event"], count=1),
        )
    return len(names)


def rest(places: Sequence[MariadbPlace], marks: Marks) -> int:
    """Let the events of one end rest, and remember which they were; give their number."""
    names = _remembered(marks)
    for place in places:
        enabled = {row[0]: row[1] for row in place.ask(_EVENTS) if row[2] == "ENABLED"}
        names[place.database] = sorted({*names.get(place.database, ()), *enabled})
        marks.write(RESTING, json.dumps(names))
        _alter(place, enabled, "disable on slave")
    return sum(map(len, names.values()))


def wake(places: Sequence[MariadbPlace], marks: Marks) -> None:
    """Let those that rest run on this end."""
    names = _remembered(marks)
    for place in places:
        known = names.get(place.database, ())
        resting = {row[0]: row[1] for row in place.ask(_EVENTS) if row[0] in known}
        _alter(place, resting, "enable")
    marks.forget(RESTING)


def _remembered(marks: Marks) -> dict[str, list[str]]:
    """Give the names of events that rest, by database."""
    return dict(json.loads(marks.read().get(RESTING, "{}")))


def _alter(place: MariadbPlace, definers: Mapping[str, str], state: str) -> None:
    """Change their state, here alone; who runs them stays as it was."""
    place.tell(
        *(
            f"alter definer = {_account(definer)} event {quoted(each)} {state}"
            for each, definer in definers.items()
        ),
        unlogged=True,
    )


def _account(definer: str) -> str:
    user, _, host = definer.rpartition("@")
    return f"{quoted(user)}@{quoted(host)}"

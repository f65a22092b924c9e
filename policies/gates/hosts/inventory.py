"""Reads an Ansible inventory, YAML or INI: hosts, groups in groups, variables; nothing is run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from policies.gates.hosts.declared import Declared
from policies.rule import reasons
from policies.yaml_file import read
from stacks.problem import Problem, ProblemError

OURS = "sen_"
SPAN = re.compile(r"\[(\d+|[a-z]):(\d+|[a-z])\]")
SAFE = re.compile(r"[A-Za-z0-9_.:%][A-Za-z0-9_.:%@+-]*")
MOST_HOSTS = 20_000
PORTS = range(1, 65_536)
Vars = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One host of the inventory and how to reach it."""

    name: str
    address: str
    user: str = ""
    port: int | None = None
    key_file: str = ""
    declared: Declared = field(default_factory=Declared)


@dataclass
class Group:
    hosts: dict[str, Vars] = field(default_factory=dict)
    variables: Vars = field(default_factory=dict)
    children: list[str] = field(default_factory=list)


Groups = dict[str, Group]


def load(path: Path) -> tuple[Entry, ...]:
    """Read an inventory file.

    Raises:
        ProblemError: It cannot be read, says something that cannot be, or names no host.
    """
    try:
        groups = _groups(path)
        found = _with_variables(groups)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise ProblemError(Problem("host-inventory-bad", str(path), {"reason": reason})) from None
    if not found:
        raise ProblemError(Problem("host-inventory-empty", str(path)))
    entries = [_entry(path, name, variables) for name, variables in found.items()]
    problems = [each for each in entries if isinstance(each, Problem)]
    if problems:
        raise ProblemError(*problems)
    return tuple(each for each in entries if isinstance(each, Entry))


def _groups(path: Path) -> Groups:
    text = path.read_text("utf-8")
    if path.suffix in {".yaml", ".yml", ".json"}:
        return _of_yaml(read(path, text))
    return _of_ini(text)


def _of_yaml(document: object) -> Groups:
    groups: Groups = {}
    for name, body in _mapping(document, "the inventory").items():
        _add_group(groups, str(name), body)
    return groups


def _add_group(groups: Groups, name: str, body: object) -> None:
    group, said = groups.setdefault(name, Group()), _mapping(body, name)
    strange = sorted(map(str, said.keys() - {"hosts", "vars", "children"}))
    if strange:
        raise ValueError(f"{name}: unknown {', '.join(strange)}")
    for pattern, variables in _mapping(said.get("hosts"), name).items():
        for host in expanded(str(pattern)):
            group.hosts.setdefault(host, {}).update(_mapping(variables, host))
    group.variables.update(_mapping(said.get("vars"), name))
    for child, inner in _mapping(said.get("children"), name).items():
        group.children.append(str(child))
        _add_group(groups, str(child), inner)


def _mapping(given: object, where: str) -> Mapping[Any, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        said = f"{where}: {type(given).__name__} where names with values belong"
        raise ValueError(said)  # noqa: TRY004 - bad input, one kind
    return given


def _of_ini(text: str) -> Groups:
    groups: Groups = {"ungrouped": Group()}
    section, part = "ungrouped", "hosts"
    for line in map(str.strip, text.splitlines()):
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and line.endswith("]") and not SPAN.match(line):
            section, _, part = line[1:-1].partition(":")
            part = part or "hosts"
            if part not in {"hosts", "vars", "children"}:
                raise ValueError(line)
            groups.setdefault(section, Group())
        else:
            _ini_line(groups[section], part, line)
    return groups


def _ini_line(group: Group, part: str, line: str) -> None:
    if part == "children":
        group.children.append(line)
    elif part == "vars":
        key, _, value = line.partition("=")
        group.variables[key.strip()] = _value(value.strip().strip("\"'"))
    else:
        pattern, *pairs = shlex.split(line, comments=True)
        variables = {
            key: _value(value) for key, _, value in (each.partition("=") for each in pairs)
        }
        for host in expanded(pattern):
            group.hosts.setdefault(host, {}).update(variables)


def _value(text: str) -> object:
    """Read a value of an INI file: true and false in any of Ansible's spellings, else words."""
    return {"true": True, "yes": True, "false": False, "no": False}.get(text.lower(), text)


def expanded(pattern: str) -> Iterator[str]:
    """Give the hosts of `web[01:03].gov.vn`."""
    found = SPAN.search(pattern)
    if found is None:
        yield pattern
        return
    for each in _span(found[1], found[2]):
        yield from expanded(pattern[: found.start()] + each + pattern[found.end() :])


def _span(first: str, last: str) -> Iterator[str]:
    if first.isdigit() != last.isdigit():
        raise ValueError(f"[{first}:{last}]")
    if not first.isdigit():
        yield from map(chr, range(ord(first), ord(last) + 1))
        return
    if int(last) - int(first) > MOST_HOSTS:
        raise ValueError(f"[{first}:{last}]")
    yield from (str(each).zfill(len(first)) for each in range(int(first), int(last) + 1))


def _with_variables(groups: Groups) -> dict[str, Vars]:
    """Give each host once: variables of outer groups first, the host's own last."""
    found: dict[str, Vars] = {}
    everywhere = groups["all"].variables if "all" in groups else {}
    own: dict[str, Vars] = {}
    for name in _outer_first(groups):
        for host in _members(groups, name):
            found.setdefault(host, dict(everywhere)).update(
                {} if name == "all" else groups[name].variables
            )
        for host, variables in groups[name].hosts.items():
            own.setdefault(host, {}).update(variables)
    return {host: {**variables, **own.get(host, {})} for host, variables in found.items()}


def _outer_first(groups: Groups) -> list[str]:
    depth = dict.fromkeys(groups, 0)
    for name in groups:
        _deepen(groups, name, depth, ())
    return sorted(groups, key=lambda each: (depth[each], each))


def _deepen(groups: Groups, name: str, depth: dict[str, int], above: tuple[str, ...]) -> None:
    if name in above:
        raise ValueError(f"groups in a circle: {' > '.join((*above, name))}")
    if name not in groups:
        raise ValueError(f"group {name} is nowhere")
    depth[name] = max(depth[name], len(above))
    for child in groups[name].children:
        _deepen(groups, child, depth, (*above, name))


def _members(groups: Groups, name: str) -> list[str]:
    inner = [host for child in groups[name].children for host in _members(groups, child)]
    return list(dict.fromkeys([*groups[name].hosts, *inner]))


def _entry(path: Path, name: str, variables: Vars) -> Entry | Problem:
    ours = {key.removeprefix(OURS): each for key, each in variables.items() if key.startswith(OURS)}
    address, user = (str(variables.get(key, "")) for key in ("ansible_host", "ansible_user"))
    port = str(variables.get("ansible_port", ""))
    where = f"{path}: {name}"
    for each in (address or name, user or "-"):
        # What begins with a dash would be an option of ssh.
        if each != "-" and not SAFE.fullmatch(each):
            return Problem("host-inventory-bad", where, {"reason": repr(each)})
    if port and not (port.isdigit() and int(port) in PORTS):
        return Problem("host-inventory-bad", where, {"reason": f"ansible_port: {port!r}"})
    try:
        declared = Declared.model_validate(ours)
    except ValidationError as error:
        return Problem("host-inventory-bad", where, {"reason": f"{OURS}{reasons(error)}"})
    key = str(variables.get("ansible_ssh_private_key_file", ""))
    return Entry(name, address or name, user, int(port) if port else None, key, declared)

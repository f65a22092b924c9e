"""The kinds that rules can be about, and families of kinds that one rule judges alike."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Self

from pydantic import Field, model_validator

from policies.text import Closed
from policies.yaml_file import HERE, read

POD_PATH = r"^([A-Za-z]+\??\.)*spec$"
# What stands for a template that is left out: of no containers all is true.
NO_TEMPLATE = "{'spec': {'containers': []}}"


class Kind(Closed):
    """How the API server knows a kind.

    Attributes:
        resources: Plural name, and subresources that carry the same object; none for what no
            API server serves: configuration files, cloud resources.
        pod: Path of the pod spec in objects of the kind; `?` follows a step that may be missing.
    """

    resources: tuple[str, ...] = ()
    namespaced: bool = True
    pod: str | None = Field(default=None, pattern=POD_PATH)


class Family(Closed):
    """Kinds that one rule judges alike, and what its CEL may use.

    Attributes:
        of_pods: The kinds are those with a pod; `template` is where they keep it.
    """

    kinds: tuple[str, ...] = ()
    of_pods: bool = False
    variables: dict[str, str] = Field(default_factory=dict)


class Kinds(Closed):
    kinds: dict[str, Kind]
    families: dict[str, Family]

    @model_validator(mode="after")
    def _families_of_pods_are_whole(self) -> Self:
        pods = {name: kind.pod for name, kind in self.kinds.items() if kind.pod}
        for name, family in self.families.items():
            if family.of_pods:
                variables = {"template": template(pods), **family.variables}
                whole = {"kinds": tuple(pods), "variables": variables}
                self.families[name] = family.model_copy(update=whole)
        return self

    def members(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Give the kinds behind names of kinds and families, each once, in order."""
        found: dict[str, None] = {}
        for name in names:
            family = self.families.get(name)
            found |= dict.fromkeys(family.kinds if family else (name,))
        return tuple(found)

    def variables(self, names: tuple[str, ...]) -> dict[str, str]:
        """Give the CEL variables that rules about these families may use."""
        shared: dict[str, str] = {}
        for name in names:
            if name in self.families:
                shared |= self.families[name].variables
        return shared


@cache
def kinds() -> Kinds:
    return Kinds.model_validate(read(HERE / "kinds.yaml"))


def template(pods: Mapping[str, str]) -> str:
    """Write in CEL where the pod template is, by kind; where most keep it comes last.

    Raises:
        ValueError: Two kinds of one name keep it at different places: CEL sees the name only.
    """
    places: dict[str, str] = {}
    for kind, path in pods.items():
        name = split(kind)[2]
        if places.setdefault(name, path) != path:
            raise ValueError(f"kinds named {name} keep their pods at different places")
    by_path: dict[str, list[str]] = {}
    for name, path in places.items():
        by_path.setdefault(path, []).append(name)
    *others, (usual, _) = sorted(by_path.items(), key=lambda each: len(each[1]))
    choices = [f"object.kind in {names} ? {_at(path)} : " for path, names in others]
    return "".join(choices) + _at(usual)


def _at(path: str) -> str:
    """Write where the template is whose spec is at the path."""
    place, guards = "object", []
    for step in path.split(".")[:-1]:
        place = f"{place}.{step.removesuffix('?')}"
        if step.endswith("?"):
            guards.append(f"has({place})")
    return f"({' && '.join(guards)} ? {place} : {NO_TEMPLATE})" if guards else place


def split(kind: str) -> tuple[str, str, str]:
    """Give group, version and kind of `apps/v1/Deployment`; the core group is empty."""
    *group, version, name = kind.split("/")
    return "/".join(group), version, name


def group_and_name(api_version: str, kind: str) -> str:
    """Give what stays the same over the versions of a kind: `apps/Deployment`, `/Pod`."""
    return f"{api_version.rpartition('/')[0]}/{kind}"

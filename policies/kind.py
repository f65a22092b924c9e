"""The kinds that rules can be about, and families of kinds that one rule judges alike."""

from __future__ import annotations

from functools import cache

from pydantic import Field

from policies.text import Closed
from policies.yaml_file import HERE, read


class Kind(Closed):
    """How the API server knows a kind.

    Attributes:
        resources: Plural name, and subresources that carry the same object; none for what no
            API server serves: configuration files, cloud resources.
    """

    resources: tuple[str, ...] = ()
    namespaced: bool = True


class Family(Closed):
    kinds: tuple[str, ...]
    variables: dict[str, str] = Field(default_factory=dict)


class Kinds(Closed):
    kinds: dict[str, Kind]
    families: dict[str, Family]

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


def split(kind: str) -> tuple[str, str, str]:
    """Give group, version and kind of `apps/v1/Deployment`; the core group is empty."""
    *group, version, name = kind.split("/")
    return "/".join(group), version, name


def group_and_name(api_version: str, kind: str) -> str:
    """Give what stays the same over the versions of a kind: `apps/Deployment`, `/Pod`."""
    return f"{api_version.rpartition('/')[0]}/{kind}"

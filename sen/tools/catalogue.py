"""Which tools there are, from which modules they are built and how each one tells its version."""

import difflib
import functools
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from sen.paths import PROJECT
from stacks.problem import Problem, ProblemError

TOOLCHAIN = PROJECT / "toolchain"

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class Model(BaseModel):
    """Immutable, and a misspelled key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolSpec(Model):
    """One program: how to ask for its version and what it must answer."""

    name: Name
    ask: tuple[str, ...]
    answer: str
    needed_for: str
    plugin: Name | None = Field(
        default=None, description="Provider of Pulumi: kept off PATH, installed as a plugin."
    )


class Brought(ToolSpec):
    """A program that is not built here, with the versions that serve."""

    origin: Literal["python", "bootstrap"] = Field(alias="from")
    accepts: str
    wanted: str


class Beside(Model):
    """Files of a Go module that must stand beside the binaries."""

    module: str
    files: tuple[str, ...]


class Embed(Beside):
    """Files of a Go module that must stand beside the source while it is compiled."""

    folder: str
    versioned: str


class Build(Model):
    """One call of `go build` in a copy of `toolchain/<module>/`."""

    module: Name
    packages: dict[Name, str]
    tags: tuple[str, ...] = ()
    variables: dict[str, str] = {}
    beside: Beside | None = None
    embed: Embed | None = None


class Family(Model):
    """Tools that are built into one folder, under one lock."""

    name: Name
    version: str
    cold_mib: int
    size_mib: int
    together: bool = False
    optional: bool = Field(default=False, description="Built only when it is named.")
    builds: tuple[Build, ...]
    tools: tuple[ToolSpec, ...]

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"


class Catalogue(Model):
    """All tools; `folder` holds the modules."""

    folder: Path
    go: str
    families: tuple[Family, ...]
    brought: tuple[Brought, ...] = ()

    def names(self) -> list[str]:
        built = [tool.name for family in self.families for tool in family.tools]
        return built + [tool.name for tool in self.brought]

    def family_of(self, tool: str) -> Family | None:
        owners = (f for f in self.families if any(spec.name == tool for spec in f.tools))
        return next(owners, None)

    def spec(self, tool: str) -> ToolSpec:
        every: list[ToolSpec] = [spec for family in self.families for spec in family.tools]
        for spec in (*every, *self.brought):
            if spec.name == tool:
                return spec
        raise ProblemError(unknown(tool, self.names()))

    def wanted(self, names: list[str]) -> list[Family]:
        """Give the families that hold these tools or bear these names.

        Where none is named: all but the optional ones.
        """
        known = {family.name: family for family in self.families}
        known |= {spec.name: family for family in self.families for spec in family.tools}
        wrong = [name for name in names if name not in known]
        if wrong:
            raise ProblemError(*(unknown(name, list(known)) for name in wrong))
        usual = {family.name for family in self.families if not family.optional}
        chosen = {known[name].name for name in names} or usual
        return [family for family in self.families if family.name in chosen]


def unknown(name: str, known: list[str]) -> Problem:
    close = difflib.get_close_matches(name, known, n=3) or sorted(known)
    return Problem("tool-unknown", name, {"known": ", ".join(close)})


def catalogue() -> Catalogue:
    """Read `toolchain/tools.yaml`."""
    return read(TOOLCHAIN)


@functools.cache
def read(folder: Path) -> Catalogue:
    content = yaml.safe_load((folder / "tools.yaml").read_text("utf-8"))
    return Catalogue.model_validate({"folder": folder, **content})

"""What a platform remembers between calls: its ports, its size, the processes it started."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sen.local.files import write_private
from stacks.problem import Problem, ProblemError

DEFAULT_NODES = 3
MOST_NODES = 1000


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StartedPart(Model):
    """A process we started: pid and start time name it even after the pid was given to another."""

    pid: int = Field(gt=1)
    started: str
    executable: str
    digest: str = Field(description="Of all that it was started with; another one: start anew.")


class Record(Model):
    nodes: int = Field(default=DEFAULT_NODES, ge=1, le=MOST_NODES)
    fsync: bool = True
    ports: dict[str, int] = {}
    parts: dict[str, StartedPart] = {}

    def with_part(self, name: str, started: StartedPart) -> Self:
        return self.model_copy(update={"parts": {**self.parts, name: started}})

    def without_part(self, name: str) -> Self:
        rest = {other: part for other, part in self.parts.items() if other != name}
        return self.model_copy(update={"parts": rest})


def load(file: Path) -> Record:
    """Read a record; a platform that was never up has an empty one."""
    try:
        return Record.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Record()
    except ValidationError as error:
        raise ProblemError(Problem("local-record-damaged", str(file))) from error


def save(file: Path, record: Record) -> None:
    write_private(file, record.model_dump_json(indent=2) + "\n")

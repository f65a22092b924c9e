"""What a stack is told: its layer, its cluster, what the layer needs. Read here only."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from stacks.models.base import Model
from stacks.problem import Problem, ProblemError

if TYPE_CHECKING:
    import pulumi

PROJECT = Path(__file__).resolve().parent.parent


class Layer(StrEnum):
    BASELINE = "baseline"
    TENANTS = "tenants"


class Cluster(Model):
    """Which cluster a stack talks to; nothing says whether it is local.

    Attributes:
        name: Identity of the cluster. Another name is another cluster: everything is replaced.
        kubeconfig: File; where it is empty, the environment's KUBECONFIG counts.
        requests_per_second: How fast the provider may ask the API server.
    """

    name: str = Field(min_length=1)
    kubeconfig: str | None = None
    context: str | None = None
    requests_per_second: int = Field(default=1000, ge=1, le=10_000)


class Provisioner(Model):
    """Who makes the volumes of a storage class, and with which of its options, such as encryption.

    Attributes:
        parameters: As the class holds them; `encrypted: "true"` for most.
    """

    name: str = Field(min_length=1)
    parameters: dict[str, str] = Field(default_factory=dict)


class BaselineSettings(Model):
    """Settings of the layer that makes a cluster ready for tenants.

    Attributes:
        level: Security level of the platform itself (Decree 331/2026 Art. 13.3, 14.2).
        security_officers: OIDC groups that may read everything but secrets.
        inspectors: OIDC groups with read-only access for remote inspection.
        admission: File with the generated ValidatingAdmissionPolicies.
        provisioners: Storage provisioner per storage class; none is simulated.
    """

    layer: Literal[Layer.BASELINE] = Layer.BASELINE
    cluster: Cluster
    level: int = Field(default=4, ge=1, le=5)
    security_officers: tuple[str, ...] = ()
    inspectors: tuple[str, ...] = ()
    admission: Path = Path("policies/admission.yaml")
    provisioners: dict[str, Provisioner] = Field(default_factory=dict)


class TenantsSettings(Model):
    """Settings of the layer that builds the tenants of one first-level agency.

    Attributes:
        agency: Code of the ministry or province.
        requests: Files or folders with requests, relative to the project.
        protect: Whether Pulumi refuses to delete a tenant's namespace.
        on: The day that counts as today; the real one where it is empty.
    """

    layer: Literal[Layer.TENANTS] = Layer.TENANTS
    cluster: Cluster
    agency: str
    requests: tuple[Path, ...] = Field(min_length=1)
    protect: bool = True
    on: date | None = None


StackSettings = BaselineSettings | TenantsSettings
_SETTINGS: TypeAdapter[StackSettings] = TypeAdapter(
    Annotated[StackSettings, Field(discriminator="layer")]
)


def load_settings(config: pulumi.Config) -> StackSettings:
    """Read the key `sen:stack` of the stack's configuration.

    Raises:
        ProblemError: It is missing, or a key is unknown or wrong; each one is listed.
    """
    import pulumi  # noqa: PLC0415 - models and tests read this module without an engine

    return parse_settings(config.get_object("stack"), pulumi.get_stack())


def parse_settings(given: object, stack: str) -> StackSettings:
    """Turn what stands under `sen:stack` into settings of the layer that it names."""
    if given is None:
        raise ProblemError(Problem("stack-settings-missing", stack, {"stack": stack}))
    try:
        return _SETTINGS.validate_python(given)
    except ValidationError as error:
        raise ProblemError(*(_problem(stack, each) for each in error.errors())) from None


def _problem(stack: str, error: object) -> Problem:
    where = ".".join(str(step) for step in error["loc"])  # type: ignore[index]
    return Problem(
        "stack-settings-wrong",
        f"{stack}: {where or 'sen:stack'}",
        {"why": error["msg"], "stack": stack},  # type: ignore[index]
    )

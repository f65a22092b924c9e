"""What has to be known of a system before its level can be proposed."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from stacks.models.base import Model, Yes

People = Annotated[int, Field(strict=True, ge=0)]


class Harm(StrEnum):
    """What happens to national security when the system is sabotaged; none: no state secrets."""

    NONE = "none"
    HARM = "harm"
    SERIOUS = "serious"
    PARTICULARLY_SERIOUS = "particularly-serious"


class Infrastructure(StrEnum):
    """Whom the system serves as information infrastructure (networks, databases, cloud...)."""

    NONE = "none"
    AGENCY = "agency"
    PROVINCE = "province"  # or a ministry, a sector, several provinces
    NATIONWIDE = "nationwide"
    INTERNATIONAL = "international"


class IndustrialClass(StrEnum):
    """Class of the construction works that the system controls."""

    NONE = "none"
    IV = "iv"
    III = "iii"
    II = "ii"
    I = "i"  # noqa: E741 - the law's own number
    SPECIAL = "special"


class SystemFacts(Model):
    """The facts that the criteria of both decrees ask for."""

    internal: Yes = Field(default=False, description="Only serves the agency's own work.")
    private_information: Yes = Field(default=False, description="Handles non-public information.")
    public_service: Yes = Field(default=False, description="Online service to people, business.")
    conditional_business: Yes = Field(
        default=False, description="The service is in the list of conditional business lines."
    )
    administrative_procedures: Yes = Field(default=False, description="Resolves procedures.")
    personal_data: People = Field(default=0, description="People whose basic data it holds.")
    sensitive_data: People = Field(default=0, description="People whose sensitive data it holds.")
    state_secrets: Harm = Field(
        default=Harm.NONE, description="State secrets, defence or security: harm of sabotage."
    )
    infrastructure: Infrastructure = Infrastructure.NONE
    national_e_government: Yes = Field(
        default=False, description="National system for the development of e-government."
    )
    round_the_clock: Yes = Field(
        default=True, description="Runs 24/7 and may not stop unplanned (national systems)."
    )
    national_data_store: Yes = Field(
        default=False, description="Central store of data specially important to the nation."
    )
    industrial_class: IndustrialClass = IndustrialClass.NONE

    @property
    def holds_personal_data(self) -> bool:
        return self.personal_data > 0 or self.sensitive_data > 0

    @property
    def is_online_service(self) -> bool:
        return self.public_service or self.conditional_business or self.administrative_procedures

    @model_validator(mode="after")
    def is_not_both(self) -> Self:
        if self.internal and self.is_online_service:
            raise PydanticCustomError("level-internal-and-public", "internal and public")
        return self

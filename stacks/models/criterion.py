"""The criteria of the two decrees, each with its clause, its words and its test."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from stacks.models.base import Bilingual, Model
from stacks.models.facts import Harm, IndustrialClass, Infrastructure, SystemFacts

Applies = Callable[[SystemFacts], bool]
BASIC_331, SENSITIVE_331, USERS_85 = 100_000, 10_000, 10_000


class Regime(StrEnum):
    """Which decree decides; the old one only for the transition until 2026-12-31."""

    DECREE_331_2026 = "331/2026"
    DECREE_85_2016 = "85/2016"


class Criterion(Model):
    """One way into a level.

    Attributes:
        clause: Clause of the article, and its point; None where no source showed them.
        confirmed: False where the words are background knowledge, not read in a source.

    """

    id: str
    level: int
    article: int
    clause: str | None
    point: str | None
    reason: Bilingual
    confirmed: bool
    applies: Applies = Field(exclude=True, repr=False)

    @property
    def reference(self) -> Bilingual:
        """Give where it stands: "Điều 13 khoản 2 điểm b", "Article 13, clause 2, point b"."""
        vi, en = f"Điều {self.article}", f"Article {self.article}"
        if self.clause:
            vi, en = f"{vi} khoản {self.clause}", f"{en}, clause {self.clause}"
        if self.point:
            vi, en = f"{vi} điểm {self.point}", f"{en}, point {self.point}"
        return Bilingual(vi=vi, en=en)


_SECRETS = {Harm.HARM: 3, Harm.SERIOUS: 4, Harm.PARTICULARLY_SERIOUS: 5}


def _public_only(facts: SystemFacts) -> bool:
    closed = facts.private_information or facts.holds_personal_data
    return facts.internal and not closed and facts.state_secrets is Harm.NONE


def _internal_closed(facts: SystemFacts) -> bool:
    closed = facts.private_information or facts.holds_personal_data
    return facts.internal and closed and facts.state_secrets is Harm.NONE


def _plain_service(facts: SystemFacts) -> bool:
    return facts.is_online_service and not facts.conditional_business


def _large_331(facts: SystemFacts) -> bool:
    many = facts.personal_data >= BASIC_331 or facts.sensitive_data >= SENSITIVE_331
    return facts.is_online_service and many


def _small_331(facts: SystemFacts) -> bool:
    return facts.is_online_service and facts.holds_personal_data and not _large_331(facts)


def _people(facts: SystemFacts) -> int:
    """Count people under the old decree, which did not set sensitive data apart."""
    return max(facts.personal_data, facts.sensitive_data)


def _large_85(facts: SystemFacts) -> bool:
    return facts.is_online_service and _people(facts) >= USERS_85


def _small_85(facts: SystemFacts) -> bool:
    return facts.is_online_service and 0 < _people(facts) < USERS_85


def _national(facts: SystemFacts) -> bool:
    nationwide = facts.infrastructure is Infrastructure.NATIONWIDE
    return (facts.national_e_government or nationwide) and facts.round_the_clock


def _regional(facts: SystemFacts) -> bool:
    """Hold for a province; a nationwide one that may stop is at least as wide (our reading)."""
    may_stop = facts.infrastructure is Infrastructure.NATIONWIDE and not facts.round_the_clock
    return facts.infrastructure is Infrastructure.PROVINCE or may_stop


def _harm(level: int) -> Applies:
    return lambda facts: _SECRETS.get(facts.state_secrets) == level


def _serves(whom: Infrastructure) -> Applies:
    return lambda facts: facts.infrastructure is whom


def _works(*classes: IndustrialClass) -> Applies:
    return lambda facts: facts.industrial_class in classes


# What a criterion asks; data/criteria.csv says where each decree asks it, criterion-words.csv how.
TESTS: Mapping[str, Applies] = MappingProxyType(
    {
        "internal-public-information": _public_only,
        "internal-private-information": _internal_closed,
        "online-service": _plain_service,
        "small-personal-data": _small_331,
        "small-users": _small_85,
        "agency-infrastructure": _serves(Infrastructure.AGENCY),
        "state-secrets": _harm(3),
        "conditional-business": lambda facts: facts.conditional_business,
        "administrative-procedures": lambda facts: facts.administrative_procedures,
        "large-personal-data": _large_331,
        "large-users": _large_85,
        "regional-infrastructure": _regional,
        "works-class-2-to-4": _works(IndustrialClass.II, IndustrialClass.III, IndustrialClass.IV),
        "state-secrets-serious": _harm(4),
        "national-system": _national,
        "works-class-1": _works(IndustrialClass.I),
        "state-secrets-particularly-serious": _harm(5),
        "national-data-store": lambda facts: facts.national_data_store,
        "international-infrastructure": lambda facts: (
            facts.infrastructure is Infrastructure.INTERNATIONAL
        ),
        "works-special-class": _works(IndustrialClass.SPECIAL),
        "online-public-service": lambda facts: facts.administrative_procedures,
    }
)

"""The criteria of the two decrees, each with its clause, its words and its test."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

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
        clause: Clause and point of the article; None where no source showed it.
        confirmed: False where the words are background knowledge, not read in a source.

    """

    id: str
    level: int
    article: int
    clause: str | None
    reason: Bilingual
    confirmed: bool
    applies: Applies


_SECRETS = {Harm.HARM: 3, Harm.SERIOUS: 4, Harm.PARTICULARLY_SERIOUS: 5}
_WORKS_3 = {IndustrialClass.II, IndustrialClass.III, IndustrialClass.IV}


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


# id → when it applies and how it is said; the clauses of each decree point here.
TESTS: Mapping[str, tuple[Applies, str, str]] = MappingProxyType(
    {
        "internal-public-information": (
            _public_only,
            "Phục vụ hoạt động nội bộ và chỉ xử lý thông tin công cộng",
            "Internal system that handles only public information",
        ),
        "internal-private-information": (
            _internal_closed,
            "Phục vụ hoạt động nội bộ, có xử lý thông tin riêng, thông tin cá nhân, "
            "không có bí mật nhà nước",
            "Internal system with private or personal information and no state secrets",
        ),
        "online-service": (
            _plain_service,
            "Dịch vụ trực tuyến không thuộc ngành, nghề đầu tư kinh doanh có điều kiện",
            "Online service outside the list of conditional business lines",
        ),
        "small-personal-data": (
            _small_331,
            "Dịch vụ trực tuyến xử lý dữ liệu cá nhân của dưới 100.000 chủ thể (cơ bản) "
            "và dưới 10.000 chủ thể (nhạy cảm)",
            "Online service with personal data of fewer than 100,000 people (basic) "
            "and fewer than 10,000 (sensitive)",
        ),
        "small-users": (
            _small_85,
            "Dịch vụ trực tuyến xử lý thông tin cá nhân của dưới 10.000 người sử dụng",
            "Online service with personal information of fewer than 10,000 users",
        ),
        "agency-infrastructure": (
            lambda facts: facts.infrastructure is Infrastructure.AGENCY,
            "Cơ sở hạ tầng thông tin của một cơ quan, tổ chức",
            "Information infrastructure of one agency",
        ),
        "state-secrets": (
            _harm(3),
            "Xử lý bí mật nhà nước hoặc phục vụ quốc phòng, an ninh; bị phá hoại sẽ "
            "tổn hại an ninh quốc gia",
            "State secrets, defence or security; sabotage harms national security",
        ),
        "conditional-business": (
            lambda facts: facts.conditional_business,
            "Dịch vụ trực tuyến thuộc ngành, nghề đầu tư kinh doanh có điều kiện",
            "Online service in the list of conditional business lines",
        ),
        "administrative-procedures": (
            lambda facts: facts.administrative_procedures,
            "Hệ thống thông tin giải quyết thủ tục hành chính",
            "System that handles administrative procedures",
        ),
        "large-personal-data": (
            _large_331,
            "Dịch vụ trực tuyến xử lý dữ liệu cá nhân của từ 100.000 chủ thể (cơ bản) "
            "hoặc từ 10.000 chủ thể (nhạy cảm)",
            "Online service with personal data of 100,000 people or more (basic) "
            "or 10,000 or more (sensitive)",
        ),
        "large-users": (
            _large_85,
            "Dịch vụ trực tuyến xử lý thông tin cá nhân của từ 10.000 người sử dụng",
            "Online service with personal information of 10,000 users or more",
        ),
        "regional-infrastructure": (
            _regional,
            "Cơ sở hạ tầng thông tin của một bộ, một ngành, một tỉnh hoặc một số tỉnh",
            "Information infrastructure of one ministry, sector, province or several provinces",
        ),
        "works-class-2-to-4": (
            lambda facts: facts.industrial_class in _WORKS_3,
            "Điều khiển công nghiệp của công trình cấp II, III hoặc IV",
            "Industrial control of works of class II, III or IV",
        ),
        "state-secrets-serious": (
            _harm(4),
            "Xử lý bí mật nhà nước hoặc phục vụ quốc phòng, an ninh; bị phá hoại sẽ "
            "tổn hại nghiêm trọng an ninh quốc gia",
            "State secrets, defence or security; sabotage seriously harms national security",
        ),
        "national-system": (
            _national,
            "Hệ thống quốc gia phục vụ Chính phủ điện tử hoặc hạ tầng thông tin toàn quốc, "
            "vận hành 24/7",
            "National e-government system, or infrastructure of agencies nationwide, run 24/7",
        ),
        "works-class-1": (
            lambda facts: facts.industrial_class is IndustrialClass.I,
            "Điều khiển công nghiệp của công trình cấp I",
            "Industrial control of works of class I",
        ),
        "state-secrets-particularly-serious": (
            _harm(5),
            "Bí mật nhà nước hoặc quốc phòng, an ninh mang tính chiến lược; bị phá hoại sẽ "
            "tổn hại đặc biệt nghiêm trọng an ninh quốc gia",
            "Strategic state secrets, defence or security; sabotage does particularly "
            "serious harm to national security",
        ),
        "national-data-store": (
            lambda facts: facts.national_data_store,
            "Lưu trữ tập trung dữ liệu đặc biệt quan trọng của quốc gia",
            "Central store of data specially important to the nation",
        ),
        "international-infrastructure": (
            lambda facts: facts.infrastructure is Infrastructure.INTERNATIONAL,
            "Hạ tầng thông tin quốc gia kết nối Việt Nam với quốc tế",
            "National infrastructure that links Viet Nam with the world",
        ),
        "works-special-class": (
            lambda facts: facts.industrial_class is IndustrialClass.SPECIAL,
            "Điều khiển công nghiệp của công trình cấp đặc biệt",
            "Industrial control of works of the special class",
        ),
    }
)

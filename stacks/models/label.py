"""The labels and notes that every object of a tenant carries."""

from stacks.models.price import monthly_price
from stacks.models.tenant import TenantRequest

PREFIX = "sen.gov.vn"
NAMED_AFTER = f"{PREFIX}/named-after"


def labels_for(request: TenantRequest) -> dict[str, str]:
    """Give what the platform selects by; each value fits a Kubernetes label."""
    taken = {NAMED_AFTER: _born(request)} if request.takes else {}
    return {
        f"{PREFIX}/agency": request.agency,
        f"{PREFIX}/system": request.system.slug,
        f"{PREFIX}/level": str(request.system.level),
        f"{PREFIX}/stage": request.stage.value,
        f"{PREFIX}/ends": request.ends.isoformat(),
        "app.kubernetes.io/managed-by": "sen",
        "app.kubernetes.io/part-of": request.system.slug,
        **taken,
    }


def _born(request: TenantRequest) -> str:
    """Give the agency, as names have it, that a tenant was named after before it was taken over."""
    return request.name.removesuffix(f"-{request.system.slug}-{request.stage}")


def annotations_for(request: TenantRequest) -> dict[str, str]:
    """Give what people read; nothing here changes from one day to the next."""
    return {
        f"{PREFIX}/starts": request.starts.isoformat(),
        f"{PREFIX}/owner-unit": request.system.owner_unit,
        f"{PREFIX}/officer": request.system.officer,
        f"{PREFIX}/price-vnd-month": str(monthly_price(request)),
        f"{PREFIX}/budget-code": request.budget.code,
        f"{PREFIX}/monthly-ceiling-vnd": str(request.budget.monthly_ceiling_vnd),
        f"{PREFIX}/system-name-vi": request.system.name.vi,
        f"{PREFIX}/system-name-en": request.system.name.en,
    }

"""A healthy request, as a file would hold it; a test changes what its case is about."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any


def request_of(
    agency: str = "H26", slug: str = "portal", *, level: int = 3, **changed: Any
) -> dict[str, Any]:
    system = {
        "slug": slug,
        "name": {"vi": "Cổng dịch vụ công", "en": "Public service portal"},
        "blueprint": "e-office",
        "owner_unit": "Sở Khoa học và Công nghệ",
        "officer": "van.nguyen@hanoi.gov.vn",
        "level": level,
        "personal_data": level > 1,
        "state_secret": False,
    }
    today = date.today()
    return {
        "agency": agency,
        "system": system,
        "stage": "staging",
        "size": "S",
        "groups": {"admins": [f"{agency.lower()}-{slug}-admins"]},
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=365)).isoformat(),
        "budget": {"code": "H26-2026-014", "monthly_ceiling_vnd": 200_000_000},
        **changed,
    }

"""The page that people see while a system moves: Vietnamese first, then English."""

from __future__ import annotations

from html import escape

SECONDS_TO_RETRY = 120


def page(system: str, seconds: int = SECONDS_TO_RETRY) -> str:
    """Give the page as HTML without anything from elsewhere."""
    name, minutes = escape(system), max(1, round(seconds / 60))
    return f"""<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>{name}: tạm ngừng phục vụ</title>
<meta name="viewport" content="width=device-width"></head>
<body><main><h1>{name} đang được chuyển sang hệ thống mới</h1>
<p>Xin vui lòng thử lại sau khoảng {minutes} phút. Hồ sơ đã gửi không bị mất.</p>
<section lang="en"><h2>{name} is being moved to a new system</h2>
<p>Please try again in about {minutes} min. Nothing that you sent is lost.</p></section>
</main></body></html>
"""

"""Pictures of what people see of the demo, for the tutorial; taken in Chromium on demand."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.picture import write_picture

WIDTH, HEIGHT, COLOURS = 1000, 720, 48


@dataclass(frozen=True)
class Camera:
    """Takes pictures into a folder; without one it takes none."""

    folder: Path | None = None

    def take(self, name: str, page: str | Path, part: str = "body") -> None:
        """Take a page, or a part of it by its CSS selector.

        Args:
            name: Of the picture, without its suffix.
            page: An address, or a file of this machine.
        """
        if self.folder is None:
            return
        address = page.resolve().as_uri() if isinstance(page, Path) else page
        confined = () if os.geteuid() else ("--no-sandbox",)
        with sync_playwright() as playwright:
            program = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=program, args=[*confined])
            window = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            window.goto(address)
            taken = window.locator(part).first.screenshot(animations="disabled")
            browser.close()
        write_picture(taken, self.folder / f"{name}.png", colours=COLOURS, trimmed=True)

"""`sen demo portal`: comes up, again after it was killed, and leaves nothing behind."""

from __future__ import annotations

import signal

import httpx
import pytest

from sen.local import process, record
from sen.local.ports import LOOPBACK
from tests.portal.service import answers, sen
from tests.ports import free_port

pytestmark = [
    pytest.mark.platform,
    pytest.mark.toolchain,
    pytest.mark.xdist_group("portal"),
]


def test_demo_comes_up_again_after_a_kill_and_ends_with_ctrl_c(platform, operator, folder):
    port, log, file = free_port(), folder / "demo.log", platform.state / "demo-portal.json"
    words = ("demo", "portal", "--name", platform.name, "--port", port)
    killed = sen(log, *words).listening(port, 180)
    left = list(record.load(file).parts.values())
    killed.process.send_signal(signal.SIGKILL)
    killed.process.wait()
    assert answers(port)

    demo = sen(log, *words)
    demo.tells(f"Portal: http://{LOOPBACK}:{port}/", 180)
    page = httpx.get(f"http://{LOOPBACK}:{port}/login")
    running = list(record.load(file).parts.values())
    code = demo.end()

    assert (page.status_code, code) == (200, 0), demo.said()
    for name in ("Nguyễn Văn An", "Trần Thị Bình", "Lê Thị Chi"):
        assert name in page.text
    assert len({part.pid for part in (*left, *running)}) == 4
    assert [part for part in (*left, *running) if process.running(part)] == []
    assert not answers(port)
    assert not file.exists()

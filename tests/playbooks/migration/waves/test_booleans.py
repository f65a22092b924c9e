"""The solver leaves the rest of the process as it was."""

from __future__ import annotations

import subprocess
import sys

from sen.paths import PROJECT

SOLVES = """
import os, signal
from playbooks.migration.waves.booleans import Booleans, Limits
signal.signal(signal.SIGINT, signal.default_int_handler)
program = Booleans()
first, second = program.new(), program.new()
program.exactly_one([first, second])
program.minimize([(first, 3), (second, 1)])
print(program.solve(Limits(1.0, 5.0)).values)
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    print("told")
"""


def test_ctrl_c_is_told_after_something_was_solved():
    done = subprocess.run(
        [sys.executable, "-c", SOLVES], cwd=PROJECT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["(0, 1)", "told"]

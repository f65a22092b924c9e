"""A run streams what Pulumi says, fails when it fails, and passes Ctrl-C on to all of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from sen.errors import RefusedError
from sen.paths import PROJECT
from sen.runs.stack import Stack
from stacks.problem import ProblemError

ECHO = "print(*sys.argv[1:], sep='|')"
# More than a pipe holds: it stands still until somebody reads.
MANY_LINES = 5000
TALK_ON_CTRL_C = f"""
def end(*_):
    for number in range({MANY_LINES}):
        print("saving", number, flush=True)
    open(os.environ["TOLD"], "a").write("saved\\n")
    sys.exit(1)
signal.signal(signal.SIGINT, end)
print("begun", flush=True)
time.sleep(20)
"""
CHILD = """
import subprocess
child = subprocess.Popen([sys.executable, "-c", '''
import os, signal, sys, time
def end(*_):
    open(os.environ["TOLD"], "a").write("child saved\\\\n")
    sys.exit(0)
signal.signal(signal.SIGINT, end)
print("begun", flush=True)
time.sleep(20)
'''])
def end(*_):
    child.wait()
    sys.exit(1)
signal.signal(signal.SIGINT, end)
time.sleep(20)
"""


def interrupt(line: str) -> None:
    """Press Ctrl-C once the run has begun."""
    if line == "begun":
        raise KeyboardInterrupt


def test_lines_come_one_by_one_while_it_runs(fake, tmp_path):
    """The program waits for an answer to its first line before it says the second."""
    answer = tmp_path / "answer"
    os.mkfifo(answer)
    stack = fake(f"print('first', flush=True); open({str(answer)!r}).read(); print('second')")
    seen: list[str] = []

    def line(each: str) -> None:
        seen.append(each)
        if each == "first":
            answer.write_text("go on")

    said = stack.pulumi("preview", line=line)

    assert seen == ["first", "second"]
    assert said == "first\nsecond"


def test_a_run_is_one_of_its_stack_without_colours_or_questions(fake):
    assert fake(ECHO).pulumi("preview", "--diff") == (
        "--non-interactive|--color|never|preview|--diff|--stack|tenants-h26-dev"
    )


def test_a_stack_is_made_where_it_is_not_there(fake, tmp_path):
    stack = fake(f"{ECHO}; open({str(tmp_path / 'args')!r}, 'w').write(' '.join(sys.argv[1:]))")

    stack.ensure()

    assert (tmp_path / "args").read_text() == (
        "--non-interactive --color never stack select --create tenants-h26-dev"
    )


def test_every_run_is_judged_by_the_policies(fake):
    said = fake(ECHO, policies=True).preview()

    assert f"--policy-pack|{PROJECT / 'policies'}" in said
    assert "--policy-pack" not in fake(ECHO).preview()


def test_an_up_tells_its_seconds(fake, tmp_path):
    stack = fake(f"open({str(tmp_path / 'args')!r}, 'w').write(' '.join(sys.argv[4:]))")

    seconds = stack.up("--expect-no-changes")

    assert 0 < seconds < 600
    assert (tmp_path / "args").read_text() == (
        "up --yes --skip-preview --expect-no-changes --stack tenants-h26-dev"
    )


def test_what_it_says_on_either_channel_is_kept(fake):
    said = fake("print('out', flush=True); print('err', file=sys.stderr)").pulumi("preview")

    assert said.splitlines() == ["out", "err"]


def test_a_failed_run_is_a_problem_with_its_words(fake):
    stack = fake("print('error: incorrect passphrase'); sys.exit(255)")

    with pytest.raises(ProblemError) as refused:
        stack.up()

    assert refused.value.problems[0].key == "run-passphrase"


def test_a_run_ended_by_a_signal_is_a_failed_one(fake):
    with pytest.raises(RefusedError) as refused:
        fake("os.kill(os.getpid(), signal.SIGKILL)").up()

    assert refused.value.problems[0].key == "run-failed"


def test_a_run_sees_the_variables_of_its_stack(fake):
    stack = fake("print(os.environ['WORD'])")

    assert Stack("x", {**stack.variables, "WORD": "seen"}).pulumi("preview") == "seen"


def test_variables_are_not_shown_with_the_stack():
    assert "hush" not in repr(Stack("x", {"KEY": "hush"}))


def test_it_runs_in_the_project(fake):
    assert fake("print(os.getcwd())").pulumi("preview") == str(PROJECT)


@pytest.mark.parametrize(
    ("text", "told"), [(TALK_ON_CTRL_C, "saved\n"), (CHILD, "child saved\n")], ids=["it", "child"]
)
def test_ctrl_c_reaches_the_whole_run_which_saves_and_the_reader_is_told(
    fake, tmp_path, text, told
):
    stack = fake(text)
    stack = Stack("s", {**stack.variables, "TOLD": str(tmp_path / "told")})

    with pytest.raises(RefusedError) as refused:
        stack.pulumi("preview", line=interrupt)

    assert refused.value.problems[0].key == "run-interrupted"
    assert (tmp_path / "told").read_text() == told


STUBBORN = """
def again(*_):
    os._exit(1)
def first(*_):
    signal.signal(signal.SIGINT, again)
    open(os.environ["TOLD"], "w").close()
signal.signal(signal.SIGINT, first)
print("begun", flush=True)
time.sleep(20)
"""
# Whoever starts the tests in the background has Ctrl-C ignored in them, and in what they start.
READER = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from sen.errors import RefusedError
from sen.runs.stack import Stack
try:
    Stack("s", dict(os.environ)).pulumi("preview", line=lambda line: print(line, flush=True))
except RefusedError as error:
    sys.exit(error.problems[0].key)
"""


def test_a_second_ctrl_c_is_passed_on_too(fake, tmp_path):
    """A program that ignores the first leaves at the second, as Pulumi does."""
    told = tmp_path / "told"
    os.mkfifo(told)
    variables = {**os.environ, **fake(STUBBORN).variables, "TOLD": str(told)}
    reader = subprocess.Popen(
        [sys.executable, "-c", READER],
        cwd=PROJECT,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with reader:
        assert reader.stdout.readline() == "begun\n"
        reader.send_signal(signal.SIGINT)
        with told.open():  # opens when the run has heard of the first
            reader.send_signal(signal.SIGINT)
        said = reader.stderr.read()

    assert said == "run-interrupted\n"


def test_another_error_ends_the_run_as_well(fake, tmp_path):
    stack = fake(TALK_ON_CTRL_C)
    stack = Stack("s", {**stack.variables, "TOLD": str(tmp_path / "told")})

    def line(_: str) -> None:
        raise ValueError("of the caller")

    with pytest.raises(ValueError, match="of the caller"):
        stack.pulumi("preview", line=line)

    assert (tmp_path / "told").read_text() == "saved\n"

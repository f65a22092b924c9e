"""Patterns compiled once say what cel-cpp says, which compiles them at every call."""

import re

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from policies import load_rules
from policies.engine import Bound, Engine
from policies.expression import inlined

QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
PLAIN = cel.NewEnv(variables={"text": cel.Type.STRING, "pattern": cel.Type.STRING})
SLOW = PLAIN.compile("text.matches(pattern)")
RULE = load_rules()[0].model_copy(
    update={
        "expression": "object.text.matches(object.pattern)",
        "variables": {},
        "parameters": {},
        "context": None,
    }
)
ENGINE = Engine([RULE])
# Every text in quotes that some rule holds: all patterns are among them.
PATTERNS = sorted(
    {
        each[1:-1].replace("\\\\", "\\")
        for rule in load_rules()
        if ".matches(" in inlined(rule)
        for each in QUOTED.findall(inlined(rule))
    }
)
WORDS = ["", "web", "sha256:0f", "h26-portal-production", "password=x", "10.0.0.0/8", "2026-11-22"]


def fast(text, pattern):
    prepared = ENGINE.prepare(Bound({"text": text, "pattern": pattern}, 5))
    return ENGINE.holds(RULE, prepared)


def slow(text, pattern):
    value = SLOW.eval(data={"text": text, "pattern": pattern})
    return value.plain_value() if value.type() == cel.Type.BOOL else None


@pytest.mark.parametrize("text", [*WORDS, "Nguyễn Văn Ân", "a\nb", "\x00"])
def test_every_pattern_of_every_rule_says_the_same(text):
    said = {pattern: fast(text, pattern) for pattern in PATTERNS}

    assert said == {pattern: slow(text, pattern) for pattern in PATTERNS}
    assert len(PATTERNS) > 50


@given(st.text(max_size=40), st.sampled_from(PATTERNS))
def test_any_text_gets_the_same_answer(text, pattern):
    assert fast(text, pattern) == slow(text, pattern)


@pytest.mark.parametrize("pattern", ["(", "[", "a**", "(?=a)", r"\1"])
def test_malformed_pattern_is_no_verdict(pattern):
    assert fast("a", pattern) is None
    assert slow("a", pattern) is None

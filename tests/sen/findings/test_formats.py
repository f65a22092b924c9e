"""Each form of a report says the same findings, and is what its readers expect."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import jsonschema
import pytest
import yaml

from policies.finding import Finding, Gate, Place, Target, Verdict
from policies.rule import Action, Severity, load_rules
from policies.text import Text
from sen.findings import sarif
from sen.findings.formats import Format, write
from sen.findings.phrases import _phrases
from sen.findings.report import of_findings
from sen.findings.table import MOST
from stacks.problem import Language, Problem

AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
RULES = {rule.id: rule for rule in load_rules()}
NAMES = ("no-host-namespace", "run-as-non-root", "quota-present")
ODD = "we\x1b[31mb<script>&\x07"


def finding(verdict=Verdict.FAIL, rule="no-host-namespace", name="web", **more):
    known = RULES[rule]
    return Finding(
        rule=rule,
        controls=known.controls,
        target=Target("apps/Deployment", name, "h26-web", "H26", "web"),
        verdict=verdict,
        action=more.pop("action", Action.DENY),
        message=known.message,
        remedy=known.remedy,
        gate=Gate.FILES,
        seen_at=AT,
        level=3,
        **more,
    )


FINDINGS = (
    finding(place=Place("dir/a b.yaml", 2)),
    finding(rule="run-as-non-root", action=Action.WARN, place=Place("/abs/c.yaml", 0)),
    finding(Verdict.WAIVED, "quota-present", waiver="w-1"),
    finding(Verdict.UNDETERMINED, "run-as-non-root", ODD, unknown=("spec.x",)),
    finding(Verdict.UNDETERMINED, "quota-present", "unreadable"),
    finding(Verdict.NOT_ASSESSED, "quota-present", "hidden", action=Action.WARN),
    finding(Verdict.PASS, "quota-present", "fine"),
    finding(Verdict.NOT_APPLICABLE, "run-as-non-root", "system"),
)


def report(findings=FINDINGS, **more):
    rules = [RULES[name] for name in NAMES]
    made = of_findings(Gate.FILES, "files x.yaml", AT, rules, 5, findings)
    return replace(made, **more)


def written(form, given=None, language=Language.EN, **options):
    stream = io.StringIO()
    write(given or report(), stream, form, language, **options)
    return stream.getvalue()


def test_json_says_what_was_looked_at_and_what_has_to_be_read():
    found = json.loads(written(Format.JSON))

    assert (found["looked_at"], found["rules"], found["gate"]) == (5, 3, "files")
    assert found["verdicts"] == {
        "pass": 1,
        "fail": 2,
        "waived": 1,
        "undetermined": 2,
        "not-applicable": 1,
        "not-assessed": 1,
    }
    assert len(found["findings"]) == 6
    assert found["findings"][0]["place"] == {"file": "dir/a b.yaml", "document": 2}
    assert found["findings"][0]["severity"] == "critical"
    assert found["findings"][0]["controls"] == list(RULES["no-host-namespace"].controls)


def test_json_and_yaml_say_the_same_and_passes_when_asked():
    for passes in (False, True):
        one = json.loads(written(Format.JSON, passes=passes))
        assert yaml.safe_load(written(Format.YAML, passes=passes)) == one
        assert len(one["findings"]) == (8 if passes else 6)


def test_json_of_nothing_is_json():
    assert json.loads(written(Format.JSON, report(())))["findings"] == []


def test_problems_stand_in_every_form():
    given = report(problems=(Problem("check-nothing", "some <thing>"),))

    assert json.loads(written(Format.JSON, given))["problems"][0]["key"] == "check-nothing"
    run = json.loads(written(Format.SARIF, given))["runs"][0]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["descriptor"] == {"id": "check-nothing"}
    assert run["invocations"][0]["executionSuccessful"] is False
    (case,) = parsed(written(Format.JUNIT, given)).findall("testsuite[@name='input']/testcase")
    assert case.find("error").get("message").startswith("some <thing>: no object")
    assert "some &lt;thing&gt;" in written(Format.HTML, given)


# The parts of SARIF 2.1.0 that this tool writes, closed; written after the standard's text.
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message", "ruleId", "kind", "level", "locations"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["pass", "open", "informational", "notApplicable", "review", "fail"]},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "suppressions": {"type": "array"},
        "properties": {"type": "object"},
    },
    "if": {"properties": {"kind": {"const": "fail"}}},
    "else": {"properties": {"level": {"const": "none"}}},
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["$schema", "version", "runs"],
    "properties": {
        "$schema": {"const": sarif.SCHEMA},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["tool", "results"],
                "properties": {
                    "tool": {"type": "object", "required": ["driver"]},
                    "language": {"pattern": "^[a-zA-Z]{2}(-[a-zA-Z]{2})?$"},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {
                        "type": "array",
                        "items": {"required": ["executionSuccessful"]},
                    },
                    "results": {"type": "array", "items": RESULT},
                    "properties": {"type": "object"},
                },
            },
        },
    },
}


@pytest.mark.parametrize("language", Language)
def test_sarif_keeps_to_the_standard(language):
    document = json.loads(written(Format.SARIF, language=language))
    jsonschema.validate(document, SCHEMA)
    run = document["runs"][0]
    rules = run["tool"]["driver"]["rules"]

    assert run["language"] == language
    for each in run["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]
    for each in rules:
        assert RULES[each["id"]].remedy.vi in each["help"]["text"]
        assert RULES[each["id"]].remedy.en in each["help"]["text"]
        assert each["defaultConfiguration"]["level"] in LEVEL["enum"]
        assert 0 < float(each["properties"]["security-severity"]) <= 10


def test_sarif_says_kinds_levels_places_and_suppressions():
    results = json.loads(written(Format.SARIF))["runs"][0]["results"]

    assert [(each["kind"], each["level"]) for each in results] == [
        ("fail", "error"),
        ("fail", "warning"),
        ("fail", "error"),
        ("open", "none"),
        ("open", "none"),
        ("review", "none"),
    ]
    place = results[0]["locations"][0]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "dir/a%20b.yaml"
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "apps/Deployment/h26-web/web"
    assert results[0]["properties"]["document"] == 2
    assert results[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith(
        "file:///"
    )
    assert results[2]["suppressions"] == [{"kind": "external", "justification": "w-1"}]
    assert "physicalLocation" not in results[2]["locations"][0]


def test_what_is_told_about_no_rule_has_a_place_in_every_form():
    odd = replace(finding(Verdict.NOT_ASSESSED), rule="cluster-readable", controls=())
    given = report((odd,))

    (result,) = json.loads(written(Format.SARIF, given))["runs"][0]["results"]
    assert "ruleIndex" not in result
    assert "severity" not in json.loads(written(Format.JSON, given))["findings"][0]
    assert "cluster-readable" in written(Format.TABLE, given)
    assert "cluster-readable" in written(Format.HTML, given)


def test_junit_has_a_suite_a_rule_and_a_case_an_object():
    root = parsed(written(Format.JUNIT))
    suites = {each.get("name"): each for each in root}

    assert set(suites) == set(NAMES)
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("7", "3", "3")
    assert Counter(len(case) for case in suites["quota-present"]) == {0: 1, 1: 3}
    for suite in suites.values():
        assert int(suite.get("tests")) == len(suite)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
    (failed,) = suites["no-host-namespace"].findall("testcase/failure")
    assert failed.get("type") == "deny"
    assert "dir/a b.yaml#2" in suites["no-host-namespace"][0].get("name")


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - our own


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = Counter()
        self.attributes = []
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, *each) for each in attrs]
        if tag not in {"meta", "input", "link", "img", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", Language)
def test_the_page_is_whole_needs_nothing_else_and_can_be_read_aloud(language):
    text = written(Format.HTML, language=language)
    page = Page()
    page.feed(text)

    assert page.open == []
    assert ("html", "lang", language.value) in page.attributes
    assert page.tags["script"] == page.tags["link"] == page.tags["img"] == 0
    assert not [each for each in page.attributes if each[1] in {"src", "href", "style", "onclick"}]
    assert "http" not in re.sub(r'http-equiv="', "", text)
    assert page.tags["h1"] == page.tags["main"] == page.tags["title"] == 1
    ids = [each[2] for each in page.attributes if each[1] == "id"]
    labels = [each[2] for each in page.attributes if each[:2] == ("label", "for")]
    assert set(labels) == set(ids)
    assert len(labels) == page.tags["input"] == 4
    scopes = [each for each in page.attributes if each[1] == "scope"]
    assert len(scopes) == page.tags["th"]
    assert page.tags["details"] == 6
    assert RULES["no-host-namespace"].message.model_dump()[language.value] in text.replace(
        "&#39;", "'"
    )


def test_no_form_lets_a_name_steer_its_reader():
    assert "<script" not in written(Format.HTML)
    assert "\x1b" not in written(Format.TABLE)
    assert "\x07" not in written(Format.TABLE)
    parsed(written(Format.JUNIT))
    assert "\x1b" not in written(Format.JUNIT)


def test_the_table_shows_the_worst_first_and_counts_last():
    text = written(Format.TABLE)
    first = text.splitlines()[0]

    assert first.startswith("Deployment h26-web/web")
    assert "level 3" in first
    assert "fail (warn)" in text
    assert "(spec.x)" in text
    assert "waivers used: w-1" in text
    assert text.splitlines()[-2].startswith("pass 1, fail 2, waived 1, undetermined 2")
    assert "5 objects looked at, 5 of them judged by 3 rules" in text


def test_a_table_of_very_much_says_how_much_it_leaves_out():
    many = [finding(name=f"w{n}") for n in range(MOST + 7)]

    assert "and 7 more findings" in written(Format.TABLE, report(many))


def test_a_table_says_which_kinds_are_not_installed():
    assert "velero.io/Schedule" in written(Format.TABLE, report(absent=("velero.io/Schedule",)))


def test_a_page_of_nothing_says_so():
    assert "Nothing has to be read here." in written(Format.HTML, report(()))


def test_oscal_results_name_the_run_and_the_controls():
    found = json.loads(written(Format.OSCAL))["assessment-results"]

    assert "no-host-namespace" in json.dumps(found)
    assert found["results"]


def test_every_phrase_is_in_both_languages():
    phrases = _phrases()

    assert len(phrases) >= 30
    for key, each in phrases.items():
        assert set(each) == {"en", "vi"}, key
        assert all(each.values()), key
    words = {*Verdict, *Action, *Severity}
    assert {str(each) for each in words} <= phrases.keys()


def test_evidence_of_a_host_is_shown():
    shown = finding(evidence="PermitRootLogin yes")

    for form in (Format.TABLE, Format.HTML, Format.JSON):
        assert "PermitRootLogin yes" in written(form, report((shown,)))
    assert str(Text(vi="một", en="one")) == "một / one"


def test_what_a_host_says_is_shown_letter_by_letter():
    shown = written("table", report((finding(evidence="[/usr/bin/x] [red]4755[/red]"),)))

    assert "[/usr/bin/x] [red]4755[/red]" in " ".join(shown.split())

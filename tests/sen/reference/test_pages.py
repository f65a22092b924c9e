"""The generated pages say what the code says, and leave nothing out."""

from __future__ import annotations

import inspect
import re

import pytest

from policies.rule import load_rules
from sen.cli.main import COMMANDS
from sen.paths import PROJECT
from sen.reference import __main__ as writer
from sen.reference import command_line, request
from sen.reference.pages import pages
from stacks.components.manifest import STACK_LABEL
from stacks.models import rule
from stacks.models.explain import SAMPLE
from stacks.models.label import annotations_for, labels_for
from stacks.models.tenant import TenantRequest
from stacks.problem import Language
from tests.request_of import request_of

PAGES = pages()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_what_the_code_says(path):
    assert (PROJECT / path).read_text("utf-8") == PAGES[path], "run: make generate"


def test_writing_writes_every_page(tmp_path, monkeypatch):
    (tmp_path / "docs/reference").mkdir(parents=True)

    writer.write(tmp_path)

    assert {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.md")} == set(PAGES)


def test_every_command_has_its_section_with_its_options():
    page = PAGES["docs/reference/command-line.md"]
    found = [ctx.command_path for ctx in command_line.commands()]

    assert {path.split()[1] for path in found} == set(COMMANDS)
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == found
    for option in ("`--output`, `-o`", "`--prune`, `--no-prune`", "`s3`, `file`", "`STACK`"):
        assert option in page


def test_every_field_of_a_request_is_explained_and_no_other():
    for name in request.models():
        described = set(request.meanings(name))
        model = TenantRequest if name == "TenantRequest" else request._of(name)
        fields = model.model_fields if name == "TenantRequest" else model["properties"]
        assert described == set(fields), name
        for said in request.meanings(name).values():
            assert said["vi"] != said["en"]


def test_every_model_of_a_request_has_its_table():
    places = {place for found in request.models().values() for place in found}

    assert places == {
        *("", "system", "system.name", "quota", "groups", "budget"),
        *("network.ingress[]", "network.egress[]"),
    }
    handing_on = {"transfer_to", "takes"}
    assert set(SAMPLE) == set(TenantRequest.model_fields) - handing_on


def test_every_rule_over_several_fields_is_told():
    used = re.findall(r'breach\(\s*"([a-z-]+)"', inspect.getsource(rule))

    assert len(used) >= 8
    assert set(used) <= set(request.RULES)


def test_both_languages_have_the_same_rules_and_rows():
    for name in ("request", "policy-rules"):
        english, vietnamese = (PAGES[f"docs/reference/{name}{end}.md"] for end in ("", ".vi"))
        assert english.count("\n|") == vietnamese.count("\n|") > 30
        assert english != vietnamese
    assert request.words(Language.EN).keys() == request.words(Language.VI).keys()


def test_every_rule_has_its_section():
    page = PAGES["docs/reference/policy-rules.md"]

    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [each.id for each in load_rules()]


def test_every_label_and_note_is_on_its_page():
    page = (PROJECT / "docs/reference/labels-and-names.md").read_text("utf-8")
    asked = TenantRequest.model_validate(request_of())

    for name in (*labels_for(asked), *annotations_for(asked), STACK_LABEL):
        assert f"`{name}`" in page


def test_no_page_says_where_this_checkout_is():
    for name, text in pages().items():
        assert str(PROJECT) not in text, name

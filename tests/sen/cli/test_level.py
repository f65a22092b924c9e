"""`sen level` says the level under both decrees and what decided it."""

import json

import pytest
from typer.testing import CliRunner

from sen.cli.level import app
from stacks.problem import ProblemError

FACTS = "administrative_procedures: true\npersonal_data: 250000\n"


def run(*arguments):
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def refused(*arguments):
    with pytest.raises(ProblemError) as caught:
        run(*arguments)
    assert caught.value.exit_code == 2
    return [problem.key for problem in caught.value.problems]


def test_options_lead_to_both_proposals():
    result = run("--administrative-procedures", "--personal-data", "250000", "-o", "json")

    new, old = json.loads(result.stdout)
    assert (new["decree"], new["level"]) == ("331/2026", 3)
    assert new["criterion"]["id"] == "nd-331-2026-administrative-procedures"
    assert new["criterion"]["reference"]["vi"] == "Điều 13 khoản 2 điểm b"
    assert [each["level"] for each in new["applied"]] == [3, 3, 2]
    assert (old["decree"], old["level"]) == ("85/2016", 3)
    assert old["criterion"]["confirmed"] is False


def test_a_file_says_the_same_as_options(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS)

    by_file = run("--facts", str(path), "-o", "json").stdout
    by_options = run(
        "--administrative-procedures", "--personal-data", "250000", "-o", "json"
    ).stdout

    assert by_file == by_options


@pytest.mark.parametrize(("lang", "words"), [("en", "Internal system"), ("vi", "nội bộ")])
def test_a_table_speaks_the_readers_language(monkeypatch, lang, words):
    monkeypatch.setenv("SEN_LANG", lang)
    monkeypatch.setenv("COLUMNS", "240")

    result = run("--internal")

    assert words in result.stdout
    assert result.stdout.count("yes") == 2
    assert "unconfirmed" not in result.stdout


def test_facts_that_say_nothing_are_refused():
    assert refused() == ["level-no-criterion"]


def test_internal_and_public_is_refused():
    assert refused("--internal", "--public-service") == ["level-internal-and-public"]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("personal_dat: 3\n", ["request-unknown-key"]),
        ("personal_data: many\n", ["request-type-whole"]),
        ("personal_data: -1\n", ["request-range"]),
        ("state_secrets: some\n", ["request-choice"]),
        ("internal: yes\n", ["request-type-yes"]),
        ("internal: true\n---\ninternal: true\n", ["level-facts-several"]),
        ("", ["level-facts-several"]),
        ("words", ["request-type-mapping"]),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, keys):
    path = tmp_path / "facts.yaml"
    path.write_text(text)

    assert refused("--facts", str(path)) == keys


def test_a_misspelled_fact_is_answered_by_the_right_one(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text("personal_dat: 3\n")

    with pytest.raises(ProblemError, match="personal_data"):
        run("--facts", str(path))


def test_a_file_and_options_together_are_refused(tmp_path):
    path = tmp_path / "facts.yaml"
    path.write_text(FACTS)

    assert refused("--facts", str(path), "--internal") == ["level-file-and-options"]


def test_a_choice_that_does_not_exist_is_bad_usage():
    assert run("--infrastructure", "city").exit_code == 2

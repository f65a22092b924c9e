"""Writes an assessment: pages, pictures, Markdown, JSON, and the questions still open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playbooks.migration.assess.assessment import Assessment
from playbooks.migration.assess.question import Answers, questions
from playbooks.migration.assess.report.portfolio import file_of, markdown, pictures, portfolio
from playbooks.migration.assess.report.system import system_page
from playbooks.migration.discover.estate import Estate

HEAD = """\
# Điền câu trả lời sau dấu hai chấm rồi chạy lại.
# Fill in the answers and assess again.
"""


def write(assessment: Assessment, estate: Estate, graph: Mapping[str, Any], folder: Path) -> None:
    """Write all files; those of systems that are gone are removed."""
    pages = {file_of(each): system_page(each, estate) for each in assessment.systems}
    (folder / "systems").mkdir(parents=True, exist_ok=True)
    for old in (folder / "systems").glob("*.html"):
        if f"systems/{old.name}" not in pages:
            old.unlink()
    files = {
        **pages,
        **pictures(assessment, estate),
        "index.html": portfolio(assessment, estate),
        "portfolio.md": markdown(assessment),
        "assessment.json": assessment.model_dump_json(indent=1) + "\n",
        "graph.json": json.dumps(graph, ensure_ascii=False, indent=1) + "\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")


def questionnaire(assessment: Assessment, answers: Answers) -> str:
    """Give the questionnaire as YAML: what is answered, and what is open with its words."""
    known = {each.id: each for each in questions()}
    lines = [HEAD]
    for system in assessment.systems:
        lines.append(f"{json.dumps(system.id, ensure_ascii=False)}:\n")
        for name, answer in answers.get(system.id, {}).items():
            lines.append(f"  {name}: {json.dumps(answer, ensure_ascii=False)}\n")
        for name in system.open_questions:
            question = known[name]
            choices = f" [{' | '.join(question.choices)}]" if question.choices else ""
            lines.append(f"  # {question.vi} / {question.en}{choices}\n  {name}:\n")
        if not answers.get(system.id) and not system.open_questions:
            lines.append("  {}\n")
    return "".join(lines)

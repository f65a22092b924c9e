"""What people keep, and which systems there are, comes from the registers as it is."""

import hashlib
from datetime import date

import pytest

from sen.assessment.weight import Moment, Status
from sen.catalogue.evidence import Document, add, file_of
from sen.reports.gather import attested
from sen.reports.system import subject, subjects
from stacks.problem import ProblemError
from tests.sen.assessment.finding_of import NOON
from tests.sen.reports.conftest import REQUESTS

NAME = "h26-operations-centre"


def document(name: str, **changed) -> Document:
    folder = file_of(NAME).parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("quyết định", "utf-8")
    fields = {
        "control": "TCVN14423/RM-01",
        "title": "Quyết định 12",
        "owner": "Nguyễn Văn An",
        "date": date(2026, 1, 2),
        "valid_until": date(2027, 1, 1),
        "file": name,
        "sha256": hashlib.sha256("quyết định".encode()).hexdigest(),
    }
    return Document.model_validate(fields | changed)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, Status.PASS),
        ({"valid_until": date(2026, 11, 21)}, Status.STALE),
        ({"date": date(2026, 12, 1)}, Status.NOT_ASSESSED),
        ({"sha256": "0" * 64}, Status.NOT_ASSESSED),
    ],
)
def test_a_document_counts_while_it_is_the_registered_one(ours, changed, status):
    add(NAME, document("a.pdf", **changed))

    (one,) = attested(ours, Moment(NOON, 3)).values()

    assert (one.status, one.reference, one.owner) == (status, "Quyết định 12", "Nguyễn Văn An")


def test_of_several_documents_the_best_counts(ours):
    for name, until in (
        ("a.pdf", date(2026, 3, 1)),
        ("b.pdf", date(2027, 1, 1)),
        ("c.pdf", date(2026, 4, 1)),
    ):
        add(NAME, document(name, valid_until=until))

    (one,) = attested(ours, Moment(NOON, 3)).values()

    assert one.status is Status.PASS


@pytest.mark.parametrize("name", ["H26/operations-centre", "h26-operations-centre-production"])
def test_a_system_is_found_by_its_names(name):
    assert str(subject(name, [REQUESTS]).id) == "H26/operations-centre"


def test_a_short_name_is_enough_where_it_is_one():
    assert str(subject("e-office", [REQUESTS]).id) == "H26/e-office"


@pytest.mark.parametrize(
    ("name", "key"),
    [("operations-centre", "report-system-several"), ("none", "report-system-unknown")],
)
def test_a_system_that_is_not_one_is_refused_with_choices(name, key):
    with pytest.raises(ProblemError) as caught:
        subject(name, [REQUESTS])

    (problem,) = caught.value.problems
    assert problem.key == key
    assert "H26/operations-centre" in str(problem.values["choices"])


def test_every_request_of_the_tree_belongs_to_a_system():
    assert len(subjects([REQUESTS])) == 12
    commune = subject("H26.00070/one-stop-shop", [REQUESTS])
    assert commune.above is not None
    assert commune.above.code == "H26"

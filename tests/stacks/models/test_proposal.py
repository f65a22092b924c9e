"""A level follows from the facts by the highest criterion, and the criterion is named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from stacks.models.criterion import TESTS, Regime
from stacks.models.facts import Harm, IndustrialClass, Infrastructure, SystemFacts
from stacks.models.level import criteria, propose
from stacks.problem import ProblemError

NEW, OLD = Regime.DECREE_331_2026, Regime.DECREE_85_2016


@pytest.mark.parametrize(
    ("facts", "level", "decided", "reference"),
    [
        ({"internal": True}, 1, "internal-public-information", "Article 11, clause 1"),
        (
            {"internal": True, "private_information": True},
            2,
            "internal-private-information",
            "Article 12, clause 1",
        ),
        (
            {"internal": True, "personal_data": 200_000},
            2,
            "internal-private-information",
            "Article 12, clause 1",
        ),
        ({"public_service": True}, 2, "online-service", "Article 12, clause 2, point a"),
        (
            {"conditional_business": True, "personal_data": 99_999},
            3,
            "conditional-business",
            "Article 13, clause 2, point a",
        ),
        ({"infrastructure": "agency"}, 2, "agency-infrastructure", "Article 12, clause 3"),
        ({"state_secrets": "harm"}, 3, "state-secrets", "Article 13, clause 1"),
        (
            {"administrative_procedures": True},
            3,
            "administrative-procedures",
            "Article 13, clause 2, point b",
        ),
        (
            {"public_service": True, "personal_data": 100_000},
            3,
            "large-personal-data",
            "Article 13, clause 2, point c",
        ),
        (
            {"public_service": True, "sensitive_data": 10_000},
            3,
            "large-personal-data",
            "Article 13, clause 2, point c",
        ),
        ({"infrastructure": "province"}, 3, "regional-infrastructure", "Article 13, clause 3"),
        (
            {"infrastructure": "nationwide", "round_the_clock": False},
            3,
            "regional-infrastructure",
            "Article 13, clause 3",
        ),
        ({"industrial_class": "iv"}, 3, "works-class-2-to-4", "Article 13, clause 4"),
        ({"industrial_class": "ii"}, 3, "works-class-2-to-4", "Article 13, clause 4"),
        ({"state_secrets": "serious"}, 4, "state-secrets-serious", "Article 14, clause 1"),
        ({"infrastructure": "nationwide"}, 4, "national-system", "Article 14, clause 2"),
        ({"national_e_government": True}, 4, "national-system", "Article 14, clause 2"),
        ({"industrial_class": "i"}, 4, "works-class-1", "Article 14, clause 3"),
        (
            {"state_secrets": "particularly-serious"},
            5,
            "state-secrets-particularly-serious",
            "Article 15, clause 1",
        ),
        ({"national_data_store": True}, 5, "national-data-store", "Article 15, clause 2"),
        (
            {"infrastructure": "international"},
            5,
            "international-infrastructure",
            "Article 15, clause 3",
        ),
        ({"industrial_class": "special"}, 5, "works-special-class", "Article 15, clause 4"),
    ],
)
def test_one_fact_leads_to_its_criterion(facts, level, decided, reference):
    proposal = propose(SystemFacts(**facts))

    assert (proposal.level, proposal.criterion.id) == (level, f"nd-331-2026-{decided}")
    assert proposal.criterion.reference.en == reference
    assert proposal.criterion.confirmed


@pytest.mark.parametrize(
    ("people", "new", "old"), [(9_999, 2, 2), (10_000, 2, 3), (99_999, 2, 3), (100_000, 3, 3)]
)
def test_the_old_decree_counts_10_000_users_where_the_new_one_counts_100_000(people, new, old):
    facts = SystemFacts(public_service=True, personal_data=people)

    assert propose(facts, NEW).level == new
    assert propose(facts, OLD).level == old


def test_small_personal_data_applies_beside_the_plain_service():
    proposal = propose(SystemFacts(public_service=True, sensitive_data=9_999))

    assert [criterion.id for criterion in proposal.applied] == [
        "nd-331-2026-online-service",
        "nd-331-2026-small-personal-data",
    ]


def test_the_highest_wins_and_the_others_are_told():
    facts = SystemFacts(administrative_procedures=True, personal_data=5, national_e_government=True)

    proposal = propose(facts)

    assert proposal.reason.en.startswith("National e-government system")
    assert [criterion.level for criterion in proposal.applied] == [4, 3, 2, 2]


def test_what_the_old_decree_says_is_marked_where_it_is_not_confirmed():
    old = criteria(OLD)

    assert [criterion.level for criterion in old if criterion.confirmed] == [1]
    assert {criterion.article for criterion in old} == {7, 8, 9, 10, 11}
    assert all(criterion.clause is None for criterion in old)
    assert old[0].reference.vi == "Điều 7"


def test_each_decree_has_18_criteria_and_every_test_is_used():
    used = {criterion.id.split("-", 3)[3] for regime in Regime for criterion in criteria(regime)}

    assert [len(criteria(regime)) for regime in Regime] == [18, 18]
    assert used == set(TESTS)


@pytest.mark.parametrize("regime", Regime)
def test_facts_that_meet_no_criterion_are_not_guessed_at(regime):
    with pytest.raises(ProblemError) as caught:
        propose(SystemFacts(private_information=True), regime)

    assert caught.value.problems[0].key == "level-no-criterion"


def test_a_system_is_not_internal_and_public_at_once():
    with pytest.raises(ValidationError, match="internal and public"):
        SystemFacts(internal=True, public_service=True)


facts = st.builds(
    SystemFacts,
    public_service=st.just(True),
    personal_data=st.integers(0, 200_000),
    sensitive_data=st.integers(0, 200_000),
    state_secrets=st.sampled_from(Harm),
    infrastructure=st.sampled_from(Infrastructure),
    industrial_class=st.sampled_from(IndustrialClass),
    national_data_store=st.booleans(),
    round_the_clock=st.booleans(),
)


@settings(deadline=None)
@given(facts, st.integers(1, 10**6), st.sampled_from(Regime))
def test_more_people_never_lower_the_level(known, more, regime):
    grown = known.model_copy(update={"personal_data": known.personal_data + more})

    assert propose(grown, regime).level >= propose(known, regime).level


@settings(deadline=None)
@given(facts, st.sampled_from(Regime))
def test_the_deciding_criterion_is_the_highest_that_applied(known, regime):
    proposal = propose(known, regime)

    assert proposal.level == proposal.criterion.level == max(c.level for c in proposal.applied)
    assert all(criterion.applies(known) for criterion in proposal.applied)

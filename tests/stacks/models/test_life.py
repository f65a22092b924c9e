"""What a day demands of a tenant, over all days: data never goes too early, nor under a hold."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.models.chain import material
from stacks.models.life import Due, Life, course, grace_days
from stacks.models.objects.request import RequestSpec
from stacks.models.objects.tenant import TenantSpec
from stacks.models.state import State
from tests.request_of import request_of

ENDS = dt.date(2027, 6, 30)
DAYS = st.integers(-800, 800).map(lambda days: ENDS + dt.timedelta(days=days))
LIVES = st.builds(
    Life,
    ends=st.just(ENDS),
    level=st.integers(1, 5),
    asked=st.sampled_from([State.ACTIVE, State.SUSPENDED]),
    held=st.booleans(),
    suspended_on=st.none() | DAYS,
    released_on=st.none() | DAYS,
)


@given(life=LIVES, today=DAYS)
def test_nothing_leaves_before_its_grace_is_over_or_under_a_hold(life, today):
    found = course(life, today)

    if found.due is Due.OFFBOARD:
        grace = dt.timedelta(days=grace_days()[life.level])
        assert not life.held
        assert today > life.ends + grace
        assert life.suspended_on is not None
        assert today >= life.suspended_on + grace
        assert life.released_on is None or today >= life.released_on + grace


@given(life=LIVES, today=DAYS)
def test_what_is_held_is_left_as_it_is(life, today):
    assert course(replace(life, held=True), today).due is Due.KEEP


@given(life=LIVES, today=DAYS)
def test_nothing_runs_after_its_last_day_unless_a_hold_keeps_it(life, today):
    found = course(replace(life, held=False), today)

    assert (found.due is Due.RUN) == (today <= life.ends and life.asked is State.ACTIVE)


@given(life=LIVES, today=DAYS, more=st.integers(0, 400))
def test_what_has_to_leave_has_to_leave_on_every_later_day(life, today, more):
    now, later = course(life, today), course(life, today + dt.timedelta(days=more))

    assert now.due is not Due.OFFBOARD or later.due is Due.OFFBOARD


@pytest.mark.parametrize(
    ("left", "warning"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)],
)
def test_warning_is_the_nearest_that_has_come(left, warning):
    found = course(Life(ENDS, 2), ENDS - dt.timedelta(days=left))

    assert (found.warning, found.days_left) == (warning, left)


def test_higher_levels_have_no_less_grace():
    days = [grace_days()[level] for level in range(1, 6)]

    assert days == sorted(days)
    assert days[0] >= 30


def spec(**changed):
    return RequestSpec.model_validate({**request_of(), "requested_by": "an", **changed})


def test_request_without_a_state_reads_as_active():
    assert spec().state is State.ACTIVE


def test_to_suspend_asks_nobody_and_to_end_asks_everybody():
    assert material(spec(state="Suspended")) == material(spec())
    assert material(spec(state="Ended")) != material(spec())


def test_tenant_of_before_reads_without_state_or_hold():
    asked = spec()
    given_ = {
        "request": "portal-staging",
        "namespace": asked.namespace,
        "agency": asked.agency,
        "level": 3,
        "starts": asked.starts,
        "ends": asked.ends,
        "price_vnd": 1,
        "material": "0" * 64,
        "approved_at": dt.datetime.now(dt.UTC),
        "approved": request_of(),
    }

    found = TenantSpec.model_validate(given_)

    assert (found.state, found.legal_hold, found.closed_at) == (State.ACTIVE, None, None)

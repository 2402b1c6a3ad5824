"""Targets: reached by the interval and not by the point; the next one proposed when it has run out (row S61)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.errors import NotFound, PremuraError
from premura.loop.improve.rules import attainment, next_target
from premura.loop.improve.targets import in_force, set_target, standing_of, target_for, targets
from premura.loop.promise.models import Commitment
from premura.stats.estimate import Estimate, nothing
from premura.stats.scores import nps, top_box

JAN, MAR, APR, JUN = date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 30)
TODAY = date(2026, 3, 19)


@pytest.fixture
def target(manager, vicenza, now):
    def make(value=0.7, metric="csat", valid_from=JAN, valid_to=MAR, at=now, **fields):
        fields = {"location": vicenza, "why": "Come l'anno scorso", **fields}
        return set_target(metric, value, by=manager, valid_from=valid_from, valid_to=valid_to, at=at, **fields)

    return make


@pytest.fixture
def answers(company, vicenza, now):
    """So many satisfied and dissatisfied answers in Vicenza on a day."""
    from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
    from premura.loop.listen.surveys import us

    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)

    def make(good, bad, day=TODAY, location=vicenza):
        for score in [5] * good + [1] * bad:
            response = Response.objects.create(
                id=uuid4(), survey=survey, version=version, subject=us(), location=location, channel="link",
                language="it", answered_at=now, answered_on=day, week_on=day,
            )  # fmt: skip
            Answer.objects.create(response=response, question="csat", kind="csat", scale="1-5", score=score)

    return make


def test_reached_by_the_interval_not_by_the_point(target, answers):
    answers(40, 10)  # 80 %, from 67 % to 89 %
    assert standing_of(target(0.65), TODAY, minimum_n=30).attainment == "reached"
    assert standing_of(target(0.75), TODAY, minimum_n=30).attainment == "open"
    assert standing_of(target(0.92), TODAY, minimum_n=30).attainment == "missed"
    assert standing_of(target(0.65), TODAY, minimum_n=51).attainment == "few"


def test_only_its_days_and_its_place_count(target, answers, padova):
    answers(1, 0, JAN - timedelta(days=1))
    answers(2, 0, JAN)
    answers(4, 0, MAR)
    answers(8, 0, APR)
    answers(16, 0, TODAY, padova)
    assert standing_of(target(), MAR, minimum_n=30).estimate.n == 6
    assert standing_of(target(), JUN, minimum_n=30).estimate.n == 6
    assert standing_of(target(location=None), MAR, minimum_n=30).estimate.n == 22
    assert standing_of(target(valid_from=APR, valid_to=JUN), TODAY, minimum_n=30).estimate.n == 0


def test_what_is_reached_raises_the_bar_and_what_is_not_does_not_lower_it(target, answers):
    answers(40, 10)
    assert standing_of(target(0.65), TODAY, minimum_n=30).proposed == 0.8
    assert standing_of(target(0.75), TODAY, minimum_n=30).proposed == 0.75
    assert standing_of(target(0.92), TODAY, minimum_n=30).proposed == 0.92


def test_somebody_owes_a_look_when_it_has_run_out_and_the_next_one_keeps_that(target, manager, now):
    first = target()
    assert (first.commitment.owner, first.commitment.due_at.date()) == (manager, date(2026, 4, 7))
    second = target(0.8, valid_from=APR, valid_to=JUN, at=now + timedelta(days=12))
    first.commitment.refresh_from_db()
    assert first.commitment.outcome.outcome == "kept"
    assert Commitment.objects.waiting().get() == second.commitment


def test_the_one_in_force_is_the_last_set_of_those_whose_days_hold_today(target, now):
    long = target(0.7, valid_to=JUN)
    short = target(0.8, at=now + timedelta(hours=1))
    later = target(0.9, valid_from=APR, valid_to=JUN, at=now + timedelta(hours=2))
    other = target(0.5, metric="ces")
    rows = [long, short, later, other]
    assert set(in_force(rows, TODAY)) == {short, other}
    assert set(in_force(rows, APR)) == {later, other}
    assert set(in_force([short], JUN)) == {short}  # it ran out and nobody followed it up


def test_another_place_does_not_see_it(target, elsewhere, colleague):
    made = target()
    assert targets(elsewhere) == []
    with pytest.raises(NotFound):
        target_for(elsewhere, made.pk)
    assert target_for(colleague, made.pk) == made


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("value-outside", {"value": 1.01}),
        ("value-outside", {"metric": "nps", "value": -101}),
        ("value-outside", {"metric": "csat_mean", "value": 0.9}),
        ("days-reversed", {"valid_to": JAN}),
        ("text-needed", {"why": "  "}),
        ("metric-unknown", {"metric": "beauty"}),
    ],
)
def test_what_is_no_target_is_refused(target, code, wrong):
    with pytest.raises(PremuraError) as caught:
        target(**wrong)
    assert caught.value.code == code
    assert Commitment.objects.count() == 0


ESTIMATES = st.integers(0, 200).flatmap(lambda n: st.integers(0, n).map(lambda hits: top_box(hits, n)))


@given(ESTIMATES, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_bar_is_never_easier(estimate, first, second):
    low, high = sorted((first, second))
    known = {"direction": 1, "minimum_n": 1}
    if attainment(estimate, high, **known) == "reached":
        assert attainment(estimate, low, **known) == "reached"
    if attainment(estimate, low, **known) == "missed":
        assert attainment(estimate, high, **known) == "missed"


@given(ESTIMATES, st.floats(0, 1))
def test_the_proposal_stays_on_the_scale_and_is_never_lower(estimate, target):
    proposed = next_target(estimate, target, direction=1, minimum_n=30, unit="percent", limits=(0, 1))
    assert 0 <= proposed <= 1
    assert proposed >= min(target, 1) - 1e-6


def test_where_less_is_better_the_interval_is_read_the_other_way():
    few_waits = Estimate(2.0, 1.5, 2.5, 100, "t")
    known = {"direction": -1, "minimum_n": 30}
    assert attainment(few_waits, 3.0, **known) == "reached"
    assert attainment(few_waits, 1.0, **known) == "missed"
    assert next_target(few_waits, 3.0, unit="mean", limits=(1, 5), **known) == 2.0
    assert attainment(nothing("t"), 3.0, **known) == "few"
    assert attainment(nps(5, 0, 0), 50, direction=1, minimum_n=5) == "open"

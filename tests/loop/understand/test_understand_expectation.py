"""The last experience against the running expectation of one customer (row S27)."""

from datetime import timedelta
from statistics import fmean
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.customers.customers import add_customer
from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
from premura.loop.listen.surveys import us
from premura.loop.understand.expectation import experiences, running


@given(st.lists(st.integers(0, 10), min_size=1, max_size=12))
def test_each_mark_is_held_against_the_mean_of_those_before(scores):
    values = running(scores)
    assert values[0].value is None
    for place in range(1, len(scores)):
        assert values[place].n == place
        assert values[place].value == pytest.approx(fmean(scores[:place]))


@pytest.fixture
def anna(owner, vicenza):
    return add_customer(name="Anna Blu", location=vicenza, by=owner)


@pytest.fixture
def answer(anna, vicenza, now):
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)

    def make(day, score, *, kind="csat", scale="1-5", moment="perception"):
        when = now + timedelta(days=day)
        response = Response.objects.create(
            id=uuid4(), survey=survey, version=version, subject=us(), location=vicenza, channel="link", language="it",
            customer=anna, moment=moment, answered_at=when, answered_on=when.date(), week_on=when.date(),
        )  # fmt: skip
        Answer.objects.create(response=response, question="q", kind=kind, scale=scale, score=score)

    return make


def test_the_last_mark_beside_the_mean_of_the_earlier_ones(answer, owner, anna):
    for day, score in enumerate((5, 4, 3, 2)):
        answer(day, score)
    ((*_, last),) = experiences(owner, anna)
    assert (last.score, last.expected.value, last.expected.n, last.delta) == (2, 4.0, 3, -2.0)
    assert (last.verdict, last.is_firm, last.is_stated) == ("below", True, False)


def test_scales_never_meet_and_a_first_mark_has_no_verdict(answer, owner, anna):
    answer(0, 5)
    answer(1, 9, kind="nps", scale="0-10")
    answer(2, 3, scale="1-3")
    assert [[step.verdict for step in steps] for steps in experiences(owner, anna)] == [[""], [""], [""]]


def test_what_was_stated_comes_before_the_mean_and_holds_once(answer, owner, anna):
    answer(0, 2)
    answer(1, 5, moment="expectation")
    answer(2, 4)
    answer(3, 4)
    ((_, stated, after),) = experiences(owner, anna)
    assert (stated.expected.value, stated.is_stated, stated.verdict) == (5.0, True, "below")
    assert (after.expected.value, after.is_stated, after.is_firm) == (3.0, False, False)


def test_one_query_and_nothing_for_another_place(answer, owner, elsewhere, anna, django_assert_num_queries):
    for day in range(8):
        answer(day, 4)
    owner.location_ids()
    with django_assert_num_queries(1):
        assert [step.verdict for step in experiences(owner, anna)[0]] == ["", *["as"] * 7]
    assert experiences(elsewhere, anna) == []

"""Won back: the answer before a case and the next one after its solution, in classes; silence is no recovery (S47)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.customers.customers import add_customer
from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
from premura.loop.listen.surveys import us
from premura.loop.recover.cases import open_case, resolve_case
from premura.loop.recover.recovered import recovery
from premura.loop.recover.rules import band, is_recovered
from premura.loop.understand.windows import Window

NPS = (0, 7, 9)


@pytest.fixture
def version(company, now):
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    return SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)


@pytest.fixture
def answer(version, vicenza, now):
    """``answer(customer, days, nps=2)``: a response so many days from now."""

    def make(customer, days, **marks):
        at = now + timedelta(days=days)
        response = Response.objects.create(
            id=uuid4(), survey=version.survey, version=version, subject=us(), customer=customer, location=vicenza,
            channel="link", language="it", answered_at=at, answered_on=at.date(), week_on=at.date(),
        )  # fmt: skip
        scales = {"nps": "0-10", "csat": "1-5"}
        for kind, score in marks.items():
            Answer.objects.create(response=response, question=kind, kind=kind, scale=scales[kind], score=score)
        return response

    return make


@pytest.fixture
def story(answer, vicenza, colleague, now):
    """A customer unhappy ten days ago, put right nine days ago, who may answer again."""

    def make(before: dict, after: dict | None = None, *, days=-1, name="Rossi"):
        customer = add_customer(by=None, name=name, location=vicenza)
        response = answer(customer, -10, **before)
        case = open_case(
            name, by=None, why=[], channel="link", customer=customer, location=vicenza, response=response,
            at=now - timedelta(days=10),
        )  # fmt: skip
        resolve_case(case, by=colleague, text="Fatto", apologised=True, at=now - timedelta(days=9))
        if after is not None:
            answer(customer, days, **after)
        return case

    return make


@pytest.fixture
def month(now):
    return Window.ending(now.date(), 30)


def test_moved_up_a_class_is_won_back(story, owner, month):
    up, same, down = story({"nps": 2}, {"nps": 8}), story({"nps": 2}, {"nps": 6}), story({"nps": 8}, {"nps": 3})
    silent = story({"nps": 2})
    found = recovery(owner, month)
    assert [pair.case for pair in found.recovered] == [up]
    assert {pair.case for pair in found.not_recovered} == {same, down}
    assert [pair.case for pair in found.unheard] == [silent]
    assert (round(found.rate.value * 3), found.rate.n) == (1, 3)


def test_only_the_first_answer_after_the_solution_counts(story, answer, owner, month):
    case = story({"nps": 2}, {"nps": 3}, days=-5)
    answer(case.customer, -2, nps=10)
    assert recovery(owner, month).rate.value == 0


def test_an_answer_before_the_solution_is_none(story, answer, owner, month):
    case = story({"nps": 2})
    answer(case.customer, -9.5, nps=10)
    assert [pair.case for pair in recovery(owner, month).unheard] == [case]


def test_questions_of_another_kind_are_not_compared(story, owner, month):
    story({"nps": 2}, {"csat": 5})
    found = recovery(owner, month)
    assert (found.rate.n, len(found.unheard)) == (0, 1)


def test_satisfaction_speaks_where_recommending_was_at_its_best(story, owner, month):
    story({"nps": 9, "csat": 2}, {"nps": 9, "csat": 4})
    (pair,) = recovery(owner, month).recovered
    assert (str(pair.metric.code), pair.before, pair.after, pair.change) == ("csat", 2, 4, 2)


def test_another_place_another_time_and_a_stranger(story, owner, elsewhere, month, now):
    story({"nps": 2}, {"nps": 9})
    assert recovery(elsewhere, month).rate.n == 0
    assert recovery(owner, Window.ending(now.date() - timedelta(days=40), 30)).rate.n == 0
    assert recovery(owner, month, location_id=0).rate.n == 0


@pytest.mark.parametrize("number", [1, 7])
def test_the_number_of_queries_is_fixed(number, story, owner, month, django_assert_num_queries):
    for _ in range(number):
        story({"nps": 2}, {"nps": 9})
    owner.location_ids()
    with django_assert_num_queries(4):
        found = recovery(owner, month)
        assert [str(pair.case.customer) for pair in found.recovered] == ["Rossi"] * number


@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 10))
def test_classes_keep_the_order_of_the_marks(first, second, third):
    low, middle, high = sorted((first, second, third))
    assert band(low, NPS) <= band(middle, NPS) <= band(high, NPS)
    assert not is_recovered(high, low, NPS)
    assert is_recovered(low, high, NPS) >= is_recovered(low, middle, NPS)

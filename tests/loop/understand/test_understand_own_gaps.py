"""What one customer expected and found, question by question (row S7)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from premura.core.customers.customers import add_customer
from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
from premura.loop.listen.surveys import us
from premura.loop.understand.own_gaps import own_gaps

QUESTIONS = [
    {"code": "hour", "kind": "pair", "dimension": "reliability", "text": {"it": "Mantiene l'ora"}},
    {"code": "word", "kind": "pair", "dimension": "reliability", "text": {"it": "Mantiene la parola"}},
    {"code": "busy", "kind": "pair", "dimension": "empathy", "is_reversed": True, "text": {"it": "Ha fretta"}},
    {"code": "plain", "kind": "pair", "text": {"it": "Senza dimensione"}},
    {"code": "help", "kind": "likert", "dimension": "responsiveness", "text": {"it": "Aiuta"}},
]


@pytest.fixture
def anna(owner, vicenza):
    return add_customer(name="Anna Blu", location=vicenza, by=owner)


@pytest.fixture
def answer(anna, vicenza, now):
    """``answer(day, {(code, part): score})``: one response of Anna's."""
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(
        survey=survey, number=1, definition={"questions": QUESTIONS}, published_at=now
    )

    def make(day, given, *, scale="1-7", moment="perception", kind="pair"):
        when = now + timedelta(days=day)
        response = Response.objects.create(
            id=uuid4(), survey=survey, version=version, subject=us(), location=vicenza, channel="link", language="it",
            customer=anna, moment=moment, answered_at=when, answered_on=when.date(), week_on=when.date(),
        )  # fmt: skip
        for (code, part), score in given.items():
            Answer.objects.create(response=response, question=code, part=part, kind=kind, scale=scale, score=score)
        return response

    return make


def pair(code, expected, found):
    return {(code, "expectation"): expected, (code, "perception"): found}


def read(person, customer):
    return [
        (one.code, one.scale, one.gap, [(g.item.question, g.expected, g.found, g.gap) for g in one.items])
        for one in own_gaps(person, customer)[0]
    ]


def test_by_question_and_dimension_turned_where_need_be_and_the_latest_counts(answer, owner, anna):
    answer(0, pair("hour", 7, 1))
    answer(1, pair("hour", 6, 4) | pair("word", 5, 6) | pair("busy", 2, 5) | pair("plain", 7, 1))
    assert read(owner, anna) == [
        ("reliability", "1-7", -0.5, [("hour", 6, 4, -2), ("word", 5, 6, 1)]),
        ("empathy", "1-7", -3.0, [("busy", 6, 3, -3)]),
    ]


def test_before_and_after_meet_and_what_is_expected_next_does_not_count_yet(answer, owner, anna):
    answer(0, {("help", ""): 5}, scale="1-5", moment="expectation", kind="likert")
    answer(1, {("help", ""): 3}, scale="1-5", kind="likert")
    answer(2, {("help", ""): 1}, scale="1-5", moment="expectation", kind="likert")
    assert read(owner, anna) == [("responsiveness", "1-5", -2.0, [("help", 5, 3, -2)])]


def test_scales_never_meet_and_one_half_alone_is_no_gap(answer, owner, anna):
    answer(0, {("hour", "expectation"): 5}, scale="1-5")
    answer(1, {("hour", "perception"): 5}, scale="1-7")
    assert read(owner, anna) == []


def test_four_queries_and_nothing_for_another_place(answer, owner, elsewhere, anna, django_assert_num_queries):
    for day in range(5):
        answer(day, pair("hour", 6, day + 1) | pair("busy", 2, 3))
    owner.location_ids()
    with django_assert_num_queries(4):
        own_gaps(owner, anna)
    assert read(elsewhere, anna) == []

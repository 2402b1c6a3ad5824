"""Replies looked at together: by who leads, agreed with who wrote, planned when something is missing, never counted."""

from datetime import timedelta

import pytest

from premura.core.errors import Conflict, NotAllowed, NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop import wiring
from premura.loop.recover.cases import write_message
from premura.loop.recover.reviewing import Criterion, ReplyReview
from premura.loop.recover.reviews import (
    Looked,
    answer_review,
    close_plan,
    reply_for,
    review_for,
    review_reply,
    reviews_of,
    reviews_waiting,
)

ALL = dict.fromkeys(Criterion.values, "yes")


@pytest.fixture
def reply(case, colleague, now):
    return write_message(case, "out", "La sostituiamo presto.", by=colleague, channel="phone", at=now)


@pytest.fixture
def review(reply, owner, now):
    looked = Looked(
        marks={**ALL, "day": "no"}, good="Hai chiamato subito.", next_time="Di' il giorno.", again_on=now.date()
    )
    return review_reply(reply, looked, by=owner, at=now)


def test_a_low_result_needs_a_plan_and_what_is_good_comes_first(reply, owner, now):
    for looked in (
        Looked(marks=ALL, good=" "),
        Looked(marks={**ALL, "day": "no"}, good="Bene"),
        Looked(marks={**ALL, "day": "no"}, good="Bene", next_time="Il giorno", again_on=now.date() - timedelta(days=1)),
    ):
        with pytest.raises(PremuraError):
            review_reply(reply, looked, by=owner, at=now)
    assert not ReplyReview.objects.exists()
    assert review_reply(reply, Looked(marks=ALL, good="Bene"), by=owner, at=now).again_on is None


def test_only_who_leads_looks_at_a_colleague_s_reply_and_once(review, reply, case, owner, colleague, now):
    with pytest.raises(NotAllowed):
        review_reply(reply, Looked(marks=ALL, good="Bene"), by=colleague, at=now)
    with pytest.raises(Conflict):
        review_reply(reply, Looked(marks=ALL, good="Di nuovo"), by=owner, at=now)
    with pytest.raises(NotFound):
        reply_for(case, write_message(case, "out", "Mia", by=owner).pk, owner)
    with pytest.raises(NotFound):
        reply_for(case, write_message(case, "in", "Del cliente", by=None).pk, owner)
    assert ReplyReview.objects.get().good == "Hai chiamato subito."


def test_the_person_says_what_they_think_of_it_and_both_look_again(review, owner, colleague, now):
    assert reviews_waiting(colleague, now.date()) == [review]
    with pytest.raises(PremuraError):
        answer_review(review, by=colleague, is_agreed=False, at=now)
    answer_review(review, by=colleague, is_agreed=False, words="Il giorno lo sapeva già.", at=now)
    with pytest.raises(Conflict):
        answer_review(review, by=colleague, is_agreed=True, at=now)
    assert (review.is_agreed, review.answer) == (False, "Il giorno lo sapeva già.")
    assert reviews_waiting(colleague, now.date()) == []
    assert reviews_waiting(owner, now.date() - timedelta(days=1)) == []
    assert reviews_waiting(owner, now.date()) == [review]
    close_plan(review, by=owner, words="Adesso dice il giorno.", at=now)
    assert reviews_waiting(owner, now.date()) == []
    assert {"reply.reviewed", "review.answered", "review.closed"} <= set(Event.objects.values_list("name", flat=True))


def test_nobody_but_the_two_sees_it(review, owner, colleague, elsewhere):
    assert list(reviews_of(owner)) == list(reviews_of(colleague)) == [review]
    assert not reviews_of(elsewhere).exists()
    with pytest.raises(NotFound):
        review_for(elsewhere, review.pk)
    for verb in (answer_review, close_plan):
        with pytest.raises(NotFound):
            verb(review, by=elsewhere, words="x", **({"is_agreed": True} if verb is answer_review else {}))


def test_what_it_says_of_a_forgotten_customer_goes(review, customer):
    wiring.forget_customer(customer, by=None)
    review.refresh_from_db()
    assert (review.good, review.next_time) == ("", "")

"""Unfolding: a raw submission becomes one response with its answers, linked to whom, where and what it is about."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from premura.core.channels import Channel
from premura.core.history.models import Event
from premura.loop.listen.models import (
    Answer,
    Invitation,
    Programme,
    Response,
    Subject,
    Submission,
    Survey,
    SurveyVersion,
)
from premura.loop.listen.submissions import (
    InvalidAnswersError,
    receive_submission,
    stored_key,
    unfold_submission,
    unfold_waiting,
)

DEFINITION = {
    "title": {"it": "Com'è andata?"},
    "languages": ["it"],
    "questions": [
        {"code": "nps", "kind": "nps", "required": True, "text": {"it": "Ci consiglierebbe?"}},
        {"code": "pickup", "kind": "csat", "touchpoint": "pickup", "text": {"it": "Il ritiro?"}},
        {"code": "ghost", "kind": "csat", "touchpoint": "abolished", "text": {"it": "Altro?"}},
        {
            "code": "extras",
            "kind": "multiple",
            "text": {"it": "Che cosa ha usato?"},
            "options": [{"code": "gps", "text": {"it": "Navigatore"}}, {"code": "seat", "text": {"it": "Seggiolino"}}],
        },
        {"code": "improve", "kind": "text", "text": {"it": "Che cosa migliorare?"}},
    ],
}
ANSWERS = {"nps": 3, "pickup": "2", "ghost": 4, "extras": ["seat"], "improve": "Più parcheggio"}


@pytest.fixture
def touchpoints(company):
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    journey = Journey.objects.create(code="rental", name={"it": "Noleggio"})
    stage = Stage.objects.create(journey=journey, code="visit", name={"it": "Visita"}, position=1)
    return {
        code: Touchpoint.objects.create(stage=stage, code=code, name={"it": code}, element="services")
        for code in ("pickup", "whole")
    }


@pytest.fixture
def version(touchpoints):
    programme = Programme.objects.create(name="Dopo", created_at=timezone.now())
    survey = Survey.objects.create(
        programme=programme, slug="dopo", draft=DEFINITION, touchpoint=touchpoints["whole"], created_at=timezone.now()
    )
    return SurveyVersion.objects.create(survey=survey, number=1, definition=DEFINITION, published_at=timezone.now())


@pytest.fixture
def customer(company):
    from premura.core.customers.models import Customer

    return Customer.objects.create(name="Anna Bianchi", created_at=timezone.now())


@pytest.fixture
def receive(version):
    """``receive(key="k", …)``: one submission."""

    def make(answers: dict = ANSWERS, key: str = "k", **fields) -> Submission:
        return receive_submission(version, answers, **{"key": key, "language": "it", "channel": "qr", **fields})

    return make


def invitation(version, customer, **fields) -> Invitation:
    return Invitation.objects.create(
        survey=version.survey, customer=customer, channel=Channel.EMAIL, asked_at=timezone.now(), **fields
    )


def test_submission_becomes_a_response_with_answers_and_an_event(receive, version, vicenza, touchpoints):
    submission = receive(location_code="vicenza")
    assert unfold_waiting() == 1
    response = Response.objects.get()
    assert response.pk == submission.pk
    assert (response.survey, response.version) == (version.survey, version)
    assert (response.channel, response.language, response.location) == ("qr", "it", vicenza)
    assert (response.perspective, response.moment) == ("customer", "perception")
    assert (response.subject.is_us, response.subject.name) == (True, "Nolo Prova")
    found = {answer.question: answer for answer in Answer.objects.all()}
    assert (found["nps"].score, found["nps"].kind, found["nps"].scale) == (3, "nps", "0-10")
    assert (found["pickup"].score, found["pickup"].scale) == (2, "1-5")
    assert found["extras"].choices == ["seat"]
    assert found["improve"].text == "Più parcheggio"
    event = Event.objects.get(name="response.received")
    assert (event.subject_type, event.subject_id) == ("response", str(response.pk))
    assert event.data == {"survey": version.survey_id, "version": version.pk}
    assert (event.location, event.customer, event.person) == (vicenza, None, None)
    assert event.happened_at == submission.received_at


def test_touchpoint_is_the_questions_else_the_surveys(receive, touchpoints):
    receive()
    unfold_waiting()
    names = dict(Answer.objects.values_list("question", "touchpoint__code"))
    assert names == {"nps": "whole", "pickup": "pickup", "ghost": "whole", "extras": "whole", "improve": "whole"}


def test_unfolding_twice_is_unfolding_once(receive):
    submission = receive()
    first = unfold_submission(submission)
    again = unfold_submission(Submission.objects.get(pk=submission.pk))
    # As if the worker had died between its work and its mark
    Submission.objects.update(unfolded_at=None)
    assert unfold_waiting() == 1
    assert first.pk == again.pk
    assert Response.objects.count() == 1
    assert Answer.objects.count() == 5
    assert Event.objects.filter(name="response.received").count() == 1
    assert unfold_waiting() == 0


def test_day_and_week_are_the_companys(receive):
    # Sunday evening in UTC is Monday in Rome: another day, another week
    receive(at=datetime(2026, 3, 22, 23, 30, tzinfo=UTC))
    unfold_waiting()
    response = Response.objects.get()
    assert response.answered_on == date(2026, 3, 23)
    assert response.week_on == date(2026, 3, 23)
    assert response.answered_at == datetime(2026, 3, 22, 23, 30, tzinfo=UTC)


def test_token_links_customer_interaction_and_place_once(receive, version, customer, touchpoints, vicenza, padova):
    from premura.core.customers.models import Interaction

    meeting = Interaction.objects.create(
        customer=customer, touchpoint=touchpoints["pickup"], location=padova, channel="site", happened_at=timezone.now()
    )
    asked = invitation(version, customer, interaction=meeting)
    receive(key="first", token=asked.token)
    receive(key="second", token=asked.token)
    unfold_waiting()
    first, second = Response.objects.order_by("answered_at")
    assert (first.invitation, first.customer, first.interaction, first.location) == (asked, customer, meeting, padova)
    assert (second.invitation, second.customer, second.interaction, second.location) == (None, None, None, None)
    assert Event.objects.filter(customer=customer).count() == 1


def test_place_is_the_codes_else_the_invitations_else_the_meetings(receive, version, customer, vicenza, padova):
    receive(key="a", token=invitation(version, customer, location=padova).token, location_code="vicenza")
    receive(key="b", token=invitation(version, customer, location=padova).token, location_code="nowhere")
    unfold_waiting()
    assert [response.location for response in Response.objects.order_by("answered_at")] == [vicenza, padova]


def test_token_of_another_survey_or_of_nobody_keeps_the_answer_unlinked(receive, version, customer):
    other = Survey.objects.create(
        programme=version.survey.programme, slug="altro", draft=DEFINITION, created_at=timezone.now()
    )
    foreign = Invitation.objects.create(survey=other, customer=customer, channel="email", asked_at=timezone.now())
    receive(key="a", token=foreign.token)
    receive(key="b", token="x" * 22)
    assert unfold_waiting() == 2
    assert not Response.objects.exclude(invitation=None, customer=None).exists()


def test_forgotten_customer_is_not_linked_again(receive, version, customer):
    asked = invitation(version, customer)
    receive(token=asked.token)
    customer.forgotten_at = timezone.now()
    customer.save()
    unfold_waiting()
    assert Response.objects.get().customer is None


def test_keyed_in_by_staff_names_who_in_history(receive, colleague):
    receive(person=colleague, channel="counter")
    unfold_waiting()
    assert Event.objects.get(name="response.received").person == colleague


def test_wrong_answers_are_refused_before_they_are_kept(receive):
    with pytest.raises(InvalidAnswersError) as caught:
        receive({"pickup": 9})
    assert {(problem.code, problem.where) for problem in caught.value.problems} == {
        ("required", "nps"),
        ("out-of-range", "pickup"),
    }
    assert not Submission.objects.exists()


def test_same_key_gives_the_first_submission_back(receive, version):
    assert receive(key="k").pk == receive({"nps": 9}, key="k").pk
    assert Submission.objects.get().key == stored_key(version.survey_id, "k")


def test_one_that_cannot_be_unfolded_steps_aside_and_is_tried_again(receive, version):
    old = timezone.now() - timedelta(hours=1)
    broken = receive(key="broken", at=old)
    receive(key="good")
    SurveyVersion.objects.filter(pk=version.pk).update(definition={"title": 7})
    assert unfold_waiting() == 0
    SurveyVersion.objects.filter(pk=version.pk).update(definition=DEFINITION)
    # Both waited for their pause: nothing is due, nothing is lost
    assert unfold_waiting() == 0
    broken.refresh_from_db()
    assert broken.failures == 1
    assert "ValidationError" in broken.error
    assert broken.retry_at > timezone.now()
    Submission.objects.update(retry_at=timezone.now())
    assert unfold_waiting() == 2
    broken.refresh_from_db()
    assert (broken.error, broken.retry_at) == ("", None)


def test_failing_one_does_not_stop_the_line(receive, version):
    receive(key="first", at=timezone.now() - timedelta(hours=1))
    other = SurveyVersion.objects.create(
        survey=version.survey, number=2, definition={"title": 7}, published_at=timezone.now()
    )
    Submission.objects.create(
        id=uuid.uuid4(),
        version=other,
        key="bad",
        received_at=timezone.now() - timedelta(days=1),
        language="it",
        channel="qr",
        answers={"nps": 1},
    )
    assert unfold_waiting() == 1
    assert Submission.objects.get(key="bad").failures == 1
    assert Subject.objects.filter(is_us=True).count() == 1


def test_many_share_their_look_ups(receive, version, customer, colleague, vicenza):
    def reads(number: int) -> int:
        for _ in range(number):
            asked = invitation(version, customer)
            receive(key=uuid.uuid4().hex, token=asked.token, location_code="vicenza", person=colleague)
        with CaptureQueriesContext(connection) as queries:
            assert unfold_waiting() == number
        return sum(query["sql"].startswith("SELECT") for query in queries.captured_queries)

    reads(1)  # makes the subject that is us
    assert reads(2) == reads(40)
    assert Response.objects.filter(customer=customer, location=vicenza).count() == 43
    assert Event.objects.filter(name="response.received", person=colleague, location=vicenza).count() == 43


def test_a_failing_one_among_many_leaves_nothing_half_done(receive, version):
    for number in range(5):
        receive(key=f"k{number}")
    Submission.objects.filter(key__endswith="k2").update(answers=7)
    assert unfold_waiting() == 4
    assert (Response.objects.count(), Answer.objects.count()) == (4, 20)
    assert Event.objects.filter(name="response.received").count() == 4
    assert Submission.objects.get(unfolded_at=None).failures == 1


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_the_work_and_do_nothing_twice(receive, version, customer):
    asked = invitation(version, customer)
    for number in range(30):
        receive(key=f"k{number}", token=asked.token)
    done: list[int] = []

    def worker() -> None:
        try:
            done.append(unfold_waiting())
        finally:
            connection.close()

    workers = [threading.Thread(target=worker) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    Submission.objects.update(retry_at=None)
    done.append(unfold_waiting())
    assert sum(done) == 30
    assert Response.objects.count() == 30
    assert Response.objects.filter(invitation=asked).count() == 1
    assert Event.objects.filter(name="response.received").count() == 30
    assert not Submission.objects.exclude(error="").exists()

"""Whom we asked, what they answered, what each person may see of it, and what is left when a customer is forgotten."""

from datetime import timedelta

import pytest

from premura.core.customers.customers import opt_out
from premura.core.errors import NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop import wiring
from premura.loop.listen import reads
from premura.loop.listen.invitations import invite_customer, open_invitation
from premura.loop.listen.models import Answer, Invitation, Response, Submission
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import add_survey, publish_survey, withdraw_version


def test_inviting_is_written_down_once(survey, version, customer, colleague, vicenza, now):
    invitation = invite_customer(survey, customer, "counter", colleague, location=vicenza, at=now)
    event = Event.objects.get(name="customer.invited")
    assert (event.customer, event.location, event.happened_at) == (customer, vicenza, now)
    assert open_invitation(survey, customer, colleague, now + timedelta(minutes=29)) == invitation
    assert open_invitation(survey, customer, colleague, now + timedelta(minutes=31)) is None


def test_who_wants_no_questions_gets_none(survey, version, customer, owner):
    opt_out(customer, by=owner)
    customer.refresh_from_db()
    with pytest.raises(PremuraError) as refused:
        invite_customer(survey, customer, "counter", owner)
    assert refused.value.code == "opted-out"
    assert not Invitation.objects.exists()


def test_nobody_is_asked_to_answer_what_is_not_published(survey, customer, owner):
    with pytest.raises(PremuraError) as refused:
        invite_customer(survey, customer, "counter", owner)
    assert refused.value.code == "not-published"


def test_an_answer_keyed_in_twice_counts_once(survey, version, customer, colleague, vicenza):
    invitation = invite_customer(survey, customer, "phone", colleague, location=vicenza)
    for _ in range(2):
        submission = receive_submission(
            version, {"nps": 4}, key="one", language="it", channel="phone", token=invitation.token, person=colleague
        )
        response = unfold_submission(submission)
    assert Response.objects.count() == Submission.objects.count() == 1
    assert (response.customer, response.location, response.channel) == (customer, vicenza, "phone")
    assert reads.keyed_in_by(response) == colleague


def test_each_person_sees_the_answers_of_their_places(answer, owner, colleague, elsewhere, padova, vicenza):
    here, there, nowhere = answer(9, location_code="vicenza"), answer(2, location_code="padova"), answer(7)
    everything = reads.Wanted()
    assert set(reads.responses_for(owner, everything)) == {here, there, nowhere}
    assert set(reads.responses_for(colleague, everything)) == {here, nowhere}
    assert reads.response_for(elsewhere, there.pk) == there
    for stranger in (here.pk, "not-a-uuid", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFound):
            reads.response_for(elsewhere, stranger)


def test_filters_find_what_they_name(answer, owner, vicenza):
    promoter = answer(10, "Perfetti")
    passive = answer(7)
    detractor = answer(0, "Mai più", location_code="vicenza", channel="phone")

    def found(**wanted):
        return list(reads.responses_for(owner, reads.Wanted(**wanted)))

    assert found(loyalty="promoter") == [promoter]
    assert found(loyalty="passive") == [passive]
    assert found(loyalty="detractor") == [detractor]
    assert set(found(with_comment=True)) == {promoter, detractor}
    assert found(text="MAI più") == [detractor]
    assert found(location=vicenza.pk) == [detractor]
    assert set(found(location=0)) == {promoter, passive}
    assert found(channel="phone") == [detractor]
    assert found(last_day=detractor.answered_on - timedelta(days=1)) == []


def test_a_response_shows_every_question_as_it_was_asked(answer):
    shown = reads.exchanges(answer(3, "Ritardo"))
    assert [(exchange.question.code, bool(exchange.answers)) for exchange in shown] == [
        ("nps", True),
        ("found", False),
        ("improve", True),
    ]


def test_a_programme_falls_silent_after_its_cadence(programme, survey, definition, owner, now):
    assert reads.programme_rows(owner, now)[0].silent_days is None
    published = publish_survey(survey, owner, at=now)
    assert not reads.programme_rows(owner, now + timedelta(days=30))[0].is_silent
    assert reads.programme_rows(owner, now + timedelta(days=31))[0].is_silent
    assert reads.silent_programmes(owner, now + timedelta(days=30)) == []
    assert reads.silent_programmes(owner, now + timedelta(days=31)) == [(programme, 31)]
    later = now + timedelta(days=25)
    raw = receive_submission(published, {"nps": 9}, key="k", language="it", channel="link", at=later)
    unfold_submission(raw)
    row = reads.programme_rows(owner, now + timedelta(days=31))[0]
    assert (row.is_silent, row.answers, row.last_answer_at) == (False, 1, later)
    assert reads.silent_programmes(owner, now + timedelta(days=31)) == []
    assert reads.silent_programmes(owner, now + timedelta(days=56)) == [(programme, 31)]
    withdraw_version(published, owner, "Cambia tutto")
    assert reads.silent_programmes(owner, now + timedelta(days=56)) == []
    assert row.surveys[0].state == "published"


def test_lists_cost_the_same_however_long(
    programme, definition, owner, answer, now, django_assert_max_num_queries, vicenza
):
    for number in range(12):
        publish_survey(add_survey(programme, definition, owner, slug=f"s{number}"), owner)
        answer(number % 11, "testo", location_code="vicenza")
    with django_assert_max_num_queries(9):
        rows = reads.programme_rows(owner, now)
    assert len(rows[0].surveys) == 13
    with django_assert_max_num_queries(3):
        assert all(len(response.answers.all()) == 2 for response in reads.responses_for(owner, reads.Wanted()))


def test_own_count_counts_only_what_one_did_oneself(survey, version, customer, colleague, elsewhere, now):
    for person in (colleague, colleague, elsewhere):
        invitation = invite_customer(survey, customer, "counter", person, at=now)
    given = {"key": "k", "language": "it", "channel": "counter", "token": invitation.token, "at": now}
    unfold_submission(receive_submission(version, {"nps": 8}, person=elsewhere, **given))
    assert reads.own_count(colleague, now) == reads.OwnCount(asked=2, answered=0, keyed_in=0)
    assert reads.own_count(elsewhere, now) == reads.OwnCount(asked=1, answered=1, keyed_in=1)


def test_customers_to_ask_are_those_one_may_see(customer, owner, elsewhere, survey, version, now):
    assert reads.customers_to_ask(owner, "bianchi")[0].last_asked_at is None
    invite_customer(survey, customer, "counter", owner, at=now)
    assert reads.customers_to_ask(owner, "")[0].last_asked_at == now
    assert reads.customers_to_ask(elsewhere, "bianchi") == []


def test_a_forgotten_customers_words_go_and_scores_stay(survey, version, customer, owner, answer):
    invitation, waiting = (invite_customer(survey, customer, "email", owner) for _ in range(2))
    response = answer(2, "Sono Anna Bianchi", token=invitation.token)
    other = answer(9, "Tutto bene")
    late = receive_submission(
        version, {"nps": 1, "improve": "Ancora Anna"}, key="late", language="it", channel="email", token=waiting.token
    )
    wiring.forget_customer(customer, by=owner)
    unfold_submission(Submission.objects.get(pk=late.pk))
    response.refresh_from_db()
    assert response.customer is None
    assert sorted(Answer.objects.exclude(score=None).values_list("score", flat=True)) == [1, 2, 9]
    assert [answer.text for answer in Answer.objects.exclude(text="")] == ["Tutto bene"]
    assert "Anna" not in "".join(str(row.answers) for row in Submission.objects.all())
    assert Response.objects.get(pk=other.pk).answers.get(question="improve").text == "Tutto bene"
    assert Response.objects.filter(customer=customer).count() == 0

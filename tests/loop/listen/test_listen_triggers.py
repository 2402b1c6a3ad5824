"""Triggers: who is asked by itself, who is not and why; letters and reminders."""

from datetime import timedelta

import msgspec
import pytest

from premura.core.company.models import Company
from premura.core.customers.customers import Meeting, add_customer, add_interaction, opt_out
from premura.core.history.models import Event
from premura.core.mail.mail import mark_address
from premura.core.mail.models import OutgoingMail
from premura.loop.listen import occasions
from premura.loop.listen.invitations import invite_customer
from premura.loop.listen.models import ContactLimits, Invitation, NotAsked, Trigger
from premura.loop.listen.surveys import publish_survey, save_draft
from premura.loop.listen.translations import bring_translations, texts_of
from premura.loop.listen.triggers import (
    ask_all,
    ask_by_hand,
    ask_pressed,
    call_off_reminders,
    due_decisions,
    preview,
    remind_all,
    save_trigger,
)


@pytest.fixture
def point(company):
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    stage = Stage.objects.create(journey=Journey.objects.create(code="rental"), code="use", position=1)
    return Touchpoint.objects.create(stage=stage, name={"it": "Ritiro"}, code="pickup", element="service")


@pytest.fixture
def meet(point, owner, vicenza):
    def meet(customer, at):
        return add_interaction(
            customer, Meeting(touchpoint=point, channel="counter", location=vicenza), by=owner, at=at
        )

    return meet


@pytest.fixture
def trigger(version, owner, now):
    def make(kind="meeting", **fields):
        row = Trigger(programme=version.survey.programme, survey=version.survey, kind=kind, **{"days": 1, **fields})
        return save_trigger(row, owner, at=now - timedelta(days=20))

    return make


def test_a_meeting_is_asked_about_once_with_a_letter(trigger, customer, meet, now, version):
    trigger()
    met = meet(customer, now - timedelta(days=2))
    assert (ask_all(now).asked, ask_all(now + timedelta(minutes=5)).asked) == (1, 0)
    invitation = Invitation.objects.get()
    assert (invitation.interaction, invitation.channel) == (met, "email")
    letter = OutgoingMail.objects.get()
    assert f"/s/noleggio?at=vicenza&via=email&i={invitation.token}&q.nps=9" in letter.text
    assert "Gentile Anna Bianchi," in letter.text
    assert "&amp;q.nps=0" in letter.html
    assert "src=" not in letter.html
    assert Event.objects.filter(name="customer.invited", customer=customer).count() == 1


def test_a_letter_is_in_the_customers_language_where_the_survey_has_it(
    trigger, customer, meet, now, survey, owner, definition
):
    german = msgspec.structs.replace(definition, languages=("it", "de"))
    words = {"Ci consiglierebbe?": "Würden Sie uns empfehlen?"}
    rows = [f"{place};{texts['it']};{words.get(texts['it'], 'Wort')}\n" for place, texts in texts_of(german).items()]
    german = bring_translations(german, "".join(["address;it;de\n", *rows]).encode()).definition
    publish_survey(save_draft(survey, german, survey.revision, owner), owner)
    row = Trigger(programme=survey.programme, survey=survey, kind="meeting", days=1)
    save_trigger(row, owner, at=now - timedelta(days=20))
    customer.language = "de"
    customer.save()
    meet(customer, now - timedelta(days=2))
    ask_all(now)
    letter = OutgoingMail.objects.get()
    assert "Guten Tag Anna Bianchi," in letter.text
    assert "Würden Sie uns empfehlen?" in letter.text
    assert letter.subject.startswith("Wie war es mit ")
    assert '<html lang="de"' in letter.html


def test_who_is_not_asked_is_written_down_with_the_reason(trigger, customer, meet, now, owner, vicenza):
    trigger()
    people = {
        "no_address": add_customer(by=owner, name="Senza", location=vicenza),
        "opted_out": add_customer(by=owner, name="Basta", location=vicenza, email="basta@example.it"),
        "bounced": add_customer(by=owner, name="Morto", location=vicenza, email="Morto@example.it"),
    }
    opt_out(people["opted_out"], by=owner)
    mark_address("morto@example.it", "550 no such user", now)
    for row in people.values():
        meet(row, now - timedelta(days=2))
    meet(customer, now - timedelta(days=3))
    meet(customer, now - timedelta(days=2))
    outcome = ask_all(now)
    assert (outcome.asked, outcome.not_asked) == (1, 4)
    reasons = dict(NotAsked.objects.values_list("customer__name", "reason"))
    assert reasons == {"Senza": "no_address", "Basta": "opted_out", "Morto": "bounced", "Anna Bianchi": "too_soon"}
    assert ask_all(now + timedelta(minutes=5)) == type(outcome)(0, 0)


def test_the_limits_hold_over_all_programmes(trigger, customer, meet, now, version, owner):
    ContactLimits.objects.create(pk=1, most=1, window_days=60, days_between=0)
    first, second = trigger(), trigger("silence", days=2)
    meet(customer, now - timedelta(days=2))
    assert ask_all(now).asked == 1
    skipped = NotAsked.objects.get()
    assert (skipped.trigger, skipped.reason) == (second, "too_many")
    assert Invitation.objects.get().trigger == first


def test_nothing_that_fell_due_before_the_trigger_is_asked_about(trigger, customer, meet, now):
    row = trigger()
    meet(customer, now - timedelta(days=25))
    assert due_decisions(row, now) == []


def test_a_preview_says_whom_it_would_have_asked_and_writes_nothing(customer, meet, now, version):
    for days in (25, 20, 3):
        meet(customer, now - timedelta(days=days))
    row = Trigger(programme=version.survey.programme, survey=version.survey, days=1)
    assert [decision.reason for decision in preview(row, now)] == ["", "too_soon", ""]
    assert not Invitation.objects.exists()


def test_a_case_put_right_is_asked_about(trigger, customer, now, owner):
    trigger("case", days=2)
    Event.objects.create(
        name="case.resolved",
        happened_at=now - timedelta(days=3),
        subject_type="case",
        subject_id="7",
        customer=customer,
    )
    assert (ask_all(now).asked, ask_all(now).asked) == (1, 0)
    assert Invitation.objects.get().occasion == "case:7"


def test_a_case_that_was_opened_again_is_asked_about_once_and_when_it_is_right(trigger, customer, now):
    trigger("case", days=2)

    def happened(name, days):
        common = {"subject_type": "case", "subject_id": "7", "customer": customer}
        Event.objects.create(name=f"case.{name}", happened_at=now - timedelta(days=days), **common)

    happened("resolved", 9)
    happened("reopened", 8)
    assert ask_all(now).asked == 0
    happened("resolved", 7)
    happened("resolved", 4)
    assert (ask_all(now).asked, ask_all(now + timedelta(days=1)).asked) == (1, 0)
    assert Invitation.objects.get().occasion == "case:7"


def test_a_trigger_that_cannot_ask_keeps_no_other_from_asking(trigger, customer, meet, now, monkeypatch):
    trigger("case")
    trigger()
    meet(customer, now - timedelta(days=2))
    broken = {**occasions._FINDERS, "case": lambda *given: 1 / 0}
    monkeypatch.setattr(occasions, "_FINDERS", broken)
    assert ask_all(now).asked == 1


def test_silence_is_neither_a_later_meeting_nor_an_answer(trigger, customer, meet, now, answer):
    row = trigger("silence", days=10)
    meet(customer, now - timedelta(days=12))
    assert [decision.reason for decision in due_decisions(row, now)] == [""]
    meet(customer, now - timedelta(days=1))
    assert due_decisions(row, now) == []


def test_a_schedule_asks_everybody_once_a_wave(trigger, customer, meet, now):
    trigger("schedule", days=30)
    meet(customer, now - timedelta(days=100))
    assert ask_all(now).asked == 1
    assert ask_all(now + timedelta(days=1)) == type(ask_all(now))(0, 0)
    assert ask_all(now + timedelta(days=20)).asked == 1


def test_by_hand_asks_when_pressed_and_not_twice_a_day(trigger, customer, meet, now, owner):
    row = trigger("hand", days=90)
    meet(customer, now - timedelta(days=40))
    assert ask_pressed(now).asked == 0
    ask_by_hand(row, owner, at=now)
    assert ask_pressed(now).asked == 1
    ask_by_hand(row, owner, at=now + timedelta(minutes=1))
    assert ask_pressed(now + timedelta(minutes=2)).asked == 0


@pytest.fixture
def asked(trigger, customer, meet, now):
    """``asked(sent_at=…)``: the customer was asked now and is to be reminded after five days; what became of it."""

    def ask(**fate):
        trigger(remind_after_days=5)
        meet(customer, now - timedelta(days=2))
        ask_all(now)
        OutgoingMail.objects.update(**{"sent_at": now, **fate})
        return Invitation.objects.get()

    return ask


def test_who_has_not_answered_is_reminded_once_whatever_the_limits(asked, now):
    asked()
    later = now + timedelta(days=5, minutes=1)
    assert (remind_all(now), remind_all(later), remind_all(later)) == (0, 1, 0)
    assert OutgoingMail.objects.filter(key__startswith="reminder:").count() == 1
    assert ask_all(later).not_asked == 0


def test_who_answered_is_not_reminded(asked, now, answer):
    answer(9, "", token=asked().token)
    assert remind_all(now + timedelta(days=6)) == 0


def test_who_answered_the_same_on_the_phone_is_not_reminded(asked, now, answer, owner):
    by_mail = asked()
    by_phone = invite_customer(by_mail.survey, by_mail.customer, "phone", owner, at=now + timedelta(days=1))
    answer(9, "", token=by_phone.token, at=now + timedelta(days=1))
    assert remind_all(now + timedelta(days=6)) == 0


@pytest.mark.parametrize(
    "fate", [{"sent_at": None}, {"bounced_at": "now"}, {"sent_at": None, "given_up_at": "now"}, {"sent_at": "late"}]
)
def test_nobody_is_reminded_of_a_letter_that_did_not_arrive_or_just_did(asked, now, fate):
    moments = {"now": now, "late": now + timedelta(days=5), None: None}
    asked(**{name: moments[value] for name, value in fate.items()})
    assert remind_all(now + timedelta(days=6)) == 0


def test_a_marked_address_is_not_reminded(asked, customer, now):
    asked()
    mark_address(customer.email, "550 no such user", now)
    assert remind_all(now + timedelta(days=6)) == 0


def test_a_reminder_that_waits_for_the_server_is_called_off_by_the_answer(asked, now, answer):
    invitation, later = asked(), now + timedelta(days=6)
    assert remind_all(later) == 1
    assert call_off_reminders(later) == 0
    answer(9, "", token=invitation.token, at=later)
    assert (call_off_reminders(later), call_off_reminders(later)) == (1, 0)
    reminder = OutgoingMail.objects.get(key__startswith="reminder:")
    assert (reminder.given_up_at, reminder.sent_at, reminder.error) == (later, None, "answered")


def test_who_prefers_a_text_message_gets_one_with_the_link_and_the_way_out(trigger, customer, meet, now, owner):
    from premura.core.mail.gateway import change_gateway

    row = trigger(remind_after_days=1)
    customer.phone, customer.preferred_channel, customer.email = "0444 555001", "whatsapp", ""
    customer.save()
    meet(customer, now - timedelta(days=2))
    assert preview(row, now)[0].reason == "no_address"
    change_gateway("whatsapp", "k", by=owner, is_on=True, url="https://api.example.it/{to}/{text}", method="GET")
    assert ask_all(now).asked == 1
    message, invitation = OutgoingMail.objects.get(), Invitation.objects.get()
    assert (message.channel, message.address, message.html) == ("whatsapp", "0444 555001", "")
    assert (invitation.channel, invitation.occasion != "") == ("link", True)
    assert f"via=link&i={invitation.token}" in message.text
    assert "/unsubscribe/" in message.text
    OutgoingMail.objects.update(sent_at=now)
    assert remind_all(now + timedelta(days=2)) == 1
    assert OutgoingMail.objects.filter(channel="whatsapp").count() == 2


def test_who_answered_is_thanked_once_and_it_counts_to_no_limit(trigger, customer, meet, now, owner, version, work):
    from premura.core.history.models import Event
    from premura.loop.listen.submissions import receive_submission, unfold_submission
    from premura.loop.listen.thanking import handle_answered

    trigger(says_thanks=True)
    Company.objects.update(review_url="https://reviews.example.it/")
    meet(customer, now - timedelta(days=2))
    ask_all(now)
    invitation = Invitation.objects.get()
    row = receive_submission(version, {"nps": 3}, key="a", language="it", channel="email", token=invitation.token)
    unfold_submission(row)
    work()
    handle_answered(Event.objects.get(name="response.received"))
    thanks = OutgoingMail.objects.get(key=f"thanks:{invitation.pk}")
    assert "Gentile Anna Bianchi," in thanks.text
    assert "/t/person/" in thanks.text
    assert "https://reviews.example.it/" in thanks.text, "for who is unhappy as for who is happy"
    assert Invitation.objects.count() == 1
    opt_out(customer, by=None)
    thanks.delete()
    handle_answered(Event.objects.get(name="response.received"))
    assert not OutgoingMail.objects.filter(key__startswith="thanks").exists()

"""Who was there in a talk: marks without names, on record, gone with the customer whose notes they are."""

import pytest

from premura.core.errors import PremuraError
from premura.core.history.models import Event
from premura.loop.listen.forgetting import forget
from premura.loop.listen.models import Response, Talk
from premura.loop.listen.talks import note_talk

pytestmark = pytest.mark.django_db


@pytest.fixture
def notes(answer, customer):
    response = answer(6, "Ho aspettato un'ora.")
    Response.objects.filter(pk=response.pk).update(perspective="observer", customer=customer)
    response.refresh_from_db()
    return response


def test_a_talk_is_noted_once_and_changed_on_record(notes, owner):
    talk = note_talk(notes, owner, moderator=owner, participants=" P1: edile \r\n\n P2:privato\x00", minutes=45)
    assert talk.people == [("P1", "edile"), ("P2", "privato")]
    note_talk(notes, owner, moderator=owner, participants="P1: edile\nP2:privato", minutes=45)
    assert Event.objects.filter(name="talk.noted").count() == 1
    changed = note_talk(notes, owner, moderator=None, participants="P1: edile", minutes=None)
    assert (changed.moderator, changed.minutes) == (None, None)
    assert Event.objects.filter(name="talk.noted").count() == 2


@pytest.mark.parametrize(
    ("participants", "minutes", "code"),
    [("\n".join("abc" for _ in range(31)), None, "too-many-people"), ("x" * 121, None, "too-many-people"),
     ("P1", 0, "bad-minutes"), ("P1", 601, "bad-minutes")],
)  # fmt: skip
def test_what_cannot_be_taken_changes_nothing(notes, owner, participants, minutes, code):
    with pytest.raises(PremuraError) as refused:
        note_talk(notes, owner, moderator=None, participants=participants, minutes=minutes)
    assert refused.value.code == code
    assert not Talk.objects.exists()


def test_an_answer_of_a_customer_is_no_talk(answer, owner):
    with pytest.raises(PremuraError):
        note_talk(answer(9), owner, moderator=owner, participants="P1")


def test_participants_go_with_the_customer(notes, customer, owner):
    note_talk(notes, owner, moderator=owner, participants="Anna: la cliente", minutes=30)
    forget(customer)
    assert Talk.objects.get().people == []

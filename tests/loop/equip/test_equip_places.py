"""Cards are found by what they mean; cards of which the day has come are a duty of somebody."""

from datetime import timedelta

import pytest

from premura.core.history.models import Event
from premura.core.staff.staff import deactivate_person
from premura.loop.equip.cards import add_card, change_card, retire_card, review_card
from premura.loop.equip.models import KnowledgeCard
from premura.loop.equip.places import do_places, near_first, nearness, place_of
from premura.loop.equip.reads import cards_for
from premura.loop.promise.card_reviews import bring_up_cards
from premura.loop.promise.models import Commitment


@pytest.fixture
def new_card(owner, now):
    def make(title, problem=""):
        texts = {"problem": {"it": problem}, "solution": {"it": "Si scusi"}, "say": {}}
        return add_card(by=owner, title={"it": title}, at=now, **texts)

    return make


def test_what_was_told_finds_the_card_by_its_meaning_in_any_language(new_card):
    new_card("Macchina sporca", "La macchina è consegnata sporca e va pulita")
    late = new_card("Consegna in ritardo", "Il camion arriva dopo l'ora promessa al cantiere")
    do_places({})
    found = cards_for(None, place_of("Delivery was promised for eight, the truck arrived after ten"))
    assert (found[0], found[0].is_near) == (late, True)
    assert len(found) == 2
    assert not any(card.is_near for card in cards_for(None))


def test_a_changed_card_is_read_again(new_card, owner):
    card = new_card("Fattura oscura")
    KnowledgeCard.objects.update(place=bytes([1] * 512))
    card.refresh_from_db()
    change_card(card, by=owner, title={"it": "Fattura poco chiara"})
    assert KnowledgeCard.objects.get().place is None


def test_cards_that_say_nothing_are_near_to_nothing(new_card):
    cards = [new_card("Uno"), new_card("Due")]
    cards[0].place, cards[1].place = bytes(4), bytes([100, 0, 0, 0])
    assert nearness(bytes(4), [card.place for card in cards]) == [0.0, 0.0]
    assert near_first(cards, bytes([90, 1, 0, 0]))[0] is cards[1]
    assert near_first(cards, None) == cards


def test_an_old_card_comes_up_on_today_and_goes_when_it_was_looked_at(new_card, owner, now):
    from premura.loop.promise.card_reviews import handle_card

    card = new_card("Ritardo")
    assert bring_up_cards(at=now) == 0
    later = now + timedelta(days=370)
    assert bring_up_cards(at=later) == 1
    assert bring_up_cards(at=later + timedelta(days=1)) == 0
    duty = Commitment.objects.get()
    assert (duty.owner, duty.kind, duty.about) == (owner, "card", f"card:{card.pk}")
    review_card(card, by=owner, at=later)
    handle_card(Event.objects.get(name="card.reviewed"))
    assert Commitment.objects.get().outcome.outcome == "kept"
    assert card.review_on > later.date()


def test_who_wrote_it_and_left_owes_nothing(new_card, owner, new_person, now):
    from premura.loop.promise.card_reviews import handle_card

    writer = new_person("manager", name="Gina Gestrice")
    card = new_card("Ritardo")
    KnowledgeCard.objects.update(changed_by=writer)
    deactivate_person(writer, by=owner)
    later = now + timedelta(days=370)
    bring_up_cards(at=later)
    assert Commitment.objects.get().owner == owner
    retire_card(card, by=owner, at=later)
    handle_card(Event.objects.get(name="card.retired"))
    assert Commitment.objects.get().outcome.outcome == "called_off"

"""Knowledge cards: written, changed, retired, read, used, found."""

from datetime import date, timedelta

import pytest

from premura.core.errors import NotFound, PremuraError
from premura.core.journeys.models import Journey, Stage, Touchpoint
from premura.loop.equip.cards import add_card, change_card, read_card, retire_card, use_card
from premura.loop.equip.models import CardReading, CardUse
from premura.loop.equip.reads import card_for, cards, cards_for, due_for_review, uses_of


@pytest.fixture
def delivery(company):
    journey = Journey.objects.create(code="rental", name={"it": "Noleggio"})
    stage = Stage.objects.create(journey=journey, code="use", name={"it": "Uso"}, position=0)
    return Touchpoint.objects.create(stage=stage, code="delivery", name={"it": "Consegna"}, element="services")


@pytest.fixture
def new_card(owner, now):
    def make(title, touchpoint=None, **texts):
        given = {"problem": {}, "solution": {"it": "Si scusi e mandi un'altra macchina"}, "say": {}, **texts}
        return add_card(by=owner, title={"it": title}, touchpoint=touchpoint, at=now, **given)

    return make


def test_a_card_is_looked_at_again_in_a_year(new_card):
    card = new_card("Macchina sporca")
    assert card.review_on == date(2027, 3, 19)
    assert list(due_for_review(date(2027, 3, 18))) == []
    assert list(due_for_review(date(2027, 3, 19))) == [card]


def test_two_cards_of_one_title_have_codes_of_their_own(new_card):
    assert new_card("Ritardo").code != new_card("Ritardo").code


def test_a_card_needs_a_title_and_what_to_do(new_card):
    with pytest.raises(PremuraError):
        new_card("  ")
    with pytest.raises(PremuraError):
        new_card("Ritardo", solution={"it": " "})


def test_cards_for_a_touchpoint_come_before_those_for_everywhere(new_card, delivery, colleague):
    everywhere, late, dirty = new_card("Scuse"), new_card("Ritardo", delivery), new_card("Sporca", delivery)
    use_card(dirty, by=colleague, about="case:1")
    assert cards_for(delivery) == [dirty, late, everywhere]
    other = Touchpoint.objects.create(stage=delivery.stage, code="counter", name={"it": "Banco"}, element="people")
    assert cards_for(other) == [everywhere]
    retire_card(late, by=colleague)
    assert cards_for(delivery) == [dirty, everywhere]


def test_one_use_a_person_and_object_and_the_last_word_counts(new_card, colleague, owner):
    card = new_card("Ritardo")
    use_card(card, by=colleague, about="case:1", helped=True)
    use_card(card, by=colleague, about="case:1", helped=False)
    use_card(card, by=owner, about="case:1")
    assert CardUse.objects.count() == 2
    assert uses_of(colleague, "case:1") == {card.pk: False}
    found = card_for(colleague, card.pk)
    assert (found.used, found.helped) == (2, 1)


def test_reading_counts_for_the_card_as_it_stood(new_card, colleague, owner, now):
    card = new_card("Ritardo")
    read_card(card, by=colleague, at=now)
    change_card(card, by=owner, at=now + timedelta(days=1), say={"it": "Mi scusi"})
    assert CardReading.objects.get().read_at < card.changed_at
    read_card(card, by=colleague, at=now + timedelta(days=2))
    assert CardReading.objects.get().read_at > card.changed_at


def test_changing_nothing_changes_nothing(new_card, owner, now):
    card = new_card("Ritardo")
    change_card(card, by=owner, at=now + timedelta(days=9), title={"it": "Ritardo"})
    assert card.changed_at == now


def test_found_by_any_word_in_any_language(new_card, delivery):
    card = new_card("Ritardo", delivery, say={"it": "Mi scusi", "en": "I am sorry"})
    new_card("Altro")
    assert list(cards(search="SORRY")) == [card]
    assert list(cards(touchpoint=delivery.pk)) == [card]


def test_no_card_is_not_found(colleague):
    with pytest.raises(NotFound):
        card_for(colleague, 999)

"""Quotes out of notes: word for word, under a theme, behind the door of their answer."""

import pytest

from premura.core.errors import NotFound, PremuraError
from premura.loop.listen.forgetting import forget
from premura.loop.listen.invitations import invite_customer
from premura.loop.listen.models import Quote
from premura.loop.listen.quotes import code_quote, quote_for, remove_quote, themes_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def notes(answer, vicenza):
    """What was written down of a talk in Vicenza."""
    return answer(6, "Ho aspettato\n un'ora. Nessuno mi ha detto perché.", location_code="vicenza").answers.get(
        question="improve"
    )


def test_a_quote_is_what_was_said_and_nothing_else(notes, owner):
    quote = code_quote(notes, "aspettato un'ora", "Attesa", owner, speaker="P1")
    assert code_quote(notes, "aspettato un'ora", "ATTESA", owner) == quote
    for text, theme, code in [
        ("aspettato due ore", "Attesa", "not-said"),
        ("", "A", "quote-empty"),
        ("Ho", "a" * 81, "quote-too-long"),
    ]:
        with pytest.raises(PremuraError) as refused:
            code_quote(notes, text, theme, owner)
        assert refused.value.code == code
    assert Quote.objects.count() == 1


def test_themes_count_talks_and_stay_behind_the_door(notes, answer, owner, elsewhere, vicenza):
    other = answer(3, "Un'ora anche io.").answers.get(question="improve")
    for said, text, theme in [
        (notes, "un'ora", "Attesa"),
        (notes, "Nessuno mi ha detto perché", "Attesa"),
        (other, "ora", "Attesa"),
    ]:
        code_quote(said, text, theme, owner)
    code_quote(notes, "detto perché", "Informazioni", owner)
    assert [(theme.name, theme.talks, len(theme.quotes)) for theme in themes_for(owner)] == [
        ("Attesa", 2, 3),
        ("Informazioni", 1, 1),
    ]
    assert [(theme.name, theme.talks) for theme in themes_for(elsewhere)] == [("Attesa", 1)]
    with pytest.raises(NotFound):
        quote_for(elsewhere, Quote.objects.get(theme="Informazioni").pk)


def test_a_mark_can_be_taken_away_and_goes_with_the_customer(survey, version, answer, customer, owner, vicenza):
    invitation = invite_customer(survey, customer, "link", owner)
    said = answer(2, "Sono Anna, la betoniera era sporca", token=invitation.token).answers.get(question="improve")
    remove_quote(code_quote(said, "la betoniera", "Pulizia", owner), owner)
    assert not Quote.objects.exists()
    code_quote(said, "Sono Anna", "Pulizia", owner)
    forget(customer)
    assert not Quote.objects.exists()

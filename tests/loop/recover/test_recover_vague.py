"""Words that name no day: the company's own, those that are fine with it, and the built-in list switched."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.models import Event
from premura.loop.promise.vague import vague_replies
from premura.loop.recover.cases import write_message
from premura.loop.recover.models import VaguePhrase
from premura.loop.recover.replies import notes_for
from premura.loop.recover.vague import add_phrase, current_wording, remove_phrase, switch_family, vague_phrases
from premura.loop.understand.windows import Window
from premura.text.promises import read_vague
from premura.text.vague import FAMILIES, Wording

NOW = datetime(2026, 3, 19, 9)


def noted(case, text):
    return [note.phrase for note in notes_for(case, text) if note.code == "vague"]


def test_a_phrase_of_our_own_is_noted_until_it_is_taken_away(case, manager):
    text = "Gentile Rossi, Le portiamo la betoniera QUANDO rientra  il furgone."
    assert noted(case, text) == []
    row = add_phrase("vague", "«quando rientra il furgone».", by=manager)
    assert noted(case, text) == ["QUANDO rientra  il furgone"]
    assert remove_phrase(row.pk, by=manager) == "quando rientra il furgone"
    assert noted(case, text) == []
    names = Event.objects.filter(name__startswith="vague_phrase").order_by("pk").values_list("name", "data__text")
    assert list(names) == [("vague_phrase.added", row.text), ("vague_phrase.removed", row.text)]
    with pytest.raises(NotFound):
        remove_phrase(row.pk, by=manager)


def test_a_longer_phrase_that_is_fine_takes_the_note_away_and_only_there(case, manager):
    text = "Gentile Rossi, il noleggio a breve termine costa 20 euro."
    assert noted(case, text) == ["a breve"]
    add_phrase("fine", "Noleggio a breve termine", by=manager)
    assert noted(case, text) == []
    assert noted(case, f"{text} La richiamiamo a breve.") == ["a breve"]


def test_a_built_in_family_is_switched_off_and_on_again(case, manager):
    assert noted(case, "We will call you shortly.") == ["shortly"]
    switch_family("soon", on=False, by=manager)
    switch_family("soon", on=False, by=manager)
    assert noted(case, "We will call you shortly.") == []
    switch_family("soon", on=True, by=manager)
    assert noted(case, "We will call you shortly.") == ["shortly"]
    assert Event.objects.filter(name="vague_phrase.switched").count() == 2
    with pytest.raises(NotFound):
        switch_family("never", on=False, by=manager)


def test_the_share_of_vague_replies_and_the_margin_read_one_list(case, colleague, manager, now):
    write_message(case, "out", "Le diremo qualcosa quando rientra il furgone.", by=colleague, at=now)
    window = Window.ending(now.date(), 30)
    assert vague_replies(manager, window).found == []
    add_phrase("vague", "quando rientra il furgone", by=manager)
    [(reply, phrase)] = vague_replies(manager, window).found
    assert (reply.case_id, phrase) == (case.pk, "quando rientra il furgone")


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [("vague", "in", "phrase-length"), ("vague", "...!?", "phrase-length"), ("fine", "x" * 81, "phrase-length"),
     ("vague", "", "phrase-length"), ("off", "soon", "phrase-kind"), ("", "tra qualche mese", "phrase-kind")],
)  # fmt: skip
def test_what_is_no_phrase_is_refused(manager, company, kind, text, code):
    with pytest.raises(PremuraError) as refused:
        add_phrase(kind, text, by=manager)
    assert refused.value.code == code
    assert not VaguePhrase.objects.exists()


def test_one_phrase_is_one_thing(manager, company):
    add_phrase("vague", "Presto o tardi", by=manager)
    with pytest.raises(Conflict):
        add_phrase("fine", "presto o  TARDI", by=manager)
    switch_family("presto", on=False, by=manager)
    add_phrase("vague", "presto", by=manager)
    assert current_wording() == Wording(own=("presto", "presto o tardi"), off=frozenset({"presto"}))


@given(st.text(min_size=3, max_size=80), st.text(max_size=80))
def test_a_phrase_is_words_and_never_a_pattern(phrase, text):
    """Whatever somebody writes into the list, it finds itself and breaks nothing."""
    words = " ".join(phrase.lower().split())
    found = read_vague(text, now=NOW, wording=Wording(own=(words,) if words else (), fine=("a+b (c",)))
    assert all(promise.phrase in text for promise in found)


def test_each_example_on_the_page_is_found_by_its_own_family_alone():
    for family in FAMILIES:
        others = frozenset(each.code for each in FAMILIES if each is not family)
        for example in family.examples.split(", "):
            sentence = (
                f"Le manderemo la fattura {example}, grazie."
                if family.language == "it"
                else f"We will send it {example}, thank you."
            )
            found = read_vague(sentence, now=NOW, wording=Wording(off=others))
            assert [promise.phrase for promise in found] == [example], family.code


def test_a_company_may_call_a_day_too_vague(manager, company):
    assert vague_phrases("La richiamiamo in giornata.", current_wording()) == []
    add_phrase("vague", "in giornata", by=manager)
    assert vague_phrases("La richiamiamo in giornata.", current_wording()) == ["in giornata"]

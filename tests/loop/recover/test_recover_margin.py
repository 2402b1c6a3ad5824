"""The margin beside a reply: each rule finds its mistake, leaves a good reply alone, and never fails."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.equip.cards import add_card
from premura.loop.recover.cases import write_message
from premura.loop.recover.margin import notes
from premura.loop.recover.models import MarginCount
from premura.loop.recover.replies import CODES, count_margin, first_text, notes_for

NOW = datetime(2026, 3, 19, 9)
TOLD = ["La betoniera era sporca e non partiva. Mi rimborsate il trasporto?"]
GOOD = (
    "Gentile Rossi, ci scusi per la betoniera che non partiva. La sostituiamo entro venerdì 20 marzo alle 12 e Le "
    "rimborsiamo il trasporto."
)


def codes(reply, **given):
    fields = {"told": TOLD, "name": "Rossi Costruzioni", "now": NOW, **given}
    return [note.code for note in notes(reply, **fields)]


def test_a_good_reply_is_left_alone():
    assert codes(GOOD) == []
    english = "Dear Ms Smith, I am sorry that the mixer did not start. We will replace it by Friday 20 March at 12."
    assert codes(english, told=["The mixer did not start."], name="Anna Smith") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("Gentile Rossi, ci", "Ci"), "name"),
        (("per la betoniera che non partiva", "per il disguido"), "acknowledge"),
        (("ci scusi per", "abbiamo visto"), "apology"),
        (("ci scusi", "ci scusi, ma avrebbe dovuto controllare,"), "blame"),
        (("ci scusi", "ci scusi, ma avresti dovuto controllare,"), "blame"),
        (("entro venerdì 20 marzo alle 12", "al più presto"), "vague"),
        (("La sostituiamo", "La sostituiamo SUBITO"), "capitals"),
        (("trasporto.", "trasporto!"), "exclamation"),
        (("ci scusi", "hai ragione, ci scusi"), "forms"),
        ((" e Le rimborsiamo il trasporto", ""), "question"),
    ],
)
def test_each_rule_finds_its_mistake_and_nothing_else(change, code):
    assert codes(GOOD.replace(*change)) == [code]


def test_a_problem_named_after_the_solution_comes_too_late():
    reply = "Gentile Rossi, ci scusi. Rimborsiamo il trasporto entro venerdì 20 marzo: la betoniera era sporca."
    assert codes(reply) == ["acknowledge"]


def test_short_forms_and_abbreviations_are_no_shouting():
    assert "capitals" not in codes(GOOD + " L'IVA e il DDT sono nella PEC.")


@given(st.text(max_size=300), st.lists(st.text(max_size=200), max_size=3), st.text(max_size=30))
def test_whatever_is_written_it_only_suggests(reply, told, name):
    found = notes(reply, told=told, name=name, now=NOW)
    assert {note.code for note in found} <= set(CODES)
    assert all(str(note.words) for note in found)


def test_only_what_they_wrote_since_our_answer_wants_an_echo(case, colleague):
    write_message(case, "in", "La betoniera era sporca", by=None, channel="web")
    assert "acknowledge" in [note.code for note in notes_for(case, "Gentile Rossi, ci scusi.")]
    write_message(case, "out", "Gentile Rossi, ci scusi per la betoniera.", by=colleague)
    write_message(case, "in", "Quanto costa la consegna?", by=None, channel="web")
    found = notes_for(case, "Gentile Rossi, la consegna non costa nulla.")
    assert found == [], "one apology is enough, and the question is answered"


def test_what_a_card_says_is_begun_with_their_own_words_and_counted_by_card(case, owner, customer):
    card = add_card(
        by=owner,
        title={"it": "Macchina sporca"},
        problem={"it": "x"},
        solution={"it": "Sostituire"},
        say={"it": "La sostituiamo entro domani alle 12."},
    )
    write_message(case, "in", "La betoniera era sporca.", by=None, channel="web")
    text = first_text(case, card)
    assert text.startswith("Gentile Rossi Costruzioni,")
    assert "«La betoniera era sporca»" in text
    assert notes_for(case, text) == []
    count_margin(card, ["name", "vague", "vague", "not-a-code"], ["vague"])
    count_margin(card, ["name"], [])
    count_margin(None, ["name"], ["name"])
    count_margin(None, ["name"], [])
    counted = set(MarginCount.objects.values_list("card_id", "note", "suggested", "taken"))
    assert counted == {(card.pk, "name", 2, 2), (card.pk, "vague", 1, 0), (None, "name", 2, 1)}

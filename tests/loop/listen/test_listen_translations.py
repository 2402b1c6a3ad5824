"""Translations out and in again: nothing is lost, nothing is put where it does not belong, the rest is listed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.core.words import without_control
from premura.loop.listen.questions import Definition, Question
from premura.loop.listen.transfer import templates
from premura.loop.listen.translations import (
    NotTranslationsError,
    bring_translations,
    csv_of,
    texts_of,
    xliff_of,
)

WAYS = {
    "csv": csv_of,
    "1.2": lambda *given: xliff_of(*given, version="1.2"),
    "2.0": lambda *given: xliff_of(*given, version="2.0"),
}


def test_a_table_cut_in_the_middle_says_how_much_of_it_there_is():
    asked = Definition(
        {"it": "Titolo"}, ("it", "en"), (Question("a", "text", {"it": "Uno"}), Question("b", "text", {"it": "Due"}))
    )
    whole = b"address;it;en\r\ntitle;Titolo;Title\r\nquestion.a.text;Uno;One of them\r\nquestion.b.text;Due;Two"
    brought = bring_translations(asked, whole)
    assert (brought.changed, brought.present, brought.asked, brought.left) == (3, 3, 3, ())
    brought = bring_translations(asked, whole[: whole.index(b"ne of")])
    assert (brought.changed, brought.present, brought.asked) == (1, 2, 3)
    assert brought.left == (("question.a.text", "cut"),)


@pytest.mark.parametrize("way", WAYS)
def test_every_template_goes_out_and_comes_back_the_same(way):
    for one in templates().values():
        brought = bring_translations(one.definition, WAYS[way](one.definition, "it", "en"))
        assert (brought.definition, brought.changed, brought.left) == (one.definition, 0, ())


_WORDS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(without_control).filter(bool)
)


@given(way=st.sampled_from(sorted(WAYS)), source=_WORDS, target=_WORDS)
def test_whatever_is_written_comes_back_as_it_was(way, source, target):
    asked = Definition({"it": "T", "en": "T"}, ("it", "en"), (Question("q", "text", {"it": source, "en": target}),))
    empty = msgspec.structs.replace(asked, questions=(Question("q", "text", {"it": source}),))
    assert bring_translations(empty, WAYS[way](asked, "it", "en")).definition == asked


def test_what_cannot_be_taken_is_listed_and_changes_nothing():
    asked = Definition(
        {"it": "Titolo"}, ("it", "en"), (Question("a", "text", {"it": "Uno"}), Question("b", "text", {"it": "Due"}))
    )
    rows = [
        "address;it;en",
        "title;Titolo;",
        "question.a.text;Altro;One",
        "question.b.text;Due;Two",
        "question.c.text;Tre;Three",
    ]
    brought = bring_translations(asked, "\r\n".join(rows).encode())
    assert brought.changed == 1
    assert brought.left == (("title", "empty"), ("question.a.text", "changed"), ("question.c.text", "unknown"))
    assert texts_of(brought.definition)["question.b.text"] == {"it": "Due", "en": "Two"}
    assert texts_of(brought.definition)["question.a.text"] == {"it": "Uno"}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed"),
        (b"\xff\xfe\x00", "malformed"),
        (b"<a><b>", "malformed"),
        (b"<html/>", "malformed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "malformed"),
        (b"address;it;fr\r\ntitle;T;T", "language"),
        (b"x" * 2_000_001, "too-large"),
    ],
)
def test_what_is_no_translation_is_refused(data, code):
    with pytest.raises(NotTranslationsError) as refused:
        bring_translations(Definition({"it": "T"}, ("it", "en")), data)
    assert refused.value.code == code


def test_a_spreadsheet_runs_nothing():
    asked = Definition({"it": "=1+1", "en": "@x"}, ("it", "en"))
    assert b"title;'=1+1;'@x" in csv_of(asked, "it", "en")

"""Themes: words gathered from comments, the same every night, and what somebody already has stays theirs."""

from random import Random

import pytest

from premura.text.themes import ThemeFinder, find_themes, label_of, stem

PLAIN = ("Tutto bene, grazie.", "Gentili e veloci.", "Torneremo di sicuro.", "Good, thank you.")
COFFEE = ("Il caffè era freddo.", "La macchina del caffè non andava.", "The coffee was burnt.", "Manca il caffè.")
PARKING = ("Il parcheggio è piccolo.", "Non si trova un parcheggio.", "Pochi parcheggi.", "Il parcheggio, un caos.")


@pytest.fixture(scope="module")
def comments():
    texts = [*PLAIN * 20, *COFFEE * 5, *PARKING * 5]
    Random(1).shuffle(texts)
    return texts


def test_words_of_one_meaning_are_one_theme_in_both_languages_and_praise_is_none(comments):
    themes = find_themes(comments, least=5)
    assert ("parcheggio", "parcheggi") in themes
    assert any({"caffè", "coffee"} <= set(words) for words in themes)
    assert not any({"bene", "grazie", "gentili", "good", "freddo"} & set(words) for words in themes)


def test_the_order_of_the_comments_changes_nothing(comments):
    assert find_themes(comments, least=5) == find_themes(sorted(comments), least=5)


def test_what_is_known_keeps_its_words_and_its_place_and_gains_new_ones(comments):
    known = [("navetta",), ("caffè",)]
    first, second, *new = find_themes(comments, known, least=5)
    assert first == ("navetta",)
    assert second[0] == "caffè"
    assert "coffee" in second
    assert ("parcheggio", "parcheggi") in new
    again = find_themes(comments, [first, second, *new], least=5)
    assert again == [first, second, *new]


def test_a_comment_is_in_a_theme_because_it_says_its_word():
    finder = ThemeFinder([("caffè", "coffee"), ("acqua",)])
    assert finder.find("Niente CAFFÈ") == {0: (7, 12)}
    assert finder.find("l'acqua e il coffee, coffee") == {1: (2, 7), 0: (13, 19)}
    assert finder.find("") == finder.find("caffettiera") == {}


def test_labels_name_each_thing_once():
    assert label_of(("doccia", "docce", "bagno", "bagni", "sapone", "acqua")) == "doccia, bagno, sapone"
    assert stem("negozi") == stem("negozio")


@pytest.mark.parametrize("texts", [[], [""], ["🙂"] * 30, ["a" * 50_000] * 3, ["\x00\u200b"] * 9])
def test_odd_comments_have_no_themes(texts):
    assert find_themes(texts, least=2) == []

"""Every sentence of the table reader exists in both languages and asks for the same values."""

import string

import pytest

from premura.importers.table.sentences import SENTENCES, written


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_are_complete(code):
    assert set(SENTENCES[code]) == {"it", "en"}
    assert fields(SENTENCES[code]["it"]) == fields(SENTENCES[code]["en"])
    assert all(text.strip() == text and text for text in SENTENCES[code].values())


def test_numbers_take_the_form_of_the_language():
    assert (written(1234567, "it"), written(1234567, "en")) == ("1.234.567", "1,234,567")

"""Customers are spoken to in every language in which a survey may be asked: completely, and politely.

What a machine can check is checked here; whether a sentence sounds right is for somebody who speaks it to say.
"""

import re
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings

from premura.core.languages import CODES

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))

import messages

PERCENT = re.compile(r"%\(\w+\)s")
#: Pronouns and possessives of the familiar voice
FAMILIAR = {
    "de": re.compile(r"\b(du|dich|dir|dein\w*|euch|euer|eure\w*)\b", re.IGNORECASE),
    "fr": re.compile(r"\b(tu|toi|ton|ta|tes)\b", re.IGNORECASE),
    "es": re.compile(r"\b(tú|ti|tu|tus|vosotr[oa]s|vuestr\w+)\b", re.IGNORECASE),
}
OTHERS = [code for code in CODES if code not in dict(settings.LANGUAGES)]


@pytest.fixture(scope="module", params=OTHERS)
def spoken(request) -> tuple[str, Catalog]:
    with messages.catalogue_of(request.param).open("rb") as file:
        return request.param, read_po(file, locale=request.param, charset="utf-8")


def test_every_language_of_surveys_has_a_catalogue_and_the_staff_pages_have_none():
    assert {"en", *messages.LANGUAGES} == {*CODES}
    assert not {*dict(settings.LANGUAGES)} & {*OTHERS}


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return messages.template_catalogue("de")


def test_nothing_that_customers_read_lacks_its_translation(spoken, wanted):
    _language, catalogue = spoken
    known = {(str(one.id), one.context) for one in catalogue if messages.is_translated(one)}
    # And nothing else is in it: a page for staff would show itself half translated
    assert known == {(str(one.id), one.context) for one in wanted if one.id}
    assert len(known) == len(catalogue) > 300


def test_translations_keep_the_placeholders_the_marks_and_the_voice(spoken):
    language, catalogue = spoken
    for message in filter(lambda one: one.id, catalogue):
        english = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for text in texts:
            assert {*PERCENT.findall(text)} <= {*PERCENT.findall(english[-1])}, text
            assert "!" not in text, text
            assert not FAMILIAR[language].search(text), text
            assert text[-1:] in ".?:…" or english[-1][-1:] not in ".?", text
        assert {*PERCENT.findall(texts[-1])} == {*PERCENT.findall(english[-1])}, texts

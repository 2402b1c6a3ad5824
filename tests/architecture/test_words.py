"""The product speaks Italian: completely, with the same placeholders, in the voice that each page asks for.

What a machine can check is checked here; whether a sentence sounds Italian is for an Italian to say.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "premura"
sys.path.insert(0, str(ROOT / "tools"))

import messages  # noqa: E402

#: Where customers are spoken to: the public pages, what is wrong with an answer, said on every way in, and print
PUBLIC = (
    "src/premura/entrypoints/collect/",
    "src/premura/loop/listen/sentences.py",
    "src/premura/loop/listen/letters.py",
    "src/premura/loop/listen/panel_letters.py",
    "src/premura/loop/listen/panel_links.py",
    "src/premura/loop/listen/templates/listen/",
    "src/premura/entrypoints/web/templates/mail/unsubscribe.html",
    "src/premura/entrypoints/web/ideas/forms.py",
    "src/premura/entrypoints/web/ideas/own.py",
    "src/premura/entrypoints/web/templates/ideas/_member.html",
    "src/premura/entrypoints/web/templates/ideas/_vote.html",
    "src/premura/entrypoints/web/templates/ideas/closed.html",
    "src/premura/entrypoints/web/templates/ideas/idea.html",
    "src/premura/entrypoints/web/templates/ideas/idea_mine.html",
    "src/premura/entrypoints/web/templates/ideas/idea_new.html",
    "src/premura/entrypoints/web/templates/ideas/ideas.html",
    "src/premura/entrypoints/web/templates/ideas/panel_join.html",
    "src/premura/entrypoints/web/templates/ideas/panel_leaving.html",
    "src/premura/entrypoints/web/templates/ideas/panel_own.html",
    "src/premura/entrypoints/web/templates/ideas/panel_wrong.html",
    "src/premura/entrypoints/web/tell/forms.py",
    "src/premura/entrypoints/web/templates/tell/person.html",
    "src/premura/entrypoints/web/templates/tell/tell.html",
    "src/premura/entrypoints/web/templates/tell/thanks.html",
    "src/premura/entrypoints/web/templates/stories/story_own.html",
    "src/premura/entrypoints/web/prints/paper.py",
    "src/premura/entrypoints/web/prints/posters.py",
    "src/premura/entrypoints/web/progress/",
    "src/premura/entrypoints/web/templates/progress/",
    "src/premura/loop/recover/progress.py",
    "src/premura/loop/recover/asking.py",
    "src/premura/loop/recover/attachments.py",
    "src/premura/loop/recover/mailing.py",
)
TABLES = [
    *sorted((SOURCE / "core" / "company" / "packs").glob("*.toml")),
    SOURCE / "importers" / "demo" / "words.toml",
    SOURCE / "importers" / "table" / "sentences.toml",
    SOURCE / "entrypoints" / "cli" / "report" / "words.toml",
]

#: {placeholder} of the command line's sentences, without the forms after the colon
BRACES = re.compile(r"{(\w+)")
PERCENT = re.compile(r"%\((\w+)\)s|%%")
#: Imperatives, pronouns and possessives of one voice only; words that mean something else too are left out
TU = re.compile(
    r"\b(tu|tuo|tua|tuoi|tue|ti|hai|puoi|vuoi|devi|sei|scegli|scrivi|leggi|riprova|dillo|dì)\b"
    r"|\bdi'(?= (che|come|perché))",
    re.IGNORECASE,
)
LEI = re.compile(
    r"\b(Scelga|Scriva|Guardi|Provi|Chieda|Dica|Confronti|Aggiunga|Tolga|Legga|Prema|Torni|Controlli|Inquadri|Dia)\b"
    r"|(?<!^)(?<![.:?«] )\b(Lei|Suo|Sua|Suoi|Sue|La|Le)\b(?! [A-Z])",
)
#: What staff show or read out to a customer on the staff's own pages
SAID_TO_CUSTOMERS = {
    "Point your camera at the code.",
    "we think that what went wrong is put right, but you know better. A person reads what you tell us.",
}
ENGLISH = re.compile(
    r"\b(link|online|file system|feedback|customer|survey|touchpoint|dashboard|report|team|owner|manager|login|logout"
    r"|ticket|step|best practice|staff|device|settings|save|cancel)\b",
    re.IGNORECASE,
)


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def ids(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, (tuple, list)) else (message.id,)


@pytest.fixture(scope="module")
def italian() -> Catalog:
    with messages.PO.open("rb") as file:
        return read_po(file, locale="it", charset="utf-8")


@pytest.fixture(scope="module")
def used() -> Catalog:
    """The messages of the code and the templates, each with the files that hold it."""
    return messages.template_catalogue()


@pytest.fixture(scope="module")
def pairs(italian: Catalog) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(ids(message), strings(message)) for message in italian if message.id]


def spoken_at(italian: Catalog, used: Catalog, *, public: bool) -> Iterator[tuple[str, str]]:
    """(English, Italian) of what is said on the public pages only, or on the pages of the staff only."""
    for message in used:
        if not message.id:
            continue
        is_public = {path.startswith(PUBLIC) for path, _line in message.locations}
        known = italian.get(message.id, message.context)
        if is_public == {public} and known is not None:
            for text in strings(known):
                yield ids(message)[0], text


def in_tables() -> Iterator[tuple[str, str, dict[str, str]]]:
    """(file, path, {it, en}) of every text that a table holds in two languages."""

    def walk(value: object, path: str) -> Iterator[tuple[str, dict[str, str]]]:
        if isinstance(value, list):
            for index, each in enumerate(value):
                yield from walk(each, f"{path}[{index}]")
        elif isinstance(value, dict) and isinstance(value.get("it"), str):
            yield path, value
        elif isinstance(value, dict):
            for name, each in value.items():
                yield from walk(each, f"{path}.{name}" if path else name)

    for table in TABLES:
        for path, texts in walk(tomllib.loads(table.read_text(encoding="utf-8")), ""):
            yield table.name, path, texts


# --- the catalogue


def test_nothing_lacks_its_italian(italian, used):
    assert messages.missing(italian, used) == []


def test_an_english_message_without_italian_is_noticed(italian, tmp_path, monkeypatch):
    (tmp_path / "page.py").write_text(
        'from django.utils.translation import gettext as _\n_("A fox in the hen house")\n'
    )
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    assert messages.missing(italian, messages.template_catalogue()) == ["A fox in the hen house"]


def test_nothing_is_guessed(italian):
    assert [message.id for message in italian if message.id and "fuzzy" in message.flags] == []


def test_plurals_have_both_their_forms(italian):
    plurals = [message for message in italian if isinstance(message.id, (tuple, list))]
    assert plurals
    assert [message.id for message in plurals if len(strings(message)) != 2] == []


def test_italian_has_the_placeholders_of_english(pairs):
    wrong = []
    for english, translated in pairs:
        # The singular may say «one» in words where the plural counts
        allowed = [{*PERCENT.findall(text)} for text in english]
        forms = zip(translated, allowed if len(allowed) == len(translated) else allowed * len(translated), strict=True)
        wrong += [(english, text) for text, names in forms if {*PERCENT.findall(text)} != names]
    assert wrong == []


def test_italian_has_the_tags_of_english(pairs):
    tags = re.compile(r"</?\w+>")
    wrong = [
        (english, text)
        for english, translated in pairs
        for text in translated
        if tags.findall(text) != tags.findall(english[0])
    ]
    assert wrong == []


# --- the voice


def test_nobody_shouts(pairs):
    shouted = [text for _english, translated in pairs for text in translated if "!" in text]
    shouted += [f"{name}: {path}" for name, path, texts in in_tables() for text in texts.values() if "!" in str(text)]
    assert shouted == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        (
            "an accent written as an apostrophe",
            re.compile(r"\b(e'|perche'?|piu'?|puo'?|cosi'?|gia'?|cioe'|citta'?)(?!\w)"),
        ),
        (
            "the wrong accent",
            re.compile(r"\b(perchè|poichè|finchè|né|affinchè)\b(?<!né)|\bpò\b|\bquì\b|\bquà\b|\bstà\b"),
        ),
        ("English quotation marks", re.compile(r"[“”]|\"\w")),
        ("two spaces, or one before a comma", re.compile(r"\S  +\S|\s[,;:.](\s|$)")),
        ("a decimal point", re.compile(r"(?<![\d.])\d+\.\d{1,2}(?![\d.])(?! ?[–-])")),
    ],
)
def test_italian_is_spelt_as_italian(what, pattern, pairs):
    texts = [text for _english, translated in pairs for text in translated]
    # A time of the clock is written with a point in what is said aloud, and commands keep their quotation marks
    spoken = [texts["it"] for name, _path, texts in in_tables() if name not in {"sentences.toml", "words.toml"}]
    texts += [re.sub(r"\b(\d{1,2})\.(\d{2})\b", r"\1:\2", text) for text in spoken]
    assert [text for text in texts if pattern.search(text)] == [], what


def test_customers_are_addressed_with_lei(italian, used):
    said = list(spoken_at(italian, used, public=True))
    assert len(said) > 40
    assert [text for _english, text in said if TU.search(text)] == []


def test_staff_are_addressed_with_tu(italian, used):
    said = list(spoken_at(italian, used, public=False))
    assert len(said) > 900
    assert [text for english, text in said if LEI.search(text) and english not in SAID_TO_CUSTOMERS] == []


def test_packs_speak_to_customers_with_lei_and_to_staff_with_tu():
    for name, path, texts in in_tables():
        last = re.sub(r"\[\d+\]", "", path).split(".")
        if last[-1] == "say" or last[0] == "survey":
            assert not TU.search(texts["it"]), f"{name} {path}"
        elif last[-1] in {"solution", "problem"} and last[0] == "cards":
            assert not LEI.search(texts["it"]), f"{name} {path}"


def test_no_english_where_italian_has_a_word(pairs):
    # Names of commands, of placeholders and of what stands in code are not words of the language
    strip = re.compile(r"<code>.*?</code>|%\(\w+\)s|premura \w+( \w+)? [A-Z]+(\.\w+)?( --\w+ [A-Z]+)?|PREMURA_\w+")
    found = [text for _english, translated in pairs for text in translated if ENGLISH.search(strip.sub("", text))]
    assert found == []


# --- the tables


def test_every_text_of_the_tables_is_there_in_both_languages():
    texts = list(in_tables())
    assert len(texts) > 500
    assert [(name, path) for name, path, both in texts if not both.get("en") or not both["it"].strip()] == []


def test_sentences_of_the_command_line_have_the_same_placeholders():
    wrong = [
        (name, path)
        for name, path, texts in in_tables()
        if name in {"sentences.toml", "words.toml"}
        and {*BRACES.findall(texts["it"])} != {*BRACES.findall(str(texts["en"]))}
    ]
    assert wrong == []

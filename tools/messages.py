"""The words of the product: extract them, add translations, say what is missing, compile.

    python tools/messages.py extract            bring the catalogues up to date with the code and the templates
    python tools/messages.py add < pairs.json   {"English": "Italiano"}; plurals {"one\\u0000many": ["una", "molte"]};
    contexts "ctx\\u0004msg"; «add de» for another language than Italian
    python tools/messages.py missing            print what has no translation yet, as JSON, language by language; of one
    with «missing de»; exit code 1 if anything has none

English is the language of the code, so it has no catalogue. Italian has one of everything; the other languages in which
customers are asked have one of what customers read (``tools/customers.py``), and staff pages are never shown in them.
No gettext installation is needed: Babel reads the Python, Django turns templates into something that Babel reads.
"""

import fcntl
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from build_messages import compile_catalogues
from customers import is_for_customers, speaks_to_customers

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "premura"
LANGUAGES = ("it", "de", "fr", "es")
PO = SOURCE / "locale" / "it" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}


def catalogue_of(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


def _found_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, int]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"}:
        from django.utils.translation.template import templatize

        # What stands around the tags is noise to a reader of Python: indentation would make it a syntax error
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    for line, messages, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS, comment_tags=()):
        yield messages, context, line


def template_catalogue(language: str = "it") -> Catalog:
    """Every message of the code and the templates; for any language but Italian, those that customers read."""
    catalogue = Catalog(project="Premura", charset="utf-8", fuzzy=False)
    # The report speaks without Django and has a dictionary of its own
    paths = [*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]
    for path in sorted(paths):
        if "migrations" in path.parts or (language != "it" and not speaks_to_customers(path)):
            continue
        for message, context, line in _found_in(path):
            if message and message[0] and (language == "it" or is_for_customers(path, line)):
                catalogue.add(message, context=context, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalogue


@contextmanager
def opened(language: str) -> Iterator[Catalog]:
    """A catalogue, locked while it is changed, written back sorted so that merges stay small."""
    po = catalogue_of(language)
    po.parent.mkdir(parents=True, exist_ok=True)
    with (po.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        catalogue = Catalog(locale=language, charset="utf-8", fuzzy=False)
        if po.exists():
            with po.open("rb") as file:
                catalogue = read_po(file, locale=language, charset="utf-8")
        yield catalogue
        with po.with_suffix(".new").open("wb") as file:
            write_po(file, catalogue, sort_output=True, omit_header=False, no_location=True, width=120)
        os.replace(po.with_suffix(".new"), po)
        compile_catalogues(ROOT)


def update() -> None:
    """Bring the catalogues up to date; obsolete messages go, nothing is guessed."""
    for language in LANGUAGES:
        with opened(language) as catalogue:
            catalogue.update(template_catalogue(language), no_fuzzy_matching=True)
            catalogue.obsolete.clear()
            catalogue.fuzzy = False


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(message.id) and all(strings) and "fuzzy" not in message.flags


def missing(catalogue: Catalog, used: Catalog) -> list[str]:
    """Messages ``used`` by the code and templates (see :func:`template_catalogue`) without a complete translation."""
    result = []
    for message in used:
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        if known is None or not is_translated(known):
            name = "\0".join(message.id) if isinstance(message.id, tuple) else message.id
            result.append(f"{message.context}\4{name}" if message.context else name)
    return result


def add(pairs: dict[str, str | list[str]], language: str = "it") -> None:
    """Write the given translations, whether the code uses the messages already or will soon."""
    with opened(language) as catalogue:
        for name, translation in pairs.items():
            context, _, rest = name.rpartition("\4")
            message_id = tuple(rest.split("\0")) if "\0" in rest else rest
            old = catalogue.get(message_id, context or None)
            if old is not None:
                catalogue.delete(message_id, context or None)
            flags = ["python-format"] if "%(" in rest else []
            string = tuple(translation) if isinstance(translation, list) else translation
            catalogue.add(message_id, string, context=context or None, flags=flags)


def _lacking(language: str) -> list[str]:
    with opened(language) as catalogue:
        return missing(catalogue, template_catalogue(language))


def main() -> int:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    languages = sys.argv[2:] or list(LANGUAGES)
    if command == "extract":
        update()
    elif command == "add":
        add(json.load(sys.stdin), (*sys.argv[2:], "it")[0])
    elif command == "missing":
        lacking = {language: _lacking(language) for language in languages}
        found = (
            lacking[languages[0]] if len(languages) == 1 else {one: names for one, names in lacking.items() if names}
        )
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 1 if found else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The words of the product: extract them, add translations, say what is missing, compile.

    python tools/messages.py extract            bring the catalogues up to date with the code and the templates
    python tools/messages.py add < pairs.json   {"English": "Italiano"}; plurals {"one\\u0000many": ["una", "molte"]};
    contexts "ctx\\u0004msg"
    python tools/messages.py missing            print what has no Italian yet, as JSON; exit code 1 if anything has none

English is the language of the code, so only Italian has a catalogue to fill. No gettext installation is needed: Babel
reads the Python, Django turns templates into something that Babel reads.
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

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "premura"
PO = SOURCE / "locale" / "it" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
    "gettext_noop": None,
}


def _found_in(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    text = path.read_text(encoding="utf-8")
    if path.suffix in {".html", ".txt"}:
        from django.utils.translation.template import templatize

        # What stands around the tags is noise to a reader of Python: indentation would make it a syntax error
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    for _line, messages, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS, comment_tags=()):
        yield messages, context


def template_catalogue() -> Catalog:
    """Every message of the code and the templates."""
    catalogue = Catalog(project="Premura", charset="utf-8", fuzzy=False)
    # The report speaks without Django and has a dictionary of its own
    paths = [*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]
    for path in sorted(paths):
        if "migrations" in path.parts:
            continue
        for message, context in _found_in(path):
            if message and message[0]:
                catalogue.add(message, context=context, locations=[(str(path.relative_to(ROOT)), 0)])
    return catalogue


@contextmanager
def italian() -> Iterator[Catalog]:
    """The Italian catalogue, locked while it is changed, written back sorted so that merges stay small."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    with (PO.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        catalogue = Catalog(locale="it", charset="utf-8", fuzzy=False)
        if PO.exists():
            with PO.open("rb") as file:
                catalogue = read_po(file, locale="it", charset="utf-8")
        yield catalogue
        with PO.with_suffix(".new").open("wb") as file:
            write_po(file, catalogue, sort_output=True, omit_header=False, no_location=True, width=120)
        os.replace(PO.with_suffix(".new"), PO)
        compile_catalogues(ROOT)


def update() -> None:
    """Bring the catalogue up to date; obsolete messages go, nothing is guessed."""
    with italian() as catalogue:
        catalogue.update(template_catalogue(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.fuzzy = False


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return bool(message.id) and all(strings) and "fuzzy" not in message.flags


def missing(catalogue: Catalog, used: Catalog | None = None) -> list[str]:
    """Messages of the code and templates (``used``, where they are read already) without a complete Italian
    translation.
    """
    result = []
    for message in used or template_catalogue():
        if not message.id:
            continue
        known = catalogue.get(message.id, message.context)
        if known is None or not is_translated(known):
            name = "\0".join(message.id) if isinstance(message.id, tuple) else message.id
            result.append(f"{message.context}\4{name}" if message.context else name)
    return result


def add(pairs: dict[str, str | list[str]]) -> None:
    """Write the given translations, whether the code uses the messages already or will soon."""
    with italian() as catalogue:
        for name, translation in pairs.items():
            context, _, rest = name.rpartition("\4")
            message_id = tuple(rest.split("\0")) if "\0" in rest else rest
            old = catalogue.get(message_id, context or None)
            if old is not None:
                catalogue.delete(message_id, context or None)
            flags = ["python-format"] if "%(" in rest else []
            string = tuple(translation) if isinstance(translation, list) else translation
            catalogue.add(message_id, string, context=context or None, flags=flags)


def main() -> int:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "extract":
        update()
    elif command == "add":
        add(json.load(sys.stdin))
    elif command == "missing":
        with italian() as catalogue:
            names = missing(catalogue)
        print(json.dumps(names, ensure_ascii=False, indent=1))
        return 1 if names else 0
    else:
        print(__doc__)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

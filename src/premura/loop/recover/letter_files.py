"""Files of letters that came in: which are kept, and those of letters that are held back until somebody looks."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from premura.loop.listen.pictures import NotTakenError
from premura.loop.recover.attachments import (
    MOST_A_CASE,
    MOST_A_MESSAGE,
    Checked,
    Given,
    checked,
    place_of,
    store,
    unlink_later,
)
from premura.loop.recover.cases import write_message
from premura.loop.recover.incoming import IncomingMail
from premura.loop.recover.models import Attachment, Case, Direction


def sort_files(files: Sequence[tuple[str, bytes]], *, room: int) -> tuple[list[Checked], list[str]]:
    """Those that are kept, known by their content, and the names of the others, made harmless.

    >>> kept, refused = sort_files([("fattura.pdf", b"%PDF-1.7"), ("fattura.pdf.exe", b"MZ")], room=9)
    >>> [one.name for one in kept], refused
    (['fattura.pdf'], ['fattura.pdf.exe'])
    """
    kept: list[Checked] = []
    refused: list[str] = []
    for name, content in files:
        try:
            if len(kept) >= min(room, MOST_A_MESSAGE):
                raise NotTakenError("too-many-files")
            kept.append(checked(Given(name, content)))
        except NotTakenError:
            plain = "".join(letter for letter in name if letter.isprintable() and letter not in "/\\<>")
            refused.append(plain[:80] or _("a file without a name"))
    return kept, refused[:20]


def keep_held(address: str, files: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]:
    """Keep the files of a letter that is held back, as its row remembers them; refused ones by their names alone.

    No more from one address than a case holds: a flood of letters does not fill the disk.
    """
    held = IncomingMail.objects.filter(address=address, outcome=IncomingMail.Outcome.HELD)
    there = sum("stored_as" in file for files_of in held.values_list("files", flat=True) for file in files_of)
    kept, refused = sort_files(files, room=max(0, MOST_A_CASE - there))
    return [*map(_kept, kept), *({"name": name} for name in refused)]


def _kept(file: Checked) -> dict[str, Any]:
    return {"name": file.name, "kind": file.kind, "size": len(file.content), "stored_as": store(file.content)}


def hand_on(files: Iterable[dict[str, Any]], case: Case, *, room: int, at: datetime) -> None:
    """What was kept of a letter goes to its words, which are the last of the thread; what has no room is named."""
    message = case.messages.filter(direction=Direction.IN).order_by("-pk").first()
    kept = [file for file in files if "stored_as" in file]
    Attachment.objects.bulk_create(Attachment(message=message, **file) for file in kept[:room])
    unlink_later([place_of(file["stored_as"]) for file in kept[room:]])
    note_refused(case, [file["name"] for file in (*kept[room:], *(f for f in files if "stored_as" not in f))], at)


def note_refused(case: Case, names: Sequence[str], at: datetime) -> None:
    """Say in the thread which files of a letter were not kept."""
    if names:
        words = _("Not kept, neither a picture nor a PDF, or too large or too many: %(names)s")
        write_message(case, Direction.NOTE, words % {"names": ", ".join(names)}, by=None, at=at)


def drop_held(letters: Iterable[IncomingMail]) -> None:
    """The files of letters that nobody has taken go with them."""
    unlink_later([place_of(file["stored_as"]) for mail in letters for file in mail.files if "stored_as" in file])

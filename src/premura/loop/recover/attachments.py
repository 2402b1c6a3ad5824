"""Files that come with a message: pictures and PDF, known by their content, kept under a name of ours.

What a file is called says nothing of what it is: *fattura.pdf.exe* is looked at, found to be a program, and refused
with the reason. Nothing that a browser could run is kept, and what is kept is only ever handed out as a download.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from premura.core.errors import PremuraError
from premura.core.staff.models import Person
from premura.loop.recover.cases import write_message
from premura.loop.recover.models import Attachment, Case, Message, new_file_name

FOLDER = "cases"
LARGEST = 5 * 1024 * 1024
MOST_A_MESSAGE = 3
MOST_A_CASE = 30
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
#: What looks like the ending of a file's name, however many there are
_ENDING = re.compile(r"[a-zA-Z]{1,5}\d?|7z")
_STARTS = {b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png", b"%PDF-": "pdf"}


@dataclass(frozen=True)
class Given:
    """A file as it arrives."""

    name: str
    content: bytes


def kind_of(content: bytes) -> str:
    """What a file is, by its first bytes; empty for whatever is not kept.

    >>> kind_of(b"%PDF-1.7 ..."), kind_of(b"MZ a program"), kind_of(b"<html>")
    ('pdf', '', '')
    """
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    return next((kind for start, kind in _STARTS.items() if content.startswith(start)), "")


def harmless_name(name: str, kind: str) -> str:
    """The last part of ``name`` without signs that mean something to a system, with the ending of what it really is.

    >>> harmless_name("C:\\\\temp\\\\fattura.pdf.exe", "pdf"), harmless_name("../../\\x00.png", "png")
    ('fattura.pdf', 'file.png')
    >>> harmless_name("fattura.2026.11.pdf", "pdf")
    'fattura-2026-11.pdf'
    """
    parts = _last_part(name).split(".")
    while len(parts) > 1 and _ENDING.fullmatch(parts[-1]):
        parts.pop()
    kept = _with_signs("-".join(parts), " -_")
    return f"{kept[:80] or 'file'}.{kind}"


def name_as_sent(name: str) -> str:
    """The last part of ``name`` with all its endings, for the words of a refusal: who sent it finds it again.

    >>> name_as_sent("C:\\\\temp\\\\fattura.pdf.exe"), name_as_sent("../\\x00")
    ('fattura.pdf.exe', 'file')
    """
    return _with_signs(_last_part(name), " -_.")[-80:] or "file"


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _with_signs(text: str, signs: str) -> str:
    """Letters, digits and these signs, which do not stand at the ends."""
    return "".join(letter for letter in text if letter.isalnum() or letter in signs).strip(signs)


def check_files(files: Sequence[Given], *, kept: int = 0) -> list[str]:
    """The kinds of ``files``, or the refusal that says which one is not kept, and why. ``kept`` are there already."""
    if len(files) > MOST_A_MESSAGE:
        raise PremuraError("too-many-files", _("At most %(n)s files a message.") % {"n": MOST_A_MESSAGE})
    if kept + len(files) > MOST_A_CASE:
        raise PremuraError("too-many-files", _("There are too many files here already: describe it in words."))
    kinds = []
    for file in files:
        values = {"name": name_as_sent(file.name), "mb": LARGEST // (1024 * 1024)}
        if len(file.content) > LARGEST:
            raise PremuraError("file-too-large", _("“%(name)s” is larger than %(mb)s MB.") % values)
        kind = kind_of(file.content)
        if not kind:
            raise PremuraError(
                "file-refused",
                _("“%(name)s” is neither a picture (JPEG, PNG, WebP) nor a PDF: it was not kept.") % values,
            )
        kinds.append(kind)
    return kinds


def attach(message: Message, files: Sequence[Given]) -> list[Attachment]:
    """Keep ``files`` with ``message``: all or, with the reason, none."""
    kept = Attachment.objects.filter(message__case=message.case_id).count()
    kinds = check_files(files, kept=kept)
    with transaction.atomic():
        return [
            Attachment.objects.create(
                message=message,
                name=harmless_name(file.name, kind),
                kind=kind,
                size=len(file.content),
                stored_as=store(file.content),
            )
            for file, kind in zip(files, kinds, strict=True)
        ]


def store(content: bytes) -> str:
    """Keep a file under a name of ours, which is returned."""
    name = new_file_name()
    path = place_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return name


def write_with_files(
    case: Case, direction: str, text: str, files: Sequence[Given], *, by: Person | None, channel: str = ""
) -> Message:
    """A message with its files, or the refusal of one of them and neither."""
    check_files(files, kept=Attachment.objects.filter(message__case=case).count())
    with transaction.atomic():
        message = write_message(case, direction, text, by=by, channel=channel)
        attach(message, files)
    return message


def place_of(stored_as: str) -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER / stored_as


def path_of(attachment: Attachment) -> Path:
    return place_of(attachment.stored_as)


def drop_files(cases: Iterable[int]) -> None:
    """The files of these cases go, with their rows; the files once it is certain that the rows are gone."""
    rows = Attachment.objects.filter(message__case__in=list(cases))
    paths = [path_of(row) for row in rows]
    rows.delete()
    unlink_later(paths)


def unlink_later(paths: Iterable[Path]) -> None:
    """The files go once it is certain that their rows are gone."""

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    transaction.on_commit(unlink)

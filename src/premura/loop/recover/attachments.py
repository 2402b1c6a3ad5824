"""Files that come with a message: pictures and PDF, known by their content, kept under a name of ours.

What a file is called says nothing of what it is: *fattura.pdf.exe* is looked at, found to be a program, and refused
with the reason. Nothing that a browser could run is kept, and what is kept is only ever handed out as a download. A
picture is made anew, as those of a survey are: it tells neither where it was taken nor with what.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from premura.core.errors import PremuraError
from premura.core.staff.models import Person
from premura.loop.listen.pictures import FILE_LIMIT, PIXELS_LIMIT, NotTakenError, taken
from premura.loop.recover.cases import write_message
from premura.loop.recover.models import Attachment, Case, Message, new_file_name

FOLDER = "cases"
LARGEST = FILE_LIMIT
MOST_A_MESSAGE = 3
MOST_A_CASE = 30
TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
#: What looks like the ending of a file's name, however many there are
_ENDING = re.compile(r"[a-zA-Z]{1,5}\d?|7z")
# A large photo takes a second and a hundred megabytes while it is unpacked: one after the other
_UNPACKING = threading.Lock()


@dataclass(frozen=True)
class Given:
    """A file as it arrives."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Checked:
    """A file as it is kept: its name made harmless, its kind by its content, a picture without what came along."""

    name: str
    kind: str
    content: bytes


def checked(file: Given) -> Checked:
    """The file as it is kept; :class:`NotTakenError` for whatever is not.

    >>> checked(Given("fattura.pdf.exe", b"%PDF-1.7 ...")).name
    'fattura.pdf'
    >>> checked(Given("fattura.pdf", b"MZ a program"))
    Traceback (most recent call last):
    premura.loop.listen.pictures.NotTakenError: file-kind
    """
    with _UNPACKING:
        content, kind = taken(file.content)
    return Checked(harmless_name(file.name, kind), kind, content)


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


def check_files(files: Sequence[Given], *, kept: int = 0) -> list[Checked]:
    """``files`` as they are kept, or the refusal that says which one is not, and why. ``kept`` are there already.

    May take seconds: before a transaction, not in it.
    """
    if len(files) > MOST_A_MESSAGE:
        raise PremuraError("too-many-files", _("At most %(n)s files a message.") % {"n": MOST_A_MESSAGE})
    if kept + len(files) > MOST_A_CASE:
        raise PremuraError("too-many-files", _("There are too many files here already: describe it in words."))
    found = []
    for file in files:
        try:
            found.append(checked(file))
        except NotTakenError as error:
            raise PremuraError(error.code, _not_taken(error.code, name_as_sent(file.name))) from None
    return found


def _not_taken(code: str, name: str) -> str:
    values = {"name": name, "mb": LARGEST // (1024 * 1024), "pixels": PIXELS_LIMIT // 1_000_000}
    if code == "file-too-large":
        return _("“%(name)s” is larger than %(mb)s MB.") % values
    if code == "too-many-pixels":
        return _("“%(name)s” has more than %(pixels)s million pixels: please send a smaller picture.") % values
    return _("“%(name)s” is neither a picture (JPEG, PNG, WebP) nor a PDF: it was not kept.") % values


def check_for(case: Case, files: Sequence[Given]) -> list[Checked]:
    """:func:`check_files` for a case that may have files already."""
    return check_files(files, kept=Attachment.objects.filter(message__case=case).count()) if files else []


def attach(message: Message, files: Sequence[Checked]) -> list[Attachment]:
    """Keep ``files`` with ``message``."""
    with transaction.atomic():
        return [
            Attachment.objects.create(
                message=message,
                name=file.name,
                kind=file.kind,
                size=len(file.content),
                stored_as=store(file.content),
            )
            for file in files
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
    found = check_for(case, files)
    with transaction.atomic():
        message = write_message(case, direction, text, by=by, channel=channel)
        attach(message, found)
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

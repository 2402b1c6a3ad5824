"""Photos, files and signatures: kept under the data folder by their digest, and gone when nobody's answer needs them.

The address of a file is its content, so the same one twice is one file. A form carries the address on from page to
page; only an answer that was kept makes it reachable, through the door of that answer.
"""

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from premura.loop.listen.answers import FILE_REFERENCE
from premura.loop.listen.kinds import FILED
from premura.loop.listen.models import Attachment, StoryPicture, Submission
from premura.loop.listen.pictures import FILE_LIMIT, NotTakenError, taken
from premura.loop.listen.problems import Problem
from premura.loop.listen.questions import Definition

# All the files of one survey, as they are sent
FILES_LIMIT = 20 * 1024 * 1024
LOOSE_FILES = "listen.loose_files"
# How long a file may wait for the rest of its survey
_WAIT = timedelta(days=2)
_DATA_ADDRESS = re.compile(r"data:[a-z/+.-]{0,60};base64,")


def with_files_kept(definition: Definition, raw: Mapping[str, object]) -> tuple[dict[str, object], tuple[Problem, ...]]:
    """``raw`` with the address of each file in the place of its bytes, and what could not be taken.

    Bytes come as ``{"name": …, "data": …}``: bytes from a form, base64 text from a program. Files are on disk, flushed,
    when this returns; it may take a second for a large photo, so it belongs on a thread of its own.
    """
    kept, problems = without_bytes(raw), []
    for question in definition.questions:
        value = raw.get(question.code)
        if question.kind not in FILED or not isinstance(value, Mapping):
            continue
        said = {name: words for name, words in value.items() if name != "data"}
        try:
            if value.get("data"):
                said["file"] = keep_file(_bytes_of(value["data"]), only_pictures=question.kind == "signature")
            elif said.get("file") and not is_there(said["file"]):
                raise NotTakenError("file-gone")
        except NotTakenError as error:
            said.pop("file", None)
            problems.append(Problem(error.code, question.code))
        kept[question.code] = said
    return kept, tuple(problems)


def without_bytes(raw: Mapping[str, object]) -> dict[str, object]:
    """``raw`` as it may go back into a page: without the bytes of files."""
    return {
        code: {name: words for name, words in value.items() if name != "data"} if isinstance(value, Mapping) else value
        for code, value in raw.items()
    }


def _bytes_of(data: object) -> bytes:
    if isinstance(data, bytes):
        return data
    if not isinstance(data, str):
        raise NotTakenError("file-kind")
    # Four letters carry three bytes: known before anything is decoded
    if len(data) * 3 // 4 > FILE_LIMIT + 100:
        raise NotTakenError("file-too-large")
    try:
        return base64.b64decode(_DATA_ADDRESS.sub("", data, count=1), validate=True)
    except (binascii.Error, ValueError):
        raise NotTakenError("file-kind") from None


def keep_file(data: bytes, *, only_pictures: bool = False) -> str:
    """Check, make anew, write; returns ``<digest>.<ending>``. :class:`NotTakenError` says why not."""
    content, ending = taken(data, only_pictures=only_pictures)
    reference = f"{hashlib.sha256(content).hexdigest()}.{ending}"
    path = path_of(reference)
    if path.exists():
        os.utime(path)  # waits again from now on
        return reference
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    # Whole or not at all, also when two write the same one at once
    Path(file.name).replace(path)
    return reference


def path_of(reference: str) -> Path:
    """Where it lies. A reference was matched against :data:`FILE_REFERENCE`: it cannot lead anywhere else."""
    return Path(settings.MEDIA_ROOT) / "answers" / reference[:2] / reference


def is_there(reference: object) -> bool:
    return isinstance(reference, str) and bool(FILE_REFERENCE.fullmatch(reference)) and path_of(reference).is_file()


# Gone


def forget_files(responses: Iterable[object]) -> None:
    """The files of these responses' answers; one that another answer has too stays for that one."""
    rows = Attachment.objects.filter(answer__response__in=list(responses))
    references = set(rows.values_list("reference", flat=True))
    rows.delete()
    remove_files(references)


def remove_files(references: set[str]) -> None:
    """These files, unless something else holds one of them; what was rolled back was not removed."""
    transaction.on_commit(lambda: _remove(references))


def _remove(references: Iterable[str]) -> None:
    wanted = set(references)
    for rows in (Attachment.objects.all(), StoryPicture.objects.all()):
        wanted -= set(rows.filter(reference__in=wanted).values_list("reference", flat=True))
    if wanted:
        wanted -= _waiting()
    for reference in wanted:
        path_of(reference).unlink(missing_ok=True)


def do_loose_files(_payload: Mapping[str, object]) -> None:
    remove_loose_files(timezone.now())


def remove_loose_files(now: datetime) -> int:
    """Remove what was uploaded for a survey that was never sent; returns how many files that were."""
    limit = (now - _WAIT).timestamp()
    folder = Path(settings.MEDIA_ROOT) / "answers"
    old = {path.name: path for path in folder.glob("*/*") if path.stat().st_mtime < limit}
    used = set(Attachment.objects.values_list("reference", flat=True))
    used |= set(StoryPicture.objects.values_list("reference", flat=True))
    used |= _waiting()
    loose = [path for name, path in old.items() if name not in used]
    for path in loose:
        path.unlink(missing_ok=True)
    return len(loose)


def _waiting() -> set[str]:
    """What belongs to submissions that wait to become answers, however long."""
    waiting = Submission.objects.filter(unfolded_at__isnull=True).values_list("answers", flat=True)
    return {found[0] for answers in waiting.iterator() for found in FILE_REFERENCE.finditer(json.dumps(answers))}

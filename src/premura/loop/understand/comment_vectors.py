"""Searching comments by meaning: a vector a comment, kept when it is read, and one file of them all to be searched.

The vectors are rows of the database, made of words whose personal data is masked. The file in the data folder is a copy
of them, memory-mapped: made when it is missing, lengthened by what came in, and made anew whenever its count is not
that of the database, as after somebody was forgotten, or on a second machine.
"""

import fcntl
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max
from numpy.typing import NDArray

from premura.loop.listen.models import Answer
from premura.loop.understand.models import CommentVector

if TYPE_CHECKING:
    from premura.text import Reading

PLACE = 512
#: A comment less near than this speaks of something else.
LEAST = 0.35
#: Nearest of all, before a sentence narrows them.
MOST = 2_000


def keep(read: Sequence[tuple[Answer, "Reading"]]) -> None:
    """Keep where these comments lie; where one holds personal data, as it lies without."""
    from premura.text import embed, mask, pack

    masked = embed(mask(answer.text, reading.pii) for answer, reading in read if reading.pii)
    again = iter(masked)
    nowhere = np.zeros(PLACE, dtype=np.float32)
    places = [
        next(again) if reading.pii else nowhere if reading.vector is None else reading.vector for _, reading in read
    ]
    rows = [
        CommentVector(answer=answer, packed=packed.tobytes())
        for (answer, _), packed in zip(read, pack(np.array(places).reshape(-1, PLACE)), strict=True)
    ]
    # The same words lie in the same place, whoever reads them again
    CommentVector.objects.bulk_create(rows, ignore_conflicts=True)


def forget_emptied() -> None:
    """Somebody's words are gone: what was made of them goes, from the file too, which is made anew without them."""
    gone, _ = CommentVector.objects.filter(answer__text="").delete()
    if gone:
        transaction.on_commit(partial(_remove, _folder()))


def nearest_comments(words: str, *, among: Sequence[int] | None = None) -> list[int]:
    """Ids of the comments nearest in meaning to some words, the nearest first; ``among`` these, or the
    :data:`MOST` nearest of all.
    """
    from premura.text import embed, nearest

    ids, packed = the_index()
    if among is not None:
        at = np.flatnonzero(np.isin(ids, np.array(among, dtype=np.int64)))
        ids, packed = ids[at], packed[at]
    found, _ = nearest(packed, embed([words])[0], MOST, least=LEAST)
    return [int(pk) for pk in ids[found]]


@dataclass(frozen=True)
class _Stamp:
    """Which files, how many rows of them, and the last row of the table that is in them."""

    name: str
    rows: int
    last: int


def the_index() -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Ids of the answers and their vectors, as the database has them now; memory-mapped. One query."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        stamp, now = _stamp_of(folder), _counted()
        if stamp is None or (stamp.rows, stamp.last) != now:
            stamp = (stamp and _lengthened(folder, stamp, now)) or _made_anew(folder)
        if not stamp.rows:
            return np.empty(0, dtype=np.int64), np.empty((0, PLACE), dtype=np.int8)
        ids = np.memmap(folder / f"{stamp.name}.answers", np.int64, "r", shape=(stamp.rows,))
        packed = np.memmap(folder / f"{stamp.name}.vectors", np.int8, "r", shape=(stamp.rows, PLACE))
    return ids, packed


def _counted() -> tuple[int, int]:
    found = CommentVector.objects.aggregate(rows=Count("pk"), last=Max("pk"))
    return found["rows"], found["last"] or 0


def _lengthened(folder: Path, stamp: _Stamp, now: tuple[int, int]) -> _Stamp | None:
    """The file with what came in since; ``None`` where that is not all that changed."""
    rows, last = now
    new = list(CommentVector.objects.filter(pk__gt=stamp.last, pk__lte=last).order_by("pk"))
    if stamp.rows + len(new) != rows:
        return None
    _write(folder, stamp.name, new, stamp.rows)
    return _stamped(folder, _Stamp(stamp.name, rows, last))


def _made_anew(folder: Path) -> _Stamp:
    _remove(folder)
    name, rows, last = uuid4().hex, 0, 0
    batch: list[Any] = []
    for row in CommentVector.objects.order_by("pk").iterator(chunk_size=5_000):
        batch.append(row)
        if len(batch) == 5_000:
            _write(folder, name, batch, rows)
            rows, last, batch = rows + len(batch), batch[-1].pk, []
    _write(folder, name, batch, rows)
    return _stamped(folder, _Stamp(name, rows + len(batch), batch[-1].pk if batch else last))


def _write(folder: Path, name: str, rows: Iterable[CommentVector], at: int) -> None:
    """Write rows from number ``at`` on, over what an interrupted writing may have left there."""
    listed = list(rows)
    ids = np.array([row.answer_id for row in listed], dtype=np.int64).tobytes()
    vectors = b"".join(bytes(row.packed) for row in listed)
    for suffix, content, size in (("answers", ids, 8), ("vectors", vectors, PLACE)):
        path = folder / f"{name}.{suffix}"
        path.touch()
        with path.open("r+b") as file:
            file.seek(at * size)
            file.write(content)


def _folder() -> Path:
    return Path(settings.DATA) / "comments"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _stamp_of(folder: Path) -> _Stamp | None:
    with suppress(OSError, ValueError, TypeError):
        stamp = _Stamp(**json.loads((folder / "index.json").read_text()))
        sizes = [(folder / f"{stamp.name}.{suffix}").stat().st_size for suffix in ("answers", "vectors")]
        if sizes[0] >= stamp.rows * 8 and sizes[1] >= stamp.rows * PLACE:
            return stamp
    return None


def _stamped(folder: Path, stamp: _Stamp) -> _Stamp:
    new = folder / "index.new"
    new.write_text(json.dumps(asdict(stamp)))
    new.replace(folder / "index.json")
    return stamp


def _remove(folder: Path) -> None:
    """Whoever has it mapped keeps what was there until they let go of it."""
    for path in [folder / "index.json", *folder.glob("*.answers"), *folder.glob("*.vectors")]:
        path.unlink(missing_ok=True)

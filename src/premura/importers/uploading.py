"""A file that somebody drops in the web: kept under its hash before anything is read, with what it seems to be."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.words import on_one_line
from premura.importers.bringing import Seen, look_at, wish_from
from premura.importers.models import ImportedFile, State
from premura.importers.neutral.errors import SourceError
from premura.importers.responses.keeping import imports_folder, kept_file
from premura.importers.table import Role, TableError, parse_scale_rule
from premura.importers.table.notes import Choice

MOST_BYTES = 512 << 20
SUFFIXES = (
    ".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm", ".ods", ".lss", ".lsa", ".lsr", ".qsf", ".json", ".zip", ".xml",
    ".p7m",
)  # fmt: skip


def receive_file(name: str, pieces: Iterable[bytes], *, by: Person) -> ImportedFile:
    """Keep the bytes and look at them. Raises ``TableError`` for what is too large or of no known kind."""
    name = on_one_line(name.replace("\\", "/").rpartition("/")[2])[-200:] or "file"
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise SourceError("unknown-suffix", name=name, known=", ".join(SUFFIXES))
    sha256 = _keep(name, suffix, pieces)
    imported = ImportedFile(
        name=name, sha256=sha256, imported_at=timezone.now(), imported_by=by, state=State.LOOKED, source=""
    )
    try:
        seen = see(imported)
    except TableError:
        _let_go(imported)
        raise
    imported.kind = seen.kind
    imported.system = seen.found.code
    imported.shape = _shape(seen)
    if before := remembered(imported):
        imported.settings = before.settings
    imported.report = {"sure": seen.found.sight.sure}
    with transaction.atomic():
        imported.save()
        record("import.looked_at", by=by, about=imported, data={"kind": seen.kind, "system": seen.found.code})
    return imported


def _keep(name: str, suffix: str, pieces: Iterable[bytes]) -> str:
    digest, size = hashlib.sha256(), 0
    part = imports_folder() / f"{uuid4().hex}.part"
    try:
        with part.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > MOST_BYTES:
                    raise SourceError("too-large", name=name, most=MOST_BYTES >> 20)
                digest.update(piece)
                file.write(piece)
        os.replace(part, imports_folder() / f"{digest.hexdigest()}{suffix}")
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest()


def see(imported: ImportedFile) -> Seen:
    """Look at a kept file with what was said about it. Raises ``TableError``, naming the file as the person does."""
    try:
        return look_at(kept_file(imported), wish_from(imported.settings))
    except TableError as error:
        if "name" in error.values:
            error.values["name"] = imported.name
        raise


def _shape(seen: Seen) -> str:
    names = seen.plan.header.names if seen.plan else ()
    return hashlib.sha256("\x1f".join((seen.found.code, *names)).encode()).hexdigest() if names else ""


def remembered(imported: ImportedFile) -> ImportedFile | None:
    """The last import of a file with the same columns, whose answers hold for this one too."""
    if not imported.shape:
        return None
    same = ImportedFile.objects.filter(shape=imported.shape, state=State.DONE).exclude(settings={})
    return same.exclude(pk=imported.pk).first()


def settings_from(posted: Mapping[str, str], seen: Seen, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody has said now, added to what they had said before."""
    settings: dict[str, Any] = {key: value for key, value in kept.items() if key not in ("kind", "us", "source", "day")}
    settings["mapping"], settings["scales"] = dict(kept.get("mapping", {})), dict(kept.get("scales", {}))
    settings["missing_in"] = dict(kept.get("missing_in", {}))
    for key in ("kind", "us", "source", "day", "cases"):
        if value := posted.get(key, "").strip()[:80]:
            settings[key] = value
    if "missing" in posted:
        settings["missing"] = [code.strip()[:40] for code in posted["missing"].split(",") if code.strip()][:50]
    for column in seen.plan.columns if seen.plan else ():
        role, was = posted.get(f"role-{column.index}", ""), posted.get(f"was-{column.index}", "")
        if role in set(Role) and role != was:
            settings["mapping"][column.name] = role
        scale = posted.get(f"scale-{column.index}", "").strip()
        if scale and scale != str(column.rule or "") and parse_scale_rule(scale):
            settings["scales"][column.name] = scale
    for number, question in enumerate(seen.questions):
        answer = posted.get(f"ask-{number}", "")
        for choice in question.choices:
            if choice.key == answer:
                _apply(settings, choice)
    return settings


def _apply(settings: dict[str, Any], choice: Choice) -> None:
    """One answer to a question of the table reader: a declaration a line, as on the command line."""
    for line in choice.setting.splitlines():
        column, _, value = line.rpartition("=")
        if choice.option == "order":
            settings["day_first"] = line == "day-first"
        elif choice.option == "map":
            settings["mapping"][column] = value
        elif choice.option == "scale":
            settings["scales"][column] = value
        elif choice.option == "missing" and column:
            settings["missing_in"][column] = value.split(",")
        elif choice.option == "missing":
            settings["missing"] = [*settings.get("missing", ()), *value.split(",")]


def queue_import(imported: ImportedFile, settings: Mapping[str, Any], *, by: Person) -> None:
    """Hand a looked-at file to the worker; one that is under way or done already is left alone."""
    free = ImportedFile.objects.filter(pk=imported.pk, state__in=(State.LOOKED, State.FAILED, State.UNDONE))
    with transaction.atomic():
        changed = free.update(
            state=State.WAITING, settings=dict(settings), imported_by=by, imported_at=timezone.now(), done=0,
            undone_at=None, undone_by=None,
        )  # fmt: skip
        if changed:
            record("import.asked_for", by=by, about=imported)


def discard_file(imported: ImportedFile, *, by: Person) -> None:
    """Take away a file that was looked at and not brought in; its bytes too, if no other import stands on them."""
    with transaction.atomic():
        if not ImportedFile.objects.filter(pk=imported.pk, state__in=(State.LOOKED, State.FAILED)).exists():
            return
        record("import.discarded", by=by, about=imported)
        imported.delete()
        _let_go(imported)


def _let_go(imported: ImportedFile) -> None:
    """Take away the bytes, if no import stands on them."""
    if not ImportedFile.objects.filter(sha256=imported.sha256).exists():
        kept_file(imported).unlink(missing_ok=True)

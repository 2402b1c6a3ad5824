"""Files that somebody brought in the web and that wait for the worker: one after the other, beside its other work.

Not a job like the others: a job is one transaction, and a million rows in one transaction would hold back every answer
that customers give meanwhile. Here every chunk is one, and an import that was cut off goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from premura.core.company.company import the_company
from premura.importers.bringing import bring, wish_from
from premura.importers.models import ImportedFile, State
from premura.importers.responses.keeping import kept_file
from premura.importers.table import TableError
from premura.importers.undoing import take_back

logger = logging.getLogger("premura.importers")
SILENT = timedelta(minutes=2)


def do_waiting_imports(pulse: Callable[[], None] = lambda: None) -> int:
    """Do the oldest import that waits, is to be taken back, or was cut off; returns how many were done."""
    now = timezone.now()
    cut_off = Q(state__in=(State.RUNNING, State.UNDOING), beat_at__lt=now - SILENT)
    free = ImportedFile.objects.filter(Q(state=State.WAITING) | Q(state=State.UNDOING, beat_at=None) | cut_off)
    found = free.order_by("pk").first()
    if found is None:
        return 0
    state = State.UNDOING if found.state == State.UNDOING else State.RUNNING
    # The conditional update decides between two workers that saw the same row
    if not free.filter(pk=found.pk, state=found.state).update(state=state, beat_at=now):
        return 0
    _do(ImportedFile.objects.get(pk=found.pk), pulse)
    return 1


def _do(imported: ImportedFile, pulse: Callable[[], None]) -> None:
    company = the_company()
    lang = company.language if company else "it"

    def progress(done: int, total: int) -> None:
        fields = {"done": done, "total": total, "beat_at": timezone.now()}
        ImportedFile.objects.filter(pk=imported.pk).update(**fields)
        pulse()

    try:
        if imported.state == State.UNDOING:
            take_back(imported, progress)
            return
        wish = wish_from(imported.settings)
        bring(kept_file(imported), wish, by=imported.imported_by, lang=lang, imported=imported, progress=progress)
    except TableError as error:
        if "name" in error.values:
            error.values["name"] = imported.name
        _fail(imported, {"it": error.sentence("it"), "en": error.sentence("en")})
    except Exception:  # whatever happens in one file, the worker outlives it and the person is told
        logger.exception("import %s failed", imported.pk)
        _fail(imported, {})


def _fail(imported: ImportedFile, sentences: dict[str, str]) -> None:
    """What was not taken back is still here; what was not brought in can be tried again."""
    is_undoing = imported.state == State.UNDOING
    report = {**imported.report, **({"undo_failed": True} if is_undoing else {"error": sentences})}
    state = State.DONE if is_undoing else State.FAILED
    ImportedFile.objects.filter(pk=imported.pk).update(state=state, report=report)

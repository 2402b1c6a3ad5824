"""Take a whole import back, as long as nothing was built on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, models, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from premura.core.company.models import Location
from premura.core.customers.models import Customer, Purchase
from premura.core.errors import Conflict
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.importers.models import ImportedFile, MadeRow, State
from premura.importers.responses.ids import ids_of
from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion, Withdrawal

AT_ONCE = 500
# In the order in which they can go: what leans on something before what it leans on
_MADE: dict[str, type[models.Model]] = {
    "purchase": Purchase,
    "customer": Customer,
    "version": SurveyVersion,
    "survey": Survey,
    "programme": Programme,
    "subject": Subject,
    "location": Location,
}
# Rows that follow from an answer by reckoning and go with it; everything else that points at it was built on it
_DERIVED = ("listen", "understand", "importers")
# What leans on what was brought, in words
_LEANING = {
    "recover.Case": ngettext_lazy("%(n)s case", "%(n)s cases", "n"),
    "customers.Interaction": ngettext_lazy("%(n)s meeting", "%(n)s meetings", "n"),
    "customers.Purchase": ngettext_lazy("%(n)s purchase", "%(n)s purchases", "n"),
    "mail.OutgoingMail": ngettext_lazy("%(n)s letter", "%(n)s letters", "n"),
    "listen.PanelMember": ngettext_lazy("%(n)s member of the panel", "%(n)s members of the panel", "n"),
    "listen.PanelAsking": ngettext_lazy("%(n)s invitation to the panel", "%(n)s invitations to the panel", "n"),
    "listen.Invitation": ngettext_lazy("%(n)s invitation", "%(n)s invitations", "n"),
    "listen.NotAsked": ngettext_lazy("%(n)s note of not having asked", "%(n)s notes of not having asked", "n"),
    "listen.Response": ngettext_lazy("%(n)s answer", "%(n)s answers", "n"),
    "listen.Story": ngettext_lazy("%(n)s story", "%(n)s stories", "n"),
    "promise.Commitment": ngettext_lazy("%(n)s promise", "%(n)s promises", "n"),
    "promise.Need": ngettext_lazy("%(n)s need", "%(n)s needs", "n"),
}


def responses_of(imported: ImportedFile) -> QuerySet[Response]:
    first, last = ids_of(imported.pk)
    return Response.objects.filter(id__gte=first, id__lte=last)


def built_on(imported: ImportedFile) -> list[str]:
    """What people have done with what this import brought, in words; empty when it can be taken back."""
    found = [*_leaning_on(responses_of(imported))]
    made = MadeRow.objects.filter(file=imported)
    customers = Customer.objects.filter(pk__in=made.filter(kind="customer").values("object_id"))
    found += _leaning_on(customers)
    if imported.kind == "survey":
        drafts = made.filter(kind="survey").values("object_id")
        if SurveyVersion.objects.filter(survey__in=drafts).exists():
            found.append(_("the survey was published, or answers joined it"))
    return found


def _building_on(model: type[models.Model]) -> Iterator[Any]:
    """The relations by which rows of later stages point at such rows: cases, gestures, promises, invitations."""
    for relation in model._meta.related_objects:
        label = relation.related_model._meta.app_label
        if label not in _DERIVED or (model is Customer and label == "listen"):
            yield relation


def _leaning_on(rows: QuerySet[Any]) -> Iterator[str]:
    ours = rows.order_by().values("pk")
    for relation in _building_on(rows.model):
        count = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ours}).count()
        if count:
            yield _LEANING[relation.related_model._meta.label] % {"n": count}


def ask_for_undo(imported: ImportedFile, *, by: Person | None) -> None:
    """Hand an import to the worker to be taken back. :class:`Conflict` when something was built on it, saying what.

    Asked a second time, nothing changes.
    """
    with transaction.atomic():
        row = ImportedFile.objects.select_for_update(of=("self",)).get(pk=imported.pk)
        if row.state in (State.UNDONE, State.UNDOING):
            return
        if row.state in (State.RUNNING, State.WAITING):
            raise Conflict("import-under-way", _("This import is still under way: wait until it has ended."))
        if reasons := built_on(row):
            message = _("This import can no longer be taken back, because something was built on it: %(what)s.")
            raise Conflict("built-on", message % {"what": "; ".join(reasons)})
        row.state, row.undone_by, row.beat_at = State.UNDOING, by, None
        row.done, row.total = 0, responses_of(row).count()
        row.report = {**row.report, "undo_failed": False}
        row.save()
        record("import.undo_asked_for", by=by, about=row)


def take_back(imported: ImportedFile, progress: Callable[[int, int], None]) -> None:
    """Take back everything the import made, some answers at a time: nobody waits for the whole.

    An answer on which somebody built something meanwhile stays, and the report says how many there are. Cut off, it
    goes on where it stopped. The file, its report and the history stay.
    """
    _delete_responses(imported, progress)
    with transaction.atomic():
        kept = responses_of(imported).count()
        _delete_made(imported)
        imported.state, imported.undone_at = State.UNDONE, timezone.now()
        imported.report = {**imported.report, "kept_answers": kept}
        imported.save(update_fields=["state", "undone_at", "report"])
        # Whoever keeps figures reckons these days anew
        days = {key: imported.report.get(key, "") for key in ("first_day", "last_day", "survey")}
        gone = max(0, imported.total - kept)
        record("import.undone", by=imported.undone_by, about=imported, data={"responses": gone, **days})


def undo_import(imported: ImportedFile, *, by: Person | None) -> ImportedFile:
    """Ask for it and do it at once."""
    ask_for_undo(imported, by=by)
    row = ImportedFile.objects.get(pk=imported.pk)
    if row.state == State.UNDOING:
        take_back(row, lambda done, total: None)
    return row


def _delete_responses(imported: ImportedFile, progress: Callable[[int, int], None]) -> None:
    rows, total = responses_of(imported), imported.total
    last, left = None, rows.count()
    leaning = [r for r in Response._meta.related_objects if r.on_delete is models.CASCADE]
    plain = all(r.related_model is Answer for r in leaning if _has_rows(r, rows)) and not _answers_are_leant_on(rows)
    while batch := _next(rows if last is None else rows.filter(id__gt=last)):
        last, left = batch[-1], left - len(batch)
        with transaction.atomic():
            leant_on = _leant_on(batch)
            free = [pk for pk in batch if pk not in leant_on]
            if plain:
                # Nothing hangs on them but their answers: two statements instead of reading everything first
                Answer.objects.filter(response__in=free)._raw_delete(connection.alias)
                Response.objects.filter(pk__in=free)._raw_delete(connection.alias)
            else:
                Response.objects.filter(pk__in=free).delete()
        progress(total - left, total)


def _next(rows: QuerySet[Response]) -> list[Any]:
    return list(rows.order_by("id").values_list("pk", flat=True)[:AT_ONCE])


def _leant_on(batch: list[Any]) -> set[Any]:
    """Those of these responses on which something was built."""
    found: set[Any] = set()
    for relation in _building_on(Response):
        name = relation.field.name
        rows = relation.related_model._base_manager.filter(**{f"{name}__in": batch})
        found |= set(rows.values_list(f"{name}_id", flat=True))
    return found


def _has_rows(relation: Any, rows: QuerySet[Response]) -> bool:
    filters = {f"{relation.field.name}__in": rows.order_by().values("pk")}
    return bool(relation.related_model._base_manager.filter(**filters).exists())


def _answers_are_leant_on(rows: QuerySet[Response]) -> bool:
    return any(
        relation.related_model._base_manager.filter(
            **{f"{relation.field.name}__response__in": rows.order_by()}
        ).exists()
        for relation in Answer._meta.related_objects
    )


def _delete_made(imported: ImportedFile) -> None:
    """Rows of other tables that it made; one that others use by now stays, and stays listed."""
    for kind, model in _MADE.items():
        for made in MadeRow.objects.filter(file=imported, kind=kind):
            try:
                with transaction.atomic():
                    if kind == "version":
                        Withdrawal.objects.filter(version=made.object_id).delete()
                    model._base_manager.filter(pk=made.object_id).delete()
            except ProtectedError:
                continue
            made.delete()

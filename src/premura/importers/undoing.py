"""Take a whole import back, as long as nothing was built on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, models, transaction
from django.db.models import ProtectedError, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

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


def responses_of(imported: ImportedFile) -> QuerySet[Response]:
    first, last = ids_of(imported.pk)
    return Response.objects.filter(id__gte=first, id__lte=last)


def built_on(imported: ImportedFile) -> list[str]:
    """What people have done with what this import brought, in words; empty when it can be taken back."""
    found = [*_leaning_on(responses_of(imported), "response")]
    made = MadeRow.objects.filter(file=imported)
    customers = Customer.objects.filter(pk__in=made.filter(kind="customer").values("object_id"))
    found += _leaning_on(customers, "customer")
    if imported.kind == "survey":
        drafts = made.filter(kind="survey").values("object_id")
        if SurveyVersion.objects.filter(survey__in=drafts).exists():
            found.append(_("the survey was published, or answers joined it"))
    return found


def _leaning_on(rows: QuerySet[Any], kind: str) -> Iterator[str]:
    """Rows of later stages that point at ``rows``: cases, gestures, promises, invitations."""
    ours = rows.order_by().values("pk")
    for relation in rows.model._meta.related_objects:
        label = relation.related_model._meta.app_label
        if label in _DERIVED and not (kind == "customer" and label == "listen"):
            continue
        count = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ours}).count()
        if count:
            yield f"{relation.related_model._meta.verbose_name_plural}: {count}"


def undo_import(imported: ImportedFile, *, by: Person | None) -> ImportedFile:
    """Take back everything the import made. :class:`Conflict` when something was built on it, saying what.

    The file, its report and the history stay; a second undo changes nothing.
    """
    with transaction.atomic():
        row = ImportedFile.objects.select_for_update(of=("self",)).get(pk=imported.pk)
        if row.state == State.UNDONE:
            return row
        if row.state in (State.RUNNING, State.WAITING):
            raise Conflict("import-under-way", _("This import is still under way: wait until it has ended."))
        if reasons := built_on(row):
            message = _("This import can no longer be taken back, because something was built on it: %(what)s.")
            raise Conflict("built-on", message % {"what": "; ".join(reasons)})
        count = _delete_responses(row)
        _delete_made(row)
        row.state, row.undone_at, row.undone_by = State.UNDONE, timezone.now(), by
        row.save()
        # Whoever keeps figures reckons these days anew
        days = {key: row.report.get(key, "") for key in ("first_day", "last_day", "survey")}
        record("import.undone", by=by, about=row, data={"responses": count, **days})
    return row


def _delete_responses(imported: ImportedFile) -> int:
    rows = responses_of(imported)
    count = rows.count()
    leaning = [r for r in Response._meta.related_objects if r.on_delete is models.CASCADE]
    plain = all(r.related_model is Answer for r in leaning if _has_rows(r, rows)) and not _answers_are_leant_on(rows)
    while batch := list(rows.order_by("id").values_list("pk", flat=True)[:AT_ONCE]):
        if plain:
            # Nothing hangs on them but their answers: two statements instead of reading everything first
            Answer.objects.filter(response__in=batch)._raw_delete(connection.alias)
            Response.objects.filter(pk__in=batch)._raw_delete(connection.alias)
        else:
            Response.objects.filter(pk__in=batch).delete()
    return count


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

"""Saved views of the explorer: saved under a name, renamed, shared, deleted and brought back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.understand.models import SavedView

LONGEST_NAME = 80
#: More parameters, or longer ones, than any question of the explorer has.
MOST_PARAMETERS, LONGEST_PARAMETER = 40, 200


def views_of(person: Person) -> list[SavedView]:
    """One's own first, then those that colleagues share. One query."""
    found = SavedView.objects.visible_to(person).select_related("owner")
    return sorted(found, key=lambda view: (view.owner_id != person.pk, view.name.casefold(), view.pk))


def view_for(person: Person, pk: int) -> SavedView:
    """The view ``pk`` that ``person`` may open; else :class:`NotFound`. One query."""
    found = SavedView.objects.visible_to(person).select_related("owner").filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def save_view(
    name: str, parameters: Mapping[str, str], *, by: Person, is_shared: bool = False, at: datetime | None = None
) -> SavedView:
    """Keep a question under a name; a name that ``by`` has already used is a :class:`Conflict`."""
    at, name = at or timezone.now(), _checked(name)
    kept = {key: value[:LONGEST_PARAMETER] for key, value in list(parameters.items())[:MOST_PARAMETERS]}
    try:
        with transaction.atomic():
            view = SavedView.objects.create(owner=by, name=name, parameters=kept, is_shared=is_shared, created_at=at)
            record("view.saved", by=by, about=view, at=at, data={"shared": is_shared})
    except IntegrityError:
        raise _taken(name) from None
    return view


def change_view(view: SavedView, *, by: Person, name: str, is_shared: bool) -> None:
    """Another name, or shared or not; only whoever saved it may."""
    _only_owner(view, by)
    name = _checked(name)
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=name, is_shared=is_shared)
            record("view.changed", by=by, about=view, data={"shared": is_shared, "renamed": name != view.name})
    except IntegrityError:
        raise _taken(name) from None
    view.name, view.is_shared = name, is_shared


def delete_view(view: SavedView, *, by: Person) -> None:
    """Take it away; :func:`restore_view` brings it back."""
    _only_owner(view, by)
    with transaction.atomic():
        now = timezone.now()
        if SavedView.objects.filter(pk=view.pk, deleted_at__isnull=True).update(deleted_at=now):
            record("view.deleted", by=by, about=view, at=now)


def restore_view(pk: int, *, by: Person) -> SavedView:
    """Undo a deletion; under a name that was given away meanwhile it is a :class:`Conflict`."""
    view = SavedView.objects.filter(pk=pk, owner=by).first()
    if view is None:
        raise NotFound
    try:
        with transaction.atomic():
            if SavedView.objects.filter(pk=pk, deleted_at__isnull=False).update(deleted_at=None):
                record("view.restored", by=by, about=view)
    except IntegrityError:
        raise _taken(view.name) from None
    view.deleted_at = None
    return view


def _only_owner(view: SavedView, by: Person) -> None:
    if view.owner_id != by.pk:
        raise NotFound


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise PremuraError("view-without-name", _("Give the view a name, so that you find it again."))
    if len(name) > LONGEST_NAME:
        raise PremuraError(
            "view-name-too-long", _("The name is too long: at most 80 characters. Shorten it and save again.")
        )
    return name


def _taken(name: str) -> Conflict:
    return Conflict("view-name-taken", _("You already have a view with this name. Choose another name."), name=name)

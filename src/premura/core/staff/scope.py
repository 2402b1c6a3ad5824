"""The door: which rows a person may see. One mechanism for every list and every detail page."""

from typing import ClassVar, TypeVar

from django.db.models import Model, Q, QuerySet

from premura.core.errors import NotAllowed, NotFound
from premura.core.staff.models import Person

M = TypeVar("M", bound=Model)


class ScopedQuerySet(QuerySet[M]):
    """Rows that belong to a location: a person sees those of their locations and those of no location.

    ``location_path`` is the lookup to the location, e.g. ``"case__location"``.
    """

    location_path: ClassVar[str] = "location"

    def visible_to(self, person: Person) -> "ScopedQuerySet[M]":
        ids = person.location_ids()
        if ids is None:
            return self
        path = self.location_path
        return self.filter(Q(**{f"{path}__in": ids}) | Q(**{f"{path}__isnull": True}))


def seen_by(person: Person, rows: "ScopedQuerySet[M]", **lookup: object) -> M:
    """The one row that matches and that ``person`` may see; a stranger's id is :class:`NotFound`.

    One query, plus one the first time the person's locations are asked.
    """
    row = rows.visible_to(person).filter(**lookup).first()
    if row is None:
        raise NotFound
    return row


def require(person: Person, ability: str) -> None:
    """Refuse what ``person`` may not do."""
    from django.utils.translation import gettext as _

    if not person.may(ability):
        raise NotAllowed(
            "not-allowed",
            _("Your role does not include this. Ask the owner of the company, who can change roles on the Team page."),
            ability=ability,
        )

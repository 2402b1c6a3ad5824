"""What people make of a theme: a name, a pin, out of sight, one with another; every one of these can be taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import NotFound, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.understand.models import Theme

LONGEST_NAME = 80


def theme_for(pk: int) -> Theme:
    """The theme ``pk``. Its words stand in so many comments that they give nobody away: every colleague may see it."""
    theme = Theme.objects.filter(pk=pk).first()
    if theme is None:
        raise NotFound
    return theme


def name_theme(theme: Theme, name: str, *, by: Person, at: datetime | None = None) -> Theme:
    """Call it so; without a name it is called by its words again."""
    name = " ".join(name.split())
    if len(name) > LONGEST_NAME:
        told = _("This name has %(n)s letters, and at most %(most)s fit. Shorten it.")
        raise PremuraError("theme-name-long", told % {"n": len(name), "most": LONGEST_NAME})
    return _change(theme, {"name": name}, by, at)


def pin_theme(theme: Theme, *, is_pinned: bool = True, by: Person, at: datetime | None = None) -> Theme:
    """Keep it at the top of the page, or no longer."""
    return _change(theme, {"is_pinned": is_pinned}, by, at)


def hide_theme(theme: Theme, *, is_hidden: bool = True, by: Person, at: datetime | None = None) -> Theme:
    """Out of sight, and never an alert; or back."""
    return _change(theme, {"is_hidden": is_hidden}, by, at)


def merge_theme(theme: Theme, into: Theme, *, by: Person, at: datetime | None = None) -> Theme:
    """Count ``theme``, and what was merged with it, as ``into`` from now on."""
    if theme.pk == into.pk or into.merged_into_id == theme.pk:
        raise PremuraError("theme-merge", _("A theme cannot become part of itself. Choose another one."))
    head = into.merged_into or into
    with transaction.atomic():
        Theme.objects.filter(merged_into=theme).update(merged_into=head)
        return _change(theme, {"merged_into_id": head.pk}, by, at)


def part_theme(theme: Theme, *, by: Person, at: datetime | None = None) -> Theme:
    """Take a merged theme out again."""
    return _change(theme, {"merged_into_id": None}, by, at)


def _change(theme: Theme, values: Mapping[str, Any], by: Person, at: datetime | None) -> Theme:
    with transaction.atomic():
        locked = Theme.objects.select_for_update().get(pk=theme.pk)
        changed = {name: value for name, value in values.items() if getattr(locked, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(locked, name, value)
            locked.save()
            # A name could hold anything; history keeps that it changed
            data = {name: bool(value) if name == "name" else value for name, value in changed.items()}
            record("theme.changed", by=by, about=locked, at=at or timezone.now(), data=data)
    return locked

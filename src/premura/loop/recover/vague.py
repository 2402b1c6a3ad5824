"""Which words promise a time and name no day (row S52): the built-in list, and what the company says differently.

The margin beside a reply, the word after it is sent, and the share of vague replies all ask here.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.company.company import company_timezone
from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.recover.models import VaguePhrase
from premura.text.promises import lower, read_vague
from premura.text.vague import FAMILIES, Family, Wording

#: A phrase of one or two letters would be found in every reply; a list this long is nobody's any more
SHORTEST, LONGEST, MOST = 3, 80, 200

Kind = VaguePhrase.Kind


def current_wording() -> Wording:
    """What holds now. One query."""
    rows = list(VaguePhrase.objects.values_list("kind", "text"))
    return Wording(
        own=tuple(text for kind, text in rows if kind == Kind.VAGUE),
        fine=tuple(text for kind, text in rows if kind == Kind.FINE),
        off=frozenset(text for kind, text in rows if kind == Kind.OFF),
    )


def vague_phrases(text: str, wording: Wording, *, at: datetime | None = None) -> list[str]:
    """The phrases of ``text`` that promise a time without a day, as written; ``at``: when it was written."""
    now = (at or timezone.now()).astimezone(company_timezone())
    return [promise.phrase for promise in read_vague(text, now=now, wording=wording)]


def add_phrase(kind: str, text: str, *, by: Person | None, at: datetime | None = None) -> VaguePhrase:
    """From now on ``text`` names no day (``vague``), or is ``fine`` and is not spoken of.

    Errors: ``phrase-kind``, ``phrase-length``, ``phrase-known``, ``phrases-many``.
    """
    words = " ".join(lower(text).split()).strip(" .,;:!?«»“”\"'")
    if kind not in {Kind.VAGUE, Kind.FINE}:
        raise PremuraError("phrase-kind", _("Say whether the phrase names no day, or is fine."))
    if not SHORTEST <= len(words) <= LONGEST or not any(char.isalpha() for char in words):
        told = _("Write a phrase of %(least)s to %(most)s characters, as it stands in replies.")
        raise PremuraError("phrase-length", told % {"least": SHORTEST, "most": LONGEST})
    at = at or timezone.now()
    with transaction.atomic():
        rows = VaguePhrase.objects.exclude(kind=Kind.OFF)
        if rows.count() >= MOST:
            raise PremuraError("phrases-many", _("The list has %(n)s phrases: take one away first.") % {"n": MOST})
        row, is_new = rows.get_or_create(text=words, defaults={"kind": kind, "added_at": at, "added_by": by})
        if not is_new:
            told = _("“%(phrase)s” is in the list already: it %(kind)s.")
            raise Conflict("phrase-known", told % {"phrase": words, "kind": row.get_kind_display()})
        record("vague_phrase.added", by=by, about=row, at=at, data={"kind": kind, "text": words})
    return row


def remove_phrase(pk: int, *, by: Person | None, at: datetime | None = None) -> str:
    """Take a phrase of the company's own away again; its words come back."""
    with transaction.atomic():
        row = VaguePhrase.objects.select_for_update().filter(pk=pk).exclude(kind=Kind.OFF).first()
        if row is None:
            raise NotFound
        record("vague_phrase.removed", by=by, about=row, at=at, data={"kind": row.kind, "text": row.text})
        row.delete()
    return row.text


def switch_family(code: str, *, on: bool, by: Person | None, at: datetime | None = None) -> Family:
    """Whether phrases of a built-in family count. Switched twice it is as it is, and nothing is written down."""
    family = next((each for each in FAMILIES if each.code == code), None)
    if family is None:
        raise NotFound
    at = at or timezone.now()
    rows = VaguePhrase.objects.filter(kind=Kind.OFF)
    with transaction.atomic():
        if on:
            row = rows.select_for_update().filter(text=code).first()
            is_changed = row is not None
        else:
            given = {"kind": Kind.OFF, "added_at": at, "added_by": by}
            row, is_changed = rows.get_or_create(text=code, defaults=given)
        if row is not None and is_changed:
            record("vague_phrase.switched", by=by, about=row, at=at, data={"family": code, "on": on})
            if on:
                row.delete()
    return family

"""Aspects of a company's own: a name, its words, and up to twenty comments that speak of it; no code and no training.

What is learnt from them are plain numbers in the row; the job that reads comments reads for them as well, first what
comes in, then in the background what was read before.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import NotFound, PremuraError
from premura.core.history.history import record
from premura.core.jobs.jobs import add_job
from premura.core.staff.models import Person
from premura.loop.listen.models import Answer
from premura.loop.understand.counting import Slice, answers_of, comments_seen, visible
from premura.loop.understand.models import CompanyAspect, digest_of
from premura.loop.understand.windows import Window

if TYPE_CHECKING:
    from premura.text import OwnAspect

FEWEST, MOST = 5, 20
MOST_WORDS, LONGEST_NAME = 20, 60
#: A preview reads at most so many of the latest comments of so many days.
PREVIEW_DAYS, PREVIEWED = 31, 300
#: Examples are chosen among so many comments of so many days.
CHOSEN_DAYS, CANDIDATES = 365, 40


def current_aspects() -> list[CompanyAspect]:
    return list(CompanyAspect.objects.filter(ended_at=None))


def own_names() -> dict[str, str]:
    """Code → name, also of those that ended, since comments may still say so until they are read again. One query."""
    return {aspect.code: str(aspect) for aspect in CompanyAspect.objects.all()}


def aspects_of_our_own(rows: Iterable[CompanyAspect]) -> "tuple[OwnAspect, ...]":
    """As the reading takes them; what belongs to another encoder is learnt again from its examples, and what can no
    longer be, since they are gone, is passed over: comments are read all the same.
    """
    found = []
    for aspect in rows:
        with suppress(PremuraError):
            found.append(_kept(aspect))
    return tuple(found)


def _kept(aspect: CompanyAspect) -> "OwnAspect":
    from premura.text import own_aspect_from

    try:
        return own_aspect_from({**aspect.learnt, "name": aspect.code})
    except (ValueError, KeyError):
        texts = Answer.objects.filter(pk__in=aspect.examples).exclude(text="").values_list("text", flat=True)
        return _learn(aspect.code, list(texts), aspect.words)


def _learn(name: str, texts: Sequence[str], words: Sequence[str]) -> "OwnAspect":
    from premura.text import learn_aspect

    try:
        return learn_aspect(name, texts, words=words)
    except ValueError as error:
        told = _("Choose at least %(n)s comments that speak of it, and words of at least two letters.")
        raise PremuraError("aspect-few-examples", told % {"n": FEWEST}) from error


def learn_from(person: Person, words: Sequence[str], examples: Sequence[int]) -> tuple["OwnAspect", list[int]]:
    """What these words and comments teach, and the comments that ``person`` may read among them."""
    chosen = list(comments_seen(person).filter(pk__in=examples).order_by("pk")[: MOST + 1])
    if not FEWEST <= len(chosen) <= MOST:
        told = _("You have chosen %(n)s comments: choose from %(least)s to %(most)s that speak of it.")
        raise PremuraError("aspect-examples", told % {"n": len(chosen), "least": FEWEST, "most": MOST})
    return _learn("own", [answer.text for answer in chosen], words), [answer.pk for answer in chosen]


def preview(person: Person, learnt: "OwnAspect", today: date) -> tuple[list[Answer], int]:
    """Which of last month's comments it would find, the latest first, and of how many."""
    from premura.text import Context, understand_all

    window = Window.ending(today, PREVIEW_DAYS)
    rows = answers_of(visible(person), window, Slice(), person=person).filter(kind="text").exclude(text="")
    rows = rows.select_related("reading", "response__location", "touchpoint")
    latest = list(rows.order_by("-response__answered_at", "pk")[:PREVIEWED])
    context = Context(own_aspects=(learnt,))
    read = zip(latest, understand_all([row.text for row in latest], context=context), strict=True)
    return [row for row, reading in read if any(each.aspect == learnt.name for each in reading.aspects)], len(latest)


def keep_aspect(
    name: Mapping[str, str], words: Sequence[str], examples: Sequence[int], *, by: Person, at: datetime | None = None
) -> CompanyAspect:
    """Read comments for it from now on, and those that were read before once more."""
    named = {code: " ".join(str(text).split())[:LONGEST_NAME] for code, text in name.items()}
    if not all(named.get(code) for code in ("it", "en")):
        raise PremuraError("aspect-name", _("Give it a name in Italian and in English: pages are read in both."))
    learnt, chosen = learn_from(by, words[:MOST_WORDS], examples)
    kept: dict[str, Any] = learnt.as_json()
    at = at or timezone.now()
    with transaction.atomic():
        aspect = CompanyAspect.objects.create(
            name=named, words=list(learnt.words), examples=chosen, learnt=kept, digest=digest_of(kept), created_at=at
        )
        _changed(aspect, by, at, {"words": len(learnt.words), "examples": len(chosen)})
    return aspect


def end_aspect(pk: int, *, by: Person, at: datetime | None = None) -> CompanyAspect:
    """Read for it no longer."""
    at = at or timezone.now()
    with transaction.atomic():
        aspect = CompanyAspect.objects.select_for_update().filter(pk=pk, ended_at=None).first()
        if aspect is None:
            raise NotFound
        aspect.ended_at = at
        aspect.save(update_fields=["ended_at"])
        _changed(aspect, by, at, {"ended": True})
    return aspect


def _changed(aspect: CompanyAspect, by: Person, at: datetime, data: Mapping[str, Any]) -> None:
    record("aspect.changed", by=by, about=aspect, at=at, data=data)
    # Comments are read again in the background, the latest first
    add_job("understand.read_comments", {}, key=f"understand.read_comments:own-{aspect.pk}:{at.isoformat()}")


def candidates(person: Person, words: Sequence[str], chosen: Sequence[int], today: date) -> list[Answer]:
    """Comments to choose examples from: those chosen already, and those of the last year that say one of the words."""
    said = Q(pk__in=chosen[:MOST])
    for word in words[:MOST_WORDS]:
        if len(bare := word.strip().rstrip("*")) > 1:
            said |= Q(text__icontains=bare)
    rows = answers_of(visible(person), Window.ending(today, CHOSEN_DAYS), Slice(), person=person)
    rows = rows.filter(said, kind="text").exclude(text="").select_related("reading")
    return list(rows.order_by("-response__answered_at", "pk")[:CANDIDATES])

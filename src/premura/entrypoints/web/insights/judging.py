"""What was understood of a comment, as marks that a person can put right: one click on a mark, one on what is true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from premura.core.errors import PremuraError
from premura.core.staff.models import Person
from premura.core.staff.roles import Ability, may
from premura.entrypoints.web.door import StaffRequest, back, is_fragment, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.said import EMOTIONS, POLARITIES, SENTIMENTS, SIGNALS, aspect_names
from premura.entrypoints.web.wording import number
from premura.loop.listen.models import Answer
from premura.loop.understand.comment_reads import with_readings
from premura.loop.understand.judgements import (
    ASPECT,
    BOTH,
    EMOTION,
    NO,
    SENTIMENT,
    SIGNAL,
    YES,
    Agreement,
    Told,
    agreements,
    comment_for,
    confirm_comment,
    judge_comment,
    said_by,
)
from premura.loop.understand.teaching import current_head
from premura.loop.understand.tiers import CAREFUL

LOOKS = {"positive": "chip-good", "negative": "chip-bad"}
SIGNS = {"positive": "+", "negative": "−", BOTH: "±"}
NAMES: Mapping[str, Mapping[str, Any]] = {EMOTION: EMOTIONS, SIGNAL: SIGNALS}
KINDS = {
    SENTIMENT: pgettext_lazy("kind of judgement", "happy or not"),
    ASPECT: pgettext_lazy("kind of judgement", "aspects, well or badly"),
    EMOTION: pgettext_lazy("kind of judgement", "emotions"),
    SIGNAL: pgettext_lazy("kind of judgement", "signals"),
}
#: What the button says that all is right.
ALL = "all"


@dataclass(frozen=True)
class Mark:
    """One thing understood: how it looks, in words, how sure; and what could be said, as (posted, words, is so)."""

    look: str
    words: str
    sure: str
    question: str
    choices: Sequence[tuple[str, Any, bool]] = ()


@dataclass(frozen=True)
class Judged:
    """The marks of one comment, what can be added to them, and whether people have been there."""

    answer: Answer
    marks: Sequence[Mark]
    missing: Sequence[tuple[Any, Sequence[tuple[str, Any]]]]
    is_confirmed: bool
    is_uncertain: bool
    is_careful: bool


def judged_of(answer: Answer, names: Mapping[str, Any]) -> Judged | None:
    """What was understood of a comment that came ``with_readings``; ``None`` while it waits to be read. ``names`` are
    those of the aspects. No query.
    """
    reading = getattr(answer, "reading", None)
    if reading is None:
        return None
    aspects = list(reading.aspects.all())
    found = said_by(reading, aspects)
    people = {(each.kind, each.label) for each in answer.by_people}  # type: ignore[attr-defined]
    sure = {(SENTIMENT, ""): reading.p, **{(SIGNAL, name): each["p"] for name, each in reading.signals.items()}}
    sure |= {(EMOTION, each["label"]): each["p"] for each in reading.emotions}
    for each in aspects:
        sure[ASPECT, each.aspect] = max(each.p, sure.get((ASPECT, each.aspect), 0))
    ranked = sorted(found, key=lambda key: (list(KINDS).index(key[0]), -sure[key]))
    marks = [_mark(key, found[key], sure[key], key in people, reading.is_uncertain, names) for key in ranked]
    is_careful = reading.tier == CAREFUL
    return Judged(answer, marks, _missing(found, names), set(found) <= people, reading.is_uncertain, is_careful)


def _mark(
    key: tuple[str, str], value: str, p: float, by_person: bool, is_uncertain: bool, names: Mapping[str, Any]
) -> Mark:
    kind, label = key
    sure = _("by a person") if by_person else f"{round(100 * p)}%"
    if kind == SENTIMENT:
        look, words = LOOKS.get(value, ""), SENTIMENTS.get(value, value)
        return Mark("chip-amber" if is_uncertain else look, str(words), sure, _("It is:"), _choices(key, value))
    name = str({**NAMES, ASPECT: names}[kind].get(label, label))
    if kind == ASPECT:
        words = f"{SIGNS.get(value, '')} {name}".strip()
        return Mark(LOOKS.get(value, ""), words, sure, _("It speaks of it:"), _choices(key, value))
    look = "" if kind == EMOTION else "chip-good" if label == "praise_for_person" else "chip-coral"
    return Mark(look, name, sure, _("Is it so?"), _choices(key, value))


def _choices(key: tuple[str, str], value: str) -> list[tuple[str, Any, bool]]:
    known: dict[str, Mapping[str, Any]] = {
        SENTIMENT: SENTIMENTS,
        ASPECT: {**POLARITIES, BOTH: pgettext("polarity", "well and badly"), NO: pgettext("polarity", "not at all")},
    }
    options = known.get(key[0]) or {YES: pgettext("judgement", "yes"), NO: pgettext("judgement", "no")}
    return [(":".join((*key, word)), name, word == value) for word, name in options.items()]


def _missing(found: Mapping[tuple[str, str], str], names: Mapping[str, Any]) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What the machine did not see, to be chosen: aspects with how they are spoken of, emotions, signals."""
    aspects = [
        (f"{ASPECT}:{label}:{value}", f"{SIGNS[value]} {name}")
        for label, name in names.items()
        if (ASPECT, label) not in found
        for value in ("negative", "positive")
    ]
    others = []
    for kind in (EMOTION, SIGNAL):
        unseen = [(label, name) for label, name in NAMES[kind].items() if (kind, label) not in found]
        others.append((KINDS[kind], [(f"{kind}:{label}:{YES}", name) for label, name in unseen]))
    return [(KINDS[ASPECT], aspects), *others]


def may_judge(person: Person) -> bool:
    return may(person.role, Ability.WORK_CASES)


@require_POST
@signed_in(Ability.WORK_CASES)
def comment_judgement(request: StaffRequest, pk: int) -> HttpResponse:
    """Put right what was understood of a comment, or confirm it; htmx gets its marks, a browser the page again."""
    answer = comment_for(request.user, pk)
    says = request.POST.get("says") or request.POST.get("missing", "")
    if says == ALL:
        confirm_comment(answer, by=request.user)
    else:
        judge_comment(answer, [_told(says)], by=request.user)
    if not is_fragment(request):
        return back(request, reverse("comments"))
    answer = with_readings(type(answer).objects.filter(pk=answer.pk)).get()
    context = {"judged": judged_of(answer, aspect_names()), "may_judge": True, "here": request.POST.get("next", "")}
    return render(request, "insights/_judged.html", context)


def _told(says: str) -> Told:
    kind, label, value = (*says.split(":"), "", "")[:3]
    known = aspect_names() if kind == ASPECT else NAMES.get(kind, {})
    if kind != SENTIMENT and label not in known:
        raise PremuraError("judgement-unknown", _("That cannot be said of a comment. Load the page again."))
    return Told(kind, label, value)


def agreement_lines(person: Person, least: int) -> list[tuple[Any, Agreement, Shown, Shown | None]]:
    """How often people and the machine say the same: (kind, counts, κ, κ of comments drawn blindly)."""
    found = agreements(person)
    blind = {each.kind: _kappa(each, least) for each in (agreements(person, is_blind=True) if found else [])}
    return [(KINDS[each.kind], each, _kappa(each, least), blind.get(each.kind)) for each in found]


def _kappa(agreement: Agreement, least: int) -> Shown:
    return Shown(Measure(_("Cohen's κ"), "gap", counted="judgements"), agreement.kappa, least)


def taught_lines() -> list[str]:
    """What people's corrections taught, kind by kind, and whether comments are read with it."""
    row = current_head()
    if row is None:
        return []
    if row.why_not:
        return [
            _("What you put right does not teach the machine yet: that needs at least 40 judged comments, and 10 "
              "corrections of a kind. There are %(n)s comments.") % {"n": row.comments}
        ]  # fmt: skip
    used = _("used, since even the low end is better")
    not_used = _("not used: it is not measurably better")
    told = _(
        "%(kind)s: right in %(own)s with what your corrections taught, %(shipped)s without, of %(n)s judgements in "
        "%(comments)s comments that it had not learnt from. Difference in points: %(difference)s (from %(low)s to "
        "%(high)s): %(verdict)s."
    )
    return [told % _numbers(each, used if each["is_better"] else not_used) for each in row.comparisons]


def _numbers(found: Mapping[str, Any], verdict: str) -> dict[str, Any]:
    points = {name: number(100 * found[name], "points", signed=True) for name in ("difference", "low", "high")}
    shares = {name: number(found[name], "percent") for name in ("own", "shipped")}
    counts = {"n": found["n"], "comments": found["comments"]}
    return {"kind": KINDS[found["kind"]], **points, **shares, **counts, "verdict": verdict}

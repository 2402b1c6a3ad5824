"""What all readings share: what was asked for, figures with their doubt, how they were made, a file of the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from premura.core.company.company import local_date
from premura.entrypoints.web.door import StaffRequest
from premura.entrypoints.web.insights.sentence import Asked, read_sentence
from premura.entrypoints.web.insights.tables import Cell, as_csv, as_spreadsheet
from premura.entrypoints.web.insights.wording import Change, full_date, method_source, method_words
from premura.entrypoints.web.sentence import Sentence
from premura.loop.understand.changes import Moved
from premura.loop.understand.draws import Drawn
from premura.loop.understand.windows import Window
from premura.stats import StatsError
from premura.stats.estimate import Estimate

#: What these pages can be asked; other words of the address are for other pages.
ASKABLE = ("period", "from", "to", "location", "survey", "against", "vs_from", "vs_to")
#: page → what it is called on a tab and the question it answers
READINGS: dict[str, tuple[Any, Any]] = {
    "drivers": (gettext_lazy("Drivers"), gettext_lazy("What moves the overall rating, and where do we act first?")),
    "servqual": (
        gettext_lazy("Expected and found"),
        gettext_lazy("What did customers expect, what did they find, and how wide is the gap?"),
    ),
    "kano": (
        gettext_lazy("Delight and duty"),
        gettext_lazy("What delights, what is simply expected, and what has moved from one to the other?"),
    ),
    "delivery-gap": (
        gettext_lazy("We and our customers"),
        gettext_lazy("Do we see ourselves as our customers see us?"),
    ),
    "competitors": (
        gettext_lazy("We and the others"),
        gettext_lazy("Where are we better than a competitor, where worse?"),
    ),
    "peak-end": (
        gettext_lazy("Peak and end"),
        gettext_lazy("What is remembered: the strongest moment and the last one."),
    ),
    "loyalty": (
        gettext_lazy("Loyalty"),
        gettext_lazy("Do customers come back, what are they worth, and does it go with what they had said?"),
    ),
    "reasons": (
        gettext_lazy("Reasons"),
        gettext_lazy("Why do they buy from us, and what do they say of it themselves?"),
    ),
    "fairness": (
        gettext_lazy("Fairness"),
        gettext_lazy("After a case: was it fair, and were we on their side, whatever was given?"),
    ),
    "work": (gettext_lazy("Work"), gettext_lazy("Would colleagues recommend working here, and what is in the way?")),
}
#: How a reading can be taken out.
FILES = {"csv": as_csv, "xlsx": as_spreadsheet}
#: Methods that only these pages use; the others are in ``insights.wording``.
METHODS: dict[str, tuple[Any, str]] = {
    "gap-t": (
        gettext_lazy("Student's t on the gaps of each person: from how far people's own gaps lie apart."),
        "Parasuraman, Zeithaml, Berry, Journal of Retailing 64 (1988)",
    ),
    "mover-difference": (
        gettext_lazy(
            "From the two intervals of two groups of different people: wider than when each person answers both."
        ),
        "Zou, Donner, Statistics in Medicine 27 (2008)",
    ),
    "mover-ratio": (
        gettext_lazy("From the two intervals of two groups of different people, ours divided by theirs."),
        "Donner, Zou, Statistical Methods in Medical Research 21 (2012)",
    ),
    "difference-newcombe": (
        gettext_lazy("Newcombe: from the Wilson intervals of the two shares."),
        "R. G. Newcombe, Statistics in Medicine 17 (1998)",
    ),
    "lmg-bootstrap": (
        gettext_lazy(
            "LMG: how much more of the overall rating is explained when a detail is added, averaged over every order "
            "in which the details could be added. The interval comes from drawing the responses anew 500 times."
        ),
        "Lindeman, Merenda, Gold (1980); Grömping, Journal of Statistical Software 17 (2006)",
    ),
    "relative-weights-bootstrap": (
        gettext_lazy("Johnson's relative weights, because the details are more than twelve."),
        "Johnson, Multivariate Behavioral Research 35 (2000)",
    ),
    "feldt": (
        gettext_lazy("Cronbach's alpha with Feldt's interval."),
        "Feldt, Woodruff, Salih, Applied Psychological Measurement 11 (1987)",
    ),
}


@dataclass(frozen=True)
class Making:
    """How the numbers of a page were made. ``counted``: (words, number or words); ``document`` explains the method."""

    definition: str
    counted: Sequence[tuple[str, Any]]
    formula: str
    method: str
    document: str

    @property
    def method_words(self) -> Any:
        return METHODS[self.method][0] if self.method in METHODS else method_words(self.method)

    @property
    def source(self) -> str:
        return METHODS[self.method][1] if self.method in METHODS else method_source(self.method)


def asked_by(request: StaffRequest, default: str = "365") -> Asked:
    """What the address asks for, as this person may see it; ``default`` is the period where it names none."""
    given = {name: request.GET[name] for name in ASKABLE if request.GET.get(name)}
    if not {"period", "from", "to"} & given.keys():
        given["period"] = default
    return read_sentence(request.user, given, local_date(timezone.now()))


def drawn_lines(drawn: Drawn) -> list[tuple[str, Any]]:
    """How many answers were drawn at random, where not all were read."""
    return [] if drawn.is_all else [(_("drawn at random and read, the same ones each time"), drawn.read)]


def where(asked: Asked) -> Mapping[str, Any]:
    """The filters as the reads take them."""
    return {name: asked.filters[name] for name in ("location", "survey") if name in asked.filters}


def address(asked: Asked, page: str, **changes: Any) -> str:
    """The address of ``page`` for the same answers."""
    return asked.url(page, **{"metric": None, "by": None, "step": None, **changes})


def sentence_of(asked: Asked, *names: str) -> Sentence:
    """The words that can be changed, without what these pages do not use."""
    sentence = asked.sentence(*names)
    kept = [(name, value) for name, value in sentence.kept if name not in ("metric", "by", "step")]
    return Sentence(sentence.text, sentence.choices, kept)


def tabs_of(asked: Asked | None, current: str) -> list[tuple[Any, str, bool]]:
    """The readings beside one another, each for the same days and place."""
    rows = []
    for page, (name, _question) in READINGS.items():
        is_same = asked is not None and page not in ("delivery-gap", "work", current)
        rows.append((name, address(asked, page, survey=None) if is_same and asked else reverse(page), page == current))
    return rows


def page_context(asked: Asked, page: str, *names: str) -> dict[str, Any]:
    name, question = READINGS[page]
    return {
        "asked": asked,
        "sentence": sentence_of(asked, *names),
        "tabs": tabs_of(asked, page),
        "title": name,
        "question": question,
        "saved_question": urlencode({"page": page, **{k: v for k, v in asked.parameters.items() if k in ASKABLE}}),
        "file_urls": [(kind, address(asked, page, **{"as": kind})) for kind in FILES],
    }


def change_of(moved: Moved | None, unit: str, factor: float = 1) -> Change | None:
    """A change as ``{% delta %}`` reads it; more is better."""
    return Change(scaled(moved.difference, factor), moved.p, unit, True) if moved else None


def compared_lines(asked: Asked, comparisons: int) -> list[tuple[str, Any]]:
    """What the other time is, and how many comparisons share the chance of a false alarm."""
    if asked.versus is None:
        return []
    days = {"first": full_date(asked.versus.first_day), "last": full_date(asked.versus.last_day)}
    return [
        (_("compared with"), _("from %(first)s to %(last)s") % days),
        (_("comparisons, whose p values are corrected together (Holm)"), comparisons),
    ]


def change_headings(asked: Asked) -> list[Cell]:
    if asked.versus is None:
        return []
    return [
        _("before"), _("before, from"), _("before, to"), _("before, answers"), _("change"), _("change, from"),
        _("change, to"), _("p, corrected (Holm)"),
    ]  # fmt: skip


def change_cells(asked: Asked, moved: Moved | None, factor: float = 1) -> list[Cell]:
    """The other time and the change, in full precision; empty cells where nothing can be compared."""
    if asked.versus is None:
        return []
    if moved is None:
        return [None] * 8
    return [*cells_of(moved.before, factor)[:4], *cells_of(moved.difference, factor)[:3], moved.p]


def wants_file(request: StaffRequest) -> str:
    """``csv`` or ``xlsx``; empty for the page itself."""
    kind = request.GET.get("as", "")
    return kind if kind in FILES else ""


def file_of(rows: Sequence[Sequence[Cell]], page: str, window: Window, kind: str) -> HttpResponse:
    return FILES[kind](rows, f"premura-{page}-{window.first_day}-{window.last_day}")


def cells_of(estimate: Estimate, factor: float = 1) -> list[Cell]:
    """Value, ends, n and method, in full precision."""
    ends = (estimate.value, estimate.low, estimate.high)
    return [*(None if end is None else end * factor for end in ends), estimate.n, estimate.method]


def estimate_headings() -> list[Cell]:
    return [_("from"), _("to"), _("answers"), _("method")]


def scaled(estimate: Estimate, factor: float, n: float | None = None) -> Estimate:
    """The same in another unit (100: a share as points), with another ``n`` where a page counts the smaller side."""
    value, low, high = (None if end is None else end * factor for end in (estimate.value, estimate.low, estimate.high))
    used = estimate.n if n is None else n
    return Estimate(value if used else None, low if used else None, high if used else None, used, estimate.method)


def refusal_words(error: StatsError) -> str:
    """Why there is no honest answer, and what would help."""
    names = ", ".join(f"«{name}»" for name in error.details.get("names", ()) if isinstance(name, str))  # type: ignore[attr-defined]
    n, needed = error.details.get("n"), error.details.get("needed")
    if error.code == "too_few_rows" and isinstance(n, int) and isinstance(needed, int):
        return ngettext(
            "Only %(n)s response answered the overall question and every detail; %(needed)s are needed, ten for each "
            "detail. Look at a longer time, or wait for more answers.",
            "Only %(n)s responses answered the overall question and every detail; %(needed)s are needed, ten for each "
            "detail. Look at a longer time, or wait for more answers.",
            n,
        ) % {"n": n, "needed": needed}
    words = {
        "no_outcome": _(
            "No overall rating was asked beside the details. Add one question on the whole experience to the survey, "
            "such as the recommendation: without it nobody can say what moves it."
        ),
        "no_drivers": _(
            "Only the overall rating was asked: there is no detail to explain it with. Add a question for every "
            "touchpoint that may matter; at least half of those who answer have to answer it."
        ),
        "one_driver": _(
            "Only one detail was rated: with nothing beside it, its share says nothing. Ask about one more."
        ),
        "constant": _("Everybody gave the same score to %(names)s: what never changes can explain nothing.")
        % {"names": names},
        "constant_outcome": _("Everybody gave the same overall rating: there is nothing to explain."),
        "collinear": _(
            "%(names)s say the same as the other details together: whoever gives one score gives the other too, so "
            "their shares cannot be told apart. Keep one of the questions."
        )
        % {"names": names},
    }
    return words.get(error.code, _("These answers cannot be analysed: %(why)s") % {"why": error})

"""The sentence at the head of every page of results: which metric, when, where; and the same as an address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.errors import NotFound
from premura.core.ids import id_in
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.models import Subject, Survey
from premura.loop.understand.counting import BANDS, NO_WORD, NONE
from premura.loop.understand.dimensions import LANGUAGES, MOMENTS, NAMES, PERIODIC, PERSPECTIVES, none_of, questions
from premura.loop.understand.metrics import METRICS, Metric
from premura.loop.understand.reads import days_answered, segments
from premura.loop.understand.windows import Window

PERIODS = {
    "30": gettext_lazy("in the last 30 days"),
    "90": gettext_lazy("in the last 90 days"),
    "365": gettext_lazy("in the last 12 months"),
    "year": gettext_lazy("since the first of January"),
    "all": gettext_lazy("since the first answer"),
    "custom": gettext_lazy("between two days"),
}
STEPS = {"week": gettext_lazy("week by week"), "month": gettext_lazy("month by month")}
AGAINST = {
    "": gettext_lazy("without comparison"),
    "previous": gettext_lazy("against the days before"),
    "year": gettext_lazy("against the same days a year before"),
    "days": gettext_lazy("against two days of my choice"),
}
#: What the page of results is broken down by; the explorer knows all of ``dimensions.NAMES``.
BREAKDOWNS = {
    name: NAMES[name]
    for name in ("touchpoint", "location", "channel", "week", "month", "survey", "language", "subject")
}
#: A longer window says nothing more and its chart could not be read.
LONGEST = 3_660
WEEKS_IN_A_CHART = 400
#: Weeks of a longer window hold too few answers each to say much, unless they are asked for.
MONTHS_ABOVE = 200


@dataclass(frozen=True)
class Names:
    """What the sentence can choose from, as this person sees it. Four queries; segments and the questions of one
    survey cost one each where they are wanted.
    """

    locations: Mapping[int, str]
    touchpoints: Mapping[int, str]
    surveys: Mapping[int, str]
    subjects: Mapping[int, str]
    segments: tuple[str, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def seen_by(cls, person: Person, given: Mapping[str, str] | None = None, *, with_segments: bool = False) -> "Names":
        given = given or {}
        places = Location.objects.all()
        ids = person.location_ids()
        if ids is not None:
            places = places.filter(pk__in=ids)
        return cls(
            dict(places.values_list("pk", "name")),
            {row.pk: str(row) for row in Touchpoint.objects.order_by("is_imported", "stage__position", "position")},
            {row.pk: row.with_side for row in Survey.objects.select_related("subject")},
            dict(Subject.objects.values_list("pk", "name")),
            tuple(segments(person)) if with_segments or given.get("segment") else (),
            _questions(given),
        )


def _questions(given: Mapping[str, str]) -> Mapping[str, str]:
    """The questions to choose from: those of the chosen survey, or the one that was chosen elsewhere."""
    survey, question = given.get("survey", ""), given.get("question", "")[:60]
    if (number := id_in(survey)) is not None:
        return questions([question] if question else [], number)
    return questions([question]) if question else {}


@dataclass(frozen=True)
class Asked:
    """What a reader asked for, checked. ``notes`` say what was mended, e.g. two days the wrong way round."""

    metric: Metric
    window: Window
    period: str
    step: str
    by: str
    filters: Mapping[str, Any]
    names: Names
    notes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    by2: str = ""
    against: str = ""
    versus: Window | None = None

    @property
    def bys(self) -> tuple[str, ...]:
        """The one or two breakdowns."""
        return (self.by, self.by2) if self.by2 else (self.by,)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The address that asks for the same again."""
        result = {"metric": self.metric.code, "period": self.period, "step": self.step, "by": self.by}
        if self.period == "custom":
            result |= {"from": str(self.window.first_day), "to": str(self.window.last_day)}
        result |= {name: value for name, value in (("by2", self.by2), ("against", self.against)) if value}
        if self.against == "days" and self.versus:
            result |= {"vs_from": str(self.versus.first_day), "vs_to": str(self.versus.last_day)}
        return result | {name: str(value) for name, value in self.filters.items()} | dict(self.extra)

    def url(self, page: str, **changes: Any) -> str:
        """The address of ``page`` for the same answers, with ``changes``; ``None`` takes a filter away."""
        kept = {name: value for name, value in (self.parameters | changes).items() if value is not None}
        return f"{reverse(page)}?{urlencode(kept)}"

    def url_for_group(self, page: str, by: str, key: Any) -> str:
        """The address of ``page`` for one row of the breakdown by ``by``."""
        return self.url_for_groups(page, (by,), (key,))

    def url_for_groups(self, page: str, by: Sequence[str], keys: Sequence[Any], **changes: Any) -> str:
        """The address of ``page`` for one row of a breakdown by one or two names."""
        window = self.window
        for name, key in zip(by, keys, strict=True):
            if name in PERIODIC:
                window = inside(window, name, key)
                changes |= {"period": "custom", "from": window.first_day, "to": window.last_day}
            else:
                changes[name] = none_key(name) if key is None else key
        return self.url(page, **changes)

    def words_of(self, name: str) -> str:
        """How the sentence says what was chosen for ``name``."""
        return Choice(name, *self._choices(name), value=self.parameters.get(name, "")).words

    def has_choice(self, name: str) -> bool:
        return len(self._choices(name)[1]) > 1

    def sentence(self, *names: str, text: str = "") -> Sentence:
        """The words that can be changed, those without a choice left out; what is not named goes along unseen."""
        choices = [Choice(name, *self._choices(name)) for name in names]
        shown = [choice for choice in choices if len(choice.options) > 1]
        text = text or ", ".join(f"%({choice.name})s" for choice in shown)
        hidden = [name for name in self.parameters if name not in {choice.name for choice in shown}]
        return Sentence.from_query(text, self.parameters, *shown, keep=hidden)

    def _choices(self, name: str) -> tuple[Any, list[tuple[str, Any]]]:
        names = self.names
        some: dict[str, tuple[Any, Any, Iterable[tuple[Any, Any]]]] = {
            "location": (_("location"), _("all locations"), _with_none(names.locations, _("no location"))),
            "touchpoint": (
                _("touchpoint"),
                _("all touchpoints"),
                _with_none(names.touchpoints, _("the whole experience")),
            ),
            "channel": (_("channel"), _("all channels"), Channel.choices),
            "language": (_("language"), _("all languages"), LANGUAGES.items()),
            "subject": (_("company"), _("about us"), names.subjects.items() if len(names.subjects) > 1 else ()),
            "survey": (_("survey"), _("all surveys"), names.surveys.items()),
            "question": (_("question"), _("all questions"), names.questions.items()),
            "segment": (
                pgettext("of customers", "segment"),
                _("all segments"),
                [*((name, name) for name in names.segments), (NO_WORD, none_of("segment"))] if names.segments else (),
            ),
            "band": (
                _("who would recommend us"),
                _("whatever they say of recommending us"),
                [
                    *((group.code, _("answers of %(people)s") % {"people": group.name}) for group in BANDS),
                    (NO_WORD, none_of("band")),
                ],
            ),
            "is_mine": (_("whose meetings"), _("whoever met them"), [("1", _("only my own meetings"))]),
        }
        if name in some:
            label, everything, options = some[name]
            return label, [("", everything), *((str(value), text) for value, text in options)]
        fixed: dict[str, tuple[Any, Iterable[tuple[str, Any]]]] = {
            "metric": (_("figure"), ((metric.code, metric.name) for metric in METRICS.values())),
            "period": (_("when"), PERIODS.items()),
            "step": (_("by week or month"), STEPS.items()),
            "perspective": (_("point of view"), PERSPECTIVES.items()),
            "moment": (_("expected or found"), MOMENTS.items()),
            "against": (_("compared with"), AGAINST.items()),
            "by": (_("by"), [(key, name) for key, name in self._divisions() if key != self.by2]),
            "by2": (
                _("and by"),
                [("", _("nothing else")), *(pair for pair in self._divisions() if pair[0] != self.by)],
            ),
        }
        label, options = fixed[name]
        return label, list(options)

    def _divisions(self) -> list[tuple[str, Any]]:
        return [(key, name) for key, name in NAMES.items() if key != "subject" or len(self.names.subjects) > 1]

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the period narrows what is shown."""
        return bool(self.filters)


def _with_none(names: Mapping[int, str], none: Any) -> list[tuple[Any, Any]]:
    return [*names.items(), (NONE, none)] if names else []


def none_key(by: str) -> Any:
    """What asks for those that have none."""
    return NO_WORD if by in ("segment", "band") else NONE


def inside(window: Window, step: str, day: date) -> Window:
    """The days of ``window`` in the week or month that begins on ``day``."""
    last = day + timedelta(days=6)
    if step == "month":
        last = (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Window(max(day, window.first_day), min(last, window.last_day))


def read_sentence(person: Person, given: Mapping[str, str], today: date, *, with_segments: bool = False) -> Asked:
    """Check what an address asks for; what does not exist, or not for ``person``, is :class:`NotFound`."""
    names = Names.seen_by(person, given, with_segments=with_segments)
    metric = METRICS.get(given.get("metric") or "nps")
    by, by2, against = given.get("by") or "touchpoint", given.get("by2", ""), given.get("against", "")
    if metric is None or by not in NAMES or by2 not in ("", *NAMES) or against not in AGAINST:
        raise NotFound
    filters = _filters(given, names)
    if given.get("period") == "all":
        period, window, notes = _everything(days_answered(person, subject=filters.get("subject")), today)
    else:
        period, window, notes = _window(given, today)
    step = given.get("step") if given.get("step") in STEPS else ("month" if window.days > MONTHS_ABOVE else "week")
    if step == "week" and window.days > 7 * WEEKS_IN_A_CHART:
        step = "month"
    versus, more = _versus(against, window, given)
    return Asked(
        metric, window, period, str(step), by, filters, names, (*notes, *more),
        by2="" if by2 == by else by2, against=against, versus=versus,
    )  # fmt: skip


def _filters(given: Mapping[str, str], names: Names) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, known, has_none in (
        ("location", names.locations, True),
        ("touchpoint", names.touchpoints, True),
        ("survey", names.surveys, False),
        ("subject", names.subjects, False),
    ):
        if value := given.get(name, ""):
            result[name] = _known(value, [*known, NONE] if has_none else known)
    words: Mapping[str, Iterable[str]] = {
        "channel": Channel.values,
        "language": LANGUAGES,
        "question": names.questions,
        "segment": (*names.segments, NO_WORD),
        "band": (*(group.code for group in BANDS), NO_WORD),
        "perspective": PERSPECTIVES,
        "moment": MOMENTS,
        "is_mine": ("1",),
    }
    for name, choices in words.items():
        if value := given.get(name, ""):
            if value not in choices:
                raise NotFound
            result[name] = value
    return result


def _known(value: str, known: Iterable[int]) -> int:
    number = id_in(value)
    if number is None or number not in known:
        raise NotFound
    return number


def _window(given: Mapping[str, str], today: date) -> tuple[str, Window, list[str]]:
    period = given.get("period") or ("custom" if given.get("from") or given.get("to") else "90")
    if period == "custom":
        return _custom(given, today)
    if period == "year":
        return period, Window(today.replace(month=1, day=1), today), []
    if period not in PERIODS:
        raise NotFound
    return period, Window.ending(today, int(period)), []


def _everything(answered: Window | None, today: date) -> tuple[str, Window, list[str]]:
    """From the first answer to the latest one: a file of old answers need not reach today."""
    window = answered or Window.ending(today, 90)
    if window.days <= LONGEST:
        return "all", window, []
    return "all", Window.ending(window.last_day, LONGEST), [_("At most ten years are shown at once.")]


def _custom(given: Mapping[str, str], today: date) -> tuple[str, Window, list[str]]:
    window, notes = _two_days(given, "from", "to", Window.ending(today, 90))
    return "custom", window, notes


def _versus(against: str, window: Window, given: Mapping[str, str]) -> tuple[Window | None, list[str]]:
    if against == "previous":
        return window.previous, []
    if against == "year":
        return window.year_before, []
    if against == "days":
        versus, notes = _two_days(given, "vs_from", "vs_to", window.previous)
        if versus.first_day <= window.last_day and window.first_day <= versus.last_day:
            notes.append(_("The two times overlap: the answers of the days in common count on both sides."))
        return versus, notes
    return None, []


def _day(text: str) -> date:
    """A day of our time: what lies a lifetime away is a slip of the hand, and the calendar ends somewhere."""
    day = date.fromisoformat(text)
    if not 1900 <= day.year <= 2199:
        raise ValueError(text)
    return day


def _two_days(given: Mapping[str, str], start: str, end: str, otherwise: Window) -> tuple[Window, list[str]]:
    notes = []
    days = []
    for name, fallback in ((start, otherwise.first_day), (end, otherwise.last_day)):
        text = given.get(name, "")
        try:
            days.append(_day(text) if text else fallback)
        except ValueError:
            notes.append(_("«%(text)s» is not a day of the calendar; another one is shown.") % {"text": text[:40]})
            days.append(fallback)
    first, last = days
    if first > last:
        first, last = last, first
        notes.append(_("The two days were the wrong way round and have been swapped."))
    if (last - first).days >= LONGEST:
        first = last - timedelta(days=LONGEST - 1)
        notes.append(_("At most ten years are shown at once."))
    return Window(first, last), notes

"""The sentence at the head of every page of results: which metric, when, where; and the same as an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.errors import NotFound
from premura.core.journeys.models import Touchpoint
from premura.core.staff.models import Person
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.models import Subject, Survey
from premura.loop.understand.metrics import METRICS, Metric
from premura.loop.understand.reads import NONE, days_answered
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
LANGUAGES = {"it": gettext_lazy("Italian"), "en": gettext_lazy("English")}
BREAKDOWNS = {
    "touchpoint": gettext_lazy("touchpoint"),
    "location": gettext_lazy("location"),
    "channel": gettext_lazy("channel"),
    "week": gettext_lazy("week"),
    "month": gettext_lazy("month"),
    "survey": gettext_lazy("survey"),
    "language": pgettext_lazy("of the answers", "language"),
    "subject": gettext_lazy("company"),
}
#: A longer window says nothing more and its chart could not be read.
LONGEST = 3_660
WEEKS_IN_A_CHART = 400
#: Weeks of a longer window hold too few answers each to say much, unless they are asked for.
MONTHS_ABOVE = 200


@dataclass(frozen=True)
class Names:
    """What the sentence can choose from, as this person sees it. Four queries."""

    locations: Mapping[int, str]
    touchpoints: Mapping[int, str]
    surveys: Mapping[int, str]
    subjects: Mapping[int, str]

    @classmethod
    def seen_by(cls, person: Person) -> "Names":
        places = Location.objects.all()
        ids = person.location_ids()
        if ids is not None:
            places = places.filter(pk__in=ids)
        return cls(
            dict(places.values_list("pk", "name")),
            {row.pk: str(row) for row in Touchpoint.objects.order_by("is_imported", "stage__position", "position")},
            {row.pk: str(row) for row in Survey.objects.defer("programme")},
            dict(Subject.objects.values_list("pk", "name")),
        )


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

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The address that asks for the same again."""
        result = {"metric": self.metric.code, "period": self.period, "step": self.step, "by": self.by}
        if self.period == "custom":
            result |= {"from": str(self.window.first_day), "to": str(self.window.last_day)}
        return result | {name: str(value) for name, value in self.filters.items()} | dict(self.extra)

    def url(self, page: str, **changes: Any) -> str:
        """The address of ``page`` for the same answers, with ``changes``; ``None`` takes a filter away."""
        kept = {name: value for name, value in (self.parameters | changes).items() if value is not None}
        return f"{reverse(page)}?{urlencode(kept)}"

    def url_for_group(self, page: str, by: str, key: Any) -> str:
        """The address of ``page`` for one row of the breakdown by ``by``."""
        if by in ("week", "month"):
            last = (
                key + timedelta(days=6)
                if by == "week"
                else (key + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            )
            first, last = max(key, self.window.first_day), min(last, self.window.last_day)
            return self.url(page, period="custom", **{"from": first, "to": last})
        return self.url(page, **{by: NONE if key is None else key})

    def sentence(self, *names: str) -> Sentence:
        """The words that can be changed, those without a choice left out; what is not named goes along unseen."""
        choices = [Choice(name, *self._choices(name)) for name in names]
        shown = [choice for choice in choices if len(choice.options) > 1]
        text = ", ".join(f"%({choice.name})s" for choice in shown)
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
        }
        if name in some:
            label, everything, options = some[name]
            return label, [("", everything), *((str(value), text) for value, text in options)]
        fixed: dict[str, tuple[Any, Iterable[tuple[str, Any]]]] = {
            "metric": (_("figure"), ((metric.code, metric.name) for metric in METRICS.values())),
            "period": (_("when"), PERIODS.items()),
            "step": (_("by week or month"), STEPS.items()),
        }
        label, options = fixed[name]
        return label, list(options)

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the period narrows what is shown."""
        return bool(self.filters)


def _with_none(names: Mapping[int, str], none: Any) -> list[tuple[Any, Any]]:
    return [*names.items(), (NONE, none)] if names else []


def read_sentence(person: Person, given: Mapping[str, str], today: date) -> Asked:
    """Check what an address asks for; what does not exist, or not for ``person``, is :class:`NotFound`."""
    names = Names.seen_by(person)
    metric = METRICS.get(given.get("metric") or "nps")
    by = given.get("by") or "touchpoint"
    if metric is None or by not in BREAKDOWNS:
        raise NotFound
    filters = _filters(given, names)
    if given.get("period") == "all":
        period, window, notes = _everything(days_answered(person, subject=filters.get("subject")), today)
    else:
        period, window, notes = _window(given, today)
    step = given.get("step") if given.get("step") in STEPS else ("month" if window.days > MONTHS_ABOVE else "week")
    if step == "week" and window.days > 7 * WEEKS_IN_A_CHART:
        step = "month"
    return Asked(metric, window, period, str(step), by, filters, names, tuple(notes))


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
    for name, choices in (("channel", Channel.values), ("language", LANGUAGES)):
        if value := given.get(name, ""):
            if value not in choices:
                raise NotFound
            result[name] = value
    return result


def _known(value: str, known: Iterable[int]) -> int:
    # str.isdigit() says yes to digits that int() refuses
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 18 else -1
    if number not in known:
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
    notes = []
    days = []
    for name, fallback in (("from", today - timedelta(days=89)), ("to", today)):
        text = given.get(name, "")
        try:
            days.append(date.fromisoformat(text) if text else fallback)
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
    return "custom", Window(first, last), notes

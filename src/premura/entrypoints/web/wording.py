"""Values in the reader's words: dates, times, durations, money, numbers, figures. Pure: the clock is an argument."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Protocol

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language, gettext, ngettext, ngettext_lazy, pgettext
from django.utils.translation import gettext_lazy as _

from premura.stats.estimate import Estimate

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUS = "\N{MINUS SIGN}"


#: English is written the European way: day before month, 24 hours
_LOCALES = {"it": "it_IT", "en": "en_GB", "de": "de_DE", "fr": "fr_FR", "es": "es_ES"}
#: Short and long, where a day is not written «giovedì 19 marzo», and what stands before the year
_DAYS = {"de": ("EEE, d. MMM", "EEEE, d. MMMM", " "), "es": ("EEE d MMM", "EEEE d 'de' MMMM", " 'de' ")}


def locale() -> Locale:
    """The reader's locale; customers may have others than the staff."""
    return _locale((get_language() or "it")[:2])


@lru_cache(maxsize=len(_LOCALES))
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "it_IT"))


# --- time


def day(value: date, today: date, *, short: bool = False) -> str:
    """«giovedì 19 marzo»; the year only if it is another one; short: «gio 19 mar»."""
    language = locale().language
    brief, whole, between = _DAYS.get(language, ("EEE d MMM", "EEEE d MMMM", " "))
    pattern = brief if short else whole
    return _day(
        date(value.year, value.month, value.day),
        pattern if value.year == today.year else f"{pattern}{between}y",
        language,
    )


@lru_cache(maxsize=2048)  # a page says the same few days a hundred times
def _day(value: date, pattern: str, language: str) -> str:
    return format_date(value, pattern, locale=_locale(language))


def clock(value: datetime) -> str:
    """«18» or «18:30» in Italian, «18:00» in English."""
    if locale().language == "it" and value.minute == 0:
        return str(value.hour)
    return f"{value.hour}:{value.minute:02}"


def duration(length: timedelta) -> str:
    """In the largest unit that does not lie: minutes under an hour, hours under two days, then days."""
    if length < HOUR:
        count = max(1, int(length.total_seconds() // 60))
        return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": count}
    if length < 2 * DAY:
        count = int(length / HOUR)
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": count}
    count = length.days
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def at_clock(value: datetime, preposition: str) -> str:
    """«alle 18», «entro le 18»; Italian has words of its own for midnight and for one o'clock."""
    if value.hour == value.minute == 0:
        return gettext("by midnight") if preposition == "by" else gettext("at midnight")
    if value.hour == 1:
        text = pgettext("one o'clock", "by %(time)s") if preposition == "by" else pgettext("one o'clock", "at %(time)s")
    else:
        text = gettext("by %(time)s") if preposition == "by" else gettext("at %(time)s")
    return text % {"time": clock(value)}


def moment(local: datetime, now: datetime, preposition: str = "at", *, relative: bool = True) -> str:
    """«giovedì 19 marzo, alle 18»; under a day «2 ore fa» (past) or «oggi, entro le 18» (to come)."""
    gap = now - local
    if relative and timedelta(0) <= gap < DAY:
        return gettext("just now") if gap < timedelta(minutes=1) else gettext("%(time)s ago") % {"time": duration(gap)}
    if relative and gap < timedelta(0) and local.date() == now.date():
        return gettext("today, %(time)s") % {"time": at_clock(local, preposition)}
    words = {"day": day(local.date(), now.date()), "time": at_clock(local, preposition)}
    return gettext("%(day)s, %(time)s") % words


def due(due_at: datetime, now: datetime | None, date_only: bool) -> str:
    """Until when something is owed: «in ritardo di 2 ore», «oggi, entro le 18», «giovedì 19 marzo, entro le 18».

    Without ``now`` (it has ended) only the date is said.
    """
    today = (now or due_at).date()
    if now is not None and due_at < now:
        return gettext("late by %(time)s") % {"time": duration(now - due_at)}
    if now is not None and due_at.date() == today:
        return gettext("today") if date_only else gettext("today, %(time)s") % {"time": at_clock(due_at, "by")}
    text = day(due_at.date(), today)
    return text if date_only else gettext("%(day)s, %(time)s") % {"day": text, "time": at_clock(due_at, "by")}


# --- numbers


def number(value: float, unit: str = "", *, signed: bool = False) -> str:
    """A number with no decimals that mean nothing: points and percent whole, means and durations with one.

    ``percent`` takes a share (0…1).
    """
    if unit == "percent":
        text = format_decimal(round(100 * value), format="#,##0", locale=locale()) + "%"
    elif unit == "points":
        text = format_decimal(round(value), format="#,##0", locale=locale())
    elif unit in {"mean", "hours", "days"}:
        text = format_decimal(round(value, 1), format="#,##0.0" if unit == "mean" else "#,##0.#", locale=locale())
    else:
        text = format_decimal(value, format="#,##0.##", locale=locale())
    text = text.replace("-", MINUS)
    if text.strip(MINUS + "0,.%") == "":
        return text.replace(MINUS, "")
    return f"+{text}" if signed and not text.startswith(MINUS) else text


def money(amount: Decimal | float | int, currency: str) -> str:
    """With its currency; cents only where there are any."""
    is_whole = Decimal(str(amount)) == int(amount)
    pattern = ("¤#,##0{}" if locale().language == "en" else "#,##0{} ¤").format("" if is_whole else ".00")
    text = format_currency(amount, currency, format=pattern, locale=locale(), currency_digits=False)
    return str(text).replace("-", MINUS)


# --- figures


class Metric(Protocol):
    """What a figure measures; ``counted`` (answers, cases, promises, customers) may be left out: answers."""

    @property
    def name(self) -> Any: ...
    @property
    def unit(self) -> str: ...
    @property
    def definition(self) -> Any: ...


class Figure(Protocol):
    @property
    def metric(self) -> Metric: ...
    @property
    def estimate(self) -> Estimate: ...
    @property
    def minimum_n(self) -> int: ...


@dataclass(frozen=True)
class Counted:
    """How one speaks of the things that a figure counts; Italian agrees with their gender."""

    count: Any
    few: Any
    none: Any


COUNTED = {
    "answers": Counted(
        ngettext_lazy("%(n)s answer", "%(n)s answers", "count"),
        ngettext_lazy(
            "still few: %(n)s answer, %(minimum)s needed", "still few: %(n)s answers, %(minimum)s needed", "count"
        ),
        _("no answers"),
    ),
    "responses": Counted(
        ngettext_lazy("%(n)s response", "%(n)s responses", "count"),
        ngettext_lazy(
            "still few: %(n)s response, %(minimum)s needed", "still few: %(n)s responses, %(minimum)s needed", "count"
        ),
        _("no responses"),
    ),
    "cases": Counted(
        ngettext_lazy("%(n)s case", "%(n)s cases", "count"),
        ngettext_lazy(
            "still few: %(n)s case, %(minimum)s needed", "still few: %(n)s cases, %(minimum)s needed", "count"
        ),
        _("no cases"),
    ),
    "reviews": Counted(
        ngettext_lazy("%(n)s review", "%(n)s reviews", "count"),
        ngettext_lazy(
            "still few: %(n)s review, %(minimum)s needed", "still few: %(n)s reviews, %(minimum)s needed", "count"
        ),
        _("no reviews"),
    ),
    "comments": Counted(
        ngettext_lazy("%(n)s comment", "%(n)s comments", "count"),
        ngettext_lazy(
            "still few: %(n)s comment, %(minimum)s needed", "still few: %(n)s comments, %(minimum)s needed", "count"
        ),
        _("no comments"),
    ),
    "judgements": Counted(
        ngettext_lazy("%(n)s judgement", "%(n)s judgements", "count"),
        ngettext_lazy(
            "still few: %(n)s judgement, %(minimum)s needed", "still few: %(n)s judgements, %(minimum)s needed", "count"
        ),
        _("no judgements"),
    ),
    "promises": Counted(
        ngettext_lazy("%(n)s promise", "%(n)s promises", "count"),
        ngettext_lazy(
            "still few: %(n)s promise, %(minimum)s needed", "still few: %(n)s promises, %(minimum)s needed", "count"
        ),
        _("no promises"),
    ),
    "episodes": Counted(
        ngettext_lazy("%(n)s episode", "%(n)s episodes", "count"),
        ngettext_lazy(
            "still few: %(n)s episode, %(minimum)s needed", "still few: %(n)s episodes, %(minimum)s needed", "count"
        ),
        _("no episodes"),
    ),
    "customers": Counted(
        ngettext_lazy("%(n)s customer", "%(n)s customers", "count"),
        ngettext_lazy(
            "still few: %(n)s customer, %(minimum)s needed", "still few: %(n)s customers, %(minimum)s needed", "count"
        ),
        _("no customers"),
    ),
}


def counted(metric: Metric) -> Counted:
    return COUNTED.get(getattr(metric, "counted", "answers"), COUNTED["answers"])


def _numbers(estimate: Estimate, minimum: int) -> dict[str, Any]:
    count = round(estimate.n)
    return {"count": count, "n": number(count, "points"), "minimum": number(minimum, "points")}


def count_words(figure: Figure) -> str:
    """«100 risposte»; an effective number is «circa 87 risposte»."""
    text = str(counted(figure.metric).count % _numbers(figure.estimate, figure.minimum_n))
    return gettext("about %(count)s") % {"count": text} if isinstance(figure.estimate.n, float) else text


def few_words(figure: Figure) -> str:
    """«ancora poche: 7 risposte, ne servono 30», «nessuna risposta», or nothing where there are enough."""
    if figure.estimate.n == 0:
        return str(counted(figure.metric).none)
    if figure.estimate.n < figure.minimum_n:
        return str(counted(figure.metric).few % _numbers(figure.estimate, figure.minimum_n))
    return "" if figure.estimate.value is not None else gettext("cannot be said yet")


def unit_words(figure: Figure) -> str:
    """What follows the value: «su 5», «ore», «giorni»."""
    scale = getattr(figure, "scale", None)
    top = getattr(scale, "high", scale[-1] if isinstance(scale, tuple | list) else scale)
    if figure.metric.unit == "mean" and top:
        return gettext("out of %(top)s") % {"top": number(float(top))}
    return {"hours": gettext("hours"), "days": gettext("days")}.get(figure.metric.unit, "")


def interval_words(estimate: Estimate, unit: str) -> str:
    """«da 25 a 53», or nothing where there is no interval."""
    if estimate.low is None or estimate.high is None:
        return ""
    return gettext("%(low)s to %(high)s") % {"low": number(estimate.low, unit), "high": number(estimate.high, unit)}


def reading(figure: Figure) -> str:
    """The figure as a sentence, for mail, print and screen readers: «NPS 40 (da 25 a 53, 100 risposte)»."""
    name, few = str(figure.metric.name), few_words(figure)
    if few or figure.estimate.value is None:
        return f"{name}: {few}"
    value = " ".join(filter(None, [number(figure.estimate.value, figure.metric.unit), unit_words(figure)]))
    inside = ", ".join(filter(None, [interval_words(figure.estimate, figure.metric.unit), count_words(figure)]))
    return f"{name} {value} ({inside})"


def is_news(difference: Estimate, p: float | None) -> bool:
    """Whether a change is more than chance: p under 0.05, or without p an interval that leaves zero out."""
    if p is not None:
        return p < 0.05
    return difference.low is not None and difference.high is not None and (difference.low > 0 or difference.high < 0)


def change_words(difference: Estimate, unit: str, p: float | None) -> str:
    """«+6, ma può essere il caso» / «+6, e non è il caso»."""
    if difference.value is None:
        return gettext("too early to compare")
    change = number(difference.value, unit, signed=True)
    if unit == "percent":
        points = round(100 * difference.value)
        change = ngettext("%(change)s point", "%(change)s points", abs(points)) % {"change": change.rstrip("%")}
    text = (
        gettext("%(change)s, and it is not chance")
        if is_news(difference, p)
        else gettext("%(change)s, but it may be chance")
    )
    return text % {"change": change}

"""The rules of `premura.text.dates` for parts of a month that are counted: ten days, halves, weekdays, weeks with a date."""

from __future__ import annotations

import re
from datetime import date, timedelta

from premura.text.calendar_words import FULL_MONTHS, MONTHS, WEEKDAYS, WORKING, meaning, one_of
from premura.text.dates import (
    Frame,
    Resolved,
    add_months,
    coming,
    day_of_month,
    in_week,
    month_end,
    nearest_working_day,
    rule,
)
from premura.text.phrases import phrase

_WHICH = {
    r"prim[oa]|first|1st": 1, r"second[oa]?|2nd": 2, r"terz[oa]|third|3rd": 3, r"quart[oa]|fourth|4th": 4, r"ultim[oa]|last": -1,
}  # fmt: skip
#: «di gennaio», «del mese», "of next month"
_OF = (
    rf"(((del mese )?di|d'|of|in)\s*{one_of(FULL_MONTHS, name='month')}( (?P<year>20\d\d))?"
    r"|(?P<next>del (prossimo mese|mese (prossimo|entrante|venturo))|of next month)"
    r"|(del (corrente )?mese( (corrente|in corso))?|di questo mese|of (the|this) month))"
)
_LEAD = r"(entro|nel(la|l')?|per|by|in|during|verso|on)?\s*(il |la |l'|the )?"
_HABIT = phrase(r"(?<!\w)(ogni|tutti|every|each)\s*$")


def _months(match: re.Match[str], today: date) -> tuple[date, date]:
    """The first day of the month that is meant, and of the one to take when that is over."""
    first = today.replace(day=1)
    if match["month"]:
        number = FULL_MONTHS[match["month"]]
        year = int(match["year"]) if match["year"] else today.year + (number < today.month)
        meant = date(year, number, 1)
        return meant, meant if match["year"] else date(year + 1, number, 1)
    meant = add_months(first, 1) if match["next"] else first
    return meant, add_months(meant, 1)


@rule(rf"{_LEAD}{one_of(_WHICH, name='which')} (?P<part>decade|quindicina|met[àa]|dieci giorni|half|ten days) {_OF}")
def _part_of_a_month(match: re.Match[str], frame: Frame) -> Resolved:
    """«Entro la prima decade di marzo» is over on the 10th, «la seconda quindicina» with the month."""
    if frame.tense(match) == "past" and not match.group().startswith(("entro", "by")):
        return None
    which = int(meaning(_WHICH, match["which"]))
    days = 10 if phrase(r"decade|dieci|ten").match(match["part"]) else 15
    is_last = which == -1 or which * days == 30
    ends = [month_end(first) if is_last else first.replace(day=which * days) for first in _months(match, frame.today)]
    return ends[0] if ends[0] >= frame.today else ends[1]


@rule(rf"{_LEAD}(?P<which>primo|ultimo|first|last) ((?P<working>{WORKING})|giorno|day) {_OF}")
def _end_day_of_a_month(match: re.Match[str], frame: Frame) -> Resolved:
    if _HABIT.search(frame.before(match)):
        return None
    is_last = match["which"] in {"ultimo", "last"}
    days = [month_end(first) if is_last else first for first in _months(match, frame.today)]
    if match["working"]:
        days = [nearest_working_day(day, -1 if is_last else 1, frame.holidays) for day in days]
    return next((day for day in days if day >= frame.today), None)


@rule(rf"{_LEAD}{one_of(_WHICH, name='which')} {one_of(WEEKDAYS, name='weekday')} {_OF}")
def _counted_weekday(match: re.Match[str], frame: Frame) -> Resolved:
    """«L'ultimo venerdì di gennaio»; «il primo lunedì del mese» of the next month when this one's is over."""
    tense, of_a_month = frame.tense(match), bool(match["month"] or match["next"])
    if _HABIT.search(frame.before(match)) or (not of_a_month and tense != "future" and not frame.is_deadline(match)):
        return None
    if frame.is_deadline(match) or match.group().startswith(("entro", "by")):
        tense = "future"
    which, weekday = int(meaning(_WHICH, match["which"])), int(meaning(WEEKDAYS, match["weekday"]))
    this, other = (_such_weekday(first, which, weekday) for first in _months(match, frame.today))
    if tense == "past" and match["month"] and not match["year"]:
        return max(
            day
            for day in (this, _such_weekday(this.replace(year=this.year - 1, day=1), which, weekday))
            if day <= frame.today
        )
    return this if this >= frame.today or match["year"] else other


def _such_weekday(first: date, which: int, weekday: int) -> date:
    if which == -1:
        last = month_end(first)
        return last - timedelta((last.weekday() - weekday) % 7)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (which - 1))


@rule(r"(entro la |per la |n?ella |la |in the |by the |the )?(?P<unit>settimana|week|w/c|w\.c\.)\s*"
      r"(del|dell'|che (inizia|comincia|parte|va dal?)|of|commencing|beginning|starting)?\s*(lunedì |monday |il |the )*"
      rf"(({one_of(MONTHS, name='before')}) )?(?P<day>\d{{1,2}})(st|nd|rd|th)?(( (di |of )?|/)({one_of(MONTHS, name='month')}|(?P<number>\d{{1,2}})))?(?![\d/]|\s*(€|euro|%|giorni|days|ore|hours))")  # fmt: skip
def _week_with_a_date(match: re.Match[str], frame: Frame) -> Resolved:
    """«Nella settimana del 18» is over with that week: on Sunday, in English on Friday."""
    if not phrase(r"del|inizia|comincia|parte|dal?|of|commencing|beginning|starting|w/c|w\.c\.").search(match.group()):
        return None
    if frame.tense(match) == "past":
        return None
    name = match["month"] or match["before"]
    month = int(match["number"]) if match["number"] else int(meaning(MONTHS, name)) if name else None
    day = day_of_month(frame, int(match["day"]), month, None, "future")
    return in_week(day, 6 if match["unit"] == "settimana" else 4, 0)


@rule(
    rf"(a partire da|da|dal mese di|from|starting in"
    rf"|as of) {one_of(FULL_MONTHS, name='month')}( (?P<year>20\d\d))?(?! \d)"
)
def _from_a_month(match: re.Match[str], frame: Frame) -> Resolved:
    """«Da giugno la linea sarà attiva»: from its first day on."""
    tense = frame.tense(match)
    if (
        tense == "past"
        or (tense != "future" and match.group().startswith("da ") and match.start() > frame.sentence(*match.span())[0])
        or phrase(r" (ad?|to|till|until)\s").match(frame.after(match))
    ):
        return None
    year = int(match["year"]) if match["year"] else None
    return day_of_month(frame, 1, FULL_MONTHS[match["month"]], year, "future")


@rule(rf"(tra|fra|between) (oggi|today) (e|and) ((?P<tomorrow>domani|tomorrow)|{one_of(WEEKDAYS, name='weekday')})")
def _between_today_and(match: re.Match[str], frame: Frame) -> Resolved:
    return (
        frame.today + timedelta(1)
        if match["tomorrow"]
        else coming(frame.today, int(meaning(WEEKDAYS, match["weekday"])))
    )

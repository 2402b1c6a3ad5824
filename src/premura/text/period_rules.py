"""The rules of `premura.text.dates` for feasts and stretches of time: weeks, months, quarters and years."""

from __future__ import annotations

import re
from datetime import date, timedelta

from premura.text.calendar_words import FEASTS, FULL_MONTHS, LAST, WEEKDAYS, meaning, one_of
from premura.text.dates import Frame, Resolved, add_months, coming, day_of_month, in_week, month_end, rule

#: «la mattina della vigilia», "the night of New Year's Eve"
_DAY_OF = re.compile(
    r"(?:mattin[ao]|pomeriggio|sera|notte|giorn[oi]|morning|evening|night)\s+(?:di|della|dell'|del|of)?\s*$"
)
_CLOSED_BEFORE = re.compile(r"(?<!\w)(?:chius[oaie]|closed)\s+(?:(?:on|il|la|a|per)\s+)?$")
_CLOSED_AFTER = re.compile(r"\s+(?:siamo\s+|restiamo\s+|we're\s+|è\s+)?(?:chius|closed)")
_FULL = one_of(FULL_MONTHS, name="month")
_FEAST = one_of(FEASTS, name="feast")
#: Weeks of a month, told from its first day; the last one is counted from its end
_WEEK_OF_MONTH = {"prim": 7, "second": 14, "terz": 21, "first": 7, "third": 21}


@rule(rf"{one_of(FEASTS, name='feast')}(?:\s+(?P<year>20\d\d))?")
def _feast(match: re.Match[str], frame: Frame) -> Resolved:
    deadline, tense = frame.is_deadline(match), frame.tense(match)
    deadline |= tense != "past" and bool(
        re.search(rf"{_DAY_OF.pattern}|(?<!\w)(?:dopo|passat[ao]|after)\s+(?:l'|la\s+)?$", frame.before(match))
    )
    if re.search(r"(?:tra|fra|between|from)\s+$", frame.before(match)) and re.match(
        r"\s+(?:e|and|to)\s", frame.after(match)
    ):
        return None  # «tra Pasqua e il 25 aprile»: the second of them ends it
    if match["feast"] == "new year" and re.search(r"(?<!\w)(?:in|into|after)\s+(?:the\s+)?$", frame.before(match)):
        return None  # "in the new year" is some day of it
    if _CLOSED_BEFORE.search(frame.before(match)) or _CLOSED_AFTER.match(frame.after(match)):
        return None
    if not deadline and (
        tense != "future"
        or re.search(r"(?:pranzo|cena|cenone|menu|menù|mercatin\w+)\s+(?:di\s+)?$", frame.before(match))
    ):
        return None
    return _feast_day(match["feast"], int(match["year"]) if match["year"] else None, frame.today)


def _feast_day(feast: str, year: int | None, today: date) -> date:
    day = meaning(FEASTS, feast)
    if year:
        return day(year)
    this_year: date = day(today.year)
    return this_year if this_year >= today else day(today.year + 1)


@rule(rf"(?:(?:il|the)\s+)?(?P<unit>giorno|day|settimana|week)\s+(?:dopo|after)\s+{_FEAST}"
      rf"|(?:la\s+|the\s+)(?P<other>settimana|week)\s+(?:dopo|after)\s+{_FEAST.replace('feast', 'second')}"
      rf"|(?:il\s+|the\s+)?{one_of(WEEKDAYS, name='weekday')}\s+(?:dopo|after)\s+{_FEAST.replace('feast', 'third')}")  # fmt: skip
def _after_feast(match: re.Match[str], frame: Frame) -> Resolved:
    if frame.tense(match) == "past" and not frame.is_deadline(match):
        return None
    feast = _feast_day(match["feast"] or match["second"] or match["third"], None, frame.today)
    if match["weekday"]:
        return coming(feast, int(meaning(WEEKDAYS, match["weekday"])))
    if (match["unit"] or match["other"]) in {"giorno", "day"}:
        return feast + timedelta(1)
    return in_week(feast, 6 if "settimana" in match.group() else 4, 1)


@rule(rf"(?:(?:entro|nella|per|per\s+la|entro\s+la|by|in|during)\s+(?:the\s+)?|the\s+|la\s+)?(?P<which>prima|seconda|terza|ultima|first|second|third|last)"
      rf"\s+(?:settimana|week)\s+(?:di|of)\s+{_FULL}")  # fmt: skip
def _week_of_month(match: re.Match[str], frame: Frame) -> Resolved:
    if frame.tense(match) == "past" and not frame.is_deadline(match):
        return None
    month, which = FULL_MONTHS[match["month"]], match["which"]
    if which in {"ultima", "last"}:
        return _end_of_named_month(month, None, frame.today)
    return day_of_month(frame, _WEEK_OF_MONTH[which.removesuffix("a")], month, None, "future")


# Weeks, months, years ------------------------------------------------------------------------------------------------

_NEXT_WEEK = r"(?:(?:la\s+)?(?:prossima\s+settimana|settimana\s+(?:prossima|entrante|ventura))|next\s+week)"
_NEXT_MONTH = r"(?:(?:il\s+)?(?:prossimo\s+mese|mese\s+(?:prossimo|entrante|venturo))|next\s+month)"


@rule(r"(?:entro\s+|a\s+|per\s+)?(?:la\s+)?fine\s+(?:della\s+|di\s+questa\s+)?settimana(?!\s+(?:prossima|scorsa))|entro\s+(?:la\s+|questa\s+)?"
      r"settimana(?!\s+(?:prossima|entrante|ventura))|in\s+settimana|(?:nel|entro\s+il|per\s+il|questo|il\s+prossimo)\s+(?:week-?end|fine\s*settimana)"
      r"|(?:by|at|over|this|for|till|until)\s+(?:the\s+)?weekend|questa\s+settimana")  # fmt: skip
def _end_of_week(match: re.Match[str], frame: Frame) -> Resolved:
    if (
        not match.group().startswith(("entro", "by", "per "))
        and frame.tense(match) not in ({"future", ""} if match.group().startswith("a ") else {"future"})
        and not frame.is_deadline(match)
    ):
        return None
    return in_week(frame.today, 6, 0)


@rule(r"(?:by\s+|before\s+|at\s+|towards\s+)?(?:the\s+)?(?:end\s+of\s+(?:the\s+|this\s+)?week|eow)|(?:by|within|later|sometime|during)"
      r"\s+(?:the|this)\s+week|this\s+week")  # fmt: skip
def _end_of_working_week(match: re.Match[str], frame: Frame) -> Resolved:
    if match.group().startswith("this") and frame.tense(match) != "future" and not frame.is_deadline(match):
        return None
    return in_week(frame.today, 4, 0 if frame.today.weekday() <= 4 else 1)


@rule(r"(?:(?:in|by|during)\s+)?(?:the\s+)?week\s+after\s+next|(?:la\s+)?settimana\s+dopo\s+la\s+prossima")
def _week_after_next(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 4 if "week" in match.group() else 6, 2)


@rule(rf"(?:entro\s+|per\s+|by\s+)?(?:(?:la\s+)?fine\s+(?:della\s+)?|(?:the\s+)?end\s+of\s+)?{_NEXT_WEEK}")
def _next_week(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 4 if "week" in match.group() else 6, 1)


@rule(
    r"(?:a|ad|per|entro)\s+inizio\s+settimana(?!\s+(?:prossima|scorsa))|all'inizio\s+della\s+settimana(?!\s+(?:prossima|scorsa))"
)
def _start_of_week(match: re.Match[str], frame: Frame) -> Resolved:
    return coming(frame.today, 0) if frame.tense(match) != "past" else None


@rule(r"(?:all'|a\s+|entro\s+l'|entro\s+)?inizio\s+(?:della\s+)?(?:settimana\s+prossima|prossima\s+settimana)"
      r"|(?:at\s+the\s+)?(?:beginning|start)\s+of\s+next\s+week|early\s+next\s+week")  # fmt: skip
def _start_of_next_week(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 0, 1)


@rule(r"(?:a\s+|entro\s+|verso\s+)?met[àa]\s+(?:della\s+)?settimana(?P<next>\s+prossima)?|(?:a\s+|entro\s+)?met[àa]\s+(?:della\s+)?"
      r"(?P<other>prossima)\s+settimana|(?:by\s+)?mid-?week|(?:by\s+)?(?P<third>the\s+)?(?:middle\s+of\s+|mid\s+)next\s+week")  # fmt: skip
def _middle_of_week(match: re.Match[str], frame: Frame) -> Resolved:
    day = in_week(frame.today, 2, 1 if re.search(r"prossima|next", match.group()) else 0)
    return day if day >= frame.today else day + timedelta(7)


@rule(rf"(?:(?:entro\s+|a\s+|per\s+)?(?:la\s+)?fine\s+(?:del\s+|di\s+)?(?:{_NEXT_MONTH}|(?P<this>(?:questo\s+|corrente\s+)?mese))"
      rf"|(?:by\s+|before\s+|at\s+)?(?:the\s+)?(?:end\s+of\s+(?:the\s+|this\s+)?month|eom)|(?:by|at|before)\s+(?:the\s+)?month(?:'s)?[-\s]end|(?:by\s+)?(?:the\s+)?end\s+of\s+next\s+month"
      rf"|entro\s+(?:il\s+|questo\s+)?mese(?:\s+in\s+corso)?(?!\s+(?:prossimo|entrante|venturo|di))|(?:entro\s+)?{_NEXT_MONTH}"
      rf"|(?:within|by)\s+(?:the|this)\s+month)")  # fmt: skip
def _end_of_month(match: re.Match[str], frame: Frame) -> Resolved:
    is_next = re.search(r"prossimo|entrante|venturo|next", match.group())
    if re.search(r"(?:giorni|gg\.?|days)\s+(?:data\s+fattura\s+)?$", frame.before(match)):
        return None  # «a 30 giorni fine mese» is a condition of payment
    if is_next and re.match(r",?\s*(?:il|al|the|on\s+the)\s+(?:giorno\s+)?\d", frame.after(match)):
        return None  # «il mese prossimo, il 10»
    return month_end(add_months(frame.today.replace(day=1), 1) if is_next else frame.today)


@rule(rf"(?:entro\s+|a\s+|per\s+|verso\s+)?(?:la\s+)?(?P<part>fine|met[àa]|inizio)\s+(?:di\s+)?{_FULL}(?:\s+(?P<year>20\d\d))?"
      rf"|(?:by\s+)?(?:the\s+)?(?P<when>end|middle|start|beginning)\s+of\s+{_FULL.replace('month', 'other')}|(?P<mid>mid)[-\s]"
      rf"{_FULL.replace('month', 'third')}")  # fmt: skip
def _part_of_month(match: re.Match[str], frame: Frame) -> Resolved:
    month = FULL_MONTHS[match["month"] or match["other"] or match["third"]]
    part = match["part"] or match["when"] or match["mid"]
    year = int(match["year"]) if match["year"] else None
    if part in {"fine", "end"}:
        return _end_of_named_month(month, year, frame.today)
    return day_of_month(frame, 15 if part in {"metà", "meta", "middle", "mid"} else 1, month, year, "future")


def _end_of_named_month(month: int, year: int | None, today: date) -> date:
    if year:
        return month_end(date(year, month, 1))
    end = month_end(date(today.year, month, 1))
    return end if end >= today else month_end(date(today.year + 1, month, 1))


@rule(
    r"(?:a|entro|verso)\s+(?:la\s+)?met[àa]\s+(?:del\s+)?mese(?P<next>\s+prossimo)?|mid-?month|(?:by\s+)?the\s+middle\s+of\s+(?:the|this)\s+month"
)
def _middle_of_month(match: re.Match[str], frame: Frame) -> Resolved:
    if match["next"]:
        return add_months(frame.today.replace(day=1), 1).replace(day=15)
    return day_of_month(frame, 15, None, None, "future")


@rule(
    rf"(?:entro|by|before|prima\s+di|in|a)\s+(?:il\s+mese\s+di\s+)?{_FULL}(?:\s+(?P<year>20\d\d))?(?!\s+(?:the\s+)?\d)"
)
def _named_month(match: re.Match[str], frame: Frame) -> Resolved:
    strong = match.group().startswith("entro") or (
        match.group().startswith("by") and (frame.tense(match) != "past" or frame.was_promised(match))
    )
    if re.match(r",?\s*(?:\w+mente\s+)?(?:il|al|the|on\s+the)\s+(?:giorno\s+)?\d", frame.after(match)):
        return None  # «a ottobre, precisamente il 12»
    if not strong and frame.tense(match) != "future":
        return None
    return _end_of_named_month(FULL_MONTHS[match["month"]], int(match["year"]) if match["year"] else None, frame.today)


@rule(
    r"(?:(?:entro|per|nel|by|before)\s+)?(?:(?:la\s+|the\s+)?(?:fine\s+(?:del)?|end\s+of\s+))?(?:l'anno\s+(?:prossimo|venturo)|(?:il\s+)?prossimo\s+anno|next\s+year)"
)
def _next_year(match: re.Match[str], frame: Frame) -> Resolved:
    return date(frame.today.year + 1, 12, 31) if frame.is_deadline(match) or frame.tense(match) != "past" else None


@rule(rf"(?:il\s+mese\s+di\s+)?{_FULL}\s+(?:del\s+)?(?P<year>20\d\d)")
def _month_of_a_year(match: re.Match[str], frame: Frame) -> Resolved:
    """«Prossima revisione: marzo 2028»."""
    end = _end_of_named_month(FULL_MONTHS[match["month"]], int(match["year"]), frame.today)
    return end if end >= frame.today and frame.tense(match) != "past" else None


@rule(r"(?:entro|alla|a|by|at|before|until|till|through|per|verso|prima\s+del(?=la))\s*(?:(?:la\s+|the\s+)?(?:fine|end)\s+(?:dell'|of\s+(?:the\s+|this\s+)?)?(?:anno|year)|l'anno(?!\s+(?:prossimo|venturo))|quest'anno"
      r"|(?:the\s+)?year(?:'s)?[-\s]end|eoy)|entro\s+(?:il\s+)?(?P<year>20\d\d)|(?:a|entro)\s+fine\s+(?P<other>20\d\d)")  # fmt: skip
def _end_of_year(match: re.Match[str], frame: Frame) -> Resolved:
    year = match["year"] or match["other"]
    return date(int(year) if year else frame.today.year, 12, 31)


_QUARTER = {r"primo|1°|first|q1": 3, r"secondo|2°|second|q2": 6, r"terzo|3°|third|q3": 9, r"quarto|ultimo|4°|fourth|last|final|q4": 12}  # fmt: skip


@rule(rf"(?:entro|in|nel|per|by|for|during)?\s*(?:la\s+|il\s+|the\s+)?(?:fine\s+(?:del\s+)?|(?:the\s+)?end\s+of\s+(?:the\s+)?)?(?:{one_of(_QUARTER, name='which')}\s+(?:(?P<unit>trimestre|semestre)|quarter)|(?P<short>q[1-4]))"
      r"(?:\s+(?:del\s+|of\s+)?(?P<year>20\d\d))?")  # fmt: skip
def _named_quarter(match: re.Match[str], frame: Frame) -> Resolved:
    """«Entro il secondo trimestre», "in Q2": over with its last month."""
    if frame.tense(match) == "past" and not frame.is_deadline(match):
        return None
    month = int(meaning(_QUARTER, match["short"] or match["which"])) * (2 if match["unit"] == "semestre" else 1)
    return _end_of_named_month(month, int(match["year"]) if match["year"] else None, frame.today)


@rule(
    r"(?:entro|a|by|before)\s+(?:la\s+|the\s+)?(?:fine\s+del\s+trimestre|fine\s+trimestre|end\s+of\s+(?:the\s+|this\s+)?quarter|eoq)"
)
def _end_of_quarter(match: re.Match[str], frame: Frame) -> Resolved:
    return month_end(date(frame.today.year, (frame.today.month - 1) // 3 * 3 + 3, 1))


@rule(
    rf"(?:il\s+)?(?P<which>mese|anno|settimana)\s+{LAST}|(?:lo\s+scorso|la\s+scorsa|last|l'anno\s+scorso)\s+(?:week|month|year|mese|settimana)"
)
def _last_period(match: re.Match[str], frame: Frame) -> Resolved:
    return None  # a period that is over names no day; the rule keeps «scorsa» from being read with a weekday


@rule(r"(?:prima\s+del|before\s+the)\s+(?:week-?end|fine\s*settimana)")
def _before_the_weekend(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 4, 0) if frame.today.weekday() <= 4 else None

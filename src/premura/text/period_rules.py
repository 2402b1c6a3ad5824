"""The rules of `premura.text.dates` for feasts and stretches of time: weeks, months, quarters and years."""

from __future__ import annotations

import re
from datetime import date, timedelta

from premura.text.calendar_words import FEASTS, FULL_MONTHS, LAST, meaning, one_of
from premura.text.dates import Frame, Resolved, add_months, coming, day_of_month, in_week, month_end, rule
from premura.text.phrases import phrase

#: «la mattina della vigilia», "the night of New Year's Eve"
_DAY_OF = phrase(r"(mattin[ao]|pomeriggio|sera|notte|giorn[oi]|morning|evening|night) (di|della|dell'|del|of)?\s*$")
_CLOSED_BEFORE = phrase(r"(?<!\w)(chius[oaie]|closed) ((on|il|la|a|per) )?$")
_CLOSED_AFTER = phrase(r" (siamo |restiamo |we're |è )?(chius|closed)")
#: «non prima di aprile» is some day of it
_NOT_BEFORE = phrase("(?<!\\w)(non|not|mai|never|no|niente|nothing|nobody|nessuno|unlikely|\\w+n't)(?!\\w)")
_FULL = one_of(FULL_MONTHS, name="month")
_FEAST = one_of(FEASTS, name="feast")
#: Weeks of a month, told from its first day; the last one is counted from its end
_WEEK_OF_MONTH = {"prim": 7, "second": 14, "terz": 21, "first": 7, "third": 21}


@rule(rf"{one_of(FEASTS, name='feast')}( (?P<year>20\d\d))?")
def _feast(match: re.Match[str], frame: Frame) -> Resolved:
    deadline, tense = frame.is_deadline(match), frame.tense(match)
    deadline |= tense != "past" and bool(
        phrase(rf"{_DAY_OF.pattern}|(?<!\w)(dopo|passat[ao]|after) (l'|la )?$").search(frame.before(match))
    )
    if phrase(r"(tra|fra|between|from) $").search(frame.before(match)) and phrase(r" (e|and|to)\s").match(
        frame.after(match)
    ):
        return None  # «tra Pasqua e il 25 aprile»: the second of them ends it
    if match["feast"] == "new year" and phrase(r"(?<!\w)(in|into|after) (the )?$").search(frame.before(match)):
        return None  # "in the new year" is some day of it
    if _CLOSED_BEFORE.search(frame.before(match)) or _CLOSED_AFTER.match(frame.after(match)):
        return None
    if not deadline and (
        tense != "future" or phrase(r"(pranzo|cena|cenone|menu|menù|mercatin\w+) (di )?$").search(frame.before(match))
    ):
        return None
    return _feast_day(match["feast"], int(match["year"]) if match["year"] else None, frame.today)


def _feast_day(feast: str, year: int | None, today: date) -> date:
    day = meaning(FEASTS, feast)
    if year:
        return day(year)
    this_year: date = day(today.year)
    return this_year if this_year >= today else day(today.year + 1)


@rule(rf"((entro|nella|per|per la|entro la|by|in|during) (the )?|the |la )?(?P<which>prima|seconda|terza|ultima|first|second|third|last)"
      rf" (settimana|week) (di|of) {_FULL}")  # fmt: skip
def _week_of_month(match: re.Match[str], frame: Frame) -> Resolved:
    if frame.tense(match) == "past" and not frame.is_deadline(match):
        return None
    month, which = FULL_MONTHS[match["month"]], match["which"]
    if which in {"ultima", "last"}:
        return _end_of_named_month(month, None, frame.today)
    return day_of_month(frame, _WEEK_OF_MONTH[which.removesuffix("a")], month, None, "future")


# Weeks, months, years ------------------------------------------------------------------------------------------------

_NEXT_WEEK = r"((la )?(prossima settimana|settimana (prossima|entrante|ventura))|next week)"
_NEXT_MONTH = r"((il )?(prossimo mese|mese (prossimo|entrante|venturo))|next month)"


@rule(r"(entro |a |per )?(la )?fine (della |di questa )?settimana(?! (prossima|scorsa))|entro (la |questa )?"
      r"settimana(?! (prossima|entrante|ventura))|in settimana|(nel|entro il|per il|questo|il prossimo) (week-?end"
      r"|fine\s*settimana)"
      r"|(by|at|over|this|for|till|until) (the )?weekend|questa settimana")  # fmt: skip
def _end_of_week(match: re.Match[str], frame: Frame) -> Resolved:
    if (
        not match.group().startswith(("entro", "by", "per "))
        and frame.tense(match) not in ({"future", ""} if match.group().startswith("a ") else {"future"})
        and not frame.is_deadline(match)
    ):
        return None
    return in_week(frame.today, 6, 0)


@rule(r"(by |before |at |towards )?(the )?(end of (the |this )?week|eow)|(by|within|later|sometime|during)"
      r" (the|this) week|this week")  # fmt: skip
def _end_of_working_week(match: re.Match[str], frame: Frame) -> Resolved:
    if match.group().startswith("this") and frame.tense(match) != "future" and not frame.is_deadline(match):
        return None
    return in_week(frame.today, 4, 0 if frame.today.weekday() <= 4 else 1)


@rule(r"((in|by|during) )?(the )?week after next|(la )?settimana dopo la prossima")
def _week_after_next(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 4 if "week" in match.group() else 6, 2)


@rule(rf"(entro |per |by )?((la )?fine (della )?|(the )?end of )?{_NEXT_WEEK}")
def _next_week(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 4 if "week" in match.group() else 6, 1)


@rule(r"(a|ad|per|entro) inizio settimana(?! (prossima|scorsa))|all'inizio della settimana(?! (prossima|scorsa))")
def _start_of_week(match: re.Match[str], frame: Frame) -> Resolved:
    return coming(frame.today, 0) if frame.tense(match) != "past" else None


@rule(r"(all'|a |entro l'|entro )?inizio (della )?(settimana prossima|prossima settimana)"
      r"|(at the )?(beginning|start) of next week|early next week")  # fmt: skip
def _start_of_next_week(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 0, 1)


@rule(r"(a |entro |verso )?met[àa] (della )?settimana(?P<next> prossima)?|(a |entro )?met[àa] (della )?"
      r"(?P<other>prossima) settimana|(by )?mid-?week|(by )?(?P<third>the )?(middle of |mid )next week")  # fmt: skip
def _middle_of_week(match: re.Match[str], frame: Frame) -> Resolved:
    day = in_week(frame.today, 2, 1 if phrase(r"prossima|next").search(match.group()) else 0)
    return day if day >= frame.today else day + timedelta(7)


@rule(rf"((a|in|entro|by) (?P<month>{one_of(FULL_MONTHS)})|{_NEXT_MONTH}),? ((\w+mente|intorno|attorno|verso|circa|around|about) )?(il|al|the|on the) (giorno )?"
      r"(?P<day>\d{1,2})(st|nd|rd|th)?(?! (per\s*cento|percent)|[%°])")  # fmt: skip
def _month_and_then_day(match: re.Match[str], frame: Frame) -> Resolved:
    """«Il mese prossimo, il 10», «a ottobre, precisamente il 12»."""
    day = int(match["day"])
    if match["month"]:
        return day_of_month(frame, day, FULL_MONTHS[match["month"]], None, frame.tense(match))
    return add_months(frame.today.replace(day=1), 1).replace(day=day)


@rule(rf"((entro |a |per )?(la )?fine (del |di )?({_NEXT_MONTH}|(?P<this>(questo |corrente )?mese))"
      rf"|(by |before |at )?(the )?(end of (the |this )?month|eom)|(before|by the time) the month (is (out|over)"
      rf"|ends|finishes)|prima che (finisca|termini) il mese|(by|at|before) (the )?month('s)?[-\s]end"
      rf"|(by )?(the )?end of next month"
      rf"|entro (il |questo )?mese( in corso)?(?! (prossimo|entrante|venturo|di))|(entro )?{_NEXT_MONTH}"
      rf"|(within|by) (the|this) month)")  # fmt: skip
def _end_of_month(match: re.Match[str], frame: Frame) -> Resolved:
    is_next = phrase(r"prossimo|entrante|venturo|next").search(match.group())
    if phrase(r"(giorni|gg\.?|days) (data fattura )?$").search(frame.before(match)):
        return None  # «a 30 giorni fine mese» is a condition of payment
    return month_end(add_months(frame.today.replace(day=1), 1) if is_next else frame.today)


@rule(rf"(entro |a |per |verso )?(la )?(?P<part>fine|met[àa]|inizio) (di )?{_FULL}( (?P<year>20\d\d))?"
      rf"|(by )?(the )?(?P<when>end|middle|start|beginning) of {_FULL.replace('month', 'other')}|(?P<mid>mid)[-\s]"
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


@rule(r"(a|entro|verso) (la )?met[àa] (del )?mese(?P<next> prossimo)?|mid-?month|(by )?the middle of (the|this) month")
def _middle_of_month(match: re.Match[str], frame: Frame) -> Resolved:
    if match["next"]:
        return add_months(frame.today.replace(day=1), 1).replace(day=15)
    return day_of_month(frame, 15, None, None, "future")


@rule(rf"(entro|by|before|prima di|in|a) (il mese di )?{_FULL}( (?P<year>20\d\d))?(?! (the )?\d)")
def _named_month(match: re.Match[str], frame: Frame) -> Resolved:
    strong = match.group().startswith("entro") or (
        match.group().startswith("by") and (frame.tense(match) != "past" or frame.was_promised(match))
    )
    if not strong and frame.tense(match) != "future":
        return None
    if phrase("prima|before").match(match.group()) and not _NOT_BEFORE.search(
        frame.text, *frame.sentence(*match.span())
    ):
        month = day_of_month(
            frame, 1, FULL_MONTHS[match["month"]], int(match["year"]) if match["year"] else None, "future"
        )
        return max(frame.today, month - timedelta(1))
    return _end_of_named_month(FULL_MONTHS[match["month"]], int(match["year"]) if match["year"] else None, frame.today)


@rule(
    r"((entro|per|nel|by|before) )?((la |the )?(fine (del)?|end of ))?(l'anno (prossimo|venturo)|(il )?prossimo anno"
    r"|next year)"
)
def _next_year(match: re.Match[str], frame: Frame) -> Resolved:
    return date(frame.today.year + 1, 12, 31) if frame.is_deadline(match) or frame.tense(match) != "past" else None


@rule(rf"(il mese di )?{_FULL} (del )?(?P<year>20\d\d)")
def _month_of_a_year(match: re.Match[str], frame: Frame) -> Resolved:
    """«Prossima revisione: marzo 2028»."""
    end = _end_of_named_month(FULL_MONTHS[match["month"]], int(match["year"]), frame.today)
    return end if end >= frame.today and frame.tense(match) != "past" else None


@rule(r"(entro|alla|a|by|at|before|until|till|through|per|verso|prima del(?=la))\s*((la |the )?(fine|end) (dell'|of (the |this )?)?(anno|year)|l'anno(?! (prossimo|venturo))|quest'anno"
      r"|(the )?year('s)?[-\s]end|eoy)|entro (il )?(?P<year>20\d\d)|(a|entro) fine (?P<other>20\d\d)")  # fmt: skip
def _end_of_year(match: re.Match[str], frame: Frame) -> Resolved:
    year = match["year"] or match["other"]
    return date(int(year) if year else frame.today.year, 12, 31)


_QUARTER = {r"primo|1°|first|q1": 3, r"secondo|2°|second|q2": 6, r"terzo|3°|third|q3": 9, r"quarto|ultimo|4°|fourth|last|final|q4": 12}  # fmt: skip


@rule(rf"(entro|in|nel|per|by|for|during)?\s*(la |il |the )?(fine (del )?|(the )?end of (the )?)?({one_of(_QUARTER, name='which')} ((?P<unit>trimestre|semestre)|quarter)|(?P<short>q[1-4]))"
      r"( (del |of )?(?P<year>20\d\d))?")  # fmt: skip
def _named_quarter(match: re.Match[str], frame: Frame) -> Resolved:
    """«Entro il secondo trimestre», "in Q2": over with its last month."""
    if frame.tense(match) == "past" and not frame.is_deadline(match):
        return None
    month = int(meaning(_QUARTER, match["short"] or match["which"])) * (2 if match["unit"] == "semestre" else 1)
    return _end_of_named_month(month, int(match["year"]) if match["year"] else None, frame.today)


@rule(r"(entro|a|by|before) (la |the )?(fine del trimestre|fine trimestre|end of (the |this )?quarter|eoq)")
def _end_of_quarter(match: re.Match[str], frame: Frame) -> Resolved:
    return month_end(date(frame.today.year, (frame.today.month - 1) // 3 * 3 + 3, 1))


@rule(
    rf"(il )?(?P<which>mese|anno|settimana) {LAST}|(lo scorso|la scorsa|last|l'anno scorso) (week|month|year|mese"
    rf"|settimana)"
)
def _last_period(match: re.Match[str], frame: Frame) -> Resolved:
    return None  # a period that is over names no day; the rule keeps «scorsa» from being read with a weekday


@rule(r"(prima del|before the) (week-?end|fine\s*settimana)")
def _before_the_weekend(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, 4, 0) if frame.today.weekday() <= 4 else None

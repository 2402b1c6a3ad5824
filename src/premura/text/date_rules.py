"""The rules of `premura.text.dates` for days: one function a way of naming one, Italian first, English beside it.

Days told from now are in `relative_rules`, feasts, weeks, months and years in `period_rules`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from premura.text.calendar_words import (
    AFTER,
    COUNT,
    LAST,
    MONTHS,
    NEXT,
    NUMBERS,
    ORDINAL,
    PART,
    SHORT_WEEKDAYS,
    UNIT,
    UNITS,
    WEEKDAYS,
    WORKING,
    N,
    meaning,
    number_of,
    one_of,
)
from premura.text.dates import (
    Frame,
    Later,
    Resolved,
    add_months,
    add_working_days,
    coming,
    day_of_month,
    gone,
    in_week,
    month_end,
    rule,
)
from premura.text.phrases import phrase, whole_words

_DAY_IN_WORDS = "|".join(("primo", *(word for word, n in NUMBERS.items() if 2 <= n <= 31 and word.isalpha())))
_DAY = one_of(WEEKDAYS, name="weekday")
_MONTH = one_of(MONTHS, name="month") + r"\.?"
_HABIT_BEFORE = phrase(
    r"(?<!\w)((ogni|every) (prim[oa]|second[oa]?|terz[oa]|ultim[oa]|altr[oa]|first|third|last|other)|ogni"
    r"|tutt[ie] (i|le)|di|il|la|dal|dalla|al|alla|every|each|from|on alternate)\s*$"
)
_HABIT_CHAIN = phrase(
    rf"(?<!\w)((?<!pomeriggio\s)(?<!mattina\s)(?<!sera\s)di|ogni|tutt[ie] (i|le)|every"
    rf"|each) ({one_of(WEEKDAYS)}s?,? )+(e|ed|o|and|or) (di )?$"
)
_FROM_TO = phrase(r" (dalle|from|ore) (ore )?\d+([:.]\d\d)?\s*(alle|to|-|–)\s*\d| \d+([:.]\d\d)?\s?[-–]\s?\d")
_DAY_AND = phrase(rf"({one_of(WEEKDAYS)})\s*(,|e|and) $")
#: «riceve lunedì e giovedì dalle 15 alle 18»
_OFFICE_HOURS = phrase(rf"(\s*(,|e|and) ({one_of(WEEKDAYS)}))+({_FROM_TO.pattern})")
_PART_OF_DAY_BEFORE = phrase(
    r"(\d|mezza|quarto|mezzogiorno|mezzanotte|giornata|mattina|mattinata|pomeriggio|sera|serata) di\s*$"
)
#: "She said she'd call me back Tuesday"
_REPORTED = phrase(
    r"(?<!\w)(avev\w+ (\w+ )?(dett|promess|assicurat|garantit)\w|dovev\w+|sarebb\w+)(?!\w)|(?<!\w)(said|told"
    r"|promised|assured|swore)(?!\w)[^.!?;]*?((he|she|they|you|it)('d| would)|was going to|were going to)(?!\w)"
)
_AT_BEST = phrase(r",?\s*(at the (earliest|latest)|al pi[ùu]'? (presto|tardi)|come minimo|non prima)")
_FEAST_BEFORE = phrase(r"(?<!\w)(easter|good|shrove|palm|black|cyber) $")
_FEAST_AFTER = phrase(r" (santo|grasso|dell'angelo)(?!\w)")
_CLOSED_BEFORE = phrase(r"(?<!\w)(chius[oaie]|closed) ((on|il|la) )?$")
_CLOSED_AFTER = phrase(r"\s*(sera )?(((l'|la |il |the )\w+ )?(è|siamo|restiamo|is|we're) )?(chius|closed)")
_STILL = whole_words(r"still (waiting|nothing|no)|(sto|stiamo) (ancora )?aspettando|ancora (niente|nulla)")
_TIME_AFTER = phrase(r",?\s*((alle|ore|dalle|at|h)\s*(ore )?\d|\d{1,2}[:.]\d\d)")
_SINCE_BEFORE = phrase(
    r"(?<!\w)(((aspett|prov|telefon)(o|iamo)|attend(o|iamo)|cerc(o|hiamo)|chiam(o|iamo)|è|e'|sono|siamo|senza"
    r"|ferm[oaie]|guast[oaie]"
    r"|bloccat[oaie]|rott[oaie]|non) ((?!disponibil|pront|attiv|visibil|apert|operativ)[\w']+ ){0,3}da|since( last)?) $"
)
#: «la prossima settimana, di sicuro entro mercoledì»
_SAY = (
    r"((di|on|by|entro|per|il|e|o|di sicuro|sicuramente|forse|già|credo|penso|direi|diciamo|facciamo|probabilmente"
    r"|presumibilmente|verosimilmente|comunque|magari|tipo|verso|al massimo|al più tardi|indicativamente"
    r"|precisamente|esattamente|probably|most likely|likely|maybe|perhaps|hopefully|say|ideally|definitely|certainly"
    r"|i think|around|at the latest|latest|possibly)[\s,]+){0,4}"
)
_ENGLISH = whole_words(r"the|is|on|for|by|we|you|your|our|will|be|at|before|until|from")
#: «da venerdì non abbiamo acqua calda»
_LACKS_AFTER = phrase(
    r",? ((sono|siamo) )?(senza|manca|mancano|aspett\w+|ancora|non (abbiamo|ho|funziona|funzionano|va|vanno|c'è"
    r"|ci sono|arriva|risponde|rispondete|riesco|riusciamo|vedo|sento|parte))(?!\w)"
)
_NEXT_WEEK_OR = phrase(
    rf"(settimana prossima|prossima settimana|next week),? (di |on )?{one_of(WEEKDAYS)} (o|oppure|or|e"
    rf"|and)( (al massimo|forse|magari|maybe))? $"
)
_SOME_DAY = phrase(r"(?<!\w)(on a|un|una|any|some) $")
_TODAY_IS = phrase(r"(?<!\w)(oggi (è|e')( già)?|siamo (già |ormai )?(arrivati )?a|today is|it's)\s*$")
_WAITING_SINCE = phrase(
    r"(?<!\w)((aspett|attend|ferm|guast|rott|bloccat|spent|waiting|waited)\w*|senza|fuori (uso|servizio)"
    r"|non (funziona|va|parte)|without|broken|nothing|non ((l[aoi']|le|vi|ti|mi|ci)\s*)?(sent|ved|ricev|trov"
    r"|rispond)\w+) "
    rf"(\w+ ){{0,3}}(dall'|dal?)\s*(il |{one_of(WEEKDAYS)},? )?$|(?<!\w)since (the |{one_of(WEEKDAYS)},? )?$"
)
#: «con riferimento alla Sua del 12 maggio», «la segnalazione del 3»
_WRITTEN_BEFORE = phrase(
    r"(?<!\w)(sua|vostra|vs\.?|tua|e?-?mail|lettera|pec|raccomandata|segnalazione|reclamo|richiesta|comunicazione"
    r"|messaggio|ordine|fattura"
    r"|scontrino|ricevuta|bolla|ddt|verbale|telefonata|(your|our) (letter|message|order|complaint|request"
    r"|call)) (\w+ )?(del(l')?|of|dated|from)"
    r"\s*(the )?$"
)
_FROM_DAY = phrase(
    r"(?<!\w)(dal(l')?|da|tra il|fra il|from|between)\s*(the )?\d{1,2}(st|nd|rd|th)?( \w+)? (al(l')?|a|to|and|till"
    r"|e il)\s*(the )?$"
)
_FIRST_OF_TWO = phrase(r" (e|ed|al(l')?|and|to)\s*(il |l'|the )?\d{1,2}(?!\d)")
_NAMED_BEFORE = phrase(rf"(?<!\w)(?P<day>\d{{1,2}}) (di |of )?{one_of(MONTHS, name='month')}(?!\w)")
_RANGE_AFTER = phrase(r"^\.?\s*((-|–|/|al(la)?|a|to|through|till)\s*(" + one_of(WEEKDAYS) + r")|s(?!\w))")
_RANGE_BEFORE = phrase(r"(" + one_of(WEEKDAYS) + r")\.?\s*(-|–|/|al?|to|through|till)\s*$")
_MONEY_OR_UNIT = phrase(
    r"^\s*(€|\$|£|%|euro|eur|dollari|per\s*cento|percent|or[ae](?!\s*\d)|minut|giorn|gg|volt|person|ospit|stell|punt"
    r"|ann|mes"
    r"|settiman|km|metr|mq|cent|piano|pian|pezz|camer|hours?|min|days?|people|stars?|times|points?|floor"
    r"|[ap]\.?m(?!\w)|o'clock|/|\d|[.,]\d)"
)
_MOVED_TO = phrase(
    r"(?<!\w)((moved|rebooked|changed|postponed|pushed) (\w+ ){0,3}to|(slitt|rinvi|rimand|spost|posticip"
    r"|anticip)\w+ (\w+ ){0,3}a) $"
)
#: «can I move it from Friday to Saturday»
_MOVING = phrase(r"(?<!\w)(mov|chang|switch|swap|spost|anticip|posticip|rimand|rinvi|cambi)\w*\s")
_MOVED_BEFORE = phrase(r"(?<!\w)(slitt|rinvi|rimand|spost|posticip|anticip|prorog)\w+ (\w+ ){0,3}$")
#: «alle 6:40 del 16», «la cena del 31»
_EVENT_BEFORE = phrase(
    r"((alle|ore|all'|h)\s*\w+([:.]\d\d)?|mezza|quarto|mattin[ao]|pomeriggio|sera|notte|cena|pranzo|riunione"
    r"|appuntamento|visita|seduta|lezione|udienza|volo|evento|festa|prenotazione|incontro|consegna|ritiro|soggiorno"
    r"|intervento) $"
)
_BOOKED = phrase(
    r"(?<!\w)(prenotat|fissat|riservat|confermat|bloccat|programmat|booked|reserved|confirmed|scheduled)\w*(?!\w)"
)
_COUNT_BEFORE = phrase(r"(€|\$|£|n\.|n°|nr\.?|numero|voto|punteggio|camera|stanza|piano|room|score|rated?|gate)\s*$")


# Weekdays ------------------------------------------------------------------------------------------------------------


def _weekday(match: re.Match[str]) -> int:
    return int(meaning(WEEKDAYS, match["weekday"]))


@rule(rf"{_DAY}\.?{PART}")
def _bare_weekday(match: re.Match[str], frame: Frame) -> Resolved:
    if _is_habit(match, frame) or _is_no_matter(match, frame):
        return None
    before, after = (reckon(frame.today, _weekday(match)) for reckon in (gone, coming))
    if frame.is_deadline(match) and _is_reported(match, frame):
        return before if frame.today - before <= after - frame.today else after
    if _is_over(match, frame):
        return before
    # «la prossima settimana, mercoledì o giovedì»
    return in_week(frame.today, _weekday(match), 1) if _NEXT_WEEK_OR.search(frame.before(match)) else after


def _is_habit(match: re.Match[str], frame: Frame) -> bool:
    """«il lunedì», «di martedì e venerdì», «riceve lunedì e giovedì dalle 15 alle 18»."""
    before, after, deadline = frame.before(match), frame.after(match), frame.is_deadline(match)
    if _RANGE_AFTER.match(after) or (_RANGE_BEFORE.search(before) and not _MOVING.search(before)):
        return True
    if deadline:
        return False
    if _HABIT_CHAIN.search(before) or _OFFICE_HOURS.match(after) or (_DAY_AND.search(before) and _FROM_TO.match(after)):
        return True
    is_start = before.rstrip().endswith("from") and (frame.tense(match) == "future" or "any" in before)
    is_one = is_start or _PART_OF_DAY_BEFORE.search(before) or _TIME_AFTER.match(after)
    return bool(_HABIT_BEFORE.search(before)) and not is_one


def _is_no_matter(match: re.Match[str], frame: Frame) -> bool:
    """«oggi è lunedì», «domenica siamo chiusi», "Easter Monday", which is a feast."""
    before, after = frame.before(match), frame.after(match)
    behind = (_TODAY_IS, _CLOSED_BEFORE, _FEAST_BEFORE, _SOME_DAY)
    return any(rule.search(before) for rule in behind) or any(
        rule.match(after) for rule in (_CLOSED_AFTER, _FEAST_AFTER)
    )


def _is_over(match: re.Match[str], frame: Frame) -> bool:
    """Whether the last such day is meant: «lunedì ho chiamato», «aspetto da lunedì», "she said she'd call Tuesday"."""
    before, after = frame.before(match), frame.after(match)
    if _SINCE_BEFORE.search(before) or (before.endswith("da ") and _LACKS_AFTER.match(after)):
        return True
    if frame.is_deadline(match) or _MOVED_TO.search(before) or _AT_BEST.match(after):
        return False
    return frame.tense(match) == "past" or _is_reported(match, frame)


def _is_reported(match: re.Match[str], frame: Frame) -> bool:
    return bool(_REPORTED.search(frame.text, frame.sentence(*match.span())[0], match.start()))


_SHORT = one_of(SHORT_WEEKDAYS, name="weekday")


@rule(rf"(entro|by|on|from|until|till) {_SHORT}\.?|(per|prima di|before) {_SHORT.replace('weekday', 'last')}(\.|(?=\s*($|[,;!?)])))"
      rf"|{_SHORT.replace('weekday', 'other')}\.?( (mattina|pomeriggio|sera|morning|afternoon|evening)|(?= (alle|at) \d))")  # fmt: skip
def _short_weekday(match: re.Match[str], frame: Frame) -> Resolved:
    if phrase(r"\s*(chius|apert|closed|open)").match(frame.after(match)):
        return None
    past = frame.tense(match) == "past" and bool(match["other"])
    return (gone if past else coming)(frame.today, SHORT_WEEKDAYS[match["weekday"] or match["last"] or match["other"]])


@rule(rf"(il |la )?({_DAY} {NEXT}|{_DAY.replace('weekday', 'other')} della prossima|(il )?prossim[oa] "
      rf"{_DAY.replace('weekday', 'third')}|next {_DAY.replace('weekday', 'fourth')}){PART}")  # fmt: skip
def _next_weekday(match: re.Match[str], frame: Frame) -> Resolved:
    if match["other"]:
        return None
    name = match["weekday"] or match["third"] or match["fourth"]
    return coming(frame.today, int(meaning(WEEKDAYS, name)))


@rule(
    rf"(il |la |the |on the )?({_DAY} {AFTER}|(seguente|successiv[oa]"
    rf"|following) {_DAY.replace('weekday', 'other')}){PART}"
)
def _weekday_after_that(match: re.Match[str], frame: Frame) -> Resolved:
    weekday = int(meaning(WEEKDAYS, match["weekday"] or match["other"]))
    return Later(lambda day: coming(day, weekday), coming(frame.today, weekday))


@rule(
    rf"(il |la |the |on the )?{_DAY} (della stessa settimana|di quella settimana|of (the same|that) week"
    rf"|(the )?same week)"
)
def _weekday_of_that_week(match: re.Match[str], frame: Frame) -> Resolved:
    weekday = _weekday(match)
    return Later(lambda day: in_week(day, weekday, 0))


@rule("quell[oa] (dopo|successiv[oa])|the one after( that)?")
def _the_one_after(match: re.Match[str], frame: Frame) -> Resolved:
    """«Non questo venerdì, quello dopo»."""
    return Later(lambda day: day + timedelta(7))


@rule(rf"(il |the )?(giorno|day) {AFTER}|(the )?(next|following) day|l'indomani")
def _day_after_that(match: re.Match[str], frame: Frame) -> Resolved:
    return Later(lambda day: day + timedelta(1)) if frame.tense(match) == "future" else None


@rule(rf"(il |the )?(mese|month) {AFTER}|the following month")
def _month_after_that(match: re.Match[str], frame: Frame) -> Resolved:
    return Later(lambda day: month_end(add_months(day.replace(day=1), 1))) if frame.tense(match) == "future" else None


@rule(rf"(la |the )?(settimana|week) {AFTER}(?P<same>,? (lo |the )?(stesso giorno|same day))?|the following week")
def _week_after_that(match: re.Match[str], frame: Frame) -> Resolved:
    if match["same"]:
        return Later(lambda day: day + timedelta(7))
    weekday = 4 if "week" in match.group() else 6
    return Later(lambda day: in_week(day, weekday, 1)) if frame.tense(match) == "future" else None


# Days told from one that follows: «due giorni prima di Natale» ---------------------------------------------------------

_FROM = r"((?P<before>prima (di|del(la|l')?)|before)|dopo|after|from|da|dal(la|l')?)"


@rule(rf"((il|the|on the) )?((giorno|day)|(?P<week>settimana|week)|{_DAY}) {_FROM}")
def _day_from_that(match: re.Match[str], frame: Frame) -> Resolved:
    sign = -1 if match["before"] else 1
    if match["weekday"]:
        weekday, step = _weekday(match), gone if match["before"] else coming
        return (
            None if match.group().endswith(("from", "da", "dal")) else Later(lambda day: step(day, weekday), ahead=True)
        )
    if match["week"]:
        return Later(lambda day: in_week(day, 6 if match["week"] == "settimana" else 4, sign), ahead=True)
    return Later(lambda day: day + timedelta(sign), ahead=True)


@rule(r"(la |the )?(vigilia (di|del(la|l')?)|eve of)")
def _eve_of_that(match: re.Match[str], frame: Frame) -> Resolved:
    return Later(lambda day: day - timedelta(1), ahead=True)


@rule(rf"((entro|within|in|by) )?{N}\s*({UNIT}|(?P<working>{WORKING})) {_FROM}")
def _so_long_from_that(match: re.Match[str], frame: Frame) -> Resolved:
    count = number_of(match["n"]) * (-1 if match["before"] else 1)
    if match["working"]:
        return Later(lambda day: add_working_days(day, count, frame.holidays), ahead=True) if count > 0 else None
    kind, size = meaning(UNITS, re.sub(r"\s+", " ", match["unit"]))
    if kind == "months":
        return Later(lambda day: add_months(day, count * size), ahead=True)
    hours = count * size * {"days": 24, "hours": 1, "minutes": 0}[kind]
    return Later(lambda day: day + timedelta(hours // 24), ahead=True) if hours and hours % 24 == 0 else None


# Weekdays, once more ---------------------------------------------------------------------------------------------------


@rule(rf"(quest[oa]|this) (?P<next>coming )?{_DAY}{PART}")
def _this_weekday(match: re.Match[str], frame: Frame) -> Resolved:
    weekday = _weekday(match)
    return frame.today if weekday == frame.today.weekday() and not match["next"] else coming(frame.today, weekday)


@rule(rf"{_DAY}( \w+)? {LAST}|(lo scorso|la scorsa|last|this past) {_DAY.replace('weekday', 'other')}{PART}")
def _last_weekday(match: re.Match[str], frame: Frame) -> Resolved:
    return gone(frame.today, int(meaning(WEEKDAYS, match["weekday"] or match["other"])))


@rule(rf"(il |la |on )?{_DAY} (della (settimana (prossima|entrante|ventura)|prossima settimana)|of next week|next week)"
      rf"|(la )?(settimana prossima|prossima settimana|next week),? {_SAY}{_DAY.replace('weekday', 'other')}{PART}")  # fmt: skip
def _weekday_of_next_week(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, int(meaning(WEEKDAYS, match["weekday"] or match["other"])), 1)


@rule(rf"{_DAY} (di questa settimana|this week|of this week)")
def _weekday_of_this_week(match: re.Match[str], frame: Frame) -> Resolved:
    return in_week(frame.today, _weekday(match), 0)


@rule(
    rf"((nella )?notte )?(tra|fra|between) {_DAY.replace('weekday', 'first')} (e"
    rf"|and) {_DAY}(?P<next> (della (settimana prossima|prossima settimana)|(of )?next week))?"
)
def _between_weekdays(match: re.Match[str], frame: Frame) -> Resolved:
    if match["next"]:
        return in_week(frame.today, _weekday(match), 1)
    past = frame.tense(match) == "past"
    first = int(meaning(WEEKDAYS, match["first"]))
    begins = (gone if past else coming)(frame.today, first)
    return begins + timedelta((_weekday(match) - first) % 7)


@rule(rf"(tra|fra) {N} {_DAY}|{N.replace('<n>', '<other>')}\s*{UNIT} (from|da) {_DAY.replace('weekday', 'start')}")
def _so_many_weekdays_on(match: re.Match[str], frame: Frame) -> Resolved:
    if match["weekday"]:
        return coming(frame.today, _weekday(match), weeks=number_of(match["n"]) - 1)
    kind, size = meaning(UNITS, re.sub(r"\s+", " ", match["unit"]))
    if kind != "days" or frame.tense(match) == "past":
        return None
    return coming(frame.today, int(meaning(WEEKDAYS, match["start"]))) + timedelta(size * number_of(match["other"]))


@rule(rf"{_DAY} after next")
def _weekday_after_next(match: re.Match[str], frame: Frame) -> Resolved:
    return coming(frame.today, _weekday(match), weeks=1)


@rule(rf"{_DAY} (a (otto|quindici)|week(?!\w)|fortnight|tra una settimana)|((?P<n>{COUNT}) (weeks?|(?P<fortnight>fortnights?)) (on|from) )"
      rf"{_DAY.replace('weekday', 'other')}")  # fmt: skip
def _weekday_in_a_week(match: re.Match[str], frame: Frame) -> Resolved:
    weeks = 2 if phrase(r"quindici|fortnight").search(match.group()) else 1
    weeks *= number_of(match["n"] or "1")
    return coming(frame.today, int(meaning(WEEKDAYS, match["weekday"] or match["other"])), weeks=weeks)


@rule(
    rf"({_DAY}|(?P<short>lun|mar|merc?|giov?|ven|sab|dom|mon|tue|wed|thu|fri|sat|sun)\.?),? (il "
    rf"|the )?(?P<day>\d{{1,2}})(st|nd|rd|th)?( (p\.?\s?v|c\.?\s?m)\.?(?!\w))?(?!\s*[:/]\d| ({one_of(MONTHS)})(?!\w))"
)
def _weekday_with_number(match: re.Match[str], frame: Frame) -> Resolved:
    if _MONEY_OR_UNIT.match(frame.after(match)) or phrase(r"[:.]\d").match(frame.text, match.end()):
        return None
    if frame.before(match).endswith(("-", "–")) or _RANGE_BEFORE.search(frame.before(match)):
        return None  # «lun-ven 9-18», "Monday to Friday 9-5"
    number, past = int(match["day"]), frame.tense(match) == "past" or frame.was_promised(match)
    weekday = SHORT_WEEKDAYS[match["short"]] if match["short"] else _weekday(match)
    after, before = (_such_day(frame.today, number, weekday, sign) for sign in (1, -1))
    if match["short"] in {"mar", "dom", "wed", "sat", "sun"} and not (after and (after - frame.today).days < 45):
        return None  # «Mar 19» is a Tuesday when the next 19th is one, and else in March
    # «è spostata a domenica 29» is no matter of half a year ago
    if past and before and not (after and (frame.today - before).days > 60 > (after - frame.today).days):
        return before
    return after or day_of_month(frame, number, None, None, frame.tense(match))


def _such_day(today: date, number: int, weekday: int, sign: int) -> date | None:
    """The nearest day of this number and weekday from today on, or back."""
    for months in range(13):
        first = add_months(today.replace(day=1), sign * months)
        try:
            day = first.replace(day=number)
        except ValueError:
            continue
        if day.weekday() == weekday and sign * (day - today).days >= 0:
            return day
    return None


# Dates ---------------------------------------------------------------------------------------------------------------


def _month(match: re.Match[str]) -> int:
    return int(meaning(MONTHS, match["month"]))


@rule(rf"(({one_of(WEEKDAYS)}),? )?(il |l'|the )?(giorno )?(?P<day>\d{{1,2}}|{_DAY_IN_WORDS}|{ORDINAL})"
      rf"(°|º|\^|st|nd|rd|th)?\s*(of |di |-|/)?{_MONTH}(,? (del )?(?P<year>\d{{4}})| p\.?\s?v\.?(?!\w))?")  # fmt: skip
def _day_and_month(match: re.Match[str], frame: Frame) -> Resolved:
    year = int(match["year"]) if match["year"] else None
    if match["month"] == "may" and phrase(r" (be|have|not|i)(?!\w)").match(frame.after(match)):
        return None
    if _is_stay(match, frame):
        return None
    named = None if year else _by_weekday(match, frame)
    return named or day_of_month(frame, number_of(match["day"]), _month(match), year, _tense_of(match, frame))


@rule(rf"(({one_of(WEEKDAYS)}),? )?(the )?{_MONTH} (the )?(?P<day>\d{{1,2}}|{ORDINAL})"
      rf"(st|nd|rd|th)?(,? (?P<year>\d{{4}}))?(?![:.]\d)")  # fmt: skip
def _month_and_day(match: re.Match[str], frame: Frame) -> Resolved:
    if phrase("|".join(list(MONTHS)[:12])).fullmatch(match["month"]) and match["month"] not in {"mar", "nov"}:
        return None  # «marzo 15» is no Italian
    if _is_stay(match, frame):
        return None
    if match["month"] == "mar" and match["day"].isdigit() and not match["year"]:
        tuesday = _such_day(frame.today, int(match["day"]), 1, 1)
        if tuesday and (tuesday - frame.today).days < 45:
            return tuesday
    year = int(match["year"]) if match["year"] else None
    named = None if year else _by_weekday(match, frame)
    return named or day_of_month(frame, number_of(match["day"]), _month(match), year, _tense_of(match, frame))


def _tense_of(match: re.Match[str], frame: Frame) -> str:
    if _WRITTEN_BEFORE.search(frame.text, max(0, match.start() - 60), _number_at(match)):
        return "past"
    # «dal 20/08» brings its «dal» along
    if _WAITING_SINCE.search(frame.text, max(0, match.start() - 40), _number_at(match)):
        return "past"
    if _STILL.search(frame.text, *frame.sentence(*match.span())):
        return "promised"
    tense = frame.tense(match)
    if frame.is_deadline(match):
        if _BOOKED.search(frame.text, frame.sentence(*match.span())[0], match.start()):
            return "future"
        return "promised" if tense == "past" or frame.was_promised(match) else "future"
    return tense


@rule(r"(on )?the \d{1,2}(st|nd|rd|th)\s*(or|to|-|–)\s*(the )?(?P<day>\d{1,2})(st|nd|rd|th)(?! (floor|time|place|row))")
def _one_or_the_other(match: re.Match[str], frame: Frame) -> Resolved:
    return day_of_month(frame, int(match["day"]), None, None, _tense_of(match, frame))


def _number_at(match: re.Match[str]) -> int:
    """Where the number of the day begins: what stands before it may be part of the match."""
    known = [match.start(name) for name in ("day", "other", "moved") if name in match.re.groupindex]
    return max([match.start(), *known])


def _is_stay(match: re.Match[str], frame: Frame) -> bool:
    """«siamo stati lì dal 3 al 10 agosto»: a stretch of days that is over names none."""
    begins = frame.sentence(*match.span())[0]
    is_booked = _BOOKED.search(frame.text, begins, match.start())
    return bool(_FROM_DAY.search(frame.before(match))) and frame.tense(match) == "past" and not is_booked


def _by_weekday(match: re.Match[str], frame: Frame) -> date | None:
    """«lunedì 30 novembre» of whichever year, near to this one, in which that day is a Monday."""
    said = phrase(one_of(WEEKDAYS, name="weekday")).match(match.group())
    if said is None:
        return None
    weekday, month = int(meaning(WEEKDAYS, said["weekday"])), _month(match)
    years = sorted(range(frame.today.year - 2, frame.today.year + 3), key=lambda year: abs(year - frame.today.year))
    days = [date(year, month, number_of(match["day"])) for year in years if month != 2 or number_of(match["day"]) < 29]
    found = [day for day in days if day.weekday() == weekday]
    return min(found, key=lambda day: abs((day - frame.today).days)) if found else None


@rule(r"(?P<year>20\d\d)-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
def _iso(match: re.Match[str], frame: Frame) -> Resolved:
    return date(int(match["year"]), int(match["month"]), int(match["day"]))


@rule(
    rf"(({one_of(WEEKDAYS)}),? )?(?P<day>\d{{1,2}})(?P<sign>[/.\-])(?P<month>\d{{1,2}})(?P=sign)(?P<year>20\d\d|\d\d)"
)
def _numeric_with_year(match: re.Match[str], frame: Frame) -> Resolved:
    day, month = int(match["day"]), int(match["month"])
    if month > 12 >= day or _is_american(match, frame, day, month):
        day, month = month, day
    return day_of_month(frame, day, month, int(match["year"]), "")


def _is_american(match: re.Match[str], frame: Frame, day: int, month: int) -> bool:
    """«Engineer booked for 12/03/2026», said in November in English: the other way round it would long be over."""
    if day > 12:
        return False
    if "$" in frame.text[slice(*frame.sentence(*match.span()))]:
        return True
    if (
        "year" not in match.re.groupindex
        or frame.tense(match) == "past"
        or not _ENGLISH.search(frame.text, *frame.sentence(*match.span()))
    ):
        return False
    one, other = (day_of_month(frame, *each, int(match["year"]), "") for each in ((day, month), (month, day)))
    return one < frame.today <= other


@rule(rf"(?P<lead>({one_of(WEEKDAYS)}|({one_of(SHORT_WEEKDAYS)})\.?(?=,? \d{{1,2}}/)),? |((re)?(booked|scheduled)|moved|postponed|changed) (to|for) |il |del |dal |al |entro (il )?|per il |by (the )?|on "
      r"|(previst[oa]|fissat[oa]|spostat[oa]|consegna|arrivo|ritiro|scadenza|appuntamento|rientro|partenza|inizio"
      r"|fine|stock|eta|expected|data|delivery|due|date|appointment)\s*:? "
      r"|the |until |before |since (the )?|(?=\d{1,2}/\d{1,2},? (ore|alle|h\.?|dalle|at)\s*\d)|for (?=\d{1,2}/\d\d(?!\d))|dall'|all'|l'|(?=0\d/|\d\d/0))(?P<day>\d{1,2})[/\-](?P<month>\d{1,2})")  # fmt: skip
def _numeric(match: re.Match[str], frame: Frame) -> Resolved:
    if _MONEY_OR_UNIT.match(frame.after(match)) or _RANGE_BEFORE.search(frame.before(match)):
        return None
    day, month = int(match["day"]), int(match["month"])
    if month > 12 >= day or _is_american(match, frame, day, month):
        day, month = month, day
    return day_of_month(frame, day, month, None, _tense_of(match, frame))


@rule(rf"(il )?(giorno )?(?P<day>\d{{1,2}}|primo) ((?P<after>del mese (dopo|successivo|seguente)|of the following month)|p\.?\s?v\.?|{NEXT}|del (mese prossimo|prossimo mese)"
      r"|(of )?next month|c\.?\s?m\.?|u\.?\s?s\.?|del (corrente )?mese( (corrente|in corso))?|di questo mese"
      r"|of this month)"
      r"(\.|(?!\w))|(the )(?P<other>\d{1,2})(st|nd|rd|th) of (?P<which>next|this|the) month|(the )first of (the|next) month")  # fmt: skip
def _number_of_a_month(match: re.Match[str], frame: Frame) -> Resolved:
    number, words = number_of(match["day"] or match["other"] or "primo"), match.group()
    if match["after"]:

        def of_the_next(day: date) -> date:
            return add_months(day.replace(day=1), 1).replace(day=number)

        return Later(of_the_next, of_the_next(frame.today))
    if phrase(r"u\.?\s?s\.?$").search(words):
        return day_of_month(frame, number, None, None, "past")
    if phrase(r"c\.?\s?m\.?$|corrente|in corso|questo|this month").search(words):
        return frame.today.replace(day=number)
    if phrase(r"del mese$|the month$").search(words):
        return day_of_month(frame, number, None, None, _tense_of(match, frame))
    if phrase(r"mese|month").search(words):
        return add_months(frame.today.replace(day=1), 1).replace(day=number)
    return day_of_month(frame, number, None, None, "future")


#: «il 3» alone is a day where the sentence ends or goes on like this, and not before what is counted («il 3 per cento»)
_GOES_ON = phrase(
    r"\s*($|[.,;!?)]|p\.|alle|dalle|mattin|sera|pomeriggio|notte|ed?\s|per\s(?!\s*\d)|at\s|by\s|we|i\s|for|in\s|(and"
    r"|or)(,| (?!\d))|between"
    r"|from\s|after\s|before\s|when\s|if\s|so\s|but\s|è\s|\w{2,}(iamo|remo|rò|rà|ranno)(?!\w)"
    r"|(vi|le|la|ti|lo|ci|mi|gli|ne|si|ho|hai|ha|abbiamo|avete|hanno|siamo|siete|era|erano|c'è|c'era|sarebbe|va"
    r"|vanno|andrebbe|viene|vengono|passa"
    r"|arriva|torna|non|nessun\w*|qualcun\w*|tutt[ie]|il|i|mio|mia|con|senza|tra|fra|verso|a|ma|se|perché|quando"
    r"|dopo|prima"
    r"|the|with|without|to|my|our|nobody|no|she|he|it|they|you|there|is|was|were|will|please|instead|because|then)\s)"
)


@rule("|".join((
    rf"(il (giorno )?|l'(?=(8|11)(?!\d)))(?P<day>\d{{1,2}}|{_DAY_IN_WORDS})(?P<of> del mese)?",
    r"prima del (?P<until>\d{1,2})",
    r"al( giorno)? (?P<moved>\d{1,2})",
    r"del(l')?\s*(giorno )?(?P<event>\d{1,2})",
    r"(on )?the (?P<other>\d{1,2})(st|nd|rd|th)",
    rf"(on|by|until|till|before) the (?P<word>{ORDINAL})( of the month)?",
)))  # fmt: skip
def _bare_number(match: re.Match[str], frame: Frame) -> Resolved:
    after, before, deadline = frame.after(match), frame.before(match), frame.is_deadline(match) or bool(match["until"])
    number = number_of(next(filter(None, map(match.group, ("day", "until", "moved", "event", "other", "word")))))
    is_first = match["day"] == "primo" and not match["of"]
    if (
        _MONEY_OR_UNIT.match(after)
        or _COUNT_BEFORE.search(before)
        or phrase("(ogni|every) mese").search(after)
        or (_FIRST_OF_TWO.match(after) and phrase(r"(tra|fra|dal?|between|from)\s*$").search(before))
        or (match["event"] and not _EVENT_BEFORE.search(before))
        or (match["moved"] and not _is_moved_to(before, after))
        or (
            match["word"] and not phrase(r"\s*($|[.,;!?)]|(and|or|but|if|at|when) )").match(after)
        )  # «on the second floor»
        or not (deadline or _GOES_ON.match(after))
        or (is_first and (not deadline or phrase(r" \w+").match(after)))
    ):
        return None
    start, _end = frame.sentence(match.start(), match.end())
    said = list(_NAMED_BEFORE.finditer(frame.text, start, match.start()))
    # «il 2 giugno siamo chiusi, rispondiamo il 3»: of the same month, where the number goes on
    month = _month(said[-1]) if said and int(said[-1]["day"]) < number else None
    return day_of_month(frame, number, month, None, "future" if match["moved"] else _tense_of(match, frame))


def _is_moved_to(before: str, after: str) -> bool:
    """«Slitta al 16», «fino al 16»."""
    return bool(_MOVED_BEFORE.search(before) or (before.endswith("fino ") and not phrase("[°º^%]").match(after)))


def as_text(day: date, instant: datetime | None) -> str:
    """ISO 8601: the day, with hours and minutes where they were said."""
    return instant.strftime("%Y-%m-%dT%H:%M") if instant else day.isoformat()

"""Promises and the moments they name: `read_promises(text, now=…)`.

In comes a text and the moment of reading; out goes every day or time it names, exact (`date`) or vague (`date` None,
`vague` True). «ora», «365 giorni l'anno», «da due settimane», opening hours and prices are none of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

import premura.text.date_rules
import premura.text.month_rules
import premura.text.period_rules
import premura.text.relative_rules  # noqa: F401  (all register their rules)
from premura.text.calendar_words import SLIPS
from premura.text.clock import Clock, find_clocks
from premura.text.date_rules import as_text
from premura.text.dates import Found, Frame, find_days, frame_day, italian_holidays, with_lead
from premura.text.phrases import phrase, whole_words
from premura.text.tokens import span_in_text, visible
from premura.text.vague import PLAIN_WORDING, Wording, find_own, find_vague

_WORD = phrase(r"[^\W\d_]{6,}")
_PLAIN = str.maketrans({"’": "'", "‘": "'", "`": "'", "\u00a0": " "})
# What stands between «entro le 12» and «di giovedì», or «domani» and «alle 18»
_JOIN = phrase(
    r"^[\s,]*((non oltre|al più tardi|al massimo|di|del|della|of|on|entro|per|at|by|in|e|mattina|the|il|est|edt|pst"
    r"|gmt|bst|utc|cest?)\s*){0,2}[\s,]*$"
)
# What parts two clauses: the hour is not of the day
_OTHER_CLAUSE = phrase(
    r"[.;:!?\n\(](?!\d)|(?<!\w)(e|ed|ma|però|perché|che|dalle|and|but|so|because|then|poi|fino|till|until)(?!\w)"
)
_AS_SOON = phrase("(non )?appena |as soon as |when(ever)? ")
_SAY = phrase(r"[\s,]*\(?(diciamo|cioè|ossia|ovvero|say|i\.e\.|that is|probabilmente|probably|presumibilmente)[\s,]*")
_WHO_DOES = phrase(r" (mi|ti|vi|le|la|lo|ci|gli|i|we|you|he|she|they)\s")
#: «domani non ci sono, la chiamo alle 15», «entro venerdì finisco, passo alle 9»: two moments
_APART = phrase(
    r"(?<!\w)(non|no|chius\w+|closed|shut|entro|prima|fino|dal?|by|before|until|till|from|not|can't|\w+n't|e|ed|and"
    r"|ma|but)(?!\w)|[.;:!?\n](?!\d)"
)
_FILLER = whole_words(
    r"any\s*time|(a )?qualsiasi ora|a qualunque ora|diciamo|magari|circa|preferibilmente|possibilmente|se possibile"
    r"|(ma|but)(?=\s*$)|say|sempre|always|on the dot|in punto|sharp|precise|esatte|ideally|preferably|maybe|probably"
    r"|possibly|fascia|slot"
)
_HABIT = whole_words(r"every|each|ogni|tutt[ie] (i|le)|sempre|always|usually|di solito|daily|mai|never")
#: «ripasso alle 17»: a sentence that begins with its verb
_I_DO = phrase(
    r"(^|[.,;!?]\s*|(?<!\w)(io|noi|ok|allora|poi) )((mi|ti|vi|ci|ve|te|glie) )?(?!\w+(at|it|ut|st|tt)o\s|(ritiro"
    r"|arrivo|inizio|orario|turno|treno|pranzo|spettacolo|ingresso|rientro)\s)\w{3,}(o|iamo) $"
)
_A_COUNT = phrase(
    r"(about|around|before|from|by|after) (\d{1,2}|(?!half|quarter)[a-z]+) (?!in\s|on\s|at\s|the\s|if\s|or\s|for\s"
    r"|to\s|past\s|this\s|next\s|o'clock)[a-z]{3,}"
)
#: «le due sedie»
_SO_MANY = phrase(
    r"(le|delle) \w+ (?!del|circa|vanno|vengo|vieni|venite|passo|passa|sono|siamo|sarò|come|massimo|alla|alle"
    r"|precise|oppure|dom|oggi|stas|lun|mart|merc|giov|ven|sab)[a-zàèìòù]{3,}"
)
_OPENING = whole_words(
    r"apert[oaie]|chius[oaie]|aprite|apre|apriamo|chiude|chiudete|chiudiamo|orari[oi]?|open|opens|closed?|closes"
    r"|opening|hours"
)
_CHECK = phrase(r"(?<!\w)check-?(in|out)(?!\w)((?!\s(but|ma|però)\s)[^.;!?])*$")
#: «entro le 10 del giorno di partenza»
_A_DAY = phrase(
    r" (on|of|il|del|la)\s*(the )?(day|giorno|mattina|sera) (of|di|della|dell'|del|prima|dopo|after|before|successiv)"
)
_IT_IS = phrase(r"(?<!\w)(sono|erano|it's|it is|it was) (già |ormai |now )?$")
_SUPPER = whole_words(r"cena|cenare|ceniamo|aperitivo|dinner|supper|drinks")
_PARTS = whole_words(r"mattin[ao]|domattina|pomeriggio|sera|stasera|serata|notte|morning|afternoon|evening|tonight")
# One look decides whether anything in the text can be a date at all; most comments are done here
_HINT = phrase(
    r"\d|ogg|dmn|celer|dopo|verso|moment|tard|after|first|temp|giro|arco|corso|doman|domatt|ieri|odiern|(?<!\w)("
    # days, months and feasts
    r"lun(\b|e)|mar(\b|t|z|c)|merc|giov|ven(\b|er)|sab|dom|gen(\b|n)|feb|apr|mag(\b|g)|giu(\b|g)|lug|ago|sett(em|im"
    r"|\b)|ott(?!im)|nov|dic(\b|em)"
    r"|mon(\b|d|t)|tue|wed|thu|fri(\b|d)|sat|sun|jan|jun|jul|aug|sep|oct|dec|may|natal|pasq|capod|ferrag|epif|befan"
    r"|vigil|san(\b|t)|ognis|immac"
    "|fest|hallow|palm|christ|xmas|new y|easter|shrove|pancake"
    # parts and stretches of time
    r"|stas|stam|stanot|mattin|serat|pomer|nott|mezz|minut|ore\s|or[ae]\b|gg\b|giorn|mese|mesi|trimest|semest|anno"
    r"|anni|primaver|estate|autunn|invern"
    "|morn|noon|evening|night|tonight|mid|minute|hour|day|week|month|quarter|year|time|fortn|spring|summer|autumn"
    "|winter"
    # words that lead to them
    r"|tra\s|fra\s|entro|alle\s|all'|per l[ea'](\s|\w)|in a\s|nel g|prossim|prim[aoi]|fine|met[àa]|iniz|ultim"
    r"|due [ctiobw]|vent[iou]|trent|(un|do|tre|quattor|quin|se)dici|dici"
    r"|by\s|at\s|before|within|inside|until|till\s|this|next|last|tod|tom+or|tmrw|yester|earl|eod|eow|eom|cob"
    r"|close of|over the|back in"
    # vague ones
    "|presto|breve|appena|a poco|avanti|futur|sollec|indug|debito|tempest|strett|quando (è|sar|poss)|uno di|una di"
    "|seguito|men che|qualche|ci vorr"
    "|soon|asap|a\\.s|short|as (soon|quick|fast|early)|prompt|one of|eventual|right|few|some|when)"
)


@dataclass(frozen=True)
class Promise:
    """One moment a text names. `span` are character offsets [start, end) of the text; `date` is ISO 8601 or None."""

    phrase: str
    vague: bool
    date: str | None
    span: tuple[int, int]


def read_promises(
    text: str,
    *,
    now: datetime,
    holidays: Callable[[int], Collection[date]] = italian_holidays,
    wording: Wording = PLAIN_WORDING,
) -> list[Promise]:
    """Every moment the text names, in order.

    Args: `now` the moment of reading, in the time zone of the company; `holidays` gives the holidays of a year, for
    promises in working days; `wording` what the company calls vague or fine: its own phrases outrank a date. Errors:
    none. Source: the rules in `docs/methods/promises.md`.

    >>> read_promises("Vi richiamo entro le 12 di giovedì", now=datetime(2026, 11, 28, 9))
    [Promise(phrase='entro le 12 di giovedì', vague=False, date='2026-12-03T12:00', span=(12, 34))]
    """
    shown, places = visible(text)
    found = _read(shown, now.replace(tzinfo=None), holidays, wording)
    spans = [span_in_text(each.span, places) for each in found]
    return [replace(each, phrase=text[s:e], span=(s, e)) for each, (s, e) in zip(found, spans, strict=True)]


def _read(text: str, now: datetime, holidays: Callable[[int], Collection[date]], wording: Wording) -> list[Promise]:
    lowered = mended(lower(text))
    own = [match.span() for match in find_own(lowered, wording)]
    if not own and not _HINT.search(lowered):
        return []
    frame = Frame(now, lowered, holidays)
    dated = [(start, end, as_text(day, instant)) for start, end, day, instant in _dated(frame)]
    exact = [(s, e, when) for s, e, when in dated if _is_free(s, e, own)]
    vague = [m.span() for m, needs_future in find_vague(lowered, wording)
             if not needs_future or frame.tense(m) == "future"]  # fmt: skip
    taken = own + [(start, end) for start, end, _ in exact]
    free = own + [(s, e) for s, e in vague if _is_free(s, e, taken) and not _is_settled(lowered, s, e, exact)]
    promises = [Promise(text[s:e], False, when, (s, e)) for s, e, when in exact]
    promises += [Promise(text[s:e], True, None, (s, e)) for s, e in free]
    return sorted(promises, key=lambda promise: promise.span)


def _is_settled(text: str, start: int, end: int, exact: list[tuple[int, int, str]]) -> bool:
    """«la chiamo domani appena parlo con lui»: when on that day; «dopo le feste, diciamo l'11»: the day settles it."""
    return any((e <= start and _AS_SOON.match(text, start) and not text[e:start].strip()) or (end <= s and _SAY.fullmatch(text, end, s))
               for s, e, _ in exact)  # fmt: skip


def _is_free(start: int, end: int, taken: Collection[tuple[int, int]]) -> bool:
    return all(end <= first or last <= start for first, last in taken)


def read_vague(text: str, *, now: datetime, wording: Wording = PLAIN_WORDING) -> list[Promise]:
    """Only what is vague, and at once where nothing can be: most replies.

    >>> [p.phrase for p in read_vague("Le scriviamo a breve.", now=datetime(2026, 11, 28, 9))]
    ['a breve']
    """
    lowered = lower(text)
    if not find_own(lowered, wording) and not find_vague(lowered, wording):
        return []
    return [promise for promise in read_promises(text, now=now, wording=wording) if promise.vague]


def mended(text: str) -> str:
    """Lower-case text with two letters that changed places put back in the names of days and months.

    >>> mended("entro venredì")
    'entro venerdì'
    """
    return _WORD.sub(lambda match: SLIPS.get(match.group(), match.group()), text)


@lru_cache(maxsize=512)
def lower(text: str) -> str:
    """Lower case with every offset kept, typographic apostrophes and hard spaces made plain.

    >>> lower("È l’OTTO")
    "è l'otto"
    """
    plain = text.translate(_PLAIN)
    lowered = plain.lower()
    if len(lowered) == len(plain):
        return lowered
    return "".join(c if len(c := char.lower()) == 1 else char for char in plain)


def _dated(frame: Frame) -> list[tuple[int, int, date, datetime | None]]:
    days = find_days(frame)
    clocks = [
        clock
        for clock in find_clocks(frame.text)
        if not _SO_MANY.match(frame.text, clock.start)
        and not any(day.start < clock.end and clock.start < day.end for day in days)
    ]
    hours = _hours_of(frame, days, clocks)
    result = []
    for day in days:
        clock = hours.get(day)
        if clock is None:
            result.append((day.start, day.end, day.day, day.instant))
            continue
        start, end = min(day.start, clock.start), max(day.end, clock.end)
        at = _at(frame, start, end, clock, day.day)
        result.append((start, end, frame_day(at), at))
    taken = [(start, end) for start, end, *_ in result]
    for clock in clocks:
        if clock not in hours.values() and all(clock.end <= s or e <= clock.start for s, e in taken):
            alone = _clock_alone(frame, clock)
            if alone:
                result.append(alone)
    return result


def _hours_of(frame: Frame, days: list[Found], clocks: list[Clock]) -> dict[Found, Clock]:
    """Which hour belongs to which day: the one beside it, else the one of its clause, else the only one of its sentence."""
    hours: dict[Found, Clock] = {}
    for find in (_clock_beside, _clock_in_clause):
        for day in days:
            clock = None if day.instant or day in hours else find(frame.text, day, clocks, set(hours.values()))
            if clock and not any(
                min(day.end, clock.end) <= other.start < max(day.start, clock.start) for other in days
            ):
                hours[day] = clock
    for day in days:
        low, high = frame.sentence(day.start, day.end)
        others = [other for other in days if low <= other.start < high]
        left = [clock for clock in clocks if low <= clock.start < high and clock.end > day.end]
        if (
            len(others) == len(left) == 1
            and left[0] not in hours.values()
            and not day.instant
            and day.day > frame.today
        ):
            gap = frame.text[day.end : left[0].start]
            leads = left[0].leads or phrase(r"between|tra\s|fra\s|dalle").match(frame.text[left[0].start :])
            apart = _APART.search(frame.text, low, left[0].start) or _OPENING.search(gap)
            if leads and len(gap) <= 60 and "," in gap and not apart:
                hours[day] = left[0]
    return hours


def _at(frame: Frame, start: int, end: int, clock: Clock, day: date) -> datetime:
    """The hour on that day: before or after noon by what the phrase, or a dinner in the sentence, says."""
    phrase, at = frame.text[start:end], clock.at
    parts = _PARTS.search(phrase)
    is_supper = 6 <= at.hour <= 11 and bool(_SUPPER.search(frame.text, *frame.sentence(start, end)))
    if parts or is_supper:
        is_early = parts is not None and parts.group() in {"mattina", "mattino", "domattina", "morning"}
        again = find_clocks(phrase, near="morning" if is_early else "evening")
        at = again[0].at if again else at
    return datetime.combine(day, at)


def _clock_beside(text: str, day: Found, clocks: list[Clock], used: set[Clock]) -> Clock | None:
    for clock in clocks:
        if clock in used:
            continue
        gap = text[clock.end : day.start] if clock.end <= day.start else text[day.end : clock.start]
        overlaps = clock.start < day.end and day.start < clock.end
        if not overlaps and len(gap) <= 30 and len(gap := _FILLER.sub("", gap)) <= 14 and _JOIN.match(gap):
            return clock
    return None


def _clock_in_clause(text: str, day: Found, clocks: list[Clock], used: set[Clock]) -> Clock | None:
    """«domani la chiamo alle 15», «alle 15 la richiamo domani»: one moment, though words stand between."""
    apart: object
    for clock in clocks:
        is_bare = not clock.leads and "." in text[clock.start : clock.end]
        if clock in used or is_bare or _A_COUNT.match(text, clock.start):
            continue
        if clock.start >= day.end:
            gap, longest = _FILLER.sub("", text[day.end : clock.start]), 45
            apart = phrase(r",.*\w").search(gap) or ("," in gap and _WHO_DOES.match(text, clock.end))
        else:
            gap, longest = text[clock.end : day.start], 25
            apart = (
                phrase(r",").search(gap)
                or not (clock.leads or phrase(r"[ap]m$").search(text[clock.start : clock.end]))
                or phrase(r"\s*(entro|prima|by|before|fino|until|till)").match(text[clock.start :])
            )
        if len(gap) <= longest and not apart and not _OTHER_CLAUSE.search(gap) and not _OPENING.search(gap):
            return clock
    return None


def _clock_alone(frame: Frame, clock: Clock) -> tuple[int, int, date, datetime | None] | None:
    """«entro le 18», «vi chiamo alle 18»: today, or tomorrow when that hour is over."""
    match = re.compile(re.escape(frame.text[clock.start : clock.end])).search(frame.text, clock.start)
    low, high = frame.sentence(clock.start, clock.end)
    said = frame.text[clock.start : clock.end]
    is_deadline = bool(phrase(r"entro|per\s|prima|by\s|before").match(said)) or (
        match is not None and frame.is_deadline(match)
    )
    if _CHECK.search(frame.text, low, clock.start) or _IT_IS.search(frame.text, low, clock.start):
        return None
    if phrase(r"dell['e]").match(said) and not is_deadline:
        return None  # «il volo delle 9.40»
    opens = bool(_OPENING.search(frame.text, low, high))
    is_deadline |= (
        bool(phrase(r"until|till").match(said) or frame.text.endswith("fino ", 0, clock.start))
        and not opens
        and match is not None
        and frame.tense(match) != "past"
    )
    if not clock.leads or match is None or (opens and (not is_deadline or phrase(r"prima|before").match(said))):
        return None
    if _A_DAY.match(frame.text, clock.end) or (_HABIT.search(frame.text, low, high) and frame.tense(match) != "future"):
        return None
    if not is_deadline and frame.tense(match) != "future" and not _I_DO.search(frame.text, low, clock.start):
        return None
    at = _at(frame, clock.start, clock.end, clock, frame.today)
    if at < frame.now:
        at += timedelta(1)
    lead = with_lead(frame.text, Found(clock.start, clock.end, at.date()))
    return lead.start, clock.end, at.date(), at

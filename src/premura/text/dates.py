"""When a text says something happens: a small grammar of Italian and English dates, about seventy rules with their alternatives.

A rule is a regular expression and a function from its match to a day. Rules are tried over the whole text; where two
overlap, the one that begins earlier and reaches further wins. What a text leaves open is settled the way people mean it
when they promise something (`docs/methods/promises.md` says how, word by word).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from premura.text import tenses
from premura.text.calendar_words import FEASTS, one_of
from premura.text.phrases import phrase


@dataclass(frozen=True)
class Later:
    """«Il lunedì successivo», "the day after": a day told from the one named before it, or else this one or none.

    `ahead` when it is told from the one that follows: «due giorni prima di Natale».
    """

    of: Callable[[date], date]
    alone: date | None = None
    ahead: bool = False


#: A rule gives a day, an instant (hours and minutes were said), or nothing when the words are no date after all
Resolved = date | Later | None
Rule = Callable[[re.Match[str], "Frame"], Resolved]
_R = TypeVar("_R", bound=Rule)
RULES: list[tuple[re.Pattern[str], Rule]] = []

_BY = phrase(
    r"(?<!\w)(entro( e non oltre)?|non oltre|(non|al) pi[ùu]'? tardi( (di|del(la|l')?))?|per|prima di|prima del(la"
    r"|l')?|fino a(l|lla|ll')?"
    r"|a partire da(l|lla|lle|ll')?|non prima di|verso|intorno a(l|lle|lla)?|by( close of business"
    r"| cob| the end of| end of| eod)?( on)?|before|until|till|no later than|not later than"
    r"|within|starting( from)?|latest)\s*((il|lo|la|le|i|gli|the) |l')?(giorno |data del )?$"
)
_LEAD = phrase(r"(?<!\w)(da|dal|dall'|di|del|per|nel|in|a|al|il|la|l'|on|the|from|since|as of|this)\s*$")
_AT_THE_LATEST = phrase(
    r"[\s,\(]*(e )?(comunque )?(al pi[ùu]'? tardi|al massimo|non oltre|comunque entro|(or )?(no|not) later than"
    r"|at the latest)(?!\w)"
)
#: «avevate promesso entro il 20»: what somebody once said would be
_SAID_ONCE = phrase(
    r"(?<!\w)(avev(a|i|o|ate|ano|amo)|dovev\w+|sarebb\w+|avrebb\w+|promess\w|garantit\w|assicurat\w|dett\w|dicev\w+"
    r"|promettev\w+"
    r"|(was|were) (supposed|meant|due|told|promised|assured|to be)|had|promised|said|told|assured|guaranteed"
    r"|should have (been|come|\w+ed))(?!\w)"
)
_TO_COME = phrase(
    r"(?<!\w)(ti|vi|le|la|lo|li|ci|glielo|gliela|gli) \w{3,}(o|iamo|ano|ono)(?!\w)|(?<!\w)(\w{2,}(rò|rai|rà|remo"
    r"|ranno)|arriva|arrivano|passa|passano|viene|vengono|torna|tornano|parte|apre|will|shall|\w+'ll)(?!\w)"
)
#: «ci torno ogni anno a giugno»: a habit
_EVERY_YEAR = phrase(
    r"(?<!\w)(da (\w+ )?anni|ogni (anno|mese|settimana|estate|inverno|volta)|tutti (gli anni|i mesi)"
    r"|tutte le (settimane|estati)|(every|each) (year|month|week|summer|winter|time))"
)
_EVERY_BEFORE = phrase(
    _EVERY_YEAR.pattern + r"( \w+){0,3}\s*$|(?<!\w)(ogni|every|each|(?<!come\s)sempre|always|usually|di solito) $"
)
_EVERY_AFTER = phrase(r",?\s*(di )?" + _EVERY_YEAR.pattern + r"(?!\w)")
#: «tranne mercoledì», «non lunedì ma martedì»
_NOT_BEFORE = phrase(
    r"(?<!\w)(?<!perché\s)(?<!why\s)(?<!se\s)(except( for)?|tranne|eccetto|esclus[oa]|salvo|not|non) ((il|la|di|on"
    r"|per|for) )?$"
)
#: «questo venerdì no, quello dopo sì»
_DENIED = phrase(r" ((sicuramente|proprio|purtroppo) )?(no|nemmeno|neanche|neppure)\s*([,;.]|$)")
#: «domani è l'Immacolata»: what day it is
_IS_A_FEAST = phrase(rf" (è|is) (già |anche )?(l'|la |il )?{one_of(FEASTS)}(?!\w)")
_IT_IS_THAT = phrase(
    r"((^|[.!?;,:]\s*)(è|it's)|(?<!\w)(e|poi|oggi|domani|dopodomani|siccome|poiché|today|tomorrow|because|since"
    r"|and) (è|is|it's)) (già |anche )?(l'|la |il )?$"
)
#: «tra domani e dopodomani», «dal 24 dicembre al 6 gennaio»: over when the second is
_RANGES = (
    (phrase(r"(?<!\w)(tra|fra|between)\s"), phrase(r",?\s*(e|ed|and)\s")),
    (phrase(r"(?<!\w)(da|dal|dalla|from)\s|(?<!\w)dall'"), phrase(r",?\s*((e )?(fino )?(a|al|alla)\s|(fino )?all'|to\s|until\s|till\s|through\s|[-–])")),
)  # fmt: skip
#: «domenica per pranzo», «venerdì, entro sera»: of the day that was just said
_PART_ADDED = phrase(
    r"((entro|per|prima di|dopo|by|before|after|for) (la |l'|il |the )?((fine |end of (the )?)?(mattinata|mattina"
    r"|pomeriggio|sera|serata|giornata|notte"
    r"|pranzo|cena|l'ora di \w+|lunch(time)?|dinner|day|evening))|eod|cob|end of (the )?day|close of business)"
)
_SAME = phrase(r"[\s,\(]*((esatt\w|precis\w|ossia|cioè|ovvero|quindi|exactly|that is|i\.e\.|so|around)[\s,\(]*){0,2}")
#: «entro metà agosto, ovvero il 14»: the second
_RATHER = phrase(
    r"[\s,\(]*(ovvero|ossia|cioè|diciamo|anzi|precisamente|per l'esattezza|per la precisione|i\.e\.|that is"
    r"|or rather|to be precise|say)[\s,]*(facciamo )?"
)
#: «torno lunedì 18 e confermo in giornata»: of that day, not of today
_PART_OF_IT = phrase(r"in (giornata|mattinata|serata)|nel pomeriggio")
_ARTICLES = phrase(r"\s*((il|la|le|l'|the|giorno|data|del)\s*){0,3}")
_NEXT_CLAUSE = phrase(r",|\s(e|ed|ma|però|che|perché|and|but|so|that)\s")
_SENTENCE_END = phrase(r"[!?;\n]|\.(?=\s|$)")


@dataclass(frozen=True)
class Frame:
    """What a rule may ask about: the moment of reading, the words around, and which days are holidays."""

    now: datetime
    text: str
    holidays: Callable[[int], Collection[date]]

    @property
    def today(self) -> date:
        return self.now.date()

    def before(self, match: re.Match[str]) -> str:
        return self.text[max(0, match.start() - 40) : match.start()]

    def after(self, match: re.Match[str]) -> str:
        return self.text[match.end() : match.end() + 30]

    def is_deadline(self, match: re.Match[str]) -> bool:
        """Whether «entro», «by» and the like stand before the match."""
        return bool(_BY.search(self.before(match)))

    def is_denied(self, found: Found) -> bool:
        """«venerdì no», «ogni anno a giugno»: named, and not meant."""
        return bool(
            _DENIED.match(self.text, found.end)
            or _IS_A_FEAST.match(self.text, found.end)
            or (
                found.instant is None
                and _IT_IS_THAT.search(self.text, max(0, found.start - 40), found.start)
                and not phrase(r"\d").search(self.text, found.start, found.end)
            )
            or _EVERY_AFTER.match(self.text, found.end)
            or _NOT_BEFORE.search(self.text, max(0, found.start - 20), found.start)
            or _EVERY_BEFORE.search(self.text, max(0, found.start - 40), found.start)
        )

    def was_promised(self, match: re.Match[str]) -> bool:
        """«avevate promesso entro il 20»: a deadline that somebody set in the past, with nothing said to come."""
        start, end = self.sentence(match.start(), match.end())
        said = list(_SAID_ONCE.finditer(self.text, start, match.start()))
        return bool(said) and not _TO_COME.search(self.text, said[-1].end(), end)

    def tense(self, match: re.Match[str]) -> str:
        """«future» or «past» by the nearest verb of the sentence; «» when there is none that says so."""
        start, end = self.sentence(match.start(), match.end())
        cues = [(kind, cue) for kind, rule in (("future", tenses.to_come), ("past", tenses.over))
                for cue in rule.finditer(self.text, start, end) if not _overlap(cue, match)]  # fmt: skip
        gaps = [(self._gap(match, cue), kind) for kind, cue in cues]
        return min(gaps)[1] if gaps else ""

    def _gap(self, match: re.Match[str], cue: re.Match[str]) -> int:
        """Characters between the two; a verb of another clause («è stato emesso il 10 e lo vedrà») is further away."""
        between = self.text[min(match.end(), cue.end()) : max(match.start(), cue.start())]
        return len(between) + 15 * bool(_NEXT_CLAUSE.search(between))

    def sentence(self, start: int, end: int) -> tuple[int, int]:
        """Where the sentence around these characters begins and ends, at most 200 characters away."""
        low = max(0, start - 200)
        begins = [m.end() for m in _SENTENCE_END.finditer(self.text, low, start)]
        stop = _SENTENCE_END.search(self.text, end, min(len(self.text), end + 200))
        return (begins[-1] if begins else low), (stop.start() if stop else min(len(self.text), end + 200))


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


@dataclass(frozen=True)
class Found:
    """Characters [start, end) of the text name this day; `instant` when a clock time or a count of hours was said."""

    start: int
    end: int
    day: date
    instant: datetime | None = None
    later: Later | None = None


def rule(pattern: str) -> Callable[[_R], _R]:
    """Register a rule under a verbose pattern that begins and ends at word boundaries."""
    compiled = phrase(rf"(?<![\w/])({pattern})(?!\w)")

    def keep(function: _R) -> _R:
        RULES.append((compiled, function))
        return function

    return keep


def find_days(frame: Frame) -> list[Found]:
    """All days the text names, in order, without overlaps; each with the preposition that leads to it."""
    found: list[Found] = []
    for pattern, resolve in RULES:
        for match in pattern.finditer(frame.text):
            try:
                day = resolve(match, frame)
            except (ValueError, OverflowError, KeyError):
                continue  # 31/02, the year 9,999 + 1: characters that look like a date and are none
            if isinstance(day, Later):
                found.append(Found(match.start(), match.end(), day.alone or date.max, None, day))
            elif day is not None:
                instant = day if isinstance(day, datetime) else None
                found.append(Found(match.start(), match.end(), frame_day(day), instant))
    named = told_from_the_one_before(without_overlaps(told_from_the_next(frame.text, found)))
    meant = [with_lead(frame.text, each) for each in named if not frame.is_denied(each)]
    return said_once(frame.text, meant)


def told_from_the_next(text: str, found: list[Found]) -> list[Found]:
    """«Due giorni prima di Natale», "the Monday after the 15th": one day; where no day follows there is none."""
    days = [each for each in found if not (each.later and each.later.ahead)]
    return days + [
        Found(one.start, two.end, one.later.of(two.day))
        for one in found if one.later and one.later.ahead
        for two in days
        if one.end - 6 <= two.start and two.end > one.end and _ARTICLES.fullmatch(text, one.end, max(one.end, two.start))
    ]  # fmt: skip


def told_from_the_one_before(found: list[Found]) -> list[Found]:
    """«Il 3 arriva il pezzo, il giorno dopo la chiamo» is the 4th; with no day before it, «il giorno dopo» is none."""
    result: list[Found] = []
    for each in found:
        day = each.later.of(result[-1].day) if each.later and result else each.day
        if day != date.max:
            result.append(replace(each, day=day))
    return result


def said_once(text: str, found: list[Found]) -> list[Found]:
    """«mercoledì prossimo, 2 dicembre» is one day, said in two ways; «in settimana, al più tardi venerdì» is the second."""
    result: list[Found] = []
    for each in found:
        last = result[-1] if result else None
        if last and not last.instant and _AT_THE_LATEST.match(text, last.end, each.end):
            result[-1] = Found(last.start, each.end, each.day, each.instant)
            continue
        if (
            last
            and _PART_OF_IT.fullmatch(text, each.start, each.end)
            and not _SENTENCE_END.search(text, last.end, each.start)
        ):
            continue
        if last and (_is_range(text, last, each) or _RATHER.fullmatch(text, last.end, each.start)):
            result[-1] = Found(last.start, each.end, each.day, each.instant)
            continue
        if (
            last
            and _PART_ADDED.fullmatch(text, each.start, each.end)
            and phrase(r"[\s,]*").fullmatch(text[last.end : each.start])
        ):
            result[-1] = Found(last.start, each.end, last.day, last.instant)
            continue
        if last and last.day == each.day and not each.instant and _SAME.fullmatch(text, last.end, each.start):
            result[-1] = Found(last.start, each.end, last.day, last.instant)
        else:
            result.append(each)
    return result


def _is_range(text: str, one: Found, two: Found) -> bool:
    return two.day > one.day and any(
        begins.search(text, max(0, one.start - 9), one.start + 8)
        and goes_on.match(text, one.end)
        and two.start - one.end <= 8
        for begins, goes_on in _RANGES
    )


def frame_day(day: date) -> date:
    return day.date() if isinstance(day, datetime) else day


def without_overlaps(found: list[Found]) -> list[Found]:
    """The longest of what overlaps, then the earliest."""
    kept: list[Found] = []
    for each in sorted(found, key=lambda f: (-(f.end - f.start), f.start)):
        if all(each.end <= other.start or other.end <= each.start for other in kept):
            kept.append(each)
    return sorted(kept, key=lambda f: f.start)


def with_lead(text: str, found: Found) -> Found:
    """Reach left to «entro», «by», «il»: the phrase that is shown must read as it was written."""
    for pattern in (_LEAD, _BY):
        lead = pattern.search(text, max(0, found.start - 40), found.start)
        if lead:
            found = replace(found, start=lead.start())
    return found


# Reckoning with days ------------------------------------------------------------------------------------------------


def coming(today: date, weekday: int, *, weeks: int = 0) -> date:
    """The next such weekday strictly after today, and `weeks` more."""
    return today + timedelta((weekday - today.weekday() - 1) % 7 + 1 + 7 * weeks)


def gone(today: date, weekday: int) -> date:
    """The last such weekday strictly before today."""
    return today - timedelta((today.weekday() - weekday - 1) % 7 + 1)


def in_week(today: date, weekday: int, weeks: int) -> date:
    """That weekday of the ISO week `weeks` from this one."""
    return today + timedelta(weekday - today.weekday() + 7 * weeks)


def month_end(day: date) -> date:
    """The last day of the month."""
    return add_months(day.replace(day=1), 1) - timedelta(1)


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or the last day of a shorter month.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + year, month + 1, 1)
    last = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - timedelta(1)).day
    return first.replace(day=min(day.day, last))


def day_of_month(frame: Frame, day: int, month: int | None, year: int | None, tense: str) -> date:
    """The day that «il 3», «il 3 marzo» or «il 3 marzo 2027» means: the next one, or the last one in the past tense.

    «promised» is a deadline in the past tense («avevate promesso entro il 20»): the nearest day, before or after.
    """
    today = frame.today
    if month and year:
        return date(year + 2000 if year < 100 else year, month, day)
    candidates = []
    years = 4 if (day, month) == (29, 2) else 1
    for offset in range(-12 * years - 1, 12 * years + 2):
        first = add_months(today.replace(day=1), offset)
        if month is None or first.month == month:
            try:
                candidates.append(first.replace(day=day))
            except ValueError:
                continue  # the 31st of a month that has thirty days
    before = max((each for each in candidates if each <= today), default=None)
    after = min((each for each in candidates if each >= today), default=None)
    if before is None or after is None:  # the 29th of February, or no day at all
        known = [each for each in (before if tense == "past" else after, before, after) if each]
        if not known:
            raise ValueError(f"{day}/{month} is no day")
        return known[0]
    if tense == "past":
        # «abbiamo fissato la visita il 5 dicembre», said in November, is no matter of last year
        return after if (today - before).days > 300 and (after - today).days < 60 else before
    if tense == "promised":
        return before if today - before <= after - today else after
    return after


def add_working_days(today: date, count: int, holidays: Callable[[int], Collection[date]]) -> date:
    """`count` days on that are neither Saturday, Sunday nor a holiday.

    >>> add_working_days(date(2026, 12, 24), 1, lambda year: {date(2026, 12, 25)})
    datetime.date(2026, 12, 28)
    """
    day = today
    for _ in range(min(count, 400)):
        day = nearest_working_day(day + timedelta(1), 1, holidays)
    return day


def nearest_working_day(day: date, step: int, holidays: Callable[[int], Collection[date]]) -> date:
    """The day itself, or the first working day from it on (`step` 1) or back (-1).

    >>> nearest_working_day(date(2026, 5, 31), -1, lambda year: set())
    datetime.date(2026, 5, 29)
    """
    while day.weekday() >= 5 or day in holidays(day.year):
        day += timedelta(step)
    return day


@lru_cache(maxsize=64)
def italian_holidays(year: int) -> frozenset[date]:
    """National holidays of Italy, on which nothing promised in working days falls due."""
    import holidays  # only a text that counts working days pays for loading it

    return frozenset(holidays.country_holidays("IT", years=year))

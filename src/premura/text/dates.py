"""When a text says something happens: a small grammar of Italian and English dates, about seventy rules with their alternatives.

A rule is a regular expression and a function from its match to a day. Rules are tried over the whole text; where two
overlap, the one that begins earlier and reaches further wins. What a text leaves open is settled the way people mean it
when they promise something (`docs/methods/promises.md` says how, word by word).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TypeVar

#: A rule gives a day, an instant (hours and minutes were said), or nothing when the words are no date after all
Resolved = date | None
Rule = Callable[[re.Match[str], "Frame"], Resolved]
_R = TypeVar("_R", bound=Rule)
RULES: list[tuple[re.Pattern[str], Rule]] = []

_FUTURE = re.compile(
    r"(?<!\w)(?:\w{2,}(?:rò|rai|rà|ra'|remo|rete|ranno)|sarà|sara'|will|won't|shall|(?:i|we|you|he|she|they|it)'ll"
    r"|going\s+to|(?:is|are|am|\w+'s|\w+'re|i'm)\s+(?:due|coming|arriving|calling|ringing|sending|delivering|collecting|fitting|expected|booked|scheduled)|should(?!\s+have)|can\s+you|(?:you|we|i)\s+can(?!not|'t)|you\s+may|could\s+you|please|would\s+(?:like|love)|(?:i|we)'d\s+(?:like|love|be)|want|wants|vorrei|vorremmo|voglio|vogliamo|potete|potreste"
    r"|pu[òo]|possiamo|dobbiamo|devo|dovete|deve|devono|need|must|prego|aspetto|attendo|attendiamo|aspettiamo|speriamo|spero"
    r"|prometto|promettiamo|garantiamo|assicuriamo|expect|promise|arriva|arrivano|pass[ao]|passano|viene|vengono|torna|tornano|ritira|see\s+you|(?<!stayed\s)(?<!was\s)(?<!were\s)(?<!been\s)(?<!dinner\s)(?<!lunch\s)with\s+you|ci\s+(?:ri)?(?:vediamo|sentiamo)|(?:hope|plan|aim)s?\s+to|garantit[oaie]|guaranteed|parte|scade|apre|riapre|inizia|iniziano|si\s+(?:chiude|conclude|riparte|fa|terrà)|begins|starts|reopens|resumes|launches|arrives|ships"
    r"|(?:ti|vi|le|la|lo|li|ci|glielo|gliela)\s+(?!ho|abb|ha|scors|scontrino|sconto|stess|spazio|studio|schermo|stato|scambio|stipendio|zaino|foto(?!\w)|moto(?!\w)|mano(?!\w)|radio)\w{3,}(?:o|iamo|ano|ono)|fatemi|datemi|mandatemi|\w+temi"
    r"|mi\s+(?:richiami|chiami|contatti|scriva|faccia|dica|mandi|invii|avvisi|confermi)|(?:ti|vi|le|la|lo|gli)\s+(?:ri)?(?:chiama|contatta|avvisa|raggiunge|risponde|aggiorna)(?!t)|passi|venga|torni|ne\s+(?:ri)?parliamo|se\s+ne\s+(?:ri)?parla|(?!siamo|abbiamo|stiamo|sappiamo|pensiamo|crediamo|troviamo|avev|erav)\w{3,}iamo(?:ci|lo|la|li|le|gli|ne|vi)?|sara|verra|avra|potra|dovra|fara|dara|andra|sapra|arrivera|(?:ri)?chiamera|(?:ri)?contattera|(?:ri)?passera|tornera|portera|mandera|inviera|consegnera|rimborsera|finira|ricevera|scrivera|partira|(?:ri)?aprira|saro|verro|faro|daro|(?:ri)?chiamero|mandero|tornero|portero|inviero|passero|(?:ho|abbiamo)\s+(?:\w+\s+)?(?:fissat|programmat|riservat|spostat|rimandat|rinviat|organizzat)[oaie]|(?:vi|le|ti)\s+(?:ho|abbiamo)\s+prenotat[oaie]|(?:have|'ve|has)\s+(?:re)?(?:booked|scheduled|arranged|reserved|moved)|assicuro|garantisco|conferm(?:o|iamo)|riapriamo|apriamo|ripartiamo|(?:goes|go)\s+(?:out|live)|departs|leaves|lands|(?:we|i|they)\s+(?:reopen|open|start|begin|resume|restart|deliver|ship|finish|leave)|(?:è|sono|sia)\s+(?:pront|fissat|previst|programmat|attes|confermat|prenotat)[oaie]|(?:cont|pens|cerc|tent|prov|punt)h?(?:o|iamo)\s+(?:di|a)|dovrebb(?:e|ero)(?!\s+esser)|dovremmo|potrebb(?:e|ero)(?!\s+esser)"
    # an infinitive or «appuntamento» at the beginning is what is to be done
    r"|(?:^|(?<=[.!?:]\s))(?:\w{3,}(?:are|ere|ire)|appuntamento|call|ring|phone|email|text|contact|send|bring|collect)|let's|let\s+(?:me|us)\s+know|(?:i'm|we're|he's|she's|they're)\s+(?:picking|dropping|bringing|taking|getting|posting|seeing|meeting|moving|leaving|starting|finishing|opening|closing|doing)"
    r"|(?:is|are|be|'s|'re)\s+(?:ready|back|free|available)(?=\s+(?:in|at|on|by|this|from)\s)|appointment\s+is|(?:^|(?<=[.!?]\s))back(?=\s+(?:in|by|at|on|before)\s)|(?<!was\s)(?<!were\s)due(?=\s+(?:in|on|by|within)\s)|arrivo|arriviamo|mando|mandiamo|vengo|veniamo|torno|torniamo|rispondo|rientro|rientriamo|finisco|finiamo|porto|portiamo|faccio|facciamo|sistemo|sistemiamo|risolvo|risolviamo|verifico|verifichiamo|provvedo|provvediamo|expires?|runs\s+out|entro|(?<!was\s)(?<!were\s)(?<!had\s)(?:requested|booked|scheduled|confirmed|fixed|arranged|planned)\s+(?:in\s+)?for|(?:call|ring|phone|text|email)\s+(?:me|us|back)|passo|passiamo|chiamo|chiamiamo|consegniamo|consegno|rimborsiamo|rispondiamo|inviamo|spediamo)(?!\w)"
)
_PAST = re.compile(
    r"(?<!\w)(?:(?:(?:ho|hai|ha|abbiamo|avete|hanno)(?!\s+(?:\w+\s+)?(?:fissat|programmat|riservat|spostat|rimandat|rinviat|organizzat)|(?<=(?:vi|le|ti|la)\sho)\s+prenotat|(?<=(?:vi|le|ti|la)\sabbiamo)\s+prenotat)|avev\w+|er[oai]\w*|e(?=\s+(?:stat|arrivat|passat|venut|andat|success|rimast|tornat|partit|scadut|finit)[oaie])|sarebbe\w*|avrebb\w+|(?:sono|sei|è|siamo|siete)(?!\s+(?:\w+\s+)?(?:confermat|prenotat|fissat|riservat|garantit|richiest|invitat|convocat|pregat|tenut|dovut|valid|assicurat|spostat|rinviat|rimandat|attes|risolt|sistemat)))\s+"
    r"(?:\w+\s+){0,2}?(?!sabat|fest|quest|bass|ross|gross|stess|adess|spess|giust|onest|trist|prest[oi]\b|gent|nient|molt|tant|quant|fort|part[ei]\b|divers|cors|scors|recent|frequent|client|event|rest\w\b|lent|attent|otto\b|sette\b|notte\b|previst|programmat|attes|tutt|brutt|sott|corrett|esatt|perfett|important|present|urgent|assent|pront|apert|chius|cert[oaie]\b|content)\w+(?:at|it|ut|st|tt|rs|ss|es|is|us|rt|nt|lt)[oaie]"
    r"|\w{3,}(?:avo|ava|avamo|avate|avano|evo|eva|evamo|evate|evano|ivamo|ivate|ivano)"
    r"|(?:^|(?<=[.!?]\s))(?:dormit|mangiat|cenat|pranzat|comprat|ordinat|aspettat|chiamat|telefonat|arrivat|stat|andat|venut|tornat|provat|pagat|ricevut|acquistat|soggiornat|passat|visitat|pres|spes)[oi]"
    # «sostitutiva», «preventivo», «arrivo» end like «serviva», and are no verbs
    r"|\w*(?:cap|fin|ven|serv|usc|apr|dorm|sent|offr|part|prefer|gest|forn|segu|pul|costru|sal|mor|copr|divert|spar|sub|imped|avvert|boll|sped|garant"
    r"|inser|sugger|ubbid|cuc|trad|dimagr|pat|fall|trasfer|rifer)iv[oa]|ero|era|erano|c'era"
    r"|(?<!be\s)(?<!is\s)(?<!are\s)(?<!get\s)(?:was|were|had|did|didn't|been|went|came|bought|(?<!'ve\s)(?<!have\s)(?<!'s\s)got|took|told|said|left|paid|ate|died|lied|tied|owed|stayed|made|gave|saw|sent|found|lost|broke|spoke|rang|wrote|kept|held|felt|heard|met|sat|slept|spent|sold|thought|brought|began|drove|flew|fell|forgot|chose|caught|cost(?=\s+(?:me|us|him|her|them)\s)|(?!closed)(?!(?:(?<=have\s)|(?<='ve\s)|(?<=has\s))(?:re)?(?:booked|scheduled|arranged|reserved|moved|confirmed))\w{3,}ed))(?!\w)"
)
_BY = re.compile(
    r"(?<!\w)(?:entro(?:\s+e\s+non\s+oltre)?|non\s+oltre|(?:non|al)\s+pi[ùu]'?\s+tardi(?:\s+(?:di|del(?:la|l')?))?|per|prima\s+di|prima\s+del(?:la|l')?|fino\s+a(?:l|lla|ll')?"
    r"|a\s+partire\s+da(?:l|lla|lle|ll')?|non\s+prima\s+di|verso|intorno\s+a(?:l|lle|lla)?|by(?:\s+close\s+of\s+business"
    r"|\s+cob|\s+the\s+end\s+of|\s+end\s+of|\s+eod)?(?:\s+on)?|before|until|till|no\s+later\s+than|not\s+later\s+than"
    r"|within|starting(?:\s+from)?|latest)\s*(?:(?:il|lo|la|le|i|gli|the)\s+|l')?(?:giorno\s+|data\s+del\s+)?$"
)
_LEAD = re.compile(r"(?<!\w)(?:da|dal|dall'|di|del|per|nel|in|a|al|il|la|l'|on|the|from|since|as\s+of|this)\s*$")
_AT_THE_LATEST = re.compile(
    r"[\s,(]*(?:e\s+)?(?:comunque\s+)?(?:al\s+pi[ùu]'?\s+tardi|al\s+massimo|non\s+oltre|comunque\s+entro|(?:or\s+)?(?:no|not)\s+later\s+than|at\s+the\s+latest)(?!\w)"
)
#: «avevate promesso entro il 20»: what somebody once said would be
_SAID_ONCE = re.compile(
    r"(?<!\w)(?:avev(?:a|i|o|ate|ano|amo)|dovev\w+|sarebb\w+|avrebb\w+|promess\w|garantit\w|assicurat\w|dett\w|dicev\w+|promettev\w+"
    r"|(?:was|were)\s+(?:supposed|meant|due|told|promised|assured|to\s+be)|had|promised|said|told|assured|guaranteed|should\s+have\s+(?:been|come|\w+ed))(?!\w)"
)
_TO_COME = re.compile(
    r"(?<!\w)(?:ti|vi|le|la|lo|li|ci|glielo|gliela|gli)\s+\w{3,}(?:o|iamo|ano|ono)(?!\w)|(?<!\w)(?:\w{2,}(?:rò|rai|rà|remo|ranno)|arriva|arrivano|passa|passano|viene|vengono|torna|tornano|parte|apre|will|shall|\w+'ll)(?!\w)"
)
#: «ci torno ogni anno a giugno»: a habit
_EVERY_YEAR = re.compile(
    r"(?<!\w)(?:da\s+(?:\w+\s+)?anni|ogni\s+(?:anno|mese|settimana|estate|inverno|volta)|tutti\s+(?:gli\s+anni|i\s+mesi)|tutte\s+le\s+(?:settimane|estati)|(?:every|each)\s+(?:year|month|week|summer|winter|time))"
)
_EVERY_BEFORE = re.compile(
    _EVERY_YEAR.pattern
    + r"(?:\s+\w+){0,3}\s*$|(?<!\w)(?:ogni|every|each|(?<!come\s)sempre|always|usually|di\s+solito)\s+$"
)
_EVERY_AFTER = re.compile(r",?\s*(?:di\s+)?" + _EVERY_YEAR.pattern + r"(?!\w)")
#: «tranne mercoledì», «non lunedì ma martedì»
_NOT_BEFORE = re.compile(
    r"(?<!\w)(?<!perché\s)(?<!why\s)(?<!se\s)(?:except(?:\s+for)?|tranne|eccetto|esclus[oa]|salvo|not|non)\s+(?:(?:il|la|di|on|per|for)\s+)?$"
)
#: «questo venerdì no, quello dopo sì»
_DENIED = re.compile(r"\s+(?:(?:sicuramente|proprio|purtroppo)\s+)?no\s*[,;.]")
#: «tra domani e dopodomani», «dal 24 dicembre al 6 gennaio»: over when the second is
_RANGES = (
    (re.compile(r"(?<!\w)(?:tra|fra|between)\s"), re.compile(r",?\s*(?:e|ed|and)\s")),
    (re.compile(r"(?<!\w)(?:da|dal|dalla|from)\s|(?<!\w)dall'"), re.compile(r",?\s*(?:(?:e\s+)?(?:fino\s+)?(?:a|al|alla)\s|(?:fino\s+)?all'|to\s|until\s|till\s|through\s|[-–])")),
)  # fmt: skip
#: «domenica per pranzo», «venerdì, entro sera»: of the day that was just said
_PART_ADDED = re.compile(
    r"(?:(?:entro|per|prima\s+di|dopo|by|before|after|for)\s+(?:la\s+|l'|il\s+|the\s+)?(?:(?:fine\s+|end\s+of\s+(?:the\s+)?)?(?:mattinata|mattina|pomeriggio|sera|serata|giornata|notte"
    r"|pranzo|cena|l'ora\s+di\s+\w+|lunch(?:time)?|dinner|day|evening))|eod|cob|end\s+of\s+(?:the\s+)?day|close\s+of\s+business)"
)
_SAME = re.compile(r"[\s,(]*(?:(?:esatt\w|precis\w|ossia|cioè|ovvero|quindi|exactly|that\s+is|i\.e\.)[\s,(]*)?")
#: «torno lunedì 18 e confermo in giornata»: of that day, not of today
_PART_OF_IT = re.compile(r"in\s+(?:giornata|mattinata|serata)|nel\s+pomeriggio")
_NEXT_CLAUSE = re.compile(r",|\s(?:e|ed|ma|però|che|perché|and|but|so|that)\s")
_SENTENCE_END = re.compile(r"[!?;\n]|\.(?=\s|$)")


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
        cues = [(kind, cue) for kind, rule in (("future", _FUTURE), ("past", _PAST))
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


def rule(pattern: str) -> Callable[[_R], _R]:
    """Register a rule under a verbose pattern that begins and ends at word boundaries."""
    compiled = re.compile(rf"(?<![\w/])(?:{pattern})(?!\w)")

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
            if day is not None:
                instant = day if isinstance(day, datetime) else None
                found.append(Found(match.start(), match.end(), frame_day(day), instant))
    meant = [each for each in without_overlaps(found) if not frame.is_denied(each)]
    return said_once(frame.text, [with_lead(frame.text, each) for each in meant])


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
        if last and _is_range(text, last, each):
            result[-1] = Found(last.start, each.end, each.day, each.instant)
            continue
        if (
            last
            and _PART_ADDED.fullmatch(text, each.start, each.end)
            and re.fullmatch(r"[\s,]*", text[last.end : each.start])
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
            found = Found(lead.start(), found.end, found.day, found.instant)
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
    for offset in range(-13, 14):
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
        day += timedelta(1)
        while day.weekday() >= 5 or day in holidays(day.year):
            day += timedelta(1)
    return day


@lru_cache(maxsize=64)
def italian_holidays(year: int) -> frozenset[date]:
    """National holidays of Italy, on which nothing promised in working days falls due."""
    import holidays  # only a text that counts working days pays for loading it

    return frozenset(holidays.country_holidays("IT", years=year))

"""The words from which Italian and English make dates: months, weekdays, numbers, units, feasts, prepositions.

Each table maps a regular expression of how people write the word (without accents, abbreviated) to its meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import TypeVar

from premura.text.phrases import phrase

_T = TypeVar("_T")

WEEKDAYS = {
    r"luned(ì|í|i'|i)": 0, r"marted(ì|í|i'|i)": 1, r"mercoled(ì|í|i'|i)": 2, r"gioved(ì|í|i'|i)": 3,
    r"venerd(ì|í|i'|i)": 4, r"sabato": 5, r"domenica": 6,
    r"monday": 0, r"tuesday": 1, r"wed?n[ed]*sday|weds": 2, r"th(ur|ru)sday": 3, r"friday": 4, r"sat[eu]rday": 5, r"sunday": 6,
    r"lun": 0, r"mart": 1, r"merc": 2, r"giov": 3, r"ven": 4, r"sab": 5, r"dom": 6,
    r"mon": 0, r"tues?": 1, r"thur?s?": 3, r"fri": 4, r"wed(?= (next|at|by|morning))": 2,
}  # fmt: skip
#: Too short to go by alone: they count after «entro» and «by»
SHORT_WEEKDAYS = {
    "lun": 0, "mart": 1, "mar": 1, "merc": 2, "mer": 2, "giov": 3, "gio": 3, "ven": 4, "sab": 5, "dom": 6,
    "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
}  # fmt: skip
MONTHS = {
    r"gennaio|gen": 1, r"febbraio|feb": 2, r"marzo|mar": 3, r"aprile|apr": 4, r"maggio|mag": 5, r"giugno|giu": 6,
    r"luglio|lug": 7, r"agosto|ago": 8, r"settembre|sett?": 9, r"ottobre|ott": 10, r"novembre|nov": 11,
    r"dicembre|dic": 12,
    r"january|jan": 1, r"febr?uary": 2, r"march": 3, r"april": 4, r"may": 5, r"june|jun": 6, r"july|jul": 7,
    r"august|aug": 8, r"september|sept?": 9, r"october|oct": 10, r"november": 11, r"december|dec": 12,
}  # fmt: skip
#: Months named in full, for «entro marzo» and «by March», where an abbreviation would be too little to go by
FULL_MONTHS = {
    "gennaio": 1, "febbraio": 2, "marzo": 3, "aprile": 4, "maggio": 5, "giugno": 6, "luglio": 7, "agosto": 8,
    "settembre": 9, "ottobre": 10, "novembre": 11, "dicembre": 12,
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8,
    "september": 9, "october": 10, "november": 11, "december": 12,
}  # fmt: skip
NUMBERS = {
    "un paio di": 2, "un paio d'": 2, "una decina d'": 10, "una quindicina di": 15, "una decina di": 10, "una ventina di": 20, "una trentina di": 30,
    "a couple of": 2, "a dozen": 12,
    "un'": 1, "uno": 1, "una": 1, "un": 1, "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "sei": 6, "sette": 7,
    "otto": 8, "nove": 9, "dieci": 10, "undici": 11, "dodici": 12, "tredici": 13, "quattordici": 14, "quindici": 15,
    "sedici": 16, "diciassette": 17, "diciotto": 18, "diciannove": 19, "venti": 20, "ventuno": 21,
    "ventidue": 22, "ventitré": 23, "ventitre": 23, "ventiquattro": 24, "venticinque": 25, "ventisei": 26,
    "ventisette": 27, "ventotto": 28, "ventinove": 29, "trenta": 30, "trentuno": 31, "quaranta": 40,
    "quarantotto": 48, "quarantacinque": 45, "sessanta": 60, "settantadue": 72, "novanta": 90,
    "an": 1, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "twenty-one": 21, "twenty-two": 22, "twenty-three": 23, "twenty-four": 24,
    "twenty-five": 25, "twenty-six": 26, "twenty-seven": 27, "twenty-eight": 28, "twenty-nine": 29, "thirty": 30, "thirty-one": 31,
    "forty": 40, "forty-five": 45, "forty-eight": 48, "sixty": 60, "seventy-two": 72, "ninety": 90,
}  # fmt: skip
ORDINALS = {"primo": 1} | {
    word: n for n, word in enumerate((
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
        "seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth "
        "twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
    ).split(), 1)
}  # fmt: skip
#: unit → (kind, how many of that kind)
UNITS: dict[str, tuple[str, int]] = {
    r"minut(in)?[oi]|min(utes?|s)?": ("minutes", 1), r"mezz('|\s)?ora|half (an )?hour": ("minutes", 30),
    r"quart[oi] d['’\s]ora|quarters? of an hour": ("minutes", 15),
    r"or(ett)?[ae]|hours?|hrs?|h": ("hours", 1), r"giorn[oi]|gg|days?": ("days", 1),
    r"settiman(ell|in)?[ae]|weeks?": ("days", 7), r"fortnights?": ("days", 14),
    r"mes([ei]|ett[oi])|months?": ("months", 1), r"ann(ett)?[oi]|years?": ("months", 12),
}  # fmt: skip


def one_of(table: Mapping[str, object], *, name: str = "") -> str:
    """A group that matches any key of the table, the longest first."""
    keys = sorted(table, key=len, reverse=True)
    return f"(?P<{name}>{'|'.join(keys)})" if name else f"({'|'.join(keys)})"


def meaning(table: Mapping[str, _T], word: str) -> _T:
    """What the table says of a word that matched one of its keys."""
    found = table.get(word)
    if found is not None:
        return found
    return next(value for key, value in table.items() if phrase(key).fullmatch(word))


def number_of(word: str) -> int:
    """«3», «tre», «un paio di» → the number.

    >>> number_of("un paio di"), number_of("12"), number_of("third")
    (2, 12, 3)
    """
    word = re.sub(r"\s+", " ", word.strip())
    digits = phrase(r"\d+").match(word)
    if digits:
        return int(digits.group())
    word = re.sub(r"(?<=y) ", "-", word)
    return NUMBERS.get(word) or ORDINALS[word]


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, *Astronomical Algorithms*, 1991).

    >>> easter(2026)
    datetime.date(2026, 4, 5)
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l_ = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * l_) // 433
    month = (h + l_ - 7 * m + 90) // 25
    return date(year, month, (h + l_ - 7 * m + 33 * month + 19) % 32)


def _second_sunday_of_may(year: int) -> date:
    return date(year, 5, 14) - timedelta(date(year, 5, 14).isoweekday() % 7)


#: feast → its day in a year
FEASTS: dict[str, Callable[[int], date]] = {
    r"(la )?vigilia( di natale)?(?! d)|christmas eve": lambda year: date(year, 12, 24),
    r"natale|christmas( day)?|xmas": lambda year: date(year, 12, 25),
    r"santo stefano|boxing day": lambda year: date(year, 12, 26),
    r"san silvestro|new year'?s eve": lambda year: date(year, 12, 31),
    r"capodanno|new year('?s( day)?)?(?!\w)": lambda year: date(year, 1, 1),
    r"(l')?epifania|la befana|epiphany": lambda year: date(year, 1, 6),
    r"san valentino|valentine'?s( day)?": lambda year: date(year, 2, 14),
    r"pasquetta|easter monday": lambda year: easter(year) + timedelta(1),
    r"pasqua|easter(?! monday)( sunday)?": easter,
    r"venerdì santo|good friday": lambda year: easter(year) - timedelta(2),
    r"(la )?(domenica delle )?palme|palm sunday": lambda year: easter(year) - timedelta(7),
    r"martedì grasso|shrove tuesday|pancake day": lambda year: easter(year) - timedelta(47),
    r"(il )?lunedì dell'angelo": lambda year: easter(year) + timedelta(1),
    r"gioved[ìi] santo|maundy thursday": lambda year: easter(year) - timedelta(3),
    r"sabato santo|holy saturday": lambda year: easter(year) - timedelta(1),
    r"gioved[ìi] grasso": lambda year: easter(year) - timedelta(52),
    r"(mercoled[ìi] delle |le )ceneri|ash wednesday": lambda year: easter(year) - timedelta(46),
    r"ascensione|ascension day": lambda year: easter(year) + timedelta(39),
    r"pentecoste|whit sunday|pentecost": lambda year: easter(year) + timedelta(49),
    r"thanksgiving(\s+day)?": lambda year: date(year, 11, 28) - timedelta((date(year, 11, 28).weekday() - 3) % 7),
    r"black friday": lambda year: date(year, 11, 29) - timedelta((date(year, 11, 29).weekday() - 4) % 7),
    r"santa lucia": lambda year: date(year, 12, 13),
    r"tutti i santi|all saints'?( day)?": lambda year: date(year, 11, 1),
    r"may day": lambda year: date(year, 5, 1),
    r"halloween": lambda year: date(year, 10, 31),
    r"(la )?festa del papà": lambda year: date(year, 3, 19),
    r"(la )?festa della donna": lambda year: date(year, 3, 8),
    r"(la )?festa del(la repubblica)": lambda year: date(year, 6, 2),
    r"(la )?festa del lavoro|(il )?primo maggio": lambda year: date(year, 5, 1),
    r"(la )?festa della mamma": lambda year: _second_sunday_of_may(year),
    r"sant'ambrogio": lambda year: date(year, 12, 7),
    r"ferragosto": lambda year: date(year, 8, 15),
    r"ognissanti": lambda year: date(year, 11, 1),
    r"(l')?immacolata": lambda year: date(year, 12, 8),
    r"(la )?festa della liberazione": lambda year: date(year, 4, 25),
}

_NAMES = {
    *"lunedì martedì mercoledì giovedì venerdì lunedi martedi mercoledi giovedi venerdi sabato domenica domani dopodomani".split(),
    *"monday tuesday wednesday thursday friday saturday sunday tomorrow".split(),
    *(month for month in FULL_MONTHS if len(month) > 5),
}  # fmt: skip
#: Two letters that changed places under a thumb → the word; «domain» is one of its own
SLIPS = {
    slip: name
    for name in sorted(_NAMES)
    for at in range(len(name) - 1)
    if (slip := name[:at] + name[at + 1] + name[at] + name[at + 2 :]) not in _NAMES | {"domain"}
}

COUNT = rf"\d{{1,3}}|{one_of(NUMBERS).replace('-', '(-| )')}"
ORDINAL = one_of(ORDINALS).replace("-", "(-| )")
#: «2-3», «due o tre», "3 to 5" mean the last of them: a promise is kept when the longest of its times is over
N = rf"(({COUNT})((?<!ty)\s?[-–/]\s?| (o|or|to|ai?) ))?(?P<n>{COUNT})(\s?\(\w+\))?"
WORKING = (
    r"(giorn[oi]|gg\.?) (lavorativ[oi]|ferial[ei]|lav\.?(?!\w))|(working|business|week)\s*days?|giornate lavorative"
)
UNIT = one_of(UNITS, name="unit")
NEXT = r"(prossim[oae]|p\.?\s?v\.?(?!\w)|venturo|ventura|entrante|next|upcoming)"
#: Of the day that was named before: «il lunedì successivo», "the day after"
AFTER = (
    r"(successiv[oa]|seguente|following|(dopo|after|later)(?=\s*($|[.,;:!?)])| (alle|ore|at|mattina|pomeriggio|sera|e|ed|ma|o|and|but|or|if|we|i"
    r"|you|in the|vi|ti|lo) | l[ae] (?!\d|ore|un|due|tre|quattro|cinque|sei|sette|otto|nove|dieci)))"
)
LAST = r"(scors[oae]|passat[oae]|u\.\s?s\.?(?!\w)|last|past|previous)"
PART = (
    r"( (in |nel |la |di |al |alla )?((primo |tardo |tarda )?"
    r"(mattin[ao]|mattinata|pomeriggio|sera|serata|notte|giornata|pom\.?|matt\.?|am|pm|morning|afternoon|evening|night)))?"
)

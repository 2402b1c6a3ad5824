"""Times of day within a promise: «alle 18», «entro le 12 di giovedì», «alle due e mezza», «by 6 pm»."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from premura.text.calendar_words import NUMBERS
from premura.text.phrases import phrase

_ITALIAN = re.compile("dici|vent|.*dici$")
_HOURS = "|".join(
    sorted(
        (w for w, n in NUMBERS.items() if w.isalpha() and len(w) > 2 and 1 <= n <= (23 if _ITALIAN.match(w) else 12)),
        key=len,
        reverse=True,
    )
)
_PART = (
    r"( (di|del|della|in the|at)\s*(?P<part>mattina|mattino|pomeriggio|sera|notte|morning|afternoon|evening|night))?"
)
_MONEY = r"(?!\s*(€|euro|eur\b|%|giorn|settiman|mes[ei]\b|ann[oi]\b|person|ospit|or[ae]\b|minut|stell|days?\b|weeks?\b|months?\b|years?\b|hours?\b|points?\b|inches|kg\b|km\b|cm\b|percent|people|stars?|[/]))"
_NUMERIC = r"(?P<hour>[01]?\d|2[0-4])((\s?[:.,h]\s?| e )(?P<minute>[0-5]\d))?"
_PATTERNS = [
    phrase(
        r"(?<!\w)(?P<lead>(entro|per|prima del|verso|intorno al|dopo)?\s*(all[e']|le|delle|dell'|dalle"
        r"|l'(?=una(?!\w)))\s*(ore\s*)?"
        r"|(entro|per|prima delle)?\s*(le )?ore |h\.?\s?)"
        rf"({_NUMERIC}|(?P<word>una|{_HOURS}))( (?P<more>e mezz[ao]|e (un )?quarto|e trenta|e quindici"
        rf"|meno un quarto|e quarantacinque|(?P<way>e|meno) (?P<shift>cinque|dieci|venti|venticinque)))?"
        rf"( in punto)?{_PART}(?!\w){_MONEY}"
    ),
    phrase(
        r"(?<![\w/])(?P<lead>(at|by|before|around|until|till|about|from|after) )?(?P<hour>1[0-2]"
        r"|0?\d)([:.](?P<minute>[0-5]\d))?\s?"
        r"(?P<half>am|pm|a\.m\.?|p\.m\.?|o'clock)( in the (?P<part>morning|afternoon|evening))?(?!\w)"
    ),
    phrase(
        r"(?<!\w)(?P<lead>(at|by|before|around|until|till|about|say) )?(a )?(?P<more>half past|quarter past"
        r"|quarter to) "
        rf"((?P<hour>1[0-2]|0?[1-9])(?!\d)|(?P<word>{_HOURS})){_PART}(?!\w)"
    ),
    # «ten to five», «twenty past six»
    phrase(rf"(?<!\w)(?P<lead>(at|by|before|around|until|till|about) )(?P<shift>five|ten|twenty|twenty-five|5|10|20|25)( minutes)? (?P<way>to|past) ((?P<hour>1[0-2]|0?[1-9])(?!\d)|(?P<word>{_HOURS})){_PART}(?!\w){_MONEY}"),
    # «half seven» is half past seven
    phrase(rf"(?<!\w)(?P<lead>(at|by|before|around|until|till|about|for|say) )(?P<more>half) ((?P<hour>1[0-2]|[1-9])(?!\d)|(?P<word>{_HOURS})){_PART}(?!\w){_MONEY}"),
    phrase(rf"(?<![\w€$£])(?P<lead>(at|by|before|around|until|till|about|say) )((?P<hour>[01]?\d|2[0-3])([:.](?P<minute>[0-5]\d))?|(?P<word>{_HOURS})([\s-](?P<more>thirty|fifteen|forty-five))?){_PART}(?![\w/]){_MONEY}"),
    phrase(rf"(?<!\w)(?P<lead>(after|from) )((?P<hour>1[0-2]|[1-9])|(?P<word>{_HOURS}))(?=\s*($|[,.;!?])| (today|tomorrow|on)(?!\w))"),
    # «booked for 8 tonight», «8 tonight»
    phrase(r"(?<![\w€$£.,:/-])(?P<lead>(at|by|for|before|around) )?(?P<hour>1[0-2]|[1-9])([:.](?P<minute>[0-5]\d))?(?= tonight| this (morning|afternoon|evening)| stasera| tomorrow (morning|afternoon|evening|night))"),
    phrase(rf"(?<![\w€$£.,:/])(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?!\w){_MONEY}"),
    # «tmrw 9.30»: beside a day alone
    phrase(rf"(?<=[a-zì]\s)(?P<hour>[01]?\d|2[0-3])(?P<dot>\.)(?P<minute>[0-5]\d)(?=\s*($|[,;!?)]|\.(?!\d))| (on|di|domani|tomorrow|today|oggi)\s){_MONEY}"),
]  # fmt: skip
_NAMED = phrase(
    r"(?<!\w)((a|entro|per|per la|entro la|prima di|verso|intorno a|at|by|before|around|about|until"
    r"|till) )?(12 )?(?P<name>mezzogiorno|mezzanotte|noon|midday|midnight)( e (?P<more>mezz[ao]|(un )?quarto)"
    r"| (?P<way>e|meno) (?P<shift>un quarto|cinque|dieci|venti|venticinque))?(?!\w)"
)
_RANGE = phrase(
    rf"(?<!\w)((dalle|tra le|fra le|from|between) |(tra|fra) (?=mezz))(ore )?((\d{{1,2}}([:.]\d\d)?"
    rf"|{_HOURS})( e (mezz[ao]|(un )?quarto|trenta))?|mezzogiorno|noon|midday)\s*(am|pm)?\s*(alle|e le|e l'|to|and|-"
    rf"|–)\s*(ore )?"
    rf"((?P<hour>\d{{1,2}})([:.](?P<minute>\d\d))?|(?P<word>{_HOURS})|(?P<noon>mezzogiorno|noon"
    rf"|midday))( e (?P<more>mezz[ao]|(un )?quarto|trenta))?\s*(?P<half>am|pm)?(?!\w){_MONEY}"
)
#: «9am-1pm», «9:00-13:00», «ore 9-13»: over when the second is
_STRETCH = phrase(
    r"(?<![\w.,/:-])((dalle|ore|fascia( oraria)?|slot|h\.?)\s*\d{1,2}([:.]\d\d)?|\d{1,2}([:.]\d\d)?\s?[ap]m"
    r"|\d{1,2}[:.]\d\d|\d{1,2}(?=\s?[-–]\s?\d{1,2}([:.]\d\d)?\s?[ap]m))\s?(-|–|/|to)\s?"
    r"(?P<hour>\d{1,2})([:.](?P<minute>\d\d))?\s?(?P<half>am|pm)?(?![\w/])"
)
_AFTER_NOON = {"pomeriggio", "sera", "afternoon", "evening", "night"}
_BEFORE_NOON = {"mattina", "mattino", "morning", "notte"}
_MINUTES = {"five": 5, "cinque": 5, "5": 5, "ten": 10, "dieci": 10, "10": 10, "twenty": 20, "venti": 20, "20": 20,
            "un quarto": 15, "twenty-five": 25, "venticinque": 25, "25": 25}  # fmt: skip
_MORE = {
    "mezz": 30,
    "half": 30,
    "quart": 15,
    "quindici": 15,
    "trent": 30,
    "thirty": 30,
    "fifteen": 15,
    "forty-five": 45,
    "quarantacinque": 45,
}


@dataclass(frozen=True)
class Clock:
    """Characters [start, end) say this time; `leads` when a preposition makes it one, not only its digits."""

    start: int
    end: int
    at: time
    leads: bool


def find_clocks(text: str, near: str = "") -> list[Clock]:
    """Times of day in lower-case text, in order. `near` holds parts of the day said elsewhere in the phrase.

    >>> [clock.at.isoformat("minutes") for clock in find_clocks("domani alle due e mezza, o by 6 pm")]
    ['14:30', '18:00']
    """
    found: list[Clock] = []
    for match in (*_RANGE.finditer(text), *_STRETCH.finditer(text)):
        word = match.groupdict().get("word")
        if match.groupdict().get("noon"):
            word = "twelve"
        minute = int(match["minute"] or 0) + _more(match.groupdict().get("more") or "")
        at = _time(NUMBERS[word] if word else int(match["hour"]), minute, match["half"] or "", "")
        if at and all(match.end() <= f.start or f.end <= match.start() for f in found):
            found.append(Clock(match.start(), match.end(), at, False))
    for match in _NAMED.finditer(text):
        if any(match.start() < f.end and f.start < match.end() for f in found):
            continue
        is_noon, minute = match["name"] in {"mezzogiorno", "noon", "midday"}, _more(match["more"] or "")
        at = time(12 if is_noon else 0, minute) if is_noon or minute else time(23, 59)
        if match["shift"]:
            hour, minute = _shifted(12 if is_noon else 24, _MINUTES[match["shift"]], is_before=match["way"] == "meno")
            at = time(hour % 24, minute)
        found.append(Clock(match.start(), match.end(), at, match.group() != match["name"]))
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            at = _of(match.groupdict(), near)
            if at and all(match.end() <= f.start or f.end <= match.start() for f in found):
                start = match.start() + (len(match.group()) - len(match.group().lstrip()))
                found.append(Clock(start, match.end(), at, bool(match.groupdict().get("lead"))))
    return sorted(found, key=lambda clock: clock.start)


def _of(groups: dict[str, str | None], near: str) -> time | None:
    word = groups.get("word")
    hour = NUMBERS[word] if word else int(groups["hour"] or 0)
    minute = int(groups.get("minute") or 0)
    more = groups.get("more") or ""
    is_before = "meno un quarto" in re.sub(r"\s+", " ", more) or more.endswith(" to")
    minute += 0 if is_before else _more(more)
    if is_before:
        hour, minute = hour - 1, 45
    if groups.get("shift"):
        hour, minute = _shifted(hour, _MINUTES[groups["shift"] or ""], is_before=groups["way"] in {"to", "meno"})
    half = groups.get("half") or ""
    is_english = bool(phrase(r"at|by|before|around|until|till|about|from|say").match(groups.get("lead") or ""))
    exact = bool(groups.get("minute") and not (is_english or groups.get("dot"))) or (
        groups.get("hour") or ""
    ).startswith("0")
    return _time(hour, minute, half, groups.get("part") or near, exact=exact)


def _more(words: str) -> int:
    """Minutes of «e mezza», "half past"."""
    return next((value for key, value in _MORE.items() if key in words), 0)


def _shifted(hour: int, minutes: int, *, is_before: bool) -> tuple[int, int]:
    """Hour and minute of «ten to five» or «le cinque e dieci»."""
    return (hour - 1, 60 - minutes) if is_before else (hour, minutes)


def _time(hour: int, minute: int, half: str, part: str, *, exact: bool = False) -> time | None:
    """Nobody promises to call at three in the night: «alle 3» is 15:00, unless the morning was said."""
    if half.startswith("p") and hour < 12:
        hour += 12
    elif half.startswith("a") and hour == 12:
        hour = 0
    elif (
        not half.startswith("a")
        and hour < 12
        and (part in _AFTER_NOON or (hour <= 6 and hour and not exact and part not in _BEFORE_NOON))
    ):
        hour += 12
    if hour == 24:
        return time(23, 59)
    return time(hour, minute) if hour < 24 and minute < 60 else None

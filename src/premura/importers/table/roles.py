"""What each column is for, guessed from its name, its question text and its contents, with how sure.

A recommendation score is never guessed from the range 0–10 alone: such a column may be a satisfaction mark, an age
band or a waiting time. Only an unmistakable name or question, or the owner's word, makes it an NPS.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from premura.importers.table.profile import ColumnProfile


class Role(StrEnum):
    """What a column is for."""

    DATE = "date"
    OVERALL = "overall"
    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    RATING = "rating"
    COMMENT = "comment"
    RECOMMENDED = "recommended"
    CHOICE = "choice"
    NUMBER = "number"
    SUBJECT = "subject"
    LOCATION = "location"
    TOUCHPOINT = "touchpoint"
    CUSTOMER = "customer"
    EMAIL = "email"
    LANGUAGE = "language"
    CHANNEL = "channel"
    # Of public reviews: what the company answered, and when
    REPLY = "reply"
    REPLIED = "replied"
    WEIGHT = "weight"
    ID = "id"
    IGNORE = "ignore"


SCALED = frozenset({Role.OVERALL, Role.CSAT, Role.CES, Role.RATING})
_NAMED_SCORES = frozenset({Role.NPS, Role.CSAT, Role.CES})
ONLY_ONE = frozenset({Role.ID, Role.WEIGHT, Role.SUBJECT, Role.LOCATION, Role.TOUCHPOINT, Role.LANGUAGE, Role.CHANNEL})

# Words are matched in folded text: no accents, lower case, one space between words.
_NPS = re.compile(
    r"\bnps\b|\bnet ?pro\b|\bnet ?promoter\b|(?:raccomand|consigli)\w*.*\b(?:amic|collegh|collega)"
    r"|how likely.*\brecommend|\blikel(?:y|ihood)\b.*\bto recommend|quanto .*probabil\w+ .*(?:consigli|raccomand)"
)
_CES = re.compile(
    r"\bces\b|\beffort score\b|(?:reso|stato) facile|made it easy|customer effort|quanto sforzo|how much effort"
)
_CSAT = re.compile(r"\bcsat\b|customer satisfaction score")
_RECOMMENDED = re.compile(
    r"\brecommend(?:ed|s|ation)?\b|consigliat|consiglier|raccomanda|consiglia\b|would you recommend"
)
_OVERALL = re.compile(
    r"\boverall\b|complessiv|nel complesso|in generale"
    r"|(?:soddisfazione|giudizio|voto|valutazione) (?:globale|finale|generale)"
    r"|general satisfaction|^(?:(?:star )?rating|score|voto|stelle|stars|valutazione|punteggio|soddisfazione)$"
)
_RATING = re.compile(
    r"\b(?:rating|rated?|voto|valutazione|punteggio|stelle|stars|score|gradimento|giudizio)\b|soddisf|satisf|\w{3}rate$"
)
_COMMENT = re.compile(
    r"comment|osservazion|suggeriment|feedback|motiv|\bperche\b|\bwhy\b|\btesto\b|\btext\b|\bcontent\b|\breview\b|recension"
    r"|messaggi|\bmessage\b|opinion|\breason|improve|miglior|\bverbatim\b|\bnote\b|\bcosa\b|racconti|open ended"
)
_DATE = re.compile(
    r"\bdate\b|\bdata\b|\bwhen\b|timestamp|informazioni cronologiche|submitted|\bsubmitdate\b|\bcreated\b|\bgiorno\b"
    r"|received at|collected at|\w(?:date|data)$|^(?:start|end|int)date|\bora\b|\bperiod[o]?\b"
)
_MAIN_DATE = re.compile(
    r"^(?:date|data|timestamp|informazioni cronologiche|recorded ?date|end ?date|submit ?date|data (?:della )?risposta"
    r"|submit date utc|collected at|response received at|created at)$"
)
_ID_STRONG = re.compile(
    r"^(?:id|response ?id|respondent ?id|resp ?num|id ?risposta|risposta ?id|numero risposta|codice risposta"
    r"|submission ?id|record ?id|review ?id|request ?id|token|uuid|no|nr|n|codice|numero)$"
)
_ID_WEAK = re.compile(r"\bid\b|\w{2}id$|\bcode\b|\bcodice\b")
_EMAIL = re.compile(r"\be ?mail\b|posta elettronica")
_PEOPLE = re.compile(
    r"\b(?:operator[ei]?|operatrice|addett[oaie]|dipendente|employee|agent|agente|staff name|venditor[ei]|tecnic[oa]"
    r"|consulente)\b"
)
_CUSTOMER = re.compile(
    r"\b(?:customer|client[ei]?|author|autore|reviewer|cognome|respondent|recipient|user|person|contatto|contact)\b"
    r"|^(?:(?:first|last|full|your) )?name$|^(?:il suo )?nome$"
)
_SUBJECT = re.compile(
    r"\b(?:airline|company|azienda|brand|marca|marchio|competitor|concorrente|fornitore|vendor|product|prodotto"
    r"|subject|impresa|hotel)\b"
)
_LOCATION = re.compile(
    r"\b(?:location|sede|filiale|negozio|punto vendita|branch|store|shop|airport|aeroporto|citta|city|localita|ufficio"
    r"|stabilimento|agenzia)\b"
)
_TOUCHPOINT = re.compile(r"touch ?point|punto di contatto|momento della verita|fase del viaggio|journey stage")
_LANGUAGE = re.compile(r"\b(?:lang|language|lingua|userlanguage|startlanguage)\b")
_CHANNEL = re.compile(r"\b(?:channel|canale|source|collector|mezzo)\b")
_WEIGHT = re.compile(r"^(?:weight|weights|peso|ponderazione|survey weight|wgt|coefficiente di ponderazione)$")
_NEVER = re.compile(
    r"latitud|longitud|accuracy|\bip ?address\b|duration|durata in second|progress|\blink\b"
    r"|\burl\b|permalink|\bcountry\b|\bzip\b|\bcap\b"
)


@dataclass(frozen=True)
class Guess:
    """A role, how sure (0–1), and why: ``declared``, ``name``, ``contents``, ``battery`` or ``people``."""

    role: Role
    confidence: float
    why: str


def fold(text: str) -> str:
    """Lower case without accents; camel case, underscores and punctuation become single spaces.

    >>> fold("Quanto è probabile…?"), fold("RecordedDate"), fold("overall_rating")
    ('quanto e probabile', 'recorded date', 'overall rating')
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).lower()
    return re.sub(r"[^\w]+|_+", " ", text).strip()


def is_about_people(name: str) -> bool:
    """Whether a column names the people who work: they are never ranked.

    >>> is_about_people("Operatore"), is_about_people("Sede")
    (True, False)
    """
    return bool(_PEOPLE.search(fold(name)))


def guess_roles(columns: Sequence[ColumnProfile], declared: Mapping[str, Role]) -> dict[str, Guess]:
    """The role of every column; what was declared is taken as it is."""
    guesses = {column.name: guess_role(column) for column in columns}
    _take_batteries(columns, guesses)
    for name, role in declared.items():
        guesses[name] = Guess(role, 1.0, "declared")
    _keep_one_of_each(columns, guesses)
    return guesses


def guess_role(column: ColumnProfile) -> Guess:
    """The role of one column seen by itself."""
    if not column.filled:
        return Guess(Role.IGNORE, 0.9, "contents")
    guesses = []
    for text, sure in ((fold(column.name), 1.0), (fold(column.label), 0.95)):
        if text and (guess := _from_text(text, column)):
            guesses.append(Guess(guess.role, round(guess.confidence * sure, 2), guess.why))
    if len(guesses) == 2 and guesses[0].role in (Role.OVERALL, Role.RATING) and guesses[1].role in _NAMED_SCORES:
        # «Voto» may be any mark; the question under it says which
        return guesses[1]
    return guesses[0] if guesses else _from_contents(column)


def _from_text(text: str, column: ColumnProfile) -> Guess | None:
    if _NEVER.search(text):
        return Guess(Role.IGNORE, 0.8, "name")
    numeric = column.share("numeric") >= 0.8
    if numeric and (guess := _score(text, column)):
        return guess
    if column.share("dated") >= 0.6 and _DATE.search(text):
        return Guess(Role.DATE, 0.98 if _MAIN_DATE.match(text) else 0.9, "name")
    if column.share("serial") >= 0.95 and column.looked >= 3 and _DATE.search(text):
        # Days as a spreadsheet numbers them, whose format was lost on the way
        return Guess(Role.DATE, 0.9 if _MAIN_DATE.match(text) else 0.8, "name")
    if _ID_STRONG.match(text) and column.share("different") >= 0.5:
        return Guess(Role.ID, 0.95, "name")
    if (
        _ID_WEAK.search(text)
        and column.share("different") >= 0.98
        and column.looked >= 5
        and not _CUSTOMER.search(text)
    ):
        return Guess(Role.ID, 0.6, "name")
    return _who_or_where(text, column, numeric)


def _score(text: str, column: ColumnProfile) -> Guess | None:
    """Roles of numeric columns; the surest words first."""
    if _NPS.search(text) and column.different > 2:
        return Guess(Role.NPS, 0.97, "name")
    if _RECOMMENDED.search(text) and column.share("yes_no") >= 0.9:
        return Guess(Role.RECOMMENDED, 0.95, "name")
    if _NPS.search(text):
        return Guess(Role.NPS, 0.9, "name")
    if _WEIGHT.match(text):
        return Guess(Role.WEIGHT, 0.95, "name")
    for pattern, role, sure in (
        (_CSAT, Role.CSAT, 0.95),
        (_CES, Role.CES, 0.9),
        (_OVERALL, Role.OVERALL, 0.9),
        (_RATING, Role.RATING, 0.85),
    ):
        if pattern.search(text) and not column.overflowed:
            return Guess(role, sure, "name")
    return None


def _who_or_where(text: str, column: ColumnProfile, numeric: bool) -> Guess | None:
    if _EMAIL.search(text) and column.share("emails") >= 0.5:
        return Guess(Role.EMAIL, 0.97, "name")
    if _PEOPLE.search(text) and not numeric:
        return Guess(Role.IGNORE, 0.9, "people")
    if _RECOMMENDED.search(text) and column.share("yes_no") >= 0.9:
        return Guess(Role.RECOMMENDED, 0.95, "name")
    wordy = column.mean_words >= 2.5 or column.different > 0.8 * column.looked
    if not numeric and _COMMENT.search(text) and wordy:
        return Guess(Role.COMMENT, 0.9, "name")
    for pattern, role, sure, needs_words in (
        (_TOUCHPOINT, Role.TOUCHPOINT, 0.9, True),
        (_LANGUAGE, Role.LANGUAGE, 0.85, False),
        (_CHANNEL, Role.CHANNEL, 0.85, True),
        (_SUBJECT, Role.SUBJECT, 0.85, True),
        (_LOCATION, Role.LOCATION, 0.85, True),
        (_CUSTOMER, Role.CUSTOMER, 0.75, False),
    ):
        if pattern.search(text) and not (needs_words and (numeric or column.mean_words > 6)):
            return Guess(role, sure, "name")
    return None


def _from_contents(column: ColumnProfile) -> Guess:
    if column.share("emails") >= 0.9:
        return Guess(Role.EMAIL, 0.9, "contents")
    if column.share("dated") >= 0.9 and column.share("numeric") < 0.5:
        return Guess(Role.DATE, 0.6, "contents")
    if column.mean_words >= 8 and column.share("different") >= 0.8:
        return Guess(Role.COMMENT, 0.7, "contents")
    return Guess(Role.IGNORE, 0.4, "contents")


def _take_batteries(columns: Sequence[ColumnProfile], guesses: dict[str, Guess]) -> None:
    """Three or more neighbours of one family (Q7FOOD, Q7STORE, Q7SIGN …) answered on one scale are rated items."""
    families: dict[tuple[str, float], list[ColumnProfile]] = defaultdict(list)
    for column in columns:
        stem = re.match(r"^(?:[A-Za-z]{0,3}\d+|[^\W\d]+(?=[_.\[\s-]))", column.name)
        if stem and guesses[column.name].confidence <= 0.4 and (top := _battery_top(column)):
            families[(stem.group(), top)].append(column)
    for family in families.values():
        if len(family) >= 3:
            for column in family:
                guesses[column.name] = Guess(Role.RATING, 0.6, "battery")


def _battery_top(column: ColumnProfile) -> float | None:
    """5, 7 or 10 where the values look like marks: whole, nearly all of 1–5 in use, none beyond ten."""
    if column.overflowed or column.share("numeric") < 0.9:
        return None
    numbers = column.numbers()
    if not numbers or min(numbers) < 0 or max(numbers) > 10 or any(value != int(value) for value in numbers):
        return None
    if not {2.0, 3.0, 4.0, 5.0} <= set(numbers):
        return None
    # 6 and 0 beside 1–5 are commonly codes for «never used» and «no answer»; the scale is settled later.
    return 5.0 if max(numbers) <= 6 else 7.0 if max(numbers) == 7 else 10.0


def _keep_one_of_each(columns: Sequence[ColumnProfile], guesses: dict[str, Guess]) -> None:
    """One id, weight, subject …: the declared one, else the surest, else the first. Also one guessed overall score."""
    by_name = {column.name: column for column in columns}
    for role in (*sorted(ONLY_ONE), Role.OVERALL):
        named = [name for name in by_name if guesses[name].role == role]
        declared = [name for name in named if guesses[name].why == "declared"]
        if len(named) < 2 or len(declared) == len(named):
            continue
        best = {*declared} or {max(named, key=lambda name: (guesses[name].confidence, by_name[name].filled))}
        for name in named:
            if name not in best:
                rest = Role.RATING if role == Role.OVERALL else Role.IGNORE
                guesses[name] = Guess(rest, 0.5, guesses[name].why)


def names_a_date(column: ColumnProfile) -> bool:
    """Whether the name promises a date although the contents are none (a day of the month, say)."""
    name = fold(column.name)
    return bool(_DATE.search(name)) and column.share("dated") < 0.6 and column.share("numeric") > 0.5


def names_marks(column: ColumnProfile) -> Role | None:
    """The role that the name promises although too few of the cells are numbers; ``None`` where it promises none."""
    name = fold(column.name)
    if column.share("numeric") >= 0.8:
        return None
    patterns = (
        (_NPS, Role.NPS),
        (_CSAT, Role.CSAT),
        (_CES, Role.CES),
        (_OVERALL, Role.OVERALL),
        (_RATING, Role.RATING),
    )
    return next((role for pattern, role in patterns if pattern.search(name)), None)


def main_date(columns: Sequence[ColumnProfile], guesses: Mapping[str, Guess]) -> str | None:
    """The date by which answers are put in time: the declared or surest one, then the best filled, then the first."""
    dates = [column for column in columns if guesses[column.name].role == Role.DATE]
    if not dates:
        return None
    return max(
        dates,
        key=lambda column: (
            guesses[column.name].why == "declared",
            column.filled,
            guesses[column.name].confidence,
        ),
    ).name

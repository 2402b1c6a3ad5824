"""Text as the heads read it: markup and invisible characters gone, typing habits undone, clauses with their places."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: Longer texts are read up to here; what follows is not guessed at, and `uncertain` says so
LONGEST = 6_000

_TAG = re.compile(r"<[^<>]{0,200}>|&(?:nbsp|amp|lt|gt|quot|#\d{1,5});")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
_BLANKS = " \t\u00a0"
#: «e' arrivato», «sara' pronto»: an accent typed as an apostrophe
_TYPED_ACCENT = re.compile(
    r"(?<![\w'])(?:e|\w{2,}r[ao]|meta|puo|piu|gia|cosi|(?:lune|marte|mercole|giove|vener)di)['’](?=[\s.,;:!?)]|$)",
    re.IGNORECASE,
)
#: One look says whether there is anything of the kind
_UNSEEN = re.compile(rf"{_INVISIBLE.pattern[:-1]}\u0300-\u036f]|[{_BLANKS}][{_BLANKS}]|['’](?![\w'])")
_SPACE = re.compile(r"\s+")
_LONG_LETTERS = re.compile(r"([a-zA-Zàèéìòù])\1{2,}")
_LONG_SIGNS = re.compile(r"([!?.,])\1{2,}")
_ACCENT = re.compile(r"(?<![\w'])(\w{2,})([aeiouAEIOU])'(?=[\s.,;:!?)]|$)")
_ACCENTS = {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}
_KEEP = {"po", "mo", "be", "va", "fa", "da", "di", "sta", "ca", "to", "vo", "gio"}
_TYPED = {
    "nn": "non", "cmq": "comunque", "xke": "perché", "xké": "perché", "xchè": "perché", "xché": "perché", "xche": "perché",
    "xkè": "perché", "perke": "perché", "perkè": "perché", "perchè": "perché", "perche": "perché", "ke": "che", "ki": "chi", "kosa": "cosa",
    "anke": "anche", "qlc": "qualcosa", "qlcn": "qualcuno", "qlcs": "qualcosa", "qnd": "quando", "qndo": "quando",
    "tt": "tutto", "tutt": "tutto", "sn": "sono", "grz": "grazie", "gg": "giorni", "prox": "prossima", "dv": "dove",
    "cn": "con", "pk": "perché", "poi": "poi", "xò": "però", "pero": "però", "piu": "più", "gia": "già", "cosi": "così",
    "puo": "può", "citta": "città", "qualita": "qualità", "xme": "per me", "x": "per", "tel": "telefono", "info": "informazioni",
    "xfavore": "per favore", "xfetto": "perfetto", "sl": "solo", "qst": "questo", "qsto": "questo", "qsta": "questa",
    "msg": "messaggio", "pls": "please", "plz": "please", "thx": "thanks", "u": "you", "ur": "your", "b4": "before",
    "gr8": "great", "dont": "don't", "cant": "can't", "wont": "won't", "didnt": "didn't", "doesnt": "doesn't",
    "isnt": "isn't", "wasnt": "wasn't", "couldnt": "couldn't", "ppl": "people", "bc": "because", "cuz": "because",
}  # fmt: skip
_WORD = re.compile(r"\w+(?:['’]\w+)?|[^\w\s]")
_SENTENCE = re.compile(r"(?<=[.!?;…])[\s]+|(?<=[.!?;…])(?=[A-ZÀÈÉ])|\n+|\r+")
_TURN = re.compile(
    r"\s*[,:(]?\s*(?<!\w)(?=(?:ma|però|pero'|invece|mentre|purtroppo|tuttavia|peccato|anche\s+se|eppure|solo\s+che|unica\s+pecca|in\s+compenso|but|however"
    r"|although|though|while|whereas|unfortunately|except|only\s+that|sadly|yet)(?!\w))",
    re.IGNORECASE,
)
#: «la piscina però era chiusa»: the turn stands behind what it speaks of, and begins before it
_BEHIND = re.compile(
    r"\s*[,;:]\s*(?=(?:(?:il|lo|la|i|gli|le|un|una|uno)\s+|l['’]\s?|un['’]\s?)(?:\w+\s+){1,2}(?:però|invece|purtroppo)(?!\w))",
    re.IGNORECASE,
)
_SUBJECT = re.compile(r"\s*(?:(?:il|lo|la|i|gli|le|un|una|uno)\s+|l['’]\s?|un['’]\s?)\w+(?:\s+\w+)?\s*", re.IGNORECASE)
_COMMA = re.compile(r"\s*[,:()/–]\s+|\s+-\s+")
_AND = re.compile(r"\s+(?=(?:e|ed|and)\s+\w+\s+\w+\s+\w+)", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """A stretch of the original text, [start, end), and the same cleaned for the heads."""

    start: int
    end: int
    clean: str


def visible(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """The text as it is seen: without characters that nobody sees and doubled spaces, accents written as one letter
    («perche´», «sara'»); and [start, end) of each character in the text itself, None where nothing is changed.

    >>> visible("ve\u200bn  o"), visible("sara' qui")[0], visible("ven")
    (('ven o', [(0, 1), (1, 2), (3, 4), (4, 5), (6, 7)]), 'sarà qui', ('ven', None))
    """
    if not _UNSEEN.search(text):
        return text, None
    seen: list[str] = []
    places: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if _INVISIBLE.match(character) or (character in _BLANKS and seen and seen[-1] in _BLANKS):
            continue
        joined = unicodedata.normalize("NFC", seen[-1] + character) if seen and unicodedata.combining(character) else ""
        if len(joined) == 1:
            seen[-1], places[-1] = joined, (places[-1][0], at + 1)
        else:
            seen.append(character)
            places.append((at, at + 1))
    for match in reversed(list(_TYPED_ACCENT.finditer("".join(seen)))):
        last = match.end() - 2
        seen[last] = {"a": "à", "e": "è", "i": "ì", "o": "ò", "u": "ù"}[seen[last].lower()]
        places[last] = (places[last][0], places[last + 1][1])
        del seen[last + 1], places[last + 1]
    return "".join(seen), places


def span_in_text(span: tuple[int, int], places: list[tuple[int, int]] | None) -> tuple[int, int]:
    """Where in the text itself a span of what :func:`visible` shows stands.

    >>> span_in_text((1, 3), visible("ve\u200bn  o")[1]), span_in_text((1, 3), None)
    ((1, 4), (1, 3))
    """
    return span if places is None else (places[span[0]][0], places[span[1] - 1][1])


def clean(text: str) -> str:
    """The text as it was meant: no markup, no invisible signs, accents in place, no shouting, no k for ch.

    >>> clean("NON TORNO PIU' !!!!  <b>XKE</b> NN RISP\u200bONDETE")
    'non torno più ! perché non rispondete'
    """
    text = unicodedata.normalize("NFC", text)
    text = _TAG.sub(" ", _URL.sub(" ", _INVISIBLE.sub("", text)))
    text = text.replace("’", "'").replace("`", "'").replace("´", "'")
    letters = [c for c in text if c.isalpha()]
    if len(letters) > 5 and sum(c.isupper() for c in letters) > 0.6 * len(letters):
        text = text.lower()
    text = _LONG_SIGNS.sub(r"\1", _LONG_LETTERS.sub(r"\1", text))
    text = _ACCENT.sub(_accented, text)
    text = re.sub(r"(?<!\w)[eE]'(?=\s)", "è", text)
    text = re.sub(r"\w+", lambda m: _TYPED.get(m.group().lower(), m.group()), text)
    return _SPACE.sub(" ", text).strip()


def _accented(match: re.Match[str]) -> str:
    stem, vowel = match[1], match[2]
    word = (stem + vowel).lower()
    if word in _KEEP:
        return match.group()
    accented = "é" if word.endswith(("che", "ne")) else _ACCENTS[vowel.lower()]
    return stem + (accented.upper() if vowel.isupper() else accented)


@lru_cache(maxsize=2048)
def words(text: str) -> tuple[str, ...]:
    """Words and signs of cleaned text, in lower case; kept for a while, since several ask for the same."""
    return tuple(_WORD.findall(text.lower()))


def clauses(text: str) -> list[Clause]:
    """The text in clauses, each saying as a rule one thing about one matter; empty for a text without letters.

    Cut at the end of sentences, at «ma», «but» and the like, and at commas and «e» between parts long enough to stand
    for themselves.

    >>> [c.clean for c in clauses("Camera pulita, ma il personale è stato sgarbato. Caro!")]
    ['Camera pulita', 'ma il personale è stato sgarbato.', 'Caro!']
    >>> [c.clean for c in clauses("Personale gentile, la piscina però era chiusa")]
    ['Personale gentile', 'la piscina però era chiusa']
    """
    pieces = [(0, min(len(text), LONGEST))]
    for rule, least in ((_SENTENCE, 1), (_BEHIND, 1), (_TURN, 1), (_COMMA, 2), (_AND, 3)):
        pieces = [part for piece in pieces for part in _cut(text, piece, rule, least)]
    result = []
    for start, end in pieces:
        cleaned = clean(text[start:end])
        if any(c.isalnum() for c in cleaned):
            left = len(text[start:end]) - len(text[start:end].lstrip())
            result.append(Clause(start + left, start + len(text[start:end].rstrip()), cleaned))
    return result


def _cut(text: str, piece: tuple[int, int], rule: re.Pattern[str], least: int) -> list[tuple[int, int]]:
    """Cut a piece wherever the rule allows and both sides keep at least so many words."""
    start, end = piece
    parts, begin = [], start
    for match in rule.finditer(text, start, end):
        if match.start() <= begin and match.end() <= begin:
            continue
        left, right = text[begin : match.start()], text[match.end() : end]
        if rule is _TURN and _SUBJECT.fullmatch(left) and right[:4].lower() in {"però", "inve", "purt"}:
            continue
        if len(left.split()) >= least and len(right.split()) >= least:
            parts.append((begin, match.start()))
            begin = match.end()
    parts.append((begin, end))
    return parts

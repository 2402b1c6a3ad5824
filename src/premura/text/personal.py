"""Personal data in a text: found with checksums where there are any, and masked before anybody else sees the text.

Kinds: email, phone, codice_fiscale, iban, partita_iva, card, plate, name, address (where somebody lives, not every street). Numbers are checked by `python-stdnum` and
`phonenumbers`; names by a list of first names and what stands beside them, so that a name nobody knows may be missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from premura.text.tokens import span_in_text, visible

_EMAIL = re.compile(r"[\w.+\-]{1,64}@(?:[a-zA-Z0-9\-]{1,63}\.){1,4}[a-zA-Z]{2,24}(?!\w)")
_EMAIL_SAID = re.compile(
    r"[\w.+\-]{1,64}\s?[\[(]\s?(?:at|chiocciola)\s?[\])]\s?[a-zA-Z0-9\-]{1,63}(?:\s?(?:\.|[\[(]\s?(?:dot|punto)\s?[\])])\s?[a-zA-Z0-9\-]{1,63}){1,4}(?!\w)",
    re.IGNORECASE,
)
_EMAIL_SPELT = re.compile(
    r"[\w.+\-]{1,64}\s+chiocciola\s+[a-zA-Z0-9\-]{1,63}(?:\s?(?:\.|\spunto\s)\s?[a-zA-Z0-9\-]{1,63}){1,3}(?!\w)",
    re.IGNORECASE,
)
_FISCAL = re.compile(r"(?<!\w)[A-Za-z]{3}\s?[A-Za-z]{3}\s?[\dLMNPQRSTUVlmnpqrstuv]{2}\s?[A-Za-z][\dLMNPQRSTUVlmnpqrstuv]{2}\s?[A-Za-z][\dLMNPQRSTUVlmnpqrstuv]{3}[A-Za-z](?!\w)")  # fmt: skip
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:[\s\-]?[A-Za-z0-9]){11,30}(?!\w)")
_DIGITS = re.compile(r"(?<![\w.,/])(?:\(?\+|00|\()?\d(?:[\s.\-/()]{0,2}\d){5,18}(?!\w)")
_VAT = re.compile(r"(?<!\w)IT\s?(?P<number>\d{11})(?!\d)", re.IGNORECASE)
_PLATE = re.compile(r"(?<!\w)[A-HJ-NPR-TV-Z]{2}[\s\-]?\d{3}[\s\-]?[A-HJ-NPR-TV-Z]{2}(?!\w)")
_PLATE_SAID = re.compile(
    r"(?<!\w)(?:targa(?:ta)?|plate)\s*:?\s*(?P<plate>[a-zA-Z]{2}\s?\d{3}\s?[a-zA-Z]{2})(?!\w)", re.IGNORECASE
)
#: How card numbers begin, by their length: bar codes of goods have thirteen digits and a like check
_CARD = re.compile(r"4\d{12}|3[0689]\d{12}|3[47]\d{13}|[2-6]\d{15}|6\d{16,18}|5\d{16,18}")
_CODE_BEFORE = re.compile(r"(?<!\w)(?:modello|model|articolo|art\.?|codice|cod\.?|code|rif\.?|ref\.?|ordine|order)\s*:?\s*$", re.IGNORECASE)  # fmt: skip
_CAPITAL = r"[A-ZÀÈÉÌÒÙ][a-zàèéìòù'’]+"
_NAME = re.compile(
    rf"(?<![\w@.])(?P<first>{_CAPITAL})(?P<more>(?:\s+(?:(?:De|Di|Del|Della|Da|Lo|La|Mc|O['’])\s?)?{_CAPITAL}){{0,2}})(?![\w@])"
)
#: «mi chiamo giulia bianchi», as typed on a telephone
_SAID_LOW = re.compile(r"(?<!\w)(?:mi\s+chiamo|il\s+mio\s+nome\s+è|my\s+name\s+is)\s+(?P<first>[a-zàèéìòù]{3,})(?:\s+(?P<more>[a-zàèéìòù]{3,}))?(?!\w)", re.IGNORECASE)  # fmt: skip
#: «MARIO ROSSI»
_SHOUTED = re.compile(r"(?<![\w@.])(?P<first>[A-ZÀÈÉÌÒÙ]{3,})(?![\w@])(?=(?P<more>\s+[A-ZÀÈÉÌÒÙ]{3,}(?!\w))?)")
_TITLE = re.compile(r"(?<!\w)(?:sig\.?(?:ra|na|r\.?a|or|nora)?\.?|signor[ae]?|signorina|dott\.?(?:\.?ssa|oressa|or)?\.?|dr\.?(?:ssa)?\.?|avv\.?|ing\.?|geom\.?|prof\.?(?:ssa)?\.?|mr\.?|mrs\.?|ms\.?|miss)\s+$", re.IGNORECASE)  # fmt: skip
_INTRODUCED = re.compile(r"(?<!\w)(?:mi\s+chiamo|il\s+mio\s+nome\s+è|a\s+nome(?:\s+di)?|di\s+nome|my\s+name\s+is|this\s+is|i'm|named|called|firmato|signed)\s+$", re.IGNORECASE)  # fmt: skip
_GOES_ON = {"sono", "non", "vorrei", "abito", "vivo", "and", "from", "ho", "con", "per", "che", "was"}
_PLACE = re.compile(r"(?<!\w)(?:via|viale|piazza|piazzale|corso|largo|vicolo|san|santa|santo|sant'|hotel|albergo|villa|chiesa|ospedale|istituto|street|st\.?|bar|ristorante|trattoria|pizzeria|porta|ponte|stazione|monte|lago)\s*$", re.IGNORECASE)  # fmt: skip

_STREET = re.compile(
    rf"(?<!\w)(?:[Vv]ia|[Vv]iale|[Pp]iazza|[Pp]iazzale|[Cc]orso|[Ll]argo|[Vv]icolo|[Ss]trada|[Cc]ontrada|[Ll]ocalità|[Cc]alle)\s+(?:[\w'’.]+\s+){{0,4}}?{_CAPITAL}"
    r",?\s+(?:n\.?\s?|nr\.?\s?|civico\s+)?\d{1,4}(?:\s?/?\s?[A-Za-z](?!\w))?(?!\d)"
    rf"|(?<!\w)\d{{1,4}}[A-Za-z]?\s+(?:{_CAPITAL}\s+){{1,3}}(?:Street|Road|Avenue|Lane|Drive|Close|Crescent|Terrace|Way|St|Rd|Ave)(?!\w)"
)
#: A street is personal where somebody lives or waits in it; where a shop is, it is none
_LIVES = re.compile(
    r"(?<!\w)(?:abit|risied|resid|domicili|vivo|viviamo|casa|indirizzo|consegn|sped|recapit|citofon|liv(?:e|es|ing)\s+(?:at|on|in)|address|deliver|ship|my\s+(?:house|flat|home|place)|home)[^.!?\n]{0,60}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Personal:
    """One piece of personal data and its character offsets [start, end) in the text."""

    kind: str
    span: tuple[int, int]


def find_personal(text: str) -> list[Personal]:
    """All personal data of a text, in order, without overlaps. Errors: none.

    >>> [found.kind for found in find_personal("Sono Anna Verdi, anna@example.com")]
    ['name', 'email']
    """
    shown, places = visible(text)
    return [Personal(each.kind, span_in_text(each.span, places)) for each in _find(shown)]


def _find(text: str) -> list[Personal]:
    found: list[Personal] = []
    for candidates in (
        _emails(text),
        _fiscal(text),
        _ibans(text),
        _numbers(text),
        _plates(text),
        _addresses(text),
        _names(text),
    ):
        for each in candidates:
            if all(each.span[1] <= other.span[0] or other.span[1] <= each.span[0] for other in found):
                found.append(each)
    return sorted(found, key=lambda each: each.span)


def mask(text: str, found: Iterable[Personal]) -> str:
    """The text with each piece of personal data replaced by its kind in brackets.

    >>> mask("Scrivete a anna@example.com", find_personal("Scrivete a anna@example.com"))
    'Scrivete a [email]'
    """
    for each in sorted(found, key=lambda each: each.span, reverse=True):
        text = f"{text[: each.span[0]]}[{each.kind}]{text[each.span[1] :]}"
    return text


def _emails(text: str) -> Iterator[Personal]:
    if "@" in text:
        yield from (Personal("email", m.span()) for m in _EMAIL.finditer(text))
    if "(" in text or "[" in text:
        yield from (Personal("email", m.span()) for m in _EMAIL_SAID.finditer(text))
    if "chiocciola" in text.lower():
        yield from (Personal("email", m.span()) for m in _EMAIL_SPELT.finditer(text))


def _fiscal(text: str) -> Iterator[Personal]:
    for match in _FISCAL.finditer(text):
        from stdnum.it import codicefiscale

        if codicefiscale.is_valid(re.sub(r"\s", "", match.group())):
            yield Personal("codice_fiscale", match.span())


def _ibans(text: str) -> Iterator[Personal]:
    for match in _IBAN.finditer(text):
        from stdnum import iban

        # What follows an IBAN may look like more of it: the longest beginning that passes the check is the number
        for end in range(match.end(), match.start() + 14, -1):
            if (
                text[end - 1].isalnum()
                and (end == len(text) or not text[end].isalnum())
                and iban.is_valid(text[match.start() : end])
            ):
                yield Personal("iban", (match.start(), end))
                break


def _numbers(text: str) -> Iterator[Personal]:
    for match in _VAT.finditer(text):
        if _is_vat(match["number"]):
            yield Personal("partita_iva", match.span())
    for match in _DIGITS.finditer(text):
        kind = _kind_of_number(text, match)
        if kind:
            yield Personal(kind, match.span())


def _kind_of_number(text: str, match: re.Match[str]) -> str | None:
    digits = re.sub(r"\D", "", match.group())
    said = text[max(0, match.start() - 30) : match.start()].lower()
    if len(digits) >= 13:
        from stdnum import luhn

        if _CARD.fullmatch(digits) and luhn.is_valid(digits):
            return "card"
    if len(digits) == 11 and _is_vat(digits):
        named = re.search(r"iva|vat|fiscal|codice|azienda|ditta|\bit\s?$", said)
        if named or not _is_phone(match.group()):
            return "partita_iva"
    return "phone" if _is_phone(match.group()) else None


def _is_vat(digits: str) -> bool:
    from stdnum.it import iva

    return bool(iva.is_valid(digits))


@lru_cache(maxsize=4096)
def _is_phone(written: str) -> bool:
    """A number that can be dialled, from Italy or with its country in front; never a date or a short count."""
    if re.fullmatch(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}", written.strip()) or re.fullmatch(
        r"(?:19|20)\d{2}[\s\-/]+(?:19|20)?\d{2}", written
    ):
        return False
    import phonenumbers  # its tables take a moment to load: only texts with long numbers pay

    digits = re.sub(r"\D", "", written)
    begins = written.strip().startswith(("+", "00", "0", "3", "(")) or digits.startswith(("800", "39"))
    if not begins or len(digits) < 8:
        return False
    # A British number without its country: eleven digits from 01, 02 or 07
    countries = ("IT", "GB") if re.match(r"0[127]\d{9}$", digits) else ("IT",)
    for country in countries:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(written, country)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _plates(text: str) -> Iterator[Personal]:
    for pattern, group in ((_PLATE, 0), (_PLATE_SAID, "plate")):
        for match in pattern.finditer(text):
            if not _CODE_BEFORE.search(text, max(0, match.start() - 20), match.start()):
                yield Personal("plate", match.span(group))


def _addresses(text: str) -> Iterator[Personal]:
    for match in _STREET.finditer(text):
        if _LIVES.search(text, max(0, match.start() - 80), match.start()):
            yield Personal("address", match.span())


@lru_cache(maxsize=1)
def _first_names() -> tuple[frozenset[str], frozenset[str]]:
    lines = resources.files("premura.text").joinpath("names.txt").read_text(encoding="utf-8").splitlines()
    plain = {name for line in lines if line and line[0] not in "#~" for name in line.split()}
    words = {name for line in lines if line.startswith("~") for name in line[1:].split()}
    return frozenset(plain - words), frozenset(words)


def is_first_name(word: str) -> bool:
    """Whether people are called so, however it is written; not where it is an everyday word as well.

    >>> is_first_name("giulia"), is_first_name("Rosa")
    (True, False)
    """
    return word.title() in _first_names()[0]


def _names(text: str) -> Iterator[Personal]:
    yield from _capitalised_names(text)
    plain, words = _first_names()
    for match in _SAID_LOW.finditer(text):
        if match["first"].title() in plain | words:
            ends = match.end("first") if (match["more"] or "").lower() in _GOES_ON else match.end()
            yield Personal("name", (match.start("first"), ends))
    is_shouting = text.isupper()  # then what follows a name is any word
    for match in _SHOUTED.finditer(text):
        if match["first"].title() in plain:
            yield Personal(
                "name", (match.start(), match.end() if is_shouting or not match["more"] else match.end("more"))
            )


def _capitalised_names(text: str) -> Iterator[Personal]:
    plain, words = _first_names()
    for match in _NAME.finditer(text):
        before = text[max(0, match.start() - 30) : match.start()]
        if _PLACE.search(before):
            continue
        if _TITLE.search(before) or (_INTRODUCED.search(before) and match["first"] in plain | words):
            yield Personal("name", match.span())
            continue
        parts = match.group().split()
        at = next((i for i, part in enumerate(parts) if part in plain), None)
        if (
            at is None
            and parts[0] in words
            and len(parts) > 1
            and parts[1] not in plain | words
            and match.start()
            and not re.search(r"[.!?]\s*$", before)
        ):
            at = 0
        if at is not None and not (at and _PLACE.search(parts[at - 1] + " ")):
            start = match.start() + match.group().index(parts[at])
            yield Personal("name", (start, match.end()))

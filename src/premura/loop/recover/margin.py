"""The margin beside a reply that is being written: what is missing or hurts, as plain rules on this machine (row S44).

Pure. It suggests and never blocks: a rule that is wrong about a sentence costs a glance. Italian and English. Limits:
the rules look at words and their order, not at meaning; irony and quoted text deceive them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from premura.text.promises import read_vague
from premura.text.vague import PLAIN_WORDING, Wording

#: More of a reply than this is not read
_LONGEST = 20_000
_WORD = re.compile(r"[^\W\d_]{4,}")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
# What says nothing of a problem: long function words, greetings, and the words of every complaint
_NOT_A_PROBLEM = (
    "alla alle allo anche ancora avere aveva avete abbiamo buongiorno buonasera che chi come con contro cosa cosi "
    "così  cordiali dal dalla dalle degli del della delle dello dopo dove dovete due essere fatto gentile gentili "
    "grazie hanno  invece loro mai meno mentre mia mie mio molto nei nella nelle niente noi non nostra nostre "
    "nostri nostro nulla ogni  oggi ora perche perché però più poi prima pure qualche quale quando quanto quella "
    "quelle quelli quello questa queste  questi questo sarà sara saluti sempre senza sono sotto stata state stati "
    "stato sua sue suo suoi tra tre tutta tutte  tutti tutto una uno vorrei vostra vostre vostri vostro signora "
    "signor buona sera giorno giorni ieri domani scusi  about after again also been before being could dear does "
    "doing down each even from good have having hello here  into just kind more most much must only other over "
    "please really regards same should some such thank thanks that  their them then there these they this those "
    "through under until very want were what when where which while will  with would your yours sorry today "
    "yesterday tomorrow days "
)
_EMPTY = frozenset(_NOT_A_PROBLEM.split())
_SOLUTION = re.compile(
    r"\b(sostitui\w+|rimbors\w+|mandiamo|manderemo|inviamo|invieremo|consegn(iamo|eremo)|ripar(iamo|eremo)|provved\w+|"
    r"scont\w+|offriamo|risolv\w+|rifa(cciamo|remo)|restitu(iamo|iremo)|accredit\w+|può passare|passi pure|"
    r"we will|we['’]ll|we are sending|refund\w*|replac\w+|repair\w*|credit\w*|discount|fix(ed)?|resend\w*)\b",
    re.IGNORECASE,
)
_APOLOGY = re.compile(
    r"\b(scus\w+|spiac\w+|dispiac\w+|rincresc\w+|mortificat\w+|mi rammaric\w+|perdon\w+|grazie|ringrazi\w+|"
    r"sorry|apolog\w+|regret|thank\w*)\b",
    re.I,
)
_TOLD_US = "letto|controllato|chiesto|avvisato|detto|telefonato|chiamato|segnalato|confermato|scritto|capito"
_TELL_US = "leggere|controllare|avvis\\w+|dir\\w+|chied\\w+|telefon\\w+|chiam\\w+|segnal\\w+|conferm\\w+"
_TOLD = "read|checked|told|called|asked|said|confirmed|written|let"
_BLAME = re.compile(
    rf"\b(avre(bbe|ste|sti) (dovuto|potuto)|(doveva|dovevi|bastava|poteva|potevi) ({_TELL_US})|"
    rf"se (solo )?(ci |mi |lo |la |li |l['’])?avesse ({_TOLD_US})|"
    r"come (le |vi )?((ho|abbiamo|avevo|avevamo) )?già (detto|scritto|spiegato|comunicato)|"
    rf"(è )?colpa sua|(un )?suo errore|(lei )?non (ci |l['’])?ha ({_TOLD_US})|"
    r"(si è|ha) dimenticat\w+|per sua negligenza|"
    r"you should have|you (failed|forgot|neglected) to|as (we |i )?(already |previously )?(stated|told|explained)\b|"
    r"as (we |i )(already |previously )?said|your (own )?(fault|mistake|error)|"
    rf"(if you had|had you|you (could|might) have) ({_TOLD})|"
    r"you (did not|didn['’]t|never) (read|check|tell|call|ask|say|confirm|write|let))\b",
    re.IGNORECASE,
)
#: Whose fault the sentence says it is: ours
_OURS = re.compile(
    r"\b(nostr[aoie]|noi|collega|colleghi|tecnic[oi]|autista|magazzino|officina|chi (l['’]|ha|era|doveva)|"
    r"our|ours|we should|colleague|driver|technician|workshop|whoever)\b",
    re.IGNORECASE,
)
# Beside a figure it is a code: FATTPA 2026/14
_CAPITALS = re.compile(r"(?<![\d/-])\b[A-ZÀÈÉÌÒÙ]{5,}\b(?!\s?[-/]?\d)|\b[A-ZÀÈÉÌÒÙ]{2,}(?:\s+[A-ZÀÈÉÌÒÙ]{2,}){2,}\b")
_TU = re.compile(r"\b(tu|tuo|tua|tuoi|tue|te|ti|hai|puoi|vuoi|devi|scusaci|scusami|fammi|dimmi|ciao)\b", re.I)
#: Asked in anger, and no question
_RHETORICAL = re.compile(
    r"\W*(ma )?(com['’]è possibile|come è possibile|è possibile che|vi (pare|sembra)|le (pare|sembra)|ti pare|"
    r"how is (this|that|it) possible|is (this|that) (how|normal|acceptable)|are you (kidding|serious))",
    re.IGNORECASE,
)
_LEI = re.compile(r"(?<!^)(?<![.!?\n«“] )\b(Lei|Suo|Sua|Suoi|Sue|Le|La)\b(?=\s)|\b(scusi|ci scusi|La ringrazi\w+)\b")


@dataclass(frozen=True)
class Note:
    """One suggestion: ``code`` names the rule, ``words`` say it, ``phrase`` is what it is about, as it was written."""

    code: str
    words: Any
    phrase: str = ""


def notes(
    reply: str,
    *,
    told: Iterable[str] = (),
    name: str = "",
    apology_due: bool = True,
    now: datetime,
    wording: Wording = PLAIN_WORDING,
) -> list[Note]:
    """What could be better in ``reply``, in the order in which a reader would stumble.

    ``told``: what the customer wrote since our last answer; ``name``: theirs, empty when unknown; ``apology_due``:
    nobody has apologised or thanked yet; ``now``: for what counts as a date, where the company is; ``wording``: what it
    calls a vague time.

    >>> now = datetime(2026, 3, 19, 9)
    >>> good = "Gentile Rossi, mi dispiace per la betoniera sporca: la sostituiamo entro venerdì alle 12."
    >>> notes(good, told=["La betoniera era sporca"], name="Rossi Costruzioni", now=now)
    []
    >>> [note.code for note in notes("La sostituiamo al più presto!", told=["La betoniera era sporca"], now=now)]
    ['acknowledge', 'apology', 'vague', 'exclamation']
    """
    reply, told = reply[:_LONGEST], [text[:_LONGEST] for text in told]
    if not reply.strip():
        return []
    vague = [promise.phrase for promise in read_vague(reply, now=now, wording=wording)]
    return list(_notes(reply, told, name, apology_due, vague))


def _notes(reply: str, told: list[str], name: str, apology_due: bool, vague: list[str]) -> Iterator[Note]:
    if name and not _names(reply, name):
        yield Note("name", _("Call them by their name."), name)
    if told and not _acknowledges(reply, told):
        yield Note("acknowledge", _("Name their problem before the solution: they want to know that you have read it."))
    if apology_due and not _APOLOGY.search(reply):
        yield Note("apology", _("Nobody has said sorry or thank you yet."))
    if blame := _blame(reply):
        yield Note("blame", _("This sounds as if it were their fault."), blame)
    if vague:
        yield Note("vague", _("When is that? Name the day."), vague[0])
    nameless = _without(reply, name)
    if capitals := _CAPITALS.search(nameless):
        yield Note("capitals", _("Capitals are read as shouting."), capitals.group())
    if "!" in reply:
        yield Note("exclamation", _("Exclamation marks sound cheerful or cross: a full stop will do."), "!")
    if mixed := mixed_forms(nameless):
        yield Note("forms", _("Formal and informal are mixed: choose one."), ", ".join(mixed))
    if question := open_question(reply, told):
        yield Note("question", _("They asked this, and the reply does not speak of it."), question)


def _blame(reply: str) -> str:
    """The words that put it on the customer; nothing where the sentence says that it was one of us."""
    for sentence in _SENTENCE.split(reply):
        found = _BLAME.search(sentence)
        if found and not _OURS.search(sentence):
            return found.group()
    return ""


def _without(reply: str, name: str) -> str:
    """Without the customer's name: *Signora Tua* is not addressed as a friend, and ROSSI may stand in capitals."""
    parts = [re.escape(part) for part in re.split(r"\W+", name) if part]
    return re.sub(rf"\b({'|'.join(parts)})\b", "", reply, flags=re.IGNORECASE) if parts else reply


#: Words of one meaning that share no beginning
_SAME = {"attes": "aspet", "guast": "rott", "rompe": "rott", "rotte": "rott", "tardi": "ritar"}


def stems(text: str) -> set[str]:
    """The beginnings of the words that say something: *sporca* and *sporche*, *waited* and *wait* are the same."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return {_stem(word) for word in _WORD.findall(plain) if word not in _EMPTY}


def _stem(word: str) -> str:
    """
    >>> [_stem(word) for word in ("sporche", "rotta", "waiting", "waited", "attesa")]
    ['sporc', 'rott', 'wait', 'wait', 'aspet']
    """
    if len(word) > 5:
        word = re.sub(r"(ing|ed)$", "", word)
    stem = word[:4] if len(word) == 5 and word[-1] in "aeios" else word[:5]
    return _SAME.get(stem, stem)


def _names(reply: str, name: str) -> bool:
    parts = [part for part in re.split(r"\W+", name.casefold()) if len(part) > 2]
    said = set(re.split(r"\W+", reply.casefold()))
    return not parts or any(part in said for part in parts)


def _acknowledges(reply: str, told: list[str]) -> bool:
    """Whether something that they wrote of is named before, or in the sentence with, the first solution."""
    theirs = stems(" ".join(told))
    if not theirs:
        return True
    solution = _SOLUTION.search(reply)
    if solution is None:
        return bool(stems(reply) & theirs)
    before = reply[: solution.start()]
    return bool(stems(before) & theirs)


def mixed_forms(reply: str) -> list[str]:
    """A word of *tu* and one of *Lei*, when both are there.

    >>> mixed_forms("Gentile Anna, hai ragione: Le mandiamo la Sua fattura.")
    ['hai', 'Le']
    >>> mixed_forms("Hai ragione, ti mandiamo la fattura."), mixed_forms("Ha ragione, Le mandiamo la fattura.")
    ([], [])
    """
    informal, formal = _TU.search(reply), _LEI.search(reply)
    return [informal.group(), formal.group()] if informal and formal else []


def open_question(reply: str, told: Iterable[str]) -> str:
    """The first question of theirs of which no word comes back in the reply; empty when each has an echo.

    >>> open_question("La sostituiamo domani.", ["Mi rimborsate anche il trasporto?"])
    'Mi rimborsate anche il trasporto?'
    >>> open_question("Le rimborsiamo il trasporto.", ["Mi rimborsate anche il trasporto?"])
    \'\'
    """
    said = stems(reply)
    for text in told:
        for sentence in _SENTENCE.split(text):
            asked = stems(sentence)
            if _RHETORICAL.match(sentence):
                continue
            if sentence.rstrip().endswith("?") and asked and not asked & said:
                return sentence.strip()
    return ""

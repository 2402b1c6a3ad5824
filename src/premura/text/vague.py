"""Vague time (S52): «al più presto», «a breve», "as soon as possible" promise something and name no day.

What counts is a list of families, each a pattern with examples that a reader understands; a company adds phrases of its
own, says which are fine with it, and switches families off (`Wording`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Family:
    """Phrases of one kind: a ``code`` that stays, the ``language``, ``examples`` to show, and the ``pattern``."""

    code: str
    language: str
    examples: str
    pattern: str


@dataclass(frozen=True)
class Wording:
    """What a company says differently: ``own`` vague phrases, those that are ``fine``, families switched ``off``."""

    own: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()
    off: frozenset[str] = frozenset()


#: As they come: of two that begin at one place the first in this list is found
FAMILIES = (
    Family(
        "al-piu-presto",
        "it",
        "al più presto, quanto prima, il prima possibile",
        r"(?:al|quanto|il)\s+pi[ùu]'?\s+presto(?:\s+possibile)?|quanto\s+prima|il\s+prima\s+possibile|prima\s+possibile",
    ),
    Family(
        "appena-possibile",
        "it",
        "appena possibile, appena possiamo, appena riesco",
        r"(?:non\s+)?appena\s+(?:ci\s+sar(?:à|anno)\s+\w+|è\s+possibile|sar(?:à|a')\s+possibile|possibile|posso|possiamo|potremo|potrò|potete|riusciamo|riesco|avremo\s+\w+|avrò\s+\w+|(?:arriva|arrivano|arriverà|arriveranno|torna|tornano|rientra|rientrano|ho|abbiamo|so|sappiamo|si\s+libera)\s+\w+|(?:finit|terminat|ricevut|arrivat|conclus|rientrat)[oaie](?:\s+(?:il|lo|la|i|gli|le))?(?:\s+\w+)?|\w{3,}(?:e|a|ono|ano)\s+(?:(?:il|lo|la|i|gli|le)\s+|l')\w+|(?:(?:il|lo|la|i|gli|le|un|una|mi|ci|vi|gliel[oa])\s+|l')\w+(?:\s+\w+)?|(?!\w+(?:at|it|ut|st|tt|rs|ss)[oaie](?!\w))\w{3,}(?:o|iamo|rò|rà|remo|ranno)|torno|torniamo|rientro|rientriamo|finisco|finiamo|mi\s+libero|ci\s+liberiamo|mi\s+è\s+possibile|ci\s+è\s+possibile)",
    ),
    Family(
        "a-breve",
        "it",
        "a breve, tra poco, fra un attimo",
        r"(?:a|entro|in)\s+breve(?:\s+tempo)?|(?:tra|fra)\s+(?:poco|non\s+molto|un\s+(?:attimo|momento|po'|istante)|breve)",
    ),
    Family(
        "qualche-giorno",
        "it",
        "tra qualche giorno, nel giro di poche settimane, dopo le feste",
        r"(?:ci\s+vorr(?:à|anno)|servir(?:à|anno)|ancora|(?:ci|mi)\s+(?:dia|dai|diano)|datemi|dateci|dammi|dacci)\s+(?:ancora\s+)?(?:qualche|pochi|poche|alcun[ie])\s+(?:minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei])|ci\s+vorrà\s+(?:ancora\s+)?(?:un\s+po'|(?:del\s+)?tempo)|(?:dopo|passat[ei]|finit[ei])\s+le\s+(?:feste|ferie|vacanze)|(?:ad?|all'|con|nel(?:l')?|dopo)\s*(?:l')?(?:inizio\s+)?(?:dell')?(?:anno\s+nuovo|nuovo\s+anno)|(?:tra|fra|entro|in|nel\s+giro\s+di|nell'arco\s+di)\s+(?:qualche|pochi|poche|alcun[ie]|un\s+po'\s+di)\s+(?:minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei])",
    ),
    Family(
        "prossimi-giorni",
        "it",
        "nei prossimi giorni, nelle prossime ore, a giorni",
        r"(?:nei|entro\s+i)\s+prossimi\s+(?:giorni|mesi|tempi)|(?:nelle|entro\s+le)\s+prossime\s+(?:ore|settimane)|a\s+(?:giorni|momenti)|di\s+qui\s+a\s+poco",
    ),
    Family(
        "tempi-brevi",
        "it",
        "in tempi brevi, nei tempi tecnici, nel più breve tempo possibile",
        r"(?:nel|in)\s+(?:pi[ùu]'?\s+breve|minor)\s+tempo\s+possibile|(?:in|entro)\s+tempi\s+(?:brevi|rapidi|brevissimi|ragionevoli|utili)|nei\s+tempi\s+(?:previsti|tecnici|necessari)",
    ),
    Family(
        "a-tempo-debito",
        "it",
        "a stretto giro, prima o poi, a tempo debito, prossimamente",
        r"a\s+strett(?:o|issimo)\s+giro(?:\s+di\s+posta)?|prossimamente|prima\s+o\s+poi|quando\s+(?:è\s+|sarà\s+)?possibile|quando\s+(?:avr(?:ò|emo)\s+(?:un\s+(?:attimo|momento|po')|tempo)|potr(?:ò|emo)|riuscir(?:ò|emo))|a\s+tempo\s+debito|(?:a|in)\s+tempo\s+(?:debito|utile)",
    ),
    Family(
        "piu-avanti",
        "it",
        "più avanti, più tardi, in futuro",
        r"in\s+un\s+secondo\s+momento|in\s+seguito(?!\s+(?:ad?|al|alla|ai|agli|alle)(?!\w)|\s+all')|per\s+tempo|in\s+men\s+che\s+non\s+si\s+dica|pi[ùu]'?\s+avanti|(?<!al\s)pi[ùu]'?\s+tardi(?!\s+(?:di|del(?:la|l')?)(?!\w))|in\s+futuro|nel\s+prossimo\s+futuro",
    ),
    Family(
        "tempestivamente",
        "it",
        "tempestivamente, con sollecitudine",
        r"tempestivamente|con\s+(?:la\s+massima\s+)?(?:sollecitudine|celerità|tempestività)",
    ),
    Family(
        "uno-di-questi-giorni",
        "it",
        "uno di questi giorni, ai primi di marzo, senza indugio",
        r"uno\s+di\s+questi\s+giorni|una\s+di\s+queste\s+(?:settimane|sere)|(?:(?:ai|entro\s+i|nei)\s+primi\s+(?:di|del|giorni\s+di)\s+\w+|(?:i|verso\s+i)\s+primi\s+(?:giorni\s+)?(?:di\s+\w+|del\s+mese)|(?:gli|negli|verso\s+gli)\s+ultimi\s+giorni\s+(?:di\s+\w+|del\s+mese)|a\s+cavallo\s+(?:tra|fra)\s+\w+\s+e\s+\w+)|senza\s+indugio",
    ),
    Family(
        "in-primavera",
        "it",
        "in primavera, entro l'estate, nel corso della settimana",
        r"(?:entro|in|per|nella|nel|prima\s+dell')\s*(?:la\s+|l'|il\s+)?(?:primavera|estate|autunno|inverno)|la\s+prossima\s+(?:primavera|estate)|(?:la\s+primavera|l'estate)\s+prossima|il\s+prossimo\s+(?:autunno|inverno)|l'(?:autunno|inverno)\s+prossimo|nel\s+corso\s+(?:della\s+settimana|del\s+mese|dell'anno)",
    ),
    Family(
        "as-soon-as",
        "en",
        "as soon as possible, as quickly as we can, ASAP",
        r"as\s+(?:quickly|fast|early)\s+as\s+(?:possible|we\s+can)|as\s+soon\s+as\s+(?:possible|(?:the|your|our|a|an)\s+(?:\w+\s+){1,2}(?:arrives?|comes?|is|are|gets?)(?!\w)|(?:we|i)\s+(?:can|know|have|hear|get|receive)|you\s+can|practical|practicable|feasible)|a\.?s\.?a\.?p\.?|at\s+(?:(?:your|our)\s+earliest(?:\s+(?:convenience|opportunity))?|the\s+earliest\s+(?:convenience|opportunity))",
    ),
    Family(
        "soon",
        "en",
        "soon, shortly, in a moment, before long, in due course",
        r"(?<!too\s)(?<!so\s)(?<!as\s)(?<!how\s)(?<!no\s)(?:very\s+|really\s+)?(?:soon(?!er|\s+as|\s+after)|shortly(?!\s+(?:after|before)))|in\s+due\s+(?:course|time)|before\s+long|in\s+(?:a\s+(?:bit|while|moment|minute|little\s+while)|no\s+time)",
    ),
    Family(
        "few-days",
        "en",
        "in a few days, over the next few weeks, in the near future",
        r"(?:take|need|allow|give\s+(?:us|me|it))\s+(?:(?:another|about|only|just)\s+)?(?:a\s+few|several|some)\s+(?:more\s+)?(?:minutes|hours|days|weeks|months)|(?:in|within|over)\s+(?:the\s+)?(?:a\s+few|several|some|next\s+(?:few|couple\s+of)|coming|following)\s+(?:minutes|hours|days|weeks|months)|in\s+the\s+(?:near|not\s+too\s+distant)\s+future",
    ),
    Family(
        "some-time",
        "en",
        "some time soon, in the new year, when possible, one of these days",
        r"(?:sometime|some\s+time)\s+(?:soon|next\s+week|later)|late\s+next\s+(?:month|year)|(?:early\s+)?(?:in|after)\s+(?:the\s+)?(?:new\s+year|holidays)|when(?:ever)?\s+possible|when(?:ever)?\s+(?:i|we)\s+(?:can|get\s+(?:a|the)\s+(?:chance|moment|minute)|have\s+(?:a\s+moment|the\s+time|time))|eventually|be\s+right\s+(?:with\s+you|back|there|over)|sooner\s+or\s+later|one\s+of\s+these\s+days",
    ),
    Family(
        "promptly",
        "en",
        "promptly, in a timely manner, momentarily",
        r"in\s+a\s+timely\s+manner|promptly|momentarily",
    ),
    Family(
        "by-the-summer",
        "en",
        "by the summer, this autumn",
        r"(?:early|late)\s+(?:in\s+)?(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|fall|winter)|(?:by|in|this|next)\s+(?:the\s+)?(?:spring|summer|autumn|winter)",
    ),
    Family(
        "presto",
        "it",
        "presto",
        r"(?<!troppo\s)(?<!molto\s)(?<!così\s)(?<!più\s)(?<!piu\s)(?<!ben\s)(?<!mattina\s)(?<!mattino\s)presto",
    ),
)
# «presto», «in futuro», «promptly» are vague only of what is still to come
_NEEDS_FUTURE = re.compile(
    r"^(?:(?:non\s+)?appena\s+(?:(?:il|lo|la|i|gli|le|un|una|mi|ci|vi|gliel[oa])\s+|l').*|(?:non\s+)?appena\s+(?:finit|terminat|ricevut|arrivat|conclus|rientrat)[oaie].*|(?:non\s+)?appena\s+\w{3,}(?:e|a|ono|ano)\s+(?:il|lo|la|i|gli|le|l')(?:\s|\w).*|(?:non\s+)?appena\s+(?!poss|è|sar)\w{3,}(?:o|iamo|rò|rà|remo|ranno)|(?:verso\s+)?(?:i|gli)\s.*|negli\s.*|a\s+cavallo.*|(?:pi[ùu]'?\s+(?:avanti|tardi))|in\s+futuro|in\s+seguito|per\s+tempo|ancora\s.*|eventually|(?:take|need|allow)\s.*|when(?:ever)?\s+(?:i|we)\s.*|tempestivamente|promptly|presto|(?:very\s+|really\s+)?soon|prossimamente|in\s+breve(?:\s+tempo)?|in\s+(?:qualche|pochi|poche|alcun).*|in\s+no\s+time|shortly|in\s+a\s+(?:minute|while|bit|moment|little while)|(?:in|within|over)\s.*(?:few|couple|several|some).*|(?:in|per|nella|nel|by|this|next|la|il)\s.*(?:primavera|estate|autunno|inverno|spring|summer|autumn|winter))$"
)
#: Of a company that says nothing differently
PLAIN_WORDING = Wording()


@lru_cache(maxsize=8)
def _vague(off: frozenset[str]) -> re.Pattern[str] | None:
    kept = [family.pattern for family in FAMILIES if family.code not in off]
    return re.compile(rf"(?<!\w)(?:{'|'.join(kept)})(?!\w)") if kept else None


@lru_cache(maxsize=16)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """The longest first, whole words, whatever spaces or line ends stand between them."""
    each = ("\\s+".join(map(re.escape, phrase.split())) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})(?!\w)")


def find_own(text: str, wording: Wording) -> list[re.Match[str]]:
    """The company's own vague phrases in lower-case text, whatever the sentence says.

    >>> [match.group() for match in find_own("la chiamiamo appena  riusciamo", Wording(own=("appena riusciamo",)))]
    ['appena  riusciamo']
    """
    return list(_outside(_any_of(wording.own), text, wording)) if wording.own else []


def find_vague(text: str, wording: Wording = PLAIN_WORDING) -> list[tuple[re.Match[str], bool]]:
    """Vague phrases of lower-case text; True where only a sentence about the future makes them a promise.

    >>> [match.group() for match, _ in find_vague("la richiamiamo al più presto")]
    ['al più presto']
    >>> find_vague("un corso a breve termine", Wording(fine=("a breve termine",)))
    []
    >>> find_vague("la richiamiamo al più presto", Wording(off=frozenset({"al-piu-presto", "presto"})))
    []
    """
    pattern = _vague(wording.off)
    found = _outside(pattern, text, wording) if pattern else ()
    return [(match, bool(_NEEDS_FUTURE.match(match.group()))) for match in found]


def _outside(pattern: re.Pattern[str], text: str, wording: Wording) -> Iterator[re.Match[str]]:
    """What is found, but not what lies within a phrase that is fine."""
    fine = [each.span() for each in _any_of(wording.fine).finditer(text)] if wording.fine else []
    for match in pattern.finditer(text):
        if not any(start <= match.start() and match.end() <= end for start, end in fine):
            yield match

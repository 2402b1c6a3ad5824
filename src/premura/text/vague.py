"""Vague time (S52): «al più presto», «a breve», "as soon as possible" promise something and name no day.

What counts is a list of families, each a pattern with examples that a reader understands; a company adds phrases of its
own, says which are fine with it, and switches families off (`Wording`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from premura.text.phrases import whole_words


@dataclass(frozen=True)
class Family:
    """Phrases of one kind: a ``code`` that stays, the ``language``, ``examples`` to show; those that are ``always``
    vague, and those that are only in a sentence about what is ``to_come``."""

    code: str
    language: str
    examples: str
    always: str = ""
    to_come: str = ""

    @property
    def pattern(self) -> str:
        """Both; what is found as a named group needs a future."""
        named = f"(?P<{self.code.replace('-', '_')}>{self.to_come})" if self.to_come else ""
        return "|".join(filter(None, (self.always, named)))


@dataclass(frozen=True)
class Wording:
    """What a company says differently: ``own`` vague phrases, those that are ``fine``, families switched ``off``."""

    own: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()
    off: frozenset[str] = frozenset()


_FEW = "(qualche|pochi|poche|alcun[ie])"
_SOME = "(minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei])"
_TIMES = "(minutes|hours|days|weeks|months)"
_ART = "(il|lo|la|i|gli|le)"
_SEASON = "(primavera|estate|autunno|inverno)"
_MONTHS = "(january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|fall|winter)"

#: As they come: of two that begin at one place the first in this list is found
FAMILIES = (
    Family(
        "al-piu-presto", "it", "al più presto, quanto prima, il prima possibile",
        "(al|quanto|il) pi[ùu]'? presto( possibile)?|quanto prima|(il )?prima possibile",
    ),
    Family(
        "appena-possibile", "it", "appena possibile, appena possiamo, appena riesco",
        r"(non )?appena (((è|sarà|sara') )?possibile|posso|possiamo|potete|ci sar(à|anno) \w+|(avremo|avrò|ho"
        r"|abbiamo|so|sappiamo|si libera) \w+"
        rf"|(arriva|arrivano|arriverà|arriveranno|torna|tornano|rientra|rientrano) (?!{_ART} )\w+)",
        rf"(non )?appena ((finit|terminat|ricevut|arrivat|conclus|rientrat)[oaie]( {_ART})?( \w+)?|\w{{3,}}(e|a|à"
        rf"|ono|ano|anno) ({_ART} |l')\w+"
        rf"|(({_ART}|un|una|mi|ci|vi|gliel[oa]) |l')\w+( \w+)?|(?!\w+(at|it|ut|st|tt|rs|ss)[oaie](?!\w))\w{{3,}}(o"
        rf"|iamo|rò|rà|remo|ranno))",
    ),
    Family(
        "a-breve", "it", "a breve, tra poco, fra un attimo",
        "(a|entro) breve( tempo)?|(tra|fra) (poco|non molto|un (attimo|momento|po'|istante)|breve)",
        "in breve( tempo)?",
    ),
    Family(
        "qualche-giorno", "it", "tra qualche giorno, nel giro di poche settimane, dopo le feste",
        f"(ci vorr(à|anno)|servir(à|anno)|(ci|mi) (dia|dai|diano)|datemi|dateci|dammi|dacci) (ancora )?{_FEW} {_SOME}"
        "|ci vorrà (ancora )?(un po'|(del )?tempo)|(dopo|passat[ei]|finit[ei]) le (feste|ferie|vacanze)"
        r"|(ad?|all'|con|nel(l')?|dopo)\s*(l')?(inizio )?(dell')?(anno nuovo|nuovo anno)"
        f"|(tra|fra|entro|nel giro di|nell'arco di) ({_FEW}|un po' di) {_SOME}|in un po' di {_SOME}",
        f"(ancora|in) (ancora )?{_FEW} {_SOME}",
    ),
    Family(
        "prossimi-giorni", "it", "nei prossimi giorni, nelle prossime ore, a giorni",
        "(nei|entro i) prossimi (giorni|mesi|tempi)|(nelle|entro le) prossime (ore|settimane)|a (giorni|momenti)"
        "|di qui a poco",
    ),
    Family(
        "tempi-brevi", "it", "in tempi brevi, nei tempi tecnici, nel più breve tempo possibile",
        "(nel|in) (pi[ùu]'? breve|minor) tempo possibile|(in|entro) tempi (brevi|rapidi|brevissimi|ragionevoli|utili)"
        "|nei tempi (previsti|tecnici|necessari)",
    ),
    Family(
        "a-tempo-debito", "it", "a stretto giro, prima o poi, a tempo debito, prossimamente",
        "a strett(o|issimo) giro( di posta)?|alla prima (occasione|opportunità|possibilità)( utile)?"
        "|al primo momento (utile|libero|possibile)|prima o poi|a tempo debito|(a|in) tempo (debito|utile)"
        "|quando ((è |sarà )?possibile|avr(ò|emo) (un (attimo|momento|po')|tempo)|potr(ò|emo)|riuscir(ò|emo))",
        "prossimamente",
    ),
    Family(
        "piu-avanti", "it", "più avanti, più tardi, in futuro",
        "in un secondo momento|in men che non si dica|nel prossimo futuro",
        r"in seguito(?! (ad?|al|alla|ai|agli|alle)(?!\w)| all')|per tempo|in futuro"
        r"|pi[ùu]'? avanti|(?<!al\s)pi[ùu]'? tardi(?! (di|del(la|l')?)(?!\w))",
    ),
    Family(
        "tempestivamente", "it", "tempestivamente, con sollecitudine",
        r"con (\w+ ){0,2}(sollecitudine|celerità|tempestività)",
        "tempestivamente",
    ),
    Family(
        "uno-di-questi-giorni", "it", "uno di questi giorni, ai primi di marzo, senza indugio",
        r"uno di questi giorni|una di queste (settimane|sere)|(ai|entro i|nei) primi (di|del|giorni di) \w+"
        r"|senza indugio",
        r"(i|verso i) primi (giorni )?(di \w+|del mese)|(gli|negli|verso gli) ultimi giorni (di \w+|del mese)"
        r"|a cavallo (tra|fra) \w+ e \w+",
    ),
    Family(
        "in-primavera", "it", "in primavera, entro l'estate, nel corso della settimana",
        rf"(entro|prima dell')\s*(la |l'|il )?{_SEASON}|(la primavera|l'estate) prossima|l'(autunno|inverno) prossimo"
        "|nel corso (della settimana|del mese|dell'anno)",
        rf"(in|per|nella|nel)\s*(la |l'|il )?{_SEASON}|la prossima (primavera|estate)|il prossimo (autunno|inverno)",
    ),
    Family(
        "as-soon-as", "en", "as soon as possible, as quickly as we can, ASAP",
        r"as (quickly|fast|early) as (possible|we can)|as soon as (possible|(the|your|our|a|an) (\w+ ){1,2}(arrives?"
        r"|comes?|is|are|gets?)(?!\w)"
        r"|(we|i) (can|know|have|hear|get|receive)|you can|practical|practicable|feasible)|a\.?s\.?a\.?p\.?"
        "|at ((your|our) earliest( (convenience|opportunity))?|the (earliest|first)( possible)? (convenience"
        "|opportunity|moment|chance))",
    ),
    Family(
        "soon", "en", "soon, shortly, in a moment, before long, in due course",
        "in due (course|time)|before (too )?long",
        r"(?<!too\s)(?<!so\s)(?<!as\s)(?<!how\s)(?<!no\s)(very |really )?(soon(?!er| as| after)|shortly(?! (after"
        r"|before)))"
        "|in (a (bit|while|moment|minute|little while)|no time)",
    ),
    Family(
        "few-days", "en", "in a few days, over the next few weeks, in the near future",
        rf"give (us|me|it) ((another|about|only|just) )?(a few|several|some|(?<=another\s)couple of) (more )?{_TIMES}"
        f"|(in|within|over) (the )?(coming|following) {_TIMES}|in the (near|not too distant) future",
        f"(take|need|allow) ((another|about|only|just) )?(a few|several|some) (more )?{_TIMES}"
        f"|(in|within|over) (the )?(a few|several|some|next (few|couple of)) {_TIMES}",
    ),
    Family(
        "some-time", "en", "some time soon, in the new year, when possible, one of these days",
        "(sometime|some time) (soon|next week|later)|late next (month|year)|(early )?(in|after) (the )?(new year"
        "|holidays)"
        "|when(ever)? possible|be right (with you|back|there|over)|sooner or later|one of these days",
        "when(ever)? (i|we) (can|get (a|the) (chance|moment|minute)|have (a moment|the time|time))|eventually",
    ),
    Family(
        "promptly", "en", "promptly, in a timely manner, momentarily",
        "in a timely manner|momentarily",
        "promptly",
    ),
    Family(
        "by-the-summer", "en", "by the summer, this autumn",
        f"(early|late) (in )?{_MONTHS}",
        "(by|in|this|next) (the )?(spring|summer|autumn|winter)",
    ),
    Family(
        "presto", "it", "presto",
        to_come=r"(?<!troppo\s)(?<!molto\s)(?<!così\s)(?<!più\s)(?<!piu\s)(?<!ben\s)(?<!mattina\s)(?<!mattino\s)presto",
    ),
)  # fmt: skip
#: Of a company that says nothing differently
PLAIN_WORDING = Wording()


@lru_cache(maxsize=8)
def _vague(off: frozenset[str]) -> re.Pattern[str] | None:
    kept = [family.pattern for family in FAMILIES if family.code not in off]
    return whole_words(*kept) if kept else None


@lru_cache(maxsize=16)
def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """The longest first, whole words, whatever spaces or line ends stand between them."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return whole_words(*(" ".join(map(re.escape, each.split())) for each in longest_first))


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
    return [(match, bool(match.lastgroup)) for match in found]


def _outside(pattern: re.Pattern[str], text: str, wording: Wording) -> Iterator[re.Match[str]]:
    """What is found, but not what lies within a phrase that is fine."""
    fine = [each.span() for each in _any_of(wording.fine).finditer(text)] if wording.fine else []
    for match in pattern.finditer(text):
        if not any(start <= match.start() and match.end() <= end for start, end in fine):
            yield match

"""Vague time (S52): «al più presto», «a breve», "as soon as possible" promise something and name no day."""

from __future__ import annotations

import re

VAGUE_IT = (
    r"(?:al|quanto|il)\s+pi[ùu]'?\s+presto(?:\s+possibile)?|quanto\s+prima|il\s+prima\s+possibile|prima\s+possibile"
    r"|(?:non\s+)?appena\s+(?:ci\s+sar(?:à|anno)\s+\w+|è\s+possibile|sar(?:à|a')\s+possibile|possibile|posso|possiamo|potremo|potrò|potete|riusciamo|riesco|avremo\s+\w+|avrò\s+\w+|(?:arriva|arrivano|arriverà|arriveranno|torna|tornano|rientra|rientrano|ho|abbiamo|so|sappiamo|si\s+libera)\s+\w+|mi\s+è\s+possibile|ci\s+è\s+possibile)"
    r"|(?:a|entro|in)\s+breve(?:\s+tempo)?|(?:tra|fra)\s+(?:poco|non\s+molto|un\s+(?:attimo|momento|po'|istante)|breve)"
    r"|dopo\s+le\s+(?:feste|ferie|vacanze)|(?:tra|fra|entro|in|nel\s+giro\s+di|nell'arco\s+di)\s+(?:qualche|pochi|poche|alcun[ie]|un\s+po'\s+di)\s+(?:minut[oi]|or[ae]|giorn[oi]|settiman[ae]|mes[ei])"
    r"|(?:nei|entro\s+i)\s+prossimi\s+(?:giorni|mesi)|(?:nelle|entro\s+le)\s+prossime\s+(?:ore|settimane)|a\s+(?:giorni|momenti)|di\s+qui\s+a\s+poco"
    r"|(?:nel|in)\s+(?:pi[ùu]'?\s+breve|minor)\s+tempo\s+possibile|(?:in|entro)\s+tempi\s+(?:brevi|rapidi|brevissimi|ragionevoli|utili)|nei\s+tempi\s+(?:previsti|tecnici|necessari)"
    r"|a\s+stretto\s+giro(?:\s+di\s+posta)?|prossimamente|prima\s+o\s+poi|quando\s+(?:è\s+|sarà\s+)?possibile|a\s+tempo\s+debito|(?:a|in)\s+tempo\s+(?:debito|utile)"
    r"|in\s+un\s+secondo\s+momento|pi[ùu]'?\s+avanti|(?<!al\s)pi[ùu]'?\s+tardi|in\s+futuro|nel\s+prossimo\s+futuro|tempestivamente|con\s+(?:la\s+massima\s+)?sollecitudine"
    r"|uno\s+di\s+questi\s+giorni|una\s+di\s+queste\s+(?:settimane|sere)|(?:ai|entro\s+i|nei)\s+primi\s+(?:di|del|giorni\s+di)\s+\w+|senza\s+indugio"
    r"|(?:entro|in|per|nella|nel|prima\s+dell')\s*(?:la\s+|l'|il\s+)?(?:primavera|estate|autunno|inverno)|nel\s+corso\s+(?:della\s+settimana|del\s+mese|dell'anno)"
)
VAGUE_EN = (
    r"as\s+(?:quickly|fast|early)\s+as\s+(?:possible|we\s+can)|as\s+soon\s+as\s+(?:possible|(?:we|i)\s+(?:can|know|have|hear|get|receive)|you\s+can|practical|practicable|feasible)|a\.?s\.?a\.?p\.?|at\s+(?:your|our|the)\s+earliest(?:\s+(?:convenience|opportunity))?"
    r"|(?<!too\s)(?<!so\s)(?<!as\s)(?<!how\s)(?<!no\s)(?:very\s+|really\s+)?(?:soon(?!er|\s+as|\s+after)|shortly(?!\s+(?:after|before)))|in\s+due\s+(?:course|time)|before\s+long|in\s+(?:a\s+(?:bit|while|moment|minute|little\s+while)|no\s+time)"
    r"|(?:in|within|over)\s+(?:the\s+)?(?:a\s+few|several|some|next\s+(?:few|couple\s+of)|coming|following)\s+(?:minutes|hours|days|weeks|months)|in\s+the\s+(?:near|not\s+too\s+distant)\s+future"
    r"|(?:sometime|some\s+time)\s+(?:soon|next\s+week|later)|(?:early\s+)?(?:in|after)\s+(?:the\s+)?(?:new\s+year|holidays)|when(?:ever)?\s+possible|sooner\s+or\s+later|one\s+of\s+these\s+days|in\s+a\s+timely\s+manner|promptly|momentarily|early\s+(?:in\s+)?(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|fall|winter)"
    r"|(?:by|in|this)\s+(?:the\s+)?(?:spring|summer|autumn|winter)"
)
# «presto», «in futuro», «promptly» are vague only of what is still to come
_NEEDS_FUTURE = re.compile(
    r"^(?:(?:pi[ùu]'?\s+(?:avanti|tardi))|in\s+futuro|tempestivamente|promptly|presto|(?:very\s+|really\s+)?soon|prossimamente|in\s+breve(?:\s+tempo)?|in\s+(?:qualche|pochi|poche|alcun).*|in\s+no\s+time|shortly|in\s+a\s+(?:minute|while|bit|moment|little while)|(?:in|within|over)\s.*(?:few|couple|several|some).*|(?:in|per|nella|nel|by|this)\s.*(?:primavera|estate|autunno|inverno|spring|summer|autumn|winter))$"
)
_VAGUE = re.compile(
    rf"(?<!\w)(?:{VAGUE_IT}|{VAGUE_EN}|(?<!troppo\s)(?<!molto\s)(?<!così\s)(?<!più\s)(?<!piu\s)(?<!ben\s)(?<!mattina\s)(?<!mattino\s)presto)(?!\w)"
)


def find_vague(text: str) -> list[tuple[re.Match[str], bool]]:
    """Vague phrases of lower-case text; True where only a sentence about the future makes them a promise.

    >>> [match.group() for match, _ in find_vague("la richiamiamo al più presto")]
    ['al più presto']
    """
    return [(match, bool(_NEEDS_FUTURE.match(match.group()))) for match in _VAGUE.finditer(text)]

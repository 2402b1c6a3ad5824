"""The words a comment turns on: runs of up to three words between small words, the telling ones first."""

from __future__ import annotations

import re
from functools import lru_cache

from premura.text.language import small_words
from premura.text.lexicon import sign_of

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ALSO = frozenset(
    "abbiamo hanno avete sono siamo siete stati state fatto fare detto dire essere avere potete posso volta volte cosa cose ogni fino ad "
    "po' ore giorni giorno anni vostro vostra vostri nostro nostra mio mia suo sua loro dalle alle nell all dell sull quell un'altra altro altri "
    "got get one two been being also just really quite much many lot bit made make went come came take took our us am any some if or as".split()
)

# Words by which a language is known that also say what a comment is about
_MATTERS = frozenset(
    "personale servizio camera prezzo prezzi qualità pulizia cibo consegna attesa fila sito staff service room price food delivery waiting waited "
    "clean dirty slow fast rude helpful friendly".split()
)


def keyphrases(text: str, spans: list[tuple[int, int]], most: int = 5) -> tuple[str, ...]:
    """Up to `most` phrases of the text in lower case; `spans` (personal data) are left out.

    >>> keyphrases("Il rapporto qualità prezzo è ottimo e la colazione abbondante", [])
    ('rapporto qualità prezzo', 'colazione abbondante', 'ottimo')
    """
    small = function_words()
    runs: list[list[str]] = [[]]
    last = 0
    for match in _WORD.finditer(text[:6000]):
        if text[last : match.start()].strip() not in {"", "'", "’"}:
            runs.append([])
        last = match.end()
        word = match.group().lower()
        if (
            (word in small and not sign_of(word))
            or len(word) < 3
            or any(s < match.end() and match.start() < e for s, e in spans)
        ):
            runs.append([])
        else:
            runs[-1].append(word)
    phrases = dict.fromkeys(" ".join(run[:3]) for run in runs if run)
    ranked = sorted(phrases, key=lambda phrase: (-_weight(phrase), list(phrases).index(phrase)))
    return tuple(ranked[:most])


@lru_cache(maxsize=1)
def function_words() -> frozenset[str]:
    """Words that say nothing of the matter by themselves, in Italian and English."""
    return (small_words() | _ALSO) - _MATTERS


def _weight(phrase: str) -> float:
    parts = phrase.split()
    return len(parts) + sum(min(len(part), 10) for part in parts) / 20 - (len(parts) == 1 and sign_of(phrase) != 0)

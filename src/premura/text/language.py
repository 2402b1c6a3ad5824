"""Which language a text is in: Italian, English, or another one, which is said and not guessed at.

Small words decide most texts; where they do not, `py3langid` looks at the letters. Texts of one to three words that
could be either are read as the language that is expected, usually that of the survey.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

UNKNOWN = "und"  # ISO 639-2: undetermined
_IT = frozenset(
    "il lo la gli le un uno una di del dello della dei degli delle al allo alla ai agli alle dal dalla dai nel nella nei nelle sul sulla con "
    "per tra fra e ed ma però che chi cui non più mai è sono ho ha hai abbiamo avete hanno era erano stato stata stati mi ti ci vi si "
    "questo questa quello quella molto poco troppo tutto tutti tutta sempre niente nulla nessuno anche solo già ancora dopo prima come "
    "quando dove perché così qui qua lì bene male grazie ottimo ottima buono buona bello bella pessimo pessima bravi bravo brava gentile gentili "
    "gentilissimi personale servizio camera prezzo prezzi qualità pulizia cibo consegna attesa fila sito tutto ok si sì peccato vergogna "
    "in no mah uffa settimana settimane giorni ore anni volta volte fatto fatta pagato schifo consigliato soddisfatto soddisfatta contento contenta deluso delusa caro carissimo lento veloce puntuale puntuali perfetto eccellente "
    "buonissimo bellissimo benissimo malissimo complimenti continuate nessun alcun boh normale discreto sufficiente".split()
)
_EN = frozenset(
    "the an of to and in is was were are be been it its this that these those you your we our they their he she his her i my me with "
    "for on at by from not no but very too so all everything nothing never always had has have did do does don't didn't couldn't would "
    "could should will can what when where why how who which there here good great bad nice poor excellent terrible awful "
    "friendly staff service room price food clean dirty slow fast thanks thank love loved hate waiting waited delivery rude helpful "
    "amazing perfect okay fine disappointed happy better worst best never again lovely quick cheap expensive rubbish ok recommended well done".split()
)
#: A few words that give other languages away where a comment has no more than three
_ELSEWHERE = {
    word: language
    for language, listed in {
        "fr": "très bon bonne bonjour merci mauvais nul accueil chambre parfait rien déçu déçue cher jamais agréable sympa",
        "de": "sehr gut danke schlecht nicht freundlich schön zimmer wunderbar teuer schmutzig leider alles nie",
        "es": "muy bueno buena gracias malo mala habitación limpio sucio amable nunca excelente todo",
        "pt": "muito bom boa obrigado obrigada ruim péssimo quarto ótimo",
    }.items()
    for word in listed.split()
}
_LATIN = ["it", "en", "fr", "es", "de", "pt", "nl", "ro", "pl", "ca", "sv", "da", "hu", "cs", "hr", "sq", "tr", "fi"]
_NOT_LATIN = ["ru", "uk", "el", "ar", "he", "zh", "ja", "ko", "hi", "th", "bg", "fa"]
_OTHER_LETTERS = re.compile(r"[^\W\d_a-zA-ZÀ-ÖØ-öø-ÿĀ-ſ]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
#: Letters that neither Italian nor English writes
_FOREIGN = re.compile(r"[ñçßäöüłşğãõêîôûâëïşźżąęřšžőűåø]")
_ITALIAN_END = re.compile(r"[aeiouàèéìòù]$")


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # loads 5 MB: only texts that need it pay

    found = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found.set_languages([*_LATIN, *_NOT_LATIN])
    return found


def _best(text: str, names: list[str]) -> tuple[str, float]:
    """The likeliest of these languages, and its share among them."""
    ranked = [(str(name), float(p)) for name, p in _identifier().rank(text) if name in names]
    total = sum(p for _, p in ranked) or 1.0
    return ranked[0][0], ranked[0][1] / total


def language_of(text: str, *, expected: str | None = None) -> tuple[str, float]:
    """ISO 639-1 code of the text and how sure we are; («und», 0) for a text without letters.

    Args: `expected`, the language in which it was asked: it decides texts of up to three words that give no sign, and
    where it is neither Italian nor English it is heard before the two. Errors: none.

    >>> language_of("Personale gentile, torneremo")[0], language_of("Not worth it")[0], language_of("🙂")[0]
    ('it', 'en', 'und')
    """
    found = [word.replace("’", "'") for word in _WORDS.findall(text.lower()[:2000])]
    if not found:
        return UNKNOWN, 0.0
    if expected in _LATIN and expected not in {"it", "en"}:
        name, p = _best(text[:2000], [expected, "it", "en"])
        if name == expected or any(_ELSEWHERE.get(word) == expected for word in found):
            return expected, p if name == expected else 0.6
    it = sum(
        w in _IT
        or (w.split("'")[0] in {"l", "dell", "all", "un", "nell", "d", "dall", "sull", "quest"} and "'" in w)
        or w.startswith(("c'e", "c'è"))
        for w in found
    )
    en = sum(w in _EN for w in found)
    if max(it, en) >= 2 * min(it, en) + 1 and max(it, en) >= min(3, 1 + len(found) // 6):
        share = max(it, en) / len(found)
        if len(found) <= 3 or share > 0.3:
            return ("it" if it > en else "en"), 0.99
    return _by_letters(text[:2000], found, it, en, expected)


def _by_letters(text: str, found: list[str], it: int, en: int, expected: str | None) -> tuple[str, float]:
    foreign = len(_OTHER_LETTERS.findall(text)) > 0.3 * sum(map(len, found))
    if foreign:
        name, p = _best(text, _NOT_LATIN)
        return name, p
    elsewhere = [_ELSEWHERE[word] for word in found if word in _ELSEWHERE]
    if len(found) <= 3 and len(set(elsewhere)) == 1 and len(elsewhere) > max(it, en):
        return elsewhere[0], 0.7
    name, p = _best(text, _LATIN)
    if not elsewhere and len(found) <= 4 and _FOREIGN.search(text.lower()):
        return _best(text, [each for each in _LATIN if each not in {"it", "en"}])
    if name in {"it", "en"}:
        return name, p
    if len(found) >= 4 and p > 0.8 and max(it, en) < 0.34 * len(found):
        return name, p
    if len(found) <= 3 and it == en and expected is not None:
        return expected, 0.5
    if it != en:
        return ("it" if it > en else "en"), 0.6
    ends = sum(bool(_ITALIAN_END.search(word)) for word in found) / len(found)
    return ("it" if ends > 0.5 else "en"), 0.5


def small_words() -> frozenset[str]:
    """The words by which languages are told apart: most say nothing of the matter."""
    return _IT | _EN

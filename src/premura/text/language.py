"""Which language a text is in: Italian, English, or another one, which is said and not guessed at.

Small words decide most texts; where they do not, `py3langid` looks at the letters. Texts of one to three words that
could be either are read as the language that is expected, usually that of the survey.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

UNKNOWN = "und"  # ISO 639-2: undetermined
_IT = frozenset(
    "il lo la gli le un uno una di del dello della dei degli delle al allo alla ai agli alle dal dalla dai nel nella nei nelle sul sulla con "
    "per tra fra e ed ma però che chi cui non più mai è sono ho ha hai abbiamo avete hanno era erano stato stata stati mi ti ci vi si "
    "questo questa quello quella molto poco troppo tutto tutti tutta sempre niente nulla nessuno anche solo già ancora dopo prima come "
    "quando dove perché così qui qua lì bene male grazie ottimo ottima buono buona bello bella pessimo pessima bravi bravo brava gentile gentili "
    "gentilissimi personale servizio camera prezzo prezzi qualità pulizia cibo consegna attesa fila sito tutto ok si sì peccato vergogna "
    "da dai su se ce ne fa va mio mia loro suo sua suoi noi voi io lui lei in no mah uffa settimana settimane giorni ore anni volta volte fatto fatta pagato schifo consigliato soddisfatto soddisfatta contento contenta deluso delusa caro carissimo lento veloce puntuale puntuali perfetto eccellente "
    "buonissimo bellissimo benissimo malissimo complimenti continuate nessun alcun boh normale discreto sufficiente".split()
)
_EN = frozenset(
    "the an of to and in is was were are be been it its this that these those you your we our they their he she his her i my me with "
    "for on at by from not no but very too so all everything nothing never always had has have did do does don't didn't couldn't would "
    "could should will can what when where why how who which there here good great bad nice poor excellent terrible awful "
    "friendly staff service room price food clean dirty slow fast thanks thank love loved hate waiting waited delivery rude helpful "
    "a if or as us them than then out up off over am been being about after before because just only still even more most much many any some amazing perfect okay fine disappointed happy better worst best never again lovely quick cheap expensive rubbish ok recommended well done".split()
)
#: What comments in the two speak of, and small words of Italian dialects
_MATTERS_IT = frozenset(
    "mare vista letto bagno camere posto cena colazione pranzo tempi tempo euro freddo fredda caldo alto alta alti lungo lunga grande piccola vecchio vecchia rotto rotta "
    "de du pe na nun er ghe xe massa mejo bon bona gnente annà magnà so sto sta stu gh'è ga fora tuto".split()
)
_MATTERS_EN = frozenset(
    "bed rooms wait queue price prices value money place cold hot loud small big large high low long short old new broken team".split()
)
#: Words of comments in the languages that are most taken for one of the two
_ELSEWHERE = {
    "fr": "le la les un une des du de et est c'est sont était ce cette ces il elle on nous vous je j'ai ai avons avez ne pas plus pour par sur avec dans sans chez au aux en mais que qui tout tous toute rien à y a été très trop peu bien "
    "bon bonne bons bonjour merci mauvais mauvaise nul nulle accueil chambre chambres parfait parfaite déçu déçue cher chère jamais agréable sympa propre propreté sale bruyant calme rapide lent petit petite grand grande déjeuner lit lits salle bain eau "
    "chaude froid froide prix qualité rapport livraison produit produits retard attente heure heures personnel gentil gentille équipe correct corrects recommande recommander reviendrai reviendrons séjour vue mer superbe ravi ravis magnifique "
    "dommage repas cuisine plat plats serveur serveuse vendeur vendeuse toujours encore beaucoup excellente excellent impeccable excessif service confortable adresse situé située prochaine fois mon ma mes votre vos leur notre",
    "de": "der die das den dem des ein eine einen einem einer und ist sind war waren hat haben hatte wir ich sie er es man uns mir ihr nicht kein keine keinen zu zum zur im am in auf aus bei mit von für an auch sehr nur noch wieder immer nie "
    "gut gute guter gutes gerne danke schlecht schlechte schlechter freundlich freundliche unfreundlich schön schöne schönes zimmer bad wunderbar teuer schmutzig sauber leider alles nichts prima ordnung frühstück essen bett betten preis preise lage wartezeit lange "
    "lang personal mitarbeiter toll tolle toller tolles empfehlen empfehlung zufrieden kalt warm laut ruhig klein groß lecker bedienung service team lieferung ware kaputt aber oder wenn dass weil was wie mal ganz gar so nett nette netter besten gern oben "
    "komme kommen nochmal niemand viel zuviel schnell langsam pünktlich unpünktlich enttäuscht",
    "es": "el la los las un una unos unas del al de y e es son está están estaba estaban era eran fue ha han hemos he hay lo le les me te nos se su sus mi que qué con sin por para en no muy más menos pero todo toda todos nada nunca siempre también "
    "bueno buena buenos buenas buen gracias malo mala mal habitación habitaciones limpio limpia limpieza sucio sucia amable amables excelente perfecto perfecta precio precios caro cara barato calidad comida cena desayuno cama camas baño ducha agua caliente frío fría atención servicio servicios "
    "rápido rápida lento lenta espera hora horas recomiendo recomendable volveremos volveré volver duda encanta gusta gustó bien trato hotel situado pequeño pequeña grande ruido ruidoso mucho mucha muchos poco tarde llegó llegado producto productos envío pedido roto rota bonito "
    "simpático simpática vale falta peor mejor alto altos baja bajo dinero nadie tienda cerrada cerrado vez cómodo cómoda incómoda incómodo",
    "pt": "o os a as um uma do da dos das no na nos nas de e é são foi está estava muito muita mais mas não com sem por para que se eu nós ele ela tudo nada nunca sempre bom boa bons boas obrigado obrigada ruim péssimo péssima quarto quartos ótimo ótima limpo limpa sujo suja "
    "atendimento serviço pessoal simpático preço preços caro cara comida pequeno pequena recomendo voltarei gostei gostamos excelente café cama banheiro demora demorou chegou atrasado",
    "ro": "și si nu este e sunt era a fost am au ai avem un o la cu de din pe în in pentru prin mai foarte prea tot toate totul totuși dar sau că ca ce care cum când nimic niciodată mereu bun bună buna bune buni bine frumos frumoasă frumoasa curat curată curata murdar murdară murdara "
    "mic mică mica mare mari scump scumpă ieftin camera cameră camere personalul personal amabil amabili prietenos mâncare mâncarea mancare mancarea mulțumesc multumesc mulțumim multumim recomand rece cald caldă calitate calitatea prețuri preturi preț pret pretul servicii serviciu serviciul "
    "livrare livrarea rapid rapidă rapida întârziere așteptat asteptat ora ore dejun cină excelent excelentă locație locatie experiență zgomot zgomotos apă patul mult multă multe drag vom reveni dezamăgit",
    "nl": "service de het een en is zijn was waren niet geen met van voor op aan bij te zeer heel erg goed goede slecht slechte kamer kamers schoon vriendelijk vriendelijke personeel eten ontbijt bed duur prijs wij we ik je ons maar ook nog weer nooit alles niets bedankt service mooi mooie lekker wachten lang",
}  # fmt: skip
#: Words that every language has
_EVERYWHERE = frozenset("hotel bar staff super top check-in check in-out online wifi spa pizza".split())
_SMALL = {language: frozenset(listed.split()) for language, listed in _ELSEWHERE.items()}
#: What a word of a language adds to its log-odds; and what the two we read are ahead, being what most people write
_HEARD, _AHEAD = 2.0, 1.5
#: Letters that only some languages write: as good as a word
_LETTERS = {
    letter: languages.split()
    for letters, languages in (("ñ¿¡", "es"), ("ßäöü", "de"), ("ăâîșşțţ", "ro"), ("ãõ", "pt"), ("œêîôûëï", "fr"), ("ç", "fr pt"), ("íáóú", "es pt"))
    for letter in letters
}  # fmt: skip
_LATIN = ["it", "en", "fr", "es", "de", "pt", "nl", "ro", "pl", "ca", "sv", "da", "hu", "cs", "hr", "sq", "tr", "fi"]
_NOT_LATIN = ["ru", "uk", "el", "ar", "he", "zh", "ja", "ko", "hi", "th", "bg", "fa"]
_OTHER_LETTERS = re.compile(r"[^\W\d_a-zA-ZÀ-ÖØ-öø-ÿĀ-ſ]")
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


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
    heard = _heard(found)
    if expected in _LATIN and expected not in {"it", "en"}:
        name, p = _best(text[:2000], [expected, "it", "en"])
        silent = len(found) <= 3 and heard["it"] == heard["en"] and not any(map(heard.get, _SMALL))
        if name == expected or silent or heard.get(expected, 0) > max(heard["it"], heard["en"]):
            return expected, p if name == expected else 0.6
    it, en = heard["it"], heard["en"]
    others = max(count for name, count in heard.items() if name not in {"it", "en"})
    if max(it, en) >= 2 * min(it, en) + 1 and max(it, en) >= min(3, 1 + len(found) // 6) and max(it, en) > others:
        share = max(it, en) / len(found)
        if len(found) <= 3 or share > 0.3:
            return ("it" if it > en else "en"), 0.99
    return _by_letters(text[:2000], found, heard, expected)


def _heard(found: Sequence[str]) -> dict[str, float]:
    """How many of these words each language has, and letters that give it away."""
    found = [word for word in found if word not in _EVERYWHERE]
    result: dict[str, float] = {name: sum(word in small for word in found) for name, small in _SMALL.items()}
    result["it"] = sum(
        w in _IT
        or w in _MATTERS_IT
        or ("'" in w and w.split("'")[0] in {"l", "dell", "all", "un", "nell", "d", "dall", "sull", "quest"})
        or w.startswith(("c'era", "c'è"))
        for w in found
    )
    result["en"] = sum(w in _EN or w in _MATTERS_EN for w in found)
    for letter in {letter for word in found for letter in word if letter in _LETTERS}:
        for name in _LETTERS[letter]:
            result[name] += 1
    return result


def _by_letters(text: str, found: list[str], heard: dict[str, float], expected: str | None) -> tuple[str, float]:
    """What the letters say and the words, together; of two that are as likely, the language that is expected."""
    if len(_OTHER_LETTERS.findall(text)) > 0.3 * sum(map(len, found)):
        return _best(text, _NOT_LATIN)
    odds = {
        name: math.log(max(float(p), 1e-4)) + _HEARD * heard.get(name, 0)
        for name, p in _identifier().rank(text)
        if name in _LATIN
    }
    for name in ("it", "en"):
        odds[name] += _AHEAD
    if expected in odds:
        odds[expected] += _AHEAD
    name = max(odds, key=lambda each: odds[each])
    return name, 1 / sum(math.exp(each - odds[name]) for each in odds.values())


def small_words() -> frozenset[str]:
    """The words by which languages are told apart: most say nothing of the matter."""
    return _IT | _EN

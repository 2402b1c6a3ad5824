"""Words that neither praise nor blame by themselves: «alto», «lungo», «cold», «small» do it beside what they measure.

High prices are blame and high quality is praise. One table says so: what is measured, which words praise it and which
blame it, in Italian and English. Stems end with *, whole words do not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

#: (aspect, «» where it speaks of none; what is measured; words that praise it, words that blame it, the English ones behind a stroke)
_TABLE: tuple[tuple[str, str, str, str], ...] = (
    ("price", "prezz* tariff* cost* spes* commission* canon* supplement* parcell* onorari* bollett* conto interess* price prices pricing fee fees cost costs charge charges rate rates fare fares bill bills", "bass* contenut* modic* ridott* modest* ragionevol* onest* competitiv* popolar* giust* abbordabil* accessibil* equ* corrett* / low lower lowest fair reasonable small cheap affordable competitive", "alt* altin* altucci* elevat* alle-stelle fuori-mercato assurd* folli / high higher highest steep hefty big huge crazy silly"),
    ("price", "rapporto value", "alt* ottim* buon* giust* / good great excellent", "bass* scars* pessim* / poor low bad"),
    ("waiting", "attes* coda code fila file tempi tempistic* wait waits queue queues line lines delays", "brev* cort* ridott* minim* poc* nessun* zero senza niente veloc* rapid* cert* / short shorter minimal little no without brief quick", "lung* lunghissim* molt* tant* tropp* biblic* infinit* indefinit* etern* / long longer endless huge massive"),
    ("product", "qualità materiali materie quality materials ingredients ingredienti", "alt* altissim* elevat* prim* buon* superior* fresc* / high higher top good", "bass* bassissim* infim* scars* inferior* econom* / low lower poor cheap inferior"),
    ("", "livello livelli standard level levels standards", "alt* altissim* elevat* ottim* / high higher top", "bass* bassissim* infim* scars* / low lower poor"),
    ("staff", "professionalità competenza preparazione disponibilità attenzione cortesia educazione gentilezza professionalism competence attention care", "alt* massim* grand* tant* molt* tutt* / high great lots plenty", "bass* scars* poc* nessun* zero minim* zero / low little no"),
    ("premises", "camer* stanz* bagn* sala sale salett* spaz* local* letto letti armadi* doccia box parcheggi* piscin* balcon* terrazz* ascensor* tavol* sediol* ambient* cabin* spogliatoi* room rooms bathroom* space spaces bed beds shower* lounge lobby parking pool lift table tables cabin wardrobe closet", "grand* ampi* spazios* larg* enorm* immens* / large larger big bigger spacious huge roomy generous", "piccol* piccin* minuscol* strett* angust* cort* ridott* bass* / small smaller tiny narrow little cramped short"),
    ("premises", "camer* stanz* bagn* sala local* piscin* ambient* room rooms bathroom* pool shower acqua water doccia", "calducci* / warm", "fredd* gelid* ghiacciat* rovent* bollent* tiepid* / cold freezing tepid"),
    ("premises", "acqua water doccia shower", "cald* / hot", "fredd* gelid* ghiacciat* tiepid* / cold lukewarm"),
    ("premises", "pressione getto pressure", "fort* alt* buon* / strong good high great", "debol* bass* scars* / weak low poor"),
    ("premises", "lett* materass* cuscin* divan* sedi* poltron* sedil* brandin* bed beds mattress* pillow* seat seats chair chairs sofa*", "morbid* comod* / soft comfy", "dur* durissim* rigid* sfondat* vecchi* / hard lumpy saggy thin firm"),
    ("premises", "music* rumor* tv televisor* voci traffico chiasso music noise noises tv voices traffic", "bass* soffus* poc* nessun* zero / soft low no", "alt* altissim* fort* assordant* tant* tropp* continu* molt* / loud high constant much lots"),
    ("premises", "luc* illuminazion* finestr* light lights lighting window windows", "grand* ampi* buon* / big large good natural", "debol* scars* fioc* poc* piccol* / dim weak poor little small"),
    ("premises", "scal* gradin* stairs steps staircase", "", "ripid* alt* tant* tropp* strett* / steep narrow many"),
    ("cleanliness", "odor* puzz* smell* odour* stench", "buon* gradevol* / good nice", "fort* intens* acr* persistent* strano strana / strong bad heavy strange funny odd"),
    ("product", "birr* bibit* spritz vino vini prosecc* bevand* champagne cocktail* beer* drink drinks wine wines lager champagne", "fredd* freddissim* fresc* freschissim* ghiacciat* gelat* / cold chilled ice-cold", "cald* tiepid* / warm lukewarm"),
    ("product", "caff* cappuccin* zupp* minestr* pizz* past* primo primi piatt* cib* tè pietanz* carne fritt* cornett* brioche food coffee soup tea dish dishes plate plates meal meals chips pizza pasta breakfast dinner", "cald* caldissim* fumant* bollent* / hot warm", "fredd* freddissim* tiepid* gelid* / cold lukewarm tepid stone-cold"),
    ("product", "carn* pan* bistecc* polp* tagliat* filett* polip* gamb* meat bread steak steaks chicken beef lamb", "tener* morbid* morbidissim* tenerissim* / tender soft", "dur* durissim* stoppos* secc* gommos* / tough hard dry chewy"),
    ("product", "cib* cucin* piatt* frittur* fritt* condiment* food cooking dishes batter", "legger* leggerissim* / light", "pesant* unt* / heavy greasy"),
    ("product", "porzion* dos* portion portions serving servings helpings", "abbondant* grand* generos* giust* enorm* / big large generous huge", "piccol* scars* miser* ridott* minuscol* micro / small smaller tiny meagre mean stingy"),
    ("product", "scelt* assortiment* varietà gamma menù menu carta choice selection range variety menu", "ampi* ampissim* vast* grand* tant* ricc* vari* infinit* / wide great good huge big plenty lots", "poc* scars* limitat* ridott* piccol* ristrett* nessun* / little limited small poor narrow no few"),
    ("product", "mobil* scatol* plastic* tessut* stoff* finitur* furniture plastic fabric finish packaging look looks feel feels looking", "resistent* robust* spess* / sturdy solid thick", "sottil* fin* leggerin* / cheap thin flimsy"),
    ("product", "scarp* stival* pantalon* magli* giacc* vest* camici* taglia shoes boots trousers jacket shirt dress size fit fits", "", "strett* larg* piccol* cort* / small tight loose large short"),
    ("product", "batteri* durat* autonomi* battery", "lung* alt* buon* / long good", "cort* brev* scars* poc* bass* / short poor low"),
    ("wifi", "segnal* wifi wi-fi connession* linea rete internet signal wifi connection broadband", "fort* potent* veloc* stabil* ottim* / strong fast stable good", "debol* lent* scars* bass* instabil* assent* / weak slow poor patchy unstable"),
    ("delivery", "consegn* spedizion* delivery shipping", "veloc* rapid* puntual* brev* prompt / fast quick", "lung* lunghissim* lent* tardiv* / long slow late"),
    ("location", "passeggiat* distanz* tragitto walk distance stroll drive", "brev* cort* poc* minim* / short easy quick little", "lung* lunghissim* tropp* / long far"),
    ("information", "orari orario hours", "ampi* lung* flessibil* comod* comodissim* / long flexible extended", "ridott* cort* scomod* brev* limitat* strett* / short limited awkward"),
    ("", "punto punti point points suit", "forza fort* fortissim* plus / strong selling high", "debol* debolezza dolent* critic* negativ* / weak low sore sticking"),
    ("", "nota note", "positiv* merito lieta", "dolent* negativ* stonat* demerito"),
    ("", "rischi* pericol* risk danger", "bass* minim* nessun* zero / low minimal no", "alt* fort* grav* serio grave / high serious"),
)  # fmt: skip
#: How many words before and behind one of these what it measures may stand, and where the search ends
_BEFORE, _BEHIND = 6, 3
_STOPS = frozenset(". , ; : ! ? ( ) ma però but".split())
_TOO = frozenset("troppo eccessivamente too overly".split())
_LESS = frozenset("meno less".split())
#: «alta stagione», «high street»: a name, no measure
_NAMES = frozenset("stagione velocità gamma moda fedeltà definizione season street tea speed end notice term".split())


@lru_cache(maxsize=1)
def _entries() -> tuple[dict[str, list[tuple[int, int]]], dict[str, list[tuple[int, int]]]]:
    """Whole words and stems → (row, 1 praise, -1 blame, 0 what is measured)."""
    whole: dict[str, list[tuple[int, int]]] = {}
    begin: dict[str, list[tuple[int, int]]] = {}
    for row, (_, things, good, bad) in enumerate(_TABLE):
        for sign, entries in ((0, things), (1, good), (-1, bad)):
            for entry in dict.fromkeys(entries.replace("/", "").split()):
                (begin if entry.endswith("*") else whole).setdefault(entry.rstrip("*"), []).append((row, sign))
    return whole, begin


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Words that measure what follows them."""
    return frozenset(word for row in _TABLE for listed in row[2:] for word in listed.partition("/")[2].split())


@lru_cache(maxsize=20_000)
def _rows(word: str) -> tuple[frozenset[int], dict[int, int]]:
    """In which rows a word is what is measured, and in which it measures: row → sign."""
    whole, begin = _entries()
    word = word.split("'")[-1]
    found = [*whole.get(word, ()), *(each for k in range(2, len(word) + 1) for each in begin.get(word[:k], ()))]
    return frozenset(row for row, sign in found if not sign), {row: sign for row, sign in found if sign}


@lru_cache(maxsize=2048)
def beside(found: tuple[str, ...]) -> Mapping[int, tuple[str, int]]:
    """Which of these words praise (1) or blame (-1) what stands nearest to them, and the aspect that is: place → both.

    >>> beside(("prezzi", "alti", "e", "porzioni", "grandi"))
    {1: ('price', -1), 4: ('product', 1)}
    >>> beside(("una", "cold", "beer")), beside(("too", "cold", "beer"))
    ({1: ('product', 1)}, {1: ('product', -1)})
    """
    result: dict[int, tuple[str, int]] = {}
    for at, word in enumerate(found):
        _, signs = _rows(word)
        if not signs or (at + 1 < len(found) and found[at + 1] in _NAMES):
            continue
        row = _nearest(found, at, signs)
        if row is None:
            continue
        sign, before = signs[row], found[max(0, at - 2) : at]
        if any(each in _TOO for each in before):
            sign = -1
        elif any(each in _LESS for each in before):
            sign = -sign
        result[at] = (_TABLE[row][0], sign)
    return result


def _nearest(found: Sequence[str], at: int, signs: dict[int, int]) -> int | None:
    """The row of the nearest word that this one can measure; of two as near, an English one measures what follows it."""
    best: tuple[float, int] | None = None
    behind_first = found[at] in _english()
    for step, reach in ((-1, _BEFORE), (1, _BEHIND)):
        for distance in range(1, reach + 1):
            place = at + step * distance
            if not 0 <= place < len(found) or found[place] in _STOPS:
                break
            rows = _rows(found[place])[0] & signs.keys()
            if rows and not _is_ratio(found, place):
                away = distance + (0.5 if (step < 0) == behind_first else 0.0)
                best = min(best or (away, min(rows)), (away, min(rows)))
                break
    return None if best is None else best[1]


def _is_ratio(found: Sequence[str], at: int) -> bool:
    """«rapporto qualità prezzo», «quality price ratio»: neither of the two is measured."""
    return "rapporto" in found[max(0, at - 4) : at] or "ratio" in found[at : at + 3]

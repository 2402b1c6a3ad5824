"""Words that praise and words that blame, in Italian and English: what the heads know of words they were not trained on.

Stems end with *, whole words do not. A negation within three words before turns the sign; the count of each, and what
else the writing gives away, become a few numbers beside the sentence's vector.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from premura.text.tokens import words

_GOOD = """
ottim* eccellen* perfett* splendid* meraviglios* fantastic* bellissim* bell* buon* bravo brava bravi brave bravissim* gentil* cortes* cordial* disponibil* professional*
competen* preparat* puntual* veloc* rapid* pulit* pulitissim* comod* confortevol* accoglien* silenzios* spazios* luminos* curat* consiglio consigliat* consigliatissim* soddisf* content* felic*
grazie ringrazi* complimenti apprezz* piaciut* piace adoro amo stupend* incantevol* delizios* squisit* buonissim* gustos* fresc* genuin* convenient* onest* economic* ragionevol*
imbattibil* top super impeccabil* efficien* chiar* facil* semplic* utile affidabil* sicur* attent* premuros* simpatic* sorriden* sorriso educat* pazien* tempestiv* eccezional* unic*
magnific* incredibil* emozionant* commovent* divertent* divertit* rilassant* elegant* modern* fiduci* tranquill* evviva finalmente risolt* migliore migliori volentieri entusiast* innamorat* gioia
bene benissimo regalo sereno serena sogno favoloso favolosa favolosi tornerò torneremo tornerei super stellar* ricc* abbondan* varia profumat* igienizzat* ordinat* immacolat* lindo gratuit* capolavoro geniale
good great excellent perfect* wonderful amazing awesome fantastic lovely nice* brilliant superb outstanding friendly helpful kind* polite courteous professional* clean* spotless comfortabl* quiet spacious
fast quick* prompt* punctual efficient* easy clear* reliable fair* affordable cheap reasonable recommend* satisf* happy happier glad pleased pleasant* delight* delicious tasty fresh enjoy* love* thank* appreciat* impressed
best better beautiful* charming cosy cozy welcoming attentive caring patient trust* smile* smiling smooth* worth perfect exceeded gem fun relaxing superb well fab ace
"""
_BAD = """
pessim* terribil* orribil* orrend* brutt* bruttissim* schif* sporc* sudici* lurid* maleodorant* puzz* scadent* mediocr* delus* delud* deludent* scortes* maleducat* arrogant* sgarbat* cafon* svogliat*
incompeten* impreparat* lent* lentissim* ritard* attesa attese aspettat* caro cara cari care carissim* costos* esagerat* eccessiv* furto ladri ladro truff* imbrogl* vergogn* scandal* inaccettabil* indecen* indecoros*
disastr* rotto rotta rotti rotte guast* rovinat* difettos* sbagliat* errore errori errato problem* disserviz* disorganizz* confus* rumor* scomod* fredd* gelid* buio buia angust* strett* vecchi* fatiscent* muff* insett* scarafagg*
peggio peggior* peggiorat* arrabbiat* furios* rabbia stufo stufa incazz* odio odios* triste tristezza trist* paura preoccup* ansia purtroppo peccato lament* reclam* rimbors* scus* inesistent* assent* manca mancava mancanza mancano impossibil* inutil* inutilizzabil*
troppo troppa troppi troppe too insufficien* scars* pover* deplorevol* ridicol* assurd* vergogna basta mai sconsigl* maledett* buffon* incivil* disonest* bugi* ignorat* abbandonat* amareggi* dispiac* male malissimo sconfort* danneggiat* danni dann* strapp* macchi* polver* appiccic* insipid* crud* bruciat* stantio
buttati buttato doppio gonfiat* spaventat* terroriz* insopportabil* freddezza indifferent* seccat* menefregh* disagi* degrad* pericolos* inaffidabil* nessuno neanche nemmeno scaduto scadut* illegal* fregatura presa fregat* scarso minuscol* piccol*
bad* poor* terrible* horrible* awful* disgust* dirty filthy smelly rude unfriendly unhelpful arrogant incompetent slow* late delay* wait* expensive overpriced pricey rip-off ripoff scam* fraud shame* disgrace* unacceptable disaster* broken
faulty damaged defective wrong error* mistake* problem* issue* noisy noise uncomfortable cold dark cramped old outdated mould mold bug* cockroach* worst worse angry furious annoy* hate* sad* scared afraid worr* unfortunately disappoint* complain* refund*
missing lack* impossible useless ridiculous absurd joke never avoid regret* lie* liar* ignored nobody failed fail* stale bland undercooked burnt lost unprofessional confus* frustrat* pathetic appalling dreadful nightmare mess* miser* unreliable stain* sticky tiny dishonest hung waste*
"""
_NOT = frozenset(
    "non nn no mai niente nulla nessun nessuna nessuno senza né neanche nemmeno poco not never no none nothing without hardly n't cannot nor".split()
)
_MORE = frozenset(
    "molto molta tanto davvero veramente proprio super estremamente troppo assai very really so extremely too absolutely totally".split()
)
_SMILES, _FROWNS = (
    "😀😃😄😁😊🙂😍🥰😘👍👏🎉❤💕💖😂🤣⭐🌟💯🙏😋😇✨🥳🔝💪",
    "😡😠🤬😤👎😢😭😞😔🙁☹😣😖😫😩🤮🤢💩😒😑😱😨😰💔😕🤦",
)
_FACES = {face: _SMILES.count(face) - _FROWNS.count(face) for face in _SMILES + _FROWNS}
#: How many numbers `marks` gives, which of them is the balance of praise and blame (-1 to 1), and their scale
MARKS = 12
BALANCE = 3
SCALE = np.float32(0.3)


@lru_cache(maxsize=1)
def _stems() -> tuple[dict[str, int], dict[str, int]]:
    whole: dict[str, int] = {}
    begin: dict[str, int] = {}
    for sign, entries in ((1, _GOOD), (-1, _BAD)):
        for entry in entries.split():
            (begin if entry.endswith("*") else whole).setdefault(entry.rstrip("*"), sign)
    return whole, begin


@lru_cache(maxsize=20_000)
def sign_of(word: str) -> int:
    """1 for a word of praise, -1 for a word of blame, 0 for any other; the longest stem decides.

    >>> sign_of("gentilissima"), sign_of("sporchissimo"), sign_of("tavolo")
    (1, -1, 0)
    """
    whole, begin = _stems()
    if word in whole:
        return whole[word]
    return next((begin[word[:k]] for k in range(len(word), 2, -1) if word[:k] in begin), 0)


def balance_of_faces(text: str) -> int:
    """Faces and signs of praise less those of blame.

    >>> balance_of_faces("😡😡👍"), balance_of_faces("ok")
    (-1, 0)
    """
    return 0 if text.isascii() or _FACES.keys().isdisjoint(text) else sum(_FACES.get(sign, 0) for sign in text)


def marks(cleaned: str, original: str = "") -> NDArray[np.float32]:
    """Twelve numbers about a text: counts of praise and blame (after negation), negations, signs, faces, length."""
    found = words(cleaned)
    good = bad = turned = negations = strong = 0
    last_not = -9
    for at, word in enumerate(found):
        if word in _NOT or word.endswith("n't"):
            negations += 1
            last_not = at
        strong += word in _MORE or word.endswith(("issimo", "issima", "issimi", "issime"))
        sign = sign_of(word)
        if sign and at - last_not <= 3 and at != last_not:
            turned += 1
            sign = -sign
        good += sign > 0
        bad += sign < 0
    text = original or cleaned
    faces = balance_of_faces(text)
    values = [good, bad, good - bad, (good - bad) / (good + bad + 1), good > 0 and bad > 0, turned, negations, strong,
              "!" in text, "?" in text, max(-2, min(2, faces)), len(found) / 20]  # fmt: skip
    result = np.asarray(values, dtype=np.float32)
    result[[0, 1, 6, 7]] = np.log1p(result[[0, 1, 6, 7]])
    result[2] = np.tanh(result[2] / 2)
    return np.asarray(result * SCALE, dtype=np.float32)

"""Words that praise and words that blame, in Italian and English: what the heads know of words they were not trained on.

Stems end with *, whole words do not. A negation before them turns the sign, a few words far and never beyond a comma or «e»; the count of each, and what
else the writing gives away, become a few numbers beside the sentence's vector.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from premura.text.measures import beside
from premura.text.tokens import words

_GOOD = """
ottim* eccellen* perfett* splendid* meraviglios* fantastic* bellissim* bell* buono buona buoni buone buon buonissim* bravo brava bravi brave bravissim* gentil* cortes* cordial* disponibil* professional*
competen* preparat* puntual* veloc* rapid* pulit* pulitissim* comod* confortevol* accoglien* silenzios* spazios* luminos* curat* consiglio consigliat* consigliatissim* soddisf* content* felic*
grazie ringrazi* complimenti apprezz* piaciut* piace adoro amo stupend* incantevol* delizios* squisit* buonissim* gustos* fresc* genuin* convenient* onest* economic* ragionevol*
imbattibil* top super impeccabil* efficien* chiar* facil* semplic* utile affidabil* sicuro sicura sicuri sicure sicurissim* attent* premuros* simpatic* sorriden* sorriso educat* pazientissim* pazienza tempestiv* eccezional* unic*
magnific* incredibil* emozionant* commovent* divertent* divertit* rilassant* elegant* modern* fiduci* tranquill* evviva finalmente risolt* migliore migliori volentieri entusiast* innamorat* gioia
bene benissimo sereno serena sogno favoloso favolosa favolosi tornerò torneremo tornerei stellar* ricc* abbondan* varia profumat* igienizzat* ordinat* immacolat* lindo gratuit* capolavoro geniale
good great excellent perfect* wonderful amazing awesome fantastic lovely nice* brilliant superb outstanding friendly helpful kind* polite courteous clean* spotless comfortabl* quiet spacious
fast quick* prompt* punctual efficient* easy clear* reliable fair* affordable cheap reasonable recommend* satisf* happy happier glad pleased pleasant* delight* delicious tasty fresh enjoy* love* thank* appreciat* impressed
best better beautiful* charming cosy cozy welcoming attentive caring patience patiently trust* smile* smiling smooth* worth perfect exceeded gem fun relaxing well fab ace
incantat* suggestiv* gradevol* gradit* piacevol* carin* grazios* apprezzabil* benvenut* coccol* attrezzat* abbondant* generos* sopraffin* raffinat* sublime strepitos* spettacolar* spettacolo mitic* superlativ* esemplar* ineccepibil*
irreprensibil* inappuntabil* ospital* caloros* amichevol* amabil* garbat* celere fulmine* lampo istantane* fluid* intuitiv* pratico pratici praticissim* robust* resistent* solid* durevol* morbid* soffic* splendent* scintillant* panoramic* mozzafiato romantic* paradis*
oasi gioiell* perla chicca tesoro angel* azzeccat* riuscit* vincent* vinto vinta raccomando raccomandato raccomandati raccomandatissim* straconsigli* promoss* lode yum slurp applaus* chapeau abbracci* ador* ammirat* orgoglios* sollievo sollevat* pace relax riposant* rigenera* guarit*
migliorat* salvat* aiutat* gratis omaggio risparmi* trasparent* leal* corrett* precis* accurat* scrupolos* minuzios* meticolos* dettagliat* esaurient* reattiv* magic* favol* fiab* goduri* godut* saporit* appetitos* prelibat* croccant* fragrant*
cremos* affettuos* dolcissim* rispettos* dignitos* decoros* decent* valid* notevol* pregevol* encomiabil* lodevol* stimat* fortunat* consiglier* ritorner* ricompr* galantuom* rassicura* rassicurat* incoraggi* illimitat* sconfinat*
gorgeous stunning terrific marvellous marvelous splendid immaculate pristine impeccabl* flawless* faultless* seamless* effortless* hassle-free speedy swift* cheerful* generous* genuine* honest* decent cute adorable heaven* bliss* dream* bargain
luxur* stylish tidy airy peaceful calm* cheery brill cracking chuffed thrilled grateful proud relieved memorable unforgettable unbeatable top-notch first-class congrat* thoughtful* considerate knowledgeable competent skilled skilful
skillful expert* accommodating respectful sturdy solid durable crisp juicy mouthwatering scrumptious yummy hearty favourite favorite wow hooray yay treat saved lifesaver gentle gently sweet
"""
_BAD = """
pessim* terribil* orribil* orrend* brutt* bruttissim* schif* sporc* sudici* lurid* maleodorant* puzz* scadent* mediocr* delus* delud* deludent* scortes* maleducat* arrogant* sgarbat* cafon* svogliat*
incompeten* impreparat* lent* lentissim* ritard* attesa attese aspettat* caro cara cari care carissim* costos* esagerat* eccessiv* furto ladri ladro truff* imbrogl* vergogn* scandal* inaccettabil* indecen* indecoros*
disastr* rotto rotta rotti rotte guast* rovinat* difettos* sbagliat* errore errori errato problem* disserviz* disorganizz* confus* rumor* scomod* fredd* gelid* buio buia angust* strett* vecchi* fatiscent* muff* insett* scarafagg*
peggio peggior* peggiorat* arrabbiat* furios* rabbia stufo stufa incazz* odio odios* triste tristezza trist* paura preoccup* ansia purtroppo peccato lament* reclam* inesistent* assent* manca mancava mancanza mancano impossibil* inutil* inutilizzabil*
troppo troppa troppi troppe too insufficien* scars* pover* deplorevol* ridicol* assurd* vergogna basta sconsigl* maledett* buffon* incivil* disonest* bugi* ignorat* abbandonat* amareggi* dispiac* male malissimo sconfort* danneggiat* danni dann* strapp* macchi* polver* appiccic* insipid* crud* bruciat* stantio
buttati buttato doppio gonfiat* spaventat* terroriz* insopportabil* freddezza indifferent* seccat* menefregh* disagi* degrad* pericolos* inaffidabil* scaduto scadut* illegal* fregatura presa fregat* scarso minuscol* piccol*
bad* poor* terrible* horrible* awful* disgust* dirty filthy smelly rude unfriendly unhelpful arrogant incompetent slow* late delay* wait waiting waited expensive overpriced pricey rip-off ripoff scam* fraud shame* disgrace* unacceptable disaster* broken
faulty damaged defective wrong error* mistake* issue* noisy noise uncomfortable cold dark cramped old outdated mould mold bug* cockroach* worst worse angry furious annoy* hate* sad* scared afraid worr* unfortunately disappoint* complain*
missing lack* impossible useless ridiculous absurd joke avoid regret* lie* liar* ignored failed fail* stale bland undercooked burnt lost unprofessional frustrat* pathetic appalling dreadful nightmare mess* miser* unreliable stain* sticky tiny dishonest hung waste*
insoddisf* inadeguat* inadatt* inaccessibil* ingiust* inospital* incomplet* inesatt* inespert* inefficien* inadempien* indegn* indign* infern* incubo incubi inguardabil* immangiabil* imbevibil* improponibil* impresentabil* imbarazz* impolverat*
insult* irrispettos* irrita* irresponsabil* irraggiungibil* illeggibil* incomprensibil* inconcepibil* intollerabil* invivibil* sgradevol* sgradit* sgarb* sgridat* scocciat* scazz* seccatur* snervant* stressant* stress stancant* sfinit* esaspera*
esasperant* sfiancant* squallid* squallor* trascurat* trasandat* tetro tetra tetri umid* unto unta untuos* datat* obsolet* antiquat* logor* usurat* sfondat* scrostat* scheggiat* cigol* rugginos* arruggin* crepat* bucata allagat* intasat* persa persi
desiderare stoppos* gommos* rafferm* rancid* marcio marcia marci avariat* ammuffit* sciap* annacquat* surgelat* precott* scotti scotto scotta indigest* nause* vomit* ribrezz* rivoltant* fetor* tanfo fogna topo topi blatt* formich* zanzar*
cimic* caos caotic* casino baraonda chiass* baccano frastuono assordant* urlav* urlat* strill* sbraita* interminabil* eternità lunghissim* lungaggin* rinvii rinviat* smarrit* disperso rubat* derubat* raggir* ingann* bidone bufala fuffa
porcheri* ciofec* boiata cavolat* stronz* cagat* merda vaffa* idiot* stupid* imbecill* cretin* scemo scemi ignorant* villan* zotic* antipatic* scorbutic* scostant* altezzos* spocchi* supponen* presuntuos* negligen* sciatt* approssimativ* superficial*
dilettant* distratt* sparit* irreperibil* rimpall* scaricabarile evasiv* rifiut* negat* respint* minacc* aggredit* aggressiv* violent* offes* offensiv* umiliat* umiliant* discriminat* rapina strozzin* usurai* spenna* salatissim* stangat* batosta
salasso spropositat* sproporzionat* rincar* sovrapprezz* fallat* fasull* finto finta finte tarocc* contraffatt* smesso impallat* angosc* terror* tremend* atroc* penos* pietos* patetic* desola* avvil* deprim* mortifica* scoragg* rammaric* rimpiang*
pentit* sprec* buttat* gettat* scappa* evitare evita evitate evitat* abbandon* addio calvario odissea noios* noia banal* sbuff* fatica faticos* caldissim* afos* spiffer* orfan* lutt*
gross grim grimy grubby mouldy moldy musty stuffy stink* stank foul vile dire shoddy flimsy tacky tatty shabby run-down rundown worn threadbare peeling leak* dripping clogged blocked jammed cracked scratched torn dented snapped crashed froze glitch*
buggy spam ripped robbed conned swindl* cheat* mislead* deceiv* fake bogus lousy crap rubbish garbage trash junk shit hell horrid horrif* horren* abysmal atrocious diabolical shambles chaos chaotic clueless careless sloppy lazy surly snooty snotty
grumpy sullen hostile aggressive abrupt curt patroni* condescend* dismissive shouted shouting yelled humiliat* disrespect* threaten* ghosted fobbed overlooked forgot* neglect* understaffed overcrowded crowded deafening loud racket damp draughty
drafty chilly freezing stifling sweltering lukewarm soggy greasy raw rotten tasteless flavourless inedible overcooked chewy rubbery watery sick poison* extortionate exorbitant steep ouch gutted fuming livid seething outrag* heartbroken
devastat* upset* sadly pity letdown let-down underwhelm* mediocre meh dull boring tedious pointless worthless nobody's shrug* excuse* flop
"""
#: Words that turn what follows, and how many words far: «non mi ha mai deluso», but «senza glutine preparata apposta»
_NOT = {
    **dict.fromkeys("non nn mai neanche nemmeno not never hardly n't cannot nor nobody".split(), 4),
    **dict.fromkeys("no niente nulla nessun nessuna nessuno senza né poco poca zero none nothing without".split(), 2),
}
#: Where what a negation turns has its end
_ENDS = frozenset(", . ; : ! ? ( ) e ed ma però and but or perché because che".split())
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


def _turned(found: Sequence[str]) -> list[int]:
    """How many words a negation turns from each place on; and -1 for a word that it has turned."""
    result, until = [0] * len(found), -1
    for at, word in enumerate(found):
        if word in _ENDS:
            until = -1
        reach = 4 if word.endswith("n't") else _NOT.get(word, 0)
        if reach:
            until = max(until, at + reach)
            result[at] = reach
        elif at <= until:
            result[at] = -1
    return result


def measured(cleaned: str) -> dict[str, int]:
    """Which aspects are praised or blamed by what they are beside, after negation: praise less blame (`measures`).

    >>> measured("prezzi alti, qualità non alta"), measured("tavolo alto")
    ({'price': -1, 'product': -1}, {})
    """
    found = words(cleaned)
    result: dict[str, int] = {}
    if said := beside(found):
        turned = _turned(found)
        for at, (aspect, sign) in said.items():
            result[aspect] = result.get(aspect, 0) + (-sign if turned[at] < 0 else sign)
    return result


def marks(cleaned: str, original: str = "") -> NDArray[np.float32]:
    """Twelve numbers about a text: counts of praise and blame (after negation), negations, signs, faces, length."""
    found = words(cleaned)
    said, turns = beside(found), _turned(found)
    good = bad = turned = negations = strong = 0
    for at, word in enumerate(found):
        negations += turns[at] > 0
        strong += word in _MORE or word.endswith(("issimo", "issima", "issimi", "issime"))
        sign = said[at][1] if at in said else sign_of(word)
        if sign and turns[at] < 0:
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

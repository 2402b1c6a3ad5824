"""Which words speak of which aspect, and which of which feeling, in Italian and English.

A head that has seen «cameriere» ten times knows nothing of «sommelier»; these lists do. Stems end with *, whole words do
not. They are hints beside the sentence's vector: how much each counts, the heads learn from the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from premura.text.lexicon import sign_of
from premura.text.measures import beside
from premura.text.tokens import words

LISTS: dict[str, str] = {
    "staff": """personale staff persone people camerier* commess* addett* operator* operatrice receptionist reception impiegat* titolar* propriet* gestor* direttor* direttrice responsabil* ragazz* signora signore signorina
        portier* tecnic* meccanic* medic* dottor* infermier* segretari* istruttor* istruttrice parrucchier* estetist* cuoc* chef barist* autist* fattorin* corrier* consulent* avvocat* commercialist* artigian* bagnin* guida
        gentil* cortes* scortes* educat* maleducat* sgarbat* cordial* accoglienza accolt* disponibil* professional* preparat* competen* incompeten* sorris* sorriden* simpatic* arrogan* svogliat* empati* premuros* sbuff*
        employee* waiter* waitress* clerk* assistant* manager* owner* host* crew team nurse* doctor* technician* mechanic* driver* instructor* barber* stylist* lady guy girl boy man woman rude friendly polite helpful kind welcom* attentive courteous unhelpful smile* attitude greeted
        ragazzo ragazzi ragazza sportellist* insegnant* maestr* professor* collega collegh* dipendent* primario ostetric* fisioterapist* farmacist* pediatr* oculist* notaio geometra praticant* venditor* venditric* cassier* magazzinier* portinai* custod* animator* hostess steward sommelier maitre barman signor sig dott famigli* ospital* garbat* garbo tatto umanit* rispettos* ascolt* premur* coccol* antipatic* spocchi* supponen* altezz* scostant* villan* cafon* sbraita* buongiorno salut* chiacchier* pazienz* comprensiv* incapac* ignorant* bravissim* gamba scorbutic* brav* umani
        landlord landlady porter hosts colleague* dentist surgeon midwife vet teacher tutor coach trainee solicitor accountant plumber electrician fitter chap bloke lad lads ladies manner* patience grumpy surly sullen shrug* ignored listened kindness warmth professional unprofessional lazy skilled knowledgeable waiters waitresses""",
    "waiting": """attes* aspett* coda code fila file ore ora minut* mezz'ora mezzora lent* lentissim* veloc* rapid* rapidissim* ritard* puntual* orario subito tempi tempo immediat* eternità attendere attend* sollecit* infinit*
        wait* queue* queued line hour hours minutes late delay* slow* quick* fast prompt* punctual* instantly immediately forever ages time
        numerett* turno rinvi* slitt* rimand* lungaggin* interminabil* celer* tempestiv* lampo istantane* fulmine* svelt* settiman* mesi tardi presto
        weeks months appointment slot delayed overdue backlog speed* swift* promptly seated punctual yet""",
    "cleanliness": """pulit* pulizi* sporc* sporcizi* igien* polver* macchi* macchiat* lurid* sudici* puzz* odor* profumat* muff* capell* capelli insett* scarafagg* ragnatel* igienizzat* sanificat* immacolat* lindo appiccicos* bricio* unto maleodorant* cartacc* immondizi* cimic*
        clean* dirt* dirty filth* hygien* dust* stain* spotless smell* stink* mould* mold* hair hairs grime grimy sticky crumbs bug bugs cockroach* tidy immaculate rubbish
        lavat* disinfett* steril* candeggin* lucid* bagni fogna tanfo fetor* briciol* mozzicon* formich* blatt* topi topo escrement* pelo peli ditate impront* lerci* zozz* schifos* aspirapolver* straccio cestin* rifiut* bucato lenzuola asciugaman* gusci guanti garz* ordine
        wiped hoover* swept germs disinfect* footprints ants roach* mouse mice rat rats droppings scum greasy grubby litter bins sheets towels stank stunk hygiene""",
    "price": """prezz* car* cara caro cari care carissim* costos* costo costi costa costava costano economic* tariff* euro spesa spes* spend* sold* pag* sconto sconti conveniente convenienza offert* rapporto vale valore risparmi* listino supplement* furto rapina salato salati legnata batosta regalat* onest* prevent*
        price* pricey cost* expensive cheap* afford* value money paid pay euro* pound* quid dollar* discount* overpriced rip-off ripoff worth fee fees charge* bargain surcharge
        budget gratis omaggio compreso inclus* extra aument* rincar* raddoppi* triplo metà sovrapprezz* tassa parcell* onorari* preventiv* canone spropositat* esos* stangat* salass* spenn* svendit* affare denar* centesim* economicissim* regalano low-cost cifr*
        free included extras dear cheaper steal inflated extortionate rate rates quote quoted pounds penny deal costly fare half-price""",
    "product": """prodott* qualità cibo piatt* mangiat* mangiare cucina pasta pizz* carne pesce vino caffè dolc* colazion* menu menù porzion* gust* sapor* buonissim* materiale tessut* taglia scarp* vestit* maglia borsa mobil* tavolo divan* articol* modello rott* difett* difettos* funzion* durat* cucit* lavorazion* rifinit* macchin* auto veicol* furgon* gomm* noleggi* bici trattament* cura visita
        taglio tinta massaggi* corso lezion* protes* riparazion* freschissim* fresc* crud* bruciat* insipid* artigianal* fatto ceramic* gioiell*
        product* quality food dish* meal* eat ate taste* tasty delicious menu portion* fresh stale burnt raw coffee wine pizza pasta cake breakfast dinner lunch material fabric size shoe* dress broken faulty defect* handmade car van bike vehicle haircut treatment lesson* class* repair* item* stitching leather
        antipast* contorn* frittur* fritto risott* raviol* tortell* carbonara amatriciana lasagn* bistecc* tagliat* polpett* grigliat* hamburger panin* focacc* insalat* verdur* zupp* minestr* sushi gamber* cozze vongole polpo salmone salum* formagg* mozzarell* pane torta torte crostat* tiramis* cannol* gelat* brioche cappuccin* espresso birr* spritz cocktail cucinat* cottura cotto cotta scott* gustos* squisit* prelibat* delizios* croccant* salato
        lavatric* frigo frigorifer* forno frullator* stampant* batteri* caricator* cuffi* lampad* armadi* giacc* cappott* pantalon* jeans felp* camici* gonn* stival* occhial* lenti montatur* anell* collan* orolog* giocattol* passeggin* biciclett* scooter moto monopattin* motore freni frizion* cinghi* pastigli* pneumatic* ammortizzator* parabrezza carrozzeri* vernic* tagliand* revision* otturazion* ponte impiant* intervent* operazion* terapi* fisioterapi* vaccin* ecografi* prelievo anestesi* causa pratica dichiarazion* ricorso rogito bilanci* consulenz* scolorit* robust* resistent* fragil* plastic* stoff*
        soup salad burger* steak chips fish chicken lamb cheese bread pudding dessert starter* crumble curry sandwich* beer cocktail* kettle toaster fridge oven laptop battery charger headphones lamp sofa table wardrobe jacket coat trousers jumper shirt skirt boots glasses lenses ring watch toy* pram engine brakes clutch gearbox tyre tyres exhaust paint crown filling implant operation surgery therapy jab scan case contract flavour* flavor* bland cooked undercooked overcooked salty crispy sturdy flimsy durable cotton wood plastic""",
    "delivery": """consegn* spedizion* spedit* spedir* pacco pacchi corriere corrieri imballag* imballat* imball* arrivat* arriva arrivare ordine ordini ordinat* recapit* ritiro ritirat* tracking scatol* fattorino
        deliver* shipping shipped ship parcel* package* packag* courier* arrived order* tracking box
        destinatari* mittent* giacenza zerbino citofono bancal* camion trasport* imballo cartone plico raccomandat* rider recapitat* transito furgone trasportator*
        doorstep porch pallet* lorry dispatch* posted transit depot""",
    "billing": """fattur* bollett* conto scontrin* ricevut* addebit* rimbors* pagament* pagat* carta carte pos bonifico cauzion* deposito caparra acconto rata rate saldo storno iban ricevuta contabil* importo importi doppio
        bill* invoice* receipt* charged refund* payment* deposit* card overcharged debit* statement* amount
        contanti bancomat storn* riaccredit* trattenut* franchigia penale mora quietanz* iva partita cassa fatturazione pagare ticket accredit*
        billed overcharg* till vat cash charge reimburs* credited debited""",
    "web_phone": """sito app web online internet* portale telefon* chiam* cellulare centralino numero verde call mail email e-mail messagg* whatsapp chat login password modulo clic* prenotazion* prenot* pagina rispond* operatore linea schermata
        website* site online app phone* call* called email* e-mail message* login password booking* booked page form chat chatbot helpline hold rang ring
        bot segreteria squill* occupato musichetta richiam* riagganci* crash* registrazion* account captcha qr link notific* aggiornament* scaric* riservata sms digital* voce
        portal switchboard voicemail line lines engaged glitch* notification* update* download* text texted loads loading""",
    "premises": """local* ambient* sala stanz* camer* letto materass* cuscin* doccia bagn* arredament* arredat* spazio spazi spazios* rumor* silenzi* silenzios* luce luminos* buio caldo freddo riscaldament* climatizz* aria condizionata sedi* poltron* tavoli accoglien* comod* scomod* confort* moquette pareti finestr* struttura edificio negozio studio officina scale rampa insonorizz* musica balcone vetust* fatiscent* vecchi* ristruttur* mobili parcheggio spogliatoi*
        room* place venue bed* mattress* pillow* shower* bathroom* decor* furniture space* spacious noise* noisy quiet light* dark* warm cold heating air conditioning chair* seat* comfort* uncomfort* cosy cozy atmosphere ambience shop store building stairs window* wall* music cramped parking lift
        camerin* corrido* ingresso atrio hall giardin* dehors veranda terrazz* sedie sedia poltroncin* tetto soffitt* infiltrazion* umid* spiffer* gelid* afa afos* ventilator* condizionator* termosifon* stufa camin* neon illuminazion* lampadin* design paviment* gradin* barrier* ascensor* carrozzin* cortile angust* claustrofob* vista affaccio balcon* traffico pace relax tenut* datat* obsolet* decaden* tende matrimonial* doppia singola suite appartament* wc bidet vasca tovagli* allestit* estetic*
        fitting corridor lobby garden patio terrace view views balcony ceiling roof leak* damp draughty heater fan aircon ac lights lighting bulb carpet floor shabby dated run-down ramp wheelchair seats seating loo loos toilet toilets peaceful roomy airy stuffy glazing curtains blackout duvet tables""",
    "location": """posizion* zona centro central* vicin* lontan* stazione metro fermata quartier* strada raggiung* dista distanza passi piedi periferi* comodissim* mare lungomare dintorni ubicazion* trov* mappa parcheggi*
        location* located near* close central centre center station metro stop neighbourhood neighborhood area walk* distance far street find beach reach* outskirts
        angolo piazz* viale spiaggia collina campagn* bosco montagn* lago porto aeroporto autostrad* casello tram autobus bus treno traghett* capolinea pedonal* ztl navigator* indirizz* spostat* trasferit* isolat* defilat* panoram* ubicat* situat* posto raggiungibil* servit* mezzi
        corner square seafront harbour canal countryside hill village airport motorway train ferry nearby opposite remote tucked address directions satnav situated""",
    "complaints": """reclam* lament* segnal* rimbors* garanzi* sostituzion* sostitu* reso resi protest* scus* risolto risolv* risoluzione rimedi* problema problemi assistenza post-vendita contestazion* restituzion* riparat* ignorat*
        complain* complaint* refund* warranty guarantee* replac* return* apolog* sorry resolved resolve* solved fix* issue* problem* claim* compensat*
        ammess* ammett* rifatt* rimedia* risarc* contest* rimpall* responsabilit* colpa sbagli* errore disguid* inconvenient* fatto-presente scusand* scusat* rimborsat* accontentat*
        admitted blame mistake sorted replaced compensation voucher goodwill fobbed escalat* refused denied""",
    "information": """inform* informazion* spiega* spiegat* spiegazion* chiar* chiarezza istruzion* indicazion* cartell* segnal* comunic* comunicazion* avvis* avvisat* avvert* consigli* dettagli* descri* scritto trasparen* preavviso confus* orari
        inform* explain* explanation* clear* unclear instruction* sign* signage told tell communicat* advice advis* detail* descri* transparen* notice confus* misleading
        capire capito capisc* illustr* mostr* foglio opuscol* manual* libretto cartellin* etichett* allergen* scheda preventiv* condizion* clausol* ambigu* incomprensibil* contraddittori* taciut* omess* nascost* detto dicono dirmi dirci sapere sapev* saputo domand* consulenz* sito scritta
        leaflet manual label* terms quote warned mention* vague jargon understand understood knew know question* listed advert* website""",
    "other_customers": """client* ospiti bambini vicini gente altri persone ragazzini comitiva gruppo urla urlavano chiasso folla affollat* maleducati fumava fumavano cani tavolo accanto turisti
        guest* customer* kids children people neighbours neighbors crowd* group party loud shouting next table dogs smoking
        comitiv* scolaresc* ubriac* schiamazz* cori spint* fumator* vivavoce tavolata condomin* pubblico clientel* avventor* compleann* fumo cane coda
        stag hen drunk drunken punters patrons regulars clientele neighbour shoved pushed speakerphone bloke dog""",
    "amenities": """colazion* buffet piscin* palestr* parchegg* garage ascensor* spa sauna navett* frigobar minibar bollitor* televisor* tv bar terrazz* giochi giardin* ristorant* phon deposito bagagli servizi cornett* cena
        breakfast* pool gym parking lift elevator spa sauna shuttle minibar kettle tv bar terrace garden restaurant hairdryer
        brioche bici biciclett* lettin* ombrellon* spiaggia idromassagg* jacuzzi hammam sdrai* culla seggiolon* cassaforte frigo macchinett* distributor* accappato* ciabatt* lavanderi* animazion* miniclub tennis aperitiv* pensione pasti solarium merend* torta torte marmellat* dolci succhi caffè cappuccin* yogurt pos navetta palestra condizionat* tele
        bikes lounger* sunbed* umbrella* tub cot highchair safe fridge vending iron laundry playground toiletries robe* slipper* porridge jam dinner croissant* coffee""",
    "wifi": """wifi wi-fi wi wireless internet connession* rete segnale navig* password online wlan
        fibra banda router hotspot connett* scolleg* streaming velocità
        broadband signal tethering connected connection""",
    "anger": """vergogn* schif* arrabbiat* arrabbi* furios* furibond* rabbia indignat* indign* incazz* stuf* odio odios* ladri ladro truff* buffon* maledett* ridicol* scandal* scandalos* inaccettabil* maleducat* presa giro basta pretend* pretesa assurd* incivil* disonest* imbroglion* esasperat* insult* idiot* cretin* vaffa* denunci* insopportabil* infam* porcheria indecen*
        angry anger furious mad outrage* disgrace* shame* ridiculous rage hate hated fed scam* crook* thieves liar* lies insult* idiot* stupid unacceptable appalled livid joke damn hell fuck* shit* bullshit crap annoy* pissed""",
    "fear": """paura paur* temo timor* teme temere spavent* terror* terrorizz* ansia ansios* preoccup* angosci* panico brivid* tremat* trem* agitat* inquiet* allarm* pericol* incubo incubi insicur* batticuore
        fear* afraid scared scar* terrif* terrified worr* anxious anxiety nervous panic* frighten* danger* unsafe alarm* nightmare creepy horror dread*""",
    "joy": """felic* gioia content* content entusiast* adoro amo innamorat* fantastic* meraviglios* stupend* splendid* bellissim* evviva divertit* divertent* ridere riso sorris* emozion* emozionat* sogno favolos* allegr* piacere piacevol* super auguri complimenti brav* spettacol*
        happy happ* joy* love* loved delight* wonderful amazing awesome fantastic great excit* fun enjoy* laugh* smile* glad brilliant perfect yay haha* lol cheer* proud""",
    "sadness": """trist* tristezza delus* delud* deludent* peccato dispiac* purtroppo piang* pianto lacrim* amar* amareggiat* rimpiang* nostalg* malincon* rattrist* sol* abbandonat* sconfort* sconsol* rimast* dolor* lutto mancher* manca depress* rammaric* desolant* mortificat*
        sad sadness sadly disappoint* unfortunately cry cried crying tears miss missed lonely heartbroken heartbreaking sorry regret* depress* upset grief let-down letdown hurt""",
    "gratitude": "grazie ringrazi* grat* riconoscent* gratitudin* thank* thanks grateful appreciat* cheers obrigado",
    "trust": "fiduci* fidat* affidabil* sicur* tranquill* seri* serietà onest* consigli* garanzia sempre anni trust* reliable honest* confident recommend* loyal always years safe faith",
    "surprise": "sorpres* sorprend* incredibil* inaspettat* imprevist* stupit* stup* wow caspita mai immaginat* surpris* unexpect* incredible wow unbelievable amazed astonish* shock* omg",
    "disgust": "schif* disgust* ribrezz* nause* vomit* rivoltant* lurid* puzz* marci* scarafagg* disgust* gross revolting nause* vomit* sick* filth* rotten eww yuck",
    "disappointment": "delus* delud* deludent* delusione aspettav* aspettativ* peccato purtroppo dispiac* disappoint* expected expectation* letdown unfortunately shame sadly",
}  # fmt: skip
NAMES = tuple(LISTS)
#: What names an aspect and nothing else: beside a word of praise or blame, it is spoken of
THINGS: dict[str, str] = {
    "staff": "personale staff camerier* addett* commess* titolar* propriet* receptionist gestor* dottor* medic* tecnic* meccanic* impiegat* segretari* infermier* montator* ragazz* waiter* waitress* owner* host hosts doctor* nurse* receptionists employees mechanic*",
    "waiting": "attesa attese coda fila wait queue queues",
    "cleanliness": "pulizia igiene cleanliness hygiene",
    "price": "prezz* cost* tariff* onorari* parcell* conto price prices pricing cost costs fee fees rates",
    "product": "cibo piatt* pizz* cucina menù menu porzion* prodott* qualità caffè dolci dolce pesce carne vino lavoro riparazion* taglio food dish dishes meal meals menu portions coffee quality product products repair",
    "delivery": "consegn* spedizion* delivery shipping",
    "billing": "fattur* bollett* invoice invoices",
    "web_phone": "sito app centralin* portale website site app switchboard",
    "premises": "camer* stanz* letto letti materass* cuscin* bagno bagni arred* mobili docci* insonorizzazion* struttur* ambient* locale locali sala sale suite poltron* room rooms bed beds mattress* pillow* bathroom* shower showers decor furniture venue",
    "location": "posizion* ubicazion* zona location position",
    "complaints": "reclam* complaint complaints",
    "information": "spiegazion* informazion* indicazion* consulenz* explanation* information",
    "amenities": "colazion* buffet piscin* parchegg* palestr* spa sauna breakfast* pool parking gym",
    "wifi": "wifi wi-fi connession* wireless",
}  # fmt: skip
#: Where the lists of feelings begin, and how many words away a thing is judged
_FEELINGS = NAMES.index("anger")
_REACH = 3
_STOPS = frozenset(". , ; : ! ? ( ) ma però but".split())


_Stems = dict[str, tuple[int, ...]]


def _stems(lists: Mapping[str, str]) -> tuple[_Stems, _Stems]:
    """Whole words and stems → positions in `NAMES` of the lists they stand in."""
    whole: _Stems = {}
    begin: _Stems = {}
    for name, listed in lists.items():
        for entry in dict.fromkeys(listed.split()):
            table = begin if entry.endswith("*") else whole
            stem = entry.rstrip("*")
            table[stem] = (*table.get(stem, ()), NAMES.index(name))
    return whole, begin


_LISTED, _THINGS = _stems(LISTS), _stems(THINGS)


def _found(word: str, stems: tuple[_Stems, _Stems]) -> tuple[int, ...]:
    whole, begin = stems
    if word in whole:
        return whole[word]
    return next((begin[word[:k]] for k in range(len(word), 2, -1) if word[:k] in begin), ())


@lru_cache(maxsize=20_000)
def lists_of(word: str) -> tuple[int, ...]:
    """Positions in `NAMES` of the lists a word belongs to; the longest stem decides.

    >>> [NAMES[at] for at in lists_of("cameriera")]
    ['staff']
    """
    return _found(word, _LISTED)


@lru_cache(maxsize=20_000)
def _things_of(word: str) -> tuple[int, ...]:
    return _found(word.split("'")[-1], _THINGS)


def judged(cleaned: str) -> frozenset[str]:
    """Aspects whose things stand beside a word of praise or blame that says nothing of another aspect.

    >>> sorted(judged("camera perfetta e colazione pessima")), sorted(judged("camera pulita")), sorted(judged("la camera 12"))
    (['amenities', 'premises'], [], [])
    """
    found = words(cleaned)
    measures = beside(found)
    result: set[str] = set()
    for at, word in enumerate(found):
        for aspect in _things_of(word):
            near = [
                *_until_stop(found, range(at + 1, at + 1 + _REACH)),
                *_until_stop(found, range(at - 1, at - 1 - _REACH, -1)),
            ]
            if any(_judges(found, place, aspect, measures) for place in near):
                result.add(NAMES[aspect])
    return frozenset(result)


def _until_stop(found: Sequence[str], places: range) -> Iterator[int]:
    for place in places:
        if not 0 <= place < len(found) or found[place] in _STOPS:
            return
        yield place


def _judges(found: Sequence[str], place: int, aspect: int, measures: Mapping[int, tuple[str, int]]) -> bool:
    word = found[place].split("'")[-1]
    if place in measures:
        return measures[place][0] == NAMES[aspect]
    others = [at for at in lists_of(word) if at < _FEELINGS]
    return sign_of(word) != 0 and (aspect in others or not others)


def mentions(cleaned: str) -> NDArray[np.float32]:
    """For each list, how much of it is in the text: log(1 + words) × 0.3."""
    counts = [0] * len(NAMES)
    for word in words(cleaned):
        for at in lists_of(word.split("'")[-1] if "'" in word else word):
            counts[at] += 1
    return np.asarray(np.log1p(np.array(counts, dtype=np.float32)) * np.float32(0.4), dtype=np.float32)

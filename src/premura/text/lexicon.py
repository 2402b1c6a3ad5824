"""Words that praise and words that blame, in Italian and English: what the heads know of words they were not trained on.

Stems end with *, whole words do not. A negation before them turns the sign, a few words far and never beyond a comma or «e»; the count of each, and what
else the writing gives away, become a few numbers beside the sentence's vector.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
spiegat* ascoltat* accontentat* rimborsat* sostituit* sistemat* riparat* aggiustat* straordinari* invidiabil* centrale centrali centralissim* strategic* affabil* affabilità organizzatissim* organizzato organizzata organizzati funzional* funzionant* nuovissim* rinnovat* vicinissim* attenzion* passione svelt* gamba agio interessant* invitant* appagant* coinvolgent* stimolant* convincent*
impagabil* insuperabil* ineguagliabil* inarrivabil* indimenticabil* incomparabil* insostituibil* infallibil* imperdibil* sensazional* formidabil* portentos* grandios* maestos* sontuos* lussuos* signoril* prestigios* creativ* innovativ* adeguat* sincero sincera sinceri schiett* umanità umano umani empatic*
empati* accomodant* flessibil* agevol* spassos* brios* vivac* allegr* gioios* bontà succulent* sfizios* golos* casarecci* casalingh* artigianal* equilibrat* ghiott* immediato immediata immediati efficac* funziona funzionano funzionava capace capaci ciliegina plus pregio pregi vantagg* beneficio positivo positiva positivi
positive positivamente rispettati rispettato mantenuta mantenuto mantenute idilliac* incantat* pittoresc* suggestion* ricercat* armonios* arios* fresc* luminosissim* spaziosissim* ampio ampia ampi ampie ampissim* varietà assortit* fornit* attrezzatissim* collegat* esaustiv* limpid* lineare istruttiv* illuminant*
proattiv* solert* diligent* zelant* appassionat* dedizione garbo tatto savoir-faire squisitezza calore caloroso rasserenant* protett* seguitissim* coccolat* viziat* stracontent* arcicontent* felicissim* contentissim* soddisfattissim* entusiasmant* galvanizz* spettacolosa spaziale mostruosamente lusso chic glamour raffinatezz*
explained listened refunded replaced sorted repaired fixed extraordinary enviable central centrally strategic modern varied variety organized organised well-organised well-organized handy convenient conveniently accessible engaging interesting inviting rewarding invaluable priceless exceptional* exceeds sensational formidable magnificent elegant sumptuous plush refined exquisite
divine delectable flavoursome flavorful succulent moreish homemade home-made fluffy responsive proactive diligent conscientious meticulous* thorough thoroughly dedicated devoted committed passionate warmly compassionate sympathetic reassuring reassured empathetic supportive flexible versatile practical ingenious clever neat
neatly sleek ergonomic lightweight dependable trustworthy sincere truthful transparent upfront timely immediate instant sparkling gleaming hygienic fragrant refreshing refreshed restful serene tranquil idyllic picturesque scenic breathtaking spectacular dazzling enchanting magical lively vibrant upbeat jolly joyful hospitable
gracious well-mannered personable approachable professional professionals professionally professionalism talented gifted masterful proficient capable unmatched unrivalled unrivaled unparalleled unsurpassed peerless satisfying fulfilling worthwhile beneficial improved works solved resolved deserve* commend* applaud* kudos bravo legend legends hero
heroes angel angels magician craftsmanship comfy comfort roomy spotlessly superbly beautifully wonderfully perfectly excellently brilliantly tastefully generously expertly skilfully gladly happily effortless
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
aspetta aspettano aspettare aspettando aspettiamo decentrat* impersonal* freddin* molle molli pericolant* fastidi* folle folli follia insuls* spartan* spoglio spoglia spoglie anonim* cupo cupa cupi cupe soffocant* asfissiant* claustrofobic* inagibil* inaudit* inammissibil* imprecis* inconcludent* inconsistent* incoerent* indecifrabil* indelicat* indisponent* indisponibil*
indolent* inesperienz* infastidit* infelic* ingestibil* inopportun* inorridit* inquietant* insalubr* insapor* insensat* insensibil* insignificant* insolent* insostenibil* intralci* intransigent* invadent* inverosimil* invecchiat* irragionevol* lacun* letargic* limitat* lugubr* malandat* malconci* malcontent* malcurat* maldestr* malfatt*
malfunziona* malridott* malsan* maltenut* maltratt* malumore mal manchevol* mascalzon* menzogn* meschin* miserabil* misero misera miseri monoton* negativo negativa negativi negative negativamente nefast* noncuran* oltraggi* opprim* opac* opinabil* orripilant* oscen* ostil* ottus* pacchian* pasticcio pasticci pasticcion*
penalizza* perditempo perdita perpless* pidocchi* pignol* pigr* polemic* pressapochis* pretenzios* primitiv* provocatori* putrid* raccapricc* raffazzonat* rattopp* ricatt* rimandat* rimprover* ripugn* risibil* rognos* rozz* ruvid* sbadat* sbiadit* sbrigativ* scarno scarna scarni scarne scialb* sciocc* scivolos* scollat*
scolorit* sconclusionat* sconcert* scoordinat* scorrett* scricchiol* scucit* sdrucit* sfacciat* sfibrant* sfilacci* sfortun* sfuggent* sgangherat* sguarnit* sleal* smemorat* smort* smunt* snob* sopravvalutat* sovraffollat* affollat* spazientit* spaventos* spelacchiat* spento spenta spenti spente spiacevol* squilibrat* stizz*
stonat* stravecchi* stucchevol* subdol* superflu* tardiv* tenebros* tirchi* torbid* tormento traball* tracotan* tradito tradita traditi traumatic* tuguri* turbolent* uggios* vandal* vetust* viscid* storie multa multe sanzion* assenza carenz* carent* privo priva privi prive mancant* mancavano mancato mancata mancate pecca pecche
difetto difetti svantagg* guaio guai magagn* rogna rogne intopp* contrattempo contrattempi inconvenient* malintes* incomprension* disguid* bocciat* inefficac* tossic* contagi* infett* infezion* dolor* sofferenz* ferit* inciampa* ustion* migliorare migliorabil* migliorerei peggiora imbarazzo decadent* degradat* cadent* ammaccat*
sbeccat* sgualcit* stropicciat* bucat* buchi forat* consumat* consunt* sfregiat* graffiat* graffi crep* incrostat* ingiallit* ossidat* scassat* sgangherati sconness* rappezzat* posticci* kitsch pessimamente malamente scortesia maleducazione inciviltà disordine disordinat* confusione incuria trascuratezz* sciatteria lentezza
ritardatari* dimenticat* scordat* ignor* snobbat* piantat* mollat* bidon* beffa beffat* raggirat* turlupin* gabbat* ingannat* spillat* estorto estorsione esoso esosa esosi esose rincari pompat* sproposito imbottigliat* introvabil* irreperibil* inaccessibil* latitant* fantasma esaurit* rifiutat* vietat* negligenza
squallore bettola stamberga topaia catapecchia baracca galera ospizio obitorio caserma discarica porcile letamaio formicaio pollaio
dismal bleak drab dreary gloomy dingy dank poky claustrophobic suffocating pungent whiff reek* rancid putrid slimy grotty squalid sordid seedy sleazy dilapidated decrepit derelict ramshackle rickety wobbly creaky squeaky rusty rusted corroded chipped shattered leaky unhygienic unsanitary insanitary infested vermin fleas inaccurate
incorrect* incomplete inconsistent inefficient ineffective inept inadequate insufficient inferior subpar substandard second-rate third-rate amateur* unskilled unqualified untrained uninformed ignorant oblivious inattentive unresponsive uncooperative uninterested unconcerned indifferent apathetic aloof frosty cranky moody irritable
snappy bossy pushy insolent obnoxious vulgar crude offensive insulting insulted belittl* mocked bully* bullied harass* intimidat* confrontational argumentative deceptive crooked corrupt greedy stingy misled overbooked overbooking overcharg* unjust unfair unjustified unreasonable inflated astronomical excessive unaffordable
ludicrous laughable farcical farce fiasco debacle catastroph* calamity hopeless hideous ghastly gruesome grotesque ugly unsightly unattractive unpleasant disagreeable distasteful unappetising unappetizing unpalatable flavorless mushy stodgy gristly burned charred overdone underdone lumpy gloopy congealed lifeless tepid measly
meagre scant skimpy paltry limited unavailable inaccessible unreachable unanswered unresolved unsolved malfunction* unusable unsafe hazardous dangerous* risky harmful toxic injur* painful agony suffer* trauma* distress* exhausting tiring dismayed appalled disgruntled dissatisf* displeased unhappy unimpressed uninspired uninspiring
unremarkable forgettable regrettable regretted deplor* inexcusable unforgivable intolerable insufferable unbearable nuisance hassle* headache drawback* downside* flaw flaws flawed shortcoming* setback* hiccup* mishap* blunder* botch* bodge* mix-up muddle* mishandl* misplac* mislaid misdeliver* forgotten ordeal torture shambolic
unwelcome unwelcoming impersonal noisily rudely badly poorly terribly awfully dreadfully horribly carelessly slowly overprice* scruffy tired-looking dog-eared stuffy pokey grumpily snobby snob condescending dodgy iffy shoddily unfinished uneven crooked misaligned scratchy itchy
insoddisf* inadeguat* inadatt* inaccessibil* ingiust* inospital* incomplet* inesatt* inespert* inefficien* inadempien* indegn* indign* infern* incubo incubi inguardabil* immangiabil* imbevibil* improponibil* impresentabil* imbarazz* impolverat*
insult* irrispettos* irrita* irresponsabil* irraggiungibil* illeggibil* incomprensibil* inconcepibil* intollerabil* invivibil* sgradevol* sgradit* sgarb* sgridat* scocciat* scazz* seccatur* snervant* stressant* stress stancant* sfinit* esaspera*
esasperant* sfiancant* squallid* squallor* trascurat* trasandat* tetro tetra tetri umid* unto unta untuos* datat* obsolet* antiquat* logor* usurat* sfondat* scrostat* scheggiat* cigol* rugginos* arruggin* crepat* bucata allagat* intasat* persa persi
desiderare stoppos* gommos* rafferm* rancid* marcio marcia marci avariat* ammuffit* sciap* annacquat* surgelat* precott* scotti scotto scotta indigest* nause* vomit* ribrezz* rivoltant* fetor* tanfo fogna topo topi blatt* formich* zanzar*
cimic* caos caotic* casino baraonda chiass* baccano frastuono assordant* urlav* urlat* strill* sbraita* interminabil* eternità lunghissim* lungaggin* rinvii rinviat* smarrit* disperso rubat* derubat* raggir* ingann* bidone bufala fuffa
porcheri* ciofec* boiata cavolat* stronz* cagat* merda vaffa* idiot* stupid* imbecill* cretin* scemo scemi ignorant* villan* zotic* antipatic* scorbutic* scostant* altezzos* spocchi* supponen* presuntuos* negligen* sciatt* approssimativ* superficial*
dilettant* distratt* sparit* irreperibil* rimpall* scaricabarile evasiv* rifiut* negat* respint* minacc* aggredit* aggressiv* violent* offes* offensiv* umiliat* umiliant* discriminat* rapina strozzin* usurai* spenna* salatissim* stangat* batosta
salasso spropositat* sproporzionat* rincar* sovrapprezz* fallat* fasull* finto finta finte tarocc* contraffatt* smesso impallat* angosc* terror* tremend* atroc* penos* pietos* patetic* desola* avvil* deprim* mortifica* scoragg* rammaric* rimpiang*
pentit* sprec* buttat* gettat* scappa* evitare evita evitate evitat* abbandon* addio calvario odissea noios* noia banal* sbuff* fatica faticos* caldissim* afos* spiffer* orfan* lutt*
gross grim grimy grubby mouldy moldy musty stuffy stink* stank foul vile dire shoddy flimsy tacky tatty shabby run-down rundown worn threadbare peeling leak* dripping clogged blocked jammed cracked scratched torn dented snapped crashed crashes froze glitch*
buggy spam ripped robbed conned swindl* cheat* mislead* deceiv* fake bogus lousy crap rubbish garbage trash junk shit hell horrid horrif* horren* abysmal atrocious diabolical shambles chaos chaotic clueless careless sloppy lazy surly snooty snotty
grumpy sullen hostile aggressive abrupt curt patroni* condescend* dismissive shouted shouting yelled humiliat* disrespect* threaten* ghosted fobbed overlooked forgot* neglect* understaffed overcrowded crowded deafening loud racket damp draughty
drafty chilly freezing stifling sweltering lukewarm soggy greasy raw rotten tasteless flavourless inedible overcooked chewy rubbery watery sick poison* extortionate exorbitant steep ouch gutted fuming livid seething outrag* heartbroken
devastat* upset* sadly pity letdown let-down underwhelm* mediocre meh dull boring tedious pointless worthless nobody's shrug* excuse* flop
"""
#: Words that turn what follows, and how many words far: «non mi ha mai deluso», but «senza glutine preparata apposta»
_NOT = {
    **dict.fromkeys("non nn nun mai neanche nemmeno manco not never hardly n't cannot nor nobody".split(), 4),
    **dict.fromkeys("no niente nulla nessun nessuna nessuno senza né poco poca zero none nothing without".split(), 2),
}
#: Where what a negation turns has its end, but for one last word after «e»
_AND = frozenset("e ed and".split())
_ENDS = frozenset(", . ; : ! ? ( ) e ed ma però and but or perché because che".split())
#: Sayings that praise or blame as a whole, and words beside a negation that deny nothing
_SAYINGS = (
    (1, re.compile(
        r"(?<!\w)(?:a regola d'arte|come nuov[oaie]|vale (?:la pena|ogni|tutti|davvero)|fiore all'occhiello|valore aggiunto|alla mano|numero uno|da (?:provare|non perdere|consigliare|tornarci|ritornarci)|ben (?!due|tre|quattro|cinque|sei)\w+(?:t|s)[oaie]"
        r"|(?:niente|nulla) (?:da (?:ridire|dire|eccepire|obiettare)|male)|chiedere di (?:meglio|più)|non vedo l'ora|nei tempi (?:promessi|previsti|stabiliti|concordati)|all'ora (?:stabilita|concordata|giusta|promessa)|(?:tutto|tutti) (?:ok|bene|a posto)|a buon mercato|fa la differenza"
        r"|(?:10|dieci) e lode|(?:non|nn) (?:mi|ci) (?:lament\w+|posso lament\w+)|in un attimo|da dio|prima del (?:previsto|tempo)|in anticipo|in giornata|(?:è|sono) una forza|dolor\w+ (?:\w+ ){0,3}(?:è|sono) (?:sparit|passat|scompars)\w|a (?:due|pochi|quattro|cinque|dieci) (?:passi|minuti)|mess[oaie] a (?:mio|nostro|proprio) agio"
        r"|top notch|second to none|above and beyond|down to earth|on time|in no time|couldn't (?:ask|be happier|fault|have been (?:better|nicer|more helpful|kinder))|can't (?:fault|wait to)|out of (?:their|her|his) way|worth (?:it|every|a visit|the)|spot on|hats off|(?:like|good as) new"
        r"|well (?:made|done|organi[sz]ed|kept|run|priced|equipped|maintained|presented|located|situated|stocked|cooked|worth|looked after)|(?:felt|feel) at (?:home|ease)|ahead of schedule|(?:can't|cannot|mustn't) (?:complain|grumble)|same day|(?:next|following) day|earlier than|ahead of time|in a flash|cheap as chips|nothing (?:was )?too much trouble|a treat|value for money)(?!\w)", re.IGNORECASE)),
    (-1, re.compile(
        r"(?<!\w)(?:(?:non|poco) (?:\w+ ){0,2}all'altezza|lasci\w+ (?:\w+ ){0,2}a desiderare|da (?:rifare|rinnovare|sostituire|migliorare|rivedere|rimodernare|ristrutturare|sistemare|evitare|dimenticare|buttare|terzo mondo|incubo)|(?:ci|mi) (?:vorrebbe|vorrebbero)"
        r"|avr(?:ei|emmo) (?:apprezzato|preferito|gradito|voluto)|(?:sarei|saremmo) aspettat\w|(?:mi|ci) aspetta(?:vo|vamo) (?:di più|di meglio|molto|qualcosa|altro)|mai (?:stat\w )?(?:rifatt|arrivat|pulit|cambiat|rispost|ricevut|richiamat|consegnat|sistemat|riparat)\w+|vendut\w come|a pagamento"
        r"|fuori (?:misura|posto|luogo|servizio|uso)|unico neo|alla larga|er(?:a|ano|avate|avamo) (?:molto |anche )?(?:più|piu|meglio|migliori?) |(?:un|'n|n) ?'?occhio della testa|costa(?:no|va)? (?:un|n)'?\s?occhio|(?:più|oltre|peggio) (?:del|il) (?:previsto|dovuto)|mai (?:stat\w )?vist[oaie]|(?:una|na) vita (?:per|ad)|aspett\w+ (?:una|na) vita|(?:era |andava )?meglio (?:prima|l'anno|una volta|la volta|un tempo|anni fa)|anche no|(?:muri|pareti) di (?:carta|cartone|cartapesta|cartongesso)|riso in faccia|ma anche no|senza (?:risposta|spiegazion\w+|preavviso|motivo)|solo (?:uno|una|due|1|2) |(?:è|sono) un'impresa|(?:doesn't|didn't|did not|does not|not|won't) work(?:ing)?|si (?:gelava|moriva|soffocava)"
        r"|to be desired|could (?:be|have been|do with|use) (?:better|improve|cleaner|more|a)|room for improvement|up to (?:scratch|standard|par)|past its best|seen better days|in need of|needs? (?:updating|refurb\w*|renovat\w+|improv\w+|replacing|redecorat\w+|a good)|let (?:us|me|it|the \w+) down"
        r"|put (?:me|us) off|fed up|ran out|running out|out of (?:order|stock|date|service)|fall(?:ing|s) apart|fell apart|wouldn't (?:recommend|go back|return|bother)|had to (?:wait|ask|chase|complain|return|queue|pay)|gave up|nowhere near|(?:daylight|highway) robbery|out the door|better (?:last|before|in the past|years ago)|(?:walls|paper)[ -](?:like paper|thin)|rip off)(?!\w)", re.IGNORECASE)),
)  # fmt: skip
_DENIES_NOTHING = re.compile(
    r"(?<!\w)(?:a dir poco|(?:da|tra|fra) poco|poco (?:prima|dopo|fa|distante|lontan\w)|poco a poco|senza (?:alcun )?dubbi\w?|senza infamia e senza lode|senza (?:lode e senza infamia|infamia né lode)|niente di (?:che|speciale|particolare)|nothing special|non solo|non a caso|no doubt|without (?:a )?doubt|not only|no wonder)(?!\w)",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"(?<!\w)(?:alla faccia|tutt'altro che|per niente|per nulla|anything but|far from|tutto (?:fuorché|tranne che))(?!\w)",
    re.IGNORECASE,
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


def _turned(found: Sequence[str]) -> list[int]:
    """How many words a negation turns from each place on; and -1 for a word that it has turned."""
    result, until = [0] * len(found), -1
    for at, word in enumerate(found):
        if word in _ENDS and not (word in _AND and _ends_after(found, at + 1)):
            until = -1
        reach = 4 if word.endswith("n't") else _NOT.get(word, 0)
        if reach:
            until = max(until, at + reach)
            result[at] = reach
        elif at <= until:
            result[at] = -1
    return result


def _ends_after(found: Sequence[str], at: int) -> bool:
    """Whether the word at this place is the last of its clause: «non pulita e ordinata» denies both."""
    return at == len(found) - 1 or (at + 1 < len(found) and found[at + 1] in _ENDS)


def _heard(cleaned: str) -> tuple[str, ...]:
    """The words, without what looks like a negation and is none, and with «non» for other ways to deny."""
    if _DENIES_NOTHING.search(cleaned):
        cleaned = _DENIES_NOTHING.sub(" ", cleaned)
    return words(_DENIES.sub("non", cleaned) if _DENIES.search(cleaned) else cleaned)


def _said(cleaned: str) -> Iterator[tuple[int, bool]]:
    """The sayings that praise (1) or blame (-1), and whether they are denied."""
    for sign, rule in _SAYINGS:
        for match in rule.finditer(cleaned):
            before = words(cleaned[max(0, match.start() - 20) : match.start()])[-2:]
            yield sign, any(word in _NOT or word.endswith("n't") for word in before)


def measured(cleaned: str) -> dict[str, int]:
    """Which aspects are praised or blamed by what they are beside, after negation: praise less blame (`measures`).

    >>> measured("prezzi alti, qualità non alta"), measured("tavolo alto")
    ({'price': -1, 'product': -1}, {})
    """
    found = _heard(cleaned)
    result: dict[str, int] = {}
    if said := beside(found):
        turned = _turned(found)
        for at, (aspect, sign) in said.items():
            result[aspect] = result.get(aspect, 0) + (-sign if turned[at] < 0 else sign)
    return result


def marks(cleaned: str, original: str = "") -> NDArray[np.float32]:
    """Twelve numbers about a text: counts of praise and blame (after negation), negations, signs, faces, length."""
    found = _heard(cleaned)
    measures, turns = beside(found), _turned(found)
    charged = [(sign, is_denied) for sign, is_denied in _said(cleaned)]
    negations = strong = 0
    for at, word in enumerate(found):
        negations += turns[at] > 0
        strong += word in _MORE or word.endswith(("issimo", "issima", "issimi", "issime"))
        sign = measures[at][1] if at in measures else sign_of(word.split("'")[-1] if "'" in word else word)
        if sign:
            charged.append((sign, turns[at] < 0))
    turned = sum(is_denied for _, is_denied in charged)
    good = sum((sign > 0) != is_denied for sign, is_denied in charged)
    bad = len(charged) - good
    text = original or cleaned
    faces = balance_of_faces(text)
    values = [good, bad, good - bad, (good - bad) / (good + bad + 1), good > 0 and bad > 0, turned, negations, strong,
              "!" in text, "?" in text, max(-2, min(2, faces)), len(found) / 20]  # fmt: skip
    result = np.asarray(values, dtype=np.float32)
    result[[0, 1, 6, 7]] = np.log1p(result[[0, 1, 6, 7]])
    result[2] = np.tanh(result[2] / 2)
    return np.asarray(result * SCALE, dtype=np.float32)

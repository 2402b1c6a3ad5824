"""Signals that words give away: a wish to be contacted, leaving, urgency, danger, law, praise of a person.

Rules are sure of what they find and blind to everything else; the trained heads (`premura.text.heads`) see the rest.
"""

from __future__ import annotations

import re

from premura.text.promises import lower

SIGNALS = ("contact", "leaving", "urgent", "safety", "legal", "praise_for_person")

_RULES: dict[str, list[str]] = {
    "contact": [
        r"(?:ri)?contatta(?:temi|teci|rmi|rci|to|ta|ti|te|re)(?!\s+(?:subito|in|con|il|la|dal|da|l'))|(?:ri)?chiama(?:temi|teci|rmi|rci|mi|temi)(?!\w)|(?:ri)?sentirmi|scrivetemi|rispondete(?:mi|ci|\s)|rispondetemi"
        r"|(?:attendo|attendiamo|aspetto|aspettiamo|in\s+attesa\s+di|resto\s+in\s+attesa)\s+(?:(?:con\s+ansia|ancora|sempre|fiducios\w+|un|una|un'|la|il|vostr\w+|sua|suo|cortese|gentile|di|del)\s+)*(?:riscontr\w+|rispost\w+|chiamat\w+|telefonat\w+|contatt\w+|notizi\w+|comunicazion\w+|mail|spiegazion\w+)",
        r"(?:vorrei|vorremmo|voglio|gradirei|desidero|posso|potrei|esigo|pretendo|chiedo\s+di|ho\s+bisogno\s+di|necessito\s+di|devo|avrei\s+bisogno)\s+(?:(?:di|poter|avere|ricevere|urgentemente|cortesemente|subito)\s+)*(?:un\s+|una\s+|un'|dei\s+|delle\s+|di\s+|il\s+|la\s+|qualche\s+)?(?:parlare|parlarne|contattar\w+|essere\s+(?:ri)?(?:contattat|chiamat|richiamat)\w+|appuntamento|informazion\w+|assistenza|aiuto|contatto|chiariment\w+|spiegazion\w+|risposta|preventivo|sapere|capire\s+perch)",
        r"(?:chiedo|richiedo|mi\s+serve|serve|mi\s+servirebbe|gradirei)\s+(?:(?:cortesemente|gentilmente|solo|subito)\s+)?(?:un\s+|una\s+|un'|di\s+|dei\s+|delle\s+|)(?:aiuto|assistenza|spiegazion\w+|chiariment\w+|contatto|informazion\w+|riscontro|risposta|consulen\w+|essere\s+(?:ri)?(?:contattat|chiamat|richiamat)\w+)",
        r"(?:mi|ci)\s+(?:(?:può|puo'|potete|potreste|potrebbe|fate|faccia|fa|potresti)\s+)+(?:(?:per\s+favore|qualcuno|gentilmente|cortesemente)\s+)*(?:(?:ri)?chiamar?e?|contattare|sapere|rispondere|spiegare|aiutare|dire|richiamare|indicare|scrivere)|(?:potete|potreste|può|potrebbe)\s+(?:(?:per\s+favore|qualcuno|gentilmente|cortesemente)\s+)*(?:(?:ri)?contattar\w*|(?:ri)?chiamar\w*|risponder\w*|farmi|farci|aiutar\w+|dirmi|dirci|spiegarmi|inviarmi|mandarmi|indicarmi|verificare|controllare)",
        r"(?:fatemi|fateci|mi\s+faccia|mi\s+fate)\s+sapere|come\s+(?:posso|faccio\s+a|si\s+fa\s+a|possiamo)\s+(?:contattar|parlare|fare|avere|ottenere|risolvere|annullare|disdire|richiedere|recuperare|procedere|mettermi)|a\s+chi\s+(?:posso|devo|mi)\s+(?:rivolg|chied|scriv)",
        r"nessun\w*\s+(?:mi\s+|ci\s+|ha\s+|mi\s+ha\s+|che\s+)*(?:risponde|rispondono|risposto|richiamat\w+|chiamat\w+|contattat\w+|si\s+è\s+fatto\s+(?:vivo|sentire))|non\s+(?:mi\s+|ci\s+|vi\s+|avete\s+|hanno\s+|ha\s+|ho\s+ancora\s+|ho\s+mai\s+|ho\s+)*(?:rispondete|risponde\s+(?:nessuno|mai|al)|rispondono|ricevuto\s+(?:alcuna\s+|nessuna\s+|ancora\s+)?(?:risposta|riscontro)|avuto\s+(?:alcuna\s+|nessuna\s+)?(?:risposta|riscontro))|senza\s+(?:ricevere\s+|avere\s+|alcuna\s+|mai\s+)*(?:risposta|riscontro)",
        r"(?:dov'?\s?[eè']'?|dove\s+è|quando\s+arriva|quando\s+arriver\w+|che\s+fine\s+ha\s+fatto|a\s+che\s+punto\s+(?:è|siamo|sono))\s+(?:finit\w\s+)?(?:il|la|l'|i|le|un)?\s*(?:mi[oaie]|nostr\w+)?\s*(?:pacco|ordine|spedizione|rimborso|pratica|merce|fattura|consegna|bagaglio|prodotto|riparazione)",
        r"(?:please|pls|can|could|would)\s+(?:you\s+|someone\s+|somebody\s+|anyone\s+)?(?:please\s+)?(?:call|ring|phone|contact|email|e-mail|get\s+back|get\s+in\s+touch|reply|respond|let\s+me\s+know|write\s+back|explain|help|tell\s+me|advise|check)(?!ed)|(?:call|ring|phone|contact|email)\s+me(?!\w)|get\s+(?:back\s+to|in\s+touch\s+with)\s+me|let\s+me\s+know|(?:want|need|like|wish)\s+to\s+(?:speak|talk|hear)\s+(?:to|with|from|back)|(?:waiting|wait)\s+for\s+(?:a|an|your|any)\s+(?:reply|response|answer|call)|(?:look\w*)\s+forward\s+to\s+(?:your|hearing)|where\s+is\s+my|when\s+will\s+my|no\s+(?:one|body)\s+(?:has\s+|ever\s+)*(?:answer|repl|respond|call|got\s+back|get)|(?:no|without\s+(?:any|a))\s+(?:reply|response|answer)|my\s+number\s+is|how\s+(?:can|do)\s+i\s+(?:contact|reach|speak|get|cancel)|i\s+need\s+(?:some\s+)?(?:help|assistance|an\s+answer|information)|you\s+have\s+my\s+number|awaiting\s+(?:your\s+)?(?:reply|response)",
        r"il\s+mio\s+(?:numero|recapito|cellulare|telefono|indirizzo\s+mail)\s+(?:è|lo\s+avete|:)|(?:provo|provando|provato|cercando|cerco|tento|tentato)\s+(?:a|di)\s+(?:chiamar|contattar|mettermi|parlare|telefonar)|non\s+riesco\s+a\s+(?:mettermi\s+in\s+contatto|contattar|parlare|prendere\s+la\s+linea|chiamar)|(?:ho|abbiamo|vi\s+ho)\s+(?:già\s+)?(?:scritto|mandato|inviato)\s+(?:\w+\s+)?(?:mail|email|e-mail|messaggi\w*|pec|volte|in\s+privato)",
    ],
    "leaving": [
        r"(?:non|nn|mai)\s+(?:ci\s+|vi\s+)?(?:metter(?:ò|o'|emo)|metto|mettiamo)\s+(?:mai\s+)?(?:più\s+)?piede|mai\s+più\s+(?:roba|prodotti|niente|nulla)|revoc(?:o|hiamo|herò)\s+(?:il\s+mandato|l'incarico|la\s+delega)|(?:chied(?:o|iamo)|vogl(?:io|iamo))\s+(?:la\s+)?(?:chiusura|cessazione|risoluzione)\s+(?:del|della|dell')\s*(?:contratto|conto|rapporto|abbonamento|utenza|linea)|(?:shan't|won't)\s+(?:set\s+foot|be\s+in)|(?:never|not)\s+set(?:ting)?\s+foot",
        r"(?:non|mai\s+più|nn)\s+(?:ci\s+|vi\s+|mi\s+)?(?:torn(?:o|erò|ero'|iamo|eremo|erei|eremmo|are)|(?:ri)?compr(?:o|erò|iamo|eremo|erei)|acquist(?:o|erò|iamo|eremo)|prenot(?:o|erò|eremo|iamo)|ved(?:rete|rà)|metter(?:ò|emo)\s+(?:più\s+)?piede|rinnov(?:o|erò|iamo|eremo)|verr(?:ò|emo)|avrete|scelg(?:o|erò)|sceglier(?:ò|emo)|us(?:o|erò|eremo)|mangi(?:o|erò|eremo)|bev(?:o|erò))(?=\s*(?:$|[.,!;]|(?:mai\s+)?più|mai|di\s+certo|sicuramente|da\s+voi|qui|qua|l'abbonamento|il\s+contratto|il\s+noleggio|di\s+nuovo))",
        r"(?<!non\s)(?:disdic\w+|disdir\w+|disdett[ao]|recedo|recesso|recedere|rescind\w+|chiudo\s+(?:il|l'|la)|chiuder(?:ò|emo)\s+(?:il\s+conto|l'account)|annull(?:o|ato|erò|iamo)\s+(?:l'abbonamento|il\s+contratto|la\s+tessera|l'iscrizione|abbonamento)|cancell(?:o|ato|erò)\s+(?:l'abbonamento|la\s+tessera|l'account|l'iscrizione|il\s+contratto)|portabilità)",
        r"(?:pass(?:o|iamo|erò|eremo|ato|ata|are)|andr(?:ò|emo)|vado|andiamo|mi\s+rivolger\w+|ci\s+rivolger\w+|rivolgerm\w+|rivolgerc\w+|cerc(?:o|herò|heremo|hiamo))\s+(?:\w+\s+){0,3}?(?:alla\s+concorrenza|da\s+un(?:'|\s)?altr\w+|altrove|a\s+un\s+altr\w+|ad\s+altr\w+|ad\s+un\s+altr\w+|da\s+altr\w+|dai\s+concorrent\w+|alternativ\w+|altro\s+fornitore|un\s+altr\w+\s+(?:fornitore|gestore|officina|albergo|negozio|medico|studio|parrucchiere|banca|operatore))",
        r"(?:ho|abbiamo|stiamo|sto)\s+(?:già\s+|appena\s+|pensando\s+(?:seriamente\s+)?di\s+|valutando\s+(?:\w+\s+)?(?:di\s+)?|decis\w\s+di\s+)?(?:cambiat?[oe]?|cambiare|smesso|lasciat?[oe])\s+(?:\w+\s+)?(?:gestore|fornitore|banca|operatore|compagnia|assicurazione|palestra|officina|medico|dentista|studio|negozio|parrucchiere|di\s+(?:comprare|bere|mangiare|venire|usare|acquistare|frequentare))|cambi(?:o|erò|amo|eremo)\s+(?:gestore|fornitore|banca|operatore|compagnia|assicurazione|palestra|officina|medico|dentista|negozio)",
        r"(?:avete|hai|hanno)\s+(?:appena\s+|definitivamente\s+)?perso\s+(?:un|una|due|dei)\s*(?:\w+\s+)?client\w+|(?:un|una)\s+cliente\s+(?:in\s+meno|pers[oa])|(?:è\s+(?:stata\s+)?)?l'ultima\s+volta(?=\s+(?:che|da)|\s*(?:$|[.,!;]))|per\s+me\s+(?:avete|è)\s+(?:chiuso|finita)|con\s+voi\s+ho\s+chiuso|ho\s+chiuso\s+con\s+voi|(?:me\s+ne|ce\s+ne)\s+(?:vado|andiamo|andrò|andremo)|addio|boicott\w+|(?:da\s+oggi|d'ora\s+in\s+poi|la\s+prossima\s+volta)\s+(?:\w+\s+){0,5}?(?:altrove|altri|altro\s+(?:posto|negozio|albergo)|concorrenza)|mai\s+più(?=\s*(?:$|[.,!;]|qui|in|da|con|una|un))|non\s+(?:mi|ci)\s+(?:vedrete|vedranno|avrete|rivedrete)\w*",
        r"(?:won't|will\s+not|will\s+never|not\s+going\s+to|never)\s+(?:be\s+)?(?:com(?:e|ing)\s+back|return(?:ing)?|book(?:ing)?|buy(?:ing)?|shop(?:ping)?|us(?:e|ing)|stay(?:ing)?|go(?:ing)?\s+back|renew(?:ing)?|visit(?:ing)?|order(?:ing)?)|never\s+again|(?:cancel(?:l?ed|l?ing)?)\s+(?:my|our|the)\s+(?:subscription|contract|membership|account|policy)|(?:tak(?:e|ing)|took)\s+my\s+(?:business|custom|money)\s+(?:elsewhere|to)|switch(?:ed|ing)?\s+(?:to\s+)?(?:another|a\s+different|to|provider|supplier|bank)|(?:lost|losing)\s+(?:a|me\s+as\s+a|another)\s+(?:\w+\s+)?customer|last\s+time\s+(?:i|we|you)|go(?:ing)?\s+(?:elsewhere|somewhere\s+else)|(?:clos(?:e|ing|ed))\s+my\s+account|look(?:ing)?\s+(?:elsewhere|for\s+(?:another|an\s+alternative))|i'm\s+(?:leaving|done\s+with)|find\s+another",
    ],
    "urgent": [
        r"(?<!non\s)(?<!non\sè\s)(?<!nessuna\s)(?<!senza\s)(?:urgente|urgentissim\w+|d'urgenza|con\s+urgenza|urgentemente|urge)(?!\w)(?!\s+(?:non|prossim))|(?:interven\w+|intervento|risposta|soluzione|rimborso)\s+immediat\w+|(?:intervenite|rispondete|risolvete|richiamatemi|chiamatemi|venite)\s+(?:subito|immediatamente|oggi)|non\s+(?:posso|possiamo)\s+(?:più\s+)?aspettare(?:\s+oltre)?|(?:entro|oggi)\s+stesso|(?:scade|scadono)\s+(?:oggi|domani)|domani\s+(?:mi|ci)\s+(?:stacc|tagli|scad)\w+",
        r"(?:sono|siamo|è|rest\w+|rimast\w+|lasciat\w+)\s+(?:\w+\s+){0,3}?senza\s+(?:luce|acqua|gas|corrente|elettricità|riscaldamento|internet|telefono|linea|connessione|auto|macchina|farmac\w+|medicin\w+|soldi|acqua\s+calda|chiavi)|(?:bloccat[oaie])\s+(?:in|nell'|fuori|dentro|a|per\s+strada|in\s+mezzo)|bloccato\s+il\s+conto|(?:non\s+)?(?:posso|possiamo)\s+(?:lavorare|pagare\s+(?:l'affitto|gli\s+stipendi))|rischio\s+di\s+perdere|(?:addebit\w+|prelev\w+)\s+(?:\w+\s+){0,3}?non\s+autorizzat\w+|rubat\w+\s+(?:i\s+dati|la\s+carta)|(?:clonat|rubat)\w+\s+(?:la\s+)?carta|da\s+(?:un|due|tre|quattro|\d+)\s+(?:giorn\w+|settiman\w+|mes[ei])\s+(?:\w+\s+){0,3}?(?:senza\s+(?:luce|internet|acqua|telefono|linea|gas)|non\s+(?:ho|abbiamo|funziona)\s+(?:internet|luce|acqua|linea|telefono|niente))",
        r"(?<!not\s)(?<!nothing\s)(?<!no\s)(?:urgent(?!\s+care)|urgently|immediate(?:ly)?\s+(?:action|attention|help|response)|right\s+away|emergency)(?!\w)|(?:need|want)\s+(?:this|it|an\s+answer|help)\s+(?:\w+\s+)?(?:today|now|immediately|right\s+now)|can(?:'t|not)\s+wait\s+(?:any\s+longer|any\s+more)|(?:stranded|stuck\s+(?:in|at|outside)|locked\s+out)|(?:without|no)\s+(?:power|electricity|heating|hot\s+water|gas|internet)\s+(?:for|since)|unauthori[sz]ed\s+(?:charge|payment|transaction)",
    ],
    "safety": [
        r"(?:scintill\w+|cortocircuit\w+|corto\s+circuito|soffoc\w+|scoppiat\w+|(?:esce|usciva|uscito|c'è|c'era)\s+(?:del\s+|molto\s+)?fumo|(?:puzza|odore)\s+di\s+(?:bruciato|benzina|gasolio|plastica\s+bruciata)|freni\s+(?:\w+\s+){0,3}?non\s+(?:tengono|funzionano|rispondono|frenano)|sparks|short\s+circuit|chok(?:ed|ing)|smoke\s+(?:from|coming|pouring)|smoke\s+alarm|(?:burning\s+smell|smell\w*\s+(?:of\s+)?(?:burning|petrol|smoke))|brakes\s+(?:\w+\s+){0,2}?(?:not\s+work|don't\s+work|gave\s+out))",
        r"(?<!nessun\s)(?:pericol\w+|rischi(?:oso|osa|ato\s+di\s+far)|(?:preso|va\s+a|andat\w+\s+a)\s+fuoco|incendi\w+|fiamm\w+|esplos\w+|fuga\s+di\s+gas|perdita\s+di\s+gas|odore\s+di\s+gas|puzza\s+di\s+gas|folgorat\w+|(?:presa|prende|preso)\s+(?:la\s+)?scossa|intossica\w+|avvelena\w+|allergi[ac]\w*|shock\s+anafilattico|pronto\s+soccorso|ambulanza|ospedale|ferit[oaie]|ustion\w+|scottat\w+|frattur\w+|(?:caduta|cadut\w|scivolat\w|cadendo|inciampat\w)|(?:fatto|farsi|farci|farmi)\s+male|monossido|vetr[oi]\s+(?:nel|nella|dentro)|scheggi\w+|freni\s+(?:rott|non|che\s+non)|(?:si\s+)?allag\w+|crollat\w+|muffa\s+tossica|svenut\w+|sanguin\w+|carne\s+cruda|salmonell\w+|vomitat\w+)(?!\s+(?:nulla|nessun))",
        r"(?:danger(?:ous)?|hazard\w*|unsafe|caught\s+fire|on\s+fire|gas\s+leak|smell\w*\s+(?:of\s+)?gas|electric\s+shock|electrocut\w+|food\s+poison\w+|poisoned|allergic\s+reaction|anaphyla\w+|a\s*&\s*e|emergency\s+room|hospital|ambulance|injur\w+|burn(?:t|ed)\s+(?:my|his|her|our)|broke\s+(?:my|his|her)|slipped|fell\s+(?:down|on|over)|hurt\s+(?:my|him|her|our)|bleeding|broken\s+glass|(?:glass|metal)\s+in\s+(?:my|the|our|his|her)\s+\w+|carbon\s+monoxide|brakes\s+fail\w*)",
    ],
    "legal": [
        r"(?:avvocat\w+|(?:vie|azioni|azione)\s+legal\w+|legale(?!\s+(?:preparat|competent|bravissim))|querel\w+|denunc(?:ia|io|erò|iare|iato|eremo|iamo|ie)|espost[oi]|carabinier\w+|polizia|guardia\s+di\s+finanza|tribunale|giudice(?:\s+di\s+pace)?|codacons|adiconsum|altroconsumo|federconsumatori|associazion\w+\s+(?:dei\s+)?consumator\w+|diffid[ao]\w*|messa\s+in\s+mora|risarciment\w+|autorità\s+(?:garante|compet)|agcom|agcm|arera|garante\s+(?:della\s+)?privacy|causa\s+(?:civile|legale)|(?:far[òo]'?|faccio|facciamo|faremo|farvi|fargli|fare)\s+causa(?!\s+(?:comune|di))|procedere\s+legalmente|conciliazione|truffa(?:tor[ei])?\s+(?:da\s+)?denunci\w+|procura|nas(?!\w)|ispettorato)",
        r"(?:lawyer|solicitor|attorney|legal\s+(?:action|advice|proceedings)|su(?:e|ing)\s+you|take\s+you\s+to\s+court|small\s+claims|trading\s+standards|ombudsman|police|court|lawsuit|chargeback|consumer\s+(?:rights|association)|data\s+protection\s+(?:authority|officer)|report\s+you\s+to)(?!\w)",
    ],
}
#: So plain that no head may overrule them: a false alarm costs a minute, a missed one a customer, or worse
_PLAIN = {
    "contact": r"(?:(?:ri)?(?:chiamat|contattat)e(?:mi|ci)|scrivetemi|(?:vi\s+prego|prego)\s+di\s+(?:ri)?(?:chiamar|contattar)\w+|fatemi\s+sapere|(?:please\s+)?(?:call|ring|contact|email)\s+me(?!\w)(?:\s+back)?|get\s+back\s+to\s+me|let\s+me\s+know)",
    "leaving": r"(?:non\s+(?:ci\s+)?torner(?:ò|emo)\s+(?:mai\s+)?più|non\s+(?:ci\s+)?torner(?:ò|emo)\s+mai|avete\s+perso\s+un(?:a)?\s+client\w+|passo\s+alla\s+concorrenza|(?:won't|will\s+not|will\s+never|never)\s+(?:be\s+)?(?:com(?:e|ing)\s+back|be\s+back(?!\s+before)|return(?:ing)?)|you(?:'ve|\s+have)?\s+lost\s+a\s+(?:\w+\s+)?customer|i'm\s+cancelling)",
    "urgent": r"(?<!non\s)(?<!nulla\sdi\s)(?<!niente\sdi\s)(?:(?<!non\s)è\s+(?:molto\s+)?urgente|urgentissim\w+|urgentemente|(?:it's|is|very)\s+urgent|urgently|intervenite\s+subito|(?:fuga|perdita)\s+di\s+gas|gas\s+leak)",
    "safety": r"(?:(?:fuga|perdita|odore|puzza)\s+di\s+gas|(?:gas\s+leak|smell\w*\s+(?:of\s+)?gas)|(?:preso|va\s+a)\s+fuoco|caught\s+fire|monossido|carbon\s+monoxide|(?:finit\w|andat\w|portat\w)\s+(?:\w+\s+)?(?:al|in)\s+(?:pronto\s+soccorso|ospedale)|intossica\w+|food\s+poisoning|(?:presa?|preso)\s+la\s+scossa|electric\s+shock)",
    "legal": r"(?:(?:rivolg\w+|parl(?:o|erò|eremo)|passo|passeremo|consegn\w+|affid\w+|in\s+mano)\s+(?:\w+\s+){0,3}?(?:a|al|all'|dal|dall'|a\s+un)\s*(?:mio|nostro|un)?\s*(?:avvocat\w+|legale)|vi\s+(?:faccio|facciamo|farò|faremo)\s+causa|vie\s+legali|azion[ei]\s+legal[ei]|(?:my|our)\s+(?:lawyer|solicitor|attorney)\s+(?:will|has|is\s+(?:writing|dealing))|legal\s+action)",
}  # fmt: skip
#: What says that there is no such thing, or that it is over: the words are not looked at, and no head may say otherwise
_DENIED = {
    "contact": r"(?:non\s+(?:serve|occorre|importa|c'è\s+bisogno|è\s+necessari[oa]|voglio|vogliamo)\s+(?:che\s+|di\s+)?(?:\w+\s+){0,2}?(?:(?:ri)?chiam\w+|contatt\w+|rispond\w+|risposta)|no\s+need\s+to\s+(?:call|ring|phone|contact|reply|respond|get\s+back)(?:\s+me)?|(?:will|'ll)\s+(?:be\s+)?hear(?:ing)?\s+from\s+(?:my|our)\s+(?:solicitor|lawyer)\w*|report(?:ing|ed)\s+you\s+to|(?:do\s+not|don't|stop)\s+(?:call|ring|phon|contact|email)\w*(?:\s+me)?)",
    "leaving": r"(?:(?:cambiat\w*|disdett\w*|lasciat\w*|andav\w+|ero|vengo|venivo|concorrenza|switched|left|moved)\s+(?:[\w']+[\s,]+){0,7}?(?:da|a|con|to)\s+(?:voi|loro|you|them)(?!\w)|rivolger\w+\s+(?:\w+['’\s]+){0,3}?(?:associazion\w+|avvocat\w|legal\w|autorità|giudice|garante|carabinieri|polizia|tribunale))",
    "urgent": r"(?:(?:non|niente|nulla|nessun\w*|senza)\s+(?:è\s+|c'è\s+|di\s+|ho\s+|alcuna\s+|nessuna\s+|particolare\s+|una\s+)*(?:urgent\w*|urgenz\w*|fretta)|(?:not|nothing|isn't|no)\s+(?:\w+\s+)?(?:urgent|rush|hurry|emergency)|(?:uscit\w|luc\w|scal\w|porta)\s+di\s+(?:emergenza|sicurezza)|emergency\s+(?:exit|door|light)s?)",
    "safety": r"(?:(?:non|niente|nulla|nessun\w*|senza|mai)\s+(?:è\s+|di\s+|un\s+|alcun\s+|nessun\s+)*(?:pericol\w+|rischi\w*)|(?:not|nothing|no|never)\s+(?:\w+\s+)?(?:dangerous|danger|unsafe)|(?:vicin\w+|accanto|davanti|di\s+fronte|near|next\s+to|close\s+to)\s+(?:\w+\s+|all'|dell')?\s*(?:ospedale|hospital)|the\s+hospital\s+is(?:\s+just)?\s+(?:around|near|close|nearby|opposite|across))",
}  # fmt: skip
_DENIED_COMPILED = {name: re.compile(rf"(?<!\w){rule}") for name, rule in _DENIED.items()}
_PLAIN_COMPILED = {name: re.compile(rf"(?<!\w){rule}") for name, rule in _PLAIN.items()}
_NO_LAW = re.compile(
    r"denuncia\s+di\s+(?:smarrimento|furto|nascita)|(?:solicitor|lawyer)\s+friend|(?:amic[oa]|friend)\s+(?:\w+\s+){0,2}(?:avvocat[oa]|solicitor|lawyer)|(?:studio\s+legale|avvocat[oa])\s+(?:\w+\s+){0,3}?(?:seri[oae]|ottim|onest|consigli|gentil|brav|preparat|competent|disponibil|professional)"
)
_COMPILED = {name: [re.compile(rf"(?<!\w)(?:{rule})") for rule in rules] for name, rules in _RULES.items()}
_PRAISE = re.compile(
    r"(?<!\w)(?:gentil\w*|brav\w+|bravissim\w+|disponibil\w+|professional\w*|preparat\w+|competent\w+|cordial\w+|simpatic\w+|paziente|premuros\w+|cortes\w+|squisit\w+|fantastic\w*"
    r"|eccezional\w+|grazie|ringrazi\w+|complimenti|encomi\w+|aiutat\w+|angelo|numero\s+uno|kind|helpful|friendly|lovely|professional|patient|thank\w*|amazing|brilliant"
    r"|wonderful|excellent|great|star|credit|polite|attentive|above\s+and\s+beyond)(?!\w)"
)
_PERSON = re.compile(
    r"(?<!\w)(?:(?:il|la|l'|lo|un|una|quel|quella)\s*(?:signor\w*|ragazz[oa]|camerier[ea]|operator\w+|operatrice|tecnico|addett[oa]|commess[oa]|receptionist|infermier[ea]|dottor\w*|medico|titolare|direttor\w*"
    r"|direttrice|responsabile|istruttor\w*|istruttrice|parrucchier[ea]|meccanico|artigiano|cuoc[oa]|autista|impiegat[oa]|consulente|segretaria|portiere)"
    r"|(?:the|your|a)\s+(?:waiter|waitress|receptionist|technician|nurse|doctor|manager|owner|driver|lady|gentleman|guy|girl|assistant|mechanic|instructor|chef|clerk|agent|man|woman))(?!\w)"
)


def signal_rules(text: str, names: list[tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Which signals the rules find, with the characters that say so. `names` are the places of people's names.

    >>> signal_rules("Chiamatemi, altrimenti mi rivolgo al mio avvocato", [])
    {'contact': (0, 10), 'legal': (41, 49)}
    """
    lowered = lower(text)
    found: dict[str, tuple[int, int]] = {}
    for name, patterns in _COMPILED.items():
        left = _undenied(lowered, name)
        match = next((m for pattern in patterns if (m := pattern.search(left))), None)
        if match and not (name == "legal" and _NO_LAW.search(lowered)):
            found[name] = match.span()
    praise = _praise(lowered, names)
    if praise:
        found["praise_for_person"] = praise
    return found


def _undenied(lowered: str, name: str) -> str:
    """The text without the words that deny this signal, every other character at its place."""
    denied = _DENIED_COMPILED.get(name)
    return denied.sub(lambda match: " " * len(match.group()), lowered) if denied else lowered


def denied_signals(text: str) -> frozenset[str]:
    """Signals of which the text says that they are none, or are over.

    >>> sorted(denied_signals("Non è urgente, nessun pericolo"))
    ['safety', 'urgent']
    """
    lowered = lower(text)
    found = {name for name, rule in _DENIED_COMPILED.items() if rule.search(lowered)}
    return frozenset(found | {"legal"} if _NO_LAW.search(lowered) else found)


def plain_signals(text: str) -> frozenset[str]:
    """Signals said in words that leave no doubt.

    >>> sorted(plain_signals("È urgente, chiamatemi"))
    ['contact', 'urgent']
    """
    lowered = lower(text)
    found = {name for name, rule in _PLAIN_COMPILED.items() if rule.search(_undenied(lowered, name))}
    return frozenset(found - {"legal"} if _NO_LAW.search(lowered) else found)


def _praise(lowered: str, names: list[tuple[int, int]]) -> tuple[int, int] | None:
    """A name, or one particular person, close to words of praise."""
    people = names or [match.span() for match in _PERSON.finditer(lowered)]
    for start, end in people:
        for match in _PRAISE.finditer(lowered, max(0, start - 60), min(len(lowered), end + 60)):
            between = lowered[min(end, match.end()) : max(start, match.start())]
            negated = re.search(
                r"(?:non|poco|not|n't|mai|never|per\s+nulla|senza)\s+(?:\w+\s+){0,2}$",
                lowered[max(0, match.start() - 25) : match.start()],
            )
            if not negated and not re.search(r"[.!?;]|(?<!\w)(?:ma|però|but)(?!\w)", between):
                return start, end
    return None

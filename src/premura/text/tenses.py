"""Whether a sentence speaks of what is to come or of what was: a table of verbs and turns for each, one row a kind.

`to_come` and `over` are what one looks for; the nearest to a date decides (`premura.text.dates.Frame.tense`).
"""

from __future__ import annotations

from premura.text.phrases import whole_words

_BEGINS = r"(^|(?<=[.!?]\s))"
_TO_HIM = "(ti|vi|le|la|lo|li|ci|glielo|gliela)"
_ARRANGED = "(fissat|programmat|riservat|spostat|rimandat|rinviat|organizzat)[oaie]"
_BOOKED = "(re)?(booked|scheduled|arranged|reserved|moved)"
_NOT_WAS = r"(?<!was\s)(?<!were\s)"

to_come = whole_words(
    # «arriverà», and typed without its accent
    r"\w{2,}(rò|rai|rà|ra'|remo|rete|ranno)",
    "(sa|ver|av|pot|dov|fa|da|and|sap|arrive|(ri)?chiame|(ri)?contatte|(ri)?passe|torne|porte|mande|invie|consegne|rimborse|fini"
    "|riceve|scrive|parti|(ri)?apri)r[ao]",
    # what one wants, may and must
    "vorrei|vorremmo|voglio|potete|potreste|pu[òo]|devo|dovete|deve|devono|prego|aspetto|attendo|spero",
    "prometto|assicuro|garantisco|confermo|dovremmo|(dovrebb|potrebb)(e|ero)(?! esser)|(cont|pens|cerc|tent|prov|punt)h?(o|iamo) (di|a)",
    # the present, said of tomorrow
    "arriva|arrivano|pass[ao]|passano|viene|vengono|torna|tornano|ritira|parte|scade|apre|riapre|inizia|iniziano",
    "arrivo|mando|vengo|torno|rispondo|rientro|finisco|porto|faccio|sistemo|risolvo|verifico|provvedo|chiamo|consegno",
    "(sono|siamo) (da (lei|te|voi)|lì|subito)|si (chiude|conclude|riparte|fa|terrà)|se ne (ri)?parla|entro",
    r"(?!siamo|abbiamo|stiamo|sappiamo|pensiamo|crediamo|troviamo|avev|erav)\w{3,}iamo(ci|lo|la|li|le|gli|ne|vi)?",
    # «la richiamo», and not «lo scontrino», «la foto»
    rf"{_TO_HIM} (?!ho|abb|ha|scors|scontrino|sconto|stess|spazio|studio|schermo|stato|scambio|stipendio|zaino|foto(?!\w)|moto(?!\w)"
    r"|mano(?!\w)|radio)\w{3,}(o|iamo|ano|ono)",
    "(ti|vi|le|la|lo|gli) (ri)?(chiama|contatta|avvisa|raggiunge|risponde|aggiorna)(?!t)",
    # what one asks for
    r"fatemi|datemi|mandatemi|\w+temi|passi|venga|torni|mi (richiami|chiami|contatti|scriva|faccia|dica|mandi|invii|avvisi|confermi)",
    # what is arranged
    rf"(ho|abbiamo) (\w+ )?{_ARRANGED}|(vi|le|ti) (ho|abbiamo) prenotat[oaie]|garantit[oaie]",
    "(è|sono|sia) (pront|fissat|previst|programmat|attes|confermat|prenotat)[oaie]",
    # an infinitive or «appuntamento» at the beginning is what is to be done
    r"(^|(?<=[.!?:]\s))(\w{3,}(are|ere|ire)|appuntamento|call|ring|phone|email|text|contact|send|bring|collect)",
    # English
    "will|won't|shall|(i|we|you|he|she|they|it)'ll|going to|should(?! have)|want|wants|need|must|expect|promise",
    "can you|(you|we|i) can(?!not|'t)|you may|could you|please|would (like|love)|(i|we)'d (like|love|be)|(hope|plan|aim)s? to|see you",
    r"(is|are|am|\w+'s|\w+'re|i'm) (due|coming|arriving|calling|ringing|sending|delivering|collecting|fitting|expected|booked|scheduled)",
    "(i'm|we're|he's|she's|they're) (picking|dropping|bringing|taking|getting|posting|seeing|meeting|moving|leaving|starting"
    "|finishing|opening|closing|doing)",
    r"(?<!stayed\s)(?<!was\s)(?<!were\s)(?<!been\s)(?<!dinner\s)(?<!lunch\s)with you|guaranteed|let's|let (me|us) know",
    "begins|starts|reopens|resumes|launches|arrives|ships|departs|leaves|lands|expires?|runs out|(goes|go) (out|live)",
    "(we|i|they) (reopen|open|start|begin|resume|restart|deliver|ship|finish|leave)|(call|ring|phone|text|email) (me|us|back)",
    rf"(have|'ve|has) {_BOOKED}|appointment is|{_NOT_WAS}(?<!had\s)(requested|booked|scheduled|confirmed|fixed|arranged|planned) (in )?for",
    rf"(is|are|be|'s|'re) (ready|back|free|available)(?= (in|at|on|by|this|from)\s)|{_BEGINS}back(?= (in|by|at|on|before)\s)",
    rf"{_NOT_WAS}due(?= (in|on|by|within)\s)",
)  # fmt: skip

over = whole_words(
    # «ho ordinato», «è arrivato»: an auxiliary and a participle, and not what is arranged or an adjective
    rf"((ho|hai|ha|abbiamo|avete|hanno)(?! (\w+ )?{_ARRANGED[:-6]}|(?<=(vi|le|ti|la)\sho) prenotat|(?<=(vi|le|ti|la)\sabbiamo) prenotat)"
    r"|avev\w+|er[oai]\w*|e(?= (stat|arrivat|passat|venut|andat|success|rimast|tornat|partit|scadut|finit)[oaie])|sarebbe\w*|avrebb\w+"
    r"|(sono|sei|è|siamo|siete)(?! (\w+ )?(confermat|prenotat|fissat|riservat|garantit|richiest|invitat|convocat|pregat|tenut|dovut|valid"
    r"|assicurat|spostat|rinviat|rimandat|attes|risolt|sistemat))) (\w+ ){0,2}?"
    r"(?!sabat|fest|quest|bass|ross|gross|stess|adess|spess|giust|onest|trist|prest[oi]\b|gent|nient|molt|tant|quant|fort|part[ei]\b|divers"
    r"|cors|scors|recent|frequent|client|event|rest\w\b|lent|attent|otto\b|sette\b|notte\b|previst|programmat|attes|tutt|brutt|sott|corrett"
    r"|esatt|perfett|important|present|urgent|assent|pront|apert|chius|cert[oaie]\b|content)\w+(at|it|ut|st|tt|rs|ss|es|is|us|rt|nt|lt)[oaie]",
    # «aspettavo»
    r"\w{3,}(avo|ava|avamo|avate|avano|evo|eva|evamo|evate|evano|ivamo|ivate|ivano)|ero|era|erano|c'era",
    # «sostitutiva», «preventivo», «arrivo» end like «serviva», and are no verbs
    r"\w*(cap|fin|ven|serv|usc|apr|dorm|sent|offr|part|prefer|gest|forn|segu|pul|costru|sal|mor|copr|divert|spar|sub|imped|avvert|boll|sped"
    r"|garant|inser|sugger|ubbid|cuc|trad|dimagr|pat|fall|trasfer|rifer)iv[oa]",
    # «Ordinato il 3»
    rf"{_BEGINS}(dormit|mangiat|cenat|pranzat|comprat|ordinat|aspettat|chiamat|telefonat|arrivat|stat|andat|venut|tornat|provat|pagat"
    "|ricevut|acquistat|soggiornat|passat|visitat|pres|spes)[oi]",
    # English
    r"(?<!be\s)(?<!is\s)(?<!are\s)(?<!get\s)(was|were|had|did|didn't|been|went|came|bought|(?<!'ve\s)(?<!have\s)(?<!'s\s)got|took|told|said"
    "|left|paid|ate|died|lied|tied|owed|stayed|made|gave|saw|sent|found|lost|broke|spoke|rang|wrote|kept|held|felt|heard|met|sat|slept|spent"
    "|sold|thought|brought|began|drove|flew|fell|forgot|chose|caught|cost(?= (me|us|him|her|them)\\s)"
    rf"|(?!closed)(?!((?<=have\s)|(?<='ve\s)|(?<=has\s))({_BOOKED}|confirmed))\w{{3,}}ed)",
)  # fmt: skip

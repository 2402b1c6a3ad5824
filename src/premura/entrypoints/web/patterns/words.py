"""The invented words of the pattern page, in both languages: they are data, so they do not stand in the catalogue."""

from types import SimpleNamespace

WORDS: dict[str, tuple[str, str]] = {
    # figures
    "nps_definition": (
        "Quota di promotori (9–10) meno quota di detrattori (0–6).",
        "Share of promoters (9–10) less share of detractors (0–6).",
    ),
    "satisfied": ("Clienti soddisfatti", "Satisfied customers"),
    "satisfied_definition": ("Quota di risposte 4 e 5 su 5.", "Share of the answers 4 and 5 out of 5."),
    "ease": ("Facilità", "Ease"),
    "ease_definition": ("Media delle risposte da 1 a 7.", "Mean of the answers from 1 to 7."),
    "solution": ("Tempo per risolvere", "Time to the solution"),
    "solution_definition": ("Mediana dall'apertura alla soluzione.", "Median from opening to solution."),
    "place": ("Sede", "Place"),
    "interval": ("Intervallo", "Interval"),
    "one_year": ("Un anno", "One year"),
    "change": ("Variazione", "Change"),
    # charts
    "months": ("apr mag giu lug ago set ott nov dic gen feb mar", "Apr May Jun Jul Aug Sep Oct Nov Dec Jan Feb Mar"),
    "below": ("sotto il limite", "below the limit"),
    "trend_title": ("Ci consiglierebbero?", "Would they recommend us?"),
    "trend_words": (
        "NPS di ogni mese, con il suo intervallo e i limiti della variazione abituale.",
        "NPS by month, with its interval and the limits of usual variation.",
    ),
    "answers_title": ("È stato facile?", "How easy was it?"),
    "answers_words": ("100 risposte a marzo.", "100 answers in March."),
    "answers": (
        "molto facile|facile|così così|difficile|molto difficile",
        "very easy|easy|so-so|hard|very hard",
    ),
    "places_title": ("NPS per sede", "NPS by place"),
    "places_words": (
        "Schio ha troppo poche risposte per un confronto.",
        "Schio has too few answers to be compared.",
    ),
    # words
    "chips": (
        "high=alta|open=aperto|waiting=in attesa del cliente|resolved=risolto|kept=mantenuta|kept_late=in ritardo|"
        "broken=mancata|uncertain=incerto|improved=migliorato|worse=peggiorato|draft=bozza|active=attivo|"
        "today=aspetta te oggi",
        "high=high|open=open|waiting=waiting for the customer|resolved=resolved|kept=kept|kept_late=late|"
        "broken=broken|uncertain=uncertain|improved=improved|worse=worse|draft=draft|active=active|"
        "today=waits for you today",
    ),
    "call": ("Richiama Giulia Ferrari", "Call Giulia Ferrari back"),
    "first_answer": (
        "Prima risposta al caso del rimorchio sbagliato",
        "First answer to the case of the wrong trailer",
    ),
    "pump": ("Di' a Marco Riva che la pompa è tornata", "Tell Marco Riva that the pump is back"),
    "manual": ("Manda il nuovo manuale", "Send the new manual"),
    "reason_score": ("Martedì la cliente ha dato 3 su 10.", "On Tuesday the customer gave 3 out of 10."),
    "reason_rule": (
        "Regola: un voto sotto il 5 apre un caso entro un'ora lavorativa.",
        "Rule: a score under 5 opens a case within one working hour.",
    ),
    "hint": ("Un consiglio", "A hint"),
    "hint_text": (
        "Al banco fai una domanda in più: bastano dieci secondi.",
        "Ask one question more at the counter: it takes ten seconds.",
    ),
    "uncertain": ("Incerto", "Uncertain"),
    "uncertain_text": (
        "Due clienti potrebbero essere la stessa persona. Confrontali prima di scrivere.",
        "Two customers may be the same person. Compare them before you write.",
    ),
    "today": ("Aspetta te oggi", "Waits for you today"),
    "today_text": (
        "Un gesto da 40 euro aspetta la tua decisione.",
        "A gesture of 40 euros waits for your decision.",
    ),
    # a list
    "sentence": ("Casi %(state)s a %(place)s, prima %(order)s", "%(state)s cases in %(place)s, %(order)s first"),
    "state": ("Stato", "State"),
    "states": ("aperti|chiusi", "Open|Closed"),
    "everywhere": ("tutte le sedi", "every place"),
    "order": ("Ordine", "Order"),
    "orders": ("i più urgenti|i più nuovi", "the most urgent|the newest"),
    "tabs": ("Aperti|In attesa|Chiusi", "Open|Waiting|Closed"),
    "trailer": ("Il rimorchio non era quello prenotato", "The trailer was not the one she had booked"),
    "queue": ("Ha aspettato quaranta minuti al banco", "Waited forty minutes at the counter"),
    "high": ("alta", "high"),
    "normal": ("normale", "normal"),
    "empty": ("Nessuno sta aspettando", "Nobody is waiting"),
    "empty_text": (
        "Un caso si apre da solo quando un cliente è scontento; tu puoi aprirne uno per chi te lo dice al banco.",
        "Cases open by themselves when a customer is unhappy; you can open one for whoever tells you at the counter.",
    ),
    "open_case": ("Apri un caso", "Open a case"),
    # a detail
    "said_so": ("L'hai promesso entro stasera.", "You said you would by this evening."),
    "write_call": ("Annota la telefonata", "Write down the call"),
    "answered": ("Ha risposto al questionario dopo la riconsegna", "Answered the survey after the return"),
    "opened": ("Caso aperto", "Case opened"),
    "promised": ("Promessa una telefonata", "Promised a call"),
    "quote": (
        "Il rimorchio era troppo piccolo e al banco nessuno sapeva della mia prenotazione.",
        "The trailer was too small and nobody at the counter knew about my booking.",
    ),
    "facts": ("Cliente dal|Telefono|Lingua", "Customer since|Phone|Language"),
    # a form
    "steps": ("Chi|Che cosa chiedere|Aspetto|Pubblica", "Who|What to ask|Look|Publish"),
    "customer": ("Cliente", "Customer"),
    "email": ("E-mail", "E-mail"),
    "where": ("Dov'è successo?", "Where did it happen?"),
    "what": ("Che cosa è successo?", "What happened?"),
    "what_help": (
        "Con le parole del cliente, per come le ricordi.",
        "In the customer's words, as far as you remember them.",
    ),
    "reach": ("Come possiamo raggiungere il cliente?", "How may we reach the customer?"),
    "channels": ("Per telefono|Per e-mail|Al banco", "By phone|By e-mail|At the counter"),
    "again": ("Il cliente ce l'aveva già detto", "The customer has told us about this before"),
    "later": ("Più tardi", "Later"),
    "address": ("Indirizzo del questionario", "Address of the survey"),
    "primary": ("Principale", "Primary"),
    "secondary": ("Secondario", "Secondary"),
    "quiet": ("Discreto", "Quiet"),
    "delete": ("Elimina per sempre", "Delete for good"),
    "small": ("Piccolo", "Small"),
    # headings
    "head_figures": ("Numeri", "Figures"),
    "head_table": ("Numeri in una tabella", "Figures in a table"),
    "head_charts": ("Grafici", "Charts"),
    "head_words": ("Parole", "Words"),
    "head_list": ("Un elenco", "A list"),
    "head_empty": ("Un elenco vuoto", "An empty list"),
    "head_detail": ("Una scheda", "A detail"),
    "head_form": ("Un modulo", "A form"),
    "head_buttons": ("Pulsanti e disegni", "Buttons and drawings"),
}


def words(language: str) -> SimpleNamespace:
    """The words in ``language`` (it, en), as attributes."""
    place = 0 if language.startswith("it") else 1
    return SimpleNamespace(**{key: pair[place] for key, pair in WORDS.items()})

"""Themes nobody had named: groups of words that many comments share, labelled with the comments' own words.

In: comments, their personal data masked, and where each lies among comments. Out: themes, each a few words; a comment
speaks of a theme when it says one of them, so that everybody can see why it is there, and a new comment finds its theme
without anything being learned anew. Only names of things count (`soap`, `parcheggio`): what is written after an article
or the like. Praise and blame are words of every theme, and so of none.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from premura.text.features import encode
from premura.text.keyphrases import function_words
from premura.text.lexicon import sign_of
from premura.text.personal import is_first_name

#: A word of more than this share of all comments says only what the company does.
MOST_SHARE = 0.25
#: A theme of more than this share is too many things at once: each of its words stands for itself.
BROADEST = 0.4
#: How much it counts that two words mean the like, stand in the same comments, or keep the same company; and from how
#: much of it they are of one theme.
MEANING, TOGETHER, COMPANY = 0.6, 0.3, 0.25
ALIKE = 0.43
#: How often a word must stand after an article or the like, and before a pause, to be the name of a thing.
NAMED, PAUSED = 0.2, 0.35
MOST_TERMS = 400
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[^\w\s]")
_INFINITIVE = re.compile(r"...(?:are|ire|(?<!i)ere)$")
_ENGLISH = re.compile(r"\b(?:the|and|was|is|we|it)\b")
_BEFORE_NAMES = frozenset(
    "il lo la i gli le l un uno una del dello della dei degli delle dell al allo alla ai agli alle all dal dallo dalla dai dagli dalle dall nel nello "
    "nella nei negli nelle nell sul sullo sulla sui sugli sulle sull di con senza questo questa questi queste quest vostro vostra vostri vostre mio mia "
    "miei mie nostro nostra loro poco poca pochi poche molti molte tanti tante troppi troppe nessun nessuna niente alcun qualche più meno solo "
    "the a an of no some any their our your my this these those its for with without more few fewer many several less only".split()
)
#: Words that are names of things and of no theme: everyday words, and those of the aspects, which have a name already.
_OF_NONE = frozenset(
    "cosa cose volta volte giorno giorni ora ore minuto minuti anno anni mese mesi settimana settimane tempo modo parte parti posto posti caso casi punto punti "
    "fatto tipo numero resto fine inizio momento esperienza problema problemi persona persone cliente clienti gente altro altri altra altre tutto tutti tutte "
    "tutta stesso stessa ieri oggi domani mattina sera pomeriggio notte prima dopo volt unica unico pecca nota livello mondo vita meglio peggio parola parole "
    "servizio servizi personale staff qualità prezzo prezzi azienda società negozio locale attesa pulizia consegna prodotto prodotti informazione informazioni "
    "primo prima secondo seconda terzo terza ultimo ultima ultimi ultime prossimo prossima grande grandi proprio propria vero vera intero intera nuovo nuova nuovi "
    "nuove due tre quattro cinque dieci mezzo mezza mezz'ora quarto paio piccolo piccola lungo lunga caldo calda freddo fredda qualcosa "
    "thing things time times day days hour hours minute minutes year years month months week weeks way lot lots bit part parts place places case point end start "
    "experience problem problems person people customer customers guest guests everything nothing something anything one ones two three four five ten other others "
    "same first second third last next whole most rest kind sort type number morning evening night afternoon today yesterday tomorrow level world "
    "service services staff quality price prices company shop store wait waiting cleanliness delivery product products information "
    "very own well few small large big little huge tiny long short early late hot new full main different various usual general average limited extra fact "
    "than then them they us him her herself himself themselves itself right left means opposite par past pre min max minimal minus shared negative positive "
    "downside upside head job comment comments option options need needs need difference reason reasons example examples idea age order longer shorter bigger "
    "smaller superior extensive similar acceptable strange tip interested standard standards previous visit visits return trip change changes improvement "
    "improvements feeling size hand hands red white black blue green haven partner partners thought total list section sections area areas "
    "journey sense details detail surprise impression presentation moment moments attitude name names opinion purpose situation future important further doubt "
    "criticism concept filling true everybody alternative face advantage benefit result lines excuse fault array length row answer question questions asking "
    "finished round ordinary exception contrast demand sub usage experiences everyone nobody fan while gripe cut level matter course use "
    "sorpresa dettaglio dettagli impressione opinione scopo situazione futuro dubbio critica verità risultato scusa colpa domanda domande aspetto aspetti "
    "vantaggio importanza fretta bisogno grado quota quote abbia abbiano sia siano fosse io tu lui lei noi voi esso essa essi sé suo sua suoi sue tuo tua tuoi tue me te via faccio faccia fa fai sei sono aveva avevo avevano ero eri voce voci "
    "padre madre moglie marito figlio figlia figli fratello sorella cuore mano mani signora signore signori dice dire vedere vicino vicini vicina lavoro lavori "
    "arrivo arrivi giornata struttura tutta davvero sempre mai almeno meno uso uguale totale differenza motivo motivi esempio idea età elenco sezione "
    "consiglio consigli complimento complimenti dato dati data date lato fronte interno esterno base corso genere forma senso scelta maniera occhio occhi testa piedi "
    "such only just also even still side half couple plenty choice selection range variety amount star stars review reviews great real single".split()
)
_ELIDED = frozenset("t s m re ve ll d".split())


@dataclass(frozen=True)
class Terms:
    """Words that are names of things, singular and plural together, the most frequent first.

    ``forms`` of each as people write them, ``said`` in which comments (terms × comments, 0 or 1).
    """

    forms: tuple[tuple[str, ...], ...]
    said: NDArray[np.float32]


def find_themes(texts: Sequence[str], known: Sequence[Sequence[str]] = (), *, least: int) -> list[tuple[str, ...]]:
    """Themes as words: the `known` ones first, in their order, each with the words it has gained; then new ones, the
    most frequent first. A word stays with the theme that has it.

    Args: `texts` without personal data; a word counts from `least` comments on. Words are gathered by average linkage
    over how alike they are: meaning (cosine of their places), same comments (normalised pointwise mutual information,
    Bouma 2009), same company (cosine of the positive information of each with all others; Turney and Pantel 2010).
    The same comments always give the same themes. Cost: 20,000 comments in some seconds. Errors: none.

    >>> find_themes(["La doccia è rotta.", "Bello", "Le docce sono sporche"] * 3, least=6)
    [('docce', 'doccia')]
    """
    terms = terms_of(texts, least)
    mine = [list(words) for words in known]
    owner = {word: at for at, words in enumerate(known) for word in words}
    new: list[list[str]] = []
    for cluster in _clusters(terms):
        owners = Counter(owner[word] for at in cluster for word in terms.forms[at] if word in owner)
        into = mine[owners.most_common(1)[0][0]] if owners else []
        if not owners:
            new.append(into)
        for at in cluster:
            # Another form of a word goes where that word is
            of_term = next((owner[word] for word in terms.forms[at] if word in owner), None)
            place = into if of_term is None else mine[of_term]
            place += [word for word in terms.forms[at] if word not in owner]
    return [tuple(words) for words in (*mine, *new)]


def terms_of(texts: Sequence[str], least: int) -> Terms:
    """The names of things that at least `least` comments say, and not too many of them to tell these from others."""
    comments = [spoken(text) for text in texts]
    named, paused, often = Counter[str](), Counter[str](), Counter[str]()
    for comment in comments:
        for word, is_named, is_paused in comment:
            often[word] += 1
            named[word] += is_named
            paused[word] += is_paused
    forms: dict[str, list[str]] = defaultdict(list)
    for word, n in often.items():
        if n * 5 >= least and named[word] >= NAMED * n and paused[word] >= PAUSED * n and _may_name(word):
            forms[stem(word)].append(word)
    of_word = {word: key for key, words in forms.items() for word in words}
    rows: dict[str, set[int]] = defaultdict(set)
    for at, comment in enumerate(comments):
        for word, *_ in comment:
            if word in of_word:
                rows[of_word[word]].add(at)
    kept = [key for key, found in rows.items() if least <= len(found) <= max(MOST_SHARE * len(texts), least)]
    kept = sorted(kept, key=lambda key: (-len(rows[key]), key))[:MOST_TERMS]
    said = np.zeros((len(kept), len(texts)), dtype=np.float32)
    for at, key in enumerate(kept):
        said[at, list(rows[key])] = 1
    return Terms(tuple(tuple(sorted(forms[key], key=lambda w: (-often[w], w))) for key in kept), said)


@lru_cache(maxsize=20_000)
def _may_name(word: str) -> bool:
    if not 3 <= len(word) <= 30 or word in function_words() or word in _OF_NONE or _INFINITIVE.search(word):
        return False
    return not sign_of(word) and not is_first_name(word)


def stem(word: str) -> str:
    """What singular and plural have in common, in Italian and English.

    >>> stem("docce") == stem("doccia"), stem("parcheggi") == stem("parcheggio"), stem("seats"), stem("parties")
    (True, True, 'seat', 'party')
    >>> stem("porta") == stem("porto"), stem("wifi") == stem("wife")
    (False, False)
    """
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if len(word) < 5 or word[-1] not in "aeio":
        return word
    return word.rstrip("aeio").rstrip("h") + ("o" if word[-1] in "oi" else "")


def _clusters(terms: Terms) -> list[list[int]]:
    """Positions of terms that belong together, those of the most frequent term first."""
    if len(terms.forms) < 2:
        return [[at] for at in range(len(terms.forms))]
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    one_way = np.clip(1 - _alike(terms), 0, 2)
    apart = (one_way + one_way.T) / 2
    np.fill_diagonal(apart, 0)
    numbers = fcluster(linkage(squareform(apart, checks=False), "average"), 1 - ALIKE, "distance")
    found: dict[int, list[int]] = defaultdict(list)
    for at, number in enumerate(numbers):
        found[int(number)].append(at)
    most = BROADEST * terms.said.shape[1]
    broad = [cluster for cluster in found.values() if np.count_nonzero(terms.said[cluster].max(axis=0)) > most]
    alone = [[at] for cluster in broad for at in cluster]
    return sorted([*(cluster for cluster in found.values() if cluster not in broad), *alone])


def _alike(terms: Terms) -> NDArray[np.float32]:
    places = encode([words[0] for words in terms.forms])
    n = terms.said.shape[1]
    both = terms.said @ terms.said.T
    alone = np.diag(both)
    information = np.log(np.maximum(both, 1e-9) * n / np.outer(alone, alone))
    normed = np.where(both > 0, information / -np.log(np.clip(both / n, 1e-9, 1 - 1e-9)), 0)
    company = np.maximum(information, 0)
    np.fill_diagonal(company, 0)
    company /= np.maximum(np.linalg.norm(company, axis=1, keepdims=True), 1e-9)
    alike = MEANING * (places @ places.T) + TOGETHER * np.clip(normed, 0, 1) + COMPANY * (company @ company.T)
    return np.asarray(alike, dtype=np.float32)


def label_of(words: Sequence[str]) -> str:
    """Up to three words of a theme, of different stems, in their order.

    >>> label_of(["doccia", "docce", "bagno"])
    'doccia, bagno'
    """
    first: dict[str, str] = {}
    for word in words:
        first.setdefault(stem(word), word)
    return ", ".join(list(first.values())[:3])


class ThemeFinder:
    """Which themes a text speaks of: those of which it says a word.

    >>> ThemeFinder([["parcheggio"], ["acqua"]]).find("Parcheggio pieno e niente acqua, neanche l'acqua del rubinetto")
    {0: (0, 10), 1: (26, 31)}
    """

    def __init__(self, themes: Sequence[Sequence[str]]) -> None:
        self._theme = {word: at for at, words in enumerate(themes) for word in words}

    def find(self, text: str) -> dict[int, tuple[int, int]]:
        """Theme → the place of its first word in the text."""
        found: dict[int, tuple[int, int]] = {}
        for match in _LETTERS.finditer(text):
            at = self._theme.get(match.group().lower())
            if at is not None:
                found.setdefault(at, match.span())
        return found


_LETTERS = re.compile(r"[^\W\d_]+")


def spoken(text: str) -> list[tuple[str, bool, bool]]:
    """The words of a text in lower case; whether each stands after an article or the like, and before a pause."""
    lower = text.lower()
    articles = _BEFORE_NAMES - {"i"} if _ENGLISH.search(lower) else _BEFORE_NAMES
    small, before = function_words(), ""
    found: list[tuple[str, bool, bool]] = []
    tokens = [match.group().replace("’", "'") for match in _WORD.finditer(lower)]
    for word, after in zip(tokens, [*tokens[1:], "."], strict=False):
        head, mark, tail = word.partition("'")
        if mark and tail in _ELIDED:
            word = head
        elif mark:
            before, word = head, tail
        if word and word[0].isalpha():
            found.append((word, before in articles, not after[0].isalpha() or after.partition("'")[0] in small))
        before = word
    return found

"""`understand`: one text in, one `Reading` out; the same text always gives the same reading, and no text an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np

from premura.text.careful import (
    CAREFUL,
    QUICK,
    CarefulHeads,
    check_tier,
    look_carefully,
    the_careful_heads,
    tier_digest,
)
from premura.text.features import PLACE, Vector, dense, encode
from premura.text.heads import (
    ASPECTS,
    FOUR,
    OUTPUTS,
    SENTIMENTS,
    SHADES,
    SIGNALS,
    Heads,
    calibrate,
    the_heads,
)
from premura.text.keyphrases import keyphrases
from premura.text.language import language_of
from premura.text.lexicon import BALANCE, SCALE, balance_of_faces, measured
from premura.text.personal import find_personal
from premura.text.promises import read_promises
from premura.text.reading import Aspect, Context, Emotion, Reading, Sentiment, Signal, Span
from premura.text.signal_rules import denied_signals, plain_signals, signal_rules
from premura.text.tokens import LONGEST, Clause, clauses
from premura.text.word_lists import judged

_COLUMN = {name: at for at, name in enumerate(OUTPUTS)}
_SENTIMENT = [_COLUMN[f"sentiment:{label}"] for label in SENTIMENTS]
_FOUR = [_COLUMN[f"four:{label}"] for label in FOUR]
_JOY = [_COLUMN["four:joy"]]
_UNHAPPY = [_COLUMN[f"four:{label}"] for label in ("anger", "fear", "sadness")]
_ASPECTS = [_COLUMN[f"aspect:{name}"] for name in ASPECTS]
_BATCH = 128
_SHOWN = 0.5
#: How an aspect is spoken of leans so much to praise or blame at least; the whole text, unless it both praises and blames,
#: counts beside the clause; and one aspect is both praised and blamed where the second is named so nearly as surely and leans
#: so much. Chosen on two folds of the training part.
_LEANS, WHOLE_WEIGHT, BOTH, BOTH_LEAN = 0.05, 0.75, 0.6, 0.3
#: Who asks about a matter judges it only where the clause leans so much
_LEANS_ASKING = 0.5
#: Log-odds that a text of nothing but praise (or blame) gains
LEXICON_WEIGHT = 1.5
#: Log-odds that a clause gains where what is measured in it is praised or blamed («prezzi alti»), and a text of such clauses
MEASURE_WEIGHT = 1.5
#: How much of the log-odds of joy against anger, fear and sadness is added to those of praise, and taken from those of
#: blame; an emotion counts as at least this likely. Chosen on five folds of the training part.
EMOTION_WEIGHT, LEAST_FELT = 0.2, 0.02
#: How much of the log-odds by which another aspect is ahead in every clause is taken from an aspect. Chosen on the same folds.
ASIDE_WEIGHT = 0.4
#: Log-odds that an aspect gains where its things are praised or blamed in so many words («camera perfetta»). Chosen on two folds
#: of the training part.
JUDGED_WEIGHT = 1.0
#: What is said in so many words is at least this likely
PLAIN_P = 0.75
#: What a rule finds of these three is meant nine times in ten, whatever a head makes of the rest
SAID_P, SAID = 0.55, frozenset({"contact", "leaving", "urgent"})
#: What no rule finds is dangerous, or a matter of law, surely enough to be urgent as well
GRAVE_P = 0.75
#: What is denied in so many words («non è urgente») is at most this likely, and praise in a comment of blame
DENIED_P = 0.2
_BLAME = -0.4
#: How far a face alone is trusted
FACES_P = 0.7
_HINTED = 0.25
#: How much less a text is said to do both where no word says the contrary of a whole that leans so clearly
UNSAID, CLEAR = 0.6, 0.97
#: A language less sure than this is a guess
_SURE_OF_LANGUAGE = 0.25


def understand(text: str, *, language: str | None = None, context: Context | None = None, tier: str = QUICK) -> Reading:
    """Read one text.

    Args: `language` where it is known («it», «en»), else it is found; `context` what is known beside the text; `tier`
    «quick», or «careful» where `premura[careful]` is installed: better, and about twenty times slower.
    Errors: none, whatever the text; `CarefulMissing` and `ValueError` for a tier that is not there (`check_tier`).

    >>> reading = understand("Camera pulitissima e personale gentile")
    >>> reading.language, reading.sentiment.label, "cleanliness" in {found.aspect for found in reading.aspects}
    ('it', 'positive', True)
    """
    return next(understand_all([text], language=language, context=context, tier=tier))


def understand_all(
    texts: Iterable[str], *, language: str | None = None, context: Context | None = None, tier: str = QUICK
) -> Iterator[Reading]:
    """Read many texts, in order; faster than one by one, and with the same result. Arguments and errors as above."""
    check_tier(tier)
    return _read_all(iter(texts), language, context or Context(), tier)


def _read_all(waiting: Iterator[str], language: str | None, context: Context, tier: str) -> Iterator[Reading]:
    while batch := list(islice(waiting, _BATCH)):
        yield from _read(batch, language, context, tier)


def probabilities_of(texts: Sequence[str], *, tier: str = QUICK) -> tuple[Vector, Vector]:
    """What the shipped heads say of each whole text (texts × outputs), and its place; zeros where nothing is to read."""
    p, places = np.zeros((len(texts), len(OUTPUTS)), np.float32), np.zeros((len(texts), PLACE), np.float32)
    for begin in range(0, len(texts), _BATCH):
        batch = texts[begin : begin + _BATCH]
        for at, seen in enumerate(_look(batch, *_encoded(batch), Context(), tier), begin):
            if seen:
                p[at], places[at] = seen.whole, seen.place
    return p, places


@dataclass(frozen=True)
class _Seen:
    """A text, its clauses, the probabilities of the whole and of each clause, the balance of praise and blame in the words
    of each clause (-1 to 1), what is measured in each, and the place of the whole.
    """

    text: str
    parts: Sequence[Clause]
    whole: Vector
    each: Vector
    words: Vector
    measures: Sequence[Mapping[str, int]]
    place: Vector


def _read(texts: Sequence[str], language: str | None, context: Context, tier: str) -> Iterator[Reading]:
    split, own = _encoded(texts)
    seen = _look(texts, split, own, context, tier)
    for text, found, vector in zip(texts, seen, own, strict=True):
        yield _reading(text, found, vector, language, context, tier)


def _encoded(texts: Sequence[str]) -> tuple[list[list[Clause]], list[Vector]]:
    """The clauses of each text and their vectors, encoded in one go."""
    split = [clauses(text) for text in texts]
    vectors = encode(part.clean for parts in split for part in parts)
    ends = np.cumsum([len(parts) for parts in split])
    return split, [vectors[end - len(parts) : end] for parts, end in zip(split, ends, strict=True)]


def _look(
    texts: Sequence[str], split: Sequence[Sequence[Clause]], vectors: Sequence[Vector], context: Context, tier: str
) -> list[_Seen | None]:
    """Probabilities of all clauses and texts in one go; None for a text that has nothing to read."""
    vocabulary = the_heads().vocabulary
    pieces: list[list[int]] = []
    denses: list[Vector] = []
    leans: list[float] = []
    measures: list[list[dict[str, int]]] = []
    named: list[frozenset[str]] = []
    for text, parts, own in zip(texts, split, vectors, strict=True):
        own_pieces = [vocabulary.known(part.clean) for part in parts]
        pieces += own_pieces
        denses += [dense(own[i : i + 1], [p], text[p.start : p.end]) for i, p in enumerate(parts)]
        measures.append([measured(part.clean) for part in parts])
        each_leans = [max(-1, min(1, sum(each.values()))) for each in measures[-1]]
        leans += each_leans
        each_named = [judged(part.clean) for part in parts]
        named += each_named
        if len(parts) > 1:
            pieces.append([at for each in own_pieces for at in each])
            denses.append(dense(own, parts, text))
            leans.append(sum(each_leans) / len(parts))
            named.append(frozenset().union(*each_named))
    if not pieces:
        return [None] * len(texts)
    stacked = np.stack(denses)
    p = the_heads().mixture([vocabulary.weigh(each) for each in pieces], stacked)
    fitted = _fitted(tier)
    p = _with_care(p, split) if tier == CAREFUL else calibrate(p, fitted.slope, fitted.shift)
    p = _lean(p, stacked, np.asarray(leans, dtype=np.float32))
    p = _name(p, named)
    if context.own_head and context.own_head.heads == tier_digest(tier):
        p = context.own_head.adjust(p, stacked[:, :PLACE])
    result: list[_Seen | None] = []
    at = 0
    for text, parts, own_measures in zip(texts, split, measures, strict=True):
        each, said = p[at : at + len(parts)], stacked[at : at + len(parts), PLACE + BALANCE] / SCALE
        at += len(parts) + (len(parts) > 1)
        result.append(
            _Seen(text, parts, p[at - 1], each, said, own_measures, stacked[at - 1, :PLACE]) if parts else None
        )
    return result


def _with_care(p: Vector, split: Sequence[Sequence[Clause]]) -> Vector:
    """Probabilities from the mixture of the quick heads (rows of `_look`): e5 looks at whole texts, and joins them."""
    read = [parts for parts in split if parts]
    ends = np.cumsum([len(parts) + (len(parts) > 1) for parts in read]) - 1
    vectors = look_carefully([" ".join(part.clean for part in parts) for parts in read])
    heads = the_careful_heads()
    p = p.copy()
    p[ends] = heads.join(p[ends], vectors)
    return calibrate(p, heads.slope, heads.shift)


def _fitted(tier: str) -> Heads | CarefulHeads:
    """What this tier was calibrated to: the weight of a rule, and from which probability an aspect is named."""
    return the_careful_heads() if tier == CAREFUL else the_heads()


def _lean(p: Vector, vectors: Vector, measures: Vector) -> Vector:
    """Sentiment with a little more weight on plain words of praise and blame than small data give them, much more on
    those that only what they measure tells apart, and in keeping with the emotions: what is read as sad is seldom praise.
    """
    joy, other = (np.clip(p[:, each].sum(axis=1), LEAST_FELT, 1.0) for each in (_JOY, _UNHAPPY))
    plain = LEXICON_WEIGHT * vectors[:, PLACE + BALANCE] / SCALE + MEASURE_WEIGHT * measures
    words = np.exp(plain) * (joy / other) ** EMOTION_WEIGHT
    sentiment = p[:, _SENTIMENT] * np.stack([1 / words, np.ones_like(words), words], axis=1)
    p[:, _SENTIMENT] = sentiment / sentiment.sum(axis=1, keepdims=True)
    return p


def _name(p: Vector, named: Sequence[frozenset[str]]) -> Vector:
    """Aspects with more weight where their things are praised or blamed in so many words."""
    said = np.asarray([[name in each for name in ASPECTS] for each in named], dtype=np.float32)
    odds = p[:, _ASPECTS] / np.clip(1 - p[:, _ASPECTS], 1e-6, None) * np.exp(JUDGED_WEIGHT * said)
    p[:, _ASPECTS] = odds / (1 + odds)
    return p


def _reading(
    text: str, seen: _Seen | None, vectors: Vector, language: str | None, context: Context, tier: str
) -> Reading:
    pii = find_personal(text[:LONGEST])
    found, sure = (language, 1.0) if language else language_of(text, expected=context.expected_language)
    names = [each.span for each in pii if each.kind == "name"]
    sentiment = _sentiment(seen) if seen else _of_faces(text)
    return Reading(
        text=text,
        language=found,
        sentiment=sentiment,
        emotions=_emotions(seen, sentiment),
        aspects=_aspects(seen, vectors, context, sentiment, _least(tier)),
        signals=_signals(text, seen, names, sentiment, _fitted(tier).rule),
        promises=tuple(read_promises(text[:LONGEST], now=context.now, holidays=context.holidays)),
        keyphrases=keyphrases(text, [each.span for each in pii]),
        pii=tuple(pii),
        uncertain=_is_uncertain(text, found, sure, sentiment),
        tier=tier,
        vector=seen.place if seen else None,
    )


def _is_uncertain(text: str, language: str, sure: float, sentiment: Sentiment) -> bool:
    return language not in {"it", "en"} or sure < _SURE_OF_LANGUAGE or len(text) > LONGEST or sentiment.p < 0.6


def _of_faces(text: str) -> Sentiment:
    """Of a text without a word, its faces speak; where there are none, nothing is known."""
    faces = balance_of_faces(text[:LONGEST])
    if faces == 0:
        return Sentiment("neutral", 0.0, 0.34)
    return Sentiment("positive" if faces > 0 else "negative", 0.5 if faces > 0 else -0.5, FACES_P)


def _sentiment(seen: _Seen) -> Sentiment:
    p = seen.whole[_SENTIMENT]
    score = float(p[2] - p[0])
    mixed = _p_mixed(seen)
    if mixed > _SHOWN:
        return Sentiment("mixed", round(score, 3), round(mixed, 3))
    best = int(p.argmax())
    return Sentiment(SENTIMENTS[best], round(score, 3), round(float(p[best]), 3))


def _leaning(seen: _Seen, sentiment: Sentiment) -> Callable[[int, str], float]:
    """How the clause at a place speaks of an aspect, -1 to 1 and beyond: by what is measured in it, else by its own sentiment
    beside that of the whole. People seldom name a matter without an opinion.
    """
    whole = 0.0 if sentiment.label == "mixed" else sentiment.score * WHOLE_WEIGHT
    own = (seen.each[:, _SENTIMENT[2]] - seen.each[:, _SENTIMENT[0]]).tolist()
    return lambda at, name: float(seen.measures[at].get(name, 0)) or own[at] + whole


def _polarity(lean: float, is_question: bool) -> str:
    least = _LEANS_ASKING if is_question else _LEANS
    return "neutral" if abs(lean) < least else "positive" if lean > 0 else "negative"


def _p_mixed(seen: _Seen) -> float:
    """How likely a text both praises and blames: what the head says, and whether one clause does each; less where the whole
    is clear and no word says the contrary.
    """
    p = float(seen.whole[_COLUMN["sentiment:mixed"]])
    if len(seen.parts) > 1:
        p += float(seen.each[:, _SENTIMENT[2]].max() * seen.each[:, _SENTIMENT[0]].max())
    score = float(seen.whole[_SENTIMENT[2]] - seen.whole[_SENTIMENT[0]])
    is_unsaid = abs(score) > CLEAR and bool((seen.words * score >= 0).all())
    return p / 2 * (UNSAID if is_unsaid else 1.0)


def _span(part: Clause) -> Span:
    return part.start, part.end


def _clearest(seen: _Seen, column: int) -> Span:
    return _span(seen.parts[int(seen.each[:, column].argmax())])


def _emotions(seen: _Seen | None, sentiment: Sentiment) -> tuple[Emotion, ...]:
    """Emotions at least as likely as not; else the likeliest of the four, when a text is not neutral, with its small p."""
    if seen is None:
        return ()
    four = {label: float(seen.whole[column]) for label, column in zip(FOUR, _FOUR, strict=True)}
    found = {label: p for label, p in four.items() if label != "none"}
    for label, parent in SHADES.items():
        p = float(seen.whole[_COLUMN[f"emotion:{label}"]])
        found[label] = min(p, found[parent] - 0.001) if parent else p
    shown = {label: p for label, p in found.items() if p >= _SHOWN}
    if not any(label in FOUR for label in shown):
        likeliest = max((label for label in FOUR if label != "none"), key=lambda label: four[label])
        if four[likeliest] >= _HINTED or sentiment.label not in {"neutral", "mixed"}:
            shown[likeliest] = four[likeliest]
    ranked = sorted(shown, key=lambda label: -shown[label])
    return tuple(
        Emotion(
            label, round(shown[label], 3), _clearest(seen, _COLUMN[f"{'four' if label in FOUR else 'emotion'}:{label}"])
        )
        for label in ranked
    )


def _aspects(
    seen: _Seen | None, vectors: Vector, context: Context, sentiment: Sentiment, least: Mapping[str, float]
) -> tuple[Aspect, ...]:
    """What the whole text and its clearest clause agree on, with the polarity of each clause that speaks of it."""
    if seen is None:
        return ()
    leaning = _leaning(seen, sentiment)
    found: dict[str, dict[str, tuple[Aspect, float]]] = {}
    own = [aspect.probabilities(seen.parts, vectors) for aspect in context.own_aspects]
    names = [*ASPECTS, *(aspect.name for aspect in context.own_aspects)]
    agreed = dict(zip(ASPECTS, agreed_on(seen.whole[_ASPECTS], seen.each[:, _ASPECTS]).tolist(), strict=True))

    def name_it(name: str, at: int, p: float) -> None:
        lean, ways = leaning(at, name), found.setdefault(name, {})
        part = seen.parts[at]
        way = _polarity(lean, "?" in part.clean)
        if way not in ways or p > ways[way][0].p:
            ways[way] = Aspect(name, way, _span(part), round(p, 3)), abs(lean)

    for at in range(len(seen.parts)):
        p_all = [*seen.each[at, _ASPECTS].tolist(), *(float(p[at]) for p in own)]
        for name, p in zip(names, p_all, strict=True):
            if min(p, agreed.get(name, p)) >= least.get(name, _SHOWN):
                name_it(name, at, p)
    for name, p in agreed.items():
        if p >= least[name] and name not in found:
            name_it(name, int(seen.each[:, _COLUMN[f"aspect:{name}"]].argmax()), p)
    kept = [aspect for ways in found.values() for aspect in _worth_both(ways)]
    return tuple(sorted(kept, key=lambda aspect: (aspect.span, -aspect.p)))


def _worth_both(ways: Mapping[str, tuple[Aspect, float]]) -> Iterator[Aspect]:
    """Of the ways in which a text speaks of an aspect, the clearest, and what stands beside it by its own weight."""
    first = max((aspect for aspect, _ in ways.values()), key=lambda aspect: aspect.p)
    for aspect, lean in ways.values():
        if aspect is first or (aspect.polarity != "neutral" and aspect.p > BOTH * first.p and lean > BOTH_LEAN):
            yield aspect


def agreed_on(whole: Vector, each: Vector) -> Vector:
    """Between what the whole text says (outputs) and what its clearest clause does (clauses × outputs): the mean of the
    log-odds, and less where every clause speaks more clearly of something else.

    The highest alone sees an aspect in too many of the clauses of a long text, the whole alone misses what is said in passing;
    «camera pulita» names a room and speaks of cleanliness.
    """
    p = np.clip(np.concatenate([whole[None], each]), 1e-4, 1 - 1e-4)
    odds = np.log(p / (1 - p))
    own = odds[1:]
    first, second = np.sort(own, axis=1)[:, :-3:-1].T[:, :, None]
    ahead = (own - np.where(own < first, first, second)).max(axis=0)
    return np.asarray(1 / (1 + np.exp(-(odds[0] + own.max(axis=0)) / 2 - ASIDE_WEIGHT * np.minimum(ahead, 0))))


@lru_cache(maxsize=2)
def _least(tier: str) -> dict[str, float]:
    """From which probability each aspect is named."""
    return dict(zip(ASPECTS, _fitted(tier).shown[_ASPECTS].tolist(), strict=True))


def _signals(text: str, seen: _Seen | None, names: list[Span], sentiment: Sentiment, rule: Vector) -> dict[str, Signal]:
    """Rules joined to the heads; what is dangerous or a matter of law is urgent as well."""
    read = text[:LONGEST]
    ruled, plain, denied = signal_rules(read, names), plain_signals(read), denied_signals(read)
    if sentiment.score < _BLAME:
        denied |= {"praise_for_person"}
    result: dict[str, Signal] = {}
    for name in ("safety", "legal", "contact", "leaving", "praise_for_person", "urgent"):
        column = _COLUMN[f"signal:{name}"]
        p = float(seen.whole[column]) if seen else 0.0
        span: Span | None = ruled.get(name)
        least = PLAIN_P if name in plain else SAID_P if name in SAID & ruled.keys() else 0.0
        if name == "urgent" and span is None:
            grave = (result[each] for each in ("safety", "legal") if each in ruled or result[each].p >= GRAVE_P)
            graver = next((each for each in grave if each.span), None)
            span, least = (graver.span, graver.p) if graver else (None, least)
        if span is not None:
            p = max(_with_rule(p, float(rule[column])), least)
        elif name in denied:
            p = min(p, DENIED_P)
        elif p >= _SHOWN and seen:
            span = _clearest(seen, column)
        result[name] = Signal(round(p, 3), span if p >= _SHOWN else None)
    return {name: result[name] for name in SIGNALS}


def all_rules(text: str, names: list[Span]) -> dict[str, Span]:
    """What the rules find; what is dangerous or a matter of law is urgent as well."""
    found = signal_rules(text, names)
    graver = found.get("safety") or found.get("legal")
    return {"urgent": graver, **found} if graver else found


def _with_rule(p: float, log_odds: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return float(1 / (1 + np.exp(-(np.log(p / (1 - p)) + log_odds))))

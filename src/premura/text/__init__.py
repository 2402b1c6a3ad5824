"""Understanding what people write, in Italian and English, on our own machine: pure functions, numpy, no framework.

A comment comes in, a `Reading` goes out: language, sentiment, emotions, aspects with their polarity, signals, promises
with exact dates, key phrases and personal data, each with its probability and its place in the text. Nothing is sent
anywhere; the same text always gives the same reading. How the heads were made and where they fail: `docs/model-card.md`.
"""

from premura.text.careful import CAREFUL, QUICK, TIERS, CarefulMissing, check_tier
from premura.text.corrections import Comparison, Judged, Learnt, learn_corrections
from premura.text.heads import ASPECTS, FOUR, SENTIMENTS, SHADES, SIGNALS
from premura.text.nearness import embed, nearest, pack
from premura.text.own_aspects import OwnAspect, learn_aspect, own_aspect_from
from premura.text.own_head import OwnHead, own_head_from
from premura.text.personal import Personal, find_personal, mask
from premura.text.promises import Promise, read_promises
from premura.text.reading import Aspect, Context, Emotion, Reading, Sentiment, Signal
from premura.text.understanding import understand, understand_all

__all__ = [
    "ASPECTS",
    "CAREFUL",
    "FOUR",
    "QUICK",
    "SENTIMENTS",
    "SHADES",
    "SIGNALS",
    "TIERS",
    "Aspect",
    "CarefulMissing",
    "Comparison",
    "Context",
    "Emotion",
    "Judged",
    "Learnt",
    "OwnAspect",
    "OwnHead",
    "Personal",
    "Promise",
    "Reading",
    "Sentiment",
    "Signal",
    "check_tier",
    "embed",
    "find_personal",
    "learn_aspect",
    "learn_corrections",
    "mask",
    "nearest",
    "own_aspect_from",
    "own_head_from",
    "pack",
    "read_promises",
    "understand",
    "understand_all",
]

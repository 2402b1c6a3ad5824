"""Understanding what people write, in Italian and English, on our own machine: pure functions, numpy, no framework.

A comment comes in, a `Reading` goes out: language, sentiment, emotions, aspects with their polarity, signals, promises
with exact dates, key phrases and personal data, each with its probability and its place in the text. Nothing is sent
anywhere; the same text always gives the same reading. How the heads were made and where they fail: `docs/model-card.md`.
"""

from premura.text.heads import ASPECTS, FOUR, SENTIMENTS, SHADES, SIGNALS
from premura.text.nearness import embed, nearest, pack
from premura.text.own_aspects import OwnAspect, learn_aspect
from premura.text.personal import Personal, find_personal, mask
from premura.text.promises import Promise, read_promises
from premura.text.reading import Aspect, Context, Emotion, Reading, Sentiment, Signal
from premura.text.understanding import understand, understand_all

__all__ = [
    "ASPECTS",
    "FOUR",
    "SENTIMENTS",
    "SHADES",
    "SIGNALS",
    "Aspect",
    "Context",
    "Emotion",
    "OwnAspect",
    "Personal",
    "Promise",
    "Reading",
    "Sentiment",
    "Signal",
    "embed",
    "find_personal",
    "learn_aspect",
    "mask",
    "nearest",
    "pack",
    "read_promises",
    "understand",
    "understand_all",
]

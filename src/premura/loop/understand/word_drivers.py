"""Drivers with words (rows S22, S25): which aspects, mentioned well or badly, move the score, with interval.

One row a response with a comment and a score; one column for each aspect and side, 1 where the comment says it. The
effects stand beside one another: what a mention goes with where all others are the same. Arithmetic:
``premura.stats.drivers``.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from premura.core.staff.models import Person
from premura.loop.understand.comment_sides import FELT
from premura.loop.understand.counting import LATEST, Slice, answers_of, visible
from premura.loop.understand.metrics import Metric
from premura.loop.understand.models import CommentAspect
from premura.loop.understand.windows import Window
from premura.stats import StatsError, driver_analysis
from premura.stats.compare import benjamini_hochberg
from premura.stats.drivers import ROWS_PER_DRIVER, driver_effects
from premura.stats.estimate import Estimate

#: The latest responses that are read, and the aspects and sides that a page can show.
MOST_ROWS, MOST_DRIVERS = 20_000, 12


@dataclass(frozen=True)
class WordDriver:
    """``n`` responses say it; ``effect`` is in points of the scale; ``percent`` of what the words explain; ``p`` is
    corrected for all of them (Benjamini and Hochberg).
    """

    aspect: str
    polarity: str
    n: int
    effect: Estimate
    percent: float | None
    p: float


@dataclass(frozen=True)
class WordDrivers:
    """What moves the score most comes first; none where there is no honest answer. ``explained`` is the share of the
    differences between scores that the words explain (R², 0…1), of ``n`` responses; ``None`` where there are no rows.
    """

    rows: tuple[WordDriver, ...]
    explained: Estimate | None
    n: int


def word_drivers(person: Person, window: Window, metric: Metric, least: int, **filters: Any) -> WordDrivers:
    """What a mention goes with. Where a response has several scores of the scale their mean counts, so that everybody
    counts once. An aspect and side with fewer than ``least`` that say it, or do not, is left out. Two queries.
    """
    scores, said = _read(person, window, metric, filters) if metric.scale else ({}, {})
    n = len(scores)
    kept = [key for key, who in said.items() if least <= len(who) <= n - least]
    kept = sorted(kept, key=lambda key: (-len(said[key]), key))[: min(MOST_DRIVERS, n // ROWS_PER_DRIVER)]
    y = np.array(list(scores.values()))
    while len(kept) > 1:
        X = np.array([[response in said[key] for key in kept] for response in scores], dtype=float)
        try:
            effects, shares = driver_effects(X, y), driver_analysis(X, y, draws=0)
            break
        except StatsError:
            # What others say as well cannot be told from them: the one that fewest say goes
            kept.pop()
    else:
        return WordDrivers((), None, n)
    corrected = benjamini_hochberg(each.p for each in effects)
    rows = [
        WordDriver(*key, len(said[key]), effect.effect, driver.percent, p)
        for key, effect, driver, p in zip(kept, effects, shares.drivers, corrected, strict=True)
    ]
    rows.sort(key=lambda row: (-(row.percent or 0), row.aspect, row.polarity))
    return WordDrivers(tuple(rows), shares.explained, n)


def _read(
    person: Person, window: Window, metric: Metric, filters: dict[str, Any]
) -> tuple[dict[Any, float], dict[tuple[str, str], set[Any]]]:
    """The score of each response with a comment, and who says what."""
    asked = answers_of(visible(person), window, Slice.of(filters), person=person).order_by()
    comments = asked.filter(kind="text", reading__isnull=False)
    scored = asked.filter(kind__in=metric.kinds, scale=metric.scale, score__isnull=False)
    given: dict[Any, list[int]] = defaultdict(list)
    rows = scored.filter(response__in=comments.values("response")).order_by(*LATEST)
    first = window.last_day
    for response, day, score in rows.values_list("response", "response__answered_on", "score")[:MOST_ROWS]:
        first = min(first, day)
        if score is not None:
            given[response].append(score)
    scores = {response: sum(each) / len(each) for response, each in given.items()}
    said: dict[tuple[str, str], set[Any]] = defaultdict(set)
    # No further back than the responses that were read
    comments = comments.filter(response__answered_on__gte=first)
    spoken = CommentAspect.objects.filter(reading__answer__in=comments.values("pk"), polarity__in=FELT).order_by()
    for aspect, polarity, response in spoken.values_list("aspect", "polarity", "reading__answer__response").distinct():
        if response in scores:
            said[aspect, polarity].add(response)
    return scores, said

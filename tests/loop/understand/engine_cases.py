"""Questions for the engines, and the same counts by plain Python from plain rows: what all engines are held to."""

from collections import Counter
from datetime import date, timedelta

from premura.engine.questions import NONE, CountQuestion
from premura.loop.understand.metrics import METRICS

SCALES = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
ALL_METRICS = tuple(METRICS)


def value_of(row: dict, name: str):
    """What the row has for a breakdown or a filter."""
    day = row["day"]
    calendar = {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}
    if name in calendar:
        return calendar[name]
    value = row[name]
    return getattr(value, "pk", value)


def score_of(row: dict, code: str) -> int | None:
    metric = METRICS[code]
    if metric.choices:
        return metric.choices.get(row["expectation"])
    kind = metric.kinds[0]
    return row[kind] if (row["scales"] or {}).get(kind, SCALES[kind]) == metric.scale else None


def by_hand(rows: list[dict], question: CountQuestion, us: int) -> dict:
    """The counts of ``question``, without a database and without any of the engine's code."""
    filters = dict(question.filters)
    if "subject" not in question.by:
        filters.setdefault("subject", us)
    for name, usual in (("perspective", "customer"), ("moment", "perception")):
        if name not in question.by:
            filters.setdefault(name, usual)
    found: dict = {}
    for row in rows:
        if not question.first_day <= row["day"] <= question.last_day:
            continue
        place = value_of(row, "location")
        if question.locations is not None and place is not None and place not in question.locations:
            continue
        if not all(_fits(value_of(row, name), wanted) for name, wanted in filters.items()):
            continue
        for code in question.metrics:
            score = score_of(row, code)
            if score is not None:
                key = (code, *(value_of(row, name) for name in question.by))
                found.setdefault(key, Counter())[score] += 1
    return {key: dict(histogram) for key, histogram in found.items()}


def _fits(value, wanted) -> bool:
    several = wanted if isinstance(wanted, (tuple, list, set, frozenset)) else (wanted,)
    return any(value is None if one == NONE and not isinstance(one, str) else value == one for one in several)


def questions(points: dict, surveys: list, subjects: dict, vicenza, padova) -> list[CountQuestion]:
    """Every metric over breakdowns, filters and windows of every sort."""
    delivery, counter = points["delivery"].pk, points["counter"].pk
    odd = (date(2026, 1, 14), date(2026, 3, 11))  # begins and ends in the middle of a week and of a month
    breakdowns = [
        (), ("week",), ("month",), ("day",), ("touchpoint",), ("location",), ("channel",), ("survey",), ("subject",),
        ("language",), ("perspective",), ("moment",), ("touchpoint", "location"), ("month", "touchpoint"),
        ("week", "location"), ("channel", "language"), ("perspective", "moment", "subject"),
    ]  # fmt: skip
    filters: list[dict] = [
        {"touchpoint": delivery}, {"touchpoint": NONE}, {"touchpoint": (delivery, NONE)}, {"location": vicenza.pk},
        {"location": (vicenza.pk, padova.pk)}, {"channel": "qr"}, {"channel": ("qr", "phone", "link")},
        {"survey": surveys[1].pk, "language": "en"}, {"perspective": "staff"}, {"moment": "expectation"},
        {"subject": subjects["them"].pk}, {"touchpoint": counter, "location": NONE}, {"touchpoint": 10**9},
    ]  # fmt: skip
    asked = [CountQuestion(ALL_METRICS, *window, by) for by in breakdowns for window in (YEAR, odd)]
    asked += [CountQuestion(ALL_METRICS, *odd, ("month",), wanted) for wanted in filters]
    asked += [
        CountQuestion(ALL_METRICS, *odd, by, wanted, locations)
        for by in ((), ("location",), ("channel",))
        for wanted in ({}, {"location": padova.pk})
        for locations in (frozenset(), frozenset({vicenza.pk}))
    ]
    asked += [
        CountQuestion((code,), date(2026, 2, 2), date(2026, 2, last), ("touchpoint",))
        for code in ALL_METRICS
        for last in (2, 8, 28)
    ]
    return asked

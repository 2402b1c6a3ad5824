"""Questions for the engines, and the same counts by plain Python from plain rows: what all engines are held to."""

from collections import Counter
from datetime import date, timedelta

from premura.engine.definitions import CUBE_DIMENSIONS
from premura.engine.facts import DIMENSIONS
from premura.engine.questions import NO_SCORE, NONE, CountQuestion
from premura.loop.understand.metrics import METRICS

SCALES = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
ALL_METRICS = tuple(METRICS)


def value_of(row: dict, name: str, code: str = ""):
    """What the row has for a breakdown or a filter, of the answer that the metric ``code`` counts."""
    day, customer, meeting = row["day"], row["customer"], row["interaction"]
    told = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "segment": customer.segment if customer else "",
        "account": customer.account_id if customer else None,
        "staff": meeting.person_id if meeting else None,
        "recommending": row["nps"],
        "part": "",
    }
    if name in told:
        return told[name]
    if name in ("question", "kind", "scale", "score", "choice"):
        return answer_of(row, METRICS[code])[name]
    value = row[name]
    return getattr(value, "pk", value)


def answer_of(row: dict, metric) -> dict:
    """The answer that ``metric`` counts."""
    kind = metric.kinds[0]
    if metric.choices:
        given = {"question": metric.question, "choice": row[metric.question], "score": None}
        return {"kind": kind, "scale": "", **given}
    given = {"scale": (row["scales"] or {}).get(kind, SCALES[kind]), "score": row[kind]}
    return {"kind": kind, "question": f"q_{kind}", "choice": "", **given}


def score_of(row: dict, code: str) -> int | None:
    metric = METRICS[code]
    answer = answer_of(row, metric)
    if metric.choices:
        return metric.choices.get(answer["choice"])
    return answer["score"] if answer["scale"] == metric.scale else None


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
        for code in question.metrics:
            score = score_of(row, code)
            if not all(_fits(value_of(row, name, code), wanted, none_of(name)) for name, wanted in filters.items()):
                continue
            if score is not None:
                key = (code, *(value_of(row, name, code) for name in question.by))
                found.setdefault(key, Counter())[score] += 1
    return {key: dict(histogram) for key, histogram in found.items()}


def none_of(name: str):
    return NO_SCORE if name in ("score", "recommending") else NONE


def _fits(value, wanted, none) -> bool:
    several = wanted if isinstance(wanted, (tuple, list, set, frozenset)) else (wanted,)
    return any(value in (None, "") if one == none else value == one for one in several)


def questions(points: dict, surveys: list, subjects: dict, vicenza, padova) -> list[CountQuestion]:
    """Every metric over breakdowns, filters and windows of every sort."""
    delivery, counter = points["delivery"].pk, points["counter"].pk
    odd = (date(2026, 1, 14), date(2026, 3, 11))  # begins and ends in the middle of a week and of a month
    breakdowns = [
        (), *((name,) for name in DIMENSIONS), ("touchpoint", "location"), ("month", "touchpoint"),
        ("week", "location"), ("channel", "language"), ("perspective", "moment", "subject"),
        ("segment", "recommending"),
    ]  # fmt: skip
    filters: list[dict] = [
        {"touchpoint": delivery}, {"touchpoint": NONE}, {"touchpoint": (delivery, NONE)}, {"location": vicenza.pk},
        {"location": (vicenza.pk, padova.pk)}, {"channel": "qr"}, {"channel": ("qr", "phone", "link")},
        {"survey": surveys[1].pk, "language": "en"}, {"perspective": "staff"}, {"moment": "expectation"},
        {"subject": subjects["them"].pk}, {"touchpoint": counter, "location": NONE}, {"touchpoint": 10**9},
        {"segment": "private"}, {"segment": (NONE, "business")}, {"recommending": tuple(range(7))},
        {"recommending": (NO_SCORE, 0)}, {"account": NONE}, {"question": "q_csat", "segment": NONE},
    ]  # fmt: skip
    asked = [CountQuestion(ALL_METRICS, *odd, by) for by in breakdowns]
    asked += [CountQuestion(ALL_METRICS, *YEAR, by) for by in breakdowns if set(by) <= set(CUBE_DIMENSIONS)]
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

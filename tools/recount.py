"""Every figure of the explorer, counted again by other means: plain rows, plain Python, no arithmetic of ours.

    PREMURA_DATA=folder python tools/recount.py

Asks the explorer's file, as the owner would on the page, for every figure by every breakdown, by pairs of them and with
filters, and compares groups, answers, value and interval with its own count; then beside other times, where it also
compares each change, its interval and its p value corrected for the whole table. Prints what differs; exit code 1 if
anything does.
"""

import csv
import io
import math
import os
import sqlite3
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from scipy import stats

FIGURES = {
    "nps": ("nps", "0-10", lambda s: (s >= 9) - (s <= 6)),
    "csat": ("csat", "1-5", lambda s: s >= 4),
    "csat_mean": ("csat", "1-5", lambda s: s),
    "ces": ("ces", "1-7", lambda s: s >= 5),
    "ces_mean": ("ces", "1-7", lambda s: s),
    "delight": ("single:expectation", {"below", "as", "above"}, lambda c: c == "above"),
    "stay": ("single:stay", {"no", "perhaps", "yes"}, lambda c: c == "yes"),
    "referred": ("yesno:referred", {"no", "yes"}, lambda c: c == "yes"),
    "spend": ("single:spend", {"less", "half", "most"}, lambda c: c == "most"),
}
BREAKDOWNS = ("touchpoint", "location", "channel", "week", "month", "survey", "question", "segment", "language", "band",
              "subject", "perspective", "moment")  # fmt: skip
#: The minimum of answers of the company that is looked at
LEAST = 30
MISSING = -1e9
PAIRS = (("location", "month"), ("touchpoint", "band"), ("segment", "language"), ("week", "channel"))
ROWS = """SELECT a.question, a.kind, a.scale, a.score, a.choices, a.touchpoint_id, r.location_id, r.channel,
 r.answered_on, r.survey_id, c.segment, r.language, r.subject_id, s.is_us, r.perspective, r.moment, r.id
FROM listen_answer a JOIN listen_response r ON r.id = a.response_id JOIN listen_subject s ON s.id = r.subject_id
LEFT JOIN customers_customer c ON c.id = r.customer_id"""
NAMES = ("question", "kind", "scale", "score", "choices", "touchpoint", "location", "channel", "day", "survey",
         "segment", "language", "subject", "is_us", "perspective", "moment", "response")  # fmt: skip


def rows_of(path: Path) -> list[dict]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as link:
        rows = [dict(zip(NAMES, row, strict=True)) for row in link.execute(ROWS)]
    lowest: dict = {}
    for row in rows:
        if row["kind"] == "nps" and row["scale"] == "0-10" and row["score"] is not None:
            lowest[row["response"]] = min(lowest.get(row["response"], 99), row["score"])
    for row in rows:
        day = row["day"] = date.fromisoformat(row["day"])
        row["week"], row["month"] = day - timedelta(days=day.weekday()), day.replace(day=1)
        row["segment"] = row["segment"] or None
        mark = lowest.get(row["response"])
        row["band"] = None if mark is None else "promoters" if mark >= 9 else "passives" if mark >= 7 else "detractors"
    # What colleagues alone are asked is about their work, and part of none of these figures
    asked = {(row["question"], row["kind"]) for row in rows if row["perspective"] != "staff"}
    return [row for row in rows if (row["question"], row["kind"]) in asked]


def given_to(figure: str, row: dict) -> float | None:
    """What the answer gives to the figure; ``None``: it is not counted."""
    kind, scale, score = FIGURES[figure]
    if isinstance(scale, set):
        chosen = row["choices"].strip('[]" ') if row["choices"] else ""
        return score(chosen) if f"{row['kind']}:{row['question']}" == kind and chosen in scale else None
    counted = row["kind"] == kind and row["scale"] == scale and row["score"] is not None
    return score(row["score"]) if counted else None


def estimate(figure: str, values: list[float]) -> tuple[float, ...]:
    """Value and interval, in the unit of the page."""
    n, z = len(values), stats.norm.ppf(0.975)
    mean = sum(values) / n
    if figure == "nps":
        p, d = (values.count(1) + 0.75) / (n + 3), (values.count(-1) + 0.75) / (n + 3)
        half = z * math.sqrt((p + d - (p - d) ** 2) / (n + 3))
        low, high = min(p - d - half, mean), max(p - d + half, mean)
        return 100 * mean, max(-100.0, 100 * low), min(100.0, 100 * high)
    if not figure.endswith("mean"):
        found = stats.binomtest(int(sum(values)), n).proportion_ci(method="wilson")
        return 100 * mean, 100 * found.low, 100 * found.high
    bottom, top = map(int, FIGURES[figure][1].split("-"))
    if len(set(values)) == 1:
        q = 1 - 0.025 ** (1 / n)
        return mean, mean - q * (mean - bottom), mean + q * (top - mean)
    half = stats.t.ppf(0.975, n - 1) * stats.sem(values)
    return mean, max(bottom, mean - half), min(top, mean + half)


def groups_of(rows: list[dict], figure: str, by: tuple[str, ...], where: dict, days: tuple[date, date]) -> dict:
    """What each group gave to the figure."""
    groups = defaultdict(list)
    usual = {"perspective": "customer", "moment": "perception", "is_us": 1}
    for name in by:
        usual.pop({"subject": "is_us"}.get(name, name), None)
    kept_back = kept_back_of(rows, figure, by, where, days) if "perspective" in by else set()
    for row in rows:
        if days[0] <= row["day"] <= days[1] and all(row[k] == v for k, v in {**usual, **where}.items()):
            value = given_to(figure, row)
            if value is not None and not (row["perspective"] == "staff" and row["question"] in kept_back):
                groups[tuple(row[name] for name in by)].append(float(value))
    return groups


def kept_back_of(rows: list[dict], figure: str, by: tuple[str, ...], where: dict, days: tuple[date, date]) -> set[str]:
    """The questions of which nothing is told that colleagues said: fewer than the minimum in some part of their
    answers, or some of a quarter that the window cuts.
    """
    quarters, sizes, cut = {_quarter(days[0]), _quarter(days[1])}, Counter(), set()
    for row in rows:
        quarter = _quarter(row["day"])
        if row["perspective"] != "staff" or not min(quarters) <= quarter <= max(quarters):
            continue
        if given_to(figure, row) is None or any(row[k] != v for k, v in where.items()):
            continue
        sizes[row["question"], quarter, *(row[name] for name in by)] += 1
        if not days[0] <= row["day"] <= days[1]:
            cut.add(row["question"])
    return cut | {question for (question, *_part), n in sizes.items() if n < LEAST}


def _quarter(day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // 3


def by_hand(rows: list[dict], figure: str, by: tuple[str, ...], where: dict, days: tuple[date, date]) -> Counter:
    kept = groups_of(rows, figure, by, where, days)
    return Counter((len(values), *(round(x, 6) for x in estimate(figure, values))) for values in kept.values())


def change(figure: str, now: list[float], before: list[float]) -> tuple[tuple[float | None, ...], float | None]:
    """How far the figure has moved, from where to where, in the unit of the page; and the p value."""
    if not now or not before:
        return (None, None, None), None
    sides, z = (now, before), stats.norm.ppf(0.975)
    (mean, n), (old, m) = ((sum(side) / len(side), len(side)) for side in sides)
    if figure == "nps":
        # Where one side has no spread, three answers are added to both
        extra, added = ([1, 0, -1], [0.75, 1.5, 0.75]) if any(len(set(side)) == 1 for side in sides) else ([], [])
        moments, error = [], 0.0
        for side in sides:
            weights, values = np.array([1.0] * len(side) + added), np.array([*side, *extra])
            first, second = np.average([values, values**2], axis=1, weights=weights)
            moments.append(first)
            error += (second - first**2) / weights.sum()
        error = math.sqrt(error)
        apart = moments[0] - moments[1]
        low, high = min(apart - z * error, mean - old), max(apart + z * error, mean - old)
        ends = (mean - old, max(-2.0, low), min(2.0, high))
        return tuple(100 * end for end in ends), 2 * stats.norm.sf(abs(apart / error))
    if not figure.endswith("mean"):
        (low, high), (old_low, old_high) = (
            stats.binomtest(int(sum(side)), len(side)).proportion_ci(method="wilson") for side in sides
        )
        d = mean - old
        ends = (d, d - math.hypot(mean - low, old_high - old), d + math.hypot(high - mean, old - old_low))
        table = [[sum(side), len(side) - sum(side)] for side in sides]
        if np.min(stats.contingency.expected_freq(table)) < 5:
            return tuple(100 * end for end in ends), stats.fisher_exact(table)[1]
        return tuple(100 * end for end in ends), stats.chi2_contingency(table, correction=False)[1]
    if min(n, m) < 2 or len(set(now)) == len(set(before)) == 1:
        return (mean - old, None, None), None
    tested = stats.ttest_ind(now, before, equal_var=False)
    return (mean - old, *tested.confidence_interval()), tested.pvalue


def holm(ps: dict) -> dict:
    """Each p value times how many are left, the smallest first, and never below the one before."""
    corrected, least = {}, 0.0
    for place, (key, p) in enumerate(sorted(ps.items(), key=lambda pair: pair[1])):
        corrected[key] = least = max(least, min(1.0, p * (len(ps) - place)))
    return corrected


def compared_by_hand(rows: list[dict], figure: str, by: tuple[str, ...], days: tuple, versus: tuple) -> Counter:
    now, before = (groups_of(rows, figure, by, {}, window) for window in (days, versus))
    for place, name in enumerate(by):
        if name in ("week", "month"):
            # The first period stands beside the first, the second beside the second
            beside = dict(zip(_starts(versus, name), _starts(days, name), strict=False))
            before = {(*key[:place], beside[key[place]], *key[place + 1 :]): values
                      for key, values in before.items() if key[place] in beside}  # fmt: skip
    changes = {key: change(figure, now.get(key, []), before.get(key, [])) for key in {**now, **before}}
    ps = {key: p for key, (_ends, p) in changes.items()
          if p is not None and min(len(now.get(key, [])), len(before.get(key, []))) >= LEAST}  # fmt: skip
    corrected, told = holm(ps), Counter()
    for key, (ends, _p) in changes.items():
        sides = [(*(estimate(figure, side) if side else [None] * 3), len(side))
                 for side in (now.get(key, []), before.get(key, []))]  # fmt: skip
        told[tuple(map(_rounded, (*sides[0], *sides[1], *ends, corrected.get(key))))] += 1
    return told


def _starts(days: tuple[date, date], step: str) -> list[date]:
    """The first days of the periods of a window."""
    every = (days[0] + timedelta(days=n) for n in range((days[1] - days[0]).days + 1))
    return list(dict.fromkeys(day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)
                              for day in every))  # fmt: skip


def _rounded(value: float | None) -> float:
    return MISSING if value is None else round(float(value), 6)


def file_of(client: object, figure: str, by: tuple[str, ...], where: dict, days: tuple[date, date]) -> list[list[str]]:
    query = {"metric": figure, "by": by[0], "by2": by[1] if len(by) > 1 else "", "as": "csv", "period": "custom"}
    query |= {"from": days[0].isoformat(), "to": days[1].isoformat(), **where}
    answer = client.get("/insights/explorer/file/", query)  # type: ignore[attr-defined]
    assert answer.status_code == 200, (answer.status_code, query)
    _heading, *lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    return lines


def on_the_page(client: object, figure: str, by: tuple[str, ...], where: dict, days: tuple[date, date]) -> Counter:
    lines = file_of(client, figure, by, where, days)
    cells = [[float(cell) for cell in line[len(by) : len(by) + 4]] for line in lines]
    return Counter((int(n), *(round(x, 6) for x in (value, low, high))) for value, low, high, n in cells)


def compared_on_the_page(client: object, figure: str, by: tuple[str, ...], days: tuple, versus: tuple) -> Counter:
    lines = file_of(client, figure, by, {"against": "days", "vs_from": versus[0], "vs_to": versus[1]}, days)
    cells = [[float(cell) if cell else None for cell in line[len(by) : len(by) + 12]] for line in lines]
    return Counter(tuple(map(_rounded, line)) for line in cells)


def questions_about(rows: list[dict]) -> tuple[list[tuple], list[tuple], dict[str, tuple]]:
    """(figure, breakdowns, conditions, days) to be asked alone; (figure, breakdowns, name, days) beside another time;
    and the days of each such name.
    """
    last = max(row["day"] for row in rows)
    windows = {
        "all": (min(row["day"] for row in rows), last),
        "cut": (last - timedelta(days=97), last - timedelta(days=9)),
    }
    asked = [(figure, by, {}, days) for figure in FIGURES for days in windows.values()
             for by in (*((name,) for name in BREAKDOWNS), *PAIRS)]  # fmt: skip
    place = next(row["location"] for row in rows if row["location"])
    for where in (
        {"location": place},
        {"channel": "qr"},
        {"band": "detractors"},
        {"language": "it", "moment": "perception"},
    ):
        asked += [(figure, ("month",), where, windows["all"]) for figure in FIGURES]
    year_ago = tuple(day.replace(year=day.year - 1) for day in windows["cut"])
    before = windows["cut"][0] - timedelta(days=1)
    beside = {"days before": (before - timedelta(days=88), before), "a year before": year_ago}
    compared = [(figure, by, name, windows["cut"]) for figure in FIGURES for name in beside
                for by in (*((name,) for name in BREAKDOWNS), *PAIRS)]  # fmt: skip
    return asked, compared, beside


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "premura.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from premura.core.staff.models import Person
    from premura.loop.understand.export import Exporter

    settings.ALLOWED_HOSTS = ["*"]
    exporter = Exporter()
    while exporter.round():
        pass
    client, rows = Client(), rows_of(Path(settings.DATA) / "premura.sqlite3")
    client.force_login(Person.objects.filter(role="owner").first(), settings.AUTHENTICATION_BACKENDS[0])
    asked, compared, beside = questions_about(rows)
    groups = differences = 0
    for figure, by, where, days in (*asked, *compared):
        if isinstance(where, str):
            told = compared_on_the_page(client, figure, by, days, beside[where])
            counted = compared_by_hand(rows, figure, by, days, beside[where])
        else:
            told, counted = on_the_page(client, figure, by, where, days), by_hand(rows, figure, by, where, days)
        groups += sum(counted.values())
        # Values are rounded at the sixth digit, on either side of which two ways of adding may fall
        if sorted(told) != sorted(counted) and not _near(sorted(told.elements()), sorted(counted.elements())):
            differences += 1
            print("DIFFERS", figure, by, where, days, "page:", sorted(told - counted)[:3], end=" ")
            print("count:", sorted(counted - told)[:3])
    questions = f"{len(asked)} questions, {len(compared)} beside another time"
    print(f"{questions}, {groups} groups, {len(rows)} rows, {differences} differences")
    return int(differences > 0)


def _near(told: list[tuple], counted: list[tuple]) -> bool:
    pairs = zip(told, counted, strict=False)
    return len(told) == len(counted) and all(abs(a - b) < 1e-5 for x, y in pairs for a, b in zip(x, y, strict=True))


if __name__ == "__main__":
    sys.exit(main())

"""Findings as JSON. Shares are 0…1, NPS is −100…100, means are marks of their scale; codes are stable.

=============  ========================================================================================================
``rows``       records under the header, also those refused
``rejected``   cells and rows not taken; ``rejections`` lists them (the first 10,000; ``--rejected`` writes all)
``metrics``    ``name`` (nps, overall, csat, csat_mean, ces, ces_mean, recommended), column, value, low, high, n,
               method, unit, scale, weighted, partial, answers, enough, definition
``touchpoints``  as metrics, with ``rank`` among those of the same scale and ``top_box``
``trend``      period (2015-06 or 2015-Q2), metric, column, scale, value, low, high, n, enough, centre, lower, upper,
               chart (``xmr``, ``p`` or null), signals (beyond_limit, eight_on_one_side, three_of_four_near_limit,
               moving_range_beyond_limit)
``distribution``  column, role, scale, n, counts [{value, count, share}]; NPS: promoters, passives, detractors
``comparisons``  role (subject, location, touchpoint), column, metric, scale, groups [{name, value, low, high, n …}]
``comments``   the worst and latest: text, score, scale, day, subject, location, line
``warnings``   code, message, column or columns, and the values of the sentence; codes: ``premura.importers.table`` and
               people-not-ranked, no-scores, too-many-names, probable-code, short-rows
``columns``    each column: role, confidence, why, scale, counted, missing, rejected, set_aside by reason
=============  ========================================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from premura.entrypoints.cli.report.findings import Findings
from premura.entrypoints.cli.report.scores import Metric, unit_of
from premura.entrypoints.cli.report.words import Words
from premura.importers.table import ColumnPlan, Note, Rejection, Role, Scale
from premura.stats import Estimate


def as_document(found: Findings) -> dict[str, Any]:
    """The whole report as plain values, ready for ``json.dumps``."""
    words = Words(found.lang, found.minimum)
    weight = next((column.name for column in found.plan.with_role(Role.WEIGHT)), None)
    return {
        "title": found.title,
        "file": found.path.name,
        "language": found.lang,
        "minimum_n": found.minimum,
        "rows": found.table.rows_read,
        "accepted": found.table.rows_accepted,
        "rejected": found.table.rejections,
        "rejected_rows": found.table.rows_rejected,
        "rejections": [_rejection(rejection, found.lang) for rejection in found.rejections],
        "rejections_truncated": found.table.rejections > len(found.rejections),
        "first_day": _iso(found.first),
        "last_day": _iso(found.last),
        "format": _format(found),
        "metrics": [_metric(metric, words, weight, found) for metric in found.metrics],
        "touchpoints": [_touchpoint(point, words, found) for point in found.touchpoints],
        "trend": [row for trend in found.trends for row in _trend(trend)],
        "distribution": [_distribution(each) for each in found.distributions],
        "comparisons": [_comparison(each, found) for each in found.comparisons],
        "comments": [_voice(voice) for voice in found.voices],
        "warnings": [_warning(note, words) for note in found.notes],
        "columns": [_column(column, found) for column in found.plan.columns],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _scale(scale: Scale | None) -> str | None:
    return str(scale) if scale else None


def _estimate(made: Estimate) -> dict[str, Any]:
    return {"value": made.value, "low": made.low, "high": made.high, "n": made.n, "method": made.method}


def _format(found: Findings) -> dict[str, Any]:
    form = found.plan.source.format
    return {
        "kind": form.kind,
        "encoding": form.encoding or None,
        "delimiter": form.delimiter if form.kind == "text" else None,
        "line_end": form.line_end if form.kind == "text" else None,
        "sheet": found.plan.source.sheet,
        "header": found.plan.header.kind,
        "header_rows": found.plan.header.rows,
    }


def _metric(metric: Metric, words: Words, weight: str | None, found: Findings) -> dict[str, Any]:
    return {
        "name": metric.name,
        "column": metric.asked.column,
        **_estimate(metric.estimate),
        "unit": metric.unit,
        "scale": str(metric.asked.scale),
        "weighted": metric.weighted,
        "partial": metric.partial,
        "answers": metric.answers,
        "enough": found.enough(metric.enough_for),
        "definition": words.definition(metric, weight),
    }


def _touchpoint(point: Any, words: Words, found: Findings) -> dict[str, Any]:
    metric = point.metric
    return {
        "name": point.name,
        "column": metric.asked.column,
        **_estimate(metric.estimate),
        "scale": str(metric.asked.scale),
        "rank": point.rank,
        "enough": found.enough(metric.answers),
        "top_box": {**_estimate(point.top_box), "from": metric.asked.scale.top_from},
        "definition": words.definition(metric),
        "set_aside": dict(point.ledger.aside),
        "missing": point.ledger.missing,
    }


def _trend(trend: Any) -> list[dict[str, Any]]:
    return [
        {
            "period": point.period,
            "metric": trend.metric,
            "column": trend.asked.column,
            "scale": str(trend.asked.scale),
            **_estimate(point.estimate),
            "unit": unit_of(trend.metric),
            "enough": point.enough,
            "chart": trend.chart,
            "centre": point.centre,
            "lower": point.lower,
            "upper": point.upper,
            "signals": list(point.rules),
        }
        for point in trend.points
    ]


def _distribution(each: Any) -> dict[str, Any]:
    total = sum(count for _, count in each.counts)
    counts = [
        {"value": value, "count": count, "share": count / total if total else None} for value, count in each.counts
    ]
    made = {
        "column": each.asked.column,
        "role": each.asked.role.value,
        "scale": str(each.asked.scale),
        "n": total,
        "counts": counts,
    }
    if each.classes:
        made |= dict(zip(("promoters", "passives", "detractors"), each.classes, strict=True))
    return made


def _comparison(each: Any, found: Findings) -> dict[str, Any]:
    return {
        "role": each.role.value,
        "column": each.column,
        "metric": each.metric,
        "metric_column": each.asked.column,
        "scale": str(each.asked.scale),
        "total": each.total,
        "groups": [{"name": name, **_estimate(made), "enough": found.enough(made.n)} for name, made in each.groups],
    }


def _voice(voice: Any) -> dict[str, Any]:
    return {
        "text": voice.text,
        "score": voice.score,
        "scale": _scale(voice.scale),
        "day": _iso(voice.day),
        "subject": voice.subject,
        "location": voice.location,
        "line": voice.line,
    }


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    return {key: _iso(value) if isinstance(value, date) else value for key, value in values.items()}


def _warning(note: Note, words: Words) -> dict[str, Any]:
    made: dict[str, Any] = {"code": note.code, "message": words.note(note)}
    if note.column:
        made["column"] = note.column
    return made | _plain(note.values)


def _rejection(rejection: Rejection, lang: str) -> dict[str, Any]:
    return {
        "line": rejection.line,
        "column": rejection.column,
        "value": rejection.value,
        "code": rejection.code,
        "message": rejection.sentence(lang),
    }


def _column(column: ColumnPlan, found: Findings) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": column.name,
        "label": column.label or None,
        "role": column.role.value,
        "confidence": column.confidence,
        "why": column.why,
        "scale": str(column.rule) if column.rule else "0-10" if column.role is Role.NPS else None,
    }
    ledger = found.table.ledger.get(column.name)
    if ledger:
        made |= {
            "counted": ledger.counted,
            "missing": ledger.missing,
            "rejected": ledger.rejected,
            "set_aside": dict(ledger.aside),
        }
    return made

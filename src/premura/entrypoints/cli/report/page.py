"""The report as one page: no script, nothing loaded from elsewhere, light and dark, on paper and on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from premura import __version__
from premura.entrypoints.cli.report import charts
from premura.entrypoints.cli.report.findings import Comparison, Distribution, Findings, Touchpoint
from premura.entrypoints.cli.report.page_notes import columns_table, method_list, note_list, rejection_table
from premura.entrypoints.cli.report.scores import Metric, unit_of
from premura.entrypoints.cli.report.tally import UNHAPPY, Voice
from premura.entrypoints.cli.report.terminal import lede
from premura.entrypoints.cli.report.trend import FEWEST_FOR_LIMITS, Point, Trend
from premura.entrypoints.cli.report.words import Words
from premura.importers.table import Role

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_SHORT_COMMENT = 420
_FIRST_VOICES = 6
_ENDS = {"points": (-100.0, 100.0), "share": (0.0, 1.0)}


def as_page(found: Findings) -> str:
    """The whole page as HTML."""
    words = Words(found.lang, found.minimum)
    sections = [
        ("scores", _scores(found, words)),
        ("trend", _trends(found, words)),
        ("distribution", _distributions(found, words)),
        ("touchpoints", _touchpoints(found, words)),
        ("comparisons", _comparisons(found, words)),
        ("voices", _voices(found, words)),
        ("notes", note_list(found, words) + rejection_table(found, words)),
        ("columns", columns_table(found, words)),
        ("method", method_list(found, words)),
    ]
    filled = [(name, body) for name, body in sections if body]
    style = re.sub(r"\s*\n\s*", " ", files("premura.entrypoints.cli.report").joinpath("page.css").read_text("utf-8"))
    parts = [
        f'<!doctype html>\n<html lang="{found.lang}">\n<head>\n<meta charset="utf-8">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n',
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">\n',
        f"<title>{escape(found.title)} – {escape(words('report'))}</title>\n<style>{style}</style>\n</head>\n<body>\n",
        _header(found, words, [name for name, _ in filled]),
        "<main>\n",
        *(_section(name, words(f"section-{name}"), body) for name, body in filled),
        "</main>\n",
        f"<footer>{escape(words('made-by', version=__version__))}</footer>\n</body>\n</html>\n",
    ]
    return "".join(parts)


def _section(name: str, title: str, body: str) -> str:
    return f'<section id="{name}" aria-labelledby="h-{name}"><h2 id="h-{name}">{escape(title)}</h2>\n{body}</section>\n'


def _header(found: Findings, words: Words, names: Sequence[str]) -> str:
    links = "".join(f'<li><a href="#{name}">{escape(words(f"section-{name}"))}</a></li>' for name in names)
    short = "".join(f"<li>{line}</li>" for line in _in_short(found, words))
    said = f'<div class="short" aria-label="{escape(words("in-short"))}"><ul>{short}</ul></div>' if short else ""
    return (
        f'<header><p class="eyebrow">{escape(words("report"))}</p><h1>{escape(found.title)}</h1>'
        f'<p class="lede">{escape(lede(found, words))}</p>{said}'
        f'<nav aria-label="{escape(words("contents"))}"><ul>{links}</ul></nav></header>\n'
    )


def _in_short(found: Findings, words: Words) -> Iterator[str]:
    """Two to five sentences for whoever reads nothing else."""
    weights = bool(found.plan.with_role(Role.WEIGHT))
    told: set[str] = set()
    for metric in found.metrics:
        if metric.partial or metric.name in told or not found.enough(metric.enough_for) or len(told) == 3:
            continue
        told.add(metric.name)
        yield words(
            "short-main",
            metric=escape(words.title(metric, weights=weights)),
            value=f"<strong>{words.value(metric.estimate.value, metric.unit)}</strong>",
            interval=words.interval(metric.estimate, metric.unit),
            answers=words.answers(metric),
        )
    ranked = [point for point in found.touchpoints if point.rank]
    if len({point.metric.asked.scale for point in ranked}) == 1 and len(ranked) > 2:
        names, best, worst = display_names(found.touchpoints), ranked[0], ranked[-1]
        yield words(
            "short-best-worst",
            best=escape(names[best.metric.asked.column]),
            worst=escape(names[worst.metric.asked.column]),
            best_value=words.value(best.metric.estimate.value, "score"),
            worst_value=words.value(worst.metric.estimate.value, "score"),
        )
    if found.notes:
        yield f'<a href="#notes">{escape(words("short-look", count=len({note.code for note in found.notes})))}</a>'


# The scores


def _scores(found: Findings, words: Words) -> str:
    if not found.metrics:
        return ""
    cards = "".join(_card(metric, found, words) for metric in found.metrics)
    return f'<p>{escape(words("intro-scores"))}</p><div class="cards">{cards}</div>\n'


def _card(metric: Metric, found: Findings, words: Words) -> str:
    weight = next((column.name for column in found.plan.with_role(Role.WEIGHT)), None)
    few = not found.enough(metric.enough_for)
    note = words.too_few(metric.enough_for) if few else words("partial", small=5) if metric.partial else ""
    note = f'<p class="few-note">{escape(note)}</p>' if note else ""
    method = f"{words('interval-95').capitalize()}: {words.method(metric.estimate.method)}."
    made = f"{words.definition(metric, weight)} {method}"
    title = escape(words.title(metric, weights=bool(weight)))
    return (
        f'<article class="card{" few" if few or metric.partial else ""}"><h3>{title}</h3>'
        f'<p class="from">{escape(metric.asked.column)}</p>'
        f'<p class="figure">{words.value(metric.estimate.value, metric.unit)}</p>'
        f'<p class="sure">{escape(words.interval(metric.estimate, metric.unit))}<br>{escape(words.answers(metric))}</p>'
        f'{note}{_range(metric, words)}<p class="made">{escape(made)}{_caution(metric, found, words)}</p></article>\n'
    )


def _caution(metric: Metric, found: Findings, words: Words) -> str:
    """A way to the note that concerns the column of this figure, if there is one."""
    if any(note.column == metric.asked.column for note in found.notes):
        return f' <a href="#notes">{escape(words("caution"))}</a>'
    return ""


def _range(metric: Metric, words: Words) -> str:
    """The interval drawn on the whole scale."""
    made = metric.estimate
    if made.value is None:
        return ""
    scale = metric.asked.scale
    low, high = _ENDS.get(metric.unit, (float(scale.low), float(scale.high)))

    def place(value: float) -> float:
        return round(100 * (value - low) / (high - low), 2)

    band = ""
    if made.low is not None and made.high is not None:
        band = f'<i style="left:{place(made.low)}%;width:{round(place(made.high) - place(made.low), 2)}%"></i>'
    ends = [words.percent(e) if metric.unit == "share" else words.decimal(e, 0) for e in (low, high)]
    dot = f'<b style="left:{place(made.value)}%"></b>'
    return (
        f'<div class="range" aria-hidden="true">{band}{dot}</div>'
        f'<p class="ends" aria-hidden="true"><span>{ends[0]}</span><span>{ends[1]}</span></p>'
    )


# The trend


def _trends(found: Findings, words: Words) -> str:
    shown = [trend for trend in found.trends if any(point.enough for point in trend.points)] or found.trends
    if not shown:
        return ""
    intro = words(f"intro-trend-{shown[0].grain}")
    if any(not point.enough for trend in shown for point in trend.points):
        intro += " " + words("limits-grey", minimum=found.minimum)
    return f"<p>{escape(intro)}</p>" + "".join(_trend(trend, found, words) for trend in shown)


def _trend(trend: Trend, found: Findings, words: Words) -> str:
    unit = unit_of(trend.metric)
    title = words(f"metric-{trend.metric}") + (f", {words.scale(trend.asked)}" if unit == "score" else "")
    limits = (
        words(f"limits-{trend.chart}")
        if trend.chart
        else words("limits-none", fewest=FEWEST_FOR_LIMITS, minimum=found.minimum)
    )
    signals = [point for point in trend.points if point.rules]
    listed = "".join(f"<li>{escape(_signal(point, words))}</li>" for point in signals[-4:])
    if len(signals) > 4:
        listed += f"<li>{escape(words('signals-more', count=len(signals) - 4))}</li>"
    told = f'<ul class="signals">{listed}</ul>' if listed else f"<p>{escape(words('signals-none'))}</p>"
    told = told if trend.chart else ""
    heads = ("th-period", "th-value", "th-interval", "th-n", "th-limits", "th-signal")
    table = _table(words, heads, [_trend_row(point, unit, found, words) for point in trend.points], {1, 3})
    return (
        f"<h3>{escape(title)}</h3><p>{escape(limits)}</p>"
        f"<figure>{charts.both(charts.trend, trend, words)}{told}{_as_table(words, table)}</figure>\n"
    )


def _signal(point: Point, words: Words) -> str:
    above = point.centre is not None and (point.estimate.value or 0.0) > point.centre
    rules = ", ".join(words(f"rule-{rule}") for rule in point.rules)
    return f"{words.period(point.period)}: {rules} ({words('signal-up' if above else 'signal-down')})"


def _trend_row(point: Point, unit: str, found: Findings, words: Words) -> list[str]:
    limits = ""
    if point.lower is not None and point.upper is not None:
        limits = words.between(point.lower, point.upper, unit)
    signal = ", ".join(words(f"rule-{rule}") for rule in point.rules)
    if not point.enough:
        signal = words.too_few(point.estimate.n)
    return [
        words.period(point.period),
        words.value(point.estimate.value, unit),
        words.interval(point.estimate, unit),
        words.whole(point.estimate.n),
        limits,
        signal,
    ]


# How they answered


def _distributions(found: Findings, words: Words) -> str:
    return "".join(_distribution(each, words) for each in found.distributions)


def _distribution(each: Distribution, words: Words) -> str:
    total = sum(count for _, count in each.counts)
    legend = ""
    if each.classes:
        parts = zip(
            ("detractors", "passives", "promoters"), ("orange", "sand", "teal"), each.classes[::-1], strict=True
        )
        items = "".join(
            f'<li><i style="background:var(--{colour})"></i>{escape(words(f"class-{name}"))}: '
            f"<strong>{words.percent(count / total)}</strong></li>"
            for name, colour, count in parts
        )
        legend = f'<ul class="legend">{items}</ul>'
    rows = [[words.mark(v), words.whole(count), words.percent(count / total, 1)] for v, count in each.counts]
    table = _table(words, ("th-mark", "th-n", "th-share"), rows, {1, 2})
    scale = words.scale(each.asked) + (f", {words('partial', small=5)}" if each.partial else "")
    title = f"{each.asked.column}, {scale} · {words('answers', n=total)}"
    return (
        f"<h3>{escape(title)}</h3>"
        f"<figure>{charts.both(charts.distribution, each, words)}{legend}{_as_table(words, table)}</figure>\n"
    )


# The touchpoints, the companies and places


def display_names(points: Sequence[Touchpoint]) -> dict[str, str]:
    """Names fit to be read: question text, or the column's name without underscores and without what all share.

    «comfort_rating» and «catering_rating» become «Comfort» and «Catering», «Voto ritiro» becomes «Ritiro».
    """
    plain = {point.metric.asked.column: " ".join(point.name.replace("_", " ").split()) for point in points}
    if len(plain) > 1 and all(" " in name for name in plain.values()):
        if len({name.rpartition(" ")[2] for name in plain.values()}) == 1:
            plain = {column: name.rpartition(" ")[0] for column, name in plain.items()}
        elif len({name.partition(" ")[0] for name in plain.values()}) == 1:
            plain = {column: name.partition(" ")[2] for column, name in plain.items()}
    return {column: name[:1].upper() + name[1:] for column, name in plain.items()}


def _touchpoints(found: Findings, words: Words) -> str:
    scales = sorted({point.metric.asked.scale for point in found.touchpoints})
    names = display_names(found.touchpoints)
    body = f"<p>{escape(words('other-scale'))}</p>" if len(scales) > 1 else ""
    for scale in scales:
        points = [point for point in found.touchpoints if point.metric.asked.scale == scale]
        rows = [
            charts.Row(names[p.metric.asked.column], p.metric.estimate, found.enough(p.metric.answers)) for p in points
        ]
        solid = [p.metric.estimate.value for p in points if p.rank and p.metric.estimate.value is not None]
        centre = sum(solid) / len(solid) if len(solid) > 2 else None
        heads = ("th-touchpoint", "th-value", "th-interval", "th-n", "th-top", "th-aside")
        lines = [_touchpoint_row(p, names[p.metric.asked.column], found, words) for p in points]
        table = _table(words, heads, lines, {1, 3}, top=scale.top_from, high=scale.high)
        intro = words("intro-touchpoints", low=scale.low, high=scale.high)
        if centre is not None:
            intro += " " + words("centre-line", what=words("centre-touchpoints"))
        body += (
            f"<p>{escape(intro)}</p>"
            f"<figure>{charts.both(charts.ranking, rows, centre, 'score', words)}{_as_table(words, table)}</figure>\n"
        )
    return body


def _touchpoint_row(point: Touchpoint, name: str, found: Findings, words: Words) -> list[str]:
    made, metric = point.metric.estimate, point.metric
    answers = words.whole(metric.answers)
    if not found.enough(metric.answers):
        answers = words.too_few(metric.answers)
    top = f"{words.value(point.top_box.value, 'share')} ({words.interval(point.top_box, 'share')})"
    aside = "; ".join(words(f"aside-{code}", n=count) for code, count in point.ledger.aside.items())
    return [name, words.value(made.value, "score"), words.interval(made, "score"), answers, top, aside]


def _comparisons(found: Findings, words: Words) -> str:
    return "".join(_comparison(each, found, words) for each in found.comparisons)


def _comparison(each: Comparison, found: Findings, words: Words) -> str:
    unit = unit_of(each.metric)
    metric = words(f"metric-{each.metric}") + (f" ({words.scale(each.asked)})" if unit == "score" else "")
    solid = [(name, made) for name, made in each.groups if found.enough(made.n)]
    if not solid:
        return f"<p>{escape(words('comparisons-few', column=each.column, minimum=found.minimum))}</p>"
    solid.sort(key=lambda pair: -(pair[1].value or 0.0))
    main = next((m.estimate.value for m in found.metrics if m.asked == each.asked and m.name == each.metric), None)
    rows = [charts.Row(name.replace("_", " "), made, True) for name, made in solid]
    intro = words(
        "intro-comparisons" if len(solid) < each.total else "intro-comparisons-all",
        metric=metric,
        column=each.column,
        shown=len(solid),
        minimum=found.minimum,
        total=each.total,
    )
    intro += " " + words("centre-line", what=words("centre-all"))
    lines = [
        [name, words.value(made.value, unit), words.interval(made, unit), words.whole(made.n)] for name, made in solid
    ]
    table = _table(words, ("th-name", "th-value", "th-interval", "th-n"), lines, {1, 3})
    chart = charts.both(charts.ranking, rows, main, unit, words)
    return (
        f"<h3>{escape(words(f'role-{each.role.value}').capitalize())}</h3><p>{escape(intro)}</p>"
        f"<figure>{chart}{_as_table(words, table)}</figure>\n"
    )


# The voices


def _voices(found: Findings, words: Words) -> str:
    if not found.plan.with_role(Role.COMMENT):
        return ""
    if not found.voices:
        return f"<p>{escape(words('voices-none'))}</p>"
    unhappy = [voice for voice in found.voices if voice.mood <= UNHAPPY]
    happier = found.voices[len(unhappy) :]
    body = f"<p>{escape(words('intro-voices') if unhappy else words('voices-happy'))}</p>"
    body += "".join(_voice(voice, words) for voice in unhappy[:_FIRST_VOICES])
    for code, voices in (("more-voices", unhappy[_FIRST_VOICES:]), ("happier-voices", happier)):
        if voices:
            more = "".join(_voice(voice, words) for voice in voices)
            body += f"<details><summary>{escape(words(code, count=len(voices)))}</summary>{more}</details>"
    return body + "\n"


def _voice(voice: Voice, words: Words) -> str:
    if voice.score is not None and voice.scale is None:
        mood = words("voice-unplaced", score=words.mark(voice.score))
    elif voice.score is not None and voice.scale is not None:
        mood = words("voice-score", score=words.mark(voice.score), high=voice.scale.high)
    else:
        mood = words("voice-yes" if voice.mood else "voice-no")
    about = [name.replace("_", " ") for name in (voice.subject, voice.location) if name]
    about += [words.day(voice.day)] if voice.day else []
    tail = " · ".join([*about, words("voice-line", line=str(voice.line))])
    said = f"<footer><strong>{escape(mood)}</strong> · {escape(tail)}</footer>"
    return f"<blockquote>{_text(voice.text, words)}{said}</blockquote>"


def _text(text: str, words: Words) -> str:
    if len(text) <= _SHORT_COMMENT:
        return f"<p>{escape(text)}</p>"
    cut = text.rfind(" ", 0, _SHORT_COMMENT)
    cut = cut if cut > _SHORT_COMMENT // 2 else _SHORT_COMMENT
    rest = f"<details><summary>{escape(words('read-on'))}</summary><p>…{escape(text[cut:])}</p></details>"
    return f"<p>{escape(text[:cut])}…</p>{rest}"


# Tables


def _as_table(words: Words, table: str) -> str:
    return f"<details><summary>{escape(words('as-table'))}</summary>{table}</details>"


def _table(
    words: Words, heads: Iterable[str], rows: Iterable[Sequence[str]], numeric: set[int], **values: object
) -> str:
    """A table whose first cell names the row; ``numeric`` columns stand to the right."""

    def cell(number: int, text: str) -> str:
        if number == 0:
            return f'<th scope="row" class="name">{escape(text)}</th>'
        return f"<td{' class=n' if number in numeric else ''}>{escape(text)}</td>"

    top = "".join(
        f'<th scope="col"{" class=n" if i in numeric else ""}>{escape(words(head, **values))}</th>'
        for i, head in enumerate(heads)
    )
    body = "".join(f"<tr>{''.join(cell(i, text) for i, text in enumerate(row))}</tr>" for row in rows)
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'

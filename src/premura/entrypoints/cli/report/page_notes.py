"""The end of the page: what to know about the file, what was not taken, how it was read, how figures are made."""

from __future__ import annotations

import re
from html import escape

from premura.entrypoints.cli.report.findings import Findings
from premura.entrypoints.cli.report.words import Words
from premura.importers.table import ColumnPlan, Note, Role

_SHOWN_REJECTIONS = 20
_OPTION = re.compile(r"(--[a-z-]+(?: (?:&quot;.*?&quot;|[A-Z0-9][^\s;.)]*))?)")


def note_list(found: Findings, words: Words) -> str:
    """Every note once; where the same is true of several columns, the others are named under the first."""
    if not found.notes:
        return f"<p>{escape(words('notes-none'))}</p>"
    grouped: dict[str, list[Note]] = {}
    for note in found.notes:
        grouped.setdefault(note.code, []).append(note)
    items = ""
    for notes in grouped.values():
        others = ", ".join(note.column for note in notes[1:] if note.column)
        same = f'<span class="same">{escape(words("notes-same", names=others))}</span>' if others else ""
        items += f"<li>{_with_code(escape(words.note(notes[0])))}{same}</li>"
    return f'<ul class="notes">{items}</ul>\n'


def _with_code(text: str) -> str:
    """Options of the command, set apart from the words around them."""
    return _OPTION.sub(r"<code>\1</code>", text)


def rejection_table(found: Findings, words: Words) -> str:
    """The first values that were not taken, each with its reason."""
    title = f"<h3>{escape(words('rejections'))}</h3>"
    if not found.rejections:
        return f"{title}<p>{escape(words('rejections-none'))}</p>"
    shown = found.rejections[:_SHOWN_REJECTIONS]
    intro = ""
    if found.table.rejections > len(shown):
        intro = f"<p>{escape(words('rejections-shown', shown=len(shown), count=found.table.rejections))}</p>"
    rows = "".join(
        f'<tr><td class="n">{r.line}</td><td class="name">{escape(r.column or "–")}</td>'
        f"<td>{escape(r.sentence(found.lang))}</td></tr>"
        for r in shown
    )
    heads = "".join(f'<th scope="col">{escape(words(head))}</th>' for head in ("th-line", "th-column", "th-why"))
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'{title}{intro}<div class="scroll" tabindex="0">{table}</div>\n'


def columns_table(found: Findings, words: Words) -> str:
    """Each column that was used: what it was taken for, why, and what became of its cells."""
    used = [column for column in found.plan.columns if column.role is not Role.IGNORE]
    ignored = [column.name for column in found.plan.columns if column.role is Role.IGNORE]
    heads = ("th-column", "th-role", "th-sure", "th-scale", "th-counted", "th-missing", "th-aside", "th-rejected")
    top = "".join(
        f'<th scope="col"{" class=n" if i > 3 else ""}>{escape(words(head))}</th>' for i, head in enumerate(heads)
    )
    rows = "".join(_column_row(column, found, words) for column in used)
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table>"
    left = ""
    if ignored:
        names = ", ".join(ignored[:60]) + ("…" if len(ignored) > 60 else "")
        left = f'<p class="after">{escape(words("columns-ignored", count=len(ignored), names=names))}</p>'
    intro = escape(words("columns-intro", rows=found.table.rows_accepted))
    return f'<p>{intro}</p><div class="scroll" tabindex="0">{table}</div>{left}\n'


def _column_row(column: ColumnPlan, found: Findings, words: Words) -> str:
    ledger = found.table.ledger[column.name]
    scale = words.rule(column.rule) if column.rule else "0–10" if column.role is Role.NPS else ""
    sure = words(f"why-{column.why}")
    if column.why != "declared":
        sure += f", {words.percent(column.confidence)}"
    numbers = (ledger.counted, ledger.missing, sum(ledger.aside.values()), ledger.rejected)
    cells = "".join(f'<td class="n">{words.whole(number)}</td>' for number in numbers)
    return (
        f'<tr><th scope="row" class="name">{escape(column.name)}</th>'
        f"<td>{escape(words(f'role-{column.role.value}'))}</td>"
        f'<td class="once">{escape(sure)}</td><td>{escape(scale)}</td>{cells}</tr>'
    )


def method_list(found: Findings, words: Words) -> str:
    """The definition and method of every kind of figure on the page."""
    seen: dict[str, str] = {}
    for metric in [*found.metrics, *(point.metric for point in found.touchpoints[:1])]:
        if not metric.weighted and not metric.partial:
            method = f"{words('interval-95').capitalize()}: {words.method(metric.estimate.method)}."
            seen.setdefault(words(f"metric-{metric.name}"), f"{words.definition(metric)} {method}")
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in seen.items())
    small = words("method-small", minimum=found.minimum)
    people = words("method-people")
    return f"<p>{escape(words('method-intro'))}</p><p>{escape(small)} {escape(people)}</p><dl>{items}</dl>\n"

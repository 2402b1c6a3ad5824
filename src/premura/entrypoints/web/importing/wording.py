"""What files, columns and outcomes are called on the pages of importing."""

import re
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from premura.importers.bringing import Seen
from premura.importers.models import ImportedFile
from premura.importers.reviews.reply_time import ReviewMetric
from premura.importers.sources import SOURCES
from premura.importers.table import Role
from premura.stats.estimate import Estimate

KINDS = {
    "survey": gettext_lazy("survey"),
    "responses": gettext_lazy("answers"),
    "customers": gettext_lazy("customers"),
    "reviews": gettext_lazy("public reviews"),
    "purchases": gettext_lazy("purchases"),
}
ROLES = {
    Role.IGNORE: gettext_lazy("leave out"),
    Role.DATE: gettext_lazy("day of the answer"),
    Role.ID: gettext_lazy("identifier of the answer"),
    Role.NPS: gettext_lazy("recommendation, 0–10 (NPS)"),
    Role.OVERALL: gettext_lazy("overall satisfaction"),
    Role.CSAT: gettext_lazy("satisfaction (CSAT)"),
    Role.CES: gettext_lazy("ease (CES)"),
    Role.RATING: gettext_lazy("mark of one touchpoint"),
    Role.RECOMMENDED: gettext_lazy("recommends: yes or no"),
    Role.CHOICE: gettext_lazy("choice of answers"),
    Role.NUMBER: gettext_lazy("a figure"),
    Role.COMMENT: gettext_lazy("words"),
    Role.SUBJECT: gettext_lazy("whom it is about"),
    Role.LOCATION: gettext_lazy("place"),
    Role.TOUCHPOINT: gettext_lazy("touchpoint"),
    Role.CUSTOMER: gettext_lazy("customer"),
    Role.EMAIL: gettext_lazy("e-mail of the customer"),
    Role.LANGUAGE: gettext_lazy("language"),
    Role.CHANNEL: gettext_lazy("channel"),
    Role.WEIGHT: gettext_lazy("weight"),
    Role.REPLY: gettext_lazy("our reply to a review"),
    Role.REPLIED: gettext_lazy("when we replied"),
}
# What a column is read as of itself; nobody chooses it
READ_AS = {"day": gettext_lazy("a day")}
_SIGNS = {
    ",": gettext_lazy("commas"),
    ";": gettext_lazy("semicolons"),
    "\t": gettext_lazy("tabs"),
    "|": gettext_lazy("bars"),
}
_NAMES = {"it": gettext_lazy("Italian"), "en": gettext_lazy("English")}


@dataclass(frozen=True)
class Shown:
    """One figure of public reviews as ``{% estimate %}`` shows it."""

    metric: ReviewMetric
    estimate: Estimate
    minimum_n: int
    href: str = ""


def how_sure(sure: float) -> str:
    """In words: a percentage would claim more than is known."""
    if sure >= 0.9:
        return _("sure")
    return _("fairly sure") if sure >= 0.65 else _("not sure: check the columns")


_OPTIONS = ("--map", "--scale", "--missing", "--date", "--sheet", "--day-first", "--month-first", "--cases")


def without_options(sentence: str) -> str:
    """The same without the sentences that name options of the command line: on the page the columns do it.

    >>> without_options('La scala è 0-10. Se è un\'altra: --scale "Voto=1-10".')
    'La scala è 0-10.'
    """
    parts = re.split(r"(?<=\.) (?=[A-ZÈÀ])", sentence)
    return " ".join(part for part in parts if not any(option in part for option in _OPTIONS)) or sentence


def what_it_is(imported: ImportedFile) -> str:
    """In a list: which program wrote it, where that is known, and what it holds."""
    kind = str(KINDS.get(imported.kind, imported.kind))
    source = SOURCES.get(imported.system)
    return f"{source.NAME} · {kind}" if source else kind


def program_of(seen: Seen) -> str:
    return seen.found.name or _("any table")


def format_facts(seen: Seen, language: str) -> list[tuple[str, str]]:
    """What the file is: program, how sure, encoding, separators, language."""
    facts = [
        (_("Comes from"), f"{program_of(seen)} · {how_sure(seen.found.sight.sure)}"),
        (_("Holds"), str(KINDS[seen.kind])),
    ]
    form = seen.brought.source.format if seen.brought.source else None
    if form and form.kind == "spreadsheet":
        facts.append((_("Format"), _("spreadsheet")))
    elif form and form.encoding:
        signs = _SIGNS.get(form.delimiter, form.delimiter)
        text = _("text, %(encoding)s, separated by %(signs)s") % {"encoding": form.encoding.upper(), "signs": signs}
        facts.append((_("Format"), text))
    survey = seen.brought.survey
    spoken = [str(_NAMES.get(code, code)) for code in (survey.languages if survey else filter(None, (language,)))]
    if spoken:
        facts.append((_("Language"), ", ".join(spoken)))
    return facts


def refused_in_words(imported: ImportedFile) -> str:
    """How many rows are not here at all, and how many single values were refused."""
    rows, cells = imported.refused_rows, imported.refused_cells
    if imported.kind == "survey":
        return str(imported.rejected)
    said = ngettext("%(n)s row", "%(n)s rows", rows) % {"n": rows}
    single = ngettext("%(n)s single value", "%(n)s single values", cells) % {"n": cells}
    return f"{said}, {single}" if cells else said


def outcome_facts(outcome: Any, kind: str) -> list[tuple[str, Any]]:
    """What will come of it, in numbers."""
    new = max(0, outcome.accepted - outcome.already_there)
    if kind == "survey":
        return [(_("Questions in the file"), outcome.rows), (_("Questions of the draft"), outcome.questions)]
    facts: list[tuple[str, Any]] = [(_("Rows in the file"), outcome.rows)]
    if kind == "responses":
        facts += [(_("Questions"), outcome.questions), (_("Touchpoints"), outcome.touchpoints)]
        facts.append((_("Customers recognised by e-mail"), outcome.customers))
    facts += [(_("New"), new), (_("Already here"), outcome.already_there), (_("Refused"), outcome.rejected)]
    if outcome.rejected_values:
        facts.append((_("Single values that cannot be read"), outcome.rejected_values))
    if outcome.replies:
        facts.append((_("Replies of ours to add"), outcome.replies))
    return facts

"""A survey's file, JSON, workbook or CSV, that somebody brings: what it says, or why it cannot be read, row by row."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from premura.entrypoints.web.listening.workbooks import FILE_LIMIT, MAGIC, read_workbook
from premura.loop.listen.csv_sheets import is_csv, sheets_from_csv
from premura.loop.listen.sheet_reading import ReadSheets, survey_from_sheets
from premura.loop.listen.sheets import Unread
from premura.loop.listen.transfer import NotASurveyError, SurveyFile, survey_from_file

_SHOWN = 40


@dataclass(frozen=True)
class BroughtSurvey:
    """``state``: which draft it was saved of, and which of its revisions, where it says so."""

    kept: SurveyFile
    state: str = ""


class UnreadableError(Exception):
    """Nothing is taken from the file; ``sentences`` say why, one a row."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def brought_survey(data: bytes) -> BroughtSurvey:
    """:class:`UnreadableError` where the file, or a row of it, cannot be read: half a survey is never taken."""
    try:
        if data.startswith(MAGIC):
            read = read_workbook(data)
        elif is_csv(data):
            read = _read_csv(data)
        else:
            return BroughtSurvey(survey_from_file(data))
    except NotASurveyError as error:
        raise UnreadableError([_whole_file(error)]) from error
    if read.unread:
        raise UnreadableError(_rows(read.unread))
    return BroughtSurvey(read.kept, read.state)


def _read_csv(data: bytes) -> ReadSheets:
    if len(data) > FILE_LIMIT:
        raise NotASurveyError("too-large")
    return survey_from_sheets(sheets_from_csv(data))


def _whole_file(error: NotASurveyError) -> str:
    said = {
        "too-large": _("The file is larger than any survey: nothing was read."),
        "newer": _("The file comes from a newer Premura than this one: bring this one up to date first."),
        "value": _("At «%(where)s» stands what no survey has: write it as in a file that was just saved."),
        "twice": _("More than one question has the code «%(where)s»: give each a code of its own."),
        "sheet": _("The workbook has no sheet «%(where)s», which every survey has: give it its name back."),
        "part": _("«%(where)s» is no part of a survey: give the heading its name back."),
    }
    otherwise = _(
        "This is no survey that Premura wrote, or the file is cut short: save it once more with «The draft as a file» "
        "and choose that one."
    )
    return said.get(error.code, otherwise) % {"where": str(error)}


def _rows(unread: tuple[Unread, ...]) -> list[str]:
    sentences = [_sentence(one) for one in unread[:_SHOWN]]
    left = len(unread) - _SHOWN
    if left > 0:
        sentences.append(ngettext("And %(n)s more row.", "And %(n)s more rows.", left) % {"n": left})
    return sentences


def _sentence(one: Unread) -> str:
    place = _("Sheet «%(sheet)s», row %(row)s:") % {"sheet": one.sheet, "row": one.row}
    return f"{place} {_reasons()[one.code] % {'detail': one.detail}}"


def _reasons() -> dict[str, str]:
    return {
        "column": _("there is no column «%(detail)s»; begin the name of your own columns with #."),
        "column-twice": _("the column «%(detail)s» is there twice."),
        "fact": _("«%(detail)s» is nothing that a survey says of itself."),
        "value": _("«%(detail)s» cannot stand here."),
        "no-code": _("the code is missing."),
        "code": _("the code «%(detail)s» may have small letters, digits and _ only, and begins with a letter."),
        "code-twice": _("the code «%(detail)s» is there already, in a row above."),
        "kind": _("there is no kind of question «%(detail)s»; the sheet «guide» names them."),
        "yes-no": _("write «yes», or leave it empty. (%(detail)s)"),
        "look": _("a satisfaction is shown as stars, smileys or numbers, not as «%(detail)s»."),
        "marks-day": _(
            "the spreadsheet made a day of the scale (%(detail)s): format the cell as text, write 1-5 again."
        ),
        "number": _("this is no number. (%(detail)s)"),
        "question": _("there is no question, and no ending, with the code «%(detail)s»."),
        "list": _("the list is «option» or «row», not «%(detail)s»."),
        "place": _("the place is «show», «skip» or «ending», not «%(detail)s»."),
        "match": _("write «all» or «any», not «%(detail)s»."),
        "differs": _("rows of the same place say different things: «%(detail)s»."),
        "condition": _("this condition is not understood: «%(detail)s»."),
    }

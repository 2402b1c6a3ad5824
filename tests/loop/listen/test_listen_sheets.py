"""A survey as sheets: what goes out comes in the same; what cannot be read is listed row by row."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.listen.csv_sheets import is_csv, sheets_from_csv, sheets_to_csv
from premura.loop.listen.kinds import ASKABLE
from premura.loop.listen.questions import (
    Condition,
    Definition,
    Ending,
    Option,
    Question,
    Skip,
    When,
    cleaned,
)
from premura.loop.listen.sheet_reading import survey_from_sheets
from premura.loop.listen.sheets import sheets_of
from premura.loop.listen.transfer import NotASurveyError, SurveyFile, templates


def test_every_template_goes_out_and_comes_back_the_same():
    for one in templates().values():
        kept = msgspec.structs.replace(one, about={}, order=0)
        read = survey_from_sheets(sheets_of(kept, "polso/7"))
        assert (read.kept, read.unread, read.state) == (kept, (), "polso/7")


_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
_TEXTS = st.dictionaries(st.sampled_from(["it", "en", "de"]), _WORDS, max_size=3)
_CODES = st.from_regex(r"[a-z][a-z0-9_]{0,4}", fullmatch=True)
_OPTIONS = st.lists(st.builds(Option, _CODES, _TEXTS), max_size=3, unique_by=lambda one: one.code).map(tuple)
_VALUES = st.lists(_WORDS.map(str.strip).filter(bool), max_size=5).map(tuple)
_CONDITIONS = st.builds(Condition, st.sampled_from(["question", "field"]), _CODES, st.just("is_not"), _VALUES)
_WHENS = st.builds(When, st.lists(_CONDITIONS, max_size=2).map(tuple), st.sampled_from(["all", "any"]))
_QUESTIONS = st.builds(
    Question,
    code=_CODES,
    kind=st.sampled_from(ASKABLE),
    text=_TEXTS,
    high_text=_TEXTS,
    required=st.booleans(),
    options=_OPTIONS,
    rows=_OPTIONS,
    marks=st.sampled_from(["", "1-7"]),
    least=st.none() | st.floats(-1e6, 1e6),
    show_if=_WHENS,
    skips=st.lists(st.builds(Skip, _CODES, _WHENS), max_size=2).map(tuple),
)
_SURVEYS = st.builds(
    Definition,
    title=_TEXTS,
    languages=st.just(("it", "en")),
    questions=st.lists(_QUESTIONS, max_size=3, unique_by=lambda one: one.code).map(tuple),
    fields=st.just(("order",)),
    by_invitation=st.booleans(),
    endings=st.lists(st.builds(Ending, _CODES, _TEXTS, _WHENS), max_size=2, unique_by=lambda one: one.code).map(tuple),
)


@given(_SURVEYS)
def test_whatever_is_drafted_comes_back_as_it_was(definition):
    kept = SurveyFile(cleaned(definition), perspective="staff", moment="expectation")
    read = survey_from_sheets(sheets_of(kept))
    assert (read.kept, read.unread) == (kept, ())
    data = sheets_to_csv(sheets_of(kept))
    assert is_csv(data)
    assert survey_from_sheets(sheets_from_csv(data)).kept == kept


def test_a_csv_computes_nothing_and_comes_back_as_any_program_saved_it():
    texts = {"it": "=1+1\r\n«perché»; sì", "en": "'=2", "de": "'Tag"}
    kept = SurveyFile(Definition(texts, ("it", "en", "de"), (Question("nps", "nps", {"it": "-5"}),)))
    text = sheets_to_csv(sheets_of(kept)).decode("utf-8-sig")
    assert "'=1+1" in text
    assert "''=2" in text
    assert ";'-5" in text
    commas = "[survey],,\nwhat,value,text.it\nformat,premura-survey,\nversion,1,\nlanguage,it,\ntitle,,perché\n,,\n"
    commas += "[questions],,\ncode,kind,text.it\nnps,nps,Ci consiglia?\n"
    for data in (text.encode(), text.encode("utf-16"), text.replace("\r\n", "\n").encode()):
        assert is_csv(data)
        found = survey_from_sheets(sheets_from_csv(data)).kept.definition
        assert found.title["en"] == "'=2"
        assert found.questions[0].text == {"it": "-5"}
    assert survey_from_sheets(sheets_from_csv(commas.encode("cp1252"))).kept.definition.title == {"it": "perché"}
    for broken in (b"[survey]\n[altro]\n", b'[survey]\n"' + b"x" * 200_000):
        with pytest.raises(NotASurveyError):
            sheets_from_csv(broken)


def sheets():
    choice = Question("found", "single", {"it": "Trovato?"}, options=(Option("1", {"it": "Sì"}), Option("2", {})))
    return sheets_of(SurveyFile(Definition({"it": "T"}, ("it",), (Question("nps", "nps", {"it": "Uno"}), choice))))


@pytest.mark.parametrize(
    ("sheet", "row", "column", "cell", "code"),
    [
        ("questions", 2, "kind", "stelle", "kind"),
        ("questions", 2, "code", "Non Va", "code"),
        ("questions", 2, "code", "", "no-code"),
        ("questions", 3, "code", "nps", "code-twice"),
        ("questions", 2, "required", "forse", "yes-no"),
        ("questions", 2, "marks", "2026-01-05", "marks-day"),
        ("questions", 2, "least", "tanto", "number"),
        ("questions", 2, "most", "nan", "number"),
        ("questions", 2, "look", "cuori", "look"),
        ("questions", 1, "kind", "tipo", "column"),
        ("questions", 1, "kind", "code", "column-twice"),
        ("options", 2, "question", "altra", "question"),
        ("options", 3, "code", "1", "code-twice"),
        ("options", 2, "list", "colonna", "list"),
        ("survey", 4, "value", "chiunque", "value"),
        ("survey", 4, "what", "colore", "fact"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(sheet, row, column, cell, code):
    given_sheets = sheets()
    rows = given_sheets[sheet]
    rows[row - 1][rows[0].index(column)] = cell
    named = [(one.sheet, one.row, one.code) for one in survey_from_sheets(given_sheets).unread]
    assert (sheet, row, code) in named


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (["mai", "nps", "", "", "all", "", "", ""], "place"),
        (["show", "altra", "", "", "all", "", "", ""], "question"),
        (["show", "nps", "", "", "uno", "", "", ""], "match"),
        (["show", "nps", "", "", "all", "luna", "", "is"], "condition"),
        (["ending", "nps", "", "", "all", "", "", ""], "question"),
    ],
)
def test_a_condition_that_cannot_be_read_is_named(cells, code):
    given_sheets = sheets()
    given_sheets["conditions"].append(cells)
    assert [(one.row, one.code) for one in survey_from_sheets(given_sheets).unread] == [(2, code)]


def test_columns_of_ones_own_and_empty_rows_are_passed_over():
    given_sheets = sheets()
    plain = survey_from_sheets(sheets()).kept
    for rows in given_sheets.values():
        rows[0].append("# note")
        rows[1:] = [row for one in rows[1:] for row in ([*one, "mia"], ["", " "])]
    read = survey_from_sheets(given_sheets)
    assert (read.kept, read.unread) == (plain, ())


def test_other_workbooks_are_refused():
    for rows in ([], [["what", "value"]], [["what", "value"], ["format", "premura-survey"], ["version", "x"]]):
        with pytest.raises(NotASurveyError) as refused:
            survey_from_sheets({"survey": rows})
        assert refused.value.code == "malformed"
    newer = [["what", "value"], ["format", "premura-survey"], ["version", "2"]]
    with pytest.raises(NotASurveyError) as refused:
        survey_from_sheets({"survey": newer})
    assert refused.value.code == "newer"

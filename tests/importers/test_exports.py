"""What goes out comes back: a survey with every kind of question for LimeSurvey, and its answers in four forms."""

import csv
import io
import xml.etree.ElementTree as ET
from datetime import date
from decimal import Decimal

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from premura.importers.exports.columnar import parquet_file, spss_file
from premura.importers.exports.limesurvey_document import FIELDS, NULLS
from premura.importers.exports.structure import as_theirs, limesurvey_file
from premura.importers.exports.table import csv_file, xlsx_file
from premura.importers.sources import recognise
from premura.loop.listen.definition import ASKABLE, Definition, Option, Question, definition_to
from premura.loop.listen.models import Answer, Attachment, Programme, Response, Survey, SurveyVersion
from premura.loop.listen.surveys import us

OPTIONS = tuple(Option(f"macchina_{n}", {"it": f"Macchina {n}; grande", "en": f"Machine {n}"}) for n in (1, 2, 3))
ROWS = (Option("banco", {"it": "il banco", "en": "the desk"}), Option("resa", {"it": "la resa", "en": "the return"}))
THEIRS = {
    "nps": "L", "csat": "5", "ces": "L", "solution": "L", "text": "T", "single": "L", "multiple": "M", "yesno": "Y",
    "likert": "5", "matrix": "A", "pair": "F", "kano": "F", "emotion": "F", "ranking": "R", "list": "!", "slider": "N",
    "number": "N", "date": "D", "line": "S", "contact": "Q", "photo": "|", "signature": "|", "statement": "X",
}  # fmt: skip


def asked(kind):
    has_options = kind in ("single", "multiple", "list", "ranking")
    return Question(
        code=f"domanda_{kind}", kind=kind, text={"it": f"Domanda {kind} & <b>", "en": f"Question {kind}"},
        options=OPTIONS if has_options else (), rows=ROWS if kind == "matrix" else (),
        has_other=kind in ("single", "multiple"), least=0 if kind == "number" else None, required=kind == "nps",
        starts_page=kind == "ranking",
    )  # fmt: skip


EVERY = Definition(
    title={"it": "Tutto", "en": "Everything"}, languages=("it", "en"), questions=tuple(map(asked, ASKABLE)),
    intro={"it": "Benvenuto", "en": "Welcome"}, thanks={"it": "Grazie", "en": "Thank you"},
)  # fmt: skip


@pytest.fixture
def written(tmp_path):
    path = tmp_path / "all.lss"
    path.write_bytes(limesurvey_file(EVERY, 7))
    return path


def rows_of(root, table):
    return [{cell.tag: cell.text or "" for cell in row} for row in root.findall(f"{table}/rows/row")]


def test_every_kind_is_asked_there_and_read_back(written):
    assert {q.kind: as_theirs(q, EVERY.languages).letter for q in EVERY.questions} == THEIRS
    survey = recognise(written).read().survey
    back = {q.text["it"].split()[1]: q for q in survey.questions}
    assert THEIRS.keys() - back.keys() == {"photo", "signature", "statement"}
    assert (survey.title, survey.languages, survey.thanks["it"]) == (EVERY.title, ("it", "en"), "Grazie")
    assert [option.text for option in back["list"].options] == [option.text for option in OPTIONS]
    assert [row.text for row in back["matrix"].rows] == [row.text for row in ROWS]
    assert [row.text["it"] for row in back["kano"].rows] == ["Se c'è", "Se non c'è"]
    assert (len(back["emotion"].rows), len(back["emotion"].options)) == (7, 3)
    assert [o.text["it"] for o in back["nps"].options][-1] == "10 – molto probabile"
    assert back["nps"].required


def test_the_file_holds_together_within_the_limits_of_limesurvey(written):
    root = ET.parse(written).getroot()
    questions, rows, answers = (rows_of(root, name) for name in ("questions", "subquestions", "answers"))
    qids = {row["qid"] for row in questions}
    assert {row["parent_qid"] for row in rows} | {row["qid"] for row in answers} <= qids
    assert not qids & {row["qid"] for row in rows}
    assert {row["gid"] for row in questions} == {row["gid"] for row in rows_of(root, "groups")} == {"1", "2"}
    assert all(len(row["title"]) <= 20 and row["title"].isalnum() and row["title"][0].isalpha() for row in questions)
    assert all(0 < len(row["code"]) <= 5 for row in answers)
    titles = [(row["title"].lower(), row["language"]) for row in questions]
    assert len(set(titles)) == len(titles) == 2 * len(ASKABLE)
    of_a_question = [(row["qid"], row["code"], row["language"]) for row in answers]
    assert len(set(of_a_question)) == len(of_a_question)


@pytest.mark.shared
def test_its_tables_have_the_fields_of_a_file_that_limesurvey_wrote(written, shared):
    """Field by field, in their order; what LimeSurvey leaves out of a row because it is NULL is left out here too."""
    theirs = ET.parse(shared / "data" / "formats" / "limesurvey" / "ls205_group_relevance.lss").getroot()
    ours = ET.parse(written).getroot()
    assert ours.find("DBVersion").text == theirs.find("DBVersion").text
    assert [name.tag for name in ours if name.tag != "subquestions"] == [name.tag for name in theirs]
    for table in FIELDS:
        names = [[field.text for field in root.findall(f"{table}/fields/fieldname")] for root in (ours, theirs)]
        assert names[0] == names[1]
        here, there = (set.union(*({cell.tag for cell in row} for row in root.findall(f"{table}/rows/row")))
                       for root in (ours, theirs))  # fmt: skip
        assert here - NULLS == there - NULLS


# What LimeSurvey's own import takes from every row without asking whether it is there (files without ``*_l10ns``)
TAKEN = {
    "surveys": "sid language",
    "surveys_languagesettings": "surveyls_language surveyls_title",
    "groups": "sid gid language group_name description",
    "questions": "sid gid qid type title question help language",
    "subquestions": "sid gid qid parent_qid title question help language",
    "answers": "qid code answer language scale_id",
    "question_attributes": "qid attribute value",
}


def test_every_row_has_what_limesurvey_takes_from_it(written):
    root = ET.parse(written).getroot()
    spoken = [language.text for language in root.findall("languages/language")]
    for table, names in TAKEN.items():
        rows = rows_of(root, table)
        assert rows
        assert all(set(names.split()) <= row.keys() for row in rows), table
        named = rows if "language" in names.split() and table != "surveys" else []
        assert {row["language"] for row in named} <= set(spoken)
    assert rows_of(root, "surveys")[0]["language"] in spoken
    order = [element.tag for element in root]
    assert order.index("groups") < order.index("questions") < order.index("subquestions"), (
        "ids are replaced in this order"
    )
    assert "0" not in {row["gid"] for row in rows_of(root, "questions")}, "a question of group 0 would be passed over"


GIVEN = {
    "nps": ({"score": 9}, 9), "csat": ({"score": 4}, 4), "single": ({"choices": ["macchina_2"]}, "Macchina 2; grande"),
    "multiple": ({"choices": ["macchina_1", "other"], "text": "=gru"}, "Macchina 1; grande; Altro: =gru"),
    "yesno": ({"choices": ["no"]}, "No"), "ranking": ({"choices": ["macchina_3", "macchina_1"]},
                                                      "Macchina 3; grande; Macchina 1; grande"),
    "number": ({"number": Decimal("-12.5")}, -12.5), "date": ({"given_on": date(2026, 3, 1)}, "2026-03-01"),
    "text": ({"text": "=1+1, «così»\nfine"}, "=1+1, «così»\nfine"),
    "contact": ({"contact": {"name": "Anna", "email": "anna@example.it", "consent": "yes"}}, "Anna, anna@example.it"),
    "signature": ({}, "Anna Rossi"),
}  # fmt: skip


@pytest.fixture
def answered(company, now):
    programme = Programme.objects.create(name="Prova", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="tutto", draft=definition_to(EVERY), created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition=definition_to(EVERY), published_at=now)
    day = {"answered_at": now, "answered_on": now.date(), "week_on": now.date()}
    response = Response.objects.create(
        survey=survey, version=version, subject=us(), channel="link", language="it", **day
    )
    for kind, (held, _cell) in GIVEN.items():
        answer = Answer.objects.create(response=response, question=f"domanda_{kind}", kind=kind, **held)
        if kind == "signature":
            Attachment.objects.create(answer=answer, reference="", name="Anna Rossi")
    Answer.objects.create(
        response=response, question="domanda_matrix", part="resa", kind="matrix", scale="1-5", score=2
    )
    # A second one that answered nothing else
    other = Response.objects.create(survey=survey, version=version, subject=us(), channel="link", language="it", **day)
    Answer.objects.create(response=other, question="domanda_nps", kind="nps", scale="0-10", score=0)
    return Response.objects.filter(pk__in=(response.pk, other.pk)).order_by("pk")


EXPECTED = {f"domanda_{kind}": cell for kind, (_held, cell) in GIVEN.items()} | {"domanda_matrix.resa": 2}


def said_in(heading, rows):
    """Column → cell of the response that answered everything."""
    whole = next(row for row in rows if "anna@example.it" in str(row))
    return {name: cell for name, cell in zip(heading, whole, strict=True) if name.startswith("domanda")}


def test_answers_come_back_from_csv_and_nothing_in_it_can_compute(answered):
    heading, *rows = csv.reader(io.StringIO(csv_file(answered).decode("utf-8-sig")), delimiter=";")
    harmless = {name: f"'{cell}" if str(cell).startswith("=") else str(cell) for name, cell in EXPECTED.items()}
    assert said_in(heading, rows) == harmless
    assert len(rows) == 2


def test_answers_come_back_from_a_workbook(answered, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx_file(answered))
    heading, *rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert said_in(heading, rows) == EXPECTED


def test_answers_come_back_from_parquet(answered, tmp_path):
    path = tmp_path / "a.parquet"
    path.write_bytes(parquet_file(answered))
    found = duckdb.sql(f"select * from '{path}'")
    assert said_in(found.columns, found.fetchall()) == EXPECTED
    kinds = dict(zip(found.columns, map(str, found.types), strict=True))
    assert (kinds["domanda_nps"], kinds["domanda_number"], kinds["domanda_text"]) == ("BIGINT", "DOUBLE", "VARCHAR")


def test_answers_come_back_from_spss_with_what_was_asked(answered, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    path = tmp_path / "a.sav"
    path.write_bytes(spss_file(answered))
    frame, meta = pyreadstat.read_sav(str(path))
    assert said_in(list(frame.columns), frame.values.tolist()) == EXPECTED
    labels = dict(zip(meta.column_names, meta.column_labels, strict=True))
    assert labels["domanda_matrix.resa"] == "Domanda matrix & <b>: la resa"

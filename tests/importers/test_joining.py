"""Answers join their survey question by question: figures, days, ranks, grids of two scales, and grids half filled."""

import json
from datetime import date
from decimal import Decimal

import pytest

from premura.importers.bringing import Wish, bring
from premura.importers.responses.keeping import rejected_file
from premura.loop.listen.models import Answer, SurveyVersion


def lss(questions, subquestions=(), answers=(), attributes=()):
    """A LimeSurvey of the old generation, one row a language; rows are (id, letter, code, text), (id, under, code,
    text), (question, code, text, scale)."""

    def block(name, rows):
        cells = ("".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in row.items()) for row in rows)
        return f"<{name}><rows>" + "".join(f"<row>{one}</row>" for one in cells) + f"</rows></{name}>"

    base = {"sid": "9", "gid": "1", "mandatory": "N", "other": "N", "scale_id": "0", "language": "it"}
    return (
        "<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>345</DBVersion>"
        + block("answers", [
            {"qid": q, "code": code, "answer": text, "scale_id": scale, "language": "it", "sortorder": str(n)}
            for n, (q, code, text, scale) in enumerate(answers)
        ])
        + block("questions", [
            {**base, "qid": q, "parent_qid": "0", "type": letter, "title": code, "question": text, "question_order": q}
            for q, letter, code, text in questions
        ])
        + block("subquestions", [
            {**base, "qid": q, "parent_qid": under, "type": "T", "title": code, "question": text, "question_order": q}
            for q, under, code, text in subquestions
        ])
        + block("question_attributes", [
            {"qid": q, "attribute": name, "value": value, "language": "it"} for q, name, value in attributes
        ])
        + block("surveys", [{"sid": "9", "language": "it"}])
        + block("surveys_languagesettings", [{"surveyls_language": "it", "surveyls_title": "Prova"}])
        + "</document>"
    )  # fmt: skip


SURVEY = lss(
    [("1", "N", "spesa", "Quanto ha speso?"), ("2", "D", "giorno", "Quando?"), ("3", "R", "ordine", "In che ordine?"),
     ("4", "1", "servizio", "Che cosa pensa?"), ("5", "T", "parole", "Altro?")],
    [("41", "4", "SQ1", "del banco"), ("42", "4", "SQ2", "della consegna")],
    [("3", "A1", "Prezzo", "0"), ("3", "A2", "Tempo", "0"), ("3", "A3", "Gentilezza", "0"),
     ("4", "B1", "basso", "0"), ("4", "B2", "alto", "0"), ("4", "C1", "no", "1"), ("4", "C2", "sì", "1")],
    [("4", "dualscale_headerA", "Atteso"), ("4", "dualscale_headerB", "Ricevuto")],
)  # fmt: skip
HEAD = ["spesa", "giorno", "ordine[1]", "ordine[2]", "ordine[3]", "servizio[SQ1][0]", "servizio[SQ1][1]",
        "servizio[SQ2][0]", "servizio[SQ2][1]", "parole"]  # fmt: skip
ROWS = [
    ["1", "2026-02-01 10:00:00", "1.234,50", "2026-01-31 00:00:00", "A3", "A1", "", "B2", "C1", "", "", "Bene"],
    ["2", "2026-02-02 10:00:00", "0", "", "A1", "A2", "A3", "", "C2", "B1", "", ""],
    ["3", "2026-02-03 10:00:00", "molto", "mai", "A1", "A1", "", "B1", "C1", "B1", "C1", "Male"],
]


def csv_of(head, rows=ROWS, sign=";"):
    return "\n".join(sign.join(cells) for cells in [["id", "submitdate", *head], *rows]) + "\n"


@pytest.fixture
def joined(company, sample):
    def run(answers, name="results.csv"):
        bring(sample("s.lss", SURVEY), Wish(), by=None, lang="it")
        return bring(sample(name, answers), Wish(kind="responses"), by=None, lang="it")

    return run


def given():
    return {(a.response.external_id, a.question): a for a in Answer.objects.select_related("response")}


def test_figures_days_and_ranks_come_in_and_what_is_none_is_refused(joined):
    result = joined(csv_of(HEAD))
    said = given()
    assert (said["1", "spesa"].number, said["2", "spesa"].number) == (Decimal("1234.5"), 0)
    assert said["1", "giorno"].given_on == date(2026, 1, 31)
    assert said["1", "ordine"].choices == ["a3", "a1"]
    assert said["2", "ordine"].choices == ["a1", "a2", "a3"]
    refused = rejected_file(result).read_text(encoding="utf-8-sig")
    assert result.rejected == 3
    assert all(cell in refused for cell in ("molto", "mai", "A1, A1"))
    again = joined(csv_of(HEAD))
    assert (again.accepted, again.already_there, Answer.objects.count()) == (0, 3, len(said))


def test_of_a_grid_half_filled_the_filled_half_is_kept(joined):
    joined(csv_of(HEAD))
    texts = {q["code"]: q["text"]["it"] for q in SurveyVersion.objects.get().definition["questions"]}
    said = {(key, texts[code]): a.choices for (key, code), a in given().items() if code.startswith("servizio")}
    assert said == {
        ("1", "Che cosa pensa?: del banco – Atteso"): ["b2"],
        ("1", "Che cosa pensa?: del banco – Ricevuto"): ["c1"],
        ("2", "Che cosa pensa?: del banco – Ricevuto"): ["c2"],
        ("2", "Che cosa pensa?: della consegna – Atteso"): ["b1"],
        ("3", "Che cosa pensa?: del banco – Atteso"): ["b1"],
        ("3", "Che cosa pensa?: del banco – Ricevuto"): ["c1"],
        ("3", "Che cosa pensa?: della consegna – Atteso"): ["b1"],
        ("3", "Che cosa pensa?: della consegna – Ricevuto"): ["c1"],
    }


ASKED = {"spesa": "Quanto ha speso?", "giorno": "Quando?", "ordine": "In che ordine?", "servizio": "Che cosa pensa?",
         "parole": "Altro?"}  # fmt: skip


def code_and_text(name):
    return f"{name}. {ASKED[name.partition('[')[0]]}"


@pytest.mark.parametrize("head", [
    [code_and_text(name) for name in HEAD],
    [name.replace("[1]", "[2]").replace("[0]", "[1]") if name.startswith("servizio") else name for name in HEAD],
])  # fmt: skip
def test_headings_of_other_settings_join_too(joined, head):
    joined(csv_of(head))
    said = given()
    assert said["1", "spesa"].number == Decimal("1234.5")
    assert said["1", "ordine"].choices == ["a3", "a1"]
    assert [said["1", code].choices for code in ("servizio_sq10", "servizio_sq11")] == [["b2"], ["c1"]]


def test_ranks_under_each_option(company, sample):
    """Qualtrics has a column for each option, and its place in it."""
    asked = {"QuestionID": "QID1", "QuestionText": "Ordini", "DataExportTag": "Q1", "QuestionType": "RO",
             "Selector": "DND", "Choices": {"1": {"Display": "Prezzo"}, "2": {"Display": "Tempo"}}}  # fmt: skip
    survey = {"SurveyEntry": {"SurveyID": "SV_9", "SurveyName": "Ordine", "SurveyLanguage": "IT"},
              "SurveyElements": [{"Element": "SQ", "PrimaryAttribute": "QID1", "Payload": asked}]}  # fmt: skip
    bring(sample("s.qsf", json.dumps(survey)), Wish(), by=None, lang="it")
    names = ("recordedDate", "_recordId", "QID1_1", "QID1_2")
    ids = ",".join('"{""ImportId"":""' + name + '""}"' for name in names)
    head = f"RecordedDate,ResponseId,Q1_1,Q1_2\nGiorno,Numero,Ordini - Prezzo,Ordini - Tempo\n{ids}\n"
    bring(sample("q.csv", head + "2026-02-01,R_1,2,1\n2026-02-01,R_2,,\n"), Wish(), by=None, lang="it")
    assert given()["R_1", "q1"].choices == ["2", "1"]

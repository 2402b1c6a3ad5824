"""The same twelve answers as other settings of the same programs write them, each compared with what was written."""

import csv
import io
import json
import zipfile
from collections import Counter
from decimal import Decimal

import pytest
import xlsxwriter
from foreign_samples import REVIEWS

from premura.importers.bringing import Wish, bring, look_at
from premura.importers.sources import recognise
from premura.loop.listen.models import Answer, SurveyVersion

USES = ["Gru", "Betoniera, grande", "Ponteggio"]
PEOPLE = [
    (n, (n * 7) % 11, [use for k, use in enumerate(USES) if (n + 1) >> k & 1], f"Parole mie, {n}; e altre", f"{n},5")
    for n in range(12)
]
NPS, OF = "Quanto è probabile che ci consigli a un amico?", "Che cosa ha usato?"
DAY = "2026-02-{:02} 10:00:00"


def csv_of(*rows, sign=","):
    text = io.StringIO()
    csv.writer(text, delimiter=sign, lineterminator="\n").writerows(rows)
    return text.getvalue()


def google(sign):
    head = ["Timestamp", NPS, OF, "Commento", "Spesa"]
    rows = ([DAY.format(n + 1), nps, sign.join(uses), words, spent] for n, nps, uses, words, spent in PEOPLE)
    return csv_of(head, *rows)


def monkey(*, condensed):
    own = ["ID rispondente", "ID collettore", "Data di fine", "Indirizzo IP", "Dati personalizzati"]
    asked = [NPS, OF, "Parole", "Spesa"] if condensed else [NPS, OF, "", "", "Parole", "Spesa"]
    second = [""] * 5 + ([""] * 4 if condensed else ["Risposta", *USES, "Risposta a testo libero", "Risposta"])
    rows = []
    for n, nps, uses, words, spent in PEOPLE:
        said = [", ".join(uses)] if condensed else [use if use in uses else "" for use in USES]
        named = {0: "Per niente probabile - 0", 10: "Estremamente probabile - 10"}.get(nps, nps)
        rows.append([n + 100, 7, DAY.format(n + 1), "10.0.0.1", "x", named, *said, words, spent])
    return csv_of([*own, *asked], second, *rows)


def typeform_old():
    head = ["#", NPS, *USES, "Commento", "Spesa", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    rows = ([f"t{n}", nps, *(use if use in uses else "" for use in USES), words, spent, DAY.format(n + 1),
             DAY.format(n + 1), "ab"] for n, nps, uses, words, spent in PEOPLE)  # fmt: skip
    return csv_of(head, *rows)


def qualtrics():
    names = ["RecordedDate", "ResponseId", "Q1_NPS_GROUP", "Q1", "Q2", "Q3", "Q4"]
    ids = ["recordedDate", "_recordId", "QID1_NPS_GROUP", "QID1", "QID2", "QID3_TEXT", "QID4"]
    rows = (
        [DAY.format(n + 1), f"R_{n}", "x", nps, ",".join(uses), words, spent] for n, nps, uses, words, spent in PEOPLE
    )
    return csv_of(names, ["", "", "", NPS, OF, "Parole", "Spesa"], [json.dumps({"ImportId": i}) for i in ids], *rows)


def monkey_values():
    """Each option with its own number, as «numeric values» exports it."""
    second = [""] * 5 + ["Response", *USES, "Open-Ended Response", "Response"]
    head = [
        ["Respondent ID", "Collector ID", "End Date", "IP Address", "Custom Data", NPS, OF, "", "", "Parole", "Spesa"]
    ]
    rows = ([n, 7, DAY.format(n + 1), "", "", nps, *(k + 1 if use in uses else "" for k, use in enumerate(USES)), words,
             spent] for n, nps, uses, words, spent in PEOPLE)  # fmt: skip
    return csv_of(*head, second, *rows)


def typeform_new():
    """Several answers in one column, whoever did not end with another day."""
    head = [
        "#",
        NPS,
        OF,
        "Commento",
        "Spesa",
        "Start Date (UTC)",
        "Stage Date (UTC)",
        "Submit Date (UTC)",
        "Network ID",
    ]
    rows = ([f"t{n}", nps, " / ".join(uses), words, spent, DAY.format(n + 1), DAY.format(n + 1) if n % 3 == 0 else "",
             DAY.format(n + 1) if n % 3 else "", "ab"] for n, nps, uses, words, spent in PEOPLE)  # fmt: skip
    return csv_of(head, *rows)


def lime(*, own=("Antwort ID", "Datum Abgeschickt", "Start-Sprache"), coded=False, sign=","):
    asked = [NPS, *(f"{OF} [{use}]" for use in USES), "Parole", "Spesa"]
    codes = ["nps", *(f"uso[SQ00{k + 1}]" for k in range(3)), "parole", "spesa"]
    head = [*own, *(f"{c}. {text}" if coded else text for c, text in zip(codes, asked, strict=True))]
    rows = ([n, DAY.format(n + 1), "it", nps, *("Ja" if use in uses else "Nein" for use in USES), words, spent]
            for n, nps, uses, words, spent in PEOPLE)  # fmt: skip
    return csv_of(head, *rows, sign=sign)


def vv():
    """Its head ends in a TAB that its rows do not have, and there are more commas in it than TABs."""
    text = lime(sign="\t").splitlines()
    codes = "\t".join(
        ["id", "submitdate", "startlanguage", "nps", *(f"uso_SQ00{k + 1}" for k in range(3)), "parole", "spesa"]
    )
    rows = [row.replace("Ja", "Y").replace("Nein", "") for row in text[1:]]
    return "\n".join([text[0] + "\t", codes + "\t", *rows]) + "\n"


def qualtrics_bare(rows):
    """Somebody took the row of ids away, or all rows but the first."""
    own = ["StartDate", "EndDate", "Finished", "RecordedDate", "ResponseId"]
    labels = ["Start Date", "End Date", "Finished", "Recorded Date", "Response ID"]
    data = ([DAY.format(n + 1), DAY.format(n + 1), "True", DAY.format(n + 1), f"R_{n}", "Passive", nps, ",".join(uses),
             words, spent] for n, nps, uses, words, spent in PEOPLE)  # fmt: skip
    heads = [[*own, "Q1_NPS_GROUP", NPS, "Q2", "Q3", "Q4"], [*labels, "gruppo", NPS, OF, "Parole", "Spesa"]]
    return csv_of(*heads[:rows], *data)


@pytest.mark.parametrize(("name", "content"), [
    ("google-commas.csv", google(", ")),
    ("google-semicolons.csv", google(";")),
    ("monkey.csv", monkey(condensed=False)),
    ("monkey-condensed.csv", monkey(condensed=True)),
    ("typeform-old.csv", typeform_old()),
    ("qualtrics.csv", qualtrics()),
    ("monkey-values.csv", monkey_values()),
    ("typeform-new.csv", typeform_new()),
    ("lime-de.csv", lime()),
    ("lime-both.csv", lime(own=("id. ID risposta", "submitdate. Data invio", "startlanguage. Lingua"), coded=True)),
    ("lime-underscores.csv", lime(own=("Response_ID", "Date_submitted", "Start_language"))),
    ("vv.csv", vv()),
    ("qualtrics-two.csv", qualtrics_bare(2)),
    ("qualtrics-one.csv", qualtrics_bare(1)),
])  # fmt: skip
def test_every_setting_gives_the_same_answers(company, sample, name, content):
    wish = Wish(kind="responses")
    result = bring(sample(name, content), wish, by=None, lang="it")
    assert (result.accepted, result.rejected) == (len(PEOPLE), 0)
    options = {option["code"]: option["text"]["it"] for question in SurveyVersion.objects.get().definition["questions"]
               for option in question.get("options", ()) if question["kind"] == "multiple"}  # fmt: skip
    given = list(Answer.objects.all())
    assert sorted(a.score for a in given if a.kind == "nps") == sorted(nps for _n, nps, *_rest in PEOPLE)
    assert Counter(options[code] for a in given for code in a.choices) == Counter(u for p in PEOPLE for u in p[2])
    assert sorted(a.text for a in given if a.text) == sorted(words for *_rest, words, _spent in PEOPLE)
    assert sum(a.number for a in given if a.number) == sum(Decimal(p[4].replace(",", ".")) for p in PEOPLE)
    assert {a.kind for a in given} == {"nps", "multiple", "text", "number"}
    again = bring(sample(name, content), wish, by=None, lang="it")
    assert (again.accepted, again.already_there, Answer.objects.count()) == (0, len(PEOPLE), len(given))


def test_words_beside_other_leave_the_ticks_together(company, sample):
    content = lime(own=("Response ID", "Date submitted", "Start language")).splitlines()
    other = [
        content[0] + f",{OF} [Other]",
        *(row + (",Una scala" if n % 5 == 0 else ",") for n, row in enumerate(content[1:])),
    ]
    bring(sample("other.csv", "\n".join(other)), Wish(kind="responses"), by=None, lang="it")
    counted = Counter(code for a in Answer.objects.filter(kind="multiple") for code in a.choices)
    assert sorted(counted.values()) == sorted(Counter(u for p in PEOPLE for u in p[2]).values())
    assert Answer.objects.filter(text="Una scala").count() == 3


def test_a_spreadsheet_of_limesurvey_is_no_archive(company, tmp_path):
    path = tmp_path / "results-survey9.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(csv.reader(io.StringIO(lime()))):
            sheet.write_row(number, 0, row)
    assert recognise(path).read().kind == "responses"


@pytest.mark.parametrize("pages", ["lines", "places", "takeout"])
def test_reviews_come_in_lines_by_place_and_from_takeout(tmp_path, pages):
    reviews = REVIEWS["reviews"]
    path = tmp_path / ("r.zip" if pages == "takeout" else "r.json")
    if pages == "takeout":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("Takeout/Google Business Profile/account-1/location-7/data.json", "{}")
            for number, review in enumerate(reviews):
                archive.writestr(f"Takeout/Google Business Profile/account-1/location-7/reviews-{number}.json",
                                 json.dumps({"reviews": [review]}))  # fmt: skip
    elif pages == "places":
        path.write_text(json.dumps({"locationReviews": [{"review": review} for review in reviews]}))
    else:
        path.write_text("\n".join(map(json.dumps, reviews)))
    brought = recognise(path).read()
    assert [review.stars for review in brought.reviews] == [1, 5, 2]


FORMBRICKS_SURVEY = {
    "data": {
        "id": "clsrv",
        "name": "Dopo il noleggio",
        "languages": [{"default": True, "language": {"code": "it"}}],
        "questions": [
            {"id": "q1", "type": "nps", "headline": {"default": NPS}, "required": True},
            {"id": "q2", "type": "multipleChoiceMulti", "headline": {"default": OF},
             "choices": [{"id": f"o{k}", "label": {"default": use}} for k, use in enumerate(USES)]},
            {"id": "q3", "type": "openText", "headline": {"default": "Parole #recall:q1/fallback:x#"}},
            {"id": "q4", "type": "openText", "inputType": "number", "headline": {"default": "Spesa"}},
            {"id": "q5", "type": "fileUpload", "headline": {"default": "Una foto"}},
        ],
    }
}  # fmt: skip


def test_formbricks_answers_of_its_interface_join_their_survey(company, sample):
    responses = [
        {"id": f"r{n}", "surveyId": "clsrv", "finished": True, "createdAt": f"2026-02-{n + 1:02}T10:00:00.000Z",
         "data": {"q1": nps, "q2": uses, "q3": words, "q4": float(spent.replace(",", "."))}}
        for n, nps, uses, words, spent in PEOPLE
    ]  # fmt: skip
    survey = bring(sample("s.json", json.dumps(FORMBRICKS_SURVEY)), Wish(kind="survey"), by=None, lang="it")
    assert [left["code"] for left in survey.report["left_out"]] == ["left-kind"]
    brought = sample("r.json", json.dumps({"data": responses}))
    assert not look_at(brought, Wish(kind="responses")).plan.questions, "the survey knows what its questions are"
    result = bring(brought, Wish(kind="responses"), by=None, lang="it")
    assert (result.accepted, result.rejected, result.source) == (len(PEOPLE), 0, "formbricks:clsrv")
    given = list(Answer.objects.all())
    assert sum(a.score for a in given if a.kind == "nps") == sum(nps for _n, nps, *_rest in PEOPLE)
    assert sum(a.number for a in given if a.number) == sum(Decimal(p[4].replace(",", ".")) for p in PEOPLE)
    assert Counter(len(a.choices) for a in given if a.kind == "multiple") == Counter(len(p[2]) for p in PEOPLE if p[2])

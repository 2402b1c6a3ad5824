"""The same twelve answers as other settings of the same programs write them, each compared with what was written."""

import csv
import io
import json
from collections import Counter
from decimal import Decimal

import pytest

from premura.importers.bringing import Wish, bring
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


@pytest.mark.parametrize(("name", "content"), [
    ("google-commas.csv", google(", ")),
    ("google-semicolons.csv", google(";")),
    ("monkey.csv", monkey(condensed=False)),
    ("monkey-condensed.csv", monkey(condensed=True)),
    ("typeform-old.csv", typeform_old()),
    ("qualtrics.csv", qualtrics()),
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

"""Responses from a file: each row once, whichever file it comes in; refused rows with their reason; nothing
invented.
"""

import csv
from datetime import date

import pytest

from premura.core.company.models import Location
from premura.core.customers.customers import add_customer
from premura.core.history.models import Event
from premura.core.jobs.models import Job
from premura.importers.models import ImportedFile
from premura.importers.responses.keeping import rejected_file
from premura.importers.responses.writing import import_responses
from premura.importers.table import Declared, Role, plan
from premura.loop.listen.models import Answer, Response, Subject, SurveyVersion
from premura.loop.recover.models import Case

HEAD = "Data;Azienda;Sede;Voto complessivo;Consegna;Commento;E-mail\n"
ROWS = [
    "12/02/2026;Noi;Vicenza;4;5;Tutto bene;anna@example.it",
    "13/02/2026;Noi;Vicenza;2;1;=cmd|' /C calc'!A0;",
    "14/02/2026;Gli altri;Schio;3;3;<b>così così</b>;",
    "14/02/2026;Gli altri;Schio;3;3;<b>così così</b>;",
]
ROLES = {
    "Voto complessivo": Role.OVERALL,
    "Consegna": Role.RATING,
    "Azienda": Role.SUBJECT,
    "Sede": Role.LOCATION,
    "Commento": Role.COMMENT,
    "E-mail": Role.EMAIL,
    "Data": Role.DATE,
}


@pytest.fixture
def bring(tmp_path, company):
    """``bring(rows)``: import a file with these rows; the result."""

    def run(rows, name="voti.csv", **options) -> ImportedFile:
        path = tmp_path / name
        path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
        planned = plan(path, Declared(mapping=ROLES))
        return import_responses(path, planned, by=None, lang="it", us_name="noi", **options)

    return run


def test_a_row_becomes_a_response_about_its_subject_at_its_place_and_day(bring, owner):
    anna = add_customer(name="Anna", email="Anna@example.it", by=owner)
    result = bring(ROWS)
    assert (result.rows, result.accepted, result.already_there, result.rejected) == (4, 4, 0, 0)
    first = Response.objects.get(answered_on=date(2026, 2, 12))
    assert first.survey.programme.name == "File importati"
    assert first.subject.is_us
    assert first.customer == anna
    assert first.location.name == "Vicenza"
    assert first.week_on == date(2026, 2, 9)
    assert {(a.kind, a.score) for a in first.answers.exclude(score=None)} == {("csat", 4), ("csat", 5)}
    assert first.answers.get(score=5).touchpoint.name["it"] == "Consegna"
    assert Subject.objects.get(name="Gli altri").responses.count() == 2


def test_our_own_place_is_used_and_a_strange_one_is_kept_apart(bring, vicenza):
    bring(ROWS)
    assert Response.objects.filter(location=vicenza).count() == 2
    assert Location.objects.get(name="Schio").is_imported


def test_two_equal_rows_are_two_responses_and_the_same_file_again_changes_nothing(bring):
    bring(ROWS)
    again = bring(ROWS)
    assert (again.accepted, again.already_there) == (0, 4)
    assert Response.objects.count() == 4
    assert SurveyVersion.objects.count() == 1


def test_next_month_s_file_adds_only_what_is_new(bring):
    bring(ROWS[:2])
    later = bring([*ROWS, "01/03/2026;Noi;Vicenza;5;5;;"])
    assert (later.accepted, later.already_there) == (3, 2)


def test_a_row_without_a_date_is_refused_unless_a_day_is_declared(bring, settings):
    undated = [";Noi;Vicenza;4;4;;", ROWS[0]]
    result = bring(undated)
    assert (result.accepted, result.rejected) == (1, 1)
    with rejected_file(result).open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[1][3] == "undated-row"
    declared = bring(undated, default_day=date(2026, 1, 5))
    assert (declared.accepted, declared.already_there) == (1, 1)
    assert Response.objects.filter(answered_on=date(2026, 1, 5)).count() == 1


def test_a_row_in_which_nothing_is_answered_is_refused(bring):
    result = bring(["12/02/2026;Noi;Vicenza;;;;", *ROWS])
    assert (result.accepted, result.rejected) == (4, 1)


def test_old_answers_open_no_cases(bring, work):
    bring(ROWS)
    work()
    assert not Case.objects.exists()
    assert Event.objects.filter(name="responses.imported").count() == 1
    assert not Job.objects.exists()


def test_the_raw_file_is_kept_under_its_hash(bring, settings):
    result = bring(ROWS)
    kept = settings.MEDIA_ROOT / "imports" / f"{result.sha256}.csv"
    assert kept.read_text(encoding="utf-8").startswith("Data;Azienda")


@pytest.mark.shared
def test_the_lounge_reviews_come_in_once_and_their_two_scales_are_never_one(company, shared):
    path = shared / "data" / "real" / "lounge_reviews.csv"
    planned = plan(path, Declared())
    result = import_responses(path, planned, by=None, lang="en", us_name="emirates")
    assert (result.rows, result.accepted, result.rejected) == (2264, 2264, 0)
    overall = Answer.objects.filter(question__startswith="overall_rating")
    assert overall.filter(kind="csat", scale="1-5").count() == 2140
    assert overall.filter(kind="rating", scale="1-10", score__gt=5).count() == 67
    assert overall.count() == 2140 + 67
    again = import_responses(path, planned, by=None, lang="en", us_name="emirates")
    assert (again.accepted, again.already_there) == (0, 2264)

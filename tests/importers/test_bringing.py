"""Files of other systems become drafts, answers, customers and reviews: once, joined to each other, and taken back."""

import csv
import io
import os
import random
import zipfile
from datetime import date, timedelta

import pytest
from django.utils import timezone, translation
from foreign_samples import FILES, QUALTRICS

from premura.core.customers.customers import add_customer
from premura.core.customers.models import Customer
from premura.core.errors import Conflict
from premura.core.history.models import Event
from premura.importers.bringing import Wish, bring, look_at, wish_from
from premura.importers.models import ImportedFile, MadeRow, PublicReview, State
from premura.importers.neutral import Review
from premura.importers.preview import outcome_of
from premura.importers.responses.ids import ids_of
from premura.importers.responses.keeping import hash_of, imports_folder, rejected_file
from premura.importers.reviews.by_hand import add_review, note_reply
from premura.importers.reviews.reply_time import reply_times_for, reviews_for
from premura.importers.reviews.writing import replies_of
from premura.importers.table import Declared, Role, TableError
from premura.importers.undoing import _LEANING, _building_on, ask_for_undo, built_on, responses_of, undo_import
from premura.importers.uploading import queue_import, receive_file, remembered
from premura.importers.waiting import do_waiting_imports
from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
from premura.loop.recover.cases import open_case
from premura.loop.recover.models import Case, CaseRule


@pytest.fixture
def take(company, sample):
    """``take("forms.csv")``: bring the file in; the result."""

    def run(name, content=None, **wish) -> ImportedFile:
        return bring(sample(name, content), Wish(**wish), by=None, lang="it")

    return run


TABLES = [name for name in FILES if name.endswith(".csv") or name == "delighted.json"]


@pytest.mark.parametrize("name", TABLES)
def test_each_file_twice_and_nothing_is_lost_in_silence(take, name):
    first = take(name, default_day=date(2026, 2, 1))
    with rejected_file(first).open(encoding="utf-8-sig") as file:
        refused_rows = [row for row in csv.reader(file, delimiter=";") if row[1] == ""]
    assert first.rows == first.accepted + len(refused_rows)
    assert first.accepted > 0
    assert Response.objects.count() == first.accepted
    answers = Answer.objects.count()
    again = take(name, default_day=date(2026, 2, 1))
    assert (again.accepted, again.already_there) == (0, first.accepted)
    assert Answer.objects.count() == answers
    assert SurveyVersion.objects.count() == 1


def test_google_forms_counted_by_another_reader(take, sample):
    take("forms.csv")
    with sample("forms.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    asked = next(name for name in rows[0] if name.startswith("Quanto"))
    scores = Answer.objects.filter(kind="nps").values_list("score", flat=True)
    assert sorted(scores) == sorted(int(row[asked]) for row in rows)
    used = Answer.objects.filter(kind="multiple")
    assert sum(len(answer.choices) for answer in used) == sum(len(row["Che cosa usa?"].split(",")) for row in rows)
    assert Response.objects.filter(answered_on=date(2026, 2, 12)).count() == 1


def test_several_ticks_in_columns_of_their_own_are_one_question(take):
    take("monkey.csv")
    question = next(q for q in SurveyVersion.objects.get().definition["questions"] if q["kind"] == "multiple")
    assert [option["text"]["it"] for option in question["options"]] == ["Noleggio", "Vendita"]
    given = Answer.objects.filter(question=question["code"]).order_by("response__external_id")
    assert [answer.choices for answer in given] == [["o1"], ["o1", "o2"]]


def test_a_survey_becomes_a_draft_once(take):
    first = take("s.lss")
    survey = Survey.objects.get()
    assert (first.accepted, survey.is_imported, survey.versions.count()) == (4, False, 0)
    assert survey.programme.name == "Questionari portati da altri programmi"
    again = take("s.lss")
    assert (again.accepted, again.already_there, Survey.objects.count()) == (0, 4, 1)
    assert {one["code"] for one in first.report["left_out"]} >= {"left-kind", "left-languages", "changed-satisfaction"}


def test_answers_join_their_survey_question_by_question(take):
    take("s.lss")
    result = take("vvexport_9.csv", default_day=date(2026, 2, 5))
    survey = Survey.objects.get()
    assert result.accepted == 3
    given = {(a.response.external_id, a.question): a for a in Answer.objects.select_related("response")}
    assert given["1", "nps"].choices == ["a9"]
    assert given["1", "voto"].score == 5
    assert given["3", "serv"].choices == ["sq1", "sq2"]
    assert given["1", "comm"].text == "Tutto\nbene {davvero}"
    version = survey.versions.get()
    assert version.withdrawal.reason.startswith("Risposte raccolte con un altro programma")
    assert Response.objects.get(external_id="1").source == "limesurvey:9"
    assert take("vvexport_9.csv", default_day=date(2026, 2, 5)).already_there == 3


def test_the_grid_of_a_qsf_is_answered_row_by_row(take):
    take("s.qsf")
    take("qualtrics.csv")
    given = {(a.response.external_id, a.question): a for a in Answer.objects.select_related("response")}
    assert given["R_1", "q1"].score == 9
    assert given["R_1", "q3_1"].choices == ["2"]
    assert ("R_2", "q3_1") not in given
    assert Answer.objects.get(response__external_id="R_1", question="q2").choices == ["1"]


def test_the_same_respondent_with_other_answers_is_said_and_the_first_stays(take):
    take("qualtrics.csv")
    other = take("qualtrics.csv", QUALTRICS.replace("R_2,,EN,3", "R_2,,EN,8"))
    assert (other.already_there, other.rejected) == (1, 1)
    assert "same-id-other-answers" in rejected_file(other).read_text(encoding="utf-8-sig")


def test_an_email_as_identifier_is_a_person_and_not_an_answer(take, owner):
    anna = add_customer(name="Anna", email="anna@example.it", by=owner)
    rows = "id,date,nps\nanna@example.it,2026-02-01,9\nanna@example.it,2026-03-01,3\nugo@example.it,2026-03-01,3\n"
    result = take("x.csv", rows, declared=Declared(), kind="responses")
    assert result.accepted == 3
    assert anna.responses.count() == 2
    assert not Response.objects.filter(external_id__contains="@").exists()
    assert [one["code"] for one in result.report["left_out"]] == ["left-ids"]


def test_a_declared_choice_of_any_table(take):
    rows = "date,reparto,nps\n" + "".join(f"2026-02-0{n},{('Banco', 'Officina')[n % 2]},{n}\n" for n in range(1, 9))
    take("x.csv", rows, declared=Declared(mapping={"reparto": Role.CHOICE}))
    assert Answer.objects.filter(kind="single").count() == 8


# Reviews


@pytest.fixture
def rule(company):
    return CaseRule.objects.create(code="low", kind="csat", at_most=2, severity="high")


def test_a_negative_review_opens_a_case_and_our_reply_is_kept(take, rule, work, sample, now):
    path = sample("reviews.json")
    from premura.importers.reviews.writing import import_reviews
    from premura.importers.sources import recognise

    result = import_reviews(path, recognise(path).read(), "google-reviews", by=None, now=now)
    work()
    assert (result.accepted, result.rejected) == (3, 1)
    assert [case.title for case in Case.objects.all()] == ["Due ore di attesa"]
    assert PublicReview.objects.get(response__external_id="r2").reply == "Grazie"
    assert PublicReview.objects.get(response__external_id="r2").author == ""
    assert {*PublicReview.objects.values_list("site", flat=True)} == {"Google"}, "as who writes one down calls it"
    assert result.report["replies"] == {"reviews": 3, "replied": 1, "hours": 24.0}
    assert {one["code"] for one in result.report["left_out"]} == {"left-review", "more-reviews", "old-reviews"}
    again = import_reviews(path, recognise(path).read(), "google-reviews", by=None, now=now)
    work()
    assert (again.accepted, again.already_there, Case.objects.count()) == (0, 3, 1)


def test_a_reply_that_came_since_is_added(take):
    take("reviews.json")
    content = FILES["reviews.json"].replace(
        '"comment": "Due ore di attesa",',
        '"comment": "Due ore di attesa", "reviewReply": {"comment": "Ci scusi", "updateTime": "2026-03-11T10:00:00Z"},',
    )
    take("reviews.json", content)
    assert PublicReview.objects.get(response__external_id="r1").reply == "Ci scusi"


def test_the_preview_says_which_reviews_and_answers_are_known(take, sample, owner):
    def told(name, content=None, kept="kept"):
        wish, path = Wish(), sample(name, content).rename(sample(name, content).with_stem(kept))
        seen = look_at(path, wish)
        outcome = outcome_of(seen, wish, hash_of(path), name)
        return outcome.accepted - outcome.already_there, outcome.already_there, outcome.rejected, outcome.replies

    assert told("reviews.json") == (3, 0, 1, 0)
    take("reviews.json")
    changed = FILES["reviews.json"].replace("Grazie", "Grazie a Lei").replace('"TWO"', '"ONE"')
    assert told("reviews.json", changed) == (0, 3, 1, 1)
    again = take("reviews.json", changed)
    assert [one["where"] for one in again.report["left_out"] if one["code"] == "changed-review"] == ["r3"]
    # A file without identifiers, kept under another name: its rows are known by what they say
    assert told("forms.csv") == (14, 0, 0, 0)
    take("forms.csv")
    assert told("forms.csv", FILES["forms.csv"]) == (0, 14, 0, 0)


def test_no_reply_has_no_hours(now):
    assert replies_of([(now, None)]).hours is None


# Customers

CUSTOMERS = (
    "Codice cliente;Nome;Cognome;E-mail;Telefono\n1;Anna;Rossi;anna@example.it;0444\n2;Ugo;Bianchi;non-è;\n;;;;\n"
)


def test_customers_once_and_nobody_is_overwritten(take, owner):
    add_customer(name="Anna R.", email="ANNA@example.it", by=owner)
    result = take("clienti.csv", CUSTOMERS, kind="customers")
    assert (result.accepted, result.already_there) == (1, 1)
    assert Customer.objects.get(email__iexact="anna@example.it").name == "Anna R."
    assert Customer.objects.get(external_id="2").email == ""
    assert take("clienti.csv", CUSTOMERS, kind="customers").accepted == 0


def test_a_table_without_names_holds_no_customers(take):
    with pytest.raises(TableError) as refused:
        take("x.csv", "a,b\n1,2\n", kind="customers")
    assert refused.value.code == "no-customers"


def test_what_is_asked_for_and_what_it_holds_must_agree(take):
    with pytest.raises(TableError) as refused:
        take("reviews.json", kind="survey")
    assert "premura import reviews" in refused.value.sentence("it")


# Taking back


def test_a_whole_import_can_be_taken_back(take, owner):
    result = take("forms.csv")
    assert responses_of(result).count() == 14
    undone = undo_import(result, by=owner)
    assert (undone.state, Response.objects.count(), Answer.objects.count()) == (State.UNDONE, 0, 0)
    assert not Survey.objects.exists()
    assert not Programme.objects.exists()
    event = Event.objects.get(name="import.undone")
    assert event.data["responses"] == 14
    assert event.data["first_day"] == "2026-02-01"
    assert not MadeRow.objects.exists()
    assert take("forms.csv").accepted == 14


def test_what_something_was_built_on_stays(take, rule, work, owner):
    result = take("reviews.json", cases="all")
    work()
    assert Case.objects.count() == 2
    with pytest.raises(Conflict):
        undo_import(result, by=owner)
    assert Response.objects.count() == 3
    with translation.override("it"):
        assert built_on(result) == ["2 casi"]


def test_whatever_leans_on_what_was_brought_has_a_name(db):
    for model in (Response, Customer):
        assert {relation.related_model._meta.label for relation in _building_on(model)} <= set(_LEANING)


def test_what_is_built_on_while_it_is_taken_back_stays(take, rule, work, owner):
    result = take("reviews.json", cases="none")
    ask_for_undo(result, by=owner)
    first = responses_of(result).order_by("id").first()
    open_case("Letta ieri", by=owner, why=[{"code": "by-hand"}], channel="phone", response=first)
    assert do_waiting_imports() == 1
    result.refresh_from_db()
    assert (result.state, result.report["kept_answers"]) == (State.UNDONE, 1)
    assert list(Response.objects.all()) == [first]


def test_an_undo_that_was_cut_off_goes_on(take, owner, monkeypatch):
    result = take("forms.csv")
    ask_for_undo(result, by=owner)
    monkeypatch.setattr("premura.importers.undoing.AT_ONCE", 5)
    beats = []

    def stop():
        beats.append(Response.objects.count())
        if len(beats) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        do_waiting_imports(stop)
    assert beats == [9, 4]
    assert do_waiting_imports() == 0
    ImportedFile.objects.update(beat_at=timezone.now() - timedelta(minutes=3))
    assert do_waiting_imports() == 1
    assert (ImportedFile.objects.get().state, Response.objects.count()) == (State.UNDONE, 0)


def test_joined_answers_go_and_then_the_draft(take, owner):
    draft = take("s.lss")
    answers = take("vvexport_9.csv", default_day=date(2026, 2, 5))
    with pytest.raises(Conflict):
        undo_import(draft, by=owner)
    undo_import(answers, by=owner)
    undo_import(draft, by=owner)
    assert not Survey.objects.exists()


def test_another_import_s_answers_are_left_alone(take, owner):
    take("forms.csv")
    second = take("typeform.csv")
    undo_import(second, by=owner)
    assert Response.objects.count() == 14
    first, last = ids_of(second.pk)
    assert not Response.objects.filter(id__gte=first, id__lte=last).exists()


# Through the worker


def test_a_dropped_file_waits_for_the_worker_and_is_remembered(owner):
    file = receive_file("C:\\dati\\forms.csv", [FILES["forms.csv"].encode()], by=owner)
    assert (file.name, file.state, file.system) == ("forms.csv", State.LOOKED, "google-forms")
    column = "Come ci valuta [banco]"
    queue_import(file, {"mapping": {column: "rating"}, "scales": {column: "1-5"}}, by=owner)
    beats = []
    assert do_waiting_imports(lambda: beats.append(1)) == 1
    file.refresh_from_db()
    assert (file.state, file.accepted, file.done, len(beats)) == (State.DONE, 14, 14, 1)
    assert Answer.objects.filter(kind="csat", scale="1-5").count() == 14
    assert do_waiting_imports() == 0
    march = receive_file("marzo.csv", [FILES["forms.csv"].replace("/02/", "/03/").encode()], by=owner)
    assert remembered(march) == file
    assert march.settings == file.settings


def test_an_import_that_was_cut_off_goes_on(owner, now):
    file = receive_file("forms.csv", [FILES["forms.csv"].encode()], by=owner)
    queue_import(file, {}, by=owner)
    do_waiting_imports()
    lost = Response.objects.order_by("-id").values_list("pk", flat=True)[:4]
    Response.objects.filter(pk__in=list(lost)).delete()
    ImportedFile.objects.filter(pk=file.pk).update(state=State.RUNNING, beat_at=now)
    assert do_waiting_imports() == 1
    file.refresh_from_db()
    assert (file.state, file.accepted, file.already_there, Response.objects.count()) == (State.DONE, 14, 0, 14)


def test_a_file_that_cannot_be_read_fails_in_words(owner):
    file = receive_file("forms.csv", [FILES["forms.csv"].encode()], by=owner)
    queue_import(file, {"mapping": {"Non c'è": "nps"}}, by=owner)
    do_waiting_imports()
    file.refresh_from_db()
    assert file.state == State.FAILED
    assert "Non c'è" in file.report["error"]["it"]


def test_what_cannot_be_read_is_not_kept_and_what_was_read_before_stays(owner):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("s.lss", b"0" * (257 << 20))
    with pytest.raises(TableError):
        receive_file("bomb.lsa", [bomb.getvalue()], by=owner)
    assert list(imports_folder().iterdir()) == []
    good = receive_file("forms.csv", [FILES["forms.csv"].encode()], by=owner)
    with pytest.raises(TableError):
        receive_file("forms.zip", [FILES["forms.csv"].encode()[:0]], by=owner)
    assert [path.stem for path in imports_folder().iterdir()] == [good.sha256]


def test_files_of_other_kinds_are_refused(owner):
    with pytest.raises(TableError):
        receive_file("virus.exe", [b"MZ"], by=owner)


def test_the_look_counts_what_is_here_already(take, sample):
    path = sample("qualtrics.csv")
    take("qualtrics.csv")
    outcome = outcome_of(look_at(path, Wish()), Wish(), hash_of(path))
    assert (outcome.rows, outcome.accepted, outcome.already_there) == (2, 2, 2)
    assert outcome.same_file is not None
    assert outcome.first[0].day == date(2026, 2, 1)


def test_what_was_kept_and_makes_no_sense_is_left_aside():
    wish = wish_from({"scales": {"a": "nonsense"}, "mapping": {"a": "nonsense"}})
    assert not wish.declared.scales
    assert not wish.declared.mapping


@pytest.mark.parametrize("name", FILES)
def test_a_file_cut_anywhere_is_shown_or_refused_in_a_sentence(company, sample, tmp_path, name):
    content = FILES[name].encode()
    path, said = tmp_path / name, []
    every = list(range(10, len(content), 10))
    cuts = every if os.environ.get("EVERY_CUT") else random.Random(name).sample(every, min(5, len(every)))
    for end in cuts:
        path.write_bytes(content[:end])
        try:
            outcome_of(look_at(path, Wish()), Wish(), "")
        except TableError as refusal:
            said.append(refusal)
    assert all(error.sentence(lang) for error in said for lang in ("it", "en"))


REVIEWS = (
    "Data;Autore;Stelle;Recensione;Risposta del titolare;Data risposta;Sede\n"
    "12/03/2026 09:00;Mario R.;2;Due ore di attesa;{reply};{at};Vicenza\n"
    "13/03/2026;Anna;5;Tutto bene;Grazie, Anna;14/03/2026 12:00;vicenza\n"
    "ieri;Ugo;1;Mai più;;;\n"
    "21/03/2026;Ugo;;Mai più;;;\n"
)


def test_reviews_of_any_table_come_in_once_and_their_reply_is_added_later(take, vicenza, tmp_path):
    result = take("stelle.csv", REVIEWS.format(reply="", at=""), kind="reviews", source="Tripadvisor", cases="none")
    assert (result.rows, result.accepted, result.rejected) == (4, 2, 2)
    assert [one["code"] for one in result.report["left_out"]] == ["left-review-line"] * 2
    happy, angry = PublicReview.objects.order_by("-response__answered_at")
    assert happy.replied_at - happy.response.answered_at == timedelta(hours=24)
    assert (angry.site, angry.reply, angry.replied_at, angry.author) == ("Tripadvisor", "", None, "Mario R.")
    assert angry.response.location == happy.response.location == vicenza
    later = REVIEWS.format(reply="Ci scusi", at="12/03/2026 15:00")
    again = take("stelle.csv", later, kind="reviews", source="Tripadvisor", cases="none")
    assert (again.accepted, again.already_there, again.report["new_replies"]) == (0, 2, 1)
    angry.refresh_from_db()
    assert (angry.reply, angry.replied_at - angry.response.answered_at) == ("Ci scusi", timedelta(hours=6))


def test_a_table_that_speaks_of_reviews_is_taken_for_one_unless_somebody_says_otherwise(company, sample):
    reviews = sample("stelle.csv", REVIEWS.format(reply="", at=""))
    assert look_at(reviews, Wish()).kind == "reviews"
    assert look_at(reviews, Wish(kind="responses")).kind == "responses"
    marks = sample("voti.csv", "Data,Voto,Recensione\n" + "2026-03-01,9,bene\n2026-03-02,4,male\n" * 4)
    assert look_at(marks, Wish()).kind == "responses"
    assert look_at(
        sample("stelle2.csv", REVIEWS.replace("Recensione", "Commento").format(reply="", at="")), Wish()
    ).kind == ("responses")


def test_stars_that_are_no_stars_are_refused_with_what_to_do(take):
    with pytest.raises(TableError) as refused:
        take("voti.csv", "Data,Voto,Testo\n" + "2026-03-01,9,bene\n2026-03-02,4,male\n" * 4, kind="reviews")
    assert "--scale" in refused.value.sentence("it")
    with pytest.raises(TableError) as refused:
        take("testi.csv", "Data,Testo\n2026-03-01,bene\n", kind="reviews")
    assert refused.value.code == "no-stars"


def test_a_review_typed_in_opens_its_case_once_and_takes_our_reply(rule, owner, work, now):
    review = Review("", 1, "Mai più", now - timedelta(days=1), author="Ugo")
    made = add_review(" Trip  advisor", review, location=None, by=owner, now=now)
    assert made.site == "Trip advisor"
    work()
    assert Case.objects.get().response == made.response
    with pytest.raises(Conflict):
        add_review("Trip advisor", review, location=None, by=owner, now=now)
    with pytest.raises(Conflict):
        note_reply(made, "Ci scusi", now - timedelta(days=2), by=owner, now=now)
    times = reply_times_for(reviews_for(owner), now)
    assert (times.median.value, times.waiting, times.replied.value) == (None, 1, 0.0)
    note_reply(made, "Ci scusi", now - timedelta(hours=12), by=owner, now=now)
    times = reply_times_for(reviews_for(owner), now)
    assert (times.median.value, times.median.n, times.waiting, times.replied.value) == (12.0, 1, 0, 1.0)
    assert Event.objects.filter(name="review.replied").count() == 1

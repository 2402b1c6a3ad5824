"""Whatever happens to answers, to files or to the exporter itself: the engine's counts are those of the answers."""

import logging
import threading
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection, transaction

from premura.core.customers.models import Account, Customer, Interaction
from premura.engine import store as store_module
from premura.engine.questions import CountQuestion
from premura.importers.responses.ids import response_id
from premura.loop.listen.forgetting import forget
from premura.loop.listen.models import Answer, Response
from premura.loop.understand import marks
from premura.loop.understand.engine_counts import counted, counted_by_rows, engine_state
from premura.loop.understand.export import Exporter
from premura.loop.understand.metrics import METRICS
from premura.loop.understand.models import Cell, DirtyMonth, Fill, Mark

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
MARCH = date(2026, 3, 2)


@pytest.fixture
def exporter(db):
    made = Exporter()
    yield made
    made.close()


def agrees() -> bool:
    """The cube, finely and coarsely, and the facts say what the answers say."""
    for by in ((), ("week", "touchpoint"), ("month", "location"), ("channel",), ("account",), ("staff",), ("segment",)):
        question = CountQuestion(tuple(METRICS), *YEAR, by)
        answer = counted(question)
        if answer is None or answer.counts != counted_by_rows(question):
            return False
    return True


def test_the_triggers_are_there_and_can_be_missed(db):
    assert marks.missing() == []
    with connection.cursor() as cursor:
        on = " ON listen_response" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER engine_response_new{on}")
    assert marks.missing() == ["engine_response_new"]
    marks.install()
    assert marks.missing() == []


def test_a_response_is_marked_once_with_its_answers(respond):
    response = respond(MARCH, nps=9, csat=4, text="Bene")
    assert [(mark.response, mark.is_new) for mark in Mark.objects.all()] == [(response.pk, True)]


def test_edits_erasures_and_late_answers_arrive(crowd, respond, exporter, points, vicenza, padova, owner, now):
    crowd(seed=5, n=60)
    customer = Customer.objects.create(name="Rita", created_at=now)
    meeting = Interaction.objects.create(
        customer=customer, touchpoint=points["counter"], channel="person", happened_at=now
    )
    response = respond(MARCH, nps=2, location=vicenza, customer=customer, interaction=meeting, text="Male")
    exporter.round()
    assert agrees()
    changes = [
        lambda: Answer.objects.filter(response=response, kind="nps").update(score=10),
        lambda: Response.objects.filter(pk=response.pk).update(location=padova),
        lambda: Response.objects.filter(pk=response.pk).update(answered_on=date(2026, 2, 3), week_on=date(2026, 2, 2)),
        lambda: Answer.objects.create(response=response, question="q_ces", kind="ces", scale="1-7", score=7),
        lambda: Customer.objects.filter(pk=customer.pk).update(account=Account.objects.create(name="Bianchi Srl")),
        lambda: Customer.objects.filter(pk=customer.pk).update(segment="private"),
        lambda: Interaction.objects.filter(pk=meeting.pk).update(person=owner),
        lambda: Interaction.objects.filter(pk=meeting.pk).update(reference="N7"),
        lambda: forget(customer),
        lambda: response.delete(),
        lambda: [each.delete() for each in Response.objects.filter(channel="qr")],
    ]
    for change in changes:
        change()
        assert Mark.objects.exists()
        assert not agrees() or counted(CountQuestion(("nps",), *YEAR)).as_of
        assert exporter.round()
        assert not Mark.objects.exists()
        assert agrees()


def test_two_imports_that_number_their_responses_alike_are_kept_apart(respond, exporter):
    """A running number of the file is no name: one that is erased takes none of another import with it."""
    made = [respond(MARCH, nps=score) for score in (9, 2)]
    for number, response in enumerate(made):
        kept = list(response.answers.all())
        Response.objects.filter(pk=response.pk).delete()
        response.pk = response_id(number + 1, 1)
        response.save()
        Answer.objects.bulk_create([Answer(response=response, **_of(answer)) for answer in kept])
    exporter.round()
    assert agrees()
    Response.objects.get(pk=response_id(1, 1)).delete()
    assert exporter.round()
    assert agrees()
    assert counted(CountQuestion(("nps",), *YEAR)).counts[("nps",)].n == 1


def _of(answer):
    return {name: getattr(answer, name) for name in ("question", "kind", "scale", "score")}


def test_doing_it_twice_changes_nothing(crowd, exporter):
    crowd(seed=6, n=50)
    exporter.round()
    before = sorted(Cell.objects.values_list("level", "measure", "starts_on", "touchpoint", "location", "n"))
    for month in exporter.store.manifest().months:
        DirtyMonth.objects.create(month_on=month, reason="again", marked_at=engine_state_time())
    assert engine_state() is None
    exporter.round()
    assert before == sorted(Cell.objects.values_list("level", "measure", "starts_on", "touchpoint", "location", "n"))
    assert exporter.round() == 0
    assert agrees()


def engine_state_time():
    return Fill.objects.get().begun_at


class Breaking(Exporter):
    """Breaks off after the files are listed and before the cells are written."""

    def _cells(self, files):
        raise RuntimeError("the worker was killed here")


def test_a_round_that_breaks_off_is_done_again(crowd, respond, exporter, caplog):
    crowd(seed=7, n=40)
    exporter.round()
    respond(MARCH, nps=10)
    breaking = Breaking()
    with pytest.raises(RuntimeError):
        breaking.round()
    assert Mark.objects.filter(batch__isnull=False).exists()
    with caplog.at_level(logging.WARNING, "premura.engine"):
        exporter.round()
    assert "broke off" in caplog.text
    assert agrees()


def _cut(path):
    path.write_bytes(path.read_bytes()[:-40])


def _spoil(path):
    """As long as before, with the middle overwritten."""
    raw = bytearray(path.read_bytes())
    raw[8 : len(raw) // 2] = bytes(len(raw) // 2 - 8)
    path.write_bytes(bytes(raw))


@pytest.mark.parametrize("harm", [_cut, _spoil, lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_a_damaged_file_is_made_anew_with_a_line_in_the_log(crowd, exporter, caplog, harm):
    crowd(seed=8, n=80)
    exporter.round()
    manifest = exporter.store.manifest()
    harm(exporter.store.folder / manifest.files[0].name)
    with caplog.at_level(logging.WARNING, "premura.engine"):
        Exporter().round()  # a worker looks at the contents when it starts
    assert manifest.files[0].name in caplog.text
    assert agrees()


def test_a_reader_that_meets_damage_has_it_mended(crowd, exporter, caplog):
    crowd(seed=9, n=80)
    exporter.round()
    question = CountQuestion(("nps",), *YEAR, ("channel",))
    right = counted(question).counts
    for file in exporter.store.manifest().files:
        _cut(exporter.store.folder / file.name)
    assert counted(question) is None
    assert "counting the answers instead" in caplog.text
    exporter.round()
    assert counted(question).counts == right == counted_by_rows(question)


@pytest.mark.parametrize("text", [None, "", "{", '{"store": 1}'])
def test_without_a_readable_list_everything_is_made_anew(crowd, exporter, text):
    crowd(seed=10, n=40)
    exporter.round()
    path = exporter.store.folder / "manifest.json"
    path.unlink() if text is None else path.write_text(text)
    assert counted(CountQuestion(("nps",), *YEAR)) is None
    exporter.round()
    assert agrees()


def test_small_files_are_written_together_and_old_ones_removed(respond, exporter, monkeypatch):
    random = Random(4)
    exporter.round()
    for _ in range(25):
        respond(MARCH + timedelta(days=random.randrange(5)), nps=random.randrange(11), csat=random.randint(1, 5))
        exporter.round()
    manifest = exporter.store.manifest()
    assert len(manifest.files) <= store_module.MANY_FILES
    assert manifest.rows == 50
    assert agrees()
    monkeypatch.setattr(store_module, "GRACE_SECONDS", -1)
    exporter.store.sweep()
    on_disk = {str(path.relative_to(exporter.store.folder)) for path in exporter.store.folder.glob("*/*.parquet")}
    assert on_disk == {file.name for file in manifest.files}
    assert agrees()


def test_of_a_long_month_only_the_touched_part_is_written_again(crowd, respond, exporter, monkeypatch):
    monkeypatch.setattr(store_module, "PART_ROWS", 30)
    crowd(seed=9, n=120)
    response = respond(date(2026, 2, 14), nps=3)
    exporter.round()
    assert agrees()
    parts = {file.name: file for file in exporter.store.manifest().of_month(date(2026, 2, 1))}
    assert len(parts) > 3
    assert max(file.rows for file in parts.values()) < 60
    Answer.objects.filter(response=response).update(score=0)
    exporter.round()
    after = {file.name for file in exporter.store.manifest().of_month(date(2026, 2, 1))}
    [gone] = set(parts) - after
    assert parts[gone].first_day <= "2026-02-14" <= parts[gone].last_day
    assert agrees()
    # Nothing was made anew as a whole, and nothing is left of what no answer gives any more
    assert not DirtyMonth.objects.exists()
    assert not Cell.objects.filter(n__lte=0).exists()


def test_cells_that_counted_too_little_have_their_month_made_anew(crowd, exporter, caplog):
    crowd(seed=10, n=30)
    exporter.round()
    Cell.objects.update(n=0)
    Response.objects.exclude(answered_on__lt=date(2026, 3, 1)).first().delete()
    with caplog.at_level(logging.WARNING, "premura.engine"):
        exporter.round()
        exporter.round()
    assert "made anew" in caplog.text
    march = CountQuestion(tuple(METRICS), date(2026, 3, 1), date(2026, 3, 31), ("week",))
    assert counted(march).counts == counted_by_rows(march)


def test_one_exports_at_a_time(respond, exporter):
    respond(MARCH, nps=9)
    with exporter.store.writing() as mine:
        assert mine
        assert Exporter().round() == 0
    assert exporter.round()


def test_an_import_of_thousands_makes_the_month_anew(respond, surveys, exporter, monkeypatch):
    from premura.loop.understand import export

    monkeypatch.setattr(export, "BATCH", 30)
    exporter.round()
    for place in range(70):
        respond(MARCH + timedelta(days=place % 20), nps=place % 11)
    exporter.round()
    assert not Mark.objects.exists()
    assert len(exporter.store.manifest().files) == 1
    assert agrees()


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_not_passed_over(respond, surveys, subjects):
    """Two writers, of whom the first to begin is the last to commit; the exporter looks in between."""
    exporter = Exporter()
    exporter.round()
    begun, committed = threading.Event(), threading.Event()

    def slow_writer():
        with transaction.atomic():
            respond(MARCH, nps=10)
            begun.set()
            if connection.vendor == "postgresql":
                committed.wait(20)
        connection.close()

    writer = threading.Thread(target=slow_writer)
    writer.start()
    assert begun.wait(20)
    respond(MARCH, nps=0)  # on SQLite this waits for the other to end: it has one writer
    exporter.round()
    committed.set()
    writer.join()
    exporter.round()
    assert counted(CountQuestion(("nps",), *YEAR)).counts == {("nps",): {0: 1, 10: 1}}
    exporter.close()


@pytest.mark.django_db(transaction=True)
def test_a_month_is_made_anew_while_answers_come_in(respond, surveys, subjects):
    """The answers of a month are read at one moment: those that come in meanwhile are added once, not twice."""
    exporter = Exporter()
    exporter.round()
    stop = threading.Event()

    def writer():
        while not stop.is_set():
            respond(MARCH, nps=7)
        connection.close()

    thread = threading.Thread(target=writer)
    thread.start()
    for _ in range(6):
        DirtyMonth.objects.update_or_create(
            month_on=date(2026, 3, 1), defaults={"reason": "again", "marked_at": engine_state_time()}
        )
        exporter.round()
    stop.set()
    thread.join()
    while exporter.round():
        pass
    assert counted(CountQuestion(("nps",), *YEAR)).counts == {("nps",): {7: Response.objects.count()}}
    exporter.close()

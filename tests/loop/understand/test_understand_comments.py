"""Comments are read as they arrive and in batches, read again by a new model, and forgotten with the customer."""

from datetime import UTC, date, datetime

import pytest

DAY = date(2026, 3, 2)
MIXED = "Camera pulita, ma il personale è stato sgarbato"

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrive():
    """``arrive(response)``: the event of a response that came in."""
    from premura.core.history.history import record

    return lambda response: record("response.received", by=None, about=response, at=datetime(2026, 3, 2, tzinfo=UTC))


def test_words_are_read_once_when_they_arrive(respond, arrive):
    from premura.core.history.models import Event
    from premura.core.jobs.jobs import do_due_jobs
    from premura.loop import wiring
    from premura.loop.understand.models import CommentReading
    from premura.text import Context, understand

    event = arrive(respond(DAY, nps=3, text=MIXED))
    do_due_jobs(wiring.do)
    wiring.do("handle", {"event": event.pk, "stage": "understand"})

    reading = CommentReading.objects.get()
    expected = understand(MIXED, context=Context(expected_language="it"))
    kept = [(each.aspect, each.polarity, (each.start, each.end), each.p) for each in reading.aspects.all()]
    assert kept == [(each.aspect, each.polarity, each.span, each.p) for each in expected.aspects]
    assert ("cleanliness", "positive") in {each[:2] for each in kept}
    assert (reading.language, reading.sentiment, reading.p) == ("it", expected.sentiment.label, expected.sentiment.p)
    assert Event.objects.filter(name="comment.read").count() == 1


def test_a_response_without_words_has_no_reading(respond, arrive):
    from premura.core.history.models import Event
    from premura.loop.understand.comments import handle_response
    from premura.loop.understand.models import CommentReading

    handle_response(arrive(respond(DAY, nps=3)))

    assert not CommentReading.objects.exists()
    assert not Event.objects.filter(name="comment.read").exists()


def test_danger_is_a_signal_of_the_event(respond, arrive):
    from premura.core.history.models import Event
    from premura.loop.understand.comments import handle_response

    handle_response(arrive(respond(DAY, text="Mi sono fatto male con la scala rotta, contatterò il mio avvocato.")))

    assert {"legal", "safety"} <= set(Event.objects.get(name="comment.read").data["signals"])


def test_batches_go_on_until_everything_is_read_and_again_for_a_new_model(respond, monkeypatch):
    from premura.core.jobs.jobs import add_job, do_due_jobs
    from premura.loop import wiring
    from premura.loop.understand import comments
    from premura.loop.understand.models import CommentReading

    monkeypatch.setattr(comments, "BATCH", 2)
    for text in ("Tutto bene", "Attesa troppo lunga", "Prezzo alto", "Grazie mille", "Mai più"):
        respond(DAY, text=text)
    CommentReading.objects.all().delete()

    for _ in range(2):
        add_job(comments.READ, {}, key=comments.READ)
        do_due_jobs(wiring.do)
        assert CommentReading.objects.filter(model_version=comments.model_version()).count() == 5
        assert not comments.unread().exists()
        CommentReading.objects.update(model_version="older")


def test_a_change_of_the_rules_alone_has_comments_read_again(respond, monkeypatch):
    """As after an update that brought new words of praise and the same heads."""
    from premura.loop.understand import comments
    from premura.loop.understand.models import CommentReading
    from premura.text import version

    respond(DAY, text="Tutto bene")
    comments.do_read_comments({})
    before = comments.model_version()
    assert not comments.unread().exists()

    monkeypatch.setattr(version, "reading_digest", version.reading_digest.__wrapped__)
    monkeypatch.setattr(version, "rules_digest", lambda: "other rules")
    assert comments.model_version() != before
    assert comments.unread().count() == 1
    comments.do_read_comments({})
    assert CommentReading.objects.get().model_version == comments.model_version()


def test_a_batch_that_takes_long_ends_early_and_the_next_goes_on(respond, monkeypatch):
    """Nobody else writes on SQLite while a batch is read."""
    from premura.core.jobs.models import Job
    from premura.loop.understand import comments
    from premura.loop.understand.models import CommentReading

    monkeypatch.setattr(comments, "AT_ONCE", 1)
    monkeypatch.setattr(comments, "SECONDS", 0)
    for text in ("Tutto bene", "Attesa troppo lunga"):
        respond(DAY, text=text)
    CommentReading.objects.all().delete()
    Job.objects.all().delete()
    comments.do_read_comments({})
    assert CommentReading.objects.count() == 1
    assert Job.objects.filter(kind=comments.READ).count() == 1
    comments.do_read_comments({})
    assert not comments.unread().exists()


def test_reading_a_batch_costs_the_same_queries_however_many(respond, django_assert_max_num_queries):
    from premura.loop.understand.comments import read_answers, unread

    for _ in range(40):
        respond(DAY, text=MIXED)
    with django_assert_max_num_queries(13):
        read_answers(unread())


def test_forgetting_takes_what_points_into_the_words_and_keeps_what_was_counted(respond):
    from premura.core.customers.models import Customer
    from premura.loop import wiring
    from premura.loop.understand.comments import read_answers, unread
    from premura.loop.understand.models import CommentAspect, CommentReading

    anna = Customer.objects.create(name="Anna Prova", created_at=datetime(2026, 3, 1, tzinfo=UTC))
    respond(DAY, text="Personale sgarbato, chiamatemi al 347 1234567", customer=anna)
    other = respond(DAY, text=MIXED)
    read_answers(unread())
    before = CommentAspect.objects.count()

    wiring.forget_customer(anna, by=None)

    gone = CommentReading.objects.exclude(answer__response=other).get()
    assert gone.is_forgotten
    assert not gone.has_personal_data
    assert all(each["span"] is None for each in [*gone.emotions, *gone.signals.values()])
    assert CommentAspect.objects.count() == before
    assert all(each.end for each in CommentReading.objects.get(answer__response=other).aspects.all())
    assert not unread().exists()

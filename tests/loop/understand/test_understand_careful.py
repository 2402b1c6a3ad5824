"""What was read quickly is read again with care: once, in steps, and what people said of it holds."""

from datetime import UTC, date, datetime, timedelta

import pytest

from premura.text.careful import is_installed

DAY = date(2026, 3, 2)
TEXTS = ("Camera pulita, ma il personale è stato sgarbato", "Consegna in ritardo", "Tutto perfetto, grazie")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not is_installed(), reason="premura[careful] is not installed here"),
]


@pytest.fixture
def careful(settings) -> None:
    settings.CAREFUL = True


@pytest.fixture
def arrived(respond):
    """``arrived(text)``: a response with these words, just come in and read."""
    from django.utils import timezone

    from premura.core.history.history import record
    from premura.core.jobs.jobs import do_due_jobs
    from premura.loop import wiring

    def arrive(text: str):
        response = respond(DAY, nps=3, text=text)
        record("response.received", by=None, about=response, at=timezone.now())
        do_due_jobs(wiring.do)
        return response

    return arrive


def readings() -> list[tuple[str, str]]:
    from premura.loop.understand.models import CommentReading

    return list(CommentReading.objects.order_by("answer").values_list("tier", "model_version"))


def test_a_comment_that_arrives_is_read_at_once_and_again_with_care(arrived, careful):
    from premura.loop.understand import comments
    from premura.loop.understand.models import CommentReading
    from premura.text import CAREFUL, Context, understand

    arrived(TEXTS[0])

    expected = understand(TEXTS[0], context=Context(expected_language="it"), tier=CAREFUL)
    reading = CommentReading.objects.get()
    assert (reading.tier, reading.model_version) == (CAREFUL, comments.model_version(CAREFUL))
    assert (reading.sentiment, reading.p) == (expected.sentiment.label, expected.sentiment.p)
    kept = {(each.aspect, each.polarity, each.p) for each in reading.aspects.all()}
    assert kept == {(each.aspect, each.polarity, each.p) for each in expected.aspects}
    assert not comments.unread().exists()
    assert not comments.to_be_read_carefully().exists()


def test_it_goes_on_until_all_is_read_and_the_second_time_does_nothing(respond, careful, monkeypatch):
    from premura.core.jobs.jobs import add_job, do_due_jobs
    from premura.loop import wiring
    from premura.loop.understand import comments
    from premura.loop.understand.models import CommentReading

    monkeypatch.setattr(comments, "BATCH", 2)
    for text in TEXTS:
        respond(DAY, text=text)
    add_job(comments.READ, {}, key=comments.READ)
    do_due_jobs(wiring.do)
    assert readings() == [("careful", comments.model_version("careful"))] * 3

    first = list(CommentReading.objects.order_by("pk").values_list("pk", flat=True))
    add_job(comments.READ_CAREFULLY, {}, key=comments.READ_CAREFULLY)
    do_due_jobs(wiring.do)
    assert list(CommentReading.objects.order_by("pk").values_list("pk", flat=True)) == first


def test_what_an_older_careful_model_read_is_read_by_the_new_one_and_not_quickly_between(respond, careful):
    from premura.loop.understand import comments
    from premura.loop.understand.models import CommentReading

    respond(DAY, text=TEXTS[1])
    comments.read_answers(comments.unread(), tier="careful")
    CommentReading.objects.update(model_version="older")
    assert not comments.unread().exists()
    comments.do_read_carefully({})
    assert readings() == [("careful", comments.model_version("careful"))]


def test_what_a_person_said_holds_and_counts_the_same_after_it(respond, owner, careful):
    from premura.loop.understand import comments
    from premura.loop.understand.comment_reads import Said, spoken_of
    from premura.loop.understand.judgements import ASPECT, SENTIMENT, Told, judge_comment
    from premura.loop.understand.models import CommentReading, Judgement
    from premura.loop.understand.windows import Window
    from premura.text import CAREFUL, Context, understand

    respond(DAY, text=TEXTS[0])
    (answer,) = comments.unread()
    comments.read_answers([answer])
    judge_comment(answer, [Told(SENTIMENT, "", "positive"), Told(ASPECT, "price", "negative")], by=owner)
    comments.read_again_carefully([answer])

    reading = CommentReading.objects.get()
    assert (reading.tier, reading.sentiment, reading.p) == ("careful", "positive", 1.0)
    spoken = {row.aspect: row for row in spoken_of(owner, Window(DAY, DAY), Said())}
    assert spoken["price"].negative == 1
    machine = understand(TEXTS[0], context=Context(expected_language="it"), tier=CAREFUL)
    assert Judgement.objects.get(kind=SENTIMENT).machine == machine.sentiment.label


def test_what_only_care_saw_is_told_of_a_new_comment_and_of_no_old_one(arrived, careful, settings):
    from premura.core.history.models import Event
    from premura.loop.understand import comments
    from premura.loop.understand.models import CommentReading

    text = "Mi sono fatto male con la scala rotta, contatterò il mio avvocato."
    settings.CAREFUL = False
    response = arrived(text)
    settings.CAREFUL = True
    told = Event.objects.filter(name="comment.reread")
    for later, expected in ((timedelta(days=3), 0), (timedelta(), 1), (timedelta(), 1)):
        if not told.exists():  # as if the quick reading had seen nothing
            CommentReading.objects.update(signals={})
        answers = list(comments.to_be_read_carefully() or response.answers.filter(kind="text"))
        comments.read_again_carefully(answers, at=datetime.now(UTC) + later)
        assert told.count() == expected
    assert {"safety", "legal"} <= set(told.get().data["signals"])
    assert told.get().subject_id == str(response.pk)


def test_without_the_tier_nothing_waits_for_it(arrived):
    from premura.core.jobs.models import Job
    from premura.loop.understand import comments

    arrived(TEXTS[2])
    assert readings() == [("quick", comments.model_version())]
    assert not Job.objects.filter(kind=comments.READ_CAREFULLY).exists()
    comments.do_read_carefully({})
    assert readings()[0][0] == "quick"

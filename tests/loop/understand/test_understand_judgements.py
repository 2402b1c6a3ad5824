"""People put right what the machine understood: it holds through a new reading, it counts, agreement is measured."""

from datetime import date

import pytest

DAY = date(2026, 3, 2)
MIXED = "Camera pulita, ma il personale è stato sgarbato"

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(respond, owner):
    """A comment that was read, as its answer."""
    from premura.loop.understand.comments import read_answers, unread
    from premura.loop.understand.judgements import comment_for

    response = respond(DAY, nps=3, text=MIXED)
    read_answers(unread())
    return comment_for(owner, response.answers.get(kind="text").pk)


def said(answer):
    from premura.loop.understand.judgements import said_by
    from premura.loop.understand.models import CommentReading

    reading = CommentReading.objects.get(answer=answer)
    return said_by(reading, reading.aspects.all())


def test_a_judgement_holds_when_a_newer_model_reads_the_words_again(comment, owner):
    from premura.core.history.models import Event
    from premura.loop.understand.comments import read_answers
    from premura.loop.understand.judgements import Told, judge_comment

    before = said(comment)
    assert before["aspect", "staff"] == "negative"
    told = [
        Told("sentiment", "", "negative"),
        Told("aspect", "staff", "no"),
        Told("aspect", "price", "both"),
        Told("emotion", "fear", "yes"),
        Told("signal", "leaving", "yes"),
    ]
    judge_comment(comment, told, by=owner)
    judged = said(comment)
    assert judged["sentiment", ""] == "negative"
    assert ("aspect", "staff") not in judged
    assert judged["aspect", "price"] == "both"
    assert {("emotion", "fear"), ("signal", "leaving")} <= set(judged)

    read_answers([comment])

    assert said(comment) == judged
    rows = {(each.kind, each.label): (each.machine, each.by) for each in comment.judgements.all()}
    assert rows["aspect", "staff"] == ("negative", owner)
    assert rows["aspect", "price"] == ("no", owner)
    assert Event.objects.get(name="comment.judged").person == owner


def test_the_last_word_counts_and_the_earlier_ones_are_kept(comment, owner, new_person):
    from premura.loop.understand.judgements import Told, judge_comment

    second = new_person("manager")
    machine = said(comment)["sentiment", ""]
    judge_comment(comment, [Told("sentiment", "", "neutral")], by=owner)
    judge_comment(comment, [Told("sentiment", "", "positive")], by=second)

    first, last = comment.judgements.all()
    assert (first.value, first.replaced_at) == ("neutral", last.judged_at)
    assert (last.value, last.machine, last.replaced_at) == ("positive", machine, None)
    assert said(comment)["sentiment", ""] == "positive"


def test_judgements_count_in_figures_and_filters(comment, owner):
    from premura.loop.understand.comment_reads import Said, comments_understood, spoken_of
    from premura.loop.understand.judgements import Told, judge_comment
    from premura.loop.understand.windows import Window

    window = Window(DAY, DAY)
    judge_comment(comment, [Told("aspect", "staff", "positive"), Told("sentiment", "", "positive")], by=owner)

    staff = next(row for row in spoken_of(owner, window, Said()) if row.aspect == "staff")
    assert (staff.negative, staff.positive) == (0, 1)
    assert list(comments_understood(owner, window, Said(sentiment="positive"))) == [comment]
    assert not comments_understood(owner, window, Said(sentiment="uncertain"))


def test_agreement_is_measured_against_what_the_machine_says_by_itself(respond, owner):
    from premura.loop.understand.comments import read_answers, unread
    from premura.loop.understand.judgements import Told, agreements, confirm_comment, judge_comment
    from premura.loop.understand.models import CommentReading

    for text in ("Tutto perfetto", "Pessimo, mai più") * 10:
        respond(DAY, text=text)
    read_answers(unread())
    answers = [reading.answer for reading in CommentReading.objects.order_by("answer")]
    for answer in answers[:18]:
        confirm_comment(answer, by=owner)
    for answer in answers[18:]:
        wrong = "negative" if said(answer)["sentiment", ""] == "positive" else "positive"
        judge_comment(answer, [Told("sentiment", "", wrong)], by=owner)

    sentiment = agreements(owner)[0]
    assert (sentiment.kind, sentiment.same, sentiment.n) == ("sentiment", 18, 20)
    assert sentiment.kappa.value == pytest.approx(0.8)
    assert sentiment.kappa.low < 0.8 < sentiment.kappa.high


def test_what_cannot_be_said_is_refused_and_what_is_unread_waits(respond, owner):
    from premura.core.errors import Conflict, NotFound, PremuraError
    from premura.loop.understand.judgements import Told, comment_for, confirm_comment

    response = respond(DAY, nps=3, text=MIXED)
    for wrong in (("sentiment", "", "yes"), ("sentiment", "x", "positive"), ("aspect", "", "no"), ("mood", "a", "yes")):
        with pytest.raises(PremuraError):
            Told(*wrong)
    with pytest.raises(Conflict):
        confirm_comment(response.answers.get(kind="text"), by=owner)
    with pytest.raises(NotFound):
        comment_for(owner, response.answers.get(kind="nps").pk)

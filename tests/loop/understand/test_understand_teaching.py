"""What people put right is learnt at night, and reads only where it is measurably better."""

from datetime import UTC, date, datetime, timedelta

import pytest

NOW = datetime(2026, 3, 30, 3, tzinfo=UTC)
DAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


def judged(respond, owner, text: str, value: str) -> None:
    from premura.loop.understand.comments import read_answers, unread
    from premura.loop.understand.judgements import SENTIMENT, Told, judge_comment

    respond(DAY, text=text)
    answers = list(unread())
    read_answers(answers)
    for answer in answers:
        judge_comment(answer, [Told(SENTIMENT, "", value)], by=owner, at=NOW - timedelta(days=1))


def test_few_judgements_teach_nothing_and_it_says_so_once(respond, owner):
    from premura.loop.understand.comments import model_version
    from premura.loop.understand.teaching import current_head, head_of, learn

    assert learn(NOW) is None
    version = model_version()
    judged(respond, owner, "Tutto nella norma", "positive")
    row = learn(NOW)
    assert (row.why_not, row.comments, row.head) == ("too-few-comments", 1, {})
    assert learn(NOW + timedelta(days=1)) is None
    assert head_of(current_head()) is None
    assert model_version() == version


def test_what_is_better_reads_and_what_belongs_to_other_heads_does_not(company, owner):
    import numpy as np

    from premura.loop.understand import comments
    from premura.loop.understand.models import TaughtHead
    from premura.loop.understand.teaching import current_head, head_of
    from premura.text import OwnHead
    from premura.text.heads import heads_digest

    before = comments.model_version()
    outputs, weights, base = ("sentiment:positive",), np.zeros((1, 512), np.float32), np.ones(1, np.float32)
    kept = OwnHead(outputs, weights, base, heads_digest()).as_json()
    row = TaughtHead.objects.create(learnt_at=NOW, judgements=9, comments=9, head=kept, digest="abc")
    assert head_of(current_head()).outputs == outputs
    assert comments.model_version() != before
    row.head = {**kept, "heads": "other"}
    assert head_of(row) is None


def test_what_a_company_means_by_its_words_is_learnt_at_night_and_comments_are_read_with_it(respond, owner):
    """«La nave» is where one waits here: the shipped heads cannot know it, and people put it right again and again."""
    from premura.loop.understand import comments
    from premura.loop.understand.judgements import SENTIMENT, Told, judge_comment
    from premura.loop.understand.teaching import current_head, head_of, learn

    own = [
        f"{when} la nave {where}"
        for when in ("Lunedì", "Stamattina", "Ieri", "Di nuovo", "Anche oggi", "A fine turno")
        for where in ("a Mestre", "al banco", "in cantiere", "all'ingresso", "di Padova")
    ]
    others = [f"{good}, {what}" for good in ("Bravi", "Ottimo lavoro", "Grazie") for what in ("a presto", "torneremo")]
    others += [
        f"{what} {how}" for what in ("Personale", "Locale", "Servizio", "Ritiro") for how in ("gentile", "curato")
    ]
    for text in (*own, *others):
        respond(DAY, text=text)
    answers = list(comments.unread())
    comments.read_answers(answers)
    for answer in answers:
        value = "negative" if answer.text in own else "positive"
        judge_comment(answer, [Told(SENTIMENT, "", value)], by=owner, at=NOW - timedelta(days=1))
    before = comments.model_version()

    row = learn(NOW)

    (found,) = row.comparisons
    assert found["is_better"]
    assert found["own"] > found["shipped"]
    assert head_of(current_head()) is not None
    assert comments.model_version() != before
    respond(DAY, text="Sabato la nave del parcheggio")
    (reading,) = comments.read_answers(comments.unread().filter(text="Sabato la nave del parcheggio"))
    assert reading.sentiment == "negative"

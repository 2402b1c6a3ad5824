"""Twenty comments a month for people to judge: some that teach most, some drawn blindly; chosen once."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from premura.loop.understand.samples import choose_comments, teach_most, to_be_judged

NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
TEXTS = ("Tutto bene", "Personale sgarbato", "Camera sporca", "Insomma", "Consegna in ritardo di un'ora", "Prezzo alto")


@pytest.fixture
def commented(respond):
    """``commented(n)``: so many comments that were read."""
    from premura.loop.understand.comments import read_answers, unread

    def make(n):
        for at in range(n):
            respond((NOW - timedelta(days=2)).date(), text=f"{TEXTS[at % 6]} {at}")
        read_answers(unread()[:100])

    return make


@pytest.mark.django_db
def test_twenty_are_chosen_once_a_month_and_judging_takes_them_off(commented, owner):
    from premura.core.history.models import Event
    from premura.loop.understand.comment_reads import Said, comments_understood
    from premura.loop.understand.judgements import agreements, confirm_comment
    from premura.loop.understand.models import SampledComment
    from premura.loop.understand.windows import Window

    commented(30)
    assert choose_comments(NOW) == 20
    assert choose_comments(NOW + timedelta(hours=12)) == 0
    rows = SampledComment.objects.all()
    assert [row.is_blind for row in rows].count(True) == 8
    assert Event.objects.get(name="comments.sampled").data == {"month": "2026-03-01", "comments": 20}

    confirm_comment(rows.filter(is_blind=True)[0].answer, by=owner)
    assert to_be_judged(owner, NOW) == (19, 20)
    window = Window.ending(NOW.date(), 30)
    assert comments_understood(owner, window, Said(sample="1")).count() == 19
    assert [each.n for each in agreements(owner, is_blind=True) if each.kind == "sentiment"] == [1]


@pytest.mark.django_db
def test_few_comments_wait_for_more_until_the_end_of_the_month(commented):
    commented(3)
    assert choose_comments(NOW) == 0
    assert choose_comments(NOW + timedelta(days=6)) == 3


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(0, 1, width=32), max_size=12), st.integers(0, 15))
def test_each_is_chosen_at_most_once_the_most_doubtful_first(doubt, most):
    places = np.random.default_rng(0).normal(size=(len(doubt), 4)).astype(np.float32)
    chosen = teach_most(np.array(doubt, dtype=np.float32), places, most)
    assert len(chosen) == len(set(chosen)) == min(most, len(doubt))
    assert not chosen or doubt[chosen[0]] == max(doubt)

"""Did we listen critically? Praise, criticism, words, marks alike, copies: counted, said, never dropped (row S34)."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.listen.models import Answer, Programme, Response, Survey, SurveyVersion
from premura.loop.listen.surveys import us
from premura.loop.understand.listening_quality import SIGNS, is_straight, listened, listening_quality, responses_with
from premura.loop.understand.rules import Listened, warnings_of
from premura.loop.understand.windows import Window

WORDS = "il furgone era pulito e puntuale come sempre"


@pytest.fixture
def answer(company, vicenza, now):
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)

    def make(*marks, text="", location=vicenza, seconds=None):
        response = Response.objects.create(
            id=uuid4(), survey=survey, version=version, subject=us(), location=location, channel="link",
            language="it", answered_at=now, answered_on=now.date(), week_on=now.date(), seconds=seconds,
        )  # fmt: skip
        for number, (kind, score) in enumerate(marks):
            scale = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}[kind]
            Answer.objects.create(response=response, question=f"q{number}", kind=kind, scale=scale, score=score)
        if text:
            Answer.objects.create(response=response, question="comment", kind="text", text=text)

    return make


@pytest.fixture
def heard(owner, now):
    def read(person=owner, **filters):
        return listening_quality(person, Window.ending(now.date(), 30), **filters)

    return read


def test_a_wave_of_compliments_is_striking(answer, heard):
    for number in range(12):
        answer(("nps", 9 + number % 2), ("csat", 5), text="Bravi")
    (quality,) = heard()
    assert quality.warnings == ("praise-only", "few-words")
    assert (quality.praise.value, quality.critical.value, quality.counts.median_words) == (1.0, 0.0, 1)
    assert quality.praise.low < 0.8  # twelve are few, and the interval says so


def test_criticism_is_counted_and_nothing_is_dropped(answer, heard):
    for number in range(12):
        answer(("nps", 10), ("csat", 2 if number < 6 else 5), text=f"{WORDS} {number}")
    (quality,) = heard()
    assert quality.warnings == ()
    assert (quality.counts.responses, quality.counts.critical, quality.counts.praise) == (12, 6, 6)


def test_marks_all_alike_and_copied_words(answer, heard):
    for _ in range(10):
        answer(*[("csat", 3)] * 5, text=WORDS)
    (quality,) = heard()
    assert quality.warnings == ("straight", "repeated")
    assert (quality.counts.straight, quality.counts.repeated) == (10, 9)


def test_the_answers_behind_a_figure_are_as_many_as_it_says(answer, heard, owner, elsewhere, padova, now):
    for number in range(6):
        answer(("nps", 10), text=WORDS if number % 2 else "")
        answer(*[("csat", 1)] * 4, location=padova)
    window = Window.ending(now.date(), 30)
    (quality,) = heard()
    for sign in SIGNS:
        found = responses_with(owner, window, sign, survey=quality.survey.pk)
        assert len(found) == getattr(quality.counts, sign)
        assert len(set(found)) == len(found)
    assert [quality.counts.praise, quality.counts.critical, quality.counts.straight, quality.counts.repeated] == [
        6,
        6,
        6,
        2,
    ]
    assert len(responses_with(owner, window, "critical", location=padova.pk)) == 6
    assert responses_with(elsewhere, window, "praise", survey=0) == []


def test_who_answers_faster_than_one_reads_is_said_and_kept(answer, heard, owner, now):
    for seconds in [60] * 28 + [19, 1]:
        answer(("nps", 10), ("csat", 5), seconds=seconds)
    answer(("nps", 10), ("csat", 5))  # nobody measured: an older answer, or a page without a script
    (quality,) = heard()
    counts = quality.counts
    assert (counts.responses, counts.timed, counts.median_seconds, counts.fast) == (31, 30, 60.0, 2)
    assert (quality.fast.n, quality.warnings) == (30, ("praise-only", *quality.warnings[1:]))
    assert len(responses_with(owner, Window.ending(now.date(), 30), "fast")) == 2


def test_a_dash_typed_to_get_on_is_no_comment_and_is_found(answer, heard, owner, now):
    for words in ("-", "...", "x", "", "ok", "nessuna attesa"):
        answer(("nps", 8), text=words)
    counts = heard()[0].counts
    assert (counts.responses, counts.with_words) == (6, 2)
    assert len(responses_with(owner, Window.ending(now.date(), 2), "wordless")) == 4


def test_few_known_times_have_no_median_to_be_measured_by():
    marks = [("nps", "0-10", 9, ""), ("text", "", None, "bene")]
    assert listened([marks] * 29, [60] * 28 + [19]).fast == 0
    assert listened([marks] * 30, [60] * 29 + [19]).fast == 1
    assert listened([marks] * 12, [1] * 12).fast == 12
    assert warnings_of(listened([marks] * 12, [1] * 12)) == ["praise-only", "few-words", "fast"]
    assert listened([marks] * 2, [None, None]).fast == 0


def test_few_responses_are_nothing_to_warn_of(answer, heard):
    for _ in range(9):
        answer(("nps", 10))
    assert heard()[0].warnings == ()


def test_only_what_one_may_see(answer, heard, elsewhere, padova, vicenza):
    answer(("nps", 10))
    answer(("nps", 2), location=padova)
    assert heard(elsewhere)[0].counts.responses == 1
    assert heard(location=vicenza.pk)[0].counts.praise == 1
    assert heard()[0].counts.responses == 2


@pytest.mark.parametrize("number", [1, 10])
def test_two_queries(number, answer, heard, owner, django_assert_num_queries):
    for _ in range(number):
        answer(("nps", 10), text="Bravi")
    owner.location_ids()
    with django_assert_num_queries(2):
        heard()


marks = st.lists(st.tuples(st.sampled_from(["nps", "csat", "ces"]), st.integers(1, 5)), max_size=8)
SCALES = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}


@given(st.lists(st.tuples(marks, st.text(max_size=30)), max_size=15))
def test_counts_never_exceed_the_responses_and_order_does_not_matter(responses):
    rows = [
        [(kind, SCALES[kind], score, "") for kind, score in given_marks] + [("text", "", None, text)]
        for given_marks, text in responses
    ]
    counts = listened(rows)
    assert counts == listened(rows[::-1])
    assert counts.responses == len(rows)
    assert max(counts.marked, counts.with_words, counts.straight, counts.repeated) <= counts.responses
    assert counts.praise + counts.critical <= counts.marked


@given(marks)
def test_straight_means_one_kind_and_one_mark(given_marks):
    assert not is_straight(given_marks) or len(set(given_marks)) == 1


def test_scores_of_another_scale_are_no_marks():
    assert listened([[("rating", "1-10", 10, "")], [("csat", "1-10", 10, "")]]) == Listened(2, 0, 0, 0, 0, 0, 0, 0)
    assert warnings_of(Listened(50, 0, 0, 0, 0, 0, 0, 0)) == []

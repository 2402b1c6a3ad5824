"""Comments are found by meaning: across languages, without personal data, and not once they are erased."""

import json
from datetime import UTC, date, datetime

import numpy as np
import pytest

DAY = date(2026, 3, 2)
RUDE, DIRTY, LATE = (
    "Il personale è stato scortese",
    "Stanza sporca e polverosa",
    "La consegna è arrivata con due ore di ritardo",
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(respond):
    """``read(text, …)``: comments that came in and were read; gives their answers."""
    from premura.loop.understand.comments import read_answers, unread

    def make(*texts, **given):
        answers = [respond(DAY, text=text, **given).answers.get(kind="text") for text in texts]
        read_answers(unread())
        return answers

    return make


def test_comments_are_found_by_meaning_in_either_language_and_narrowed(read, owner):
    from premura.loop.understand.comment_reads import Said, comments_near
    from premura.loop.understand.windows import Window

    rude, dirty, _late = read(RUDE, DIRTY, LATE)
    window = Window(DAY, DAY)
    assert comments_near(owner, window, Said(), "the staff were rude")[0] == rude
    assert comments_near(owner, window, Said(), "camera non pulita")[0] == dirty
    assert rude not in comments_near(owner, window, Said(aspect="cleanliness"), "the staff were rude")
    assert not comments_near(owner, window, Said(), "zzz")


def test_many_comments_give_the_nearest_of_all(read, owner, monkeypatch):
    from premura.loop.understand import comment_reads
    from premura.loop.understand.windows import Window

    rude, dirty, _late = read(RUDE, DIRTY, LATE)
    monkeypatch.setattr(comment_reads, "MOST_RANKED", 1)
    found = comment_reads.comments_near(owner, Window(DAY, DAY), comment_reads.Said(), "the staff were rude")
    assert found[0] == rude
    assert dirty not in found


def test_the_file_grows_with_what_comes_in_and_is_made_again_when_it_is_missing_or_wrong(read, settings):
    from premura.loop.understand.comment_vectors import the_index
    from premura.loop.understand.models import CommentVector

    def is_right():
        ids, packed = the_index()
        kept = {row.answer_id: bytes(row.packed) for row in CommentVector.objects.all()}
        return dict(zip(ids.tolist(), (row.tobytes() for row in packed), strict=True)) == kept

    folder = settings.DATA / "comments"
    assert is_right()
    read(RUDE, DIRTY)
    assert is_right()
    name = json.loads((folder / "index.json").read_text())["name"]
    read(LATE)
    assert is_right()
    assert json.loads((folder / "index.json").read_text())["name"] == name
    (folder / f"{name}.vectors").write_bytes(b"cut off")
    assert is_right()
    (folder / "index.json").write_text("{nonsense")
    assert is_right()


def test_personal_data_is_masked_before_it_is_indexed(read):
    from premura.loop.understand.models import CommentVector
    from premura.text import embed, find_personal, mask, pack

    text = "Sono Anna Verdi, chiamatemi al 347 1234567"
    read(text)
    kept = np.frombuffer(CommentVector.objects.get().packed, dtype=np.int8)
    assert kept.tolist() == pack(embed([mask(text, find_personal(text))]))[0].tolist()


def test_erased_comments_leave_the_index_and_its_file(read, settings, django_capture_on_commit_callbacks):
    from premura.core.customers.models import Customer
    from premura.loop import wiring
    from premura.loop.understand.comment_vectors import the_index

    anna = Customer.objects.create(name="Anna Prova", created_at=datetime(2026, 3, 1, tzinfo=UTC))
    [gone] = read(RUDE, customer=anna)
    [other] = read(DIRTY)
    assert set(the_index()[0].tolist()) == {gone.pk, other.pk}
    with django_capture_on_commit_callbacks(execute=True):
        wiring.forget_customer(anna, by=None)
    assert not list((settings.DATA / "comments").glob("*.vectors"))
    assert the_index()[0].tolist() == [other.pk]


def test_emotions_at_least_as_likely_as_not_narrow(read, owner):
    from premura.loop.understand.comment_reads import Said, comments_understood
    from premura.loop.understand.judgements import Told, judge_comment
    from premura.loop.understand.windows import Window

    furious, glad = read("Sono furioso, una vergogna assoluta, mi avete preso in giro", "Che gioia, sono felicissima")
    window = Window(DAY, DAY)
    assert list(comments_understood(owner, window, Said(emotion="anger"))) == [furious]
    judge_comment(glad, [Told("emotion", "anger", "yes")], by=owner)
    assert set(comments_understood(owner, window, Said(emotion="anger"))) == {furious, glad}


def test_emotions_by_touchpoint_are_shares_with_interval_and_n(respond, owner, points):
    from premura.loop.understand.comment_emotions import felt_by_touchpoint
    from premura.loop.understand.comments import read_answers, unread
    from premura.loop.understand.windows import Window
    from premura.stats.intervals import wilson

    angry, calm = "Sono furioso, una vergogna assoluta, mi avete preso in giro", "La consegna è alle nove"
    for at in range(8):
        respond(DAY, text=angry if at < 2 else calm, touchpoint=points["delivery"])
    respond(DAY, text=calm)
    read_answers(unread())

    felt = felt_by_touchpoint(owner, Window(DAY, DAY))
    assert set(felt) == {points["delivery"].pk, None}
    anger = felt[points["delivery"].pk].shares["anger"]
    assert (anger.value, anger.n, (anger.low, anger.high)) == (0.25, 8, pytest.approx(wilson(2, 8)))
    assert felt[None].shares["anger"].value == 0

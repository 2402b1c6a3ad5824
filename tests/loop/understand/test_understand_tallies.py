"""What the readings count: the same by hand, from the answers of the database, and from the facts of the engine."""

import random
from collections import Counter
from datetime import date

import pytest

from premura.importers.responses.ids import response_id
from premura.loop.listen.models import Answer
from premura.loop.understand import engine_counts, remembered
from premura.loop.understand.competitors import competitor_index
from premura.loop.understand.delivery import delivery_gap
from premura.loop.understand.draws import endings, people_drawn, responses_drawn
from premura.loop.understand.drivers import _asked
from premura.loop.understand.export import Exporter
from premura.loop.understand.kano import kano_attributes
from premura.loop.understand.remembered import memories
from premura.loop.understand.tallies import ITEM, tally
from premura.loop.understand.windows import Window

pytestmark = pytest.mark.django_db
WINDOW = Window(date(2026, 1, 9), date(2026, 3, 12))


@pytest.fixture
def exporter():
    made = Exporter()
    yield made
    made.close()


@pytest.fixture
def answers(crowd):
    """A crowd, some of whom say both halves of a Kano question, one half only, or how strongly they felt something."""
    crowd(seed=21, n=90)
    responses = list(dict.fromkeys(answer.response for answer in Answer.objects.select_related("response")))
    for place, response in enumerate(responses[::2]):
        for part in ("functional", "dysfunctional")[: 1 + (place % 3 > 0)]:
            given = {"question": "lift", "part": part, "kind": "kano", "scale": "1-5", "score": 1 + place * 7 % 5}
            Answer.objects.create(response=response, **given)
        Answer.objects.create(response=response, question="felt", kind="emotion", scale="1-3", score=2, part="joy")


def by_hand(person, by, **wanted):
    seen, found, latest = person.location_ids(), Counter(), {}
    for answer in Answer.objects.select_related("response"):
        response = answer.response
        row = {name: getattr(answer, name) for name in ("question", "part", "scale", "kind", "score")}
        row |= {"touchpoint": answer.touchpoint_id, "survey": response.survey_id, "subject": response.subject_id}
        row |= {"perspective": response.perspective, "moment": response.moment, "location": response.location_id}
        row["month"] = response.answered_on.replace(day=1)
        is_seen = seen is None or row["location"] is None or row["location"] in seen
        is_meant = all(row[name] in (value or None,) for name, value in wanted.items())
        in_time = WINDOW.first_day <= response.answered_on <= WINDOW.last_day
        if is_seen and is_meant and in_time and row["score"] is not None and row["kind"] != "emotion":
            key = tuple(row[name] for name in by)
            found[key] += 1
            latest[key] = max(latest.get(key, response.answered_on), response.answered_on)
    return {(*key, n, latest[key]) for key, n in found.items()}


def test_a_tally_is_the_same_by_hand_by_rows_and_by_the_engine(
    answers, exporter, monkeypatch, owner, colleague, vicenza, subjects
):
    asked = [
        (owner, ("survey", *ITEM, "score"), {"perspective": "customer", "subject": subjects["us"].pk}),
        (owner, ("month", "location", "moment"), {}),
        (owner, ("question",), {"location": 0}),
        (colleague, ("subject", "perspective", "score"), {}),
        (colleague, ("kind",), {"location": vicenza.pk, "moment": "expectation"}),
    ]
    by_rows = [set(tally(person, WINDOW, by, **wanted)) for person, by, wanted in asked]
    assert by_rows == [by_hand(person, by, **wanted) for person, by, wanted in asked]
    assert tally(owner, WINDOW, ("kind",), question=[]) == []
    exporter.round()
    monkeypatch.setattr(engine_counts, "tallied_by_rows", lambda tally: pytest.fail(f"not by the engine: {tally}"))
    assert [set(tally(person, WINDOW, by, **wanted)) for person, by, wanted in asked] == by_rows


def test_readings_say_the_same_whether_the_engine_is_filled_or_not(
    answers, exporter, monkeypatch, django_assert_num_queries, owner, colleague, padova
):
    def readings():
        told = []
        for person in (owner, colleague):
            for place in (None, padova.pk, 0):
                told.append(kano_attributes(person, WINDOW, location=place))
                told.append(competitor_index(person, WINDOW, location=place))
                told.append(delivery_gap(person, WINDOW, least=2, location=place))
                told.append(_asked(person, WINDOW, place))
        return told

    before = readings()
    assert all(before[:4])
    assert sum(attribute.n for attribute in before[0]) > 10
    exporter.round()
    monkeypatch.setattr(engine_counts, "tallied_by_rows", lambda tally: pytest.fail(f"not by the engine: {tally}"))
    assert readings() == before
    # Us, and how far the engine is filled: as many whatever the number of answers
    with django_assert_num_queries(2):
        kano_attributes(owner, WINDOW)


def test_a_file_that_cannot_be_read_is_reported_and_the_answers_are_counted(answers, exporter, owner):
    before = set(tally(owner, WINDOW, ("kind",)))
    exporter.round()
    store = engine_counts.the_store()
    for file in store.manifest().files:
        (store.folder / file.name).write_bytes(b"PAR1 not a table of facts PAR1")
    assert set(tally(owner, WINDOW, ("kind",))) == before
    # Its months are to be made anew, and until then nobody asks it
    assert engine_counts.engine_state() is None


@pytest.mark.parametrize(("share", "digits"), [(0.4, 2), (0.1, 2), (0.02, 3)])
def test_a_draw_takes_its_share_of_what_came_in_at_any_time_and_of_any_import(share, digits):
    drawn = set(endings(share, digits))
    chance = random.Random(3)
    of_a_file = [response_id(7, n).hex for n in range(1, 20_001)]
    # The time, then chance: as the public page makes them
    of_a_page = [f"{n:012x}7{chance.getrandbits(76):019x}" for n in range(20_000)]
    for hex_ids in (of_a_file, of_a_page):
        halves = (hex_ids[:10_000], hex_ids[10_000:])
        shares = [sum(one[-digits:] in drawn for one in half) / len(half) for half in halves]
        assert all(abs(found - share) < 0.2 * share for found in shares), shares


def test_what_is_drawn_is_a_part_the_same_ones_each_time_and_people_stay_whole(monkeypatch, answers, owner):
    rows = Answer.objects.order_by()
    drawn = set(responses_drawn(rows, 0.4).values_list("response", flat=True))
    assert set(responses_drawn(rows, 0.4).values_list("response", flat=True)) == drawn
    assert drawn == {answer.response_id for answer in rows if answer.response_id.hex[-2:] in endings(0.4, 2)}
    assert set(responses_drawn(rows, 0.2).values_list("response", flat=True)) <= drawn
    named = list(Answer.objects.exclude(response__customer=None).values_list("response__customer", "pk"))
    for share in (1.0, 0.5):
        parts = [set(part.values_list("pk", flat=True)) for part in people_drawn(rows, share)]
        found = set().union(*parts)
        assert len(found) == sum(map(len, parts))
        people = {customer for customer, pk in named if pk in found}
        assert found >= {pk for customer, pk in named if customer in people}
    assert found < set(rows.values_list("pk", flat=True))
    whole = memories(owner, WINDOW)
    monkeypatch.setattr(remembered, "MOST", whole.drawn.of // 3)
    part = memories(owner, WINDOW)
    assert whole.drawn.is_all
    assert part.drawn.read < part.drawn.of == whole.drawn.of
    assert not part.drawn.is_all

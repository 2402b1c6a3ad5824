"""Two breakdowns, segments, bands and one's own meetings: what SQL counts is what one counts by hand."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.understand.counting import BREAKDOWNS, NO_WORD, NONE, behind, count_scores, histograms, names_of
from premura.loop.understand.metrics import HEADLINES, METRICS, Counts, total
from premura.loop.understand.windows import Window

ALL = Window(date(2026, 1, 1), date(2026, 12, 31))
BANDS = ((0, 6, "detractors"), (7, 8, "passives"), (9, 10, "promoters"))


def pk(row, name):
    return row[name] and row[name].pk


def band(row):
    return next((code for low, high, code in BANDS if row["nps"] is not None and low <= row["nps"] <= high), None)


KEYS = {
    "touchpoint": lambda row: pk(row, "touchpoint"),
    "location": lambda row: pk(row, "location"),
    "channel": lambda row: row["channel"],
    "week": lambda row: row["day"] - timedelta(days=row["day"].weekday()),
    "month": lambda row: row["day"].replace(day=1),
    "survey": lambda row: pk(row, "survey"),
    "subject": lambda row: pk(row, "subject"),
    "language": lambda row: row["language"],
    "perspective": lambda row: row["perspective"],
    "moment": lambda row: row["moment"],
    "segment": lambda row: (row["customer"] and row["customer"].segment) or None,
    "band": band,
}


@pytest.fixture
def people(company, now, owner, points):
    """Three customers, two of them in segments; ``meet(customer, person)`` makes a meeting."""
    from premura.core.customers.models import Customer, Interaction

    customers = [
        Customer.objects.create(name=f"Cliente {place}", segment=segment, created_at=now)
        for place, segment in enumerate(("Imprese", "Privati", ""))
    ]

    def meet(customer, person):
        return Interaction.objects.create(
            customer=customer, touchpoint=points["counter"], person=person, channel="counter", happened_at=now
        )

    return customers, meet


@pytest.fixture
def rows(crowd, respond, people, company, owner, colleague, subjects, surveys, points, vicenza):
    """Responses of every sort, some of named customers who met somebody. One colleague may be told of."""
    company.minimum_n = 1
    company.save()
    customers, meet = people
    made = [{**row, "person": row["interaction"] and row["interaction"].person} for row in crowd(seed=11, n=120)]
    random = Random(5)
    for _ in range(60):
        customer, person = random.choice(customers), random.choice([owner, colleague])
        row = {
            "day": date(2026, 2, 1) + timedelta(days=random.randrange(40)),
            "touchpoint": random.choice([points["delivery"], None]),
            "survey": surveys[0],
            "location": vicenza,
            "channel": "phone",
            "language": "it",
            "subject": subjects["us"],
            "perspective": "customer",
            "moment": "perception",
            "nps": random.choice([None, *range(11)]),
            "csat": random.choice([None, 1, 2, 3, 4, 5]),
            "ces": random.choice([None, *range(1, 8)]),
            "scales": None,
            "text": "",
            "expectation": random.choice(["", "above"]),
            "customer": customer,
        }
        respond(**row, interaction=meet(customer, person))
        made.append({**row, "person": person})
    return made


def score_in(row, metric):
    if metric.choices:
        return metric.choices.get(row.get(metric.question, ""))
    kind = metric.kinds[0]
    return None if kind in (row["scales"] or {}) else row[kind]


def recount(rows, metric, by, keep=lambda row: True):
    """The same count without a database: a default holds unless the breakdown opens it."""
    result = {}
    for row in rows:
        defaults = {
            "perspective": row["perspective"] == "customer",
            "moment": row["moment"] == "perception",
            "subject": row["subject"].is_us,
        }
        score = score_in(row, metric)
        if score is None or not keep(row) or not all(is_so or name in by for name, is_so in defaults.items()):
            continue
        result.setdefault(tuple(KEYS[name](row) for name in by), Counter())[score] += 1
    return result


@pytest.mark.django_db
def test_every_pair_of_breakdowns_is_what_one_counts_by_hand(rows, owner):
    metric = METRICS["csat"]
    names = list(KEYS)
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            assert count_scores(owner, metric, ALL, (first, second)) == recount(rows, metric, (first, second))


@pytest.mark.django_db
def test_every_breakdown_alone(rows, owner):
    for name in KEYS:
        for metric in METRICS.values():
            expected = {keys[0]: counts for keys, counts in recount(rows, metric, (name,)).items()}
            assert count_scores(owner, metric, ALL, name) == expected


@pytest.mark.django_db
def test_the_parts_of_two_breakdowns_are_the_whole(rows, owner):
    for metric in METRICS.values():
        whole = count_scores(owner, metric, ALL).get(None, Counts())
        assert total(count_scores(owner, metric, ALL, ("question", "segment")).values()) == whole


@pytest.mark.django_db
def test_filters_of_segment_band_and_own_meetings(rows, owner, colleague, points, padova):
    metric = METRICS["ces"]
    tests = {
        "segment": {
            "Imprese": lambda row: KEYS["segment"](row) == "Imprese",
            NO_WORD: lambda row: KEYS["segment"](row) is None,
            "Nessuno di questi": lambda row: False,
        },
        "band": {code: lambda row, code=code: band(row) == code for _low, _high, code in BANDS}
        | {NO_WORD: lambda row: band(row) is None},
        "touchpoint": {NONE: lambda row: row["touchpoint"] is None},
    }
    for name, values in tests.items():
        for value, keep in values.items():
            expected = recount(rows, metric, ("channel",), keep)
            found = count_scores(owner, metric, ALL, ("channel",), **{name: value})
            assert found == expected, (name, value)
    for person, unseen in ((owner, None), (colleague, padova)):
        told = [row for row in rows if row["person"] == person and (unseen is None or row["location"] != unseen)]
        mine = recount(told, metric, ())
        assert mine
        assert count_scores(person, metric, ALL, is_mine=True) == {None: mine[()]}
    assert histograms(None, [metric], ALL, None, _slice(is_mine=True)) == {}


def _slice(**filters):
    from premura.loop.understand.counting import Slice

    return Slice.of(filters)


@pytest.mark.django_db
def test_several_metrics_in_one_query_are_each_as_alone(rows, owner, django_assert_num_queries):
    wanted = [METRICS[code] for code in (*HEADLINES, "csat_mean")]
    owner.location_ids()
    with django_assert_num_queries(1):
        found = histograms(owner, wanted, ALL, "location", _slice())
    for metric in wanted:
        alone = {(metric.code, key): counts for key, counts in count_scores(owner, metric, ALL, "location").items()}
        assert {key: counts for key, counts in found.items() if key[0] == metric.code} == alone


@pytest.mark.django_db
def test_nobody_sees_another_place_through_two_breakdowns(rows, elsewhere, padova):
    found = count_scores(elsewhere, METRICS["nps"], ALL, ("location", "segment"))
    assert {keys[0] for keys in found} <= {padova.pk, None}


@given(st.lists(st.sampled_from(list(BREAKDOWNS)), max_size=4))
def test_at_most_two_different_breakdowns(names):
    if len(names) <= 2 and len(set(names)) == len(names):
        assert names_of(names) == tuple(names)
    else:
        with pytest.raises(ValueError, match="at most 2"):
            names_of(names)


def test_what_fewer_colleagues_than_the_minimum_said_is_not_told_nor_ever_listed(respond, company, owner):
    """Row S18: the threshold is in the query, whatever page or file asks."""
    from premura.loop.listen.reads import Wanted, responses_for

    company.minimum_n = 5
    company.save()
    for number in range(4):
        respond(date(2026, 3, 2), nps=number, perspective="staff")
    respond(date(2026, 3, 2), nps=9)
    window = Window(date(2026, 3, 1), date(2026, 3, 31))
    staff = {"perspective": "staff"}
    assert count_scores(owner, METRICS["nps"], window, **staff) == {}
    assert set(count_scores(owner, METRICS["nps"], window, "perspective")) == {"customer"}
    respond(date(2026, 3, 2), nps=9, perspective="staff")
    assert count_scores(owner, METRICS["nps"], window, **staff)[None].n == 5
    assert count_scores(owner, METRICS["nps"], window, "perspective")["staff"].n == 5
    assert count_scores(owner, METRICS["nps"], window, "week", **staff)[date(2026, 3, 2)].n == 5
    assert behind(owner, METRICS["nps"], window, **staff).count() == 0
    assert [row.perspective for row in responses_for(owner, Wanted())] == ["customer"]


def test_nobody_among_colleagues_can_be_had_by_taking_one_figure_from_another(respond, company, owner, vicenza, padova):
    company.minimum_n = 5
    company.save()
    nps, march, staff = METRICS["nps"], Window(date(2026, 3, 1), date(2026, 3, 31)), {"perspective": "staff"}
    for _number in range(5):
        respond(date(2026, 3, 2), nps=9, csat=4, perspective="staff", location=vicenza)
    assert count_scores(owner, nps, march, "location", **staff)[vicenza.pk].n == 5
    alone = respond(date(2026, 3, 20), nps=0, perspective="staff", location=padova)
    assert count_scores(owner, nps, march, **staff)[None].n == 6
    # Six less five would be one: neither a place, nor fewer days of the quarter
    assert count_scores(owner, nps, march, "location", **staff) == {}
    assert count_scores(owner, nps, march, location=vicenza.pk, **staff) == {}
    assert count_scores(owner, nps, Window(march.first_day, date(2026, 3, 19)), **staff) == {}
    assert count_scores(owner, nps, march, "week", **staff) == {}
    # Two who answer three questions each are two, not six
    alone.answers.all().delete()
    assert count_scores(owner, nps, march, "location", **staff)[vicenza.pk].n == 5

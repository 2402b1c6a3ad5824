"""Readings through time: whole periods of their own people, limits only where there is enough to know them."""

from datetime import date, timedelta

import pytest

from premura.core.customers.customers import add_customer
from premura.core.customers.models import Purchase
from premura.loop.understand.courses import course_of
from premura.loop.understand.returning import count_months, returning
from premura.loop.understand.service_quality import service_quality
from premura.loop.understand.windows import Window
from premura.stats import p_chart, top_box, xmr
from premura.stats.estimate import Estimate

MONTHS = [date(2025 + place // 12, place % 12 + 1, 1) for place in range(14)]


def told(value: float, n: int = 50) -> Estimate:
    return Estimate(value, None, None, n, "t-one-answer")


def test_eight_periods_with_enough_answers_have_limits_and_the_others_no_part_in_them():
    values = [10.0, 11, 10, 12, 11, 10, 12, 11]
    given = {month: told(value) for month, value in zip(MONTHS, values, strict=False)}
    assert course_of({**given, MONTHS[3]: told(90.0, 3)}, "month", least=30).chart is None
    course = course_of({**given, MONTHS[9]: told(90.0, 3), MONTHS[10]: told(40.0)}, "month", least=30)
    assert course.charted == (0, 1, 2, 3, 4, 5, 6, 7, 10)
    assert course.chart == xmr([*values, 40.0])
    assert {signal.index for signal in course.chart.signals if signal.rule == "beyond_limit"} == {8}
    # A month in which nobody answered keeps its place
    assert [moment.day for moment in course.moments] == MONTHS[:11]
    assert course.moments[8].estimate.value is None


def test_limits_of_shares_follow_their_answers():
    pairs = {month: (8 + place % 3, 30 + 5 * place) for place, month in enumerate(MONTHS[:9])}
    course = course_of({day: top_box(*pair) for day, pair in pairs.items()}, "month", least=30, shares=pairs)
    assert course.chart == p_chart(*zip(*pairs.values(), strict=True))


@pytest.mark.parametrize("given", [{}, {MONTHS[0]: told(1.0)}, {MONTHS[0]: told(1.0, 2), MONTHS[1]: told(1.0, 2)}])
def test_one_period_or_none_is_no_course(given):
    assert not course_of(given, "month", least=30).is_told


def test_everybody_in_a_month_has_had_the_same_time_to_come_back():
    jan, feb, mar = MONTHS[:3]
    rows = [
        (1, jan, 1000, 1), (1, jan + timedelta(days=5), 2000, 1), (1, feb, 500, 1),  # back after the last of the month
        (2, jan, 700, 1), (2, jan + timedelta(days=91), 100, 1),  # one day too late
        (3, jan, 400, 1), (3, jan + timedelta(days=2), -400, 0),  # given back: bought, spent nothing
    ]  # fmt: skip
    found = count_months(rows, [jan, feb, mar], date(2025, 5, 1))
    assert found.again == {jan: (1, 3)}  # of February not everybody has had ninety days
    assert (found.spent[jan].value, found.spent[jan].n) == (pytest.approx((30 + 7 + 0) / 3), 3)
    later = count_months(rows, [jan, feb, mar], date(2025, 5, 31))
    assert later.again == {jan: (1, 3), feb: (0, 1)}


@pytest.mark.django_db
def test_only_whole_months_and_only_ones_own_customers(owner, colleague, vicenza, padova, django_assert_num_queries):
    colleague.refresh_from_db()
    for name, place in (("Qui", vicenza), ("Là", padova)):
        who = add_customer(name=name, location=place, by=owner)
        for ago, day in enumerate([date(2025, 1, 31), date(2025, 2, 3), date(2025, 6, 30)]):
            Purchase.objects.create(customer=who, bought_on=day, cents=1000, source="x", external_id=f"{name} {ago}")
    window = Window(date(2025, 1, 15), date(2025, 6, 30))
    owner.location_ids()
    with django_assert_num_queries(2):
        found = returning(owner, window, "EUR")
    assert found.again == {date(2025, 2, 1): (0, 2)}  # January is cut, June has not had its time
    assert set(found.spent) == {date(2025, 2, 1), date(2025, 6, 1)}
    mine = returning(colleague, window, "EUR")
    assert [estimate.n for estimate in mine.spent.values()] == [1, 1]
    assert returning(owner, window, "CHF").spent == {}


@pytest.mark.django_db
def test_the_overall_gap_is_told_month_by_month_as_it_was_counted(respond, owner, surveys):
    """Each person's own gaps, in the month in which they said what they found; quarters where months are too thin."""
    version = surveys[0].versions.get()
    version.definition = {"questions": [{"code": "kept", "kind": "pair", "dimension": "reliability"}]}
    version.save()
    for place, (expected, found) in enumerate([(7, 5), (6, 6), (7, 4), (7, 6)]):
        response = respond(MONTHS[place % 2] + timedelta(days=place))
        for part, score in (("expectation", expected), ("perception", found)):
            response.answers.create(question="kept", part=part, kind="pair", scale="1-7", score=score)
    window = Window(date(2025, 1, 1), date(2025, 6, 30))
    told = service_quality(owner, window, least=2, weights={})
    assert told.step == "month"
    assert {day: gap.value for day, gap in told.through_time.items()} == {MONTHS[0]: -2.5, MONTHS[1]: -0.5}
    thin = service_quality(owner, window, least=3, weights={})
    assert (thin.step, {day: gap.value for day, gap in thin.through_time.items()}) == ("quarter", {MONTHS[0]: -1.5})
    assert service_quality(owner, window, least=2, weights={}, steps=()).through_time == {}

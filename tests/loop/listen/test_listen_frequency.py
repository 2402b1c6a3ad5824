"""Whom to ask: the pure judgement."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from premura.loop.listen.frequency import Limits, Occasion, decide

START = datetime(2026, 1, 1, tzinfo=UTC)
LIMITS = st.builds(Limits, st.integers(1, 4), st.integers(1, 60), st.integers(0, 20))
OCCASIONS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 200)), max_size=40)


def _occasions(drawn: list[tuple[int, int]]) -> list[Occasion]:
    return [Occasion(who, f"m:{n}", START + timedelta(days=day)) for n, (who, day) in enumerate(drawn)]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OCCASIONS, LIMITS)
def test_nobody_is_asked_more_often_than_the_limits_say(drawn, limits):
    decisions = decide(_occasions(drawn), {}, limits)
    assert len(decisions) == len(drawn)
    for who in {who for who, _day in drawn}:
        asked = [row.occasion.ask_at for row in decisions if row.is_asked and row.occasion.customer == who]
        assert all(b - a >= timedelta(days=limits.days_between) for a, b in pairwise(asked))
        window = timedelta(days=limits.window_days)
        assert all(sum(end - window < at <= end for at in asked) <= limits.most for end in asked)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OCCASIONS, LIMITS)
def test_who_is_not_asked_really_was_asked_enough(drawn, limits):
    """No refusal without its reason: each is explained by those who were asked before."""
    decisions = decide(_occasions(drawn), {}, limits)
    asked: dict[int, list[datetime]] = {}
    for row in decisions:
        at, before = row.occasion.ask_at, asked.setdefault(row.occasion.customer, [])
        if row.reason == "too_soon":
            assert at - before[-1] < timedelta(days=limits.days_between)
        elif row.reason == "too_many":
            assert sum(at - timedelta(days=limits.window_days) < day for day in before) >= limits.most
        else:
            before.append(at)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OCCASIONS, LIMITS)
def test_the_order_in_which_a_query_answers_changes_nothing(drawn, limits):
    rows = _occasions(drawn)
    assert decide(rows, {}, limits) == decide(list(reversed(rows)), {}, limits)


def test_what_stands_in_the_way_comes_before_the_limits_and_uses_none_of_them():
    out = Occasion(1, "a", START, against="opted_out")
    decisions = decide([out, Occasion(1, "b", START)], {}, Limits(most=1))
    assert [row.reason for row in decisions] == ["opted_out", ""]

"""Differences and ratios of independent estimates, against simulation and against Newcombe's interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import (
    Estimate,
    StatsError,
    compare_means,
    compare_shares,
    difference_of,
    mean,
    p_of_difference,
    ratio_of,
    top_box,
)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(40, 90), st.integers(40, 90))
def test_of_two_shares_it_is_newcombes_interval(x1, x2, n1, n2):
    mine, theirs = difference_of(top_box(x1, n1), top_box(x2, n2)), compare_shares(x1, n1, x2, n2).difference
    assert (mine.value, mine.low, mine.high) == pytest.approx((theirs.value, theirs.low, theirs.high))


def test_it_holds_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(7)
    scores, weights = np.arange(1, 6), ([0.05, 0.1, 0.2, 0.4, 0.25], [0.1, 0.2, 0.3, 0.3, 0.1])
    a, b = (float(scores @ w) for w in weights)
    inside = {"difference": 0, "ratio": 0}
    draws = 600
    for _ in range(draws):
        first, second = (
            mean({int(s): int(c) for s, c in zip(scores, rng.multinomial(60, w), strict=True)}, scale=(1, 5))
            for w in weights
        )
        difference, ratio = difference_of(first, second), ratio_of(first, second)
        inside["difference"] += difference.low <= a - b <= difference.high
        inside["ratio"] += ratio.low <= a / b <= ratio.high
    assert all(0.92 <= count / draws <= 0.98 for count in inside.values()), inside


@given(st.floats(1, 7), st.floats(0.01, 0.9), st.floats(1, 7), st.floats(0.01, 0.9))
def test_turning_it_round_turns_the_interval_round(a, half_a, b, half_b):
    first = Estimate(a, a - half_a, a + half_a, 10, "t")
    second = Estimate(b, b - half_b, b + half_b, 10, "t")
    there, back = difference_of(first, second), difference_of(second, first)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    there, back = ratio_of(first, second), ratio_of(second, first)
    assert there.low <= there.value <= there.high
    assert (there.low, there.high) == pytest.approx((1 / back.high, 1 / back.low))


def test_without_a_value_or_an_interval_there_is_none():
    known, bare = Estimate(4, 3, 5, 9, "t"), Estimate(2, None, None, 1, "t-one-answer")
    empty = Estimate(None, None, None, 0, "t")
    assert difference_of(known, bare) == Estimate(2, None, None, 10, "mover-no-interval")
    assert ratio_of(known, bare) == Estimate(2, None, None, 10, "mover-no-interval")
    assert difference_of(known, empty).value is ratio_of(empty, known).value is None
    assert ratio_of(known, Estimate(1, 0, 3, 5, "t")).low is None
    with pytest.raises(StatsError, match="above zero"):
        ratio_of(known, Estimate(0, 0, 0.1, 5, "wilson"))


@given(st.floats(-50, 50), st.floats(0.001, 40), st.floats(0.001, 40))
def test_p_is_below_a_twentieth_exactly_where_the_interval_leaves_zero_out(d, down, up):
    p = p_of_difference(Estimate(d, d - down, d + up, 90, "mover-difference"))
    assert 0 <= p <= 1
    assert (p < 0.05) == (d - down > 1e-12 or d + up < -1e-12) or abs(p - 0.05) < 1e-9


def test_p_of_two_large_groups_is_that_of_welch():
    before, now = {1: 210, 2: 300, 3: 190, 4: 120, 5: 80}, {1: 190, 2: 290, 3: 200, 4: 130, 5: 105}
    apart = difference_of(mean(now), mean(before))
    welch = compare_means(now, before)
    assert p_of_difference(apart) == pytest.approx(welch.p, rel=0.02)
    assert apart.low == pytest.approx(welch.difference.low, rel=0.02)


def test_without_an_interval_there_is_no_p():
    assert p_of_difference(Estimate(None, None, None, 0, "x")) is None
    assert p_of_difference(Estimate(3.0, None, None, 4, "x")) is None
    assert p_of_difference(Estimate(0.0, 0.0, 0.0, 4, "x")) == 1
    assert p_of_difference(Estimate(1.0, 1.0, 2.0, 4, "x")) == 0

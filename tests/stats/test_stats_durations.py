"""Durations: Kaplan-Meier against the classic leukaemia data, quantiles against binomial ranks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import StatsError, quantile, survival, waits

pytestmark = pytest.mark.filterwarnings("error")

# Freireich et al., Blood 21 (1963) 699-716: weeks of remission with 6-MP (False: still in remission) and placebo.
TREATED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [True, True, True, False, True, False, True, False, False, True, True, False, False, False, True, True,
         False, False, False, False, False]  # fmt: skip
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


# The curve as printed in textbooks and by SAS LIFETEST; medians with log-log intervals agree with lifelines 0.30.
def test_treated():
    s = survival(TREATED, ENDED)
    assert s.times == (6, 7, 10, 13, 16, 22, 23)
    assert s.at_risk == (21, 17, 15, 12, 11, 7, 6)
    assert s.running == pytest.approx((0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482), abs=5e-5)
    assert (s.low[-1], s.high[-1]) == pytest.approx((0.18805201, 0.68014263))
    assert (s.median.value, s.median.method, s.median_at_least) == (23, "kaplan-meier-open", 13)
    assert not s.median.has_interval
    assert (s.n, s.ended) == (21, 9)


def test_placebo():
    s = survival(PLACEBO, [True] * 21)
    assert (s.median.value, s.median.low, s.median.high) == (8, 4, 11)
    assert s.running[-1] == 0
    assert s.quantile(0.25) == 4
    assert s.running_after(8) == pytest.approx(8 / 21)
    assert s.running_after(0.5) == 1.0


def test_leaving_out_what_still_runs_would_flatter():
    closed = [t for t, c in zip(TREATED, ENDED, strict=True) if c]
    assert survival(closed, [True] * len(closed)).median.value < survival(TREATED, ENDED).median.value


def test_nothing_ended_or_nothing_there():
    running = survival([3, 4], [False, False])
    assert (running.median.value, running.median.method, running.n) == (None, "kaplan-meier-not-reached", 2)
    assert running.times == ()
    assert running.running_after(9) == 1.0
    assert running.quantile(0.5) is None
    empty = survival([], [])
    assert (empty.median.value, empty.median.n, empty.running_after(1)) == (None, 0, None)
    one = survival([5], [True])
    assert (one.median.value, one.median.has_interval) == (5, False)


def test_all_at_once():
    s = survival([4] * 30, [True] * 30)
    assert s.median.value == 4
    assert s.running == (0.0,)


def test_broken_input_is_refused():
    for t, c, code in (
        ([1], [True, False], "wrong_shape"),
        ([1, 2], ["yes", "no"], "wrong_shape"),
        ([1], [math.nan], "wrong_shape"),
        ([1], [None], "wrong_shape"),
        ([-1], [True], "negative_duration"),
        ([math.nan], [True], "not_finite"),
        (["x"], [True], "not_a_number"),
    ):
        with pytest.raises(StatsError) as caught:
            survival(t, c)
        assert caught.value.code == code
    assert survival([1, 2], [1, 0]) == survival([1, 2], [True, False])
    with pytest.raises(StatsError):
        waits([-1])
    with pytest.raises(StatsError):
        quantile([1], 1.5)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60), st.randoms())
def test_curve_laws(rows, random):
    s = survival([t for t, _ in rows], [c for _, c in rows])
    assert list(s.running) == sorted(s.running, reverse=True)
    for low, here, high in zip(s.low, s.running, s.high, strict=True):
        assert 0 <= low <= here + 1e-12
        assert here - 1e-12 <= high <= 1
    shuffled = random.sample(rows, len(rows))
    assert survival([t for t, _ in shuffled], [c for _, c in shuffled]) == s
    if rows and all(c for _, c in rows):  # nothing censored: the share of longer durations
        assert s.running_after(10) == pytest.approx(sum(t > 10 for t, _ in rows) / len(rows))


# Ranks of the median interval: Conover, table of the sign test; n = 100: 40th to 61st, n = 10: 2nd to 9th.
def test_quantile_ranks():
    e = quantile(range(1, 101), 0.5)
    assert (e.value, e.low, e.high) == (50.5, 40, 61)
    e = quantile(range(1, 11), 0.5)
    assert (e.low, e.high) == (2, 9)
    assert quantile([1, 2, 3], 0.5).method == "order-statistics-too-few"
    assert quantile([], 0.9).value is None


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_quantile_interval_holds_the_truth(share):
    rng = np.random.default_rng(8)
    true = -math.log(1 - share)
    inside = [e.low <= true <= e.high for e in (quantile(row, share) for row in rng.exponential(size=(800, 80)))]
    assert np.mean(inside) > 0.94


def test_waits():
    w = waits([3, 5, 8, 2, 9, 4, 6, 30], target=8)
    assert (w.median.value, w.within.value, w.within.n, w.n) == (5.5, 0.75, 8, 8)
    assert waits([1]).within is None
    none = waits([], target=5)
    assert (none.median.value, none.p90.value, none.within.value, none.n) == (None, None, None, 0)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=80), st.floats(0.01, 0.99))
def test_quantile_laws(values, share):
    e = quantile(values, share)
    assert min(values) <= e.value <= max(values)
    if e.has_interval:
        assert e.low in values
        assert e.high in values
    assert quantile(sorted(values), share) == e

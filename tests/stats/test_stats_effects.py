"""Before and after, and series that were interrupted."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import StatsError, before_after, compare_nps, interrupted_series

pytestmark = pytest.mark.filterwarnings("error")


# 42/400 → 22/410 complaints: computed twice from the formula (z = 2.70815, p = 0.006766).
def test_fewer_complaints_is_an_improvement():
    b = before_after((42, 400), (22, 410), kind="share", higher_is_better=False)
    assert (b.verdict, b.reason, b.n_before, b.n_after) == ("improved", "beyond_chance", 400, 410)
    assert b.p == pytest.approx(0.006766, abs=5e-7)
    assert b.effect.value == pytest.approx(22 / 410 - 42 / 400)
    assert before_after((42, 400), (22, 410), kind="share").verdict == "worse"


# The delivery gap: 80 % of companies think so, 8 % of their customers agree.
def test_delivery_gap_of_72_points():
    b = before_after((80, 100), (8, 100), kind="share")
    assert 100 * b.effect.value == pytest.approx(-72)


def test_effect_is_after_minus_before():
    b = before_after((55, 30, 15), (62, 40, 18), kind="nps")
    assert b.effect.value == pytest.approx(36.667 - 40, abs=5e-4)
    assert (b.verdict, b.reason) == ("no change shown", "within_chance")
    assert b.effect == compare_nps((62, 40, 18), (55, 30, 15)).difference


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ((0, 0, 0), (0, 0, 0), "no_answers"),
        ((0, 0, 0), (50, 0, 0), "no_answers_before"),
        ((50, 0, 0), (0, 0, 0), "no_answers_after"),
        ((9, 0, 0), (50, 0, 0), "too_few_before"),
        ((50, 0, 0), (9, 0, 0), "too_few_after"),
        ((9, 0, 0), (0, 0, 9), "too_few"),
    ],
)
def test_not_enough_data_says_why(before, after, reason):
    b = before_after(before, after, kind="nps")
    assert (b.verdict, b.reason) == ("not enough data", reason)


def test_where_test_and_interval_disagree_no_change_is_shown():
    b = before_after((5, 30), (1, 40), kind="share")
    assert b.p > 0.05
    assert b.effect.high < 0
    assert b.verdict == "no change shown"


def test_effect_is_shown_even_when_it_is_not_judged():
    b = before_after((9, 0, 0), (0, 0, 9), kind="nps")
    assert b.effect.value == -200
    assert before_after((9, 0, 0), (0, 0, 9), kind="nps", minimum_n=9).verdict == "worse"


def test_means():
    before, after = {3: 40, 4: 40, 5: 20}, {3: 10, 4: 40, 5: 50}
    b = before_after(before, after, kind="mean")
    assert (b.verdict, b.effect.value) == ("improved", pytest.approx(0.6))
    assert before_after({5: 40}, {4: 40}, kind="mean").reason == "no_spread"
    assert before_after({5: 40}, {4: 40}, kind="mean").verdict == "not enough data"


def test_broken_input_is_refused():
    with pytest.raises(StatsError) as caught:
        before_after((1, 2), (1, 2), kind="ratio")
    assert caught.value.code == "unknown_kind"
    for before, kind in (
        ((1, 2), "nps"),
        ((1, 2, 3), "share"),
        ((1, 2), "mean"),
        ((3, 2), "share"),
        ((-1, 1, 1), "nps"),
    ):
        with pytest.raises(StatsError):
            before_after(before, before, kind=kind)
    with pytest.raises(StatsError):
        before_after((1, 2), (1, 2), kind="share", minimum_n=-1)


pairs = st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(pairs, pairs, st.booleans())
def test_verdict_laws(before, after, higher):
    b = before_after(before, after, kind="share", higher_is_better=higher)
    turned = before_after(after, before, kind="share", higher_is_better=higher)
    opposite = {"improved": "worse", "worse": "improved"}
    assert turned.verdict == opposite.get(b.verdict, b.verdict)
    if b.verdict in opposite:
        assert b.p < 0.05
        assert not b.effect.low <= 0 <= b.effect.high
    if min(before[1], after[1]) < 30:
        assert b.verdict == "not enough data"


def test_same_counts_are_never_a_change():
    for group, kind in (((40, 30, 30), "nps"), ((30, 60), "share"), ({1: 30, 5: 30}, "mean")):
        b = before_after(group, group, kind=kind)
        assert (b.verdict, b.effect.value, b.p) == ("no change shown", 0.0, 1.0)


BEFORE = [50, 52, 49, 51, 50, 52, 51, 49, 53, 50]
AFTER = [58, 60, 57, 61, 60, 59, 62, 61, 63, 60]


# Least squares agree with statsmodels OLS on this series: jump 7.43636, trend 0.315152, slope before 0.0545455,
# standard error of the mean effect 1.719 (its residuals alternate, so that the correlation chosen is 0).
def test_interrupted_series_equals_least_squares_where_points_are_independent():
    s = interrupted_series(BEFORE, AFTER)
    assert s.autocorrelation == 0
    assert s.level.value == pytest.approx(7.43636364)
    assert s.trend.value == pytest.approx(0.31515152)
    assert s.slope_before == pytest.approx(0.05454545)
    assert s.effect.value == pytest.approx(7.43636364 + 4.5 * 0.31515152)
    assert (s.effect.low, s.effect.high) == pytest.approx((5.211, 12.499), abs=1e-3)
    assert (s.verdict, s.reason, s.n_before, s.n_after) == ("improved", "beyond_chance", 10, 10)
    assert interrupted_series(BEFORE, AFTER, higher_is_better=False).verdict == "worse"


def test_what_was_improving_anyway_is_not_praised():
    rng = np.random.default_rng(3)
    line = np.arange(24) + rng.normal(size=24)
    s = interrupted_series(line[:12], line[12:])
    assert s.verdict == "no change shown"
    assert line[12:].mean() > line[:12].mean() + 10  # which a plain comparison would have praised


def test_similar_neighbours_widen_the_interval():
    rng = np.random.default_rng(4)
    e = np.zeros(60)
    for i in range(1, 60):
        e[i] = 0.8 * e[i - 1] + rng.normal()
    s = interrupted_series(e[:30], e[30:])
    assert s.autocorrelation > 0.4
    shuffled = rng.permutation(e)
    assert s.effect.width > interrupted_series(shuffled[:30], shuffled[30:]).effect.width


def test_false_alarms_stay_near_one_in_twenty():
    rng = np.random.default_rng(5)
    alarms = [interrupted_series(e[:12], e[12:]).verdict != "no change shown" for e in rng.normal(size=(300, 24))]
    assert np.mean(alarms) < 0.09


def test_short_or_perfect_series_are_not_judged():
    for before, after, reason in (
        ([], [], "no_points"),
        ([], AFTER, "no_points_before"),
        (BEFORE, AFTER[:7], "too_few_after"),
        (BEFORE[:7], AFTER[:7], "too_few"),
        ([5.0] * 8, [6.0] * 8, "no_spread"),
        (list(range(8)), list(range(8, 16)), "no_spread"),
    ):
        s = interrupted_series(before, after)
        assert (s.verdict, s.reason, s.effect.value) == ("not enough data", reason, None)
    for bad in ([math.nan] * 8, ["a"] * 8, [[1, 2]] * 8):
        with pytest.raises(StatsError):
            interrupted_series(bad, AFTER)


@given(st.floats(-1000, 1000), st.floats(0.1, 100))
def test_series_laws(shift, scale):
    s = interrupted_series(BEFORE, AFTER)
    moved = interrupted_series([shift + scale * y for y in BEFORE], [shift + scale * y for y in AFTER])
    assert moved.effect.value == pytest.approx(scale * s.effect.value, rel=1e-6)
    assert moved.p == pytest.approx(s.p, rel=1e-4)

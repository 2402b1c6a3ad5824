"""Drivers: LMG and relative weights against published results on mtcars."""

import itertools
import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from premura.stats import (
    StatsError,
    correlations_of_sums,
    driver_analysis,
    explained_variance,
    importance_performance,
    lmg,
    lmg_of_correlations,
    relative_weights,
)

pytestmark = pytest.mark.filterwarnings("error")

# Motor Trend 1974 (R's mtcars): mpg, cyl, disp, hp, vs, am, gear
MTCARS = np.array([
    [21.0, 6, 160.0, 110, 0, 1, 4], [21.0, 6, 160.0, 110, 0, 1, 4], [22.8, 4, 108.0, 93, 1, 1, 4],
    [21.4, 6, 258.0, 110, 1, 0, 3], [18.7, 8, 360.0, 175, 0, 0, 3], [18.1, 6, 225.0, 105, 1, 0, 3],
    [14.3, 8, 360.0, 245, 0, 0, 3], [24.4, 4, 146.7, 62, 1, 0, 4], [22.8, 4, 140.8, 95, 1, 0, 4],
    [19.2, 6, 167.6, 123, 1, 0, 4], [17.8, 6, 167.6, 123, 1, 0, 4], [16.4, 8, 275.8, 180, 0, 0, 3],
    [17.3, 8, 275.8, 180, 0, 0, 3], [15.2, 8, 275.8, 180, 0, 0, 3], [10.4, 8, 472.0, 205, 0, 0, 3],
    [10.4, 8, 460.0, 215, 0, 0, 3], [14.7, 8, 440.0, 230, 0, 0, 3], [32.4, 4, 78.7, 66, 1, 1, 4],
    [30.4, 4, 75.7, 52, 1, 1, 4], [33.9, 4, 71.1, 65, 1, 1, 4], [21.5, 4, 120.1, 97, 1, 0, 3],
    [15.5, 8, 318.0, 150, 0, 0, 3], [15.2, 8, 304.0, 150, 0, 0, 3], [13.3, 8, 350.0, 245, 0, 0, 3],
    [19.2, 8, 400.0, 175, 0, 0, 3], [27.3, 4, 79.0, 66, 1, 1, 4], [26.0, 4, 120.3, 91, 0, 1, 5],
    [30.4, 4, 95.1, 113, 1, 1, 5], [15.8, 8, 351.0, 264, 0, 1, 5], [19.7, 6, 145.0, 175, 0, 1, 5],
    [15.0, 8, 301.0, 335, 0, 1, 5], [21.4, 4, 121.0, 109, 1, 1, 4],
])  # fmt: skip
MPG, CYL, DISP, HP, VS, AM, GEAR = range(7)


def survey(n, k, seed=0):
    rng = np.random.default_rng(seed)
    X = np.clip(np.round(3 + rng.normal(size=(n, 1)) + rng.normal(size=(n, k))), 1, 5)
    return X, X @ np.linspace(0, 1, k) + rng.normal(size=n) * 2


# domir's README: general dominance of mpg ~ am + vs + cyl
def test_lmg_published():
    s = lmg(MTCARS[:, [AM, VS, CYL]], MTCARS[:, MPG])
    assert s.r2 == pytest.approx(0.7619773, abs=5e-8)
    assert s.shares == pytest.approx((0.1774892, 0.2027032, 0.3817849), abs=5e-8)
    assert (s.method, s.errors, s.n) == ("lmg", None, 32)


# rwa's README: mpg ~ cyl + disp + hp + gear
def test_relative_weights_published():
    s = relative_weights(MTCARS[:, [CYL, DISP, HP, GEAR]], MTCARS[:, MPG])
    assert s.r2 == pytest.approx(0.7791896, abs=5e-8)
    assert s.shares == pytest.approx((0.2284797, 0.2221469, 0.2321744, 0.0963886), abs=5e-8)
    assert s.percents == pytest.approx((29.32274, 28.50999, 29.79691, 12.37037), abs=5e-6)
    assert s.signs == (-1, -1, -1, 1)


def test_lmg_ranks_the_same_drivers_differently():
    weights = relative_weights(MTCARS[:, [CYL, DISP, HP, GEAR]], MTCARS[:, MPG])
    shares = lmg(MTCARS[:, [CYL, DISP, HP, GEAR]], MTCARS[:, MPG])
    assert shares.r2 == pytest.approx(weights.r2)
    assert np.argsort(shares.shares).tolist() != np.argsort(weights.shares).tolist()


def brute_force(X, y):
    """The definition itself: every order, every regression."""
    k = X.shape[1]

    def r2(columns):
        A = np.column_stack([np.ones(len(y)), X[:, columns]])
        e = y - A @ np.linalg.lstsq(A, y)[0]
        return 1 - (e @ e) / ((y - y.mean()) @ (y - y.mean()))

    shares = np.zeros(k)
    for order in itertools.permutations(range(k)):
        for i, j in enumerate(order):
            shares[j] += r2(list(order[: i + 1])) - r2(list(order[:i]))
    return shares / math.factorial(k)


def test_lmg_is_its_definition():
    X, y = survey(60, 5)
    assert lmg(X, y).shares == pytest.approx(brute_force(X, y), abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 6), st.integers(0, 10**6), st.randoms())
def test_lmg_laws(k, seed, random):
    X, y = survey(80, k, seed)
    s = lmg(X, y)
    assert sum(s.shares) == pytest.approx(s.r2)
    assert min(s.shares) >= 0
    assert s.r2 <= 1
    order = random.sample(range(k), k)
    assert lmg(X[:, order], y).shares == pytest.approx([s.shares[j] for j in order])
    rows = random.sample(range(80), 80)
    assert lmg(X[rows], y[rows]).shares == pytest.approx(s.shares)
    assert lmg(-3 * X + 7, 5 * y - 2).shares == pytest.approx(s.shares)
    assert lmg(-X, y).signs == tuple(-sign for sign in s.signs)


def test_drivers_of_one_another_get_equal_shares():
    C = [[1, 0.5, 0.5, 0.4], [0.5, 1, 0.5, 0.4], [0.5, 0.5, 1, 0.4], [0.4, 0.4, 0.4, 1]]
    s = lmg_of_correlations(C, 100)
    assert s.shares == pytest.approx([s.r2 / 3] * 3)


def test_sums_over_parts_give_the_same_as_the_rows():
    X, y = survey(500, 4)
    Z = np.column_stack([X, y])
    parts = [Z[:120], Z[120:]]
    sums, products = sum(p.sum(axis=0) for p in parts), sum(p.T @ p for p in parts)
    C = correlations_of_sums(500, sums, products)
    assert pytest.approx(np.corrcoef(Z.T)) == C
    assert lmg_of_correlations(C, 500).shares == pytest.approx(lmg(X, y).shares)
    with pytest.raises(StatsError) as caught:
        correlations_of_sums(4, [8, 6], [[16, 12], [12, 14]])
    assert caught.value.code == "constant"


def test_more_than_twelve_drivers_are_sampled_with_a_stated_error():
    X, y = survey(400, 13)
    s = lmg(X, y)
    assert s.method == "lmg-sampled"
    from premura.stats import shapley

    exact = shapley.exact(np.corrcoef(np.column_stack([X, y]).T)[None])[0]
    errors = np.array(s.errors)
    assert (errors < 0.002).all()
    assert (np.abs(np.array(s.shares) - exact) < 4.5 * errors).all()
    assert sum(s.shares) == pytest.approx(exact.sum())


def test_twelve_drivers_of_100_000_rows_take_less_than_a_second():
    X, y = survey(100_000, 12)
    start = time.perf_counter()
    s = lmg(X, y)
    assert time.perf_counter() - start < 1
    assert s.method == "lmg"


def test_refusals_say_why():
    X, y = survey(100, 3)
    same, twice, total = X.copy(), X.copy(), X.copy()
    same[:, 1] = 4
    twice[:, 2] = 2 * X[:, 0] + 1
    total[:, 2] = X[:, 0] + X[:, 1]
    gap = X.copy()
    gap[3, 1] = math.nan
    cases = [
        (same, y, "constant", {"columns": (1,)}),
        (twice, y, "collinear", {"columns": (0, 2)}),
        (total, y, "collinear", {"columns": (0, 1, 2)}),
        (X, np.ones(100), "constant_outcome", {}),
        (gap, y, "missing_values", {"rows": 1}),
        (X[:4], y[:4], "too_few_rows", {"n": 4, "needed": 5}),
        (X, y[:50], "wrong_shape", {}),
        (np.empty((100, 0)), y, "no_drivers", {}),
        (X[:, 0], y, "wrong_shape", {}),
        (np.where(X == 5, np.inf, X), y, "not_finite", {}),
    ]
    for table, outcome, code, details in cases:
        for call in (lmg, relative_weights):
            with pytest.raises(StatsError) as caught:
                call(table, outcome)
            assert caught.value.code == code
            for key, value in details.items():
                assert caught.value.details[key] == value


def test_nearly_the_same_is_the_same():
    X, y = survey(200, 2)
    noise = np.random.default_rng(9).normal(size=200)
    for much, refused in ((1e-3, True), (0.1, False)):
        table = np.column_stack([X, X[:, 0] + much * noise])
        if refused:
            with pytest.raises(StatsError, match="say the same"):
                lmg(table, y)
        else:
            assert len(lmg(table, y).shares) == 3


def test_units_do_not_matter():
    X, y = survey(100, 3)
    s = lmg(X, y)
    assert lmg(X * [1e-40, 1, 1e40], y * 1e-30).shares == pytest.approx(s.shares)


def test_analysis():
    rng = np.random.default_rng(1)
    X = rng.integers(1, 6, (300, 3)).astype(float)
    y = X[:, 0] - 0.5 * X[:, 1] + rng.normal(size=300)
    X[:5, 2] = math.nan
    a = driver_analysis(X, y, names=["speed", "noise", "parking"])
    assert (a.n, a.dropped, a.method) == (295, 5, "lmg")
    assert [d.sign for d in a.drivers[:2]] == [1, -1]
    assert [d.significant for d in a.drivers] == [True, True, False]
    assert a.drivers[0].coefficient == pytest.approx(1.0, abs=0.1)
    assert a.shares == pytest.approx(lmg(X[5:], y[5:]).shares)
    assert sum(d.percent for d in a.drivers) == pytest.approx(100)
    assert all(d.share.low <= d.share.value <= d.share.high for d in a.drivers)
    assert driver_analysis(X, y, names=["speed", "noise", "parking"]) == a  # seeded


def test_coefficients_and_their_p_are_those_of_least_squares():
    # R: lm(mpg ~ cyl + hp): cyl -2.26469 (p 0.000375... t -3.93), hp -0.01912 (t -1.27, p 0.213)
    a = driver_analysis(MTCARS[:, [CYL, HP]], MTCARS[:, MPG])
    assert [d.coefficient for d in a.drivers] == pytest.approx((-2.26469, -0.01912), abs=5e-6)
    assert [d.p for d in a.drivers] == pytest.approx((0.00048, 0.21253), abs=5e-6)
    assert a.drivers[1].significant  # alone it clearly goes with mpg


def test_analysis_asks_for_enough_rows():
    X, y = survey(29, 3)
    with pytest.raises(StatsError) as caught:
        driver_analysis(X, y)
    assert (caught.value.code, caught.value.details["needed"]) == ("too_few_rows", 30)
    assert driver_analysis(X, y, rows_per_driver=5).n == 29


def test_methods_of_the_analysis():
    X, y = survey(300, 13)
    assert driver_analysis(X, y, draws=50).method == "relative-weights"
    sampled = driver_analysis(X, y, draws=20, method="lmg")
    assert sampled.method == "lmg-sampled"
    assert sampled.drivers[0].share.method == "lmg-bootstrap"
    none = driver_analysis(X[:, :2], y, draws=0)
    assert none.drivers[0].share.method == "driver-no-interval"
    with pytest.raises(StatsError):
        driver_analysis(X, y, method="beta")
    with pytest.raises(StatsError):
        driver_analysis(X, y, names=["one"])


def test_intervals_of_grouped_rows_are_those_of_rows(monkeypatch):
    from premura.stats import shapley

    X, y = survey(3_000, 3)
    grouped = driver_analysis(X, y)
    monkeypatch.setattr(shapley, "GROUPS", 10_000)
    single = driver_analysis(X, y)
    for a, b in zip(grouped.drivers, single.drivers, strict=True):
        assert a.share.width == pytest.approx(b.share.width, rel=0.25)


def test_fragile_drivers_get_no_interval():
    X, y = survey(40, 2)
    X[:, 1] = 5
    X[0, 1] = 1  # one answer differs: a third of the resamples lose it
    a = driver_analysis(X, y)
    assert not a.drivers[0].share.has_interval
    assert a.drivers[0].share.value is not None


def test_perfect_fit():
    X, _ = survey(60, 2)
    a = driver_analysis(X, X @ [1.0, 2.0])
    assert a.r2 == pytest.approx(1)
    assert all(d.p < 1e-10 for d in a.drivers)


def test_importance_performance():
    r = importance_performance([5, 1, 4, 2], [2, 2, 5, 5], names=["wait", "parking", "staff", "music"])
    assert {i.name: i.quadrant for i in r.items} == {
        "wait": "concentrate here",
        "parking": "low priority",
        "staff": "keep up",
        "music": "possible overkill",
    }
    assert (r.importance_line, r.performance_line) == (3.0, 3.5)
    assert importance_performance([], []).items == ()
    assert {i.quadrant for i in importance_performance([0.1 + 0.2, 0.3], [1, 1]).items} == {"keep up"}
    for bad in (([1], [1, 2]), ([math.nan], [1])):
        with pytest.raises(StatsError):
            importance_performance(*bad)


def test_the_interval_of_r2_holds_the_truth_as_often_as_it_says():
    """Drivers as they are given, 400 seeded samples of 60 rows: the true R² lies within it in about 95 of 100."""
    rng = np.random.default_rng(7)
    X = rng.normal(size=(60, 3))
    signal = X @ [0.5, 0.3, 0.0]
    true = signal.var() / (signal.var() + 1)
    held = 0
    for _ in range(400):
        y = signal + rng.normal(size=60)
        found = explained_variance(float(lmg(X, y).r2), 60, 3)
        held += found.low <= true <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_r2_of_nothing_and_of_everything():
    assert explained_variance(0.0, 40, 3).low == explained_variance(0.0, 40, 3).value == 0
    whole = explained_variance(1.0, 40, 3)
    assert (whole.value, whole.low, whole.high) == (1, 1, 1)
    wide, narrow = explained_variance(0.4, 40, 3), explained_variance(0.4, 4_000, 3)
    assert narrow.high - narrow.low < (wide.high - wide.low) / 5
    with pytest.raises(StatsError):
        explained_variance(0.4, 4, 3)


@pytest.mark.parametrize(
    ("r2", "n", "k", "code"),
    [
        (1.2, 100, 3, "share_out_of_range"),
        (-0.1, 100, 3, "share_out_of_range"),
        (math.nan, 100, 3, "not_finite"),
        (0.5, 100.5, 3, "not_a_whole_number"),
        (0.5, 4, 3, "too_few_rows"),
        (0.5, 100, 0, "no_drivers"),
    ],
)
def test_explained_variance_of_what_is_none_is_refused(r2, n, k, code):
    with pytest.raises(StatsError) as refused:
        explained_variance(r2, n, k)
    assert refused.value.code == code


def test_rows_of_correlations_are_a_count():
    with pytest.raises(StatsError) as refused:
        lmg_of_correlations(np.eye(3), -math.inf)
    assert refused.value.code == "not_finite"

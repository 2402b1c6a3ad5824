"""Two groups side by side."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle

from premura.stats import (
    StatsError,
    benjamini_hochberg,
    compare_means,
    compare_nps,
    compare_shares,
    fisher_exact,
    holm,
    smallest_detectable_change,
)

pytestmark = pytest.mark.filterwarnings("error")

triples = st.tuples(*[st.integers(0, 300)] * 3)
pairs = st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


# (55,15,100) against (62,18,120): computed twice from the formula.
def test_two_nps():
    c = compare_nps((55, 30, 15), (62, 40, 18))
    assert c.difference.value == pytest.approx(40 - 36.667, abs=5e-4)
    assert c.statistic == pytest.approx(0.33611, abs=5e-6)
    assert c.p == pytest.approx(0.73678, abs=5e-6)
    assert c.difference.n == 220
    assert c.difference.low < 0 < c.difference.high


# 42/400 against 22/410: computed twice from the formula.
def test_two_shares():
    c = compare_shares(42, 400, 22, 410)
    assert c.statistic == pytest.approx(2.70815, abs=5e-6)
    assert c.p == pytest.approx(0.006766, abs=5e-7)
    assert c.test == "pooled-z"


# Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10 (hybrid score without continuity correction).
@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 20, 0.6791, 1.0000),
        (10, 10, 0, 10, 0.6075, 1.0000),
    ],
)
def test_newcombe_published(x1, n1, x2, n2, low, high):
    d = compare_shares(x1, n1, x2, n2).difference
    assert (round(d.low, 4), round(d.high, 4)) == (low, high)


def test_rare_events_are_tested_exactly():
    c = compare_shares(8, 10, 1, 6)
    assert (c.test, c.p) == ("fisher-exact", pytest.approx(0.034965, abs=1e-6))


@given(pairs, pairs)
def test_fisher_agrees_with_scipy(a, b):
    (x1, n1), (x2, n2) = a, b
    if n1 and n2:
        expected = oracle.fisher_exact([[x1, n1 - x1], [x2, n2 - x2]]).pvalue
        assert fisher_exact(x1, n1, x2, n2) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.integers(1, 7), min_size=2, max_size=40), st.lists(st.integers(1, 7), min_size=2, max_size=40))
def test_means_agree_with_scipys_welch(a, b):
    if len({*a}) == 1 and len({*b}) == 1:
        return
    c = compare_means({s: a.count(s) for s in a}, {s: b.count(s) for s in b})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scipy warns of one group without spread
        expected = oracle.ttest_ind(a, b, equal_var=False)
    assert (c.statistic, c.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-7, abs=1e-12)
    span = expected.confidence_interval()
    assert (c.difference.low, c.difference.high) == pytest.approx((span.low, span.high), rel=1e-7, abs=1e-9)


def test_means_without_spread_are_not_judged():
    for a, b in (({5: 10}, {4: 10}), ({5: 1}, {4: 3, 3: 3})):
        c = compare_means(a, b)
        assert (c.statistic, c.p, c.difference.has_interval) == (None, None, False)
        assert c.difference.method == "difference-no-spread"


@given(triples, triples)
def test_nps_laws(a, b):
    c, turned = compare_nps(a, b), compare_nps(b, a)
    if not (sum(a) and sum(b)):
        assert c.difference.value is None
        assert c.p is None
        return
    d = c.difference
    assert -200 <= d.low <= d.value <= d.high <= 200
    assert d.low < d.high  # everybody agreeing is no certainty
    assert turned.p == pytest.approx(c.p)
    assert turned.difference.value == pytest.approx(-d.value)
    # interval and p say the same
    if abs(c.p - 0.05) > 1e-9:
        assert (c.p < 0.05) == (d.low > 0 or d.high < 0)


@given(pairs, pairs)
def test_share_laws(a, b):
    c, turned = compare_shares(*a, *b), compare_shares(*b, *a)
    if not (a[1] and b[1]):
        assert c.difference.value is None
        return
    d = c.difference
    assert -1 <= d.low <= d.value <= d.high <= 1
    assert 0 <= c.p <= 1
    assert turned.p == pytest.approx(c.p)
    assert (turned.difference.low, turned.difference.high) == pytest.approx((-d.high, -d.low))


def test_total_disagreement_of_a_few_is_no_certainty():
    c = compare_nps((2, 0, 0), (0, 0, 2))
    assert c.difference.value == 200
    assert c.difference.method == "difference-adjusted-wald"
    assert c.p > 0.05


# Wright, Biometrics 48 (1992) 1005-1013 gives the formulas; R: p.adjust(c(.01,.04,.03,.005,.2,.9)) and method "BH".
def test_many_comparisons():
    ps = [0.01, 0.04, 0.03, 0.005, 0.2, 0.9]
    assert holm(ps) == pytest.approx((0.05, 0.12, 0.12, 0.03, 0.4, 0.9))
    assert benjamini_hochberg(ps) == pytest.approx((0.03, 0.06, 0.06, 0.03, 0.24, 0.9))
    assert holm([]) == benjamini_hochberg([]) == ()
    for bad in ([1.1], [-0.1], [math.nan]):
        with pytest.raises(StatsError):
            holm(bad)


@given(st.lists(st.floats(0, 1), max_size=30), st.randoms())
def test_corrections_only_raise_and_do_not_mind_order(ps, random):
    order = list(range(len(ps)))
    random.shuffle(order)
    for correct in (holm, benjamini_hochberg):
        corrected = correct(ps)
        assert all(p <= q <= 1 for p, q in zip(ps, corrected, strict=True))
        assert correct([ps[i] for i in order]) == pytest.approx([corrected[i] for i in order])
    assert all(b <= h + 1e-12 for b, h in zip(benjamini_hochberg(ps), holm(ps), strict=True))


def test_smallest_detectable_change():
    # (1.959964 + 0.841621) · √(0.25) · √(2/392): the textbook "about 392 a side show 10 points at one half"
    assert smallest_detectable_change((50, 100), 392, 392, kind="share") == pytest.approx(0.1, abs=5e-4)
    assert smallest_detectable_change((55, 30, 15), 100, 100, kind="nps") == pytest.approx(
        2.801585 * 7.34847 * 2**0.5, 1e-4
    )
    assert smallest_detectable_change({1: 5, 5: 5}, 50, 50, kind="mean") > smallest_detectable_change(
        {1: 5, 5: 5}, 500, 500, kind="mean"
    )
    assert smallest_detectable_change((0, 0, 0), 10, 10, kind="nps") is None
    assert smallest_detectable_change((5, 0, 0), 10, 10, kind="nps") > 0
    assert smallest_detectable_change((0, 10), 10, 10, kind="share") > 0
    assert smallest_detectable_change({5: 10}, 10, 10, kind="mean") is None
    assert smallest_detectable_change((5, 10), 0, 10, kind="share") is None
    with pytest.raises(StatsError) as caught:
        smallest_detectable_change((5, 10), 5, 10, kind="median")
    assert caught.value.code == "unknown_kind"


def test_power_is_what_it_says():
    change = smallest_detectable_change((200, 400), 400, 400, kind="share")
    rng = np.random.default_rng(7)
    before, after = rng.binomial(400, 0.5, 2_000), rng.binomial(400, 0.5 + change, 2_000)
    shown = np.mean([compare_shares(a, 400, b, 400).p < 0.05 for a, b in zip(after, before, strict=True)])
    assert 0.76 < shown < 0.84


def test_broken_groups_are_refused():
    for bad in ((1, 2), (1, 2, 3, 4), 5, (1, 2, -3)):
        with pytest.raises(StatsError):
            compare_nps(bad, (1, 1, 1))
    with pytest.raises(StatsError):
        compare_shares(3, 2, 1, 2)
    with pytest.raises(StatsError):
        compare_means([1, 2], {1: 2})

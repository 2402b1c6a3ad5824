"""NPS, top-box and mean: published and computed vectors, laws, and inputs without an honest answer."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import (
    StatsError,
    clopper_pearson,
    design_effect,
    effective_n,
    mean,
    mean_weighted,
    nps,
    nps_weighted,
    top_box,
    top_box_weighted,
    weight_sums,
    wilson,
)

pytestmark = pytest.mark.filterwarnings("error")

METHODS = ("adjusted-wald", "wald", "trinomial-t", "bootstrap")
counts = st.integers(0, 5_000)
triples = st.tuples(counts, counts, counts)
histograms = st.dictionaries(st.integers(0, 10), st.integers(0, 400), max_size=11)


def close(got, *expected, places=2):
    assert [round(x, places) for x in got] == pytest.approx(expected, abs=0.5 * 10**-places + 1e-12)


# Computed twice from the formulas (Lewis and Sauro, Quantifying the User Experience; public R code nps.ci).
# P, passive, D, NPS, Wald, trinomial t; unclipped ends outside ±100 are clipped in the product.
@pytest.mark.parametrize(
    ("group", "score", "wald", "trinomial", "adjusted"),
    [
        ((55, 30, 15), 40.0, (25.60, 54.40), (25.35, 54.65), (24.60, 53.07)),
        ((9, 0, 2), 63.6364, (18.05, 100.0), (9.28, 100.0), (8.00, 92.00)),
        ((5, 0, 0), 100.0, (100.0, 100.0), (100.0, 100.0), (17.49, 100.0)),
        ((0, 5, 0), 0.0, (0.0, 0.0), (0.0, 0.0), (-30.01, 30.01)),
    ],
)
def test_nps_vectors(group, score, wald, trinomial, adjusted):
    for method, span in (("wald", wald), ("trinomial-t", trinomial), ("adjusted-wald", adjusted)):
        e = nps(*group, method=method)
        assert e.value == pytest.approx(score, abs=5e-5)
        close((e.low, e.high), *span)
        assert (e.n, e.method) == (sum(group), method)
    assert nps(*group) == nps(*group, method="adjusted-wald")


def test_adjusted_centre_of_the_first_vector():
    e = nps(55, 30, 15)
    assert (e.low + e.high) / 2 == pytest.approx(38.835, abs=5e-4)


def test_bootstrap_is_seeded_and_agrees_with_wald_when_there_is_much():
    first, again, wald = (nps(5500, 3000, 1500, method=m) for m in ("bootstrap", "bootstrap", "wald"))
    assert first == again
    assert first.low == pytest.approx(wald.low, abs=0.15)
    assert first.high == pytest.approx(wald.high, abs=0.15)


def test_no_answers_have_no_score():
    for method in METHODS:
        e = nps(0, 0, 0, method=method)
        assert (e.value, e.low, e.high, e.n) == (None, None, None, 0)


def test_one_answer_is_no_certainty():
    e = nps(1, 0, 0)
    assert e.value == 100
    assert e.low < 0  # nearly anything is still possible
    t = nps(1, 0, 0, method="trinomial-t")
    assert (t.value, t.has_interval, t.method) == (100.0, False, "trinomial-t-one-answer")


def test_agreement_among_few_has_width():
    assert nps(5, 0, 0).width > 80
    assert nps(500, 0, 0).width < 3


@pytest.mark.parametrize("bad", [-1, 1.5, math.nan, math.inf, "many", None])
def test_broken_counts_are_refused(bad):
    for position in range(3):
        group = [10, 10, 10]
        group[position] = bad
        with pytest.raises(StatsError) as caught:
            nps(*group)
        expected = {"negative_count", "not_a_whole_number", "not_finite", "not_a_number"}
        assert caught.value.code in expected
        assert str(caught.value).endswith(".")


def test_unknown_method_and_confidence_are_refused():
    with pytest.raises(StatsError, match="no NPS method") as caught:
        nps(1, 1, 1, method="guess")
    assert caught.value.code == "unknown_method"
    for level in (0, 1, 95, -0.5, math.nan):
        with pytest.raises(StatsError):
            nps(1, 1, 1, confidence=level)


def test_numpy_counts_and_very_large_counts():
    e = nps(np.int64(55), np.int32(30), np.float64(15))
    assert e == nps(55, 30, 15)
    assert type(e.n) is int
    assert nps(10**18 + 1, 0, 0).n == 10**18 + 1


@given(triples, st.sampled_from(METHODS[:3]), st.floats(0.5, 0.999))
def test_score_lies_in_its_interval_within_bounds(group, method, confidence):
    e = nps(*group, method=method, confidence=confidence)
    if e.has_interval:
        assert -100 <= e.low <= e.value <= e.high <= 100


@given(triples)
def test_turning_the_classes_round_mirrors_the_score(group):
    promoters, passives, detractors = group
    e, mirrored = nps(*group), nps(detractors, passives, promoters)
    if e.value is not None:
        assert (mirrored.value, mirrored.low, mirrored.high) == pytest.approx((-e.value, -e.high, -e.low))


@given(triples)
def test_adding_a_passive_never_raises_the_distance_from_zero(group):
    p, s, d = group
    before, after = nps(p, s, d), nps(p, s + 1, d)
    assert abs(after.value) <= abs(before.value or 0.0) + 1e-12


@given(triples, triples)
def test_two_halves_make_the_whole(a, b):
    whole = nps(*(x + y for x, y in zip(a, b, strict=True)))
    values = [(nps(*half).value, sum(half)) for half in (a, b) if sum(half)]
    if values:
        assert whole.value == pytest.approx(sum(v * n for v, n in values) / sum(n for _, n in values), abs=1e-9)


@given(triples, st.floats(0.01, 1000))
def test_equal_weights_change_nothing(group, w):
    n = sum(group)
    weighted, plain = nps_weighted(*(w * c for c in group), w * w * n), nps(*group)
    if n == 0:
        assert weighted.value is None
        return
    assert (weighted.value, weighted.low, weighted.high, weighted.n) == pytest.approx(
        (plain.value, plain.low, plain.high, n), abs=1e-6
    )
    assert weighted.method == "adjusted-wald-effective-n"


def test_unequal_weights_widen_the_interval():
    weights = [1.0] * 50 + [4.0] * 50
    total, squares = weight_sums(weights)
    e = nps_weighted(0.6 * total, 0.3 * total, 0.1 * total, squares)
    assert e.n == pytest.approx(250**2 / 850)  # Kish
    assert e.width > nps(60, 30, 10).width
    assert design_effect(total, squares, 100) == pytest.approx(100 / e.n)


def test_impossible_weights_are_refused():
    for arguments in ((1, 1, 1, 100), (1, 1, 1, 0), (0, 0, 0, 1), (-1, 2, 1, 3), (1, 1, math.nan, 1)):
        with pytest.raises(StatsError):
            nps_weighted(*arguments)
    with pytest.raises(StatsError):
        nps_weighted(1, 1, 1, 3, method="bootstrap")
    assert effective_n(0, 0) == 0
    assert design_effect(0, 0, 0) is None
    with pytest.raises(StatsError):
        design_effect(4, 10, math.nan)
    with pytest.raises(StatsError):
        weight_sums([1, -1])


# CSAT: 42 of 60 satisfied, Wilson (computed; formula: Wilson 1927). CES 2.0: the ten answers 7,6,5,4,3,2,7,6,5,1.
def test_top_box_vectors():
    e = top_box(42, 60)
    close((100 * e.value, 100 * e.low, 100 * e.high), 70.0, 57.49, 80.10)
    answers = [7, 6, 5, 4, 3, 2, 7, 6, 5, 1]
    assert top_box(sum(a >= 5 for a in answers), 10).value == 0.6
    assert mean({a: answers.count(a) for a in answers}).value == pytest.approx(4.6)


# Newcombe, Statistics in Medicine 17 (1998) 857-872, table I: 81/263, 15/148, 0/20, 1/29 at 95 %.
@pytest.mark.parametrize(
    ("x", "n", "score", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_published_intervals_of_a_share(x, n, score, exact):
    close(wilson(x, n), *score, places=4)
    close(clopper_pearson(x, n), *exact, places=4)
    e = top_box(x, n, method="clopper-pearson")
    assert (e.low, e.high) == clopper_pearson(x, n)


def test_shares_without_answers_and_broken_ones():
    assert top_box(0, 0).value is None
    assert wilson(0, 0) == clopper_pearson(0, 0) == (0.0, 1.0)
    for x, n in ((5, 4), (-1, 4), (1, -4), (math.nan, 3), (0.5, 1)):
        with pytest.raises(StatsError):
            top_box(x, n)
    with pytest.raises(StatsError):
        top_box(1, 2, method="wald")


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_share_interval_laws(pair, confidence):
    x, n = pair
    for method in ("wilson", "clopper-pearson"):
        e = top_box(x, n, confidence=confidence, method=method)
        assert 0 <= e.low <= e.value <= e.high <= 1
        assert e.low < e.high  # never without width
        mirrored = top_box(n - x, n, confidence=confidence, method=method)
        assert (mirrored.low, mirrored.high) == pytest.approx((1 - e.high, 1 - e.low), abs=1e-7)


def test_weighted_share():
    plain, weighted = top_box(42, 60), top_box_weighted(84, 120, 240)
    assert (weighted.value, weighted.low, weighted.high) == pytest.approx((plain.value, plain.low, plain.high))
    assert top_box_weighted(0, 0, 0).value is None
    with pytest.raises(StatsError):
        top_box_weighted(3, 2, 4)


def test_mean_is_students():
    # scipy.stats.t.interval on 1..10: mean 5.5, s = 3.02765, t(9) = 2.262157
    e = mean(dict.fromkeys(range(1, 11), 1))
    half = 2.2621571628 * 3.0276503541 / math.sqrt(10)
    assert (e.value, e.low, e.high) == pytest.approx((5.5, 5.5 - half, 5.5 + half))
    assert (e.n, e.method) == (10, "t")


def test_mean_without_spread_never_pretends():
    assert mean({}).value is None
    assert mean({5: 0}).value is None
    assert mean({5: 1}).method == "t-one-answer"
    assert mean({5: 9}).method == "t-no-spread"
    assert not mean({5: 9}).has_interval
    e = mean({5: 9}, scale=(1, 5))
    # at most 1 - 0.025^(1/9) of the others would answer otherwise, at worst 1
    assert (e.low, e.high, e.method) == (pytest.approx(5 - 4 * (1 - 0.025 ** (1 / 9))), 5.0, "scale-bound")
    assert mean({3: 1}, scale=(1, 5)).width > 3.8
    assert mean({3: 10_000}, scale=(1, 5)).width < 0.01


def test_mean_interval_stays_on_the_scale():
    e = mean({5: 1, 4: 1}, scale=(1, 5))
    assert (e.low, e.high) == (1.0, 5.0)
    with pytest.raises(StatsError) as caught:
        mean({6: 1}, scale=(1, 5))
    assert caught.value.code == "outside_scale"


def test_broken_histograms_are_refused():
    for bad in ({math.nan: 1}, {5: -1}, {5: 0.5}, {"five": 1}, [5, 4], {math.inf: 2}):
        with pytest.raises(StatsError):
            mean(bad)


@given(histograms)
def test_mean_laws(histogram):
    e = mean(histogram, scale=(0, 10))
    answers = [s for s, c in histogram.items() for _ in range(c)]
    assert e.n == len(answers)
    if answers:
        assert e.value == pytest.approx(sum(answers) / len(answers))
        assert 0 <= e.low <= e.value <= e.high <= 10
        assert e.low < e.high
        backwards = mean(dict(reversed(histogram.items())), scale=(0, 10))
        assert backwards == e


@given(histograms, st.floats(0.01, 100))
def test_mean_with_equal_weights_is_the_mean(histogram, w):
    plain = mean(histogram)
    weighted = mean_weighted({s: w * c for s, c in histogram.items()}, w * w * plain.n)
    if not plain.has_interval:
        assert weighted.value == (pytest.approx(plain.value) if plain.n else None)
        return
    assert (weighted.value, weighted.low, weighted.high) == pytest.approx(
        (plain.value, plain.low, plain.high), abs=1e-6
    )


def test_weighted_mean_by_hand():
    # answers 1, 3, 5 with weights 1, 2, 1: mean 3; n_eff = 16/6; s² = 2 · n_eff/(n_eff-1)
    e = mean_weighted({1: 1.0, 3: 2.0, 5: 1.0}, 6.0)
    assert e.value == 3
    assert e.n == pytest.approx(16 / 6)
    with pytest.raises(StatsError):
        mean_weighted({1: -1.0}, 1.0)
    with pytest.raises(StatsError):
        mean_weighted([1, 2], 1.0)
    assert mean_weighted({}, 0).value is None
    assert not mean_weighted({4: 2.5}, 6.25).has_interval

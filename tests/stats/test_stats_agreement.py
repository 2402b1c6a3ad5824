"""Agreement of coders and reliability of scales."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import (
    CES1_5,
    CSAT_5,
    NPS_11,
    Segments,
    StatsError,
    agreement_table,
    cohen_kappa,
    cronbach_alpha,
    krippendorff_alpha,
    segments,
)

pytestmark = pytest.mark.filterwarnings("error")

N = None
# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section E: four observers, twelve units.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]


@pytest.mark.parametrize(
    ("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_krippendorff_published(level, alpha):
    a = krippendorff_alpha(OBSERVERS, level=level)
    assert round(a.value, 3) == alpha
    assert a.low < alpha < a.high
    assert a.n == 11  # the twelfth unit has one rating only
    assert a == krippendorff_alpha(OBSERVERS, level=level)  # seeded


def test_krippendorff_of_words_and_nan():
    words = [["praise", "wait", None, "price"], ["praise", "wait", "wait", math.nan]]
    assert krippendorff_alpha(words).value == 1.0
    names = {1: "a", 2: "b", 3: "c", 4: "d", 5: "e", None: None}
    assert krippendorff_alpha([[names[x] for x in row] for row in OBSERVERS]).value == pytest.approx(0.7434, abs=5e-5)
    with pytest.raises(StatsError):
        krippendorff_alpha(words, level="interval")


def test_krippendorff_where_there_is_nothing_to_say():
    assert krippendorff_alpha([]).value is None
    assert krippendorff_alpha([[], []]).value is None
    assert krippendorff_alpha([[1, 2, 3]]).n == 0  # one coder
    same = krippendorff_alpha([[1, 1, 1], [1, 1, 1]])
    assert (same.value, same.method, same.n) == (None, "krippendorff-undefined", 3)
    assert krippendorff_alpha([[1], [2]]).method == "krippendorff-one-unit"
    alike = krippendorff_alpha([[1, 2, 2], [1, 2, 2]])
    assert (alike.value, alike.low, alike.method) == (1.0, None, "krippendorff-no-disagreement")
    for bad in ([[1, 2], [1]],):
        with pytest.raises(StatsError) as caught:
            krippendorff_alpha(bad)
        assert caught.value.code == "wrong_shape"
    with pytest.raises(StatsError):
        krippendorff_alpha([[1], [1]], level="cardinal")
    with pytest.raises(StatsError):
        krippendorff_alpha([[math.inf], [1]], level="interval")


ratings = st.integers(1, 12).flatmap(
    lambda u: st.lists(st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=u, max_size=u), min_size=2, max_size=4)
)


@given(ratings, st.randoms())
def test_krippendorff_laws(rows, random):
    for level in ("nominal", "ordinal", "interval", "ratio"):
        a = krippendorff_alpha(rows, level=level)
        if a.value is not None:
            assert a.value <= 1 + 1e-12
            shuffled = krippendorff_alpha(random.sample(rows, len(rows)), level=level)
            assert shuffled.value == pytest.approx(a.value)
            columns = list(zip(*rows, strict=True))
            random.shuffle(columns)
            turned = krippendorff_alpha([list(r) for r in zip(*columns, strict=True)], level=level)
            assert turned.value == pytest.approx(a.value)


# 20/5/10/15: κ = 0.4, the example of many textbooks. The 3 × 3 table: Fleiss, Statistical Methods for Rates and
# Proportions, psychiatric diagnoses, κ = 0.676 with standard error 0.088 (statsmodels 0.14 prints 0.5046 … 0.8484).
def test_kappa_published():
    k = cohen_kappa([[20, 5], [10, 15]])
    assert (k.value, k.low, k.high) == pytest.approx((0.4, 0.151092, 0.648908), abs=1e-6)
    k = cohen_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert (k.value, k.low, k.high) == pytest.approx((0.676471, 0.504576, 0.848365), abs=1e-6)
    assert k.n == 100


def test_kappa_from_labels():
    categories, table = agreement_table(["a", "b", "b", "a"], ["a", "b", "a", "a"])
    assert (categories, table) == (("a", "b"), ((2, 0), (1, 1)))
    assert cohen_kappa(table).value == pytest.approx(0.5)
    assert agreement_table([], []) == ((), ())
    with pytest.raises(StatsError):
        agreement_table("ab", "a")


def test_kappa_at_the_edges():
    assert cohen_kappa([[0, 0], [0, 0]]).value is None
    undefined = cohen_kappa([[9, 0], [0, 0]])
    assert (undefined.value, undefined.method, undefined.n) == (None, "cohen-undefined", 9)
    complete = cohen_kappa([[5, 0], [0, 5]])
    assert (complete.value, complete.has_interval, complete.method) == (1.0, False, "cohen-no-spread")
    for bad in ([[1, 2]], [[1, -1], [0, 1]], [[0.5, 1], [1, 1]], [1, 2], [[math.nan, 1], [1, 1]]):
        with pytest.raises(StatsError):
            cohen_kappa(bad)


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=3, max_size=3))
def test_kappa_laws(table):
    k = cohen_kappa(table)
    if k.value is None:
        return
    assert -1 <= k.value <= 1
    transposed = cohen_kappa([list(row) for row in zip(*table, strict=True)])
    assert transposed.value == pytest.approx(k.value)
    if k.has_interval:
        assert (transposed.low, transposed.high) == pytest.approx((k.low, k.high), abs=1e-9)
        doubled = cohen_kappa([[2 * c for c in row] for row in table])
        assert doubled.width < k.width or k.width > 1  # twice the units, a narrower interval


# Data set `cronbach_alpha` of pingouin (after C. Zaiontz, Real Statistics), 15 respondents × 10 questions; pingouin,
# tested against R's psych, prints 0.5917188485995826 [0.195, 0.84].
QUESTIONNAIRE = [
    [3, 2, 2, 4, 1, 4, 5, 1, 4, 3], [5, 5, 4, 6, 3, 5, 1, 2, 5, 5], [7, 5, 3, 5, 5, 6, 4, 3, 3, 6],
    [2, 3, 4, 3, 3, 2, 2, 2, 6, 6], [6, 5, 5, 6, 5, 4, 4, 4, 6, 7], [1, 2, 2, 3, 4, 2, 5, 2, 3, 5],
    [4, 3, 3, 5, 3, 5, 2, 1, 2, 4], [2, 5, 4, 4, 3, 7, 2, 2, 4, 6], [6, 2, 5, 5, 5, 1, 6, 5, 2, 3],
    [5, 2, 4, 6, 4, 3, 5, 3, 1, 7], [4, 1, 3, 5, 2, 5, 3, 2, 3, 4], [4, 4, 2, 3, 2, 5, 3, 4, 2, 3],
    [5, 5, 5, 6, 2, 3, 3, 2, 4, 4], [6, 5, 5, 5, 4, 2, 2, 1, 4, 6], [4, 4, 3, 5, 5, 3, 1, 3, 2, 3],
]  # fmt: skip


def test_alpha_published():
    a = cronbach_alpha(QUESTIONNAIRE)
    assert a.value == pytest.approx(0.5917188485995826, abs=1e-15)
    assert (round(a.low, 3), round(a.high, 3), a.n, a.method) == (0.195, 0.84, 15, "feldt")


# Computed twice from the formula.
def test_alpha_small_vector():
    rows = [[4, 5, 4], [3, 3, 4], [5, 5, 5], [2, 3, 2], [4, 4, 5], [1, 2, 2]]
    a = cronbach_alpha(rows)
    assert (a.value, a.low, a.high) == pytest.approx((0.953642384, 0.803625, 0.992996), abs=5e-7)


def test_alpha_with_gaps():
    rows = np.array(QUESTIONNAIRE, dtype=float)
    rows[0, 0] = rows[3, 4] = math.nan
    pairwise, listwise = cronbach_alpha(rows), cronbach_alpha(rows, missing="listwise")
    assert (pairwise.n, listwise.n) == (15, 13)
    assert listwise.value == pytest.approx(cronbach_alpha(rows[[i for i in range(15) if i not in (0, 3)]]).value)
    # pairwise covariances, one pair at a time
    both = ~np.isnan(rows[:, 0]) & ~np.isnan(rows[:, 4])
    C = np.array(
        [
            [np.cov(rows[m, i], rows[m, j])[0, 1] for j in range(10) for m in [~np.isnan(rows[:, i] + rows[:, j])]]
            for i in range(10)
        ]
    )
    assert both.sum() == 13
    assert pairwise.value == pytest.approx(10 / 9 * (1 - np.trace(C) / C.sum()))


def test_alpha_at_the_edges():
    assert cronbach_alpha(np.empty((0, 3))).value is None
    assert cronbach_alpha([[1, 2]]).value is None
    assert cronbach_alpha([[3, 3], [3, 3]]).method == "feldt-undefined"
    same = cronbach_alpha([[1, 1], [2, 2], [5, 5]])
    assert (same.value, same.method) == (1.0, "feldt-no-error")
    assert cronbach_alpha([[1, math.nan], [math.nan, 2], [2, math.nan]]).value is None
    for bad, code in (([[1], [2]], "too_few_items"), ([1, 2], "wrong_shape"), ([[1, math.inf]], "not_finite")):
        with pytest.raises(StatsError) as caught:
            cronbach_alpha(bad)
        assert caught.value.code == code
    with pytest.raises(StatsError):
        cronbach_alpha([[1, 2]], missing="mean")


def test_scales():
    assert segments({10: 2, 9: 1, 8: 1, 7: 1, 6: 1, 0: 1}, NPS_11) == Segments(3, 2, 2)
    assert segments({5: 2, 4: 1, 3: 4, 2: 1}, CSAT_5) == Segments(3, 4, 1)
    assert segments({}, CSAT_5).n == 0
    assert not CES1_5.higher_is_better
    assert [CSAT_5.reversed(x) for x in (1, 3, 5)] == [5, 3, 1]
    for histogram in ({11: 1}, {-1: 1}, {9.5: 1}):
        with pytest.raises(StatsError):
            segments(histogram, NPS_11)
    with pytest.raises(StatsError):
        CSAT_5.reversed(6)


def test_a_unit_without_a_label_is_left_out_and_a_list_is_no_label():
    labels = ["a", None, "b", math.nan, "a"], ["a", "a", "b", "a", math.nan]
    assert agreement_table(*labels) == (("a", "b"), ((1, 0), (0, 1)))
    with pytest.raises(StatsError) as refused:
        agreement_table([["a"]], ["a"])
    assert refused.value.code == "not_a_label"

"""SERVQUAL: gaps, weights, and the negatively worded items of the 1988 edition."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from premura.stats import FIVE_DIMENSIONS, REVERSED_1988, StatsError, servperf, servqual

pytestmark = pytest.mark.filterwarnings("error")

NAMES = ("tangibles", "reliability", "responsiveness", "assurance", "empathy")
GAPS = (-0.65, -1.10, -0.83, -0.70, -1.01)
WEIGHTS = (11, 32, 22, 19, 16)


def with_gaps(gaps):
    perceived = np.full((1, 22), 7.0)
    for name, gap in zip(NAMES, gaps, strict=True):
        perceived[:, list(FIVE_DIMENSIONS[name])] += gap
    return np.full((1, 22), 7.0), perceived


def test_the_five_dimensions_are_the_22_items():
    assert [len(FIVE_DIMENSIONS[name]) for name in NAMES] == [4, 5, 4, 4, 5]
    assert sorted(i for items in FIVE_DIMENSIONS.values() for i in items) == list(range(22))


# Published worked example (sum -4.29, printed -0.86); the weighted score is computed from the formula.
def test_published_gaps():
    s = servqual(*with_gaps(GAPS), weights=WEIGHTS)
    assert [s.dimensions[name].value for name in NAMES] == pytest.approx(GAPS)
    assert s.overall.value == pytest.approx(-0.858)
    assert round(s.overall.value, 2) == -0.86
    assert s.weighted.value == pytest.approx(-0.9007)


def test_points_that_add_up_to_100_or_to_1_give_the_same():
    by_name = servqual(*with_gaps(GAPS), weights=dict(zip(NAMES, (w / 100 for w in WEIGHTS), strict=True)))
    assert by_name.weighted.value == pytest.approx(-0.9007)
    assert servqual(*with_gaps(GAPS)).weighted is None


def edition_1988(positive, negative):
    raw = np.full((3, 22), float(positive))
    raw[:, list(REVERSED_1988)] = negative
    return raw


# The 1988 edition: computed from the wording of the items (10-13 and 18-22 are negative).
def test_negative_items_are_turned_before_the_gap():
    expected, perceived = edition_1988(7, 1), edition_1988(6, 2)
    s = servqual(expected, perceived, reversed_items=REVERSED_1988)
    assert [e.value for e in s.items] == [-1.0] * 22
    assert [e.value for e in s.dimensions.values()] == [-1.0] * 5
    assert s.overall.value == -1.0
    forgotten = servqual(expected, perceived)
    assert forgotten.dimensions["responsiveness"].value == forgotten.dimensions["empathy"].value == 1.0
    assert forgotten.overall.value == pytest.approx(-0.2)


def test_intervals_are_those_of_students_t():
    # gaps of three respondents in one dimension: -1, -2, -3; t(2) = 4.302653
    s = servqual([[5], [5], [5]], [[4], [3], [2]], dimensions={"all": [0]})
    e = s.overall
    assert e == s.dimensions["all"] == s.items[0]
    assert (e.value, e.low, e.high) == pytest.approx((-2, -2 - 4.302653 / math.sqrt(3), -2 + 4.302653 / math.sqrt(3)))
    assert (e.n, e.method) == (3, "gap-t")


def test_overall_interval_knows_that_dimensions_go_together():
    rng = np.random.default_rng(2)
    X = rng.integers(1, 8, (60, 4)).astype(float)
    E = np.full((60, 4), 7.0)
    s = servqual(E, X, dimensions={"a": [0, 1], "b": [2, 3]})
    each = (X - E).mean(axis=1)  # with equal sizes and no gaps the overall is the mean of these
    half = 2.000995 * each.std(ddof=1) / math.sqrt(60)
    assert (s.overall.value, s.overall.low, s.overall.high) == pytest.approx(
        (each.mean(), each.mean() - half, each.mean() + half), abs=1e-5
    )


def test_interval_of_dimensions_answered_by_different_people():
    # half answered dimension a, the other half b: the two means are independent, so their variances add up
    rng = np.random.default_rng(3)
    a, b = rng.integers(1, 8, 40).astype(float), rng.integers(1, 8, 20).astype(float)
    X = np.full((60, 2), math.nan)
    X[:40, 0], X[40:, 1] = a, b
    e = servperf(X, dimensions={"a": [0], "b": [1]}).overall
    error = math.sqrt(a.var(ddof=1) / 40 + b.var(ddof=1) / 20) / 2
    assert e.high - e.value == pytest.approx(2.093024 * error, rel=1e-6)  # t with 19 degrees of freedom
    assert e.n == 60


def test_missing_answers():
    nan = math.nan
    s = servqual([[7, 7, nan], [7, nan, 7]], [[6, nan, 5], [4, 4, nan]], dimensions={"a": [0, 1], "b": [2]})
    assert [e.n for e in s.items] == [2, 0, 0]
    assert s.items[1].value is None
    assert s.dimensions["a"].value == -2.0
    assert s.dimensions["b"].value is None
    assert s.overall.value is None  # not silently the mean of what is left
    empty = servqual(np.empty((0, 22)), np.empty((0, 22)))
    assert empty.overall.value is None
    assert empty.overall.n == 0


def test_one_respondent_and_equal_respondents_have_no_interval():
    for rows in (1, 5):
        s = servqual(np.full((rows, 22), 7.0), np.full((rows, 22), 5.0))
        assert (s.overall.value, s.overall.has_interval, s.overall.n) == (-2.0, False, rows)
        assert s.overall.method == "gap-no-interval"


def test_servperf_is_perception_alone():
    perceived = edition_1988(6, 2)
    s = servperf(perceived, reversed_items=REVERSED_1988, weights=WEIGHTS)
    assert s.overall.value == s.weighted.value == pytest.approx(6.0)


def test_broken_input_is_refused():
    ok = np.full((2, 22), 4.0)
    cases = [
        ((ok, ok[:, :21]), {}, "wrong_shape"),
        ((ok[0], ok[0]), {}, "wrong_shape"),
        ((ok, ok + 4), {}, "outside_scale"),
        ((ok, np.where(ok == 4, np.inf, ok)), {}, "not_finite"),
        ((ok, ok), {"reversed_items": [22]}, "unknown_item"),
        ((ok, ok), {"dimensions": {"a": [30]}}, "unknown_item"),
        ((ok, ok), {"reversed_items": ["10"]}, "unknown_item"),
        ((ok, ok), {"reversed_items": [9.5]}, "unknown_item"),
        ((ok, ok), {"reversed_items": 9}, "wrong_shape"),
        ((ok, ok), {"dimensions": {"a": ["x"]}}, "unknown_item"),
        ((ok, ok), {"dimensions": {"a": 1}}, "wrong_shape"),
        ((ok, ok), {"dimensions": [[0], [1]]}, "wrong_shape"),
        ((ok, ok), {"weights": 5}, "wrong_shape"),
        ((ok, ok), {"dimensions": {"a": []}}, "empty_dimension"),
        ((ok, ok), {"dimensions": {}}, "empty_dimension"),
        ((ok, ok), {"weights": (1, 2)}, "weights_inconsistent"),
        ((ok, ok), {"weights": (0, 0, 0, 0, 0)}, "weights_inconsistent"),
        ((ok, ok), {"weights": {"tangibles": 1}}, "weights_inconsistent"),
        ((ok, ok), {"weights": (-1, 1, 1, 1, 1)}, "negative_weight"),
    ]
    for arguments, options, code in cases:
        with pytest.raises(StatsError) as caught:
            servqual(*arguments, **options)
        assert caught.value.code == code
    before = ok.copy()
    servqual(ok, ok, reversed_items=[0])
    assert (ok == before).all()  # the caller's table is left as it was


tables = arrays(float, (6, 22), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, math.nan]))


@given(tables, tables, st.permutations(range(6)))
def test_laws(expected, perceived, order):
    s = servqual(expected, perceived)
    turned = servqual(perceived, expected)
    for name in NAMES:
        a, b = s.dimensions[name].value, turned.dimensions[name].value
        assert (a is None) == (b is None)
        if a is not None:
            assert a == pytest.approx(-b)
            assert -6 <= a <= 6
    shuffled = servqual(expected[list(order)], perceived[list(order)])
    assert shuffled.overall.value == (None if s.overall.value is None else pytest.approx(s.overall.value))

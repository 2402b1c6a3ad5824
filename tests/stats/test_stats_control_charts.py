"""Control charts: the worked examples of the NIST/SEMATECH e-Handbook of Statistical Methods, chapter 6.3."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import StatsError, ewma, p_chart, xmr

pytestmark = pytest.mark.filterwarnings("error")

# NIST 6.3.2.2
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_nist_individuals_chart():
    c = xmr(FLOW)
    assert c.centre == pytest.approx(50.81, abs=5e-3)
    assert c.moving_range_centre == pytest.approx(1.8778, abs=5e-5)
    assert c.upper[0] == pytest.approx(55.8041, abs=5e-5)
    assert c.lower[-1] == pytest.approx(45.8159, abs=5e-5)
    assert c.moving_range_upper == pytest.approx(6.1347, abs=5e-5)
    assert c.signals == ()
    assert len(c.values) == len(c.lower) == len(c.upper) == 10
    assert len(c.moving_ranges) == 9


# NIST 6.3.3.2 (proportions control charts), n = 200
def test_nist_p_chart():
    c = p_chart([40, 44, 22, 34, 24, 32, 28, 32, 34, 30], [200] * 10)
    assert c.centre == pytest.approx(0.16)
    assert c.upper == pytest.approx([0.2378] * 10, abs=5e-5)
    assert c.lower == pytest.approx([0.0822] * 10, abs=5e-5)
    assert not [s for s in c.signals if s.rule == "beyond_limit"]


# NIST 6.3.2.4: λ = 0.3, EWMA₀ = 50, s = 2.0539; the page prints the averages to two places and the limits from
# the factor 0.4201, which is rounded.
def test_nist_ewma():
    values = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5, *FLOW]
    printed = [50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33,
               50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99]  # fmt: skip
    c = ewma(values, 0.3, 50, 2.0539)
    assert [round(z, 2) for z in c.values] == printed
    assert c.upper[-1] == pytest.approx(52.5884, abs=1e-3)
    assert c.lower[-1] == pytest.approx(47.4115, abs=1e-3)
    assert c.upper[0] == pytest.approx(50 + 3 * 0.3 * 2.0539)  # one point: only its own weight
    assert c.signals == ()


def test_beyond_a_limit():
    calm = [10, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11]
    c = xmr([*calm, 30], baseline=12)
    assert [(s.index, s.rule, s.side) for s in c.signals if s.rule == "beyond_limit"] == [(12, "beyond_limit", 1)]
    jumps = [s for s in c.signals if s.rule == "moving_range_beyond_limit"]
    assert [(s.index, s.side, s.points) for s in jumps] == [(12, 1, (11, 12))]


def test_eight_in_a_row_and_not_seven():
    calm = [12, 10] * 6
    for many, fires in ((7, False), (8, True), (9, True)):
        c = xmr([*calm, *[11.5] * many], baseline=12)
        runs = [s for s in c.signals if s.rule == "eight_on_one_side"]
        assert bool(runs) == fires
        if fires:
            assert runs[0].points == tuple(range(runs[0].index - len(runs[0].points) + 1, runs[0].index + 1))
    on_the_line = xmr([*calm, *[11.0] * 10], baseline=12)
    assert not [s for s in on_the_line.signals if s.rule == "eight_on_one_side"]


def test_three_of_four_near_the_limit():
    calm = [10, 12] * 6  # centre 11, σ = 2/1.128, half way to the limit at 13.66
    c = xmr([*calm, 14, 11, 14, 14], baseline=12)
    near = [s for s in c.signals if s.rule == "three_of_four_near_limit"]
    assert [(s.index, s.points, s.side) for s in near] == [(15, (12, 14, 15), 1)]
    assert not [s for s in xmr([*calm, 14, 8, 14, 8], baseline=12).signals if s.rule == "three_of_four_near_limit"]


def test_limits_follow_the_number_of_answers_and_empty_weeks_stay_empty():
    c = p_chart([1, 0, 5, 50], [10, 0, 50, 500])
    assert c.values[1] is None
    assert (c.lower[1], c.upper[1]) == (0.0, 1.0)
    assert c.upper[0] > c.upper[2] > c.upper[3]
    assert all(s.index != 1 for s in c.signals)


def test_an_empty_week_does_not_break_a_run():
    hits, ns = [20, 80] * 5 + [60] * 4 + [0] + [60] * 4, [100] * 14 + [0] + [100] * 4
    runs = [s for s in p_chart(hits, ns).signals if s.rule == "eight_on_one_side"]
    assert runs
    assert 14 not in runs[0].points


def test_nothing_happens_when_nothing_varies():
    c = xmr([5.0] * 20)
    assert (c.lower[0], c.upper[0], c.signals) == (5.0, 5.0, ())
    assert xmr([0.1 + 0.2, 0.3] * 10).signals == ()
    assert p_chart([0] * 12, [50] * 12).signals == ()
    assert p_chart([50] * 12, [50] * 12).signals == ()


def test_broken_input_is_refused():
    for call, code in (
        (lambda: xmr([]), "too_few_points"),
        (lambda: xmr([1]), "too_few_points"),
        (lambda: xmr([1, 2, 3], baseline=1), "too_few_points"),
        (lambda: xmr([1, 2, 3], baseline=4), "too_few_points"),
        (lambda: xmr([1, math.nan]), "not_finite"),
        (lambda: xmr([[1, 2], [3, 4]]), "wrong_shape"),
        (lambda: p_chart([1], [1, 2]), "wrong_shape"),
        (lambda: p_chart([0], [0]), "no_answers"),
        (lambda: p_chart([], []), "no_answers"),
        (lambda: p_chart([3], [2]), "more_hits_than_answers"),
        (lambda: p_chart([-1], [2]), "negative_count"),
        (lambda: ewma([1], 0, 0, 1), "level_out_of_range"),
        (lambda: ewma([1], 0.2, 0, 0), "not_positive"),
        (lambda: ewma([], 0.2, 0, 1), "too_few_points"),
    ):
        with pytest.raises(StatsError) as caught:
            call()
        assert caught.value.code == code


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=40), st.floats(-1e3, 1e3))
def test_turning_the_chart_over_turns_the_signals(values, shift):
    c, turned = xmr(values), xmr([-v for v in values])
    assert [(s.index, s.rule, -s.side) for s in c.signals] == [(s.index, s.rule, s.side) for s in turned.signals]
    assert all(low <= c.centre <= high for low, high in zip(c.lower, c.upper, strict=True))
    assert xmr([v + shift for v in values]).centre == pytest.approx(c.centre + shift, abs=1e-6)


@given(
    st.lists(st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30)
)
def test_p_chart_laws(points):
    c = p_chart(*zip(*points, strict=True))
    assert 0 <= c.centre <= 1
    assert c.centre == pytest.approx(sum(x for x, _ in points) / sum(n for _, n in points))
    assert all(0 <= low <= c.centre <= high <= 1 for low, high in zip(c.lower, c.upper, strict=True))

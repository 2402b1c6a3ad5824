"""The catalogue: sums of parts, the vectors of the methods, nothing from nothing."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from premura.loop.understand.metrics import METRICS, Counts, Figure, ends_of, total

HISTOGRAM = st.dictionaries(st.integers(0, 10), st.integers(1, 40)).map(Counts)


@given(HISTOGRAM, HISTOGRAM, HISTOGRAM)
def test_counts_add_up_in_any_order(a, b, c):
    assert (a + b) + c == a + (b + c) == total([c, a, b])
    assert (a + b).n == a.n + b.n


@given(HISTOGRAM)
def test_counts_survive_being_written(counts):
    assert Counts.read(counts.written()) == counts


def test_nps_of_the_worked_example():
    """Sauro and Lewis' adjusted-Wald for 55 promoters and 15 detractors of 100."""
    estimate = METRICS["nps"].estimate(Counts({10: 55, 8: 30, 3: 15}))
    assert estimate.value == pytest.approx(40)
    assert (estimate.low, estimate.high) == (pytest.approx(24.60, abs=0.01), pytest.approx(53.07, abs=0.01))


def test_csat_of_the_worked_example():
    """Wilson: 42 of 60."""
    estimate = METRICS["csat"].estimate(Counts({5: 20, 4: 22, 3: 8, 1: 10}))
    assert estimate.value == pytest.approx(0.70)
    assert (estimate.low, estimate.high) == (pytest.approx(0.5749, abs=1e-4), pytest.approx(0.8010, abs=1e-4))


def test_ces_of_the_worked_example():
    counts = total([Counts({score: 1}) for score in (7, 6, 5, 4, 3, 2, 7, 6, 5, 1)])
    assert METRICS["ces"].estimate(counts).value == pytest.approx(0.6)
    assert METRICS["ces_mean"].estimate(counts).value == pytest.approx(4.6)


def test_delight_is_the_share_above_expectations():
    metric = METRICS["delight"]
    counts = Counts({metric.choices["above"]: 3, metric.choices["as"]: 5, metric.choices["below"]: 2})
    assert metric.estimate(counts).value == pytest.approx(0.3)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.code)
def test_nobody_answered_is_no_figure(metric):
    figure = Figure(metric, metric.estimate(Counts(), "1-5"), 1)
    assert figure.estimate.value is None
    assert not figure.is_measured
    assert not figure.is_enough


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.code)
def test_groups_share_out_the_whole_scale(metric):
    """Every score belongs to one class and to one only."""
    low, high = (-1, 1) if metric.choices else ends_of(metric.scale)
    for score in range(low, high + 1):
        assert sum(group.low <= score <= group.high for group in metric.groups) == 1


def test_below_the_minimum_is_grey():
    metric = METRICS["csat"]
    assert not Figure(metric, metric.estimate(Counts({5: 29})), 30).is_enough
    assert Figure(metric, metric.estimate(Counts({5: 30})), 30).is_enough


def test_a_change_is_after_minus_before():
    metric = METRICS["csat"]
    change = metric.compare(Counts({5: 60, 1: 40}), Counts({5: 90, 1: 10}), 30)
    assert change.effect.value == pytest.approx(0.3)
    assert change.verdict == "improved"
    assert metric.compare(Counts({5: 3}), Counts({1: 3}), 30).verdict == "not enough data"


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(METRICS)), st.lists(st.integers(0, 10), min_size=1, max_size=60))
def test_every_figure_and_its_interval_is_what_another_program_reckons(code, scores):
    """tools/recount.py does it by SciPy's own functions, from single answers instead of counts."""
    sys.path.insert(0, str(Path(__file__).parents[3] / "tools"))
    import recount

    metric = METRICS[code]
    known = (
        sorted(metric.choices.values())
        if metric.choices
        else range(ends_of(metric.scale)[0], ends_of(metric.scale)[1] + 1)
    )
    given_scores = [known[score % len(known)] for score in scores]
    estimate = metric.estimate(Counts(Counter(given_scores)))
    _kind, _scale, worth = recount.FIGURES[code]
    options = {score: option for option, score in metric.choices.items()}
    told = recount.estimate(code, [float(worth(options.get(score, score))) for score in given_scores])
    shown = [metric.factor * end for end in (estimate.value, estimate.low, estimate.high)]
    assert shown == pytest.approx(told, abs=1e-7)

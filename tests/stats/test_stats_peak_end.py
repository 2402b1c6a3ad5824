"""Peak-end: how an episode is remembered."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import StatsError, peak_end

pytestmark = pytest.mark.filterwarnings("error")


# Computed from the definition; ties of |x| go to the first moment.
@pytest.mark.parametrize(
    ("moments", "peak", "worst", "end", "score"),
    [
        ((1, 2, -2, 1, 2), 2, -2, 2, 2.0),
        ((1, 2, -2, 1, -1), 2, -2, -1, 0.5),
        ((-2, 2, 0), -2, -2, 0, -1.0),
        ((0,), 0, 0, 0, 0.0),
    ],
)
def test_vectors(moments, peak, worst, end, score):
    p = peak_end(moments)
    assert (p.peak, p.worst, p.end, p.score, p.n) == (peak, worst, end, score, len(moments))
    assert moments[p.peak_index] == peak
    assert moments[p.worst_index] == worst


def test_duration_is_neglected_but_the_mean_is_not():
    short, long = peak_end([-2, 1]), peak_end([-2, *[0] * 50, 1])
    assert short.score == long.score == -0.5
    assert long.mean == pytest.approx(-1 / 52)


def test_no_moments_and_broken_ones():
    assert peak_end([]).score is None
    assert peak_end(iter([1.0, 2.0])).end == 2
    for bad in ([math.nan], [math.inf], ["good"], [[1, 2]]):
        with pytest.raises(StatsError):
            peak_end(bad)


@given(st.lists(st.floats(-5, 5), min_size=1))
def test_laws(moments):
    p = peak_end(moments)
    assert abs(p.peak) == max(map(abs, moments))
    assert p.worst <= p.peak
    assert min(moments) <= p.score <= max(moments)

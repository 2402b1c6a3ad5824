"""Peak-end: how an episode is remembered."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import StatsError, peak_end, peak_ends

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


@given(st.lists(st.lists(st.integers(-2, 2), min_size=1, max_size=9), max_size=9))
def test_many_at_once_are_each_by_itself(episodes):
    starts = np.cumsum([0, *map(len, episodes)])[:-1]
    many = peak_ends(np.array([felt for episode in episodes for felt in episode], dtype=np.int64), starts)
    alone = [peak_end(episode) for episode in episodes]
    assert many.score.tolist() == [one.score for one in alone]
    assert many.mean.tolist() == [one.mean for one in alone]
    assert many.n.tolist() == [one.n for one in alone]
    assert (many.peak - starts).tolist() == [one.peak_index for one in alone]
    assert (many.worst - starts).tolist() == [one.worst_index for one in alone]
    assert (many.end - starts).tolist() == [one.n - 1 for one in alone]

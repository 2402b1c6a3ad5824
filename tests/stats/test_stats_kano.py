"""Kano: all 25 cells, coefficients, mode and ties."""

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.stats import StatsError, kano, kano_summary

pytestmark = pytest.mark.filterwarnings("error")

# Evaluation table of Berger et al., Center for Quality of Management Journal 2 (1993); rows functional, columns
# dysfunctional: like, expect, indifferent, tolerate, dislike. (One public copy prints R at like and dislike.)
CELLS = {
    1: "QAAAO",
    2: "RIIIM",
    3: "RIIIM",
    4: "RIIIM",
    5: "RRRRQ",
}


@pytest.mark.parametrize(("f", "d"), [(f, d) for f in range(1, 6) for d in range(1, 6)])
def test_every_cell(f, d):
    assert kano([f], [d]) == (CELLS[f][d - 1],)


# Ski study (Sauerwein et al. 1996), per cent of more than 1 500 customers; coefficients computed.
def test_edge_grip_is_a_must():
    s = kano_summary({"A": 70, "O": 323, "M": 493, "I": 95})
    assert s.better.value == pytest.approx(0.4006, abs=5e-5)
    assert s.worse.value == pytest.approx(-0.8318, abs=5e-5)
    assert (s.mode, s.tied, s.questionable, s.n) == ("M", False, False, 981)
    assert s.better.low < 0.4006 < s.better.high
    assert s.worse.low < -0.8318 < s.worse.high < 0


def test_contradictions_are_left_out_and_flagged():
    s = kano_summary({"A": 10, "I": 10, "R": 30, "Q": 50})
    assert s.better.value == 0.5
    assert s.better.n == 20
    assert (s.mode, s.questionable, s.questionable_share.value) == ("Q", True, 0.5)
    assert not kano_summary({"A": 95, "Q": 5}).questionable
    assert kano_summary({"A": 94, "Q": 6}).questionable


@pytest.mark.parametrize(
    ("letters", "mode"), [("MOAIRQ", "M"), ("OAIRQ", "O"), ("AIRQ", "A"), ("IRQ", "I"), ("RQ", "R"), ("Q", "Q")]
)
def test_ties(letters, mode):
    s = kano_summary(dict.fromkeys(letters, 7))
    assert (s.mode, s.tied) == (mode, len(letters) > 1)


def test_nothing_to_summarise():
    s = kano_summary({})
    assert (s.better.value, s.worse.value, s.mode, s.tied, s.questionable, s.n) == (None, None, None, False, False, 0)
    only_reverse = kano_summary({"R": 4})
    assert (only_reverse.better.value, only_reverse.worse.value, only_reverse.mode) == (None, None, "R")
    zero = kano_summary({"I": 9})
    assert math.copysign(1, zero.worse.value) == 1  # no "minus zero" on a page


def test_missing_and_broken_answers():
    assert kano([1, math.nan, 3], [5, 5, math.nan]) == ("O", None, None)
    assert kano([], []) == ()
    told = kano_summary(Counter(kano([1, math.nan, 1], [5, 5, 3])))
    assert (told.n, told.better.value, told.worse.value) == (2, 1.0, -0.5)
    for f, d, code in (
        ([1], [1, 2], "wrong_shape"),
        ([0], [1], "outside_scale"),
        ([6], [1], "outside_scale"),
        ([1.5], [1], "outside_scale"),
        (["like"], ["dislike"], "not_a_number"),
        ([math.inf], [1], "not_finite"),
        ([[1]], [[1]], "wrong_shape"),
    ):
        with pytest.raises(StatsError) as caught:
            kano(f, d)
        assert caught.value.code == code
    for bad in ({"X": 1}, {"A": -1}, {"A": math.nan}, ["A"]):
        with pytest.raises(StatsError):
            kano_summary(bad)


def test_published_shares_give_coefficients_without_interval():
    """Sauerwein et al. 1996, edge grip of a ski, in percent of more than 1,500 customers."""
    grip = kano_summary({"A": 7, "O": 32.3, "M": 49.3, "I": 9.5})
    assert (round(grip.better.value, 4), round(grip.worse.value, 4), grip.mode) == (0.4006, -0.8318, "M")
    assert grip.better.low is grip.worse.high is None
    assert grip.better.method == "shares-no-interval"


@given(st.dictionaries(st.sampled_from("AOMIRQ"), st.integers(0, 500)))
def test_laws(counts):
    s = kano_summary(counts)
    assert s.n == sum(counts.values())
    if s.better.value is not None:
        assert 0 <= s.better.low <= s.better.value <= s.better.high <= 1
        assert -1 <= s.worse.low <= s.worse.value <= s.worse.high <= 0
    if s.n:
        assert counts[s.mode] == max(counts.values())
    assert kano_summary(dict(reversed(counts.items()))) == s

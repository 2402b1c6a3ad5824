"""Silence, loyalty and harmless cells."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.listen.rules import harmless_cell, is_silent, loyalty_of, silent_days


@pytest.mark.parametrize(
    ("score", "group"),
    [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter"), (10, "promoter")],
)
def test_loyalty_groups_have_reichhelds_borders(score, group):
    assert loyalty_of(score) == group


def test_silence_counts_from_the_last_answer_or_from_the_beginning():
    today = date(2026, 3, 31)
    assert silent_days(date(2026, 1, 1), None, today) == 89
    assert silent_days(date(2026, 1, 1), date(2026, 3, 1), today) == 30
    assert silent_days(None, None, today) is None
    assert not is_silent(30, 30)
    assert is_silent(31, 30)


@pytest.mark.parametrize("cell", ["=1+1", "+39 0444", "-5", "@SUM(A1)", "\t=1", "\r=1", " =1+1"])
def test_what_would_begin_a_formula_is_shown_as_text(cell):
    assert harmless_cell(cell) == f"'{cell}"


@given(st.one_of(st.integers(), st.text()))
def test_a_harmless_cell_loses_nothing_and_computes_nothing(value):
    result = harmless_cell(value)
    assert str(result).endswith(str(value))
    if isinstance(result, str):
        assert not result.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))

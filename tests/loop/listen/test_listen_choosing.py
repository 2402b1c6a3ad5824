"""Which instrument fits which aim, and why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.listen.choosing import PURPOSES, Aim, advise, needed

AIMS = [
    (Aim("measure", 2_000), "questionnaire", "count", 92),
    (Aim("compare", 2_000), "questionnaire", "count", 184),
    (Aim("measure", 9), "interview", "few", 9),
    (Aim("understand", 2_000), "interview", "why", 12),
    (Aim("explore", 300), "focus_group", "ideas", 16),
    (Aim("explore", 300, is_delicate=True), "interview", "delicate", 12),
    (Aim("explore", 300, can_meet=False), "interview", "cannot-meet", 12),
    (Aim("explore", 4), "interview", "too-few-to-meet", 4),
]


@pytest.mark.parametrize(("aim", "instrument", "reason", "people"), AIMS)
def test_the_aim_chooses_the_instrument_and_says_why(aim, instrument, reason, people):
    advice = advise(aim)
    assert (advice.instrument, advice.reasons[0], advice.people) == (instrument, reason, people)


@given(
    st.builds(Aim, st.sampled_from(PURPOSES), st.integers(1, 10**7), is_delicate=st.booleans(), can_meet=st.booleans())
)
def test_nobody_is_asked_to_hear_more_people_than_there_are(aim):
    advice = advise(aim)
    assert 1 <= advice.people <= aim.population
    assert advice.reasons
    assert advice.then != advice.instrument


@given(st.integers(1, 10**7))
def test_more_people_never_need_fewer_answers(population):
    assert needed(population) <= needed(population + 1) <= 97

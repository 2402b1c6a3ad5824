"""Severity and emotion choose the steps; who has spoken to the customer knows better than a model."""

import pytest
from django.utils import translation

from premura.loop.recover.cases import write_message
from premura.loop.recover.models import Case, Mood, Severity
from premura.loop.recover.moods import set_mood, tick_step
from premura.loop.recover.playbooks import PLAYBOOKS, mood_of, playbook


@pytest.mark.parametrize("mood", ["", *Mood.values])
@pytest.mark.parametrize("severity", Severity.values)
def test_every_mood_and_severity_has_steps_each_once_and_in_words(mood, severity):
    steps = playbook(mood, severity)
    assert steps
    assert len({step.code for step in steps}) == len(steps)
    for language in ("it", "en"):
        with translation.override(language):
            assert all(str(step.what) for step in steps)
    assert ("tell-leader" in {step.code for step in steps}) == (severity == "high")


def test_each_mood_has_a_playbook_of_its_own():
    assert set(PLAYBOOKS) == set(Mood.values)
    assert playbook("angry", "normal")[0].code == "call"
    assert {"explain", "check"} <= {step.code for step in playbook("confused", "normal")}


def test_what_is_unlikely_is_not_acted_on():
    assert mood_of("Mah", [("anger", 0.2), ("joy", 0.9)]) == ""
    assert mood_of("I don’t understand the bill", [("sadness", 0.6)]) == "confused"
    assert mood_of("Non si capisce nulla, sono furioso", [("anger", 0.9)]) == "angry"


def test_the_mood_is_read_from_what_the_customer_writes_and_a_colleague_overrules_it(new_case, colleague, work):
    case = new_case()
    write_message(case, "in", "Sono furioso! La betoniera era sporca e non partiva.", by=None, channel="web")
    work()
    assert Case.objects.get().mood == "angry"
    case.refresh_from_db()
    set_mood(case, "calm", by=colleague)
    write_message(case, "in", "È una vergogna, sono furioso!", by=None, channel="web")
    work()
    assert Case.objects.get().mood == "calm"


def test_a_step_is_ticked_once_and_can_be_taken_back(case, colleague, now):
    assert tick_step(case, "call", by=colleague, at=now)
    assert not tick_step(case, "call", by=colleague)
    assert [tick.done_at for tick in case.ticks.all()] == [now]
    assert tick_step(case, "call", by=colleague, is_done=False)
    assert not case.ticks.exists()

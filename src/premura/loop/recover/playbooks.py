"""Severity and emotion choose the steps: who is angry is served fast, who is confused is helped along (row S43).

Pure. The steps are a help and no form to fill in: what is done is ticked, nothing is refused for want of a tick.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

#: What people write who do not understand, Italian and English: the emotions of the model do not hold it
_CONFUSED = re.compile(
    r"\b(non (ho|abbiamo) capito|non (si )?capisc\w+|non mi è chiaro|non è chiaro|poco chiar\w+|confus[oaie]\w*|"
    r"come si fa|come faccio|come devo fare|cosa devo fare|che cosa devo|mi sono pers[oa]|non so come|"
    r"(do not|don['’]t|did not|didn['’]t|cannot|can['’]t) understand|not clear|unclear|confus(ed|ing)|how do i|"
    r"how should i|what should i do|what am i supposed|i am lost|i['’]m lost)\b",
    re.IGNORECASE,
)
#: An emotion that is less likely than this is not acted on
LEAST_P = 0.4
_MOODS = {"anger": "angry", "disgust": "angry", "fear": "worried", "sadness": "disappointed"}
_MOODS["disappointment"] = "disappointed"


def mood_of(text: str, emotions: Iterable[tuple[str, float]]) -> str:
    """How somebody seems to feel who wrote ``text``; empty: cannot tell. ``emotions`` are labels and probabilities.

    >>> mood_of("Basta, sono furioso", [("anger", 0.88)]), mood_of("Non ho capito come si fa", [("sadness", 0.15)])
    ('angry', 'confused')
    >>> mood_of("La fattura è di 30 euro", [])
    ''
    """
    likely = [(p, _MOODS[label]) for label, p in emotions if label in _MOODS and p >= LEAST_P]
    surest = max(likely, default=(0.0, ""))[1]
    if surest == "angry":
        return surest
    return "confused" if _CONFUSED.search(text) else surest


@dataclass(frozen=True)
class Step:
    """One thing to do: what, and why it helps this customer."""

    code: str
    what: Any
    why: Any = ""


CALL = Step("call", _("Call them, before you write"), _("Who is angry wants to be heard by a person, and soon."))
TELL = Step("tell-leader", _("Tell somebody who leads"), _("A serious case must not be news to them."))
ACKNOWLEDGE = Step(
    "acknowledge", _("Say their problem back in one sentence"), _("So they know that you have understood.")
)
APOLOGISE = Step(
    "apologise", _("Apologise before you explain"), _("An explanation that comes first sounds like an excuse.")
)
DATE = Step("date", _("Name the day by which it is done"), _("A day can be kept; “soon” cannot."))
VERIFY = Step("verify", _("Ask afterwards whether it is right now"))

PLAYBOOKS: dict[str, tuple[Step, ...]] = {
    "angry": (
        CALL,
        APOLOGISE,
        Step("decide", _("Decide at once, within your limit"), _("No form, no second call, nobody else to ask.")),
        DATE,
        VERIFY,
    ),
    "confused": (
        ACKNOWLEDGE,
        Step("explain", _("Explain step by step, in everyday words"), _("One thing at a time, no words of the trade.")),
        Step(
            "check", _("Check that it is clear: ask how they will go on"), _("“Is that clear?” is always answered yes.")
        ),
        Step("summary", _("Send the steps in writing"), _("To be read again tomorrow.")),
    ),
    "worried": (
        Step("reassure", _("Say first what is safe and sure"), _("Who is afraid does not hear the rest before.")),
        ACKNOWLEDGE,
        Step("one-person", _("Give your name and how to reach you"), _("One person, no switchboard.")),
        DATE,
        VERIFY,
    ),
    "disappointed": (
        Step("expected", _("Name what they had expected of us"), _("The gap is what hurts, more than the fault.")),
        APOLOGISE,
        Step("ask-remedy", _("Ask what would put it right for them"), _("Often it is less than one fears.")),
        DATE,
        VERIFY,
    ),
    "calm": (ACKNOWLEDGE, APOLOGISE, DATE, VERIFY),
}


def playbook(mood: str, severity: str) -> list[Step]:
    """The steps for a customer of this ``mood`` in a case of this ``severity``, in order.

    >>> [step.code for step in playbook("angry", "high")][:3]
    ['call', 'tell-leader', 'apologise']
    >>> [step.code for step in playbook("", "low")]
    ['acknowledge', 'date']
    """
    steps = list(PLAYBOOKS.get(mood, PLAYBOOKS["calm"]))
    if severity == "high":
        steps.insert(1 if steps[0] is CALL else 0, TELL)
    if severity == "low" and mood in ("", "calm"):
        steps = [step for step in steps if step in (ACKNOWLEDGE, DATE)]
    return steps

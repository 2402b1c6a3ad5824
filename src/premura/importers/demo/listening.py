"""The demo company's programmes and surveys, and how a visit's marks become the answers of a survey."""

import random
from typing import TYPE_CHECKING, Any

from premura.importers.demo.story import Visit
from premura.loop.listen.definition import Definition, Option, Question, definition_from
from premura.loop.listen.models import Programme, Survey, SurveyVersion
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.surveys import add_survey, publish_survey

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo

_IMPROVE = Question("improve", "text", {"it": "Che cosa potremmo migliorare?", "en": "What could we do better?"})
NPS = Question(
    "nps",
    "nps",
    {
        "it": "Quanto è probabile che ci consigli a un collega o a un amico?",
        "en": "How likely are you to recommend us to a colleague or friend?",
    },
    required=True,
)
_THANKS = {
    "it": "Grazie. Leggiamo ogni risposta; se qualcosa non è andato bene, La richiamiamo entro un giorno lavorativo.",
    "en": "Thank you. We read every answer; if something went wrong, we call you back within one working day.",
}


def _expectation(it: str, en: str) -> Question:
    options = (
        Option("below", {"it": "Peggio di come mi aspettavo", "en": "Worse than I expected"}),
        Option("as", {"it": "Come mi aspettavo", "en": "As I expected"}),
        Option("above", {"it": "Meglio di come mi aspettavo", "en": "Better than I expected"}),
    )
    return Question("expectation", "single", {"it": it, "en": en}, options=options)


def _after_delivery(touchpoint: str) -> Definition:
    satisfied = {"it": "Quanto è soddisfatto della consegna?", "en": "How satisfied are you with the delivery?"}
    return Definition(
        title={"it": "Dopo la consegna", "en": "After the delivery"},
        languages=("it", "en"),
        thanks=_THANKS,
        questions=(
            Question("delivery", "csat", satisfied, required=True, touchpoint=touchpoint),
            NPS,
            _expectation(
                "Rispetto a quello che si aspettava, la consegna è stata:",
                "Compared with what you expected, the delivery was:",
            ),
            _IMPROVE,
        ),
    )


def _after_invoice(touchpoint: str) -> Definition:
    clear = {
        "it": "Quanto è soddisfatto della chiarezza della fattura?",
        "en": "How satisfied are you with the clarity of the invoice?",
    }
    easy = {
        "it": "Noleggi Tre Fiumi mi ha reso facile sistemare il conto.",
        "en": "Noleggi Tre Fiumi made it easy to settle the bill.",
    }
    return Definition(
        title={"it": "Dopo la fattura", "en": "After the invoice"},
        languages=("it", "en"),
        thanks=_THANKS,
        questions=(
            Question("invoice", "csat", clear, required=True, touchpoint=touchpoint),
            Question("ces", "ces", easy, touchpoint=touchpoint),
            _IMPROVE,
        ),
    )


def publish(demo: "Demo") -> dict[str, Survey]:
    """The pack's survey and two short ones, published on the first day; theme → survey."""
    general = Survey.objects.get()
    Programme.objects.update(created_at=demo.started_at)
    programme = add_programme(
        by=demo.owner,
        name=demo.say("programme", "name"),
        objective=demo.say("programme", "objective"),
        decision=demo.say("programme", "decision"),
        owner=demo.manager,
        at=demo.started_at,
    )
    codes = {theme: touchpoint.code for theme, touchpoint in demo.touchpoints.items()}
    delivery = add_survey(
        programme, _after_delivery(codes["delivery"]), by=demo.manager, slug="consegna", at=demo.started_at
    )
    invoice = add_survey(
        programme, _after_invoice(codes["billing"]), by=demo.manager, slug="fattura", at=demo.started_at
    )
    for survey in (general, delivery, invoice):
        publish_survey(survey, by=demo.owner, at=demo.started_at)
    return {"delivery": delivery, "billing": invoice} | dict.fromkeys(("counter", "machine", "phone"), general)


def answers(visit: Visit, version: SurveyVersion, chance: random.Random, touchpoint: str) -> dict[str, Any]:
    """What the customer ticks and writes in this survey after this visit."""
    given: dict[str, Any] = {}
    for question in definition_from(version.definition).questions:
        value = _answer(question, visit, chance, is_here=question.touchpoint == touchpoint)
        if value not in (None, ""):
            given[question.code] = value
    return given


def seconds_for(given: dict[str, Any], chance: random.Random) -> int:
    """How long these answers took: some seconds a mark, more for words; a few people do not read."""
    if chance.random() < 0.03:
        return max(1, len(given) - chance.choice((0, 1, 2)))
    read = sum(6 + len(value) / 4 if isinstance(value, str) else 6 for value in given.values())
    return round(read * chance.lognormvariate(0, 0.35)) + 4


def _answer(question: Question, visit: Visit, chance: random.Random, *, is_here: bool) -> Any:
    if question.kind in ("nps", "ces"):
        return visit.marks[question.kind]
    if question.kind == "csat":
        # What they came for gets the visit's mark; the other touchpoints of the survey something near it
        return visit.marks["csat"] if is_here else min(5, max(1, visit.marks["csat"] + chance.choice((0, 0, 1))))
    if question.kind == "text":
        return visit.comment
    if question.code == "expectation":
        mark = visit.marks["csat"]
        return "below" if mark <= 2 else "above" if mark == 5 and chance.random() < 0.7 else "as"
    return chance.choice(question.options).code if question.options else None

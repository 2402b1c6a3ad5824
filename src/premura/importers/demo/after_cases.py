"""What the customers of the demo company say after a case, and what they need that the company did not offer yet."""

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from premura.core.jobs.jobs import do_due_jobs
from premura.loop import wiring
from premura.loop.listen.definition import draft_from
from premura.loop.listen.models import Survey, SurveyVersion
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import publish_survey, save_draft
from premura.loop.listen.transfer import templates
from premura.loop.promise.needs import add_need, propose_solution, settle_need
from premura.loop.recover.asking import survey_after_cases
from premura.loop.recover.models import CaseSurvey

if TYPE_CHECKING:
    from premura.importers.demo.fill import Demo

#: A chance of its own: the story before does not change when this one does
SEED = 7
ANSWERED = 0.5
SLOW = timedelta(days=2)


def answer_after_cases(demo: "Demo") -> None:
    """Half of those who were asked answer: who waited for days, or had to come back, is not content."""
    chance = random.Random(SEED)  # noqa: S311  # a story, not a secret
    fair = random.Random(SEED)  # noqa: S311  # apart, so that the rest of the story stays as it is
    survey = survey_after_cases()
    version = _with_fairness(demo, survey) if survey else None
    asked = CaseSurvey.objects.select_related("case__customer", "resolution", "invitation").order_by("pk")
    for row in asked if version else []:
        answered_at = row.asked_at + timedelta(hours=chance.randrange(2, 60))
        is_good = row.resolution.resolved_at - row.case.opened_at < SLOW and row.case.resolutions.count() == 1
        said = _said(chance, is_good=is_good)
        said |= _was_fair(fair, is_good=is_good, was_given=row.case.gestures.exists())
        if chance.random() > ANSWERED or answered_at >= demo.now or row.case.customer is None:
            continue
        assert version is not None
        submission = receive_submission(
            version,
            said,
            key=f"after-case-{row.pk}",
            language=row.case.customer.language,
            channel=row.invitation.channel,
            token=row.invitation.token,
            at=answered_at,
        )
        unfold_submission(submission)
    do_due_jobs(wiring.do)


def _with_fairness(demo: "Demo", survey: Survey) -> SurveyVersion:
    """The survey after a case also asks the rest of what makes it fair."""
    definition, known = draft_from(survey.draft), templates()
    asked = {question.code for question in definition.questions}
    wished = [question for name in ("fairness", "on_my_side") for question in known[name].definition.questions]
    more = [question for question in wished if question.kind == "likert" and question.code not in asked]
    questions = tuple(msgspec.structs.replace(question, required=False) for question in more)
    changed = msgspec.structs.replace(definition, questions=(*definition.questions, *questions))
    saved = save_draft(survey, changed, survey.revision, demo.owner, demo.started_at)
    return publish_survey(saved, demo.owner, demo.started_at)


def _was_fair(chance: random.Random, *, is_good: bool, was_given: bool) -> dict[str, int]:
    """The outcome is as fair as what was given; being treated well costs nothing, and is what most people get."""
    means = {
        "fair_outcome": 3.0 + 0.9 * was_given + 0.5 * is_good,
        "fair_procedure": 3.0 + 0.9 * is_good,
        "fair_treatment": 4.1,
        "on_my_side": 2.9 + 0.6 * was_given + 0.6 * is_good,
    }
    return {code: min(5, max(1, round(chance.gauss(mean, 0.9)))) for code, mean in means.items()}


def _said(chance: random.Random, *, is_good: bool) -> dict[str, Any]:
    solved = chance.choices(("yes", "partly", "no"), (12, 3, 1) if is_good else (3, 3, 2))[0]
    marks = (5, 4, 4, 3) if solved == "yes" else (4, 3, 2, 1)
    felt = ("heard", "respected", "fair_outcome", "on_my_side")
    return {"resolved": solved, **{code: chance.choice(marks) for code in felt}}


def add_needs(demo: "Demo") -> None:
    """Each need of the words file is that of two customers: proposed for one, and settled as the file says."""
    chance = random.Random(SEED)  # noqa: S311  # a story, not a secret
    for row in demo.words["needs"]:
        for number, customer in enumerate(chance.sample(demo.customers, 2)):
            person, noted_at = chance.choice(demo.front_line), demo.now - timedelta(days=chance.randrange(20, 300))
            need = add_need(customer, row["what"][demo.language], by=person, at=noted_at)
            if number or "proposal" not in row:
                continue
            propose_solution(need, row["proposal"][demo.language], by=person, at=noted_at + timedelta(days=1))
            if "is_met" in row:
                note, settled_at = row.get("note", {}).get(demo.language, ""), noted_at + timedelta(days=12)
                settle_need(need, is_met=row["is_met"], note=note, by=person, at=settled_at)

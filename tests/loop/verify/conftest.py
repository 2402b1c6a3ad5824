"""An action that changed something on a day, and answers before and after it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

COMPLETED = date(2026, 3, 19)


@pytest.fixture
def delivery(company):
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    journey = Journey.objects.create(code="rental", name={"it": "Noleggio"})
    stage = Stage.objects.create(journey=journey, code="use", name={"it": "Uso"}, position=0)
    return Touchpoint.objects.create(stage=stage, code="delivery", name={"it": "Consegna"}, element="services")


@pytest.fixture
def answer(company, now, delivery):
    """``answer(day, 5, n=40, location=…)``: n answers of satisfaction of that score on that day, at the delivery."""
    from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion

    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)
    us = Subject.objects.create(name="Noi", is_us=True)

    def make(day: date, score: int, *, n: int = 1, touchpoint=delivery, location=None):
        fields = {"survey": survey, "version": version, "subject": us, "channel": "link", "language": "it"}
        days = {
            "answered_on": day,
            "answered_at": datetime.combine(day, time(9), tzinfo=UTC),
            "week_on": day - timedelta(days=day.weekday()),
        }
        responses = Response.objects.bulk_create([Response(location=location, **fields, **days) for _ in range(n)])
        Answer.objects.bulk_create(
            [
                Answer(response=row, question="q", kind="csat", scale="1-5", score=score, touchpoint=touchpoint)
                for row in responses
            ]
        )

    return make


@pytest.fixture
def completed(owner, delivery):
    """``completed(window_days=30)``: an action put in place on 19 March 2026, its event not delivered yet."""
    from premura.loop.improve.actions import complete_action, open_action
    from premura.loop.improve.causes import add_cause

    def make(*, on: date = COMPLETED, location=None, **given):
        at = datetime.combine(on, time(12), tzinfo=UTC)
        fields = {"metric": "csat", "expected_change": 0.1, "window_days": 30, "touchpoint": delivery, **given}
        action = open_action(
            add_cause(by=owner, name={"it": "Giro"}),
            by=owner,
            title="Giro pronto la sera prima",
            customer_effect="Sa l'ora",
            owner=owner,
            due_on=on,
            location=location,
            at=at - timedelta(days=20),
            **fields,
        )
        complete_action(action, by=owner, completed_on=on, at=at)
        return action

    return make

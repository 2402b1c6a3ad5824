"""A small company that puts things right: two touchpoints, deadlines, a catalogue, limits, and customers who answer."""

from datetime import time
from decimal import Decimal

import pytest


@pytest.fixture
def manager(new_person, vicenza):
    """Leads Vicenza."""
    return new_person("manager", vicenza, name="Marta Manager")


@pytest.fixture
def hours(company):
    """Monday to Friday, 8:30–12:30 and 14:00–18:00."""
    from premura.core.company.models import OpeningHours

    for weekday in range(5):
        OpeningHours.objects.create(weekday=weekday, opens=time(8, 30), closes=time(12, 30))
        OpeningHours.objects.create(weekday=weekday, opens=time(14), closes=time(18))


@pytest.fixture
def points(company):
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    journey = Journey.objects.create(code="rental", name={"it": "Noleggio", "en": "Rental"})
    stage = Stage.objects.create(journey=journey, code="use", name={"it": "Uso", "en": "Use"}, position=0)
    return {
        code: Touchpoint.objects.create(
            stage=stage, code=code, name={"it": italian, "en": code}, position=place, element="services"
        )
        for place, (code, italian) in enumerate({"delivery": "Consegna", "counter": "Banco"}.items())
    }


@pytest.fixture
def deadlines(company):
    from premura.loop.recover.models import Deadline

    for severity, first, solution in (("low", "8", "40"), ("normal", "4", "24"), ("high", "2", "8")):
        Deadline.objects.create(severity=severity, first_answer_hours=first, solution_hours=solution)


@pytest.fixture
def remedies(company):
    """One of each cost rule, by its rule's name."""
    from premura.loop.recover.remedies import add_remedy

    given = {
        "none": ("apology", Decimal(0)),
        "fixed": ("gift", Decimal("12.50")),
        "amount": ("refund", Decimal(0)),
        "percent": ("discount", Decimal(15)),
    }
    return {
        rule: add_remedy(by=None, name={"it": f"rimedio {rule}", "en": rule}, kind=kind, cost_rule=rule, cost=cost)
        for rule, (kind, cost) in given.items()
    }


@pytest.fixture
def limits(company):
    """Front line 100 a case and 500 a month, managers 300 and 1500, the owner no limit."""
    from premura.core.staff.models import AuthorityLimit

    given = {"front_line": (100, 500), "manager": (300, 1500), "owner": (None, None)}
    return {
        role: AuthorityLimit.objects.create(role=role, per_case=case, per_month=month)
        for role, (case, month) in given.items()
    }


@pytest.fixture
def customer(vicenza, now):
    from premura.core.customers.customers import add_customer

    return add_customer(by=None, name="Rossi Costruzioni", email="rossi@example.it", location=vicenza, at=now)


@pytest.fixture
def new_case(vicenza, customer, now):
    from premura.loop.recover.cases import open_case

    def make(title="Betoniera sporca", *, by=None, at=now, **fields):
        fields.setdefault("location", vicenza)
        fields.setdefault("customer", customer)
        return open_case(title, by=by, why=[{"code": "by-hand"}], channel="phone", at=at, **fields)

    return make


@pytest.fixture
def case(new_case, colleague):
    return new_case()


@pytest.fixture
def answered(points, owner, customer, vicenza, now):
    """``answered(recommend=3, comment="…")``: a customer answers a published survey; returns the response."""
    from premura.loop.listen.definition import definition_from
    from premura.loop.listen.invitations import invite_customer
    from premura.loop.listen.programmes import add_programme
    from premura.loop.listen.submissions import receive_submission, unfold_submission
    from premura.loop.listen.surveys import add_survey, current_version, publish_survey

    definition = definition_from(
        {
            "title": {"it": "Dopo il noleggio", "en": "After the rental"},
            "languages": ["it", "en"],
            "questions": [
                {
                    "code": "recommend",
                    "kind": "nps",
                    "text": {"it": "Ci consiglierebbe?", "en": "Would you recommend us?"},
                },
                {
                    "code": "delivery",
                    "kind": "csat",
                    "text": {"it": "La consegna?", "en": "The delivery?"},
                    "touchpoint": "delivery",
                },
                {"code": "comment", "kind": "text", "text": {"it": "Perché?", "en": "Why?"}},
            ],
        }
    )
    programme = add_programme(by=owner, name="Dopo", objective="Capire", decision="Consegne", owner=owner, at=now)
    survey = add_survey(programme, definition, by=owner, at=now)
    publish_survey(survey, by=owner, at=now)
    count = iter(range(1000))

    def answer(*, at=now, anonymous=False, **answers):
        token = "" if anonymous else invite_customer(survey, customer, "link", by=owner, location=vicenza, at=at).token
        submission = receive_submission(
            current_version(survey),
            answers,
            key=f"k{next(count)}",
            language="it",
            channel="link",
            location_code="vicenza",
            token=token,
            at=at,
        )
        return unfold_submission(submission)

    answer.survey = survey
    return answer


@pytest.fixture
def rules(points):
    from premura.loop.recover.models import CaseRule

    CaseRule.objects.create(code="detractor", kind="nps", at_most=6)
    CaseRule.objects.create(code="unhappy", kind="csat", at_most=2, severity="low")
    CaseRule.objects.create(code="bad-delivery", kind="csat", at_most=2, touchpoint=points["delivery"], severity="high")

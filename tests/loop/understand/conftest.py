"""Answers by the hundred, written straight into the tables: what is tested here is counting, not receiving."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest

#: What both surveys ask: asked of colleagues too, it is how the company sees itself.
ASKED = {
    "q_nps": "nps", "q_csat": "csat", "q_ces": "ces", "expectation": "single", "stay": "single", "referred": "yesno",
    "spend": "single",
}  # fmt: skip
SCALES = {"nps": ("0-10", 0, 10), "csat": ("1-5", 1, 5), "ces": ("1-7", 1, 7)}


@pytest.fixture
def points(company):
    """Three touchpoints: delivery and counter in the journey, of different elements; one never measured."""
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    journey = Journey.objects.create(code="rental", name={"it": "Noleggio", "en": "Rental"})
    stage = Stage.objects.create(journey=journey, code="use", name={"it": "Uso", "en": "Use"}, position=0)
    names = {"delivery": "services", "counter": "people", "invoice": "value"}
    return {
        code: Touchpoint.objects.create(
            stage=stage, code=code, name={"it": code, "en": code}, position=place, element=element
        )
        for place, (code, element) in enumerate(names.items())
    }


@pytest.fixture
def subjects(company):
    from premura.loop.listen.models import Subject

    return {
        "us": Subject.objects.create(name="Nolo Prova", is_us=True),
        "them": Subject.objects.create(name="Altri Noleggi"),
    }


@pytest.fixture
def surveys(company, now):
    """Two published surveys of one programme."""
    from premura.loop.listen.models import Programme, Survey, SurveyVersion

    programme = Programme.objects.create(name="Dopo il noleggio", objective="Capire la consegna", created_at=now)
    asked = {"questions": [{"code": code, "kind": kind} for code, kind in ASKED.items()]}
    made = []
    for slug in ("dopo", "telefono"):
        survey = Survey.objects.create(
            programme=programme, slug=slug, draft={"title": {"it": slug, "en": slug}}, created_at=now
        )
        SurveyVersion.objects.create(survey=survey, number=1, definition=asked, published_at=now)
        made.append(survey)
    return made


@pytest.fixture
def written(surveys, subjects):
    """``written(day, nps=9, csat=4, text="…", location=…)``: one response on that day and its answers, not yet kept."""
    from premura.loop.listen.models import Answer, Response

    versions = {survey.pk: survey.versions.get() for survey in surveys}

    def make(
        day: date,
        *,
        touchpoint=None,
        survey=None,
        text="",
        expectation="",
        stay="",
        referred="",
        spend="",
        scales=None,
        **given,
    ):
        scores = {kind: score for kind in SCALES if (score := given.pop(kind, None)) is not None}
        survey = survey or surveys[0]
        given.setdefault("subject", subjects["us"])
        given.setdefault("channel", "link")
        given.setdefault("language", "it")
        response = Response(
            survey=survey,
            version=versions.get(survey.pk) or survey.versions.get(),
            answered_at=datetime.combine(day, time(10), tzinfo=UTC),
            answered_on=day,
            week_on=day - timedelta(days=day.weekday()),
            **given,
        )
        rows = [
            Answer(
                response=response,
                question=f"q_{kind}",
                kind=kind,
                scale=(scales or {}).get(kind, SCALES[kind][0]),
                score=score,
                touchpoint=touchpoint,
            )
            for kind, score in scores.items()
        ]
        if text:
            rows.append(Answer(response=response, question="why", kind="text", text=text, touchpoint=touchpoint))
        for code, kind, chosen in (
            ("expectation", "single", expectation),
            ("stay", "single", stay),
            ("referred", "yesno", referred),
            ("spend", "single", spend),
        ):
            if chosen:
                asked = {"question": code, "kind": kind, "choices": [chosen]}
                rows.append(Answer(response=response, touchpoint=touchpoint, **asked))
        return response, rows

    return make


@pytest.fixture
def respond(written):
    """``respond(day, nps=9, …)``, as :func:`written`: one response on that day, kept; returns it."""
    from premura.loop.listen.models import Answer

    def make(day: date, **given):
        response, rows = written(day, **given)
        response.save(force_insert=True)
        Answer.objects.bulk_create(rows)
        return response

    return make


@pytest.fixture
def crowd(written, surveys, subjects, points, vicenza, padova, owner, colleague, now):
    """``crowd(seed, n)``: n responses of every sort; returns them as plain dictionaries to be counted again by hand."""
    from premura.core.customers.models import Account, Customer, Interaction
    from premura.loop.listen.models import Answer, Response

    segments = {"Rita": "private", "Rossi Srl": "business", "Ugo": ""}
    customers = [Customer.objects.create(name=name, segment=part, created_at=now) for name, part in segments.items()]
    Customer.objects.filter(pk=customers[1].pk).update(account=Account.objects.create(name="Rossi Srl"))
    customers[1].refresh_from_db()
    met = {"customer": customers[0], "touchpoint": points["counter"], "channel": "person", "happened_at": now}
    meetings = [Interaction.objects.create(person=person, **met) for person in (owner, colleague, None)]

    def make(seed: int, n: int) -> list[dict]:
        random = Random(seed)
        made = []
        for _ in range(n):
            row = {
                "day": date(2026, 1, 1) + timedelta(days=random.randrange(80)),
                "touchpoint": random.choice([points["delivery"], points["counter"], None]),
                "survey": random.choice(surveys),
                "location": random.choice([vicenza, padova, None]),
                "channel": random.choice(["link", "qr", "phone"]),
                "language": random.choice(["it", "en"]),
                "subject": random.choices([subjects["us"], subjects["them"]], [9, 1])[0],
                "perspective": random.choices(["customer", "staff"], [9, 1])[0],
                "moment": random.choices(["perception", "expectation"], [9, 1])[0],
                "nps": random.choice([None, *range(11)]),
                "csat": random.choice([None, 1, 2, 3, 4, 5]),
                "ces": random.choice([None, *range(1, 8)]),
                "scales": random.choices([None, {"csat": "1-10"}], [9, 1])[0],
                "text": random.choice(["", "Gentili", "In ritardo di un'ora"]),
                "expectation": random.choice(["", "below", "as", "above"]),
                "stay": random.choice(["", "no", "perhaps", "yes", "never asked so"]),
                "referred": random.choice(["", "no", "yes"]),
                "spend": random.choice(["", "less", "half", "most"]),
                "customer": random.choice([None, *customers]),
                "interaction": random.choice([None, *meetings]),
            }
            made.append(row)
        kept = [written(**row) for row in made]
        Response.objects.bulk_create([response for response, _answers in kept])
        Answer.objects.bulk_create([answer for _response, answers in kept for answer in answers])
        return made

    return make

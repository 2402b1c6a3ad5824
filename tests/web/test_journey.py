"""The map: what is measured, what is not, what is waiting; one page for each touchpoint."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone


@pytest.fixture
def journey(company, vicenza):
    from premura.core.journeys.models import Journey, Stage, Touchpoint

    made = Journey.objects.create(code="rental", name={"it": "Noleggio"})
    points = {}
    for place, (code, name) in enumerate({"delivery": "Consegna in cantiere", "invoice": "Fattura"}.items()):
        stage = Stage.objects.create(journey=made, code=code, name={"it": f"Fase {place}"}, position=place)
        points[code] = Touchpoint.objects.create(
            stage=stage,
            code=code,
            name={"it": name},
            element="services",
            is_moment_of_truth=code == "delivery",
            standard={"it": "Entro l'ora promessa"} if code == "delivery" else {},
        )
    return points


@pytest.fixture
def answer(journey, vicenza):
    from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion

    now = timezone.now()
    programme = Programme.objects.create(name="Dopo", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", created_at=now)
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)
    us = Subject.objects.create(name="Noi", is_us=True)

    def make(score, *, n=1, code="delivery", location=vicenza, text="", days_ago=2):
        day = timezone.localdate() - timedelta(days=days_ago)
        for _ in range(n):
            response = Response.objects.create(
                survey=survey,
                version=version,
                subject=us,
                channel="link",
                language="it",
                location=location,
                answered_at=datetime.combine(day, time(9), tzinfo=UTC),
                answered_on=day,
                week_on=day - timedelta(days=day.weekday()),
            )
            Answer.objects.create(
                response=response, question="q", kind="csat", scale="1-5", score=score, touchpoint=journey[code]
            )
            if text:
                Answer.objects.create(
                    response=response, question="why", kind="text", text=text, touchpoint=journey[code]
                )

    return make


def text_of(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_without_a_journey_the_page_says_where_it_comes_from(client_of, owner, company):
    assert "pacchetto di settore" in text_of(client_of(owner), "journey")


@pytest.mark.django_db
def test_the_map_shows_figures_and_what_is_not_measured(client_of, owner, answer):
    answer(5, n=30)
    answer(1, n=10)
    text = text_of(client_of(owner), "journey")
    assert "75%" in text
    assert "40 risposte" in text
    assert "non misurato" in text
    assert "momento della verità" in text
    assert "Entro l&#x27;ora promessa" in text
    assert "Punti di contatto misurati in questi giorni: 1 su 2" in text


@pytest.mark.django_db
def test_few_answers_are_said_to_be_few(client_of, owner, answer):
    answer(5, n=3)
    assert "ancora poche: 3 risposte, ne servono 30" in text_of(client_of(owner), "journey")


@pytest.mark.django_db
def test_open_cases_stand_where_they_wait(client_of, owner, elsewhere, journey, vicenza):
    from premura.loop.recover.models import Case

    for is_open in (True, True, False):
        Case.objects.create(
            title="In ritardo",
            channel="phone",
            opened_at=timezone.now(),
            location=vicenza,
            touchpoint=journey["delivery"],
            is_open=is_open,
        )
    assert "2 casi aperti" in text_of(client_of(owner), "journey")
    assert "casi aperti" not in text_of(client_of(elsewhere), "journey")
    page = text_of(client_of(elsewhere), "touchpoint", journey["delivery"].pk)
    assert "In ritardo" not in page


@pytest.mark.django_db
def test_another_place_is_not_counted(client_of, elsewhere, answer, journey):
    answer(5, n=40, text="Bravi a Vicenza")
    client = client_of(elsewhere)
    assert "40 risposte" not in text_of(client, "journey")
    page = text_of(client, "touchpoint", journey["delivery"].pk)
    assert "Bravi" not in page
    assert "Mai misurato" in page


@pytest.mark.django_db
def test_a_touchpoint_shows_standard_trend_words_and_cards(client_of, owner, answer, journey):
    from premura.loop.equip.models import KnowledgeCard

    answer(4, n=35, text="Puntuali")
    KnowledgeCard.objects.create(
        code="late",
        title={"it": "Se la consegna ritarda"},
        touchpoint=journey["delivery"],
        review_on=timezone.localdate(),
        changed_at=timezone.now(),
    )
    page = text_of(client_of(owner), "touchpoint", journey["delivery"].pk, period="365")
    for words in ("Entro l&#x27;ora promessa", "100%", "35 risposte", "Puntuali", "Se la consegna ritarda"):
        assert words in page


@pytest.mark.django_db
def test_a_touchpoint_that_is_not_there(client_of, owner, company):
    assert client_of(owner).get(reverse("touchpoint", args=[99])).status_code == 404


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(client_of, owner, answer, journey, django_assert_max_num_queries):
    client = client_of(owner)
    for n in (1, 20):
        answer(4, n=n, text="Bene")
        answer(4, n=n, code="invoice")
        with django_assert_max_num_queries(13):
            text_of(client, "journey")
        with django_assert_max_num_queries(21):
            text_of(client, "touchpoint", journey["delivery"].pk)


@pytest.mark.django_db
def test_what_they_feel_stands_under_the_map_and_is_grey_below_the_least(client_of, owner, answer):
    from premura.loop.understand.comments import read_answers, unread

    answer(1, n=3, text="Sono furioso, una vergogna assoluta")
    read_answers(unread())
    page = client_of(owner).get(reverse("journey")).content.decode()
    assert "Che cosa provano" in page
    assert "ancora pochi: 3 commenti" in page
    assert "emotion=anger" in page

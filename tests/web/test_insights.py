"""The pages of results: every figure leads to its rows and its making, says how sure it is, and shows only one's own
places.
"""

import csv
import io
import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from premura.stats.scores import nps

PAGES = ["insights", "insights-rows", "insights-making", "insights-table", "comments", "coverage", "coverage-unasked"]


@pytest.fixture
def world(company, vicenza, padova):
    """A touchpoint, a survey with an objective, and ``answer(day, nps=…, csat=…, text=…)``."""
    from premura.core.customers.models import Customer
    from premura.core.journeys.models import Journey, Stage, Touchpoint
    from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion

    now = timezone.now()
    journey = Journey.objects.create(code="rental", name={"it": "Noleggio"})
    stage = Stage.objects.create(journey=journey, code="use", name={"it": "Uso"}, position=0)
    delivery = Touchpoint.objects.create(
        stage=stage, code="delivery", name={"it": "Consegna in cantiere", "en": "Delivery"}, element="services"
    )
    programme = Programme.objects.create(name="Dopo", objective="Sapere se la consegna è puntuale", created_at=now)
    survey = Survey.objects.create(
        programme=programme, slug="dopo", draft={"title": {"it": "Dopo la consegna"}}, created_at=now
    )
    version = SurveyVersion.objects.create(survey=survey, number=1, definition={}, published_at=now)
    us = Subject.objects.create(name="Nolo Prova", is_us=True)
    scales = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}

    class World:
        def __init__(self):
            self.delivery, self.survey = delivery, survey
            self.today = timezone.localdate()

        def answer(self, days_ago=3, *, n=1, text="", location=None, customer="", touchpoint=delivery, **scores):
            day = self.today - timedelta(days=days_ago)
            for _ in range(n):
                response = Response.objects.create(
                    survey=survey,
                    version=version,
                    subject=us,
                    channel="link",
                    language="it",
                    location=location,
                    customer=Customer.objects.create(name=customer, created_at=now) if customer else None,
                    answered_at=datetime.combine(day, time(10), tzinfo=UTC),
                    answered_on=day,
                    week_on=day - timedelta(days=day.weekday()),
                )
                for kind, score in scores.items():
                    Answer.objects.create(
                        response=response,
                        question=kind,
                        kind=kind,
                        scale=scales[kind],
                        score=score,
                        touchpoint=touchpoint,
                    )
                if text:
                    Answer.objects.create(
                        response=response, question="why", kind="text", text=text, touchpoint=touchpoint
                    )
            return response

    return World()


def page_of(client, name, **query):
    response = client.get(reverse(name), query)
    assert response.status_code == 200, response.content[:400]
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_empty_and_full(client_of, owner, world, name):
    client = client_of(owner)
    page_of(client, name)
    world.answer(n=3, nps=9, csat=4, ces=6, text="Tutto bene", customer="Impresa Zanon")
    page_of(client, name)
    page_of(client, name, metric="csat_mean", period="365", by="week", step="month", touchpoint="0", location="0")


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_who_may_not_see_results_is_refused(client, client_of, new_person, name):
    assert client.get(reverse(name)).status_code == 302
    nobody = new_person("front_line")
    nobody.role = "nobody"
    nobody.save()
    assert client_of(nobody).get(reverse(name)).status_code == 403


@pytest.mark.django_db
def test_a_figure_never_comes_without_interval_and_n(client_of, owner, world):
    world.answer(n=40, nps=10)
    world.answer(n=20, nps=3)
    text = page_of(client_of(owner), "insights")
    assert "60 risposte" in text
    assert ">33<" in text
    low, high = (round(end) for end in (nps(40, 0, 20).low, nps(40, 0, 20).high))
    assert f"da {low} a {high}" in text
    assert reverse("insights-making") in text
    assert reverse("insights-rows") in text


@pytest.mark.django_db
def test_below_the_minimum_it_says_how_many_are_needed(client_of, owner, world):
    world.answer(n=7, csat=5)
    assert "ancora poche: 7 risposte, ne servono 30" in page_of(client_of(owner), "insights")


@pytest.mark.django_db
def test_a_change_says_whether_it_is_news(client_of, owner, world):
    world.answer(100, n=60, csat=2)
    world.answer(10, n=60, csat=5)
    assert "+100 punti, e non è il caso" in page_of(client_of(owner), "insights")
    world.answer(10, n=1, nps=3)
    assert "troppo poche risposte per un confronto" in page_of(client_of(owner), "insights")


@pytest.mark.django_db
def test_an_empty_page_teaches_and_a_filter_that_finds_nothing_can_be_taken_away(client_of, owner, world):
    client = client_of(owner)
    text = page_of(client, "insights")
    assert "Nessuna risposta non vuol dire clienti soddisfatti" in text
    text = page_of(client, "insights", channel="phone")
    assert "Togli un filtro" in text


@pytest.mark.django_db
def test_days_the_wrong_way_round_are_swapped_and_said(client_of, owner, world):
    text = page_of(client_of(owner), "insights", period="custom", **{"from": "2026-03-31", "to": "2026-03-01"})
    assert "sono stati scambiati" in text
    assert 'value="2026-03-01"' in text


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["2026-02-30", "ieri", "9999999-01-01", "0001-01-01"])
def test_days_that_do_not_exist_break_nothing(client_of, owner, world, wrong):
    page_of(client_of(owner), "insights", period="custom", **{"from": wrong, "to": "2026-03-01"})
    page_of(client_of(owner), "coverage", period="custom", **{"from": wrong})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        {"metric": "happiness"},
        {"period": "forever"},
        {"location": "99999"},
        {"location": "²"},
        {"touchpoint": "9" * 40},
        {"touchpoint": "-1"},
        {"survey": "x"},
        {"channel": "smoke"},
        {"language": "xx"},
        {"by": "colour"},
    ],
)
def test_what_does_not_exist_is_not_found(client_of, owner, world, query):
    assert client_of(owner).get(reverse("insights"), query).status_code == 404


@pytest.mark.django_db
def test_another_place_is_neither_counted_nor_named(client_of, elsewhere, colleague, world, vicenza):
    world.answer(n=35, nps=9, location=vicenza, text="Bravi a Vicenza", customer="Impresa Zanon")
    client = client_of(elsewhere)
    for name in PAGES:
        text = page_of(client, name)
        assert "35 risposte" not in text
        assert "Zanon" not in text
        assert "Vicenza" not in text
    assert client.get(reverse("insights"), {"location": vicenza.pk}).status_code == 404
    assert "35 risposte" in page_of(client_of(colleague), "insights")


@pytest.mark.django_db
def test_the_breakdown_leads_to_its_rows_and_they_are_as_many(client_of, owner, world, vicenza):
    world.answer(n=3, csat=5, location=vicenza, customer="Impresa Zanon")
    world.answer(n=2, csat=1)
    client = client_of(owner)
    text = page_of(client, "insights", metric="csat", by="location")
    assert "nessuna sede" in text
    rows = client.get(reverse("insights-rows"), {"metric": "csat", "location": vicenza.pk})
    assert rows.context["page"].paginator.count == 3
    rows = client.get(reverse("insights-rows"), {"metric": "csat", "location": 0})
    assert rows.context["page"].paginator.count == 2
    assert [part[3] for part in rows.context["parts"]] == [2, 2, 0, 0]


@pytest.mark.django_db
def test_detractors_are_listed_by_name(client_of, owner, world):
    world.answer(nps=10, customer="Contento Srl")
    unhappy = world.answer(nps=2, customer="Scontento Srl")
    text = page_of(client_of(owner), "insights-rows", metric="nps", group="detractors")
    assert "Scontento Srl" in text
    assert "Contento Srl" not in text.replace("Scontento Srl", "")
    assert reverse("response", args=[unhappy.pk]) in text
    assert client_of(owner).get(reverse("insights-rows"), {"group": "x"}).status_code == 404


@pytest.mark.django_db
def test_the_making_shows_formula_and_counts(client_of, owner, world):
    world.answer(n=5, nps=10)
    world.answer(n=2, nps=6)
    text = page_of(client_of(owner), "insights-making", metric="nps")
    assert "100 × (5 − 2) ÷ 7" in text
    assert "Wald corretto" in text
    assert "Dopo la consegna" in text


@pytest.mark.django_db
def test_one_survey_prints_why_it_asks(client_of, owner, world):
    world.answer(nps=9)
    text = page_of(client_of(owner), "insights", survey=world.survey.pk)
    assert "Sapere se la consegna è puntuale" in text


@pytest.mark.django_db
def test_the_file_says_the_same_as_the_page_and_can_do_no_harm(client_of, owner, world, vicenza):
    vicenza.name = '=HYPERLINK("http://x")'
    vicenza.save()
    world.answer(n=3, csat=5, location=vicenza)
    world.answer(n=1, csat=1, location=vicenza)
    response = client_of(owner).get(reverse("insights-table"), {"metric": "csat", "by": "location"})
    assert response["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1][0].startswith("'=")
    assert (float(rows[1][1]), rows[1][4], rows[1][6]) == (75.0, "4", "wilson")
    book = client_of(owner).get(reverse("insights-table"), {"metric": "csat", "by": "location", "as": "xlsx"})
    assert book.content[:2] == b"PK"


@pytest.mark.django_db
def test_comments_worst_first_and_searched(client_of, owner, world):
    world.answer(csat=5, text="Tutto bene")
    world.answer(csat=1, text="Due ore di ritardo")
    client = client_of(owner)
    text = page_of(client, "comments")
    assert text.index("Due ore di ritardo") < text.index("Tutto bene")
    found = page_of(client, "comments", q="ritardo")
    assert "Tutto bene" not in found
    assert "Nessun commento corrisponde" in page_of(client, "comments", q="<script>alert(1)</script>")
    assert "<script>alert" not in page_of(client, "comments", q="<script>alert(1)</script>")


@pytest.mark.django_db
def test_coverage_names_the_silent_and_the_never_measured(client_of, owner, world, vicenza):
    from premura.core.customers.models import Customer, Interaction

    customer = Customer.objects.create(name="Giardini Lovato", email="g@example.it", created_at=timezone.now())
    Interaction.objects.create(
        customer=customer, touchpoint=world.delivery, channel="site", happened_at=timezone.now() - timedelta(days=2)
    )
    client = client_of(owner)
    text = page_of(client, "coverage")
    assert "Giardini Lovato" in text
    assert "mai misurato" in text
    assert "Giardini Lovato" in page_of(client, "coverage-unasked", touchpoint=world.delivery.pk)


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(client_of, owner, world, vicenza, django_assert_max_num_queries):
    client = client_of(owner)
    for n in (2, 30):
        world.answer(n=n, nps=9, csat=4, ces=5, text="Bene", location=vicenza, customer="Impresa Zanon")
        for name, most in (
            ("insights", 26),
            ("insights-rows", 18),
            ("insights-making", 20),
            ("comments", 24),
            ("coverage", 30),
        ):
            with django_assert_max_num_queries(most):
                page_of(client, name)


@pytest.mark.django_db
def test_answers_of_years_ago_are_one_click_away(client_of, owner, world):
    """A file of old answers must not leave the page saying that nobody answers."""
    world.answer(days_ago=4000, n=40, nps=10)
    world.answer(days_ago=3800, n=40, nps=2)
    client = client_of(owner)
    text = page_of(client, "insights")
    assert "Appena i clienti rispondono" not in text
    link = re.search(r'href="([^"]*period=all[^"]*)"', text)[1].replace("&amp;", "&")
    assert "80 risposte" in client.get(link).content.decode()


@pytest.mark.django_db
def test_at_most_ten_years_end_with_the_latest_answer(client_of, owner, world):
    world.answer(days_ago=8000, n=40, nps=10)
    world.answer(days_ago=2000, n=50, nps=2)
    text = page_of(client_of(owner), "insights", period="all")
    assert "50 risposte" in text
    assert "dieci anni" in text


@pytest.mark.django_db
def test_answers_about_others_alone_are_said_to_be_about_others(client_of, owner, world):
    from premura.loop.listen.models import Response, Subject

    world.answer(n=40, nps=10)
    Response.objects.update(subject=Subject.objects.create(name="Nolo Concorrente"))
    client = client_of(owner)
    text = page_of(client, "insights")
    assert "Nolo Concorrente" in text
    link = re.search(r'href="([^"]*subject=\d+[^"]*)"', text)[1].replace("&amp;", "&")
    assert "40 risposte" in client.get(link).content.decode()


@pytest.mark.django_db
def test_the_same_page_in_english(client_of, owner, world):
    owner.language = "en"
    owner.save()
    world.answer(n=40, nps=10)
    text = page_of(client_of(owner), "insights")
    assert "40 answers" in text
    assert "risposte" not in text


def test_a_week_leads_to_its_own_days_inside_the_window():
    from premura.entrypoints.web.insights.sentence import Asked, Names
    from premura.loop.understand.metrics import METRICS
    from premura.loop.understand.windows import Window

    window = Window(date(2026, 3, 4), date(2026, 3, 10))
    asked = Asked(METRICS["nps"], window, "custom", "week", "week", {}, Names({}, {}, {}, {}))
    assert "from=2026-03-04&to=2026-03-08" in asked.url_for_group("insights-rows", "week", date(2026, 3, 2))
    assert "from=2026-03-09&to=2026-03-10" in asked.url_for_group("insights-rows", "week", date(2026, 3, 9))
    assert "from=2026-03-04&to=2026-03-10" in asked.url_for_group("insights-rows", "month", date(2026, 3, 1))


def test_signals_that_follow_one_another_are_said_once():
    from premura.entrypoints.web.insights.wording import signal_runs
    from premura.loop.understand.metrics import METRICS, Counts
    from premura.loop.understand.reads import Point, Trend, figure_of
    from premura.stats.control_charts import p_chart

    hits = [8, 8, 8, 8] + [2] * 11
    metric = METRICS["csat"]
    points = tuple(
        Point(date(2026, 1, 5) + timedelta(weeks=i), counts, figure_of(metric, counts, 30))
        for i, counts in enumerate(Counts({5: x, 1: 10 - x}) for x in hits)
    )
    trend = Trend(metric, "week", points, p_chart(hits, [10] * 15), tuple(range(15)))
    runs = [run for run in signal_runs(trend) if run.rule == "eight_on_one_side"]
    assert [(run.side, run.first, run.last) for run in runs] == [(-1, 11, 14)]


@pytest.fixture
def understood(world):
    """Three comments that the worker has read."""
    from premura.loop.understand.comments import read_answers, unread

    world.answer(csat=1, text="Personale sgarbato e maleducato, chiamatemi al 347 1234567")
    world.answer(csat=5, text="Camera pulitissima, personale gentile")
    world.answer(csat=2, text="=Mi sono fatto male con la scala rotta, sentirete il mio avvocato")
    read_answers(unread())


@pytest.mark.django_db
def test_comments_are_narrowed_by_what_was_understood(client_of, owner, understood):
    client = client_of(owner)
    badly = page_of(client, "comments", aspect="staff", polarity="negative")
    assert "sgarbato" in badly
    assert "pulitissima" not in badly
    assert re.search(r"− personale \d+%", badly)
    assert "pulitissima" in page_of(client, "comments", aspect="staff", polarity="positive")
    assert "avvocato" in page_of(client, "comments", signal="safety")
    assert "sgarbato" not in page_of(client, "comments", signal="legal")
    assert client.get(reverse("comments"), {"aspect": "nonsense"}).status_code == 404


@pytest.mark.django_db
def test_personal_data_is_masked_and_not_found_by_who_may_not_read_it(client_of, owner, viewer, understood):
    assert "347 1234567" in page_of(client_of(owner), "comments", q="347")
    client = client_of(viewer)
    shown = page_of(client, "comments")
    assert "347 1234567" not in shown
    assert "[phone]" in shown
    assert "Nessun commento corrisponde" in page_of(client, "comments", q="347")
    assert "1234567" not in client.get(reverse("comments"), {"as": "csv"}).content.decode()


@pytest.mark.django_db
def test_the_file_of_comments_holds_every_judgement_and_can_do_no_harm(client_of, owner, understood):
    file = client_of(owner).get(reverse("comments"), {"as": "csv", "signal": "legal"})
    head, row = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
    assert row[head.index("Commento")].startswith("'=Mi sono")
    assert 0.3 < float(row[head.index("Probabilità")]) <= 1
    assert "parla di avvocati" in row[head.index("Segnali")]


@pytest.mark.django_db
def test_the_table_of_aspects_counts_comments_and_leads_to_them(client_of, owner, understood, world):
    from premura.loop.understand.comments import read_answers, unread

    client = client_of(owner)
    assert "ancora pochi" in page_of(client, "comments")
    world.answer(csat=1, text="Personale sgarbato e maleducato", n=40)
    read_answers(unread())
    text = page_of(client, "comments")
    assert re.search(r"\d+% di lodi \(da \d+ a \d+, \d+ commenti\)", text)
    link, n = re.search(r'href="([^"]*aspect=staff[^"]*polarity=negative[^"]*)">(\d+)</a>', text).groups()
    assert int(n) >= 40
    assert f"{n} commenti" in client.get(link.replace("&amp;", "&")).content.decode()

"""The other readings as pages: they open full and empty, teach, keep to one's own places, keep confidences, and give
the same as a file that can do no harm.
"""

import csv
import io
import re
from datetime import UTC, datetime, time, timedelta
from random import Random

import pytest
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

PAGES = ["drivers", "servqual", "kano", "delivery-gap", "competitors", "peak-end"]
ITEMS = [
    {
        "code": "kept",
        "kind": "pair",
        "dimension": "reliability",
        "text": {"it": "Mantiene l'ora", "en": "Keeps the hour"},
    },
    {"code": "sees", "kind": "pair", "dimension": "empathy", "text": {"it": "Capisce", "en": "Understands"}},
    {"code": "sms", "kind": "kano", "text": {"it": "Un messaggio la mattina", "en": "A message in the morning"}},
    {
        "code": "delivery",
        "kind": "csat",
        "touchpoint": "delivery",
        "text": {"it": "La consegna?", "en": "The delivery?"},
    },
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def answered(company, vicenza, padova):
    """``answered(n)``: n customers and n of the staff in Vicenza, n answers about a competitor; all is asked."""
    from premura.core.customers.models import Customer
    from premura.core.journeys.models import Journey, Stage, Touchpoint
    from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion

    now, today, chance = timezone.now(), timezone.localdate(), Random(4)
    stage = Stage.objects.create(
        journey=Journey.objects.create(code="rental", name={"it": "Noleggio", "en": "Rental"}),
        code="use", name={"it": "Uso", "en": "Use"}, position=0,
    )  # fmt: skip
    points = [
        Touchpoint.objects.create(stage=stage, code=code, name={"it": f"Punto {code}", "en": code}, element="services")
        for code in ("delivery", "counter")
    ]
    programme = Programme.objects.create(name="Dopo", objective="Sapere", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", draft={"title": {"it": "Dopo"}}, created_at=now)
    version = SurveyVersion.objects.create(
        survey=survey, number=1, definition={"questions": ITEMS}, published_at=now
    )  # fmt: skip
    us = Subject.objects.create(name="Nolo Prova", is_us=True)
    them = Subject.objects.create(name="=2+3<script>alert(1)</script>")

    def respond(number, location, **more):
        customer = more.pop("customer", None)
        response = Response.objects.create(
            survey=survey, version=version, channel="link", language="it", location=location, customer=customer,
            answered_at=datetime.combine(today, time(0, 1), tzinfo=UTC), answered_on=today,
            week_on=today - timedelta(days=today.weekday()), **{"subject": us} | more,
        )  # fmt: skip
        rows = [
            ("delivery", "", "csat", "1-5", chance.randrange(1, 6), points[0]),
            ("counter", "", "csat", "1-5", chance.randrange(1, 6), points[1]),
            ("nps", "", "nps", "0-10", chance.randrange(11), None),
            ("kept", "expectation", "pair", "1-7", 6, None),
            ("kept", "perception", "pair", "1-7", chance.randrange(1, 8), None),
            ("sees", "expectation", "pair", "1-7", 5 + number % 2, None),
            ("sees", "perception", "pair", "1-7", chance.randrange(2, 7), None),
            ("sms", "functional", "kano", "1-5", 1, None),
            ("sms", "dysfunctional", "kano", "1-5", 5 if number % 3 else 2, None),
        ]
        names = ("question", "part", "kind", "scale", "score", "touchpoint")
        Answer.objects.bulk_create(Answer(response=response, **dict(zip(names, row, strict=True))) for row in rows)

    def make(n, location=vicenza):
        for number in range(n):
            who = Customer.objects.create(name=f"Impresa Zanon {number}", location=location, created_at=now)
            respond(number, location, customer=who)
            respond(number, location, perspective="staff")
            respond(number, location, subject=them)
        return survey

    make.them = them
    return make


def page_of(client, name, **query):
    response = client.get(reverse(name), query)
    assert response.status_code == 200, response.content[:400]
    return response.content.decode()


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_page_opens_empty_and_full_and_says_how_it_was_made(client_of, owner, answered, language):
    owner.language = language
    owner.save()
    client = client_of(owner)
    for name in ["readings", *PAGES]:
        text = page_of(client, name)
        assert text.count("empty-state") <= 1, name
    for name in set(PAGES) - {"competitors"}:
        assert "btn btn-primary" in page_of(client, name).split("<main")[1], f"{name} does not say what to do"
    answered(45)
    for name in PAGES:
        text = page_of(client, name)
        assert "empty-state" not in text, name
        assert 'id="making"' in text, name
        assert "docs/methods/" in text, name
        assert "as=csv" in text, name
        assert "as=xlsx" in text, name
    made = {"it": "Come nasce questo numero?", "en": "How was this number made?"}[language]
    assert made in text


def test_the_queries_of_a_page_do_not_grow_with_its_answers(client_of, owner, answered, vicenza, padova):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(owner)

    def queries():
        counted = {}
        for name in PAGES:
            with CaptureQueriesContext(connection) as seen:
                page_of(client, name)
            counted[name] = len(seen)
        return counted

    answered(42)
    few = queries()
    answered(25)
    answered(10, padova)
    assert queries() == few
    assert max(few.values()) <= 20


def test_an_episode_whose_answers_are_erased_meanwhile_leads_nowhere(client_of, owner, answered):
    """The facts are a moment behind the answers: what they still know is shown, and what is gone has no address."""
    from premura.loop.listen.models import Response
    from premura.loop.understand.export import Exporter

    answered(40)
    exporter = Exporter()
    exporter.round()
    exporter.close()
    known = page_of(client_of(owner), "peak-end")
    assert "/listening/responses/" in known
    Response.objects.all().delete()
    erased = page_of(client_of(owner), "peak-end")
    assert "/listening/responses/" not in erased
    assert erased.count("data-label") == known.count("data-label")


def test_few_answers_are_grey_and_in_words(client_of, owner, answered):
    answered(7)
    text = page_of(client_of(owner), "servqual")
    assert "ancora poche: 7 risposte, ne servono 30" in text
    assert "ancora pochi: 7 episodi, ne servono 30" in page_of(client_of(owner), "peak-end")
    assert "Non c'è ancora una risposta onesta" in page_of(client_of(owner), "drivers")


def test_what_few_of_the_staff_said_is_on_no_page_and_in_no_file(client_of, owner, answered):
    answered(29)
    client = client_of(owner)
    text = page_of(client, "delivery-gap")
    assert "meno di 30" in text
    assert "La consegna?" in text  # which question is kept back is no secret
    assert 'class="estimate' not in text
    assert len(rows_of(client, "delivery-gap")) == 1
    answered(1)
    assert len(rows_of(client, "delivery-gap")) > 1


def test_answers_of_the_staff_cannot_be_opened(client_of, owner, answered):
    answered(35)
    client = client_of(owner)
    query = {"question": "delivery", "scale": "1-5"}
    assert client.get(reverse("reading-rows"), query).context["page"].paginator.count == 35
    assert client.get(reverse("reading-rows"), query | {"source": "staff"}).status_code == 404
    assert client.get(reverse("reading-rows"), query | {"side": "everything"}).status_code == 404
    assert client.get(reverse("reading-rows"), query | {"subject": "99"}).status_code == 404
    them = client.get(reverse("reading-rows"), query | {"subject": answered.them.pk})
    assert them.context["page"].paginator.count == 35
    expected = client.get(reverse("reading-rows"), {"question": "kept", "scale": "1-7", "side": "expected"})
    assert {row.part for row in expected.context["page"]} == {"expectation"}
    kano = client.get(reverse("reading-rows"), {"question": "sms", "scale": "1-5", "side": "kano"})
    assert kano.context["page"].paginator.count == 70


def test_another_place_is_neither_counted_nor_named(client_of, elsewhere, colleague, answered, vicenza):
    answered(35)
    client = client_of(elsewhere)
    for name in PAGES:
        text = page_of(client, name)
        assert "35 risposte" not in text, name
        assert "Zanon" not in text, name
        assert "Vicenza" not in text, name
    assert client.get(reverse("drivers"), {"location": vicenza.pk}).status_code == 404
    assert "Zanon" in page_of(client_of(colleague), "peak-end")


def rows_of(client, name, **query):
    response = client.get(reverse(name), query | {"as": "csv"})
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(response.content.decode().lstrip("\ufeff"))))


def test_every_page_is_a_file_too_and_its_cells_do_no_harm(client_of, owner, answered):
    client = client_of(owner)
    for name in PAGES:
        assert len(rows_of(client, name)) == 1 or name == "servqual", name
    answered(45)
    for name in PAGES:
        rows = rows_of(client, name)
        assert len(rows) > 1, name
        assert len({len(row) for row in rows}) == 1, name
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(("=", "+", "@")), (name, cell)
            assert not cell.startswith("-") or float(cell) <= 0, (name, cell)
    assert "'=2+3<script>alert(1)</script>" in [row[0] for row in rows_of(client, "competitors")]


def test_every_page_is_a_spreadsheet_with_the_same_cells(client_of, owner, answered):
    answered(45)
    client = client_of(owner)
    for name in PAGES:
        response = client.get(reverse(name), {"as": "xlsx"})
        assert response["Content-Disposition"].endswith('.xlsx"'), name
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
        rows = rows_of(client, name)
        assert len(sheet) == len(rows) > 1, name
        assert sheet[0] == rows[0], name
        if name == "competitors":
            # A cell of text, not a formula
            assert "=2+3<script>alert(1)</script>" in [row[0] for row in sheet]


def test_a_drawing_is_a_picture_too(client_of, owner, answered):
    answered(32)
    client = client_of(owner)
    for page in ("servqual", "delivery-gap"):
        address = reverse(page) + "?as=svg&drawing=main"
        assert address.partition("?")[2].replace("&", "&amp;") in page_of(client, page)
        picture = client.get(address)
        assert picture["Content-Type"] == "image/svg+xml"
        assert b"<svg" in picture.content[:200]
    assert client.get(reverse("kano"), {"as": "png"}).content.startswith(b"\x89PNG")
    # What cannot be drawn is the page itself
    assert client.get(reverse("kano"), {"as": "png", "drawing": "none"})["Content-Type"].startswith("text/html")


ODD = [
    {"from": "2026-09-01", "to": "2026-03-01", "quarter": "0000-9", "as": "exe", "drawing": "../x"},
    {"from": "not a day", "to": "2026-99-99"},
    {"from": "0001-01-01", "to": "9999-12-31"},
    {"location": "99999999999999999999", "survey": "';x", "period": "a\x00b"},
]


def test_odd_questions_to_one_answer_are_answered_in_words(client_of, owner, answered):
    client = client_of(owner)
    answered(1)
    for page in (*PAGES, "loyalty", "explorer"):
        for query in ODD:
            found = client.get(reverse(page), query)
            # A place or a survey that does not exist is not found; anything else is a page
            assert found.status_code == (404 if "survey" in query and page != "delivery-gap" else 200), (page, query)


def test_the_companys_view_of_itself_has_its_course_with_limits(client_of, owner, answered):
    from premura.loop.listen.models import Response

    client, day, made = client_of(owner), timezone.localdate(), set()
    for quarter in range(9):
        answered(31 if quarter != 4 else 20)
        Response.objects.exclude(pk__in=made).update(answered_on=day)
        made |= set(Response.objects.values_list("pk", flat=True))
        if quarter == 3:
            text = page_of(client, "delivery-gap")
            assert "con otto periodi" in text
            assert "Tra le linee tratteggiate" not in text
        day = (day.replace(day=1, month=day.month - (day.month - 1) % 3) - timedelta(days=1)).replace(day=1)
    text = page_of(client, "delivery-gap")
    assert "Tra le linee tratteggiate" in text
    assert "drawing=time-1" in text
    assert client.get(reverse("delivery-gap"), {"as": "svg", "drawing": "time-1"})["Content-Type"] == "image/svg+xml"
    heading, *rows = rows_of(client, "delivery-gap")
    quarters = {row[heading.index("trimestre")] for row in rows if row[0] == "La consegna?"}
    # The quarter in which twenty of the staff answered is kept back here as on its page
    assert len(quarters) == 8


@pytest.mark.parametrize("page", ["servqual", "competitors"])
def test_another_time_stands_beside_with_interval_and_p(client_of, owner, answered, page):
    from premura.loop.listen.models import Response

    client = client_of(owner)
    query = {"period": "90", "against": "previous"}
    answered(40)
    Response.objects.update(answered_on=timezone.localdate() - timedelta(days=120))
    answered(7)
    assert "troppo presto per un confronto" in page_of(client, page, **query)
    answered(33)
    text = page_of(client, page, **query)
    assert "ma può essere il caso" in text
    assert "Holm" in text
    assert "ma può essere il caso" not in page_of(client, page, period="90")
    heading, *rows = rows_of(client, page, **query)
    place, p = heading.index("differenza"), heading.index("p, corretto (Holm)")
    changed = [row for row in rows if row[place]]
    assert changed
    for row in changed:
        value, low, high = (float(cell) for cell in row[place : place + 3])
        assert low < value < high
        assert 0 <= float(row[p]) <= 1
        shown = row[heading.index("indice relativo" if page == "competitors" else "divario")]
        assert value == pytest.approx(float(shown) - float(row[heading.index("prima")]))
    assert len({len(row) for row in (heading, *rows)}) == 1
    # Two days of one's own choice, also the wrong way round
    days = {"against": "days", "vs_from": "2026-03-09", "vs_to": "2026-03-01"}
    assert 'name="vs_from"' in page_of(client, page, **query | days)


def test_when_all_say_the_same_nothing_is_certain(client_of, owner, answered):
    from premura.loop.listen.models import Answer

    answered(32)
    Answer.objects.filter(score__isnull=False).update(score=3)
    for page in (*PAGES, "loyalty", "explorer"):
        text = page_of(client_of(owner), page)
        assert not {"nan", "NaN", "inf", "None"} & set(re.sub(r"<[^>]*>|[^\w]+", " ", text).split()), page


def test_a_reading_is_a_saved_view_too(client_of, owner, elsewhere, answered, vicenza):
    answered(1)
    client = client_of(owner)
    asked = re.search(r'name="question" value="([^"]+)"', page_of(client, "kano", location=vicenza.pk))[1]
    made = client.post(reverse("saved-views"), {"question": asked.replace("&amp;", "&"), "name": "Kano", "shared": "1"})
    assert made["Location"] == f"{reverse('kano')}?period=all&location={vicenza.pk}"
    opened = client.get(reverse("saved-view", args=[owner.saved_views.get().pk]))
    assert opened["Location"] == made["Location"]
    # Through one's own door: this place is not theirs
    opened = client_of(elsewhere).get(reverse("saved-view", args=[owner.saved_views.get().pk]))
    assert opened["Location"] == reverse("saved-views")


def test_who_means_to_stay_stands_beside_who_recommends(client_of, owner, answered):
    from premura.loop.listen.models import Answer, Response

    client = client_of(owner)
    assert "Pensano di restare" not in page_of(client, "loyalty")
    answered(32)
    for response in Response.objects.filter(perspective="customer", subject__is_us=True):
        mark = response.answers.get(kind="nps").score
        given = {"stay": ("single", "yes" if mark > 6 else "no"), "referred": ("yesno", "no")}
        given["spend"] = ("single", "most" if mark > 7 else "less")
        for question, (kind, option) in given.items():
            Answer.objects.create(response=response, question=question, kind=kind, choices=[option])
    text = page_of(client, "loyalty")
    assert "Pensano di restare" in text
    staying = Answer.objects.filter(question="stay", choices=["yes"]).count()
    assert f"{round(100 * staying / 32)}%" in text
    spending = Answer.objects.filter(question="spend", choices=["most"]).count()
    assert spending != staying
    assert f"{round(100 * spending / 32)}%" in text
    assert "Spendono più della metà da noi" in text
    rows = page_of(client, "insights-rows", metric="stay", band="detractors", period="365")
    assert "pensano di andarsene" in rows or "32" not in rows


def test_a_name_with_markup_is_only_text(client_of, owner, answered):
    answered(35)
    text = page_of(client_of(owner), "competitors")
    assert "<script>alert(1)" not in text
    assert "=2+3&lt;script&gt;" in text


def test_the_register_is_kept_by_who_may_change_rules(client_of, owner, colleague, answered):
    from premura.loop.listen.models import Subject

    client, address = client_of(owner), reverse("competitors")
    assert client.post(address, {"name": "Noleggi Altopiano"}).status_code == 302
    again = client.post(address, {"name": "Noleggi Altopiano"})
    assert again.status_code == 422
    assert "è già nel registro" in again.content.decode()
    assert client.post(address, {"name": ""}).status_code == 422
    found = Subject.objects.get(name="Noleggi Altopiano")
    assert client.post(reverse("competitor-name", args=[found.pk]), {"name": "Altopiano"}).status_code == 302
    assert client.post(reverse("competitor-name", args=[found.pk]), {"name": answered.them.name}).status_code == 422
    us = Subject.objects.get(is_us=True)
    assert client.post(reverse("competitor-name", args=[us.pk]), {"name": "Noi"}).status_code == 404
    assert client_of(colleague).post(address, {"name": "Altri"}).status_code == 403
    assert set(Subject.objects.filter(is_us=False).values_list("name", flat=True)) == {"Altopiano", answered.them.name}


def test_weights_are_a_hundred_points_and_nothing_typed_is_lost(client_of, owner, answered):
    from premura.core.history.models import Event

    answered(35)
    client, address = client_of(owner), reverse("servqual-weights")
    points = {"tangibles": 11, "reliability": 32, "responsiveness": 22, "assurance": 19, "empathy": 15}
    wrong = client.post(address, points)
    assert wrong.status_code == 422
    assert "I punti fanno 99" in wrong.content.decode()
    assert 'value="15"' in wrong.content.decode()
    assert "Divario pesato" not in wrong.content.decode()
    assert client.post(address, points | {"empathy": 16}).status_code == 302
    event = Event.objects.get(name="servqual.weighted")
    assert (event.person, event.data["points"]["empathy"]) == (owner, 16)
    text = page_of(client, "servqual")
    assert "Divario pesato" in text
    assert "Olga Proprietaria" in text


def test_the_index_leads_to_every_reading_and_the_results_lead_to_the_index(client_of, owner, answered):
    client = client_of(owner)
    text = page_of(client, "readings")
    assert all(f'href="{reverse(name)}"' in text for name in PAGES)
    assert f'href="{reverse("readings")}"' in page_of(client, "insights")


@pytest.mark.parametrize("quarter", ["1999-1", "x", "2026-9", "2026-1' OR 1=1"])
def test_a_quarter_that_is_none_shows_this_one(client_of, owner, answered, quarter):
    answered(2)
    assert page_of(client_of(owner), "delivery-gap", quarter=quarter)


def test_loyalty_says_who_came_back_and_shows_whom(client_of, owner, elsewhere, vicenza, company):
    from premura.core.customers.models import Customer, Purchase
    from premura.loop.recover.models import Case

    client, now, today = client_of(owner), timezone.now(), timezone.localdate()
    assert "Ancora nessun acquisto" in page_of(client, "loyalty")
    for number in range(32):
        who = Customer.objects.create(name=f"Impresa Zanon {number}", location=vicenza, created_at=now)
        for ago in (500, 20) if number % 2 else (500,):
            day = today - timedelta(days=ago)
            Purchase.objects.create(customer=who, bought_on=day, cents=12345, source="x", external_id=f"{number} {ago}")
    Case.objects.create(customer=who, title="x", channel="phone", opened_at=now - timedelta(days=490))
    text = page_of(client, "loyalty")
    assert "docs/methods/loyalty.md" in text
    assert "50%" in text
    assert "32 clienti" in text
    rows = page_of(client, "loyalty-rows", by="failure", group="failure")
    assert "Impresa Zanon 31" in rows
    assert "Impresa Zanon 30" not in rows
    assert "Zanon" not in page_of(client_of(elsewhere), "loyalty-rows")
    assert client.get(reverse("loyalty-rows"), {"group": "nobody"}).status_code == 404
    assert rows_of(client, "loyalty")[1][:4] == ["all", "tutti i clienti", "hanno ricomprato", "0.5"]


def test_work_and_reasons_in_words_and_as_files(client_of, owner, elsewhere, vicenza, answered):
    from premura.loop.listen.models import Answer, Response, SurveyVersion

    answered(31)
    options = [{"code": "time", "text": {"it": "Poco <b>tempo"}}, {"code": "rules", "text": {"it": "Le regole"}}]
    asked = {"code": "obstacle", "kind": "multiple", "text": {"it": "Che cosa ostacola?"}, "options": options}
    SurveyVersion.objects.update(definition={"questions": [*ITEMS, asked]})
    for response in Response.objects.filter(subject__is_us=True):
        Answer.objects.create(
            response=response, question="obstacle", kind="multiple", choices=["time"], text="Mia voce"
        )
    client = client_of(owner)
    # One survey asks both sides here: only what staff alone are asked is about their work
    assert "Che cosa ostacola?" not in page_of(client, "work")
    survey = Response.objects.filter(perspective="staff").first().survey
    survey.perspective = "staff"
    survey.save()
    text = page_of(client, "work")
    assert "Poco &lt;b&gt;tempo" in text
    assert "31 risposte" in text
    assert "Mia voce" not in text
    assert ["Che cosa ostacola?", "Poco <b>tempo", "", "1.0"] in [row[:4] for row in rows_of(client, "work")]
    text = page_of(client, "reasons")
    assert "Poco &lt;b&gt;tempo" in text
    assert "Mia voce" in text
    assert rows_of(client, "reasons")[1][:2] == ["Poco <b>tempo", "1.0"]
    for name in ("work", "reasons"):
        assert "Poco" not in page_of(client_of(elsewhere), name)

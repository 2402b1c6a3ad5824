"""The explorer: sentence, chart, table and file say the same, each number with its doubt; views keep questions only."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from premura.entrypoints.web.insights.exploration import read_exploration
from premura.entrypoints.web.insights.explorer_charts import drawing_of
from premura.entrypoints.web.insights.sentence import Asked, read_sentence
from premura.loop.understand.models import SavedView
from premura.loop.understand.saved_views import save_view
from premura.stats.compare import compare_shares, holm
from premura.stats.scores import nps, top_box

TODAY = date(2026, 6, 30)


@pytest.fixture
def answers(company, vicenza, padova, now):
    """``answers(day, n, location=…, segment=…, csat=…)``: n responses; ``answers.rows`` is what was answered."""
    from premura.core.customers.models import Customer
    from premura.loop.listen.models import Answer, Programme, Response, Subject, Survey, SurveyVersion

    programme = Programme.objects.create(name="Dopo", objective="Capire la consegna", created_at=now)
    survey = Survey.objects.create(programme=programme, slug="dopo", draft={"title": {"it": "Dopo"}}, created_at=now)
    questions = [{"code": "csat", "text": {"it": "Quanto è soddisfatto?", "en": "How satisfied are you?"}}]
    version = SurveyVersion.objects.create(
        survey=survey, number=1, definition={"questions": questions}, published_at=now
    )
    us = Subject.objects.create(name="Nolo Prova", is_us=True)
    scales = {"nps": "0-10", "csat": "1-5", "ces": "1-7"}
    rows, customers = [], {}

    def make(day, n=1, *, location=None, segment="", channel="link", **scores):
        customer = customers.get(segment)
        if segment and customer is None:
            customer = customers[segment] = Customer.objects.create(name="Cliente", segment=segment, created_at=now)
        made = [
            Response(
                survey=survey,
                version=version,
                subject=us,
                channel=channel,
                language="it",
                location=location,
                customer=customer,
                answered_on=day,
                week_on=day - timedelta(days=day.weekday()),
                answered_at=datetime.combine(day, time(10), tzinfo=UTC),
            )
            for _ in range(n)
        ]
        Response.objects.bulk_create(made)
        Answer.objects.bulk_create(
            Answer(response=response, question=kind, kind=kind, scale=scales[kind], score=score)
            for response in made
            for kind, score in scores.items()
        )
        rows.extend({"day": day, "location": location, "segment": segment, **scores} for _ in range(n))

    make.rows, make.survey = rows, survey
    return make


@pytest.fixture
def half_a_year(answers, vicenza, padova):
    """Answers of two places in twelve months, better in the second half in Vicenza."""
    random = Random(4)
    for month in range(12):
        day = date(2025 + (month + 6) // 12, (month + 6) % 12 + 1, 9)
        for location in (vicenza, padova):
            good = 0.85 if location == vicenza and month >= 6 else 0.6
            for _ in range(12):
                score = random.choice([4, 5]) if random.random() < good else random.choice([1, 2, 3])
                answers(day, location=location, csat=score, nps=random.randrange(11), segment="Imprese")
    return answers.rows


def explored(person, **given):
    asked = read_sentence(person, given, TODAY, with_segments=True)
    return read_exploration(person, asked, 30, given.get("sort", ""))


HALVES = {"period": "custom", "from": "2026-01-01", "to": "2026-06-30", "against": "previous", "metric": "csat"}


def share(rows, location, months):
    scores = [row["csat"] for row in rows if row["location"] == location and row["day"].month in months]
    return sum(score >= 4 for score in scores), len(scores)


@pytest.mark.django_db
def test_figures_changes_and_correction_are_those_of_another_count(owner, half_a_year, vicenza, padova):
    found = explored(owner, by="location", **HALVES)
    expected = {}
    for location in (vicenza, padova):
        now, before = share(half_a_year, location, range(1, 7)), share(half_a_year, location, range(7, 13))
        expected[location.name] = (top_box(*now), top_box(*before), compare_shares(*now, *before))
    corrected = dict(zip(expected, holm(comparison.p for _n, _b, comparison in expected.values()), strict=True))
    assert {row.name for row in found.rows} == set(expected)
    for row in found.rows:
        now, before, comparison = expected[row.name]
        assert (row.figure.estimate, row.before.estimate) == (now, before)
        assert row.change.difference.value == pytest.approx(comparison.difference.value)
        assert row.change.p == pytest.approx(corrected[row.name])
        assert row.change.p >= comparison.p
    assert found.found.compared == 2
    assert found.whole.figure.estimate.n == sum(now.n for now, _b, _c in expected.values())


@pytest.mark.django_db
def test_months_stand_beside_the_months_of_the_other_time(owner, half_a_year):
    found = explored(owner, by="month", by2="location", **HALVES)
    assert len(found.rows) == 12
    for row in found.rows:
        assert row.figure.estimate.n == row.before.estimate.n == 12
    assert found.whole.before.estimate.n == found.whole.figure.estimate.n == 144


DIVISIONS = (
    {"by": "location"},
    {"by": "location", "by2": "month"},
    {"by": "month"},
    {"by": "segment", "against": "previous"},
    {"by": "question", "by2": "band", "metric": "csat"},
    {"by": "perspective", "by2": "moment"},
)


@pytest.mark.django_db
def test_no_figure_without_interval_and_n(owner, client_of, half_a_year):
    client = client_of(owner)
    for division in DIVISIONS:
        given = {"period": "custom", "from": "2025-07-01", "to": "2026-06-30"} | division
        found = explored(owner, **given)
        assert found.rows
        for row in [*found.rows, *filter(None, [found.whole])]:
            assert row.figure.estimate.n
            assert row.figure.estimate.low is not None
            assert row.figure.estimate.high is not None
            assert row.figure.making_href
            assert row.figure.href
        for line in drawing_of(found, 30).spec["data"]["values"]:
            assert line["value"] is None or (line["low"] is not None and line["high"] is not None and line["n"])
        page = client.get(reverse("explorer"), given).content.decode()
        assert page.count("estimate-making") >= len(found.rows)


@pytest.mark.django_db
def test_a_cell_leads_to_exactly_its_answers_and_its_making(owner, client_of, half_a_year, vicenza):
    found = explored(owner, by="location", by2="month", **HALVES)
    row = next(row for row in found.rows if row.keys == (vicenza.pk, date(2026, 3, 1)))
    client = client_of(owner)
    rows = client.get(row.figure.href)
    assert rows.context["page"].paginator.count == row.figure.estimate.n == 12
    assert {answer.response.location for answer in rows.context["page"].object_list} == {vicenza}
    making = client.get(row.figure.making_href)
    assert making.context["making"].counts == row.line.counts
    back, words = making.context["back"]
    assert words == "Esplora"
    assert client.get(back).context["asked"].bys == ("location", "month")


@pytest.mark.django_db
def test_only_what_somebody_sees_gets_an_address(owner, client_of, answers, vicenza, monkeypatch):
    """Hundreds of places by week are tens of thousands of lines: a page shows fifty, a file none."""
    made = []
    for week in range(40):
        for code in ("link", "qr", "email"):
            answers(date(2025, 1, 6) + timedelta(weeks=week), 1, channel=code, csat=4)
    monkeypatch.setattr(Asked, "url_for_groups", lambda self, page, *_all, **_more: made.append(page) or "#")
    asked = {
        "period": "custom",
        "from": "2025-01-01",
        "to": "2025-12-31",
        "metric": "csat",
        "by": "channel",
        "by2": "week",
    }
    assert len(explored(owner, **asked).rows) == 120
    assert client_of(owner).get(reverse("explorer-file"), asked | {"as": "csv"}).status_code == 200
    assert made == []
    assert client_of(owner).get(reverse("explorer"), asked).status_code == 200
    assert 2 * 50 <= len(made) <= 2 * (50 + 3 * 24 + 1)


@pytest.mark.django_db
def test_the_rows_behind_a_figure_are_not_counted_twice(owner, client_of, half_a_year):
    """The figure knows how many they are; the latest come by the index of days."""
    with CaptureQueriesContext(connection) as queries:
        rows = client_of(owner).get(reverse("insights-rows"), {"period": "all", "metric": "csat"})
    assert rows.context["page"].paginator.count == sum(rows.context["parts"][0][3:])
    asked = [query["sql"] for query in queries if "listen_answer" in query["sql"]]
    assert not [sql for sql in asked if "COUNT(*)" in sql and "GROUP BY" not in sql]
    days = [row.response.answered_at for row in rows.context["page"]]
    assert days == sorted(days, reverse=True)
    assert any('ORDER BY "listen_response"."answered_on" DESC' in sql for sql in asked)


@pytest.mark.django_db
def test_a_map_of_many_months_has_room_for_their_names(owner, client_of, half_a_year):
    query = {"period": "custom", "from": "2025-07-01", "to": "2026-06-30", "by": "location", "by2": "month"}
    text = client_of(owner).get(reverse("explorer"), query).content.decode()
    assert "--least-width: 1294px" in text  # with a separator of thousands the browser passes over it


def test_signals_are_named_with_their_group(owner, answers, vicenza):
    for month in range(1, 12):
        for score, n in ((5, 30), (1, 10)) if month != 9 else ((5, 6), (1, 34)):
            answers(date(2025, month, 3), n, location=vicenza, csat=score)
    given = {"period": "custom", "from": "2025-01-01", "to": "2025-11-30", "metric": "csat"}
    for more in ({"by": "month"}, {"by": "location", "by2": "month"}):
        drawing = drawing_of(explored(owner, **given, **more), 30)
        assert drawing.has_limits
        assert any("settembre 2025: sotto il limite inferiore" in words for words in drawing.signals)
        assert all(words.startswith("Vicenza") for words in drawing.signals) == ("by2" in more)


@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow(owner, client_of, answers, vicenza):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(owner)
    query = {"period": "custom", "from": "2025-07-01", "to": "2026-06-30", "by": "location", "by2": "segment"}
    query |= {"against": "year", "metric": "nps"}
    sizes = []
    for n in (1, 60):
        for place in range(n):
            answers(date(2026, 3, 1 + place % 28), 2, location=vicenza, segment=f"Segmento {place}", nps=place % 11)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse("explorer"), query).status_code == 200
        sizes.append(len(caught))
    assert sizes[0] == sizes[1] <= 20


# --- what goes wrong is said in words


@pytest.mark.django_db
def test_days_the_wrong_way_round_and_filters_that_match_nothing(owner, client_of, half_a_year):
    client = client_of(owner)
    page = client.get(
        reverse("explorer"), {"from": "2026-06-30", "to": "2026-01-01", "against": "days", "vs_from": "2025-13-40"}
    ).content.decode()
    assert "erano invertiti" in page or "sono stati scambiati" in page
    assert "2025-13-40" in page
    nothing = client.get(reverse("explorer"), {"segment": "-", "band": "promoters", "period": "30"}).content.decode()
    assert "Togli i filtri" in nothing
    assert "Togli un filtro" in nothing
    assert client.get(reverse("explorer"), {"from": "0001-01-01", "against": "previous"}).status_code == 200


@pytest.mark.django_db
def test_what_does_not_exist_is_not_found(owner, client_of, company):
    client = client_of(owner)
    for query in ("by=person", "by2=nobody", "against=yesterday", "band=angels", "segment=Altrui", "is_mine=7"):
        assert client.get(reverse("explorer") + "?" + query).status_code == 404, query
    assert client.get(reverse("explorer") + "?question=x;--").status_code == 200


@pytest.mark.django_db
def test_an_empty_company_is_taught(owner, client_of, company):
    page = client_of(owner).get(reverse("explorer")).content.decode()
    assert "Ancora niente da esplorare" in page
    assert reverse("ask") in page


@pytest.mark.django_db
def test_a_person_explores_only_their_places(elsewhere, client_of, half_a_year, vicenza, padova):
    client = client_of(elsewhere)
    query = {"period": "custom", "from": "2025-07-01", "to": "2026-06-30", "by": "location"}
    found = client.get(reverse("explorer"), query).context["explored"]
    assert [row.name for row in found.rows] == [padova.name]
    assert client.get(reverse("explorer"), query | {"location": vicenza.pk}).status_code == 404


# --- files


def table_of(client, kind, **query):
    response = client.get(reverse("explorer-file"), query | {"as": kind})
    assert response.status_code == 200
    return response


@pytest.mark.django_db
def test_files_hold_the_same_numbers_as_numbers(owner, client_of, half_a_year):
    client = client_of(owner)
    query = HALVES | {"by": "location", "by2": "month"}
    found = explored(owner, **query)
    text = table_of(client, "csv", **query).content.decode("utf-8-sig")
    heading, *lines = list(csv.reader(io.StringIO(text)))
    book = CalamineWorkbook.from_filelike(io.BytesIO(table_of(client, "xlsx", **query).content))
    sheet = book.get_sheet_by_index(0).to_python()
    assert sheet[0] == heading
    assert len(sheet) - 1 == len(lines) == len(found.rows)
    for row, written, cells in zip(found.rows, lines, sheet[1:], strict=True):
        estimate = row.figure.estimate
        expected = [100 * estimate.value, 100 * estimate.low, 100 * estimate.high, estimate.n]
        assert cells[:2] == list(row.names)
        assert cells[2:6] == pytest.approx(expected)
        assert [float(cell) for cell in written[2:6]] == pytest.approx(expected)
    assert "definizione" in heading
    assert "p, corretto (Holm)" in heading


@pytest.mark.django_db
def test_no_cell_is_a_formula(owner, client_of, answers):
    for place, name in enumerate(("=1+1", "+39 0444", "-2", "@SUM(A1)", '=HYPERLINK("http://x")')):
        answers(date(2026, 3, 1), place + 1, segment=name, csat=4)
    query = {"period": "custom", "from": "2026-01-01", "to": "2026-06-30", "by": "segment", "metric": "csat"}
    client = client_of(owner)
    text = table_of(client, "csv", **query).content.decode("utf-8-sig")
    for line in csv.reader(io.StringIO(text)):
        assert not any(re.match(r"[=+@]|-\D|-2$", cell) for cell in line)
    raw = table_of(client, "xlsx", **query).content
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())
    names = [row[0] for row in CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()]
    assert "=1+1" in names


@pytest.mark.django_db
def test_pictures_say_what_they_show_and_name_no_address(owner, client_of, half_a_year):
    client = client_of(owner)
    for more in ({"by": "location"}, {"by": "month"}, {"by": "location", "by2": "month"}):
        drawn = table_of(client, "svg", **HALVES | more).content.decode()
        assert drawn.startswith("<svg")
        assert "CSAT per" in drawn
        assert "1 gennaio 2026" in drawn
        assert "disegnato il" in drawn
        assert "/insights/" not in drawn
        assert "href=" not in drawn
    picture = table_of(client, "png", **HALVES | {"by": "location"})
    assert picture.content.startswith(b"\x89PNG")
    assert picture["Content-Type"] == "image/png"
    assert client.get(reverse("explorer-file"), {"as": "svg", "period": "30"}).status_code == 404
    assert client.get(reverse("explorer-file"), {"as": "exe"}).status_code == 404


# --- saved views


@pytest.mark.django_db
def test_a_view_is_saved_opened_renamed_deleted_and_brought_back(owner, client_of, half_a_year):
    from premura.core.history.models import Event

    client = client_of(owner)
    question = "metric=csat&by=location&by2=month&period=365&against=year&sort=-n"
    client.post(reverse("saved-views"), {"question": question, "name": "  Sedi   e mesi "})
    view = SavedView.objects.get()
    assert (view.name, view.is_shared) == ("Sedi e mesi", False)
    opened = client.get(reverse("saved-view", args=[view.pk]), follow=True)
    asked = opened.context["asked"]
    assert (asked.metric.code, asked.bys, asked.against) == ("csat", ("location", "month"), "year")
    assert opened.context["explored"].sort == "-n"
    client.post(reverse("saved-view-change", args=[view.pk]), {"name": "Confronto", "shared": "1"})
    client.post(reverse("saved-view-delete", args=[view.pk]))
    assert client.get(reverse("saved-view", args=[view.pk])).status_code == 404
    client.post(reverse("saved-view-restore", args=[view.pk]))
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.deleted_at) == ("Confronto", True, None)
    names = list(Event.objects.filter(name__startswith="view.").order_by("pk").values_list("name", flat=True))
    assert names == ["view.saved", "view.changed", "view.deleted", "view.restored"]


@pytest.mark.django_db
def test_a_name_is_needed_and_used_once(owner, client_of, half_a_year):
    client = client_of(owner)
    for name in ("", "x" * 81, "Sedi", "Sedi"):
        page = client.post(reverse("saved-views"), {"question": "by=location", "name": name}, follow=True)
        assert page.status_code == 200
    assert [view.name for view in SavedView.objects.all()] == ["Sedi"]
    assert "Hai già una vista con questo nome" in page.content.decode()


@pytest.mark.django_db
def test_a_shared_view_shows_nobody_more_than_is_theirs(owner, elsewhere, client_of, half_a_year, vicenza, padova):
    everything = save_view("Tutte", {"by": "location", "period": "all"}, by=owner, is_shared=True)
    only_there = save_view("Vicenza", {"by": "month", "location": str(vicenza.pk)}, by=owner, is_shared=True)
    private = save_view("Mia", {"by": "month"}, by=owner)
    client = client_of(elsewhere)
    page = client.get(reverse("saved-view", args=[everything.pk]), follow=True)
    assert [row.name for row in page.context["explored"].rows] == [padova.name]
    refused = client.get(reverse("saved-view", args=[only_there.pk]), follow=True)
    assert "non puoi vedere" in refused.content.decode()
    assert client.get(reverse("saved-view", args=[private.pk])).status_code == 404
    assert "Mia" not in client.get(reverse("saved-views")).content.decode()


@pytest.mark.django_db
def test_figures_in_all_match_a_count_by_hand(owner, half_a_year):
    found = explored(owner, by="segment", **HALVES | {"metric": "nps"})
    scores = [row["nps"] for row in half_a_year if row["day"].year == 2026]
    expected = nps(sum(s >= 9 for s in scores), sum(7 <= s <= 8 for s in scores), sum(s <= 6 for s in scores))
    assert found.whole.figure.estimate == expected


@pytest.mark.django_db
def test_a_damaged_engine_and_one_that_is_away_show_the_right_numbers_and_say_so(
    owner, client_of, half_a_year, settings, monkeypatch
):
    """A file cut short: counted on the answers. A cluster away: the last good numbers, with their time."""
    from premura.engine.cluster import Cluster, ClusterAway
    from premura.loop.understand import engine_counts
    from premura.loop.understand.export import Exporter

    exporter = Exporter()
    exporter.round()
    exporter.close()
    query = {"metric": "csat", "by": "segment", "period": "custom", "from": "2026-01-01", "to": "2026-06-30"}
    n = sum(row["day"].year == 2026 for row in half_a_year)

    def page():
        text = client_of(owner).get(reverse("explorer"), query).content.decode()
        assert f"{n} risposte" in text
        return "Il motore che conta non risponde" in text

    settings.ENGINE = "sc://127.0.0.1:9"
    engine_counts._cluster.cache_clear()

    def embedded(_cluster, shape, values, manifest, paths, **_):
        return engine_counts._duck(engine_counts.the_store().folder).counts(shape, values, paths)

    with monkeypatch.context() as near:
        near.setattr(Cluster, "counts", embedded)
        assert not page()

    def away(*_, **__):
        raise ClusterAway("nothing listens")

    with monkeypatch.context() as far:
        far.setattr(Cluster, "counts", away)
        assert page()
    settings.ENGINE = ""
    engine_counts._cluster.cache_clear()
    for file in exporter.store.manifest().files:
        path = exporter.store.folder / file.name
        path.write_bytes(path.read_bytes()[:-40])
    assert not page()

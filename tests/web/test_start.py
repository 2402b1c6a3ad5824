"""The first minutes: welcome, set up, the demo's progress, the reader's language, health."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from premura.core.company.models import Company, Location, OpeningHours
from premura.core.company.pack import load_packs
from premura.core.jobs.jobs import beat
from premura.core.jobs.models import Heartbeat, Job
from premura.core.journeys.models import Element, Touchpoint
from premura.core.staff.models import AuthorityLimit, Person
from premura.importers.demo.progress import Progress, read_progress, write_progress
from premura.loop.improve.models import RootCause
from premura.loop.listen.models import Survey
from premura.loop.recover.models import CaseRule, Deadline, Remedy

FORM = {
    "company": "Noleggi Rossi",
    "sector": "rental",
    "locations": "Vicenza\nSchio\n\nVicenza",
    "person": "Ada Rossi",
    "email": "Ada@Example.it",
    "password": "una frase breve",
    "language": "it",
}


def test_before_there_is_a_company_every_page_leads_to_the_welcome(db):
    for address in ("/", "/today/", "/insights/", "/account/login/"):
        response = Client().get(address)
        assert (response.status_code, response["Location"]) == (302, "/welcome/")
    assert Client().get("/welcome/").status_code == 200


def test_setting_up_makes_a_company_that_can_begin(db):
    client = Client(headers={"accept-language": "it"})
    response = client.post("/welcome/company/", FORM, follow=True)
    assert response.status_code == 200
    owner = Person.objects.get()
    assert (owner.email, owner.role, owner.language) == ("ada@example.it", "owner", "it")
    assert owner.check_password("una frase breve")
    assert set(Location.objects.values_list("code", flat=True)) == {"vicenza", "schio"}
    assert OpeningHours.objects.exists()
    assert Survey.objects.get().versions.count() == 0
    assert set(Touchpoint.objects.values_list("element", flat=True)) == set(Element.values)
    assert Touchpoint.objects.filter(is_moment_of_truth=True).exists()
    for rows in (Remedy, CaseRule, Deadline, AuthorityLimit, RootCause):
        assert rows.objects.exists(), rows
    assert response.context["person"] == owner


@pytest.mark.parametrize(
    ("language", "words"), [("it", "servono almeno 10 caratteri"), ("en", "at least 10 characters")]
)
def test_a_short_password_is_refused_in_the_readers_language(db, language, words):
    client = Client(headers={"accept-language": language})
    page = client.post("/welcome/company/", {**FORM, "password": "breve"}).content.decode()
    assert words in page
    assert 'value="Noleggi Rossi"' in page


@pytest.mark.parametrize("pack", [pack.code for pack in load_packs()])
def test_every_sector_can_be_set_up(db, pack):
    response = Client().post("/welcome/company/", {**FORM, "sector": pack})
    assert response.status_code == 302
    assert Company.objects.get().sector == pack


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", ""),
        ("sector", "circus"),
        ("email", "ada"),
        ("password", "breve"),
        ("password", "password123"),
        ("person", ""),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(db, field, value):
    response = Client().post("/welcome/company/", {**FORM, field: value})
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert "Schio" in response.content.decode()
    assert not Company.objects.exists()


def test_a_company_is_set_up_once(company):
    assert Client().get("/welcome/company/").status_code == 404
    assert Client().post("/welcome/company/", FORM).status_code == 404
    assert Client().post("/welcome/demo/").status_code == 404
    assert Client().get("/welcome/", follow=True).redirect_chain[-1][0].startswith("/account/login/")


def test_asking_for_the_demo_queues_it_once_and_shows_how_far_it_is(db, settings):
    client = Client(headers={"accept-language": "it"})
    client.post("/welcome/demo/")
    client.post("/welcome/demo/")
    assert Job.objects.filter(kind="demo.fill").count() == 1
    write_progress(settings.DATA, Progress(12, 78))
    page = client.get("/welcome/").content.decode()
    assert 'value="12"' in page
    assert 'value="12"' in client.get("/welcome/progress/").content.decode()


def test_a_demo_that_failed_is_said_and_the_company_can_still_be_set_up(db):
    client = Client()
    client.post("/welcome/demo/")
    Job.objects.update(error="Traceback")
    assert client.get("/welcome/").context["failed"]
    assert client.get("/welcome/company/").status_code == 200


def test_progress_that_cannot_be_read_is_no_progress(tmp_path):
    assert read_progress(tmp_path) == Progress(0, 78)
    (tmp_path / "demo-progress.json").write_text("{half")
    assert read_progress(tmp_path) == Progress(0, 78)


def test_nobody_walks_into_a_company_that_is_no_demo(company, owner):
    assert Client().get("/welcome/entrance/").status_code == 404


def test_the_demo_is_open(company, owner):
    Company.objects.update(is_demo=True)
    client = Client()
    assert client.get("/welcome/", follow=True).context["person"] == owner


def test_the_language_is_the_person_s_else_the_chosen_else_the_browser_s(company, owner, client_of):
    stranger = Client(headers={"accept-language": "en"})
    assert stranger.get("/account/login/")["Content-Language"] == "en"
    stranger.post("/language/", {"language": "it", "next": "/account/login/"})
    assert stranger.get("/account/login/")["Content-Language"] == "it"
    client = client_of(owner)
    client.post("/language/", {"language": "en"})
    owner.refresh_from_db()
    assert owner.language == "en"
    assert client.get("/customers/")["Content-Language"] == "en"


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_changing_the_language_never_leads_elsewhere(company, target):
    assert Client().post("/language/", {"language": "it", "next": target})["Location"] == "/"


def test_well_only_when_database_and_worker_are(company):
    assert Client().get("/healthz").status_code == 503
    beat("worker")
    response = Client().get("/healthz")
    assert (response.status_code, response.json()) == (200, {"database": True, "worker": True})
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert Client().get("/healthz").json() == {"database": True, "worker": False}


def test_pages_load_nothing_from_elsewhere_and_run_no_inline_script(company, owner, client_of):
    policy = client_of(owner).get("/customers/")["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "http" not in policy


def test_an_address_that_only_takes_a_form_leads_back(client_of, owner):
    """Such an address stands in the browser after a form came back with something to correct."""
    page = client_of(owner).get("/recovery/cases/7/gesture/")
    assert page.status_code == 405
    assert "POST" in page["Allow"]
    assert 'href="/recovery/cases/7/"' in page.content.decode()
    assert 'href="/company/"' in client_of(owner).get("/company/hours/").content.decode()


def test_the_sign_in_of_the_demo_company_lets_in_without_a_password(db, company, owner):
    """Who filled the demo from the command line, or signed out of it, has no password to give."""
    assert "/welcome/entrance/" not in Client().get("/account/login/").content.decode()
    Company.objects.update(is_demo=True)
    assert 'href="/welcome/entrance/"' in Client().get("/account/login/").content.decode()
    client = Client()
    assert client.get("/welcome/entrance/").status_code == 302
    assert client.get("/today/").status_code == 200

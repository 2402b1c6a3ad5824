"""Team and company pages: people, limits, hours, places, days off; and search and reports."""

from datetime import date, time
from decimal import Decimal

import pytest
from django.urls import reverse

from premura.core.company.company import working_calendar
from premura.core.company.models import ClosedDay, Company, Location, OpeningHours
from premura.core.customers.customers import add_customer
from premura.core.staff.models import AuthorityLimit, Person
from premura.entrypoints.web.company.forms import read_stretches
from premura.loop.listen.models import Programme, Survey

PERSON = {"name": "Nuova Persona", "email": "Nuova@example.it", "role": "front_line", "language": "it"}


def test_an_invited_person_chooses_a_password_through_their_link_and_walks_in(client_of, owner, vicenza, client):
    owner_client = client_of(owner)
    owner_client.post(reverse("person-new"), {**PERSON, "locations": [vicenza.pk]})
    person = Person.objects.get(email="nuova@example.it")
    link = owner_client.get(reverse("person", args=[person.pk])).context["entry"]
    page = client.get(link, follow=True)
    assert page.status_code == 200
    address = page.redirect_chain[-1][0]
    client.post(address, {"password1": "una frase mia", "password2": "una frase mia"})
    person.refresh_from_db()
    assert person.check_password("una frase mia")
    signed_in = client.post(reverse("account_login"), {"login": "nuova@example.it", "password": "una frase mia"})
    assert signed_in.status_code == 302
    assert not owner_client.get(reverse("person", args=[person.pk])).context["entry"]


def test_nobody_signs_up_from_outside(client, company):
    client.post(
        reverse("account_signup"), {"email": "x@example.it", "password1": "una frase mia", "password2": "una frase mia"}
    )
    assert not Person.objects.exists()


def test_the_same_e_mail_twice_is_refused(client_of, owner, colleague):
    response = client_of(owner).post(reverse("person-new"), {**PERSON, "email": colleague.email.upper()})
    assert "email" in response.context["form"].errors


def test_the_last_owner_stays_owner_and_stays(client_of, owner, new_person):
    client = client_of(owner)
    form = {"name": owner.name, "email": owner.email, "role": "viewer", "language": "it"}
    assert "role" in client.post(reverse("person", args=[owner.pk]), form).context["form"].errors
    client.post(reverse("person-leaving", args=[owner.pk]))
    owner.refresh_from_db()
    assert owner.is_active
    new_person("owner")
    client.post(reverse("person", args=[owner.pk]), form)
    owner.refresh_from_db()
    assert owner.role == "viewer"


def test_who_left_cannot_sign_in(client_of, owner, colleague, client):
    client_of(owner).post(reverse("person-leaving", args=[colleague.pk]))
    client.post(reverse("account_login"), {"login": colleague.email, "password": "parola-di-prova-1"})
    assert client.get(reverse("today")).status_code == 302


def test_limits_by_role_and_by_person(client_of, owner, colleague):
    client = client_of(owner)
    client.post(reverse("limits"), {"role": "front_line", "per_case": "99.99", "per_month": "500"})
    assert AuthorityLimit.of(colleague).per_case == Decimal("99.99")
    client.post(reverse("person-limit", args=[colleague.pk]), {"per_case": "", "per_month": ""})
    assert AuthorityLimit.of(colleague).per_case is None


@pytest.mark.parametrize("amounts", [("-1", "5"), ("x", ""), ("1.001", ""), ("600", "500")])
def test_impossible_limits_are_refused_beside_their_field(client_of, owner, amounts):
    response = client_of(owner).post(
        reverse("limits"), {"role": "manager", "per_case": amounts[0], "per_month": amounts[1]}
    )
    assert response.status_code == 200
    assert not AuthorityLimit.objects.exists()
    assert amounts[0] in response.content.decode()


def test_a_role_that_does_not_exist_is_not_found(client_of, owner):
    assert client_of(owner).post(reverse("limits"), {"role": "king"}).status_code == 404


def test_only_the_owner_manages(client_of, new_person, colleague):
    manager = new_person("manager")
    for name in ("person-new", "limits", "company"):
        assert client_of(manager).get(reverse(name)).status_code == 403
    assert client_of(colleague).get(reverse("team")).status_code == 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8:30-12:30, 14:00-18:00", [(time(8, 30), time(12, 30)), (time(14), time(18))]),
        ("8-12; 14.30–18", [(time(8), time(12)), (time(14, 30), time(18))]),
        ("  ", []),
    ],
)
def test_hours_as_people_write_them(text, expected):
    assert read_stretches(text) == expected


@pytest.mark.parametrize("text", ["12-8", "8-12, 11-15", "8", "25-26", "mattina", "8:75-9"])
def test_hours_that_are_none(text):
    with pytest.raises(ValueError):
        read_stretches(text)


def test_setting_the_hours_replaces_them(client_of, owner):
    OpeningHours.objects.create(weekday=0, opens=time(1), closes=time(2))
    client = client_of(owner)
    client.post(reverse("company-hours"), {"day_0": "8-12, 14-18", "day_5": "8-12"})
    assert OpeningHours.objects.count() == 3
    wrong = client.post(reverse("company-hours"), {"day_0": "mattina"})
    assert wrong.status_code == 422
    assert "mattina" in wrong.content.decode()
    assert OpeningHours.objects.count() == 3


def test_facts_of_the_company(client_of, owner):
    client = client_of(owner)
    form = {
        "name": "Nuovo Nome",
        "language": "it",
        "timezone": "Europe/Rome",
        "patron_day": 8,
        "patron_month": 9,
        "minimum_n": 20,
        "silent_after_days": 60,
    }
    client.post(reverse("company"), form)
    assert Company.objects.get().patron_day == 8
    client.post(reverse("company"), {**form, "review_url": "g.page/nolo"})
    assert Company.objects.get().review_url == "https://g.page/nolo"
    for change in (
        {"review_url": "javascript:alert(1)"},
        {"timezone": "Mars/Base"},
        {"patron_day": ""},
        {"patron_day": 31, "patron_month": 2},
    ):
        assert client.post(reverse("company"), {**form, **change}).status_code == 422


def test_places_and_days_off(client_of, owner, vicenza):
    client = client_of(owner)
    client.post(reverse("location-new"), {"place-name": "Schio"})
    schio = Location.objects.get(name="Schio")
    client.post(reverse("location", args=[schio.pk]), {"name": "Schio Nord", "review_url": "https://g.page/schio"})
    schio.refresh_from_db()
    assert (schio.name, schio.code, schio.review_url) == ("Schio Nord", "schio", "https://g.page/schio")
    client.post(reverse("location-closing", args=[schio.pk]))
    client.post(reverse("location-closing", args=[vicenza.pk]))
    assert Location.objects.filter(closed_on=None).get() == vicenza
    client.post(reverse("closed-day-new"), {"closed_on": "2030-08-14", "reason": "ferie"})
    closed = ClosedDay.objects.get()
    assert closed.closed_on == date(2030, 8, 14)
    client.post(reverse("closed-day-removal", args=[closed.pk]))
    assert not ClosedDay.objects.exists()


def test_search_finds_what_one_may_see(client_of, owner, colleague, elsewhere, vicenza):
    add_customer(name="Zanella Anna", location=vicenza, by=owner)
    assert "Zanella Anna" in client_of(colleague).get("/search/?q=zanel").content.decode()
    assert "Zanella Anna" not in client_of(elsewhere).get("/search/?q=zanel").content.decode()
    fragment = client_of(owner).get("/search/?q=zanel", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'role="option"' in fragment
    assert client_of(owner).get("/search/?q=z").status_code == 200
    assert client_of(owner).get("/search/?q=%00").status_code == 200


def test_reports_lead_to_the_exports(client_of, owner):
    page = client_of(owner).get(reverse("reports")).content.decode()
    assert reverse("insights") in page
    assert reverse("ledger") in page


def test_who_works_on_holidays_has_deadlines_on_holidays(company):
    OpeningHours.objects.create(weekday=1, opens=time(9), closes=time(12))
    assert not working_calendar().is_working_day(date(2026, 6, 2))
    Company.objects.update(works_on_holidays=True)
    assert working_calendar().is_working_day(date(2026, 6, 2))


def test_search_finds_the_survey_of_an_imported_file(client_of, owner, now):
    programme = Programme.objects.create(name="File", created_at=now)
    title = {"it": "lounge_reviews", "en": "lounge_reviews"}
    Survey.objects.create(programme=programme, slug="x", draft={"title": title}, is_imported=True, created_at=now)
    assert "lounge_reviews" in client_of(owner).get("/search/?q=lounge").content.decode()


def test_hours_and_skills_of_a_colleague(client_of, owner, colleague):
    from premura.core.journeys.journeys import touchpoint_named

    point = touchpoint_named("Banco")
    point.is_imported = False
    point.save()
    client, address = client_of(owner), reverse("person-rota", args=[colleague.pk])
    wrong = client.post(address, {"day_0": "dalle otto"})
    assert wrong.status_code == 422
    assert "dalle otto" in wrong.content.decode()
    client.post(address, {"day_0": "8-12, 14:00-18:00", "touchpoints": [point.pk]})
    assert [str(shift)[-11:] for shift in colleague.shifts.all()] == ["08:00–12:00", "14:00–18:00"]
    assert list(colleague.touchpoints.all()) == [point]
    assert "08:00-12:00, 14:00-18:00" in client.get(reverse("person", args=[colleague.pk])).content.decode()


def test_a_bulletin_is_found_on_today_read_and_receipted(client_of, owner, colleague):
    browser = client_of(owner)
    assert browser.post(reverse("bulletin-new"), {"title": " ", "text": "x"}).status_code == 422
    made = browser.post(reverse("bulletin-new"), {"title": "Nuovi orari", "text": "<b>Da lunedì</b> alle 7."}).url
    assert "&lt;b&gt;Da lunedì" in browser.get(made).content.decode()
    theirs = client_of(colleague)
    assert "Nuovi orari" in theirs.get(reverse("today")).content.decode()
    assert "Chi l'ha letta" not in theirs.get(made).content.decode().replace("&#x27;", "'")
    theirs.post(f"{made}reading/")
    assert "Nuovi orari" not in theirs.get(reverse("today")).content.decode()
    assert browser.get(made).context["receipts"].read[0].person == colleague

"""Today: what must I do, for whom, by when; done in one tap."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from premura.core.company.company import local_date
from premura.core.mail.models import Gateway, MailServer
from premura.core.staff.models import AuthorityLimit
from premura.loop.listen import drafting
from premura.loop.listen.definition import Definition
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.surveys import add_survey, publish_survey
from premura.loop.promise.commitments import make_commitment
from premura.loop.promise.models import Commitment
from premura.loop.recover.cases import assign_case, open_case
from premura.loop.recover.gestures import give_gesture
from premura.loop.recover.models import Deadline
from premura.loop.recover.remedies import add_remedy


@pytest.fixture
def manager(new_person, vicenza):
    return new_person("manager", vicenza, name="Marta Manager")


@pytest.fixture
def promise(colleague, vicenza):
    def make(what="Richiamo", hours=2, **fields):
        fields = {"owner": colleague, "location": vicenza, "by": None, **fields}
        return make_commitment(what, due=timezone.now() + timedelta(hours=hours), **fields)

    return make


def test_a_viewer_owes_nothing_and_has_no_such_page(client_of, viewer):
    assert client_of(viewer).get(reverse("today")).status_code == 403


def test_done_in_one_tap(client_of, colleague, promise):
    made = promise("Porto il <b>manuale</b>")
    browser = client_of(colleague)
    page = browser.get(reverse("today")).content.decode()
    assert "Porto il &lt;b&gt;manuale&lt;/b&gt;" in page
    address = reverse("promise-keeping", args=[made.pk])
    assert address in page
    assert browser.post(address, {"next": reverse("today")}).url == reverse("today")
    assert Commitment.objects.get().outcome.outcome == "kept"
    assert "empty-state" in browser.get(reverse("today")).content.decode()


def test_a_case_s_duty_leads_to_the_case(client_of, colleague, vicenza, work):
    Deadline.objects.create(severity="normal", first_answer_hours=4, solution_hours=24)
    case = open_case("Betoniera sporca", by=None, why=[], channel="phone", location=vicenza)
    work()
    page = client_of(colleague).get(reverse("today")).content.decode()
    assert reverse("case", args=[case.pk]) in page
    assert "promise-keeping" not in page
    assert "/keeping/" not in page


def test_mine_and_everybody_s(client_of, colleague, manager, elsewhere, padova, promise):
    promise("di Carlo")
    promise("di Marta", owner=manager)
    promise("di Elena", owner=elsewhere, location=padova)
    mine = client_of(manager).get(reverse("today")).content.decode()
    assert "di Marta" in mine
    assert "di Carlo" not in mine
    everybody = client_of(manager).get(reverse("today"), {"whose": "everybody"}).content.decode()
    assert "di Carlo" in everybody
    assert "di Elena" not in everybody
    assert "di Marta" not in client_of(colleague).get(reverse("today"), {"whose": "everybody"}).content.decode()


def test_approvals_wait_for_who_is_asked_only(client_of, colleague, manager, owner, vicenza, work):
    AuthorityLimit.objects.create(role="manager", per_case=300, per_month=300)
    refund = add_remedy(by=None, name={"it": "Rimborso"}, kind="refund", cost_rule="amount")
    case = open_case("Betoniera sporca", by=None, why=[], channel="phone", location=vicenza)
    request = give_gesture(case, refund, by=colleague, amount=Decimal(250), words="Per il disturbo", key="a")
    address = reverse("gesture-approval", args=[request.pk])
    # The request stands there before the worker has written its deadline down
    assert address in client_of(manager).get(reverse("today")).content.decode()
    work()
    page = client_of(manager).get(reverse("today")).content.decode()
    assert page.count(address) == 1
    assert "250 €" in page
    assert "Per il disturbo" in page
    assert address not in client_of(owner).get(reverse("today")).content.decode()
    refusal = reverse("gesture-refusal", args=[request.pk])
    client_of(manager).post(refusal, {"reason": "Basta uno sconto", "next": reverse("today")})
    assert address not in client_of(manager).get(reverse("today")).content.decode()


def test_the_cost_of_today_does_not_grow(client_of, colleague, promise):
    promise()
    browser = client_of(colleague)
    with CaptureQueriesContext(connection) as few:
        browser.get(reverse("today"))
    for number in range(60):
        promise(f"promessa {number}", hours=number)
    with CaptureQueriesContext(connection) as many:
        page = browser.get(reverse("today")).content.decode()
    assert len(few) == len(many) <= 13
    assert page.count("/keeping/") <= 160


def test_a_silent_programme_is_said_to_whose_it_is(client_of, owner, manager):
    """Row S16: it alerts, without anybody looking for it."""
    long_ago = timezone.now() - timedelta(days=40)
    programme = add_programme(owner, "Dopo il ritiro", objective="Sapere", decision="Decidere", owner=owner)
    asked = drafting.with_question(Definition({"it": "T"}, ("it",)), "nps")
    publish_survey(add_survey(programme, asked, owner), owner, at=long_ago)
    page = client_of(owner).get(reverse("today")).content.decode()
    assert reverse("programme", args=[programme.pk]) in page
    # Forty times 24 hours are 39 days of the calendar, or 41, around a change of the clocks
    days = (local_date(timezone.now()) - local_date(long_ago)).days
    assert f"silenzioso da {days} giorni" in page
    assert "Dopo il ritiro" not in client_of(manager).get(reverse("today")).content.decode()


def test_who_leads_and_owes_nothing_sees_what_the_others_owe(client_of, owner, colleague):
    make_commitment("Richiamare", owner=colleague, due=timezone.now() + timedelta(hours=2), by=colleague)
    page = client_of(owner).get("/today/")
    assert page.context["everybody"]
    assert "Richiamare" in page.content.decode()
    assert not client_of(owner).get("/today/?whose=mine").context["everybody"]
    make_commitment("Firmare", owner=owner, due=timezone.now() + timedelta(hours=2), by=owner)
    assert not client_of(owner).get("/today/").context["everybody"]


def test_who_leads_sees_what_is_nearly_late_with_its_owner(client_of, manager, colleague, vicenza, work):
    """Row S45: told in time to help."""
    from premura.loop.promise.escalations import escalate_nearly_due

    Deadline.objects.create(severity="normal", first_answer_hours="4", solution_hours="24")
    case = open_case(
        "Gru ferma", by=None, why=[{"code": "by-hand"}], channel="phone", location=vicenza, at=timezone.now()
    )
    assign_case(case, colleague, by=manager)
    work()
    assert "Gru ferma" not in client_of(manager).get(reverse("today") + "?whose=mine").content.decode()
    escalate_nearly_due(at=timezone.now() + timedelta(days=9))
    page = client_of(manager).get(reverse("today") + "?whose=mine").content.decode()
    assert "In scadenza o già in ritardo: aiuta" in page
    assert "Rispondi: Gru ferma" in page
    assert f"se ne occupa {colleague}" in page
    assert f"{manager} ne è al corrente" in client_of(colleague).get(reverse("case", args=[case.pk])).content.decode()
    assert "già in ritardo: aiuta" not in client_of(colleague).get(reverse("today")).content.decode()


def test_who_can_mend_it_reads_that_letters_do_not_leave(client_of, owner, colleague):
    address = reverse("today")
    assert reverse("mail") not in client_of(owner).get(address).content.decode().partition("<main")[2]
    MailServer.objects.update_or_create(pk=1, defaults={"down_since": timezone.now()})
    Gateway.objects.update_or_create(kind="sms", defaults={"is_on": True, "down_since": timezone.now()})
    page = client_of(owner).get(address).content.decode().partition("<main")[2]
    assert f'href="{reverse("mail")}"' in page
    assert f'href="{reverse("gateway", args=["sms"])}"' in page
    assert "notice-uncertain" not in client_of(colleague).get(address).content.decode().partition("<main")[2]

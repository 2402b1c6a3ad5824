"""Stories: used only where their tellers allow it, and taken back by them at any time."""

import csv
import io

import pytest
from django.urls import reverse

from premura.core.customers.customers import add_customer
from premura.core.history.models import Event
from premura.loop.listen.forgetting import forget
from premura.loop.listen.models import Story
from premura.loop.listen.stories import add_story, own_address, stories_for

SAID = {"teller": "=Ada B.", "words": "Mi hanno richiamata in un'ora.", "uses": ["site"], "how": "Foglio firmato"}


@pytest.fixture
def story(owner, vicenza):
    return add_story("Ada B.", "In un'ora", uses=["site", "training"], how="Per e-mail", by=owner, location=vicenza)


def test_no_story_without_a_yes_and_no_use_besides(client_of, colleague, owner, vicenza):
    browser = client_of(colleague)
    refused = browser.post(reverse("story-new"), SAID | {"uses": [], "location": vicenza.pk})
    assert refused.status_code == 422
    assert "richiamata" in refused.content.decode()
    assert browser.post(reverse("story-new"), SAID | {"location": vicenza.pk}).status_code == 302
    assert [len(stories_for(owner, use)) for use in ("site", "print", "")] == [1, 0, 1]
    handed = browser.get(reverse("stories-file") + "?use=site").content.decode("utf-8-sig")
    assert next(iter(list(csv.reader(io.StringIO(handed)))[1])) == "'=Ada B.", "a cell never computes"
    assert "richiamata" not in browser.get(reverse("stories-file") + "?use=print").content.decode()


def test_the_teller_takes_it_back_without_an_account(client, client_of, owner, elsewhere, story, settings):
    address = own_address(story).removeprefix(settings.ADDRESS)
    client.cookies["django_language"] = "it"
    assert "In un&#x27;ora" in client.get(address).content.decode()
    assert Story.objects.get().withdrawn_at is None, "looking changes nothing"
    for _twice in range(2):
        client.post(address)
    row = Story.objects.get()
    assert (row.teller, row.words, row.for_site, row.for_training) == ("", "", False, False)
    assert row.consents.count() == 2
    assert Event.objects.filter(name="story.withdrawn").count() == 1
    browser = client_of(owner)
    assert "ovunque" in browser.get(reverse("stories") + "?use=withdrawn").content.decode()
    consent = {"uses": ["print"], "how": "Al telefono"}
    assert browser.post(reverse("story-consent", args=[row.pk]), consent).status_code == 409
    assert client.get(address.replace("/stories/", "/stories/1")).status_code == 404
    assert client_of(elsewhere).get(reverse("story", args=[row.pk])).status_code == 404


def test_consent_can_become_smaller(client_of, owner, story):
    client_of(owner).post(reverse("story-consent", args=[story.pk]), {"uses": ["training"], "how": "Al telefono"})
    row = Story.objects.get()
    assert (row.for_site, row.for_training) == (False, True)


def test_forgetting_a_customer_takes_their_stories_back(owner, company):
    customer = add_customer(by=owner, name="Ada")
    add_story("Ada", "In un'ora", uses=["site"], how="Per e-mail ad ada@x.it", by=owner, customer=customer)
    forget(customer)
    row = Story.objects.get()
    assert (row.words, row.customer, set(row.consents.values_list("how", flat=True))) == ("", None, {""})

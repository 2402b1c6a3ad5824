"""Stories: used only where their tellers allow it, and taken back by them at any time."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from premura.core.customers.customers import add_customer
from premura.core.history.models import Event
from premura.loop.listen.forgetting import forget
from premura.loop.listen.models import Story
from premura.loop.listen.stories import add_story, own_address, stories_for
from premura.loop.listen.uploads import remove_loose_files

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


def photo(size=(60, 40)) -> bytes:
    from PIL import Image

    exif = Image.Exif()
    exif[0x010F] = "Fotocamera di Ada"
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def sent(content: bytes, **fields) -> dict:
    named = SimpleUploadedFile("C:\\ada.exe", content, content_type="text/html")
    return {"picture": named, "shows": "Ada e la betoniera", "how": "Foglio firmato", **fields}


@pytest.fixture
def folder(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    return lambda: [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_picture_is_kept_bare_shown_to_its_teller_and_gone_with_the_story(
    client, client_of, owner, elsewhere, story, settings, folder, django_capture_on_commit_callbacks
):
    browser, address = client_of(owner), reverse("story-pictures", args=[story.pk])
    assert browser.post(address, sent(photo())).status_code == 302
    [file], picture = folder(), story.pictures.get()
    assert b"Fotocamera" not in file.read_bytes()
    ours = reverse("story-picture", args=[story.pk, picture.pk])
    theirs = own_address(story).removeprefix(settings.ADDRESS) + f"pictures/{picture.pk}/"
    for reader, path in ((browser, ours), (client, theirs)):
        reply = reader.get(path)
        assert (reply["Content-Type"], b"".join(reply)) == ("image/jpeg", file.read_bytes())
    assert client_of(elsewhere).get(ours).status_code == 404
    assert client.get(theirs.replace("/stories/", "/stories/1")).status_code == 404
    assert ours in browser.get(reverse("stories-file") + "?use=site").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(own_address(story).removeprefix(settings.ADDRESS))
    assert (folder(), story.pictures.count(), client.get(theirs).status_code) == ([], 0, 404)
    assert browser.post(address, sent(photo())).status_code == 409


@pytest.mark.parametrize(
    ("content", "fields", "said"),
    [
        (b"%PDF-1.7 no picture", {}, "JPEG, PNG o WebP"),
        (b"<script>alert(1)</script>", {}, "JPEG, PNG o WebP"),
        (photo(), {"how": ""}, "obbligatorio"),
    ],
)
def test_what_is_no_picture_or_has_no_yes_is_refused_and_nothing_is_kept(
    client_of, owner, story, folder, content, fields, said
):
    page = client_of(owner).post(reverse("story-pictures", args=[story.pk]), sent(content, **fields))
    assert (page.status_code, said in page.content.decode(), story.pictures.count()) == (422, True, 0)
    assert "Ada e la betoniera" in page.content.decode()
    assert folder() == []


def test_a_file_that_two_stories_have_stays_for_the_other_and_for_the_sweep(
    client_of, owner, vicenza, story, folder, django_capture_on_commit_callbacks
):
    other = add_story("B.", "Anch'io", uses=["site"], how="Voce", by=owner, location=vicenza)
    browser = client_of(owner)
    for one in (story, other):
        browser.post(reverse("story-pictures", args=[one.pk]), sent(photo()))
    first = reverse("story-picture-removal", args=[story.pk, story.pictures.get().pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(first).status_code == 302
    assert remove_loose_files(timezone.now() + timedelta(days=9)) == 0
    assert len(folder()) == 1

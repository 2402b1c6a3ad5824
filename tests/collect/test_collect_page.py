"""The page a customer sees: its size, its languages, what it carries, how fresh it is, what it may not do."""

import re
import time

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db(transaction=True)


def key_in(page: str) -> str:
    return re.search(r'name=key value="([^"]+)"', page)[1]


def wait_for(condition, seconds: float = 3.0) -> float:
    """How long it took until ``condition()`` held."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds
    return time.monotonic() - start


def test_whole_page_is_one_answer_of_less_than_15_kb(survey, visitor):
    answer = visitor.get("/s/noleggio?at=vicenza&via=qr&i=abcdefghijklmnopqrstuv", accept_encoding="gzip, br")
    assert answer.status == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert 'href="/t/?about=barrier"' in answer.text, "what keeps somebody from answering can be told"
    assert len(answer.raw) < 15_000
    assert len(answer.raw) == int(answer.headers["content-length"])
    # Nothing else is fetched: no address of another file anywhere, only of a page to go to
    assert not re.search(r'(?:src|href)="(?!data:|\?lang=|/t/|#)', answer.text)
    # Nor is a picture drawn for the tab, and no second request asks for one
    assert answer.text.count('<link rel="icon" href="data:image/png;base64,') == 1


def test_a_phone_draws_once_when_the_script_has_made_its_steps(survey, visitor):
    page = visitor.get("/s/noleggio").text
    waits_for = re.search(r'<link rel="expect" href="#([^"]+)" blocking="render">', page)[1]
    assert f'<script id="{waits_for}">' in page, "what is waited for must come, or nothing is ever drawn"
    assert not re.search(r">\s*\n\s*<", page), "a line between two tags is a node that shows nothing"
    assert 'rel="expect"' not in visitor.get("/s/noleggio/thanks?lang=it").text, "no script there, nothing to wait for"


def test_page_is_the_same_with_and_without_gzip(survey, visitor):
    zipped = visitor.get("/s/noleggio", accept_encoding="gzip").text
    plain = visitor.get("/s/noleggio")
    assert "content-encoding" not in plain.headers
    assert zipped.replace(key_in(zipped), "") == plain.text.replace(key_in(plain.text), "")


def test_page_carries_where_how_and_whom(survey, visitor):
    page = visitor.get("/s/noleggio?at=vicenza&via=qr&i=abc-_123").text
    assert '<input type=hidden name=at value="vicenza"' in page
    assert '<input type=hidden name=via value="qr"' in page
    assert '<input type=hidden name=i value="abc-_123"' in page
    assert 'href="?lang=en&amp;at=vicenza&amp;via=qr&amp;i=abc-_123"' in page


def test_form_is_sent_to_another_address_than_its_own(survey, visitor):
    """A browser forgets the page at an address it has posted to; «back» would then fetch a new key, and count twice."""
    action = re.search(r'<form[^>]* action="?([^" >]+)', visitor.get("/s/noleggio").text)[1]
    assert action.startswith("/s/noleggio?")
    assert not re.search(r"[?&](lang|at|via|i)=", action)


@pytest.mark.parametrize(
    "bad", ['at="><script>', "via=teleport", "i=%00%ff", "at=" + "x" * 400, "lang=%3Cb%3E", "&&&=", "%"]
)
def test_mangled_link_still_opens_the_survey_and_enters_nowhere(survey, visitor, bad):
    answer = visitor.get(f"/s/noleggio?{bad}")
    assert answer.status == 200
    assert "<script>alert" not in answer.text
    assert 'name=at value="' not in answer.text
    assert 'name=via value="' not in answer.text


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "it"),
        ("", "en-GB,en;q=0.9,it;q=0.5", "en"),
        ("", "de-AT,en;q=0.3,it;q=0.9", "it"),
        ("?lang=en", "it", "en"),
        ("?lang=xx", "en", "en"),
        ("", "en;q=oops, it;q=0.1", "it"),
    ],
)
def test_language_of_the_link_then_of_the_browser_then_the_first(survey, visitor, query, header, language):
    answer = visitor.get(f"/s/noleggio{query}", accept_language=header)
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["content-language"] == language
    assert ("Quanto è probabile" in answer.text) == (language == "it")
    assert ("Invia le risposte" in answer.text) == (language == "it")


def test_every_visit_has_a_key_of_its_own(survey, visitor):
    keys = {key_in(visitor.get("/s/noleggio").text) for _ in range(20)}
    assert len(keys) == 20


def test_back_may_show_the_page_again_but_not_at_the_counter(survey, visitor):
    assert visitor.get("/s/noleggio").headers["cache-control"] == "private, no-cache"
    assert visitor.get("/s/noleggio?via=counter").headers["cache-control"] == "no-store"
    # What a browser may not keep it still fills in as it was left, unless the form says no
    forms = [visitor.get(f"/s/noleggio{query}").text.partition("<h1>")[0] for query in ("", "?via=counter")]
    assert [" autocomplete=off" in form for form in forms] == [False, True]


def test_opening_the_page_writes_nothing(survey, visitor):
    from premura.core.history.models import Event
    from premura.loop.listen.models import Submission

    answer = visitor.get("/s/noleggio")
    assert "set-cookie" not in answer.headers
    assert Submission.objects.count() == 0
    assert Event.objects.count() == 0


def test_only_the_pages_own_script_and_style_may_run(survey, visitor):
    policy = visitor.get("/s/noleggio").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert re.search(r"script-src 'sha256-[^']+'", policy)


def test_new_version_shows_within_about_a_second(survey, visitor, publish, definition):
    visitor.get("/s/noleggio")
    definition["title"]["it"] = "Una domanda nuova"
    publish(survey, definition)
    assert wait_for(lambda: "Una domanda nuova" in visitor.get("/s/noleggio").text) < 2


def test_withdrawn_survey_closes_within_about_a_second(survey, visitor):
    from premura.loop.listen.models import Withdrawal

    visitor.get("/s/noleggio")
    Withdrawal.objects.create(version=survey.versions.get(), withdrawn_at=timezone.now(), reason="sbagliato")
    assert wait_for(lambda: visitor.get("/s/noleggio").status == 410) < 2
    answer = visitor.get("/s/noleggio", accept_language="it")
    assert "Questo questionario è chiuso" in answer.text
    assert "Nolo Prova" in answer.text
    assert visitor.post_form("/s/noleggio", {"key": "a", "q.nps": "9"}).status == 410
    # Whoever sent a moment before still gets their thanks
    assert visitor.get("/s/noleggio/thanks?lang=it").status == 200


def test_withdrawing_the_newest_version_brings_back_the_one_before(survey, visitor, publish, definition):
    from premura.loop.listen.models import Withdrawal

    definition["title"]["it"] = "Versione due"
    second = publish(survey, definition)
    assert "Versione due" in visitor.get("/s/noleggio").text
    Withdrawal.objects.create(version=second, withdrawn_at=timezone.now())
    wait_for(lambda: "Versione due" not in visitor.get("/s/noleggio").text)
    assert visitor.get("/s/noleggio").status == 200


@pytest.mark.parametrize(
    "path", ["/s", "/s/", "/s/nessuno", "/s/../etc/passwd", "/s/nole%00ggio", "/s/noleggio/altro", "/s/" + "a" * 99]
)
def test_unknown_address_says_so_kindly_in_the_readers_language(survey, visitor, path):
    answer = visitor.get(path, accept_language="it")
    assert answer.status == 404
    assert "Qui non c&#x27;è nessun questionario" in answer.text
    assert "There is no survey here" in visitor.get(path, accept_language="en").text


def test_draft_without_published_version_is_not_there(survey, visitor):
    survey.versions.all().delete()
    assert visitor.get("/s/noleggio").status == 404


def test_thanks_are_signed_and_say_how_to_call(new_survey, definition, visitor, new_person, vicenza):
    new_survey("firma", definition, owner=new_person("owner", name="Olga Proprietaria"))
    vicenza.phone = "0444 123456"
    vicenza.save()
    page = visitor.get("/s/firma/thanks?lang=it&at=vicenza").text
    assert "Le Sue parole ci servono." in page
    assert "Olga Proprietaria" in page
    assert 'href="tel:0444 123456"' in page
    assert "start again" not in page
    assert "Prossimo cliente" in visitor.get("/s/firma/thanks?lang=it&via=counter").text
    assert "contata una volta sola" in visitor.get("/s/firma/thanks?lang=it&again=1").text


def test_everybody_is_led_to_the_public_reviews_whatever_they_answered(
    new_survey, definition, visitor, company, vicenza
):
    """To ask only the happy for a review is forbidden by the platforms: an unhappy answer leads to the same link."""
    company.review_url, vicenza.review_url = (
        "https://reviews.example.it/nolo",
        "https://reviews.example.it/vicenza?a=1&b",
    )
    company.save()
    vicenza.save()
    new_survey("pubblico", definition)
    unhappy = f"p={'a' * 32}.1xXVEW.hWykKhXJTkL3E4wfNp1hI4ZQCggSjyumaZQjMBULvbo"
    for said in ("", unhappy, "again=1"):
        page = visitor.get(f"/s/pubblico/thanks?lang=it&{said}").text
        assert page.count('href="https://reviews.example.it/nolo" target="_blank"') == 1
    assert ("/t/person/" in visitor.get(f"/s/pubblico/thanks?{unhappy}").text) is True
    assert "vicenza?a=1&amp;b" in visitor.get("/s/pubblico/thanks?at=vicenza").text
    assert "reviews.example" not in visitor.get("/s/pubblico/thanks?via=counter").text, "it would come from our device"


def test_texts_of_the_survey_are_text_not_markup(new_survey, definition, visitor):
    definition["title"]["it"] = '<script>alert("t")</script>'
    definition["questions"][0]["text"]["it"] = '"><img src=x onerror=alert(1)>\x01carry\x01'
    definition["questions"][4]["options"][0]["text"]["it"] = "</textarea></form>"
    new_survey("ostile", definition)
    page = visitor.get("/s/ostile?at=vicenza").text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert page.count("</form>") == 1


def test_head_is_get_without_a_body(survey, visitor):
    answer = visitor.run(visitor.ask("HEAD", "/s/noleggio", b"", {}))
    assert answer.status == 200
    assert answer.raw == b""
    assert int(answer.headers["content-length"]) > 1000


def test_other_methods_are_refused_by_name(survey, visitor):
    answer = visitor.run(visitor.ask("DELETE", "/s/noleggio", b"", {}))
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"


def test_page_stays_while_the_database_is_away(survey, visitor, monkeypatch):
    from django.db import OperationalError

    from premura.entrypoints.collect import published

    visitor.get("/s/noleggio")

    def away(*_):
        raise OperationalError("away")

    monkeypatch.setattr(published, "read_published", away)
    monkeypatch.setattr(published, "FRESH_SECONDS", 0.0)
    assert visitor.get("/s/noleggio").status == 200
    # One never seen cannot be shown, and says so
    assert visitor.get("/s/altro").status == 503


def test_a_link_of_a_letter_shows_the_answer_chosen_and_keeps_nothing_until_it_is_sent(survey, visitor):
    """What scans mail fetches every link: none of them may answer for the customer."""
    from premura.loop.listen.models import Submission

    pages = [visitor.get(f"/s/noleggio?via=email&i=tok&q.nps={score}&lang=it").text for score in range(11)]
    assert re.search(r'name="q.nps" value="9"[^>]* checked', pages[9])
    assert all('name=i value="tok"' in page for page in pages)
    assert not Submission.objects.exists()

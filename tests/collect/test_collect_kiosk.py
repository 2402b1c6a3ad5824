"""The tablet left to customers, and the script for a web site: what the server gives; ``tests/browser`` uses them."""

import gzip

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_tablets_page_is_the_survey_on_site_and_never_personal(survey, visitor):
    page = visitor.get("/s/noleggio/kiosk?at=vicenza&i=abc-_123&lang=it")
    assert page.status == 200
    assert 'name=via value="site"' in page.text
    assert 'name=at value="vicenza"' in page.text
    assert "abc-_123" not in page.text
    assert 'class="kiosk"' in page.text
    assert 'class="kiosk"' not in visitor.get("/s/noleggio").text


def test_the_widget_is_small_fetches_nothing_and_speaks_the_surveys_languages(survey, visitor):
    script = visitor.get("/s/noleggio/widget.js", accept_encoding="gzip")
    assert script.headers["content-type"].startswith("text/javascript")
    assert len(script.raw) < 10_000
    text = gzip.decompress(script.raw).decode()
    assert "Ci dica com'è andata" in text
    assert "document.cookie" not in text
    assert "__WORDS__" not in text
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    again = visitor.get("/s/noleggio/widget.js", if_none_match=script.headers["etag"])
    assert (again.status, again.raw, again.headers["etag"]) == (304, b"", script.headers["etag"])
    assert visitor.get("/s/noleggio/widget.js", if_none_match='W/"another"').status == 200


@pytest.mark.parametrize(
    ("query", "may_be_framed"), [("?via=web", True), ("", False), ("?via=web&i=abc-_123", False), ("?via=qr", False)]
)
def test_only_the_web_sites_survey_may_stand_in_a_frame_elsewhere(survey, visitor, query, may_be_framed):
    policy = visitor.get(f"/s/noleggio{query}").headers["content-security-policy"]
    assert ("frame-ancestors *" in policy) is may_be_framed
    assert ("frame-ancestors 'self'" in policy) is not may_be_framed


@pytest.mark.parametrize("part", ["kiosk", "widget.js"])
def test_what_is_not_published_has_neither(survey, visitor, part):
    assert visitor.get(f"/s/nowhere/{part}").status == 404


@pytest.mark.parametrize("part", ["kiosk", "widget.js"])
def test_answers_are_sent_to_the_survey_itself(survey, visitor, part):
    assert visitor.post_json(f"/s/noleggio/{part}", {"key": "k", "answers": {"nps": 9}}).status == 405

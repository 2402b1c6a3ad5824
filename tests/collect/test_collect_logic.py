"""A survey with logic: page by page without JavaScript, whole from a program, prefilled by its link, with endings."""

import html
import re

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def asks(code: str, kind: str = "yesno", **fields) -> dict:
    return {"code": code, "kind": kind, "text": {"it": f"Domanda {code}?", "en": f"Question {code}?"}, **fields}


def when(name: str, test: str, *values: str, about: str = "question") -> dict:
    return {"conditions": [{"about": about, "name": name, "test": test, "values": list(values)}]}


@pytest.fixture
def course(new_survey):
    return new_survey(
        "percorso",
        {
            "title": {"it": "Percorso", "en": "Course"},
            "languages": ["it", "en"],
            "thanks": {"it": "Grazie.", "en": "Thanks."},
            "fields": ["machine"],
            "endings": [
                {
                    "code": "sorry",
                    "text": {"it": "Ci dispiace.", "en": "We are sorry."},
                    "when": when("nps", "at_most", "6"),
                }
            ],
            "questions": [
                asks("nps", "nps", required=True),
                asks(
                    "why",
                    "text",
                    show_if=when("nps", "at_most", "6"),
                    text={"it": "Ha detto {nps}: perché?", "en": "You said {nps}: why?"},
                ),
                asks("back", show_if=when("why", "answered")),
                asks("counter", show_if=when("", "is", "counter", about="channel")),
                asks(
                    "machine",
                    show_if=when("machine", "is", "m7", about="field"),
                    text={"it": "E {field:machine}?", "en": "And {field:machine}?"},
                ),
            ],
        },
    )


def fields_of(page: str) -> dict[str, str]:
    """The hidden fields of the form, as a browser without JavaScript would send them again."""
    page = page.partition("<template>")[0] + page.partition("</template>")[2]
    tags = re.findall(r"<input type=\"?hidden\"?[^>]*>", page)
    return {
        re.search(r'name="?([^" >]+)', tag)[1]: html.unescape(re.search(r'value="([^"]*)"', tag)[1]) for tag in tags
    }


def seen(page: str) -> list[str]:
    return re.findall(r'id="q-(\w+)"', page.partition("<template>")[0] + page.partition("</template>")[2])


def test_without_javascript_one_page_after_the_other_and_nothing_lost_on_the_way_back(course, visitor):
    first = visitor.get("/s/percorso?lang=it").text
    assert seen(first) == ["nps"]
    assert "Perché" not in first.partition("<template>")[0]
    second = visitor.post_form("/s/percorso?send", fields_of(first) | {"q.nps": "3"})
    assert (second.status, seen(second.text)) == (200, ["why"])
    assert "Ha detto 3: perché?" in second.text
    third = visitor.post_form("/s/percorso?send", fields_of(second.text) | {"q.why": 'Lento "assai"'})
    assert seen(third.text) == ["back"]
    back = visitor.post_form("/s/percorso?send", fields_of(third.text) | {"q.back": "yes", "go": "back"})
    assert seen(back.text) == ["why"]
    assert "Lento &quot;assai&quot;" in back.text
    again = visitor.post_form("/s/percorso?send", fields_of(back.text) | {"q.why": "Lento"})
    assert re.search(r'name="q.back" value="yes" checked', again.text)
    done = visitor.post_form("/s/percorso?send", fields_of(again.text) | {"q.back": "yes"})
    assert done.status == 303
    assert "Ci dispiace." in visitor.get(done.headers["location"]).text
    from premura.loop.listen.models import Submission

    assert Submission.objects.get().answers == {"nps": 3, "why": "Lento", "back": ["yes"]}


def test_a_page_with_something_wrong_comes_back(course, visitor):
    first = visitor.get("/s/percorso?lang=it").text
    answer = visitor.post_form("/s/percorso?send", fields_of(first))
    assert answer.status == 422
    assert "Per favore" in answer.text or "obbligator" in answer.text
    assert seen(answer.text) == ["nps"]


def test_a_program_sends_all_at_once_and_what_is_not_asked_is_dropped(course, visitor):
    from premura.loop.listen.models import Response, Submission
    from premura.loop.listen.submissions import unfold_waiting

    answers = {"nps": 10, "why": "da non contare", "back": True, "machine": "no"}
    data = {"key": "k", "language": "it", "answers": answers, "fields": {"machine": "m7"}}
    answer = visitor.post_json("/s/percorso", data)
    assert (answer.status, set(answer.json)) == (201, {"id"})
    assert Submission.objects.get().answers == {"nps": 10, "machine": ["no"], "f.machine": "m7"}
    assert unfold_waiting() == 1
    response = Response.objects.get()
    assert response.fields == {"machine": "m7"}
    assert {row.question for row in response.answers.all()} == {"nps", "machine"}
    assert visitor.post_json("/s/percorso", {"key": "k2", "answers": {"nps": 0}}).json["ending"] == "sorry"


def test_link_brings_answers_channel_and_fields(course, visitor):
    page = visitor.get("/s/percorso?lang=it&via=counter&f.machine=m7&q.nps=9&q.why=%3Cscript%3Ex").text
    assert re.search(r'name="q.nps" value="9" checked', page)
    assert "<script>x" not in page
    second = visitor.post_form("/s/percorso?send", fields_of(page) | {"q.nps": "9"}).text
    assert seen(second)[:1] == ["counter"]
    assert fields_of(second)["f.machine"] == "m7"
    assert "E m7?" in second
    odd = visitor.get("/s/percorso?f.machine=%22%3E%3Cb%3E&q.gone=1&f.=x").text
    assert 'value=""><b>' not in odd


def test_a_survey_in_pages_is_still_small(course, visitor):
    assert len(visitor.get("/s/percorso", accept_encoding="gzip").raw) < 15_000

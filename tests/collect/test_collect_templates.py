"""Each built-in template answered to its end without JavaScript, in both languages, unhappily and happily."""

from html.parser import HTMLParser

import pytest

from premura.loop.listen.definition import definition_to
from premura.loop.listen.transfer import templates

pytestmark = pytest.mark.django_db(transaction=True)
# What somebody writes into a field of this type
WRITES = {"email": "anna@example.it", "tel": "0444 123456", "date": "2026-03-19", "decimal": "3", "range": "40"}
WITHOUT_ANSWER = {"statement", "photo"}


class Form(HTMLParser):
    """What a browser would send after somebody answered everything that the page shows: always the first or the last
    answer, every box, and words.
    """

    def __init__(self, page: str, *, happily: bool) -> None:
        super().__init__()
        self.happily, self.is_hidden, self.select = happily, False, ""
        self.sent: dict[str, list[str]] = {}
        self.ranks = 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        self.is_hidden |= tag == "template"
        if self.is_hidden or (tag == "input" and not name):
            return
        if tag == "select":
            self.select, self.ranks = name, self.ranks + 1
        elif tag == "option" and given.get("value") and (name := self.select):
            # Put in order: another place each time
            if name not in self.sent or given["value"] == str(self.ranks):
                self.sent[name] = [given["value"]]
        elif tag == "textarea":
            self.sent[name] = ["Le parole di chi risponde."]
        elif tag == "input":
            self._input(name, kind, given)

    def _input(self, name: str, kind: str, given: dict[str, str]) -> None:
        if kind in {"hidden", "checkbox"}:
            self.sent.setdefault(name, []).append(given.get("value", "on"))
        elif kind == "radio" and given["value"] and (self.happily or name not in self.sent):
            self.sent[name] = [given["value"]]
        elif name.startswith("q.") and kind not in {"radio", "file"}:
            self.sent[name] = [WRITES.get(given.get("inputmode", kind), WRITES.get(kind, "Anna"))]

    def handle_endtag(self, tag):
        self.is_hidden &= tag != "template"

    def pairs(self) -> list[tuple[str, str]]:
        return [(name, value) for name, values in self.sent.items() for value in values]


def answered(survey, template, visitor, language: str, *, happily: bool) -> set[str]:
    """The questions that have an answer after somebody went through all the pages."""
    from premura.loop.listen.models import Response
    from premura.loop.listen.submissions import unfold_waiting

    shown: set[str] = set()
    answer = visitor.get(f"/s/{survey.slug}?lang={language}")
    while answer.status == 200:
        form = Form(answer.text, happily=happily)
        new = {one.split(".")[1] for one in form.sent if one.startswith("q.")} - shown
        assert new, "a page without anything to answer"
        shown |= new
        answer = visitor.post_form(f"/s/{survey.slug}?send", form.pairs())
    assert answer.status == 303, answer.text
    assert visitor.get(answer.headers["location"]).headers["content-language"] == language
    assert unfold_waiting() == 1
    response = Response.objects.get(survey=survey, language=language)
    assert (response.perspective, response.moment) == (survey.perspective, survey.moment)
    kept = set(response.answers.values_list("question", flat=True))
    assert kept == {q.code for q in template.definition.questions if q.code in shown and q.kind not in WITHOUT_ANSWER}
    return kept


def test_every_question_of_every_template_is_answered_to_the_end(new_survey, visitor):
    for name, template in templates().items():
        survey = new_survey(name.replace("_", "-"), definition_to(template.definition))
        kept = answered(survey, template, visitor, "it", happily=False)
        kept |= answered(survey, template, visitor, "en", happily=True)
        assert kept == {q.code for q in template.definition.questions if q.kind not in WITHOUT_ANSWER}, name

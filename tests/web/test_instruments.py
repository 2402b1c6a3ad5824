"""The editor's cards for every kind, conditions, endings; surveys from templates and files; kinds at the counter."""

from html.parser import HTMLParser

import msgspec
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from premura.entrypoints.web.listening import card_cache
from premura.entrypoints.web.listening.starting import GROUPS
from premura.loop.listen import drafting
from premura.loop.listen.definition import ASKABLE, Definition, definition_from, definition_to, draft_from, is_same
from premura.loop.listen.models import Answer, KeptQuestion, Response, Survey
from premura.loop.listen.programmes import add_programme
from premura.loop.listen.questions import Condition, Ending, Skip, When
from premura.loop.listen.subjects import add_competitor
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import add_survey, publish_survey
from premura.loop.listen.transfer import templates
from premura.loop.understand.competitors import competitor_index
from premura.loop.understand.windows import Window

pytestmark = pytest.mark.django_db


class Form(HTMLParser):
    """The fields of the form with this id (or the only one), as a browser would send them."""

    def __init__(self, html: str, ident: str) -> None:
        super().__init__()
        self.ident, self.is_inside, self.area, self.select = ident, False, "", ""
        self.fields: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.is_inside = given.get("id") == self.ident
        if not self.is_inside:
            return
        is_on = given.get("type") not in {"checkbox", "radio"} or "checked" in given
        if tag == "input" and "name" in given and is_on:
            self.fields.setdefault(given["name"], []).append(given.get("value", "on") or "")
        elif tag == "textarea":
            self.area = given["name"]
            self.fields.setdefault(self.area, []).append("")
        elif tag == "select":
            self.select = given["name"]
        elif tag == "option" and "selected" in given:
            self.fields.setdefault(self.select, []).append(given["value"])

    def handle_endtag(self, tag):
        self.area = "" if tag == "textarea" else self.area
        self.is_inside = self.is_inside and tag != "form"

    def handle_data(self, data):
        if self.area:
            self.fields[self.area][-1] += data.removeprefix("\n")


@pytest.fixture
def programme(owner):
    return add_programme(owner, "Programma", objective="Sapere", decision="Decidere", owner=owner)


@pytest.fixture
def make(programme, owner):
    def build(definition: Definition, slug: str = "prova") -> Survey:
        return add_survey(programme, definition, owner, slug=slug)

    return build


def form_of(browser, survey) -> dict[str, list[str]]:
    return Form(browser.get(reverse("survey-edit", args=[survey.pk])).content.decode(), "editor").fields


def every_kind() -> Definition:
    definition = Definition({"it": "T", "en": "T"}, ("it", "en"))
    for kind in ASKABLE:
        definition = drafting.with_question(definition, kind)
    settings = {"csat": {"look": "stars"}, "single": {"has_other": True}, "number": {"least": 0.5, "most": 1200.0}}
    settings |= {"line": {"pattern": "AA000AA"}, "pair": {"dimension": "empathy", "is_reversed": True}}
    settings |= {
        "slider": {"marks": "0-10", "low_text": {"it": "poco", "en": "little"}},
        "likert": {"marks": "1-7", "starts_page": True},
    }
    words = drafting.WORDINGS
    questions = [
        msgspec.structs.replace(q, text=words[q.kind], **settings.get(q.kind, {})) for q in definition.questions
    ]
    low = When((Condition("question", "nps", "at_most", ("6",)), Condition("language", "", "is", ("it", "en"))), "any")
    questions[5] = msgspec.structs.replace(questions[5], show_if=low, skips=(Skip("date", low), Skip("", low)))
    questions[6] = msgspec.structs.replace(questions[6], options_from=questions[5].code)
    written = When(
        (Condition("field", "order", "is", ("a", "b")), Condition("question", "pair.perception", "is", ("3",)))
    )
    return msgspec.structs.replace(
        definition, questions=tuple(questions), fields=("order",), endings=(Ending("end_1", {"it": "G"}, written),)
    )


@pytest.mark.parametrize("name", ["every kind", *templates()])
def test_the_editor_sends_back_exactly_what_it_shows(client_of, owner, make, name):
    survey = make(every_kind() if name == "every kind" else templates()[name].definition)
    browser = client_of(owner)
    form = form_of(browser, survey)
    assert browser.post(reverse("survey-edit", args=[survey.pk]), form | {"do": "save"}).status_code == 302
    after = Survey.objects.get()
    assert draft_from(after.draft) == draft_from(survey.draft)
    assert after.revision == survey.revision


def test_conditions_skips_and_endings_are_added_and_taken_away_without_javascript(client_of, owner, make):
    survey = make(drafting.with_question(drafting.with_question(Definition({"it": "T"}, ("it",)), "nps"), "text"))
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])

    def press(what: str, **changes) -> Definition:
        survey.refresh_from_db()
        browser.post(address, form_of(browser, survey) | changes | {"do": what})
        return draft_from(Survey.objects.get().draft)

    assert press("when:1").questions[1].show_if.conditions[0].name == "nps"
    changed = press("save", **{"q1.if.c0.test": "at_most", "q1.if.c0.value": "6"})
    assert changed.questions[1].show_if == When((Condition("question", "nps", "at_most", ("6",)),))
    assert "è al massimo 6" in browser.get(address).content.decode()
    assert len(press("skip:0").questions[0].skips) == 1
    assert len(press("when:0.0").questions[0].skips[0].when.conditions) == 2
    assert len(press("unwhen:0.0.1").questions[0].skips[0].when.conditions) == 1
    assert press("unskip:0.0").questions[0].skips == ()
    assert press("unwhen:1.0").questions[1].show_if == When()
    assert len(press("ending:").endings) == 1
    assert len(press("when:e0").endings[0].when.conditions) == 2
    assert press("unending:0").endings == ()
    for odd in ("when:99", "unwhen:0.9.9", "skip:", "unending:x", "when:e9", "row:0", "droprow:0.0"):
        press(odd)


def test_a_question_that_moves_is_all_that_changes_although_others_name_it_by_number(client_of, owner, make):
    browser, definition = client_of(owner), Definition({"it": "T", "en": "T"}, ("it", "en"))
    for kind in ("csat", "nps", "single", "single", "single", "text"):
        definition = drafting.with_question(definition, kind)
    waits = When((Condition("question", "satisfaction", "at_most", ("2",)),))
    questions = [
        msgspec.structs.replace(one, show_if=waits if one.code == "choice_3" else When())
        for one in definition.questions
    ]
    questions[1] = msgspec.structs.replace(questions[1], skips=(Skip("choice_3", waits),))
    survey = make(msgspec.structs.replace(definition, questions=tuple(questions)))
    fields, drawn = form_of(browser, survey), set(card_cache._kept)
    answer = browser.post(
        reverse("survey-edit", args=[survey.pk]), {**fields, "do": "down:3"}, headers={"X-Requested-With": "fetch"}
    )
    assert set(card_cache._kept) == drawn
    page = answer.json()["body"]
    assert '<option value="question:satisfaction" selected>1. ' in page
    assert '<option value="choice_3" selected>4. choice_3</option>' in page
    assert page.count('<option value="choice_2">5. choice_2</option>') == 1


def test_options_are_written_one_a_line_and_none_is_lost_by_another_press(client_of, owner, make):
    survey = make(drafting.with_question(drafting.with_question(Definition({"it": "T"}, ("it", "en")), "list"), "text"))
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])

    def press(what: str, lines: str, **headers) -> list[tuple[str, dict]]:
        survey.refresh_from_db()
        browser.post(address, form_of(browser, survey) | {"do": what, "q0.lines": lines}, **headers)
        return [(o.code, o.text) for o in draft_from(Survey.objects.get().draft).questions[0].options]

    assert press("save", "Trapano", headers={"X-Requested-With": "fetch"}) == [("1", {}), ("2", {})]
    assert press("lines:0", "Trapano\r\n\n  Sega   a nastro \nBetoniera") == [
        ("1", {"it": "Trapano"}),
        ("2", {"it": "Sega a nastro"}),
        ("3", {"it": "Betoniera"}),
    ]
    assert len(press("copy:1", "\n".join(map(str, range(400))))) == 300
    press("lines:99", "x")


def test_whoever_reads_english_is_offered_the_english_field_first(client_of, owner, make):
    owner.language = "en"
    owner.save()
    survey = make(drafting.with_question(Definition({"it": "T"}, ("it", "en")), "list"))
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])
    page = browser.get(address).content.decode()
    for name in ("title", "q0.text", "q0.o0.text"):
        assert page.index(f'name="{name}.en"') < page.index(f'name="{name}.it"')
    assert "One a line, in this language: English" in page
    browser.post(address, form_of(browser, survey) | {"do": "lines:0", "q0.lines": "Drill"})
    assert draft_from(Survey.objects.get().draft).questions[0].options[0].text == {"en": "Drill"}


def test_a_survey_starts_from_a_template_with_its_point_of_view(client_of, owner, programme):
    form = {"title": "Polso", "programme": programme.pk, "languages": ["it"], "start": "template:staff_pulse"}
    assert client_of(owner).post(reverse("survey-new"), form).status_code == 302
    survey = Survey.objects.get()
    assert survey.perspective == "staff"
    assert draft_from(survey.draft).languages == ("it",)


def test_the_same_questions_are_asked_about_a_competitor_and_laid_beside_ours(client_of, owner, programme):
    browser, them = client_of(owner), add_competitor("<b>Altri</b> & C.", by=owner)
    ours = add_survey(programme, templates()["nps"].definition, owner, slug="noi")
    page = browser.get(reverse("survey-new"), {"like": ours.pk}).content.decode()
    assert "&lt;b&gt;Altri&lt;/b&gt; &amp; C." in page
    sent = {"start": "like", "programme": programme.pk, "languages": ["it", "en"], "subject": them.pk}
    assert browser.post(f"{reverse('survey-new')}?like={ours.pk}", sent).status_code == 302
    theirs = Survey.objects.exclude(pk=ours.pk).get()
    assert (theirs.perspective, theirs.moment, theirs.subject) == ("customer", "perception", them)
    assert draft_from(theirs.draft) == draft_from(ours.draft)
    for survey, score in ((ours, 9), (theirs, 4)):
        sent = receive_submission(publish_survey(survey, owner), {"nps": score}, key="k", language="it", channel="link")
        unfold_submission(sent)
    (row,) = competitor_index(owner, Window.ending(Response.objects.latest("answered_on").answered_on, 30))
    assert row.competitor == them.pk
    assert (row.gap.first.value, row.gap.second.value) == (4, 9)


def test_every_template_is_offered_once():
    offered = [name for _title, names in GROUPS for name in names]
    assert sorted(offered) == sorted(templates())


def test_a_survey_goes_out_to_a_file_and_comes_back(client_of, owner, make, programme):
    survey, browser = make(every_kind()), client_of(owner)
    data = browser.get(reverse("survey-file", args=[survey.pk])).content
    form = {"title": "T", "programme": programme.pk, "languages": ["it"], "start": "empty"}
    for content, status in ((data, 302), (b"{}", 422), (b"\x00" * 2_000_000, 422)):
        upload = SimpleUploadedFile("survey.json", content)
        assert browser.post(reverse("survey-new"), form | {"file": upload}).status_code == status
    assert is_same(Survey.objects.exclude(pk=survey.pk).get().draft, definition_from(survey.draft))


def test_words_that_repeat_an_answer_are_read_with_it_on_its_page_and_without_it_before(client_of, owner, make):
    questions = drafting.with_question(Definition({"it": "T"}, ("it",)), "nps")
    for kind, text in (
        ("multiple", "Che cosa conta?"),
        ("single", "Ha detto {nps}: che cosa di più?"),
        ("date", "Da?"),
    ):
        questions = drafting.with_question(questions, kind)
        last = msgspec.structs.replace(questions.questions[-1], text={"it": text})
        if kind != "date":
            options = tuple(msgspec.structs.replace(one, text={"it": f"Cosa {one.code}"}) for one in last.options)
            carried = ("choices", ()) if kind == "single" else ("", options)
            last = msgspec.structs.replace(last, options_from=carried[0], options=carried[1])
        questions = msgspec.structs.replace(questions, questions=(*questions.questions[:-1], last))
    survey, browser = make(questions), client_of(owner)
    preview = browser.get(reverse("survey-preview", args=[survey.pk]), {"frame": "1"}).content.decode()
    assert "Ha detto …: che cosa di più?" in preview
    assert preview.count("Cosa 2") == 2
    said = {"nps": 9, "choices": ["1"], "choice": ["1"], "date": "2026-03-19"}
    submission = receive_submission(publish_survey(survey, owner), said, key="k", language="it", channel="link")
    page = browser.get(reverse("response", args=[unfold_submission(submission).pk])).content.decode()
    assert "Ha detto 9: che cosa di più?" in page
    assert "giovedì 19 marzo" in page


def test_a_question_goes_through_the_library_into_another_draft(client_of, owner, make):
    first = make(drafting.with_question(Definition({"it": "Uno"}, ("it", "en")), "solution"))
    second = make(drafting.with_question(Definition({"it": "Due"}, ("it",)), "solution"), slug="due")
    browser = client_of(owner)
    address = reverse("survey-edit", args=[first.pk])
    said = browser.post(address, form_of(browser, first) | {"do": "keep:0"}, headers={"X-Requested-With": "fetch"})
    kept = KeptQuestion.objects.get()
    assert f"«{kept.name}»" in said.json()["body"]
    assert browser.post(address, form_of(browser, first) | {"do": "keep:0"}).status_code == 302
    assert KeptQuestion.objects.count() == 1
    address = reverse("survey-edit", args=[second.pk])
    for do in (f"use:{kept.pk}", "use:", "use:²", f"use:{'9' * 30}"):
        assert browser.post(address, form_of(browser, second) | {"do": do}).status_code == 302
        second.refresh_from_db()
    assert browser.post(address, form_of(browser, second) | {"do": "use:999"}).status_code == 404
    copied = draft_from(Survey.objects.get(pk=second.pk).draft).questions
    assert [question.code for question in copied] == ["solution", "solution_2"]
    assert set(copied[1].text) == {"it", "en"}
    refused = browser.post(reverse("kept-question-name", args=[kept.pk]), {"name": "x" * 200})
    assert "x" * 200 in refused.content.decode()
    renamed = browser.post(reverse("kept-question-name", args=[kept.pk]), {"name": "Le nostre soluzioni"})
    assert renamed.status_code == 302
    assert "Le nostre soluzioni" in browser.get(address).content.decode()
    assert browser.post(reverse("kept-question-removal", args=[kept.pk])).status_code == 302
    assert "Nessuna domanda ha queste parole" in browser.get(reverse("kept-questions"), {"q": "zz"}).content.decode()
    assert "Le nostre soluzioni" not in browser.get(address).content.decode()


def test_kinds_are_written_down_at_the_counter_and_shown_in_words(client_of, owner, make):
    definition = every_kind()
    plain = tuple(msgspec.structs.replace(q, show_if=When(), skips=(), options_from="") for q in definition.questions)
    texts = [{"it": "uno", "en": "one"}, {"it": "due", "en": "two"}]
    options = [
        msgspec.structs.replace(o, text=t) for o, t in zip(plain[5].options or drafting._EMPTY, texts, strict=False)
    ]
    plain = tuple(
        msgspec.structs.replace(q, options=tuple(options) if q.options else (), rows=tuple(options) if q.rows else ())
        for q in plain
    )
    survey = make(msgspec.structs.replace(definition, questions=plain, endings=()))
    publish_survey(survey, owner)
    browser = client_of(owner)
    address = f"{reverse('ask-answer')}?survey={survey.pk}"
    assert 'name="q.pair.expectation"' in browser.get(address).content.decode()
    form = {
        "survey": survey.pk,
        "key": "k",
        "q.pair.expectation": "7",
        "q.pair.perception": "2",
        "q.emotion.anger": "3",
    }
    form |= {"q.contact.email": "a@b.it", "q.number": "1,5", "q.date": "2026-03-19"}
    refused = browser.post(address, form)
    assert refused.status_code == 422
    assert 'value="a@b.it"' in refused.content.decode()
    assert Response.objects.count() == 0
    page = browser.post(address, form | {"q.contact.consent": "yes"}, follow=True).content.decode()
    for words in ("Rabbia:", "molto", "2 su 7", "a@b.it", "1,5", "19 marzo"):
        assert words in page.lower() or words in page, words
    assert Answer.objects.filter(kind="pair").count() == 2
    file = browser.get(reverse("responses-file"), {"period": "all"}).content.decode("utf-8-sig")
    assert "pair.expectation" in file


def test_forgetting_also_empties_what_was_left_without_a_name(owner, make):
    from premura.core.customers.customers import add_customer
    from premura.loop.listen.forgetting import forget
    from premura.loop.listen.submissions import receive_submission, unfold_submission

    survey = make(
        Definition({"it": "T"}, ("it",), (drafting.new_question("contact", ()), drafting.new_question("nps", ())))
    )
    version = publish_survey(survey, owner)
    for key, email in (("a", "Anna@example.it"), ("b", "berta@example.it")):
        raw = {"nps": 9, "contact": {"email": email, "consent": True}}
        unfold_submission(receive_submission(version, raw, key=key, language="it", channel="link"))
    forget(add_customer(by=owner, name="Anna", email="anna@example.it"))
    left = [row.contact.get("email", "") for row in Answer.objects.filter(kind="contact").order_by("id")]
    assert left == ["", "berta@example.it"]
    assert Answer.objects.filter(kind="nps", score=9).count() == 2
    assert "Anna" not in str(list(version.submissions.values_list("answers", flat=True)))


def test_definition_to_leaves_out_what_says_nothing():
    question = definition_to(Definition({"it": "T"}, ("it",), (drafting.new_question("nps", ()),)))["questions"][0]
    assert set(question) == {"code", "kind", "text"}


def test_a_photo_is_keyed_in_and_seen_only_by_those_who_may_see_the_answer(
    client_of, client, owner, make, colleague, elsewhere, settings, tmp_path
):
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    from premura.loop.listen.models import Response
    from premura.loop.listen.surveys import publish_survey

    settings.MEDIA_ROOT = tmp_path
    survey = make(drafting.with_question(Definition({"it": "T"}, ("it",)), "photo"))
    publish_survey(survey, owner)
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(out, "JPEG")
    sent = {"survey": survey.pk, "at": "vicenza", "key": "k1", "q.photo": SimpleUploadedFile("a.jpg", out.getvalue())}
    assert client_of(owner).post(reverse("ask-answer"), sent).status_code == 302
    response = Response.objects.get()
    page = client_of(owner).get(reverse("response", args=[response.pk])).content.decode()
    address = reverse("response-file", args=[response.pk]) + "?question=photo"
    assert f'src="{address}"' in page
    shown = client_of(owner).get(address)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "sandbox" in shown["Content-Security-Policy"]
    assert b"".join(shown.streaming_content)[:3] == b"\xff\xd8\xff"
    assert client_of(owner).get(reverse("response-file", args=[response.pk]) + "?question=x").status_code == 404
    assert client_of(colleague).get(address).status_code == 200
    assert client_of(elsewhere).get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_the_aim_comes_before_the_instrument_and_leads_to_its_guide(client_of, owner, programme):
    from premura.entrypoints.web.listening import choosing
    from premura.loop.listen.programmes import add_programme

    browser = client_of(owner)
    aimless = add_programme(owner, "Senza scopo", owner=owner)
    asked = {"aim": "understand", "population": "300"}
    page = browser.get(reverse("programme-instrument", args=[aimless.pk]), asked).content.decode()
    assert "survey-new" not in page
    assert reverse("programme-edit", args=[aimless.pk]) in page
    page = browser.get(reverse("programme-instrument", args=[programme.pk]), asked).content.decode()
    address = f"{reverse('survey-new')}?programme={programme.pk}&amp;start=template%3Ainterview"
    assert f'href="{address}"' in page
    form = Form(browser.get(address.replace("&amp;", "&")).content.decode(), None).fields
    assert (form["start"], form["programme"]) == (["template:interview"], [str(programme.pk)])
    for wrong in ({"aim": "x", "population": "3"}, {"aim": "measure", "population": "-1"}, {"population": "9" * 400}):
        assert browser.get(reverse("programme-instrument", args=[programme.pk]), wrong).status_code == 200
    assert set(choosing._STARTS) == set(choosing._NAMES) == set(choosing._PEOPLE)


def test_notes_of_an_interview_become_an_answer_with_quotes_under_themes(client_of, owner, programme):
    from premura.loop.listen.models import Quote

    browser = client_of(owner)
    for name in ("interview", "staff_pulse"):
        form = {"programme": programme.pk, "languages": ["it"], "start": f"template:{name}"}
        assert browser.post(reverse("survey-new"), form).status_code == 302
        publish_survey(Survey.objects.first(), owner)
    survey, pulse = Survey.objects.get(perspective="observer"), Survey.objects.get(perspective="staff")
    page = browser.get(reverse("ask"), {"survey": survey.pk}).content.decode()
    assert f"{reverse('ask-answer')}?survey={survey.pk}" in page
    # What colleagues say in confidence is keyed in by nobody
    assert browser.get(reverse("ask-answer"), {"survey": pulse.pk}).status_code == 404
    told = "È arrivata tardi. <b>Nessuno</b> ha chiamato."
    browser.post(reverse("ask-answer"), {"survey": survey.pk, "key": "k1", "q.story": told})
    page = reverse("response", args=[Response.objects.get().pk])
    sent = {"question": "story", "quote": "<b>Nessuno</b> ha chiamato", "theme": "Avvisare", "speaker": "P1"}
    browser.post(reverse("response-quotes", args=[Response.objects.get().pk]), sent)
    for address in (page, reverse("quotes") + f"?survey={survey.pk}", reverse("quotes") + "?survey=9" + "9" * 40):
        assert browser.get(address).status_code == 200
    shown = browser.get(reverse("quotes")).content.decode()
    assert "&lt;b&gt;Nessuno&lt;/b&gt; ha chiamato" in shown
    browser.post(reverse("response-quotes", args=[Response.objects.get().pk]), sent | {"quote": "mai detto"})
    assert Quote.objects.count() == 1
    browser.post(reverse("quote-removal", args=[Quote.objects.get().pk]))
    assert not Quote.objects.exists()


def test_translations_go_out_and_come_back_into_the_draft(client_of, owner, make):
    from django.core.files.uploadedfile import SimpleUploadedFile

    survey = make(Definition({"it": "Titolo"}, ("it", "en")))
    browser, address = client_of(owner), reverse("survey-translations", args=[survey.pk])
    for kind in ("csv", "xliff12", "xliff20"):
        assert "attachment" in browser.get(f"{address}?as={kind}&from=it&to=en")["Content-Disposition"]
    assert browser.get(f"{address}?as=csv&from=it&to=fr").status_code == 404
    file = SimpleUploadedFile("t.csv", b"address;it;en\r\ntitle;Titolo;Title\r\nintro;<b>;x\r\n")
    page = browser.post(address, {"file": file})
    assert "<code>intro</code>" in page.content.decode()
    cut = browser.post(address, {"file": SimpleUploadedFile("t.csv", b"address;it;en\r\n")}).content.decode()
    assert "0 testi su 1" in cut or "0 of the 1 texts" in cut
    survey.refresh_from_db()
    assert draft_from(survey.draft).title == {"it": "Titolo", "en": "Title"}
    assert browser.post(address, {"file": SimpleUploadedFile("t.csv", b"\x00\x01")}).status_code == 422


def test_notes_say_who_was_there_and_keep_what_was_typed(client_of, owner, make):
    from premura.loop.listen.submissions import receive_submission, unfold_submission

    survey = make(drafting.with_question(Definition({"it": "Gruppo"}, ("it",)), "text"))
    survey.perspective = "observer"
    survey.save()
    version = publish_survey(survey, owner)
    sent = receive_submission(version, {"improve": "Aspettano"}, key="k", language="it", channel="link")
    page, browser = unfold_submission(sent), client_of(owner)
    address = reverse("response-talk", args=[page.pk])
    refused = browser.post(address, {"participants": "P1: <b>edile", "minutes": "molti", "moderator": owner.pk})
    assert refused.status_code == 422
    assert "P1: &lt;b&gt;edile" in refused.content.decode()
    assert browser.post(address, {"participants": "P1: <b>edile", "moderator": owner.pk}).status_code == 302
    text = browser.get(reverse("response", args=[page.pk])).content.decode()
    assert '<option value="P1">' in text
    assert "&lt;b&gt;edile" in text

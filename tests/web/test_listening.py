"""The pages of listening: who may do what, what editors and askers cannot break, and what each list costs."""

import csv
import io
import re
import zipfile
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from premura.core.customers.customers import add_customer, opt_out
from premura.core.customers.models import Interaction
from premura.core.journeys.journeys import touchpoint_named
from premura.loop.listen.definition import Definition, Option, Question, definition_from
from premura.loop.listen.models import Invitation, Programme, Response, Survey, SurveyVersion
from premura.loop.listen.programmes import add_programme, change_programme
from premura.loop.listen.submissions import receive_submission, unfold_submission
from premura.loop.listen.surveys import add_survey, publish_survey, save_draft

FETCH = {"headers": {"X-Requested-With": "fetch"}}


@pytest.fixture
def definition():
    return Definition(
        title={"it": "Come è andata?", "en": "How did it go?"},
        languages=("it", "en"),
        questions=(
            Question("nps", "nps", {"it": "Ci consiglierebbe?", "en": "Would you recommend us?"}, required=True),
            Question(
                "found",
                "multiple",
                {"it": "Che cosa ha trovato?", "en": "What did you find?"},
                options=(
                    Option("a", {"it": "Cortesia", "en": "Kindness"}),
                    Option("b", {"it": "Prezzo", "en": "Price"}),
                ),
            ),
            Question("improve", "text", {"it": "Che cosa potremmo migliorare?", "en": "What could we do better?"}),
        ),
    )


@pytest.fixture
def programme(owner):
    return add_programme(
        owner, "Dopo", objective="Sapere se arriviamo puntuali", decision="Come carichiamo", owner=owner
    )


@pytest.fixture
def survey(programme, definition, owner):
    return add_survey(programme, definition, owner, slug="come-va")


@pytest.fixture
def version(survey, owner):
    return publish_survey(survey, owner)


@pytest.fixture
def customer(owner, vicenza):
    return add_customer(by=owner, name="Anna Bianchi", location=vicenza, email="anna@example.it", language="en")


@pytest.fixture
def answered(version, vicenza, padova):
    made = []

    def give(score, text="", location="vicenza", channel="link"):
        made.append(score)
        raw = {"nps": score, "improve": text, "found": ["a"]}
        given = {"key": f"k{len(made)}", "language": "it", "channel": channel, "location_code": location}
        return unfold_submission(receive_submission(version, raw, **given))

    return give


def draft_form(definition, revision, do="save", **changes):
    """The fields that the editor's page sends for ``definition``."""
    form = {"revision": revision, "do": do, "languages": list(definition.languages), "q": []}
    form |= {f"title.{code}": text for code, text in definition.title.items()}
    for key, question in enumerate(definition.questions):
        name = f"q{key}"
        form["q"].append(str(key))
        form |= {f"{name}.code": question.code, f"{name}.kind": question.kind, f"{name}.was": question.kind}
        form |= {f"{name}.text.{code}": text for code, text in question.text.items()}
        if question.required:
            form[f"{name}.required"] = "on"
        form[f"{name}.o"] = [str(n) for n in range(len(question.options))]
        for n, option in enumerate(question.options):
            form[f"{name}.o{n}.code"] = option.code
            form |= {f"{name}.o{n}.text.{code}": text for code, text in option.text.items()}
    return form | changes


# Who may do what


@pytest.mark.parametrize(
    ("name", "args", "statuses"),
    # owner, front line, viewer
    [
        ("listening", [], (200, 200, 403)),
        ("ask", [], (200, 200, 403)),
        ("responses", [], (200, 200, 200)),
        ("responses-file", [], (200, 200, 200)),
        ("programme", ["programme"], (200, 200, 403)),
        ("programme-new", [], (200, 403, 403)),
        ("programme-edit", ["programme"], (200, 403, 403)),
        ("survey", ["survey"], (200, 200, 403)),
        ("survey-code", ["survey"], (200, 200, 403)),
        ("survey-preview", ["survey"], (200, 200, 403)),
        ("survey-new", [], (200, 403, 403)),
        ("survey-edit", ["survey"], (200, 403, 403)),
    ],
)
def test_pages_are_for_who_needs_them(
    client_of, owner, colleague, viewer, client, survey, version, name, args, statuses
):
    pks = {"programme": survey.programme_id, "survey": survey.pk}
    address = reverse(name, args=[pks[arg] for arg in args])
    assert tuple(client_of(person).get(address).status_code for person in (owner, colleague, viewer)) == statuses
    assert client.get(address).status_code == 302


def test_front_line_people_neither_publish_nor_withdraw(client_of, colleague, survey, version):
    browser = client_of(colleague)
    for address in (
        reverse("survey-publication", args=[survey.pk]),
        reverse("survey-withdrawal", args=[version.pk]),
        reverse("survey-place", args=[survey.pk]),
        reverse("survey-edit", args=[survey.pk]),
    ):
        assert browser.post(address, {"reason": "no"}).status_code == 403
    assert not hasattr(SurveyVersion.objects.get(), "withdrawal")


def test_a_strangers_ids_do_not_exist(client_of, owner, elsewhere, answered, survey):
    response = answered(3, "in ritardo")
    assert client_of(owner).get(reverse("response", args=[response.pk])).status_code == 200
    assert client_of(elsewhere).get(reverse("response", args=[response.pk])).status_code == 404
    assert "in ritardo" not in client_of(elsewhere).get(reverse("responses")).content.decode()
    for name in ("survey", "survey-edit", "programme", "programme-edit", "survey-preview"):
        assert client_of(owner).get(reverse(name, args=[999])).status_code == 404
    assert client_of(owner).get("/listening/responses/00000000-0000-0000-0000-000000000000/").status_code == 404


def test_an_imported_survey_can_be_read_but_not_changed(client_of, owner, survey):
    Survey.objects.update(is_imported=True)
    browser = client_of(owner)
    assert browser.get(reverse("survey", args=[survey.pk])).status_code == 200
    assert browser.get(reverse("survey-edit", args=[survey.pk])).status_code == 404
    assert browser.post(reverse("survey-publication", args=[survey.pk])).status_code == 404


# Programmes and publishing


def test_a_programme_may_be_saved_incomplete_and_says_what_is_missing(client_of, owner, company):
    browser = client_of(owner)
    created = browser.post(reverse("programme-new"), {"name": "Idee", "cadence_days": "30"})
    programme = Programme.objects.get()
    assert created.url == reverse("programme", args=[programme.pk])
    page = browser.get(created.url).content.decode()
    assert f"{reverse('programme-edit', args=[programme.pk])}#id_objective" in page
    assert browser.post(reverse("programme-new"), {"name": "X", "cadence_days": "0"}).status_code == 422


def test_every_reason_against_publishing_leads_to_its_field(client_of, owner, survey, definition):
    change_programme(survey.programme, owner, decision="")
    broken = definition_from({"title": {"it": "Solo italiano"}, "languages": ["it", "en"], "questions": []})
    save_draft(survey, broken, survey.revision, owner)
    browser = client_of(owner)
    page = browser.get(reverse("survey", args=[survey.pk])).content.decode()
    assert f"{reverse('programme-edit', args=[survey.programme_id])}#id_decision" in page
    assert f"{reverse('survey-edit', args=[survey.pk])}#title-en" in page
    assert 'id="title-en"' in browser.get(reverse("survey-edit", args=[survey.pk])).content.decode()
    browser.post(reverse("survey-publication", args=[survey.pk]))
    assert not SurveyVersion.objects.exists()


def test_publish_share_withdraw(client_of, owner, vicenza, survey):
    browser, address = client_of(owner), reverse("survey", args=[survey.pk])
    browser.post(reverse("survey-publication", args=[survey.pk]))
    version = SurveyVersion.objects.get()
    answer = browser.get(address, {"at": "vicenza"})
    page = answer.content.decode()
    assert not answer.context["edit_is_next"]  # but bringing it to people
    assert "/s/come-va?at=vicenza" in page
    assert re.search(r'href="[^"]*/s/come-va\?at=vicenza" target="_blank"', page)  # to try it, not to copy it only
    assert "<svg" in page
    assert survey.programme.objective in page
    code = browser.get(reverse("survey-code", args=[survey.pk]), {"at": "vicenza", "as": "png"})
    assert code.content.startswith(b"\x89PNG")
    assert code["Content-Disposition"] == 'attachment; filename="qr-come-va-vicenza.png"'
    assert browser.get(reverse("survey-code", args=[survey.pk]), {"at": "../x"}).status_code == 404
    browser.post(reverse("survey-withdrawal", args=[version.pk]), {"reason": ""})
    assert browser.get(address).context["row"].state == "published"
    browser.post(reverse("survey-withdrawal", args=[version.pk]), {"reason": "domanda sbagliata"})
    assert browser.get(address).context["row"].state == "withdrawn"


def test_the_first_page_teaches_when_there_is_nothing(client_of, owner, colleague):
    assert reverse("programme-new") in client_of(owner).get(reverse("listening")).content.decode()
    assert reverse("programme-new") not in client_of(colleague).get(reverse("listening")).content.decode()
    assert client_of(colleague).get(reverse("ask")).status_code == 200
    assert client_of(owner).get(reverse("survey-new")).url == reverse("programme-new")


def test_a_new_survey_starts_with_what_was_chosen(client_of, owner, programme):
    form = {"title": "Consegna", "programme": programme.pk, "languages": ["it"], "start": "template:csat"}
    assert client_of(owner).post(reverse("survey-new"), form).status_code == 302
    draft = definition_from(Survey.objects.get().draft)
    assert [question.kind for question in draft.questions] == ["csat", "solution", "text"]
    assert (draft.title["it"], draft.languages) == ("Consegna", ("it",))


def test_without_a_title_it_has_the_one_of_the_start_and_an_empty_page_needs_one(client_of, owner, programme):
    browser, form = client_of(owner), {"programme": programme.pk, "languages": ["it", "en"]}
    refused = browser.post(reverse("survey-new"), form | {"start": "empty"})
    assert refused.status_code == 422
    assert "Dagli un titolo" in refused.content.decode()
    assert browser.post(reverse("survey-new"), form | {"start": "template:nps"}).status_code == 302
    assert publish_survey(Survey.objects.get(), owner).number == 1


# The editor


def test_the_editor_saves_and_goes_on_without_javascript(client_of, owner, survey, definition):
    address = reverse("survey-edit", args=[survey.pk])
    form = draft_form(definition, survey.revision, **{"title.it": "Nuovo titolo"})
    assert client_of(owner).post(address, form).status_code == 302
    saved = Survey.objects.get()
    assert saved.draft["title"] == {"it": "Nuovo titolo", "en": "How did it go?"}
    assert [question["code"] for question in saved.draft["questions"]] == ["nps", "found", "improve"]


def test_the_page_sends_back_exactly_what_it_shows(client_of, owner, survey):
    """Every hidden field is there: reading the form of the untouched page changes nothing."""
    from html.parser import HTMLParser

    class Fields(HTMLParser):
        def __init__(self):
            super().__init__()
            self.fields, self.area, self.select, self.is_inside = [], None, None, False

        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            if tag == "form":
                self.is_inside = given.get("id") == "editor"
            if not self.is_inside:
                return
            if tag == "input" and "name" in given and (given.get("type") != "checkbox" or "checked" in given):
                self.fields.append((given["name"], given.get("value", "on") or ""))
            elif tag == "textarea":
                self.area = given["name"]
                self.fields.append((self.area, ""))
            elif tag == "select":
                self.select = given["name"]
            elif tag == "option" and "selected" in given:
                self.fields.append((self.select, given["value"]))

        def handle_endtag(self, tag):
            if tag == "textarea":
                self.area = None
            if tag == "form":
                self.is_inside = False

        def handle_data(self, data):
            if self.area:
                name, before = self.fields[-1]
                self.fields[-1] = (name, before + data.removeprefix("\n"))

    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])
    parser = Fields()
    parser.feed(browser.get(address).content.decode())
    form = {}
    for name, value in parser.fields:
        form.setdefault(name, []).append(value)
    assert browser.post(address, form | {"do": "save"}).status_code == 302
    assert Survey.objects.get().draft == survey.draft
    assert Survey.objects.get().revision == survey.revision


def test_of_two_editors_the_second_keeps_their_words_and_decides(client_of, owner, survey, definition):
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])
    seen = survey.revision
    browser.post(address, draft_form(definition, seen, **{"title.it": "La prima"}))
    late = draft_form(definition, seen, **{"title.it": "La seconda"})
    refused = browser.post(address, late)
    assert refused.status_code == 409
    page = refused.content.decode()
    assert 'value="La seconda"' in page
    assert Survey.objects.get().draft["title"]["it"] == "La prima"
    by_script = browser.post(address, late, **FETCH)
    assert by_script.status_code == 409
    assert by_script.json()["revision"] == seen + 1
    assert 'value="La prima"' in by_script.json()["body"]  # theirs, for the page to put both together
    decided = draft_form(definition, refused.context["survey"].revision, **{"title.it": "La seconda"})
    assert browser.post(address, decided).status_code == 302
    assert Survey.objects.get().draft["title"]["it"] == "La seconda"


@pytest.mark.parametrize(
    ("do", "codes"),
    [
        ("add:csat", ["nps", "found", "improve", "satisfaction"]),
        ("copy:0", ["nps", "nps_2", "found", "improve"]),
        ("down:0", ["found", "nps", "improve"]),
        ("up:0", ["nps", "found", "improve"]),
        ("delete:1", ["nps", "improve"]),
        ("delete:99", ["nps", "found", "improve"]),
        ("add:nonsense", ["nps", "found", "improve"]),
        ("drop:1.7", ["nps", "found", "improve"]),
        ("drop:x.y", ["nps", "found", "improve"]),
        ("\x00", ["nps", "found", "improve"]),
        ("undo", ["nps", "found", "improve"]),
    ],
)
def test_each_button_does_its_one_thing(client_of, owner, survey, definition, do, codes):
    address = reverse("survey-edit", args=[survey.pk])
    assert client_of(owner).post(address, draft_form(definition, survey.revision, do=do)).status_code == 302
    assert [question["code"] for question in Survey.objects.get().draft["questions"]] == codes


def test_a_deleted_question_comes_back_whole(client_of, owner, survey, definition):
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])
    browser.post(address, draft_form(definition, 1, do="delete:1"))
    left = definition_from(Survey.objects.get().draft)
    assert 'value="undo"' in browser.get(address).content.decode()
    browser.post(address, draft_form(left, 2, do="undo"))
    assert definition_from(Survey.objects.get().draft) == definition
    assert 'value="undo"' not in browser.get(address).content.decode()


def test_options_come_and_go_and_codes_stay(client_of, owner, survey, definition):
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])
    browser.post(address, draft_form(definition, 1, do="option:1"))
    grown = definition_from(Survey.objects.get().draft)
    assert [option.code for option in grown.questions[1].options] == ["a", "b", "1"]
    browser.post(address, draft_form(grown, 2, do="drop:1.0"))
    assert [option["code"] for option in Survey.objects.get().draft["questions"][1]["options"]] == ["b", "1"]


def test_another_kind_keeps_the_code_and_own_words(client_of, owner, survey, definition):
    answer = client_of(owner).post(
        reverse("survey-edit", args=[survey.pk]),
        draft_form(definition, 1, do="refresh", **{"q0.kind": "single"}),
        **FETCH,
    )
    assert answer.json()["revision"] == 2
    assert "q0.o0.code" in answer.json()["body"]
    question = Survey.objects.get().draft["questions"][0]
    assert (question["code"], question["kind"], question["text"]["it"]) == ("nps", "single", "Ci consiglierebbe?")
    assert len(question["options"]) == 2


def test_a_language_that_is_switched_off_keeps_its_words(client_of, owner, survey, definition):
    browser, address = client_of(owner), reverse("survey-edit", args=[survey.pk])
    browser.post(address, draft_form(definition, 1, do="refresh", languages=["it"]))
    saved = Survey.objects.get().draft
    assert saved["languages"] == ["it"]
    assert saved["title"]["en"] == "How did it go?"
    assert '<input type="hidden" name="title.en" value="How did it go?">' in browser.get(address).content.decode()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"q": ["0", "0", "../etc", ""], "revision": "x"},
        {"q": ["0"], "q0.kind": "nonsense", "q0.code": "A B\x00", "revision": "1"},
        {"languages": ["xx", "it"], "title.it": "\x00\x07", "revision": "-1"},
        {"q": [str(n) for n in range(900)], "revision": "1"},
        {"q": ["0"], "q0.kind": "single", "q0.o": ["0", "1"], "q0.o0.code": "", "q0.o1.code": "", "revision": "1"},
    ],
)
def test_bad_shapes_never_crash_the_editor(client_of, owner, survey, form):
    address = reverse("survey-edit", args=[survey.pk])
    assert client_of(owner).post(address, form).status_code in {302, 409}
    assert client_of(owner).get(address).status_code == 200
    assert len(Survey.objects.get().draft["questions"]) <= 100


@pytest.mark.parametrize("draft", [{}, {"questions": 3}, {"title": {}, "languages": [], "questions": [{"code": 1}]}])
def test_the_editor_opens_whatever_the_draft_is(client_of, owner, survey, draft):
    Survey.objects.update(draft=draft)
    for name in ("survey-edit", "survey", "survey-preview"):
        assert client_of(owner).get(reverse(name, args=[survey.pk])).status_code == 200


def test_markup_in_words_is_shown_as_words(client_of, owner, survey, definition, answered):
    evil = "<script>alert(1)</script>"
    form = draft_form(definition, 1, **{"title.it": evil, "q0.text.it": evil})
    browser = client_of(owner)
    browser.post(reverse("survey-edit", args=[survey.pk]), form)
    publish_survey(Survey.objects.get(), owner)
    response = answered(2, evil)
    addresses = [reverse(name, args=[survey.pk]) for name in ("survey", "survey-edit", "survey-preview")]
    addresses += [
        f"{addresses[2]}?frame=1",
        reverse("responses"),
        reverse("response", args=[response.pk]),
        reverse("ask"),
    ]
    addresses.append(f"{reverse('ask-answer')}?survey={survey.pk}")
    for address in addresses:
        page = browser.get(address).content.decode()
        assert "alert(1)" in page, address
        assert evil not in page, address


def test_the_preview_shows_what_customers_will_see(client_of, owner, survey):
    frame = client_of(owner).get(reverse("survey-preview", args=[survey.pk]), {"frame": "1", "lang": "en"})
    page = frame.content.decode()
    assert '<html lang="en">' in page
    assert "Would you recommend us?" in page
    assert page.count('type="radio"') == 11
    assert "extremely likely" in page
    assert "--paper" in page  # the style of the public page


# Asking


def way(browser, survey, **fields):
    form = {"survey": survey.pk, "at": "vicenza", "point": "", "customer": "", "way": "counter"}
    return browser.post(reverse("ask-way"), form | fields)


def test_asking_by_name_invites_once_and_ends_in_an_answer(client_of, colleague, survey, version, customer):
    counter = touchpoint_named("Banco")
    browser = client_of(colleague)
    assert customer.name in browser.get(reverse("ask"), {"q": "bianchi"}).content.decode()
    step = way(browser, survey, customer=customer.pk, point=counter.pk)
    assert way(browser, survey, customer=customer.pk, point=counter.pk).url == step.url
    invitation = Invitation.objects.get()
    assert invitation.interaction == Interaction.objects.get(customer=customer, touchpoint=counter)
    page = browser.get(step.url)
    # Read aloud in the customer's language
    assert "Would you recommend us?" in page.content.decode()
    query = {name: values[0] for name, values in parse_qs(urlsplit(step.url).query).items()}
    form = query | {"key": page.context["key"], "version": version.pk, "q.nps": "4", "q.found": ["a", "b"]}
    form["q.improve"] = "Più gentili"
    for _ in range(2):
        assert browser.post(reverse("ask-answer"), form).status_code == 302
    response = Response.objects.get()
    assert (response.customer, response.location.code, response.channel) == (customer, "vicenza", "counter")
    assert response.interaction == invitation.interaction
    assert sorted(answer.question for answer in response.answers.all()) == ["found", "improve", "nps"]


def test_who_wants_no_questions_is_not_asked(client_of, colleague, owner, survey, version, customer):
    opt_out(customer, by=owner)
    browser = client_of(colleague)
    assert way(browser, survey, customer=customer.pk).status_code == 400
    assert not Invitation.objects.exists()
    assert (
        'name="way"'
        not in browser.get(reverse("ask-way"), {"survey": survey.pk, "customer": customer.pk}).content.decode()
    )


def test_a_customer_or_place_of_others_cannot_be_asked_with(client_of, elsewhere, survey, version, customer):
    browser = client_of(elsewhere)
    assert way(browser, survey, at="padova", customer=customer.pk).status_code == 404
    assert way(browser, survey, at="vicenza").status_code == 404
    assert way(browser, survey, at="padova", customer="1;drop").status_code == 404
    assert way(browser, survey, at="padova", point="99999").status_code == 404
    assert browser.get(reverse("ask-code"), {"survey": survey.pk, "i": "nonsense"}).status_code == 404


def test_handing_over_and_the_code_lead_to_the_public_page(client_of, colleague, survey, version, customer):
    browser = client_of(colleague)
    handed = way(browser, survey, way="device", customer=customer.pk)
    token = Invitation.objects.get().token
    assert handed.url == f"/s/come-va?at=vicenza&via=counter&i={token}"
    code = way(browser, survey, way="code")
    page = browser.get(code.url).content.decode()
    assert "/s/come-va?at=vicenza&amp;via=qr" in page
    assert Invitation.objects.count() == 1


def test_what_is_wrong_with_a_spoken_answer_is_said_and_nothing_is_lost(client_of, colleague, survey, version):
    form = {"survey": survey.pk, "at": "vicenza", "via": "phone", "key": "k", "version": version.pk}
    refused = client_of(colleague).post(reverse("ask-answer"), form | {"q.nps": "", "q.improve": "Parole sue"})
    assert refused.status_code == 422
    assert "Parole sue" in refused.content.decode()
    empty = client_of(colleague).post(reverse("ask-answer"), form)
    assert empty.status_code == 422
    assert client_of(colleague).post(reverse("ask-answer"), form | {"q.nps": "11"}).status_code == 422
    assert not Response.objects.exists()


def test_asking_remembers_the_last_setting(client_of, owner, vicenza, survey, version):
    browser = client_of(owner)
    browser.get(reverse("ask"), {"survey": survey.pk, "at": "vicenza", "point": ""})
    assert browser.get(reverse("ask")).context["setting"].location == vicenza


def test_own_counts_are_shown_to_oneself_only(client_of, owner, colleague, survey, version, customer):
    way(client_of(colleague), survey, customer=customer.pk)
    assert client_of(colleague).get(reverse("ask")).context["own"].asked == 1
    page = client_of(owner).get(reverse("ask"))
    assert page.context["own"].asked == 0
    assert colleague.name not in page.content.decode()


# Answers


def test_the_list_says_itself_and_finds_what_it_says(client_of, owner, answered, survey, padova):
    promoter, detractor = answered(10, "Perfetti"), answered(0, "Mai più", location="padova", channel="phone")
    browser, address = client_of(owner), reverse("responses")

    def found(**query):
        return {row.pk for row in browser.get(address, query).context["page"]}

    assert found() == {promoter.pk, detractor.pk}
    assert found(loyalty="detractor") == {detractor.pk}
    assert found(q="perfett") == {promoter.pk}
    assert found(channel="phone") == {detractor.pk}
    assert found(location=str(padova.pk)) == {detractor.pk}
    assert found(location="0") == set()
    assert found(survey=str(survey.pk), period="7", comment="1") == {promoter.pk, detractor.pk}
    assert found(survey="-1", period="'; --", location="x") == {promoter.pk, detractor.pk}
    assert found(q="niente di simile\x00") == set()
    assert survey.programme.objective in browser.get(address, {"survey": survey.pk}).content.decode()


def test_a_figure_of_the_quality_of_listening_opens_its_answers(client_of, owner, answered):
    answered(2, "Ho aspettato troppo")
    page = client_of(owner).get(reverse("listening-quality"), {"period": "365"}).content.decode()
    (address,) = set(re.findall(r'href="([^"]*quality=critical[^"]*)"', page))
    answers = client_of(owner).get(unescape(address)).content.decode()
    assert "con un punto critico" in answers
    assert str(Response.objects.get().pk) in answers
    assert 'id="making"' in page
    assert "E. B. Wilson" in page
    none = client_of(owner).get(unescape(address).replace("critical", "praise")).content.decode()
    assert str(Response.objects.get().pk) not in none


def test_a_file_computes_nothing(client_of, owner, answered, vicenza):
    answered(3, "=HYPERLINK(1)")
    answered(9, "+39 0444 123456")
    browser = client_of(owner)
    text = browser.get(reverse("responses-file"), {"as": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    column = rows[0].index("improve")
    assert {row[column] for row in rows[1:]} == {"'=HYPERLINK(1)", "'+39 0444 123456"}
    assert {row[rows[0].index("nps")] for row in rows[1:]} == {"3", "9"}
    book = browser.get(reverse("responses-file"), {"as": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(book.content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "HYPERLINK" in sheet
    assert "<f>" not in sheet
    assert browser.get(reverse("responses-file"), {"as": "exe"}).status_code == 404


def test_a_file_holds_only_what_one_may_see(client_of, elsewhere, answered, vicenza):
    answered(3, "segreto di Vicenza")
    assert "segreto" not in client_of(elsewhere).get(reverse("responses-file")).content.decode()


def test_lists_cost_the_same_however_long(
    client_of, owner, programme, definition, answered, django_assert_max_num_queries, vicenza
):
    for number in range(8):
        publish_survey(add_survey(programme, definition, owner, slug=f"s{number}"), owner)
    for number in range(60):
        answered(number % 11, "testo")
    browser = client_of(owner)
    with django_assert_max_num_queries(16):
        assert browser.get(reverse("listening")).status_code == 200
    with django_assert_max_num_queries(16):
        assert len(browser.get(reverse("responses")).context["rows"]) == 50
    with django_assert_max_num_queries(16):
        assert browser.get(reverse("ask")).status_code == 200

"""Surveys are drafted, edited by several, published only when complete, frozen, and withdrawn with a reason."""

import msgspec
import pytest

from premura.core.errors import Conflict, PremuraError
from premura.core.history.models import Event
from premura.loop.listen import drafting
from premura.loop.listen.definition import Definition, Option, Question, definition_from, definition_to
from premura.loop.listen.models import Subject, Survey, SurveyVersion
from premura.loop.listen.programmes import add_programme, change_programme
from premura.loop.listen.publishing import obstacles
from premura.loop.listen.subjects import add_competitor
from premura.loop.listen.surveys import (
    NotPublishableError,
    add_survey,
    current_version,
    place_survey,
    publish_survey,
    save_draft,
    turn_survey,
    us,
    withdraw_version,
)


def retitled(definition, title):
    return msgspec.structs.replace(definition, title={"it": title, "en": title})


def test_a_new_survey_gets_an_address_of_its_own(programme, definition, owner):
    first, second = (add_survey(programme, definition, owner) for _ in range(2))
    assert (first.slug, second.slug) == ("come-e-andata", "come-e-andata-2")


def test_saving_a_draft_counts_revisions_and_leaves_one_event(survey, definition, owner):
    saved = save_draft(survey, retitled(definition, "Nuovo"), survey.revision, owner)
    assert saved.revision == survey.revision + 1
    assert Survey.objects.get().draft["title"]["it"] == "Nuovo"
    assert Event.objects.filter(name="survey.edited", data__revision=saved.revision).count() == 1


def test_the_same_draft_again_changes_nothing(survey, definition, owner):
    assert save_draft(survey, definition, survey.revision, owner).revision == survey.revision
    assert not Event.objects.filter(name="survey.edited").exists()


def test_of_two_editors_the_second_is_told_and_nothing_is_overwritten(survey, definition, owner, colleague):
    seen = survey.revision
    save_draft(survey, retitled(definition, "Di Olga"), seen, owner)
    with pytest.raises(Conflict) as refused:
        save_draft(survey, retitled(definition, "Di Carlo"), seen, colleague)
    assert refused.value.code == "edited-meanwhile"
    assert Survey.objects.get().draft["title"]["it"] == "Di Olga"


def test_control_characters_never_reach_the_database(survey, definition, owner):
    dirty = msgspec.structs.replace(definition, title={"it": " Come\x00 va\x0b?  ", "en": "\ud800"})
    saved = save_draft(survey, dirty, survey.revision, owner)
    assert saved.draft["title"] == {"it": "Come va?"}


def test_publishing_freezes_what_people_answer(survey, definition, owner):
    first = publish_survey(survey, owner)
    save_draft(survey, retitled(definition, "Cambiato"), survey.revision, owner)
    assert SurveyVersion.objects.get(pk=first.pk).definition["title"]["it"] == "Come è andata?"
    assert current_version(survey) == first
    second = publish_survey(survey, owner)
    assert (first.number, second.number) == (1, 2)
    assert current_version(survey) == second


@pytest.mark.parametrize("field", ["objective", "decision"])
def test_nothing_is_published_without_objective_decision_and_owner(survey, owner, field):
    change_programme(survey.programme, owner, **{field: "  "})
    with pytest.raises(NotPublishableError) as refused:
        publish_survey(survey, owner)
    assert [(reason.area, reason.where) for reason in refused.value.obstacles] == [("programme", field)]
    assert not SurveyVersion.objects.exists()


def test_every_reason_is_said_at_once(owner, company):
    programme = add_programme(owner, "Vuoto")
    broken = Definition(
        title={"it": "Titolo"},
        languages=("it", "en", "xx"),
        questions=(
            Question("q", "single", {"it": "Una?", "en": "One?", "xx": "?"}, options=(Option("a", {"it": "A"}),)),
            Question("Q!", "text", {"it": "Due", "en": "Two", "xx": "?"}, touchpoint="nowhere"),
        ),
    )
    survey = add_survey(programme, broken, owner)
    found = {(reason.area, reason.code, reason.where) for reason in obstacles(survey, None)}
    assert found >= {
        ("programme", "missing", "objective"),
        ("programme", "missing", "decision"),
        ("programme", "missing", "owner"),
        ("survey", "missing-text", "title"),
        ("survey", "too-few-options", "q"),
        ("survey", "missing-option", "q"),
        ("survey", "bad-code", "Q!"),
        ("survey", "unknown-language", ""),
        ("survey", "unknown-touchpoint", "Q!"),
    }
    assert all(reason.message and "%(" not in reason.message for reason in obstacles(survey, None))


def test_a_survey_without_questions_is_not_published(programme, owner):
    survey = add_survey(programme, Definition(title={"it": "Vuoto"}, languages=("it",)), owner)
    with pytest.raises(NotPublishableError) as refused:
        publish_survey(survey, owner)
    assert [reason.code for reason in refused.value.obstacles] == ["no-question"]


@pytest.mark.parametrize(
    ("questions", "options", "code"),
    [(101, 2, "too-many-questions"), (1, 41, "too-many-options"), (1, 2, "words-too-long")],
)
def test_what_nobody_could_answer_is_refused(programme, owner, questions, options, code):
    words = "x" * (2001 if code == "words-too-long" else 3)
    choices = tuple(Option(str(n), {"it": words}) for n in range(options))
    asked = tuple(Question(f"q{n}", "single", {"it": "?"}, options=choices) for n in range(questions))
    survey = add_survey(programme, Definition(title={"it": "T"}, languages=("it",), questions=asked), owner)
    assert code in {reason.code for reason in obstacles(survey, None)}


def test_publishing_the_same_again_is_refused(survey, version, owner):
    with pytest.raises(NotPublishableError) as refused:
        publish_survey(survey, owner)
    assert [reason.code for reason in refused.value.obstacles] == ["unchanged"]


def test_a_withdrawn_version_gives_way_to_the_one_before(survey, version, definition, owner):
    save_draft(survey, retitled(definition, "Peggio"), survey.revision, owner)
    second = publish_survey(survey, owner)
    withdraw_version(second, owner, " Domanda   sbagliata ")
    assert current_version(survey) == version
    assert second.withdrawal.reason == "Domanda sbagliata"
    with pytest.raises(Conflict):
        withdraw_version(second, owner, "di nuovo")
    withdraw_version(version, owner, "finito")
    assert current_version(survey) is None
    third = publish_survey(survey, owner)
    assert third.number == 3


def test_withdrawing_asks_for_a_reason(version, owner):
    with pytest.raises(PremuraError) as refused:
        withdraw_version(version, owner, "  ")
    assert refused.value.code == "reason-missing"


def test_answers_of_earlier_versions_stay_as_they_were_asked(survey, version, definition, owner, answer):
    response = answer(3, "in ritardo")
    save_draft(survey, drafting.without(definition, "improve"), survey.revision, owner)
    publish_survey(survey, owner)
    response.refresh_from_db()
    assert response.version == version
    assert definition_from(response.version.definition).question("improve") is not None


def test_the_touchpoint_of_a_survey_can_change(survey, owner):
    from premura.core.journeys.journeys import touchpoint_named

    counter = touchpoint_named("Banco")
    assert place_survey(survey, counter, owner).touchpoint == counter
    place_survey(survey, counter, owner)
    assert Event.objects.filter(name="survey.edited").count() == 1


def test_there_is_one_us(company):
    assert us() == us()
    assert us().name == "Nolo Prova"


def test_programme_changes_are_kept_by_name_of_field(programme, owner):
    change_programme(programme, owner, name="Altro", decision=programme.decision)
    event = Event.objects.get(name="programme.changed")
    assert event.data == {"fields": ["name"]}
    change_programme(programme, owner, name="Altro")
    assert Event.objects.filter(name="programme.changed").count() == 1


def test_definition_survives_the_way_to_json_and_back(definition):
    assert definition_from(definition_to(definition)) == definition


def test_who_answers_can_be_changed_until_the_first_publication(survey, owner):
    rival = add_competitor("Rivale", by=owner)
    turned = turn_survey(survey, "prospect", "expectation", rival, owner)
    assert (turned.perspective, turned.moment, turned.subject) == ("prospect", "expectation", rival)
    event = Event.objects.filter(name="survey.edited").latest("pk")
    assert event.data == {"fields": ["perspective", "moment", "subject"]}
    turn_survey(survey, "customer", "perception", None, owner)
    publish_survey(survey, owner)
    assert turn_survey(survey, "customer", "perception", None, owner).perspective == "customer"
    with pytest.raises(Conflict) as refused:
        turn_survey(survey, "staff", "perception", None, owner)
    assert refused.value.code == "asked-already"
    survey.refresh_from_db()
    assert survey.perspective == "customer"


def test_the_same_title_asked_from_another_side_says_which_side(version):
    survey = version.survey
    assert survey.with_side == str(survey)
    survey.perspective, survey.moment, survey.subject = "prospect", "expectation", Subject(name="Altri")
    assert survey.with_side == f"{survey} · potenziale cliente · Altri · aspettativa"

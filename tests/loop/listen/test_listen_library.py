"""The company's own questions: whole, once, under names of their own; no survey changes with them."""

import msgspec
import pytest

from premura.core.errors import Conflict, PremuraError
from premura.core.history.models import Event
from premura.loop.listen.drafting import with_kept
from premura.loop.listen.library import (
    keep_question,
    kept_question,
    kept_questions,
    question_of,
    remove_kept,
    rename_kept,
)
from premura.loop.listen.models import KeptQuestion
from premura.loop.listen.questions import Condition, Skip, When

pytestmark = pytest.mark.django_db


def test_a_question_is_kept_whole_and_put_into_another_draft_under_its_own_code(definition, owner):
    found = definition.question("found")
    asked = msgspec.structs.replace(
        found, show_if=When((Condition("question", "nps", "at_most", ("6",)),)), skips=(Skip(""),), options_from="nps"
    )
    kept = keep_question(asked, owner)
    assert question_of(KeptQuestion.objects.get(pk=kept.pk)) == found
    grown = with_kept(definition, question_of(kept))
    assert [question.code for question in grown.questions] == ["nps", "found", "improve", "found_2"]
    assert msgspec.structs.replace(grown.questions[3], code="found") == found


def test_a_kept_question_is_found_by_any_of_its_words_in_any_language(definition, owner):
    for code in ("nps", "found", "improve"):
        keep_question(definition.question(code), owner)
    found = {
        words: [question_of(row).code for row in kept_questions(words)] for words in ("", "SOLUTION no", "x", "mi")
    }
    assert (len(found[""]), found["SOLUTION no"], found["x"], found["mi"]) == (3, ["found"], [], ["improve"])


def test_the_same_question_is_kept_once_and_another_of_the_same_words_gets_another_name(definition, owner):
    found = definition.question("found")
    first = keep_question(found, owner)
    assert keep_question(found, owner).pk == first.pk
    second = keep_question(msgspec.structs.replace(found, required=True), owner)
    assert [row.name for row in kept_questions()] == ["Ha trovato la soluzione?", "Ha trovato la soluzione? (2)"]
    with pytest.raises(Conflict):
        rename_kept(second, first.name, owner)
    with pytest.raises(PremuraError):
        rename_kept(second, " \x00 ", owner)
    assert rename_kept(kept_question(second.pk), "  Soluzione,\nobbligatoria ", owner).name == "Soluzione, obbligatoria"


def test_removing_is_on_record_and_the_library_has_an_end(definition, owner, monkeypatch):
    from premura.loop.listen import library

    monkeypatch.setattr(library, "MOST", 1)
    kept = keep_question(definition.questions[0], owner)
    with pytest.raises(PremuraError):
        keep_question(definition.questions[1], owner)
    remove_kept(kept, owner)
    assert kept_questions() == []
    names = list(Event.objects.filter(name__startswith="question.").order_by("pk").values_list("name", flat=True))
    assert names == ["question.kept", "question.removed"]

"""The editor's moves keep what people wrote and the codes under which answers meet."""

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from premura.loop.listen import drafting
from premura.loop.listen.definition import Definition, Option, Question, cleaned, publishing_problems

KINDS = ["nps", "csat", "ces", "single", "multiple", "text"]
EMPTY = Definition(title={"it": "T", "en": "T"}, languages=("it", "en"))


USUAL = drafting.with_question(drafting.with_question(EMPTY, "nps"), "text")


def codes(definition):
    return [question.code for question in definition.questions]


def test_what_is_asked_in_the_same_words_everywhere_can_be_published_as_it_is():
    assert codes(USUAL) == ["nps", "improve"]
    assert publishing_problems(USUAL) == []


def test_usual_words_come_in_both_languages_and_examples_stay_examples():
    for kind, words in drafting.WORDINGS.items():
        assert set(words) == {"it", "en"}
        question = drafting.with_question(EMPTY, kind).questions[0]
        assert question.text == (words if kind in drafting.READY else {})


def test_the_second_of_a_kind_waits_for_words_and_has_a_code_of_its_own():
    twice = drafting.with_question(drafting.with_question(EMPTY, "csat"), "csat")
    assert codes(twice) == ["satisfaction", "satisfaction_2"]
    assert twice.questions[1].text == {}


def test_a_new_question_goes_behind_the_one_it_was_added_at():
    definition = USUAL
    assert codes(drafting.with_question(definition, "ces", after="nps")) == ["nps", "effort", "improve"]


def test_own_words_survive_a_change_of_kind_and_usual_ones_give_way():
    own = Question("q", "nps", {"it": "Mie parole"})
    assert drafting.with_kind(own, "text").text == {"it": "Mie parole"}
    usual = drafting.new_question("nps", ())
    assert drafting.with_kind(usual, "ces").text == drafting.WORDINGS["ces"]
    assert len(drafting.with_kind(own, "multiple").options) == 2
    choice = drafting.new_question("single", ())
    assert drafting.with_kind(choice, "multiple").options == choice.options
    assert drafting.with_kind(choice, "text").options == ()


def test_a_new_option_never_takes_the_code_of_another():
    question = Question("q", "single", {}, options=(Option("1", {}), Option("3", {}), Option("yes", {})))
    assert [option.code for option in drafting.with_option(question).options] == ["1", "3", "yes", "4"]


def test_deleting_can_be_undone_at_the_same_place():
    definition = USUAL
    deleted = definition.questions[0]
    left = drafting.without(definition, "nps")
    assert codes(left) == ["improve"]
    assert drafting.put_back(left, deleted, 0) == definition
    assert drafting.put_back(definition, deleted, 1) == definition


moves = st.lists(
    st.tuples(
        st.sampled_from(["add", "copy", "move", "delete"]),
        st.integers(min_value=0, max_value=8),
        st.sampled_from(KINDS),
        st.integers(min_value=-4, max_value=4),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(moves)
def test_whatever_is_done_codes_stay_unique_valid_and_stable(steps):
    definition = EMPTY
    for move, place, kind, distance in steps:
        before = {question.code: question for question in definition.questions}
        code = codes(definition)[place % len(before)] if before else ""
        if move == "add":
            definition = drafting.with_question(definition, kind, after=code)
        elif move == "copy":
            definition = drafting.with_copy(definition, code)
        elif move == "move":
            definition = drafting.moved(definition, code, distance)
            assert sorted(codes(definition)) == sorted(before)
        else:
            definition = drafting.without(definition, code)
        kept = {question.code: question for question in definition.questions}
        assert all(kept[name] == before[name] for name in before.keys() & kept.keys())
        found = {problem.code for problem in publishing_problems(definition)}
        assert found <= {"missing-text", "missing-option", "missing-row", "no-question"}


@given(st.dictionaries(st.sampled_from(["it", "en"]), st.text(st.characters(codec=None), max_size=30)))
def test_cleaning_leaves_text_that_every_database_takes(texts):
    clean = cleaned(Definition(title=texts, languages=("it",), questions=(Question("q", "text", texts),)))
    for text in [*clean.title.values(), *clean.questions[0].text.values()]:
        text.encode("utf-8")
        assert text == text.strip()
        assert "\x00" not in text
    assert cleaned(clean) == clean
    assert msgspec.json.decode(msgspec.json.encode(clean), type=Definition) == clean


def test_what_is_added_to_a_survey_of_colleagues_is_never_read_as_what_customers_are_asked():
    own = EMPTY
    for kind in KINDS:
        own = drafting.with_question(own, kind, of_staff=True)
    assert codes(own)[0] == "enps"
    assert own.questions[0].text == drafting.STAFF_WORDINGS["nps"]
    customers = EMPTY
    for kind in KINDS:
        customers = drafting.with_question(customers, kind)
    assert not {*codes(own)} & {*codes(customers)}
    assert drafting.with_kind(own.questions[0], "csat", of_staff=True).text == drafting.WORDINGS["csat"]

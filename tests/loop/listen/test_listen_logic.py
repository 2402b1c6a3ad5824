"""Which question comes next: one rule for page, programs and counter; what is wrong is found before publishing."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from premura.entrypoints.collect.shown import turned
from premura.loop.listen.checking import logic_problems, unreachable
from premura.loop.listen.definition import (
    Context,
    Definition,
    Option,
    Question,
    read_answers,
    read_stored,
    stored_answers,
)
from premura.loop.listen.logic import course_of, ending_of, holds, steps
from premura.loop.listen.piping import filled, marked
from premura.loop.listen.questions import Condition, Ending, Skip, When

TEXT = {"it": "D", "en": "Q"}
AB = (Option("a", {"it": "A", "en": "A"}), Option("b", {"it": "B", "en": "B"}))
VALUES = {"yesno": ["yes", "no"], "nps": [str(n) for n in range(11)], "single": ["a", "b"], "multiple": ["a", "b"]}
GIVEN: dict[str, list[object]] = {**VALUES, "multiple": ["a", "b", ["a", "b"]]}
IT = Context("it", "qr")


def q(code: str, kind: str = "yesno", **fields) -> Question:
    return Question(code, kind, TEXT, options=AB if kind in {"single", "multiple"} else (), **fields)


def when(name: str, test: str = "is", *values: str, about: str = "question") -> When:
    return When((Condition(about, name, test, values),))


def asking(*questions: Question, **fields) -> Definition:
    return Definition({"it": "T", "en": "T"}, ("it", "en"), questions, **fields)


@st.composite
def surveys(draw) -> Definition:
    """Any survey whose logic looks back only, as the editor allows it; some of it can never happen."""
    questions: list[Question] = []
    count = draw(st.integers(2, 7))
    for place in range(count):
        kind = draw(st.sampled_from(sorted(VALUES)))
        conditions = draw(st.lists(_conditions(questions), max_size=2)) if questions else []
        skips = []
        if place < count - 1 and draw(st.booleans()):
            target = draw(st.integers(place + 1, count))
            about_self = q(f"q{place}", kind)
            condition = draw(st.lists(_conditions([*questions, about_self]), max_size=1))
            skips = [Skip(f"q{target}" if target < count else "", When(tuple(condition)))]
        questions.append(
            q(
                f"q{place}",
                kind,
                required=draw(st.booleans()),
                show_if=When(tuple(conditions), draw(st.sampled_from(["all", "any"]))),
                skips=tuple(skips),
                starts_page=draw(st.booleans()),
            )
        )
    return asking(*questions)


def _conditions(earlier: list[Question]):
    def about(source: Question):
        tests = [
            "is",
            "is_not",
            "answered",
            "unanswered",
            "several",
            *(["at_least", "at_most"] if source.kind == "nps" else []),
        ]
        return st.builds(
            Condition,
            st.just("question"),
            st.just(source.code),
            st.sampled_from(tests),
            st.lists(st.sampled_from(VALUES[source.kind]), min_size=1, max_size=2).map(tuple),
        )

    return st.sampled_from(earlier).flatmap(about)


def answers_to(definition: Definition, data) -> dict[str, object]:
    return {
        question.code: value
        for question in definition.questions
        if (value := data.draw(st.none() | st.sampled_from(GIVEN[question.kind]))) is not None
    }


@settings(max_examples=150, deadline=None)
@given(definition=surveys(), data=st.data())
def test_page_by_page_asks_and_keeps_what_a_program_that_sends_all_at_once_does(definition, data):
    everything = answers_to(definition, data)
    course = course_of(definition)
    whole = read_answers(definition, everything, IT)
    asked_by_program = [step.question.code for step in steps(course, everything, IT)]
    # A person on the pages: sees only what is asked, and answers it the same way
    typed: dict[str, object] = {}
    asked_on_pages: list[str] = []
    page: int | None = 0
    while page is not None:
        for step in steps(course, typed, IT):
            code = step.question.code
            if course.page_of(step.position) == page and code not in asked_on_pages:
                asked_on_pages.append(code)
                if code in everything:
                    typed[code] = everything[code]
        turn = turned(course, typed, IT, page, is_back=False)
        if turn is not None and turn.problems:
            assert {problem.where for problem in turn.problems} <= {problem.where for problem in whole.problems}
            return
        page = turn.page if turn is not None else None
    assert asked_on_pages == asked_by_program
    assert read_answers(definition, typed, IT) == whole
    # And what is stored reads back the same, without asking the logic again
    assert read_stored(definition, stored_answers(whole.answers)).answers == whole.answers


@settings(max_examples=150, deadline=None)
@given(definition=surveys(), data=st.data())
def test_what_is_called_unreachable_is_never_asked(definition, data):
    never = unreachable(definition)
    for _ in range(5):
        asked = {step.question.code for step in steps(course_of(definition), answers_to(definition, data), IT)}
        assert not asked & set(never)


@given(definition=surveys(), data=st.data())
def test_going_back_loses_nothing_and_comes_to_an_earlier_page(definition, data):
    course = course_of(definition)
    typed = answers_to(definition, data)
    for page in range(1, len(course.pages)):
        assert turned(course, typed, IT, page, is_back=True).page < page


def test_an_answer_to_a_question_that_is_not_asked_counts_as_not_given():
    asked = asking(q("a"), q("b", show_if=when("a", "is", "yes"), required=True), q("c", show_if=when("b", "answered")))
    reading = read_answers(asked, {"a": "no", "b": "yes", "c": "yes"})
    assert [given.code for given in reading.answers] == ["a"]
    assert reading.problems == ()
    assert [problem.code for problem in read_answers(asked, {"a": "yes"}).problems] == ["required"]


def test_a_skip_jumps_over_and_the_first_that_holds_counts():
    asked = asking(
        q("a", "nps", skips=(Skip("c", when("a", "at_most", "6")), Skip("", when("a", "at_least", "9")))),
        q("b"),
        q("c"),
    )
    course = course_of(asked)
    for score, codes in ((3, "ac"), (7, "abc"), (10, "a")):
        assert "".join(step.question.code for step in steps(course, {"a": score}, IT)) == codes


@pytest.mark.parametrize(
    ("about", "name", "values", "is_there"),
    [
        ("language", "", ("it",), True),
        ("channel", "", ("counter",), False),
        ("field", "machine", ("m7",), True),
        ("customer", "known", ("yes",), True),
        ("customer", "account", ("Altra",), False),
    ],
)
def test_conditions_know_language_channel_link_and_customer(about, name, values, is_there):
    context = Context("it", "qr", {"machine": "m7"}, {"known": "yes", "account": "Rossi srl"})
    assert holds(when(name, "is", *values, about=about), {}, context) is is_there


def test_options_are_carried_on_from_what_was_chosen():
    asked = asking(q("a", "multiple"), msgspec.structs.replace(q("b", "single"), options=(), options_from="a"))
    course = course_of(asked)
    offered = [step.question.choice_codes for step in steps(course, {"a": ["b"]}, IT)]
    assert offered[1] == ("b",)
    assert [problem.code for problem in read_answers(asked, {"a": ["b"], "b": "a"}).problems] == ["unknown-option"]
    assert read_stored(asked, {"a": ["b"], "b": ["b"]}).problems == ()


def test_words_are_piped_and_harmless():
    asked = asking(q("a", "single"), q("b", "line"), q("c"))
    course = course_of(asked)
    answers = {s.question.code: s.read for s in steps(course, {"a": "b", "b": "<i>x</i>"}, IT)}
    text = "{a}, {b}, {c|niente}, {field:machine|?}, {customer:name|Lei} {non è} <b>"
    context = Context("it", fields={"machine": "m7"})
    assert filled(text, course, answers, context) == "B, <i>x</i>, niente, m7, Lei {non è} <b>"
    html = marked(text, course, answers, context)
    assert "<i>" not in html
    assert '<span data-pipe="c" data-else="niente">niente</span>' in html


def test_the_first_ending_that_fits():
    endings = (Ending("sorry", TEXT, when("a", "at_most", "6")), Ending("any", TEXT, when("a", "answered")))
    asked = asking(q("a", "nps"), endings=endings)
    found = [ending_of(asked, read_answers(asked, {"a": score}).answers, IT) for score in (2, 9)]
    assert [ending.code for ending in found if ending] == ["sorry", "any"]
    assert ending_of(asked, (), IT) is None


@pytest.mark.parametrize(
    ("questions", "codes"),
    [
        ((q("a", show_if=when("a", "answered")),), {"logic-cycle"}),
        ((q("a", show_if=when("b", "answered")), q("b", show_if=when("a", "answered"))), {"logic-cycle"}),
        ((q("a", show_if=when("b", "answered")), q("b")), {"logic-later"}),
        ((q("a"), q("b", show_if=when("gone", "answered"))), {"logic-unknown"}),
        ((q("a"), q("b", show_if=when("a", "is"))), {"logic-no-value"}),
        ((q("a"), q("b", show_if=when("a", "is", "maybe"))), {"logic-impossible"}),
        ((q("a", "nps"), q("b", show_if=when("a", "at_least", "11"))), {"logic-impossible"}),
        ((q("a", skips=(Skip("gone"),)), q("b")), {"skip-unknown"}),
        ((q("a"), q("b", skips=(Skip("a"),))), {"skip-back"}),
        ((q("a", skips=(Skip("c"),)), q("b"), q("c")), {"unreachable"}),
        ((q("a", skips=(Skip(""),)), q("b")), {"unreachable"}),
        (
            (
                q("a", "single"),
                q(
                    "b",
                    show_if=When((Condition("question", "a", "is", ("a",)), Condition("question", "a", "is", ("b",)))),
                ),
            ),
            {"unreachable"},
        ),
        ((q("a"), q("b", show_if=when("order", "is", "1", about="field"))), {"logic-unknown-field"}),
        ((q("a"), q("b", show_if=when("", "is", "fr", about="language"))), {"logic-impossible"}),
        ((q("a"), q("b", options_from="a")), {"carry-unknown"}),
        ((q("a"), msgspec.structs.replace(q("b"), text={"it": "{c}"})), {"pipe-unknown"}),
        (
            (q("a"), q("b", show_if=when("a", "is", "yes"), skips=(Skip("d", when("b", "is", "no")),)), q("c"), q("d")),
            set(),
        ),
    ],
)
def test_broken_logic_is_found_before_publishing(questions, codes):
    assert {problem.code for problem in logic_problems(asking(*questions))} == codes


@pytest.mark.django_db
def test_broken_logic_is_not_published_and_says_where(survey, definition, owner):
    from premura.loop.listen.surveys import NotPublishableError, publish_survey, save_draft

    broken = (*definition.questions, q("never", show_if=when("found", "is", "perhaps")))
    save_draft(survey, msgspec.structs.replace(definition, questions=broken), 1, owner)
    with pytest.raises(NotPublishableError) as error:
        publish_survey(survey, owner)
    assert [(reason.code, reason.where) for reason in error.value.obstacles] == [("logic-impossible", "never")]


def test_which_matters_most_is_asked_of_whoever_named_several():
    survey = asking(q("why", "multiple"), q("most", "single", show_if=when("why", "several")))
    asked = [len(list(steps(course_of(survey), {"why": given}, IT))) for given in (["a"], ["a", "b"], None)]
    assert asked == [1, 2, 1]
    assert unreachable(survey) == []
    assert unreachable(asking(q("why", "single"), q("most", show_if=when("why", "several")))) == ["most"]

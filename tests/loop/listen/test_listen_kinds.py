"""Every kind of question: what is read, what is stored and read back, what is refused and why, what becomes of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from premura.loop.listen.answers import read_answer, stored_answers
from premura.loop.listen.asking import ask, named_in
from premura.loop.listen.definition import (
    ASKABLE,
    Definition,
    Option,
    Question,
    definition_from,
    definition_to,
    publishing_problems,
    read_answers,
    read_stored,
    without_words,
)
from premura.loop.listen.problems import Problem
from premura.loop.listen.sentences import answer_sentence

ABC = tuple(Option(code, {"it": code.upper(), "en": code.upper()}) for code in "abc")


def question(kind: str, **fields) -> Question:
    if kind in {"single", "multiple", "list", "ranking"}:
        fields.setdefault("options", ABC)
    if kind == "matrix":
        fields.setdefault("rows", ABC)
    return Question("q", kind, {"it": "Domanda", "en": "Question"}, **fields)


def read(kind: str, value, **fields):
    """The stored form of what was read, or the code of the problem."""
    result = read_answer(question(kind, **fields), value)
    return result.code if isinstance(result, Problem) else stored_answers(result).get("q")


GOOD = [
    ("nps", "10", {}, 10),
    ("csat", 5, {"look": "stars"}, 5),
    ("ces", "7", {}, 7),
    ("likert", "5", {}, 5),
    ("likert", 7, {"marks": "1-7"}, 7),
    ("slider", "100", {}, 100),
    ("matrix", {"a": "1", "b": 5, "c": ""}, {}, {"a": 1, "b": 5}),
    ("pair", {"expectation": "7", "perception": "4"}, {}, {"expectation": 7, "perception": 4}),
    ("kano", {"functional": 1, "dysfunctional": 5}, {}, {"functional": 1, "dysfunctional": 5}),
    ("emotion", {"joy": "3", "anger": ""}, {}, {"joy": 3}),
    ("single", "a", {}, ["a"]),
    ("single", {"": "other", "text": " Il gatto "}, {"has_other": True}, {"choices": ["other"], "text": "Il gatto"}),
    ("single", {"text": "Il gatto"}, {"has_other": True}, {"choices": ["other"], "text": "Il gatto"}),
    ("single", {"": "a", "text": "ripensato"}, {"has_other": True}, ["a"]),
    ("multiple", ["b", "a", "b"], {}, ["b", "a"]),
    ("multiple", {"": ["a"], "text": "x"}, {"has_other": True}, {"choices": ["a", "other"], "text": "x"}),
    ("list", "c", {}, ["c"]),
    ("ranking", ["c", "a"], {}, ["c", "a"]),
    ("ranking", {"a": "2", "b": "", "c": 1}, {}, ["c", "a"]),
    ("yesno", True, {}, ["yes"]),
    ("yesno", "no", {}, ["no"]),
    ("solution", "partly", {}, ["partly"]),
    ("solution", {"": "no", "text": "Mancava il ricambio"}, {}, {"choices": ["no"], "text": "Mancava il ricambio"}),
    ("number", "12,5", {}, 12.5),
    ("number", 3.0, {"least": 0, "most": 3}, 3),
    ("date", "2026-03-19", {}, "2026-03-19"),
    ("line", " AB 123 \t CD ", {"pattern": "AA 000 AA"}, "AB 123 CD"),
    ("line", "anna@example.it", {"pattern": "email"}, "anna@example.it"),
    ("text", "Riga\r\nriga\x00", {}, "Riga\nriga"),
    ("contact", {"email": "a@b.it", "consent": "yes"}, {}, {"email": "a@b.it", "consent": "yes"}),
    ("contact", {"name": "", "email": "", "phone": ""}, {}, None),
    ("statement", "whatever", {}, None),
]
BAD = [
    ("nps", 11, {}, "out-of-range"),
    ("nps", True, {}, "not-a-number"),
    ("csat", "5.0", {}, "not-a-number"),
    ("slider", 101, {}, "out-of-range"),
    ("matrix", {"z": 1}, {}, "unknown-part"),
    ("matrix", {f"r{n}": 1 for n in range(2000)}, {}, "unknown-part"),
    ("matrix", {"a": 6}, {}, "out-of-range"),
    ("matrix", [1, 2], {}, "not-parts"),
    ("pair", {"expectation": "8"}, {}, "out-of-range"),
    ("pair", 5, {}, "not-parts"),
    ("kano", {"functional": [1]}, {}, "not-a-number"),
    ("emotion", {"boredom": 1}, {}, "unknown-part"),
    ("single", "z", {}, "unknown-option"),
    ("single", ["a", "b"], {}, "one-option-only"),
    ("single", {"": "a", "text": "no other here"}, {}, "unknown-part"),
    ("single", {"a": "b"}, {}, "unknown-part"),
    ("single", {"": {"a": 1}}, {}, "unknown-option"),
    ("list", ["a", "c"], {}, "one-option-only"),
    ("ranking", {"a": 1, "b": 1}, {}, "same-place"),
    ("ranking", {"a": 4}, {}, "bad-place"),
    ("ranking", ["a", "a"], {}, "same-place"),
    ("ranking", {"z": 1}, {}, "unknown-option"),
    ("yesno", "maybe", {}, "unknown-option"),
    ("solution", {"text": "così"}, {}, "choose-too"),
    ("number", "1e999", {}, "not-a-figure"),
    ("number", float("nan"), {}, "not-a-figure"),
    ("number", 4, {"most": 3}, "number-out-of-range"),
    ("date", "2026-02-30", {}, "not-a-day"),
    ("date", "0001-01-01", {}, "not-a-day"),
    ("line", "ABC", {"pattern": "AA000"}, "wrong-pattern"),
    ("line", "x" * 201, {}, "text-too-long"),
    ("text", "x" * 3_000_000, {}, "text-too-long"),
    ("text", {"": "x"}, {}, "not-a-text"),
    ("contact", {"email": "a@b.it"}, {}, "no-consent"),
    ("contact", {"name": "Anna", "consent": "yes"}, {}, "no-way"),
    ("contact", {"email": "nonsense", "consent": True}, {}, "bad-email"),
    ("contact", {"email": "a@b.it", "consent": True, "iban": "x"}, {}, "unknown-part"),
]


@pytest.mark.parametrize(("kind", "value", "fields", "stored"), GOOD)
def test_what_is_read_is_stored_and_reads_back_the_same(kind, value, fields, stored):
    asked = question(kind, **fields)
    answers = read_answer(asked, value)
    assert not isinstance(answers, Problem)
    kept = stored_answers(answers)
    assert kept.get("q") == stored
    survey = Definition({"it": "T"}, ("it",), (asked,))
    assert read_stored(survey, kept).answers == answers


@pytest.mark.parametrize(("kind", "value", "fields", "code"), BAD)
def test_what_does_not_fit_is_refused_with_a_sentence_in_both_languages(kind, value, fields, code):
    from django.utils import translation

    asked = question(kind, **fields)
    problem = read_answer(asked, value)
    assert isinstance(problem, Problem)
    assert problem.code == code
    sentences = []
    for language in ("it", "en"):
        with translation.override(language):
            sentences.append(answer_sentence(asked, problem))
    assert all(sentences)
    assert sentences[0] != sentences[1]


_LEAVES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(["a", "yes", "3"])
)
_RAW = st.recursive(
    _LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["", "a", "b", "text", "choices", "email", "consent", "joy", "expectation", "functional"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(kind=st.sampled_from([*ASKABLE, "rating"]), raw=_RAW)
def test_whatever_is_sent_is_an_answer_that_reads_back_or_a_problem(kind, raw):
    asked = question(kind, marks="1-5", has_other=True) if kind == "rating" else question(kind, has_other=True)
    result = read_answer(asked, raw)
    if not isinstance(result, Problem):
        assert read_stored(Definition({"it": "T"}, ("it",), (asked,)), stored_answers(result)).answers == result


@pytest.mark.parametrize("kind", ASKABLE)
def test_every_kind_can_be_published_and_shown_and_survives_storage(kind):
    survey = Definition(
        {"it": "T", "en": "T"}, ("it", "en"), (question(kind), Question("t", "text", {"it": "D", "en": "Q"}))
    )
    assert publishing_problems(survey) == []
    assert definition_from(definition_to(survey)) == survey
    assert ask(survey.questions[0], "it").text == "Domanda"


def test_a_version_frozen_before_there_were_more_kinds_is_still_read():
    old = {
        "title": {"it": "T"},
        "languages": ["it"],
        "intro": {},
        "thanks": {},
        "questions": [
            {
                "code": "nps",
                "kind": "nps",
                "text": {"it": "D"},
                "help": {},
                "required": True,
                "touchpoint": "",
                "options": [],
                "marks": "",
            }
        ],
    }
    assert read_answers(definition_from(old), {"nps": 9}).answers[0].score == 9


def test_a_form_names_the_rows_of_a_question():
    form = [("q.a", "x"), ("q.a", "y"), ("q.m.r1", "3"), ("q.s", "other"), ("q.s.text", "w"), ("key", "k")]
    assert named_in(form) == {"a": ["x", "y"], "m": {"r1": "3"}, "s": {"": "other", "text": "w"}}


def test_a_required_table_wants_every_row_and_required_emotions_want_one():
    for kind, raw, codes in (
        ("matrix", {"a": 1}, ["parts-missing"]),
        ("emotion", {"joy": 1}, []),
        ("pair", {}, ["required"]),
    ):
        survey = Definition({"it": "T"}, ("it",), (question(kind, required=True),))
        assert [problem.code for problem in read_answers(survey, {"q": raw}).problems] == codes


def test_without_words_nothing_tells_who_it_was():
    questions = tuple(
        Question(kind, kind, {"it": "D"}, options=ABC, has_other=True)
        for kind in ("single", "text", "line", "contact", "solution", "date", "list")
    )
    survey = Definition({"it": "T"}, ("it",), questions)
    stored = {
        "single": {"choices": ["other"], "text": "sono Anna"},
        "text": "Anna",
        "line": "Anna",
        "contact": {"email": "a@b.it", "consent": "yes"},
        "solution": {"choices": ["no"], "text": "Anna"},
        "date": "2026-03-19",
        "list": ["a"],
        "gone": "Anna",
    }
    kept = without_words(survey, stored)
    assert kept == {"single": ["other"], "solution": ["no"], "date": "2026-03-19", "list": ["a"]}


@pytest.mark.django_db
def test_parts_become_answers_of_their_own(survey, owner, definition):
    import msgspec

    from premura.loop.listen.models import Answer
    from premura.loop.listen.submissions import receive_submission, unfold_submission
    from premura.loop.listen.surveys import publish_survey, save_draft

    more = tuple(
        msgspec.structs.replace(question(kind), code=kind)
        for kind in ("pair", "kano", "matrix", "number", "date", "contact", "ranking")
    )
    save_draft(survey, msgspec.structs.replace(definition, questions=definition.questions + more), 1, owner)
    survey.refresh_from_db()
    raw = {
        "nps": 9,
        "pair": {"expectation": 6, "perception": 4},
        "kano": {"functional": 1, "dysfunctional": 5},
        "matrix": {"a": 2},
        "number": 12.25,
        "date": "2026-03-19",
        "contact": {"phone": "0444 123456", "consent": True},
        "ranking": ["b", "a"],
    }
    submission = receive_submission(publish_survey(survey, owner), raw, key="k", language="it", channel="link")
    response = unfold_submission(submission)
    rows = {(a.question, a.part): a for a in Answer.objects.filter(response=response)}
    assert [
        (rows["pair", p].score, rows["pair", p].kind, rows["pair", p].scale) for p in ("expectation", "perception")
    ] == [
        (6, "pair", "1-7"),
        (4, "pair", "1-7"),
    ]
    assert (rows["kano", "functional"].score, rows["kano", "dysfunctional"].score) == (1, 5)
    assert rows["kano", "functional"].scale == "1-5"
    assert rows["matrix", "a"].score == 2
    assert rows["number", ""].number == Decimal("12.25")
    assert rows["date", ""].given_on == date(2026, 3, 19)
    assert rows["contact", ""].contact == {"phone": "0444 123456", "consent": "yes"}
    assert rows["contact", ""].text == ""
    assert rows["ranking", ""].choices == ["b", "a"]

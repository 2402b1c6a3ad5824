"""Page, program and importer read an answer alike: what the page refuses no file brings in, and the other way round.

No importer decides which question comes next: a survey that is brought asks all of them, whatever was answered.
"""

from hypothesis import given
from hypothesis import strategies as st

from premura.importers.neutral import values as neutral
from premura.importers.responses.joining import _raw, _reader
from premura.importers.surveys.carrying import carry
from premura.importers.table import Role
from premura.importers.table.plan import ColumnPlan
from premura.loop.listen.asking import PREFIX, named_in
from premura.loop.listen.definition import Definition, Option, Question, read_answers, stored_answers
from premura.loop.listen.logic import NOTHING, course_of, steps

TEXT = {"it": "D", "en": "Q"}
QUESTIONS = (
    Question("nps", "nps", TEXT),
    Question("stars", "csat", TEXT),
    Question("ease", "ces", TEXT),
    Question("why", "single", TEXT, options=(Option("a", {"it": "Gru"}), Option("b", {"it": "Furgone"}))),
    Question("much", "number", TEXT, least=1, most=50),
    Question("day", "date", TEXT),
    Question("plate", "line", TEXT, pattern="AA000"),
    Question("words", "text", TEXT),
)
KEYS = {"why": {"options": {"a": "a", "b": "b", "gru": "a", "furgone": "b"}}}
CELLS = st.sampled_from(["a", "b", "Gru", "2026-02-30", "2026-11-28", "AB123", "ab12", "7,5", "1e9", "=1", "11", "-1"])
CELLS |= st.integers(-2, 60).map(str) | st.text(max_size=8)


def by_file(question, cell):
    """The reading of one cell that stands under this question: an answer, nothing, or refused."""
    column = ColumnPlan(0, question.code, "", Role.CHOICE, 1.0, "", 1, ())
    key = {"options": {}} | KEYS.get(question.code, {})
    try:
        return _reader(question, key, {"": column}, "")([cell]), _raw(question, key, cell.strip(), column, "")
    except ValueError:
        return "refused", None


def read(question, value):
    one = Definition(TEXT, ("it", "en"), (question,))
    reading = read_answers(one, {question.code: value})
    return "refused" if reading.problems else stored_answers(reading.answers)


@given(st.sampled_from(QUESTIONS), CELLS)
def test_page_program_and_importer_read_an_answer_alike(question, cell):
    as_page = read(question, named_in([(PREFIX + question.code, cell)]).get(question.code))
    assert as_page == read(question, cell)  # a program sends the same words in JSON
    found, raw = by_file(question, cell)
    if found not in (None, "refused"):
        # A file may write an answer in another way («7,0», the words of an option): it is one that the page has too
        assert read(question, raw) not in ({}, "refused")
    if as_page not in ({}, "refused") and found is not None:
        # «n.d.» and the like are no answer in a file
        assert read(question, raw) == as_page


KINDS = [
    "nps",
    "marks",
    "single",
    "multiple",
    "yes_no",
    "text",
    "number",
    "date",
    "ranking",
    "grid_single",
    "grid_marks",
]
WORDS = st.sampled_from(["Quanto?", "Perché {nps}?", "Se «sì», vada alla 7", "{{q1}}", "${if_q1}"])
CHOICES = (neutral.Option("1", {"it": "Sì"}), neutral.Option("2", {"it": "No {nps}"}))
FOREIGN = st.builds(
    neutral.Question,
    code=st.sampled_from(["nps", "q1", "q2", "why"]),
    kind=st.sampled_from(KINDS),
    foreign=st.just("L"),
    text=st.builds(lambda words: {"it": words}, WORDS),
    options=st.just(CHOICES),
    rows=st.just(CHOICES),
    scale=st.sampled_from(["1-5", "1-7", ""]),
)


@given(st.lists(FOREIGN, max_size=6), st.sampled_from(["1", "9", "yes", ""]))
def test_a_brought_survey_asks_every_question_whatever_was_answered(questions, value):
    made = carry(neutral.Survey("9", {"it": "T"}, ("it",), tuple(questions))).definition
    course = course_of(made)
    raw = {question.code: value for question in made.questions}
    assert [step.question.code for step in steps(course, raw, NOTHING)] == [
        question.code for question in made.questions
    ]
    assert not any(one.show_if.conditions or one.skips or one.options_from for one in made.questions)

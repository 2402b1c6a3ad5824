"""What a survey is and how answers to it are read: the one door to the modules that say so.

Pure: used by the public page, the staff page, the API and the importers alike, so that they can never disagree.
"""

from premura.loop.listen.answers import NUMBER_LIMIT, Given, Reading, read_answer, stored_answers, without_words
from premura.loop.listen.kinds import ASKABLE, CHOICES, SCALES, Kind
from premura.loop.listen.logic import Context, read_answers, read_stored
from premura.loop.listen.problems import Problem, publishing_problems
from premura.loop.listen.questions import (
    CODE,
    LINE_LIMIT,
    OPTIONS_LIMIT,
    QUESTIONS_LIMIT,
    TEXT_LIMIT,
    WORDS_LIMIT,
    Definition,
    Option,
    Question,
    cleaned,
    definition_from,
    definition_to,
    draft_from,
    is_same,
)

__all__ = [
    "ASKABLE",
    "CHOICES",
    "CODE",
    "LINE_LIMIT",
    "NUMBER_LIMIT",
    "OPTIONS_LIMIT",
    "QUESTIONS_LIMIT",
    "SCALES",
    "TEXT_LIMIT",
    "WORDS_LIMIT",
    "Context",
    "Definition",
    "Given",
    "Kind",
    "Option",
    "Problem",
    "Question",
    "Reading",
    "cleaned",
    "definition_from",
    "definition_to",
    "draft_from",
    "is_same",
    "publishing_problems",
    "read_answer",
    "read_answers",
    "read_stored",
    "stored_answers",
    "without_words",
]

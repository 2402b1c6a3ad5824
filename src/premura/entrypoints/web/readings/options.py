"""The options of a choice in words, as the survey that asked it last wrote them."""

import msgspec

from premura.loop.listen.definition import Question
from premura.loop.listen.scales import option_texts
from premura.loop.understand.questions import QuestionBook


def options_in_words(book: QuestionBook, survey: int, code: str) -> dict[str, str]:
    """Code → text; empty where the question is of another shape, as imported ones may be."""
    try:
        return option_texts(msgspec.convert(dict(book.entries.get((survey, code), {})), Question))
    except msgspec.ValidationError:
        return {}

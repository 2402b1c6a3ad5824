"""A survey as one versioned JSON file: what is exported is what can be imported, and what the built-in templates are.

Pure: bytes in, plain values out. ``format`` and ``version`` say what the file is; a newer version is refused.
"""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from premura.loop.listen.questions import Definition, cleaned

VERSION = 1
FILE_LIMIT = 1_000_000
_FOLDER = Path(__file__).parent / "templates"


class SurveyFile(msgspec.Struct, frozen=True):
    """One survey: its questions, from whose point of view, at which moment; ``about`` says what a template is for."""

    definition: Definition
    format: Literal["premura-survey"] = "premura-survey"
    version: int = VERSION
    perspective: Literal["customer", "staff", "observer", "prospect"] = "customer"
    moment: Literal["expectation", "perception"] = "perception"
    about: dict[str, str] = {}
    order: int = 0


#: Where in the file msgspec met what no survey has: «… - at `$.definition.questions[1].kind`»
_PLACE = re.compile(r"at `\$\.(definition\.[^`]+)`")


class NotASurveyError(ValueError):
    """The bytes are no survey: ``code`` is ``too-large``, ``too-long``, ``newer``, ``value``, ``twice``, ``sheet``,
    ``part`` or ``malformed``; the text says where.
    """

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(where)
        self.code = code


def survey_to_file(definition: Definition, perspective: str, moment: str) -> bytes:
    kept = SurveyFile(definition, perspective=perspective, moment=moment)  # type: ignore[arg-type]
    return msgspec.json.format(msgspec.json.encode(kept), indent=1)


def survey_from_file(data: bytes) -> SurveyFile:
    """Read what :func:`survey_to_file` wrote; :class:`NotASurveyError` for anything else."""
    if len(data) > FILE_LIMIT:
        raise NotASurveyError("too-large")
    try:
        raw = msgspec.json.decode(data)
        if isinstance(raw, dict) and isinstance(raw.get("version"), int) and raw["version"] > VERSION:
            raise NotASurveyError("newer")
        read = msgspec.convert(raw, SurveyFile)
        return msgspec.structs.replace(read, definition=_with_codes_once(cleaned(read.definition)))
    except NotASurveyError:
        raise
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        raise NotASurveyError("value" if place else "malformed", place[1][:200] if place else "") from error
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise NotASurveyError("malformed") from error


def _with_codes_once(definition: Definition) -> Definition:
    """Two questions of one code would share their answers, and the editor would show one of them."""
    codes = Counter(question.code for question in definition.questions)
    if twice := [code for code, times in codes.items() if times > 1]:
        raise NotASurveyError("twice", "», «".join(twice)[:200])
    return definition


@cache
def templates() -> dict[str, SurveyFile]:
    """The built-in templates by name, in the order in which they are offered."""
    read = {path.stem: survey_from_file(path.read_bytes()) for path in _FOLDER.glob("*.json")}
    return dict(sorted(read.items(), key=lambda item: item[1].order))

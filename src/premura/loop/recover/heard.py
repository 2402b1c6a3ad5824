"""What a person begins themselves: a word on the always-open page, or «please call me» after an answer.

Either leads to one case with one thread that they come back to by its token. Nobody has to say who they are: a case
without a customer is answered on its page (rows S12, S13, S14).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from premura.core.company.models import Location
from premura.loop.listen.models import Response
from premura.loop.listen.open_page import WORDS, Told, take_told
from premura.loop.recover.case_rules import active_rules
from premura.loop.recover.cases import open_case, shortened, write_message
from premura.loop.recover.models import Case, Direction, Severity
from premura.loop.recover.rules import Said, reasons_in_words, worst

OPEN_PAGE = "open-page"


@dataclass(frozen=True)
class Words:
    """What was told: ``told`` is a :class:`Told`; ``contact`` (name, email, phone) is empty of who stays unknown."""

    told: str
    text: str
    contact: Mapping[str, str]
    wants_answer: bool = False


def hear_openly(
    words: Words,
    *,
    key: str,
    language: str,
    channel: str,
    location: Location | None = None,
    at: datetime | None = None,
) -> tuple[Response, Case | None]:
    """Keep what was told on the always-open page. A complaint, and whatever wants an answer, is a case at once.

    The same ``key`` again gives the first one back: nothing stands there twice.
    """
    at = at or timezone.now()
    with transaction.atomic():
        response = take_told(
            words.told,
            words.text,
            key=key,
            language=language,
            channel=channel,
            location=location,
            contact=words.contact,
            at=at,
        )
        case = Case.objects.filter(response=response).first()
        if case is None and (words.told == Told.COMPLAINT or words.wants_answer):
            case = _open(response, words, channel, at)
    return response, case


def _open(response: Response, words: Words, channel: str, at: datetime) -> Case:
    """As grave as the rules about words say; else a complaint is normal, and a wish for an answer low."""
    reasons = reasons_in_words([Said(question=WORDS, text=words.text)], active_rules())
    least = Severity.NORMAL if words.told == Told.COMPLAINT else Severity.LOW
    case = open_case(
        shortened(words.text),
        by=None,
        why=[{"code": OPEN_PAGE, "kind": OPEN_PAGE, "told": words.told}, *map(asdict, reasons)],
        channel=channel,
        location=response.location,
        severity=worst([least, *(reason.severity for reason in reasons)]),
        response=response,
        at=at,
    )
    write_message(case, Direction.IN, words.text, by=None, channel=channel, at=at)
    return case

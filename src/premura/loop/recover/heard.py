"""What a person begins themselves: a word on the always-open page, or «please call me» after an answer.

Either leads to one case with one thread that they come back to by its token. Nobody has to say who they are: a case
without a customer is answered on its page (rows S12, S13, S14).
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.errors import NotFound
from premura.loop.listen.links import response_of_wish
from premura.loop.listen.models import Perspective, Response
from premura.loop.listen.open_page import WORDS, Told, take_told
from premura.loop.listen.submissions import response_now
from premura.loop.recover.answers import answers_and_reasons, open_for
from premura.loop.recover.case_rules import active_rules
from premura.loop.recover.cases import open_case, shortened, write_message
from premura.loop.recover.models import Case, Direction, Severity
from premura.loop.recover.rules import Said, reasons_in_words, worst

OPEN_PAGE, WISH = "open-page", "wish"
CALL, WRITE, HERE = "call", "write", "here"


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


def answer_of_wish(token: str) -> Response:
    """The answer after which somebody asks for a person; :class:`NotFound` of a forged or an old token."""
    pk = response_of_wish(token)
    response = response_now(pk) if pk else None
    if response is None or response.perspective != Perspective.CUSTOMER:
        raise NotFound("no-such-wish", _("There is nothing at this address, or it is older than a week."))
    return response


def ask_for_person(
    response: Response, way: str, contact: Mapping[str, str], text: str = "", *, at: datetime | None = None
) -> Case:
    """«Please call me», «please write to me», or an answer on the page only, after an answer that was not a happy one.

    It leads into the one case of that answer, opened now where no rule has. The same words again are written once.
    """
    at = at or timezone.now()
    said = "\n\n".join(filter(None, [_wish(way, contact), text.strip()]))
    with transaction.atomic():
        case = Case.objects.filter(response=response).first()
        if case is None:
            answers, reasons = answers_and_reasons(response)
            case = open_for(response, answers, reasons, at, why=[{"code": WISH, "kind": WISH}])
        if not case.messages.filter(direction=Direction.IN, text=said).exists():
            write_message(case, Direction.IN, said, by=None, channel=Channel.WEB, at=at)
    return case


def _wish(way: str, contact: Mapping[str, str]) -> str:
    """In the words of whoever asks: it is their first line in the thread."""
    reach = " · ".join(filter(None, [contact.get("name"), contact.get("phone"), contact.get("email")]))
    words = {
        CALL: _("Please call me."),
        WRITE: _("Please write to me."),
        HERE: _("Please answer me on this page."),
    }
    return f"{words[way]} {reach}".strip()

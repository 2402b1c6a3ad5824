"""Submissions: what came in, as it came in, and how the worker unfolds each into a response with its answers."""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.staff.models import Person
from premura.loop.listen.definition import Context, Problem, definition_from, read_answers, stored_answers
from premura.loop.listen.models import Response, Submission, SurveyVersion
from premura.loop.listen.unfolding import make_response, make_responses

logger = logging.getLogger("premura.listen")

KEY_LIMIT = 64
# How long a submission that could not be unfolded waits before the next try; the last repeats for ever, nothing is lost
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 60, 600, 3600, 86400))

# So many are unfolded in one transaction: they share their look-ups, and keep other writers waiting for a moment only
AT_ONCE = 50


class InvalidAnswersError(PremuraError):
    """The answers do not fit the survey; ``problems`` says which and why."""

    status = 422

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        message = _("Some answers need another look: nothing was saved yet.")
        super().__init__("invalid-answers", message, problems=problems)
        self.problems = problems


def stored_key(survey_id: int, key: str) -> str:
    """The key as the table knows it: one survey's keys can never stand in the way of another's."""
    return f"{survey_id}:{key[:KEY_LIMIT]}"


def receive_submission(
    version: SurveyVersion,
    raw_answers: Mapping[str, object],
    *,
    key: str,
    language: str,
    channel: str,
    location_code: str = "",
    token: str = "",
    person: Person | None = None,
    at: datetime | None = None,
    customer: Customer | None = None,
    seconds: int | None = None,
) -> Submission:
    """Keep one filled-in survey that came another way than the public page: keyed in by staff, or seeded.

    The same ``key`` twice gives the first submission back. :class:`InvalidAnswersError` when an answer does not fit.
    What was answered to a question that the logic does not ask is dropped. ``customer`` is whom ``token`` names,
    ``seconds`` how long it took where somebody measured it.
    Its history event is written when it is unfolded.
    """
    context = Context(language, channel, customer=attributes_of(customer))
    reading = read_answers(definition_from(version.definition), raw_answers, context)
    if reading.problems:
        raise InvalidAnswersError(reading.problems)
    submission, _created = Submission.objects.get_or_create(
        key=stored_key(version.survey_id, key),
        defaults={
            "version": version,
            "received_at": at or timezone.now(),
            "language": language,
            "channel": channel,
            "location_code": location_code,
            "token": token,
            "person_id": person.pk if person else None,
            "answers": stored_answers(reading.answers),
            "seconds": seconds,
        },
    )
    return submission


def attributes_of(customer: Customer | None) -> dict[str, str]:
    """What conditions and texts may know about the customer of a personal link."""
    if customer is None or customer.forgotten_at is not None:
        return {}
    return {
        "known": "yes",
        "name": customer.name,
        "language": customer.language,
        "channel": customer.preferred_channel,
        "account": customer.account.name if customer.account else "",
    }


def unfold_waiting(limit: int = 200) -> int:
    """Unfold what waits, oldest first; returns how many became responses. One that fails steps aside for a while.

    Safe in several workers at once: each row is claimed in the transaction that unfolds it.
    """
    waiting = Submission.objects.filter(_is_waiting(timezone.now())).order_by("received_at")
    ids = list(waiting.values_list("pk", flat=True)[:limit])
    return sum(_unfold_some(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def _is_waiting(now: datetime) -> Q:
    return Q(unfolded_at__isnull=True) & (Q(retry_at__isnull=True) | Q(retry_at__lte=now))


def _unfold_some(ids: list[UUID]) -> int:
    """Unfold these together; where one of them fails each by itself, so that only that one steps aside."""
    if len(ids) > 1:
        try:
            with transaction.atomic():
                submissions = _claimed(ids)
                _unfold(submissions, make_responses)
                return len(submissions)
        except Exception:  # said of the one that is to blame, below
            logger.info("%s submissions could not be unfolded together; now one by one", len(ids))
    return sum(_unfold_claimed(pk) for pk in ids)


def _claimed(ids: list[UUID]) -> list[Submission]:
    """Those that still wait, claimed: PostgreSQL skips a row that another worker has locked, on SQLite the whole
    transaction waits its turn.
    """
    waiting = Submission.objects.select_for_update(skip_locked=True).filter(pk__in=ids, unfolded_at__isnull=True)
    return list(waiting.order_by("received_at"))


def _unfold_claimed(pk: UUID) -> bool:
    """Claim one row and unfold it; False when another worker has it or when it failed."""
    try:
        with transaction.atomic():
            submissions = _claimed([pk])
            for submission in submissions:
                unfold_submission(submission)
    except Exception:  # whatever is wrong with one, the line goes on
        logger.exception("submission %s could not be unfolded", pk)
        _step_aside(pk, traceback.format_exc())
        return False
    return bool(submissions)


def response_now(pk: UUID) -> Response | None:
    """The response of a submission, unfolded now if it waits; ``None`` where there is none or another worker has it."""
    response = Response.objects.filter(pk=pk).first()
    if response is None and _unfold_claimed(pk):
        response = Response.objects.filter(pk=pk).first()
    return response


def _step_aside(pk: UUID, error: str) -> None:
    with transaction.atomic():
        submission = Submission.objects.select_for_update().get(pk=pk)
        pause = PAUSES[min(submission.failures, len(PAUSES) - 1)]
        fields = {"failures": submission.failures + 1, "retry_at": timezone.now() + pause, "error": error[-4000:]}
        Submission.objects.filter(pk=pk, unfolded_at__isnull=True).update(**fields)


def unfold_submission(submission: Submission) -> Response:
    """Turn ``submission`` into its response (the same id) with answers; doing it twice gives the same response back."""
    with transaction.atomic():
        [response] = _unfold([submission], make_response)
    return response


def _unfold(
    submissions: Sequence[Submission], make: Callable[[Sequence[Submission]], list[Response]]
) -> list[Response]:
    """The responses of ``submissions``, those made that are not there yet, and the submissions marked as done."""
    there = Response.objects.in_bulk([submission.pk for submission in submissions])
    made = make([submission for submission in submissions if submission.pk not in there])
    there |= {response.pk: response for response in made}
    waiting = [submission for submission in submissions if submission.unfolded_at is None]
    now = timezone.now()
    for submission in waiting:
        submission.unfolded_at, submission.error, submission.retry_at = now, "", None
    if waiting:
        done = Submission.objects.filter(pk__in=[submission.pk for submission in waiting])
        done.update(unfolded_at=now, error="", retry_at=None)
    return [there[submission.pk] for submission in submissions]

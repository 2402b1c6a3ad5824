"""What people corrected teaches the company's own head at night; it reads only where it is measurably better."""

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from premura.core.company.company import the_company
from premura.core.history.history import record
from premura.loop.understand.judgements import ASPECT, KINDS, NO, SENTIMENT, YES, current
from premura.loop.understand.models import TaughtHead, digest_of
from premura.loop.understand.tiers import best_tier

if TYPE_CHECKING:
    from premura.text import Judged, OwnHead

TEACH = "understand.learn_corrections"
#: The latest judged comments that are learnt from: each is read three times.
MOST = 3_000


def do_learn_corrections(_payload: Mapping[str, object]) -> None:
    """The job: see :func:`learn`."""
    learn(timezone.now())


def learn(now: datetime) -> TaughtHead | None:
    """Learn anew from everything that people said, unless nobody has said anything since. Queries fixed."""
    company, last = the_company(), TaughtHead.objects.first()
    judgements = current().count()
    if company is None or not judgements or (last and last.judgements == judgements and _is_of_now(last)):
        return None
    from premura.text import learn_corrections

    judged = _judged()
    tier = best_tier()
    learnt = learn_corrections(judged, tier=tier)
    kept = learnt.head.as_json() if learnt.head else {}
    with transaction.atomic():
        row = TaughtHead.objects.create(
            learnt_at=now,
            judgements=judgements,
            comments=len(judged),
            head=kept,
            digest=digest_of(kept) if kept else "",
            comparisons=[asdict(each) | {"is_better": each.is_better} for each in learnt.comparisons],
            why_not=learnt.why_not,
            tier=tier,
        )
        data = {"comments": row.comments, "used": [each.kind for each in learnt.comparisons if each.is_better]}
        record("comments.learnt", by=None, about=company, at=now, data=data)
    return row


def _is_of_now(row: TaughtHead) -> bool:
    """Whether what was learnt was learnt when as much was said, beside the heads that have the last word now."""
    latest = current().order_by("-judged_at").values_list("judged_at", flat=True).first()
    is_new = latest is None or latest <= row.learnt_at
    return is_new and row.tier == best_tier() and (not row.head or head_of(row) is not None)


def _judged() -> "list[Judged]":
    """Every comment that somebody looked at, with what they said of it; personal data masked."""
    from premura.text import Judged, find_personal, mask

    said: dict[int, dict[str, str]] = defaultdict(dict)
    texts: dict[int, str] = {}
    rows = current().exclude(answer__text="").order_by("-answer", "pk")
    for answer, text, kind, label, value in rows.values_list("answer", "answer__text", "kind", "label", "value"):
        if kind == SENTIMENT:
            said[answer][kind] = value
        elif kind in KINDS:
            yes_or_no = value if kind != ASPECT else NO if value == NO else YES
            said[answer][f"{kind}:{label}"] = yes_or_no
        texts[answer] = text
    return [Judged(mask(texts[pk], find_personal(texts[pk])), said[pk]) for pk in list(texts)[:MOST]]


def current_head() -> TaughtHead | None:
    """What was learnt last, used or not."""
    return TaughtHead.objects.first()


def head_of(row: TaughtHead | None) -> "OwnHead | None":
    """The head that reads, where there is one for the heads that are shipped now."""
    if row is None or not row.head:
        return None
    from premura.text import own_head_from

    with suppress(ValueError, KeyError):
        return own_head_from(row.head)
    return None

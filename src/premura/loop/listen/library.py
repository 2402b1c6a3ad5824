"""The company's own questions: kept out of a draft, put into another, renamed, removed."""

from datetime import datetime

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.i18n import in_language
from premura.core.staff.models import Person
from premura.core.words import on_one_line
from premura.loop.listen.conditions import shortened
from premura.loop.listen.drafting import alone
from premura.loop.listen.models import KeptQuestion
from premura.loop.listen.questions import Question

NAME_LIMIT = 120
# More are no library, and would make every editor's page long
MOST = 200


def keep_question(question: Question, by: Person, at: datetime | None = None) -> KeptQuestion:
    """Keep ``question`` with all its languages and options, named after its words; the very same is kept once."""
    question = alone(question)
    with transaction.atomic():
        rows = list(KeptQuestion.objects.select_for_update())
        same = next((row for row in rows if question_of(row) == question), None)
        if same is not None:
            return same
        if len(rows) >= MOST:
            raise PremuraError("library-full", _("The library is full: remove a question that nobody uses first."))
        name = _unused_name(in_language(question.text) or question.code, {row.name for row in rows})
        at = at or timezone.now()
        kept = KeptQuestion.objects.create(name=name, question=_plain(question), kept_by=by, kept_at=at)
        record("question.kept", by=by, about=kept, at=at)
    return kept


def _unused_name(words: str, taken: set[str]) -> str:
    name, number = shortened(words, NAME_LIMIT), 2
    while name in taken:
        name, number = f"{shortened(words, NAME_LIMIT - 6)} ({number})", number + 1
    return name


def rename_kept(kept: KeptQuestion, name: str, by: Person, at: datetime | None = None) -> KeptQuestion:
    """Give it another name; what surveys ask stays as it is."""
    name = on_one_line(name)
    if not name or len(name) > NAME_LIMIT:
        text = _("A name has 1 to %(most)s characters: the old one stays.")
        raise PremuraError("bad-name", text % {"most": NAME_LIMIT})
    if name == kept.name:
        return kept
    try:
        with transaction.atomic():
            kept.name = name
            kept.save(update_fields=["name"])
            record("question.renamed", by=by, about=kept, at=at)
    except IntegrityError as error:
        text = _("Another question of the library is called «%(name)s»: choose another name.")
        raise Conflict("name-taken", text % {"name": name}) from error
    return kept


def remove_kept(kept: KeptQuestion, by: Person, at: datetime | None = None) -> None:
    """Take it out of the library; the surveys that it was put into keep it."""
    with transaction.atomic():
        record("question.removed", by=by, about=kept, at=at, data={"name": kept.name})
        kept.delete()


# Reads


def kept_questions(words: str = "") -> list[KeptQuestion]:
    """By name; with ``words`` those in whose name, question or options each of them stands. One query."""
    wanted = words.casefold().split()
    rows = KeptQuestion.objects.select_related("kept_by")
    return [row for row in rows if not wanted or all(word in _said(row) for word in wanted)]


def _said(kept: KeptQuestion) -> str:
    """All the words of a kept question, in every language."""
    question = question_of(kept)
    texts = [question.text, question.help, *(one.text for one in (*question.options, *question.rows))]
    return " ".join([kept.name, *(text for one in texts for text in one.values())]).casefold()


def kept_question(pk: int) -> KeptQuestion:
    found = KeptQuestion.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _plain(question: Question) -> object:
    """As a database gives it back."""
    return msgspec.json.decode(msgspec.json.encode(question))


def question_of(kept: KeptQuestion) -> Question:
    return msgspec.convert(kept.question, Question)

"""Whom answers can be about: us, and the register of competitors."""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from premura.core.errors import Conflict
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.loop.listen.models import Subject

# Asked before every count of cells: the ORM takes longer to write it than the cells to answer
_US = "SELECT id FROM listen_subject WHERE is_us ORDER BY id LIMIT 1"


def us() -> int:
    """The id of our own company among those that answers are about; -1, which none has, where it is not there yet."""
    with connection.cursor() as cursor:
        cursor.execute(_US)
        found = cursor.fetchone()
    return int(found[0]) if found else -1


def add_competitor(name: str, *, by: Person) -> Subject:
    """Write down a competitor; ``Conflict`` where the name is taken. History keeps the id, never the name."""
    return _saved(Subject(name=name.strip()), "competitor.added", by)


def rename_competitor(subject: Subject, name: str, *, by: Person) -> Subject:
    """Correct a name; the answers stay where they are. ``Conflict`` where the name is taken."""
    subject.name = name.strip()
    return _saved(subject, "competitor.renamed", by)


def _saved(subject: Subject, event: str, by: Person) -> Subject:
    try:
        with transaction.atomic():
            subject.save()
            record(event, by=by, about=subject)
    except IntegrityError as error:
        raise Conflict(
            "competitor-name-taken",
            _("“%(name)s” is already in the register. Choose another name, or look for it in the list.")
            % {"name": subject.name},
        ) from error
    return subject

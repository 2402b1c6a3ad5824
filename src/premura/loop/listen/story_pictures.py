"""Pictures of stories: kept with the teller's yes to this very picture, for what the story may be used for, no longer.

Each is made anew before it is kept, so that it says nothing of the place, the day or the camera.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from premura.core.errors import Conflict, NotFound, PremuraError
from premura.core.history.history import record
from premura.core.staff.models import Person
from premura.core.words import on_one_line
from premura.loop.listen.models import Story, StoryPicture
from premura.loop.listen.pictures import NotTakenError
from premura.loop.listen.uploads import keep_file, remove_files

MOST_PICTURES = 5


def add_picture(
    story: Story, content: bytes, *, shows: str, how: str, by: Person, at: datetime | None = None
) -> StoryPicture:
    """Keep a picture that the teller agrees to, ``how`` they said so, and what it ``shows`` for who cannot see it."""
    at, shows, how = at or timezone.now(), on_one_line(shows), on_one_line(how)
    if not shows or not how:
        raise PremuraError(
            "consent-needed", _("Say what the picture shows, and how and when its teller said yes to it.")
        )
    reference = _kept(content)
    with transaction.atomic():
        row = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
        if row.withdrawn_at is not None:
            raise Conflict("withdrawn", _("This story was taken back: ask for it anew."))
        if row.pictures.count() >= MOST_PICTURES:
            raise PremuraError("too-many-pictures", _("A story has at most %(n)s pictures.") % {"n": MOST_PICTURES})
        picture = StoryPicture.objects.create(
            story=row, reference=reference, shows=shows[:200], how=how[:200], added_at=at, added_by=by
        )
        _record("story.pictured", row, by, at)
    return picture


def _kept(content: bytes) -> str:
    try:
        return keep_file(content, only_pictures=True)
    except NotTakenError as error:
        words = {
            "file-too-large": _("This picture is larger than 12 MB: choose a smaller one."),
            "too-many-pixels": _("This picture is larger than 50 megapixels: choose a smaller one."),
        }
        known = words.get(error.code, _("This is no picture that can be kept: choose a JPEG, PNG or WebP."))
        raise PremuraError(error.code, known) from error


def remove_picture(picture: StoryPicture, *, by: Person, at: datetime | None = None) -> None:
    """The picture and its file go; the story stays."""
    with transaction.atomic():
        picture.delete()
        remove_files({picture.reference})
        _record("story.picture-removed", picture.story, by, at or timezone.now())


def drop_pictures(story: Story) -> None:
    """All of a story that is taken back; part of the caller's transaction."""
    rows = StoryPicture.objects.filter(story=story)
    references = set(rows.values_list("reference", flat=True))
    rows.delete()
    remove_files(references)


def picture_of(story: Story, pk: int) -> StoryPicture:
    """The picture, where it belongs to ``story``, which came through its own door. One query."""
    picture = StoryPicture.objects.select_related("story").filter(story=story, pk=pk).first()
    if picture is None:
        raise NotFound
    return picture


def _record(name: str, story: Story, by: Person, at: datetime) -> None:
    record(name, by=by, about=story, customer=story.customer, location=story.location, at=at)

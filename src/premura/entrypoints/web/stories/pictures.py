"""Pictures of stories: brought by us, seen by us and by the teller, and gone at a word of either."""

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from premura.core.errors import Conflict, PremuraError
from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import StaffRequest, open_to_all, signed_in
from premura.entrypoints.web.listening.kept_files import kept_file
from premura.entrypoints.web.stories.forms import PictureForm
from premura.entrypoints.web.stories.views import story_page
from premura.loop.listen.models import StoryPicture
from premura.loop.listen.pictures import FILE_LIMIT
from premura.loop.listen.stories import story_for, story_of_token
from premura.loop.listen.story_pictures import add_picture, picture_of, remove_picture


@signed_in(Ability.ASK)
@require_POST
def story_pictures(request: StaffRequest, pk: int) -> HttpResponse:
    found, form = story_for(request.user, pk), PictureForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            # One byte more than is taken is enough to be refused for it
            content = sent["picture"].read(FILE_LIMIT + 1)
            add_picture(found, content, shows=sent["shows"], how=sent["how"], by=request.user)
        except Conflict:
            raise
        except PremuraError as error:
            form.add_error("picture", str(error))
        else:
            messages.success(request, _("Kept, for what the story may be used for."))
            return redirect("story", pk=pk)
    return story_page(request, found, picture_form=form)


@signed_in(Ability.SEE_INSIGHTS)
@require_safe
def story_picture(request: StaffRequest, pk: int, picture: int) -> FileResponse:
    return _file(picture_of(story_for(request.user, pk), picture))


@signed_in(Ability.ASK)
@require_POST
def story_picture_removal(request: StaffRequest, pk: int, picture: int) -> HttpResponse:
    remove_picture(picture_of(story_for(request.user, pk), picture), by=request.user)
    messages.success(request, _("The picture is gone here. Take it down wherever it is shown."))
    return redirect("story", pk=pk)


@open_to_all
@never_cache
@require_safe
def story_own_picture(request: HttpRequest, token: str, picture: int) -> FileResponse:
    """The teller sees what we keep of them."""
    return _file(picture_of(story_of_token(token), picture))


def _file(picture: StoryPicture) -> FileResponse:
    return kept_file(picture.reference, f"story-{picture.story_id}-{picture.pk}")

"""Stories: who told what, what it may be used for; and the page on which the teller takes it back."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from premura.core.customers.models import Customer
from premura.core.errors import PremuraError
from premura.core.staff.roles import Ability
from premura.core.staff.scope import seen_by
from premura.entrypoints.web.door import StaffRequest, open_to_all, signed_in
from premura.entrypoints.web.insights.tables import as_csv
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.entrypoints.web.stories.forms import ConsentForm, PictureForm, StoryForm
from premura.loop.listen.models import Story, StoryPicture
from premura.loop.listen.stories import (
    USES,
    add_story,
    allow,
    own_address,
    stories_for,
    story_for,
    story_of_token,
    withdraw_story,
)

PAGE = 30


def use_names() -> dict[str, str]:
    return {"site": _("web site"), "print": _("print"), "training": _("training of our people")}


def uses_of(story: Story) -> list[str]:
    return [name for use, name in use_names().items() if getattr(story, USES[use])]


@signed_in(Ability.SEE_INSIGHTS)
def stories(request: StaffRequest) -> HttpResponse:
    uses = [(use, _("for: %(use)s") % {"use": name}) for use, name in use_names().items()]
    sentence = Sentence.from_query(
        _("Stories %(use)s"),
        request.GET,
        Choice("use", _("What for"), [("", _("for anything")), *uses, ("withdrawn", _("that were taken back"))]),
    )
    use = sentence["use"]
    page = Paginator(stories_for(request.user, use, withdrawn=use == "withdrawn"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "sentence": sentence,
        "page": page,
        "lines": [(story, uses_of(story)) for story in page],
        "tabs": area_tabs("stories") if request.user.may(Ability.ASK) else [],
    }
    return render(request, "stories/stories.html", context)


@signed_in(Ability.SEE_INSIGHTS)
@require_safe
def stories_file(request: StaffRequest) -> HttpResponse:
    """The stories that may be used now, for one use, as CSV: a file is as old as the day it was made."""
    use = request.GET.get("use", "")
    rows = [
        [_("Who tells it"), _("The story in their words"), _("Place"), _("Told"), _("May be used for"), _("Pictures")]
    ]
    for story in stories_for(request.user, use):
        row = [story.teller, story.words, story.location or "", story.told_at.date(), ", ".join(uses_of(story))]
        row.append(" ".join(f"{settings.ADDRESS}{_picture_path(one)}" for one in story.pictures.all()))
        rows.append([str(cell) for cell in row])
    return as_csv(rows, "stories" + ("-" + use if use in USES else ""))


def _picture_path(picture: StoryPicture) -> str:
    return reverse("story-picture", args=[picture.story_id, picture.pk])


@signed_in(Ability.ASK)
def story_new(request: StaffRequest) -> HttpResponse:
    pk = request.GET.get("customer", "")
    customer: Customer | None = seen_by(request.user, Customer.objects.all(), pk=int(pk)) if pk.isdecimal() else None
    initial = {"teller": customer.name, "location": customer.location} if customer else {}
    form = StoryForm(request.POST or None, person=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            made = add_story(
                sent["teller"],
                sent["words"],
                uses=sent["uses"],
                how=sent["how"],
                by=request.user,
                customer=customer,
                location=sent["location"],
            )
        except PremuraError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down. Give its teller the address on which they can take it back."))
            return redirect("story", pk=made.pk)
    context = {"form": form, "customer": customer}
    return render(request, "stories/story_new.html", context, status=422 if form.errors else 200)


@signed_in(Ability.SEE_INSIGHTS)
@require_safe
def story(request: StaffRequest, pk: int) -> HttpResponse:
    return story_page(request, story_for(request.user, pk))


def story_page(
    request: StaffRequest, found: Story, form: ConsentForm | None = None, picture_form: PictureForm | None = None
) -> HttpResponse:
    """The page of one story; a form is one that was refused."""
    names = use_names()
    allowed = [use for use, column in USES.items() if getattr(found, column)]
    consents = found.consents.select_related("written_by")
    context = {
        "story": found,
        "uses": uses_of(found),
        "consents": [(row, [names[use] for use in row.uses if use in names]) for row in consents][::-1],
        "address": "" if found.withdrawn_at else own_address(found),
        "form": form or ConsentForm(initial={"uses": allowed}),
        "pictures": found.pictures.all(),
        "picture_form": picture_form or PictureForm(auto_id="picture_%s"),
    }
    return render(request, "stories/story.html", context, status=422 if form or picture_form else 200)


@signed_in(Ability.ASK)
@require_POST
def story_consent(request: StaffRequest, pk: int) -> HttpResponse:
    """What the teller allows from now on."""
    found, form = story_for(request.user, pk), ConsentForm(request.POST)
    if not form.is_valid():
        return story_page(request, found, form)
    allow(found, form.cleaned_data["uses"], form.cleaned_data["how"], by=request.user)
    messages.success(request, _("Kept. It holds from now on."))
    return redirect("story", pk=pk)


@signed_in(Ability.ASK)
@require_POST
def story_withdrawal(request: StaffRequest, pk: int) -> HttpResponse:
    """The teller told us that they take it back."""
    found = story_for(request.user, pk)
    withdraw_story(found, _("told to us"), by=request.user)
    messages.success(request, _("Taken back: the words are gone here. Take them down wherever they are shown."))
    return redirect(f"{reverse('stories')}?use=withdrawn")


@open_to_all
@never_cache
def story_own(request: HttpRequest, token: str) -> HttpResponse:
    """The teller's page. Looking changes nothing; the button takes the story back, at once and for good."""
    found = story_of_token(token)
    if request.method == "POST":
        withdraw_story(found, _("on the teller's own page"), by=None)
        return redirect("story-own", token=token)
    response = render(request, "stories/story_own.html", {"story": found, "uses": uses_of(found), "token": token})
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response

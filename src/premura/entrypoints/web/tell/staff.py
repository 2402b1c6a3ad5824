"""What came in by the always-open page, and the code and the sheets that lead there."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.company import the_company
from premura.core.company.models import Location
from premura.core.errors import NotFound
from premura.core.languages import CODES, SURVEY_LANGUAGES
from premura.core.staff.roles import Ability
from premura.entrypoints.web.customers.forms import places_of
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.listening.codes import qr_inline
from premura.entrypoints.web.listening.programmes import area_tabs
from premura.entrypoints.web.prints.posters import PRINTS, Invite
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.links import reaches_only_this_machine
from premura.loop.listen.open_page import ABOUT, CONTACT, WORDS, Told
from premura.loop.listen.open_page_reads import counts_of_told, told_by
from premura.loop.recover.models import Case

PAGE = 30
_CHIPS = {Told.PRAISE: "good", Told.COMPLAINT: "bad", Told.SUGGESTION: "quiet", Told.BARRIER: "waiting"}


def tell_link(place: Location | None = None, channel: str = "") -> str:
    """The whole address of the always-open page, as a telephone needs it."""
    said = {"at": place.code if place else "", "via": channel}
    query = urlencode({name: value for name, value in said.items() if value})
    return f"{settings.ADDRESS}{reverse('tell')}{'?' if query else ''}{query}"


@signed_in(Ability.SEE_INSIGHTS)
def open_page(request: StaffRequest) -> HttpResponse:
    """How many of each kind lately, the words, and the way there."""
    sentence = _sentence(request)
    place = places_of(request.user).filter(code=sentence["at"]).first() if sentence["at"] else None
    rows = told_by(request.user, told=sentence["told"], location=place, days=int(sentence["period"] or 0) or None)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    cases = {case.response_id: case for case in Case.objects.filter(response__in=[row.pk for row in page])}
    since = timezone.now() - timedelta(days=90)
    context = {
        "sentence": sentence,
        "page": page,
        "lines": [_line(row, cases) for row in page],
        "counts": [(_names()[told], n) for told, n in counts_of_told(request.user, since=since).items()],
        "link": tell_link(place),
        "code": qr_inline(tell_link(place, Channel.QR)),
        "query": urlencode({"at": place.code if place else "", "lang": sentence["lang"]}),
        "only_here": reaches_only_this_machine(),
        "tabs": area_tabs("open-page") if request.user.may(Ability.ASK) else [],
    }
    return render(request, "tell/open_page.html", context)


def _line(row: Any, cases: dict[Any, Case]) -> dict[str, Any]:
    answers = {answer.question: answer for answer in row.answers.all()}
    told = Told(answers[ABOUT].choices[0])
    return {
        "row": row,
        "kind": _CHIPS[told],
        "label": told.label,
        "text": answers[WORDS].text if WORDS in answers else "",
        "is_known": CONTACT in answers,
        "case": cases.get(row.pk),
    }


def _names() -> dict[Told, str]:
    return {
        Told.PRAISE: _("Praise"),
        Told.COMPLAINT: _("Complaints"),
        Told.SUGGESTION: _("Suggestions"),
        Told.BARRIER: _("Barriers"),
    }


def _sentence(request: StaffRequest) -> Sentence:
    kinds = [("", _("Everything")), *((told.value, name) for told, name in _names().items())]
    places = [(place.code, _("in %(place)s") % {"place": place.name}) for place in places_of(request.user)]
    periods = [("90", _("in the last 90 days")), ("365", _("in the last 12 months")), ("", _("at any time"))]
    languages = [(one.code, _("in %(language)s") % {"language": one.within}) for one in SURVEY_LANGUAGES]
    return Sentence.from_query(
        _("%(told)s %(at)s, %(period)s; the sheets %(lang)s"),
        request.GET,
        Choice("told", _("What"), kinds),
        Choice("at", _("Place"), [("", _("anywhere")), *places]),
        Choice("period", _("Period"), periods, "90"),
        Choice("lang", _("Language"), languages, request.user.language),
    )


@signed_in(Ability.ASK)
def open_page_sheet(request: StaffRequest, kind: str) -> HttpResponse:
    """A poster, a tent or cards with the code of the page."""
    if kind not in PRINTS:
        raise NotFound
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in CODES else "it"
    code = request.GET.get("at", "")
    place = places_of(request.user).filter(code=code).first() if code else None
    content = PRINTS[kind](_invite(place, language), timezone.now())
    name = "-".join(filter(None, ["always-open", kind, place.code if place else "", language]))
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _invite(place: Location | None, language: str) -> Invite:
    company, bare = the_company(), urlsplit(tell_link())
    with translation.override(language):
        return Invite(
            company=company.name if company else "",
            title=_("Tell us what you think"),
            intro=_("Praise, a complaint, an idea: whenever you like."),
            promise=_("No account, nothing to install; anonymous unless you say who you are."),
            place=place.name if place else "",
            link=tell_link(place, Channel.QR),
            address=f"{bare.netloc}{bare.path}",
            language=language,
        )

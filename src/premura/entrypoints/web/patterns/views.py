"""The pattern page: every component with data that look real, in both languages and both colour schemes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from premura.core.staff.roles import Ability
from premura.entrypoints.web.door import signed_in
from premura.entrypoints.web.patterns.examples import examples

LANGUAGES = ("it", "en")
THEMES = ("light", "dark")


@signed_in(Ability.SEE)
def patterns(request: HttpRequest) -> HttpResponse:
    """In the reader's language and scheme; ``?all`` shows both languages and both schemes below each other."""
    now = timezone.localtime()
    if "all" not in request.GET:
        return render(request, "patterns/patterns.html", {"now": now, **examples(request, now)})
    boards = [_board(request, language, theme) for language in LANGUAGES for theme in THEMES]
    return render(request, "patterns/all.html", {"now": now, "boards": boards})


def _board(request: HttpRequest, language: str, theme: str) -> dict[str, str | SafeString]:
    now = timezone.localtime()
    with translation.override(language):
        context = {"now": now, **examples(request, now, key=f"{language}-{theme}")}
        html = render_to_string("patterns/components.html", context, request)
    return {"language": language, "theme": theme, "html": html}

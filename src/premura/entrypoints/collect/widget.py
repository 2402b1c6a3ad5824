"""The script for a company's web site: when it asks is said in the tag, in the survey's languages."""

from functools import cache

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from premura.entrypoints.collect.rendering import asset


@cache
def widget_script(languages: tuple[str, ...]) -> bytes:
    """One script without cookies, which loads nothing until the survey is shown; under 10 kB with gzip."""
    words = {}
    for language in languages:
        with translation.override(language):
            words[language] = {
                "open": _("Tell us how it went"),
                "close": _("Close"),
                "title": _("Short survey"),
                "later": _("Not now"),
            }
    return asset("widget.js").replace("__WORDS__", msgspec.json.encode(words).decode()).encode()

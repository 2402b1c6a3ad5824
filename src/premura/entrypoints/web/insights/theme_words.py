"""A theme that rises, in words: how often it comes now, and how often it came before."""

from django.urls import reverse
from django.utils.translation import gettext as _

from premura.entrypoints.web.wording import number
from premura.loop.understand.models import Theme
from premura.loop.understand.theme_making import BEFORE_DAYS, NEW_DAYS
from premura.loop.understand.theme_reads import Risen
from premura.stats.intervals import wilson


def rise_words(risen: Risen) -> str:
    """How often it comes now, and how often it came before: the base rate, with intervals."""
    rise = risen.rise
    told = _(
        "%(n)s of %(of)s comments in the last %(days)s days: %(share)s. In the %(weeks)s weeks before: %(n_before)s of "
        "%(of_before)s, %(share_before)s."
    )
    return told % {
        "n": rise.comments,
        "of": rise.of,
        "days": NEW_DAYS,
        "weeks": BEFORE_DAYS // 7,
        "share": _rate(rise.comments, rise.of),
        "n_before": rise.comments_before,
        "of_before": rise.of_before,
        "share_before": _rate(rise.comments_before, rise.of_before),
    }


def _rate(n: int, of: int) -> str:
    low, high = wilson(n, of)
    shown = [number(round(100 * each, 1)) for each in (n / of, low, high)]
    return _("%(share)s%% (from %(low)s to %(high)s)") % dict(zip(("share", "low", "high"), shown, strict=True))


def theme_url(theme: Theme) -> str:
    """The comments of the days in which it rose."""
    return f"{reverse('comments')}?period=30&order=latest&theme={theme.pk}"

"""What public pages that take words have in common: a key of the form, a trap for programs, a limit of how often."""

import time
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from premura.core.channels import Channel
from premura.core.company.models import Location
from premura.core.limits import RateLimit, caller

#: A shop's customers may share one address; a machine is told to wait
_LIMIT = RateLimit(burst=20, per_second=0.1)
TRAP = "website"


def waits(request: HttpRequest, page: str) -> int:
    """0 when one more from this caller is welcome (and counted), else how many seconds to wait."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", ""))
    return _LIMIT.wait_seconds(caller(peer, forwarded), page, time.monotonic())


def place_of(request: HttpRequest) -> Location | None:
    """The place that the link names, if it is one of ours and open."""
    code = request.POST.get("at") or request.GET.get("at", "")
    return Location.objects.filter(code=code[:60], is_imported=False, closed_on__isnull=True).first() if code else None


def channel_of(request: HttpRequest) -> str:
    return Channel.QR if (request.POST.get("via") or request.GET.get("via")) == Channel.QR else Channel.WEB


class PublicForm(forms.Form):
    """``key`` makes a double click count once; ``website`` stays empty of everybody who sees the page."""

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["key"].initial = uuid4().hex

    @property
    def shown(self) -> list[Any]:
        """What people fill in."""
        return [bound for bound in self if bound.name not in ("key", TRAP)]

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get(TRAP):
            self.add_error(
                None,
                _(
                    "A hidden field that must stay empty was filled in, perhaps by your browser. It is empty again: "
                    "please press Send."
                ),
            )
            self.data = {**dict(self.data.items()), TRAP: ""}
        return found


F = TypeVar("F", bound=PublicForm)


def refused(form: F, seconds: int) -> F:
    """The form with everything that was typed and when to press again."""
    form.is_valid()
    said = _("A lot came from this connection at once. Nothing is lost: please press Send again in %(n)s seconds.")
    form.add_error(None, said % {"n": seconds})
    return form

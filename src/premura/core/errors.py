"""The one family of errors that people see: a stable code, a sentence in their language, an HTTP status."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PremuraError(Exception):
    """Something was refused. ``message`` says what happened, why, and what to do."""

    status = 400

    def __init__(self, code: str, message: str | Promise, **data: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.data = data

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(PremuraError):
    """The person may not do this; says who may."""

    status = 403


class NotFound(PremuraError):
    """The object does not exist, or not for this person: the answer is the same, so that nobody can probe."""

    status = 404

    def __init__(self, code: str = "not-found", message: str | Promise = "", **data: Any) -> None:
        super().__init__(code, message or _("There is nothing at this address, or it is not yours to see."), **data)


class Conflict(PremuraError):
    """Somebody else was faster, or the state no longer allows it; nothing was changed."""

    status = 409

"""The sentences of the collector that belong to no single question, in the language that is active."""

from django.utils.translation import gettext as _

from premura.entrypoints.collect.incoming import FORM


def missing() -> str:
    return _("There is no survey at this address.")


def closed() -> str:
    return _("This survey is closed and takes no more answers.")


def by_invitation() -> str:
    return _("This survey takes a personal link, and this one is none of its. Nothing was saved.")


def answered() -> str:
    return _("With this personal link an answer was sent, and it counts once. Thank you.")


def too_large() -> str:
    return _("What was sent is larger than this survey allows, so nothing was saved.")


def unavailable() -> str:
    return _("Something on our side does not answer at the moment. Nothing was saved; please try again in a minute.")


def wrong_method() -> str:
    return _("A survey can be opened and answered, nothing else.")


def too_many() -> str:
    return _("Many answers came from this connection at once. Nothing is lost: please press Send again in a moment.")


def changed() -> str:
    return _(
        "The questions changed while you were answering. What you said is still here: please look through it "
        "and send again."
    )


def trap() -> str:
    return _(
        "A hidden field that must stay empty was filled in, perhaps by your browser. It is empty again: "
        "please press Send."
    )


def busy() -> str:
    return _(
        "Your answers have not been saved yet: we cannot take them just now. They are still here, "
        "please press Send again."
    )


def unsupported() -> str:
    return _("Answers are taken as %(form)s or application/json.") % {"form": FORM}


def bad_key() -> str:
    return _("Every submission needs a key of its own.")


def unknown_channel() -> str:
    return _("There is no such channel.")


def unreadable() -> str:
    return _("What was sent cannot be read as answers to a survey, so nothing was saved.")


# What is wrong with a request as a whole, by the page that tells it
KINDS = {
    "missing": missing,
    "closed": closed,
    "by-invitation": by_invitation,
    "answered": answered,
    "too-large": too_large,
    "unavailable": unavailable,
    "busy": busy,
    "method": wrong_method,
    "unreadable": unreadable,
}
# What is wrong with a body, by the code of its refusal
BODIES = {
    "unsupported-type": unsupported,
    "bad-key": bad_key,
    "unknown-channel": unknown_channel,
    "malformed": unreadable,
}

"""The sentences of the collector that belong to no single question, in the language that is active."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from premura.entrypoints.collect.fields import LONGEST, Wrong
from premura.entrypoints.collect.incoming import FORM, Fault


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


def key_reused() -> str:
    return _(
        "This key came before with other answers: those are kept, these were not saved. A key belongs to one filled-in "
        "survey: send these with a key of their own."
    )


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
# What is wrong with a body as a whole, by the code of its refusal
BODIES = {"unsupported-type": unsupported, "malformed": unreadable}

# Why a body as a whole cannot be read, and what to do, by the code of its fault
_FAULTS = {
    "no-json": gettext_lazy(
        "It is no JSON from byte %(detail)s on: perhaps a quotation mark or a comma is missing, or it says NaN."
    ),
    "cut-off": gettext_lazy("It ends in the middle of its JSON: please send it whole."),
    "no-utf-8": gettext_lazy("Its letters are not written in UTF-8, as JSON wants them."),
    "too-deep": gettext_lazy("Its lists stand in one another deeper than any answer does."),
    "out-of-range": gettext_lazy("A number in it is too large."),
    "no-object": gettext_lazy("It takes an object with “key” and “answers”."),
    "twice": gettext_lazy("The name “%(detail)s” stands in it twice, and it is not known which is meant."),
    "many-fields": gettext_lazy("A form takes at most %(detail)s fields."),
    "no-parts": gettext_lazy("The parts of the form cannot be told from one another."),
}

# What a field takes, by the code of what is wrong with it
_TAKES = {
    "missing-field": gettext_lazy("Every submission needs it."),
    "unknown-field": gettext_lazy(
        "No such field is known: perhaps it is spelt differently, or belongs into “answers”."
    ),
    "bad-key": gettext_lazy(
        "It takes 1 to 64 letters without accents, digits and the signs -_.:~ as text, another one for each submission."
    ),
    "bad-answers": gettext_lazy(
        "It takes an object: the code of each question, and a value of the kind that the question takes."
    ),
    "bad-language": gettext_lazy(
        "It takes the code of a language as text, such as “it” or “en-GB”, or may be left out."
    ),
    "unknown-language": gettext_lazy("This survey is asked in: %(detail)s."),
    "bad-location": gettext_lazy(
        "It takes the code of a place as text: 1 to 60 letters without accents, digits, - and _. It may be left out."
    ),
    "bad-token": gettext_lazy(
        "It takes what stands after “i=” in a personal link: up to 40 letters, digits, - and _ as text. "
        "Without a personal link it is left out."
    ),
    "bad-channel": gettext_lazy("It takes a text, or may be left out."),
    "unknown-channel": gettext_lazy("There is no such channel. Known are: %(detail)s."),
    "bad-fields": gettext_lazy(
        "Its name takes small letters, digits and _, its value up to 80 letters without accents, digits and the signs "
        "-_.~ as text."
    ),
    "too-many-fields": gettext_lazy("It takes at most %(detail)s."),
    "unasked-field": gettext_lazy("This survey does not ask for it. It asks for: %(detail)s."),
    "bad-version": gettext_lazy("It takes the whole number that the page shows, or may be left out."),
    "bad-seconds": gettext_lazy("It takes a number from 0 to %(longest)s, or may be left out."),
}


def field_sentence(wrong: Wrong) -> str:
    """What is wrong with a field, why, and what to do."""
    takes = str(_TAKES[wrong.code]) % {"detail": wrong.detail or "–", "longest": LONGEST}
    words = {"field": f"{wrong.field}.{wrong.question}" if wrong.question else wrong.field, "takes": takes}
    if wrong.code == "missing-field":
        return _("“%(field)s” is missing. %(takes)s") % words
    return _("“%(field)s” cannot be used as it was sent. %(takes)s") % words


def fault_sentence(fault: Fault) -> str:
    return str(_FAULTS[fault.code]) % {"detail": fault.detail}


def bad_body() -> str:
    return _("Nothing was saved. Please correct it and send it again.")

"""The kinds of question as the editor offers them: in groups, each with a name and a line of help."""

from django.utils.translation import gettext as _


def kind_groups() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Group, then kind, name and when to use it."""
    return [
        (_("Measures"), _measures()),
        (_("Choices"), _choices()),
        (_("Own words and facts"), _words()),
        (_("For a closer look"), _closer()),
    ]


def _measures() -> list[tuple[str, str, str]]:
    return [
        ("nps", _("Would they recommend us? (0 to 10)"), _("The loyalty question. One in a survey is enough.")),
        ("csat", _("How satisfied? (1 to 5)"), _("About one thing that happened: words, stars, faces or numbers.")),
        ("ces", _("Was it easy? (1 to 7)"), _("The effort score, version 2.0: more is easier.")),
        ("solution", _("Was the solution found, and how?"), _("Yes, partly, no, with room for how.")),
        ("emotion", _("How did they feel?"), _("Seven emotions, each a little, quite or very much.")),
    ]


def _choices() -> list[tuple[str, str, str]]:
    return [
        ("single", _("One choice"), _("Up to about seven options; «other» in their own words if you like.")),
        ("multiple", _("Several choices"), _("Whatever applies.")),
        ("yesno", _("Yes or no"), _("The quickest question there is.")),
        ("list", _("One from a long list"), _("Up to 300: a place, a product. It can be searched.")),
        ("ranking", _("Put in order"), _("What matters most; no more than seven.")),
    ]


def _words() -> list[tuple[str, str, str]]:
    return [
        ("text", _("In their own words"), _("One open question at the end says more than five scales.")),
        ("line", _("A short text"), _("A number of an order, a plate; with a pattern if you like.")),
        ("number", _("A number"), _("Minutes, pieces, euros; with limits if you like.")),
        ("date", _("A day"), _("When it happened.")),
        ("slider", _("A number on a scale"), _("From 0 to 100, for shares and degrees.")),
        ("contact", _("How to reach them"), _("Name, e-mail, phone: kept only with their consent.")),
        ("photo", _("A photo or a file"), _("What is broken, a receipt: a photo or a PDF.")),
        ("signature", _("A signature"), _("Drawn with a finger, or a typed name.")),
        ("statement", _("A text without a question"), _("To introduce what follows.")),
    ]


def _closer() -> list[tuple[str, str, str]]:
    return [
        ("likert", _("Agree or disagree (1 to 5)"), _("One sentence about us.")),
        ("matrix", _("Several sentences, one scale"), _("A table: no more than seven rows, or people tick in a line.")),
        ("pair", _("Expected and found (1 to 7)"), _("The same sentence about an excellent company and about us.")),
        (
            "kano",
            _("With it and without it (Kano)"),
            _("Whether a feature delights, satisfies or is taken for granted."),
        ),
    ]


def kind_names() -> dict[str, str]:
    return {kind: name for _group, kinds in kind_groups() for kind, name, _help in kinds}

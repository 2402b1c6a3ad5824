"""The words of the scales: what a score means, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from premura.core.i18n import in_language
from premura.loop.listen.kinds import SCALES
from premura.loop.listen.marks import ends_of
from premura.loop.listen.questions import Question

# Kinds whose every score has words of its own
_WORDED = frozenset({"csat", "kano", "emotion"})


def score_labels(kind: str, scale: str = "") -> list[tuple[int, str]]:
    """Each score of the scale with its label, lowest first; empty for a kind without scores.

    ``scale`` is the question's own where its kind may have several.
    """
    span = ends_of(scale) or SCALES.get(kind)
    if span is None or kind not in SCALES:
        return []
    low, high = span
    words = _words(kind) if (low, high) == SCALES[kind] else []
    labels = words or [str(score) for score in range(low, high + 1)]
    return list(zip(range(low, high + 1), labels, strict=True))


def _words(kind: str) -> list[str]:
    if kind == "csat":
        return _satisfaction()
    if kind in {"likert", "matrix"}:
        return _agreement()
    if kind == "kano":
        return _feelings()
    return _intensities() if kind == "emotion" else []


def ends(kind: str) -> tuple[str, str]:
    """What the two ends of a scale of bare numbers mean; empty where every score has words of its own."""
    if kind == "nps":
        return _("not at all likely"), _("extremely likely")
    if kind in {"ces", "pair", "likert", "matrix"}:
        return _("strongly disagree"), _("strongly agree")
    return "", ""


def ends_for(question: Question, language: str | None = None) -> tuple[str, str]:
    """The author's words for the two ends, else the usual ones."""
    low, high = in_language(question.low_text, language), in_language(question.high_text, language)
    if low or high:
        return low, high
    if question.kind == "csat" and question.look:
        return _("not satisfied at all"), _("very satisfied")
    return ends(question.kind)


def score_in_words(kind: str, score: int, scale: str = "") -> str:
    """«8 of 10» and the like, with the meaning where the scale has words.

    ``score`` of another scale than the kind's own (an imported one) stays a bare number.
    """
    labels = dict(score_labels(kind, scale))
    if score not in labels:
        return str(score)
    if kind in {"kano", "emotion"}:
        return labels[score]
    high = max(labels)
    if labels[score] == str(score):
        return _("%(score)s of %(high)s") % {"score": score, "high": high}
    return _("%(score)s of %(high)s: %(meaning)s") % {"score": score, "high": high, "meaning": labels[score]}


def part_in_words(question: Question | None, kind: str, part: str, language: str | None = None) -> str:
    """What a row is called: of a matrix as its author wrote it, of the others in the field's words."""
    if question is not None and kind == "matrix":
        return next((in_language(row.text, language) for row in question.rows if row.code == part), part)
    return part_names(kind).get(part, part)


def part_names(kind: str) -> dict[str, str]:
    """The names of the rows that are the same in every survey."""
    if kind == "pair":
        return {
            "expectation": pgettext("pair", "What you may expect of an excellent company"),
            "perception": pgettext("pair", "What you found with us"),
        }
    if kind == "kano":
        return {
            "functional": pgettext("kano", "If it is there"),
            "dysfunctional": pgettext("kano", "If it is not there"),
        }
    if kind == "emotion":
        return {
            "joy": pgettext("emotion", "Joy"),
            "relief": pgettext("emotion", "Relief"),
            "surprise": pgettext("emotion", "Surprise"),
            "confusion": pgettext("emotion", "Confusion"),
            "worry": pgettext("emotion", "Worry"),
            "disappointment": pgettext("emotion", "Disappointment"),
            "anger": pgettext("emotion", "Anger"),
        }
    return {}


def fixed_options(kind: str) -> dict[str, str]:
    """The options that are the same in every survey."""
    yes, no = pgettext("answer", "Yes"), pgettext("answer", "No")
    if kind == "yesno":
        return {"yes": yes, "no": no}
    return {"yes": yes, "partly": pgettext("answer", "Partly"), "no": no} if kind == "solution" else {}


def option_texts(question: Question, language: str | None = None) -> dict[str, str]:
    """Code → text of everything that may be chosen."""
    texts = fixed_options(question.kind) or {
        option.code: in_language(option.text, language) for option in question.options
    }
    for code in question.choice_codes:
        texts.setdefault(code, pgettext("answer", "Other"))
    return texts


def is_worded(kind: str, scale: str) -> bool:
    """Whether every score of the scale has words."""
    return kind in _WORDED or (kind in {"likert", "matrix"} and ends_of(scale) == SCALES[kind])


def _satisfaction() -> list[str]:
    return [
        _("Not satisfied at all"),
        _("Not very satisfied"),
        _("Neither satisfied nor dissatisfied"),
        _("Satisfied"),
        _("Very satisfied"),
    ]


def _agreement() -> list[str]:
    return [
        _("Strongly disagree"),
        _("Disagree"),
        _("Neither agree nor disagree"),
        _("Agree"),
        _("Strongly agree"),
    ]


def _feelings() -> list[str]:
    """Kano's five answers, in his order."""
    return [
        pgettext("kano", "I like it"),
        pgettext("kano", "I expect it"),
        pgettext("kano", "I do not mind"),
        pgettext("kano", "I can live with it"),
        pgettext("kano", "I dislike it"),
    ]


def _intensities() -> list[str]:
    return [pgettext("intensity", "a little"), pgettext("intensity", "quite"), pgettext("intensity", "very much")]

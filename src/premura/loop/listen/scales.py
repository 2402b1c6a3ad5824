"""The words of the scales: what a score means, in the reader's language."""

from django.utils.translation import gettext as _

from premura.loop.listen.definition import SCALES


def score_labels(kind: str) -> list[tuple[int, str]]:
    """Each score of the scale with its label, lowest first; empty for a kind without scores."""
    if kind not in SCALES:
        return []
    low, high = SCALES[kind]
    labels = _satisfaction() if kind == "csat" else [str(score) for score in range(low, high + 1)]
    return list(zip(range(low, high + 1), labels, strict=True))


def ends(kind: str) -> tuple[str, str]:
    """What the two ends of a scale of bare numbers mean; empty where every score has words of its own."""
    if kind == "nps":
        return _("not at all likely"), _("extremely likely")
    if kind == "ces":
        return _("strongly disagree"), _("strongly agree")
    return "", ""


def score_in_words(kind: str, score: int) -> str:
    """«8 of 10» and the like, with the meaning where the scale has words.

    ``score`` of another scale than the kind's own (an imported one) stays a bare number.
    """
    labels = dict(score_labels(kind))
    if score not in labels:
        return str(score)
    if kind == "csat":
        return _("%(score)s of %(high)s: %(meaning)s") % {"score": score, "high": 5, "meaning": labels[score]}
    return _("%(score)s of %(high)s") % {"score": score, "high": SCALES[kind][1]}


def _satisfaction() -> list[str]:
    return [
        _("Not satisfied at all"),
        _("Not very satisfied"),
        _("Neither satisfied nor dissatisfied"),
        _("Satisfied"),
        _("Very satisfied"),
    ]

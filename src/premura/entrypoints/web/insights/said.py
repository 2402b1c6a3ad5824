"""What was understood of a comment, in words: the choices of the sentence, the marks under a comment, the file."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from premura.core.errors import NotFound
from premura.core.ids import id_in
from premura.core.staff.models import Person
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.wording import Change
from premura.entrypoints.web.sentence import Choice, Sentence
from premura.loop.listen.models import Answer, Perspective
from premura.loop.understand.comment_reads import UNCERTAIN, Said, Spoken, Trend, judged, words_for
from premura.loop.understand.company_aspects import own_names
from premura.loop.understand.frames import ELEMENTS, ENCOUNTER, FRAMES, WHOLE_NAMES
from premura.loop.understand.models import Theme

SENTIMENTS = {
    "negative": pgettext_lazy("comment", "unhappy"),
    "mixed": pgettext_lazy("comment", "both good and bad"),
    "neutral": pgettext_lazy("comment", "neither good nor bad"),
    "positive": pgettext_lazy("comment", "happy"),
}
POLARITIES = {
    "negative": pgettext_lazy("polarity", "badly"),
    "neutral": pgettext_lazy("polarity", "without praise or blame"),
    "positive": pgettext_lazy("polarity", "well"),
}
ASPECTS = {
    "staff": pgettext_lazy("aspect", "staff"),
    "waiting": pgettext_lazy("aspect", "waiting"),
    "cleanliness": pgettext_lazy("aspect", "cleanliness"),
    "price": pgettext_lazy("aspect", "price"),
    "product": pgettext_lazy("aspect", "product"),
    "delivery": pgettext_lazy("aspect", "delivery"),
    "billing": pgettext_lazy("aspect", "billing"),
    "web_phone": pgettext_lazy("aspect", "web site and telephone"),
    "premises": pgettext_lazy("aspect", "comfort and premises"),
    "location": pgettext_lazy("aspect", "position"),
    "complaints": pgettext_lazy("aspect", "complaint handling"),
    "information": pgettext_lazy("aspect", "information"),
    "other_customers": pgettext_lazy("aspect", "other customers"),
    "amenities": pgettext_lazy("aspect", "services on offer"),
    "wifi": pgettext_lazy("aspect", "wi-fi"),
}
SIGNALS = {
    "contact": pgettext_lazy("signal", "asks to be called"),
    "leaving": pgettext_lazy("signal", "may leave us"),
    "urgent": pgettext_lazy("signal", "urgent"),
    "safety": pgettext_lazy("signal", "danger or injury"),
    "legal": pgettext_lazy("signal", "speaks of lawyers"),
    "praise_for_person": pgettext_lazy("signal", "praises a person"),
}
EMOTIONS = {
    "anger": pgettext_lazy("emotion", "anger"),
    "fear": pgettext_lazy("emotion", "fear"),
    "joy": pgettext_lazy("emotion", "joy"),
    "sadness": pgettext_lazy("emotion", "sadness"),
    "surprise": pgettext_lazy("emotion", "surprise"),
    "disgust": pgettext_lazy("emotion", "disgust"),
    "disappointment": pgettext_lazy("emotion", "disappointment"),
    "gratitude": pgettext_lazy("emotion", "gratitude"),
    "trust": pgettext_lazy("emotion", "trust"),
}
#: How the table puts together what comments speak of
FRAME_NAMES = {
    "": pgettext_lazy("frame of aspects", "Aspect by aspect"),
    ELEMENTS: pgettext_lazy("frame of aspects", "The seven elements"),
    ENCOUNTER: pgettext_lazy("frame of aspects", "The four parts of an encounter"),
}
READ = {"quick": pgettext_lazy("reading", "quickly"), "careful": pgettext_lazy("reading", "carefully")}
#: A file of more rows is opened by nobody; the period narrows it
MOST_ROWS = 10_000


def aspect_names() -> dict[str, Any]:
    """What every company's comments speak of, and what this one has them read for. One query."""
    return {**ASPECTS, **own_names()}


def said_in(given: Mapping[str, str]) -> Said:
    """What the address asks of the comments; what does not exist is :class:`NotFound`."""
    known: dict[str, Iterable[str]] = {
        "sentiment": (*SENTIMENTS, UNCERTAIN),
        "aspect": {**aspect_names(), **WHOLE_NAMES} if given.get("aspect") else (),
        "polarity": POLARITIES,
        "signal": SIGNALS,
        "emotion": EMOTIONS,
        "sample": ("1",),
        "theme": _themes(given.get("theme", "")),
    }
    asked = {name: given.get(name, "") for name in known}
    if any(value and value not in known[name] for name, value in asked.items()):
        raise NotFound
    return Said(**asked)


def frame_in(given: Mapping[str, str]) -> str:
    """The frame that the address asks for, none being aspect by aspect; what does not exist is :class:`NotFound`."""
    frame = given.get("frame", "")
    if frame not in FRAME_NAMES:
        raise NotFound
    return frame


def wholes_in(frame: str, said: Said) -> dict[str, Any]:
    """The names of the frame's wholes, and of the one that is asked for."""
    return {key: name for key, name in WHOLE_NAMES.items() if key in FRAMES.get(frame, ()) or key == said.aspect}


def _themes(pk: str) -> dict[str, str]:
    """The theme that is asked for, as a choice; no query where none is."""
    number = id_in(pk)
    found = Theme.objects.filter(pk=number, merged_into=None) if number is not None else []
    return {str(theme.pk): str(theme) for theme in found}


def with_said(sentence: Sentence, said: Said, names: Mapping[str, Any]) -> Sentence:
    """The sentence of the page with what the comments say; how an aspect is spoken of once one is chosen. ``names`` are
    those of the aspects.
    """
    sentiments = [("", _("happy or not")), *SENTIMENTS.items(), (UNCERTAIN, _("uncertain, to be read by a person"))]
    aspects = [
        ("", _("whatever they speak of")),
        *((key, _("about %s") % name) for key, name in names.items()),
    ]
    signals = [("", _("with or without a signal")), *((key, name) for key, name in SIGNALS.items())]
    emotions = [
        ("", _("whatever they feel")),
        *((key, pgettext("emotion", "with %s") % name) for key, name in EMOTIONS.items()),
    ]
    samples = [("", _("judged or not")), ("1", _("chosen for a person to judge"))]
    more = [
        Choice("sentiment", _("sentiment"), sentiments, said.sentiment),
        Choice("emotion", _("emotion"), emotions, said.emotion),
        Choice("aspect", _("what they speak of"), aspects, said.aspect),
        Choice("signal", _("signal"), signals, said.signal),
        Choice("sample", _("to be judged"), samples, said.sample),
    ]
    if said.theme:
        themes = [
            ("", _("of whatever theme")),
            *((pk, _("of the theme «%s»") % name) for pk, name in _themes(said.theme).items()),
        ]
        more.append(Choice("theme", _("theme"), themes, said.theme))
    if said.aspect:
        polarities = [("", _("well or badly")), *POLARITIES.items()]
        more.insert(3, Choice("polarity", _("how they speak of it"), polarities, said.polarity))
    text = ", ".join([sentence.text, *(f"%({choice.name})s" for choice in more)])
    choices = {name: _without_staff(each) for name, each in sentence.choices.items()}
    return Sentence(text, {**choices, **{each.name: each for each in more}}, sentence.kept)


def _without_staff(choice: Choice) -> Choice:
    """What colleagues wrote in confidence is read on no page: the sentence does not offer it."""
    options = [each for each in choice.options if each[0] != Perspective.STAFF]
    return (
        replace(choice, options=options) if choice.name == "perspective" and choice.value in dict(options) else choice
    )


@dataclass(frozen=True)
class HeatRow:
    """One line of the table of aspects: cells are (look, number, address), darker the larger share of all comments."""

    name: Any
    cells: list[tuple[str, int, str]]
    share: str
    is_few: bool
    blame: Change | None = None
    praise: Change | None = None
    #: The first that has too few comments says so for so many rows
    few_rows: int = 0


def heat_of(
    spoken: Sequence[Spoken],
    asked: Asked,
    least: int,
    names: Mapping[str, Any],
    trends: Mapping[str, Trend] | None = None,
) -> list[HeatRow]:
    """The table of aspects, each number leading to its comments; below ``least`` neither share nor change is said."""
    most = max((max(row.negative, row.neutral, row.positive) for row in spoken), default=1)
    rows = []
    few = [row for row in spoken if row.n < least]
    # Those that are too few come last, and it is said once for all of them
    for row in [*(row for row in spoken if row.n >= least), *few]:
        cells = []
        for polarity in POLARITIES:
            n: int = getattr(row, polarity)
            look = f"heat-{polarity} heat-{max(1, round(4 * n / most))}" if n else ""
            cells.append((look, n, asked.url("comments", aspect=row.aspect, polarity=polarity)))
        is_few = row.n < least
        name = names.get(row.aspect, row.aspect)
        changes = _changes(trends, row, least)
        rows.append(HeatRow(name, cells, _share_words(row), is_few, *changes, len(few) if row in few[:1] else 0))
    return rows


def _changes(trends: Mapping[str, Trend] | None, row: Spoken, least: int) -> tuple[Change | None, Change | None]:
    trend = (trends or {}).get(row.aspect)
    if trend is None or trend.blame.difference.n < 2 * least:
        return None, None
    blame = Change(trend.blame.difference, trend.p_blame, "percent", False)
    return blame, Change(trend.praise.difference, trend.p_praise, "percent", True)


def _share_words(row: Spoken) -> str:
    if row.praised is None:
        return ""
    low, high = row.interval
    told = {"share": round(100 * row.praised), "low": round(100 * low), "high": round(100 * high), "n": row.n}
    return _("%(share)s%% praise (from %(low)s to %(high)s, %(n)s comments)") % told


def as_rows(person: Person, answers: Iterable[Answer]) -> list[list[Any]]:
    """The comments as a table: the words as this person may read them, every judgement with its probability."""
    head = [_("Day"), _("Location"), _("Touchpoint"), _("Comment"), _("Sentiment"), _("Probability"), _("Uncertain")]
    names = aspect_names()
    rows: list[list[Any]] = [[*head, _("Aspects"), _("Emotions"), _("Signals"), _("Read")]]
    for answer in answers:
        found = judged(answer)
        place = answer.response.location
        told = [str(answer.response.answered_on), str(place or ""), str(answer.touchpoint or "")]
        row = [*told, words_for(person, answer)]
        if found:
            row += [str(SENTIMENTS.get(found["sentiment"], "")), found["p"], _("yes") if found["is_uncertain"] else ""]
            row += [
                "; ".join(
                    f"{names.get(aspect, aspect)}: {POLARITIES.get(polarity, polarity)} ({p:.2f})"
                    for aspect, polarity, p in found["aspects"]
                ),
                "; ".join(f"{EMOTIONS.get(label, label)} ({p:.2f})" for label, p in found["emotions"]),
                "; ".join(f"{SIGNALS.get(name, name)} ({p:.2f})" for name, p in found["signals"]),
                str(READ.get(found["tier"], found["tier"])),
            ]
        rows.append(row)
    return rows

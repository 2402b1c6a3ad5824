"""Expected and found (SERVQUAL): gaps by question, by dimension, overall and weighted; the weights."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from premura.core.staff.roles import Ability
from premura.entrypoints.web.charts import interval_chart
from premura.entrypoints.web.door import StaffRequest, signed_in
from premura.entrypoints.web.figures import Measure, Shown
from premura.entrypoints.web.insights.sentence import Asked
from premura.entrypoints.web.insights.tables import Cell
from premura.entrypoints.web.readings.drawn import Drawing, course_drawing, picture_of, with_pictures
from premura.entrypoints.web.readings.shown import (
    Making,
    address,
    asked_by,
    cells_of,
    change_cells,
    change_headings,
    change_of,
    compared_lines,
    drawn_lines,
    estimate_headings,
    file_of,
    page_context,
    wants_file,
    where,
)
from premura.entrypoints.web.readings.views import rows_url
from premura.loop.understand import reads
from premura.loop.understand.changes import QualityMoved, quality_moved
from premura.loop.understand.courses import course_of
from premura.loop.understand.metrics import ends_of
from premura.loop.understand.questions import DIMENSIONS, Item, QuestionBook, question_book
from premura.loop.understand.service_quality import (
    ServiceQuality,
    service_quality,
    weigh_dimensions,
    weights_decided,
    weights_of,
)

DIMENSION_NAMES = {
    "tangibles": gettext_lazy("what one sees"),
    "reliability": gettext_lazy("keeping one's word"),
    "responsiveness": gettext_lazy("promptness"),
    "assurance": gettext_lazy("competence and trust"),
    "empathy": gettext_lazy("attention to the person"),
}


class WeightsForm(forms.Form):
    """A hundred points over the five dimensions."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code in DIMENSIONS:
            self.fields[code] = forms.IntegerField(label=DIMENSION_NAMES[code], min_value=0, max_value=100)

    def clean(self) -> dict[str, Any]:
        data = cast(dict[str, Any], super().clean())
        if not self.errors and (points := sum(data[code] for code in DIMENSIONS)) != 100:
            raise forms.ValidationError(
                _("The points add up to %(points)s; share out exactly 100 over the five.") % {"points": points}
            )
        return data


@signed_in(Ability.SEE_INSIGHTS)
def servqual(request: StaffRequest) -> HttpResponse:
    """What customers expected, what they found, the gap."""
    return _servqual_page(request, None)


def _servqual_page(request: StaffRequest, form: WeightsForm | None) -> HttpResponse:
    asked, least, decision = asked_by(request), reads.minimum_n(), weights_decided()
    weights = weights_of(decision)
    found = service_quality(request.user, asked.window, least=least, weights=weights, **where(asked))
    moved = _moved(request, asked, found, least, weights)
    book = question_book()
    if kind := wants_file(request):
        return file_of(_servqual_cells(found, moved, book, asked), "servqual", asked.window, kind)
    drawings = _servqual_drawings(found, least) if found else []
    if picture := picture_of(request, drawings, "servqual", asked.window):
        return picture
    context = page_context(asked, "servqual", "period", "against", "location", "survey") | {
        "found": found,
        "drawn": found and found.drawn,
        "drawings": with_pictures(drawings, address(asked, "servqual")),
        "decision": decision,
        "form": form or WeightsForm(initial={code: int(weights.get(code, 20)) for code in DIMENSIONS}),
        "least": least,
    }
    if found:
        context |= _servqual_figures(found, moved, book, asked, least)
    return render(request, "readings/servqual.html", context, status=422 if form else 200)


def _moved(
    request: StaffRequest, asked: Asked, found: ServiceQuality | None, least: int, weights: Mapping[str, float]
) -> QualityMoved | None:
    """The same reading in the other time, of the same questionnaire; ``None`` where no other time is asked for. Its own
    course through time is shown to nobody.
    """
    if asked.versus is None or found is None:
        return None
    here = dict(where(asked)) | ({"survey": found.instrument} if found.instrument else {})
    before = service_quality(request.user, asked.versus, least=least, weights=weights, steps=(), **here)
    return quality_moved(found, before, least=least)


def _servqual_figures(
    found: ServiceQuality, moved: QualityMoved | None, book: QuestionBook, asked: Asked, least: int
) -> dict[str, Any]:
    ends = ends_of(found.scale)
    gap, level = Measure(_("gap"), "gap"), Measure(_("mean"), "mean")
    overall = Shown(Measure(_("Overall gap"), "gap", _("The plain mean of the five gaps.")), found.overall, least)
    weighted = found.weighted and Shown(
        Measure(_("Weighted gap"), "gap", _("Each dimension counts as much as it matters.")), found.weighted, least
    )
    dimensions: list[dict[str, Any]] = [
        {
            "row": row,
            "name": DIMENSION_NAMES[row.code],
            "expected": Shown(level, row.expected, least),
            "found": Shown(level, row.found, least),
            "gap": Shown(gap, row.gap, least),
            "change": change_of(moved.dimensions.get(row.code), "gap") if moved else None,
            "alpha": row.alpha and Shown(Measure(_("reliability"), "gap"), row.alpha, least),
        }
        for row in found.dimensions
    ]
    items = []
    for one in found.items:
        item = Item(one.question, "", found.scale, survey=one.survey)
        survey = found.instrument or None
        hrefs = [rows_url(asked, item, side=side, survey=survey) for side in ("expected", "found")]
        figures = {
            "expected": Shown(level, one.expected, least, href=hrefs[0]),
            "found": Shown(level, one.found, least, href=hrefs[1]),
            "gap": Shown(gap, one.gap, least),
            "change": change_of(moved.items.get((one.survey, one.question)), "gap") if moved else None,
        }
        items.append({"row": one, "name": book.text(item), "dimension": DIMENSION_NAMES[one.dimension], **figures})
    whole = {"overall_change": moved.overall, "weighted_change": moved.weighted} if moved else {}
    return {"ends": ends, "overall": overall, "weighted": weighted, "dimensions": dimensions, "items": items,
            "making": _servqual_making(found, moved, asked),
            **{name: change_of(one, "gap") for name, one in whole.items()}}  # fmt: skip


def _servqual_drawings(found: ServiceQuality, least: int) -> list[Drawing]:
    """The dimensions beside one another, and the overall gap month by month."""
    rows = [
        {"name": str(DIMENSION_NAMES[row.code]), "value": row.gap.value, "low": row.gap.low, "high": row.gap.high,
         "n": row.gap.n, "few": row.gap.n < least}
        for row in found.dimensions
    ]  # fmt: skip
    words = _(
        "Below zero: less than expected. People expect the best of everything, so compare dimensions with one another "
        "and over time."
    )
    spec = interval_chart(rows, unit="mean", title=_("gap"))
    drawings = [Drawing("main", _("The gap of each dimension"), words, spec)]
    course = course_of(found.through_time, found.step, least=least)
    if course.is_told:
        gap = Measure(_("Overall gap"), "mean")
        drawings.append(course_drawing("time", _("The overall gap through time"), course, gap, least))
    return drawings


def _servqual_making(found: ServiceQuality, moved: QualityMoved | None, asked: Asked) -> Making:
    counted = [
        (_("answers on both sides"), found.drawn.of),
        *drawn_lines(found.drawn),
        (_("people who said what they expected"), found.expecting),
        (_("people who said what they found"), found.finding),
        (_("people who said both"), found.matched),
        (_("answers left out: another scale"), found.other_scales),
        (_("scale"), found.scale.replace("-", "–")),
        *compared_lines(asked, moved.compared if moved else 0),
    ]
    return Making(
        _("What was found minus what was expected, in points of the scale. Negative: less than expected. Questions "
          "worded the other way round are turned before."),
        counted,
        _("gap of each item → mean of the dimension → mean over people; overall = mean of the dimensions; "
          "weighted = Σ points × gap ÷ Σ points"),
        "gap-t" if found.way == "people" else "mover-difference",
        "docs/methods/servqual.md" if found.way == "people" else "docs/methods/combining.md",
    )  # fmt: skip


def _servqual_cells(
    found: ServiceQuality | None, moved: QualityMoved | None, book: QuestionBook, asked: Asked
) -> list[list[Cell]]:
    heading: list[Cell] = [_("question"), _("dimension"), _("expected"), _("found"), _("gap"), *estimate_headings()]
    lines: list[list[Cell]] = [[*heading, *change_headings(asked)]]
    then = moved or QualityMoved({}, {}, None, None)
    if found is None:
        return lines
    for one in found.items:
        name, dimension = (
            book.text(Item(one.question, "", found.scale, survey=one.survey)),
            str(DIMENSION_NAMES[one.dimension]),
        )
        change = change_cells(asked, then.items.get((one.survey, one.question)))
        lines.append([name, dimension, one.expected.value, one.found.value, *cells_of(one.gap), *change])
    for row in found.dimensions:
        dimension = str(DIMENSION_NAMES[row.code])
        change = change_cells(asked, then.dimensions.get(row.code))
        lines.append(
            [_("whole dimension"), dimension, row.expected.value, row.found.value, *cells_of(row.gap), *change]
        )
    whole = ((_("Overall gap"), found.overall, then.overall), (_("Weighted gap"), found.weighted, then.weighted))
    return lines + [
        [name, "", None, None, *cells_of(gap), *change_cells(asked, change)] for name, gap, change in whole if gap
    ]


@signed_in(Ability.EDIT_RULES)
@require_POST
def servqual_weights(request: StaffRequest) -> HttpResponse:
    """Say how much each dimension matters; history keeps who and when."""
    form = WeightsForm(request.POST)
    if not form.is_valid():
        return _servqual_page(request, form)
    weigh_dimensions({code: form.cleaned_data[code] for code in DIMENSIONS}, by=request.user)
    messages.success(request, _("Saved. The weighted gap counts with these points from now on."))
    return redirect("servqual")

"""Words, dates, money, forms and small parts of pages. Builtin in every template: no ``{% load %}``.

    {% icon "sun" %}  {% icon "star-filled" "icon-large" %}   from the sprite; the names are in tools/vendor.toml
    {% day date %}  {% day date "short" %}        «giovedì 19 marzo» (year only if another one), «gio 19 mar»
    {% moment instant %}  {% moment instant "by" %}   «giovedì 19 marzo, alle 18» / «…, entro le 18», «2 ore fa»
    {% duration timedelta %}                      «2 ore», «3 giorni»
    {% money amount %}                            in the company's currency: «120 €», «9,50 €»
    {% number 1234.5 %}  {% number share "percent" %}   «1.234,5», «82%»; units: points percent mean hours days
    {{ texts|in_language }}                       a JSON column language → text, in the reader's language
    {{ error|meaning_of }}                        the same, or nothing where it is not known
    {{ error|what_to_do }}                        what a mail server's failure means, in words
    {% if person|may:"ask" %}                     abilities: core.staff.roles.Ability
    {% badge kind text %}                         a chip with word and shape; kinds in CHIPS below
    {% freshness %}                               nothing, or since when the numbers are the last good ones
    {% due commitment %}                          needs .due_at; may have .is_date_only, .ended_at
    {% why reasons %}  {% why reasons question %} disclosure; reasons: a text, or a list of texts or of (text, url)
    {% empty icon title text url action_text %}   the empty list that teaches; text, url and action_text may be left out
    {% pager page %}                              page: django.core.paginator.Page; keeps the query string
    {% field form.name %}                         label, help, widget, error
    {% form_errors form %}  {% form_errors form title %}   summary with links, above the fields
    {% sentence_filter sentence %}                sentence: entrypoints.web.sentence.Sentence
    {% tabs items %}                              items: (text, url, is_current) or (text, url, is_current, count)
    {% timeline_item icon title instant by %} … {% endtimeline_item %}   inside <ol class="timeline">
    {% facts pairs %}                             pairs: (label, value); empty values are left out
    {% stepper steps current %}                   steps: texts; current: 1 …
    {% copy_field value label %}                  read-only field with a copy button
    {% phone_frame url title %}                   a page of ours as it looks on a phone
    {% toast message %}                           used by base.html
    {% places_of person %}                        the places that this person sees, in words

``messages.success(request, text, extra_tags=f"undo {url}")`` gives the toast a button that posts to ``url``.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.messages import WARNING
from django.core.paginator import Page
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from premura.core import i18n
from premura.core import languages as languages_of_surveys
from premura.core.mail.troubles import meaning_of, what_to_do
from premura.entrypoints.web import wording
from premura.loop.understand.counting import stale_since

register = template.Library()
register.filter("what_to_do", what_to_do)
register.filter("meaning_of", meaning_of)


@register.simple_tag
@lru_cache(maxsize=512)  # a page has forty
def icon(name: str, classes: str = "") -> SafeString:
    """A drawing that says nothing to a screen reader: the word stands beside it."""
    kind = " icon-filled" if name.endswith("-filled") else ""
    address = static("vendor/icons/icons.svg")
    return format_html(
        '<svg class="icon{}{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        kind,
        f" {classes}" if classes else "",
        address,
        name,
    )


@register.simple_tag
def day(value: date | datetime | None, style: str = "") -> SafeString:
    if value is None:
        return SafeString("")
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    text = wording.day(value, timezone.localdate(), short=style == "short")
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), text)


@register.simple_tag(takes_context=True)
def moment(context: Context, instant: datetime | None, preposition: str = "at") -> SafeString:
    if instant is None:
        return SafeString("")
    local, now = timezone.localtime(instant), _now(context)
    whole = wording.moment(local, now, preposition, relative=False)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), whole, wording.moment(local, now, preposition)
    )


def _now(context: Context) -> datetime:
    """The page's clock: the view's ``now`` where it gives one, so that one page tells one time."""
    given = context.get("now")
    return timezone.localtime(given if isinstance(given, datetime) else timezone.now())


@register.simple_tag
def duration(length: timedelta) -> str:
    return wording.duration(length)


@register.simple_tag(takes_context=True)
def money(context: Context, amount: Decimal | float | int | None) -> str:
    company = context.get("company")
    return "" if amount is None else wording.money(amount, company.currency if company else "EUR")


@register.simple_tag
def number(value: float | Decimal | None, unit: str = "") -> str:
    return "" if value is None else wording.number(float(value), unit)


@register.filter
def in_language(texts: i18n.Texts | str | None) -> str:
    return i18n.in_language(texts)


@register.filter
def may(person: Any, ability: str) -> bool:
    return bool(person and person.may(ability))


@register.simple_tag
def places_of(person: Any) -> str:
    if person.location_ids() is None:
        return _("all places")
    return ", ".join(place.name for place in person.locations.all())


# kind → colour and shape. Coral (today, late) only for what needs somebody today.
CHIPS: dict[str, tuple[str, str]] = {
    "today": ("coral", "bell"),
    "late": ("coral", "clock"),
    "uncertain": ("amber", "question"),
    "good": ("good", "check"),
    "bad": ("bad", "alert"),
    "ours": ("green", "circle-check"),
    "quiet": ("plain", "circle-dashed"),
    # severity of a case
    "high": ("bad", "arrow-up"),
    "normal": ("plain", "circle"),
    "low": ("plain", "arrow-down"),
    # states
    "open": ("green", "circle"),
    "waiting": ("plain", "hourglass"),
    "resolved": ("plain", "circle-check"),
    "closed": ("plain", "circle-check"),
    "draft": ("plain", "circle-dashed"),
    "active": ("green", "play"),
    "published": ("green", "play"),
    "paused": ("plain", "pause"),
    "archived": ("plain", "archive"),
    # how a promise ended
    "kept": ("good", "check"),
    "kept_late": ("bad", "clock"),
    "broken": ("bad", "x"),
    "called_off": ("plain", "x"),
    # what a check found
    "improved": ("good", "up"),
    "worse": ("bad", "down"),
    "no change shown": ("plain", "arrow-right"),
    "not enough data": ("amber", "question"),
}


@register.simple_tag
def badge(kind: str, text: Any) -> SafeString:
    colour, shape = CHIPS.get(str(kind), CHIPS["quiet"])
    return format_html('<span class="chip chip-{}">{}{}</span>', colour, icon(shape), text)


@register.simple_tag(takes_context=True)
def freshness(context: Context) -> SafeString:
    """Nothing while the numbers are fresh; else since when they are the last good ones."""
    since = stale_since()
    if since is None:
        return SafeString("")
    then = wording.moment(timezone.localtime(since), _now(context), "at", relative=False)
    words = _("The engine that counts is away. These are the last good numbers: %(moment)s.") % {"moment": then}
    return format_html('<p class="notice notice-uncertain" role="status">{}</p>', words)


@register.simple_tag(takes_context=True)
def due(context: Context, commitment: Any) -> SafeString:
    """When it is due: coral and in words when late or today, plain when later, quiet when it has ended."""
    now, due_at = _now(context), timezone.localtime(commitment.due_at)
    date_only = bool(getattr(commitment, "is_date_only", False))
    if getattr(commitment, "ended_at", None):
        return format_html('<span class="due quiet">{}</span>', wording.due(due_at, None, date_only))
    if getattr(commitment, "paused_at", None):
        return badge("paused", _("we wait for the customer"))
    text = wording.due(due_at, now, date_only)
    if due_at < now:
        return badge("late", text)
    if due_at.date() == now.date():
        return badge("today", text)
    return format_html('<time class="due" datetime="{}">{}</time>', due_at.isoformat(), text)


@register.inclusion_tag("components/why.html")
def why(reasons: Any, question: str = "") -> dict[str, Any]:
    given = [reasons] if isinstance(reasons, str) else list(reasons or [])
    rows = [row if isinstance(row, tuple | list) else (row, "") for row in given]
    return {"reasons": rows, "question": question or _("why?")}


@register.inclusion_tag("components/empty.html")
def empty(icon: str, title: str, text: str = "", action_url: str = "", action_text: str = "") -> dict[str, str]:
    return {"icon": icon, "title": title, "text": text, "action_url": action_url, "action_text": action_text}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: Context, page: "Page[Any]") -> dict[str, Any]:
    return {"page": page, "request": context.get("request")}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form's field: label above, help beside the label, the widget, its errors under it; what was typed stays."""
    widget = bound.field.widget
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    kind = "group" if is_group else "check" if isinstance(widget, CheckboxInput) else "line"
    described = [f"{bound.auto_id}_helptext"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    attributes: dict[str, Any] = {"class": f"{widget.attrs.get('class', '')} {_widget_class(widget)}".strip()}
    if described and not is_group:
        attributes["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "kind": kind,
        "described": " ".join(described),
        "widget": bound if is_group else bound.as_widget(attrs=attributes),
        "optional": not bound.field.required and kind == "line",
    }


def _widget_class(widget: Any) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: BaseForm | None, title: str = "") -> dict[str, Any]:
    if form is None or not form.errors:
        return {"rows": []}
    rows = [(bound.label, bound.auto_id, bound.errors[0]) for bound in form if bound.errors]
    return {"rows": rows, "whole": form.non_field_errors(), "title": title or _("Nothing is saved yet")}


@register.inclusion_tag("components/sentence_filter.html", takes_context=True)
def sentence_filter(context: Context, sentence: Any) -> dict[str, Any]:
    return {"sentence": sentence, "request": context.get("request")}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Sequence[Any]], label: str = "") -> dict[str, Any]:
    rows = [(*item, None) if len(item) == 3 else tuple(item) for item in items]
    # Two rows of tabs on one page must not have the same name
    names = ", ".join(str(row[0]) for row in rows)
    return {"items": rows, "label": label or _("Parts of this page: %(names)s") % {"names": names}}


@register.simple_block_tag(takes_context=True)
def timeline_item(
    context: Context, content: SafeString, icon_name: str, title: str, instant: datetime | None = None, by: Any = ""
) -> SafeString:
    """One thing that happened, inside ``<ol class="timeline">``; the block holds its text."""
    when = moment(context, instant)
    meta = format_html("{}{}{}", by or "", " · " if by and when else "", when)
    return format_html(
        '<li class="timeline-item"><span class="timeline-mark">{}</span><div class="timeline-body">'
        '<p class="timeline-head"><strong>{}</strong> <span class="quiet small">{}</span></p>{}</div></li>',
        icon(icon_name),
        title,
        meta,
        content.strip() and SafeString(content),
    )


@register.inclusion_tag("components/facts.html")
def facts(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    return {"pairs": [(label, value) for label, value in pairs if value not in (None, "")]}


@dataclass(frozen=True)
class Step:
    number: int
    text: str
    state: str  # done, current, later


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Sequence[str], current: int) -> dict[str, Any]:
    states = ["done" if n < current else "current" if n == current else "later" for n in range(1, len(steps) + 1)]
    return {"steps": [Step(n, text, state) for n, (text, state) in enumerate(zip(steps, states, strict=True), 1)]}


@register.inclusion_tag("components/copy_field.html")
def copy_field(value: str, label: str) -> dict[str, str]:
    return {"value": value, "label": label, "id": f"copy-{secrets.token_hex(4)}"}


@register.inclusion_tag("components/phone_frame.html")
def phone_frame(url: str, title: str) -> dict[str, str]:
    return {"url": url, "title": title}


@register.inclusion_tag("components/toast.html", takes_context=True)
def toast(context: Context, message: Any) -> dict[str, Any]:
    """A message of Django; ``extra_tags="undo <address>"`` gives it a button that posts there."""
    words = (message.extra_tags or "").split()
    undo = words[words.index("undo") + 1] if "undo" in words[:-1] else ""
    is_alert = message.level >= WARNING
    return {"text": message, "undo": undo, "is_alert": is_alert, "csrf_token": context.get("csrf_token")}


@register.filter
def language_name(code: str) -> str:
    """A language as the reader calls it."""
    return languages_of_surveys.language_name(code)


@register.simple_tag(takes_context=True)
def languages(context: Context) -> list[tuple[str, str]]:
    """The languages of the page, each named in itself: those of the staff's pages, on customers' pages theirs."""
    known = getattr(context.get("request"), "offered_languages", dict(settings.LANGUAGES))
    return [(one.code, one.own) for one in languages_of_surveys.SURVEY_LANGUAGES if one.code in known]

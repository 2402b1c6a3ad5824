"""An idea as it is proposed, and what becomes of it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from premura.core.journeys.models import Touchpoint
from premura.entrypoints.web.tell.public import PublicForm
from premura.loop.listen.idea_comments import COMMENT_LIMIT
from premura.loop.listen.idea_models import SHOWN, IdeaStatus
from premura.loop.listen.ideas import TEXT_LIMIT, TITLE_LIMIT
from premura.loop.listen.panel import NAME_LIMIT
from premura.loop.listen.panel_models import PanelMember


def steps() -> QuerySet[Touchpoint]:
    """The steps of the journey, as the company has drawn it."""
    return Touchpoint.objects.filter(is_imported=False).order_by("stage__position", "position")


class IdeaForm(PublicForm):
    title = forms.CharField(label=_("Your idea in one sentence"), max_length=TITLE_LIMIT)
    text = forms.CharField(
        label=_("What would be better then, and for whom?"),
        required=False,
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    touchpoint = forms.ModelChoiceField(
        label=_("Where with us?"), queryset=Touchpoint.objects.none(), required=False, empty_label=_("everywhere")
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["touchpoint"].queryset = steps()  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    """Under which name a member speaks, and whether we write to them."""

    shown_name = forms.CharField(
        label=_("The name that others read"),
        required=False,
        max_length=NAME_LIMIT,
        help_text=_("Your own, a short form, or nothing: then it says “A member of the panel”."),
    )
    wants_mail = forms.BooleanField(
        label=_("Write to me when something becomes of an idea that I proposed or am for"), required=False
    )

    def __init__(self, data: Any = None, *, member: PanelMember) -> None:
        super().__init__(data, initial={"shown_name": member.shown_name, "wants_mail": member.wants_mail})


class CommentForm(PublicForm):
    text = forms.CharField(
        label=_("What do you think about it?"),
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """What the company says under an idea; the key makes a double click count once."""

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Say something under this idea"),
        max_length=COMMENT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody reads it at once, with the company's name and not yours."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix="comment", **kwargs)
        self.fields["key"].initial = uuid4().hex


class DecisionForm(forms.Form):
    status = forms.ChoiceField(
        label=_("What becomes of it"),
        choices=[(status.value, status.label) for status in (*SHOWN, IdeaStatus.HIDDEN)],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why, or what happens next"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Customers read it under the idea. Needed where it is not done or not shown."),
    )

    touchpoint = forms.ModelChoiceField(
        label=_("Where in the journey"),
        queryset=Touchpoint.objects.none(),
        required=False,
        empty_label=_("everywhere"),
        help_text=_("There it stands in the journey map until it is carried out or not done."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix="decision", **kwargs)
        self.fields["touchpoint"].queryset = steps()  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    into = forms.IntegerField(label=_("Number of the other idea"), min_value=1, max_value=2**31)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, prefix="merge", **kwargs)

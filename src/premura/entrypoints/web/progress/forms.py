"""What a customer writes on the page of their case."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from premura.loop.recover.attachments import LARGEST, Given


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what each one is, the stage looks at itself."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(file, initial) for file in files]


class CustomerMessageForm(forms.Form):
    text = forms.CharField(label=_("Your message"), max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))
    attachments = FilesField(
        label=_("Pictures or PDF"),
        required=False,
        widget=ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        help_text=_("At most three, 12 MB each."),
    )
    not_solved = forms.BooleanField(label=_("It is not solved: please take it up again"), required=False)

    def __init__(self, *args: Any, is_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_open:
            del self.fields["not_solved"]


def given(files: Sequence[Any]) -> list[Given]:
    """The files as plain bytes; of one that is too large no more than what shows that it is."""
    return [Given(file.name or "", file.read(LARGEST + 1)) for file in files]

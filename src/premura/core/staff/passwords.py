"""How long a password must be, said in the reader's language."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class PasswordLength(MinimumLengthValidator):
    """Django's own rule; its sentence has no Italian in Django 5.2, whose catalogues still hold an older wording."""

    def get_error_message(self) -> str:
        return ngettext(
            "This password is too short. It needs at least %(least)s character.",
            "This password is too short. It needs at least %(least)s characters.",
            self.min_length,
        ) % {"least": self.min_length}

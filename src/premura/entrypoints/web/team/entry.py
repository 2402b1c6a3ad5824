"""The link with which an invited person chooses their first password: allauth's own reset link."""

from allauth.account.forms import default_token_generator as account_tokens
from allauth.account.utils import user_pk_to_url_str
from django.http import HttpRequest
from django.urls import reverse

from premura.core.staff.models import Person


def entry_link(request: HttpRequest, person: Person) -> str:
    """The whole address, valid until the password is chosen (or for three days)."""
    key = f"{user_pk_to_url_str(person)}-{account_tokens.make_token(person)}"
    uid, _, token = key.partition("-")
    return request.build_absolute_uri(reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}))
